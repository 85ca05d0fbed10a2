/* The inside of the TOML reader, shared by its files. */
#ifndef WEFT_IMPORT_TOML_PRIV_H
#define WEFT_IMPORT_TOML_PRIV_H

#include "import/toml.h"

/* What is being read, and where. */
struct toml_reading {
    struct toml *toml;
    const char *at;
    const char *end;
    const char *line_start;
    int line;
    unsigned values;          /* made so far */
    unsigned depth;           /* of the value that is read now */
    struct toml_value *table; /* what pairs go to; its header's */
    struct toml_value *stray; /* takes what stands below a header that cannot be used */
};

/* Tells a problem at `where` (within the current line) and returns false. */
bool toml_fail(struct toml_reading *reading, const char *where, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void toml_tell(struct toml_reading *reading, const char *where, bool mended, const char *format,
               va_list arguments) G_GNUC_PRINTF(4, 0);

/* NULL when there are too many; the problem is told. */
struct toml_value *
toml_value_new(struct toml_reading *reading, enum toml_kind kind, enum toml_made made);
void toml_value_free(struct toml_value *value);
/* Adds to a table; the value is the table's from now on. */
void
toml_table_add_take(struct toml_value *table, const char *key, int line, struct toml_value *value);

/* True, and over it, when the text goes on with `word`. */
bool toml_skip_word(struct toml_reading *reading, const char *word);
/* Over blanks within the line. */
void toml_skip_blanks(struct toml_reading *reading);
/* Over blanks, comments and line ends. False: a problem in a comment was told. */
bool toml_skip_space(struct toml_reading *reading);
/* Over a line end, LF or CR LF; false when there is none here. */
bool toml_skip_newline(struct toml_reading *reading);
/* Over the rest of the line, which may be a comment; false: something else stands there, or a
 * control character in the comment. The line end itself stays. */
bool toml_skip_rest(struct toml_reading *reading);

/* A string in any of the four forms; `at` is on its first quote. One line only when `one_line`, as
 * for keys. NULL: told. The caller wipes and frees. */
char *toml_read_string(struct toml_reading *reading, bool one_line);
/* The parts of a key with dots; NULL: told. */
GPtrArray *toml_read_key(struct toml_reading *reading);
/* Whatever stands at `at`. `bare`: a bare word is mended. NULL: told. */
struct toml_value *toml_read_value(struct toml_reading *reading, bool bare);
/* "key = value" into the table. False: told. */
bool toml_read_pair(struct toml_reading *reading, struct toml_value *table, bool bare);

#endif
