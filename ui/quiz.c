/*
 * The quiz: a question before an event runs.
 *
 * Going on meets the question first and the event second, so that a hall has time to answer.  Any other way
 * to move in time passes by.  After the event its answer stands in the narration.
 */
#include <string.h>

#include "screen.h"
#include "src/i18n.h"

enum { CHOICES_MAX = 8, BOX_WIDTH = 64 };

static const struct quiz *quiz_of(const struct screen *s, uint32_t event)
{
	return scenario_quiz(s->view.scenario, event, s->view.language);
}

bool quiz_ask(struct screen *s)
{
	struct when now = timeline_now(s->view.timeline);
	uint32_t next = now.step == 0 ? now.event : now.event + 1;

	if (s->quiz_open || (now.step != 0 && !view_is_complete(&s->view)) ||
	    next > scenario_nr_events(s->view.scenario) || !quiz_of(s, next))
		return false;
	s->quiz_open = true;
	s->quiz_event = next;
	s->quiz_choice = 0;
	s->playing = false;
	return true;
}

/* The n-th choice of "a|b|c"; its length, 0 if there is none. */
static int choice(const struct quiz *q, int n, const char **text)
{
	const char *p = q->choices;

	for (; p && n > 0; n--) {
		p = strchr(p, '|');
		p = p ? p + 1 : NULL;
	}
	*text = p;
	return p ? (int)strcspn(p, "|") : 0;
}

bool quiz_key(struct screen *s, uint32_t key)
{
	const struct quiz *q = quiz_of(s, s->quiz_event);
	const char *text;

	if (key < 'a' || key >= 'a' + CHOICES_MAX || !choice(q, (int)(key - 'a'), &text))
		return false;
	s->quiz_choice = (char)key;
	return true;
}

void quiz_draw(const struct screen *s, const struct area *a)
{
	const struct quiz *q = quiz_of(s, s->quiz_event);
	int width = a->width < BOX_WIDTH + 4 ? a->width : BOX_WIDTH, inside = width - 4,
	    choices = 0, y = 0, lines;
	const char *text;

	while (choices < CHOICES_MAX && choice(q, choices, &text))
		choices++;
	lines = put_wrapped(a, 0, 0, inside, 0, ROLE_SAY, q->question);

	int height = lines + choices + (choices > 0) + 4;
	struct area box =
		area_sub(a, (a->width - width) / 2, (a->height - height) / 2, width, height);

	for (int i = 0; i < box.height; i++)
		fill(&box, 0, i, box.width, ' ', ROLE_NORMAL);

	struct area in = draw_box(&box, _("Question"), NULL, true);

	in = area_sub(&in, 1, 0, in.width - 2, in.height);
	y += put_wrapped(&in, 0, y, in.width, in.height, ROLE_SAY, q->question) + 1;
	for (int i = 0; i < choices; i++, y++) {
		int len = choice(q, i, &text);
		bool chosen = s->quiz_choice == 'a' + i;

		if (chosen)
			fill(&in, 0, y, in.width, ' ', ROLE_CHOSEN);
		put_char(&in, 1, y, (uint32_t)('a' + i), chosen ? ROLE_CHOSEN : ROLE_BORDER_ACTIVE,
			 ATTR_BOLD);
		put_format(&in, 4, y, chosen ? ROLE_CHOSEN : ROLE_NORMAL, 0, "%.*s", len, text);
	}
	put_text(&in, 0, in.height - 1, ROLE_DIM, 0,
		 choices ? _("a letter chooses, n runs the event") : _("n runs the event"));
}

/* What became of a choice, and the answer; where nothing was chosen, the answer behind a word. */
static size_t verdict(const struct screen *s, const struct quiz *q, const char *word, char *buf,
		      size_t size)
{
	const char *text = NULL;
	int len = s->quiz_event == timeline_now(s->view.timeline).event && s->quiz_choice
			  ? choice(q, s->quiz_choice - 'a', &text)
			  : 0;

	if (len && strlen(q->answer) == (size_t)len && strncmp(q->answer, text, (size_t)len) == 0)
		return (size_t)snprintf(buf, size, _("Right: %s"), q->answer);
	if (len)
		return (size_t)snprintf(buf, size, _("Not \"%.*s\": %s"), len, text, q->answer);
	return (size_t)snprintf(buf, size, "%s%s", word, q->answer);
}

size_t quiz_answer(const struct screen *s, bool with_question, char *buf, size_t size)
{
	uint32_t event = timeline_now(s->view.timeline).event;
	const struct quiz *q = event ? quiz_of(s, event) : NULL;
	size_t len = 0;

	if (!q || !view_is_complete(&s->view))
		return 0;
	if (with_question)
		len = (size_t)snprintf(buf, size, "%s  ", q->question);
	if (len >= size)
		return len;
	return len + verdict(s, q, with_question ? "" : _("Answer: "), buf + len, size - len);
}
