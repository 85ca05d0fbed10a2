/* Inside the sandbox's Mattermost: everything here runs on the server's thread. */
#ifndef WEFT_SANDBOX_MM_PRIV_H
#define WEFT_SANDBOX_MM_PRIV_H

#include "tests/sandbox/mm_server.h"
#include "tests/sandbox/web.h"

#include <json-glib/json-glib.h>

#define MM_VERSION   "11.6.0"
#define MM_PAGE_MAX  200
#define MM_SINCE_MAX 1000

/* ---- the world ---- */

struct mm_pref {
    char *category;
    char *name;
    char *value;
};

struct mm_user {
    char *id;
    char *username;
    char *email;
    char *nickname;
    char *first_name;
    char *last_name;
    char *position;
    char *password;
    char *roles;
    char *locale;
    int64_t create_at;
    int64_t update_at;
    int64_t delete_at;
    int64_t last_password_update;
    unsigned failed_attempts;
    JsonObject *notify_props;
    JsonObject *props;
    GPtrArray *prefs; /* struct mm_pref */
    const char *status;
    bool status_manual;
    int64_t last_activity_at;
    int64_t dnd_end_time;
    char *mfa_code; /* asked for at login; or NULL */
    bool is_bot;
    char *bot_description;     /* or NULL */
    struct mm_user *bot_owner; /* of a bot; else NULL */
    bool has_avatar;
};

struct mm_session {
    char *id;
    char *token;
    char *csrf;
    struct mm_user *user;
    int64_t create_at;
    int64_t expires_at;
    int64_t last_activity_at;
    bool is_pat;
    char *description; /* of a personal access token; or NULL */
    bool ended;
};

struct mm_team_member {
    struct mm_user *user;
    bool admin;
    int64_t delete_at;
};

struct mm_team {
    char *id;
    char *name;
    char *display_name;
    char *type;
    char *email;
    char *invite_id;
    char *description;
    int64_t create_at;
    int64_t update_at;
    GHashTable *members; /* user id: struct mm_team_member */
    GPtrArray *order;    /* the same, as they came */
};

struct mm_member {
    struct mm_user *user;
    struct mm_channel *channel;
    int64_t last_viewed_at;
    int64_t last_update_at;
    int64_t msg_count;
    int64_t msg_count_root;
    int64_t mention_count;
    int64_t mention_count_root;
    bool admin;
    JsonObject *notify_props;
};

struct mm_channel {
    char *id;
    struct mm_team *team; /* NULL: direct or group */
    char *type;           /* "O", "P", "D", "G" */
    char *display_name;
    char *name;
    char *header;
    char *purpose;
    char *creator_id;
    int64_t create_at;
    int64_t update_at;
    int64_t delete_at;
    int64_t last_post_at;
    int64_t last_root_post_at;
    int64_t total_msg_count;
    int64_t total_msg_count_root;
    int64_t etag;        /* the newest update_at of a post */
    GHashTable *members; /* user id: struct mm_member */
    GPtrArray *order;    /* the same, as they came */
    GPtrArray *posts;    /* struct mm_post, by create_at, deleted ones too */
    GPtrArray *versions; /* old versions of edited ones */
};

struct mm_reaction {
    struct mm_user *user;
    char *emoji;
    int64_t create_at;
};

/* Who follows a thread, and how far they have read it. */
struct mm_follower {
    struct mm_user *user;
    bool following;
    int64_t last_viewed_at;
    int64_t unread_mentions;
};

