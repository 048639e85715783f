/*
 * The line editor.
 *
 *	write PROC ADDR [SIZE] [value=WORD]          hint: the grammar of what is being typed
 *	:write kdi buf                               the line
 *	       ^~~ unknown process "kdi"             after Enter: what is wrong, and the line kept for mending
 *
 * Keys are those of readline: arrows, Home End, Ctrl-A E B F, Ctrl-U K W to erase, Up Down (Ctrl-P N) for lines
 * entered before.  The line is UTF-8; the cursor stands between characters.
 */
#include "prompt.h"

#include <stdlib.h>
#include <string.h>

#include "panel.h"
#include "src/utf8.h"

#define CTRL(letter) ((letter)&0x1f)

void prompt_open(struct prompt *p, enum prompt_kind kind)
{
	p->open = true;
	p->kind = kind;
	p->len = p->cursor = 0;
	p->text[0] = p->typed[0] = '\0';
	p->hint[0] = p->error[0] = '\0';
	p->error_width = 0;
	p->at = p->history[kind].count;
}

void prompt_close(struct prompt *p) { p->open = false; }

void prompt_free(struct prompt *p)
{
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < p->history[k].count; i++)
			free(p->history[k].line[i]);
		p->history[k].count = 0;
	}
}

/* ---- the text ---- */

static int after(const struct prompt *p, int i)
{
	const char *s = p->text + i;

	utf8_next(&s);
	return (int)(s - p->text);
}

/* Start of the character left of byte i. */
static int before(const struct prompt *p, int i)
{
	int start = 0;

	for (int next = 0; next < i; next = after(p, next))
		start = next;
	return start;
}

/* Start of the word left of byte i, blanks between skipped. */
static int word_before(const struct prompt *p, int i)
{
	while (i > 0 && p->text[i - 1] == ' ')
		i--;
	while (i > 0 && p->text[i - 1] != ' ')
		i--;
	return i;
}

static void erase(struct prompt *p, int from, int to)
{
	memmove(p->text + from, p->text + to, (size_t)(p->len - to) + 1);
	p->len -= to - from;
	p->cursor = from;
}

void prompt_insert(struct prompt *p, const char *text)
{
	int n = (int)strlen(text);

	if (p->len + n >= LINE_MAX_BYTES)
		return;
	memmove(p->text + p->cursor + n, p->text + p->cursor, (size_t)(p->len - p->cursor) + 1);
	memcpy(p->text + p->cursor, text, (size_t)n);
	p->len += n;
	p->cursor += n;
}

static void set_text(struct prompt *p, const char *text)
{
	p->len = p->cursor = 0;
	p->text[0] = '\0';
	prompt_insert(p, text);
}

/* ---- lines entered before ---- */

static void look_back(struct prompt *p, int by)
{
	const struct history *h = &p->history[p->kind];

	if (p->at + by < 0 || p->at + by > h->count)
		return;
	if (p->at == h->count)
		memcpy(p->typed, p->text, sizeof(p->typed));
	p->at += by;
	set_text(p, p->at == h->count ? p->typed : h->line[p->at]);
}

void prompt_remember(struct prompt *p)
{
	struct history *h = &p->history[p->kind];
	char *line;

	if (!p->len || (h->count && strcmp(h->line[h->count - 1], p->text) == 0))
		return;
	line = strdup(p->text);
	if (!line)
		return;
	if (h->count == HISTORY_MAX) {
		free(h->line[0]);
		memmove(h->line, h->line + 1, (HISTORY_MAX - 1) * sizeof(h->line[0]));
		h->count--;
	}
	h->line[h->count++] = line;
}

/* ---- keys ---- */

static void type(struct prompt *p, uint32_t ch)
{
	char text[UTF8_MAX + 1];

	if (char_width(ch) == 0)
		return;
	text[utf8_put(text, ch)] = '\0';
	prompt_insert(p, text);
}

