/*
 * The program in a pseudo terminal: the first screen, keys, resize, and every way out gives the terminal back.
 */
#include <check.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ui/app.h"

static const char lecture[] =
	"spawn sh\nmmap sh buf 8K\nwrite sh buf value=A\nfork sh kid\nwrite kid buf value=K\n";

enum { PATIENCE_MS = 20000, SILENCE_MS = 200 };

static pid_t pid;
static int fd;
static struct termios before;
static char seen[1 << 20]; /* everything the program has written */
static size_t nr_seen;

static bool is_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

/* How long to wait for what must come: under valgrind a frame takes seconds, and more beside other work. */
static int patience_ms(void) { return is_under_valgrind() ? 10 * PATIENCE_MS : PATIENCE_MS; }

static int run_program(bool no_color)
{
	struct ui_options o = {.language = "en", .no_color = no_color};
	struct diags d;
	struct scenario *s;
	int status;

	diags_init(&d);
	s = scenario_parse("lecture.txt", lecture, sizeof(lecture) - 1, NULL, &d);
	status = s ? app_run(s, &o) : 3;
	scenario_free(s);
	return status;
}

/* The program as a shell's job in the foreground, continued as soon as it has stopped; its exit status. */
static int run_job(void)
{
	int status = 0;
	pid_t job = fork();

	if (job == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		_exit(run_program(false));
	}
	while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
		dprintf(STDOUT_FILENO, "the job has stopped");
		kill(job, SIGCONT);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

static void start(const char *term, bool no_color)
{
	struct winsize size = {.ws_col = 80, .ws_row = 24};
	int go[2];
	char byte;

	/* the program begins when the settings of before are known: when go is closed */
	ck_assert_int_eq(pipe(go), 0);
	pid = forkpty(&fd, NULL, NULL, &size);
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(go[1]);
		ck_assert_int_eq(read(go[0], &byte, 1), 0);
		setenv("TERM", strcmp(term, "job") == 0 ? "xterm-256color" : term, 1);
		_exit(strcmp(term, "job") == 0 ? run_job() : run_program(no_color));
	}
	ck_assert_int_eq(tcgetattr(fd, &before), 0);
	close(go[0]);
	close(go[1]);
	nr_seen = 0;
	seen[0] = '\0';
}

/* Read for at most ms milliseconds. False: nothing came, or the program has ended. */
static bool take(int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, ms) <= 0 || nr_seen + 1 >= sizeof(seen))
		return false;
	n = read(fd, seen + nr_seen, sizeof(seen) - 1 - nr_seen);
	if (n <= 0)
		return false;
	nr_seen += (size_t)n;
	seen[nr_seen] = '\0';
	return true;
}

/* Wait until a text has been written after place `from`. */
static void await_from(size_t from, const char *text)
{
	while (!strstr(seen + from, text))
		ck_assert_msg(take(patience_ms()), "no \"%s\" in %s", text, seen + from);
}

static void type(const char *keys)
{
	ck_assert_int_eq(write(fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static void settle(void)
{
	while (take(SILENCE_MS))
		;
}

/* The program ends; its status as wait gives it. */
static int end_status(void)
{
	int status = 0;

	while (take(patience_ms()))
		;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* The alternate screen was left last, the cursor shown, and the settings are those of before. */
static void check_given_back(void)
{
	const char *left = NULL;
	struct termios after;

	for (const char *p = seen; (p = strstr(p, "\033[?1049l")); p++)
		left = p;
	ck_assert_ptr_nonnull(left);
	ck_assert_ptr_null(strstr(left, "\033[?1049h"));
	ck_assert_ptr_nonnull(strstr(seen, "\033[?25h"));
	if (tcgetattr(fd, &after) == 0) {
		ck_assert_uint_eq(after.c_lflag, before.c_lflag);
		ck_assert_uint_eq(after.c_iflag, before.c_iflag);
		ck_assert_uint_eq(after.c_oflag, before.c_oflag);
	}
	close(fd);
}

START_TEST(q_ends_with_status_0)
{
	int status;

	start("xterm-256color", false);
	await_from(0, "\033[?1049h");
	await_from(0, "quit");
	type("nnq");
	status = end_status();
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	check_given_back();
}
END_TEST

START_TEST(a_signal_gives_the_terminal_back)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGABRT, SIGSEGV, SIGQUIT};
	int status;

	start("xterm-256color", false);
	await_from(0, "quit");
	settle();
	kill(pid, signals[_i]);
	status = end_status();
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), signals[_i]);
	check_given_back();
}
END_TEST

/*
 * SIGTERM, without reading a byte, until the program has ended; its status.  Curses may be the one that waits, and
 * it does not hear the first signal.
 */
static int terminate_unread(void)
{
	int status = 0;
	pid_t ended = 0;

	for (int ms = 0; ms < patience_ms() && !ended; ms += 10) {
		if (ms % 100 == 0)
			kill(pid, SIGTERM);
		usleep(10000);
		ended = waitpid(pid, &status, WNOHANG);
	}
	ck_assert_int_eq(ended, pid);
	return status;
}

