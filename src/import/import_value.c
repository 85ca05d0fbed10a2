/* Values as Matterbridge takes them, and what is said of each. */
#include <string.h>

#include "core/nearest.h"
#include "core/options.h"
#include "import/import_priv.h"
#include "text/display.h"

const struct toml_pair *
import_find(const struct toml_value *table, const char *key)
{
    const struct toml_pair *found = NULL;

    for (unsigned i = 0; table != NULL && i < table->pairs->len; i++) {
        const struct toml_pair *pair = table->pairs->pdata[i];
        if (g_ascii_strcasecmp(pair->key, key) == 0)
            found = pair;
    }
    return found;
}

const struct toml_pair *
import_account_find(const struct importing *importing, const struct import_account *account,
                    const char *key)
{
    const struct toml_pair *own = import_find(account->table, key);

    return own != NULL ? own : import_find(importing->general, key);
}

const char *
import_text(const struct toml_pair *pair)
{
    const struct toml_value *value = pair != NULL ? pair->value : NULL;

    return value != NULL && value->text != NULL && *value->text != '\0' ? value->text : NULL;
}

bool
import_on(const struct toml_pair *pair)
{
    const char *text = import_text(pair);
    bool on = false;

    if (text == NULL)
        return false;
    if (pair->value->kind == TOML_NUMBER)
        return pair->value->number != 0;
    return options_parse_bool(text, &on) && on;
}

const char *
import_account_text(const struct importing *importing, const struct import_account *account,
                    const char *key)
{
    return import_text(import_account_find(importing, account, key));
}

bool
import_account_on(const struct importing *importing, const struct import_account *account,
                  const char *key)
{
    return import_on(import_account_find(importing, account, key));
}

bool
import_is_empty(const struct toml_value *value)
{
    bool on = true;

    switch (value->kind) {
    case TOML_TEXT:
        return *value->text == '\0' || (options_parse_bool(value->text, &on) && !on);
    case TOML_NUMBER:
        return value->number == 0;
    case TOML_BOOL:
        return !value->truth;
    case TOML_ARRAY:
        return value->items->len == 0;
    case TOML_TABLE:
        return value->pairs->len == 0;
    case TOML_FLOAT:
    case TOML_TIME:
        break;
    }
    return false;
}

/* --- telling --- */

char *
import_shown(const char *text)
{
    return display_dup(text, -1, DISPLAY_LINE);
}

void
import_tell(struct importing *importing, int line, const char *format, ...)
{
    struct import_line *told = g_new0(struct import_line, 1);
    va_list arguments;

    va_start(arguments, format);
    told->line = line;
    told->n = importing->lines->len;
    told->text = g_strdup_vprintf(format, arguments);
    g_ptr_array_add(importing->lines, told);
    va_end(arguments);
}

void
import_tell_done(struct importing *importing, const struct toml_pair *pair)
{
    if (pair != NULL)
        g_hash_table_add(importing->told, (gpointer)(uintptr_t)pair);
}

void
import_tell_option(struct importing *importing, const char *place, const struct toml_pair *pair,
                   enum import_fate fate, const char *format, ...)
{
    struct import_result *result = importing->result;
    g_autofree char *key = import_shown(pair->key);
    g_autofree char *shown_place = import_shown(place);
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    import_tell_done(importing, pair);
    result->taken += fate == IMPORT_TAKEN ? 1 : 0;
    result->built_in += fate == IMPORT_BUILT_IN ? 1 : 0;
    result->left += fate == IMPORT_LEFT ? 1 : 0;
    import_tell(importing, pair->line, "[%s] %s %s %s", shown_place, key,
                fate == IMPORT_TAKEN      ? "is taken over:"
                : fate == IMPORT_BUILT_IN ? "needs no line:"
                                          : "is not taken over:",
                text);
}

static bool
has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = words; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ' ? 1 : 0;
        if (strncmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* What `where` may be besides. */
static const char *const no_networks[] = {"general", "tengo", "gateway", "leg",
                                          "options", "same",  NULL};

/* `where` is the name of a network, or of another kind of table; networks are accounts too. */
static bool
row_fits(const struct import_row *row, const char *where)
{
    return has_word(row->where, where) ||
           (has_word(row->where, "account") && !g_strv_contains(no_networks, where));
}

const struct import_row *
import_row(const char *where, const char *key)
{
    for (const struct import_row *row = import_rows; row->key != NULL; row++)
        if (g_ascii_strcasecmp(row->key, key) == 0 && row_fits(row, where))
            return row;
    return NULL;
}

static void
tell_unknown(struct importing *importing, const char *place, const char *where,
             const struct toml_pair *pair)
{
    struct nearest nearest;
    g_autofree char *hint = NULL;

    nearest_init(&nearest, pair->key);
    for (const struct import_row *row = import_rows; row->key != NULL; row++)
        if (row_fits(row, where))
            nearest_offer(&nearest, row->key);
    hint = nearest_hint(&nearest);
    import_tell_option(importing, place, pair, IMPORT_LEFT,
                       "this is no option that Matterbridge would have here.%s", hint);
}

/* In [general] stands what holds for every account that says nothing else: any option of theirs. */
static const struct import_row *
row_of_some_network(const char *key)
{
    for (const struct import_row *row = import_rows; row->key != NULL; row++) {
        bool network = g_ascii_strcasecmp(row->key, key) == 0;
        for (unsigned i = 0; network && no_networks[i] != NULL; i++)
            network = !has_word(row->where, no_networks[i]);
        if (network)
            return row;
    }
    return NULL;
}

static void
tell_pair(struct importing *importing, const char *place, const char *where,
          const struct toml_pair *pair, const char *why)
{
    const struct import_row *row = import_row(where, pair->key);
    const bool borrowed = row == NULL && strcmp(where, "general") == 0;

    if (borrowed)
        row = row_of_some_network(pair->key);
    if (row == NULL)
        tell_unknown(importing, place, where, pair);
    else if (import_is_empty(pair->value) && row->fate != IMPORT_BUILT_IN)
        import_tell_option(importing, place, pair, IMPORT_BUILT_IN, "it is off or empty.");
    else if (why != NULL)
        import_tell_option(importing, place, pair, IMPORT_LEFT, "%s", why);
    else if (borrowed && row->fate == IMPORT_TAKEN)
        import_tell_option(importing, place, pair, IMPORT_LEFT,
                           "no account that weft takes over has a use for it.");
    else
        import_tell_option(importing, place, pair, row->fate, "%s", row->text);
}

void
import_tell_table(struct importing *importing, const char *place, const char *where,
                  const struct toml_value *table, const char *why)
{
    for (unsigned i = 0; i < table->pairs->len; i++) {
        const struct toml_pair *pair = table->pairs->pdata[i];
        if (!g_hash_table_contains(importing->told, pair))
            tell_pair(importing, place, where, pair, why);
    }
}