struct mm_post {
    char *id;
    struct mm_channel *channel;
    struct mm_user *user;
    struct mm_post *root; /* NULL: it is one */
    char *original_id;
    char *message;
    char *type;
    char *hashtags;
    char *pending_post_id;
    int64_t create_at;
    int64_t update_at;
    int64_t edit_at;
    int64_t delete_at;
    bool is_pinned;
    bool by_command; /* the server has made it */
    JsonObject *props;
    JsonObject *integrations; /* action id: what stands behind it; or NULL */
    JsonObject *priority;     /* or NULL */
    GPtrArray *file_ids;      /* char *, NULL: none */
    bool files_dropped;       /* some were asked for, and none was good */
    GPtrArray *reactions;     /* struct mm_reaction */
    GPtrArray *replies;       /* struct mm_post, not owned */
    GPtrArray *followers;     /* struct mm_follower, of a root with replies */
    int64_t last_reply_at;    /* of a root */
};

struct mm_file {
    char *id;
    struct mm_user *user;
    struct mm_channel *channel;
    struct mm_post *post;
    char *name;
    char *extension;
    char *mime_type;
    int64_t create_at;
    GBytes *bytes;
};

struct mm_upload {
    char *id;
    struct mm_user *user;
    struct mm_channel *channel;
    char *name;
    int64_t create_at;
    int64_t size;
    GByteArray *bytes;
};

struct mm_emoji {
    char *id;
    char *name;
    struct mm_user *creator;
    int64_t create_at;
    GBytes *image;
};

/* One sidebar category of a user in a team. */
struct mm_category {
    char *id;
    struct mm_user *user;
    struct mm_team *team;
    char *type;
    char *display_name;
    char *sorting;
    bool muted;
    bool collapsed;
    GPtrArray *channel_ids; /* char *; of the built-in ones only those that were put there */
};

struct mm_draft {
    char *user_id;
    char *channel_id;
    char *root_id;
    char *message;
    int64_t create_at;
    int64_t update_at;
};

/* ---- the server ---- */

struct mm_server {
    struct mm_server_options options;
    GMainContext *context;
    struct thread_loop *loop;
    SoupServer *soup; /* NULL: down */
    uint16_t port;
    uint16_t tls_port;
    GTlsCertificate *certificate;
    GRand *rand;
    int64_t clock_offset_ms;
    int64_t frozen_ms; /* 0: the clock runs */
    int64_t set_ms;    /* it stands there, but no two stamps are the same; 0: it runs */
    int64_t last_stamp;
    int64_t rate_at_us;   /* by the monotonic clock: when the burst is whole again */
    GHashTable *config;   /* char *: char * */
    char *version_id;     /* NULL: to be made of it */
    GHashTable *user_ids; /* id: struct mm_user, owned */
    GHashTable *user_names;
    GPtrArray *users;     /* as they came */
    GHashTable *sessions; /* token: struct mm_session, owned */
    GHashTable *team_ids; /* owned */
    GPtrArray *teams;
    GHashTable *channel_ids; /* owned */
    GPtrArray *channels;
    GHashTable *post_ids; /* owned */
    GHashTable *pending;  /* pending_post_id: struct mm_pending, owned */
    GHashTable *files;    /* owned */
    GHashTable *uploads;  /* owned */
    GPtrArray *emoji;     /* struct mm_emoji */
    GPtrArray *categories;
    GPtrArray *drafts;
    GPtrArray *hooks;    /* struct mm_hook: incoming webhooks */
    GPtrArray *commands; /* struct mm_command: those that people made */
    GPtrArray *programs; /* struct mm_program: behind buttons, commands and forms */
    GPtrArray *conns;    /* struct mm_conn, dead ones too */
    GPtrArray *faults;
    GPtrArray *requests;   /* "METHOD /path" as they came */
    GPtrArray *complaints; /* char * */
    GPtrArray *delayed;    /* struct mm_delayed: requests that are held back */
};

/* mm_store.c: ids, time, and things by name. Returned objects live as long as the server. */
char *mm_id_new(struct mm_server *server);
bool mm_id_is_valid(const char *id);
int64_t mm_now(struct mm_server *server);
/* Later than every time given out before, unless the clock stands still. */
int64_t mm_stamp(struct mm_server *server);
void mm_store_init(struct mm_server *server);
void mm_store_clear(struct mm_server *server);
/* NULL password: none. The first user becomes system admin. */
struct mm_user *mm_user_new(struct mm_server *server, const char *username, const char *email,
                            const char *password);
