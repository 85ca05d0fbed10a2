#include "core/people.h"

#include "core/engine.h"

static void
person_free(void *memory)
{
    struct person *person = memory;

    g_free(person->name);
    g_free(person);
}

/* --- who is known
 * ------------------------------------------------------------------------------------------- */

/* Names of the direct conversations that are listed: whoever has one is there already. */
static GHashTable *
spoken_with(struct core *core, int64_t account_id)
{
    const GPtrArray *buffers = core_buffers(core);
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (buffer->account_id == account_id && buffer->kind == BUFFER_DIRECT)
            g_hash_table_add(names, buffer->name);
    }
    return names;
}

static void
add_people(GPtrArray *people, const struct session *session)
{
    const struct account *account = session->account;
    g_autoptr(GHashTable) spoken = spoken_with(session->core, account->id);
    GHashTableIter iter;
    gpointer id, rooms;

    g_hash_table_iter_init(&iter, session->users);
    while (g_hash_table_iter_next(&iter, &id, &rooms)) {
        const struct room *room = g_ptr_array_index((GPtrArray *)rooms, 0);
        const struct member *member = g_hash_table_lookup(room->pub.members, id);
        if (member == NULL || g_strcmp0(id, account->self_id) == 0 ||
            g_hash_table_contains(spoken, member->name))
            continue;
        struct person *person = g_new0(struct person, 1);
        person->account_id = account->id;
        person->name = g_strdup(member->name);
        g_ptr_array_add(people, person);
    }
}

GPtrArray *
core_people(struct core *core)
{
    const GPtrArray *accounts = core_accounts(core);
    GPtrArray *people = g_ptr_array_new_with_free_func(person_free);

    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        struct session *session = session_of_account(core, account->id);
        if (session != NULL && session_can(session, NULL, CAP_OPEN_DM, NULL))
            add_people(people, session);
    }
    return people;
}

/* --- opening
 * ------------------------------------------------------------------------------------------------
 */

struct opening {
    char *name;
    char *text; /* NULL: nothing to say */
    enum message_kind kind;
    bool show;
    int64_t from_id; /* buffer */
};

static void
opening_free(void *data)
{
    struct opening *opening = data;

    g_free(opening->name);
    g_free(opening->text);
    g_free(opening);
}

static void
opened(struct session *session, const GError *failure, void *user)
{
    struct opening *opening = user;
    struct core *core = session->core;
    const struct buffer *buffer =
        failure ? NULL
                : session_find_buffer(session, core_buffer(core, opening->from_id),
                                      session->answer_id ? session->answer_id : opening->name);
    g_autoptr(GError) error = failure ? g_error_copy(failure) : NULL;

    if (buffer && opening->show)
        core_show_buffer(core, buffer->id);
    if (buffer && opening->text)
        writing_say(core, buffer->id, opening->kind, opening->text, NULL, &error);
    if (!buffer && !error)
        core_say(core, opening->from_id, "The network opened no conversation with %s.",
                 opening->name);
    if (error)
        core_say_error(core, opening->from_id, error);
    if (opening->text && (!buffer || error)) {
        g_autofree char *kept =
            session->driver->hides ? session->driver->hides(opening->name, opening->text) : NULL;
        core_say(core, opening->from_id, "Not sent: %s", kept ? kept : opening->text);
    }
}

bool
people_open(struct session *session, const struct people_wish *wish, GError **error)
{
    struct core *core = session->core;
    const struct buffer *here = core_buffer(core, wish->from_id);
    const struct buffer *from = here && here->account_id == session->account->id ? here : NULL;
    const struct buffer *known = session_find_buffer(session, from, wish->name);

    if (known) {
        if (wish->show)
            core_show_buffer(core, known->id);
        return !wish->text || writing_say(core, known->id, wish->kind, wish->text, NULL, error);
    }
    if (!session_can(session, NULL, CAP_OPEN_DM, error))
        return false;
    struct opening *opening = g_new0(struct opening, 1);
    opening->name = g_strdup(wish->name);
    opening->text = g_strdup(wish->text);
    opening->kind = wish->kind;
    opening->show = wish->show;
    opening->from_id = wish->from_id;
    op_id op = session_begin(session, wish->from_id, opened, opening);
    session_owns(session, op, opening_free);
    return session->driver->open_dm(session->state, op, from, wish->name, error) ||
           session_refused(session, op);
}

bool
core_open_direct(struct core *core, int64_t account_id, int64_t buffer_id, const char *name,
                 GError **error)
{
    struct session *session = session_of_account(core, account_id);
    const struct people_wish wish = {
        .from_id = buffer_id, .name = name, .kind = MESSAGE_TEXT, .show = true};

    if (session == NULL) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "This account is not there any more.");
        return false;
    }
    return people_open(session, &wish, error);
}
