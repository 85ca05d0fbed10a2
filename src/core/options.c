#include "core/options.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"
#include "core/config_read.h"
#include "core/nearest.h"

static const char *const suffixes[SECRET_N] = {"", "_cmd", "_file", "_env", "_ask"};

struct value {
    const struct option_row *row;
    enum secret_source source;
    GPtrArray *texts; /* its last element is NULL */
};

/* The fall-back of a repeatable row, as the list that options_list() gives. */
struct fallback {
    const struct option_row *row;
    const char *texts[2];
};

struct options {
    unsigned refs;
    const struct option_row *own;
    const struct option_row *more;
    GArray *values;    /* struct value, in the order in which they were first given */
    GArray *fallbacks; /* struct fallback: those of repeatable rows */
};

static const struct option_row *
find_in(const struct option_row *rows, const char *key, enum secret_source *ret_source)
{
    for (const struct option_row *row = rows; row && row->name; row++) {
        if (strcmp(row->name, key) == 0) {
            *ret_source = SECRET_PLAIN;
            return row;
        }
        size_t len = strlen(row->name);
        if (row->type != OPTION_SECRET || strncmp(row->name, key, len) != 0)
            continue;
        for (int i = SECRET_CMD; i < SECRET_N; i++) {
            if (strcmp(key + len, suffixes[i]) == 0) {
                *ret_source = (enum secret_source)i;
                return row;
            }
        }
    }
    return NULL;
}

const struct option_row *
options_find_row(const struct option_row *own, const struct option_row *more, const char *key,
                 enum secret_source *ret_source)
{
    enum secret_source source = SECRET_PLAIN;
    const struct option_row *row = find_in(own, key, &source);

    if (!row)
        row = find_in(more, key, &source);
    if (row && ret_source)
        *ret_source = source;
    return row;
}

void
options_each_key(const struct option_row *rows, void (*fn)(void *user, const char *key), void *user)
{
    for (const struct option_row *row = rows; row && row->name; row++) {
        int n = row->type == OPTION_SECRET ? SECRET_N : 1;
        for (int i = 0; i < n; i++) {
            g_autofree char *key = g_strconcat(row->name, suffixes[i], NULL);
            fn(user, key);
        }
    }
}

static void
value_clear(void *memory)
{
    struct value *value = memory;

    for (unsigned i = 0; i < value->texts->len; i++)
        redact_wipe_free(value->texts->pdata[i]);
    g_ptr_array_unref(value->texts);
}

static void
value_add_take(struct value *value, char *text)
{
    value->texts->pdata[value->texts->len - 1] = text;
    g_ptr_array_add(value->texts, NULL);
}

static void
add_fallbacks(struct options *options, const struct option_row *rows)
{
    for (const struct option_row *row = rows; row && row->name; row++) {
        struct fallback fallback = {.row = row, .texts = {row->fallback, NULL}};
        if (row->repeatable && row->fallback)
            g_array_append_val(options->fallbacks, fallback);
    }
}

struct options *
options_new(const struct option_row *own, const struct option_row *more)
{
    struct options *options = g_new0(struct options, 1);

    options->refs = 1;
    options->own = own;
    options->more = more;
    options->values = g_array_new(FALSE, FALSE, sizeof(struct value));
    g_array_set_clear_func(options->values, value_clear);
    options->fallbacks = g_array_new(FALSE, FALSE, sizeof(struct fallback));
    add_fallbacks(options, own);
    add_fallbacks(options, more);
    return options;
}

const struct options *
options_ref(const struct options *options)
{
    /* Who looks at options never changes them; that they are still looked at is no change. */
    if (options)
        ((struct options *)(uintptr_t)options)->refs++;
    return options;
}

void
options_unref(const struct options *options)
{
    options_free((struct options *)(uintptr_t)options);
}

void
options_free(struct options *options)
{
    if (!options || --options->refs > 0)
        return;
    g_array_unref(options->values);
    g_array_unref(options->fallbacks);
    g_free(options);
}

static struct value *
find_value(const struct options *options, const struct option_row *row)
{
    for (unsigned i = 0; i < options->values->len; i++) {
        struct value *value = &g_array_index(options->values, struct value, i);
        if (value->row == row)
            return value;
    }
    return NULL;
}

bool
options_parse_bool(const char *text, bool *ret_value)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"on", true},  {"off", false}, {"yes", true},
                 {"no", false}, {"true", true}, {"false", false}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i].word) == 0) {
            *ret_value = words[i].value;
            return true;
        }
    }
    return false;
}

