/* Making channels, finding them, inviting to them: what a person asks of a network beyond one
 * conversation. */
#include "core/place.h"

#include <string.h>

#include "core/address.h"
#include "core/engine.h"

#define MOST_NAME_BYTES  512
#define ARCHIVE_AGAIN_US (60 * G_USEC_PER_SEC)

/* --- places
 * -------------------------------------------------------------------------------------------- */

static void
add_place(GArray *places, int64_t account_id, int64_t space_id, bool first)
{
    const struct place place = {.account_id = account_id, .space_id = space_id};

    if (first)
        g_array_prepend_val(places, place);
    else
        g_array_append_val(places, place);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    const struct space *one = *(const struct space *const *)a;
    const struct space *other = *(const struct space *const *)b;
    return g_utf8_collate(one->name, other->name);
}

static GPtrArray *
spaces_of(struct core *core, int64_t account_id)
{
    GPtrArray *spaces = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, core->spaces);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((const struct space *)value)->account_id == account_id)
            g_ptr_array_add(spaces, value);
    g_ptr_array_sort(spaces, by_name);
    return spaces;
}

GArray *
core_places(struct core *core, enum capability capability, int64_t buffer_id)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
    const struct buffer *here = core_buffer(core, buffer_id);

    for (guint i = 0; i < core->accounts->len; i++) {
        const struct account *account = core->accounts->pdata[i];
        const struct session *session = session_of_account(core, account->id);
        const bool ours = here != NULL && here->account_id == account->id;
        const guint before = places->len;

        if (session == NULL || !session_online(session) || !(session->caps & (unsigned)capability))
            continue;
        g_autoptr(GPtrArray) spaces = spaces_of(core, account->id);
        for (guint n = 0; n < spaces->len; n++) {
            const struct space *space = spaces->pdata[n];
            add_place(places, account->id, space->id, ours && here->space_id == space->id);
        }
        if (places->len == before)
            add_place(places, account->id, 0, ours);
    }
    return places;
}

char *
core_place_name(struct core *core, const struct place *place)
{
    const struct account *account = core_account(core, place->account_id);
    const struct space *space = core_space(core, place->space_id);
    const char *label = account == NULL ? "?" : account->label ? account->label : account->name;

    return space != NULL ? g_strdup_printf("%s, %s", label, space->name) : g_strdup(label);
}

const struct create_rules *
core_place_making(struct core *core, const struct place *place)
{
    const struct session *session = session_of_account(core, place->account_id);

    return session != NULL && session->driver != NULL && session->driver->caps & CAP_CREATE
               ? &session->driver->making
               : NULL;
}

static const char *
space_id(struct core *core, const struct place *place)
{
    const struct space *space = core_space(core, place->space_id);
    return space != NULL ? space->remote_id : NULL;
}

/* --- asking
 * -------------------------------------------------------------------------------------------- */

struct core_ask {
    core_ask_fn fn; /* NULL: nobody waits any more */
    void *user;
};

void
core_ask_forget(struct core_ask *ask)
{
    if (ask != NULL)
        ask->fn = NULL;
}

static void
ended(struct session *session, const GError *error, void *user)
{
    struct core_ask *ask = user;

    if (ask->fn != NULL)
        ask->fn(ask->user, session->answer, error);
}

/* It lives as long as its operation. */
static struct core_ask *
ask_new(struct session *session, int64_t buffer_id, core_ask_fn fn, void *user, op_id *ret_op)
{
    struct core_ask *ask = g_new0(struct core_ask, 1);

    ask->fn = fn;
    ask->user = user;
    *ret_op = session_begin(session, buffer_id, fn ? ended : NULL, ask);
    session_owns(session, *ret_op, g_free);
    return ask;
}

static bool
check_name(const char *name, GError **error)
{
    if (*name && strlen(name) <= MOST_NAME_BYTES && g_utf8_validate(name, -1, NULL))
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        *name ? "This name is too long." : "A name is needed.");
    return false;
}

struct core_ask *
core_create(struct core *core, int64_t buffer_id, const struct core_wish *wish, core_ask_fn fn,
            void *user, GError **error)
{
    struct session *session = session_of_account(core, wish->place.account_id);
    const struct buffer *here = core_buffer(core, buffer_id);

    if (!session_can(session, NULL, CAP_CREATE, error) || !check_name(wish->name, error))
        return NULL;
    if (wish->private_ && !session->driver->making.private_) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "This network makes no channel that is private from the start.");
        return NULL;
    }
    const struct create_request request = {
        .from = here != NULL && here->account_id == wish->place.account_id ? here : NULL,
        .space = space_id(core, &wish->place),
        .name = wish->name,
        .private_ = wish->private_,
        .purpose = wish->purpose != NULL && *wish->purpose ? wish->purpose : NULL,
    };
    op_id op;
    struct core_ask *ask = ask_new(session, buffer_id, fn, user, &op);
    session_then_show(session, op, wish->name);
    if (session->driver->create(session->state, op, &request, error))
        return ask;
    session_refused(session, op);
    return NULL;
}

struct core_ask *
core_browse(struct core *core, const struct place *place, const char *words, unsigned page,
            core_ask_fn fn, void *user, GError **error)
{
    struct session *session = session_of_account(core, place->account_id);

    if (!session_can(session, NULL, CAP_BROWSE, error))
        return NULL;
    const struct browse_request request = {
        .space = space_id(core, place), .words = words, .page = page};
    op_id op;
    struct core_ask *ask = ask_new(session, 0, fn, user, &op);
    if (session->driver->browse(session->state, op, &request, error))
        return ask;
    session_refused(session, op);
    return NULL;
}

