/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Execs that succeed, fail in time, and fail too late.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "zoo.h"

struct program {
	const char *path;
	const char *arg[4];
};

static int execs(struct zoo *z, void *arg)
{
	const struct program *p = arg;
	char *argv[] = {(char *)"zoo-sub", (char *)p->arg[0], (char *)p->arg[1], (char *)p->arg[2],
			NULL};

	execv(p->path, argv);
	return 127;
}

static void ret0(struct zoo *z)
{
	char path[128];
	struct program p = {zoo_link(z, "c_ret0", path), {"exit", "0"}};

	zoo_end(z, zoo_child(z, "c", execs, &p),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(0), .exec = "c_ret0"});
}

static void exec2(struct zoo *z)
{
	char a[128], b[128];
	struct program p = {zoo_link(z, "c_exec2a", a), {"exec", zoo_link(z, "c_exec2b", b), "0"}};

	zoo_end(z, zoo_child(z, "c", execs, &p),
		(struct zoo_say){.comm = "c_exec2b",
				 .death = "exit",
				 .exit = ZOO_EXIT(0),
				 .exec = "c_exec2b"});
}

static void execfail(struct zoo *z)
{
	struct program p = {"/nonexistent/zoo", {"exit", "0"}};

	zoo_end(z, zoo_child(z, "c", execs, &p),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(127)});
}

/*
 * A program whose header is right and whose only segment cannot be mapped: the old image is gone
 * before the kernel finds out (begin_new_exec comes before elf_map in load_elf_binary).
 */
static bool write_broken(const char *path)
{
	struct {
		ElfW(Ehdr) eh;
		ElfW(Phdr) ph;
	} f = {};
	char self[sizeof(f.eh)];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, self, sizeof(self)) != sizeof(self))
		return false;
	close(fd);
	/* machine, class and flags of a program that runs here */
	memcpy(&f.eh, self, sizeof(f.eh));
	f.eh.e_type = ET_EXEC;
	f.eh.e_phoff = sizeof(f.eh);
	f.eh.e_phnum = 1;
	f.eh.e_shnum = f.eh.e_shoff = 0;
	f.ph = (ElfW(Phdr)){.p_type = PT_LOAD,
			    .p_flags = PF_R | PF_X,
			    .p_vaddr = (ElfW(Addr)) - 0x10000L,
			    .p_filesz = sizeof(f),
			    .p_memsz = sizeof(f),
			    .p_align = 0x1000};
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	bool ok = fd >= 0 && write(fd, &f, sizeof(f)) == sizeof(f);
	if (fd >= 0)
		close(fd);
	return ok;
}

static void execfatal(struct zoo *z)
{
	char path[PATH_MAX];
	struct program p = {path, {"exit", "0"}};

	strcpy(path, zoo_dir(z));
	strcat(path, "/p_execfatal");
	if (!write_broken(path))
		zoo_fail(z, "cannot write %s: %m", path);
	zoo_end(z, zoo_child(z, "c", execs, &p),
		(struct zoo_say){.comm = "p_execfatal",
				 .or_comm = "c_execfatal",
				 .death = "signal",
				 .signal = 11,
				 .source = "exec_failed",
				 .nobody = true});
}

const struct zoo_case zoo_execs[] = {
	{"ret0", ret0, 0, "fork, exec, return 0 from main"},
	{"exec2", exec2, 0, "two execs, one after the other"},
	{"execfail", execfail, 0, "exec of a file that is not there"},
	{"execfatal", execfatal, 0, "exec fails past the point of no return"},
	{},
};
