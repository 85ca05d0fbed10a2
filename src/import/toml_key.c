/* Blanks, comments, keys and pairs. */
#include <string.h>

#include "import/toml_priv.h"

/* --- between the words --- */

bool
toml_skip_word(struct toml_reading *reading, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(reading->end - reading->at) < len || memcmp(reading->at, word, len) != 0)
        return false;
    reading->at += len;
    return true;
}

void
toml_skip_blanks(struct toml_reading *reading)
{
    while (reading->at < reading->end && (*reading->at == ' ' || *reading->at == '\t'))
        reading->at++;
}

bool
toml_skip_newline(struct toml_reading *reading)
{
    if (!toml_skip_word(reading, "\n") && !toml_skip_word(reading, "\r\n"))
        return false;
    reading->line++;
    reading->line_start = reading->at;
    return true;
}

static bool
at_line_end(const struct toml_reading *reading)
{
    const char *at = reading->at;

    return at == reading->end || *at == '\n' ||
           (*at == '\r' && at + 1 < reading->end && at[1] == '\n');
}

static bool
skip_comment(struct toml_reading *reading)
{
    if (reading->at == reading->end || *reading->at != '#')
        return true;
    while (!at_line_end(reading)) {
        unsigned char c = (unsigned char)*reading->at;
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return toml_fail(reading, reading->at,
                             "A control character stands in this comment. Remove it.");
        reading->at++;
    }
    return true;
}

bool
toml_skip_space(struct toml_reading *reading)
{
    do {
        toml_skip_blanks(reading);
        if (!skip_comment(reading))
            return false;
    } while (toml_skip_newline(reading));
    return true;
}

bool
toml_skip_rest(struct toml_reading *reading)
{
    toml_skip_blanks(reading);
    if (!skip_comment(reading))
        return false;
    return at_line_end(reading) ||
           toml_fail(reading, reading->at, "Nothing but a comment may follow here on this line.");
}

/* --- keys --- */

static bool
is_bare(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-';
}

static char *
read_part(struct toml_reading *reading)
{
    const char *from = reading->at;

    if (from < reading->end && (*from == '"' || *from == '\''))
        return toml_read_string(reading, true);
    while (reading->at < reading->end && is_bare(*reading->at))
        reading->at++;
    if (reading->at > from)
        return g_strndup(from, (size_t)(reading->at - from));
    toml_fail(reading, from, "A name is missing here.");
    return NULL;
}

GPtrArray *
toml_read_key(struct toml_reading *reading)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);

    for (;;) {
        char *part = read_part(reading);
        if (part == NULL)
            break;
        g_ptr_array_add(parts, part);
        const char *after = reading->at;
        toml_skip_blanks(reading);
        if (!toml_skip_word(reading, ".")) {
            reading->at = after;
            return parts;
        }
        if (parts->len == TOML_MAX_DEPTH) {
            toml_fail(reading, after, "A name has at most %d parts.", TOML_MAX_DEPTH);
            break;
        }
        toml_skip_blanks(reading);
    }
    g_ptr_array_unref(parts);
    return NULL;
}

/* The table that the last part of a dotted key goes into. */
static struct toml_value *
walk_dots(struct toml_reading *reading, struct toml_value *table, const GPtrArray *parts,
          const char *where)
{
    for (unsigned i = 0; i + 1 < parts->len; i++) {
        const struct toml_pair *pair = toml_find(table, parts->pdata[i]);
        struct toml_value *next = pair != NULL ? pair->value : NULL;
        if (next == NULL) {
            next = toml_value_new(reading, TOML_TABLE, TOML_MADE_DOTTED);
            if (next == NULL)
                return NULL;
            toml_table_add_take(table, parts->pdata[i], reading->line, next);
        } else if (next->made != TOML_MADE_DOTTED) {
            toml_fail(reading, where, "%s cannot be added to here (line %d).",
                      (const char *)parts->pdata[i], next->line);
            return NULL;
        }
        table = next;
    }
    return table;
}

static bool
read_into(struct toml_reading *reading, struct toml_value *table, const GPtrArray *parts,
          const char *where, bool bare)
{
    const char *name = parts->pdata[parts->len - 1];
    const int line = reading->line;

    toml_skip_blanks(reading);
    if (!toml_skip_word(reading, "="))
        return toml_fail(reading, reading->at, "'=' and a value must follow %s.", name);
    toml_skip_blanks(reading);
    table = walk_dots(reading, table, parts, where);
    if (table == NULL)
        return false;
    const struct toml_pair *known = toml_find(table, name);
    if (known != NULL)
        return toml_fail(reading, where, "%s stands here a second time (line %d).", name,
                         known->line);
    struct toml_value *value = toml_read_value(reading, bare);
    if (value == NULL)
        return false;
    toml_table_add_take(table, name, line, value);
    return true;
}

bool
toml_read_pair(struct toml_reading *reading, struct toml_value *table, bool bare)
{
    const char *where = reading->at;
    GPtrArray *parts = toml_read_key(reading);
    bool good = parts != NULL && read_into(reading, table, parts, where, bare);

    if (parts != NULL)
        g_ptr_array_unref(parts);
    return good;
}
