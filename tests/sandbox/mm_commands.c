/* Slash commands, the server's own and those that people make, and what is shown to one person
 * alone. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

struct mm_command {
    char *id;
    struct mm_team *team;
    char *trigger;
    char *url;
    char *token;
    JsonObject *object; /* as it was made */
};
/* ---- shown to one alone ---- */

JsonObject *
mm_tell_alone(struct mm_server *server, struct mm_user *user, struct mm_user *author,
              struct mm_channel *channel, const char *root_id, const char *message,
              JsonObject *props)
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
    mm_set(post, "user_id", author->id);
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
    mm_set(data, "post", text);
    mm_emit(server, "ephemeral_message", data, &target);
    return post;
}

/* An admin shows it to somebody; others may not. */
static void
post_ephemeral(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "body");
    JsonObject *post = mm_get_object(body, "post");
    struct mm_user *user = mm_user_by_id(request->server, mm_get(body, "user_id"));
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(post, "channel_id"));

    if (body == NULL)
        return;
    if (!mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
    } else if (user == NULL || channel == NULL || mm_get(post, "message") == NULL) {
        mm_fail_body(request, "body");
    } else {
        mm_reply_object(request, 201,
                        mm_tell_alone(request->server, user, request->user, channel, "",
                                      mm_get(post, "message"), json_object_new()));
    }
}

/* ---- answers ---- */

static JsonObject *
icon_props(void)
{
    JsonObject *props = json_object_new();

    mm_set(props, "override_icon_url", "");
    return props;
}

struct said {
    const char *response_type;
    const char *text;
    const char *type;
    const char *go_to;
    const char *trigger_id;
};

static void
reply_command(struct mm_request *request, const struct said *said)
{
    JsonObject *answer = json_object_new();

    mm_set(answer, "response_type", said->response_type);
    mm_set(answer, "text", said->text);
    mm_set(answer, "username", "");
    mm_set(answer, "channel_id", "");
    mm_set(answer, "icon_url", "");
    mm_set(answer, "type", said->type != NULL ? said->type : "");
    mm_set_object(answer, "props", NULL);
    mm_set(answer, "goto_location", said->go_to != NULL ? said->go_to : "");
    mm_set(answer, "trigger_id", said->trigger_id != NULL ? said->trigger_id : "");
    mm_set_bool(answer, "skip_slack_parsing", false);
    mm_set_array(answer, "attachments", NULL);
    mm_set_array(answer, "extra_responses", NULL);
    mm_reply_object(request, 200, answer);
}

struct asked {
    struct mm_channel *channel;
    struct mm_team *team; /* that the client names; or NULL */
    struct mm_post *root; /* or NULL */
    const char *trigger;
    const char *rest;
};

static void
say_to_all(struct mm_request *request, const struct asked *asked, const char *text,
           const char *type)
{
    const struct said said = {.response_type = "in_channel", .text = text, .type = type};

    mm_say_by_command(request->server, request->user, asked->channel, asked->root, text, type,
                      icon_props());
    reply_command(request, &said);
}

static void
say_alone(struct mm_request *request, const struct asked *asked, const char *text)
{
    const struct said said = {.response_type = "ephemeral", .text = text};

    json_object_unref(mm_tell_alone(request->server, request->user, request->user, asked->channel,
                                    asked->root != NULL ? asked->root->id : "", text,
                                    icon_props()));
    reply_command(request, &said);
}

/* ---- the server's own commands ---- */

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
run_presence(struct mm_request *request, const struct asked *asked)
{
    g_autofree char *text = g_strconcat("You are now ", asked->trigger, NULL);

    mm_set_status(request->server, request->user, asked->trigger, true);
    say_alone(request, asked, text);
}

static void
run_header(struct mm_request *request, const struct asked *asked)
{
    const struct said said = {.response_type = "", .text = ""};

    mm_channel_set_header(request, asked->channel, asked->rest);
    reply_command(request, &said);
}

