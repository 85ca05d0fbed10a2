/* Questions: accounts, buffers, what is unread, a search, one message. */
#include <string.h>

#include "base/error.h"
#include "core/search.h"
#include "daemon/control_priv.h"

#define LIMIT_USUAL SEARCH_PAGE
#define LIMIT_MOST  1000
/* What has just been said is in the index a moment later. */
#define BEHIND_US (2 * (int64_t)G_USEC_PER_SEC)

/* --- accounts and buffers --- */

static void
put_account(GString *out, const struct account *account)
{
    control_put_text(out, "name", account->name);
    control_put_text(out, "network", account->network);
    control_put_text(out, "label", account->label);
    control_put_text(out, "state", account_state_name(account->state));
    control_put_text(out, "text", account->state_text);
    control_put_text(out, "self", account->self_name);
    control_put_text(out, "server", account->server_name);
    control_put_flag(out, "insecure", account->insecure);
}

static const char *
kind_name(enum buffer_kind kind)
{
    static const char *const names[] = {
        [BUFFER_CORE] = "weft",       [BUFFER_SERVER] = "server", [BUFFER_CHANNEL] = "channel",
        [BUFFER_PRIVATE] = "private", [BUFFER_DIRECT] = "direct", [BUFFER_GROUP] = "group"};

    return (size_t)kind < G_N_ELEMENTS(names) ? names[kind] : "channel";
}

static void
put_buffer(GString *out, struct core *core, const struct buffer *buffer)
{
    const struct account *account = core_account(core, buffer->account_id);
    g_autofree char *address = core_buffer_address(core, buffer);

    control_put_text(out, "address", address);
    control_put_text(out, "account", account ? account->name : NULL);
    control_put_text(out, "name", buffer->name);
    control_put_text(out, "kind", kind_name(buffer->kind));
    control_put_number(out, "number", buffer->number);
    control_put_flag(out, "joined", buffer->joined);
    control_put_number(out, "unread", buffer->unread + buffer->thread_unread);
    control_put_number(out, "mentions", buffer->mentions + buffer->thread_mentions);
    if (buffer->members)
        control_put_number(out, "members", g_hash_table_size(buffer->members));
    control_put_number(out, "last_us", buffer->last_activity_us);
    control_put_text(out, "topic", buffer->topic);
}

/* What was put begins with a comma: "{" takes its place. */
static void
put_object(GString *out, const GString *members, bool first)
{
    g_string_append(out, first ? "{" : ",{");
    g_string_append(out, members->str + 1);
    g_string_append_c(out, '}');
}

static void
query_accounts(struct client *client, const struct request *request)
{
    const GPtrArray *accounts = core_accounts(client->control->core);
    g_autoptr(GString) out = g_string_new(",\"accounts\":[");
    g_autoptr(GString) one = g_string_new(NULL);

    for (guint i = 0; i < accounts->len; i++) {
        g_string_truncate(one, 0);
        put_account(one, accounts->pdata[i]);
        put_object(out, one, i == 0);
    }
    g_string_append_c(out, ']');
    client_answer(client, request->id, out->str);
}

static void
query_buffers(struct client *client, const struct request *request, bool unread)
{
    struct core *core = client->control->core;
    const GPtrArray *buffers = core_buffers(core);
    g_autoptr(GString) out = g_string_new(",\"buffers\":[");
    g_autoptr(GString) one = g_string_new(NULL);
    bool first = true;

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (unread &&
            buffer->unread + buffer->mentions + buffer->thread_unread + buffer->thread_mentions ==
                0)
            continue;
        g_string_truncate(one, 0);
        put_buffer(one, core, buffer);
        put_object(out, one, first);
        first = false;
    }
    g_string_append_c(out, ']');
    client_answer(client, request->id, out->str);
}

static void
query_message(struct client *client, const struct request *request)
{
    struct core *core = client->control->core;
    struct message *message = core_message(core, request->message);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (message) {
        control_put_message(out, core, "message", message);
        client_answer(client, request->id, out->str);
        message_unref(message);
        return;
    }
    g_set_error(&error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                "There is no message %" G_GINT64_FORMAT ".", request->message);
    client_refuse(client, request->id, error);
}

/* --- searching --- */

