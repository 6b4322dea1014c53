/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gdb client against a stub that answers by a script: right, damaged, and hostile. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/guard.h"
#include "peek/image.h"
#include "peek/remote.h"
#include "peek/target.h"

struct line {
	const char *ask; /* how a packet begins */
	/* what is sent for it, as it stands, or behind '=' made a packet; NULL: the connection is
	 * closed */
	const char *raw;
};

struct stub {
	int fd;
	const struct line *line;
	unsigned n;
};

/* "$data#cs" for data without anything to escape. */
static void put_packet(int fd, const char *data)
{
	char text[4096];
	unsigned char sum = 0;

	for (const char *p = data; *p; p++)
		sum += (unsigned char)*p;
	int n = snprintf(text, sizeof(text), "+$%s#%02x", data, sum);
	send(fd, text, n, MSG_NOSIGNAL);
}

static const char *const usual[][2] = {
	{"qSupported", "PacketSize=1000;qXfer:features:read+"},
	{"qfThreadInfo", "m01,02"},
	{"qsThreadInfo", "l"},
	{"qXfer:features:read:target.xml:0",
	 "l<target><!-- <reg name=\"no\" bitsize=\"64\"/> --><xi:include href=\"core.xml\"/></target>"},
	{"qXfer:features:read:core.xml:0",
	 "l<feature><reg name=\"r0\" bitsize=\"32\"/><reg name=\"pc\" bitsize=\"64\" regnum=\"7\"/><reg bitsize='32' name='next'/></feature>"},
	{"Hg", "OK"},
};

static void answer(struct stub *s, const char *packet)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!strncmp(packet, s->line[i].ask, strlen(s->line[i].ask))) {
			if (!s->line[i].raw)
				shutdown(s->fd, SHUT_RDWR);
			else if (s->line[i].raw[0] == '=')
				put_packet(s->fd, s->line[i].raw + 1);
			else
				send(s->fd, s->line[i].raw, strlen(s->line[i].raw), MSG_NOSIGNAL);
			return;
		}
	for (unsigned i = 0; i < ARRAY_SIZE(usual); i++)
		if (!strncmp(packet, usual[i][0], strlen(usual[i][0]))) {
			put_packet(s->fd, usual[i][1]);
			return;
		}
	put_packet(s->fd, "");
}

static void *serve(void *arg)
{
	struct stub *s = arg;
	char packet[1024];
	size_t n = 0;
	char c;

	while (read(s->fd, &c, 1) == 1) {
		if (c == '-') /* it has nothing better */
			shutdown(s->fd, SHUT_RDWR);
		if (c == '$')
			n = 0;
		else if (n < sizeof(packet) - 1)
			packet[n++] = c;
		if (n >= 3 && packet[n - 3] == '#') {
			packet[n - 3] = 0;
			answer(s, packet);
			n = 0;
		}
	}
	return NULL;
}

static struct tl_err *meet(const struct line *line, unsigned n, struct stub *s, pthread_t *thread,
			   struct remote **ret)
{
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	*s = (struct stub){.fd = fd[1], .line = line, .n = n};
	assert_int_equal(pthread_create(thread, NULL, serve, s), 0);
	return remote_open_fd(fd[0], NULL, ret);
}

static void part(struct stub *s, pthread_t thread, struct remote *r)
{
	remote_close(r);
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(s->fd);
}

static void it_asks_for_memory_and_registers(void **state)
{
	/* 0x41 four times by '*' (a space: 29 + 3), '}' escapes: 0x03 ^ 0x20 is '#', no hex, so
	 * only in the XML */
	static const struct line line[] = {
		{"m1000,4", "=41424344"},    {"m2000,4", "=0* 41"}, {"m3000,2", "=E14"},
		{"p7", "=8877665544332211"}, {"p8", "=01000000"},
	};
	struct remote *r = NULL;
	struct stub s;
	pthread_t t;
	char mem[5] = "";
	uint64_t v = 0;
	struct tl_err *err = meet(line, ARRAY_SIZE(line), &s, &t, &r);

	assert_null(err);
	assert_int_equal(remote_n_cpus(r), 2);
	assert_false(remote_was_running(r));
	assert_null(remote_read(r, 0x1000, mem, 4));
	assert_string_equal(mem, "ABCD");
	err = remote_read(r, 0x3000, mem, 2);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_NOT_THERE);
	tl_err_free(err);
	assert_true(remote_register(r, "pc", &v));
	assert_int_equal(v, 0x1122334455667788);
	assert_true(remote_register(r, "next", &v)); /* numbered behind pc */
	assert_int_equal(v, 1);
	assert_false(remote_register(r, "no", &v)); /* in a comment */
	assert_null(remote_select(r, 1));
	err = remote_select(r, 2);
	assert_non_null(err);
	tl_err_free(err);
	part(&s, t, r);
}