static void
run_mute(struct mm_request *request, const struct asked *asked)
{
    struct mm_member *member = mm_member(asked->channel, request->user);
    const bool muted = g_strcmp0(mm_get(member->notify_props, "mark_unread"), "mention") != 0;
    const char *name = asked->channel->display_name;
    g_autofree char *text =
        muted ? g_strdup_printf("You will not receive notifications for %s until channel mute is "
                                "turned off.",
                                name)
              : g_strdup_printf("%s is no longer muted.", name);

    mm_set(member->notify_props, "mark_unread", muted ? "mention" : "all");
    member->last_update_at = mm_stamp(request->server);
    mm_tell_member(request->server, member);
    say_alone(request, asked, text);
}

/* /expand and /collapse: a preference, told in a way of its own. */
static void
run_previews(struct mm_request *request, const struct asked *asked)
{
    const bool collapse = g_str_equal(asked->trigger, "collapse");
    const char *value = collapse ? "true" : "false";
    struct mm_target target = {.user_id = request->user->id};
    JsonObject *preference = json_object_new();
    JsonObject *data = json_object_new();
    g_autofree char *text = NULL;

    mm_pref_set(request->user, "display_settings", "collapse_previews", value);
    mm_set(preference, "user_id", request->user->id);
    mm_set(preference, "category", "display_settings");
    mm_set(preference, "name", "collapse_previews");
    mm_set(preference, "value", value);
    text = mm_object_text(preference);
    json_object_unref(preference);
    mm_set(data, "preference", text);
    mm_emit(request->server, "preference_changed", data, &target);
    say_alone(request, asked,
              collapse ? "Image links now collapse by default"
                       : "Image links now expand by default");
}

static void
clear_status(struct mm_request *request, const struct asked *asked)
{
    mm_set(request->user->props, "customStatus", "");
    request->user->update_at = mm_stamp(request->server);
    mm_tell_user(request->server, request->user);
    say_alone(request, asked, "Your status was cleared.");
}

static void
run_status(struct mm_request *request, const struct asked *asked)
{
    const char *end = asked->rest[0] == ':' ? strchr(asked->rest + 1, ':') : NULL;
    g_autofree char *emoji = end != NULL
                                 ? g_strndup(asked->rest + 1, (size_t)(end - asked->rest - 1))
                                 : g_strdup("speech_balloon");
    g_autofree char *words = g_strstrip(g_strdup(end != NULL ? end + 1 : asked->rest));
    g_autofree char *text = NULL;
    JsonObject *status = NULL;

    if (g_str_equal(asked->rest, "clear")) {
        clear_status(request, asked);
        return;
    }
    status = json_object_new();
    mm_set(status, "emoji", emoji);
    mm_set(status, "text", words);
    mm_set(status, "expires_at", "0001-01-01T00:00:00Z");
    mm_user_set_custom_status(request->server, request->user, status);
    json_object_unref(status);
    text = g_strdup_printf("Your status is set to “:%s: %s”. You can change your status from the "
                           "status popover in the channel sidebar header.",
                           emoji, words);
    say_alone(request, asked, text);
}

/* The client is sent there. */
static void
reply_go_to(struct mm_request *request, const struct asked *asked, const char *response_type,
            const struct mm_channel *channel)
{
    g_autofree char *go_to =
        g_strdup_printf("%s/%s/channels/%s", mm_config(request->server, "SiteURL"),
                        asked->team != NULL ? asked->team->name : "", channel->name);
    const struct said said = {.response_type = response_type, .text = "", .go_to = go_to};

    reply_command(request, &said);
}

static void
run_msg(struct mm_request *request, const struct asked *asked)
{
    g_auto(GStrv) words = g_strsplit(asked->rest, " ", 2);
    const char *name = words[0] != NULL && words[0][0] == '@' ? words[0] + 1 : words[0];
    struct mm_user *user = mm_user_by_name(request->server, name);
    struct mm_channel *direct = NULL;

    if (user == NULL) {
        say_alone(request, asked, "We couldn't find the user.");
        return;
    }
    direct = mm_direct(request->server, request->user, user);
    if (words[1] != NULL)
        mm_say_by_command(request->server, request->user, direct, NULL, words[1], NULL, NULL);
    reply_go_to(request, asked, "ephemeral", direct);
}

