/*
 * The terminal.
 *
 * Curses is asked for what it does well: to know terminals, and to decode keys.  Its own screen stays empty:
 * the grid of the last show is kept here, and the pen (pen.c) sends what differs, with the strings that curses'
 * data base has for this terminal.
 *
 *	grid, grid of before --> pen --> bytes --> terminal --> keys --> curses --> key
 *
 * The device itself is in tty.c, signals in signals.c.
 */
#include "term.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#undef buttons /* a macro of term.h */

#define MOUSE_EVENTS (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

#include "pen.h"
#include "signals.h"
#include "src/i18n.h"
#include "tty.h"

enum { DOUBLE_CLICK_MS = 400, ESCAPE_MS = 25 };

/* One process has one terminal. */
static struct {
	bool is_open;
	SCREEN *screen;
	WINDOW *keys; /* a pad that is never drawn: keys are read from it     */
	struct tty tty;

	int colours;     /* 0, 8, 16, 256                                        */
	struct strings { /* of this terminal, without their waits                */
		char reset[64], bold[16], underline[16], reverse[16], hide[32], show[32];
	} string;
	struct pen pen;
	const struct theme *theme; /* whose colours the pen has                            */
	struct grid shown;         /* what the terminal shows                              */
	bool shown_valid;
	int cursor_shown; /* -1: not known                                        */
	bool redraw;      /* the next show begins with a cleared terminal         */

	struct {
		int x, y;
		long long when;
	} click; /* the last one                                         */
} term;

long long term_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* ---- strings of this terminal ---- */

/* A string of terminfo, without its waits ("$<5>"), as far as it fits; "" if there is none. Its length. */
static size_t get_string(const char *capability, char *to, size_t size)
{
	const char *s = tigetstr(capability);
	size_t n = 0;

	if (!s || s == (const char *)-1)
		s = "";
	while (*s && n + 1 < size) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>') + 1;
		else
			to[n++] = *s++;
	}
	to[n] = '\0';
	return n;
}

