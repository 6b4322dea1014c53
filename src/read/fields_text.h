/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cutting fields from text knows of rows. */
#ifndef READ_FIELDS_TEXT_H
#define READ_FIELDS_TEXT_H

#include "tasklife/read.h"

/* Not every kernel prints this field of the row. */
bool fields_may_be_absent(const struct tl_event_row *row, unsigned field);

#endif