static void
run_join(struct mm_request *request, const struct asked *asked)
{
    const char *name = asked->rest[0] == '~' ? asked->rest + 1 : asked->rest;
    struct mm_channel *channel =
        asked->team != NULL ? mm_channel_by_name(request->server, asked->team, name) : NULL;

    if (channel == NULL || !g_str_equal(channel->type, "O")) {
        say_alone(request, asked, "An error occurred while listing channels.");
        return;
    }
    if (mm_member(channel, request->user) == NULL)
        mm_join(request->server, channel, request->user, request->user);
    reply_go_to(request, asked, "", channel);
}

/* All that the real server lists; those without a function are refused here. */
static const struct builtin {
    const char *trigger;
    const char *about;
    const char *hint;
    const char *name;
    void (*run)(struct mm_request *request, const struct asked *asked);
    bool arguments; /* the real server tells more of them; here that is empty */
} builtins[] = {
    {"away", "Set your status away", "", "away", run_presence, false},
    {"code", "Display text as a code block", "[text]", "code", NULL, false},
    {"collapse", "Turn on auto-collapsing of image previews", "", "collapse", run_previews, false},
    {"dnd", "Do not disturb disables desktop and mobile push notifications.", "", "dnd",
     run_presence, false},
    {"echo", "Echo back text from your account", "'message' [delay in seconds]", "echo", NULL,
     false},
    {"expand", "Turn off auto-collapsing of image previews", "", "expand", run_previews, false},
    {"groupmsg", "Sends a Group Message to the specified users",
     "@[username1],@[username2] 'message'", "message", NULL, false},
    {"header", "Edit the channel header", "[text]", "header", run_header, false},
    {"help", "Show Mattermost help message", "", "help", NULL, false},
    {"invite", "Invite a user to a channel", "@[username]... ~[channel]...", "invite", NULL, false},
    {"join", "Join the open channel", "~[channel]", "join", run_join, false},
    {"kick", "Remove a member from the channel", "@[username]", "kick", NULL, false},
    {"leave", "Leave the current channel", "", "leave", NULL, false},
    {"logout", "Logout of Mattermost", "", "logout", NULL, false},
    {"me", "Do an action", "[message]", "me", run_me, false},
    {"msg", "Send Direct Message to a user", "@[username] 'message'", "message", run_msg, false},
    {"mute",
     "Turns off desktop, email and push notifications for the current channel or the [channel] "
     "specified.",
     "~[channel]", "mute", run_mute, false},
    {"offline", "Set your status offline", "", "offline", run_presence, false},
    {"online", "Set your status online", "", "online", run_presence, false},
    {"open", "Join the open channel", "~[channel]", "open", run_join, false},
    {"purpose", "Edit the channel purpose", "[text]", "purpose", NULL, false},
    {"remove", "Remove a member from the channel", "@[username]", "remove", NULL, false},
    {"rename", "Rename the channel", "[text]", "rename", NULL, true},
    {"search", "Search text in messages", "[text]", "search", NULL, false},
    {"secure-connection",
     "Invite secure connections for communication across Mattermost instances.", "[action]",
     "secure-connection", NULL, true},
    {"settings", "Open the Settings dialog", "", "settings", NULL, false},
    {"share-channel", "Shares the current channel with an external Mattermost instance.",
     "[action]", "share-channel", NULL, true},
    {"shortcuts", "Displays a list of keyboard shortcuts", "", "shortcuts", NULL, false},
    {"shrug", "Adds ¯\\_(ツ)_/¯ to your message", "[message]", "shrug", run_shrug, false},
    {"status", "Set or clear your status", "[:emoji_name:] [status_message] or clear", "status",
     run_status, false},
};

/* ---- commands that people made ---- */

void
mm_command_free(gpointer data)
{
    struct mm_command *command = data;

    g_free(command->id);
    g_free(command->trigger);
    g_free(command->url);
    g_free(command->token);
    json_object_unref(command->object);
    g_free(command);
}

