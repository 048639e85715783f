/*
 * Watching an arena by the host's MMU.
 *
 * The arena is write-protected.  The first write into a granule of 16 KiB raises a fault; its handler
 * notes the granule as dirty and lets it be written:
 *
 *	clean      protected; its bytes are those that the owner knows
 *	dirty      writable, on the list; its bytes may be anything
 *
 * So whoever wants to know what changed looks at the dirty granules alone: an event of a scenario
 * writes into five or ten, out of hundreds.
 *
 * A fault costs some microseconds, which is more than comparing 16 KiB.  So a granule that was found
 * changed twice in a row is "hot": it stays dirty and is compared every time (struct machine, the TLB,
 * the first tasks).  One that was found unchanged eight times in a row is "cold": whoever goes to and
 * fro inside an event need not compare for ever what an earlier one wrote.  And a writer who goes on to
 * the next granule is given two, then four, then eight.
 *
 * What a granule held at the beginning is copied aside before its first write.  So beginning to watch
 * costs nothing, and memory that is never touched is never read.
 *
 * Law: a granule is clean or dirty; one that was never dirty is as at the beginning.
 *
 * Where all this cannot be (the host tells no more pieces of a mapping apart; under valgrind, which does
 * not keep all registers over a handler that returns), nothing is protected, and the owner calls
 * everything dirty.
 */
#include "watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	GRANULE_BYTES_MIN = 16384, /* at least the host's page                     */
	PIECE_BYTES = 4096,        /* of the origin: zero pieces take no memory    */
	MAX_WATCHED = 8,           /* arenas watched at the same moment            */
	MAX_SWEEP = 8,             /* granules opened at once for a linear writer  */
	HOT = 2,                   /* found changed this often in a row: stay open */
	COLD = -8,                 /* found unchanged this often: closed early     */
};

/* Arenas whose faults are ours, and who had the signals before. */
static struct watch *watched[MAX_WATCHED];
static struct sigaction previous_segv, previous_bus;

static const unsigned char zeros[PIECE_BYTES];

static size_t nr_granules(const struct watch *w) { return w->size / w->granule_bytes; }

/* ---- granules ---- */

static bool protect(const struct watch *w, size_t g, size_t n, int rights)
{
	return mprotect(w->base + g * w->granule_bytes, n * w->granule_bytes, rights) == 0;
}

/* All may be written again.  Nothing is done where nothing was protected: valgrind would look at each
 * byte of the gigabytes that are reserved. */
static void unprotect(const struct watch *w)
{
	if (w->watching)
		protect(w, 0, nr_granules(w), PROT_READ | PROT_WRITE);
}

/* Copy a granule aside that is going to be written for the first time. Safe in a signal handler. */
static void save_origin(struct watch *w, size_t g)
{
	size_t start = g * w->granule_bytes;

	if (w->is_saved[g / 64] >> (g % 64) & 1)
		return;
	w->is_saved[g / 64] |= (uint64_t)1 << (g % 64);
	for (size_t at = start; at < start + w->granule_bytes && at < w->origin_bytes;
	     at += PIECE_BYTES)
		if (memcmp(w->base + at, zeros, PIECE_BYTES) != 0) {
			memcpy(w->origin + at, w->base + at, PIECE_BYTES);
			w->saved_bytes += PIECE_BYTES;
		}
}

const unsigned char *watch_origin(const struct watch *w, size_t offset)
{
	size_t g = offset / w->granule_bytes;

	if (!(w->is_saved[g / 64] >> (g % 64) & 1))
		return NULL;
	return offset < w->origin_bytes ? w->origin + offset : zeros;
}

static void mark_dirty(struct watch *w, size_t g)
{
	if (watch_is_dirty(w, g))
		return;
	save_origin(w, g);
	if (w->heat[g] < 0)
		w->heat[g] = 0;
	w->is_dirty[g / 64] |= (uint64_t)1 << (g % 64);
	w->dirty[w->nr_dirty++] = (uint32_t)g;
}

/* Give up: nothing is protected from now on. Safe in a signal handler. */
static void stop_watching(struct watch *w)
{
	for (size_t g = 0; g * w->granule_bytes < w->origin_bytes; g++)
		save_origin(w, g);
	unprotect(w);
	w->watching = false;
}

void watch_make_dirty(struct watch *w, size_t g, size_t n)
{
	if (w->watching && !protect(w, g, n, PROT_READ | PROT_WRITE))
		stop_watching(w);
	for (size_t i = 0; i < n; i++)
		mark_dirty(w, g + i);
}

void watch_all_dirty(struct watch *w, size_t end)
{
	memset(w->is_dirty, 0, (nr_granules(w) / 64 + 2) * sizeof(*w->is_dirty));
	w->nr_dirty = 0;
	for (size_t g = 0; g < nr_granules(w) && g * w->granule_bytes < end; g++)
		mark_dirty(w, g);
}

void watch_compared(struct watch *w, size_t g, bool changed)
{
	int8_t *heat = &w->heat[g];

	if (changed)
		*heat = *heat < 0 ? 1 : *heat < HOT ? *heat + 1 : HOT;
	else
		*heat = *heat > 0 ? 0 : *heat > COLD ? *heat - 1 : COLD;
}

