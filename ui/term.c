/*
 * The terminal.
 *
 * Curses is asked for what it does well: to know terminals, to decode keys, and to send little.  The grid of
 * the last show is kept; only cells that differ are handed to curses, which then sends only what the terminal
 * does not have yet.
 *
 *	grid --differs?--> runs of changed cells --> curses --> terminal
 *
 * Signals.  A handler only notes the signal and writes one byte into a pipe; the pipe is polled beside the
 * keyboard, so a signal between "is there a key?" and "wait" is not lost:
 *
 *	SIGWINCH, SIGCONT           the screen is drawn again
 *	SIGTSTP (Ctrl-Z)            the main loop suspends
 *	SIGTERM, SIGHUP, SIGINT     the main loop ends; a second one ends at once
 *	SIGSEGV, SIGABRT, ...       a crash: strings prepared at the start give the terminal back, with nothing
 *	                            but write() and tcsetattr(), and the signal goes on its way
 */
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#undef buttons /* a macro of term.h */

#include "src/i18n.h"

enum {
	DOUBLE_CLICK_MS = 400,
	ESCAPE_MS = 25,
	RUN_MAX = 256,
	RESTORE_MAX = 256,
	SIGNAL_STACK = 1 << 16
};

/* One process has one terminal, and signal handlers need to find it. */
static struct {
	bool is_open;
	SCREEN *screen;
	FILE *in, *out; /* opened here; NULL: stdin, stdout */
	int in_fd, out_fd;
	struct termios before; /* the terminal's settings that we found */
	char restore[RESTORE_MAX];
	size_t restore_len;
	int colours;               /* 0, 8, 16, 256 */
	const struct theme *theme; /* whose colours are set */
	struct grid shown;         /* what the terminal shows */
	bool shown_valid;
	int cursor_shown;
	int pipe[2];
	struct {
		int x, y;
		long long when;
	} click;
} term;

static volatile sig_atomic_t end_signal, stop_asked, draw_asked, hung_up;

long long term_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* ---- signals ---- */

/* Nothing but write and tcsetattr: may be called anywhere. */
static void give_back_in_crash(void)
{
	size_t done = 0;

	while (done < term.restore_len) {
		ssize_t n = write(term.out_fd, term.restore + done, term.restore_len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	tcsetattr(term.in_fd, TCSANOW, &term.before);
}

static void on_crash(int sig)
{
	if (term.is_open)
		give_back_in_crash();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_signal(int sig)
{
	int saved = errno;

	if (sig == SIGWINCH || sig == SIGCONT) {
		draw_asked = 1;
	} else if (sig == SIGTSTP) {
		stop_asked = 1;
	} else {
		/* asked twice, and the main loop is not listening? */
		if (end_signal)
			on_crash(sig);
		end_signal = sig;
	}
	if (write(term.pipe[1], "", 1) < 0) {
		/* the pipe is full of bytes that say the same */
	}
	errno = saved;
}

static void catch_signals(void)
{
	static const int noted[] = {SIGWINCH, SIGCONT, SIGTSTP, SIGTERM, SIGHUP, SIGINT};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};
	static char stack[SIGNAL_STACK];
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
	stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};

	sigaltstack(&other, NULL);
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++)
		sigaction(noted[i], &act, NULL);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &crash, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Append a string of terminfo, without its waits ("$<5>"). */
static void add_restore(const char *capability)
{
	const char *s = tigetstr(capability);

	if (!s || s == (const char *)-1)
		return;
	while (*s && term.restore_len < RESTORE_MAX) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>') + 1;
		else
			term.restore[term.restore_len++] = *s++;
	}
}

static void prepare_restore(void)
{
	static const char mouse_off[] = "\033[?1006;1000l";
	const char *mouse = tigetstr("kmous");

	term.restore_len = 0;
	if (mouse && mouse != (const char *)-1) {
		memcpy(term.restore, mouse_off, sizeof(mouse_off) - 1);
		term.restore_len = sizeof(mouse_off) - 1;
	}
	add_restore("sgr0");
	add_restore("op");
	add_restore("rmkx");
	add_restore("cnorm");
	add_restore("rmcup");
}

/* ---- colours ---- */

/* The nearest of xterm's 256: exact for the themes' colours. */
static short xterm_colour(int32_t rgb)
{
	int r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;

	if (r == g && g == b && r >= 8 && r <= 238 && (r - 8) % 10 == 0)
		return (short)(232 + (r - 8) / 10);
#define LEVEL(v) ((v) < 48 ? 0 : (v) < 115 ? 1 : ((v)-35) / 40)
	return (short)(16 + 36 * LEVEL(r) + 6 * LEVEL(g) + LEVEL(b));
#undef LEVEL
}

