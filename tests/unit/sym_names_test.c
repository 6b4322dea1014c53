/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a function is called in a kernel, asked of every form of list a kernel gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "base/io.h"
#include "sym/names.h"

static void names_of(const char *text, struct sym_names *ret)
{
	assert_null(sym_names_read(text, strlen(text), "list", ret));
}

static void file_names(const char *file, struct sym_names *ret)
{
	auto_free char *text = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/tests/data/functions/%s", getenv("TL_SOURCE_ROOT"), file);
	assert_true(io_read_file(path, 1 << 20, &text) > 0);
	names_of(text, ret);
}

static void is_found(const struct sym_found *f, const char *wanted)
{
	char got[512] = "";

	for (size_t i = 0; i < f->name.n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i ? " " : "",
			 f->name.v[i]);
	assert_string_equal(got, wanted);
}

static void test_forms(void **state)
{
	static const struct {
		const char *text;
		enum sym_list kind;
	} forms[] = {
		{"do_exit\ncopy_process.isra.0\nnft_do_chain [nf_tables]\n", SYM_LIST_TRACEABLE},
		{"ffffffff81000000 do_exit\nffffffff81000040 copy_process.isra.0\nffffffffc0000000 nft_do_chain [nf_tables]\n",
		 SYM_LIST_TRACEABLE},
		{"c0300000 T do_exit\nc0300040 t copy_process.isra.0\nc03000c0 t copy_process.isra.0.cold\nc0400000 d do_data\n"
		 "bf000000 t nft_do_chain\t[nf_tables]\nc0300000 t $a\n",
		 SYM_LIST_SYMBOLS},
		{"0000000000000000 T do_exit\r\n0000000000000000 t copy_process.isra.0\n0000000000000000 t nft_do_chain\t[nf_tables]",
		 SYM_LIST_SYMBOLS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct sym_names names;
		struct sym_found found = {};

		names_of(forms[i].text, &names);
		assert_int_equal(names.kind, forms[i].kind);
		assert_true(sym_names_has(&names, "do_exit"));
		assert_true(sym_names_has(&names, "nft_do_chain"));
		assert_false(sym_names_has(&names, "copy_process"));
		assert_false(sym_names_has(&names, "do_data"));
		assert_true(sym_names_of_base(&names, "copy_process", 12, &found));
		is_found(&found, "copy_process.isra.0");
		sym_found_fini(&found);
		sym_names_fini(&names);
	}
}

static void test_no_list(void **state)
{
	static const char *const texts[] = {"", "\n\n",
					    "Dear reader, this is no list of anything.\n",
					    "\x7f"
					    "ELF\x02\x01"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct sym_names names;
		struct tl_err *err = sym_names_read(texts[i], strlen(texts[i]), "text", &names);

		assert_non_null(err);
		assert_int_equal(err->code, TL_E_INPUT);
		tl_err_free(err);
	}
}

static void test_roles_of_three_kernels(void **state)
{
	static const struct {
		const char *file, *clone, *exit_call;
	} kernels[] = {
		{"amd64-6.1.txt", "__x64_sys_clone", "__ia32_sys_exit_group __x64_sys_exit_group"},
		{"arm64-6.12.txt", "__arm64_sys_clone", "__arm64_sys_exit_group"},
		{"armhf-5.10.txt", "sys_clone", "sys_exit_group"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct sym_names names;
		struct sym_found clone = {}, call = {}, fork = {};

		file_names(kernels[i].file, &names);
		assert_true(sym_names_lead(&names, TL_ROLE_SYS_CLONE, &clone));
		is_found(&clone, kernels[i].clone);
		assert_true(sym_names_of_syscall(&names, "SyS_exit_group", &call));
		is_found(&call, kernels[i].exit_call);
		assert_true(sym_names_of_role(&names, TL_ROLE_KERNEL_CLONE, &fork));
		is_found(&fork, "kernel_clone");
		sym_found_fini(&clone);
		sym_found_fini(&call);
		sym_found_fini(&fork);
		sym_names_fini(&names);
	}
}

static void test_globs(void **state)
{
	struct sym_names names;
	struct sym_found found = {};

	names_of("copy_process.part.5\ncopy_process.part.5.cold\ncopy_page\n", &names);
	assert_true(sym_names_glob(&names, "copy_process*", &found));
	is_found(&found, "copy_process.part.5");
	sym_found_fini(&found);
	assert_false(sym_names_glob(&names, "cope_*", &found));
	sym_names_fini(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_roles_of_three_kernels),
		cmocka_unit_test(test_globs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
