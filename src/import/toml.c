#include "import/toml.h"

#include <string.h>

#include "base/redact.h"
#include "import/toml_priv.h"

/* --- values --- */

static void
pair_free(void *memory)
{
    struct toml_pair *pair = memory;

    g_free(pair->key);
    toml_value_free(pair->value);
    g_free(pair);
}

static void
value_free(void *memory)
{
    toml_value_free(memory);
}

/* As deep as TOML_MAX_DEPTH. */
void
toml_value_free(struct toml_value *value)
{
    if (value == NULL)
        return;
    redact_wipe_free(value->text);
    if (value->items != NULL)
        g_ptr_array_unref(value->items);
    if (value->pairs != NULL)
        g_ptr_array_unref(value->pairs);
    g_free(value);
}

struct toml_value *
toml_value_new(struct toml_reading *reading, enum toml_kind kind, enum toml_made made)
{
    struct toml_value *value;

    if (reading->values >= TOML_MAX_VALUES) {
        toml_fail(reading, reading->at, "There are more than %d values. The rest is not read.",
                  TOML_MAX_VALUES);
        reading->at = reading->end;
        return NULL;
    }
    reading->values++;
    value = g_new0(struct toml_value, 1);
    value->kind = kind;
    value->made = made;
    value->line = reading->line;
    if (kind == TOML_ARRAY)
        value->items = g_ptr_array_new_with_free_func(value_free);
    if (kind == TOML_TABLE)
        value->pairs = g_ptr_array_new_with_free_func(pair_free);
    return value;
}

void
toml_table_add_take(struct toml_value *table, const char *key, int line, struct toml_value *value)
{
    struct toml_pair *pair = g_new0(struct toml_pair, 1);

    pair->key = g_strdup(key);
    pair->line = line;
    pair->value = value;
    g_ptr_array_add(table->pairs, pair);
}

const struct toml_pair *
toml_find(const struct toml_value *table, const char *key)
{
    for (unsigned i = 0; i < table->pairs->len; i++) {
        const struct toml_pair *pair = table->pairs->pdata[i];
        if (strcmp(pair->key, key) == 0)
            return pair;
    }
    return NULL;
}

/* --- problems --- */

static void
problem_free(void *memory)
{
    struct toml_problem *problem = memory;

    g_free(problem->text);
    g_free(problem);
}

void
toml_tell(struct toml_reading *reading, const char *where, bool mended, const char *format,
          va_list arguments)
{
    GPtrArray *problems = reading->toml->problems;

    if (problems->len > TOML_MAX_PROBLEMS)
        return;
    struct toml_problem *problem = g_new0(struct toml_problem, 1);
    problem->line = reading->line;
    problem->column =
        where < reading->line_start
            ? 1
            : (int)g_utf8_strlen(reading->line_start, where - reading->line_start) + 1;
    problem->mended = mended;
    problem->text = problems->len == TOML_MAX_PROBLEMS
                        ? g_strdup("There are more problems, which are not told.")
                        : g_strdup_vprintf(format, arguments);
    g_ptr_array_add(problems, problem);
}

bool
toml_fail(struct toml_reading *reading, const char *where, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    toml_tell(reading, where, false, format, arguments);
    va_end(arguments);
    return false;
}

bool
toml_is_broken(const struct toml *toml)
{
    for (unsigned i = 0; i < toml->problems->len; i++) {
        const struct toml_problem *problem = toml->problems->pdata[i];
        if (!problem->mended)
            return true;
    }
    return false;
}

/* --- a whole text --- */

/* False: it cannot be read at all. */
static bool
check_bytes(struct toml_reading *reading, const char *bytes, size_t len)
{
    const char *bad = NULL;

    if (len > TOML_MAX_BYTES)
        return toml_fail(reading, bytes, "The file is larger than %d bytes.", TOML_MAX_BYTES);
    if (g_utf8_validate_len(bytes, len, &bad))
        return true;
    for (const char *c = bytes; c < bad; c++) {
        if (*c == '\n') {
            reading->line++;
            reading->line_start = c + 1;
        }
    }
    return toml_fail(reading, bad, "The file is not valid UTF-8 here. Nothing of it is read.");
}

static bool
walk_header(struct toml_reading *reading, const GPtrArray *parts, const char *where,
            struct toml_value **ret_parent)
{
    struct toml_value *table = reading->toml->root;

    for (unsigned i = 0; i + 1 < parts->len; i++) {
        const struct toml_pair *pair = toml_find(table, parts->pdata[i]);
        struct toml_value *next = pair != NULL ? pair->value : NULL;
        if (next == NULL) {
            next = toml_value_new(reading, TOML_TABLE, TOML_MADE_IMPLICIT);
            if (next == NULL)
                return false;
            toml_table_add_take(table, parts->pdata[i], reading->line, next);
        } else if (next->made == TOML_MADE_TABLES) {
            next = next->items->pdata[next->items->len - 1];
        } else if (next->kind != TOML_TABLE || next->made == TOML_MADE_CLOSED) {
            return toml_fail(reading, where, "%s is no table that could be added to (line %d).",
                             (const char *)parts->pdata[i], next->line);
        }
        table = next;
    }
    *ret_parent = table;
    return true;
}

