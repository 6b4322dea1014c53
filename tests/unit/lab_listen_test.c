/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's console, played by a child process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/lab.h"

#define MARK "@@tasklife-0011223344556677 "

/* What the guest said passes through a file; *ret_said is what reached the user. */
static struct tl_err *play(struct lab_guest *g, const char *script, size_t n,
			   struct lab_result *res, char *ret_said, size_t cap)
{
	struct lab lab = {};
	struct lab_opts o = {.seconds = 20};
	int p[2], said = memfd_create("said", MFD_CLOEXEC);

	strcpy(g->nonce, "0011223344556677");
	assert_int_equal(pipe(p), 0);
	g->pid = fork();
	if (!g->pid) {
		close(p[0]);
		for (size_t i = 0; i < n; i += 13) { /* in small pieces */
			size_t k = n - i < 13 ? n - i : 13;

			if (write(p[1], script + i, k) != (ssize_t)k)
				_exit(1);
		}
		_exit(0);
	}
	close(p[1]);
	g->from = p[0];
	struct tl_err *err = lab_guest_listen(g, &lab, &o, said, res);
	ssize_t got = pread(said, ret_said, cap - 1, 0);
	ret_said[got < 0 ? 0 : got] = 0;
	close(said);
	return err;
}

static struct tl_err *play_text(const char *script, struct lab_result *res, char *said, size_t cap)
{
	struct lab_guest g;
	struct tl_err *err;

	lab_guest_init(&g);
	err = play(&g, script, strlen(script), res, said, cap);
	lab_guest_fini(&g);
	return err;
}

static void command_and_status(void **state)
{
	struct lab_result res;
	char said[256];

	assert_null(play_text("[0.1] kernel noise\n" MARK
			      "boot 1.75\none\n@@tasklife-not this\ntwo without end\n" MARK
			      "end 7\n" MARK "done\n",
			      &res, said, sizeof(said)));
	assert_true(res.ended);
	assert_int_equal(res.status, 7);
	assert_int_equal(res.recording, -1);
	assert_true(res.boot_s > 1.7 && res.boot_s < 1.8);
	assert_string_equal(said, "one\n@@tasklife-not this\ntwo without end");
}

static void last_newline_is_the_commands_own(void **state)
{
	struct lab_result res;
	char said[64];

	assert_null(play_text(MARK "boot 1\nline\n\n" MARK "end 0\n" MARK "done\n", &res, said,
			      sizeof(said)));
	assert_string_equal(said, "line\n");
}

static size_t encode(const char *data, size_t n, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char gz[4096];
	z_stream z = {};
	size_t at = 0;

	deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (unsigned char *)data;
	z.avail_in = n;
	z.next_out = gz;
	z.avail_out = sizeof(gz);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	for (size_t i = 0; i < z.total_out; i += 3) {
		unsigned long left = z.total_out - i;
		uint32_t v =
			gz[i] << 16 | (left > 1 ? gz[i + 1] << 8 : 0) | (left > 2 ? gz[i + 2] : 0);

		for (int k = 0; k < 4; k++)
			out[at++] = k <= (left > 2 ? 3 : (int)left) ? digits[v >> (18 - 6 * k) & 63]
								    : '=';
		if (i % 57 == 54)
			out[at++] = '\n';
	}
	deflateEnd(&z);
	out[at++] = '\n';
	out[at] = 0;
	return at;
}

static struct tl_err *play_file(bool spoil, unsigned announce, struct lab_result *res)
{
	static char data[2000], text[8192], script[10000];
	char said[64];

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = i * i;
	encode(data, sizeof(data), text);
	if (spoil)
		text[200] = text[200] == 'A' ? 'B' : 'A';
	snprintf(script, sizeof(script),
		 MARK "boot 1\n\n" MARK "end 0\n" MARK "file %u\n%s" MARK "endfile\n" MARK "done\n",
		 announce, text);
	struct tl_err *err = play_text(script, res, said, sizeof(said));
	if (!err) {
		char back[sizeof(data) + 1];

		assert_int_equal(read(res->recording, back, sizeof(back)), sizeof(data));
		assert_memory_equal(back, data, sizeof(data));
	}
	if (res->recording >= 0)
		close(res->recording);
	return err;
}

static void recording_comes_out_whole(void **state)
{
	struct lab_result res;

	assert_null(play_file(false, 2000, &res));
	assert_int_equal(res.bytes, 2000);
}

static void damage_is_noticed(void **state)
{
	struct lab_result res;
	struct tl_err *err = play_file(true, 2000, &res);

	assert_non_null(err);
	assert_int_equal(err->code, TL_E_INPUT);
	tl_err_free(err);
	err = play_file(false, 1999, &res);
	assert_non_null(err);
	tl_err_free(err);
}

static struct tl_err *play_shared(uint32_t crc, struct lab_result *res)
{
	struct lab_guest g;
	char script[256], said[16];

	lab_guest_init(&g);
	g.shared = memfd_create("shared", MFD_CLOEXEC);
	assert_int_equal(write(g.shared, "recorded", 8), 8);
	assert_int_equal(ftruncate(g.shared, 4096), 0);
	snprintf(script, sizeof(script),
		 MARK "boot 1\n\n" MARK "end 0\n" MARK "shared 8 %08x\n" MARK "done\n", crc);
	struct tl_err *err = play(&g, script, strlen(script), res, said, sizeof(said));
	lab_guest_fini(&g);
	return err;
}

static void recording_comes_by_shared_memory(void **state)
{
	struct lab_result res;
	char back[16] = "";
	uint32_t crc = crc32(0, (const unsigned char *)"recorded", 8);

	assert_null(play_shared(crc, &res));
	assert_int_equal(read(res.recording, back, sizeof(back)), 8);
	assert_string_equal(back, "recorded");
	close(res.recording);
	struct tl_err *err = play_shared(crc ^ 1, &res);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_INPUT);
	tl_err_free(err);
}

static void broken_guests(void **state)
{
	struct lab_result res;
	char said[64];
	struct tl_err *err = play_text("[1.0] Kernel panic - not syncing: no init\r\n", &res, said,
				       sizeof(said));

	assert_non_null(err);
	assert_string_equal(err->what, "the guest's kernel panicked");
	assert_non_null(strstr(err->log, "no init"));
	assert_null(strchr(err->log, '\r'));
	tl_err_free(err);
	err = play_text(MARK "boot 1\nhalf a li", &res, said, sizeof(said));
	assert_non_null(err);
	assert_false(res.ended);
	assert_string_equal(said, "half a li");
	tl_err_free(err);
}

static void marks_out_of_order_are_nothing(void **state)
{
	struct lab_result res;
	char said[64];

	assert_null(play_text(MARK "end 9\n" MARK "file 3\n" MARK "boot 1\nx\n" MARK "boot 2\n" MARK
				   "end 4\n" MARK "end 5\n" MARK "endfile\n" MARK "done\n",
			      &res, said, sizeof(said)));
	assert_int_equal(res.status, 4);
	assert_int_equal(res.recording, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_and_status),
		cmocka_unit_test(last_newline_is_the_commands_own),
		cmocka_unit_test(recording_comes_out_whole),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(recording_comes_by_shared_memory),
		cmocka_unit_test(broken_guests),
		cmocka_unit_test(marks_out_of_order_are_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
