/*
 * /proc: the files, their names, and which of them are binary.
 *
 * Every number comes from the machine as it stands.  A line of a real file whose number is 0 in this machine because
 * the thing does not exist in it (swap, huge pages, write-back) is there, with 0; a line about what the model does
 * not know (lists of reclaim, users, signals, times) is left out, for a wrong number would be worse.  Readers of
 * /proc go by the names of lines, so they bear that; PID/stat alone goes by position, and has 0 for what is not
 * known.  The manual page lists what is left out.
 *
 * The shape of each file is that of Linux 6.1 on i386, whatever the profile.
 */
#include "proc.h"

#include <stdlib.h>
#include <string.h>

static const struct proc_file files[] = {
	{"buddyinfo", false, proc_buddyinfo, NULL},
	{"zoneinfo", false, proc_zoneinfo, NULL},
	{"meminfo", false, proc_meminfo, NULL},
	{"vmstat", false, proc_vmstat, NULL},
	{"slabinfo", false, proc_slabinfo, NULL},
	{"kpagecount", false, proc_kpagecount, proc_kpagecount_text},
	{"kpageflags", false, proc_kpageflags, proc_kpageflags_text},
	{"maps", true, proc_maps, NULL},
	{"smaps", true, proc_smaps, NULL},
	{"status", true, proc_status, NULL},
	{"pagemap", true, proc_pagemap, proc_pagemap_text},
	{"stat", true, proc_stat, NULL},
	{"statm", true, proc_statm, NULL},
	{"comm", true, proc_comm, NULL},
	{"cmdline", true, proc_cmdline, NULL},
};

const struct proc_file *proc_file_nth(size_t i)
{
	return i < sizeof(files) / sizeof(*files) ? &files[i] : NULL;
}

const struct proc_file *proc_file_find(const struct machine *m, const char *path,
				       const struct task **t)
{
	const char *slash = strchr(path, '/'), *name = slash ? slash + 1 : path;
	char *end;

	*t = NULL;
	if (slash) {
		unsigned long pid = *path >= '1' && *path <= '9' ? strtoul(path, &end, 10) : 0;

		if (!pid || pid > UINT32_MAX || end != slash)
			return NULL;
		*t = find_task(m, (uint32_t)pid);
		if (!*t)
			return NULL;
	}
	for (size_t i = 0; proc_file_nth(i); i++)
		if (files[i].of_process == (slash != NULL) && strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

char *proc_file_text(const struct proc_file *f, const struct machine *m, const struct task *t)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool bad;

	if (!out)
		return NULL;
	(f->explain ? f->explain : f->print)(out, m, t);
	bad = ferror(out) != 0;
	if (fclose(out) == 0 && !bad)
		return text;
	free(text);
	return NULL;
}
