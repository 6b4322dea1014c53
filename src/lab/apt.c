/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Debian's packages through apt, without root and without touching the machine's own apt: every
 * suite and CPU has a state directory of its own in the cache, whose configuration takes over only
 * what this machine says about fetching (proxies, time limits: everything below Acquire::). apt
 * checks the archive's signature on the lists and the lists' checksum on the package; unsigned
 * archives are refused by it, whatever the machine allows. An interrupted download goes on where it
 * stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/child.h"
#include "lab/files.h"

#define KEYRING	    "/usr/share/keyrings/debian-archive-keyring.gpg"
#define MIRROR	    "http://deb.debian.org/debian"
#define HELPER	    "/usr/lib/apt/apt-helper"
#define BEGUN	    "archives/partial"
#define LISTS_LAST  (24 * 3600) /* seconds until lists are asked for again */

struct apt {
	const struct lab *lab;
	const char *suite, *arch;
	char *dir, *env; /* state directory; APT_CONFIG=... */
	int lock;
};

static void apt_fini(struct apt *a)
{
	guard_close(&a->lock);
	free(a->dir);
	free(a->env);
}

static struct tl_err *apt_run(struct apt *a, char *const argv[], const char *note,
			      const char *subject, char **ret)
{
	struct lab_child c = {
		.argv = argv, .dir = a->dir, .env = a->env, .note = note, .note_subject = subject};
	struct tl_err *err = lab_child_run(a->lab, &c);

	if (!err && c.status == 127)
		err = tl_err_hint(
			tl_err_new(TL_E_DENIED, N_("'%s' is not here"), argv[0]),
			N_("the laboratory takes its kernels from Debian's archive with apt: apt install apt"),
			NULL);
	else if (!err && c.status) {
		err = tl_err_new(TL_E_DENIED, N_("apt could not get what was asked of it for '%s'"),
				 subject);
		if (err != &tl_enomem)
			err->log = strdup(out_text(&c.out));
		err = tl_err_hint(
			err,
			N_("is there a way to the archive? another mirror: TASKLIFE_MIRROR=URL"),
			NULL);
	} else if (!err && ret && !(*ret = strdup(out_text(&c.out))))
		err = &tl_enomem;
	lab_child_fini(&c);
	return err;
}

/* What this machine says of fetching; empty when it says nothing. */
static char *machine_says(const struct lab *lab)
{
	char *argv[] = {(char *)"apt-config", (char *)"dump", (char *)"Acquire", NULL},
	     *text = NULL, *save = NULL;
	struct lab_child c = {.argv = argv};
	struct out keep;
	struct tl_err *err = lab_child_run(lab, &c);

	out_init(&keep, -1);
	text = err || c.status ? NULL : (char *)out_text(&c.out);
	for (char *l = text ? strtok_r(text, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save))
		if (!strncmp(l, "Acquire::", 9) && !strstr(l, "IndexTargets") &&
		    strncmp(l, "Acquire::Languages", 18))
			out_fmt(&keep, "%s\n", l);
	tl_err_free(err);
	lab_child_fini(&c);
	text = strdup(out_text(&keep));
	out_fini(&keep);
	return text;
}

static const char *mirror(void)
{
	const char *own = getenv("TASKLIFE_MIRROR");

	return own && *own ? own : MIRROR;
}

static struct tl_err *write_config(struct apt *a)
{
	auto_free char *acquire = machine_says(a->lab),
		       *conf_path = lab_path("%s/apt.conf", a->dir),
		       *sources_path = lab_path("%s/sources.list", a->dir),
		       *status = lab_path("%s/status", a->dir);
	auto_free char *sources = lab_path("deb %s%s %s main\n",
					   access(KEYRING, R_OK) ? "" : "[signed-by=" KEYRING "] ",
					   mirror(), a->suite);
	auto_free char *conf = lab_path(
		"%sAcquire::AllowInsecureRepositories \"false\";\nAcquire::AllowWeakRepositories \"false\";\n"
		"Acquire::AllowDowngradeToInsecureRepositories \"false\";\n"
		"APT::Architecture \"%s\";\nAPT::Architectures { \"%s\"; };\nAcquire::Languages \"none\";\n"
		"Dir::State \"%s\";\nDir::State::lists \"%s/lists\";\nDir::State::status \"%s/status\";\n"
		"Dir::Cache \"%s\";\nDir::Cache::archives \"%s/archives\";\nDir::Cache::pkgcache \"\";\n"
		"Dir::Cache::srcpkgcache \"\";\nDir::Etc::sourcelist \"%s/sources.list\";\n"
		"Dir::Etc::sourceparts \"/dev/null\";\nDir::Etc::parts \"/dev/null\";\nDir::Etc::main \"/dev/null\";\n"
		"Dir::Etc::preferences \"/dev/null\";\nDir::Etc::preferencesparts \"/dev/null\";\n"
		"APT::Sandbox::User \"root\";\n", /* _apt may not write below somebody's home */
		acquire ? acquire : "", a->arch, a->arch, a->dir, a->dir, a->dir, a->dir, a->dir,
		a->dir);

