/*
 * The narration: what the lecturer says, and below it the sentence of what happened.
 *
 *	 the scenario's say, in a colour of its own
 *	 one sentence: what happened and why
 *
 * The lines are few, and stay as many from event to event, so that nothing above them moves.  Where they do not hold
 * all, the question of a quiz gives way first: its answer stays.  Then the sentence ends with one of its own full stops
 * rather than in the middle: it begins with what happened, and what can be missed stands last.  Between two
 * events it is the other way round: the lecturer has been heard, and each step has a reason that is told here alone.
 */
#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "screen.h"
#include "src/i18n.h"

enum { TEXT_MAX = 1024 };

/* A text in lines [y, y + room); returns the line after it. */
static int draw_text(const struct area *a, int y, int room, enum role role, const char *text)
{
	int lines = put_wrapped(a, 1, y, a->width - 2, room, role, text);

	return y + (lines < room ? lines : room);
}

static int lines_of(const struct area *a, const char *text)
{
	return put_wrapped(a, 0, 0, a->width - 2, 0, ROLE_NARRATION, text);
}

/* Behind a full stop, a Chinese one too, that is not the text's end; NULL: none stands at p. */
static char *behind_stop(char *p)
{
	static const char chinese[] = "\xe3\x80\x82";

	if (p[0] == '.' && p[1] == ' ' && p[2])
		return p + 1;
	if (strncmp(p, chinese, sizeof(chinese) - 1) == 0 && p[sizeof(chinese) - 1])
		return p + sizeof(chinese) - 1;
	return NULL;
}

/* Where the last sentence of a text begins, behind the full stop of the one before; NULL: it is one sentence. */
static char *last_sentence(char *text)
{
	char *last = NULL;

	for (char *p = text; *p; p++)
		if (behind_stop(p))
			last = behind_stop(p);
	return last;
}

/* Drop sentences from the end until the rest fits, or one is left. */
static void cut_to_fit(const struct area *a, char *text, int room)
{
	char *last;

	while (lines_of(a, text) > room && (last = last_sentence(text)))
		*last = '\0';
}

static int lines_of_first_sentence(const struct area *a, const char *text)
{
	char first[TEXT_MAX];

	snprintf(first, sizeof(first), "%s", text);
	cut_to_fit(a, first, 1);
	return lines_of(a, first);
}

/*
 * The sentence in the lines from y on.  What a step is for gets a line of its own where there is room: it holds
 * for many steps, and stands still meanwhile.
 */
static void draw_sentence(const struct area *a, int y, char *text, char *reason)
{
	int room = a->height - y;

	if (reason) {
		reason[-1] = '\0';
		if (lines_of(a, text) + lines_of(a, reason) <= room) {
			y = draw_text(a, y, room, ROLE_NARRATION, text);
			text = reason;
		} else {
			reason[-1] = ' ';
		}
	}
	room = a->height - y;
	cut_to_fit(a, text, room);
	draw_text(a, y, room, ROLE_NARRATION, text);
}

/*
 * How many of `room` lines the lecturer's words get: all that they need if the first sentence still fits below them;
 * else what that one leaves, but at least half.
 */
static int lines_for_say(const struct area *a, const char *say, const char *text, int room)
{
	int need = lines_of(a, say), half = (room + 1) / 2;
	int given = room - lines_of_first_sentence(a, text);

	if (given < half)
		given = half;
	return need < given ? need : given;
}

/*
 * The same at a micro-step: not more than half, so that they stand still from step to step, and less where the step
 * and its reason need more; but one line, if any.
 */
static int lines_beside_step(const struct area *a, const char *say, const char *step, int room)
{
	int need = lines_of(a, say), given = room - lines_of(a, step);

	if (given > room / 2)
		given = room / 2;
	if (given < 1)
		given = 1;
	return need < given ? need : given;
}

/* The lecturer's words from line y on, above the sentence; returns the line after them. */
static int draw_say(const struct screen *s, const struct area *a, int y, const char *say,
		    const char *text)
{
	int room = a->height - y, lines;
	char words[TEXT_MAX];

	snprintf(words, sizeof(words), "%s", say);
	lines = view_is_complete(&s->view) || timeline_now(s->view.timeline).step == 0
			? lines_for_say(a, say, text, room)
			: lines_beside_step(a, say, text, room);
	cut_to_fit(a, words, lines);
	return draw_text(a, y, lines, ROLE_SAY, words);
}

/* The first expect of this event that does not hold. */
static int draw_failure(const struct screen *s, const struct area *a, int y)
{
	long failed =
		timeline_failed_expect(s->view.timeline, timeline_now(s->view.timeline).event);
	char text[TEXT_MAX];

	if (failed < 0 || !view_is_complete(&s->view) || y >= a->height)
		return y;
	snprintf(text, sizeof(text), _("not as expected: %s"),
		 scenario_row(s->view.scenario,
			      scenario_expect(s->view.scenario, (size_t)failed)->row)
			 ->text);
	return draw_text(a, y, 1, ROLE_ERROR, text);
}

/* The quiz with its answer; without the question where `others` lines have no room below both. */
static int draw_answer(const struct screen *s, const struct area *a, int y, int others)
{
	int room = a->height - y > 2 ? 2 : 1;
	char text[TEXT_MAX];

	if (!quiz_answer(s, true, text, sizeof(text)))
		return y;
	if (lines_of(a, text) > room || y + lines_of(a, text) + others > a->height)
		quiz_answer(s, false, text, sizeof(text));
	return draw_text(a, y, room, ROLE_OK, text);
}

void narration_draw(const struct screen *s, const struct area *a)
{
	uint32_t event = timeline_now(s->view.timeline).event;
	const char *say = event ? scenario_say(s->view.scenario, event, s->view.language) : NULL;
	char text[TEXT_MAX], *reason;
	int y = 0;

	if (s->message[0])
		y = draw_text(a, y, 1, s->message_role, s->message);
	if (event)
		y = draw_failure(s, a, y);
	if (!narrate(&s->view, text, sizeof(text)))
		text[0] = '\0';
	reason = strchr(text, '\n');
	if (reason)
		*reason++ = ' ';
	if (y < a->height)
		y = draw_answer(s, a, y, lines_of(a, say ? say : "") + lines_of(a, text));
	if (say && a->height - y > 1)
		y = draw_say(s, a, y, say, text);
	draw_sentence(a, y, text, reason);
}
