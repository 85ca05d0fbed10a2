/* The strict reader: sections and pairs with the place where they stand. What a key may hold is not
 * its business; core/config.c checks that.
 *
 *   one section or one pair a line         [account libera]    nick = kai
 *   a key is one word; it ends at the first '=' after it
 *   blanks around a value go, unless it stands in double quotes; both quotes are taken off, what is
 * between is taken as it is a comment is a line that begins with '#' or ';' no line goes on in the
 * next; an indented line is read like any other invalid UTF-8, NUL and control characters (but the
 * tab) are errors; a byte order mark is skipped */
#ifndef WEFT_CORE_CONFIG_READ_H
#define WEFT_CORE_CONFIG_READ_H

#include <glib.h>
#include <stdbool.h>

#include "core/config.h"

#define CONFIG_MAX_DEPTH    8 /* includes in includes */
#define CONFIG_MAX_SECTIONS 2000
#define CONFIG_MAX_PAIRS    2000 /* of one section, over all files */
#define CONFIG_MAX_PROBLEMS 200  /* told; what follows is only counted as one more */

struct config_pair {
    const char *file; /* the source's */
    int line;
    int column;       /* of the key */
    int value_column; /* of the value */
    bool override;
    char *key;
    char *value; /* wiped when freed: it may be a secret */
};

/* All that the files say under one header; a section may be opened again. */
struct config_section {
    const char *file; /* of the first header; the source's */
    int line;
    int column;
    int again_line; /* of a further header in that file; 0: none */
    int again_column;
    char *kind;       /* "account" */
    char *name;       /* "libera"; "" for none */
    GPtrArray *pairs; /* struct config_pair, in the order of the files, override.conf last */
};

struct config_source {
    GPtrArray *sections; /* struct config_section, in the order of their first headers */
    GPtrArray *problems; /* struct config_problem */
    GPtrArray *files;    /* the names that places point to */
    unsigned n_files;    /* includes read */
    bool include;        /* [weft] include = FILE is followed */
    bool override;       /* what is read now is override.conf */
    const char *edited;  /* this file is read as `edited_text` (borrowed both); NULL: none */
    const char *edited_text;
};

struct config_source *config_source_new(void);
void config_source_free(struct config_source *source); /* NULL is allowed */

/* Reads a file and, when `source->include`, what it includes. A file that is not there is empty
 * unless `must_exist`. */
void config_source_read(struct config_source *source, const char *file, bool must_exist);
/* Reads a text as if it stood in a file of that name. */
void config_source_read_text(struct config_source *source, const char *file, const char *text,
                             size_t len);
/* Reads lines "key = value" without a header; they become the section of kind and name "". */
void config_source_read_pairs(struct config_source *source, const char *text);
/* The pairs of the section of kind and name "". Never NULL. */
const GPtrArray *config_source_pairs(struct config_source *source);
/* NULL when there is none. */
struct config_section *
config_source_find(const struct config_source *source, const char *kind, const char *name);

void config_problem_add(GPtrArray *problems, const char *file, int line, int column, bool warning,
                        const char *format, ...) G_GNUC_PRINTF(6, 7);
void config_problem_free(struct config_problem *problem);

/* Why it cannot stand in a configuration file: BAD_INPUT for control characters, invalid UTF-8, and
 * what is too long. `what` begins the sentence. */
bool config_check_text(const char *text, const char *what, GError **error);
/* The value as it must be written so that the reader gives it back: in quotes where blanks or a
 * quote stand at an end. g_free(). */
char *config_quote(const char *value);

#endif
