/*
 * Statements back to text, for saving.
 */
#ifndef SRC_UNPARSE_H
#define SRC_UNPARSE_H

#include <stdio.h>

#include "scenario_data.h"

struct saving {
	const struct scenario *s;
	FILE *out;
	char *folder; /* of the new file: "" or ends with a slash */
};

/* The row's statement as a line, with counter for $i (0: as it is). False: no memory. */
bool write_row(struct saving *v, uint32_t row, uint32_t counter);
void write_note(struct saving *v, enum note_kind kind, const struct note *n);

/* Does the row name a file that the new file has to name otherwise? */
bool is_moved(const struct saving *v, const struct row *r);
/* Such a row, with full paths. False: no memory. */
bool write_moved(struct saving *v, const struct row *r, uint32_t counter);

#endif
