/* Programs of others, as far as the server speaks with them: behind buttons and menus of cards,
 * behind commands that people made, and behind forms. A program is its address and what it always
 * answers, as JSON; where the answer has a "dialog" in it, that is the form which it opens by the
 * trigger that it was sent. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define PRESS_URL  "sandbox:press"
#define KIND_URL   "sandbox:kind"
#define ORDER_URL  "sandbox:order"
#define SUBMIT_URL "sandbox:submit"

struct mm_program {
    char *url;
    JsonObject *answer;
    char *question; /* the last one; NULL: none yet */
};

void
mm_program_free(gpointer data)
{
    struct mm_program *program = data;

    g_free(program->url);
    json_object_unref(program->answer);
    g_free(program->question);
    g_free(program);
}

static struct mm_program *
program_find(struct mm_server *server, const char *url)
{
    for (unsigned i = 0; url != NULL && i < server->programs->len; i++) {
        struct mm_program *program = g_ptr_array_index(server->programs, i);

        if (g_str_equal(program->url, url))
            return program;
    }
    return NULL;
}

void
mm_program_set(struct mm_server *server, const char *url, JsonObject *answer)
{
    struct mm_program *program = program_find(server, url);

    if (program == NULL) {
        program = g_new0(struct mm_program, 1);
        program->url = g_strdup(url);
        g_ptr_array_add(server->programs, program);
    } else {
        json_object_unref(program->answer);
    }
    program->answer = answer;
}

JsonObject *
mm_program_ask(struct mm_server *server, const char *url, JsonObject *question)
{
    struct mm_program *program = program_find(server, url);

    if (program != NULL) {
        g_free(program->question);
        program->question = mm_object_text(question);
    }
    json_object_unref(question);
    return program != NULL ? program->answer : NULL;
}

/* ---- forms ---- */

/* An object with all that the real server shows, from what a program said of it. */
static JsonObject *
completed(JsonObject *said, const char *const *texts, const char *const *flags,
          const char *const *numbers)
{
    JsonObject *object = said != NULL ? mm_object_copy(said) : json_object_new();

    for (; texts != NULL && *texts != NULL; texts++)
        if (!json_object_has_member(object, *texts))
            mm_set(object, *texts, "");
    for (; flags != NULL && *flags != NULL; flags++)
        if (!json_object_has_member(object, *flags))
            mm_set_bool(object, *flags, false);
    for (; numbers != NULL && *numbers != NULL; numbers++)
        if (!json_object_has_member(object, *numbers))
            mm_set_int(object, *numbers, 0);
    return object;
}

static JsonObject *
element_json(JsonObject *said)
{
    static const char *const texts[] = {"display_name", "name",        "type",
                                        "subtype",      "default",     "placeholder",
                                        "help_text",    "data_source", NULL};
    static const char *const flags[] = {"optional", "multiselect", NULL};
    static const char *const numbers[] = {"min_length", "max_length", NULL};
    JsonObject *element = completed(said, texts, flags, numbers);

    if (!json_object_has_member(element, "options"))
        mm_set_array(element, "options", NULL);
    return element;
}

static JsonObject *
form_json(JsonObject *said)
{
    static const char *const texts[] = {
        "callback_id", "title", "introduction_text", "icon_url", "submit_label", "state", NULL};
    static const char *const flags[] = {"notify_on_cancel", NULL};
    JsonObject *form = completed(said, texts, flags, NULL);
    JsonArray *given = mm_get_array(form, "elements");
    JsonArray *elements = json_array_new();

    for (unsigned i = 0; given != NULL && i < json_array_get_length(given); i++)
        json_array_add_object_element(elements,
                                      element_json(json_array_get_object_element(given, i)));
    mm_set_array(form, "elements", elements);
    return form;
}

/* `request`: {trigger_id, url, dialog}. */
static void
open_form(struct mm_server *server, struct mm_user *user, JsonObject *dialog, const char *trigger)
{
    struct mm_target target = {.user_id = user->id};
    JsonObject *data = json_object_new();
    JsonObject *object = json_object_new();
    g_autofree char *text = NULL;

    mm_set(object, "trigger_id", trigger);
    mm_set(object, "url", mm_get(dialog, "url"));
    mm_set_object(object, "dialog", form_json(mm_get_object(dialog, "dialog")));
    text = mm_object_text(object);
    json_object_unref(object);
    mm_set(data, "dialog", text);
    mm_emit(server, "open_dialog", data, &target);
}