/* What gives the terminal back after a crash. */
static struct rescue prepare_rescue(void)
{
	static const char *const parts[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
	static const char mouse_off[] = "\033[?1006;1000l";
	struct rescue r = {
		.in_fd = term.tty.in_fd, .out_fd = term.tty.out_fd, .settings = term.tty.before};
	char kmous[16];

	if (get_string("kmous", kmous, sizeof(kmous))) {
		memcpy(r.bytes, mouse_off, sizeof(mouse_off) - 1);
		r.n = sizeof(mouse_off) - 1;
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		r.n += get_string(parts[i], r.bytes + r.n, RESCUE_MAX - r.n);
	return r;
}

/* Moves of a terminal that does not speak ANSI. */
static const char *terminfo_move(int x, int y)
{
	static char to[PEN_STRING];
	char cup[64];

	get_string("cup", cup, sizeof(cup));
	snprintf(to, sizeof(to), "%s", tparm(cup, y, x, 0, 0, 0, 0, 0, 0, 0));
	return to;
}

static void write_all(const char *bytes, size_t n) { tty_write(&term.tty, bytes, n); }

/* Teach the pen this terminal. */
static void prepare_pen(void)
{
	struct strings *s = &term.string;
	struct pen *p = &term.pen;
	char cup[32], ech[16], down[8];
	bool ansi;

	get_string("sgr0", s->reset, sizeof(s->reset));
	get_string("bold", s->bold, sizeof(s->bold));
	get_string("smul", s->underline, sizeof(s->underline));
	get_string("rev", s->reverse, sizeof(s->reverse));
	get_string("civis", s->hide, sizeof(s->hide));
	get_string("cnorm", s->show, sizeof(s->show));
	get_string("cup", cup, sizeof(cup));
	get_string("ech", ech, sizeof(ech));
	get_string("cud1", down, sizeof(down));
	/* what has colours and ESC [ 1 m for bold has 22, 24 and 27 for their ends */
	ansi = term.colours && strcmp(s->bold, "\033[1m") == 0;
	p->reset = s->reset;
	p->on[0] = s->bold;
	p->on[1] = s->underline;
	p->on[2] = s->reverse;
	p->off[0] = ansi ? "\033[22m" : NULL;
	p->off[1] = ansi ? "\033[24m" : NULL;
	p->off[2] = ansi ? "\033[27m" : NULL;
	p->move = strcmp(cup, "\033[%i%p1%d;%p2%dH") == 0 ? NULL : terminfo_move;
	p->erases = strcmp(ech, "\033[%p1%dX") == 0 && (!term.colours || tigetflag("bce") == 1);
	p->feeds = strcmp(down, "\n") == 0 && tty_feeds_straight(&term.tty);
	p->keeps_last_cell = tigetflag("am") == 1 && tigetflag("xenl") != 1;
	p->write = write_all;
}

/* ---- colours ---- */

/* The nearest of xterm's 256: exact for the themes' colours. */
static int xterm_colour(int32_t rgb)
{
	int r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;

	if (r == g && g == b && r >= 8 && r <= 238 && (r - 8) % 10 == 0)
		return 232 + (r - 8) / 10;
#define LEVEL(v) ((v) < 48 ? 0 : (v) < 115 ? 1 : ((v)-35) / 40)
	return 16 + 36 * LEVEL(r) + 6 * LEVEL(g) + LEVEL(b);
#undef LEVEL
}

static void set_colour(char to[PEN_STRING], const char *capability, int colour)
{
	char string[128];

	to[0] = '\0';
	if (colour >= 0 && get_string(capability, string, sizeof(string)))
		snprintf(to, PEN_STRING, "%s", tparm(string, colour, 0, 0, 0, 0, 0, 0, 0, 0));
}

/* The colours of the roles, as far as the terminal has them. */
static void set_theme(const struct theme *t)
{
	term.theme = t;
	term.shown_valid = false;
	for (int role = 0; role < NR_ROLES; role++) {
		struct style s = theme_style(t, (struct cell){.role = (uint16_t)role});
		struct ink *ink = &term.pen.ink[role];

		ink->fg = ink->bg = -1;
		ink->attr = s.attr;
		if (term.colours == 256) {
			ink->fg = xterm_colour(s.fg);
			ink->bg = xterm_colour(s.bg);
		} else if (term.colours == 16) {
			ink->fg = s.fg16;
			ink->bg = s.bg16;
		} else if (term.colours == 8) {
			/* with eight, bold is what makes one bright */
			ink->fg = s.fg16 & 7;
			ink->bg = s.bg16 & 7;
			ink->attr |= s.fg16 >= 8 ? ATTR_BOLD : 0;
		} else {
			ink->attr = theme_mono((enum role)role);
		}
		set_colour(ink->set_fg, "setaf", ink->fg);
		set_colour(ink->set_bg, "setab", ink->bg);
	}
}

/* ---- open and close ---- */

/* Ctrl-S stops no output: pressed by mistake it would freeze the lecture. Curses keeps these settings. */
static void free_ctrl_s(void)
{
	struct termios now;

	if (tcgetattr(term.tty.in_fd, &now) < 0)
		return;
	now.c_iflag &= ~(tcflag_t)IXON;
	if (tcsetattr(term.tty.in_fd, TCSANOW, &now) == 0)
		def_prog_mode();
}

static bool set_up_curses(bool no_color)
{
	term.keys = newpad(1, 1);
	if (!term.keys) {
		errno = ENOMEM;
		return false;
	}
	cbreak();
	noecho();
	nonl();
	free_ctrl_s();
	keypad(term.keys, TRUE);
	meta(term.keys, TRUE);
	nodelay(term.keys, TRUE);
	set_escdelay(ESCAPE_MS);
	mousemask(MOUSE_EVENTS, NULL);
	mouseinterval(0);
	term.colours = 0;
	if (!no_color && has_colors())
		term.colours = tigetnum("colors") >= 256 ? 256 : tigetnum("colors") >= 16 ? 16 : 8;
	return true;
}

bool term_open(bool no_color)
{
	struct rescue rescue;

	if (!tty_open(&term.tty)) {
		fprintf(stderr, "mmviz: %s\n",
			_("there is no terminal to draw on; --screen, --state, --trace need none"));
		return false;
	}
	term.screen = newterm(NULL, term.tty.out, term.tty.in);
	if (!term.screen) {
		const char *name = getenv("TERM");

		fprintf(stderr,
			_("mmviz: a terminal \"%s\" (TERM) is not known, or cannot be drawn on\n"),
			name ? name : "");
		tty_close(&term.tty);
		return false;
	}
	term.is_open = true;
	atexit(term_close);
	rescue = prepare_rescue();
	if (!signals_catch(&rescue) || !set_up_curses(no_color)) {
		int error = errno;

		term_close();
		fprintf(stderr, "mmviz: %s\n", strerror(error));
		return false;
	}
	prepare_pen();
	term.cursor_shown = -1;
	term_redraw();
	return true;
}

/* Until the next show the terminal is as we found it. */
static void hand_over(void)
{
	if (term.pen.write) {
		pen_reset(&term.pen);
		pen_string(&term.pen, term.string.show);
		pen_flush(&term.pen);
	}
	mousemask(0, NULL);
	endwin();
	term.redraw = true;
}

void term_close(void)
{
	if (!term.is_open)
		return;
	hand_over();
	term.is_open = false;
	signals_release();
	if (term.keys)
		delwin(term.keys);
	delscreen(term.screen);
	tty_close(&term.tty);
	grid_free(&term.shown);
	term.shown_valid = false;
	term.theme = NULL;
}

void term_size(int *width, int *height)
{
	*width = COLS;
	*height = LINES;
}

bool term_gone(void) { return term.tty.gone || signals_end(); }

void term_die(void) { signals_die(); }

void term_redraw(void) { term.redraw = true; }

void term_suspend(void)
{
	hand_over();
	signals_stop();
	mousemask(MOUSE_EVENTS, NULL);
}

/* ---- output ---- */

/* Curses takes the terminal (again) and clears it; from here on the pen draws. */
static void start_afresh(void)
{
	clearok(curscr, TRUE);
	wrefresh(stdscr);
	pen_forget(&term.pen);
	term.shown_valid = false;
	term.cursor_shown = -1;
	term.redraw = false;
}

/* Remember what is on the terminal. Without memory everything is handed over again the next time. */
static void keep(const struct grid *g)
{
	if ((term.shown.width != g->width || term.shown.height != g->height) &&
	    !grid_resize(&term.shown, g->width, g->height)) {
		term.shown_valid = false;
		return;
	}
	memcpy(term.shown.cell, g->cell, sizeof(*g->cell) * (size_t)g->width * (size_t)g->height);
	term.shown_valid = true;
}

void term_show(const struct grid *g, const struct theme *t, int cursor_x, int cursor_y)
{
	int cursor = cursor_x >= 0 && cursor_y >= 0;

	if (term.redraw)
		start_afresh();
	if (t != term.theme)
		set_theme(t);
	if (term.shown.width != g->width || term.shown.height != g->height)
		term.shown_valid = false;
	/* a frame of another size than the terminal's: the next one fits */
	if (g->width > COLS || g->height > LINES)
		return;
	pen_draw(&term.pen, term.shown_valid ? &term.shown : NULL, g);
	keep(g);
	if (cursor)
		pen_move(&term.pen, cursor_x, cursor_y);
	if (cursor != term.cursor_shown)
		pen_string(&term.pen, cursor ? term.string.show : term.string.hide);
	term.cursor_shown = cursor;
	pen_flush(&term.pen);
}

/* ---- input ---- */

static void fit_size(void)
{
	int width, height;

	if (tty_size(&term.tty, &width, &height))
		resizeterm(height, width);
	term_redraw();
}

static uint32_t read_mouse(struct mouse *mouse)
{
	MEVENT e;

	if (getmouse(&e) != OK)
		return KEY_NONE_;
	*mouse = (struct mouse){.x = e.x, .y = e.y};
	if (e.bstate & BUTTON1_PRESSED) {
		long long now = term_clock();

		mouse->buttons = 1;
		mouse->doubled = term.click.x == e.x && term.click.y == e.y &&
				 now - term.click.when <= DOUBLE_CLICK_MS;
		term.click.x = e.x;
		term.click.y = e.y;
		term.click.when = mouse->doubled ? 0 : now;
	} else if (e.bstate & BUTTON4_PRESSED) {
		mouse->buttons = 4;
	} else if (e.bstate & BUTTON5_PRESSED) {
		mouse->buttons = 5;
	} else {
		return KEY_NONE_;
	}
	return KEY_MOUSE_;
}

/* Curses' codes of special keys, and ours. */
static uint32_t special_key(wint_t code, struct mouse *mouse)
{
	static const struct {
		int code;
		uint32_t key;
	} map[] = {
		{KEY_UP, KEY_UP_},
		{KEY_DOWN, KEY_DOWN_},
		{KEY_LEFT, KEY_LEFT_},
		{KEY_RIGHT, KEY_RIGHT_},
		{KEY_ENTER, KEY_ENTER_},
		{KEY_PPAGE, KEY_PAGEUP_},
		{KEY_NPAGE, KEY_PAGEDOWN_},
		{KEY_HOME, KEY_HOME_},
		{KEY_END, KEY_END_},
		{KEY_BTAB, KEY_BACKTAB_},
		{KEY_BACKSPACE, KEY_BACKSPACE_},
		{KEY_DC, KEY_DELETE_},
		{KEY_F(1), KEY_F1_},
		{KEY_RESIZE, KEY_RESIZE_},
	};

	if (code == KEY_MOUSE)
		return read_mouse(mouse);
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].code == (int)code)
			return map[i].key;
	return KEY_NONE_;
}

