/* What the transcript tests of the Mattermost driver share: a session, and a server that the test
 * plays: one team, a channel, a direct conversation. */
#ifndef WEFT_TESTS_MATTERMOST_WORLD_H
#define WEFT_TESTS_MATTERMOST_WORLD_H

#include "tests/support/fake_web.h"

#define NOW_MS G_GINT64_CONSTANT(1795367500000)

#define KAI   "kaikaikaikaikaikaikaikaika"
#define MARIA "mariamariamariamariamariam"
#define BO    "bobobobobobobobobobobobobo"
#define TEAM  "teamteamteamteamteamteamte"
#define LAB   "lablablablablablablablabla"
#define DM    "dmdmdmdmdmdmdmdmdmdmdmdmdm"
#define CONN  "connconnconnconnconnconnco"
#define CONN2 "othrothrothrothrothrothrot"

struct world {
    struct fake_host *fake;
    struct fake_web *web;
    struct options *options;
    void *session;
    op_id last_op;
    int64_t seq;         /* of the event that comes next */
    int64_t last_lab_ms; /* last_post_at of LAB */
    int64_t viewed_lab_ms;
    bool names; /* posts may show other names and pictures */
};

/* `more`: option lines besides server. NULL: a token. */
void world_open(struct world *w, const char *more);
void world_close(struct world *w);
/* The rules for a server in its usual state, by the fields of `w`. */
void world_rules(struct world *w);
/* Connects, greets, and lets all answers come. */
void world_connect(struct world *w);
/* world_open(), rules, world_connect(): ONLINE; events and requests so far are dropped. */
void world_online(struct world *w);
/* Timers of now, and answers. */
void world_settle(struct world *w);
void world_greet(struct world *w, const char *connection_id);

/* A post in LAB by MARIA; id is 'p' and the number. g_free(). `extra`: ",\"key\":value" or "". */
char *world_post(int number, int64_t ms, const char *user, const char *text, const char *extra);
char *world_id(int number);
/* A page of posts: newest first, as given; NULL-terminated. Takes them. */
char *world_page(char **posts_take, const char *prev);
/* An event; `data` and `broadcast` are objects. */
void world_event(struct world *w, const char *event, const char *data, const char *broadcast);
void world_posted(struct world *w, const char *post, const char *sender);

op_id world_send(struct world *w, const char *conversation, enum message_kind kind,
                 const char *text, const char *key, const char *reply_to);
struct buffer *world_buffer(const char *conversation);

void test_login_add(void);
void test_talk_add(void);
void test_relay_add(void);
void test_catch_up_add(void);
void test_send_add(void);
void test_sidebar_add(void);
void test_deeds_add(void);
void test_files_add(void);
void test_hostile_add(void);
void test_stories_add(void);
void test_threads_add(void);

#endif
