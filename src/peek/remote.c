/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packets: $data#checksum, each answered by + or -. In data } escapes the next byte and * repeats
 * the last one. A stopped guest answers; a running one answers only the byte 0x03, by stopping.
 * (gdb's manual, appendix "Remote Protocol".)
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/guard.h"
#include "peek/remote.h"
#include "peek/target.h"

#define PACKET_MOST 65536
#define ANSWER_S    5
#define TRIES	    3
#define READ_MOST   2040 /* bytes per memory packet: twice that in hex fits QEMU's 4096 */

struct remote {
	int fd;
	const volatile int *stop;
	char in[4096]; /* received and not yet looked at */
	size_t n_in, at;
	char answer[PACKET_MOST];
	size_t n_answer;
	char cpu[REMOTE_CPUS][24]; /* thread ids as the stub writes them */
	unsigned n_cpus, selected;
	bool was_running, ended;
	struct target target;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static struct tl_err *broken(const char *cause)
{
	return tl_err_cause(tl_err_new(TL_E_INPUT, N_("the gdb stub does not answer as one"), NULL),
			    cause, NULL);
}

/* ---- bytes ---- */

/* A byte, or -1 when none came until `end`, or -2 when there is nobody any more. */
static int next_byte(struct remote *r, double end)
{
	while (r->at == r->n_in) {
		struct pollfd p = {r->fd, POLLIN, 0};
		double left = end - now();

		if (left <= 0)
			return -1;
		if (poll(&p, 1, left > 0.1 ? 100 : (int)(left * 1000) + 1) <= 0) {
			if (r->stop && *r->stop)
				return -1;
			continue;
		}
		ssize_t n = read(r->fd, r->in, sizeof(r->in));
		if (n <= 0)
			return -2;
		r->at = 0;
		r->n_in = n;
	}
	return (unsigned char)r->in[r->at++];
}

static int hex_digit(int c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The data behind '$', unpacked, up to '#' and its checksum. 1 whole, 0 damaged, < 0 as
 * next_byte(). */
static int take_packet(struct remote *r, double end)
{
	unsigned char sum = 0;
	int c, high, low;

	r->n_answer = 0;
	while ((c = next_byte(r, end)) != '#') {
		unsigned times = 1;

		if (c < 0)
			return c;
		sum += c;
		if (c == '}' || c == '*') {
			int more = next_byte(r, end);

			if (more < 0)
				return more;
			sum += more;
			times = c == '*' ? (more > 29 ? more - 29 : 0) : 1;
			if (c == '*' && !r->n_answer)
				return 0;
			c = c == '*' ? r->answer[r->n_answer - 1] : more ^ 0x20;
		}
		for (; times; times--) {
			if (r->n_answer == sizeof(r->answer) - 1)
				return 0;
			r->answer[r->n_answer++] = c;
		}
	}
	r->answer[r->n_answer] = 0;
	high = hex_digit(next_byte(r, end));
	low = hex_digit(next_byte(r, end));
	return high >= 0 && low >= 0 && (high << 4 | low) == sum;
}

static bool put_bytes(struct remote *r, const char *p, size_t n)
{
	while (n) {
		ssize_t done = send(r->fd, p, n, MSG_NOSIGNAL); /* who is gone must not end us */

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= done;
	}
	return true;
}

/* The next packet, whatever it answers. */
static struct tl_err *receive(struct remote *r, double end)
{
	for (int damaged = 0; damaged < TRIES;) {
		int c = next_byte(r, end);

		if (c == '$')
			c = take_packet(r, end) ?: -3;
		else if (c >= 0)
			continue; /* '+', or noise */
		if (c == -1)
			return broken(N_("it says nothing"));
		if (c == -2) {
			r->ended = true;
			return broken(N_("the connection is closed"));
		}
		put_bytes(r, c > 0 ? "+" : "-", 1);
		if (c > 0)
			return NULL;
		damaged++;
	}
	return broken(N_("its packets are damaged"));
}

static struct tl_err *send_packet(struct remote *r, const char *data)
{
	char packet[600];
	unsigned char sum = 0;
	int n;

	for (const char *p = data; *p; p++)
		sum += (unsigned char)*p;
	n = snprintf(packet, sizeof(packet), "$%s#%02x", data, sum);
	if (n < 0 || (size_t)n >= sizeof(packet) || !put_bytes(r, packet, n)) {
		r->ended = true;
		return broken(N_("the connection is closed"));
	}
	return NULL;
}

/* A question and its answer, in r->answer. */
static struct tl_err *ask(struct remote *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static struct tl_err *ask(struct remote *r, const char *fmt, ...)
{
	char data[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(data, sizeof(data), fmt, ap);
	va_end(ap);
	try(send_packet(r, data));
	/* that the guest has been stopped for us may be told before the answer; no answer begins
	 * like that */
	for (int turns = 0; turns < 4; turns++) {
		try(receive(r, now() + ANSWER_S));
		if (r->answer[0] != 'T')
			return NULL;
		r->was_running = true;
	}
	return broken(N_("it stops again and again"));
}

/* ---- where it listens ---- */

static struct tl_err *unreachable(const char *where, int os, const char *cause)
{
	struct tl_err *err = tl_err_os(os, N_("cannot reach a gdb stub at '%s'"), where, NULL);

	if (err == &tl_enomem)
		return err;
	err->code = TL_E_INPUT;
	if (cause)
		tl_err_cause(err, cause, NULL);
	return tl_err_hint(
		err,
		N_("a guest with one: tasklife lab debug --peek -- CMD; or QEMU's -gdb tcp::1234"),
		NULL);
}

static int connect_to(const struct addrinfo *a, int *ret_os)
{
	auto_close int fd =
		socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
	struct pollfd p = {fd, POLLOUT, 0};
	socklen_t n = sizeof(*ret_os);

	*ret_os = errno;
	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) && errno != EINPROGRESS) {
		*ret_os = errno;
		return -1;
	}
	if (poll(&p, 1, ANSWER_S * 1000) <= 0) {
		*ret_os = ETIMEDOUT;
		return -1;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, ret_os, &n) || *ret_os)
		return -1;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return take_fd(&fd);
}

struct tl_err *remote_open(const char *where, double seconds, const volatile int *stop,
			   struct remote **ret)
{
	struct addrinfo want = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC}, *found = NULL;
	const char *colon = strrchr(where, ':'), *port = colon ? colon + 1 : where;
	auto_free char *host =
		colon && colon > where ? strndup(where, colon - where) : strdup("127.0.0.1");
	int fd = -1, os = 0;
	double end = now() + seconds;

	if (!host)
		return &tl_enomem;
	int rc = getaddrinfo(host, port, &want, &found);
	do {
		for (const struct addrinfo *a = rc ? NULL : found; a && fd < 0; a = a->ai_next)
			fd = connect_to(a, &os);
	} while (!rc && fd < 0 && now() < end && !poll(NULL, 0, 100));
	if (!rc)
		freeaddrinfo(found);
	if (rc)
		return unreachable(where, 0, N_("there is no such place"));
	return fd < 0 ? unreachable(where, os, NULL) : remote_open_fd(fd, stop, ret);
}

/* ---- first words ---- */

/* "m1,2,3", then "l"; a CPU is a thread to QEMU. */
static struct tl_err *list_cpus(struct remote *r)
{
	try(ask(r, "qfThreadInfo"));
	for (int turns = 0; r->answer[0] == 'm' && turns < 2 * REMOTE_CPUS; turns++) {
		char *save = NULL;

		for (char *id = strtok_r(r->answer + 1, ",", &save); id;
		     id = strtok_r(NULL, ",", &save)) {
			if (strlen(id) >= sizeof(r->cpu[0]) ||
			    strspn(id, "0123456789abcdefABCDEFp.-") != strlen(id))
				return broken(N_("its list of CPUs is none"));
			if (r->n_cpus < REMOTE_CPUS)
				strcpy(r->cpu[r->n_cpus++], id);
		}
		try(ask(r, "qsThreadInfo"));
	}
	return r->n_cpus ? NULL : broken(N_("its list of CPUs is none"));
}

/* A file of the target description, in pieces: "m..." more, "l..." the last. */
static bool fetch_file(void *ctx, const char *name, struct out *to)
{
	struct remote *r = ctx;
	size_t at = 0;

	for (int turns = 0; at < TARGET_MOST && turns < 2048; turns++) {
		auto_err struct tl_err *err =
			ask(r, "qXfer:features:read:%.200s:%zx,7f8", name, at);

		if (err || (r->answer[0] != 'm' && r->answer[0] != 'l') ||
		    (r->answer[0] == 'm' && r->n_answer < 2))
			return false;
		out_mem(to, r->answer + 1, r->n_answer - 1);
		at += r->n_answer - 1;
		if (r->answer[0] == 'l')
			return true;
	}
	return false;
}

static struct tl_err *greet(struct remote *r)
{
	/* a stub that holds the guest still answers; one that runs it does not, until it is stopped
	 */
	struct tl_err *err = ask(r, "qSupported:xmlRegisters=i386,arm,aarch64;vContSupported+");

	if (err && !r->ended) {
		tl_err_free(err);
		r->was_running = true;
		put_bytes(r, "\x03", 1);
		try(receive(r, now() + ANSWER_S));
		err = ask(r, "qSupported:xmlRegisters=i386,arm,aarch64;vContSupported+");
	}
	if (err)
		return err;
	try(list_cpus(r));
	if (!target_read(&r->target, fetch_file, r))
		return broken(N_("it does not describe its registers"));
	return remote_select(r, 0);
}

struct tl_err *remote_open_fd(int fd, const volatile int *stop, struct remote **ret)
{
	struct remote *r = calloc(1, sizeof(*r));

	if (!r) {
		close(fd);
		return &tl_enomem;
	}
	r->fd = fd;
	/* an acknowledgement and the next question are two small writes: they must not wait for
	 * each other */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	r->stop = stop;
	r->selected = REMOTE_CPUS;
	struct tl_err *err = greet(r);
	if (err)
		remote_close(r);
	else
		*ret = r;
	return err;
}

void remote_close(struct remote *r)
{
	if (!r)
		return;
	if (!r->ended && r->was_running)
		tl_err_free(ask(r, "D"));
	close(r->fd);
	free(r);
}

bool remote_was_running(const struct remote *r)
{
	return r->was_running;
}

bool remote_has_ended(const struct remote *r)
{
	return r->ended;
}

unsigned remote_n_cpus(const struct remote *r)
{
	return r->n_cpus;
}

/* ---- looking ---- */

struct tl_err *remote_select(struct remote *r, unsigned cpu)
{
	if (cpu >= r->n_cpus)
		return broken(N_("it has no such CPU"));
	if (r->selected == cpu)
		return NULL;
	try(ask(r, "Hg%s", r->cpu[cpu]));
	r->selected = cpu;
	return NULL;
}

/* "0a1b" into bytes; false: not exactly n of them. */
static bool from_hex(const char *hex, unsigned char *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(hex[2 * i]), low = high < 0 ? -1 : hex_digit(hex[2 * i + 1]);

		if (low < 0)
			return false;
		to[i] = high << 4 | low;
	}
	return !hex[2 * n];
}

