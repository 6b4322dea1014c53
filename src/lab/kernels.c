/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The CPUs, and lab/kernels.list: five words a line, # begins a comment. The text is compiled in,
 * and a unit test reads every line of it, so that a mistake shows there and not at a user's.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "base/guard.h"
#include "lab/lab.h"
#include "lab/texts.h"

/*
 * QEMU 7.2; machines and CPUs as in the guests the golden traces come from. highmem=off: a 32-bit
 * guest cannot reach the PCI window above 4 GiB that -M virt has by default.
 *
 * -cx16: up to 7.2 TCG's cmpxchg16b takes flags from where the translator has not put them yet
 * (helper_cmpxchg16b_unlocked; gone with "target/i386: Inline cmpxchg16b", v8.0). An interrupt
 * right behind it, and SLUB of 6.12 uses it for every object, saves a piece of a pointer as EFLAGS:
 * double faults and oopses at boot, now and then. Without the feature kernels take their other
 * path.
 *
 * thread=single: before v8.1 a thread per CPU may translate code while another writes it, and keeps
 * what was there before
 * ("accel/tcg: Always lock pages before translation", deba78709ae8). Kernels write into their code
 * whenever a tracepoint goes on or off. Measured on 6.12 with 20 hot events switched on and off:
 * amd64 dies of an int3 long gone (handle_softirqs, rcu_note_context_switch, try_to_wake_up) within
 * half a minute, four times of four; with one thread never. It costs nothing: a guest that boots
 * and runs one command hardly ever has two busy CPUs. ARMv7 writes with all other CPUs held in
 * stop_machine() (arch/arm/kernel/patch.c), so nobody translates then; and one thread is no way
 * there, because its cpu_relax() gives QEMU no word to let the other CPU go on: each stop_machine()
 * takes turns of 100 ms (lab run -- true: over 200 s instead of 6).
 */
static const struct lab_arch archs[] = {
	{"amd64", "qemu-system-x86_64", "qemu-system-x86",
	 "-accel tcg,thread=single -cpu max,-cx16", "-accel kvm -cpu host", "ttyS0",
	 " no_timer_check tsc=reliable", "gcc", "gcc", EM_X86_64, ELFCLASS64},
	{"arm64", "qemu-system-aarch64", "qemu-system-arm",
	 "-M virt -accel tcg,thread=single -cpu cortex-a57", "-M virt -accel kvm -cpu host",
	 "ttyAMA0", "", "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", EM_AARCH64, ELFCLASS64},
	{"armhf", "qemu-system-arm", "qemu-system-arm",
	 "-M virt,highmem=off -accel tcg,thread=multi -cpu cortex-a15", NULL, "ttyAMA0", "",
	 "arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf", EM_ARM, ELFCLASS32},
};

const struct lab_arch *lab_arch_named(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(archs); i++)
		if (!strcmp(archs[i].name, name))
			return &archs[i];
	return NULL;
}

const struct lab_arch *lab_arch_here(void)
{
	static const char *const names[][2] = {
		{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "armhf"}};
	struct utsname u;

	if (uname(&u))
		return NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(u.machine, names[i][0]))
			return lab_arch_named(names[i][1]);
	return NULL;
}

static bool parse_line(const char *line, struct lab_kernel *ret)
{
	*ret = (struct lab_kernel){};
	return sscanf(line, "%31s %7s %31s %95s %95s %95s", ret->id, ret->arch, ret->suite,
		      ret->package[0], ret->package[1], ret->package[2]) >= 4 &&
	       ret->id[0] != '#';
}

bool lab_kernel_at(unsigned i, struct lab_kernel *ret)
{
	char line[512];

	for (const char *p = lab_text_kernels; *p;) {
		size_t n = strcspn(p, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, p);
		if (parse_line(line, ret) && !i--)
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

struct tl_err *lab_kernel_find(const char *id, struct lab_kernel *ret)
{
	struct lab_kernel k;
	bool found = false;

	for (unsigned i = 0; lab_kernel_at(i, &k); i++)
		if (id ? !strcmp(k.id, id) : !strcmp(k.arch, "amd64")) {
			*ret = k;
			found = true;
		}
	if (found)
		return NULL;
	return tl_err_hint(
		tl_err_new(TL_E_USAGE, N_("there is no kernel '%s' in the laboratory"), id),
		N_("those there are: tasklife lab list"), NULL);
}
