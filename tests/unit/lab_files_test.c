/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the laboratory makes and takes apart: cpio (libarchive reads it back), .deb, ELF headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/files.h"

static void cpio_is_what_others_read(void **state)
{
	static const struct {
		const char *path;
		unsigned type;
		mode_t perm;
		const char *text;
	} want[] = {
		{"dev", AE_IFDIR, 0755, NULL},	      {"dev/console", AE_IFCHR, 0600, NULL},
		{"a", AE_IFDIR, 0755, NULL},	      {"a/b", AE_IFDIR, 0755, NULL},
		{"a/b/file", AE_IFREG, 0640, "hello"}, {"a/b/empty", AE_IFREG, 0755, ""},
		{"a/link", AE_IFLNK, 0777, "b/file"},
	};
	struct out out;
	struct lab_cpio c;
	struct archive *ar = archive_read_new();
	struct archive_entry *e;

	out_init(&out, -1);
	lab_cpio_init(&c, &out);
	assert_null(lab_cpio_char(&c, "dev/console", 5, 1));
	assert_null(lab_cpio_file(&c, "a/b/file", 0640, "hello", 5));
	assert_null(lab_cpio_file(&c, "a/b/empty", 0755, "", 0));
	assert_null(lab_cpio_link(&c, "a/link", "b/file"));
	lab_cpio_end(&c);
	lab_cpio_fini(&c);
	archive_read_support_format_cpio(ar);
	assert_int_equal(archive_read_open_memory(ar, out.buf, out.n), ARCHIVE_OK);
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		char buf[16] = "";

		assert_int_equal(archive_read_next_header(ar, &e), ARCHIVE_OK);
		assert_string_equal(archive_entry_pathname(e), want[i].path);
		assert_int_equal(archive_entry_filetype(e), want[i].type);
		if (want[i].type != AE_IFLNK)
			assert_int_equal(archive_entry_perm(e), want[i].perm);
		if (want[i].type == AE_IFREG) {
			archive_read_data(ar, buf, sizeof(buf));
			assert_string_equal(buf, want[i].text);
		} else if (want[i].text) {
			assert_string_equal(archive_entry_symlink(e), want[i].text);
		}
	}
	assert_int_equal(archive_read_next_header(ar, &e), ARCHIVE_EOF);
	archive_read_free(ar);
	out_fini(&out);
}

static void put_deb(const char *path)
{
	struct archive *tar = archive_write_new(), *ar = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	static char data[65536];
	size_t n = 0;

	archive_write_set_format_ustar(tar);
	archive_write_add_filter_gzip(tar);
	archive_write_open_memory(tar, data, sizeof(data), &n);
	archive_entry_set_pathname(e, "./boot/vmlinuz-6.1.0-1-test");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, 6);
	archive_write_header(tar, e);
	archive_write_data(tar, "kernel", 6);
	archive_write_close(tar);
	archive_write_free(tar);
	archive_write_set_format_ar_svr4(ar);
	archive_write_open_filename(ar, path);
	archive_entry_clear(e);
	archive_entry_set_pathname(e, "data.tar.gz");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, n);
	archive_write_header(ar, e);
	archive_write_data(ar, data, n);
	archive_write_close(ar);
	archive_write_free(ar);
	archive_entry_free(e);
}

static char *want_vmlinuz(void *arg, const char *name)
{
	return strncmp(name, "boot/vmlinuz-", 13) ? NULL : strdup(arg);
}

static void deb_gives_its_files(void **state)
{
	char dir[] = "/tmp/lab-files-XXXXXX";

	assert_non_null(mkdtemp(dir));
	auto_free char *deb = lab_path("%s/x.deb", dir), *to = lab_path("%s/vmlinuz", dir),
		       *bytes = NULL, *all = NULL;
	unsigned n;
	put_deb(deb);
	assert_null(lab_deb_unpack(deb, want_vmlinuz, to, &n));
	assert_int_equal(n, 1);
	assert_int_equal(io_read_file(to, 100, &bytes), 6);
	assert_memory_equal(bytes, "kernel", 6);
	/* cut anywhere it is damaged, and nothing half-written bears the name */
	ssize_t size = io_read_file(deb, 1 << 20, &all);
	for (ssize_t cut = 0; cut < size - 20; cut += 7) {
		struct tl_err *err;

		unlink(to);
		int fd = open(deb, O_WRONLY | O_TRUNC);
		assert_int_equal(io_write_all(fd, all, cut), 0);
		close(fd);
		err = lab_deb_unpack(deb, want_vmlinuz, to, &n);
		assert_true(err || n == 1); /* the end of a tar may be missing */
		if (err)
			assert_int_equal(err->code, TL_E_INPUT);
		tl_err_free(err);
	}
	lab_remove_tree(dir);
	assert_int_not_equal(access(dir, F_OK), 0);
}

static void elf_heads_are_told_apart(void **state)
{
	Elf64_Ehdr eh = {.e_machine = EM_AARCH64};
	struct lab_elf e;

	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	e = lab_elf_of((char *)&eh, sizeof(eh));
	assert_int_equal(e.kind, LAB_PROGRAM_ELF);
	assert_string_equal(lab_elf_arch(&e), "arm64");
	assert_string_equal(e.interp, "");
	eh.e_machine = EM_RISCV;
	e = lab_elf_of((char *)&eh, sizeof(eh));
	assert_null(lab_elf_arch(&e));
	e = lab_elf_of("#! /bin/sh -e\nexit", 18);
	assert_int_equal(e.kind, LAB_PROGRAM_SCRIPT);
	assert_string_equal(e.interp, "/bin/sh");
	assert_int_equal(lab_elf_of("", 0).kind, LAB_PROGRAM_NONE);
	assert_int_equal(lab_elf_of("plain text", 10).kind, LAB_PROGRAM_NONE);
}

/* This one, by the name it was called with: /proc is not everywhere. */
static const char *program;

static void hostile_heads_do_no_harm(void **state)
{
	auto_free char *bytes = NULL;
	ssize_t n = io_read_file(program, 64 << 20, &bytes);
	unsigned seed = 12345;

	assert_true(n > 4096);
	for (int i = 0; i < 20000; i++) {
		char head[1024];
		size_t len = (seed = seed * 1103515245 + 12345) >> 16;

		len %= sizeof(head) + 1;
		memcpy(head, bytes, len);
		for (int k = 0; k < 3 && len; k++) {
			seed = seed * 1103515245 + 12345;
			head[(seed >> 8) % len] = seed >> 20;
		}
		struct lab_elf e = lab_elf_of(head, len);
		assert_true(strlen(e.interp) < sizeof(e.interp));
	}
}

static void a_full_disk_permits_no_more(void **state)
{
	struct tl_err *err = lab_put_file("/dev/full", "kernel", 6);

	assert_non_null(err);
	assert_int_equal(err->code, TL_E_DENIED);
	assert_int_equal(err->os, ENOSPC);
	assert_string_equal(err->path, "/dev/full");
	tl_err_free(err);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpio_is_what_others_read),
		cmocka_unit_test(a_full_disk_permits_no_more),
		cmocka_unit_test(deb_gives_its_files),
		cmocka_unit_test(elf_heads_are_told_apart),
		cmocka_unit_test(hostile_heads_do_no_harm),
	};

	program = argv[0];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