struct tl_err *remote_read(struct remote *r, uint64_t addr, void *to, size_t n)
{
	for (size_t done = 0, part; done < n; done += part) {
		part = n - done < READ_MOST ? n - done : READ_MOST;
		try(ask(r, "m%llx,%zx", (unsigned long long)(addr + done), part));
		if (!from_hex(r->answer, (unsigned char *)to + done, part)) {
			char place[24];

			snprintf(place, sizeof(place), "0x%llx", (unsigned long long)(addr + done));
			return tl_err_new(TL_E_NOT_THERE, N_("the guest has nothing at %s"), place);
		}
	}
	return NULL;
}

bool remote_register(struct remote *r, const char *name, uint64_t *ret)
{
	const struct target_reg *reg = target_reg_named(&r->target, name);
	unsigned char bytes[8] = {};

	if (!reg || reg->bits > 64 || reg->bits % 8)
		return false;
	auto_err struct tl_err *err = ask(r, "p%x", reg->nr);
	if (err || !from_hex(r->answer, bytes, reg->bits / 8))
		return false;
	/* the CPUs of the laboratory are little-endian, and so are we */
	memcpy(ret, bytes, sizeof(*ret));
	return true;
}

/* ---- going on ---- */

struct tl_err *remote_break(struct remote *r, uint64_t addr, bool set)
{
	char place[24];

