/* What the files of the Mattermost driver share.
 *
 * Ids are 26 characters of a-z and 0-9. Times are milliseconds since 1970 (`_ms`). What came as
 * JSON is read by json/json.h, which never crashes on what is missing. */
#ifndef WEFT_MATTERMOST_PRIV_H
#define WEFT_MATTERMOST_PRIV_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "core/driver.h"
#include "core/event.h"
#include "core/host.h"
#include "json/json.h"

#define MM_MAX_CHANNELS 10000
#define MM_MAX_TEAMS    200
#define MM_MAX_USERS    100000
#define MM_MAX_WAITING  20000 /* events that came while what was missed is fetched */
#define MM_MAX_ROOTS    20000 /* posts whose thread we remember */
#define MM_MAX_FLAGGED  2000
#define MM_MAX_EMOJI    5000
#define MM_PAGE         100 /* posts of one answer */
#define MM_BROWSE_PAGE  50  /* channels to join, of one answer */
#define MM_NAME_BYTES   64  /* that a post shows instead of its account's */
#define MM_PING_US      (30 * G_USEC_PER_SEC)
#define MM_RETRY_US     (20 * G_USEC_PER_SEC) /* sending again is safe for longer than this */

struct mmost_config {
    char *base; /* "https://chat.example.org/sub", without an end slash */
    char *host;
    const char *user; /* NULL: by token */
    const char *const *teams;
    struct tls_wishes tls;
    bool secure;
};

enum mmost_phase {
    MM_OFF,
    MM_LOGIN,     /* secrets, login, who we are */
    MM_SOCKET,    /* until the server greets, or answers on a resumed one */
    MM_BOOTSTRAP, /* teams, channels, people; events wait */
    MM_CATCH_UP,  /* each channel in turn; its events wait */
    MM_ONLINE,
    MM_LEAVING
};

struct mmost_team {
    char *id;
    char *name; /* as in links: "coops" */
    char *title;
};

struct mmost_user {
    char *id;
    char *name; /* the username */
    bool bot;
    char *status;            /* what they say of themselves; NULL: nothing */
    int64_t status_until_ms; /* 0: for ever */
};

/* How far a channel is known; what its cursor says. */
struct mmost_mark {
    char anchor_id[32]; /* older by a millisecond at least than the newest: "" when there is none */
    int64_t anchor_ms;
    char last_id[32];
    int64_t last_ms;
    int64_t sync_ms; /* the newest change seen, by the server's clock */
};

struct mmost_channel {
    char *id;
    char *slug;  /* "town-square" */
    char *shown; /* "~town-square", "maria", "bo, carmen" */
    char *topic;
    char *team; /* NULL: a direct or group conversation */
    char *peer; /* DIRECT: whose */
    enum buffer_kind kind;
    bool joined;
    bool told; /* core knows it */
    bool archived;
    bool muted, mute_known;
    int64_t last_post_ms; /* by the server's word at the beginning */
    int64_t viewed_ms;
    int64_t newest_ms; /* of what was emitted */
    struct mmost_mark mark;
    int64_t known_ms; /* the newest that was here before catching up; 0: nothing */
    bool caught;      /* what was missed is here */
    bool paged;       /* a page of what was said before was fetched, now or earlier */
    bool under_way;   /* it is being fetched */
    bool deeds_asked; /* on this connection */
    bool deeds_due;   /* edits, deletions and reactions made while away are not asked for yet */
    bool beyond;      /* its anchor is gone, or too much was missed: pages from the newest back */
    unsigned pages;   /* fetched of what was missed */
    GPtrArray *held;  /* json_t: its events that came meanwhile; NULL: none */
};

struct mm;
struct mmost_call;

struct mmost_answer {
    int status;
    json_t *json;     /* NULL: not read (`many`), or none */
    const char *body; /* `many` */
    size_t len;
    const char *id; /* of the server's error: "api.context.permissions.app_error"; or "" */
    const struct http_answer *http;
};

/* `error` NULL: the server did what was asked. Both are the caller's for the call. */
typedef void (*mmost_answer_fn)(struct mm *mm, struct mmost_call *call,
                                const struct mmost_answer *answer, const GError *error);

