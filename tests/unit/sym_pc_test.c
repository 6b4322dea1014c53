/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/guard.h"
#include "tasklife/sym.h"

/* The end of kernel/exit.c on a 32-bit ARM as study note 003 shows it: sys_exit_group is 0x1c long
 * and its last instruction is the call of do_group_exit. */
static const char arm_text[] = "80123fe4 T sys_exit\n"
			       "80124000 T do_group_exit\n"
			       "801240e8 T __se_sys_exit_group\n"
			       "801240e8 T sys_exit_group\n"
			       "80124104 T __wake_up_parent\n"
			       "80124138 t $a\n"
			       "80124138 T __se_sys_waitid\n"
			       "80124200 D exit_data\n"
			       "80125000 t ret_fast_syscall\n"
			       "80125000 t __ret_fast_syscall\n"
			       "80125054 t vector_swi\n"
			       "7f000010 t mod_a\t[kvm]\n"
			       "7f000040 t mod_b\t[kvm]\n"
			       "this is no symbol\n"
			       "80126000 T _etext\n";

static struct tl_symtab *table(const char *text)
{
	struct tl_symtab *tab = NULL;

	assert_null(tl_symtab_from_text(text, strlen(text), &tab));
	return tab;
}

static struct tl_str str(const char *s)
{
	return (struct tl_str){ s, strlen(s) };
}

static void addresses_find_their_function(void **state)
{
	struct tl_symtab *tab = table(arm_text);
	const struct tl_symbol *sym = tl_symtab_at(tab, 0x80124050);

	assert_string_equal(sym->name, "do_group_exit");
	assert_int_equal(sym->size, 0xe8);
	assert_null(tl_symtab_at(tab, 0x7effffff));
	/* pages behind the module are not its last function */
	assert_null(tl_symtab_at(tab, 0x7f002000));
	assert_string_equal(tl_symtab_at(tab, 0x7f000044)->module, "kvm");
	assert_string_equal(tl_symtab_at(tab, 0x801240e8)->name, "sys_exit_group");
	assert_string_equal(tl_symtab_at(tab, 0x80125004)->name, "ret_fast_syscall");
	assert_string_equal(tl_symtab_named(tab, "__se_sys_exit_group", 19)->name,
			    "__se_sys_exit_group");
	assert_null(tl_symtab_named(tab, "$a", 2));
	assert_null(tl_symtab_named(tab, "exit_data", 9));
	tl_symtab_free(tab);
}

static void a_return_address_is_stepped_back_once(void **state)
{
	struct tl_symtab *tab = table(arm_text);
	uint64_t off = 99;
	const struct tl_symbol *sym =
		tl_pc_lookup(tab, (struct tl_pc){0x80124104, TL_PC_RETURN}, &off);

	assert_string_equal(sym->name, "sys_exit_group");
	assert_int_equal(off, 0x1c);
	sym = tl_pc_lookup(tab, (struct tl_pc){ 0x80124104, TL_PC_EXACT }, &off);
	assert_string_equal(sym->name, "__wake_up_parent");
	assert_int_equal(off, 0);
	sym = tl_pc_lookup(tab, (struct tl_pc){ 0x80124050, TL_PC_RETURN }, &off);
	assert_string_equal(sym->name, "do_group_exit");
	assert_int_equal(off, 0x50);
	tl_symtab_free(tab);
}

static void the_note_is_put_right_with_a_table(void **state)
{
	struct tl_symtab *tab = table(arm_text);
	struct tl_fixed fixed;

	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("__wake_up_parent"), 0, 0x34,
					TL_ROLE_DO_GROUP_EXIT, false, &fixed),
			 TL_FIX_CORRECTED);
	assert_string_equal(fixed.name, "sys_exit_group");
	assert_int_equal(fixed.off, 0x1c);
	assert_int_equal(fixed.size, 0x1c);
	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("do_group_exit"), 0, 0xe8,
					TL_ROLE_DO_EXIT, false, &fixed),
			 TL_FIX_CORRECTED);
	assert_string_equal(fixed.name, "sys_exit");
	/* offsets other than 0, stubs and interrupted pcs are true */
	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("do_group_exit"), 0x50, 0xe8,
					TL_ROLE_DO_EXIT, false, &fixed),
			 TL_FIX_PLAIN);
	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("ret_fast_syscall"), 0, 0x54,
					TL_ROLE_SYS_CLONE, false, &fixed),
			 TL_FIX_PLAIN);
	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("__se_sys_waitid"), 0, 0xc8,
					TL_ROLE_TRAP_EXC, false, &fixed),
			 TL_FIX_PLAIN);
	tl_symtab_free(tab);
}

