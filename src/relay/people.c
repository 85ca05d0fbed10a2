#include "relay/people.h"

#include <string.h>

/* In memory; the store has all of them. */
#define REMEMBERED 5000
#define CHOICES    1000

struct owner {
    struct person person;
    int64_t buffer_id;
    char *key;
    bool taken;            /* a member of the conversation has it: nobody is heard under it */
    int64_t free_since_us; /* if `taken`: since when no member has it any more; 0: one has */
};

struct people {
    struct people_options options;
    GHashTable *owners; /* "BUFFER KEY" → struct owner; one without an id: nobody */
    GHashTable *names;  /* "BUFFER ACCOUNT TEMPLATE ID" → char *, found to be free */
};

static void
owner_free(void *memory)
{
    struct owner *owner = memory;

    g_free(owner->person.id);
    g_free(owner->person.nick);
    g_free(owner->key);
    g_free(owner);
}

struct people *
people_new(const struct people_options *options)
{
    struct people *people = g_new0(struct people, 1);

    people->options = *options;
    people->owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, owner_free);
    people->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return people;
}

void
people_free(struct people *people)
{
    if (!people)
        return;
    g_hash_table_unref(people->owners);
    g_hash_table_unref(people->names);
    g_free(people);
}

void
people_forget(struct people *people)
{
    g_hash_table_remove_all(people->names);
}

/* --- who has a name --- */

/* What the store has for a name that is taken. */
#define TAKEN "-"

static char *
kv_key(int64_t buffer_id, const char *key)
{
    return g_strdup_printf("relay name %" G_GINT64_FORMAT " %s", buffer_id, key);
}

/* "ACCOUNT ID\tNICK" */
static struct owner *
read_owner(int64_t buffer_id, const char *key, const char *text)
{
    struct owner *owner = g_new0(struct owner, 1);
    char *end = NULL;

    owner->buffer_id = buffer_id;
    owner->key = g_strdup(key);
    owner->taken = g_strcmp0(text, TAKEN) == 0;
    if (!text || owner->taken)
        return owner;
    owner->person.account_id = g_ascii_strtoll(text, &end, 10);
    const char *tab = strchr(text, '\t');
    if (!tab || *end != ' ')
        return owner;
    owner->person.id = g_strndup(end + 1, (size_t)(tab - end - 1));
    owner->person.nick = g_strdup(tab + 1);
    return owner;
}

static struct owner *
find_owner(struct people *people, int64_t buffer_id, const char *key)
{
    g_autofree char *name = kv_key(buffer_id, key);
    struct owner *owner = g_hash_table_lookup(people->owners, name);

    if (owner)
        return owner;
    g_autofree char *text = store_load_kv(people->options.store, 0, name);
    if (g_hash_table_size(people->owners) >= REMEMBERED)
        g_hash_table_remove_all(people->owners);
    owner = read_owner(buffer_id, key, text);
    g_hash_table_insert(people->owners, g_steal_pointer(&name), owner);
    return owner;
}

/* `text` NULL: it is nobody's. */
static void
set_owner(struct people *people, int64_t buffer_id, const char *key, const char *text)
{
    char *name = kv_key(buffer_id, key);

    store_set_kv(people->options.store, 0, name, text);
    g_hash_table_replace(people->owners, name, read_owner(buffer_id, key, text));
}

static void
claim(struct people *people, int64_t buffer_id, const char *key, const struct people_who *who)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %s\t%s", who->account_id,
                                            who->source.id, who->source.nick);

    set_owner(people, buffer_id, key, text);
}

/* --- a name --- */

static bool
takes(struct people *people, int64_t buffer_id, const char *key, const struct people_who *who)
{
    const struct owner *owner = find_owner(people, buffer_id, key);
    const struct person *person = &owner->person;

    if (owner->taken || (person->id && (person->account_id != who->account_id ||
                                        strcmp(person->id, who->source.id) != 0)))
        return false;
    if (people->options.look(people->options.user, buffer_id, key) == PEOPLE_THERE) {
        /* It is not to be had as soon as the other one goes. */
        set_owner(people, buffer_id, key, TAKEN);
        return false;
    }
    if (!person->id || strcmp(person->nick, who->source.nick) != 0)
        claim(people, buffer_id, key, who);
    return true;
}

char *
people_name(struct people *people, int64_t buffer_id, const struct people_who *who,
            const char *template, size_t max_bytes)
{
    char *place =
        g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %zu %s\t%s\t%s", buffer_id,
                        who->account_id, max_bytes, template, who->source.id, who->source.nick);
    const char *known = g_hash_table_lookup(people->names, place);
    g_autofree char *wanted = known ? NULL : names_make(template, &who->source);

    if (known) {
        g_free(place);
        return g_strdup(known);
    }
    if (g_hash_table_size(people->names) >= REMEMBERED)
        g_hash_table_remove_all(people->names);
    for (unsigned n = 0;; n++) {
        char *name = names_choice(wanted, &who->source, n, max_bytes);
        g_autofree char *key = names_key(name);
        if (takes(people, buffer_id, key, who) || n == CHOICES) {
            g_hash_table_insert(people->names, place, name);
            return g_strdup(name);
        }
        g_free(name);
    }
}

const struct person *
people_find(struct people *people, int64_t buffer_id, const char *name)
{
    g_autofree char *key = names_key(name);
    const struct owner *owner = find_owner(people, buffer_id, key);

    return owner->person.id ? &owner->person : NULL;
}

void
people_came(struct people *people, int64_t buffer_id, const char *name)
{
    g_autofree char *key = names_key(name);
    struct owner *owner = find_owner(people, buffer_id, key);

    owner->free_since_us = 0;
    if (!owner->person.id)
        return;
    set_owner(people, buffer_id, key, TAKEN);
    people_forget(people);
}

/* True: it has been nobody's for long enough. */
static bool
has_rested(struct people *people, struct owner *owner, int64_t now_us)
{
    if (people->options.look(people->options.user, owner->buffer_id, owner->key) != PEOPLE_FREE)
        owner->free_since_us = 0;
    else if (owner->free_since_us == 0)
        owner->free_since_us = now_us;
    else
        return now_us - owner->free_since_us >= PEOPLE_REST_US;
    return false;
}

void
people_let_go(struct people *people, int64_t now_us)
{
    GHashTableIter iter;
    void *name, *value;
    bool changed = false;

    g_hash_table_iter_init(&iter, people->owners);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        struct owner *owner = value;
        if (!owner->taken || !has_rested(people, owner, now_us))
            continue;
        store_set_kv(people->options.store, 0, name, NULL);
        g_hash_table_iter_remove(&iter);
        changed = true;
    }
    if (changed)
        people_forget(people);
}
