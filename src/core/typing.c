/* Who is typing, here and there. Nothing of it is stored. */
#include <string.h>

#include "core/engine.h"
#include "core/ignore.h"

#define ACTIVE_US    (INT64_C(6) * G_USEC_PER_SEC)
#define PAUSED_US    (INT64_C(30) * G_USEC_PER_SEC)
#define TELL_US      (INT64_C(3) * G_USEC_PER_SEC) /* we say it at most this often */
#define TYPISTS_MOST 100                           /* in one conversation */

struct typist {
    struct room *room;
    char *id;
    char *name;
    unsigned timer;
};

static void
typist_free(void *data)
{
    struct typist *typist = data;
    clock_timer_del(typist->room->session->core->clock, typist->timer);
    g_free(typist->id);
    g_free(typist->name);
    g_free(typist);
}

static void
tell(const struct room *room, const char *name, bool active)
{
    bus_publish(room->session->core->bus, &(struct notice){.type = NOTICE_TYPING,
                                                           .account_id = room->pub.account_id,
                                                           .buffer_id = room->pub.id,
                                                           .live = active,
                                                           .text = (char *)(uintptr_t)name});
}

static struct typist *
find_typist(const struct room *room, const char *user_id)
{
    for (guint i = 0; room->typists != NULL && i < room->typists->len; i++) {
        struct typist *typist = room->typists->pdata[i];
        if (strcmp(typist->id, user_id) == 0)
            return typist;
    }
    return NULL;
}

void
typing_ended(struct room *room, const char *user_id)
{
    struct typist *typist = user_id != NULL ? find_typist(room, user_id) : NULL;

    if (typist == NULL)
        return;
    g_autofree char *name = g_strdup(typist->name);
    g_ptr_array_remove(room->typists, typist);
    tell(room, name, false);
}

static void
overdue(void *user)
{
    struct typist *typist = user;

    typist->timer = 0;
    typing_ended(typist->room, typist->id);
}

static void
began(struct room *room, const char *id, const char *name, int64_t for_us)
{
    struct typist *typist = find_typist(room, id);
    struct clock *clock = room->session->core->clock;

    if (typist != NULL) {
        clock_timer_del(clock, typist->timer);
        typist->timer = clock_timer_add(clock, for_us, overdue, typist);
        return;
    }
    if (room->typists == NULL)
        room->typists = g_ptr_array_new_with_free_func(typist_free);
    if (room->typists->len >= TYPISTS_MOST)
        return;
    typist = g_new0(struct typist, 1);
    typist->room = room;
    typist->id = g_strdup(id);
    typist->name = g_strdup(name);
    typist->timer = clock_timer_add(clock, for_us, overdue, typist);
    g_ptr_array_add(room->typists, typist);
    tell(room, name, true);
}

void
typing_event(struct session *session, const struct event *event)
{
    struct room *room = ingest_find(session, event->conversation);
    g_autofree char *name = ingest_clean(event->typing.user_name, CORE_MAX_NAME_BYTES);
    g_autofree char *said_id = ingest_clean(event->typing.user_id, CORE_MAX_ID_BYTES);
    const char *id = said_id != NULL ? said_id : name;

    /* Our own typing comes back, from here or another device: we know. */
    if (room == NULL || id == NULL || g_strcmp0(id, session->account->self_id) == 0)
        return;
    if (ignore_matches(session, room, id, name, NULL, IGNORE_TYPING, NULL))
        return;
    if (event->typing.active)
        began(room, id, name != NULL ? name : id, event->typing.paused ? PAUSED_US : ACTIVE_US);
    else
        typing_ended(room, id);
}

void
typing_clear(struct room *room)
{
    if (room->typists == NULL)
        return;
    g_clear_pointer(&room->typists, g_ptr_array_unref);
    if (!room->session->core->leaving)
        tell(room, "", false);
}

char **
core_who_types(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; room != NULL && room->typists != NULL && i < room->typists->len; i++)
        g_ptr_array_add(names, g_strdup(((struct typist *)room->typists->pdata[i])->name));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* --- ourselves
 * --------------------------------------------------------------------------------------------- */

void
typing_sent(struct room *room)
{
    room->typing = false;
}

static bool
can_tell(const struct room *room)
{
    const struct session *session = room != NULL ? room->session : NULL;

    return session != NULL && session->driver != NULL && session->driver->typing != NULL &&
           (room->pub.caps & CAP_TYPING) != 0 && session_online(session);
}

void
typing_tell(struct room *room, bool active)
{
    if (!can_tell(room))
        return;
    const int64_t now_us = clock_mono_us(room->session->core->clock);
    if (active ? room->typing_told_us != 0 && now_us - room->typing_told_us < TELL_US
               : !room->typing)
        return;
    room->typing = active;
    if (active)
        room->typing_told_us = now_us;
    room->session->driver->typing(room->session->state, &room->pub, active);
}

void
core_typing(struct core *core, int64_t buffer_id, bool active)
{
    struct room *room = room_get(core, buffer_id);

    if (room != NULL && config_bool(core->config, "look", "typing"))
        typing_tell(room, active);
}
