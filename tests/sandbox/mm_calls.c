/* What a test asks of the running server and does to it. Each call is carried out on the server's
 * thread. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

struct arguments {
    const char *a;
    const char *b;
    const char *c;
    const char *d;
    const char *e;
    int64_t number;
    unsigned count;
    enum mm_server_fault fault;
    bool flag;
    const char *ret_id;
    char *ret_text;
    int64_t ret_number;
};

/* By names that the test has made; it is the test's mistake when there is none. */
static struct mm_user *
user_named(struct mm_server *server, const char *name)
{
    struct mm_user *user = mm_user_by_name(server, name);

    if (user == NULL)
        g_error("the test names a user that it has not made: %s", name);
    return user;
}

static struct mm_channel *
channel_with(struct mm_server *server, const char *id)
{
    struct mm_channel *channel = mm_channel_by_id(server, id);

    if (channel == NULL)
        g_error("the test names a channel that it has not made: %s", id);
    return channel;
}

static struct mm_post *
post_with(struct mm_server *server, const char *id)
{
    struct mm_post *post = mm_post_by_id(server, id);

    if (post == NULL)
        g_error("the test names a post that nobody has written: %s", id);
    return post;
}

static struct mm_team *
team_with(struct mm_server *server, const char *id)
{
    struct mm_team *team = mm_team_by_id(server, id);

    if (team == NULL)
        g_error("the test names a team that it has not made: %s", id);
    return team;
}

/* ---- time ---- */

static void
call_advance(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    server->clock_offset_ms += arguments->number;
}

void
mm_server_advance(struct mm_server *server, int64_t ms)
{
    struct arguments arguments = {.number = ms};

    mm_call(server, call_advance, &arguments);
}

static void
call_freeze(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    server->frozen_ms = 0;
    if (arguments->flag)
        server->frozen_ms = mm_stamp(server);
}

void
mm_server_freeze(struct mm_server *server, bool frozen)
{
    struct arguments arguments = {.flag = frozen};

    mm_call(server, call_freeze, &arguments);
}

static void
call_set_clock(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    server->set_ms = arguments->number;
}

void
mm_server_set_clock(struct mm_server *server, int64_t now_ms)
{
    struct arguments arguments = {.number = now_ms};

    mm_call(server, call_set_clock, &arguments);
}

/* ---- the world ---- */

static void
call_add_user(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_id = mm_user_new(server, arguments->a, NULL, arguments->b)->id;
}

const char *
mm_server_add_user(struct mm_server *server, const char *username, const char *password)
{
    struct arguments arguments = {.a = username, .b = password};

    mm_call(server, call_add_user, &arguments);
    return arguments.ret_id;
}

static void
call_set_mfa(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_user *named = user_named(server, arguments->a);

    g_free(named->mfa_code);
    named->mfa_code = g_strdup(arguments->b);
}

void
mm_server_set_mfa(struct mm_server *server, const char *username, const char *code)
{
    struct arguments arguments = {.a = username, .b = code};

    mm_call(server, call_set_mfa, &arguments);
}

static void
call_deactivate(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_user *named = user_named(server, arguments->a);

    mm_user_set_active(server, named, false);
}

void
mm_server_deactivate(struct mm_server *server, const char *username)
{
    struct arguments arguments = {.a = username};

    mm_call(server, call_deactivate, &arguments);
}

static void
call_add_team(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_id =
        mm_team_make(server, arguments->a, arguments->b, "O", user_named(server, arguments->c))->id;
}

const char *
mm_server_add_team(struct mm_server *server, const char *name, const char *display_name,
                   const char *creator)
{
    struct arguments arguments = {.a = name, .b = display_name, .c = creator};

    mm_call(server, call_add_team, &arguments);
    return arguments.ret_id;
}

static void
call_join_team(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_user *named = user_named(server, arguments->b);

    mm_team_join(server, team_with(server, arguments->a), named, named, false);
}

void
mm_server_join_team(struct mm_server *server, const char *team_id, const char *username)
{
    struct arguments arguments = {.a = team_id, .b = username};

    mm_call(server, call_join_team, &arguments);
}