/* What is to be done once its people are known. */
struct mmost_job {
    op_id op;
    char *conversation, *text;
    json_t *json;
    unsigned number;
};
void mmost_job_free(struct mmost_job *job); /* NULL is allowed */
typedef void (*mmost_users_fn)(struct mm *mm, struct mmost_job *job);

/* A request, running or waiting for its turn. */
struct mmost_call {
    struct mm *mm;
    struct http_call *http;
    mmost_answer_fn fn;
    const char *method;
    char *path; /* behind /api/v4 */
    GBytes *body;
    unsigned tries, timer;
    int64_t since_us; /* of the first try; 0: not yet */
    bool safe;        /* asking twice does no harm */
    bool many;        /* the answer is read one document after the other */
    bool bare;        /* its 401 is no end of the session */
    bool urgent;
    /* the caller's */
    op_id op;
    char *conversation, *text;
    json_t *json;
    unsigned number;
    mmost_users_fn users_fn;
    struct mmost_job *job;
};

struct mm {
    struct mmost_config config;
    const struct options *options;
    struct host *host;
    char *log_area;
    enum mmost_phase phase;
    GError *dying;
    unsigned end_timer, phase_timer;

    /* login */
    char *token;    /* of this session; NULL: none */
    char *password; /* between its answer and the login */
    bool own_token; /* made by our login, and ended by us */
    bool renewed;   /* a login has followed an expired session already */

    /* requests */
    GQueue waiting; /* struct mmost_call */
    GQueue running;
    GQueue transfers;        /* struct mmost_transfer */
    int64_t paused_until_us; /* 429 */
    unsigned call_timer;

    /* the socket */
    struct ws *ws;
    bool ws_open;
    bool reads_paused;
    char *connection_id; /* of the last greeting; NULL: it cannot be resumed */
    int64_t next_seq;    /* of the event that comes next */
    unsigned mismatches;
    int64_t action_seq; /* of our newest action on this connection */
    int64_t ping_seq;   /* that waits for its answer; 0: none */
    unsigned ping_timer;
    GPtrArray *held; /* json_t: events before the channels are known */
    bool resuming;

    /* the world, kept between connections */
    char *self_id, *self_name;
    char *mention_keys;          /* words that call us, separated by commas */
    char *site;                  /* its name */
    GHashTable *teams;           /* id → struct mmost_team */
    GHashTable *channels;        /* id → struct mmost_channel */
    GHashTable *users;           /* id → struct mmost_user */
    GHashTable *by_name;         /* username → struct mmost_user */
    GHashTable *hidden;          /* ids of people and groups whose conversation is hidden */
    GHashTable *roots;           /* post id → its root's id */
    GHashTable *thread_channels; /* root's id → its channel's */
    GHashTable *thread_views;    /* root's id of what is unread → until when it was (int64_t *) */
    char *collapsed;             /* the server's word on collapsed threads; NULL: none */
    char *collapsed_wish;        /* the person's: "on", "off"; NULL: none */
    bool no_edits;               /* the server lets nobody edit */
    bool no_files;               /* nor send files */
    bool names;                  /* posts may show another name than their account's */
    bool icons;                  /* and another picture */
    bool apart;                  /* replies stand in their threads alone */
    struct limits limits;        /* the driver's, with what the server said */
    GHashTable *flagged;         /* ids of posts that we have saved */
    GHashTable *sidebar_due;     /* ids of teams whose categories are asked for soon */
    bool drafts;                 /* the server keeps drafts */
    bool drafts_failed;          /* and did not tell all that it has */
    unsigned drafts_asked;       /* answers that have not come */
    GHashTable *drafts_seen; /* "CHANNEL ROOT" → update_at of what an event told (int64_t *) */
    GHashTable *drafts_told; /* "CHANNEL ROOT" → what we told and did not come back */
    GPtrArray *emoji;        /* names of the server's own, and a NULL */
    bool emoji_asked;
    bool known;     /* all of it was fetched, and nothing was missed since */
    unsigned steps; /* of the bootstrap that are not done */
    unsigned presence_timer, sweep_timer, sidebar_timer;
    char *pressed_in;  /* the channel whose button was pressed or command given; NULL */
    GHashTable *forms; /* our name of it → json_t: what goes back with its answers */
    unsigned last_form;
    GHashTable *typed; /* channel id → when the others were told last (int64_t *) */
};

