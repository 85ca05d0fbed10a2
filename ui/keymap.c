#include "ui/keymap.h"

#include "base/error.h"
#include "ui/suggest.h"
#include <string.h>

#define MAX_KEYS 4

static const struct {
    enum keymap_context context;
    const char *name;
    unsigned digits;
    const char *keys, *help;
} actions[ACTION_N] = {{KEYMAP_MAIN, "none", 0, "", "Nothing."},
#define X(id, name, digits, keys, help) {KEYMAP_MAIN, name, digits, keys, help},
                       ACTION_TABLE(X)
#undef X
#define X(context, id, name, digits, keys, help) {KEYMAP_##context, name, digits, keys, help},
                           CONTEXT_ACTION_TABLE(X)
#undef X
};

static const char *const contexts[KEYMAP_CONTEXT_N] = {
#define X(id, name, heading) name,
    CONTEXT_TABLE(X)
#undef X
};

struct binding {
    struct key keys[MAX_KEYS];
    unsigned n;
    enum keymap_context context;
    enum action action;
};

struct keymap {
    GArray *bindings; /* struct binding */
    struct key typed[MAX_KEYS];
    unsigned n;
    enum action collecting; /* an action whose digits are being typed, or ACTION_NONE */
    unsigned digits;
    int number;
    GString *pending;
};

const char *
action_name(enum action action)
{
    return action < ACTION_N ? actions[action].name : "";
}

const char *
action_help(enum action action)
{
    return action < ACTION_N ? actions[action].help : "";
}

enum keymap_context
action_context(enum action action)
{
    return action < ACTION_N ? actions[action].context : KEYMAP_MAIN;
}

const char *
keymap_context_heading(enum keymap_context context)
{
    static const char *const headings[KEYMAP_CONTEXT_N] = {
#define X(id, name, heading) heading,
        CONTEXT_TABLE(X)
#undef X
    };
    return headings[context];
}

enum action
action_from_name(const char *name)
{
    for (int action = 1; action < ACTION_N; action++)
        if (strcmp(actions[action].name, name) == 0)
            return (enum action)action;
    return ACTION_NONE;
}

static const char *
name_at(int action)
{
    return actions[action].name;
}

static const char *
context_at(int context)
{
    return contexts[context];
}

static struct binding *
binding_at(const struct keymap *keymap, unsigned i)
{
    return &g_array_index(keymap->bindings, struct binding, i);
}

/* How many keys the two have in common from the start. */
static unsigned
common(const struct binding *a, const struct key *keys, unsigned n)
{
    unsigned i = 0;
    while (i < a->n && i < n && key_equal(a->keys[i], keys[i]))
        i++;
    return i;
}

static bool
parse_sequence(const char *text, struct binding *ret, GError **error)
{
    struct binding binding = *ret;
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    for (int i = 0; words[i] != NULL; i++) {
        if (words[i][0] == '\0')
            continue;
        if (binding.n == MAX_KEYS) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "\"%s\" is too long: a sequence has at most %d keys.", text, MAX_KEYS);
            return false;
        }
        if (!key_parse(words[i], &binding.keys[binding.n], error))
            return false;
        binding.n++;
    }
    if (binding.n == 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "a key is missing, such as Alt-a.");
        return false;
    }
    *ret = binding;
    return true;
}

static char *
format_sequence(const struct key *keys, unsigned n)
{
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *name = key_format(keys[i]);
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", name);
    }
    return g_string_free(out, FALSE);
}

/* "list.next-buffer", "next-buffer", "none". `*ret_everywhere`: no context is named. */
static bool
parse_action(const char *text, struct binding *ret, bool *ret_everywhere, GError **error)
{
    const char *name = text;
    enum keymap_context context = KEYMAP_MAIN;
    const char *dot = strchr(text, '.');

    if (dot != NULL) {
        g_autofree char *where = g_strndup(text, (size_t)(dot - text));
        while (context < KEYMAP_CONTEXT_N && strcmp(contexts[context], where) != 0)
            context++;
        if (context == KEYMAP_CONTEXT_N) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "There is no context \"%s\"; the nearest is \"%s\".", where,
                        suggest_nearest(where, context_at, KEYMAP_CONTEXT_N));
            return false;
        }
        name = dot + 1;
    }
    ret->action = action_from_name(name);
    if (ret->action == ACTION_NONE && strcmp(name, "none") != 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "There is no action \"%s\"; the nearest is \"%s\".", name,
                    suggest_nearest(name, name_at, ACTION_N));
        return false;
    }
    ret->context = dot != NULL ? context : actions[ret->action].context;
    *ret_everywhere = dot == NULL;
    return true;
}

/* Whether one of the two goes on where the other ends. */
static bool
cuts(const struct binding *a, const struct binding *b)
{
    return a->context == b->context && a->n != b->n && common(a, b->keys, b->n) == MIN(a->n, b->n);
}

static void
unbind(struct keymap *keymap, const struct binding *binding, bool everywhere)
{
    for (unsigned i = keymap->bindings->len; i-- > 0;) {
        const struct binding *other = binding_at(keymap, i);
        if ((everywhere || other->context == binding->context) && other->n == binding->n &&
            common(other, binding->keys, binding->n) == binding->n)
            g_array_remove_index(keymap->bindings, i);
    }
}

