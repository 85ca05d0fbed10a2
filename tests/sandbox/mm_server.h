/* A small, strict Mattermost for the tests, in this process, on loopback: REST API v4 and WebSocket
 * as a server 11.6 answers them (tests/sandbox/transcripts is what one said). It shares no parser
 * with weft.
 *
 * It runs on a thread and main context of its own, so weft's loop and the server never wait for
 * each other. Every call here is carried out on that thread and returns when it is done. Users are
 * named by username, everything else by id; ids that are returned live until mm_server_stop(),
 * other strings are the caller's to g_free(). What was made lives until then too: mm_server_down()
 * takes only the connections, as a restart does.
 *
 * Strict: it refuses what the real server refuses, with the same error ids, and remembers what a
 * client should not have done: mm_server_complaints(). */
#ifndef WEFT_SANDBOX_MM_SERVER_H
#define WEFT_SANDBOX_MM_SERVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct mm_server;

struct mm_server_options {
    const char *cert_file; /* PEM for localhost: there is a TLS port besides; NULL: none */
    const char *key_file;
    uint32_t seed;         /* of ids and tokens; 0: 1 */
    unsigned resume_ms;    /* a dead WebSocket can be resumed so long; 0: 300000 */
    unsigned auth_ms;      /* a WebSocket must log in within this; 0: 5000 */
    int64_t session_ms;    /* how long a login lasts; 0: 180 days */
    unsigned rate_per_sec; /* more requests than this, after a burst: 429; 0: no limit */
    unsigned rate_burst;   /* 0: 100 */
};

/* NULL options: all defaults. Aborts the test when it cannot listen. */
struct mm_server *mm_server_start(const struct mm_server_options *options);
void mm_server_stop(struct mm_server *server);

uint16_t mm_server_port(const struct mm_server *server);
uint16_t mm_server_tls_port(const struct mm_server *server); /* 0: none */

/* Ends all connections without a word and refuses new ones, until mm_server_up() listens on the
 * same ports. Sessions survive, WebSockets cannot be resumed. */
void mm_server_down(struct mm_server *server);
void mm_server_up(struct mm_server *server);

/* The server's clock goes on by this at once. */
void mm_server_advance(struct mm_server *server, int64_t ms);
/* Everything happens in the same millisecond until it is thawed. */
void mm_server_freeze(struct mm_server *server, bool frozen);
/* The clock stands at this time (ms); what happens gets later times still, one by one. 0: it runs.
 */
void mm_server_set_clock(struct mm_server *server, int64_t now_ms);

/* ---- the world ---- */

/* The first user is system admin. Email: USERNAME@x.org. */
const char *
mm_server_add_user(struct mm_server *server, const char *username, const char *password);
/* Logins of this user ask for that code besides; NULL: no more. */
void mm_server_set_mfa(struct mm_server *server, const char *username, const char *code);
/* Deactivates them: their sessions end. */
void mm_server_deactivate(struct mm_server *server, const char *username);
/* "Ada Maria Vidal": the last word is the last name. */
void mm_server_name_user(struct mm_server *server, const char *username, const char *name);
/* A program with an account, which an access token lets in; its posts say so. */
void mm_server_add_bot(struct mm_server *server, const char *username, const char *name,
                       const char *owner);
/* A team with town-square and off-topic; its creator is in it, as admin. */
const char *mm_server_add_team(struct mm_server *server, const char *name, const char *display_name,
                               const char *creator);
void mm_server_join_team(struct mm_server *server, const char *team_id, const char *username);
/* type: "O" or "P". The creator is in it. */
const char *mm_server_add_channel(struct mm_server *server, const char *team_id, const char *type,
                                  const char *name, const char *display_name, const char *creator);
/* The id of the team's channel; NULL: there is none. */
const char *mm_server_channel(struct mm_server *server, const char *team_id, const char *name);
/* What stands above it; nobody is told. */
void mm_server_set_header(struct mm_server *server, const char *channel_id, const char *header);
const char *mm_server_direct(struct mm_server *server, const char *a, const char *b);
void mm_server_join(struct mm_server *server, const char *channel_id, const char *username);
void mm_server_leave(struct mm_server *server, const char *channel_id, const char *username);

/* ---- what people do ---- */

/* root_id: or NULL. Returns the post's id. */
const char *mm_server_say(struct mm_server *server, const char *username, const char *channel_id,
                          const char *root_id, const char *text);
/* The same with a text file. */
const char *mm_server_share(struct mm_server *server, const char *username, const char *channel_id,
                            const char *text, const char *file_name, const char *content);
/* A card with a button "OK", which makes the post say "done" and thanks whoever pressed it, a menu
 * "Kind", and a button "Order" that opens a form. Returns the post's id. */
const char *mm_server_card(struct mm_server *server, const char *username, const char *channel_id,
                           const char *title, const char *text);
/* The same with the button "Order" alone. */
const char *mm_server_offer(struct mm_server *server, const char *username, const char *channel_id,
                            const char *title, const char *text);
