/* The heart without a face: accounts, buffers, messages in and out. The screen, the relay and the
 * daemon are built on this header and core/bus.h; none of them sees the store, the network or a
 * driver.
 *
 * Objects that are returned are core's: read them, keep ids, not pointers, over a return to the
 * main loop. */
#ifndef WEFT_CORE_CORE_H
#define WEFT_CORE_CORE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/net_ops.h"
#include "core/bus.h"
#include "core/config.h"
#include "core/driver.h"
#include "model/buffer.h"
#include "model/message.h"
#include "model/outbox.h"

struct core;
struct store;

/* A row of the registry: which driver serves a network's name. */
struct network {
    const char *name; /* as the configuration has it */
    const struct driver *driver;
};

struct core_options {
    struct config *config; /* taken */
    /* Borrowed; must outlive core. READ_ONLY mode: nothing connects or is sent. */
    struct store *store;
    struct clock *clock; /* borrowed */
    /* Borrowed; may be NULL until core_start(): the first frame comes before it. */
    struct net_ops *net;
    const struct network *networks; /* ends with a row whose name is NULL */
    bool read_only;
    bool unattended; /* nobody is there to be asked: questions fail, and say what to configure */
    const char *download_dir; /* where files are saved when look.save_folder says no other place; */
    const char *cache_dir;    /* where they lie to be opened. NULL: nowhere. Both are copied */
    /* Before a reload is taken: complains (config_complain) of what only the layers above can see.
     * May be NULL. */
    void (*check_config)(struct config *config);
};

/* Loads accounts and buffers from the store and the configuration. Connects nothing. */
struct core *core_new(const struct core_options *options);
/* Ends sessions at once, flushes the store. */
void core_free(struct core *core);
/* Another weft runs with this profile. */
bool core_is_read_only(const struct core *core);

/* Lends the network and connects every account that wants it (connect = on, the default). */
void core_start(struct core *core, struct net_ops *net);
/* Says goodbye everywhere; `done` when all sessions have ended or 2 s have passed. */
void core_stop(struct core *core, const char *reason, void (*done)(void *user), void *user);

struct bus *core_bus(struct core *core);
const struct config *core_config(struct core *core);
struct clock *core_clock(struct core *core);

/* --- accounts and buffers --- */

const GPtrArray *
core_accounts(struct core *core); /* struct account, in the order of the configuration */
const struct account *core_account(struct core *core, int64_t id);
const struct account *core_account_by_name(struct core *core, const char *name);
/* Which network it is on, in at most 4 letters. */
const char *core_account_mark(struct core *core, int64_t id);
/* Open buffers (not closed) in the order of the list: weft's own, then by account (server buffer
 * first, then spaces, then by number). */
const GPtrArray *core_buffers(struct core *core); /* struct buffer */
const struct buffer *core_buffer(struct core *core, int64_t id);
const struct buffer *core_buffer_by_number(struct core *core, int number);
const struct space *core_space(struct core *core, int64_t id);
const struct buffer_group *core_group(struct core *core, int64_t id); /* NULL: none */
/* weft's own buffer, where it says what it does. Always there. */
const struct buffer *core_own_buffer(struct core *core);

/* An address is "account/name" or "account/space/name"; '/', blank, quote and backslash inside a
 * part are written with a backslash before them. weft's own buffer is "weft". */
char *core_buffer_address(struct core *core, const struct buffer *buffer); /* g_free() */
/* NULL and `error` (NOT_FOUND with the nearest names, BAD_INPUT). */
const struct buffer *core_find_address(struct core *core, const char *address, GError **error);

/* --- reading --- */

/* A page of the timeline: what is stored, oldest first, and the gaps that lie within or at its
 * edges. */
struct page {
    GPtrArray *messages; /* struct message */
    GPtrArray *gaps;     /* struct gap */
    bool at_start;       /* nothing older is stored */
    bool at_end;         /* nothing newer is stored */
};
void page_clear(struct page *page);
/* The newest `limit`. */
void core_page_newest(struct core *core, int64_t buffer_id, unsigned limit, struct page *ret_page);
void core_page_before(struct core *core, int64_t buffer_id, struct position before, unsigned limit,
                      struct page *ret_page);
void core_page_after(struct core *core, int64_t buffer_id, struct position after, unsigned limit,
                     struct page *ret_page);
/* Half before and half from the position on. */
void core_page_around(struct core *core, int64_t buffer_id, struct position at, unsigned limit,
                      struct page *ret_page);
/* What is stored behind a position, oldest first, at most `limit`: all of it, whatever the timeline
 * leaves to its threads. struct message; g_ptr_array_unref. */
GPtrArray *
core_stored_after(struct core *core, int64_t buffer_id, struct position after, unsigned limit);
/* The message of this remote id, to be unref'd; NULL: it is not here. */
struct message *core_find_message(struct core *core, int64_t buffer_id, const char *remote_id);
struct message *core_message(struct core *core, int64_t message_id); /* likewise */
bool core_find_time(struct core *core, int64_t buffer_id, int64_t time_us,
                    struct position *ret_position);