static bool
check_number(const struct option_row *row, const char *text, GError **error)
{
    int64_t least = row->least;
    int64_t most = row->most;
    int64_t number;

    if (least == 0 && most == 0) {
        least = G_MININT64;
        most = G_MAXINT64;
    }
    if (g_ascii_string_to_signed(text, 10, least, most, &number, NULL))
        return true;
    if (row->least == 0 && row->most == 0)
        return error_refuse(error, "%s must be a whole number.", row->name);
    return error_refuse(
        error, "%s must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".",
        row->name, row->least, row->most);
}

static bool
check_choice(const struct option_row *row, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(row->choices, " ", -1);
    struct nearest nearest;

    if (g_strv_contains((const char *const *)words, text))
        return true;
    nearest_init(&nearest, text);
    for (char **word = words; *word; word++)
        nearest_offer(&nearest, *word);
    g_autofree char *hint = nearest_hint(&nearest);
    g_autofree char *list = g_strjoinv(", ", words);
    return error_refuse(error, "%s must be one of: %s.%s", row->name, list, hint);
}

static bool
check_value(const struct option_row *row, enum secret_source source, const char *key,
            const char *text, GError **error)
{
    bool truth;

    switch (row->type) {
    case OPTION_BOOL:
        return options_parse_bool(text, &truth) ||
               error_refuse(error, "%s must be on or off.", key);
    case OPTION_NUMBER:
        return check_number(row, text, error);
    case OPTION_CHOICE:
        return check_choice(row, text, error);
    case OPTION_PATH:
        return *text || error_refuse(error, "%s must name a file.", key);
    case OPTION_SECRET:
        if (source == SECRET_CMD && !g_shell_parse_argv(text, NULL, NULL, NULL))
            return error_refuse(
                error, "%s must be a command line; its quotes or backslashes don't match.", key);
        if (source == SECRET_ASK && !(options_parse_bool(text, &truth) && truth))
            return error_refuse(
                error, "%s = yes asks when the secret is needed; leave the line out else.", key);
        return *text || error_refuse(error, "%s is empty. Leave the line out to be asked.", key);
    case OPTION_TEXT:
        break;
    }
    if (!*text && row->required)
        return error_refuse(error, "%s must not be empty.", key);
    return !row->check || row->check(text, error);
}

static void
offer_key(void *user, const char *key)
{
    nearest_offer(user, key);
}

static bool
refuse_unknown(const struct options *options, const char *key, GError **error)
{
    struct nearest nearest;

    nearest_init(&nearest, key);
    options_each_key(options->own, offer_key, &nearest);
    options_each_key(options->more, offer_key, &nearest);
    g_autofree char *hint = nearest_hint(&nearest);
    return error_refuse(error, "%s is not a key of this section.%s", key, hint);
}

bool
options_add(struct options *options, const char *key, const char *value, const char *folder,
            GError **error)
{
    enum secret_source source = SECRET_PLAIN;
    const struct option_row *row = options_find_row(options->own, options->more, key, &source);

    if (!row)
        return refuse_unknown(options, key, error);
    if (!check_value(row, source, key, value, error))
        return false;
    struct value *known = find_value(options, row);
    if (known && row->type == OPTION_SECRET && known->source != source)
        return error_refuse(error,
                            "%s%s and %s both say where the same secret is. Keep one of them.",
                            row->name, suffixes[known->source], key);
    if (known && !row->repeatable)
        return error_refuse(error, "%s is given twice.", key);
    if (known && known->texts->len > OPTIONS_MAX_VALUES)
        return error_refuse(error, "%s is given more than %d times.", key, OPTIONS_MAX_VALUES);
    if (!known) {
        struct value fresh = {.row = row, .source = source, .texts = g_ptr_array_new()};
        g_ptr_array_add(fresh.texts, NULL);
        g_array_append_val(options->values, fresh);
        known = find_value(options, row);
    }
    bool path = row->type == OPTION_PATH || source == SECRET_FILE;
    value_add_take(known, path ? file_expand(value, folder) : g_strdup(value));
    return true;
}

static bool
complete_in(const struct options *options, const struct option_row *rows, GError **error)
{
    for (const struct option_row *row = rows; row && row->name; row++) {
        if (!row->required || row->fallback || row->type == OPTION_SECRET ||
            find_value(options, row))
            continue;
        g_autofree char *example =
            row->example ? g_strdup_printf(" For example: %s = %s", row->name, row->example)
                         : g_strdup("");
        return error_refuse(error, "%s is missing. %s%s", row->name, row->help ? row->help : "",
                            example);
    }
    return true;
}

