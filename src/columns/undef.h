/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Behind each walk over columns.def: its words are free for the next. No include guard, by
 * intent. */
#undef OBJECT
#undef COLUMN
#undef LIST
#undef ITEM
#undef PLAIN
