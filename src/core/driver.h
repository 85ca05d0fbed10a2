/* The seam between weft and a network.
 *
 * A driver is constant code: a name, capabilities, limits, option rows, command rows, operations. A
 * network row (protocols/registry.h) is data that names one, so one driver can serve several
 * presets. For every account that runs, core opens a session of the driver and lends it a host
 * (core/host.h), the only thing a driver may call. A driver opens no socket itself, keeps no
 * globals, and never waits.
 *
 * Operations. An operation is given an id. It may refuse at once (false and `error`); otherwise
 * exactly one completion follows by host_done() or host_failed(), never from inside the call, after
 * any number of events. op_cancel asks for an early end; the completion still comes (failed,
 * CANCELLED, or whatever happened first). A send is cancelled when core gives up on it: it fails
 * CANCELLED only when its bytes have not left and never will, for then core sends it again; one
 * that has left keeps its answer, or fails with TIMEOUT when its answer cannot be told from
 * another's. A NULL operation is unsupported and its capability bit is not set: a test walks the
 * table.
 *
 * When a session is closed or disconnected, operations that still wait are failed by the driver
 * with CLOSED when their bytes have not left, and left without a completion when they have: core
 * then knows that their outcome is unknown (see `disconnect`). */
#ifndef WEFT_CORE_DRIVER_H
#define WEFT_CORE_DRIVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/buffer.h"
#include "model/message.h"

struct host;
struct program_form;
struct net_ops;

/* What can be done. A driver declares what it can at best; a session narrows it after negotiation
 * (host_caps), a buffer once more (a read-only channel). Core intersects; everyone asks
 * buffer->caps. */
enum capability {
    CAP_SEND = 1 << 0,
    CAP_ACTION = 1 << 1, /* /me */
    CAP_NOTICE = 1 << 2,
    CAP_EDIT = 1 << 3,
    CAP_DELETE = 1 << 4,
    CAP_REACT = 1 << 5,
    CAP_REPLY = 1 << 6,   /* a message can name the one it answers */
    CAP_THREADS = 1 << 7, /* threads: a message can be said in one, a whole one fetched */
    CAP_TYPING = 1 << 8,
    CAP_MARK_READ = 1 << 9, /* read positions are kept by the network */
    CAP_HISTORY = 1 << 10,  /* older messages can be fetched */
    CAP_SEARCH = 1 << 11,   /* what was said can be searched there, also what is not here */
    CAP_UPLOAD = 1 << 12,
    CAP_DOWNLOAD = 1 << 13,
    CAP_JOIN = 1 << 14,
    CAP_LEAVE = 1 << 15,
    CAP_CREATE = 1 << 16,
    CAP_OPEN_DM = 1 << 17,
    CAP_MEMBERS = 1 << 18,
    CAP_USER_INFO = 1 << 19,
    CAP_SET_TOPIC = 1 << 20,
    CAP_PRESENCE = 1 << 21,
    CAP_PIN = 1 << 22,
    CAP_RAW = 1 << 23,
    CAP_ECHO = 1 << 24,   /* what we send comes back with its id: sent means seen by the server */
    CAP_DEDUPE = 1 << 25, /* sending the same key again within dedupe_window_us does not double */
    CAP_BROWSE = 1 << 26, /* what can be joined can be listed and searched for */
    CAP_INVITE = 1 << 27,
    CAP_ARCHIVE = 1 << 28, /* a channel can be closed for everybody; what was said stays */
    CAP_FOLLOW = 1 << 29,  /* replies stand apart from the channel, and the network keeps which
                              threads are followed and how far each is read */
    CAP_BUTTONS = 1 << 30, /* what hangs from messages can be pressed */
};

/* "can't edit", … in words: "This network has no way to edit a message." NULL for an unknown bit.
 */
const char *capability_lack(enum capability capability);