static int compare_granules(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Dirty granules of less heat become clean. Neighbours are protected by one call. */
static void clean_below(struct watch *w, int heat)
{
	size_t kept = 0, i = 0;

	if (!w->watching)
		return;
	qsort(w->dirty, w->nr_dirty, sizeof(*w->dirty), compare_granules);
	while (i < w->nr_dirty && w->watching) {
		size_t g = w->dirty[i], n = 0;

		if (w->heat[g] >= heat) {
			w->dirty[kept++] = w->dirty[i++];
			continue;
		}
		for (; i < w->nr_dirty && w->dirty[i] == g + n && w->heat[g + n] < heat; i++, n++)
			w->is_dirty[(g + n) / 64] &= ~((uint64_t)1 << ((g + n) % 64));
		if (!protect(w, g, n, PROT_READ))
			stop_watching(w);
	}
	w->nr_dirty = kept;
	w->next_sweep = SIZE_MAX;
}

void watch_clean(struct watch *w) { clean_below(w, HOT); }

void watch_clean_cold(struct watch *w)
{
	for (size_t i = 0; i < w->nr_dirty; i++)
		if (w->heat[w->dirty[i]] == COLD) {
			clean_below(w, COLD + 1);
			return;
		}
}

/* ---- the signal ---- */

/* A write into a clean granule of w?  Then open it and what a linear writer will need next. */
static bool open_for_write(struct watch *w, const unsigned char *address)
{
	size_t g, n = 1;

	if (!w->watching || address < w->base || address >= w->base + w->size)
		return false;
	g = (size_t)(address - w->base) / w->granule_bytes;
	if (watch_is_dirty(w, g))
		return false;
	w->sweep = g == w->next_sweep && w->sweep < MAX_SWEEP ? w->sweep * 2 : 1;
	while (n < w->sweep && g + n < nr_granules(w) && !watch_is_dirty(w, g + n))
		n++;
	watch_make_dirty(w, g, n);
	w->next_sweep = g + n;
	return true;
}

/* Not ours: what would have happened without us. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	const struct sigaction *p = sig == SIGSEGV ? &previous_segv : &previous_bus;

	if (p->sa_flags & SA_SIGINFO) {
		p->sa_sigaction(sig, info, context);
	} else if (p->sa_handler != SIG_DFL && p->sa_handler != SIG_IGN) {
		p->sa_handler(sig);
	} else {
		signal(sig, SIG_DFL);
		raise(sig); /* delivered when the handler returns */
	}
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	int saved = errno;
	bool ours = false;

	/* si_code > 0: from the MMU; else somebody sent the signal */
	for (int i = 0; i < MAX_WATCHED && info->si_code > 0 && !ours; i++)
		ours = watched[i] && open_for_write(watched[i], info->si_addr);
	if (!ours)
		pass_on(sig, info, context);
	errno = saved;
}

static bool signal_is_ours(int sig)
{
	struct sigaction now;

	return sigaction(sig, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
	       now.sa_sigaction == on_fault;
}

static void take_signal(int sig, struct sigaction *previous)
{
	struct sigaction ours = {.sa_flags = SA_SIGINFO | SA_ONSTACK};

	if (signal_is_ours(sig))
		return;
	ours.sa_sigaction = on_fault;
	sigemptyset(&ours.sa_mask);
	sigaction(sig, &ours, previous);
}

static void give_signal_back(int sig, const struct sigaction *previous)
{
	if (signal_is_ours(sig))
		sigaction(sig, previous, NULL);
}

/* The screen may have put its own crash handler before ours since the last time. */
void watch_signals(const struct watch *w)
{
	if (!w->watching)
		return;
	take_signal(SIGSEGV, &previous_segv);
	take_signal(SIGBUS, &previous_bus); /* what macOS sends */
}

/* ---- begin, end ---- */

/* A place in the table that the signal handler looks at. */
static bool register_watch(struct watch *w)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload && strstr(preload, "vgpreload"))
		return false; /* valgrind */
	for (int i = 0; i < MAX_WATCHED; i++)
		if (!watched[i]) {
			watched[i] = w;
			return true;
		}
	return false;
}

bool watch_begin(struct watch *w, void *base, size_t size, size_t used)
{
	long page = sysconf(_SC_PAGESIZE);

	*w = (struct watch){.base = base, .next_sweep = SIZE_MAX};
	w->granule_bytes = page > GRANULE_BYTES_MIN ? (size_t)page : GRANULE_BYTES_MIN;
	w->size = size / w->granule_bytes * w->granule_bytes;
	w->origin_bytes = (used + PIECE_BYTES - 1) / PIECE_BYTES * PIECE_BYTES;
	w->dirty = calloc(nr_granules(w), sizeof(*w->dirty));
	w->is_dirty = calloc(nr_granules(w) / 64 + 2, sizeof(*w->is_dirty));
	w->is_saved = calloc(nr_granules(w) / 64 + 2, sizeof(*w->is_saved));
	w->heat = calloc(nr_granules(w), sizeof(*w->heat));
	w->origin = calloc(1, w->origin_bytes); /* so large that it comes as untouched pages */
	if (!w->dirty || !w->is_dirty || !w->is_saved || !w->heat || !w->origin) {
		watch_end(w);
		return false;
	}
	w->watching = register_watch(w);
	watch_signals(w);
	if (!w->watching || !protect(w, 0, nr_granules(w), PROT_READ))
		stop_watching(w);
	return true;
}

void watch_end(struct watch *w)
{
	bool others = false;

	for (int i = 0; i < MAX_WATCHED; i++) {
		if (watched[i] == w)
			watched[i] = NULL;
		others |= watched[i] != NULL;
	}
	if (!others) {
		give_signal_back(SIGSEGV, &previous_segv);
		give_signal_back(SIGBUS, &previous_bus);
	}
	unprotect(w);
	free(w->dirty);
	free(w->is_dirty);
	free(w->is_saved);
	free(w->heat);
	free(w->origin);
}
