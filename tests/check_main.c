/*
 * The unit tests: one suite per module, listed in suites.h.
 *
 *	unit            all suites
 *	unit SUITE      one of them
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) Suite *name##_suite(void);
#include "suites.h"
#undef SUITE

struct entry {
	const char *name;
	Suite *(*make)(void);
};

static const struct entry entries[] = {
#define SUITE(name) {#name, name##_suite},
#include "suites.h"
#undef SUITE
};

int main(int argc, char **argv)
{
	SRunner *runner = NULL;

	/* A test that hangs is ended; one on a busy machine, under a sanitizer, is only slow. */
	setenv("CK_DEFAULT_TIMEOUT", "300", 0);
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		if (argc > 1 && strcmp(argv[1], entries[i].name) != 0)
			continue;
		if (runner)
			srunner_add_suite(runner, entries[i].make());
		else
			runner = srunner_create(entries[i].make());
	}
	if (!runner)
		return EXIT_FAILURE;
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