static void another_builds_table_is_not_believed(void **state)
{
	struct tl_symtab *tab = table(arm_text);
	struct tl_fixed fixed = {};

	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("__se_sys_waitid"), 0, 0x999,
					TL_ROLE_NONE, false, &fixed),
			 TL_FIX_DOUBTFUL);
	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str("__wake_up_parent"), 0, 0x999,
					TL_ROLE_DO_GROUP_EXIT, false, &fixed),
			 TL_FIX_CORRECTED); /* the roles still prove it */
	assert_string_equal(fixed.name, "sys_exit_group");
	assert_int_equal(fixed.size, 0);
	tl_symtab_free(tab);
}

static void roles_prove_what_they_can(void **state)
{
	static const struct {
		const char *printed;
		enum tl_role above;
		enum tl_arch arch;
		bool top;
		enum tl_fix fix;
		const char *is;
	} row[] = {
		{"__wake_up_parent", TL_ROLE_DO_GROUP_EXIT, TL_ARCH_ARM64, false, TL_FIX_CORRECTED,
		 "__arm64_sys_exit_group"},
		{"pid_child_should_wake", TL_ROLE_DO_GROUP_EXIT, TL_ARCH_ARM, false,
		 TL_FIX_CORRECTED, "sys_exit_group"},
		{"whatever_comes_next", TL_ROLE_DO_GROUP_EXIT, TL_ARCH_X86, false, TL_FIX_CORRECTED,
		 "__x64_sys_exit_group"},
		{"do_group_exit", TL_ROLE_DO_EXIT, TL_ARCH_ARM64, false, TL_FIX_CORRECTED,
		 "__arm64_sys_exit"},
		{"do_group_exit", TL_ROLE_DO_EXIT, TL_ARCH_UNKNOWN, false, TL_FIX_CORRECTED,
		 "sys_exit"},
		{"get_nth_filter", TL_ROLE_DO_EXIT, TL_ARCH_ARM64, false, TL_FIX_CORRECTED,
		 "__seccomp_filter"},
		{"io_sq_offload_create", TL_ROLE_DO_EXIT, TL_ARCH_X86, false, TL_FIX_CORRECTED,
		 "io_sq_thread"},
		{"kthread_complete_and_exit", TL_ROLE_DO_EXIT, TL_ARCH_ARM64, false,
		 TL_FIX_CORRECTED, "kthread_exit"},
		{"tsk_fork_get_node", TL_ROLE_DO_EXIT, TL_ARCH_ARM, false, TL_FIX_DOUBTFUL, NULL},
		{"kernel_init", TL_ROLE_NONE, TL_ARCH_ARM, false, TL_FIX_DOUBTFUL, NULL},
		{"ret_from_exception", TL_ROLE_PAGE_FAULT, TL_ARCH_ARM, false, TL_FIX_PLAIN, NULL},
		{"uart_write", TL_ROLE_TRAP_EXC, TL_ARCH_X86, false, TL_FIX_PLAIN, NULL},
		{"ftrace_graph_call", TL_ROLE_NONE, TL_ARCH_ARM, true, TL_FIX_PLAIN, NULL},
		/* the traced function itself */
		{"do_exit", TL_ROLE_NONE, TL_ARCH_X86, true, TL_FIX_PLAIN, NULL},
		{"do_group_exit", TL_ROLE_NONE, TL_ARCH_X86, true, TL_FIX_PLAIN, NULL},
		{"do_exit", TL_ROLE_NONE, TL_ARCH_UNKNOWN, true, TL_FIX_PLAIN, NULL},
		/* stacks of arm 6.1, which lost their first frames */
		{"__wake_up_parent", TL_ROLE_NONE, TL_ARCH_ARM, true, TL_FIX_CORRECTED,
		 "sys_exit_group"},
		{"do_group_exit", TL_ROLE_NONE, TL_ARCH_ARM, true, TL_FIX_CORRECTED, "sys_exit"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct tl_fixed fixed = {};
		enum tl_fix fix = tl_pc_fix_text(NULL, row[i].arch, str(row[i].printed), 0, 0x30,
						 row[i].above, row[i].top, &fixed);

		if (fix != row[i].fix)
			print_message("row %u: %s\n", i, row[i].printed);
		assert_int_equal(fix, row[i].fix);
		if (row[i].is)
			assert_string_equal(fixed.name, row[i].is);
	}
}

static void padding_before_a_function_is_skipped(void **state)
{
	struct tl_symtab *tab = table(
		"1000 T __x64_sys_exit_group\n1010 T __pfx_pid_child\n1020 T pid_child\n1100 T end\n");
	struct tl_fixed fixed;

	assert_string_equal(tl_symtab_before(tab, tl_symtab_named(tab, "pid_child", 9))->name,
			    "__x64_sys_exit_group");
	assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_X86, str("__pfx_pid_child"), 0, 0x10,
					TL_ROLE_NONE, false, &fixed),
			 TL_FIX_CORRECTED);
	assert_string_equal(fixed.name, "__x64_sys_exit_group");
	assert_null(tl_symtab_before(tab, tl_symtab_named(tab, "__x64_sys_exit_group", 20)));
	tl_symtab_free(tab);
}

