/* What the API is told: answered as it was understood, and thrown away where nobody would notice.
 */
#include "tests/sandbox/mb_priv.h"

#include <string.h>

#define JSON "application/json; charset=UTF-8"

static const char *
text_in(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : "";
}

static bool
knows(struct mb_server *server, const char *gateway)
{
    for (unsigned i = 0; i < server->gateways->len; i++)
        if (strcmp(g_ptr_array_index(server->gateways, i), gateway) == 0)
            return true;
    return false;
}

static bool
has_files(JsonObject *object)
{
    JsonNode *extra = object != NULL ? json_object_get_member(object, "Extra") : NULL;

    return extra != NULL && JSON_NODE_HOLDS_OBJECT(extra) &&
           json_object_has_member(json_node_get_object(extra), "file");
}

static void
take(struct mb_server *server, JsonObject *object)
{
    const char *gateway = text_in(object, "gateway"), *text = text_in(object, "text");
    struct mb_said *said = NULL;

    if (has_files(object) && !server->options.newer)
        mb_complain(server, "a file, of which this version dies");
    if (!knows(server, gateway) || (*text == '\0' && !has_files(object))) {
        server->thrown_away++;
        return;
    }
    said = g_new0(struct mb_said, 1);
    said->gateway = g_strdup(gateway);
    said->name = g_strdup(text_in(object, "username"));
    said->picture = g_strdup(text_in(object, "avatar"));
    said->text = g_strdup(text);
    said->action = strcmp(text_in(object, "event"), "user_action") == 0;
    g_ptr_array_add(server->said, said);
}

static char *
answer_of(struct mb_server *server, JsonObject *object)
{
    static const char *const kept[] = {"text",  "username", "userid",   "avatar",
                                       "event", "gateway",  "parent_id"};
    JsonObject *back = json_object_new();
    g_autofree char *now = mb_now(server);
    JsonNode *extra = object != NULL ? json_object_get_member(object, "Extra") : NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++)
        json_object_set_string_member(back, kept[i], text_in(object, kept[i]));
    json_object_set_string_member(back, "channel", "api");
    json_object_set_string_member(back, "account", MB_ACCOUNT);
    json_object_set_string_member(back, "protocol", "api");
    json_object_set_string_member(back, "timestamp", now);
    json_object_set_string_member(back, "id", "");
    if (extra != NULL)
        json_object_set_member(back, "Extra", json_node_copy(extra));
    else
        json_object_set_null_member(back, "Extra");
    char *text = mb_text_of(back);
    json_object_unref(back);
    return text;
}

void
mb_post(struct mb_server *server, SoupServerMessage *msg, const char *line)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *type = soup_message_headers_get_content_type(headers, NULL);
    g_autoptr(GBytes) bytes = soup_message_body_flatten(soup_server_message_get_request_body(msg));
    g_autoptr(JsonParser) parser = json_parser_new();
    unsigned value = 0;
    gsize len = 0;
    const char *body = g_bytes_get_data(bytes, &len);
    JsonObject *object = NULL;

    if (g_strcmp0(type, "application/json") != 0)
        mb_complain(server, "a message of the type %s", type != NULL ? type : "none");
    if (g_strcmp0(type, "application/json") == 0 &&
        !mb_fault_take(server, MB_FAULT_TYPE, line, &value)) {
        if (!json_parser_load_from_data(parser, body, (gssize)len, NULL) ||
            !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
            const char *broken = "{\"message\":\"Syntax error: offset=1\"}\n";
            soup_server_message_set_status(msg, 400, NULL);
            soup_server_message_set_response(msg, JSON, SOUP_MEMORY_STATIC, broken, strlen(broken));
            return;
        }
        object = json_node_get_object(json_parser_get_root(parser));
    }
    take(server, object);
    char *text = answer_of(server, object);
    soup_server_message_set_status(msg, 200, NULL);
    soup_server_message_set_response(msg, JSON, SOUP_MEMORY_TAKE, text, strlen(text));
}