struct limits {
    size_t text_bytes; /* of one message; 0: see `split` */
    int max_in_flight; /* sends of one lane that may wait for an answer at a time; at least 1 */
    int64_t dedupe_window_us; /* CAP_DEDUPE: a resend is safe for this long */
    int64_t send_timeout_us;  /* without an answer for this long the outcome is unknown; 0: 60 s */
    int64_t edit_window_us;   /* CAP_EDIT: how long after it was said; 0: for ever */
    int max_files;            /* of one message; 0: one */
    int64_t file_bytes;       /* the largest that `upload` takes; 0: not known */
    size_t name_bytes; /* a message can be said under another name (send_request.as) of so many
                          bytes; 0: it cannot */
    size_t line_bytes; /* some people there see each line of a message as a message of its own, and
                          divided where it is longer than this; 0: nobody does */
    int64_t hold_us;   /* what was sent may be held on its way for this long, and come although the
                          connection that it was sent on is gone; 0: it may not. What is not found
                          is not sent again before */
};

/* --- options and commands that a driver declares --- */

enum option_type {
    OPTION_TEXT,
    OPTION_BOOL,   /* on/off, yes/no, true/false */
    OPTION_NUMBER, /* with `least` and `most` */
    OPTION_CHOICE, /* one word of `choices` */
    OPTION_PATH,   /* "~" is expanded; relative to the folder of the file that names it */
    OPTION_SECRET, /* never shown; may come by NAME_cmd, NAME_file, NAME_env or a prompt:
                      core/secret.h */
};

struct option_row {
    const char *name;
    enum option_type type;
    bool required;
    bool repeatable;
    const char *fallback; /* the value when it is not given; NULL: none */
    const char *choices;  /* CHOICE: words separated by blanks */
    int64_t least, most;  /* NUMBER */
    const char *help;     /* one sentence */
    const char *example;
    /* TEXT: what else is asked of a value (BAD_INPUT, a sentence); NULL: nothing. */
    bool (*check)(const char *value, GError **error);
};

/* The account's options as the driver sees them: checked against its rows, fall-backs put in. */
struct options;
/* NULL when not given and without a fall-back. Valid as long as the session. */
const char *options_text(const struct options *options, const char *name);
bool options_bool(const struct options *options, const char *name);
int64_t options_number(const struct options *options, const char *name);
/* A repeatable option: NULL-terminated, never NULL. */
const char *const *options_list(const struct options *options, const char *name);
/* True when a source for a SECRET option is configured (its value comes by host->secret). A driver
 * that can do without the secret asks this first: the host would ask the person. */
bool secret_configured(const struct options *options, const char *name);

/* What an argument of a command is, for completion. */
enum complete_kind {
    COMPLETE_NONE,
    COMPLETE_MEMBER,  /* of this buffer */
    COMPLETE_USER,    /* of this account */
    COMPLETE_CHANNEL, /* of this account */
    COMPLETE_BUFFER,  /* any address */
    COMPLETE_COMMAND,
    COMPLETE_ACCOUNT,
    COMPLETE_OPTION, /* of /set */
    COMPLETE_FILE,
    COMPLETE_RULE,    /* the mask of an ignore rule */
    COMPLETE_THEME,   /* what the screen offers */
    COMPLETE_PRESET,  /* of keys; likewise */
    COMPLETE_ACTION,  /* what a key may call; likewise */
    COMPLETE_WINDOW,  /* what is done to windows; likewise */
    COMPLETE_WORDS,   /* one of those that `arguments` names: "[all|buffer]", in small letters */
    COMPLETE_VALUE,   /* of the setting before it */
    COMPLETE_GATEWAY, /* of the configuration */
    COMPLETE_HIDES,   /* what an ignore rule says behind its mask */
    COMPLETE_KIND_N
};

struct driver_command {
    const char *name;                /* "whois" */
    const char *aliases;             /* words, or NULL: "w wi" */
    const char *arguments;           /* "NICK [SERVER]" */
    const char *help;                /* one sentence, more after a newline */
    const char *example;             /* "/whois maria" */
    enum complete_kind completes[3]; /* the first three arguments */
    int least, most;                 /* number of arguments; the last takes the rest of the line */
};

/* --- requests --- */

typedef uint64_t op_id; /* never 0 */

/* Whom a copy of somebody else's message is said for. */
struct persona {
    const char *name;   /* at most limits.name_bytes */
    const char *avatar; /* the http or https address of a picture; or NULL */
};

