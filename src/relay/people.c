#include "relay/people.h"

#include <string.h>

/* In memory; the store has all of them. */
#define REMEMBERED 5000
#define CHOICES    1000

struct people {
    struct people_options options;
    GHashTable *owners; /* "BUFFER KEY" → struct person; one without an id: nobody */
    GHashTable *names;  /* "BUFFER ACCOUNT TEMPLATE ID" → char *, found to be free */
};

static void
person_free(void *memory)
{
    struct person *person = memory;

    g_free(person->id);
    g_free(person->nick);
    g_free(person);
}

struct people *
people_new(const struct people_options *options)
{
    struct people *people = g_new0(struct people, 1);

    people->options = *options;
    people->owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, person_free);
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

/* A member of the conversation has it: nobody is heard under it any more. */
#define TAKEN "-"

static char *
kv_key(int64_t buffer_id, const char *key)
{
    return g_strdup_printf("relay name %" G_GINT64_FORMAT " %s", buffer_id, key);
}

/* "ACCOUNT ID\tNICK" */
static struct person *
read_person(const char *text)
{
    struct person *person = g_new0(struct person, 1);
    char *end = NULL;

    if (!text)
        return person;
    if (strcmp(text, TAKEN) == 0) {
        person->account_id = -1;
        return person;
    }
    person->account_id = g_ascii_strtoll(text, &end, 10);
    const char *tab = strchr(text, '\t');
    if (!tab || *end != ' ')
        return person;
    person->id = g_strndup(end + 1, (size_t)(tab - end - 1));
    person->nick = g_strdup(tab + 1);
    return person;
}

static struct person *
find_owner(struct people *people, int64_t buffer_id, const char *key)
{
    g_autofree char *name = kv_key(buffer_id, key);
    struct person *person = g_hash_table_lookup(people->owners, name);

    if (person)
        return person;
    g_autofree char *text = store_load_kv(people->options.store, 0, name);
    if (g_hash_table_size(people->owners) >= REMEMBERED)
        g_hash_table_remove_all(people->owners);
    person = read_person(text);
    g_hash_table_insert(people->owners, g_steal_pointer(&name), person);
    return person;
}

static void
set_owner(struct people *people, int64_t buffer_id, const char *key, const char *text)
{
    char *name = kv_key(buffer_id, key);

    store_set_kv(people->options.store, 0, name, text);
    g_hash_table_replace(people->owners, name, read_person(text));
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
    const struct person *owner = find_owner(people, buffer_id, key);

    if (owner->account_id < 0 || (owner->id && (owner->account_id != who->account_id ||
                                                strcmp(owner->id, who->source.id) != 0)))
        return false;
    if (!people->options.is_free(people->options.user, buffer_id, key)) {
        /* Who had it is not to get it back as soon as the other one goes. */
        if (owner->id)
            set_owner(people, buffer_id, key, TAKEN);
        return false;
    }
    if (!owner->id || strcmp(owner->nick, who->source.nick) != 0)
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
    const struct person *person = find_owner(people, buffer_id, key);

    return person->id ? person : NULL;
}

void
people_came(struct people *people, int64_t buffer_id, const char *name)
{
    g_autofree char *key = names_key(name);
    const struct person *person = find_owner(people, buffer_id, key);

    if (!person->id)
        return;
    set_owner(people, buffer_id, key, TAKEN);
    people_forget(people);
}
