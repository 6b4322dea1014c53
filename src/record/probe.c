/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The default size of the buffers: what a short probe of the running machine says it needs, and
 * never less than a command that forks as fast as it can needs, unless memory is short. The probe
 * costs nothing: the first look is taken when the recorder is opened, the second when the kernel
 * has prepared the events.
 *
 * A buffer has to last until its pump gets a CPU: two seconds of the load, and twice that because
 * no load is spread evenly over the CPUs.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/probe.h"

#define SECONDS	    4
#define TEXT_MOST   (1u << 20)
/* of all buffers and CPUs, so that machines of many CPUs keep their memory */
#define SUM_KB	    (256 * 1024)
#define MEMORY_PART 8		 /* no more than an eighth of what is free */
#define LEAST_KB    512

static const struct {
	int64_t least_kb;   /* 4096: half of it is 0.1 s of 20 000 short processes a second */
	int bytes_a_fork;   /* birth, exec, signal, exit, wait, free, with their stacks */
	int bytes_a_switch; /* switch, waking, wake-up */
} need[BUFFERS] = {
	[LIVES] = {4096, 1536, 0},
	[FAMILY] = {8192, 0, 192},
};

static uint64_t number_behind(const char *text, const char *key)
{
	const char *at = text ? strstr(text, key) : NULL;

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

void probe_look(struct probe *ret)
{
	auto_free char *text = NULL;
	struct timespec now;

	*ret = (struct probe){};
	if (io_read_file("/proc/stat", TEXT_MOST, &text) <= 0 ||
	    clock_gettime(CLOCK_MONOTONIC, &now))
		return;
	ret->forks = number_behind(text, "\nprocesses ");
	ret->switches = number_behind(text, "\nctxt ");
	ret->t = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct probe_load probe_load_of(const struct probe *from, const struct probe *to)
{
	auto_free char *text = NULL;
	double s = from->t > 0 ? to->t - from->t : 0;
	struct probe_load load = {.cpus = sysconf(_SC_NPROCESSORS_CONF)};

	if (s > 0) {
		load.forks = (double)(to->forks - from->forks) / s;
		load.switches = (double)(to->switches - from->switches) / s;
	}
	if (io_read_file("/proc/meminfo", TEXT_MOST, &text) > 0)
		load.available_kb = (int64_t)number_behind(text, "MemAvailable:");
	return load;
}

static int64_t wanted_kb(const struct probe_load *load, int b)
{
	double bytes = load->forks * need[b].bytes_a_fork +
		       (load->everything ? load->switches * need[b].bytes_a_switch : 0);
	double kb = bytes * SECONDS / 1024 / (double)load->cpus;

	if (kb <= (double)need[b].least_kb)
		return need[b].least_kb;
	return kb < SUM_KB ? (int64_t)kb : SUM_KB;
}

void probe_kb(const struct probe_load *load, int64_t ret[BUFFERS])
{
	int64_t most = SUM_KB, sum = 0;

	if (load->available_kb && load->available_kb / MEMORY_PART < most)
		most = load->available_kb / MEMORY_PART;
	for (int b = 0; b < BUFFERS; b++) {
		ret[b] = wanted_kb(load, b);
		sum += ret[b] * load->cpus;
	}
	for (int b = 0; b < BUFFERS && sum > most; b++)
		ret[b] = (int64_t)((double)ret[b] * (double)most / (double)sum);
	for (int b = 0; b < BUFFERS; b++)
		if (ret[b] < LEAST_KB)
			ret[b] = LEAST_KB;
}