/* By id, by name (case does not matter). Any may be NULL when there is none. */
struct mm_user *mm_user_by_id(struct mm_server *server, const char *id);
struct mm_user *mm_user_by_name(struct mm_server *server, const char *username);
/* Nobody else may have the name. */
void mm_user_rename(struct mm_server *server, struct mm_user *user, const char *username);
bool mm_user_is_admin(const struct mm_user *user);
const char *mm_pref_get(struct mm_user *user, const char *category, const char *name);
void mm_pref_set(struct mm_user *user, const char *category, const char *name, const char *value);
void mm_pref_set_and_tell(struct mm_server *server, struct mm_user *user, const char *category,
                          const char *name, const char *value);
bool mm_pref_delete(struct mm_user *user, const char *category, const char *name);
/* Collapsed threads are on for them. */
bool mm_user_crt(struct mm_server *server, struct mm_user *user);
struct mm_session *mm_session_new(struct mm_server *server, struct mm_user *user, bool pat);
/* NULL: unknown, ended, expired. */
struct mm_session *mm_session_find(struct mm_server *server, const char *token);
struct mm_team *mm_team_new(struct mm_server *server, const char *name, const char *display_name,
                            const char *type, struct mm_user *creator);
struct mm_team *mm_team_by_id(struct mm_server *server, const char *id);
struct mm_team *mm_team_by_name(struct mm_server *server, const char *name);
struct mm_team_member *mm_team_member(const struct mm_team *team, const struct mm_user *user);
struct mm_channel *
mm_channel_new(struct mm_server *server, struct mm_team *team, const char *type, const char *name,
               const char *display_name, struct mm_user *creator);
struct mm_channel *mm_channel_by_id(struct mm_server *server, const char *id);
struct mm_channel *
mm_channel_by_name(struct mm_server *server, const struct mm_team *team, const char *name);
struct mm_member *mm_member(const struct mm_channel *channel, const struct mm_user *user);
struct mm_member *mm_member_new(struct mm_channel *channel, struct mm_user *user, bool admin);
void mm_member_remove(struct mm_channel *channel, struct mm_user *user);
struct mm_post *mm_post_by_id(struct mm_server *server, const char *id);
struct mm_post *mm_post_new(struct mm_server *server, struct mm_channel *channel,
                            struct mm_user *user, struct mm_post *root, const char *message);
void mm_post_free(struct mm_post *post);
/* A copy of what it was, which stands among the channel's versions. */
void mm_post_keep_version(struct mm_server *server, struct mm_post *post, int64_t when);
/* The live replies of a root. */
unsigned mm_post_reply_count(const struct mm_post *root);
/* Of the system's emoji; ends with NULL. */
extern const char *const mm_emoji_names[];
struct mm_emoji *mm_emoji_by_name(struct mm_server *server, const char *name);
/* Both may see it: the user is in the channel, or it is public and of their team. */
bool mm_can_read(const struct mm_channel *channel, const struct mm_user *user);

/* ---- JSON (mm_json.c) ---- */

void mm_set(JsonObject *object, const char *key, const char *value); /* NULL: null */
void mm_set_int(JsonObject *object, const char *key, int64_t value);
void mm_set_bool(JsonObject *object, const char *key, bool value);
void mm_set_object(JsonObject *object, const char *key, JsonObject *value); /* takes; NULL: null */
void mm_set_array(JsonObject *object, const char *key, JsonArray *value);   /* takes; NULL: null */
/* NULL when it is not there or no string. */
const char *mm_get(JsonObject *object, const char *key);
int64_t mm_get_int(JsonObject *object, const char *key, int64_t otherwise);
bool mm_get_bool(JsonObject *object, const char *key, bool otherwise);
JsonObject *mm_get_object(JsonObject *object, const char *key);
JsonArray *mm_get_array(JsonObject *object, const char *key);
char *mm_object_text(JsonObject *object);
char *mm_array_text(JsonArray *array);
JsonObject *mm_object_copy(JsonObject *object);
/* NULL when it is no JSON. */
JsonNode *mm_parse(const char *text);
/* The strings of a JSON array, in order; NULL when it is no array of strings. */
GPtrArray *mm_strings_of(JsonNode *node);

