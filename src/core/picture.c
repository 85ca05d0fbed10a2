/* Where people's pictures are, as their networks say it. For the relay alone: weft fetches none. */
#include <string.h>

#include "core/copy.h"
#include "core/engine.h"
#include "text/link.h"

/* What is kept at hand; the rest is asked of the disk. */
#define KNOWN_MAX 4000

/* Of one person under one name: a network may have many people speak by one account. g_free(). */
static char *
name_of(const char *sender_id, const char *sender_name)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *name = sender_name != NULL ? sender_name : "";

    g_checksum_update(sum, (const guchar *)sender_id, (gssize)strlen(sender_id) + 1);
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name));
    return g_strconcat("core.picture.", g_checksum_get_string(sum), NULL);
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
keep(struct core *core, int64_t account_id, const char *name, const char *address)
{
    if (g_hash_table_size(core->pictures) >= KNOWN_MAX)
        g_hash_table_remove_all(core->pictures);
    g_hash_table_insert(core->pictures,
                        g_strdup_printf("%" G_GINT64_FORMAT " %s", account_id, name),
                        g_strdup(address));
}

/* "": there is none. The core's, until the next call. */
static const char *
find(struct core *core, int64_t account_id, const char *name)
{
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", account_id, name);
    const char *known = g_hash_table_lookup(core->pictures, key);

    if (known != NULL)
        return known;
    g_autofree char *stored = store_load_kv(core->store, account_id, name);
    keep(core, account_id, name, stored != NULL ? stored : "");
    return g_hash_table_lookup(core->pictures, key);
}

void
picture_heard(struct session *session, const struct message *message, const char *picture)
{
    struct core *core = session->core;

    if (core->relay == NULL || core->read_only || picture == NULL || message->sender_id == NULL ||
        (message->flags & MESSAGE_OWN) != 0)
        return;
    const int64_t account_id = session->account->id;
    g_autofree char *name = name_of(message->sender_id, message->sender_name);
    g_autofree char *address = read_address(picture);
    const char *now = address != NULL ? address : "";

    if (strcmp(find(core, account_id, name), now) == 0)
        return;
    keep(core, account_id, name, now);
    store_set_kv(core->store, account_id, name, address);
}

char *
core_copy_picture(struct core *core, const struct message *message)
{
    const struct room *room = room_get(core, message->buffer_id);

    if (room == NULL || message->sender_id == NULL)
        return NULL;
    g_autofree char *name = name_of(message->sender_id, message->sender_name);
    const char *address = find(core, room->pub.account_id, name);
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
