/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table itself: every public id stays, every row is whole, every sentence exists in Korean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/guard.h"
#include "why/match.h"

/* Public ids with their rows: they only ever grow. Rows of one kind stand in this order. */
static const char *const rules[] = {
	"B-KTHREADD kthread",
	"B-UMH helper",
	"B-IOURING io_worker",
	"B-VHOST vhost_worker",
	"B-IDLE idle",
	"B-INIT init",
	"B-KTHREAD-OTHER kthread",
	"B-THREAD-C3 thread",
	"B-THREAD thread",
	"B-SPAWN vfork",
	"B-VFORK vfork",
	"B-FORK-CALL fork",
	"B-FORK fork",
	"B-THREAD-BYFLAGS thread",
	"B-SPAWN-BYFLAGS vfork",
	"B-KERNEL-BYFLAGS kthread",
	"B-FORK-BYFLAGS fork",
	"B-CLONE-OTHER clone",
	"S-OOM-MEMCG oom.memcg",
	"S-SYSRQ-OOM oom.sysrq",
	"S-OOM oom",
	"S-CGROUP-KILL cgroup_kill",
	"S-CGROUP-KILL-FORK cgroup_kill",
	"S-PIDFD-AUTOKILL pidfd_autokill",
	"S-PIDNS pidns_end",
	"S-PIDNS-REBOOT pidns_reboot",
	"S-EXITKILL tracer_exit",
	"S-PTRACE-KILL ptrace_kill",
	"S-PTRACE-ATTACH ptrace_attach",
	"S-PDEATH parent_death",
	"S-TTY-SLEXIT tty.session_end",
	"S-TTY-HANGUP tty.hangup",
	"S-TTY-KEY tty.key",
	"S-TTY-JOB tty.job",
	"S-TTY-WINCH tty.winch",
	"S-ORPHAN-PGRP orphan_pgrp",
	"S-SAK tty.sak",
	"S-SYSRQ sysrq",
	"S-CAD ctrl_alt_del",
	"S-PF-ARM64 fault.memory",
	"S-PF-ARM64-419 fault.memory",
	"S-PF-X86 fault.memory",
	"S-PF-ARM fault.memory",
	"S-GPF-X86 fault.protection",
	"S-ILL-X86 fault.illegal",
	"S-FPE-X86 fault.arithmetic",
	"S-TRAP-X86 fault.trap",
	"S-OTHER-TRAP-X86 fault.cpu",
	"S-UNDEF-ARM64 fault.illegal",
	"S-BRK-ARM64 fault.trap",
	"S-BTI-FPAC-ARM64 fault.branch",
	"S-UNDEF-ARM fault.illegal",
	"S-MCE fault.hardware",
	"S-EXEC-PONR exec_failed",
	"S-EXEC-PONR-419 exec_failed",
	"S-RSEQ rseq",
	"S-SIGFRAME signal_frame",
	"S-SECCOMP seccomp",
	"S-SUD syscall_dispatch",
	"S-SIGPIPE pipe",
	"S-SIGXFSZ limit.fsize",
	"S-ALARM timer.alarm",
	"S-POSIX-TIMER timer.posix",
	"S-CPU-LIMIT limit.cpu",
	"S-SIGIO sigio",
	"S-MQUEUE mqueue",
	"S-BPF bpf",
	"S-PERF perf",
	"S-UPROBE uprobe",
	"S-VSYSCALL vsyscall",
	"S-AUDIT-FAIL audit",
	"S-CHLD child",
	"S-CHLD-STOP child",
	"S-KILL kill",
	"S-TGKILL tgkill",
	"S-SIGQUEUE sigqueue",
	"S-PIDFD pidfd",
	"S-CHLD-BYCODE child",
	"S-CHLD-SELF child",
	"S-CHLD-STOP-BYCODE child",
	"S-TGKILL-BYCODE tgkill",
	"S-TIMER-BYCODE timer.posix",
	"S-QUEUE-BYCODE sigqueue",
	"S-FAULT-BYCODE fault",
	"S-FORCED-BYCODE forced",
	"S-KERNEL-BYCODE kernel",
	"S-USER-GRP-BYCODE kill",
	"S-USER-PRIV-BYCODE kernel",
	"D-OOPS-X86 kernel_bug",
	"D-OOPS-X86-OLD kernel_bug",
	"D-OOPS kernel_bug",
	"D-OOPS-OLD kernel_bug",
	"D-DEAD-OTHER kernel_bug",
	"D-SECCOMP-STRICT seccomp",
	"D-SECCOMP-THREAD seccomp.thread",
	"D-SECCOMP-PROC-OLD seccomp",
	"D-URING worker_end",
	"D-VHOST worker_end",
	"D-UMH helper_failed",
	"D-KT-RETURN-X kthread_end",
	"D-KT-MODULE kthread_end",
	"D-KT-MODULE-CUT kthread_end",
	"D-KT-COMPLETE kthread_end",
	"D-KT-RETURN kthread_end",
	"D-KT-DIRECT kthread_end",
	"D-REBOOT reboot",
	"D-VM86 kernel_other",
	"D-VSYSCALL-OLD vsyscall",
	"D-COREDUMP signal",
	"D-SIG-CORE signal",
	"D-COREDUMP-PEER peer_crash",
	"D-EXEC-PEER peer_exec",
	"D-GROUP-PEER peer_exit",
	"D-OOM signal",
	"D-SIG-STOPPED signal",
	"D-SIG-TERM signal",
	"D-SIGKILL signal",
	"D-SIG-ANY signal",
	"D-SIG-ANY-CUT signal",
	"D-EXIT-THREAD thread_exit",
	"D-EXIT-THREAD-NEXT thread_exit",
	"D-EXIT-GROUP exit",
	"D-EXIT-GROUP-NEXT exit",
	"D-EXIT-GROUP-CUT exit",
	"D-SIG-OR-PEER unknown",
	"D-UNKNOWN unknown",
};