START_TEST(a_terminal_that_takes_nothing_does_not_keep_the_program)
{
	static const struct winsize sizes[] = {{.ws_col = 200, .ws_row = 60},
					       {.ws_col = 199, .ws_row = 59}};
	struct termios after;
	int status;

	start("xterm-256color", false);
	await_from(0, "quit");
	settle();
	for (int i = 0; i < 200; i++) {
		ioctl(fd, TIOCSWINSZ, &sizes[i % 2]);
		kill(pid, SIGWINCH);
		usleep(2000);
	}
	status = terminate_unread();
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	if (tcgetattr(fd, &after) == 0)
		ck_assert_uint_eq(after.c_lflag, before.c_lflag);
	close(fd);
}
END_TEST

START_TEST(ctrl_s_does_not_freeze_the_screen)
{
	size_t from;

	start("xterm-256color", false);
	await_from(0, "quit");
	settle();
	from = nr_seen;
	type("\023G");
	await_from(from, "COW copy");
	type("q");
	ck_assert_int_eq(end_status(), 0);
	check_given_back();
}
END_TEST

START_TEST(a_terminal_that_vanishes_ends_the_program)
{
	int status = 0;

	start("xterm-256color", false);
	await_from(0, "quit");
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGHUP : WIFEXITED(status));
}
END_TEST

START_TEST(stopping_gives_the_terminal_back_and_continuing_takes_it)
{
	size_t from;

	/* valgrind keeps a signal back until the next call that blocks: who sends himself one goes on before it comes */
	if (is_under_valgrind())
		return;
	start("job", false);
	await_from(0, "quit");
	settle();
	from = nr_seen;
	type("\x1a");
	await_from(from, "the job has stopped");
	ck_assert(strstr(seen + from, "\033[?1049l") < strstr(seen + from, "the job has stopped"));
	from = (size_t)(strstr(seen + from, "the job has stopped") - seen);
	await_from(from, "\033[?1049h");
	await_from(from, "quit");
	settle();
	type("q");
	ck_assert_int_eq(end_status(), 0);
	close(fd);
}
END_TEST

START_TEST(a_resize_draws_a_frame_of_the_new_size)
{
	struct winsize size = {.ws_col = 120, .ws_row = 40};
	size_t from;

	start("xterm-256color", false);
	await_from(0, "quit");
	settle();
	from = nr_seen;
	ioctl(fd, TIOCSWINSZ, &size);
	kill(pid, SIGWINCH);
	await_from(from, "\033[40;");
	size.ws_col = 10;
	size.ws_row = 2;
	ioctl(fd, TIOCSWINSZ, &size);
	kill(pid, SIGWINCH);
	await_from(from, "too small");
	type("q");
	ck_assert_int_eq(end_status(), 0);
	check_given_back();
}
END_TEST

START_TEST(every_kind_of_terminal_gets_its_screen)
{
	static const struct {
		const char *term;
		bool no_color, coloured;
	} kinds[] = {
		{"xterm-256color", false, true}, {"xterm", false, true},
		{"screen", false, true},         {"linux", false, true},
		{"vt100", false, false},         {"xterm-256color", true, false},
	};
	bool coloured;

	start(kinds[_i].term, kinds[_i].no_color);
	await_from(0, "quit");
	settle();
	/* the ground of the dark theme: grey 18, or black */
	coloured = strstr(seen, "48;5;233m") || strstr(seen, "40m");
	ck_assert_int_eq(coloured, kinds[_i].coloured);
	type("nnnq");
	ck_assert_int_eq(end_status(), 0);
	close(fd);
}
END_TEST

START_TEST(an_unknown_terminal_is_an_error)
{
	int status;

	start("no-such-terminal", false);
	status = end_status();
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 2);
	ck_assert_ptr_nonnull(strstr(seen, "no-such-terminal"));
	close(fd);
}
END_TEST

START_TEST(the_mouse_chooses_a_panel)
{
	size_t from;

	start("xterm-256color", false);
	await_from(0, "quit");
	settle();
	from = nr_seen;
	/* a press of button 1 in column 60, row 4, as xterm's SGR mode tells it */
	type("\033[<0;60;4M");
	await_from(from, "\xe2\x94\x8f");
	type("q");
	ck_assert_int_eq(end_status(), 0);
	close(fd);
}
END_TEST

Suite *term_suite(void)
{
	Suite *s = suite_create("term");
	TCase *t = tcase_create("term");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, q_ends_with_status_0);
	tcase_add_loop_test(t, a_signal_gives_the_terminal_back, 0, 6);
	tcase_add_test(t, a_terminal_that_vanishes_ends_the_program);
	tcase_add_test(t, a_terminal_that_takes_nothing_does_not_keep_the_program);
	tcase_add_test(t, ctrl_s_does_not_freeze_the_screen);
	tcase_add_test(t, stopping_gives_the_terminal_back_and_continuing_takes_it);
	tcase_add_test(t, a_resize_draws_a_frame_of_the_new_size);
	tcase_add_loop_test(t, every_kind_of_terminal_gets_its_screen, 0, 6);
	tcase_add_test(t, an_unknown_terminal_is_an_error);
	tcase_add_test(t, the_mouse_chooses_a_panel);
	suite_add_tcase(s, t);
	return s;
}