struct send_request {
    const struct buffer *buffer;
    enum message_kind kind;  /* TEXT, ACTION, NOTICE */
    const struct rich *body; /* may hold newlines: see `split` */
    const char *key;      /* the same for a resend of the same message; NULL: `hides` has a word for
                             it, so it is stored nowhere, and its echo is not to be emitted */
    const char *reply_to; /* remote id, or NULL */
    const char *thread;   /* remote id of the root of the thread that it is said in, or NULL;
                             without CAP_THREADS `reply_to` says all */
    const GPtrArray *files; /* struct attachment, each with the id that `upload` ended with; NULL:
                               none */
    bool resend;            /* it may have left before */
    /* Relayed from elsewhere: */
    const struct persona *as; /* whom it is said for, where limits.name_bytes allows; NULL: its text
                                 says so, or it is our own. Where the network has taken that away
                                 since, or refuses it for this one, the driver puts the name before
                                 the text: it is not lost, and not without its name */
    const char *mark;         /* goes with it, out of sight, where the network has a place for such
                                 things (event.h: relayed_by); NULL: it is no copy */
};

struct upload_request {
    const struct buffer *buffer;
    const char *key;  /* the same when this file is tried again, also after a restart: what has come
                         over then need not be sent once more */
    const char *path; /* a plain file; whoever reads it looks again whether it is */
    const char *name; /* what others see */
    int64_t size_bytes;
};

struct download_request {
    const struct buffer *buffer;
    const char *file_id; /* of an attachment that the driver told of */
    uint64_t start;      /* so many bytes are here already: only what follows is wanted */
    uint64_t max_bytes;  /* of the whole file: what is larger fails with TOO_LARGE */
};

struct history_request {
    const struct buffer *buffer;
    /* Messages strictly older than this one (`before`), or newer; by remote id where known, else by
     * time. Both 0/NULL: the newest. */
    bool newer;
    bool around; /* it and what was said before and after it; `remote_id` is set */
    const char *remote_id;
    int64_t time_us;
    unsigned limit; /* wanted; a driver may fetch less */
};

struct history_result {
    unsigned n; /* messages emitted */
    /* The smallest sort key of what was emitted for it (what a server plays back by itself at the
     * same time is not): from there on nothing is missing. 0: nothing came. */
    int64_t oldest_key;
    int64_t newest_key; /* of `around`: likewise, the greatest */
    bool end;           /* nothing more lies in that direction */
};

/* A word of a search, or several that stand side by side. */
struct search_word {
    char *text;  /* what was typed, without quotes; has a letter or digit in it */
    bool prefix; /* the last of it may go on */
    bool not_;   /* it must not be there */
};

struct search_request {
    const GPtrArray *words; /* struct search_word: all of them; may be empty */
    const char *from;       /* who said it, by name; NULL: anybody */
    const GPtrArray *in;    /* struct buffer: in one of these; empty: anywhere */
    int64_t after_us;       /* said then or later, and before that; 0: no limit */
    int64_t before_us;
};

/* What can be said of a channel that is made. */
struct create_rules {
    const char *note; /* a sentence that a person should know before; NULL: none */
    bool private_;    /* it can be such that only who is invited finds it */
    bool purpose;     /* it takes a text that says what it is for */
};

struct create_request {
    const struct buffer *from; /* where the person asked, or NULL */
    const char *space;         /* remote id of the space to make it in; NULL: `from` says it */
    const char *name;          /* as a person types it */
    bool private_;
    const char *purpose; /* NULL: none */
};

/* What somebody may join, or is in already. */
struct listed {
    const char *id;      /* what `join` takes for it */
    const char *name;    /* as shown in lists: "~jobs" */
    const char *title;   /* a longer name; NULL: none */
    const char *purpose; /* NULL: none */
    unsigned members;    /* 0: not known */
    bool joined, archived;
};

struct browse_request {
    const struct buffer *from; /* as for `create`, both */
    const char *space;
    const char *words; /* what is looked for; "": all */
    unsigned page;     /* from 0 */
};

struct browse_result {
    const struct listed *list;
    size_t n;
    bool more; /* there is a next page */
};

/* What a link points to, for `recognise_link` and first-run. Strings are owned by the caller
 * (g_free). */
struct link_target {
    char *account_name; /* a proposal: "libera" */
    char *options;      /* lines "key = value\n" for a new account's section */
    char *server;       /* to find an account that exists: "chat.example.org" */
    char *space;        /* as the link names it; NULL: none */
    char *conversation; /* remote name to open or join, or NULL */
    char *message;      /* remote id, or NULL */
    char *invite;       /* to a space, or NULL */
};
void link_target_clear(struct link_target *target);

