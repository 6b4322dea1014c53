/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * carry MARK FILE: puts FILE into the memory that the guest shares with its host, and says so in
 * one line for the host: "MARK shared SIZE CRC32". Runs in guests; lab/init calls it.
 *
 * The memory is that of QEMU's device ivshmem (docs/specs/ivshmem-spec.txt): a PCI device whose
 * second region is plain memory. No kernel needs a driver for it: sysfs lets root map the region
 * (Documentation/PCI/sysfs-pci.rst).
 *
 * Exit status: 0 it is there; 1 it is not, and nothing was said.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICE "0x1110" /* of vendor 0x1af4 */
#define PIECE  65536

static uint32_t table[256];

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
		table[i] = c;
	}
}

static uint32_t crc_more(uint32_t crc, const unsigned char *p, size_t n)
{
	while (n--)
		crc = table[(crc ^ *p++) & 255] ^ crc >> 8;
	return crc;
}

static int open_in(const char *dir, const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, flags);
}

static int is_device(const char *dir)
{
	char text[16] = "";
	int fd = open_in(dir, "device", O_RDONLY);

	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 && !strncmp(text, DEVICE, strlen(DEVICE));
}

/* A device nobody drives does not answer to addresses yet: "enable". */
static uint64_t *map(size_t want)
{
	void *at = MAP_FAILED;
	struct stat st;
	glob_t g;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &g))
		return NULL;
	for (size_t i = 0; i < g.gl_pathc && at == MAP_FAILED; i++) {
		if (!is_device(g.gl_pathv[i]))
			continue;
		int enable = open_in(g.gl_pathv[i], "enable", O_WRONLY),
		    fd = open_in(g.gl_pathv[i], "resource2", O_RDWR);

		if (enable >= 0 && write(enable, "1", 1) == 1 && fd >= 0 && !fstat(fd, &st) &&
		    (size_t)st.st_size >= want)
			at = mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	return at == MAP_FAILED ? NULL : at;
}

/* By words: the region is mapped as a device's, where nothing may be unaligned. */
static void put(volatile uint64_t *to, const uint64_t *from, size_t bytes)
{
	for (size_t i = 0; i < (bytes + 7) / 8; i++)
		to[i] = from[i];
}

static int carry(int fd, uint64_t *to, uint64_t size, uint32_t *ret)
{
	static uint64_t piece[PIECE / 8];
	uint64_t did = 0;
	uint32_t crc = ~0u;
	ssize_t n;

	/* of a regular file only its last piece is a short one */
	while ((n = read(fd, piece, PIECE)) > 0 && did % 8 == 0 && did + n <= size) {
		crc = crc_more(crc, (unsigned char *)piece, n);
		put(to + did / 8, piece, n);
		did += n;
	}
	*ret = ~crc;
	return did == size ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct stat st;
	uint32_t crc;
	int fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;

	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0)
		return 1;
	uint64_t *to = map((st.st_size + 7) / 8 * 8);
	make_table();
	if (!to || carry(fd, to, st.st_size, &crc))
		return 1;
	printf("%s shared %llu %08x\n", argv[1], (unsigned long long)st.st_size, crc);
	return fflush(stdout) ? 1 : 0;
}
