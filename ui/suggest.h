/* "Did you mean": the nearest of a table's names. */
#ifndef WEFT_UI_SUGGEST_H
#define WEFT_UI_SUGGEST_H

typedef const char *(*suggest_name_fn)(int index);

/* The name, of `n` (at least one), that needs the fewest changed letters. Names beyond 63 bytes are
 * left out; with none left the first is taken. */
const char *suggest_nearest(const char *word, suggest_name_fn name_at, int n);

#endif