/* --- setting up an account --- */

enum setup_kind {
    SETUP_TEXT,
    SETUP_CHOICE, /* one of `choices` */
    SETUP_SECRET, /* its option is a SECRET: where it is kept is asked besides */
    SETUP_LIST,   /* words: a line each; no trial takes them */
};

/* What a person is asked for a new account, in order. The first row is the server. */
struct setup_row {
    const char *name;   /* of the answer, for `when` */
    const char *option; /* the line that it becomes; NULL: none, other rows ask for it by `when` */
    enum setup_kind kind;
    const char *label; /* one or two words */
    const char *help;  /* what is wanted, in a sentence or two */
    const char *choices;
    const char *fallback; /* NULL: empty, or the first choice; "$USER": the person's own name */
    const char *missing;  /* a sentence, where an answer is needed; NULL: it may stay empty */
    const char *when;     /* "login=token": asked only with this answer; NULL: always */
    const char *marks;    /* LIST: a word begins with one of these, or gets the first */
};

/* What a server tells of itself before anyone has logged in. */
struct probe_result {
    const char *server; /* for the row of the server */
    const char *title;  /* "Forum of Coops, Example Chat 11.6.0" */
    const char *login;  /* the choices of the row "login" that it offers; NULL: all */
    const char *note;   /* what a person should know before they log in; or NULL */
};
typedef void (*probe_fn)(void *user, const struct probe_result *result, const GError *error);

/* --- the table --- */

struct driver {
    const char *name;
    const char *title; /* as people write the network */
    const char *brief; /* where there is room for 4 letters; NULL: its name will do */
    unsigned caps;
    /* What a person may type as a mark (text/markup.h) and others here see as what it stands for: a
     * sum of 1 << enum span_kind. Other marks are sent as they were typed. */
    unsigned marks;
    /* Kinds that it has no form for, likewise: the driver writes them out (text/spell.h) before
     * anything else is done to a text. */
    unsigned lacks;
    bool has_colors; /* a text can have colours (SPAN_COLOR), and people there are used to them */
    struct limits limits;
    /* Words that call everybody here, in small letters ("@channel"), NULL-terminated; NULL: there
     * are none. What is relayed never holds one of them whole. */
    const char *const *calls_everyone;
    struct create_rules making;            /* with CAP_CREATE */
    const struct option_row *options;      /* ends with a row whose name is NULL */
    const struct driver_command *commands; /* likewise */

    /* What `open` would say of the options, without a session: for `weft check`. False: `error` is
     * a sentence (BAD_INPUT). NULL: every set of options that fits the rows is good. */
    bool (*check)(const struct options *options, GError **error);
    /* A session that does nothing yet. `options` and `host` outlive it. NULL: `error` says what is
     * wrong with the options (BAD_INPUT). */
    void *(*open)(const struct options *options, struct host *host, GError **error);
    /* Frees; nothing is called afterwards. A live connection is cut without a farewell. */
    void (*close)(void *session);
    /* Begins to connect; host_state() tells of the progress, host_lost() of failure or the end.
     * Called only while there is no connection. */
    void (*connect)(void *session);
    /* Says goodbye as the network does and ends. host_lost() follows, with CANCELLED, within 2 s.
     */
    void (*disconnect)(void *session, const char *reason);

