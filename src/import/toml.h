/* TOML 1.0 as another program's configuration is written in it. Strict: what is not TOML is a
 * problem with its line and column. One problem does not hide the rest: reading goes on with the
 * next line, so that all of them can be told at once.
 *
 * Beyond TOML there is one thing: a bare word in place of a value (`file = ca.crt`) is taken as
 * text and told as mended, for people write that and mean only one thing by it.
 *
 * Pure: no files, no state. Limits: below; what is above them is a problem. */
#ifndef WEFT_IMPORT_TOML_H
#define WEFT_IMPORT_TOML_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TOML_MAX_BYTES    (1024 * 1024)
#define TOML_MAX_DEPTH    32   /* arrays in tables in arrays; the parts of a dotted key */
#define TOML_MAX_VALUES   5000 /* tables and arrays count too */
#define TOML_MAX_PROBLEMS 100  /* told; what follows is only counted as one more */

enum toml_kind {
    TOML_TEXT,
    TOML_NUMBER,
    TOML_FLOAT,
    TOML_BOOL,
    TOML_TIME, /* a date, a time of day or both: kept as written */
    TOML_ARRAY,
    TOML_TABLE,
};

/* How a table or an array came to be, which decides what may still be added to it. */
enum toml_made {
    TOML_MADE_CLOSED,   /* a value, an array, an inline table: nothing */
    TOML_MADE_IMPLICIT, /* [a.b] made `a`: a header may still open it */
    TOML_MADE_HEADER,   /* [a] */
    TOML_MADE_DOTTED,   /* `a.b = 1` made `a`: more dotted keys may */
    TOML_MADE_TABLES,   /* [[a]]: one more [[a]] may */
};

struct toml_value {
    enum toml_kind kind;
    enum toml_made made;
    int line;       /* from 1: where the value begins, or the table's header is */
    char *text;     /* TEXT: what it holds; else as written. Wiped when freed. NULL: a container */
    int64_t number; /* of a NUMBER */
    bool truth;     /* of a BOOL */
    GPtrArray *items; /* ARRAY: struct toml_value */
    GPtrArray *pairs; /* TABLE: struct toml_pair, in the order of the file */
};

struct toml_pair {
    char *key;
    int line;
    struct toml_value *value;
};

struct toml_problem {
    int line;    /* from 1 */
    int column;  /* from 1, in characters */
    bool mended; /* it was understood all the same */
    char *text;  /* a sentence */
};

struct toml {
    struct toml_value *root; /* a TABLE, always there */
    GPtrArray *problems;     /* struct toml_problem, in the order of the file */
};

/* Never NULL. `bytes` need not end with a NUL. */
struct toml *toml_read(const char *bytes, size_t len);
void toml_free(struct toml *toml); /* NULL is allowed */

/* Any problem that was not mended. */
bool toml_is_broken(const struct toml *toml);
/* The pair with this very key, or NULL. */
const struct toml_pair *toml_find(const struct toml_value *table, const char *key);

#endif
