/* What the files of Mattermost's adapter share: a site, and the people on it. They speak by
 * tests/sandbox/mm_client.h, to the sandbox's server and to a real one alike. */
#ifndef WEFT_TESTS_CONFORMANCE_ADAPTER_MATTERMOST_H
#define WEFT_TESTS_CONFORMANCE_ADAPTER_MATTERMOST_H

#include "tests/conformance/adapter.h"
#include "tests/sandbox/mm_client.h"
#include "tests/sandbox/mm_server.h"

struct site {
    const struct certs *certs;
    struct mm_server *sandbox; /* NULL: a real one */
    struct proxy *proxy;       /* before it, or NULL */
    char *base;                /* where peers and admin ask: "http://127.0.0.1:8065" */
    char *admin;               /* the token of a system admin */
    char *team;
    char *suffix;         /* of usernames: "-1f3a5c" */
    GHashTable *users;    /* "kai" → struct mm_user_of_site */
    GHashTable *channels; /* "#lab" → id */
    GHashTable *names;    /* id → name as it is now, without the suffix */
};

/* One whom the site has made. */
struct mm_user_of_site {
    char *id;
    char *secret;
    char *token; /* of a session, once there is one */
};

struct said {
    char *user, *text;
};

struct peer {
    struct site *site;
    char *id, *token;
    struct mm_socket *socket;
    GPtrArray *events; /* JsonObject: all that have come; the socket's */
    /* What was said in the channel that was counted last. */
    char *counted;    /* its id; NULL: none */
    GHashTable *said; /* post id → struct said */
    char *anchor;     /* everything up to it is in `said` */
};

/* Asks as `token`; aborts the test, with what the server said, when it refuses. NULL body: none.
 * Takes `body`. The answer's JSON, or NULL when it has none: json_node_unref(). */
JsonNode *mm_site_ask(struct site *site, const char *token, const char *method, JsonNode *body_take,
                      const char *path_format, ...) G_GNUC_PRINTF(5, 6);
/* {"a":"b", …}: names and texts, ended by NULL. */
JsonNode *mm_body(const char *name, ...) G_GNUC_NULL_TERMINATED;
const char *mm_text(JsonObject *object, const char *name); /* "" when it is none */

/* Made if they are not, with `secret` (NULL: some), and in the team. */
struct mm_user_of_site *mm_site_user(struct site *site, const char *user, const char *secret);
/* A session of theirs; the site's. */
const char *mm_site_token(struct site *site, const char *user);
/* The id of "#lab", as somebody sees it who is in the team; NULL: there is none. */
const char *mm_site_channel(struct site *site, const char *token, const char *channel);
const char *mm_site_name(struct site *site, const char *user_id);

struct peer *mm_peer_new(struct site *site, const char *user);
struct peer *mm_device_new(struct site *site, const char *user, const char *secret);
void mm_peer_free(struct peer *peer);
void mm_peer_join(struct peer *peer, const char *channel);
void mm_peer_leave(struct peer *peer, const char *channel);
void mm_peer_say(struct peer *peer, const char *target, const char *text);
void mm_peer_relay(struct peer *peer, const char *channel, const char *name, const char *text);
void mm_peer_act(struct peer *peer, const char *target, const char *text);
void mm_peer_topic(struct peer *peer, const char *channel, const char *topic);
void mm_peer_rename(struct peer *peer, const char *name);
void mm_peer_kick(struct peer *peer, const char *channel, const char *user);
void mm_peer_quit(struct peer *peer);
bool mm_peer_heard(struct peer *peer, const char *from, const char *target, const char *text,
                   bool action);
unsigned mm_peer_count(struct peer *peer, const char *from, const char *target, const char *text);
bool mm_peer_sees_topic(struct peer *peer, const char *channel, const char *topic);
void mm_peer_react(struct peer *peer, const char *channel, const char *remote_id, const char *emoji,
                   bool add);
bool mm_peer_sees_reaction(struct peer *peer, const char *from, const char *channel,
                           const char *remote_id, const char *emoji, bool add);
void mm_peer_edit(struct peer *peer, const char *channel, const char *remote_id, const char *text);
bool
mm_peer_sees_edit(struct peer *peer, const char *channel, const char *remote_id, const char *text);
GPtrArray *mm_peer_tells(struct peer *peer, const char *channel);
char *mm_peer_find(struct peer *peer, const char *channel, const char *text);
void
mm_peer_delete(struct peer *peer, const char *channel, const char *remote_id, const char *reason);
bool mm_peer_sees_deletion(struct peer *peer, const char *by, const char *channel,
                           const char *remote_id);
void mm_peer_type(struct peer *peer, const char *channel, bool active);
bool mm_peer_sees_typing(struct peer *peer, const char *from, const char *channel, bool active);
void mm_peer_reply(struct peer *peer, const char *channel, const char *remote_id, const char *text);
bool mm_peer_sees_reply(struct peer *peer, const char *from, const char *channel,
                        const char *remote_id, const char *text);
void
mm_peer_say_lines(struct peer *peer, const char *channel, const char *first, const char *second);
void mm_peer_mark(struct peer *peer, const char *channel, const struct message *upto);
bool mm_peer_sees_mark(struct peer *peer, const char *channel, const struct message *upto);
void mm_peer_follow(struct peer *peer, const char *root, bool on);
bool mm_peer_sees_follow(struct peer *peer, const char *root, bool on);
void mm_peer_read_thread(struct peer *peer, const char *root);
bool mm_peer_sees_thread_read(struct peer *peer, const char *root);
unsigned mm_peer_unread_of(struct peer *peer, const char *root);
char *mm_peer_author(struct peer *peer, const char *channel, const char *pattern);
bool mm_peer_sees_picture(struct peer *peer, const char *channel, const char *pattern,
                          const char *picture);
void mm_peer_file(struct peer *peer, const char *channel, const char *name, const char *text);
bool mm_peer_has_file(struct peer *peer, const char *channel, const char *name);
/* The id of the newest file of that name; NULL: none has come. Does not wait. g_free(). */
char *mm_peer_file_id(struct peer *peer, const char *channel, const char *name);

GBytes *mm_peer_reads_file(struct peer *peer, const char *channel, const char *name);
void mm_peer_pin(struct peer *peer, const char *remote_id, bool on);
bool mm_peer_sees_pin(struct peer *peer, const char *channel, const char *remote_id, bool on);
void mm_peer_save(struct peer *peer, const char *remote_id, bool on);
bool mm_peer_sees_saved(struct peer *peer, const char *remote_id, bool on);
void mm_peer_draft(struct peer *peer, const char *channel, const char *text);
bool mm_peer_sees_draft(struct peer *peer, const char *channel, const char *text);
void mm_peer_away(struct peer *peer, bool away);

#endif