bool
options_complete(const struct options *options, GError **error)
{
    return complete_in(options, options->own, error) && complete_in(options, options->more, error);
}

struct options *
options_new_from_text(const struct option_row *own, const struct option_row *more, const char *text,
                      const char *folder, GError **error)
{
    struct config_source *source = config_source_new();
    struct options *options = options_new(own, more);
    bool good = true;

    config_source_read_pairs(source, text);
    if (source->sections->len > 1)
        good = error_refuse(error, "A section can't begin among the lines of an account.");
    if (source->problems->len > 0) {
        const struct config_problem *problem = source->problems->pdata[0];
        good = error_refuse(error, "Line %d: %s", problem->line, problem->text);
    }
    const GPtrArray *pairs = config_source_pairs(source);
    for (unsigned i = 0; good && i < pairs->len; i++) {
        const struct config_pair *pair = pairs->pdata[i];
        good = options_add(options, pair->key, pair->value, folder, error);
    }
    good = good && options_complete(options, error);
    config_source_free(source);
    if (!good)
        g_clear_pointer(&options, options_free);
    return options;
}

const char *
options_secret(const struct options *options, const char *name, enum secret_source source)
{
    const struct option_row *row = options_find_row(options->own, options->more, name, NULL);
    const struct value *value = row ? find_value(options, row) : NULL;

    if (!value || row->type != OPTION_SECRET || value->source != source)
        return NULL;
    return value->texts->pdata[0];
}

const struct option_row *
options_row(const struct options *options, const char *name)
{
    return options_find_row(options->own, options->more, name, NULL);
}

static bool
value_equal(const struct value *a, const struct value *b)
{
    if (!b || a->source != b->source || a->texts->len != b->texts->len)
        return false;
    for (unsigned i = 0; a->texts->pdata[i]; i++)
        if (strcmp(a->texts->pdata[i], b->texts->pdata[i]) != 0)
            return false;
    return true;
}

bool
options_equal(const struct options *a, const struct options *b)
{
    if (a->own != b->own || a->more != b->more || a->values->len != b->values->len)
        return false;
    for (unsigned i = 0; i < a->values->len; i++) {
        const struct value *value = &g_array_index(a->values, struct value, i);
        if (!value_equal(value, find_value(b, value->row)))
            return false;
    }
    return true;
}

static bool
same_but(const struct options *a, const struct options *b, const struct option_row *rows,
         const char *const *names)
{
    for (const struct option_row *row = rows; row && row->name; row++) {
        const struct value *value = find_value(a, row);
        const struct value *other = find_value(b, row);
        if (!g_strv_contains(names, row->name) &&
            (value ? !value_equal(value, other) : other != NULL))
            return false;
    }
    return true;
}

bool
options_equal_but(const struct options *a, const struct options *b, const char *const *names)
{
    return a->own == b->own && a->more == b->more && same_but(a, b, a->own, names) &&
           same_but(a, b, a->more, names);
}

bool
options_same(const struct options *a, const struct options *b, const struct option_row *rows)
{
    static const char *const none[] = {NULL};

    return same_but(a, b, rows, none);
}

/* The row, for the getters of core/driver.h; asking for a name that no row has is our own mistake.
 */
static const struct option_row *
wanted_row(const struct options *options, const char *name)
{
    const struct option_row *row = options_find_row(options->own, options->more, name, NULL);

    if (!row)
        g_critical("no option row is named %s", name);
    return row;
}

const char *
options_text(const struct options *options, const char *name)
{
    const struct option_row *row = wanted_row(options, name);

    if (!row || row->type == OPTION_SECRET)
        return NULL;
    const struct value *value = find_value(options, row);
    return value ? value->texts->pdata[0] : row->fallback;
}

bool
options_bool(const struct options *options, const char *name)
{
    const char *text = options_text(options, name);
    bool value = false;

    return text && options_parse_bool(text, &value) && value;
}

int64_t
options_number(const struct options *options, const char *name)
{
    const char *text = options_text(options, name);

    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

const char *const *
options_list(const struct options *options, const char *name)
{
    static const char *const nothing[] = {NULL};
    const struct option_row *row = wanted_row(options, name);

    if (!row || row->type == OPTION_SECRET)
        return nothing;
    const struct value *value = find_value(options, row);
    if (value)
        return (const char *const *)value->texts->pdata;
    for (unsigned i = 0; i < options->fallbacks->len; i++) {
        const struct fallback *fallback = &g_array_index(options->fallbacks, struct fallback, i);
        if (fallback->row == row)
            return fallback->texts;
    }
    return nothing;
}