enum mm_user_view {
    MM_USER_SELF,  /* with notify_props */
    MM_USER_OTHER, /* what the others may know */
    MM_USER_BLANK, /* the id alone */
    MM_USER_BLANK_IN_THREAD,
};
JsonObject *mm_user_json(struct mm_user *user, enum mm_user_view view);
JsonObject *mm_team_json(struct mm_team *team, bool with_email);
JsonObject *mm_team_member_json(struct mm_team *team, struct mm_team_member *member);
JsonObject *mm_channel_json(struct mm_channel *channel);
JsonObject *mm_member_json(struct mm_member *member);
JsonObject *mm_reaction_json(struct mm_post *post, const struct mm_reaction *reaction);
JsonArray *mm_reactions_json(struct mm_post *post);
JsonObject *mm_file_json(struct mm_file *file);
JsonObject *mm_emoji_json(struct mm_emoji *emoji);

enum mm_post_view {
    MM_POST_PLAIN,       /* reply_count 0 */
    MM_POST_COUNTED,     /* with the count of its thread */
    MM_POST_COLLAPSED,   /* a root with what collapsed threads show of it */
    MM_POST_EXTENDED,    /* the same, participants in full */
    MM_POST_NO_METADATA, /* counted, as it was stored */
};
/* Blanked when it is deleted. `viewer`: for is_following. */
JsonObject *mm_post_json(struct mm_server *server, struct mm_post *post, enum mm_post_view view,
                         struct mm_user *viewer);
/* As in an event: with its text, whatever became of it. */
JsonObject *mm_post_whole_json(struct mm_server *server, struct mm_post *post);
/* Who has replied, those who did lately last. */
JsonArray *mm_participants_json(struct mm_post *root, enum mm_user_view view);

/* ---- requests (mm_http.c) ---- */

struct mm_request {
    struct mm_server *server;
    SoupServerMessage *msg;
    const char *method;
    const char *path; /* below /api/v4 */
    GHashTable *query;
    JsonNode *body; /* NULL: none, or no JSON */
    struct mm_session *session;
    struct mm_user *user;
    GHashTable *args; /* ":channel" of the route: its value */
    const char *if_none_match;
};
typedef void (*mm_handler_fn)(struct mm_request *request);

enum mm_route_flags {
    MM_OPEN = 1 << 0, /* without a session too */
};

struct mm_route {
    const char *method;
    const char *pattern; /* "channels/:channel/posts"; a last ":rest*" takes all that is left */
    mm_handler_fn handle;
    unsigned flags;
};
extern const struct mm_route mm_user_routes[];
extern const struct mm_route mm_account_routes[];
extern const struct mm_route mm_team_routes[];
extern const struct mm_route mm_channel_routes[];
extern const struct mm_route mm_member_routes[];
extern const struct mm_route mm_post_routes[];
extern const struct mm_route mm_history_routes[];
extern const struct mm_route mm_search_routes[];
extern const struct mm_route mm_thread_routes[];
extern const struct mm_route mm_reaction_routes[];
extern const struct mm_route mm_file_routes[];
extern const struct mm_route mm_sidebar_routes[];
extern const struct mm_route mm_system_routes[];
extern const struct mm_route mm_command_routes[];
extern const struct mm_route mm_hook_routes[];
extern const struct mm_route mm_program_routes[];