struct finding {
    struct client *client;
    char *id;
    struct search *search;
    char *text;
    int64_t here;
    guint limit;
    unsigned timer;
    bool tired; /* waits for the index no longer */
    GSource *ended;
};

void
finding_free(void *data)
{
    struct finding *finding = data;

    finding->client->waits--;
    if (finding->ended) {
        g_source_destroy(finding->ended);
        g_source_unref(finding->ended);
    }
    clock_timer_del(core_clock(finding->client->control->core), finding->timer);
    search_free(finding->search);
    g_free(finding->text);
    g_free(finding->id);
    g_free(finding);
}

static gboolean
on_ended(void *user)
{
    struct finding *finding = user;

    g_ptr_array_remove(finding->client->finds, finding);
    return G_SOURCE_REMOVE;
}

/* The search calls us: it is freed on a turn of its own. */
static void
end_soon(struct finding *finding)
{
    finding->ended = g_idle_source_new();
    g_source_set_callback(finding->ended, on_ended, finding, NULL);
    g_source_attach(finding->ended, NULL);
}

static void
put_hits(GString *out, struct core *core, const GPtrArray *hits, guint most)
{
    g_autoptr(GString) one = g_string_new(NULL);

    g_string_append(out, ",\"hits\":[");
    for (guint i = 0; i < hits->len && i < most; i++) {
        g_string_truncate(one, 0);
        control_put_message(one, core, "message", hits->pdata[i]);
        put_object(out, one, i == 0);
    }
    g_string_append_c(out, ']');
}

static void
on_found(void *user, const struct search_result *result, const GError *error)
{
    struct finding *finding = user;
    g_autoptr(GString) out = g_string_new(NULL);

    if (finding->ended)
        return;
    if (error) {
        client_refuse(finding->client, finding->id, error);
        end_soon(finding);
        return;
    }
    if (result->more && result->hits->len < finding->limit) {
        search_more(finding->search);
        return;
    }
    if (result->behind > 0 && !finding->tired)
        return; /* it comes again */
    put_hits(out, finding->client->control->core, result->hits, finding->limit);
    control_put_flag(out, "more", result->more || result->hits->len > finding->limit);
    if (result->behind > 0)
        control_put_number(out, "behind", result->behind);
    client_answer(finding->client, finding->id, out->str);
    end_soon(finding);
}

static void
on_tired(void *user)
{
    struct finding *finding = user;

    finding->timer = 0;
    finding->tired = true;
    search_set(finding->search, finding->text, finding->here, false, false);
}

static void
query_search(struct client *client, const struct request *request)
{
    struct core *core = client->control->core;
    g_autoptr(GError) error = NULL;
    const struct buffer *here =
        request->in ? core_find_address(core, request->in, &error) : core_own_buffer(core);

    if (!error && (!request->words || !*request->words))
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "A search needs \"words\", such as \"soup from:maria after:2d\".");
    if (error) {
        client_refuse(client, request->id, error);
        return;
    }
    if (!client_may_wait(client, request->id))
        return;
    struct finding *finding = g_new0(struct finding, 1);
    finding->client = client;
    finding->id = g_strdup(request->id);
    finding->limit = request->limit > 0 ? (guint)MIN(request->limit, LIMIT_MOST) : LIMIT_USUAL;
    finding->here = here->id;
    finding->text =
        request->in ? g_strconcat(request->words, " in:here", NULL) : g_strdup(request->words);
    finding->timer = clock_timer_add(core_clock(core), BEHIND_US, on_tired, finding);
    g_ptr_array_add(client->finds, finding);
    finding->search = search_new(core, on_found, finding);
    search_set(finding->search, finding->text, finding->here, false, false);
}

void
control_query(struct client *client, const struct request *request)
{
    g_autoptr(GError) error = NULL;

    if (strcmp(request->what, "accounts") == 0)
        query_accounts(client, request);
    else if (strcmp(request->what, "buffers") == 0)
        query_buffers(client, request, false);
    else if (strcmp(request->what, "unread") == 0)
        query_buffers(client, request, true);
    else if (strcmp(request->what, "search") == 0)
        query_search(client, request);
    else if (strcmp(request->what, "message") == 0)
        query_message(client, request);
    else
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "\"what\" is accounts, buffers, unread, search or message.");
    if (error)
        client_refuse(client, request->id, error);
}