/* Asks the network for what is older than the oldest stored (or for a gap, when `gap_id` is not 0);
 * at most one request a buffer is under way, until what came is on disk: NOTICE_MESSAGES_RELOAD
 * follows then. UNSUPPORTED in words when it can't. */
bool core_fetch_history(struct core *core, int64_t buffer_id, int64_t gap_id, GError **error);
bool core_history_under_way(struct core *core, int64_t buffer_id);
/* True when the network has said that nothing older exists. */
bool core_history_at_start(struct core *core, int64_t buffer_id);

/* Somebody looks at this conversation: asks the network, once a connection, for what is worth
 * asking only then, such as a list of members that it does not give by itself (NOTICE_MEMBERS
 * follows). */
void core_look_at(struct core *core, int64_t buffer_id);

/* Everything up to a position is read (the newest: position of the last message). Never moves back
 * unless `back` ("unread from here"). */
void core_mark_read(struct core *core, int64_t buffer_id, struct position upto, bool back);
/* Up to the newest. */
void core_mark_all_read(struct core *core, int64_t buffer_id);

/* Nothing of this buffer is to call the person now, by quiet hours or /snooze: until this wall
 * time, or longer; 0: it may. A notice of its own (HUSH) tells of /snooze. */
int64_t core_hushed_until(struct core *core, int64_t buffer_id);

/* --- writing --- */

/* What a person entered in a buffer: a command when it starts with one slash ("//" is a literal
 * slash), else text to say. False: nothing was done, the text stays in the editor, `error` is a
 * sentence. */
bool core_input(struct core *core, int64_t buffer_id, const char *text, GError **error);
/* Says text without looking for commands. */
bool core_send(struct core *core, int64_t buffer_id, enum message_kind kind,
               const struct rich *body, const char *reply_to, GError **error);
/* Says text for a program: as it is, in the channel whatever thread is shown there, and no draft is
 * touched. `fn` for each part: `message` when it is on disk (its state is told by
 * NOTICE_MESSAGE_CHANGED), or NULL and `error`. Never from inside. `free_user` (may be NULL) when
 * none comes any more, also when core ends first; not when this returns false. */
typedef void (*core_told_fn)(void *user, const struct message *message, const GError *error);
bool core_send_for(struct core *core, int64_t buffer_id, const struct rich *body, core_told_fn fn,
                   void *user, GDestroyNotify free_user, unsigned *ret_parts, GError **error);
/* Says each line that is not empty in a message of its own, as it is: without commands and marks.
 * All or nothing; at most CORE_MAX_LINES messages. The first answers the message `answered`, where
 * the network can; 0: none. `thread`: they are said in the one with this root; NULL: in none. */
#define CORE_MAX_LINES 200
bool core_send_lines(struct core *core, int64_t buffer_id, const char *thread, const char *text,
                     int64_t answered, GError **error);
/* What would become of a text that is typed there. */
struct measure {
    unsigned messages; /* 0: not known (a command, no connection), or it cannot be sent at all */
    size_t left_bytes; /* before there is one message more; 0 without messages: it is too long;
                          SIZE_MAX: no limit, or not known */
};
void
core_measure(struct core *core, int64_t buffer_id, const char *typed, struct measure *ret_measure);
/* Answers a stored message where it was said; the text is what to say, no command. Where the
 * network cannot tie an answer to this message (core_can_reply), the text begins with the name. */
bool core_reply(struct core *core, int64_t message_id, const char *text, GError **error);
bool core_can_reply(struct core *core, const struct message *message);
/* What can be done to a message that is there. Each refuses in words when the network or the buffer
 * can't; what fails later is said in the buffer. The message changes when the network has
 * confirmed. */
bool core_react(struct core *core, int64_t message_id, const char *emoji, bool add, GError **error);
bool core_delete(struct core *core, int64_t message_id, GError **error);
/* Presses a button of a message, or takes the `choice`th of a menu (else -1). */
bool core_press(struct core *core, int64_t message_id, unsigned button, int choice, GError **error);
/* The person is typing in this buffer, or has stopped. Call at every change of the editor: what
 * leaves is limited. Nothing is told for commands, or when [look] typing = off. */
void core_typing(struct core *core, int64_t buffer_id, bool active);
/* Who is typing there now: names, NULL-terminated; g_strfreev(). Changes come as NOTICE_TYPING. */
char **core_who_types(struct core *core, int64_t buffer_id);

/* A failed or unknown message: send again (a new outbox row takes its place), or give it up. */
bool core_retry(struct core *core, int64_t message_id, GError **error);
/* It is not sent, and one of these can be asked. */
bool core_rests(struct core *core, int64_t message_id);
/* What waits is taken back as well, as long as nothing of it has left. */
bool core_drop(struct core *core, int64_t message_id, GError **error);
/* All that failed, may not have arrived or waits in this buffer; returns how many. */
unsigned core_drop_all(struct core *core, int64_t buffer_id);
/* It waits for the network, or for the pace that the network wants: nothing of it has left. */
bool core_waits(struct core *core, int64_t message_id);
/* So many of this buffer do. */
unsigned core_waiting(struct core *core, int64_t buffer_id);

