/* Calls that make the world richer: names, headers, files, cards. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

struct call {
    const char *whom; /* a user's name, or a channel's id */
    const char *by;
    const char *channel_id;
    const char *text;
    const char *title;
    const char *file_name;
    const char *content;
    bool orders;
    const char *ret_id;
};

static void
call_name(struct mm_server *server, void *arguments)
{
    const struct call *call = arguments;
    struct mm_user *user = mm_user_by_name(server, call->whom);
    const char *space = strrchr(call->text, ' ');

    g_assert_nonnull(user);
    g_free(user->first_name);
    g_free(user->last_name);
    user->first_name =
        space != NULL ? g_strndup(call->text, (size_t)(space - call->text)) : g_strdup(call->text);
    user->last_name = g_strdup(space != NULL ? space + 1 : "");
    user->update_at = mm_stamp(server);
    mm_tell_user(server, user);
}

void
mm_server_name_user(struct mm_server *server, const char *username, const char *name)
{
    struct call call = {.whom = username, .text = name};

    mm_call(server, call_name, &call);
}

static void
call_bot(struct mm_server *server, void *arguments)
{
    const struct call *call = arguments;

    mm_bot_new(server, call->whom, call->text, NULL, mm_user_by_name(server, call->by));
}

void
mm_server_add_bot(struct mm_server *server, const char *username, const char *name,
                  const char *owner)
{
    struct call call = {.whom = username, .text = name, .by = owner};

    mm_call(server, call_bot, &call);
}

static void
call_header(struct mm_server *server, void *arguments)
{
    const struct call *call = arguments;
    struct mm_channel *channel = mm_channel_by_id(server, call->channel_id);

    g_assert_nonnull(channel);
    g_free(channel->header);
    channel->header = g_strdup(call->text);
}

void
mm_server_set_header(struct mm_server *server, const char *channel_id, const char *header)
{
    struct call call = {.channel_id = channel_id, .text = header};

    mm_call(server, call_header, &call);
}

static void
call_share(struct mm_server *server, void *arguments)
{
    struct call *call = arguments;
    struct mm_user *user = mm_user_by_name(server, call->whom);
    struct mm_channel *channel = mm_channel_by_id(server, call->channel_id);
    g_autoptr(GBytes) bytes = g_bytes_new(call->content, strlen(call->content));
    g_autoptr(JsonArray) ids = json_array_new();

    g_assert_nonnull(user);
    g_assert_nonnull(channel);
    json_array_add_string_element(ids,
                                  mm_file_new(server, user, channel, call->file_name, bytes)->id);
    call->ret_id = mm_say(server, user, channel, NULL, call->text, NULL, NULL, NULL, ids, true)->id;
}

const char *
mm_server_share(struct mm_server *server, const char *username, const char *channel_id,
                const char *text, const char *file_name, const char *content)
{
    struct call call = {.whom = username,
                        .channel_id = channel_id,
                        .text = text,
                        .file_name = file_name,
                        .content = content};

    mm_call(server, call_share, &call);
    return call.ret_id;
}

static void
call_card(struct mm_server *server, void *arguments)
{
    struct call *call = arguments;
    struct mm_user *user = mm_user_by_name(server, call->whom);
    struct mm_channel *channel = mm_channel_by_id(server, call->channel_id);

    g_assert_nonnull(user);
    g_assert_nonnull(channel);
    call->ret_id = mm_say(server, user, channel, NULL, "", NULL, NULL,
                          mm_card_props(call->title, call->text, call->orders), NULL, true)
                       ->id;
}

const char *
mm_server_card(struct mm_server *server, const char *username, const char *channel_id,
               const char *title, const char *text)
{
    struct call call = {.whom = username, .channel_id = channel_id, .title = title, .text = text};

    mm_call(server, call_card, &call);
    return call.ret_id;
}

const char *
mm_server_offer(struct mm_server *server, const char *username, const char *channel_id,
                const char *title, const char *text)
{
    struct call call = {
        .whom = username, .channel_id = channel_id, .title = title, .text = text, .orders = true};

    mm_call(server, call_card, &call);
    return call.ret_id;
}
