/* Slash commands of the server's own, what is shown to one person alone, and cards with buttons
 * with the program behind them. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define THANKS "thank you"

/* ---- shown to one alone ---- */

static void
tell_alone(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
           const char *root_id, const char *message, JsonObject *props)
{
    struct mm_target target = {.user_id = user->id, .channel = channel};
    g_autofree char *id = mm_id_new(server);
    g_autofree char *text = NULL;
    JsonObject *post = json_object_new();
    JsonObject *data = json_object_new();

    mm_set(post, "id", id);
    mm_set_int(post, "create_at", mm_stamp(server));
    mm_set_int(post, "update_at", 0);
    mm_set_int(post, "edit_at", 0);
    mm_set_int(post, "delete_at", 0);
    mm_set_bool(post, "is_pinned", false);
    mm_set(post, "user_id", user->id);
    mm_set(post, "channel_id", channel->id);
    mm_set(post, "root_id", root_id);
    mm_set(post, "original_id", "");
    mm_set(post, "message", message);
    mm_set(post, "type", "system_ephemeral");
    mm_set_object(post, "props", props);
    mm_set(post, "hashtags", "");
    mm_set_array(post, "file_ids", NULL);
    mm_set(post, "pending_post_id", "");
    mm_set_int(post, "reply_count", 0);
    mm_set_int(post, "last_reply_at", 0);
    mm_set(post, "participants", NULL);
    mm_set_object(post, "metadata", json_object_new());
    text = mm_object_text(post);
    json_object_unref(post);
    mm_set(data, "post", text);
    mm_emit(server, "ephemeral_message", data, &target);
}

/* ---- commands ---- */

static JsonObject *
icon_props(void)
{
    JsonObject *props = json_object_new();

    mm_set(props, "override_icon_url", "");
    return props;
}

static void
reply_command(struct mm_request *request, const char *response_type, const char *text,
              const char *type)
{
    JsonObject *answer = json_object_new();

    mm_set(answer, "response_type", response_type);
    mm_set(answer, "text", text);
    mm_set(answer, "username", "");
    mm_set(answer, "channel_id", "");
    mm_set(answer, "icon_url", "");
    mm_set(answer, "type", type);
    mm_set_object(answer, "props", NULL);
    mm_set(answer, "goto_location", "");
    mm_set(answer, "trigger_id", "");
    mm_set_bool(answer, "skip_slack_parsing", false);
    mm_set_array(answer, "attachments", NULL);
    mm_set_array(answer, "extra_responses", NULL);
    mm_reply_object(request, 200, answer);
}

struct asked {
    struct mm_channel *channel;
    struct mm_post *root; /* or NULL */
    const char *trigger;
    const char *rest;
};

static void
say_to_all(struct mm_request *request, const struct asked *asked, const char *text,
           const char *type)
{
    mm_say(request->server, request->user, asked->channel, asked->root, text, NULL, type,
           icon_props(), NULL, true);
    reply_command(request, "in_channel", text, type);
}

static void
run_shrug(struct mm_request *request, const struct asked *asked)
{
    g_autofree char *text =
        g_strconcat(asked->rest, asked->rest[0] != '\0' ? " " : "", "¯\\\\\\_(ツ)\\_/¯", NULL);

    say_to_all(request, asked, text, "");
}

static void
run_me(struct mm_request *request, const struct asked *asked)
{
    g_autofree char *text = g_strdup_printf("*%s*", asked->rest);

    say_to_all(request, asked, text, "me");
}

static void
run_status(struct mm_request *request, const struct asked *asked)
{
    g_autofree char *text = g_strconcat("You are now ", asked->trigger, NULL);

    mm_set_status(request->server, request->user, asked->trigger, true);
    tell_alone(request->server, request->user, asked->channel,
               asked->root != NULL ? asked->root->id : "", text, icon_props());
    reply_command(request, "ephemeral", text, "");
}

static const struct command {
    const char *trigger;
    void (*run)(struct mm_request *request, const struct asked *asked);
} commands[] = {
    {"shrug", run_shrug},
    {"me", run_me},
    {"away", run_status},
    {"online", run_status},
};

static void
run(struct mm_request *request, const struct asked *asked)
{
    g_autofree char *refusal = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].trigger, asked->trigger)) {
            commands[i].run(request, asked);
            return;
        }
    }
    refusal = g_strdup_printf("Command with a trigger of '%s' not found. To send a message "
                              "beginning with \"/\", try adding an empty space at the beginning of "
                              "the message.",
                              asked->trigger);
    mm_fail(request, 404, "api.command.execute_command.not_found.app_error", refusal);
}

