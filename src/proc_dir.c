/*
 * --proc DIR: all files of /proc into a directory.
 *
 *	DIR/.mmviz       says that the directory is ours: what is in it may be overwritten
 *	DIR/meminfo ...  the machine's files
 *	DIR/2/maps ...   a directory for each living process; those of processes that have ended since are removed
 *
 * The directory is made if it is missing.  One that has something in it and no .mmviz was made by somebody else, and
 * nothing is written.  Files are opened without following links, so that none of them leads out of the directory.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "proc.h"

static const char marker[] = ".mmviz";

enum { EXIT_WRONG = 2, NAME_LEN = 64 };

struct proc_dir {
	const struct machine *m;
	const char *path; /* as the user wrote it         */
	int fd;
	FILE *err;
};

/* False: what went wrong with a file (NULL: the directory) is on err. */
static bool fail(const struct proc_dir *d, const char *name, int error)
{
	fprintf(d->err, "mmviz: %s%s%s: %s\n", d->path, name ? "/" : "", name ? name : "",
		strerror(error));
	return false;
}

/* ---- whose is it? ---- */

static bool is_dot(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

/* The directory for reading; NULL: errno says why. */
static DIR *open_entries(const struct proc_dir *d)
{
	int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);

	if (!entries && fd >= 0)
		close(fd);
	return entries;
}

/* Nothing in it? False with a message if it has something, or cannot be read. */
static bool check_empty(const struct proc_dir *d)
{
	DIR *entries = open_entries(d);
	const struct dirent *e;

	if (!entries)
		return fail(d, NULL, errno);
	do
		e = readdir(entries);
	while (e && is_dot(e->d_name));
	closedir(entries);
	if (e)
		fprintf(d->err, _("mmviz: %s has files in it that mmviz --proc did not write\n"),
			d->path);
	return !e;
}

/* Make it ours, unless it is somebody else's. */
static bool claim(const struct proc_dir *d)
{
	static const char text[] = "/proc of a simulated machine, written by mmviz --proc\n";
	int fd;

	if (faccessat(d->fd, marker, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (!check_empty(d))
		return false;
	fd = openat(d->fd, marker, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail(d, marker, errno);
	if (write(fd, text, sizeof(text) - 1) != sizeof(text) - 1 || close(fd) != 0)
		return fail(d, marker, errno);
	return true;
}

/* ---- processes that have ended ---- */

/* The pid that a directory is named after; 0: it is not. */
static uint32_t pid_of_name(const char *name)
{
	char again[NAME_LEN];
	unsigned long pid = *name >= '1' && *name <= '9' ? strtoul(name, NULL, 10) : 0;

	snprintf(again, sizeof(again), "%lu", pid);
	return pid <= UINT32_MAX && strcmp(again, name) == 0 ? (uint32_t)pid : 0;
}

static bool remove_process(const struct proc_dir *d, uint32_t pid)
{
	const struct proc_file *f;
	char path[NAME_LEN];

	for (size_t i = 0; (f = proc_file_nth(i)); i++) {
		snprintf(path, sizeof(path), "%u/%s", pid, f->name);
		if (f->of_process && unlinkat(d->fd, path, 0) != 0 && errno != ENOENT)
			return fail(d, path, errno);
	}
	snprintf(path, sizeof(path), "%u", pid);
	return unlinkat(d->fd, path, AT_REMOVEDIR) == 0 || fail(d, path, errno);
}

static bool remove_ended(const struct proc_dir *d)
{
	DIR *entries = open_entries(d);
	const struct dirent *e;
	bool good = true;

	if (!entries)
		return fail(d, NULL, errno);
	while (good && (e = readdir(entries))) {
		uint32_t pid = pid_of_name(e->d_name);

		if (pid && !find_task(d->m, pid))
			good = remove_process(d, pid);
	}
	closedir(entries);
	return good;
}

/* ---- writing ---- */

static bool write_file(const struct proc_dir *d, const struct proc_file *f, const struct task *t)
{
	char path[NAME_LEN];
	FILE *out = NULL;
	bool bad;
	int fd;

	if (t)
		snprintf(path, sizeof(path), "%u/%s", t->pid, f->name);
	else
		snprintf(path, sizeof(path), "%s", f->name);
	fd = openat(d->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd >= 0)
		out = fdopen(fd, "w");
	if (!out) {
		if (fd >= 0)
			close(fd);
		return fail(d, path, errno);
	}
	errno = 0;
	f->print(out, d->m, t);
	bad = ferror(out) != 0;
	bad |= fclose(out) != 0;
	return !bad || fail(d, path, errno ? errno : EIO);
}

/* The files of process t; NULL: of the machine. */
static bool write_files(const struct proc_dir *d, const struct task *t)
{
	const struct proc_file *f;

	for (size_t i = 0; (f = proc_file_nth(i)); i++)
		if (f->of_process == (t != NULL) && !write_file(d, f, t))
			return false;
	return true;
}

static bool write_process(const struct proc_dir *d, const struct task *t)
{
	char name[NAME_LEN];

	snprintf(name, sizeof(name), "%u", t->pid);
	if (mkdirat(d->fd, name, 0777) != 0 && errno != EEXIST)
		return fail(d, name, errno);
	return write_files(d, t);
}

static bool write_all(const struct proc_dir *d)
{
	if (!claim(d) || !remove_ended(d) || !write_files(d, NULL))
		return false;
	for (const struct task *t = d->m->tasks; t; t = t->next)
		if (!write_process(d, t))
			return false;
	return true;
}

int proc_write(const struct machine *m, const char *dir, FILE *err)
{
	struct proc_dir d = {.m = m, .path = dir, .err = err};
	bool good;

	if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
		fail(&d, NULL, errno);
		return EXIT_WRONG;
	}
	d.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d.fd < 0) {
		fail(&d, NULL, errno);
		return EXIT_WRONG;
	}
	good = write_all(&d);
	close(d.fd);
	return good ? 0 : EXIT_WRONG;
}
