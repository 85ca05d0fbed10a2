#include "ui/keymap_config.h"

#include <string.h>

struct taken {
    struct keymap_binding binding;
    const struct config_key *by;
};

struct reading {
    struct keymap *keymap;
    GArray *taken; /* struct taken: what the lines so far have bound */
    keymap_complain_fn complain;
    void *user;
};

static bool
is_preset(const struct config_key *key)
{
    return strcmp(key->action, "preset") == 0;
}

static void
take_preset(void *user, const struct config_key *key)
{
    struct reading *reading = user;
    g_autoptr(GError) error = NULL;

    if (is_preset(key) && !keymap_use_preset(reading->keymap, key->keys, &error))
        reading->complain(reading->user, key, key->keys_column, false, error->message);
}

static bool
same_keys(const struct keymap_binding *a, const struct keymap_binding *b)
{
    if (a->context != b->context || a->n != b->n)
        return false;
    for (unsigned i = 0; i < a->n; i++)
        if (!key_equal(a->keys[i], b->keys[i]))
            return false;
    return true;
}

/* A key that two lines want goes to the later one, which is rarely meant. That override.conf goes
 * before weft.conf is. */
static void
note_taken(struct reading *reading, const struct config_key *key)
{
    const struct keymap *keymap = reading->keymap;
    struct taken now = {*keymap_binding(keymap, keymap_n_bindings(keymap) - 1), key};

    for (guint i = 0; i < reading->taken->len; i++) {
        struct taken *before = &g_array_index(reading->taken, struct taken, i);
        if (!same_keys(&before->binding, &now.binding) || before->by->override != key->override ||
            (before->binding.action == now.binding.action &&
             before->binding.number == now.binding.number))
            continue;
        g_autofree char *keys = keymap_format(now.binding.keys, now.binding.n);
        g_autofree char *text =
            g_strdup_printf("%s calls %s in line %d of %s already; now it calls %s.", keys,
                            before->by->action, before->by->line, before->by->file, key->action);
        reading->complain(reading->user, key, key->keys_column, true, text);
        g_array_remove_index(reading->taken, i);
        break;
    }
    g_array_append_val(reading->taken, now);
}

static void
take_key(void *user, const struct config_key *key)
{
    struct reading *reading = user;
    bool unbinds = strcmp(key->action, "none") == 0 || g_str_has_suffix(key->action, ".none");
    g_autoptr(GError) error = NULL;

    if (is_preset(key))
        return;
    if (!keymap_check_action(key->action, &error))
        reading->complain(reading->user, key, key->action_column, false, error->message);
    else if (!keymap_bind(reading->keymap, key->action, key->keys, &error))
        reading->complain(reading->user, key, key->keys_column, false, error->message);
    else if (!unbinds)
        note_taken(reading, key);
}

struct keymap *
keymap_from_config(const struct config *config, keymap_complain_fn complain, void *user)
{
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(struct taken));
    struct reading reading = {keymap_new(), taken, complain, user};

    config_each_key(config, take_preset, &reading);
    config_each_key(config, take_key, &reading);
    return reading.keymap;
}