static void
call_add_channel(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_id =
        mm_channel_make(server, team_with(server, arguments->a), arguments->b, arguments->c,
                        arguments->d, user_named(server, arguments->e))
            ->id;
}

const char *
mm_server_add_channel(struct mm_server *server, const char *team_id, const char *type,
                      const char *name, const char *display_name, const char *creator)
{
    struct arguments arguments = {
        .a = team_id, .b = type, .c = name, .d = display_name, .e = creator};

    mm_call(server, call_add_channel, &arguments);
    return arguments.ret_id;
}

static void
call_channel(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;
    struct mm_channel *channel =
        mm_channel_by_name(server, team_with(server, arguments->a), arguments->b);

    arguments->ret_id = channel != NULL ? channel->id : NULL;
}

const char *
mm_server_channel(struct mm_server *server, const char *team_id, const char *name)
{
    struct arguments arguments = {.a = team_id, .b = name};

    mm_call(server, call_channel, &arguments);
    return arguments.ret_id;
}

static void
call_direct(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_id =
        mm_direct(server, user_named(server, arguments->a), user_named(server, arguments->b))->id;
}

const char *
mm_server_direct(struct mm_server *server, const char *a, const char *b)
{
    struct arguments arguments = {.a = a, .b = b};

    mm_call(server, call_direct, &arguments);
    return arguments.ret_id;
}

static void
call_join(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_user *named = user_named(server, arguments->b);

    mm_join(server, channel_with(server, arguments->a), named, named);
}

void
mm_server_join(struct mm_server *server, const char *channel_id, const char *username)
{
    struct arguments arguments = {.a = channel_id, .b = username};

    mm_call(server, call_join, &arguments);
}

static void
call_leave(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_user *named = user_named(server, arguments->b);

    mm_leave(server, channel_with(server, arguments->a), named, named);
}

void
mm_server_leave(struct mm_server *server, const char *channel_id, const char *username)
{
    struct arguments arguments = {.a = channel_id, .b = username};

    mm_call(server, call_leave, &arguments);
}

/* ---- what people do ---- */

static void
call_say(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;
    struct mm_post *root = arguments->c != NULL ? post_with(server, arguments->c) : NULL;

    arguments->ret_id =
        mm_say(server, user_named(server, arguments->a), channel_with(server, arguments->b), root,
               arguments->d, NULL, NULL, NULL, NULL, true)
            ->id;
}

const char *
mm_server_say(struct mm_server *server, const char *username, const char *channel_id,
              const char *root_id, const char *text)
{
    struct arguments arguments = {.a = username, .b = channel_id, .c = root_id, .d = text};

    mm_call(server, call_say, &arguments);
    return arguments.ret_id;
}

static void
call_edit(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_edit(server, post_with(server, arguments->a), arguments->b);
}

void
mm_server_edit(struct mm_server *server, const char *post_id, const char *text)
{
    struct arguments arguments = {.a = post_id, .b = text};

    mm_call(server, call_edit, &arguments);
}

static void
call_delete(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_post *post = post_with(server, arguments->a);

    mm_delete(server, post, post->user);
}

void
mm_server_delete(struct mm_server *server, const char *post_id)
{
    struct arguments arguments = {.a = post_id};

    mm_call(server, call_delete, &arguments);
}

static void
call_react(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_react(server, post_with(server, arguments->b), user_named(server, arguments->a),
             arguments->c, arguments->flag);
}

void
mm_server_react(struct mm_server *server, const char *username, const char *post_id,
                const char *emoji, bool add)
{
    struct arguments arguments = {.a = username, .b = post_id, .c = emoji, .flag = add};

    mm_call(server, call_react, &arguments);
}

static void
call_typing(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_tell_typing(server, user_named(server, arguments->a), channel_with(server, arguments->b),
                   arguments->c);
}

void
mm_server_typing(struct mm_server *server, const char *username, const char *channel_id,
                 const char *root_id)
{
    struct arguments arguments = {.a = username, .b = channel_id, .c = root_id};

    mm_call(server, call_typing, &arguments);
}

