/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gdb is told: symbols as an ELF file, and the commands of a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/debug.h"

/* amd64 6.12, cut; the last lines are a module's and damaged ones */
static const char map[] =
	"0000000000035000 A pcpu_hot\n"
	"ffffffff81000000 T _text\n"
	"ffffffff810ba0f0 t copy_process.part.0\n"
	"ffffffff810ba000 t copy_process.cold\n"
	"ffffffff810c3500 T do_exit\n"
	"ffffffff81500000 t comm_write\n"
	"ffffffff8110cd60 T wake_up_new_task\n"
	"ffffffff82c10940 D init_task\n"
	"ffffffffc0001000 t ext4_fill\t[ext4]\n"
	"zz T broken\n"
	"ffffffff81000010\n"
	"ffffffff81000010 T \n";

static void symbols_by_name(void **state)
{
	assert_int_equal(lab_symbol_of(map, "do_exit"), 0xffffffff810c3500);
	assert_int_equal(lab_symbol_of(map, "copy_process"), 0xffffffff810ba0f0);
	assert_int_equal(lab_symbol_of(map, "do_ex"), 0);
	assert_int_equal(lab_symbol_of(map, "ext4_fill"), 0);
	assert_int_equal(lab_symbol_of("", "do_exit"), 0);
}

static void symbols_as_elf(void **state)
{
	char path[] = "/tmp/tasklife-test-XXXXXX";
	auto_close int fd = mkstemp(path);
	auto_free char *bytes = NULL;

	assert_true(fd >= 0);
	assert_null(lab_symbols_elf(map, lab_arch_named("amd64"), path));
	ssize_t n = io_read_file(path, 1 << 20, &bytes);
	unlink(path);
	assert_true(n > (ssize_t)sizeof(Elf64_Ehdr));
	const Elf64_Ehdr *h = (void *)bytes;
	const Elf64_Shdr *s = (void *)(bytes + h->e_shoff);
	assert_int_equal(h->e_machine, EM_X86_64);
	assert_int_equal(s[1].sh_type, SHT_NOBITS);
	assert_int_equal(s[1].sh_addr, 0xffffffff81000000);
	assert_true(s[1].sh_addr + s[1].sh_size > 0xffffffff8110cd60);
	assert_int_equal(s[2].sh_size / sizeof(Elf64_Sym), 9); /* 8 lines, and the empty one */
	assert_true((ssize_t)(s[4].sh_offset + s[4].sh_size) == n);
	const Elf64_Sym *sym = (void *)(bytes + s[2].sh_offset);
	const char *names = bytes + s[3].sh_offset;
	assert_string_equal(names + sym[1].st_name, "pcpu_hot");
	assert_int_equal(sym[1].st_shndx, SHN_ABS);
	assert_string_equal(names + sym[5].st_name, "do_exit");
	assert_int_equal(sym[5].st_shndx, 1);
	struct tl_err *err = lab_symbols_elf("0 A x\n", lab_arch_named("amd64"), path);
	assert_non_null(err);
	tl_err_free(err);
	unlink(path);
}

static char *commands(const char *arch, const char *release, bool batch, bool from_boot)
{
	struct lab_debug d = {.port = 1234, .batch = batch, .from_boot = from_boot};
	struct out o;

	out_init(&o, -1);
	assert_null(lab_debug_commands(&d, lab_arch_named(arch), map, release, &o));
	char *text = strdup(out_text(&o));
	out_fini(&o);
	return text;
}

static void commands_of_a_session(void **state)
{
	auto_free char *c = commands("amd64", "6.12.1", false, false);

	assert_non_null(strstr(c, "\ntarget remote 127.0.0.1:1234\n"));
	assert_non_null(strstr(c, "\ntbreak *0xffffffff81500000\ncontinue\n"));
	assert_non_null(strstr(c, "\n# copy_process\nbreak *0xffffffff810ba0f0 if "));
	assert_non_null(strstr(c, "\n# wake_up_new_task\nbreak *0xffffffff8110cd60 if "));
	assert_non_null(strstr(c, "\n# do_exit\nbreak *0xffffffff810c3500 if "));
	assert_non_null(strstr(c, "$gs_base + 0x35000"));
	assert_non_null(strstr(c, "$t->__state"));
	assert_non_null(strstr(c, "((int)$rdi >> 8) & 255"));
	assert_string_equal(c + strlen(c) - strlen("continue\nlayout asm\n"),
			    "continue\nlayout asm\n");
}

static void commands_differ_by_kernel_and_wish(void **state)
{
	auto_free char *old = commands("arm64", "5.10.0-32-cloud-arm64", true, true);

	assert_non_null(strstr(old, "$t->state"));
	assert_null(strstr(old, "__state"));
	assert_non_null(strstr(old, "$SP_EL0"));
	assert_non_null(strstr(old, "(int)$x0 & 127"));
	assert_non_null(strstr(old, "break *0xffffffff810c3500\n"));
	assert_null(strstr(old, "layout asm"));
	assert_null(strstr(old, "tbreak"));
}

static void a_kernel_without_the_function_is_told(void **state)
{
	struct lab_debug d = {.port = 1, .from_boot = true};
	struct out o;

	out_init(&o, -1);
	struct tl_err *err = lab_debug_commands(&d, lab_arch_named("amd64"),
						"ffffffff81000000 T _text\n", "6.1", &o);
	out_fini(&o);
	assert_non_null(err);
	assert_string_equal(err->subject, "copy_process");
	tl_err_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_by_name),
		cmocka_unit_test(symbols_as_elf),
		cmocka_unit_test(commands_of_a_session),
		cmocka_unit_test(commands_differ_by_kernel_and_wish),
		cmocka_unit_test(a_kernel_without_the_function_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