static void every_public_id_stays_in_order(void **state)
{
	unsigned n, at = 0;
	const struct tl_cause *row = tl_causes(&n);

	for (unsigned i = 0; i < n && at < ARRAY_SIZE(rules); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s %s", row[i].rule, row[i].id);
		if (!strcmp(text, rules[at]))
			at++;
	}
	if (at < ARRAY_SIZE(rules))
		print_message("missing or out of order: %s\n", rules[at]);
	assert_int_equal(at, ARRAY_SIZE(rules));
}

static bool names_roles(const struct token *t)
{
	return t->roles[0] | t->roles[1] | t->roles[2];
}

static void every_row_is_whole(void **state)
{
	unsigned n;
	const struct tl_cause *row = tl_causes(&n);

	for (unsigned i = 0; i < n; i++) {
		const struct pattern *p = row[i].match;

		assert_true(row[i].id && *row[i].id && row[i].says && *row[i].says && row[i].cite);
		assert_int_equal(row[i].rule[0], "BSD"[row[i].kind]);
		if (i)
			assert_true(row[i].kind >= row[i - 1].kind); /* each kind's in one run */
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(row[i].rule, row[k].rule);
		assert_int_equal(p->framed, p->tok[0].how || names_roles(&p->tok[0]));
		for (unsigned t = 0; t < TOKENS_MAX; t++)
			assert_false(p->tok[t].roles[0] & 1 << TL_ROLE_NONE);
		if (p->sender || p->when.sigs)
			assert_int_equal(row[i].kind, TL_CAUSE_SOURCE);
		if (p->exits || p->number || p->when.needs)
			assert_int_equal(row[i].kind, TL_CAUSE_DEATH);
	}
}

static char *file_text(const char *name)
{
	const char *root = getenv("TL_SOURCE_ROOT");
	char path[512], *text = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

/* As the catalogue's source writes it. */
static void quoted(char *to, size_t size, const char *s)
{
	size_t n = (size_t)snprintf(to, size, "msgid \"");

	for (; *s && n + 3 < size; s++) {
		if (*s == '\\' || *s == '"')
			to[n++] = '\\';
		to[n++] = *s;
	}
	snprintf(to + n, size - n, "\"\n");
}

static void every_sentence_exists_in_korean(void **state)
{
	char *po = file_text("po/ko.d/why.po"), key[512];
	unsigned n;
	const struct tl_cause *row = tl_causes(&n);

	for (unsigned i = 0; i < n; i++) {
		const char *at;

		quoted(key, sizeof(key), row[i].says);
		at = strstr(po, key);
		if (!at)
			print_message("no Korean: %s", key);
		assert_non_null(at);
		at += strlen(key);
		assert_memory_equal(at, "msgstr \"", 8);
		assert_true(at[8] != '"');
	}
	free(po);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_public_id_stays_in_order),
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(every_sentence_exists_in_korean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