static void
call_view(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct mm_member *member =
        mm_member(channel_with(server, arguments->b), user_named(server, arguments->a));

    mm_view_and_tell(server, member);
}

void
mm_server_view(struct mm_server *server, const char *username, const char *channel_id)
{
    struct arguments arguments = {.a = username, .b = channel_id};

    mm_call(server, call_view, &arguments);
}

static void
call_set_status(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_set_status(server, user_named(server, arguments->a), arguments->b,
                  !g_str_equal(arguments->b, "online"));
}

void
mm_server_set_status(struct mm_server *server, const char *username, const char *status)
{
    struct arguments arguments = {.a = username, .b = status};

    mm_call(server, call_set_status, &arguments);
}

static void
call_set_preference(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_pref_set_and_tell(server, user_named(server, arguments->a), arguments->b, arguments->c,
                         arguments->d);
}

void
mm_server_set_preference(struct mm_server *server, const char *username, const char *category,
                         const char *name, const char *value)
{
    struct arguments arguments = {.a = username, .b = category, .c = name, .d = value};

    mm_call(server, call_set_preference, &arguments);
}

static void
call_set_config(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_config_set(server, arguments->a, arguments->b);
}

void
mm_server_set_config(struct mm_server *server, const char *key, const char *value)
{
    struct arguments arguments = {.a = key, .b = value};

    mm_call(server, call_set_config, &arguments);
}

/* ---- sessions ---- */

static void
call_add_token(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_text =
        g_strdup(mm_session_new(server, user_named(server, arguments->a), true)->token);
}

char *
mm_server_add_token(struct mm_server *server, const char *username)
{
    struct arguments arguments = {.a = username};

    mm_call(server, call_add_token, &arguments);
    return arguments.ret_text;
}

static void
call_expire(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;
    const struct mm_user *named = user_named(server, arguments->a);
    GHashTableIter iter;
    gpointer value = NULL;

    g_hash_table_iter_init(&iter, server->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct mm_session *session = value;

        if (session->user == named && (arguments->flag || !session->is_pat))
            session->ended = true;
    }
}

void
mm_server_expire(struct mm_server *server, const char *username, bool tokens)
{
    struct arguments arguments = {.a = username, .flag = tokens};

    mm_call(server, call_expire, &arguments);
}

/* ---- faults ---- */

static void
call_fault(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    web_fault_add(server->faults, (int)arguments->fault, arguments->a, arguments->count,
                  (unsigned)arguments->number);
}

void
mm_server_fault(struct mm_server *server, enum mm_server_fault fault, const char *pattern,
                unsigned times, unsigned value)
{
    struct arguments arguments = {.a = pattern, .fault = fault, .count = times, .number = value};

    mm_call(server, call_fault, &arguments);
}

static void
call_heal(struct mm_server *server, void *user)
{
    (void)user;
    g_ptr_array_set_size(server->faults, 0);
}

void
mm_server_heal(struct mm_server *server)
{
    mm_call(server, call_heal, NULL);
}

static void
call_cut(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_ws_cut(server, arguments->a != NULL ? user_named(server, arguments->a) : NULL,
              (enum mm_cut)arguments->number);
}

void
mm_server_drop(struct mm_server *server, const char *username)
{
    struct arguments arguments = {.a = username, .number = MM_CUT_NOW};

    mm_call(server, call_cut, &arguments);
}

void
mm_server_half_frame(struct mm_server *server, const char *username)
{
    struct arguments arguments = {.a = username, .number = MM_CUT_HALF};

    mm_call(server, call_cut, &arguments);
}

void
mm_server_forget(struct mm_server *server)
{
    struct arguments arguments = {.number = MM_CUT_FORGET};

    mm_call(server, call_cut, &arguments);
}

static void
call_lose(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_ws_lose(server, user_named(server, arguments->a), arguments->count);
}

void
mm_server_lose(struct mm_server *server, const char *username, unsigned n)
{
    struct arguments arguments = {.a = username, .count = n};

    mm_call(server, call_lose, &arguments);
}