/* The program at this address answers so from now on, in JSON. A "dialog" in it, {url, dialog}, is
 * a form that it opens. Those of the card stand at sandbox:press, sandbox:kind, sandbox:order and
 * sandbox:submit, where its form goes; a "tell" in that one's, {bot, text}, is what a bot says then
 * to whoever sent it, and to nobody else. */
void mm_server_set_program(struct mm_server *server, const char *url, const char *answer);
/* What it was asked last; NULL: nothing. */
char *mm_server_program_asked_dup(struct mm_server *server, const char *url);
void mm_server_edit(struct mm_server *server, const char *post_id, const char *text);
void mm_server_delete(struct mm_server *server, const char *post_id);
void mm_server_react(struct mm_server *server, const char *username, const char *post_id,
                     const char *emoji, bool add);
void mm_server_typing(struct mm_server *server, const char *username, const char *channel_id,
                      const char *root_id);
void mm_server_view(struct mm_server *server, const char *username, const char *channel_id);
void mm_server_set_status(struct mm_server *server, const char *username, const char *status);
/* What they say of themselves; both "": nothing. `until`: as the protocol has it, or NULL. */
void mm_server_set_custom_status(struct mm_server *server, const char *username, const char *emoji,
                                 const char *text, const char *until);
void
mm_server_mute(struct mm_server *server, const char *username, const char *channel_id, bool muted);
/* Puts it into the category of this name, which is made where there is none. */
void mm_server_sort(struct mm_server *server, const char *username, const char *team_id,
                    const char *category, const char *channel_id);
/* They type this elsewhere and do not send it; text NULL: it is deleted. root_id: of a thread, or
 * NULL. */
void mm_server_set_draft(struct mm_server *server, const char *username, const char *channel_id,
                         const char *root_id, const char *text);
/* NULL: there is none. */
char *mm_server_draft_dup(struct mm_server *server, const char *username, const char *channel_id,
                          const char *root_id);
void mm_server_set_preference(struct mm_server *server, const char *username, const char *category,
                              const char *name, const char *value);
/* Of the client configuration: "MaxPostSize", "PostEditTimeLimit", "CollapsedThreads", … */
void mm_server_set_config(struct mm_server *server, const char *key, const char *value);

/* ---- sessions ---- */

/* A personal access token. */
char *mm_server_add_token(struct mm_server *server, const char *username);
/* Ends all sessions of the user, access tokens too when `tokens`. Open WebSockets stay, and fall
 * silent. */
void mm_server_expire(struct mm_server *server, const char *username, bool tokens);

/* ---- faults ---- */

enum mm_server_fault {
    MM_FAULT_429,     /* "limit exceeded", with Retry-After: value seconds */
    MM_FAULT_STATUS,  /* this HTTP status, with an error in JSON */
    MM_FAULT_HTML,    /* this HTTP status, with a page as proxies make them */
    MM_FAULT_DELAY,   /* so many milliseconds later */
    MM_FAULT_CUT,     /* the connection ends before the request is carried out */
    MM_FAULT_LOST,    /* it is carried out, then the connection ends without an answer */
    MM_FAULT_GARBAGE, /* 200 with a body that is no JSON */
};
/* For the next `times` requests that fit the glob "METHOD /path" (below /api/v4, with its query):
 * "POST /posts*". The WebSocket is "GET /websocket*": 429, STATUS and HTML refuse the upgrade.
 * Faults add up; mm_server_heal() ends them all. */
void mm_server_fault(struct mm_server *server, enum mm_server_fault fault, const char *pattern,
                     unsigned times, unsigned value);
void mm_server_heal(struct mm_server *server);
/* Breaks the user's WebSockets (NULL: everyone's), without a close frame. They can be resumed. */
void mm_server_drop(struct mm_server *server, const char *username);
/* The same, after half a frame. */
void mm_server_half_frame(struct mm_server *server, const char *username);
/* The next n events are sent but never arrive, then the line breaks. */
void mm_server_lose(struct mm_server *server, const char *username, unsigned n);
/* Forgets the dead ones: a resume gets a new hello. */
void mm_server_forget(struct mm_server *server);
/* Sends this text as a frame of its own. */
void mm_server_send_raw(struct mm_server *server, const char *username, const char *text);

/* ---- what it knows ---- */

/* How many requests fit the glob "METHOD /path". */
unsigned mm_server_count(struct mm_server *server, const char *pattern);
/* All of them, one a line: for a failed test's output. */
char *mm_server_requests_dup(struct mm_server *server);
/* What clients did against the rules, one a line; "" when nothing. */
char *mm_server_complaints(struct mm_server *server);
/* How many WebSockets of the user (NULL: of all) are open. */
unsigned mm_server_sockets(struct mm_server *server, const char *username);
/* How many living posts of the channel have exactly this text. */
unsigned mm_server_count_said(struct mm_server *server, const char *channel_id, const char *text);
/* All living posts of the channel, oldest first, as a JSON array of posts. */
char *mm_server_posts_dup(struct mm_server *server, const char *channel_id);
/* What the user has not read of it, by the server's count. */
int64_t mm_server_unread(struct mm_server *server, const char *username, const char *channel_id);
bool mm_server_has(struct mm_server *server, const char *username, const char *channel_id);

#endif