void mm_http_add(struct mm_server *server);
/* Those addresses that need no login (mm_hooks.c). */
void mm_hooks_add(struct mm_server *server);
void mm_hook_free(gpointer hook);
/* `description`: or NULL. */
struct mm_user *mm_bot_new(struct mm_server *server, const char *username, const char *name,
                           const char *description, struct mm_user *owner);
/* Those that a MM_FAULT_DELAY holds back are never answered. */
void mm_http_forget_delayed(struct mm_server *server);
const char *mm_arg(struct mm_request *request, const char *name);
const char *mm_query(struct mm_request *request, const char *name); /* NULL: not given */
int64_t mm_query_int(struct mm_request *request, const char *name, int64_t otherwise);
bool mm_query_bool(struct mm_request *request, const char *name);
/* The page that is asked for, clamped as the real server does. */
void mm_query_page(struct mm_request *request, unsigned *ret_from, unsigned *ret_count);
/* The body as an object; NULL after it has been refused. */
JsonObject *mm_need_object(struct mm_request *request, const char *name);
/* The body as an array of ids, with one at least; NULL after it has been refused. Free with
 * g_ptr_array_unref(). */
GPtrArray *mm_need_ids(struct mm_request *request, const char *name);
/* The route's :user, :channel, …, with the rights that reading (or writing) needs; NULL after it
 * has been refused. */
struct mm_user *mm_need_user(struct mm_request *request);
struct mm_user *mm_need_self(struct mm_request *request);
struct mm_team *mm_need_team(struct mm_request *request);
struct mm_channel *mm_need_channel(struct mm_request *request);
struct mm_member *mm_need_member(struct mm_request *request, struct mm_channel *channel);
struct mm_post *mm_need_post(struct mm_request *request);

void mm_reply_object(struct mm_request *request, unsigned status, JsonObject *object); /* takes */
void mm_reply_array(struct mm_request *request, unsigned status, JsonArray *array);    /* takes */
void mm_reply_text(struct mm_request *request, unsigned status, const char *type, char *text);
void mm_reply_bytes(struct mm_request *request, unsigned status, const char *type, GBytes *bytes);
/* The parts of a multipart body by name; NULL when it is none. */
GHashTable *mm_multipart(struct mm_request *request);
void mm_reply_ok(struct mm_request *request);
/* The Etag of an answer; true when the client has it already and has been told so. */
bool mm_reply_etag(struct mm_request *request, char *etag);
void mm_fail(struct mm_request *request, unsigned status, const char *id, const char *message);
void mm_fail_permissions(struct mm_request *request);
void mm_fail_body(struct mm_request *request, const char *name);
void mm_fail_url(struct mm_request *request, const char *name);
void mm_fail_param(struct mm_request *request, const char *name);
JsonObject *
mm_error_json(struct mm_server *server, unsigned status, const char *id, const char *message);
void
mm_complain(struct mm_server *server, struct mm_user *user, const char *what, const char *about);
bool mm_fault_take(struct mm_server *server, enum mm_server_fault kind, const char *method,
                   const char *path, unsigned *ret_value);

/* ---- what happens (mm_posts.c, mm_channels.c …) ---- */

/* Says it and tells everyone. NULL when the channel does not stand. `pending`, `type`, `props`: or
 * NULL. Takes props. */
struct mm_post *mm_say(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
                       struct mm_post *root, const char *message, const char *pending,
                       const char *type, JsonObject *props, JsonArray *file_ids, bool set_online);
/* The same by a command that they gave. */
struct mm_post *
mm_say_by_command(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
                  struct mm_post *root, const char *message, const char *type, JsonObject *props);
void mm_tell_posted(struct mm_server *server, struct mm_post *post, bool set_online);
void mm_tell_edited(struct mm_server *server, struct mm_post *post);
void mm_edit(struct mm_server *server, struct mm_post *post, const char *message);
/* Shows it to this user alone, on all their connections, and returns the post. `root_id`: "" when
 * it belongs to none. `author`: whose it is. Takes props. */
