/* Mattermost for the suite: the sandbox's server, and a real one that the environment names. */
#include <gio/gio.h>
#include <string.h>

#include "base/file.h"
#include "tests/conformance/adapter_mattermost.h"
#include "tests/servers/servers.h"

#define ADMIN        "root"
#define ADMIN_SECRET "the-key-of-the-house"
#define SOME_SECRET  "not-for-the-person"
#define MAIL         "weft-tests.invalid"

#define URL_VARIABLE    "WEFT_TEST_MATTERMOST_URL"
#define ADMIN_VARIABLE  "WEFT_TEST_MATTERMOST_ADMIN"
#define SECRET_VARIABLE "WEFT_TEST_MATTERMOST_PASSWORD"

/* --- asking
 * ----------------------------------------------------------------------------------------- */

const char *
mm_text(JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member(object, name) : NULL;

    return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                   : "";
}

JsonNode *
mm_body(const char *name, ...)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    va_list list;

    va_start(list, name);
    for (; name; name = va_arg(list, const char *))
        json_object_set_string_member(object, name, va_arg(list, const char *));
    va_end(list);
    json_node_take_object(node, object);
    return node;
}

static struct mm_answer *
ask(const struct site *site, const char *token, const char *method, JsonNode *body_take,
    const char *path)
{
    g_autofree char *text = body_take ? json_to_string(body_take, FALSE) : NULL;
    g_autofree char *whole = g_strconcat("/api/v4", path, NULL);

    g_clear_pointer(&body_take, json_node_unref);
    return mm_client_ask_at(site->base, method, whole, token, text, text ? strlen(text) : 0, NULL,
                            NULL);
}

JsonNode *
mm_site_ask(struct site *site, const char *token, const char *method, JsonNode *body_take,
            const char *path_format, ...)
{
    va_list list;

    va_start(list, path_format);
    g_autofree char *path = g_strdup_vprintf(path_format, list);
    va_end(list);
    struct mm_answer *answer = ask(site, token, method, body_take, path);
    if (answer->status < 200 || answer->status > 299)
        g_error("%s %s: %u %s", method, path, answer->status, answer->text ? answer->text : "");
    JsonNode *json = g_steal_pointer(&answer->json);
    mm_answer_free(answer);
    return json;
}

/* The header Token; NULL: refused. g_free(). */
static char *
log_in(const struct site *site, const char *user, const char *secret)
{
    struct mm_answer *answer = ask(
        site, NULL, "POST", mm_body("login_id", user, "password", secret, NULL), "/users/login");
    char *token = g_strdup(answer->token);

    mm_answer_free(answer);
    return token;
}

/* --- who and where
 * ------------------------------------------------------------------------------------ */

static void
user_free(void *data)
{
    struct mm_user_of_site *user = data;

    g_free(user->id);
    g_free(user->secret);
    g_free(user->token);
    g_free(user);
}

const char *
mm_site_name(struct site *site, const char *user_id)
{
    const char *known = g_hash_table_lookup(site->names, user_id);

    if (known || !*user_id)
        return known ? known : "";
    JsonNode *user = mm_site_ask(site, site->admin, "GET", NULL, "/users/%s", user_id);
    char *name = g_strdup(mm_text(json_node_get_object(user), "username"));
    if (g_str_has_suffix(name, site->suffix))
        name[strlen(name) - strlen(site->suffix)] = '\0';
    g_hash_table_insert(site->names, g_strdup(user_id), name);
    json_node_unref(user);
    return name;
}

struct mm_user_of_site *
mm_site_user(struct site *site, const char *user, const char *secret)
{
    struct mm_user_of_site *made = g_hash_table_lookup(site->users, user);

    if (made)
        return made;
    g_autofree char *name = g_strconcat(user, site->suffix, NULL);
    g_autofree char *mail = g_strconcat(name, "@" MAIL, NULL);
    made = g_new0(struct mm_user_of_site, 1);
    made->secret = g_strdup(secret ? secret : SOME_SECRET);
    JsonNode *node = mm_site_ask(
        site, site->admin, "POST",
        mm_body("username", name, "email", mail, "password", made->secret, NULL), "/users");
    made->id = g_strdup(mm_text(json_node_get_object(node), "id"));
    json_node_unref(node);
    node = mm_site_ask(site, site->admin, "POST",
                       mm_body("team_id", site->team, "user_id", made->id, NULL),
                       "/teams/%s/members", site->team);
    json_node_unref(node);
    g_hash_table_insert(site->users, g_strdup(user), made);
    g_hash_table_insert(site->names, g_strdup(made->id), g_strdup(user));
    return made;
}

