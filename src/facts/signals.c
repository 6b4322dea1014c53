/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals by number and their si_code by name. Numbers as on x86, arm and arm64
 * (asm-generic/signal.h); codes from include/uapi/asm-generic/siginfo.h; results from
 * include/trace/events/signal.h.
 */
#include "base/guard.h"
#include "tasklife/facts.h"

#define FIRST_RT 32 /* the kernel's SIGRTMIN */
#define LAST_RT	 64

static const char *const signal_names[] = {
	[1] = "SIGHUP",
	[2] = "SIGINT",
	[3] = "SIGQUIT",
	[4] = "SIGILL",
	[5] = "SIGTRAP",
	[6] = "SIGABRT",
	[7] = "SIGBUS",
	[8] = "SIGFPE",
	[9] = "SIGKILL",
	[10] = "SIGUSR1",
	[11] = "SIGSEGV",
	[12] = "SIGUSR2",
	[13] = "SIGPIPE",
	[14] = "SIGALRM",
	[15] = "SIGTERM",
	[16] = "SIGSTKFLT",
	[17] = "SIGCHLD",
	[18] = "SIGCONT",
	[19] = "SIGSTOP",
	[20] = "SIGTSTP",
	[21] = "SIGTTIN",
	[22] = "SIGTTOU",
	[23] = "SIGURG",
	[24] = "SIGXCPU",
	[25] = "SIGXFSZ",
	[26] = "SIGVTALRM",
	[27] = "SIGPROF",
	[28] = "SIGWINCH",
	[29] = "SIGIO",
	[30] = "SIGPWR",
	[31] = "SIGSYS",
	/* The C library keeps 32 and 33 for itself; what programs call SIGRTMIN is 34. */
	[32] = "SIG32",
	[33] = "SIG33",
	[34] = "SIGRTMIN",
	[35] = "SIGRTMIN+1",
	[36] = "SIGRTMIN+2",
	[37] = "SIGRTMIN+3",
	[38] = "SIGRTMIN+4",
	[39] = "SIGRTMIN+5",
	[40] = "SIGRTMIN+6",
	[41] = "SIGRTMIN+7",
	[42] = "SIGRTMIN+8",
	[43] = "SIGRTMIN+9",
	[44] = "SIGRTMIN+10",
	[45] = "SIGRTMIN+11",
	[46] = "SIGRTMIN+12",
	[47] = "SIGRTMIN+13",
	[48] = "SIGRTMIN+14",
	[49] = "SIGRTMIN+15",
	[50] = "SIGRTMIN+16",
	[51] = "SIGRTMIN+17",
	[52] = "SIGRTMIN+18",
	[53] = "SIGRTMIN+19",
	[54] = "SIGRTMIN+20",
	[55] = "SIGRTMIN+21",
	[56] = "SIGRTMIN+22",
	[57] = "SIGRTMIN+23",
	[58] = "SIGRTMIN+24",
	[59] = "SIGRTMIN+25",
	[60] = "SIGRTMIN+26",
	[61] = "SIGRTMIN+27",
	[62] = "SIGRTMIN+28",
	[63] = "SIGRTMIN+29",
	[64] = "SIGRTMIN+30",
};
_Static_assert(ARRAY_SIZE(signal_names) == LAST_RT + 1, "a signal is missing");

const char *tl_signal_name(int sig)
{
	return sig > 0 && sig <= LAST_RT ? signal_names[sig] : NULL;
}

bool tl_signal_dumps_core(int sig)
{
	const uint32_t set = 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 11 |
			     1u << 24 | 1u << 25 | 1u << 31;

	return sig > 0 && sig < 32 && (set >> sig & 1);
}

bool tl_signal_kills(int sig)
{
	/* Default actions that do not kill: ignore (CHLD CONT URG WINCH) and stop (STOP TSTP TTIN
	 * TTOU). */
	const uint32_t spared = 1u << 17 | 1u << 18 | 1u << 19 | 1u << 20 | 1u << 21 | 1u << 22 |
				1u << 23 | 1u << 28;

	return sig > 0 && sig <= LAST_RT && (sig >= FIRST_RT || !(spared >> sig & 1));
}

