/* What is said for others, on real sockets. */
#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/live.h"
#include "tests/support/loop.h"

static op_id
say_as(struct live *live, const char *name, const char *text)
{
    struct buffer buffer = {.remote_id = (char *)(uintptr_t)live->lab, .kind = BUFFER_CHANNEL};
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = name, .avatar = "https://example.org/a.png"};
    const struct send_request request = {
        .buffer = &buffer, .body = body, .key = text, .as = &as, .mark = "0f6c"};

    g_assert_true(mattermost_driver.send(live->session, ++live->last_op, &request, NULL));
    rich_free(body);
    return live->last_op;
}

static bool
has_no_names(void *user)
{
    return ((struct live *)user)->fake->limits.name_bytes == 0;
}

/* A bot speaks for others: once though an answer is lost, under their names after an edit too, and
 * with the name in the text when an administrator has switched names off. */
static void
test_relay(void)
{
    static const char shown[] = "\"override_username\":\"ann (irc)\"";
    struct live live = {0};

    live_begin(&live, NULL);
    mm_server_add_bot(live.server, "loom", "The loom", "root");
    mm_server_join_team(live.server, live.team, "loom");
    mm_server_join(live.server, live.lab, "loom");
    live_open_of(&live, "loom", NULL);
    live_await(&live, "state online");
    g_assert_cmpuint(live.fake->limits.name_bytes, ==, 64);
    mm_server_fault(live.server, MM_FAULT_LOST, "POST /posts*", 1, 0);
    say_as(&live, "ann (irc)", "soup?");
    live_await_kept(&live, "* text %s <ann (irc)> soup? *key=soup? by=*relayed-by=0f6c own bot*",
                    live.lab);
    live_await(&live, "done 1 *");
    g_assert_cmpuint(mm_server_count_said(live.server, live.lab, "soup?"), ==, 1);
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live.lab, .kind = BUFFER_CHANNEL};
    struct message *message = message_new();
    struct rich *body = rich_new("bread?", -1);
    g_autofree char *before = mm_server_posts_dup(live.server, live.lab);
    const char *id = strstr(before, "\"soup?\"");
    g_assert_nonnull(id);
    for (id = g_strrstr_len(before, id - before, "\"id\":\""); message->remote_id == NULL;)
        message->remote_id = g_strndup(id + strlen("\"id\":\""), 26);
    g_assert_true(mattermost_driver.edit(live.session, ++live.last_op, &lab, message, body, NULL));
    live_await_format(&live, "done %" G_GUINT64_FORMAT " *", live.last_op);
    g_autofree char *after = mm_server_posts_dup(live.server, live.lab);
    g_assert_nonnull(strstr(after, "\"bread?\""));
    g_assert_nonnull(strstr(after, shown));
    g_assert_nonnull(strstr(after, "\"weft_relay\":\"0f6c\""));
    g_assert_nonnull(strstr(after, "\"override_icon_url\":\"https://example.org/a.png\""));
    mm_server_set_config(live.server, "EnablePostUsernameOverride", "false");
    g_assert_true(loop_until(has_no_names, &live, LIVE_DEADLINE_MS));
    say_as(&live, "ann", "later");
    live_await_format(&live, "done %" G_GUINT64_FORMAT " *", live.last_op);
    g_assert_cmpuint(mm_server_count_said(live.server, live.lab, "**ann** later"), ==, 1);
    rich_free(body);
    message_unref(message);
    live_end(&live);
}

void
test_live_relay_add(void)
{
    g_test_add_func("/mattermost/live/relay", test_relay);
}