JsonObject *mm_tell_alone(struct mm_server *server, struct mm_user *user, struct mm_user *author,
                          struct mm_channel *channel, const char *root_id, const char *message,
                          JsonObject *props);
/* The same header for the whole channel, and the post that tells of it. */
void
mm_channel_set_header(struct mm_request *request, struct mm_channel *channel, const char *header);

/* ---- programs (mm_programs.c) ---- */

/* The props of a post with a card: a button "OK" (ok), a menu "Kind" (sel) of one kind, rye, and a
 * button "Order" (order) that opens a form. */
/* `orders`: with the button that opens a form alone. */
JsonObject *mm_card_props(const char *title, const char *text, bool orders);
/* Takes what stands behind the actions of a new post's cards out of the props, which are completed
 * as the real server shows them. NULL: there is nothing. */
JsonObject *mm_integrations_take(JsonObject *props);
/* What the program at this address answers; NULL: there is none. What it is asked is remembered.
 * Takes question; the answer lives until it is changed. */
JsonObject *mm_program_ask(struct mm_server *server, const char *url, JsonObject *question);
/* The form that an answer of a program has in it, if any, is opened for the user. */
void mm_program_opens(struct mm_server *server, struct mm_user *user, JsonObject *answer,
                      const char *trigger);
void mm_program_set(struct mm_server *server, const char *url, JsonObject *answer); /* takes */
void mm_program_free(gpointer program);
void mm_programs_init(struct mm_server *server);
void mm_command_free(gpointer command);
void mm_delete(struct mm_server *server, struct mm_post *post, struct mm_user *who);
void mm_react(struct mm_server *server, struct mm_post *post, struct mm_user *user,
              const char *emoji, bool add);
/* A system_… post, which counts for nothing unless `counts`. */
void mm_say_system(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
                   const char *type, const char *message, JsonObject *props, bool counts);
/* True when the text mentions them by the server's rules. */
bool mm_mentions(struct mm_server *server, struct mm_post *post, struct mm_user *user);
/* With its first channels; the creator is in it, as admin. */
struct mm_team *mm_team_make(struct mm_server *server, const char *name, const char *display_name,
                             const char *type, struct mm_user *creator);
struct mm_channel *
mm_channel_make(struct mm_server *server, struct mm_team *team, const char *type, const char *name,
                const char *display_name, struct mm_user *creator);
/* What of the team's threads the user has not read. */
void mm_thread_totals(struct mm_server *server, struct mm_user *user, struct mm_team *team,
                      int64_t *ret_threads, int64_t *ret_mentions);
void mm_team_join(struct mm_server *server, struct mm_team *team, struct mm_user *user,
                  struct mm_user *by, bool batch);
struct mm_member *mm_join(struct mm_server *server, struct mm_channel *channel,
                          struct mm_user *user, struct mm_user *by);
void mm_leave(struct mm_server *server, struct mm_channel *channel, struct mm_user *user,
              struct mm_user *by);
struct mm_channel *mm_direct(struct mm_server *server, struct mm_user *a, struct mm_user *b);
/* Their membership has changed: channel_member_updated. */
void mm_tell_member(struct mm_server *server, struct mm_member *member);
/* Reads it up to the end: the counters of the member. False: nothing was unread. */
bool mm_view(struct mm_server *server, struct mm_member *member);
bool mm_view_and_tell(struct mm_server *server, struct mm_member *member);
/* The follower of a root, made if `make`. */
struct mm_follower *mm_follower(struct mm_post *root, struct mm_user *user, bool make);
unsigned mm_thread_unread(struct mm_post *root, const struct mm_follower *follower);
/* Those whom a reply makes followers; then the news of it to all of them. */
void mm_thread_follow(struct mm_server *server, struct mm_post *reply);
/* Unread again, from this reply on. */
void mm_thread_set_unread(struct mm_server *server, struct mm_post *reply, struct mm_user *user);
void mm_thread_replied(struct mm_server *server, struct mm_post *reply);
JsonObject *mm_thread_json(struct mm_server *server, struct mm_post *root, struct mm_user *viewer,
                           enum mm_user_view participants);