	try(ask(r, "%c0,%llx,1", set ? 'Z' : 'z', (unsigned long long)addr));
	if (!strcmp(r->answer, "OK"))
		return NULL;
	snprintf(place, sizeof(place), "0x%llx", (unsigned long long)addr);
	return tl_err_new(TL_E_FAILED, N_("the gdb stub takes no breakpoint at %s"), place);
}

/* "T05thread:01;" tells which CPU; "W00" and "X09" that there is none any more. */
static struct tl_err *stopped(struct remote *r, unsigned *ret_cpu)
{
	const char *thread = strstr(r->answer, "thread:");
	size_t n = thread ? strcspn(thread + 7, ";") : 0;

	*ret_cpu = 0;
	r->selected = REMOTE_CPUS;
	if (r->answer[0] == 'W' || r->answer[0] == 'X') {
		r->ended = true;
		return tl_err_new(TL_E_NOT_THERE, N_("the guest has ended"), NULL);
	}
	if (r->answer[0] != 'T' && r->answer[0] != 'S')
		return broken(N_("it does not tell why it stopped"));
	for (unsigned i = 0; thread && i < r->n_cpus; i++) {
		/* it writes "01" here and "1" in its list */
		const char *mine = r->cpu[i], *its = thread + 7;
		size_t k = n;

		while (k > 1 && *its == '0')
			its++, k--;
		while (mine[0] == '0' && mine[1])
			mine++;
		if (strlen(mine) == k && !strncmp(mine, its, k))
			*ret_cpu = i;
	}
	return NULL;
}

