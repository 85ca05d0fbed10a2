#include "tests/unit/core/copies.h"

#include "base/error.h"

static void
on_copied(struct core *core, bool added, const GError *error, void *user)
{
    struct copies_answer *answer = user;
    answer->calls++;
    answer->added = added;
    answer->code = error != NULL ? (int)error_code(error) : -1;
    g_assert_true(added == (error == NULL));
}

void
copies_on_done(struct core *core, const GError *error, void *user)
{
    struct copies_answer *answer = user;
    answer->calls++;
    answer->code = error != NULL ? (int)error_code(error) : -1;
}

int64_t
copies_lab(struct fake *fake, unsigned i)
{
    return fake_buffer(fake, i, "#lab")->id;
}

struct fake_session *
copies_session_at(struct fake *fake, unsigned i)
{
    return fake_session(fake, i);
}

void
copies_come_online(struct fake *fake, unsigned i)
{
    const struct limits limits = {
        .max_in_flight = 1, .dedupe_window_us = 30 * SECOND_US, .name_bytes = COPIES_NAMES};
    fake_online(fake, i);
    fake_caps(fake, i, FAKE_CAPS | CAP_SET_TOPIC, &limits);
    fake_settle(fake);
    g_string_truncate(copies_session_at(fake, i)->asked, 0);
}

struct fake *
copies_joined(void)
{
    struct fake *fake = fake_new(2);
    copies_come_online(fake, 0);
    copies_come_online(fake, 1);
    const struct relay_route route = {copies_lab(fake, 0), copies_lab(fake, 1), RELAY_TALK};
    store_set_routes(fake->store, &route, 1);
    return fake;
}

int64_t
copies_uma_says(struct fake *fake, const char *id, const char *text)
{
    fake_say(fake, 0, &(struct fake_said){.text = text, .id = id});
    fake_settle(fake);
    struct message *message = core_find_message(fake->core, copies_lab(fake, 0), id);
    const int64_t row = message->id;
    message_unref(message);
    return row;
}

GPtrArray *
copies_tasks(struct fake *fake)
{
    return store_load_tasks(core_copy_store(fake->core), copies_lab(fake, 1), 0, 100);
}

unsigned
copies_n_tasks(struct fake *fake)
{
    g_autoptr(GPtrArray) list = copies_tasks(fake);
    return list->len;
}

void
copies_add_soon(struct fake *fake, int64_t source, const char *text, struct copies_answer *answer)
{
    g_autoptr(GPtrArray) waits = copies_tasks(fake);
    struct rich *body = rich_new(text, -1);
    const struct copy_request request = {
        .source_id = source,
        .buffer_id = copies_lab(fake, 1),
        .task_id = waits->len > 0 ? ((struct relay_task *)waits->pdata[0])->id : 0,
        .body = body,
        .as_name = "Uma [patio]",
        .as_avatar = "https://a.example/u.png",
        .said_by = "Uma",
    };
    const unsigned calls = answer->calls;
    core_copy(fake->core, &request, on_copied, answer);
    g_assert_cmpuint(answer->calls, ==, calls); /* never before it returns */
    rich_free(body);
}

void
copies_add(struct fake *fake, int64_t source, const char *text, struct copies_answer *answer)
{
    const unsigned calls = answer->calls;

    copies_add_soon(fake, source, text, answer);
    fake_settle(fake);
    g_assert_cmpuint(answer->calls, ==, calls + 1);
}

struct message *
copies_of(struct fake *fake, int64_t source, unsigned part)
{
    g_autoptr(GArray) copies =
        store_load_copies(core_copy_store(fake->core), source, copies_lab(fake, 1));
    g_assert_cmpuint(copies->len, >, part);
    const struct relay_copy *each = &g_array_index(copies, struct relay_copy, part);
    g_assert_cmpuint(each->part, ==, part);
    return core_message(fake->core, each->message_id);
}

int64_t
copies_id(struct fake *fake, int64_t source)
{
    struct message *message = copies_of(fake, source, 0);
    const int64_t id = message->id;
    message_unref(message);
    return id;
}

void
copies_lose(struct fake *fake, unsigned i)
{
    fake_lost(fake, i, WEFT_ERROR_IO);
    fake_settle(fake);
}

void
copies_come_back(struct fake *fake, unsigned i)
{
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, i, ACCOUNT_LOGIN);
    fake_state(fake, i, ACCOUNT_CATCH_UP);
    fake_channel(fake, i, "#lab", BUFFER_CHANNEL);
    fake_settle(fake);
}
