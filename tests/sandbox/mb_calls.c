/* What tests let happen, and ask. */
#include "tests/sandbox/mb_priv.h"

#include <string.h>

struct arguments {
    const char *gateway, *account, *name, *picture, *text, *fields;
    enum mb_server_fault kind;
    unsigned times, value;
    bool action;
    unsigned n;
    char *result;
};

static void
take_fields(JsonObject *object, const char *fields)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    GList *names = NULL;

    if (fields == NULL)
        return;
    g_assert_true(json_parser_load_from_data(parser, fields, -1, NULL));
    JsonObject *more = json_node_get_object(json_parser_get_root(parser));
    names = json_object_get_members(more);
    for (GList *at = names; at != NULL; at = at->next)
        json_object_set_member(object, at->data, json_object_dup_member(more, at->data));
    g_list_free(names);
}

static void
call_tell(struct mb_server *server, void *user)
{
    const struct arguments *a = user;
    JsonObject *object = json_object_new();
    g_autofree char *now = mb_now(server), *id = g_strdup_printf("%s@host.example", a->name);
    g_autofree char *protocol = g_strndup(a->account, strcspn(a->account, "."));

    json_object_set_string_member(object, "text", a->text);
    json_object_set_string_member(object, "channel", "#commons");
    json_object_set_string_member(object, "username", a->name);
    json_object_set_string_member(object, "userid", id);
    json_object_set_string_member(object, "avatar", "");
    json_object_set_string_member(object, "account", a->account);
    json_object_set_string_member(object, "event", "");
    json_object_set_string_member(object, "protocol", protocol);
    json_object_set_string_member(object, "gateway", a->gateway);
    json_object_set_string_member(object, "parent_id", "");
    json_object_set_string_member(object, "timestamp", now);
    json_object_set_string_member(object, "id", "");
    json_object_set_null_member(object, "Extra");
    take_fields(object, a->fields);
    g_autofree char *text = mb_text_of(object);
    mb_give(server, text);
    json_object_unref(object);
}

void
mb_server_tell(struct mb_server *server, const char *gateway, const char *account, const char *name,
               const char *text, const char *fields)
{
    struct arguments a = {
        .gateway = gateway, .account = account, .name = name, .text = text, .fields = fields};
    mb_call(server, call_tell, &a);
}

void
mb_server_say(struct mb_server *server, const char *gateway, const char *account, const char *name,
              const char *text)
{
    mb_server_tell(server, gateway, account, name, text, NULL);
}

static void
call_raw(struct mb_server *server, void *user)
{
    const struct arguments *a = user;

    mb_http_send(server, a->text);
}

void
mb_server_send_raw(struct mb_server *server, const char *text)
{
    struct arguments a = {.text = text};
    mb_call(server, call_raw, &a);
}

static void
call_gateway(struct mb_server *server, void *user)
{
    g_ptr_array_add(server->gateways, g_strdup(((struct arguments *)user)->gateway));
}

void
mb_server_add_gateway(struct mb_server *server, const char *gateway)
{
    struct arguments a = {.gateway = gateway};
    mb_call(server, call_gateway, &a);
}

static void
call_token(struct mb_server *server, void *user)
{
    g_free(server->token);
    server->token = g_strdup(((struct arguments *)user)->text);
}

void
mb_server_set_token(struct mb_server *server, const char *token)
{
    struct arguments a = {.text = token};
    mb_call(server, call_token, &a);
}

static void
call_fault(struct mb_server *server, void *user)
{
    const struct arguments *a = user;

    web_fault_add(server->faults, (int)a->kind, a->text, a->times, a->value);
}

void
mb_server_fault(struct mb_server *server, enum mb_server_fault fault, const char *pattern,
                unsigned times, unsigned value)
{
    struct arguments a = {.kind = fault, .text = pattern, .times = times, .value = value};
    mb_call(server, call_fault, &a);
}

static void
call_heal(struct mb_server *server, void *user)
{
    g_ptr_array_set_size(server->faults, 0);
}