static JsonObject *
command_json(const struct mm_command *command, JsonObject *body, int64_t now, const char *creator)
{
    static const char *const texts[] = {"trigger",
                                        "method",
                                        "username",
                                        "icon_url",
                                        "auto_complete_desc",
                                        "auto_complete_hint",
                                        "url",
                                        "description",
                                        "display_name"};
    JsonObject *object = json_object_new();

    mm_set(object, "id", command->id);
    mm_set(object, "token", command->token);
    mm_set_int(object, "create_at", now);
    mm_set_int(object, "update_at", now);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "creator_id", creator);
    mm_set(object, "team_id", command->team->id);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        mm_set(object, texts[i], mm_get(body, texts[i]) != NULL ? mm_get(body, texts[i]) : "");
    mm_set_bool(object, "auto_complete", mm_get_bool(body, "auto_complete", false));
    mm_set(object, "plugin_id", "");
    return object;
}

static void
post_command(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "command");
    struct mm_team *team = mm_team_by_id(request->server, mm_get(body, "team_id"));
    struct mm_command *command = NULL;

    if (body == NULL)
        return;
    if (!mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
        return;
    }
    if (team == NULL || mm_get(body, "trigger") == NULL || mm_get(body, "url") == NULL) {
        mm_fail_body(request, "command");
        return;
    }
    command = g_new0(struct mm_command, 1);
    command->id = mm_id_new(request->server);
    command->token = mm_id_new(request->server);
    command->team = team;
    command->trigger = g_strdup(mm_get(body, "trigger"));
    command->url = g_strdup(mm_get(body, "url"));
    command->object = command_json(command, body, mm_stamp(request->server), request->user->id);
    g_ptr_array_add(request->server->commands, command);
    mm_reply_object(request, 201, mm_object_copy(command->object));
}

static struct mm_command *
command_find(struct mm_server *server, const struct asked *asked)
{
    for (unsigned i = 0; i < server->commands->len; i++) {
        struct mm_command *command = g_ptr_array_index(server->commands, i);

        if (command->team == asked->team && g_str_equal(command->trigger, asked->trigger))
            return command;
    }
    return NULL;
}

/* What the program is asked: on the wire this is a form, which nobody reads here. */
static JsonObject *
question_json(struct mm_request *request, const struct mm_command *command,
              const struct asked *asked, const char *trigger)
{
    JsonObject *question = json_object_new();
    g_autofree char *slash = g_strconcat("/", asked->trigger, NULL);

    mm_set(question, "token", command->token);
    mm_set(question, "team_id", command->team->id);
    mm_set(question, "channel_id", asked->channel->id);
    mm_set(question, "user_id", request->user->id);
    mm_set(question, "user_name", request->user->username);
    mm_set(question, "command", slash);
    mm_set(question, "text", asked->rest);
    mm_set(question, "root_id", asked->root != NULL ? asked->root->id : "");
    mm_set(question, "trigger_id", trigger);
    return question;
}

static void
run_program(struct mm_request *request, const struct mm_command *command, const struct asked *asked)
{
    g_autofree char *trigger = mm_id_new(request->server);
    JsonObject *answer = mm_program_ask(request->server, command->url,
                                        question_json(request, command, asked, trigger));
    const char *text = mm_get(answer, "text");
    const char *type = mm_get(answer, "response_type");
    struct said said = {.text = text != NULL ? text : "", .trigger_id = trigger};
    JsonObject *props = NULL;

    if (answer == NULL) {
        g_autofree char *refusal =
            g_strdup_printf("Command with a trigger of '%s' failed.", asked->trigger);

        mm_fail(request, 500, "api.command.execute_command.failed.app_error", refusal);
        return;
    }
    said.response_type = type != NULL ? type : "ephemeral";
    if (said.text[0] != '\0') {
        props = icon_props();
        mm_set(props, "from_webhook", "true");
        if (g_str_equal(said.response_type, "in_channel"))
            mm_say_by_command(request->server, request->user, asked->channel, asked->root,
                              said.text, NULL, props);
        else
            json_object_unref(
                mm_tell_alone(request->server, request->user, request->user, asked->channel,
                              asked->root != NULL ? asked->root->id : "", said.text, props));
    }
    mm_program_opens(request->server, request->user, answer, trigger);
    reply_command(request, &said);
}

