/*
 * Signals.
 *
 * A handler only notes the signal and writes one byte into a pipe; the pipe is polled beside the keyboard, so a
 * signal between "is there a key?" and "wait" is not lost:
 *
 *	SIGWINCH, SIGCONT           the screen is drawn again
 *	SIGTSTP (Ctrl-Z)            the main loop suspends
 *	SIGTERM, SIGHUP, SIGINT     the main loop ends; a second one ends at once, and so does the first when
 *	                            the main loop waits for a terminal that takes nothing (tty.c)
 *	SIGSEGV, SIGABRT, ...       a crash: bytes prepared at the start give the terminal back, with nothing
 *	                            but write() and the like, and the signal goes on its way
 *
 * A stack that has overflown cannot run a handler: crashes are handled on a stack of their own.
 */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { SIGNAL_STACK = 1 << 16 };

/* Handlers get no argument but the signal: what they need is here. */
static struct rescue rescue;
static int wake[2] = {-1, -1};
static volatile sig_atomic_t end_signal, stop_asked, draw_asked, can_rescue;

/* As much of the rescue's bytes from done on as the terminal takes; how far that is. */
static size_t write_from(size_t done)
{
	while (done < rescue.n) {
		ssize_t n = write(rescue.out_fd, rescue.bytes + done, rescue.n - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

/* Nothing but what may be called anywhere. A terminal that is stopped, or that nobody reads, does not keep us: what
 * waits for it is thrown away. */
static void give_back(void)
{
	int flags = fcntl(rescue.out_fd, F_GETFL);
	size_t done;

	fcntl(rescue.out_fd, F_SETFL, flags | O_NONBLOCK);
	done = write_from(0);
	if (done < rescue.n) {
		tcflow(rescue.out_fd, TCOON);
		tcflush(rescue.out_fd, TCOFLUSH);
		write_from(done);
	}
	fcntl(rescue.out_fd, F_SETFL, flags);
	tcsetattr(rescue.in_fd, TCSANOW, &rescue.settings);
}

static void on_crash(int sig)
{
	if (can_rescue)
		give_back();
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
	if (write(wake[1], "", 1) < 0) {
		/* the pipe is full of bytes that say the same, or nobody listens any more */
	}
	errno = saved;
}

bool signals_catch(const struct rescue *r)
{
	static const int noted[] = {SIGWINCH, SIGCONT, SIGTSTP, SIGTERM, SIGHUP, SIGINT};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};
	static char stack[SIGNAL_STACK];
	struct sigaction act = {.sa_handler = on_signal};
	struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
	stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};

	if (pipe2(wake, O_NONBLOCK | O_CLOEXEC) < 0)
		return false;
	rescue = *r;
	can_rescue = 1;
	sigaltstack(&other, NULL);
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++) {
		bool ends = noted[i] == SIGTERM || noted[i] == SIGHUP || noted[i] == SIGINT;

		act.sa_flags = ends ? 0 : SA_RESTART; /* a write that waits shall hear of it */
		sigaction(noted[i], &act, NULL);
	}
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &crash, NULL);
	signal(SIGPIPE, SIG_IGN);
	return true;
}

void signals_release(void)
{
	can_rescue = 0;
	for (int i = 0; i < 2; i++) {
		int fd = wake[i];

		wake[i] = -1;
		if (fd >= 0)
			close(fd);
	}
}

int signals_fd(void) { return wake[0]; }

enum wish signals_wish(void)
{
	char waste[64];

	while (read(wake[0], waste, sizeof(waste)) > 0)
		;
	if (stop_asked)
		return WISH_STOP;
	if (!draw_asked)
		return WISH_NONE;
	draw_asked = 0;
	return WISH_DRAW;
}

bool signals_end(void) { return end_signal != 0; }

void signals_die(void)
{
	if (!end_signal)
		return;
	signal(end_signal, SIG_DFL);
	raise(end_signal);
}

void signals_die_at_once(void) { on_crash(end_signal); }

void signals_stop(void)
{
	struct sigaction handler;

	stop_asked = 0;
	sigaction(SIGTSTP, NULL, &handler);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	/* here we are stopped, until SIGCONT */
	sigaction(SIGTSTP, &handler, NULL);
	draw_asked = 1;
}