void
mb_server_heal(struct mb_server *server)
{
    mb_call(server, call_heal, NULL);
}

static void
call_drop(struct mb_server *server, void *user)
{
    mb_http_cut(server);
}

void
mb_server_drop(struct mb_server *server)
{
    mb_call(server, call_drop, NULL);
}

/* ---- what it knows ---- */

static void
call_said(struct mb_server *server, void *user)
{
    struct arguments *a = user;
    g_autoptr(GString) all = g_string_new(NULL);

    for (unsigned i = 0; i < server->said->len; i++) {
        const struct mb_said *said = g_ptr_array_index(server->said, i);

        if (strcmp(said->gateway, a->gateway) != 0)
            continue;
        g_string_append_printf(all, "%s: %s\n", said->name, said->text);
        a->n += (a->name == NULL || strcmp(said->name, a->name) == 0) &&
                (a->picture == NULL || strcmp(said->picture, a->picture) == 0) &&
                (a->text == NULL ||
                 (g_pattern_match_simple(a->text, said->text) && said->action == a->action));
    }
    a->result = g_strdup(all->str);
}

unsigned
mb_server_count_said(struct mb_server *server, const char *gateway, const char *name,
                     const char *text, bool action)
{
    struct arguments a = {.gateway = gateway, .name = name, .text = text, .action = action};

    mb_call(server, call_said, &a);
    g_free(a.result);
    return a.n;
}

unsigned
mb_server_count_pictured(struct mb_server *server, const char *gateway, const char *text,
                         const char *picture)
{
    struct arguments a = {.gateway = gateway, .text = text, .picture = picture};

    mb_call(server, call_said, &a);
    g_free(a.result);
    return a.n;
}

char *
mb_server_said_dup(struct mb_server *server, const char *gateway)
{
    struct arguments a = {.gateway = gateway};

    mb_call(server, call_said, &a);
    return a.result;
}

enum figure { THROWN_AWAY, SOCKETS, STREAMS, RING };

static void
call_figure(struct mb_server *server, void *user)
{
    struct arguments *a = user;
    const unsigned figures[] = {server->thrown_away, server->sockets->len, server->streams->len,
                                server->ring.length};

    a->n = figures[a->value];
}

static unsigned
figure(struct mb_server *server, enum figure which)
{
    struct arguments a = {.value = which};

    mb_call(server, call_figure, &a);
    return a.n;
}

unsigned
mb_server_thrown_away(struct mb_server *server)
{
    return figure(server, THROWN_AWAY);
}

unsigned
mb_server_sockets(struct mb_server *server)
{
    return figure(server, SOCKETS);
}

unsigned
mb_server_streams(struct mb_server *server)
{
    return figure(server, STREAMS);
}

unsigned
mb_server_ring(struct mb_server *server)
{
    return figure(server, RING);
}

static void
call_requests(struct mb_server *server, void *user)
{
    struct arguments *a = user;
    g_autoptr(GString) all = g_string_new(NULL);
    const GPtrArray *lines = a->value == 0 ? server->requests : server->complaints;

    for (unsigned i = 0; i < lines->len; i++) {
        g_string_append_printf(all, "%s\n", (const char *)lines->pdata[i]);
        a->n += a->text != NULL && g_pattern_match_simple(a->text, lines->pdata[i]);
    }
    a->result = g_strdup(all->str);
}

unsigned
mb_server_count(struct mb_server *server, const char *pattern)
{
    struct arguments a = {.text = pattern};

    mb_call(server, call_requests, &a);
    g_free(a.result);
    return a.n;
}

char *
mb_server_requests_dup(struct mb_server *server)
{
    struct arguments a = {0};

    mb_call(server, call_requests, &a);
    return a.result;
}

char *
mb_server_complaints(struct mb_server *server)
{
    struct arguments a = {.value = 1};

    mb_call(server, call_requests, &a);
    return a.result;
}
