/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lab/: real kernels in QEMU. Packages of Debian come in through apt, a guest with one command in
 * it is put together, started and listened to, and what it recorded comes out, checked.
 *
 * Law of this header: nothing is left behind. A guest dies with its struct lab_guest (and with this
 * process), its file system lives in memory, and the cache only ever holds whole things (made
 * beside, then renamed).
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include "base/out.h"
#include "tasklife/err.h"

/* ---- the CPUs ---- */

struct lab_arch {
	const char *name;     /* Debian's: amd64 arm64 armhf */
	const char *qemu;     /* program */
	const char *qemu_package;
	const char *machine;  /* its options, separated by blanks */
	const char *kvm;      /* instead of them with --kvm; NULL: never on another CPU */
	const char *console;  /* the guest's name of the serial line */
	const char *words;    /* more for its kernel's command line */
	const char *cc;	      /* compiler for x.c */
	const char *cc_package;
	uint16_t elf_machine;
	uint8_t elf_class;
};
const struct lab_arch *lab_arch_named(const char *name); /* NULL: none */
const struct lab_arch *lab_arch_here(void);		 /* of this machine; NULL: none we know */

/* ---- lab/kernels.list, compiled in ---- */

#define LAB_PACKAGES 3

struct lab_kernel {
	char id[32], arch[8], suite[32];
	char package[LAB_PACKAGES][96]; /* regular expressions, empty: none */
};
/* The table, read once by the caller; false at the end. */
bool lab_kernel_at(unsigned i, struct lab_kernel *ret);
/* By id; id NULL: the newest amd64 one. */
struct tl_err *lab_kernel_find(const char *id, struct lab_kernel *ret);

/* ---- the cache and the outside ---- */

/* What goes on, for people: percent < 0 when unknown. what is a msgid with at most one %s; NULL: it
 * is over. */
#define LAB_SOON_OVER (-2) /* instead of a percent: said to who waits at a terminal, to no file */
typedef void lab_note_fn(void *arg, const char *what, const char *subject, int percent);

struct lab {
	char *cache; /* $TASKLIFE_CACHE, $XDG_CACHE_HOME/tasklife or ~/.cache/tasklife, then /lab */
	const volatile int *stop;
	lab_note_fn *note;
	void *note_arg;
};
struct tl_err *lab_open(struct lab *lab, const volatile int *stop, lab_note_fn *note, void *arg);
void lab_close(struct lab *lab);
void lab_note(const struct lab *lab, const char *what, const char *subject, int percent);
bool lab_stopped(const struct lab *lab);

/* Is this program on this machine; the error names its package. */
struct tl_err *lab_need(const char *program, const char *package);

/* A package of a suite for a CPU by a regular expression: its .deb below the cache. To be freed. */
struct tl_err *lab_apt_get(const struct lab *lab, const char *suite, const char *arch,
			   const char *pattern, char **ret_deb);

/* A kernel unpacked in the cache. */
struct lab_image {
	char *dir;	    /* holds vmlinuz, config, release */
	char release[96];   /* "6.1.0-50-cloud-amd64" */
};
void lab_image_fini(struct lab_image *img);
/* What is there; TL_E_NOT_THERE when it was never fetched. */
struct tl_err *lab_image_find(const struct lab *lab, const struct lab_kernel *k,
			      struct lab_image *ret);
/* Get it when it is not there; with again: look for a newer one. */
struct tl_err *lab_image_fetch(const struct lab *lab, const struct lab_kernel *k, bool again,
			       struct lab_image *ret);
/* Is there such a group in lab/modules.list. */
bool lab_modules_known(const char *group);
/* What of lab/modules.list it has, into its directory; img may become a newer one when its package
 * is gone. */
struct tl_err *lab_image_modules(const struct lab *lab, const struct lab_kernel *k,
				 struct lab_image *img);
/* 'y', 'm', 'n' of an option in its config; '?' when it has none. */
char lab_image_option(const struct lab_image *img, const char *option);

