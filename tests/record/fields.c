/*
 * Fields of PID/status, statm, stat and smaps.
 *
 * What the model does not know is not compared: the marks of the past (VmPeak, VmHWM), users, signals, times.  Nor is
 * what goes by how the recorder does it: where the strings on the stack are (it executes files by descriptor), and
 * whether a file's page is clean (it has just been written to its memory file system).  Referenced is left out because a
 * frame has a mark of its own in Linux, beside the entry's: what exec, mlock or populate has touched for a process keeps
 * it after fork, when the child's entry is old.  The model knows the entry alone.
 */
#include "fields.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *const field_files[NR_FIELD_FILES] = {"status", "statm", "stat", "smaps"};

enum { PRINTED_MAX = 512, NAME_LEN = 24 };

/* What was printed last of a process's file: a hash of it. */
struct printed {
	char proc[NAME_LEN];
	unsigned file;
	uint64_t hash;
};
static struct printed printed[PRINTED_MAX];
static int nr_printed;

void fields_begin(void) { nr_printed = 0; }

static uint64_t hash_of(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

/* Is it what was printed last?  It is from now on. */
static bool is_old(const char *proc, unsigned file, const char *text)
{
	struct printed *p = printed, now = {.file = file, .hash = hash_of(text)};
	bool old;

	snprintf(now.proc, sizeof(now.proc), "%s", proc);
	while (p < printed + nr_printed && (p->file != file || strcmp(p->proc, now.proc) != 0))
		p++;
	old = p < printed + nr_printed && p->hash == now.hash;
	if (p == printed + nr_printed && nr_printed < PRINTED_MAX)
		nr_printed++;
	if (p < printed + PRINTED_MAX)
		*p = now;
	return old;
}

static const char *line_after(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* " KEY=VALUE" of a line "KEY: VALUE kB". */
static void print_field(FILE *out, const char *line)
{
	const char *colon = strchr(line, ':');

	fprintf(out, " %.*s=%lu", (int)(colon - line), line, strtoul(colon + 1, NULL, 10));
}

static void print_status(FILE *out, const char *text)
{
	for (const char *line = text; *line; line = line_after(line))
		if ((strncmp(line, "Vm", 2) == 0 || strncmp(line, "Rss", 3) == 0) &&
		    strncmp(line, "VmPeak", 6) != 0 && strncmp(line, "VmHWM", 5) != 0)
			print_field(out, line);
}

/* By position, counted from 1 as proc(5) does. */
static void print_stat(FILE *out, const char *text)
{
	static const struct {
		unsigned at;
		const char *name;
	} known[] = {{23, "vsize"},      {24, "rss"},      {26, "start_code"}, {27, "end_code"},
		     {45, "start_data"}, {46, "end_data"}, {47, "start_brk"}};
	const char *at = strrchr(text, ')');
	unsigned nr = 2;

	for (size_t i = 0; at && i < sizeof(known) / sizeof(*known); i++) {
		for (; at && nr < known[i].at; nr++)
			at = strchr(at + 1, ' ');
		if (at)
			fprintf(out, " %s=%lu", known[i].name, strtoul(at, NULL, 10));
	}
}

static void print_flags(FILE *out, const char *line)
{
	char sign = '=';

	fputs(" VmFlags", out);
	for (const char *c = strchr(line, ' '); c && c[1] > ' '; c = strchr(c + 1, ' ')) {
		fprintf(out, "%c%.2s", sign, c + 1);
		sign = ',';
	}
}

/* One area of smaps on its way. */
struct smap {
	bool file;                     /* there is a file behind it */
	unsigned long shared, private; /* kB                        */
};

/* The pages of a file, however clean they are. */
static void add_file_pages(struct smap *s, const char *line, unsigned long kb)
{
	if (strncmp(line, "Shared_", 7) == 0)
		s->shared += kb;
	else if (strncmp(line, "Private_", 8) == 0)
		s->private += kb;
}

static void print_area_field(FILE *out, struct smap *s, const char *line)
{
	size_t word = strcspn(line, ":");
	unsigned long n = strtoul(line + word + 1, NULL, 10);
	bool about_dirt = memchr(line, '_', word) && (strncmp(line + word - 5, "Clean", 5) == 0 ||
						      strncmp(line + word - 5, "Dirty", 5) == 0);

	if (strncmp(line, "VmFlags", 7) == 0)
		print_flags(out, line);
	else if (s->file && about_dirt)
		add_file_pages(s, line, n);
	else if (n && strncmp(line, "Referenced", 10) != 0)
		print_field(out, line);
}

static void end_area(FILE *out, const struct smap *s)
{
	if (s->shared || s->private)
		fprintf(out, " Shared=%lu Private=%lu", s->shared, s->private);
	fputc('\n', out);
}

/* A line of its own for each area. */
static void print_smaps(FILE *out, const char *proc, const char *text)
{
	struct smap s = {0};

	for (const char *line = text; *line; line = line_after(line)) {
		size_t len = strcspn(line, "\n");

		if (line[strcspn(line, " :\n")] == ':') {
			print_area_field(out, &s, line);
			continue;
		}
		if (line != text)
			end_area(out, &s);
		s = (struct smap){.file = memchr(line, '/', len)};
		fprintf(out, "%% %s smaps %.8s", proc, line);
	}
	end_area(out, &s);
}

/* All that is compared of the file. */
static void print_file(FILE *out, const char *proc, const char *name, const char *text)
{
	if (strcmp(name, "smaps") == 0) {
		print_smaps(out, proc, text);
		return;
	}
	fprintf(out, "%% %s %s", proc, name);
	if (strcmp(name, "status") == 0)
		print_status(out, text);
	else if (strcmp(name, "stat") == 0)
		print_stat(out, text);
	else
		fprintf(out, " %.*s", (int)strcspn(text, "\n"), text);
	fputc('\n', out);
}

void fields_print(FILE *out, const char *proc, unsigned file, const char *text)
{
	char *fields = NULL;
	size_t size;
	FILE *f = open_memstream(&fields, &size);

	if (!f)
		return;
	print_file(f, proc, field_files[file], text);
	fclose(f);
	if (!is_old(proc, file, fields))
		fputs(fields, out);
	free(fields);
}
