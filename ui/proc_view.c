/*
 * /proc on the screen: a chooser of the files, and a file's text at the moment that is shown.
 *
 *	+- /proc -----------------------------+      +- /proc/2/status ----------- kid  9/16 -+
 *	|  machine ---------------------------|      |   Name:    kid                         |
 *	| > meminfo    memory by use          |  ->  |   State:   R (running)                 |
 *	|   vmstat     counters since boot    |      | * VmRSS:        20 kB                  |
 *	|  2  kid ----------------------------|      |   RssAnon:      16 kB                  |
 *	|   maps       areas                  |      |                                        |
 *	+--------------- Enter  Escape closes-+      +- Tab file  m marked  b all ------------+
 *
 * The text is what --proc writes (src/proc.h), binary files as text for people.  A row is known by what its line is
 * about and not by its place: by the line's first word within its section (a zone, an area), an address's line by the
 * address.  So a line stays itself when others come and go above it, and the overlay marks what reads otherwise.
 *
 * A line that is longer than the box goes on in the next row; lines whose numbers are all 0 stand back.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "screen.h"
#include "src/i18n.h"
#include "src/proc.h"

enum {
	LINES_MAX = 8000, /* of a longer file only the beginning is shown */
	WRAP_INDENT = 4,
	NODE_LENGTH = 22, /* of "Node 0, zone  HighMem"                   */
	ABOUT_COLUMN = 14,
	TAB_WIDTH = 16,
};

struct proc_view {
	uint32_t pid; /* whose files; 0: no process lived */
	char comm[COMM_LEN];
	int file; /* as in proc_file_nth; -1: chooser  */
};

static void open_file(struct screen *s, struct proc_view what);
static void open_chooser(struct screen *s, struct proc_view what);

/* ---- what a line is about ---- */

/* 64-bit FNV-1a, never 0. */
static uint64_t hash(uint64_t h, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return h ? h : 1;
}

/* Length of the hexadecimal number at the line's start that is the first address of a range; 0: there is none. */
static size_t range_length(const char *line)
{
	size_t len = strspn(line, "0123456789abcdef");

	return len >= 5 && line[len] == '-' && isxdigit((unsigned char)line[len + 1]) ? len : 0;
}

static bool is_node(const char *line) { return strncmp(line, "Node ", 5) == 0; }

/* The key of a line; *section: of the zone, CPU or area that the lines from it on tell of. */
static uint64_t line_key(const char *line, size_t len, uint64_t *section)
{
	static const uint64_t start = 0xcbf29ce484222325;
	size_t range = range_length(line), blanks = strspn(line, " ");

	if (is_node(line))
		return *section = hash(start, line, len < NODE_LENGTH ? len : NODE_LENGTH);
	if (range)
		return *section = hash(start, line, range);
	if (strncmp(line + blanks, "cpu:", 4) == 0)
		return *section = hash(*section, line, len);
	return hash(*section, line + blanks, strcspn(line + blanks, " :\t\n"));
}

/* ---- drawing a line ---- */

static bool is_number(const char *word, size_t len)
{
	bool digit = false;

	for (size_t i = 0; i < len; i++) {
		if (!strchr("0123456789abcdef,-:()>", word[i]))
			return false;
		digit |= isdigit((unsigned char)word[i]) != 0;
	}
	return digit;
}

/* Numbers, and all of them 0? */
static bool is_nothing(const char *line, size_t len)
{
	const char *digit = memchr(line, '0', len);

	for (size_t i = 0; i < len; i++)
		if (line[i] >= '1' && line[i] <= '9')
			return false;
	return digit && !range_length(line);
}

static enum role word_role(const char *line, const char *word, size_t len)
{
	if (is_number(word, len))
		return ROLE_NUMBER;
	return word == line + strspn(line, " ") && word[len - 1] == ':' ? ROLE_LABEL : ROLE_NORMAL;
}

/* The words of [part, part + len) of a line, at the places where they stand in it. */
static void put_words(const struct area *row, int indent, const char *line, const char *part,
		      size_t len, bool dim)
{
	unsigned attr = is_node(line) || range_length(line) ? ATTR_BOLD : 0;

	for (size_t x = 0, end; x < len; x = end) {
		char word[256];

		end = x + 1;
		if (part[x] == ' ')
			continue;
		while (end < len && part[end] != ' ' && end - x < sizeof(word) - 1)
			end++;
		memcpy(word, part + x, end - x);
		word[end - x] = '\0';
		put_text(row, indent + (int)x, 0,
			 dim ? ROLE_DIM : word_role(line, part + x, end - x), attr, word);
	}
}

/* How many bytes of the rest fit into a row: up to a blank, if there is one. */
static size_t fitting(const char *rest, size_t len, int width)
{
	size_t most = width > 1 ? (size_t)width : 1, n = most;

	if (len <= most)
		return len;
	while (n > most / 2 && rest[n] != ' ')
		n--;
	return rest[n] == ' ' ? n : most;
}