	if (!conf_path || !sources_path || !status || !sources || !conf)
		return &tl_enomem;
	try(lab_put_file(sources_path, sources, strlen(sources)));
	try(lab_put_file(status, "", 0));
	return lab_put_file(conf_path, conf, strlen(conf));
}

static struct tl_err *apt_open(const struct lab *lab, const char *suite, const char *arch,
			       struct apt *a)
{
	*a = (struct apt){.lab = lab, .suite = suite, .arch = arch, .lock = -1};
	a->dir = lab_path("%s/apt/%s-%s", lab->cache, suite, arch);
	a->env = lab_path("APT_CONFIG=%s/apt.conf", a->dir ? a->dir : "");
	auto_free char *lists = lab_path("%s/lists/partial", a->dir ? a->dir : ""),
		       *archives = lab_path("%s/" BEGUN, a->dir ? a->dir : ""),
		       *lock = lab_path("%s/lock.tasklife", a->dir ? a->dir : "");

	if (!a->dir || !a->env || !lists || !archives || !lock)
		return &tl_enomem;
	try(lab_mkdirs(lists));
	try(lab_mkdirs(archives));
	a->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (a->lock < 0)
		return lab_not_written(errno, lock);
	while (flock(a->lock, LOCK_EX)) /* another fetch of the same suite goes first */
		if (errno != EINTR || lab_stopped(lab))
			return tl_err_os(errno, N_("cannot lock the cache"), NULL, lock);
	return write_config(a);
}

static bool lists_are_fresh(const struct apt *a)
{
	auto_free char *stamp = lab_path("%s/updated", a->dir);
	struct stat st;

	return stamp && !stat(stamp, &st) && time(NULL) - st.st_mtime < LISTS_LAST &&
	       st.st_mtime <= time(NULL);
}

static struct tl_err *update(struct apt *a)
{
	char *argv[] = {(char *)"apt-get", (char *)"-q",
			(char *)"-o",      (char *)"APT::Status-Fd=3",
			(char *)"-o",      (char *)"APT::Update::Error-Mode=any",
			(char *)"update",  NULL};
	auto_free char *stamp = lab_path("%s/updated", a->dir);
	auto_free char *subject = lab_path("%s %s", a->suite, a->arch);

	if (!stamp || !subject)
		return &tl_enomem;
	lab_note(a->lab, N_("asking the archive what there is for %s"), subject, -1);
	try(apt_run(a, argv, N_("asking the archive what there is for %s"), subject, NULL));
	return lab_put_file(stamp, "", 0);
}

/* The highest name that fits as a whole. */
static struct tl_err *choose(struct apt *a, const char *pattern, char **ret)
{
	char *argv[] = {(char *)"apt-cache", (char *)"pkgnames", NULL}, *save = NULL, *best = NULL;
	auto_free char *whole = lab_path("^(%s)$", pattern), *names = NULL;
	regex_t re;

	if (!whole)
		return &tl_enomem;
	try(apt_run(a, argv, NULL, a->suite, &names));
	if (regcomp(&re, whole, REG_EXTENDED | REG_NOSUB))
		return tl_err_new(
			TL_E_FAILED,
			N_("the pattern '%s' of lab/kernels.list is no regular expression"),
			pattern);
	for (char *n = strtok_r(names, "\n", &save); n; n = strtok_r(NULL, "\n", &save))
		if (!regexec(&re, n, 0, NULL, 0) && (!best || strverscmp(n, best) > 0))
			best = n;
	regfree(&re);
	if (!best)
		return tl_err_new(TL_E_NOT_THERE, N_("the archive has no package '%s' any more"),
				  pattern);
	*ret = strdup(best);
	return *ret ? NULL : &tl_enomem;
}