/* ---- requests ---- */

static void
run(struct mm_request *request, const struct asked *asked)
{
    const struct mm_command *command = command_find(request->server, asked);
    g_autofree char *refusal = NULL;

    if (command != NULL) {
        run_program(request, command, asked);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++) {
        if (builtins[i].run != NULL && g_str_equal(builtins[i].trigger, asked->trigger)) {
            builtins[i].run(request, asked);
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
        .team = mm_team_by_id(request->server, mm_get(body, "team_id")),
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

static JsonObject *
builtin_json(const struct builtin *builtin)
{
    static const char *const empty[] = {"id",        "token",      "creator_id", "team_id",
                                        "method",    "username",   "icon_url",   "url",
                                        "plugin_id", "description"};
    JsonObject *object = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(empty); i++)
        mm_set(object, empty[i], "");
    mm_set_int(object, "create_at", 0);
    mm_set_int(object, "update_at", 0);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "trigger", builtin->trigger);
    mm_set_bool(object, "auto_complete", true);
    mm_set(object, "auto_complete_desc", builtin->about);
    mm_set(object, "auto_complete_hint", builtin->hint);
    mm_set(object, "display_name", builtin->name);
    if (builtin->arguments)
        mm_set_object(object, "autocomplete_data", json_object_new());
    return object;
}

static void
get_autocomplete(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    JsonArray *array = NULL;

    if (team == NULL)
        return;
    array = json_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++)
        json_array_add_object_element(array, builtin_json(&builtins[i]));
    for (unsigned i = 0; i < request->server->commands->len; i++) {
        const struct mm_command *command = g_ptr_array_index(request->server->commands, i);
        JsonObject *object = NULL;

        if (command->team != team || !mm_get_bool(command->object, "auto_complete", false))
            continue;
        object = mm_object_copy(command->object);
        mm_set(object, "token", "");
        json_array_add_object_element(array, object);
    }
    mm_reply_array(request, 200, array);
}

static void
add_suggestion(JsonArray *array, const char *trigger, const char *hint, const char *about)
{
    JsonObject *object = json_object_new();

    mm_set(object, "Complete", trigger);
    mm_set(object, "Suggestion", trigger);
    mm_set(object, "Hint", hint);
    mm_set(object, "Description", about);
    mm_set(object, "IconData", "");
    json_array_add_object_element(array, object);
}

static void
get_suggestions(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    const char *input = mm_query(request, "user_input");
    JsonArray *array = NULL;

    if (team == NULL)
        return;
    if (input == NULL || input[0] != '/') {
        mm_fail_param(request, "userInput");
        return;
    }
    array = json_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++)
        if (g_str_has_prefix(builtins[i].trigger, input + 1))
            add_suggestion(array, builtins[i].trigger, builtins[i].hint, builtins[i].about);
    for (unsigned i = 0; i < request->server->commands->len; i++) {
        const struct mm_command *command = g_ptr_array_index(request->server->commands, i);

        if (command->team == team && g_str_has_prefix(command->trigger, input + 1))
            add_suggestion(array, command->trigger, mm_get(command->object, "auto_complete_hint"),
                           mm_get(command->object, "auto_complete_desc"));
    }
    mm_reply_array(request, 200, array);
}

const struct mm_route mm_command_routes[] = {
    {"POST", "commands", post_command, 0},
    {"POST", "commands/execute", post_execute, 0},
    {"GET", "teams/:team/commands/autocomplete", get_autocomplete, 0},
    {"GET", "teams/:team/commands/autocomplete_suggestions", get_suggestions, 0},
    {"POST", "posts/ephemeral", post_ephemeral, 0},
    {NULL, NULL, NULL, 0},
};