/* The statically linked programs a guest needs, in the cache: its busybox. To be freed. */
struct tl_err *lab_busybox(const struct lab *lab, const char *arch, char **ret_path);
/* A program of lab/guest-build, "tasklife" or "carry"; NULL: not there. To be freed. */
char *lab_guest_program(const struct lab_arch *arch, const char *name);
/* The recorder for guests of this CPU. To be freed. */
struct tl_err *lab_recorder_find(const struct lab *lab, const struct lab_arch *arch,
				 char **ret_path);

/* ---- one guest ---- */

struct lab_opts {
	const struct lab_arch *arch;
	const char *append;  /* more words for the kernel's command line */
	int64_t smp, mem_mb;
	int64_t seconds;     /* time limit, 0: none */
	bool kvm, interactive, bare; /* bare: no recorder, only the command */
	bool from_boot;	     /* traced by the kernel's command line, as text */
	bool hands_over;     /* bare, and yet /lab/tasklife.dat comes out */
	bool gdb;	     /* stopped until gdb says so */
	int64_t gdb_port;    /* of QEMU's stub; 0: none */
	const char *disk;    /* boot from this image instead of our file system */
	const char *disk_format; /* QEMU's word; NULL: raw */
	/* it is thrown away when this guest fails: no write need reach the platter */
	bool disk_begun;
	/* from its disk: our terminal is its console, and its end is its own affair */
	bool console;
	int64_t ssh_port;    /* of 127.0.0.1, forwarded to the guest's 22; 0: none */
	const char *mode;    /* of the recording; NULL: the best */
	/* as the recorder's options; without either, system calls where there is no BPF */
	bool exit_syscalls, no_bpf;
	bool kept;	     /* it will be a file of the user's: packed */
	/* a group of lab/modules.list that is loaded first, out of `image`; NULL: none */
	const char *modules;
	const struct lab_image *image;
	/* files besides those the command names; x.c is compiled and becomes x */
	const char *const *take;
	int n_take;
};

/* Holes until written; a larger recording takes the console. 32-bit guests have no room for much
 * more. */
#define LAB_SHARED_MB 256

struct lab_guest {
	int initrd;	     /* memfd, -1 none */
	/* memfd that is memory of the guest, too: its recording comes out there; -1 none */
	int shared;
	int pid;	     /* 0: not running */
	int from;	     /* its console */
	bool talks;	     /* our standard input is its keyboard */
	char **argv;	     /* of QEMU; NULL-ended, freed by fini */
	char nonce[20];	     /* what marks our lines on the console */
	char release[96];    /* of its kernel */
	struct out tail;     /* the last of what it said that was not ours */
};
void lab_guest_init(struct lab_guest *g);
void lab_guest_fini(struct lab_guest *g); /* ends QEMU when it still runs */
/* Keep the last of what its console said, for errors. */
void lab_guest_heard(struct lab_guest *g, const char *p, size_t n);

/* Put the file system together: the command, its libraries, files it is given, the recorder. */
struct tl_err *lab_guest_fill(struct lab_guest *g, const struct lab *lab, const struct lab_opts *o,
			      int argc, char *const argv[]);
/* The command line of QEMU for this kernel, into g->argv. */
struct tl_err *lab_guest_plan(struct lab_guest *g, const struct lab_image *img,
			      const struct lab_opts *o);
struct tl_err *lab_guest_start(struct lab_guest *g);

struct lab_result {
	bool ended;	/* the command ended by itself */
	int status;	/* 0-255 as a shell gives it */
	int recording;	/* memfd with the trace.dat, -1: none came */
	uint64_t bytes; /* of it */
	bool panicked_booting; /* before the command began */
	double boot_s;	/* of the guest's clock when its first process began */
	double wall_s;	/* from start to end on this machine */
};
/* Listen until it is over: what the command says goes to `say_fd`, the recording into a memfd. */
struct tl_err *lab_guest_listen(struct lab_guest *g, const struct lab *lab,
				const struct lab_opts *o, int say_fd, struct lab_result *ret);

#endif