/* A line in as many rows as it needs. */
static void put_line(struct sheet *sheet, uint64_t key, const char *line, size_t len)
{
	bool dim = is_nothing(line, len);
	const char *rest = line;
	int indent = 0;

	do {
		struct area row = sheet_row(sheet, key);
		size_t left = len - (size_t)(rest - line),
		       n = fitting(rest, left, row.width - indent);

		put_words(&row, indent, line, rest, n, dim);
		rest += n;
		while (rest < line + len && *rest == ' ')
			rest++;
		indent = WRAP_INDENT;
		key = hash(key, "+", 1);
	} while (rest < line + len);
}

/* Tabs as blanks up to the next column that all names of status are shorter than; free it. NULL: no memory. */
static char *plain_text(const char *text)
{
	char *plain = malloc(strlen(text) * TAB_WIDTH + 1), *to = plain;
	size_t column = 0;

	for (; plain && *text; text++) {
		size_t n = *text == '\t' ? TAB_WIDTH - column % TAB_WIDTH : 1;

		column = *text == '\n' ? 0 : column + n;
		memset(to, *text == '\t' ? ' ' : *text, n);
		to += n;
	}
	if (plain)
		*to = '\0';
	return plain;
}

/* The lines of a file; those of slabinfo that name the columns stay in sight. */
static void put_lines(struct sheet *sheet, const char *text)
{
	uint64_t section = hash(0, "", 0);
	bool is_only = strchr(text, '\n') == NULL || strchr(text, '\n')[1] == '\0';
	int nr = 0;

	for (const char *line = text, *end; *line && nr < LINES_MAX; line = end, nr++) {
		size_t len = strcspn(line, "\n");

		end = line + len + (line[len] == '\n');
		while (len > 0 && line[len - 1] == ' ')
			len--;
		put_line(sheet, is_only ? 1 : line_key(line, len, &section), line, len);
		if (nr < 2 && strncmp(text, "slabinfo", 8) == 0)
			sheet_end_head(sheet);
	}
	if (nr == 0 || nr == LINES_MAX) {
		struct area row = sheet_row(sheet, 0);

		put_text(&row, 0, 0, nr ? ROLE_WARN : ROLE_DIM, 0,
			 nr ? _("... the rest is not shown") : _("nothing"));
	}
}

/* ---- a file ---- */

static const struct proc_file *file_of(const struct proc_view *p)
{
	return proc_file_nth((size_t)p->file);
}

/* The text of the file at the machine's moment; NULL: its process does not live, or no memory. */
static char *file_text(const struct machine *m, const struct proc_view *p)
{
	const struct proc_file *f = file_of(p);
	const struct task *t = f->of_process ? find_task(m, p->pid) : NULL;
	char *text = f->of_process && !t ? NULL : proc_file_text(f, m, t), *plain = NULL;

	if (text)
		plain = plain_text(text);
	free(text);
	return plain;
}

static void file_fill(const struct view *v, const void *state, struct sheet *sheet)
{
	const struct proc_view *p = state;
	char *text = file_text(view_machine(v), p);

	if (text) {
		put_lines(sheet, text);
	} else {
		struct area row = sheet_row(sheet, 0);

		put_format(&row, 0, 0, ROLE_WARN, 0, _("process %u, %s, does not live now"), p->pid,
			   p->comm);
	}
	free(text);
}

static void file_title(const struct view *v, const void *state, char *left, char *right,
		       size_t size)
{
	const struct proc_view *p = state;
	const struct proc_file *f = file_of(p);

	(void)v;
	if (f->of_process)
		snprintf(left, size, "/proc/%u/%s", p->pid, f->name);
	else
		snprintf(left, size, "/proc/%s", f->name);
	snprintf(right, size, "%s%s%d/%zu", f->of_process ? p->comm : "", f->of_process ? "  " : "",
		 p->file + 1, proc_nr_files());
}

/* The next file in a direction; those of a process only if there is one. */
static void turn(struct screen *s, struct proc_view p, int by)
{
	int n = (int)proc_nr_files();

	do
		p.file = (p.file + by + n) % n;
	while (file_of(&p)->of_process && !p.pid);
	open_file(s, p);
}

/* To the living process before or after; false: there is none. */
static bool turn_process(const struct screen *s, struct proc_view *p, int by)
{
	const struct task *found = NULL;

	for (const struct task *t = view_machine(&s->view)->tasks; t; t = t->next)
		if (by < 0 ? t->pid < p->pid : !found && t->pid > p->pid)
			found = t;
	if (!found)
		return false;
	p->pid = found->pid;
	memcpy(p->comm, found->comm, sizeof(p->comm));
	return true;
}

static bool file_key(struct screen *s, void *state, const struct sheet_row *row, uint32_t key)
{
	struct proc_view p = *(struct proc_view *)state;

	(void)row;
	switch (key) {
	case KEY_TAB_:
	case 'l':
		turn(s, p, 1);
		return true;
	case KEY_BACKTAB_:
	case 'h':
		turn(s, p, -1);
		return true;
	case ',':
	case '.':
		if (file_of(&p)->of_process && turn_process(s, &p, key == '.' ? 1 : -1))
			open_file(s, p);
		return true;
	case 'm':
		if (!overlay_next_change(s))
			screen_say(s, ROLE_DIM, "%s", _("this event has not changed it"));
		return true;
	case KEY_BACKSPACE_:
	case 'b':
		open_chooser(s, p);
		return true;
	default:
		return false;
	}
}