static void
call_send_raw(struct mm_server *server, void *user)
{
    const struct arguments *arguments = user;

    mm_ws_raw(server, user_named(server, arguments->a), arguments->b);
}

void
mm_server_send_raw(struct mm_server *server, const char *username, const char *text)
{
    struct arguments arguments = {.a = username, .b = text};

    mm_call(server, call_send_raw, &arguments);
}

/* ---- what it knows ---- */

static void
call_count(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    for (unsigned i = 0; i < server->requests->len; i++)
        arguments->ret_number +=
            g_pattern_match_simple(arguments->a, g_ptr_array_index(server->requests, i));
}

unsigned
mm_server_count(struct mm_server *server, const char *pattern)
{
    struct arguments arguments = {.a = pattern};

    mm_call(server, call_count, &arguments);
    return (unsigned)arguments.ret_number;
}

static char *
lines_of(const GPtrArray *lines)
{
    GString *text = g_string_new("");

    for (unsigned i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (const char *)g_ptr_array_index(lines, i));
    return g_string_free(text, FALSE);
}

static void
call_lines(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_text = lines_of(arguments->flag ? server->complaints : server->requests);
}

char *
mm_server_requests_dup(struct mm_server *server)
{
    struct arguments arguments = {.flag = false};

    mm_call(server, call_lines, &arguments);
    return arguments.ret_text;
}

char *
mm_server_complaints(struct mm_server *server)
{
    struct arguments arguments = {.flag = true};

    mm_call(server, call_lines, &arguments);
    return arguments.ret_text;
}

static void
call_sockets(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_number =
        mm_ws_count(server, arguments->a != NULL ? user_named(server, arguments->a) : NULL);
}

unsigned
mm_server_sockets(struct mm_server *server, const char *username)
{
    struct arguments arguments = {.a = username};

    mm_call(server, call_sockets, &arguments);
    return (unsigned)arguments.ret_number;
}

static void
call_count_said(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;
    const struct mm_channel *channel = channel_with(server, arguments->a);

    for (unsigned i = 0; i < channel->posts->len; i++) {
        const struct mm_post *post = g_ptr_array_index(channel->posts, i);

        arguments->ret_number += post->delete_at == 0 && g_str_equal(post->message, arguments->b);
    }
}

unsigned
mm_server_count_said(struct mm_server *server, const char *channel_id, const char *text)
{
    struct arguments arguments = {.a = channel_id, .b = text};

    mm_call(server, call_count_said, &arguments);
    return (unsigned)arguments.ret_number;
}

static void
call_posts(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;
    const struct mm_channel *channel = channel_with(server, arguments->a);
    JsonArray *array = json_array_new();

    for (unsigned i = 0; i < channel->posts->len; i++) {
        struct mm_post *post = g_ptr_array_index(channel->posts, i);

        if (post->delete_at == 0)
            json_array_add_object_element(array, mm_post_whole_json(server, post));
    }
    arguments->ret_text = mm_array_text(array);
    json_array_unref(array);
}

char *
mm_server_posts_dup(struct mm_server *server, const char *channel_id)
{
    struct arguments arguments = {.a = channel_id};

    mm_call(server, call_posts, &arguments);
    return arguments.ret_text;
}

static void
call_unread(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;
    const struct mm_channel *channel = channel_with(server, arguments->b);
    const struct mm_member *member = mm_member(channel, user_named(server, arguments->a));

    arguments->ret_number = member != NULL ? channel->total_msg_count - member->msg_count : -1;
}

int64_t
mm_server_unread(struct mm_server *server, const char *username, const char *channel_id)
{
    struct arguments arguments = {.a = username, .b = channel_id};

    mm_call(server, call_unread, &arguments);
    return arguments.ret_number;
}

static void
call_has(struct mm_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_number =
        mm_member(channel_with(server, arguments->b), user_named(server, arguments->a)) != NULL;
}

bool
mm_server_has(struct mm_server *server, const char *username, const char *channel_id)
{
    struct arguments arguments = {.a = username, .b = channel_id};

    mm_call(server, call_has, &arguments);
    return arguments.ret_number != 0;
}
