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

#include "i18n.h"

static const struct proc_file files[] = {
	{"buddyinfo", false, proc_buddyinfo, NULL, N_("free blocks by zone and order")},
	{"pagetypeinfo", false, proc_pagetypeinfo, NULL, N_("free blocks by mobility")},
	{"zoneinfo", false, proc_zoneinfo, NULL, N_("zones: pages, marks, reserves, CPUs' lists")},
	{"meminfo", false, proc_meminfo, NULL, N_("memory by use")},
	{"vmstat", false, proc_vmstat, NULL, N_("counters since boot")},
	{"slabinfo", false, proc_slabinfo, NULL, N_("slab caches: objects and slabs")},
	{"vmallocinfo", false, proc_vmallocinfo, NULL, N_("the kernel's own areas")},
	{"kpagecount", false, proc_kpagecount, proc_kpagecount_text, N_("mappings of each frame")},
	{"kpageflags", false, proc_kpageflags, proc_kpageflags_text, N_("flags of each frame")},
	{"maps", true, proc_maps, NULL, N_("areas")},
	{"smaps", true, proc_smaps, NULL, N_("areas, and what of them is in memory")},
	{"status", true, proc_status, NULL, N_("the process in names and sums")},
	{"pagemap", true, proc_pagemap, proc_pagemap_text, N_("the frame of each page")},
	{"stat", true, proc_stat, NULL, N_("the process in one line")},
	{"statm", true, proc_statm, NULL, N_("its sizes in pages")},
	{"comm", true, proc_comm, NULL, N_("its name")},
	{"cmdline", true, proc_cmdline, NULL, N_("its program")},
};

size_t proc_nr_files(void) { return sizeof(files) / sizeof(*files); }

const struct proc_file *proc_file_nth(size_t i) { return i < proc_nr_files() ? &files[i] : NULL; }

/* The living process of a pid, or of a name; NULL: there is none. */
static const struct task *find_process(const struct machine *m, const char *word, size_t len)
{
	char *end;
	unsigned long pid = *word >= '1' && *word <= '9' ? strtoul(word, &end, 10) : 0;
	const struct task *t = m->tasks;

	if (pid)
		return pid <= UINT32_MAX && end == word + len ? find_task(m, (uint32_t)pid) : NULL;
	while (t && (strlen(t->comm) != len || strncmp(t->comm, word, len) != 0))
		t = t->next;
	return t;
}

const struct proc_file *proc_file_find(const struct machine *m, const char *path,
				       const struct task **t)
{
	const char *slash = strchr(path, '/'), *name = slash ? slash + 1 : path;

	*t = slash ? find_process(m, path, (size_t)(slash - path)) : NULL;
	if (slash && !*t)
		return NULL;
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