static void hidden_and_empty_tables_are_errors(void **state)
{
	static const char hidden[] =
		"0000000000000000 T do_exit\n0000000000000000 T do_group_exit\n";
	struct tl_symtab *tab = NULL;
	struct tl_err *err = tl_symtab_from_text(hidden, strlen(hidden), &tab);

	assert_int_equal(err->code, TL_E_DENIED);
	tl_err_free(err);
	err = tl_symtab_from_text("nothing\n\n\xff\xfe", 11, &tab);
	assert_int_equal(err->code, TL_E_INPUT);
	tl_err_free(err);
	err = tl_symtab_from_text("", 0, &tab);
	assert_int_equal(err->code, TL_E_INPUT);
	tl_err_free(err);
	assert_null(tab);
}

static void any_bytes_are_survived(void **state)
{
	unsigned seed = 7;

	for (int round = 0; round < 300; round++) {
		char text[sizeof(arm_text)];
		struct tl_symtab *tab = NULL;
		struct tl_err *err;

		memcpy(text, arm_text, sizeof(text));
		for (int i = 0; i < 20; i++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % (sizeof(text) - 1)] = (char)(seed >> 20);
		}
		err = tl_symtab_from_text(text, (seed >> 4) % sizeof(text), &tab);
		if (err) {
			tl_err_free(err);
			continue;
		}
		for (uint64_t a = 0x80123000; a < 0x80127000; a += 31)
			tl_symtab_at(tab, a);
		tl_symtab_free(tab);
	}
}

/* The kernels' own tables, where they are at hand: TL_SHARED_DATA/golden/<machine>/kallsyms-*.txt
 */
static void real_tables_say_the_same(void **state)
{
	static const struct {
		const char *file, *printed, *is;
		uint32_t size;
	} row[] = {
		{ "armhf-5.10", "__wake_up_parent", "sys_exit_group", 0x30 },
		{ "armhf-5.10", "do_group_exit", "sys_exit", 0xcc },
	};
	const char *data = getenv("TL_SHARED_DATA");

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		char path[512], text[8192];
		struct tl_fixed fixed;
		struct tl_symtab *tab;
		size_t n;
		FILE *f;

		snprintf(path, sizeof(path), "%s/golden/%s/kallsyms-exit_group-context.txt",
			 data ? data : "", row[i].file);
		f = data ? fopen(path, "r") : NULL;
		if (!f)
			return; /* not at hand: nothing to compare with */
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
		text[n] = '\0';
		tab = table(text);
		assert_int_equal(tl_pc_fix_text(tab, TL_ARCH_ARM, str(row[i].printed), 0,
						row[i].size, TL_ROLE_NONE, false, &fixed),
				 TL_FIX_CORRECTED);
		assert_string_equal(fixed.name, row[i].is);
		tl_symtab_free(tab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_find_their_function),
		cmocka_unit_test(a_return_address_is_stepped_back_once),
		cmocka_unit_test(the_note_is_put_right_with_a_table),
		cmocka_unit_test(another_builds_table_is_not_believed),
		cmocka_unit_test(roles_prove_what_they_can),
		cmocka_unit_test(padding_before_a_function_is_skipped),
		cmocka_unit_test(hidden_and_empty_tables_are_errors),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(real_tables_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