void
mm_program_opens(struct mm_server *server, struct mm_user *user, JsonObject *answer,
                 const char *trigger)
{
    if (mm_get_object(answer, "dialog") != NULL)
        open_form(server, user, mm_get_object(answer, "dialog"), trigger);
}

/* What a client should not send: values of other kinds than forms have. */
static void
watch_submission(struct mm_request *request, JsonObject *submission)
{
    g_autoptr(GList) members = json_object_get_members(submission);

    for (GList *link = members; link != NULL; link = link->next) {
        JsonNode *node = json_object_get_member(submission, link->data);
        GType type = json_node_get_value_type(node);

        if (!JSON_NODE_HOLDS_NULL(node) && type != G_TYPE_STRING && type != G_TYPE_BOOLEAN &&
            type != G_TYPE_INT64 && type != G_TYPE_DOUBLE && !JSON_NODE_HOLDS_ARRAY(node))
            mm_complain(request->server, request->user, "a form's value is an object", link->data);
    }
}

static JsonObject *
submission_json(struct mm_request *request, JsonObject *body, const struct mm_channel *channel)
{
    static const char *const kept[] = {"callback_id", "state"};
    JsonObject *submission = mm_get_object(body, "submission");
    JsonObject *question = json_object_new();

    mm_set(question, "type", "dialog_submission");
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        mm_set(question, kept[i], mm_get(body, kept[i]) != NULL ? mm_get(body, kept[i]) : "");
    mm_set(question, "user_id", request->user->id);
    mm_set(question, "channel_id", channel->id);
    mm_set(question, "team_id", mm_get(body, "team_id") != NULL ? mm_get(body, "team_id") : "");
    mm_set_object(question, "submission",
                  submission != NULL ? mm_object_copy(submission) : json_object_new());
    mm_set_bool(question, "cancelled", mm_get_bool(body, "cancelled", false));
    return question;
}

/* What the program does besides answering: its bot says something to whoever sent the form. */
static void
tell_sender(struct mm_request *request, struct mm_channel *channel, JsonObject *tell)
{
    struct mm_user *bot = mm_user_by_name(request->server, mm_get(tell, "bot"));

    if (bot != NULL)
        json_object_unref(mm_tell_alone(request->server, request->user, bot, channel, "",
                                        mm_get(tell, "text"), json_object_new()));
}

static void
post_submit(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "dialog");
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(body, "channel_id"));
    const char *url = mm_get(body, "url");
    JsonObject *answer = NULL;
    JsonObject *reply = NULL;

    if (body == NULL)
        return;
    if (url == NULL || url[0] == '\0') {
        mm_fail_body(request, "url");
        return;
    }
    if (channel == NULL || mm_member(channel, request->user) == NULL) {
        mm_fail_permissions(request);
        return;
    }
    if (mm_get_object(body, "submission") != NULL)
        watch_submission(request, mm_get_object(body, "submission"));
    answer = mm_program_ask(request->server, url, submission_json(request, body, channel));
    if (answer == NULL) {
        mm_fail(request, 400, "api.post.do_action.action_integration.app_error",
                "Action integration error.");
        return;
    }
    if (mm_get_object(answer, "tell") != NULL && !mm_get_bool(body, "cancelled", false))
        tell_sender(request, channel, mm_get_object(answer, "tell"));
    reply = mm_object_copy(answer);
    json_object_remove_member(reply, "tell");
    mm_reply_object(request, 200, reply);
}

/* ---- cards ---- */

JsonObject *
mm_integrations_take(JsonObject *props)
{
    static const char *const texts[] = {
        "fallback", "color",      "pretext",   "author_name", "author_link", "author_icon", "title",
        "text",     "title_link", "image_url", "thumb_url",   "footer",      "footer_icon", NULL};
    JsonArray *given = mm_get_array(props, "attachments");
    JsonArray *cards = NULL;
    JsonObject *integrations = NULL;

    if (given == NULL)
        return NULL;
    cards = json_array_new();
    integrations = json_object_new();
    for (unsigned i = 0; i < json_array_get_length(given); i++) {
        JsonObject *card = completed(json_array_get_object_element(given, i), texts, NULL, NULL);
        JsonArray *actions = mm_get_array(card, "actions");

        if (!json_object_has_member(card, "id"))
            mm_set_int(card, "id", 0);
        if (!json_object_has_member(card, "fields"))
            mm_set_array(card, "fields", NULL);
        if (!json_object_has_member(card, "ts"))
            mm_set(card, "ts", NULL);
        for (unsigned k = 0; actions != NULL && k < json_array_get_length(actions); k++) {
            JsonObject *action = json_array_get_object_element(actions, k);
            JsonObject *behind = mm_get_object(action, "integration");

            if (behind == NULL)
                continue;
            mm_set_object(integrations, mm_get(action, "id"), json_object_ref(behind));
            json_object_remove_member(action, "integration");
        }
        json_array_add_object_element(cards, card);
    }
    mm_set_array(props, "attachments", cards);
    return integrations;
}

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

