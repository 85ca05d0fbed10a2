/* Where people's pictures are, as their networks say it. For the relay alone: weft fetches none. */
#include <string.h>

#include "core/copy.h"
#include "core/engine.h"
#include "text/link.h"

/* What is kept at hand; the rest is asked of the disk. */
#define KNOWN_MAX 4000

/* One person under one name: a network may have many people speak by one account. */
struct person {
    int64_t account_id;
    const char *id, *name;
};

/* As it is kept at hand, asked with every copy. g_free(). */
static char *
key_of(const struct person *person)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s\n%s", person->account_id, person->id,
                           person->name);
}

/* As it is stored. g_free(). */
static char *
stored_name(const struct person *person)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)person->id, (gssize)strlen(person->id) + 1);
    g_checksum_update(sum, (const guchar *)person->name, (gssize)strlen(person->name));
    return g_strconcat("core.picture.", g_checksum_get_string(sum), NULL);
}

static struct person
sender_of(int64_t account_id, const struct message *message)
{
    return (struct person){account_id, message->sender_id,
                           message->sender_name != NULL ? message->sender_name : ""};
}

/* Others' programs will fetch it: nothing but http, no words for a server to log in with, and
 * nothing that could end the address somewhere else. NULL: it is none. g_free(). */
static char *
read_address(const char *text)
{
    const size_t scheme = g_str_has_prefix(text, "https://")  ? strlen("https://")
                          : g_str_has_prefix(text, "http://") ? strlen("http://")
                                                              : 0;
    const size_t len = strnlen(text, COPY_PICTURE_MAX_BYTES + 1);
    const size_t host = scheme > 0 ? strcspn(text + scheme, "/?#") : 0;

    if (host == 0 || len > COPY_PICTURE_MAX_BYTES || memchr(text + scheme, '@', host) != NULL)
        return NULL;
    for (const char *c = text; *c != '\0'; c++)
        if (g_ascii_iscntrl(*c))
            return NULL;
    char *address = link_target(text, len);
    if (address != NULL && strlen(address) > COPY_PICTURE_MAX_BYTES)
        g_clear_pointer(&address, g_free);
    return address;
}

static void
keep_take(struct core *core, char *key_take, const char *address)
{
    if (g_hash_table_size(core->pictures) >= KNOWN_MAX)
        g_hash_table_remove_all(core->pictures);
    g_hash_table_insert(core->pictures, key_take, g_strdup(address));
}

/* "": there is none. The core's, until the next call. */
static const char *
find(struct core *core, const struct person *person)
{
    g_autofree char *key = key_of(person);
    const char *known = g_hash_table_lookup(core->pictures, key);

    if (known != NULL)
        return known;
    g_autofree char *name = stored_name(person);
    g_autofree char *stored = store_load_kv(core->store, person->account_id, name);
    keep_take(core, g_strdup(key), stored != NULL ? stored : "");
    return g_hash_table_lookup(core->pictures, key);
}

void
picture_heard(struct session *session, const struct message *message, const char *picture)
{
    struct core *core = session->core;

    if (core->relay == NULL || core->read_only || picture == NULL || message->sender_id == NULL ||
        (message->flags & MESSAGE_OWN) != 0)
        return;
    const struct person person = sender_of(session->account->id, message);
    g_autofree char *address = read_address(picture);
    const char *now = address != NULL ? address : "";

    if (strcmp(find(core, &person), now) == 0)
        return;
    g_autofree char *name = stored_name(&person);
    keep_take(core, key_of(&person), now);
    store_set_kv(core->store, person.account_id, name, address);
}

char *
core_copy_picture(struct core *core, const struct message *message)
{
    const struct room *room = room_get(core, message->buffer_id);

    if (room == NULL || message->sender_id == NULL)
        return NULL;
    const struct person person = sender_of(room->pub.account_id, message);
    const char *address = find(core, &person);
    return *address != '\0' ? g_strdup(address) : NULL;
}

void
picture_init(struct core *core)
{
    core->pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void
picture_fini(struct core *core)
{
    g_hash_table_unref(core->pictures);
}