/* Pair number role + 1 gets the colours of its role. */
static void set_theme(const struct theme *t)
{
	term.theme = t;
	term.shown_valid = false;
	if (!term.colours)
		return;
	for (int role = 0; role < NR_ROLES; role++) {
		struct style s = theme_style(t, (struct cell){.role = (uint8_t)role});

		if (term.colours == 256)
			init_pair((short)(role + 1), xterm_colour(s.fg), xterm_colour(s.bg));
		else if (term.colours == 16)
			init_pair((short)(role + 1), s.fg16, s.bg16);
		else
			init_pair((short)(role + 1), s.fg16 & 7, s.bg16 & 7);
	}
}

static attr_t cell_attributes(const struct theme *t, struct cell c)
{
	const struct style *s = &t->style[c.role];
	unsigned attr = c.attr | (term.colours ? s->attr : theme_mono((enum role)c.role));
	attr_t a = 0;

	if (attr & ATTR_BOLD)
		a |= A_BOLD;
	if (attr & ATTR_UNDERLINE)
		a |= A_UNDERLINE;
	if (attr & ATTR_REVERSE)
		a |= A_REVERSE;
	/* with eight colours, bold is what makes one bright */
	if (term.colours == 8 && s->fg16 != 255 && s->fg16 >= 8)
		a |= A_BOLD;
	return a;
}

/* ---- open and close ---- */

/* fd if it is a terminal, else the controlling one, opened into *file. */
static int find_terminal(int fd, const char *mode, FILE **file)
{
	*file = NULL;
	if (isatty(fd))
		return fd;
	*file = fopen("/dev/tty", mode);
	return *file ? fileno(*file) : -1;
}

static void close_files(void)
{
	if (term.in)
		fclose(term.in);
	if (term.out)
		fclose(term.out);
	term.in = term.out = NULL;
	for (int i = 0; i < 2; i++)
		if (term.pipe[i] > 0)
			close(term.pipe[i]);
	term.pipe[0] = term.pipe[1] = 0;
}

static void set_up_curses(bool no_color)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	meta(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	term.cursor_shown = -1;
	term.colours = 0;
	if (!no_color && has_colors() && start_color() == OK)
		term.colours = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : 8;
	if (COLOR_PAIRS <= NR_ROLES)
		term.colours = 0;
}

bool term_open(bool no_color)
{
	term.in_fd = find_terminal(STDIN_FILENO, "r", &term.in);
	term.out_fd = find_terminal(STDOUT_FILENO, "w", &term.out);
	if (term.in_fd < 0 || term.out_fd < 0 || tcgetattr(term.in_fd, &term.before) < 0) {
		fprintf(stderr, "mmviz: %s\n",
			_("there is no terminal to draw on (--state, --trace, --check and --screen "
			  "need none)"));
		close_files();
		return false;
	}
	if (pipe2(term.pipe, O_NONBLOCK | O_CLOEXEC) < 0) {
		perror("mmviz");
		close_files();
		return false;
	}
	term.screen = newterm(NULL, term.out ? term.out : stdout, term.in ? term.in : stdin);
	if (!term.screen) {
		const char *name = getenv("TERM");

		fprintf(stderr,
			_("mmviz: the terminal \"%s\" is not known or cannot be drawn on (see "
			  "TERM)\n"),
			name ? name : "");
		close_files();
		return false;
	}
	set_up_curses(no_color);
	prepare_restore();
	term.is_open = true;
	catch_signals();
	atexit(term_close);
	return true;
}

void term_close(void)
{
	if (!term.is_open)
		return;
	mousemask(0, NULL);
	endwin();
	term.is_open = false;
	tcsetattr(term.in_fd, TCSANOW, &term.before);
	delscreen(term.screen);
	grid_free(&term.shown);
	term.shown_valid = false;
	term.theme = NULL;
	close_files();
}

void term_size(int *width, int *height)
{
	*width = COLS;
	*height = LINES;
}

bool term_gone(void) { return hung_up || end_signal; }

void term_die(void)
{
	if (!end_signal)
		return;
	signal(end_signal, SIG_DFL);
	raise(end_signal);
}

void term_redraw(void)
{
	clearok(curscr, TRUE);
	term.shown_valid = false;
}