static void
post_execute(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "command_args");
    const char *command = mm_get(body, "command");
    struct asked asked = {
        .channel = mm_channel_by_id(request->server, mm_get(body, "channel_id")),
        .root = mm_post_by_id(request->server, mm_get(body, "root_id")),
    };
    g_autofree char *trigger = NULL;
    g_autofree char *rest = NULL;
    size_t len = 0;

    if (body == NULL)
        return;
    if (command == NULL || command[0] != '/' || command[1] == '\0') {
        mm_fail(request, 400, "api.command.execute_command.start.app_error",
                "No command trigger found.");
        return;
    }
    if (asked.channel == NULL || mm_member(asked.channel, request->user) == NULL) {
        mm_fail_permissions(request);
        return;
    }
    if (asked.channel->team != NULL &&
        g_strcmp0(mm_get(body, "team_id"), asked.channel->team->id) != 0)
        mm_complain(request->server, request->user, "a command with another team", command);
    len = strcspn(command + 1, " \t\n");
    trigger = g_strndup(command + 1, len);
    rest = g_strstrip(g_strdup(command + 1 + len));
    asked.trigger = trigger;
    asked.rest = rest;
    run(request, &asked);
}

/* ---- buttons ---- */

static JsonObject *
action_of(struct mm_post *post, const char *id)
{
    JsonArray *cards = mm_get_array(post->props, "attachments");

    for (unsigned i = 0; cards != NULL && i < json_array_get_length(cards); i++) {
        JsonArray *actions = mm_get_array(json_array_get_object_element(cards, i), "actions");

        for (unsigned k = 0; actions != NULL && k < json_array_get_length(actions); k++) {
            JsonObject *action = json_array_get_object_element(actions, k);

            if (g_strcmp0(mm_get(action, "id"), id) == 0)
                return action;
        }
    }
    return NULL;
}

static bool
has_option(JsonObject *action, const char *value)
{
    JsonArray *options = mm_get_array(action, "options");

    for (unsigned i = 0; options != NULL && i < json_array_get_length(options); i++)
        if (g_strcmp0(mm_get(json_array_get_object_element(options, i), "value"), value) == 0)
            return true;
    return false;
}

/* The program behind it: a button ends the card, and whoever pressed it is thanked. */
static void
pressed(struct mm_request *request, struct mm_post *post)
{
    json_object_unref(post->props);
    post->props = json_object_new();
    mm_edit(request->server, post, "done");
    tell_alone(request->server, request->user, post->channel, post->id, THANKS, json_object_new());
}

static void
post_action(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    JsonObject *body = NULL;
    JsonObject *action = NULL;
    JsonObject *answer = NULL;
    g_autofree char *trigger = NULL;

    if (post == NULL)
        return;
    body = request->body != NULL ? mm_need_object(request, "action") : NULL;
    if (request->body != NULL && body == NULL)
        return;
    action = action_of(post, mm_arg(request, "action"));
    if (action == NULL) {
        mm_fail(request, 404, "api.post.do_action.action_id.app_error", "Invalid action id.");
        return;
    }
    if (g_strcmp0(mm_get(action, "type"), "select") == 0) {
        if (!has_option(action, mm_get(body, "selected_option")))
            mm_complain(request->server, request->user, "an option that the menu has not",
                        request->path);
    } else {
        pressed(request, post);
    }
    trigger = mm_id_new(request->server);
    answer = json_object_new();
    mm_set(answer, "status", "OK");
    mm_set(answer, "trigger_id", trigger);
    mm_reply_object(request, 200, answer);
}

const struct mm_route mm_command_routes[] = {
    {"POST", "commands/execute", post_execute, 0},
    {"POST", "posts/:post/actions/:action", post_action, 0},
    {NULL, NULL, NULL, 0},
};

/* ---- cards ---- */

/* As the real server shows it: with all that it could have. */
static JsonObject *
card_json(const char *title, const char *text)
{
    static const char *const empty[] = {"fallback",    "color",       "pretext",    "author_name",
                                        "author_link", "author_icon", "title_link", "image_url",
                                        "thumb_url",   "footer",      "footer_icon"};
    JsonObject *card = json_object_new();

    mm_set_int(card, "id", 0);
    for (size_t i = 0; i < G_N_ELEMENTS(empty); i++)
        mm_set(card, empty[i], "");
    mm_set(card, "title", title);
    mm_set(card, "text", text);
    mm_set_array(card, "fields", NULL);
    mm_set(card, "ts", NULL);
    return card;
}

static JsonObject *
action_json(const char *id, const char *type, const char *name)
{
    JsonObject *action = json_object_new();

    mm_set(action, "id", id);
    mm_set(action, "type", type);
    mm_set(action, "name", name);
    return action;
}

JsonObject *
mm_card_props(const char *title, const char *text)
{
    JsonObject *props = json_object_new();
    JsonObject *card = card_json(title, text);
    JsonObject *menu = action_json("sel", "select", "Kind");
    JsonObject *rye = json_object_new();
    JsonArray *actions = json_array_new();
    JsonArray *options = json_array_new();
    JsonArray *cards = json_array_new();

    mm_set(rye, "text", "Rye");
    mm_set(rye, "value", "rye");
    json_array_add_object_element(options, rye);
    mm_set_array(menu, "options", options);
    json_array_add_object_element(actions, action_json("ok", "button", "OK"));
    json_array_add_object_element(actions, menu);
    mm_set_array(card, "actions", actions);
    json_array_add_object_element(cards, card);
    mm_set_array(props, "attachments", cards);
    return props;
}