#define FILE_KIND(width)                                                                           \
	{                                                                                          \
		.name = "proc", .keys = N_("Tab file  m marked  b all"),                           \
		.state_bytes = sizeof(struct proc_view), .column_width = (width),                  \
		.title = file_title, .fill = file_fill, .key = file_key,                           \
	}

/* A file's lines decide how wide its columns are. */
static const struct overlay_kind file_kinds[] = {FILE_KIND(44), FILE_KIND(64), FILE_KIND(108)};

enum { NR_FILE_KINDS = sizeof(file_kinds) / sizeof(file_kinds[0]) };

static const struct overlay_kind *kind_for(const char *text)
{
	size_t longest = 0;
	int kind = 0;

	for (const char *line = text; line && *line;) {
		size_t len = strcspn(line, "\n");

		longest = len > longest ? len : longest;
		line += len + (line[len] == '\n');
	}
	while (kind < NR_FILE_KINDS - 1 && longest > (size_t)file_kinds[kind].column_width)
		kind++;
	return &file_kinds[kind];
}

static void open_file(struct screen *s, struct proc_view what)
{
	char *text = file_text(view_machine(&s->view), &what);
	struct proc_view *p = overlay_open(s, kind_for(text));

	free(text);
	if (p)
		*p = what;
}

/* ---- the chooser ---- */

static void put_files(struct sheet *sheet, bool of_process)
{
	const struct proc_file *f;

	for (size_t i = 0; (f = proc_file_nth(i)); i++) {
		struct area row;

		if (f->of_process != of_process)
			continue;
		row = sheet_row(sheet, i + 1);
		put_text(&row, 0, 0, ROLE_LABEL, 0, f->name);
		put_text(&row, ABOUT_COLUMN, 0, ROLE_NORMAL, 0, _(f->about));
		sheet_link(sheet, i);
	}
}

static void chooser_fill(const struct view *v, const void *state, struct sheet *sheet)
{
	const struct proc_view *p = state;
	char title[TEXT_LEN];

	(void)v;
	put_files(sheet, false);
	if (!p->pid)
		return;
	snprintf(title, sizeof(title), "%u  %s", p->pid, p->comm);
	sheet_heading(sheet, title);
	put_files(sheet, true);
}

static void chooser_title(const struct view *v, const void *state, char *left, char *right,
			  size_t size)
{
	(void)v;
	(void)state;
	(void)right;
	snprintf(left, size, "/proc");
}

static bool chooser_key(struct screen *s, void *state, const struct sheet_row *row, uint32_t key)
{
	struct proc_view *p = state, chosen = *p;

	switch (key) {
	case KEY_ENTER_:
	case 'l':
		if (!row)
			return true;
		chosen.file = (int)row->link;
		open_file(s, chosen);
		return true;
	case ',':
	case '.':
		if (turn_process(s, p, key == '.' ? 1 : -1))
			overlay_refill(s, row ? row->key : 0);
		return true;
	default:
		return false;
	}
}

static const struct overlay_kind chooser = {
	.name = "proc files",
	.keys = N_("Enter opens  , . process"),
	.state_bytes = sizeof(struct proc_view),
	.column_width = 58,
	.title = chooser_title,
	.fill = chooser_fill,
	.key = chooser_key,
};

/* With the cursor on what.file, if that is one. */
static void open_chooser(struct screen *s, struct proc_view what)
{
	struct proc_view *p = overlay_open(s, &chooser);

	if (!p)
		return;
	*p = what;
	p->file = -1;
	overlay_refill(s, what.file >= 0 ? (uint64_t)what.file + 1 : 0);
}

/* ---- open ---- */

static struct proc_view view_of(const struct task *t)
{
	struct proc_view p = {.file = -1};

	if (t) {
		p.pid = t->pid;
		memcpy(p.comm, t->comm, sizeof(p.comm));
	}
	return p;
}

static bool is_open(const struct screen *s)
{
	bool open = overlay_state(s, &chooser) != NULL;

	for (int i = 0; i < NR_FILE_KINDS; i++)
		open |= overlay_state(s, &file_kinds[i]) != NULL;
	return open;
}

void proc_view_toggle(struct screen *s)
{
	if (is_open(s))
		overlay_close(s);
	else
		open_chooser(s, view_of(view_task(&s->view)));
}

bool proc_view_open(struct screen *s, const char *path)
{
	const struct machine *m = view_machine(&s->view);
	const struct task *shown = view_task(&s->view), *t;
	const struct proc_file *f = proc_file_find(m, path, &t);
	struct proc_view p;
	char own[TEXT_LEN];

	if (!f && shown) {
		snprintf(own, sizeof(own), "%u/%s", shown->pid, path);
		f = proc_file_find(m, own, &t);
	}
	if (!f)
		return false;
	p = view_of(t ? t : shown);
	p.file = 0;
	while (file_of(&p) != f)
		p.file++;
	open_file(s, p);
	return true;
}