/* What was chosen is one of the menu's own, or of the server's people or channels. */
static void
watch_choice(struct mm_request *request, JsonObject *action, const char *value)
{
    const char *source = mm_get(action, "data_source");
    bool good = false;

    if (g_strcmp0(source, "users") == 0)
        good = mm_user_by_id(request->server, value) != NULL;
    else if (g_strcmp0(source, "channels") == 0)
        good = mm_channel_by_id(request->server, value) != NULL;
    else
        good = has_option(action, value);
    if (!good)
        mm_complain(request->server, request->user, "an option that the menu has not",
                    request->path);
}

/* What the program behind an action is asked. */
static JsonObject *
press_json(struct mm_request *request, struct mm_post *post, JsonObject *action, JsonObject *behind,
           const char *chosen)
{
    const struct mm_channel *channel = post->channel;
    JsonObject *context = mm_get_object(behind, "context");
    JsonObject *question = json_object_new();
    g_autofree char *trigger = mm_id_new(request->server);

    mm_set(question, "user_id", request->user->id);
    mm_set(question, "user_name", request->user->username);
    mm_set(question, "channel_id", channel->id);
    mm_set(question, "channel_name", channel->name);
    mm_set(question, "team_id", channel->team != NULL ? channel->team->id : "");
    mm_set(question, "team_domain", channel->team != NULL ? channel->team->name : "");
    mm_set(question, "post_id", post->id);
    mm_set(question, "trigger_id", trigger);
    mm_set(question, "type", mm_get(action, "type"));
    mm_set(question, "data_source",
           mm_get(action, "data_source") != NULL ? mm_get(action, "data_source") : "");
    if (chosen != NULL || (context != NULL && json_object_get_size(context) > 0)) {
        context = context != NULL ? mm_object_copy(context) : json_object_new();
        if (chosen != NULL)
            mm_set(context, "selected_option", chosen);
        mm_set_object(question, "context", context);
    }
    return question;
}

/* What the program's answer does: the post changes, something is said to whoever pressed, a form
 * opens. */
static void
obey(struct mm_request *request, struct mm_post *post, JsonObject *answer, const char *trigger)
{
    JsonObject *update = mm_get_object(answer, "update");
    JsonObject *props = mm_get_object(update, "props");
    const char *alone = mm_get(answer, "ephemeral_text");

    if (update != NULL) {
        if (props != NULL) {
            json_object_unref(post->props);
            post->props = mm_object_copy(props);
        }
        mm_edit(request->server, post, mm_get(update, "message"));
    }
    if (alone != NULL && alone[0] != '\0')
        json_object_unref(mm_tell_alone(request->server, request->user, request->user,
                                        post->channel, post->id, alone, json_object_new()));
    mm_program_opens(request->server, request->user, answer, trigger);
}

static void
post_action(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    JsonObject *body = NULL;
    JsonObject *action = NULL;
    JsonObject *behind = NULL;
    JsonObject *answer = NULL;
    JsonObject *reply = NULL;
    const char *chosen = NULL;
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
        chosen = mm_get(body, "selected_option");
        watch_choice(request, action, chosen);
    }
    behind = mm_get_object(post->integrations, mm_get(action, "id"));
    answer = mm_program_ask(request->server, mm_get(behind, "url"),
                            press_json(request, post, action, behind, chosen));
    if (answer == NULL) {
        mm_fail(request, 400, "api.post.do_action.action_integration.app_error",
                "Action integration error.");
        return;
    }
    trigger = mm_id_new(request->server);
    obey(request, post, answer, trigger);
    reply = json_object_new();
    mm_set(reply, "status", "OK");
    mm_set(reply, "trigger_id", trigger);
    mm_reply_object(request, 200, reply);
}

const struct mm_route mm_program_routes[] = {
    {"POST", "posts/:post/actions/:action", post_action, 0},
    {"POST", "actions/dialogs/submit", post_submit, 0},
    {NULL, NULL, NULL, 0},
};

/* ---- the sandbox's own card ---- */

