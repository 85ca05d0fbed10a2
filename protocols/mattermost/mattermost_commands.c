/* The server's own commands, what it shows to us alone, and the buttons of its programs (section
 * 4.8). */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define NO_COMMAND "api.command.execute_command.not_found.app_error"

/* --- commands
 * ----------------------------------------------------------------------------------- */

/* What the server says to it comes by an event of its own, before this. */
static void
on_executed(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
            const GError *error)
{
    const char *where = json_get_text(answer->json, "goto_location");

    if (error && strcmp(answer->id, NO_COMMAND) == 0) {
        g_autoptr(GError) unknown =
            g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                        "There is no command /%s here. Two slashes send it as text: //%s.",
                        call->text, call->text);
        host_failed(mm->host, call->op, unknown);
        return;
    }
    if (error) {
        host_failed(mm->host, call->op, error);
        return;
    }
    if (g_str_has_prefix(where, "https://") || g_str_has_prefix(where, "http://")) {
        g_autofree char *text = g_strdup_printf("The server points to %s", where);
        host_say(mm->host, call->conversation, MESSAGE_SERVER, text);
    }
    host_done(mm->host, call->op, NULL, 0);
}

/* A direct conversation belongs to no team, and a command must have one: any of ours. */
const char *
mmost_team_for(struct mm *mm, const struct mmost_channel *channel)
{
    GHashTableIter iter;
    void *id = NULL;

    if (channel->team)
        return channel->team;
    g_hash_table_iter_init(&iter, mm->teams);
    return g_hash_table_iter_next(&iter, &id, NULL) ? id : "";
}

bool
mmost_api_raw(void *session, op_id op, const struct buffer *from, const char *line, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel =
        from && from->remote_id ? mmost_channel_of(mm, from, error) : NULL;

    if (!channel) {
        if (error && !*error)
            mmost_refuse(error, WEFT_ERROR_BAD_INPUT,
                         "The server's commands are given in a conversation: go to one first.");
        return false;
    }
    g_autofree char *command = *line == '/' ? g_strdup(line) : g_strconcat("/", line, NULL);
    json_t *body = json_object();
    json_put_text(body, "command", command);
    json_put_text(body, "channel_id", channel->id);
    json_put_text(body, "team_id", mmost_team_for(mm, channel));
    json_put_text(body, "root_id", "");
    struct mmost_call *call = mmost_call_urgent(mm, "POST", body, on_executed, "/commands/execute");
    call->op = op;
    call->conversation = g_strdup(channel->id);
    call->text = g_strndup(command + 1, strcspn(command + 1, " \t\n"));
    g_free(mm->pressed_in);
    mm->pressed_in = g_strdup(channel->id);
    return true;
}

/* --- shown to us alone
 * -------------------------------------------------------------------------- */

void
mmost_ephemeral(struct mm *mm, struct mmost_channel *channel, const json_t *post)
{
    const char *id = json_get_text(post, "id"), *text = json_get_text(post, "message");
    const int64_t create_ms = json_get_int(post, "create_at");
    const char *root = json_get_text(post, "root_id");

    if (!mmost_is_id(id) || create_ms <= 0 || create_ms > INT64_MAX / 1000) {
        if (*text)
            host_say(mm->host, channel->id, MESSAGE_SERVER, text);
        return;
    }
    struct mmost_parts parts;
    mmost_parts_read(mm, post, MESSAGE_SERVER, &parts);
    const struct event event = {.type = EVENT_MESSAGE,
                                .conversation = channel->id,
                                .message = {.origin = ORIGIN_LIVE,
                                            .kind = MESSAGE_SERVER,
                                            .remote_id = id,
                                            .sort_key = create_ms * 1000,
                                            .time_us = create_ms * 1000,
                                            .reply_to = mmost_is_id(root) ? root : NULL,
                                            .ephemeral = true,
                                            .body = parts.body,
                                            .files = parts.files,
                                            .buttons = parts.buttons}};
    /* One that is there already says something else now. */
    const struct event edited = {
        .type = EVENT_EDITED,
        .conversation = channel->id,
        .edited = {
            .remote_id = id, .body = parts.body, .files = parts.files, .buttons = parts.buttons}};
    host_emit(mm->host, &event);
    host_emit(mm->host, &edited);
    mmost_parts_clear(&parts);
}

/* --- buttons
 * ------------------------------------------------------------------------------------ */

bool
mmost_api_press(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                const struct button *button, const char *choice, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);

    if (!channel)
        return false;
    if (!mmost_is_id(remote_id))
        return mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this message.");
    json_t *body = json_object();
    json_put_text(body, "selected_option", choice);
    json_put_text(body, "cookie", button->data);
    g_autofree char *action = mmost_escape(button->id);
    struct mmost_call *call = mmost_call_urgent(mm, "POST", body, mmost_on_plain,
                                                "/posts/%s/actions/%s", remote_id, action);
    call->op = op;
    call->conversation = g_strdup(channel->id);
    g_free(mm->pressed_in);
    mm->pressed_in = g_strdup(channel->id);
    return true;
}
