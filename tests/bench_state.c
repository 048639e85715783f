/*
 * The state listing of 100,000 events, from the text of the scenario to the last byte.
 *
 *	one process        maps, writes, unmaps
 *	a program          malloc and free, over a heap
 *	files and forks    children that write to what they share, mappings of files
 *	many areas         two hundred of them, rights that change
 *	many processes     thirty children, of which each event touches one
 *	many pages         two thousand, of which each event takes one or brings one back
 *
 * The listing is counted and thrown away: how fast it can be kept is up to the disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/listing.h"

enum { EVENTS = 100000 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Bytes that would have been written. */
static ssize_t count_bytes(void *cookie, const char *buf, size_t size)
{
	(void)buf;
	*(uint64_t *)cookie += size;
	return (ssize_t)size;
}

/* first once, then body again and again, `$i` counted, until there are enough events. */
static char *repeated(const char *first, const char *body)
{
	unsigned events = 0;
	char *text = malloc(strlen(first) + strlen(body) + 64);

	for (const char *p = body; *p; p++)
		events += *p == '\n';
	sprintf(text, "%srepeat %u\n%send\n", first, EVENTS / events, body);
	return text;
}

static void bench(const char *name, char *text)
{
	double start = now_ms(), parsed, took;
	uint64_t bytes = 0;
	FILE *out = fopencookie(&bytes, "w", (cookie_io_functions_t){.write = count_bytes});
	struct scenario *s;
	struct diags d;

	diags_init(&d);
	s = scenario_parse("tests/bench.txt", text, strlen(text), NULL, &d);
	if (!s || !out) {
		diags_print(&d, stderr);
		exit(1);
	}
	parsed = now_ms() - start;
	list_state(s, out);
	took = now_ms() - start;
	printf("%-16s %6.0f ms, %.0f of them parsing: %7.0f events a second, %5.0f bytes an "
	       "event\n",
	       name, took, parsed, scenario_nr_events(s) / took * 1e3,
	       (double)bytes / scenario_nr_events(s));
	fclose(out);
	scenario_free(s);
	diags_free(&d);
	free(text);
}

/* 200 areas side by side that cannot merge. */
static const char areas[] =
	"spawn sh\nrepeat 100\nmmap sh a$i 8K prot=rw\nmmap sh b$i 8K prot=r\nend\n";

static const char processes[] = "spawn sh cases/subject\nmmap sh buf 64K\nwrite sh buf 64K\n"
				"mmap sh f 32K file=cases/data64k\nread sh f 32K\n"
				"repeat 30\nfork sh kid$i\nend\n";

int main(void)
{
	bench("one process",
	      repeated("spawn sh\nmmap sh buf 64K\n", "write sh buf+8K\nmmap sh r 16K\nwrite sh r "
						      "8K\nread sh r+8K\nmunmap sh r\n"));
	bench("a program", repeated("spawn sh\n", "malloc sh a 100\nwrite sh a\nmalloc sh b 9000\n"
						  "write sh b\nfree sh a\nfree sh b\n"));
	bench("files and forks",
	      repeated("spawn sh cases/wide\nmmap sh f 64K file=cases/data64k\nread sh f 64K\n"
		       "mmap sh s 32K shared\nmmap sh buf 128K\nwrite sh buf 128K\n",
		       "fork sh kid\nwrite kid buf 16K\nwrite sh buf+8K\nwrite kid f+8K\n"
		       "write sh s\nexec kid cases/subject\nwrite kid data\nexit kid\n"));
	bench("many areas", repeated(areas, "write sh a7\nmprotect sh a7 4K prot=r\n"
					    "mprotect sh a7 4K prot=rw\nread sh b50\n"));
	bench("many processes",
	      repeated(processes,
		       "write kid3 buf\nwrite kid17 buf+8K\nread kid5 data\nwrite sh buf\n"));
	bench("many pages",
	      repeated("spawn sh\nmmap sh buf 2000p\nwrite sh buf\nwrite sh buf 2000p\n",
		       "write sh buf+200p\nmadvise sh buf+800p 4K dontneed\n"
		       "write sh buf+800p\nread sh buf+100p 4K\n"));
	return 0;
}