bool
keymap_bind(struct keymap *keymap, const char *action, const char *keys, GError **error)
{
    struct binding binding = {0};
    bool everywhere;

    if (!parse_action(action, &binding, &everywhere, error) ||
        !parse_sequence(keys, &binding, error))
        return false;
    for (unsigned i = 0; binding.action != ACTION_NONE && i < keymap->bindings->len; i++) {
        const struct binding *other = binding_at(keymap, i);
        if (!cuts(other, &binding))
            continue;
        g_autofree char *name = format_sequence(other->keys, other->n);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "\"%s\" can't be bound while \"%s\" calls %s; unbind that first (none = %s).",
                    keys, name, actions[other->action].name, name);
        return false;
    }
    unbind(keymap, &binding, everywhere && binding.action == ACTION_NONE);
    if (binding.action != ACTION_NONE)
        g_array_append_val(keymap->bindings, binding);
    keymap_reset(keymap);
    return true;
}

struct keymap *
keymap_new(void)
{
    struct keymap *keymap = g_new0(struct keymap, 1);
    keymap->bindings = g_array_new(FALSE, FALSE, sizeof(struct binding));
    keymap->pending = g_string_new(NULL);
    for (int action = 1; action < ACTION_N; action++) {
        g_auto(GStrv) sequences = g_strsplit(actions[action].keys, "  ", -1);
        for (int i = 0; sequences[i] != NULL; i++) {
            bool ok = keymap_bind(keymap, actions[action].name, sequences[i], NULL);
            g_assert(ok);
        }
    }
    return keymap;
}

void
keymap_free(struct keymap *keymap)
{
    if (keymap == NULL)
        return;
    g_array_unref(keymap->bindings);
    g_string_free(keymap->pending, TRUE);
    g_free(keymap);
}

char *
keymap_keys(const struct keymap *keymap, enum action action)
{
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = binding_at(keymap, i);
        if (binding->action != action || binding->context != actions[action].context)
            continue;
        g_autofree char *name = format_sequence(binding->keys, binding->n);
        g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", name);
    }
    return g_string_free(out, FALSE);
}

char *
keymap_first_key(const struct keymap *keymap, enum action action)
{
    for (unsigned i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = binding_at(keymap, i);
        if (binding->action == action && binding->context == actions[action].context)
            return format_sequence(binding->keys, binding->n);
    }
    return g_strdup("");
}

void
keymap_reset(struct keymap *keymap)
{
    keymap->n = 0;
    keymap->collecting = ACTION_NONE;
    keymap->digits = 0;
    keymap->number = 0;
    g_string_truncate(keymap->pending, 0);
}

const char *
keymap_pending(const struct keymap *keymap)
{
    return keymap->pending->str;
}

static void
show_pending(struct keymap *keymap)
{
    g_autofree char *name = format_sequence(keymap->typed, keymap->n);
    g_string_assign(keymap->pending, name);
    if (keymap->digits > 0)
        g_string_append_printf(keymap->pending, " %d", keymap->number);
}

static enum keymap_result
feed_digit(struct keymap *keymap, struct key key, enum action *ret_action, int *ret_number)
{
    bool digit = (key.mods & ~(uint32_t)KEY_ALT) == 0 && key.code >= '0' && key.code <= '9';
    bool ends = key.code == KEY_ENTER && key.mods == 0 && keymap->digits > 0;
    if (!digit && !ends) {
        keymap_reset(keymap);
        return KEYMAP_DROPPED;
    }
    if (digit) {
        keymap->number = keymap->number * 10 + (int)(key.code - '0');
        keymap->digits++;
    }
    if (!ends && keymap->digits < actions[keymap->collecting].digits) {
        show_pending(keymap);
        return KEYMAP_PENDING;
    }
    *ret_action = keymap->collecting;
    *ret_number = keymap->number;
    keymap_reset(keymap);
    return KEYMAP_ACTION;
}

/* What the keys typed so far call in one context; NULL: nothing. `*begins`: they begin something
 * there. */
static const struct binding *
lookup(const struct keymap *keymap, enum keymap_context context, bool *begins)
{
    const struct binding *found = NULL;

    *begins = false;
    for (unsigned i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = binding_at(keymap, i);
        if (binding->context != context || common(binding, keymap->typed, keymap->n) < keymap->n)
            continue;
        if (binding->n == keymap->n)
            found = binding;
        else
            *begins = true;
    }
    return found;
}

static enum keymap_result
call(struct keymap *keymap, enum action action, enum action *ret_action, int *ret_number)
{
    if (actions[action].digits > 0) {
        keymap->collecting = action;
        show_pending(keymap);
        return KEYMAP_PENDING;
    }
    *ret_action = action;
    *ret_number = 0;
    keymap_reset(keymap);
    return KEYMAP_ACTION;
}

enum keymap_result
keymap_feed(struct keymap *keymap, enum keymap_context context, struct key key,
            enum action *ret_action, int *ret_number)
{
    bool under_way = keymap->n > 0;
    bool begins = false, begins_in_main = false;
    const struct binding *binding;

    if (under_way && key.code == KEY_ESC) {
        keymap_reset(keymap);
        return KEYMAP_DROPPED;
    }
    if (keymap->collecting != ACTION_NONE)
        return feed_digit(keymap, key, ret_action, ret_number);
    keymap->typed[keymap->n++] = key;
    binding = lookup(keymap, context, &begins);
    if (binding == NULL && !begins && context != KEYMAP_MAIN)
        binding = lookup(keymap, KEYMAP_MAIN, &begins_in_main);
    if (binding != NULL)
        return call(keymap, binding->action, ret_action, ret_number);
    if (begins || begins_in_main) {
        show_pending(keymap);
        return KEYMAP_PENDING;
    }
    keymap_reset(keymap);
    return under_way ? KEYMAP_DROPPED : KEYMAP_UNBOUND;
}
