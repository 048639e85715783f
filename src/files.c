/*
 * Files of the host that a scenario names: programs, contents to map, texts.
 *
 * The simulated machine knows a file by its base name and its size; so two files of one name in
 * different folders cannot be told apart there, and that is a mistake.
 */
#include "i18n.h"
#include "run.h"
#include "scenario_data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	READ_BYTES = 64 * 1024,
	TEXT_MAX = 1 << 30, /* of a scenario: /dev/zero has no end */
	PATH_SHOWN = 128,   /* of a long path, its end             */
};

/* "PATH: " at the beginning of a message: its length. */
size_t path_message(char *why, size_t why_size, const char *path)
{
	size_t len = strlen(path), left_out = len > PATH_SHOWN ? len - PATH_SHOWN : 0;

	snprintf(why, why_size, "%s%s: ", left_out ? "..." : "", path + left_out);
	return strlen(why);
}

static bool refuse(char *why, size_t why_size, const char *path, const char *reason)
{
	size_t used = path_message(why, why_size, path);

	snprintf(why + used, why_size - used, "%s", reason);
	return false;
}

char *path_join(const char *folder, const char *name, uint32_t len)
{
	size_t before = len && name[0] == '/' ? 0 : strlen(folder);
	char *path = malloc(before + len + 1);

	if (!path)
		return NULL;
	memcpy(path, folder, before);
	memcpy(path + before, name, len);
	path[before + len] = '\0';
	return path;
}

bool file_identity(const char *path, uint64_t *device, uint64_t *inode)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*device = (uint64_t)st.st_dev;
	*inode = (uint64_t)st.st_ino;
	return true;
}

/* What is at path, if it is no regular file; NULL if it is one. */
static const char *other_kind(mode_t mode)
{
	if (S_ISREG(mode))
		return NULL;
	if (S_ISDIR(mode))
		return _("a folder, not a file");
	if (S_ISFIFO(mode))
		return _("a pipe, not a file");
	if (S_ISSOCK(mode))
		return _("a socket, not a file");
	return _("a device, not a file");
}

bool file_is_regular(const char *path, char *why, size_t why_size)
{
	struct stat st;
	const char *other;

	if (stat(path, &st) != 0)
		return refuse(why, why_size, path, strerror(errno));
	other = other_kind(st.st_mode);
	return !other || refuse(why, why_size, path, other);
}

/* All of fd, malloc'd; NULL with errno set. */
static char *read_all(int fd, size_t *len)
{
	char *text = NULL, *more;
	size_t cap = 0;
	ssize_t got = 1;

	for (*len = 0; got > 0; *len += (size_t)got) {
		if (*len > TEXT_MAX) {
			errno = EFBIG;
			break;
		}
		if (cap - *len < READ_BYTES) {
			cap = cap ? cap * 2 : 2 * READ_BYTES;
			more = realloc(text, cap);
			if (!more)
				break;
			text = more;
			advise_large(text, cap);
		}
		do
			got = read(fd, text + *len, READ_BYTES);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			break;
	}
	if (got == 0)
		return text;
	free(text);
	return NULL;
}

char *text_read(const char *path, size_t *len, char *why, size_t why_size)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : read_all(fd, len);

	if (!text)
		refuse(why, why_size, is_stdin ? _("standard input") : path, strerror(errno));
	if (fd >= 0 && !is_stdin)
		close(fd);
	return text;
}

/* ---- programs and contents ---- */

/*
 * Size and kind of the file at f->path; false with *why.  Only a regular file is opened: a pipe
 * would wait for its other end, a device may do something.
 */
static bool look_at(struct scenario_file *f, char *why, size_t why_size)
{
	char magic[4] = "";
	struct stat st;
	int fd;

	if (!file_is_regular(f->path, why, why_size))
		return false;
	fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		refuse(why, why_size, f->path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic))
		f->executable = memcmp(magic, "\177ELF", sizeof(magic)) == 0;
	close(fd);
	if (st.st_size > UINT32_MAX)
		return refuse(why, why_size, f->path, _("too large: less than 4G"));
	f->bytes = (uint32_t)st.st_size;
	return true;
}

static struct scenario_file *find_file(const struct scenario *s, const char *path)
{
	for (uint32_t i = 0; i < s->nr_files; i++)
		if (strcmp(s->files[i].path, path) == 0)
			return &s->files[i];
	return NULL;
}

/* The built-in program counts: its name is taken, too. */
static bool is_name_free(const struct scenario *s, const char *name)
{
	if (strcmp(name, builtin_program.name) == 0 || strcmp(name, "zero") == 0)
		return false;
	for (uint32_t i = 0; i < s->nr_files; i++)
		if (strcmp(s->files[i].name, name) == 0)
			return false;
	return true;
}

/* A file that was not named before; NULL with *why. */
static struct scenario_file *add_file(struct scenario *s, const char *path, char *why,
				      size_t why_size)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct scenario_file f = {.path = pool_text(&s->pool, path, strlen(path))};

	f.name = pool_text(&s->pool, base, strlen(base));
	if (!f.path || !f.name || !HAS_ROOM(s->files, s->nr_files, s->cap_files)) {
		snprintf(why, why_size, "%s", _("out of memory"));
		return NULL;
	}
	if (!look_at(&f, why, why_size))
		return NULL;
	if (!is_name_free(s, base)) {
		snprintf(why, why_size,
			 _("another file is named %s: the machine tells files by their names"),
			 base);
		return NULL;
	}
	s->files[s->nr_files] = f;
	return &s->files[s->nr_files++];
}

uint32_t scenario_add_file(struct scenario *s, const char *folder, const char *name, uint32_t len,
			   bool as_program, char *why, size_t why_size)
{
	char *path;
	struct scenario_file *f;

	if (len == 0) {
		snprintf(why, why_size, "%s", _("a file's name is missing"));
		return 0;
	}
	path = path_join(folder, name, len);
	if (!path) {
		snprintf(why, why_size, "%s", _("out of memory"));
		return 0;
	}
	f = find_file(s, path);
	if (!f)
		f = add_file(s, path, why, why_size);
	free(path);
	if (f && as_program && !f->program) {
		f->program = program_load(f->path, s->config.profile, why, why_size);
		if (!f->program)
			return 0;
	}
	return f ? (uint32_t)(f - s->files) + 1 : 0;
}

void scenario_files_free(struct scenario *s)
{
	for (uint32_t i = 0; i < s->nr_files; i++)
		program_free((struct program *)s->files[i].program);
	free(s->files);
}
