#include "ui/keymap.h"

#include "base/error.h"
#include "ui/keymap_presets.h"
#include "ui/suggest.h"
#include <string.h>

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

struct keymap {
    GArray *bindings; /* struct keymap_binding */
    struct key typed[KEYMAP_MAX_KEYS];
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
keymap_context_name(enum keymap_context context)
{
    return contexts[context];
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

static struct keymap_binding *
binding_at(const struct keymap *keymap, unsigned i)
{
    return &g_array_index(keymap->bindings, struct keymap_binding, i);
}

/* How many keys the two have in common from the start. */
static unsigned
common(const struct keymap_binding *a, const struct key *keys, unsigned n)
{
    unsigned i = 0;
    while (i < a->n && i < n && key_equal(a->keys[i], keys[i]))
        i++;
    return i;
}

static bool
parse_sequence(const char *text, struct keymap_binding *ret, GError **error)
{
    struct keymap_binding binding = *ret;
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    for (int i = 0; words[i] != NULL; i++) {
        if (words[i][0] == '\0')
            continue;
        if (binding.n == KEYMAP_MAX_KEYS) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "\"%s\" is too long: a sequence has at most %d keys.", text,
                        KEYMAP_MAX_KEYS);
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

char *
keymap_format(const struct key *keys, unsigned n)
{
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *name = key_format(keys[i]);
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", name);
    }
    return g_string_free(out, FALSE);
}

/* "buffer-12": the action that takes a number, with it. */
static enum action
numbered_action(const char *name, int *ret_number)
{
    guint64 number;

    if (!g_str_has_prefix(name, "buffer-") ||
        !g_ascii_string_to_unsigned(name + strlen("buffer-"), 10, 1, 9999, &number, NULL))
        return ACTION_NONE;
    *ret_number = (int)number;
    return ACTION_BUFFER_JUMP;
}

/* "list.next-buffer", "next-buffer", "none". `*ret_everywhere`: no context is named. */
static bool
parse_action(const char *text, struct keymap_binding *ret, bool *ret_everywhere, GError **error)
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
    ret->number = 0;
    ret->action = action_from_name(name);
    if (ret->action == ACTION_NONE)
        ret->action = numbered_action(name, &ret->number);
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

bool
keymap_check_action(const char *action, GError **error)
{
    struct keymap_binding binding;
    bool everywhere;

    return parse_action(action, &binding, &everywhere, error);
}

static bool
is_digit(struct key key)
{
    return (key.mods & ~(uint32_t)KEY_ALT) == 0 && key.code >= '0' && key.code <= '9';
}

/* Whether one of the two goes on where the other ends. Behind one that waits for digits another
 * key may stand. */
static bool
cuts(const struct keymap_binding *a, const struct keymap_binding *b)
{
    const struct keymap_binding *brief = a->n < b->n ? a : b, *longer = a->n < b->n ? b : a;

    if (a->context != b->context || a->n == b->n ||
        common(longer, brief->keys, brief->n) < brief->n)
        return false;
    return actions[brief->action].digits == 0 || brief->number > 0 ||
           is_digit(longer->keys[brief->n]);
}

static void
unbind(struct keymap *keymap, const struct keymap_binding *binding, bool everywhere)
{
    for (unsigned i = keymap->bindings->len; i-- > 0;) {
        const struct keymap_binding *other = binding_at(keymap, i);
        if ((everywhere || other->context == binding->context) && other->n == binding->n &&
            common(other, binding->keys, binding->n) == binding->n)
            g_array_remove_index(keymap->bindings, i);
    }
}

/* All that is in the way is named at once. */
static bool
check_cuts(const struct keymap *keymap, const struct keymap_binding *binding, const char *keys,
           GError **error)
{
    g_autoptr(GString) calls = g_string_new(NULL);
    g_autoptr(GString) lines = g_string_new(NULL);

    for (unsigned i = 0; i < keymap->bindings->len; i++) {
        const struct keymap_binding *other = binding_at(keymap, i);
        if (!cuts(other, binding))
            continue;
        g_autofree char *name = keymap_format(other->keys, other->n);
        const bool more = calls->len > 0;
        g_string_append_printf(calls, "%s\"%s\" calls %s", more ? ", " : "", name,
                               actions[other->action].name);
        g_string_append_printf(lines, "%snone = %s", more ? ", " : "", name);
    }
    if (calls->len > 0)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "\"%s\" can't be bound while %s; unbind that first (%s).", keys, calls->str,
                    lines->str);
    return calls->len == 0;
}

bool
keymap_bind(struct keymap *keymap, const char *action, const char *keys, GError **error)
{
    struct keymap_binding binding = {0};
    bool everywhere;

    if (!parse_action(action, &binding, &everywhere, error) ||
        !parse_sequence(keys, &binding, error))
        return false;
    if (binding.action != ACTION_NONE && !check_cuts(keymap, &binding, keys, error))
        return false;
    unbind(keymap, &binding, everywhere && binding.action == ACTION_NONE);
    if (binding.action != ACTION_NONE)
        g_array_append_val(keymap->bindings, binding);
    keymap_reset(keymap);
    return true;
}

static void
bind_defaults(struct keymap *keymap)
{
    g_array_set_size(keymap->bindings, 0);
    for (int action = 1; action < ACTION_N; action++) {
        g_auto(GStrv) sequences = g_strsplit(actions[action].keys, "  ", -1);
        for (int i = 0; sequences[i] != NULL; i++) {
            bool ok = keymap_bind(keymap, actions[action].name, sequences[i], NULL);
            g_assert(ok);
        }
    }
}

struct keymap *
keymap_new(void)
{
    struct keymap *keymap = g_new0(struct keymap, 1);
    keymap->bindings = g_array_new(FALSE, FALSE, sizeof(struct keymap_binding));
    keymap->pending = g_string_new(NULL);
    bind_defaults(keymap);
    return keymap;
}

bool
keymap_use_preset(struct keymap *keymap, const char *name, GError **error)
{
    const struct preset_row *rows = preset_find(name, error);
    if (rows == NULL)
        return false;
    bind_defaults(keymap);
    for (; rows->action != NULL; rows++) {
        bool ok = keymap_bind(keymap, rows->action, rows->keys, NULL);
        g_assert(ok);
    }
    return true;
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

size_t
keymap_n_bindings(const struct keymap *keymap)
{
    return keymap->bindings->len;
}

const struct keymap_binding *
keymap_binding(const struct keymap *keymap, size_t i)
{
    return binding_at(keymap, (unsigned)i);
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
    g_autofree char *name = keymap_format(keymap->typed, keymap->n);
    g_string_assign(keymap->pending, name);
    if (keymap->digits > 0)
        g_string_append_printf(keymap->pending, " %d", keymap->number);
}

static enum keymap_result
feed_digit(struct keymap *keymap, struct key key, enum action *ret_action, int *ret_number)
{
    bool ends = key.code == KEY_ENTER && key.mods == 0 && keymap->digits > 0;
    if (!is_digit(key) && !ends) {
        keymap_reset(keymap);
        return KEYMAP_DROPPED;
    }
    if (!ends) {
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

/* What the keys call in one context; NULL: nothing. `*begins`: they begin something there. */
static const struct keymap_binding *
lookup(const struct keymap *keymap, enum keymap_context context, const struct key *keys, unsigned n,
       bool *begins)
{
    const struct keymap_binding *found = NULL;

    *begins = false;
    for (unsigned i = 0; i < keymap->bindings->len; i++) {
        const struct keymap_binding *binding = binding_at(keymap, i);
        if (binding->context != context || common(binding, keys, n) < n)
            continue;
        if (binding->n == n)
            found = binding;
        else
            *begins = true;
    }
    return found;
}

static enum keymap_result
call(struct keymap *keymap, const struct keymap_binding *binding, enum action *ret_action,
     int *ret_number)
{
    if (actions[binding->action].digits > 0 && binding->number == 0) {
        keymap->collecting = binding->action;
        show_pending(keymap);
        return KEYMAP_PENDING;
    }
    *ret_action = binding->action;
    *ret_number = binding->number;
    keymap_reset(keymap);
    return KEYMAP_ACTION;
}

enum keymap_result
keymap_feed(struct keymap *keymap, enum keymap_context context, struct key key,
            enum action *ret_action, int *ret_number)
{
    bool under_way = keymap->n > 0;
    bool begins = false, begins_in_main = false;
    const struct keymap_binding *binding;

    if (under_way && key.code == KEY_ESC) {
        keymap_reset(keymap);
        return KEYMAP_DROPPED;
    }
    if (keymap->collecting != ACTION_NONE &&
        (keymap->digits > 0 || is_digit(key) || keymap->n == KEYMAP_MAX_KEYS))
        return feed_digit(keymap, key, ret_action, ret_number);
    keymap->collecting = ACTION_NONE;
    keymap->typed[keymap->n++] = key;
    binding = lookup(keymap, context, keymap->typed, keymap->n, &begins);
    if (binding == NULL && !begins && context != KEYMAP_MAIN)
        binding = lookup(keymap, KEYMAP_MAIN, keymap->typed, keymap->n, &begins_in_main);
    if (binding != NULL)
        return call(keymap, binding, ret_action, ret_number);
    if (begins || begins_in_main) {
        show_pending(keymap);
        return KEYMAP_PENDING;
    }
    keymap_reset(keymap);
    return under_way ? KEYMAP_DROPPED : KEYMAP_UNBOUND;
}

const struct keymap_binding *
keymap_find(const struct keymap *keymap, enum keymap_context context, const char *keys,
            GError **error)
{
    struct keymap_binding asked = {0};
    const struct keymap_binding *found;
    bool begins;

    if (!parse_sequence(keys, &asked, error))
        return NULL;
    found = lookup(keymap, context, asked.keys, asked.n, &begins);
    if (found == NULL && context != KEYMAP_MAIN)
        found = lookup(keymap, KEYMAP_MAIN, asked.keys, asked.n, &begins);
    return found;
}

void
keymap_each_next(const struct keymap *keymap, enum keymap_context context,
                 void (*fn)(void *user, const char *key, enum action action), void *user)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const unsigned n = keymap->n;

    for (unsigned i = 0; i < keymap->bindings->len && keymap->collecting == ACTION_NONE; i++) {
        const struct keymap_binding *binding = binding_at(keymap, i);
        char *key;
        if (binding->n <= n || common(binding, keymap->typed, n) < n ||
            (binding->context != context && binding->context != KEYMAP_MAIN))
            continue;
        key = key_format(binding->keys[n]);
        if (g_hash_table_add(seen, key))
            fn(user, key, binding->n == n + 1 ? binding->action : ACTION_NONE);
    }
}