static void a_run_of_bytes_is_unpacked(void **state)
{
	/* '%' is 29 + 8: nine zeros... too many for four bytes */
	static const struct line line[] = {{"m2000,4", "=0*%1"}};
	/* '"' is 29 + 5: six zeros */
	static const struct line good[] = {{"m2000,3", "=0*\""}};
	struct remote *r = NULL;
	struct stub s;
	pthread_t t;
	unsigned char mem[4] = {9, 9, 9, 9};
	struct tl_err *err = meet(good, ARRAY_SIZE(good), &s, &t, &r);

	assert_null(err);
	assert_null(remote_read(r, 0x2000, mem, 3));
	assert_int_equal(mem[0] | mem[1] | mem[2], 0);
	part(&s, t, r);
	assert_null(meet(line, ARRAY_SIZE(line), &s, &t, &r));
	err = remote_read(r, 0x2000, mem, 4);
	assert_non_null(err);
	tl_err_free(err);
	part(&s, t, r);
}

static void a_stop_told_before_the_answer_is_no_answer(void **state)
{
	static const struct line line[] = {{"qSupported", "$T02thread:01;#04+$PacketSize=1000#f1"},
					   {"D", "=OK"},
					   {"c", "=T05thread:02;"},
					   {"Z0,ffffffff81000000,1", "=OK"},
					   {"vCont;s", "=T05thread:02;"}};
	struct remote *r = NULL;
	struct stub s;
	pthread_t t;
	unsigned cpu = 9;
	struct tl_err *err = meet(line, ARRAY_SIZE(line), &s, &t, &r);

	assert_null(err);
	assert_true(remote_was_running(r));
	assert_null(remote_break(r, 0xffffffff81000000, true));
	assert_null(remote_go(r, 2, &cpu));
	assert_int_equal(cpu, 1);
	assert_null(remote_select(r, 1));
	assert_null(remote_step(r));
	err = remote_break(r, 1, true); /* answered by nothing: not supported */
	assert_non_null(err);
	tl_err_free(err);
	part(&s, t, r);
}

static void a_guest_that_ends_is_told(void **state)
{
	static const struct line line[] = {{"c", "=W00"}};
	struct remote *r = NULL;
	struct stub s;
	pthread_t t;
	unsigned cpu;

	assert_null(meet(line, ARRAY_SIZE(line), &s, &t, &r));
	struct tl_err *err = remote_go(r, 2, &cpu);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_NOT_THERE);
	tl_err_free(err);
	assert_true(remote_has_ended(r));
	part(&s, t, r);
}

/* Each is an error in a sentence, at once: no crash, no endless wait. */
static void what_is_no_stub_is_refused(void **state)
{
	static char endless[200000];
	static const struct line bad[][1] = {
		{{"qSupported", NULL}},
		{{"qfThreadInfo", "=l"}},
		{{"qfThreadInfo", "=m$(reboot)"}},
		{{"qfThreadInfo", "=mx;y"}},
		{{"qfThreadInfo", "=m0123456789012345678901234567890123"}},
		{{"qfThreadInfo", "=*~"}},
		{{"qXfer:features:read:target.xml", "=E00"}},
		{{"qXfer:features:read:target.xml", "=l<reg name=\"x"}},
		{{"qXfer:features:read:target.xml", "=l<xi:include href=\"target.xml\"/>"}},
		{{"qSupported", endless}},
		{{"qSupported", "+$x#00$x#00$x#00$x#00"}},
	};

	memset(endless, 'a', sizeof(endless) - 1);
	endless[0] = '$';
	memcpy(endless + 70000, "#00$#00$#00$#00", 15);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		struct remote *r = NULL;
		struct stub s;
		pthread_t t;
		struct tl_err *err = meet(bad[i], 1, &s, &t, &r);

		if (!err)
			fail_msg("case %u was taken for a stub", i);
		assert_int_equal(err->code, TL_E_INPUT);
		tl_err_free(err);
		part(&s, t, NULL);
	}
}

static void a_build_id_stands_in_notes(void **state)
{
	static const char notes[] = "\4\0\0\0\4\0\0\0\1\0\0\0GNU\0abcd"
				    "\4\0\0\0\3\0\0\0\3\0\0\0GNU\0\x11\x22\x33";
	uint8_t id[IMAGE_ID_MOST];

	assert_int_equal(image_build_id(notes, sizeof(notes), id), 3);
	assert_memory_equal(id, "\x11\x22\x33", 3);
	for (size_t n = 0; n < sizeof(notes) - 1; n++) /* cut anywhere: none, never a byte beyond */
		assert_int_equal(image_build_id(notes, n, id), 0);
	assert_int_equal(image_build_id("\xff\xff\xff\xff\xff\xff\xff\xff\3\0\0\0GNU", 16, id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_asks_for_memory_and_registers),
		cmocka_unit_test(a_run_of_bytes_is_unpacked),
		cmocka_unit_test(a_stop_told_before_the_answer_is_no_answer),
		cmocka_unit_test(a_guest_that_ends_is_told),
		cmocka_unit_test(what_is_no_stub_is_refused),
		cmocka_unit_test(a_build_id_stands_in_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