static struct tl_err *run(struct remote *r, const char *how, double seconds, unsigned *ret_cpu)
{
	double end = now() + (seconds > 0 ? seconds : 1e9);

	*ret_cpu = REMOTE_CPUS;
	try(send_packet(r, how));
	struct tl_err *err = receive(r, end);
	if (err && !r->ended && (now() >= end || (r->stop && *r->stop))) {
		unsigned cpu;

		tl_err_free(err); /* it runs on: bid it stop */
		put_bytes(r, "\x03", 1);
		const volatile int *stop = take(r->stop);
		err = receive(r, now() + ANSWER_S);
		r->stop = stop;
		/* a trap, 5: it had just come to a breakpoint by itself */
		bool by_itself = !err && !strncmp(r->answer, "T05", 3);
		return err ? err : stopped(r, by_itself ? ret_cpu : &cpu);
	}
	if (r->ended) {
		tl_err_free(err);
		return tl_err_new(TL_E_NOT_THERE, N_("the guest has ended"), NULL);
	}
	return err ? err : stopped(r, ret_cpu);
}

struct tl_err *remote_go(struct remote *r, double seconds, unsigned *ret_cpu)
{
	return run(r, "c", seconds, ret_cpu);
}

struct tl_err *remote_step(struct remote *r)
{
	char how[48];
	unsigned cpu;

	snprintf(how, sizeof(how), "vCont;s:%s", r->cpu[r->selected < r->n_cpus ? r->selected : 0]);
	return run(r, how, ANSWER_S, &cpu);
}