/* ---- codes ---- */

struct code_row {
	int sig; /* 0: any signal */
	int code;
	const char *name;
};

static const struct code_row code_rows[] = {
	{0, 0, "SI_USER"},       {0, 0x80, "SI_KERNEL"},
	{0, -1, "SI_QUEUE"},     {0, -2, "SI_TIMER"},
	{0, -3, "SI_MESGQ"},     {0, -4, "SI_ASYNCIO"},
	{0, -5, "SI_SIGIO"},     {0, -6, "SI_TKILL"},
	{0, -7, "SI_DETHREAD"},  {0, -60, "SI_ASYNCNL"},
	{4, 1, "ILL_ILLOPC"},    {4, 2, "ILL_ILLOPN"},
	{4, 3, "ILL_ILLADR"},    {4, 4, "ILL_ILLTRP"},
	{4, 5, "ILL_PRVOPC"},    {4, 6, "ILL_PRVREG"},
	{4, 7, "ILL_COPROC"},    {4, 8, "ILL_BADSTK"},
	{4, 9, "ILL_BADIADDR"},  {5, 1, "TRAP_BRKPT"},
	{5, 2, "TRAP_TRACE"},    {5, 3, "TRAP_BRANCH"},
	{5, 4, "TRAP_HWBKPT"},   {5, 5, "TRAP_UNK"},
	{5, 6, "TRAP_PERF"},     {7, 1, "BUS_ADRALN"},
	{7, 2, "BUS_ADRERR"},    {7, 3, "BUS_OBJERR"},
	{7, 4, "BUS_MCEERR_AR"}, {7, 5, "BUS_MCEERR_AO"},
	{8, 1, "FPE_INTDIV"},    {8, 2, "FPE_INTOVF"},
	{8, 3, "FPE_FLTDIV"},    {8, 4, "FPE_FLTOVF"},
	{8, 5, "FPE_FLTUND"},    {8, 6, "FPE_FLTRES"},
	{8, 7, "FPE_FLTINV"},    {8, 8, "FPE_FLTSUB"},
	{8, 14, "FPE_FLTUNK"},   {8, 15, "FPE_CONDTRAP"},
	{11, 1, "SEGV_MAPERR"},  {11, 2, "SEGV_ACCERR"},
	{11, 3, "SEGV_BNDERR"},  {11, 4, "SEGV_PKUERR"},
	{11, 5, "SEGV_ACCADI"},  {11, 6, "SEGV_ADIDERR"},
	{11, 7, "SEGV_ADIPERR"}, {11, 8, "SEGV_MTEAERR"},
	{11, 9, "SEGV_MTESERR"}, {11, 10, "SEGV_CPERR"},
	{17, 1, "CLD_EXITED"},   {17, 2, "CLD_KILLED"},
	{17, 3, "CLD_DUMPED"},   {17, 4, "CLD_TRAPPED"},
	{17, 5, "CLD_STOPPED"},  {17, 6, "CLD_CONTINUED"},
	{29, 1, "POLL_IN"},      {29, 2, "POLL_OUT"},
	{29, 3, "POLL_MSG"},     {29, 4, "POLL_ERR"},
	{29, 5, "POLL_PRI"},     {29, 6, "POLL_HUP"},
	{31, 1, "SYS_SECCOMP"},  {31, 2, "SYS_USER_DISPATCH"},
};

const char *tl_sigcode_name(int sig, int code)
{
	for (unsigned i = 0; i < ARRAY_SIZE(code_rows); i++)
		if (code_rows[i].code == code && (!code_rows[i].sig || code_rows[i].sig == sig))
			return code_rows[i].name;
	return NULL;
}

const char *tl_sigcode_at(unsigned i)
{
	return i < ARRAY_SIZE(code_rows) ? code_rows[i].name : NULL;
}

/* enum { TRACE_SIGNAL_DELIVERED .. } of include/trace/events/signal.h; "delivered" there means
 * queued. */
const char *tl_sigresult_name(int result)
{
	static const char *const names[] = {"queued", "ignored", "already_pending", "overflow",
					    "lost_info"};

	return result >= 0 && result < (int)ARRAY_SIZE(names) ? names[result] : NULL;
}