static uint32_t plain_key(wint_t ch)
{
	switch (ch) {
	case '\r':
	case '\n':
		return KEY_ENTER_;
	case '\t':
		return KEY_TAB_;
	case 8:
	case 127:
		return KEY_BACKSPACE_;
	case 27:
		return KEY_ESCAPE_;
	default:
		return ch;
	}
}

/* The next key that curses has; KEY_NONE_ if there is none. */
static uint32_t read_key(struct mouse *mouse)
{
	wint_t ch = 0;
	int got = wget_wch(term.keys, &ch);

	if (got == ERR)
		return KEY_NONE_;
	return got == KEY_CODE_YES ? special_key(ch, mouse) : plain_key(ch);
}

/* What signals have asked for; KEY_NONE_ if nothing. */
static uint32_t signal_key(void)
{
	switch (signals_wish()) {
	case WISH_STOP:
		return KEY_SUSPEND_;
	case WISH_DRAW:
		fit_size();
		return KEY_RESIZE_;
	default:
		return KEY_NONE_;
	}
}

uint32_t term_key(int ms, struct mouse *mouse)
{
	long long end = term_clock() + ms;

	for (;;) {
		/* curses may have read more than one key */
		uint32_t key = term_gone() ? KEY_NONE_ : read_key(mouse);
		long long left = ms < 0 ? -1 : end - term_clock();

		if (key == KEY_NONE_ && !term_gone())
			key = signal_key();
		if (key != KEY_NONE_ || term_gone() || left == 0 || (ms >= 0 && left < 0))
			return key;
		tty_wait(&term.tty, signals_fd(), (int)left);
	}
}

bool term_calls(void) { return term_gone() || tty_wait(&term.tty, signals_fd(), 0); }