/* True for a text, as entered, with a secret in it (driver->hides): it is to be kept nowhere. */
bool core_has_secret(struct core *core, int64_t buffer_id, const char *text);
/* A text with a secret in it takes the stored draft away and is kept in memory
 * only, until weft ends. */
void core_set_draft(struct core *core, int64_t buffer_id, const char *text);
char *core_draft(struct core *core, int64_t buffer_id); /* NULL: none; g_free() */

/* The stored message that the draft answers; 0: none. It goes when the draft is sent. */
void core_set_draft_reply(struct core *core, int64_t buffer_id, int64_t message_id);
struct message *core_draft_reply(struct core *core, int64_t buffer_id); /* NULL: none; unref */

/* A line by weft itself in a buffer: stored, never sent, never counted. */
void core_say(struct core *core, int64_t buffer_id, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* --- doing --- */

bool core_connect(struct core *core, int64_t account_id, GError **error);
/* Nobody sits at a screen (core_options.unattended). */
bool core_is_unattended(const struct core *core);
/* How a command is written that a sentence speaks of: "/connect libera", and where nobody sits at a
 * screen "weft ctl connect libera". g_free(). */
char *core_typed(struct core *core, const char *format, ...) G_GNUC_PRINTF(2, 3);
void core_disconnect(struct core *core, int64_t account_id, const char *reason);
/* Closes a buffer (leaves it first where the network knows leaving). */
bool core_close_buffer(struct core *core, int64_t buffer_id, GError **error);
/* Numbers are for good; only this changes one: who has `number` takes the buffer's. BAD_INPUT where
 * the buffer has none, or none has that. */
bool core_move_buffer(struct core *core, int64_t buffer_id, int number, GError **error);
/* NOTIFY_NONE for this buffer, or not any more: kept by the network where it can (a refusal is said
 * in the buffer, and undoes it), else written to override.conf. */
bool core_mute_buffer(struct core *core, int64_t buffer_id, bool mute, GError **error);
void core_show_buffer(struct core *core, int64_t buffer_id); /* publishes NOTICE_SHOW_BUFFER */
void core_quit(struct core *core);                           /* publishes NOTICE_QUIT */

/* Takes up an account that was appended to the configuration while weft runs, and connects it. */
bool core_add_account(struct core *core, const char *name, GError **error);

/* Which network a pasted link belongs to, and what it points to; NULL when no driver knows it. */
const struct network *
core_recognise_link(struct core *core, const char *link, struct link_target *ret_target);

/* Tries an account before it is saved: connects and logs in with a session of its own, stores
 * nothing, joins nothing, says goodbye. `options`: lines "key = value\n". `fn` tells of each step
 * (a sentence) and, with `over`, of the end (`error` NULL: it works; `text`: server, user and how
 * long it took). */
struct core_trial;
typedef void (*core_trial_fn)(void *user, const char *text, bool over, const GError *error);
struct core_trial *core_try_account(struct core *core, const char *network, const char *options,
                                    core_trial_fn fn, void *user, GError **error);
/* Before or after the end; frees. */
void core_trial_free(struct core_trial *trial);

/* Answers a question of NOTICE_QUESTION; `answer` NULL refuses. The text is wiped by core's copy's
 * end. */
void core_answer(struct core *core, uint64_t question, const char *answer);

/* Reads the configuration again and applies the difference: only accounts whose section changed are
 * connected anew, new ones join, removed ones say goodbye and leave the list (their history stays);
 * keys, theme, look, notify levels and ignore rules follow (NOTICE_CONFIG). `ret_text` (g_free):
 * what was changed, or what is wrong, a line a problem. With an error in the files nothing is
 * changed, and false. */
bool core_reload(struct core *core, char **ret_text);
/* The same told, and nothing done. */
bool core_preview_reload(struct core *core, char **ret_text);

/* --- what the screen adds --- */

/* The screen's own commands (commands/screen.c are their rows), and what it knows of its keys. */
struct core_front {
    void *user;
    /* `argument`: NULL when there is none. False: `error` is a sentence (BAD_INPUT). */
    bool (*command)(void *user, const char *name, const char *argument, int64_t buffer_id,
                    GError **error);
    /* The words that an argument of this kind may be; g_strfreev(). */
    char **(*words)(void *user, enum complete_kind kind);
    /* The text of /help for what is no command, such as a key; NULL: nothing is known. g_free(). */
    char *(*help)(void *user, const char *topic);
};
/* Borrowed, until it is taken back with NULL. */
void core_set_front(struct core *core, const struct core_front *front);

/* Writes one setting into override.conf and takes it in, as config_set() does; everybody is told
 * (NOTICE_CONFIG). */
bool core_set(struct core *core, const char *section, const char *key, const char *value,
              GError **error);

/* --- completion --- */

/* Candidates for the word at `cursor` (bytes) of what is in the editor, best first; each is what
 * would replace bytes [*ret_start, cursor). NULL-terminated, never NULL; g_strfreev(). At most 200.
 */
char **core_complete(struct core *core, int64_t buffer_id, const char *text, size_t cursor,
                     size_t *ret_start);

#endif
