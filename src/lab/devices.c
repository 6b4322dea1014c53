/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a disk and a network card are to a guest: the first row whose driver the kernel has built
 * in, else the first it has as a module. virtio-scsi and the IDE of QEMU's PC both are /dev/sda;
 * IDE and e1000 are what the notes' -hda and -net nic mean there, and x86_64_defconfig has their
 * drivers. Only virtio's are in lab/modules.list.
 */
#include <string.h>
#include "base/guard.h"
#include "lab/disk.h"

static const struct device {
	const char *option, *words; /* of the kernel's config; of QEMU */
	bool net, module;	    /* module: may be loaded by lab/init-disk */
} devices[] = {
	{"SCSI_VIRTIO", "-device virtio-scsi-pci -device scsi-hd,drive=disk", false, true},
	{"ATA_PIIX", "-device ide-hd,drive=disk", false, false},
	{"SATA_AHCI", "-device ahci,id=ahci -device ide-hd,drive=disk,bus=ahci.0", false, false},
	{"VIRTIO_NET", "-device virtio-net-pci,netdev=net", true, true},
	{"E1000", "-device e1000,netdev=net", true, false},
};

/* What each disk needs besides its driver. */
static const char *const others[] = {"BLK_DEV_SD", "EXT4_FS"};

static const struct device *choose(const struct lab_image *img, bool net, char *ret_state)
{
	static const char states[] = "ym";

	for (const char *s = states; *s; s++)
		for (unsigned i = 0; i < ARRAY_SIZE(devices); i++) {
			const struct device *d = &devices[i];

			if (d->net == net && lab_image_option(img, d->option) == *s &&
			    (*s == 'y' || d->module)) {
				*ret_state = *s;
				return d;
			}
		}
	return NULL;
}

static struct tl_err *lacks(const char *option)
{
	return tl_err_hint(
		tl_err_new(TL_E_DENIED,
			   N_("this kernel cannot boot from a disk: CONFIG_%s is not in it"),
			   option),
		N_("one that can: an id of lab list, or lab build --target x86_64"), NULL);
}

struct tl_err *lab_disk_drivers(const struct lab_image *img, bool *ret_modules)
{
	char disk = 'n', net = 'n';

	*ret_modules = false;
	if (!choose(img, false, &disk))
		return lacks("SCSI_VIRTIO");
	for (unsigned i = 0; i < ARRAY_SIZE(others); i++) {
		char state = lab_image_option(img, others[i]);

		if (state != 'y' && state != 'm')
			return lacks(others[i]);
		*ret_modules |= state == 'm';
	}
	choose(img, true, &net); /* a disk without a network is one all the same */
	*ret_modules |= disk == 'm' || net == 'm';
	return NULL;
}

const char *lab_device_words(const struct lab_image *img, bool net)
{
	char state;
	const struct device *d = choose(img, net, &state);

	return d ? d->words : NULL;
}
