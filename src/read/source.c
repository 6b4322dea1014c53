/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A trace to read from: opened by path or descriptor, recognised by content, pulled record by
 * record.
 *
 * The head of the input is looked at in growing pieces, so that a pipe that is alive is recognised
 * by its first line and not waited for. Text may begin with any amount of prose; then only finding
 * a record makes it a trace, and that record is kept for the first pull.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "base/line.h"
#include "read/bytes.h"
#include "read/reader.h"

/* One line per format. */
static const struct reader_ops *const readers[] = {
	&reader_tracedat,
	&reader_ftrace_text,
	&reader_perf_text,
};

/* The pieces of the head that are looked at. */
static const size_t head_sizes[] = {1, 64, 1024, 16 << 10, 256 << 10};

static struct tl_err *no_trace(const char *name, const char *cause)
{
	return tl_err_cause(tl_err_new(TL_E_INPUT, N_("cannot read the trace '%s'"), name), cause,
			    NULL);
}

static struct tl_err *unreadable(const char *name, int os)
{
	struct tl_err *err = tl_err_os(os, N_("cannot read the trace '%s'"), name, name);

	if (err != &tl_enomem && err->code != TL_E_DENIED)
		err->code = TL_E_INPUT;
	return os == EBADMSG ? tl_err_cause(err, N_("the packed file is damaged or cut"), NULL)
			     : err;
}

static const struct reader_ops *best_reader(struct tl_str head, bool whole, int *ret_score)
{
	const struct reader_ops *best = NULL;

	*ret_score = 0;
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		int score = readers[i]->sniff((const unsigned char *)head.p, head.n, whole);

		if (score > *ret_score) {
			*ret_score = score;
			best = readers[i];
		}
	}
	return best;
}

static struct tl_err *unknown_form(const struct tl_source *src)
{
	return tl_err_hint(
		no_trace(src->name, N_("it holds no trace that tasklife knows")),
		src->hint ? src->hint
			  : N_("it reads trace.dat, and the text of ftrace, trace-cmd report, perf script or a dmesg's dump"),
		NULL);
}

/* Which reader; NULL with an error for what is none of ours. */
static struct tl_err *recognise(struct tl_source *src, int *ret_score)
{
	struct tl_str head = {};
	bool whole = false;

	for (size_t i = 0; i < ARRAY_SIZE(head_sizes) && !whole; i++) {
		head = bytes_head(src->bytes, head_sizes[i], &whole);
		src->ops = best_reader(head, whole, ret_score);
		if (*ret_score >= SNIFF_SURE)
			return NULL;
	}
	if (!head.n && bytes_error(src->bytes))
		return unreadable(src->name, bytes_error(src->bytes));
	if (!head.n)
		return no_trace(src->name, N_("it is empty"));
	return src->ops ? NULL : unknown_form(src);
}

static struct tl_err *find_first(struct tl_source *src)
{
	src->peeked = src->ops->next(src, src->state, &src->peek) == 1;
	if (src->peeked)
		return NULL;
	return unknown_form(src);
}

static struct tl_err *open_reader(struct tl_source *src)
{
	int score;

	try(recognise(src, &score));
	src->info.format = src->ops->name;
	try(src->ops->open(src, &src->state));
	return score < SNIFF_SURE ? find_first(src) : NULL;
}

/* Directories open like files and fail only when read: say it plainly. */
static struct tl_err *check_kind(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return unreadable(name, errno);
	return S_ISDIR(st.st_mode) ? no_trace(name, N_("it is a directory")) : NULL;
}

static struct tl_err *source_new(int fd, const char *name, struct tl_source **ret)
{
	struct tl_source *src = line_calloc(sizeof(*src));
	struct tl_err *err;

	if (!src) {
		close(fd);
		return &tl_enomem;
	}
	src->info.first = src->info.last = TL_NS_NONE;
	err = bytes_open(fd, name, &src->bytes);
	if (!err) {
		src->name = strdup(name);
		err = src->name ? open_reader(src) : &tl_enomem;
	}
	if (err) {
		tl_source_close(src);
		return err;
	}
	*ret = src;
	return NULL;
}

struct tl_err *tl_source_open_fd(int fd, const char *name, struct tl_source **ret)
{
	struct tl_err *err = check_kind(fd, name);

	if (err) {
		close(fd);
		return err;
	}
	return source_new(fd, name, ret);
}

struct tl_err *tl_source_open(const char *path, struct tl_source **ret)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			  : open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? unreadable(path, errno) : tl_source_open_fd(fd, path, ret);
}

void tl_source_close(struct tl_source *src)
{
	if (!src)
		return;
	if (src->ops && src->state)
		src->ops->close(src->state);
	bytes_close(src->bytes);
	vec_fini(&src->blind);
	vec_fini(&src->warnings);
	free(src->kernel);
	free(src->name);
	free(src);
}

int tl_source_next(struct tl_source *src, struct tl_record *ret)
{
	if (src->peeked) {
		src->peeked = false;
		*ret = src->peek;
		return 1;
	}
	return src->ops->next(src, src->state, ret);
}

void tl_source_want(struct tl_source *src, const uint64_t rows[TL_EVENT_WORDS])
{
	if (src->ops->want)
		src->ops->want(src->state, rows);
}

void tl_source_crew(struct tl_source *src, struct crew *crew)
{
	if (src->ops->crew)
		src->ops->crew(src->state, crew);
}

double tl_source_progress(const struct tl_source *src)
{
	return src->ops->progress ? src->ops->progress(src->state) : bytes_progress(src->bytes);
}

const struct tl_trace_info *tl_source_info(const struct tl_source *src)
{
	return &src->info;
}

bool tl_source_waits(const struct tl_source *src)
{
	return bytes_wait(src->bytes);
}

struct tl_str tl_record_text(struct tl_source *src, const struct tl_record *rec)
{
	return src->ops->text ? src->ops->text(src, src->state, rec) : rec->payload;
}