static JsonObject *
parsed(const char *text)
{
    g_autoptr(JsonNode) node = mm_parse(text);

    g_assert_nonnull(node);
    return json_object_ref(json_node_get_object(node));
}

#define ORDER_BUTTON                                                                               \
    "{\"id\": \"order\", \"type\": \"button\", \"name\": \"Order\","                               \
    " \"integration\": {\"url\": \"" ORDER_URL "\", \"context\": {}}}"

JsonObject *
mm_card_props(const char *title, const char *text, bool orders)
{
    static const char all[] =
        "{\"actions\": ["
        "{\"id\": \"ok\", \"type\": \"button\", \"name\": \"OK\","
        " \"integration\": {\"url\": \"" PRESS_URL "\", \"context\": {}}},"
        "{\"id\": \"sel\", \"type\": \"select\", \"name\": \"Kind\","
        " \"options\": [{\"text\": \"Rye\", \"value\": \"rye\"}],"
        " \"integration\": {\"url\": \"" KIND_URL "\", \"context\": {}}}," ORDER_BUTTON "]}";
    JsonObject *props = json_object_new();
    JsonArray *cards = json_array_new();
    JsonObject *card = parsed(orders ? "{\"actions\": [" ORDER_BUTTON "]}" : all);

    mm_set(card, "title", title);
    mm_set(card, "text", text);
    json_array_add_object_element(cards, card);
    mm_set_array(props, "attachments", cards);
    return props;
}

/* A button ends the card, and whoever pressed it is thanked. The form has one of everything. */
void
mm_programs_init(struct mm_server *server)
{
    mm_program_set(server, PRESS_URL,
                   parsed("{\"update\": {\"message\": \"done\", \"props\": {}},"
                          " \"ephemeral_text\": \"thank you\"}"));
    mm_program_set(server, KIND_URL, json_object_new());
    mm_program_set(
        server, ORDER_URL,
        parsed("{\"dialog\": {\"url\": \"" SUBMIT_URL "\", \"dialog\": {"
               "\"callback_id\": \"order\", \"title\": \"Order bread\","
               "\"introduction_text\": \"For **Friday**, from the oven.\","
               "\"submit_label\": \"Order\", \"notify_on_cancel\": true, \"state\": \"s1\","
               "\"elements\": ["
               "{\"display_name\": \"Name\", \"name\": \"name\", \"type\": \"text\","
               " \"placeholder\": \"who comes for it\", \"min_length\": 2, \"max_length\": 40},"
               "{\"display_name\": \"Loaves\", \"name\": \"count\", \"type\": \"text\","
               " \"subtype\": \"number\", \"default\": \"1\"},"
               "{\"display_name\": \"Kind\", \"name\": \"kind\", \"type\": \"select\","
               " \"options\": [{\"text\": \"Rye\", \"value\": \"rye\"},"
               " {\"text\": \"Wheat\", \"value\": \"wheat\"},"
               " {\"text\": \"Spelt\", \"value\": \"spelt\"}]},"
               "{\"display_name\": \"Cut\", \"name\": \"cut\", \"type\": \"radio\","
               " \"options\": [{\"text\": \"Whole\", \"value\": \"whole\"},"
               " {\"text\": \"Sliced\", \"value\": \"sliced\"}], \"default\": \"whole\"},"
               "{\"display_name\": \"Wish\", \"name\": \"wish\", \"type\": \"textarea\","
               " \"optional\": true, \"help_text\": \"What else the bakers should know.\"},"
               "{\"display_name\": \"Paper bag\", \"name\": \"bag\", \"type\": \"bool\","
               " \"placeholder\": \"in a bag\", \"optional\": true}]}}}"));
    mm_program_set(server, SUBMIT_URL, json_object_new());
}

/* ---- calls ---- */

struct program_call {
    const char *url;
    const char *text;
    char *ret_text;
};

static void
call_set(struct mm_server *server, void *data)
{
    const struct program_call *call = data;

    mm_program_set(server, call->url, parsed(call->text));
}

void
mm_server_set_program(struct mm_server *server, const char *url, const char *answer)
{
    struct program_call call = {.url = url, .text = answer};

    mm_call(server, call_set, &call);
}

static void
call_asked(struct mm_server *server, void *data)
{
    struct program_call *call = data;
    const struct mm_program *program = program_find(server, call->url);

    call->ret_text = program != NULL ? g_strdup(program->question) : NULL;
}

char *
mm_server_program_asked_dup(struct mm_server *server, const char *url)
{
    struct program_call call = {.url = url};

    mm_call(server, call_asked, &call);
    return call.ret_text;
}