/* What the lists say of a package: 'URI' FILE BYTES HASH, with FILE as a path here. */
struct found {
	char *uri, *path, *hash;
};

static void found_fini(struct found *f)
{
	free(f->uri);
	free(f->path);
	free(f->hash);
}

static struct tl_err *find(struct apt *a, const char *name, struct found *ret)
{
	char *argv[] = {(char *)"apt-get",  (char *)"-q", (char *)"--print-uris",
			(char *)"download", (char *)name, NULL};
	auto_free char *text = NULL;
	int uri, uri_end = 0, file = 0, file_end = 0, hash = 0, end = 0;

	try(apt_run(a, argv, NULL, name, &text));
	const char *line = strchr(text, '\'');
	if (line)
		sscanf(line, "'%n%*[^']%n' %n%*s%n %*u %n%*s%n", &uri, &uri_end, &file, &file_end,
		       &hash, &end);
	if (!end || memchr(line + file, '/', (size_t)(file_end - file)))
		return tl_err_new(TL_E_NOT_THERE, N_("the archive has no package '%s' any more"),
				  name);
	ret->uri = strndup(line + uri, (size_t)(uri_end - uri));
	ret->path = lab_path("%s/" BEGUN "/%.*s", a->dir, file_end - file, line + file);
	ret->hash = strndup(line + hash, (size_t)(end - hash));
	return ret->uri && ret->path && ret->hash ? NULL : &tl_enomem;
}

/* What was begun of a version that is no longer the newest. */
static void forget_others(const struct apt *a, const char *name, const char *path)
{
	auto_free char *pattern = lab_path("%s/" BEGUN "/%s_*", a->dir, name);
	glob_t g;

	if (!pattern || glob(pattern, 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (strcmp(g.gl_pathv[i], path))
			unlink(g.gl_pathv[i]);
	globfree(&g);
}

/*
 * By apt's helper, because `apt-get download` removes what it finds begun where it stands (apt 2.6,
 * pkgAcqArchive::QueueNext()); the helper asks for the rest. What comes must have the hash of the
 * lists, and those are signed. What was begun only takes the room that is missing on a full disk;
 * what is interrupted otherwise is gone on with.
 */
static struct tl_err *download(struct apt *a, const char *name, char **ret)
{
	auto_fini(found) struct found f = {};

	lab_note(a->lab, N_("getting %s"), name, 0);
	try(find(a, name, &f));
	forget_others(a, name, f.path);
	char *argv[] = {(char *)HELPER,
			(char *)"-q",
			(char *)"-o",
			(char *)"APT::Status-Fd=3",
			(char *)"download-file",
			f.uri,
			f.path,
			f.hash,
			NULL};
	struct tl_err *err = apt_run(a, argv, N_("getting %s"), name, NULL);
	if (err && err->log && strstr(err->log, "No space left on device")) {
		tl_err_free(err);
		unlink(f.path);
		return lab_not_written(ENOSPC, a->dir);
	}
	try(err);
	*ret = take(f.path);
	return NULL;
}

static struct tl_err *get(struct apt *a, const char *pattern, char **ret)
{
	auto_free char *name = NULL;
	struct tl_err *old = NULL;

	if (!lists_are_fresh(a))
		old = update(a);
	struct tl_err *err = choose(a, pattern, &name);
	if (!err && !old)
		return download(a, name, ret);
	/* Old lists are good enough as long as what they name can still be had. */
	if (!err && !lab_stopped(a->lab))
		err = download(a, name, ret);
	if (!err || !old) {
		tl_err_free(old);
		return err;
	}
	tl_err_free(err);
	return old;
}

struct tl_err *lab_apt_get(const struct lab *lab, const char *suite, const char *arch,
			   const char *pattern, char **ret)
{
	struct apt __attribute__((cleanup(apt_fini))) a;

	try(apt_open(lab, suite, arch, &a));
	return get(&a, pattern, ret);
}

struct tl_err *lab_apt_ways(const struct lab *lab, char **ret_mirror, char **ret_proxy)
{
	static const char key[] = "Acquire::http::Proxy \"";
	auto_free char *acquire = machine_says(lab);
	const char *at = acquire ? strstr(acquire, key) : NULL, *env = getenv("http_proxy");

	*ret_mirror = strdup(mirror());
	*ret_proxy = at ? strndup(at + strlen(key), strcspn(at + strlen(key), "\""))
			: strdup(env ? env : "");
	return *ret_mirror && *ret_proxy ? NULL : &tl_enomem;
}