bool
core_join_listed(struct core *core, const struct place *place, int64_t buffer_id, const char *id,
                 GError **error)
{
    struct session *session = session_of_account(core, place->account_id);
    const struct buffer *here = core_buffer(core, buffer_id);

    if (!session_can(session, NULL, CAP_JOIN, error))
        return false;
    const op_id op = session_begin(session, buffer_id, NULL, NULL);
    session_then_show(session, op, id);
    if (!session->driver->join(session->state, op,
                               here != NULL && here->account_id == place->account_id ? here : NULL,
                               id, NULL, error))
        return session_refused(session, op);
    return true;
}

/* The name that the network joins by; of a conversation that is known, its id. g_free(). */
static char *
name_to_join(struct core *core, const char *address, char **parts, const struct buffer **ret_known,
             GError **error)
{
    g_autoptr(GError) lack = NULL;
    const struct buffer *known = core_find_address(core, address, &lack);

    *ret_known = known;
    if (known != NULL && known->kind != BUFFER_CHANNEL && known->kind != BUFFER_PRIVATE) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "%s is no channel: there is nothing to join.", address);
        return NULL;
    }
    if (known != NULL)
        return g_strdup(known->remote_id);
    if (error_code(lack) != WEFT_ERROR_NOT_FOUND) {
        g_propagate_error(error, g_steal_pointer(&lack));
        return NULL;
    }
    return parts[2] != NULL ? g_strconcat(parts[1], "/", parts[2], NULL) : g_strdup(parts[1]);
}

struct core_ask *
core_join(struct core *core, const char *address, core_ask_fn fn, void *user, GError **error)
{
    g_auto(GStrv) parts = address_parse(address, error);
    const struct account *account = parts != NULL ? core_account_by_name(core, parts[0]) : NULL;
    const struct buffer *known;

    if (parts == NULL)
        return NULL;
    if (account == NULL || parts[1] == NULL) {
        g_set_error(error, WEFT_ERROR,
                    account == NULL ? WEFT_ERROR_NOT_FOUND : WEFT_ERROR_BAD_INPUT,
                    account == NULL ? "There is no account %s."
                                    : "Which channel of %s? Its address looks like account/name.",
                    parts[0]);
        return NULL;
    }
    struct session *session = session_of_account(core, account->id);
    g_autofree char *name = name_to_join(core, address, parts, &known, error);
    if (name == NULL || !session_can(session, NULL, CAP_JOIN, error))
        return NULL;
    op_id op;
    struct core_ask *ask = ask_new(session, 0, fn, user, &op);
    if (session->driver->join(session->state, op, known, name, NULL, error))
        return ask;
    session_refused(session, op);
    return NULL;
}

char *
core_how_to_join(struct core *core, const char *address)
{
    g_auto(GStrv) parts = address_parse(address, NULL);
    const struct account *account = parts != NULL ? core_account_by_name(core, parts[0]) : NULL;
    const struct session *session = account != NULL ? session_of_account(core, account->id) : NULL;

    /* What its network lacks is known when it is connected; what no such network has, before. */
    if (session == NULL || session->driver == NULL || parts[1] == NULL ||
        ((session_online(session) ? session->caps : session->driver->caps) & CAP_JOIN) == 0)
        return NULL;
    g_autofree char *name = g_strjoinv("/", parts + 1);
    g_autofree char *typed =
        core->unattended ? core_typed(core, "join %s", address) : core_typed(core, "join %s", name);
    return core->unattended ? g_strdup_printf("\"%s\"", typed)
                            : g_strdup_printf("\"%s\" in a buffer of %s", typed, account->name);
}

bool
core_archive(struct core *core, int64_t buffer_id, GError **error)
{
    struct session *session = session_of_buffer(core, buffer_id);
    struct room *room = room_get(core, buffer_id);
    const struct buffer *buffer = core_buffer(core, buffer_id);
    const int64_t now_us = clock_mono_us(core->clock);

    if (!session_can(session, buffer, CAP_ARCHIVE, error))
        return false;
    if (room->archive_until_us <= now_us) {
        room->archive_until_us = now_us + ARCHIVE_AGAIN_US;
        core_say(core, buffer_id,
                 "/archive again, within a minute, closes %s for everybody: what was said stays, "
                 "and nobody can say anything there any more.",
                 buffer->name);
        return true;
    }
    room->archive_until_us = 0;
    const op_id op = session_begin(session, buffer_id, NULL, NULL);
    if (!session->driver->archive(session->state, op, buffer, error))
        return session_refused(session, op);
    return true;
}

bool
core_invite(struct core *core, int64_t buffer_id, const char *user, bool whole_space,
            GError **error)
{
    struct session *session = session_of_buffer(core, buffer_id);
    const struct buffer *buffer = core_buffer(core, buffer_id);

    if (!session_can(session, buffer, CAP_INVITE, error) || !check_name(user, error))
        return false;
    const op_id op = session_begin(session, buffer_id, NULL, NULL);
    if (!session->driver->invite(session->state, op, buffer, user, whole_space, error))
        return session_refused(session, op);
    return true;
}
