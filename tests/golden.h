/*
 * Golden screens: a frame's text compared with a file of tests/golden, or with MMVIZ_ACCEPT=1 written there.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static inline size_t read_golden(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(buf, 1, size - 1, f) : 0;

	if (f)
		fclose(f);
	buf[n] = '\0';
	return n;
}

static inline void accept_golden(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_msg(f != NULL, "%s cannot be written", path);
	fputs(text, f);
	fclose(f);
}

/* suite: which one accepts it. */
static inline void compare_golden(const char *name, const char *got, const char *suite)
{
	static char golden[1 << 17];
	const char *want = golden;
	char path[128];

	snprintf(path, sizeof(path), "tests/golden/%s.txt", name);
	if (getenv("MMVIZ_ACCEPT"))
		accept_golden(path, got);
	read_golden(path, golden, sizeof(golden));
	while (*got && *got == *want)
		got++, want++;
	ck_assert_msg(*got == *want,
		      "%s differs at \"%.60s\", now \"%.60s\"; to accept: MMVIZ_ACCEPT=1 "
		      "build/tests/unit %s",
		      path, want, got, suite);
}

#endif