    bool (*send)(void *session, op_id op, const struct send_request *request, GError **error);
    /* How one text would be divided, since the network has a limit: an array of struct rich, at
     * least one, freed by the caller. Each part becomes a message and an outbox row of its own.
     * NULL: never divided. */
    GPtrArray *(*split)(void *session, const struct send_request *request);
    /* How many bytes of plain text the last of these messages still has room for; SIZE_MAX: there
     * is no limit. NULL: limits.text_bytes says it. */
    size_t (*left)(void *session, const struct send_request *request);
    /* What may be kept of a text that has a secret in it ("IDENTIFY ***"), such as a password that
     * is told to a service: g_free(). NULL: it has none. `conversation`: a name, as written; NULL:
     * `text` is what `raw` takes. Needs no session. Core stores nothing else of such a text and
     * sends it at once or not at all; the driver masks likewise what comes back. */
    char *(*hides)(const char *conversation, const char *text);
    /* Our own message says something else from now on. Doing it twice must be doing it once: it is
     * asked for again when a connection was lost before the answer. Where the network tells in
     * another form what the message says now, it is emitted before the completion. */
    bool (*edit)(void *session, op_id op, const struct buffer *buffer,
                 const struct message *message, const struct rich *body, GError **error);
    bool (*delete_)(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                    GError **error);
    bool (*react)(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                  const char *emoji, bool add, GError **error);
    void (*typing)(void *session, const struct buffer *buffer, bool active);
    /* Somebody looks at this conversation, for the first time on this connection: what is worth
     * asking the network only then (modes of a channel) may be asked. NULL: nothing is. */
    void (*look_at)(void *session, const struct buffer *buffer);
    void (*mark_read)(void *session, const struct buffer *buffer, const struct message *upto);
    /* The person takes it back, down to `upto` (NULL: nothing is read): what has not left is not
     * told, and the network's own word of what has is not passed on. NULL: nothing is done. */
    void (*mark_back)(void *session, const struct buffer *buffer, const struct message *upto);
    /* Emits messages of origin HISTORY, then completes with host_history_done(). */
    bool (*history)(void *session, op_id op, const struct history_request *request, GError **error);
    /* A whole thread, by its root: messages of origin HISTORY, EVENT_THREAD, then host_done(). */
    bool (*thread)(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                   GError **error);
    /* An answer (reply_to) belongs to the thread of what it answers, whose root is the head of the
     * chain; else only `thread` of a message says to which one it does. */
    bool replies_thread;
    /* These two with CAP_FOLLOW. EVENT_THREAD tells of the change. */
    bool (*follow)(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                   bool on, GError **error);
    void (*mark_thread_read)(void *session, const struct buffer *buffer, const char *root_id,
                             const struct message *upto);
    /* With CAP_SEARCH. Emits messages of origin FOUND, then completes. It may find more than was
     * asked for: core sifts places and times. */
    bool (*search)(void *session, op_id op, const struct search_request *request, GError **error);
    /* Brings a file to the network, to be named by a message later; nobody sees it until then.
     * host_progress() tells how far it is; completes with the file's id. */
    bool (*upload)(void *session, op_id op, const struct upload_request *request, GError **error);
    /* host_bytes() gives what comes. */
    bool (*download)(void *session, op_id op, const struct download_request *request,
                     GError **error);
    /* Presses a button of a message, or takes a menu's `choice` (else NULL). */
    bool (*press)(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                  const struct button *button, const char *choice, GError **error);
    /* The answers to a form (EVENT_FORM), which stand in its fields; `leave`: the person does not
     * want to, and core forgets it. What is wrong with one of them is told by EVENT_FORM_REFUSED,
     * then the operation fails with a sentence. NULL: no program asks for anything there. */
    bool (*fill)(void *session, op_id op, const struct buffer *buffer,
                 const struct program_form *form, bool leave, GError **error);
    /* `from`, here and below: the buffer in which the person asked, or NULL; it says which of
     * several spaces is meant. `name` as a person types it; `argument`: a key or password, or NULL.
     */
    bool (*join)(void *session, op_id op, const struct buffer *from, const char *name,
                 const char *argument, GError **error);
    bool (*leave)(void *session, op_id op, const struct buffer *buffer, const char *reason,
                  GError **error);
    /* Completes with the new conversation's remote id, after its EVENT_BUFFER. */
    bool (*create)(void *session, op_id op, const struct create_request *request, GError **error);
    /* Completes by host_browsed(). */
    bool (*browse)(void *session, op_id op, const struct browse_request *request, GError **error);
    /* `whole_space`: to the space that the conversation belongs to. */
    bool (*invite)(void *session, op_id op, const struct buffer *buffer, const char *user,
                   bool whole_space, GError **error);
    bool (*archive)(void *session, op_id op, const struct buffer *buffer, GError **error);
    /* Completes after an EVENT_BUFFER for the conversation. */
    bool (*open_dm)(void *session, op_id op, const struct buffer *from, const char *user,
                    GError **error);
    bool (*members)(void *session, op_id op, const struct buffer *buffer, GError **error);
    bool (*user_info)(void *session, op_id op, const struct buffer *buffer, const char *user,
                      GError **error);
    bool (*set_topic)(void *session, op_id op, const struct buffer *buffer, const char *topic,
                      GError **error);
    /* The network keeps what is muted: EVENT_MUTED tells of what it has. NULL: it does not. */
    bool (*mute)(void *session, op_id op, const struct buffer *buffer, bool on, GError **error);
    /* The network keeps drafts: what was typed in this conversation, or for the thread with this
     * root (NULL: none), and not said, is this now; NULL: nothing. Asked only after EVENT_DRAFTS;
     * what it was told is not told back. NULL: it keeps none. */
    bool (*draft)(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                  const char *text, GError **error);
    bool (*set_presence)(void *session, op_id op, const char *away_text,
                         GError **error); /* NULL: back */
    bool (*pin)(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                bool on, GError **error);
    /* Emits all that is pinned there as messages of origin FOUND, then completes. */
    bool (*pins)(void *session, op_id op, const struct buffer *buffer, GError **error);
    bool (*flag)(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                 bool on, GError **error);
    /* What our own message said before: EVENT_REVISIONS, then the completion. */
    bool (*revisions)(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                      GError **error);
    /* Unread from this message on, for our other devices too. */
    void (*mark_unread)(void *session, const struct buffer *buffer, const struct message *from);
    /* The address of a message, made without asking the network: g_free(). NULL: it has none. */
    char *(*link_to)(void *session, const struct buffer *buffer, const struct message *message);
    /* Names (without colons) of the emoji that this network has beside those that all have, as far
     * as they are known; the first call may ask for them. NULL-terminated, valid until the loop
     * turns. */
    const char *const *(*emoji)(void *session);
    /* What begins with a slash and is no command of weft's goes to `raw`, as it was typed. */
    bool raw_takes_commands;
    bool (*raw)(void *session, op_id op, const struct buffer *from, const char *line,
                GError **error);
    /* One of `commands`, with its arguments as typed. */
    bool (*command)(void *session, op_id op, const struct driver_command *command,
                    const struct buffer *buffer, const char *const *arguments, GError **error);
    void (*op_cancel)(void *session, op_id op);
    /* Nothing of this send has left: it waits for the network's pace, and op_cancel takes it back.
     * NULL: what is handed over leaves at once. */
    bool (*send_waits)(void *session, op_id op);