/* --- mattermost.c: the life of a session --- */

/* The connection ends once the loop is back; the first reason counts. */
void mmost_fail(struct mm *mm, GError *error_take);
/* The server does not know our session any more. */
void mmost_session_ended(struct mm *mm);
void mmost_set_phase(struct mm *mm, enum mmost_phase phase, int64_t timeout_us);
/* A sentence in the account's own buffer. */
void mmost_say(struct mm *mm, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Everything is here: ONLINE. */
void mmost_online(struct mm *mm);
bool mmost_is_id(const char *text);
/* Online and able to ask; false sets CLOSED. */
bool mmost_check_ready(const struct mm *mm, GError **error);

/* --- mattermost_login.c --- */

void mmost_login_begin(struct mm *mm);
void mmost_forget_token(struct mm *mm);

/* --- mattermost_http.c: requests --- */

/* Queued, and started when its turn comes; `fn` is never called from inside. `body_take` NULL:
 * none. GETs are safe; for others set `safe` where asking twice does no harm. What was asked for by
 * the person (`urgent`) goes before what weft asks by itself. */
struct mmost_call *mmost_call(struct mm *mm, const char *method, json_t *body_take,
                              mmost_answer_fn fn, const char *path_format, ...) G_GNUC_PRINTF(5, 6);
struct mmost_call *
mmost_call_urgent(struct mm *mm, const char *method, json_t *body_take, mmost_answer_fn fn,
                  const char *path_format, ...) G_GNUC_PRINTF(5, 6);
/* Again after a pause, as if for the first time; from inside its `fn` only. */
void mmost_call_again(struct mmost_call *call, int64_t delay_us);
/* All of them: those of operations whose bytes have not left are failed with CLOSED. */
void mmost_calls_end(struct mm *mm);
/* What waits is looked at in the next turn of the loop. */
void mmost_calls_run_soon(struct mm *mm);
/* The operation's call, or NULL. */
struct mmost_call *mmost_call_of(struct mm *mm, op_id op);
/* Ends one without an answer. */
void mmost_call_drop(struct mmost_call *call);
/* One path part of anything: g_free(). */
char *mmost_escape(const char *text);

/* What an answer that refuses says, as a sentence. */
GError *mmost_answer_error(const struct mmost_answer *answer);

/* --- mattermost_files.c: files up and down --- */

struct mmost_transfer;
bool
mmost_api_upload(void *session, op_id op, const struct upload_request *request, GError **error);
bool
mmost_api_download(void *session, op_id op, const struct download_request *request, GError **error);
/* True when it was one of these; it has failed with CANCELLED. */
bool mmost_transfer_cancel(struct mm *mm, op_id op);
void mmost_transfers_end(struct mm *mm);

/* --- mattermost_commands.c: commands, what is shown to us alone, buttons --- */

bool
mmost_api_raw(void *session, op_id op, const struct buffer *from, const char *line, GError **error);
bool mmost_api_press(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                     const struct button *button, const char *choice, GError **error);
void mmost_ephemeral(struct mm *mm, struct mmost_channel *channel, const json_t *post);
/* A team for what has none: any of ours; "" when there is none. */
const char *mmost_team_for(struct mm *mm, const struct mmost_channel *channel);

/* --- mattermost_forms.c --- */

/* A program answers a pressed button, or a command, with a form. */
bool mmost_api_fill(void *session, op_id op, const struct buffer *buffer,
                    const struct program_form *form, bool leave, GError **error);
void mmost_dialog(struct mm *mm, const json_t *data);

/* --- mattermost_ws.c: the socket --- */

void mmost_ws_open(struct mm *mm);
void mmost_ws_close(struct mm *mm, int code);
/* An action of ours; takes `data` (or NULL). 0: it could not be queued. */
int64_t mmost_ws_act(struct mm *mm, const char *action, json_t *data_take);

/* --- mattermost_bootstrap.c: who is where --- */

void mmost_bootstrap(struct mm *mm);
/* One channel that we came into: it and our place in it are asked for, then caught up with.
 * `op`: an operation that is done then; 0: none. */
void mmost_channel_fetch(struct mm *mm, const char *id, op_id op);
void mmost_presence_begin(struct mm *mm);
/* The server's word on names and pictures of posts; from its configuration. */
void mmost_overrides(struct mm *mm, const json_t *config);
/* Set, or taken away. */
void mmost_preference(struct mm *mm, const json_t *preference, bool set);

/* --- mattermost_channels.c --- */

struct mmost_channel *mmost_channel(struct mm *mm, const char *id);
/* From a channel object; NULL when it is none, or one of a team that the account leaves out. */
struct mmost_channel *mmost_channel_put(struct mm *mm, const json_t *object);
void mmost_channel_tell(struct mm *mm, struct mmost_channel *channel);
/* We are not in it any more. */
void mmost_channel_left(struct mm *mm, struct mmost_channel *channel);
void mmost_channel_free(void *channel);
/* A direct conversation whose name was not known may have one now. */
void mmost_channels_name(struct mm *mm);
void mmost_team_put(struct mm *mm, const json_t *object);
void mmost_team_free(void *team);
/* The team that is meant from a buffer, or the only one; NULL: `error` asks for one. */
const struct mmost_team *mmost_team_meant(struct mm *mm, const struct buffer *from, GError **error);
/* By its name in links, in a team; NULL: none is known. */
struct mmost_channel *mmost_channel_by_slug(struct mm *mm, const char *team, const char *slug);

/* --- mattermost_sidebar.c --- */

/* The categories of all teams are asked for, and told. */
void mmost_sidebar_fetch(struct mm *mm);
/* Those of a team (NULL: of each) may be others now: asked for soon. */
void mmost_sidebar_changed(struct mm *mm, const char *team);
/* From our own membership. */
void mmost_mute_take(struct mmost_channel *channel, const json_t *member);
void mmost_mute_tell(struct mm *mm, struct mmost_channel *channel);
bool mmost_api_mute(void *session, op_id op, const struct buffer *buffer, bool on, GError **error);

/* --- mattermost_drafts.c --- */

/* All that the server has, where it keeps them. */
void mmost_drafts_fetch(struct mm *mm);
/* An event of the socket. */
void mmost_draft(struct mm *mm, const json_t *data, bool deleted);
bool mmost_api_draft(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                     const char *text, GError **error);

/* --- mattermost_status.c --- */

/* The id of the direct conversation with them, which core knows of; NULL: there is none. */
const char *mmost_direct_with(struct mm *mm, const char *user);
extern const struct driver_command mmost_command_rows[];
/* From a user object; tells it when it has changed. */
void mmost_status_take(struct mm *mm, struct mmost_user *user, const json_t *object);
void mmost_status_tell(struct mm *mm, const struct mmost_user *user);
/* Those whose time is over. */
void mmost_status_expire(struct mm *mm);
/* Of those with whom we talk: what is known is told, and asked for anew. */
void mmost_status_fetch(struct mm *mm);
bool mmost_api_command(void *session, op_id op, const struct driver_command *command,
                       const struct buffer *buffer, const char *const *arguments, GError **error);

/* --- mattermost_users.c --- */

struct mmost_user *mmost_user(struct mm *mm, const char *id);
struct mmost_user *mmost_user_by_name(struct mm *mm, const char *name);
void mmost_user_put(struct mm *mm, const json_t *object);
/* All that is known of some is a name. */
void mmost_user_learn(struct mm *mm, const char *id, const char *name);
const char *mmost_user_name(struct mm *mm, const char *id);
void mmost_user_free(void *user);
/* Asks for those of `ids` (char *) that are not known, then calls `fn` (also when they could not be
 * had); from inside when nothing is to be asked. */
void
mmost_users_need(struct mm *mm, GPtrArray *ids_take, struct mmost_job *job_take, mmost_users_fn fn);

/* --- mattermost_posts.c: a post as events --- */

extern const struct json_limits mmost_page_limits; /* of a list of posts */
extern const struct json_limits mmost_post_limits; /* of one */

/* A post as a message; reactions with it when it was fetched. `sender`: as the server calls them,
 * or NULL. ECHO: it is the answer to our sending it, which may come before what was said earlier,
 * and so moves no mark. False: it is none that is shown. */
bool
mmost_post_tell(struct mm *mm, const json_t *post, enum event_origin origin, const char *sender);
/* --- mattermost_body.c: what a post says and what hangs from it --- */

struct mmost_parts {
    struct rich *body;  /* with its message attachments, as quotations */
    GPtrArray *files;   /* struct attachment; NULL: none */
    GPtrArray *buttons; /* struct button; NULL: none */
};
void mmost_parts_read(struct mm *mm, const json_t *post, enum message_kind kind,
                      struct mmost_parts *ret_parts);
void mmost_parts_clear(struct mmost_parts *parts);

/* --- mattermost_posts.c, more --- */

/* It says something else now. */
void mmost_post_edited(struct mm *mm, const json_t *post);
/* It was taken back. */
void mmost_post_deleted(struct mm *mm, const json_t *post, enum event_origin origin);
void mmost_reaction_tell(struct mm *mm, const json_t *reaction, const char *conversation,
                         enum event_origin origin, bool add);
/* All reactions that a post has now: others were taken back. */
void mmost_reactions_tell(struct mm *mm, const json_t *post);
/* Whose names a post needs. */
void mmost_post_people(struct mm *mm, const json_t *post, GPtrArray *ids);
/* A page of posts that an operation asked for: fails it, or calls `fn` once its people are known.
 */
void mmost_page_need(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
                     const GError *error, mmost_users_fn fn);
/* Moves the mark by a post that was told or seen changed. */
void
mmost_mark_note(const struct mm *mm, struct mmost_channel *channel, const json_t *post, bool told);
char *mmost_mark_format(const struct mmost_mark *mark);
bool mmost_mark_parse(struct mmost_mark *mark, const char *text);
/* "thumbsup" → a character where there is one. */
const char *mmost_emoji_in(const char *name);
/* A character or name → the server's name; NULL: it has none. */
const char *mmost_emoji_out(const char *emoji);
/* What our own post carries, so that it is known again. */
#define MM_KEY_PROP "weft_key"
/* The mark of the relay that has copied a post here. */
#define MM_MARK_PROP "weft_relay"

/* --- mattermost_threads.c --- */

/* By the server's and the person's word; tells of the capabilities. True: they stand otherwise now
 * than before. */
bool mmost_threads_decide(struct mm *mm);
/* Of a post that was told: how many replies its thread has. */
void mmost_thread_count(struct mm *mm, const json_t *post);
bool mmost_thread_is_unread(const struct mm *mm, const json_t *post);
/* Events of the socket. */
void mmost_thread_updated(struct mm *mm, const json_t *data);
void mmost_thread_followed(struct mm *mm, const json_t *data, const json_t *broadcast);
void mmost_thread_read(struct mm *mm, const json_t *data);
/* Those that are followed, as they are now. */
void mmost_threads_fetch(struct mm *mm);
void mmost_thread_place(struct mm *mm, const char *root, const char *channel);

/* --- mattermost_events.c: what the socket brings --- */

void mmost_event(struct mm *mm, const json_t *frame);

/* --- mattermost_catch_up.c: what was missed --- */

/* Every channel that we are in. */
void mmost_catch_up_all(struct mm *mm);
void mmost_catch_up(struct mm *mm, struct mmost_channel *channel);
/* What was done to messages that are known; when somebody looks, or in turn. */
void mmost_deeds_fetch(struct mm *mm, struct mmost_channel *channel);
void mmost_sweep_begin(struct mm *mm);

/* --- mattermost_messages.c --- */

/* EVENT_PINNED, EVENT_FLAGGED. */
void mmost_mark_tell(struct mm *mm, enum event_type type, const char *conversation,
                     const char *post, bool on);
/* What the server has saved for us. True: it was not so. */
bool mmost_flagged_put(struct mm *mm, const char *id, bool on);
/* It was changed elsewhere, or by us. */
void mmost_flagged_change(struct mm *mm, const char *id, bool on);
/* All of them are known: tells what has changed while weft was away. */
void mmost_flagged_compare(struct mm *mm);
void mmost_emoji_learn(struct mm *mm, const json_t *emoji);

/* --- mattermost_history.c, _search.c, _send.c, _messages.c, _api.c, _places.c, _people.c:
 * operations --- */

/* Sets `error` and is false. */
bool mmost_refuse(GError **error, int code, const char *sentence);
/* A post that can be named, while something can be asked; false sets `error`. */
bool mmost_check_post(struct mm *mm, const char *remote_id, GError **error);
/* The channel of a buffer, while something can be asked; NULL sets `error`. */
struct mmost_channel *mmost_channel_of(struct mm *mm, const struct buffer *buffer, GError **error);
/* An answer that says nothing but whether it was done. */
void mmost_on_plain(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
                    const GError *error);
/* An answer that is a channel, which is ours now. */
void mmost_on_made(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
                   const GError *error);

bool
mmost_api_history(void *session, op_id op, const struct history_request *request, GError **error);
bool mmost_api_send(void *session, op_id op, const struct send_request *request, GError **error);
bool mmost_api_edit(void *session, op_id op, const struct buffer *buffer,
                    const struct message *message, const struct rich *body, GError **error);
bool mmost_api_revisions(void *session, op_id op, const struct buffer *buffer,
                         const char *remote_id, GError **error);
bool mmost_api_pin(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                   bool on, GError **error);
bool mmost_api_pins(void *session, op_id op, const struct buffer *buffer, GError **error);
bool
mmost_api_search(void *session, op_id op, const struct search_request *request, GError **error);
bool mmost_api_flag(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                    bool on, GError **error);
void mmost_api_mark_unread(void *session, const struct buffer *buffer, const struct message *from);
char *mmost_api_link_to(void *session, const struct buffer *buffer, const struct message *message);
const char *const *mmost_api_emoji(void *session);
bool mmost_api_delete(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                      GError **error);
bool mmost_api_react(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                     const char *emoji, bool add, GError **error);
void mmost_api_typing(void *session, const struct buffer *buffer, bool active);
void mmost_api_look_at(void *session, const struct buffer *buffer);
void mmost_api_mark_read(void *session, const struct buffer *buffer, const struct message *upto);
bool mmost_api_join(void *session, op_id op, const struct buffer *from, const char *name,
                    const char *argument, GError **error);
bool mmost_api_leave(void *session, op_id op, const struct buffer *buffer, const char *reason,
                     GError **error);
bool
mmost_api_create(void *session, op_id op, const struct create_request *request, GError **error);
bool
mmost_api_browse(void *session, op_id op, const struct browse_request *request, GError **error);
bool mmost_api_invite(void *session, op_id op, const struct buffer *buffer, const char *user,
                      bool whole_space, GError **error);
bool mmost_api_archive(void *session, op_id op, const struct buffer *buffer, GError **error);
bool mmost_api_open_link(void *session, op_id op, const struct link_target *target, GError **error);
/* "maria, bo". */
bool mmost_open_group(struct mm *mm, op_id op, const char *users, GError **error);
/* Asks for one by name, as a person types it, or by id. */
struct mmost_call *mmost_ask_person(struct mm *mm, const char *user, mmost_answer_fn fn);
/* The error of such a call, with whom it did not find. g_error_free(). */
GError *mmost_person_error(const struct mmost_call *call, const GError *error);
bool mmost_api_open_dm(void *session, op_id op, const struct buffer *from, const char *user,
                       GError **error);
bool mmost_api_members(void *session, op_id op, const struct buffer *buffer, GError **error);
bool mmost_api_user_info(void *session, op_id op, const struct buffer *buffer, const char *user,
                         GError **error);
bool mmost_api_set_topic(void *session, op_id op, const struct buffer *buffer, const char *topic,
                         GError **error);
bool mmost_api_set_presence(void *session, op_id op, const char *away_text, GError **error);
bool mmost_api_thread(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                      GError **error);
bool mmost_api_follow(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                      bool on, GError **error);
void mmost_api_mark_thread_read(void *session, const struct buffer *buffer, const char *root_id,
                                const struct message *upto);
void mmost_api_op_cancel(void *session, op_id op);

#endif