const char *
mm_site_token(struct site *site, const char *user)
{
    struct mm_user_of_site *of = mm_site_user(site, user, NULL);
    g_autofree char *name = g_strconcat(user, site->suffix, NULL);

    if (!of->token)
        of->token = log_in(site, name, of->secret);
    g_assert_nonnull(of->token);
    return of->token;
}

const char *
mm_site_channel(struct site *site, const char *token, const char *channel)
{
    const char *known = g_hash_table_lookup(site->channels, channel);

    if (known)
        return known;
    g_autofree char *path = g_strdup_printf("/teams/%s/channels/name/%s", site->team, channel + 1);
    struct mm_answer *answer = ask(site, token, "GET", NULL, path);
    if (answer->status == 200)
        g_hash_table_insert(site->channels, g_strdup(channel),
                            g_strdup(mm_text(json_node_get_object(answer->json), "id")));
    mm_answer_free(answer);
    return g_hash_table_lookup(site->channels, channel);
}

static const char *
suffix(struct site *site)
{
    return site->suffix;
}

static void
make_user(struct site *site, const char *user, const char *secret)
{
    mm_site_user(site, user, secret);
}

/* --- sites
 * -------------------------------------------------------------------------------------------- */

static struct site *
site_new(const struct certs *certs, char *base_take)
{
    struct site *site = g_new0(struct site, 1);
    g_autofree char *unique = g_uuid_string_random();

    site->certs = certs;
    site->base = base_take;
    site->suffix = g_strdup_printf("-%.6s", unique);
    site->users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, user_free);
    site->channels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    site->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return site;
}

static void
make_team(struct site *site)
{
    g_autofree char *name = g_strconcat("weft", site->suffix, NULL);
    JsonNode *team =
        mm_site_ask(site, site->admin, "POST",
                    mm_body("name", name, "display_name", "Coops", "type", "O", NULL), "/teams");
    site->team = g_strdup(mm_text(json_node_get_object(team), "id"));
    json_node_unref(team);
}

static bool
sandbox_available(char **ret_why_not)
{
    return true;
}

static struct site *
sandbox_start(const struct certs *certs)
{
    const struct mm_server_options options = {.cert_file = certs->server,
                                              .key_file = certs->server};
    struct mm_server *server = mm_server_start(&options);
    struct site *site =
        site_new(certs, g_strdup_printf("http://127.0.0.1:%u", mm_server_port(server)));

    site->sandbox = server;
    mm_server_add_user(server, ADMIN, ADMIN_SECRET);
    site->admin = log_in(site, ADMIN, ADMIN_SECRET);
    make_team(site);
    return site;
}

