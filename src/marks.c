/*
 * Marks: checkpoints with their place in time.
 *
 * There is a limit to the host memory they take.  When it is reached, the mark goes whose going leaves the
 * smallest gap: where marks lie dense, around where the user stepped, they become sparse, and a long run
 * ends up with gaps of about the same work:
 *
 *	|    |    |    | | ||*|    |        * is given up: its neighbours are nearest
 */
#include "marks.h"

#include <stdlib.h>
#include <string.h>

int when_compare(struct when a, struct when b)
{
	if (a.event != b.event)
		return a.event < b.event ? -1 : 1;
	return a.step < b.step ? -1 : a.step > b.step;
}

size_t marks_bytes(const struct marks *k)
{
	return checkpoints_bytes(k->checkpoints) + k->story_bytes + k->cap * sizeof(*k->mark);
}

/* Index of the first mark after a moment. */
static size_t first_after(const struct marks *k, struct when at)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (when_compare(k->mark[middle].at, at) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void free_mark(struct marks *k, struct mark *mark)
{
	checkpoint_drop(k->checkpoints, mark->checkpoint);
	if (mark->story) {
		k->story_bytes -= story_bytes(mark->story);
		story_free(mark->story);
	}
}

static void remove_mark(struct marks *k, size_t i)
{
	free_mark(k, &k->mark[i]);
	memmove(&k->mark[i], &k->mark[i + 1], (k->count - i - 1) * sizeof(*k->mark));
	k->count--;
}

/* Give up the mark that is missed least; never the first, nor the one at `keep`. False: there is none. */
static bool thin_out(struct marks *k, size_t *keep)
{
	uint64_t smallest = UINT64_MAX;
	size_t victim = 0;

	for (size_t i = 1; i + 1 < k->count; i++) {
		uint64_t gap = k->mark[i + 1].work - k->mark[i - 1].work;

		if (i != *keep && gap < smallest) {
			smallest = gap;
			victim = i;
		}
	}
	if (victim == 0)
		return false;
	remove_mark(k, victim);
	*keep -= victim < *keep;
	return true;
}

/* Room for one more; false: no memory. */
static bool make_room(struct marks *k)
{
	size_t cap = k->cap ? k->cap * 2 : 64;
	struct mark *more;

	if (k->count < k->cap)
		return true;
	more = realloc(k->mark, cap * sizeof(*more));
	if (!more)
		return false;
	k->mark = more;
	k->cap = cap;
	return true;
}

void marks_take(struct marks *k, const struct mark *place, const struct story *story)
{
	size_t at = first_after(k, place->at);
	struct mark mark = *place;
	bool again = at > 0 && when_compare(k->mark[at - 1].at, place->at) == 0;

	if (again && (!story || k->mark[at - 1].story))
		return;
	if (!make_room(k))
		return;
	mark.checkpoint = checkpoint_take(k->checkpoints);
	mark.story = mark.checkpoint && story ? story_copy(story) : NULL;
	if (!mark.checkpoint || (story && !mark.story)) {
		checkpoint_drop(k->checkpoints, mark.checkpoint);
		return;
	}
	if (again)
		remove_mark(k, --at); /* taken without its story */
	if (mark.story)
		k->story_bytes += story_bytes(mark.story);
	memmove(&k->mark[at + 1], &k->mark[at], (k->count - at) * sizeof(*k->mark));
	k->mark[at] = mark;
	k->count++;
	while (marks_bytes(k) > k->limit && thin_out(k, &at))
		continue;
}

/* Can the story of target's event be had from here on? */
static bool leads_to(const struct mark *mark, struct when target)
{
	if (mark->at.event != target.event || target.event == 0)
		return true;
	if (mark->at.step != target.step)
		return mark->story != NULL;
	/* between two slices is a little later than just after the step */
	return mark->at.step == STEP_END && mark->story;
}

const struct mark *marks_find(const struct marks *k, struct when target)
{
	size_t i = first_after(k, target);

	while (i > 0 && !leads_to(&k->mark[i - 1], target))
		i--;
	return i > 0 ? &k->mark[i - 1] : NULL;
}

void marks_drop_after(struct marks *k, struct when at)
{
	size_t first = first_after(k, at);

	for (size_t i = first; i < k->count; i++)
		free_mark(k, &k->mark[i]);
	k->count = first;
}

void marks_free(struct marks *k)
{
	for (size_t i = 0; i < k->count; i++)
		free_mark(k, &k->mark[i]);
	free(k->mark);
	k->mark = NULL;
	k->count = k->cap = 0;
}