void term_suspend(void)
{
	struct sigaction handler;

	stop_asked = 0;
	mousemask(0, NULL);
	endwin();
	sigaction(SIGTSTP, NULL, &handler);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	/* here we are stopped, until SIGCONT */
	sigaction(SIGTSTP, &handler, NULL);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	draw_asked = 1;
}

/* ---- output ---- */

static bool same_cell(struct cell a, struct cell b)
{
	return a.ch == b.ch && a.role == b.role && a.attr == b.attr;
}

/* Hand cells [x, end) of a row to curses. */
static void put_run(const struct grid *g, const struct theme *t, int x, int y, int end)
{
	const struct cell *row = &g->cell[(size_t)y * (size_t)g->width];
	cchar_t run[RUN_MAX];
	int n = 0, from = x;

	for (; x < end; x++) {
		wchar_t text[2] = {(wchar_t)row[x].ch, 0};

		if (row[x].ch == 0)
			continue; /* curses takes both columns with the left half */
		if (n == RUN_MAX) {
			mvwadd_wchnstr(stdscr, y, from, run, n);
			from = x;
			n = 0;
		}
		setcchar(&run[n++], text, cell_attributes(t, row[x]),
			 term.colours ? (short)(row[x].role + 1) : 0, NULL);
	}
	if (n)
		mvwadd_wchnstr(stdscr, y, from, run, n);
}

static void put_row(const struct grid *g, const struct theme *t, int y)
{
	const struct cell *now = &g->cell[(size_t)y * (size_t)g->width];
	const struct cell *old =
		term.shown_valid ? &term.shown.cell[(size_t)y * (size_t)g->width] : NULL;
	int x = 0, end;

	while (x < g->width) {
		if (old && same_cell(now[x], old[x])) {
			x++;
			continue;
		}
		/* not half a wide character, neither the new one nor the old */
		while (x > 0 && (now[x].ch == 0 || (old && old[x].ch == 0)))
			x--;
		for (end = x + 1; end < g->width; end++)
			if (old && same_cell(now[end], old[end]) && now[end].ch != 0)
				break;
		put_run(g, t, x, y, end);
		x = end;
	}
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

	if (t != term.theme)
		set_theme(t);
	if (term.shown.width != g->width || term.shown.height != g->height)
		term.shown_valid = false;
	for (int y = 0; y < g->height && y < LINES; y++)
		put_row(g, t, y);
	keep(g);
	if (cursor != term.cursor_shown)
		curs_set(cursor);
	term.cursor_shown = cursor;
	if (cursor)
		wmove(stdscr, cursor_y, cursor_x);
	leaveok(stdscr, !cursor);
	wrefresh(stdscr);
}

/* ---- input ---- */

static void fit_size(void)
{
	struct winsize size;

	if (ioctl(term.out_fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
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
	int got = wget_wch(stdscr, &ch);

	if (got == ERR)
		return KEY_NONE_;
	return got == KEY_CODE_YES ? special_key(ch, mouse) : plain_key(ch);
}

/* What signals have asked for; KEY_NONE_ if nothing. */
static uint32_t signal_key(void)
{
	char waste[64];

	while (read(term.pipe[0], waste, sizeof(waste)) > 0)
		;
	if (stop_asked)
		return KEY_SUSPEND_;
	if (draw_asked) {
		draw_asked = 0;
		fit_size();
		return KEY_RESIZE_;
	}
	return KEY_NONE_;
}

/* Has the terminal gone?  A closed one is readable, and there is nothing to read. */
static bool is_end(const struct pollfd *fd)
{
	int bytes = 0;

	if (fd->revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	return (fd->revents & POLLIN) && (ioctl(fd->fd, FIONREAD, &bytes) < 0 || bytes == 0);
}

uint32_t term_key(int ms, struct mouse *mouse)
{
	struct pollfd fd[2] = {{.fd = term.in_fd, .events = POLLIN},
			       {.fd = term.pipe[0], .events = POLLIN}};
	long long end = term_clock() + ms;

	for (;;) {
		/* curses may have read more than one key */
		uint32_t key = term_gone() ? KEY_NONE_ : read_key(mouse);
		long long left = ms < 0 ? -1 : end - term_clock();

		if (key == KEY_NONE_ && !term_gone())
			key = signal_key();
		if (key != KEY_NONE_ || term_gone() || left == 0 || (ms >= 0 && left < 0))
			return key;
		if (poll(fd, 2, (int)left) < 0 && errno != EINTR)
			hung_up = 1;
		if (is_end(&fd[0]))
			hung_up = 1;
	}
}
