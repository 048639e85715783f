/*
 * Replay a folder of recordings: every transcript and table in it, against our machine.
 *
 *	replay FOLDER...     for each file "equal NAME" or "differs NAME:LINE: ...", then "N of M files equal"
 *
 * A file of which nothing was compared is not equal, and neither is one of an unknown kind.  README.md is
 * for people.  Exit status 0 if all are equal, 1 if not, 2 if a folder cannot be read.
 */
#include "tests/replay.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* A transcript's first word, and who replays it from the next line on. */
/* clang-format off */
static const struct kind {
	const char *name;
	void (*run)(struct replay *r);
} kinds[] = {
	{"@@FILE", replay_facts},
	{"mmviz-buddy", replay_buddy},
	{"mmviz-buddyboot", replay_buddy_boot},
	{"mmviz-exhaust", replay_exhaust},
	{"mmviz-kmalloc", replay_kmalloc},
	{"mmviz-kmap", replay_kmap},
	{"mmviz-kmaplocal", replay_kmap_local},
	{"mmviz-kpt", replay_kpt},
	{"mmviz-layout", replay_layout},
	{"mmviz-slabcaches", replay_slab_caches},
	{"mmviz-slabgeom", replay_slab_geometry},
	{"mmviz-slabrun", replay_slab_run},
	{"mmviz-vmalloc", replay_vmalloc},
	{"mmviz-zones", replay_zones},
	{"slabinfo", replay_slabinfo},
};
/* clang-format on */

/* ---- lines ---- */

/* A comment that names what is written to /proc/sys/vm says that it was. */
static void note_comment(struct replay *r)
{
	if (strstr(r->line, "min_free_kbytes") || strstr(r->line, "watermark_scale_factor"))
		r->sysctl.said_wmarks = true;
	if (strstr(r->line, "lowmem_reserve_ratio"))
		r->sysctl.said_reserve = true;
}

bool replay_line(struct replay *r)
{
	ssize_t n;

	/* the line that differs stays, to be reported */
	if (r->differs)
		return false;
	if (r->held) {
		r->held = false;
		return true;
	}
	do {
		n = getline(&r->line, &r->cap, r->file);
		r->nr++;
		if (n > 0 && r->line[n - 1] == '\n')
			r->line[n - 1] = '\0';
		if (n > 0 && r->line[0] == '#')
			note_comment(r);
	} while (n > 0 && (r->line[0] == '#' || r->line[0] == '\0'));
	if (n < 0 && r->line)
		r->line[0] = '\0';
	return n > 0 && strcmp(r->line, "done") != 0;
}

void replay_hold(struct replay *r) { r->held = true; }

struct replay_place replay_mark(const struct replay *r)
{
	return (struct replay_place){ftell(r->file), r->nr};
}

void replay_back(struct replay *r, struct replay_place place)
{
	fseek(r->file, place.offset, SEEK_SET);
	r->nr = place.nr;
	r->held = false;
}

bool replay_begins(const struct replay *r, const char *words, const char **rest)
{
	size_t len = strlen(words);

	if (strncmp(r->line, words, len) != 0 || (r->line[len] != ' ' && r->line[len]))
		return false;
	if (rest)
		*rest = r->line + len + (r->line[len] == ' ');
	return true;
}

bool replay_value(const char *line, const char *key, long long *value)
{
	size_t len = strlen(key);
	const char *at = line;

	while ((at = strstr(at, key)) != NULL) {
		if ((at == line || at[-1] == ' ') && at[len] == '=') {
			*value = strtoll(at + len + 1, NULL, 0);
			return true;
		}
		at += len;
	}
	return false;
}

void replay_differ(struct replay *r, const char *format, ...)
{
	va_list args;

	if (r->differs)
		return;
	r->differs = true;
	va_start(args, format);
	vsnprintf(r->why, sizeof(r->why), format, args);
	va_end(args);
}

void replay_compared(struct replay *r) { r->nr_compared++; }

void replay_compare(struct replay *r, const char *text)
{
	replay_compared(r);
	if (strcmp(r->line, text) != 0)
		replay_differ(r, "%s", text);
}

/* Has the text a word with the key of this word, KEY=VALUE? */
static bool has_key(const char *text, const char *word)
{
	long long value;
	char key[64];
	size_t len = strcspn(word, "= ");

	if (word[len] != '=' || len >= sizeof(key))
		return true;
	memcpy(key, word, len);
	key[len] = '\0';
	return replay_value(text, key, &value);
}

void replay_compare_words(struct replay *r, const char *text)
{
	const char *ours = text, *theirs = r->line;

	replay_compared(r);
	while (*theirs) {
		size_t len = strcspn(theirs, " "), len_ours = strcspn(ours, " ");

		if (len == len_ours && memcmp(theirs, ours, len) == 0)
			ours += len + (ours[len] == ' ');
		else if (has_key(text, theirs)) {
			replay_differ(r, "%s", text);
			return;
		}
		theirs += len + (theirs[len] == ' ');
	}
	if (*ours)
		replay_differ(r, "%s", text);
}

void replay_expect(struct replay *r, const char *text)
{
	if (r->differs)
		return;
	replay_line(r);
	replay_compare(r, text);
}

/* ---- files ---- */

/* One transcript whose head was just read. */
static void run_transcript(struct replay *r)
{
	size_t len = strcspn(r->line, " ");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == len && strncmp(r->line, kinds[i].name, len) == 0) {
			kinds[i].run(r);
			return;
		}
	r->unknown = true;
	replay_differ(r, "a recording of a kind that is in the table of tests/replay.c");
}

/* One line about a file, two where it differs. */
static void report(const struct replay *r, const char *name)
{
	if (!r->differs)
		printf("equal %s\n", name);
	else
		printf("%s %s:%u: %.160s\n  ours: %s\n", r->unknown ? "unknown" : "differs", name,
		       r->nr, r->line ? r->line : "", r->why);
}

/* Returns whether it is equal. */
static bool run_file(const char *folder, const char *name)
{
	struct replay r = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	r.file = fopen(path, "r");
	if (!r.file)
		replay_differ(&r, "%s", strerror(errno));
	while (!r.differs && (replay_line(&r) || !feof(r.file)))
		if (strcmp(r.line, "done") != 0)
			run_transcript(&r);
	if (r.file)
		fclose(r.file);
	if (!r.differs && r.nr_compared == 0)
		replay_differ(&r, "nothing in it could be compared");
	report(&r, name);
	free(r.line);
	return !r.differs;
}

static int is_recording(const struct dirent *e)
{
	return e->d_type != DT_DIR && e->d_name[0] != '.' && strcmp(e->d_name, "README.md") != 0;
}

int main(int argc, char **argv)
{
	int equal = 0, all = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **entry;
		int n = scandir(argv[i], &entry, is_recording, alphasort);

		if (n < 0) {
			fprintf(stderr, "replay: %s: %s\n", argv[i], strerror(errno));
			return 2;
		}
		for (int k = 0; k < n; k++) {
			equal += run_file(argv[i], entry[k]->d_name);
			free(entry[k]);
		}
		free(entry);
		all += n;
	}
	printf("%d of %d files equal\n", equal, all);
	return equal == all && all > 0 ? 0 : 1;
}