/* Keys that move the cursor or take text away. False: the key is none of them. */
static bool edit(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEY_LEFT_:
	case CTRL('b'):
		p->cursor = before(p, p->cursor);
		return true;
	case KEY_RIGHT_:
	case CTRL('f'):
		p->cursor = after(p, p->cursor);
		return true;
	case KEY_HOME_:
	case CTRL('a'):
		p->cursor = 0;
		return true;
	case KEY_END_:
	case CTRL('e'):
		p->cursor = p->len;
		return true;
	case KEY_BACKSPACE_:
		erase(p, before(p, p->cursor), p->cursor);
		return true;
	case KEY_DELETE_:
	case CTRL('d'):
		erase(p, p->cursor, after(p, p->cursor));
		return true;
	case CTRL('u'):
		erase(p, 0, p->cursor);
		return true;
	case CTRL('k'):
		erase(p, p->cursor, p->len);
		return true;
	case CTRL('w'):
		erase(p, word_before(p, p->cursor), p->cursor);
		return true;
	default:
		return false;
	}
}

enum prompt_result prompt_key(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEY_ENTER_:
		return PROMPT_ENTER;
	case KEY_TAB_:
		return PROMPT_COMPLETE;
	case KEY_ESCAPE_:
	case CTRL('c'):
	case CTRL('g'):
		prompt_close(p);
		return PROMPT_CANCEL;
	case KEY_UP_:
	case CTRL('p'):
		look_back(p, -1);
		break;
	case KEY_DOWN_:
	case CTRL('n'):
		look_back(p, 1);
		break;
	default:
		/* erasing beyond the start leaves the prompt, as in vi and less */
		if (key == KEY_BACKSPACE_ && p->len == 0) {
			prompt_close(p);
			return PROMPT_CANCEL;
		}
		if (!edit(p, key) && key < KEY_UP_)
			type(p, key);
		break;
	}
	p->error[0] = p->hint[0] = '\0';
	p->error_width = 0;
	return PROMPT_EDITED;
}

/* ---- on the screen ---- */

/* The caret under the fault; returns the column after it, 0 if there is none to draw. */
static int draw_caret(const struct prompt *p, const struct area *a, int y, int shift)
{
	int x = 1 + p->error_column - shift;

	if (p->error_width <= 0 || x < 1)
		return 0;
	for (int i = 0; i < p->error_width; i++)
		put_char(a, x + i, y, i ? '~' : '^', ROLE_ERROR, 0);
	return x + p->error_width;
}

/* Behind the caret where there is room, else before it, else on the line above everything. */
static void draw_error(const struct prompt *p, const struct area *a, int y, int shift)
{
	int end = draw_caret(p, a, y, shift), message = text_width(p->error);
	int x = end ? end + 1 : 1, start = end - p->error_width;

	if (x + message > a->width && message + 2 <= start)
		x = start - 1 - message;
	if (x + message > a->width && y == 2)
		put_text(a, 1, 0, ROLE_ERROR, 0, p->error);
	else
		put_text(a, x, y, ROLE_ERROR, 0, p->error);
}

void prompt_draw(const struct prompt *p, const struct area *a, int *cursor_x, int *cursor_y)
{
	int y = a->height >= 3 ? 1 : 0, cursor = text_width_of(p->text, (size_t)p->cursor);
	int room = a->width - 2, shift = cursor >= room ? cursor - room + 1 : 0;
	struct area line = area_sub(a, 1, y, room, 1);

	for (int i = 0; i < a->height; i++)
		fill(a, 0, i, a->width, ' ', ROLE_NORMAL);
	put_char(a, 0, y, p->kind == PROMPT_SEARCH ? '/' : ':', ROLE_KEY, 0);
	put_text(&line, -shift, 0, ROLE_NORMAL, ATTR_BOLD, p->text);
	if (y == 1)
		put_text(a, 1, 0, ROLE_DIM, 0, p->hint);
	if (p->error[0])
		draw_error(p, a, y + 1, shift);
	*cursor_x = a->x + 1 + cursor - shift;
	*cursor_y = a->y + y;
}
