/*
 * The parser and the engine under libFuzzer: any text is a scenario or gets diagnoses, and what is a
 * scenario can be run.
 *
 * Texts are found from tests/cases, so that they may name its programs.  The machine has at most 32M,
 * and few events are run: what is wrong is wrong on a small machine, too, a thousand times a second.
 */
#include "tests/fuzz.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAM_MAX = 32 << 20, EVENTS_MAX = 100, SLICES_MAX = 120, ITERATIONS_MAX = 4096 };

/* Iterations that the text asks for, all its repeats inside each other: parsing them takes that long. */
static uint64_t iterations(const char *text, const char *end)
{
	uint64_t product = 1;

	while (product <= ITERATIONS_MAX &&
	       (text = memmem(text, (size_t)(end - text), "repeat", 6))) {
		uint64_t n = 0;

		text += 6;
		while (text < end && (isspace((unsigned char)*text) || *text == '"'))
			text++;
		for (; text < end && isdigit((unsigned char)*text) && n <= ITERATIONS_MAX; text++)
			n = n * 10 + (uint64_t)(*text - '0');
		product *= n ? n : 1;
	}
	return product;
}

static void run(const struct scenario *s)
{
	static const struct fuzz_limits limits = {EVENTS_MAX, SLICES_MAX, true};
	struct machine_config c = *scenario_config(s);
	const char *broken;

	if (c.ram_bytes > RAM_MAX)
		c.ram_bytes = RAM_MAX;
	broken = fuzz_run(s, &c, &limits);
	if (broken) {
		fprintf(stderr, "a law is broken: %s\n", broken);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct scenario *s;
	struct diags d;

	if (iterations(text, text + size) > ITERATIONS_MAX)
		return -1;
	diags_init(&d);
	s = scenario_parse("tests/cases/fuzz.txt", text, size, NULL, &d);
	if ((s == NULL) != (d.count > 0))
		abort();
	if (s)
		run(s);
	scenario_free(s);
	diags_free(&d);
	return 0;
}
