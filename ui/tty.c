/*
 * The terminal as a device.
 *
 * A scenario may come through standard input (mmviz - < lecture.txt), and output may be redirected: keys and
 * screen then are the controlling terminal's, /dev/tty.
 *
 * A terminal may vanish, with its window or its line: writing fails then, or the keyboard is readable with
 * nothing to read.  It is noted, nothing more is written, and the main loop ends by itself.
 */
#include "tty.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "signals.h"

static FILE *find_terminal(FILE *standard, const char *mode)
{
	return isatty(fileno(standard)) ? standard : fopen("/dev/tty", mode);
}

static void close_files(struct tty *t)
{
	if (t->in && t->in != stdin)
		fclose(t->in);
	if (t->out && t->out != stdout)
		fclose(t->out);
	t->in = t->out = NULL;
}

bool tty_open(struct tty *t)
{
	*t = (struct tty){.in = find_terminal(stdin, "r"), .out = find_terminal(stdout, "w")};
	if (t->in && t->out) {
		t->in_fd = fileno(t->in);
		t->out_fd = fileno(t->out);
		if (tcgetattr(t->in_fd, &t->before) == 0)
			return true;
	}
	close_files(t);
	return false;
}

void tty_close(struct tty *t)
{
	tcsetattr(t->in_fd, TCSANOW, &t->before);
	close_files(t);
}

void tty_write(struct tty *t, const char *bytes, size_t n)
{
	while (n > 0 && !t->gone) {
		ssize_t done = write(t->out_fd, bytes, n);

		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		} else if (errno == EINTR && signals_end()) {
			signals_die_at_once();
		} else if (errno != EINTR && errno != EAGAIN) {
			t->gone = true;
		}
	}
}

bool tty_size(const struct tty *t, int *width, int *height)
{
	struct winsize size;

	if (ioctl(t->out_fd, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col)
		return false;
	*width = size.ws_col;
	*height = size.ws_row;
	return true;
}

bool tty_feeds_straight(const struct tty *t)
{
	struct termios now;

	return tcgetattr(t->out_fd, &now) == 0 && !((now.c_oflag & OPOST) && (now.c_oflag & ONLCR));
}

/* Has the terminal gone?  A closed one is readable, and there is nothing to read. */
static bool is_end(const struct pollfd *fd)
{
	int bytes = 0;

	if (fd->revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	return (fd->revents & POLLIN) && (ioctl(fd->fd, FIONREAD, &bytes) < 0 || bytes == 0);
}

bool tty_wait(struct tty *t, int wake_fd, int ms)
{
	struct pollfd fd[2] = {{.fd = t->in_fd, .events = POLLIN},
			       {.fd = wake_fd, .events = POLLIN}};

	int ready = poll(fd, 2, ms);

	if (ready < 0)
		t->gone = t->gone || errno != EINTR;
	else if (is_end(&fd[0]))
		t->gone = true;
	return ready != 0;
}