/* [[name]]: one more table of it. */
static bool
open_one_more(struct toml_reading *reading, struct toml_value *parent, const char *name,
              const char *where)
{
    const struct toml_pair *pair = toml_find(parent, name);
    struct toml_value *array = pair != NULL ? pair->value : NULL;
    struct toml_value *table;

    if (array != NULL && array->made != TOML_MADE_TABLES)
        return toml_fail(reading, where, "%s is no list of tables (line %d).", name, array->line);
    if (array == NULL) {
        array = toml_value_new(reading, TOML_ARRAY, TOML_MADE_TABLES);
        if (array == NULL)
            return false;
        toml_table_add_take(parent, name, reading->line, array);
    }
    table = toml_value_new(reading, TOML_TABLE, TOML_MADE_HEADER);
    if (table == NULL) {
        /* A list of tables is never empty: who walks into it takes the last. */
        if (array->items->len == 0)
            g_ptr_array_remove_index(parent->pairs, parent->pairs->len - 1);
        return false;
    }
    g_ptr_array_add(array->items, table);
    reading->table = table;
    return true;
}

static bool
open_table(struct toml_reading *reading, struct toml_value *parent, const char *name,
           const char *where)
{
    const struct toml_pair *pair = toml_find(parent, name);
    struct toml_value *table = pair != NULL ? pair->value : NULL;

    if (table != NULL && table->made != TOML_MADE_IMPLICIT)
        return toml_fail(reading, where, "%s is there already (line %d).", name, table->line);
    if (table == NULL) {
        table = toml_value_new(reading, TOML_TABLE, TOML_MADE_HEADER);
        if (table == NULL)
            return false;
        toml_table_add_take(parent, name, reading->line, table);
    }
    table->made = TOML_MADE_HEADER;
    table->line = reading->line;
    reading->table = table;
    return true;
}

static bool
read_header(struct toml_reading *reading)
{
    const char *where = reading->at;
    bool list = toml_skip_word(reading, "[[");
    struct toml_value *parent = NULL;
    bool good;

    reading->table = reading->stray;
    if (!list)
        toml_skip_word(reading, "[");
    toml_skip_blanks(reading);
    GPtrArray *parts = toml_read_key(reading);
    if (parts == NULL)
        return false;
    toml_skip_blanks(reading);
    good = toml_skip_word(reading, list ? "]]" : "]") ||
           toml_fail(reading, reading->at, "%s is missing here.", list ? "]]" : "]");
    good = good && toml_skip_rest(reading) && walk_header(reading, parts, where, &parent);
    if (good) {
        const char *name = parts->pdata[parts->len - 1];
        good = list ? open_one_more(reading, parent, name, where)
                    : open_table(reading, parent, name, where);
    }
    g_ptr_array_unref(parts);
    return good;
}

/* One line, or more where a value takes more. */
static bool
read_line(struct toml_reading *reading)
{
    toml_skip_blanks(reading);
    if (reading->at < reading->end && *reading->at == '[')
        return read_header(reading);
    if (reading->at < reading->end && !strchr("#\r\n", *reading->at) &&
        !toml_read_pair(reading, reading->table, true))
        return false;
    return toml_skip_rest(reading);
}

static void
read_lines(struct toml_reading *reading)
{
    while (reading->at < reading->end) {
        if (!read_line(reading)) {
            const char *newline = memchr(reading->at, '\n', (size_t)(reading->end - reading->at));
            reading->at = newline != NULL ? newline : reading->end;
        }
        toml_skip_newline(reading);
    }
}

struct toml *
toml_read(const char *bytes, size_t len)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct toml *toml = g_new0(struct toml, 1);
    struct toml_reading reading = {.toml = toml, .line = 1, .line_start = bytes, .at = bytes};

    toml->problems = g_ptr_array_new_with_free_func(problem_free);
    toml->root = toml_value_new(&reading, TOML_TABLE, TOML_MADE_HEADER);
    reading.stray = toml_value_new(&reading, TOML_TABLE, TOML_MADE_HEADER);
    reading.table = toml->root;
    if (check_bytes(&reading, bytes, len)) {
        reading.end = bytes + len;
        toml_skip_word(&reading, bom);
        reading.line_start = reading.at;
        read_lines(&reading);
    }
    toml_value_free(reading.stray);
    return toml;
}

void
toml_free(struct toml *toml)
{
    if (toml == NULL)
        return;
    toml_value_free(toml->root);
    g_ptr_array_unref(toml->problems);
    g_free(toml);
}