/* The address, when it is one of this machine: the way to it is cut and slowed down by tests. */
static GUri *
real_address(void)
{
    g_autoptr(GUri) uri = g_uri_parse(g_getenv(URL_VARIABLE), G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host(uri) : NULL;

    if (!host || g_strcmp0(g_uri_get_scheme(uri), "http") != 0 || g_uri_get_port(uri) <= 0 ||
        (strcmp(host, "127.0.0.1") != 0 && strcmp(host, "localhost") != 0))
        return NULL;
    return g_steal_pointer(&uri);
}

static bool
real_available(char **ret_why_not)
{
    g_autoptr(GUri) uri = NULL;

    if (!server_wanted("mattermost")) {
        *ret_why_not = g_strdup("mattermost was not asked for");
        return false;
    }
    if (!g_getenv(URL_VARIABLE) || !g_getenv(ADMIN_VARIABLE) || !g_getenv(SECRET_VARIABLE)) {
        *ret_why_not = g_strdup("no real server of Mattermost is named: " URL_VARIABLE
                                ", " ADMIN_VARIABLE " and " SECRET_VARIABLE " say which");
        return false;
    }
    uri = real_address();
    if (!uri)
        *ret_why_not = g_strdup(URL_VARIABLE " is not like http://127.0.0.1:8065");
    return uri != NULL;
}

static struct site *
real_start(const struct certs *certs)
{
    g_autofree char *base = g_strdup(g_getenv(URL_VARIABLE));

    while (g_str_has_suffix(base, "/"))
        base[strlen(base) - 1] = '\0';
    struct site *site = site_new(certs, g_steal_pointer(&base));
    site->admin = log_in(site, g_getenv(ADMIN_VARIABLE), g_getenv(SECRET_VARIABLE));
    if (!site->admin)
        g_error("the server does not let %s in", g_getenv(ADMIN_VARIABLE));
    make_team(site);
    return site;
}

/* People are put to rest, the team is archived: a server keeps them, unless it is set otherwise. */
static void
real_clean(struct site *site)
{
    GHashTableIter iter;
    JsonNode *node;
    void *user;

    g_hash_table_iter_init(&iter, site->users);
    while (g_hash_table_iter_next(&iter, NULL, &user)) {
        node = mm_site_ask(site, site->admin, "DELETE", NULL, "/users/%s",
                           ((struct mm_user_of_site *)user)->id);
        g_clear_pointer(&node, json_node_unref);
    }
    node = mm_site_ask(site, site->admin, "DELETE", NULL, "/teams/%s", site->team);
    g_clear_pointer(&node, json_node_unref);
}

static void
site_stop(struct site *site)
{
    proxy_stop(site->proxy);
    if (site->sandbox) {
        g_autofree char *complaints = mm_server_complaints(site->sandbox);
        g_assert_cmpstr(complaints, ==, "");
        mm_server_stop(site->sandbox);
    } else {
        real_clean(site);
    }
    g_hash_table_unref(site->users);
    g_hash_table_unref(site->channels);
    g_hash_table_unref(site->names);
    g_free(site->base);
    g_free(site->admin);
    g_free(site->team);
    g_free(site->suffix);
    g_free(site);
}

static struct proxy *
site_proxy(struct site *site)
{
    if (!site->proxy && site->sandbox) {
        site->proxy = proxy_start(mm_server_tls_port(site->sandbox), 1);
    } else if (!site->proxy) {
        g_autoptr(GUri) uri = real_address();
        site->proxy = proxy_start((uint16_t)g_uri_get_port(uri), 1);
    }
    return site->proxy;
}

/* A real one goes on for others: it is the person's way to it that dies. */
static void
site_kill(struct site *site)
{
    if (site->sandbox) {
        mm_server_down(site->sandbox);
        return;
    }
    proxy_refuse(site->proxy, true);
    proxy_reset(site->proxy);
}

static void
site_revive(struct site *site)
{
    if (site->sandbox)
        mm_server_up(site->sandbox);
    else
        proxy_heal(site->proxy);
}

/* --- the account
 * ------------------------------------------------------------------------------------------- */

static void
add_secret(GString *text, const char *option, const char *secret, const char *home)
{
    g_autofree char *path = g_build_filename(home, "secret", NULL);
    g_autoptr(GError) error = NULL;

    file_write_atomic(path, secret, strlen(secret), &error);
    g_assert_no_error(error);
    g_string_append_printf(text, "%s_file = %s\n", option, path);
}

static char *
options(struct site *site, enum login login, const char *user, const char *secret, const char *home)
{
    GString *text = g_string_new(NULL);

    if (site->sandbox) {
        uint16_t port = site->proxy ? proxy_port(site->proxy) : mm_server_tls_port(site->sandbox);
        g_string_append_printf(text, "server = https://localhost:%u\ntls_ca = %s\n", port,
                               site->certs->ca);
    } else {
        g_autoptr(GUri) uri = real_address();
        g_string_append_printf(text, "server = http://127.0.0.1:%u%s\n",
                               proxy_port(site_proxy(site)), g_uri_get_path(uri));
    }
    if (login == LOGIN_PLAIN) {
        g_string_append_printf(text, "user = %s%s\n", user, site->suffix);
        add_secret(text, "password", secret, home);
    } else {
        add_secret(text, "token", mm_site_token(site, user), home);
    }
    return g_string_free(text, FALSE);
}

static char *
place(struct site *site, const char *user, const char *channel)
{
    const char *id = mm_site_channel(site, site->admin, channel);
    JsonNode *node = mm_site_ask(site, site->admin, "POST",
                                 mm_body("user_id", mm_site_user(site, user, NULL)->id, NULL),
                                 "/channels/%s/members", id);

    json_node_unref(node);
    return g_strdup("");
}

/* --- what only some can
 * ----------------------------------------------------------------------------------- */

/* Neither the answer nor the event comes, and the line breaks. */
static void
cut_before_echo(struct site *site, const char *user)
{
    g_autofree char *name = g_strconcat(user, site->suffix, NULL);

    mm_server_fault(site->sandbox, MM_FAULT_LOST, "POST /posts*", 1, 0);
    mm_server_lose(site->sandbox, name, 1);
}

static void
rename_channel(struct site *site, const char *channel, const char *name)
{
    const char *id = mm_site_channel(site, site->admin, channel);
    JsonNode *node = mm_site_ask(site, site->admin, "PUT",
                                 mm_body("name", name + 1, "display_name", name + 1, NULL),
                                 "/channels/%s/patch", id);

    json_node_unref(node);
    g_hash_table_insert(site->channels, g_strdup(name), g_strdup(id));
}

#define MATTERMOST_CAN                                                                             \
    (SITE_HISTORY | SITE_ECHO | SITE_LOOK | SITE_RENAME | SITE_REACT | SITE_DELETE | SITE_TYPING | \
     SITE_READ_MARK | SITE_REPLY | SITE_MULTILINE | SITE_EVENTS | SITE_DEVICES | SITE_EDIT |       \
     SITE_PRESENCE | SITE_AWAY)

#define MATTERMOST_COMMON                                                                          \
    .network = "mattermost", .marks = marks_markdown, .channel_sign = '~', .call = "@",            \
    .logins = 1u << LOGIN_PLAIN,                                                                   \
    .ways = WAY_MADE_CHANNELS | WAY_FLAT_THREADS | WAY_ENDLESS_TYPING | WAY_MARKS_WHOLE |          \
            WAY_SILENT_DELETION | WAY_FIRST_PAGE | WAY_STAYING_MEMBERS | WAY_THREADS_APART |       \
            WAY_ASKED_PRESENCE,                                                                    \
    .offers = CAP_UPLOAD | CAP_DOWNLOAD | CAP_PIN, .stop = site_stop, .kill = site_kill,           \
    .revive = site_revive, .proxy = site_proxy, .make_user = make_user, .suffix = suffix,          \
    .options = options, .place = place, .rename_channel = rename_channel, .peer_new = mm_peer_new, \
    .device_new = mm_device_new, .peer_free = mm_peer_free, .peer_join = mm_peer_join,             \
    .peer_leave = mm_peer_leave, .peer_say = mm_peer_say, .peer_act = mm_peer_act,                 \
    .peer_topic = mm_peer_topic, .peer_rename = mm_peer_rename, .peer_kick = mm_peer_kick,         \
    .peer_quit = mm_peer_quit, .peer_heard = mm_peer_heard, .peer_count = mm_peer_count,           \
    .peer_sees_topic = mm_peer_sees_topic, .peer_react = mm_peer_react,                            \
    .peer_sees_reaction = mm_peer_sees_reaction, .peer_edit = mm_peer_edit,                        \
    .peer_sees_edit = mm_peer_sees_edit, .peer_tells = mm_peer_tells, .peer_find = mm_peer_find,   \
    .peer_delete = mm_peer_delete, .peer_sees_deletion = mm_peer_sees_deletion,                    \
    .peer_type = mm_peer_type, .peer_sees_typing = mm_peer_sees_typing,                            \
    .peer_reply = mm_peer_reply, .peer_sees_reply = mm_peer_sees_reply,                            \
    .peer_say_lines = mm_peer_say_lines, .peer_mark = mm_peer_mark,                                \
    .peer_sees_mark = mm_peer_sees_mark, .peer_follow = mm_peer_follow,                            \
    .peer_sees_follow = mm_peer_sees_follow, .peer_read_thread = mm_peer_read_thread,              \
    .peer_sees_thread_read = mm_peer_sees_thread_read, .peer_unread_of = mm_peer_unread_of,        \
    .peer_author = mm_peer_author, .peer_sees_picture = mm_peer_sees_picture,                      \
    .peer_file = mm_peer_file, .peer_has_file = mm_peer_has_file,                                  \
    .peer_reads_file = mm_peer_reads_file, .peer_pin = mm_peer_pin,                                \
    .peer_sees_pin = mm_peer_sees_pin, .peer_save = mm_peer_save,                                  \
    .peer_sees_saved = mm_peer_sees_saved, .peer_draft = mm_peer_draft,                            \
    .peer_sees_draft = mm_peer_sees_draft, .peer_away = mm_peer_away, .peer_relay = mm_peer_relay

const struct adapter adapter_mattermost_sandbox = {
    .name = "mattermost/sandbox",
    .can = MATTERMOST_CAN | SITE_TLS | SITE_CUT_BEFORE_ECHO,
    .available = sandbox_available,
    .start = sandbox_start,
    .cut_before_echo = cut_before_echo,
    MATTERMOST_COMMON,
};

const struct adapter adapter_mattermost_server = {
    .name = "mattermost/server",
    .can = MATTERMOST_CAN,
    .available = real_available,
    .start = real_start,
    MATTERMOST_COMMON,
};