/* Not active: their sessions end. */
void mm_user_set_active(struct mm_server *server, struct mm_user *user, bool active);
/* Their profile has changed. */
void mm_tell_user(struct mm_server *server, struct mm_user *user);
/* What they say of themselves: emoji, text, duration, expires_at. */
void mm_user_set_custom_status(struct mm_server *server, struct mm_user *user, JsonObject *body);
/* Into the category of this name, which is made where there is none. */
void mm_category_put(struct mm_server *server, struct mm_user *user, struct mm_team *team,
                     const char *name, const char *channel_id);
/* root_id: "" for the channel itself. All the user's connections are told. */
JsonObject *mm_draft_put(struct mm_server *server, struct mm_user *user, const char *channel_id,
                         const char *root_id, const char *message);
void mm_draft_delete(struct mm_server *server, struct mm_user *user, const char *channel_id,
                     const char *root_id);
/* NULL: there is none. */
const char *mm_draft_text(struct mm_server *server, struct mm_user *user, const char *channel_id,
                          const char *root_id);
/* parent: the thread's root, or NULL. */
void mm_tell_typing(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
                    const char *parent);
void mm_set_status(struct mm_server *server, struct mm_user *user, const char *status, bool manual);
void mm_config_init(struct mm_server *server);
JsonObject *mm_config_json(struct mm_server *server, bool whole);
const char *mm_config(struct mm_server *server, const char *key);
/* And tells everyone. */
void mm_config_set(struct mm_server *server, const char *key, const char *value);
/* "11.6.0..HASH.false"; the hash is of the configuration. */
const char *mm_version_id(struct mm_server *server);

/* ---- events (mm_ws.c) ---- */

struct mm_target {
    const char *user_id;
    const struct mm_channel *channel;
    const struct mm_team *team;
    const struct mm_user *omit; /* is left out, and named in omit_users */
    bool sanitized;             /* contains_sanitized_data */
    bool sensitive;             /* contains_sensitive_data */
    bool not_admins;            /* system admins do not hear it */
    bool only_admins;           /* nobody else does */
};
/* A file that a post may then have. */
struct mm_file *mm_file_new(struct mm_server *server, struct mm_user *user,
                            struct mm_channel *channel, const char *name, GBytes *bytes);
/* Takes data. */
void mm_emit(struct mm_server *server, const char *event, JsonObject *data,
             const struct mm_target *target);
/* The same with data of one's own for each user: `fill` may add to a copy. */
typedef void (*mm_fill_fn)(JsonObject *data, struct mm_user *user, void *user_data);
void mm_emit_each(struct mm_server *server, const char *event, JsonObject *data,
                  const struct mm_target *target, mm_fill_fn fill, void *user_data);
void mm_ws_add(struct mm_server *server);
enum mm_cut {
    MM_CUT_NOW,    /* the connections end without a close frame */
    MM_CUT_HALF,   /* so they do, after half a frame */
    MM_CUT_FORGET, /* those that have ended cannot be resumed any more */
};
/* NULL user: everyone's. */
void mm_ws_cut(struct mm_server *server, const struct mm_user *user, enum mm_cut how);
unsigned mm_ws_count(struct mm_server *server, const struct mm_user *user);
/* The next n events of the user's connections are sent into nothing, then the line breaks. */
void mm_ws_lose(struct mm_server *server, const struct mm_user *user, unsigned n);
void mm_ws_raw(struct mm_server *server, const struct mm_user *user, const char *text);
void mm_conn_free(gpointer data);

/* ---- calls from the test's thread (mm_server.c) ---- */

typedef void (*mm_call_fn)(struct mm_server *server, void *arguments);
void mm_call(struct mm_server *server, mm_call_fn fn, void *arguments);
char *mm_base_url(struct mm_server *server);

#endif