    /* Stops reading from the network, or goes on: what was emitted waits for a slow disk, and more
     * of it would only fill the memory. May come from inside host_emit(), and in any state; a new
     * connection reads. Silence while paused is not the network's. NULL: it cannot. */
    void (*pause)(void *session, bool paused);

    const struct setup_row *setup; /* ends with a row whose name is NULL; NULL: by hand alone */
    /* Is there a server of this network at the address that a person gave? `fn` is called once,
     * later; probe_end ends it before that, or frees it afterwards, also from inside. NULL: it
     * cannot be told without an account. */
    void *(*probe)(struct net_ops *net, const char *address, probe_fn fn, void *user);
    void (*probe_end)(void *probe);
    /* Is this link mine, and what does it point to? Needs no session. */
    bool (*recognise_link)(const char *link, struct link_target *ret_target);
    /* Goes to where the link points, joining what it must. Completes with the conversation's remote
     * id (NULL: none is to be shown). NULL: core joins or opens `conversation`. */
    bool (*open_link)(void *session, op_id op, const struct link_target *target, GError **error);
    /* True when a and b are the same user id or name by the network's own rules (case). NULL:
     * strcmp. */
    bool (*same_name)(void *session, const char *a, const char *b);
    /* Is this a name of something that one joins, by the network's rules? NULL: no text is. */
    bool (*names_channel)(void *session, const char *text);
    /* What a person types for this conversation, in the network's own dialect, as others will see
     * it (marks, mentions, names of emoji), freed by the caller; and what one would type for a
     * text, g_free(). Need no connection. Both or none; NULL: the marks of text/markup.h, of which
     * `marks` says the kinds. */
    struct rich *(*read_typed)(void *session, const struct buffer *buffer, const char *typed);
    char *(*write_typed)(void *session, const struct buffer *buffer, const struct rich *body);
    /* Does the text call us? NULL: core's rule (our name as a whole word, case-folded). */
    bool (*mentions_us)(void *session, const struct buffer *buffer, const struct rich *body);
};

#endif
