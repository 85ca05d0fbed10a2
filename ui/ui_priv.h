/* Shared by the files of the screen as a whole: ui.c (life, bus), ui_term.c (terminal and frames),
 * ui_show.c (which buffer, reading, drafts), ui_views.c (drawing), ui_look.c (theme and keys),
 * actions.c and ui_over.c (what lies over the timeline). */
#ifndef WEFT_UI_UI_PRIV_H
#define WEFT_UI_UI_PRIV_H

#include "core/inbox.h"
#include "text/emoji.h"
#include "ui/first_run.h"
#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/list.h"
#include "ui/members.h"
#include "ui/panes.h"
#include "ui/secret_text.h"
#include "ui/switcher.h"
#include "ui/timeline.h"
#include "ui/ui.h"
#include "ui/ui_places.h"

#define UI_ANY_ACCOUNT   (-1)
#define UI_EMOJI_MAX     60  /* found by a part of a name */
#define UI_HISTORY_LINES 500 /* recalled, in a buffer and in all */

enum ui_over {
    UI_OVER_NONE,
    UI_OVER_SWITCHER,
    UI_OVER_FIRST_RUN,
    UI_OVER_SEARCH,
    UI_OVER_THEMES,
    UI_OVER_FIND, /* below the timeline, which stays in sight */
    UI_OVER_FLOOD,
    UI_OVER_REACT,
    UI_OVER_FACTS,  /* of one message */
    UI_OVER_RECALL, /* above the input */
    UI_OVER_BARE,
    UI_OVER_LINKS,
    UI_OVER_INBOX,
    UI_OVER_MAKE,   /* a channel */
    UI_OVER_BROWSE, /* channels to join */
    UI_OVER_THREADS,
    UI_OVER_BUTTONS, /* of one message */
    UI_OVER_FILL,    /* a form of a program */
    UI_OVER_RELAY,
};

struct attention;
struct notify;
struct ui_search;
struct ui_find;
struct ui_outside;
struct ui_flood;
struct ui_help;
struct ui_themes;
struct ui_react;
struct ui_facts;
struct ui_recall;
struct ui_bare;
struct ui_links;
struct ui_buttons;
struct ui_fill;
struct runs;
struct ui_inbox;
struct ui_relay;
struct ui_threads;

struct ui_question {
    uint64_t id;
    char *text;
    bool hidden;
};

/* Candidates of the last Tab, while one goes round them. */
struct ui_completion {
    char **words;
    size_t n, at;
    size_t start, end; /* bytes that the current candidate takes */
    unsigned serial;   /* of the editor after it was put in */
    char *typed;       /* what stood there before */
    bool emoji;        /* the words are emoji */
};

/* What the first and last row of the list say of what is not in sight. */
struct ui_list_edges {
    bool known;
    unsigned serial; /* of the list, … */
    size_t top, rows;
    struct view_edge above, below;
};

/* The list of buffers. */
struct ui_list {
    struct ui_list_edges edges;
    struct activity *activity;
    struct list *rows;
    struct list_row at; /* where one is while the list has the keys, */
    size_t at_row;      /* and was last */
    size_t top;         /* the first row in sight */
    int first_row;      /* 1: the inbox stands above it */
    int rows_in_sight;  /* 0: the list is not shown */
    bool looked_away;   /* it was scrolled by itself: nothing is brought into sight */
    int64_t last_shown; /* the buffer in which one was before the start; 0: not known */
    bool filtering;     /* letters go to the filter */
    int64_t closing;    /* the buffer that the next "close" leaves; 0: none */
};

/* One view of a buffer: what it shows, and the place to which that is scrolled. Or a pair of them
 * in the place of one, which shows nothing itself. */
struct ui_window {
    struct ui *ui;
    struct ui_window *parent, *first, *second; /* NULL: the whole; this is no pair */
    bool beside;                               /* the second stands at the right, else below */
    struct rect rect;                          /* of the last draw, while several are in sight */
    char *root; /* it shows a thread: the remote id of its root; NULL: it shows the buffer, */
    struct ui_window *channel; /* … which this window shows */
    int64_t thread_read;       /* sort key up to which the thread was marked */
    int64_t shown, before;     /* buffers; 0: none */
    GArray *visited;           /* int64_t: buffers that were shown, in order, */
    guint visited_at;          /* and which of them is shown now */
    struct timeline *timeline; /* NULL: nothing is shown yet */
    struct position newest_seen;
    int64_t gap_seen;
    int64_t keep_unread;    /* the buffer shown stays unread until one has left it; 0: none */
    struct position marked; /* a message that was found, in the buffer shown; id 0: none */
};

/* Looking at buffers without marking anything as read. */
struct ui_peek {
    int64_t from;              /* where it began; 0: no peek is under way */
    struct timeline *timeline; /* of that buffer, while another is shown */
    GArray *seen;              /* int64_t: buffers that were looked at */
};

/* How long what is typed is, asked once for every change of it. */
struct ui_length {
    unsigned serial; /* of the editor */
    int64_t buffer_id;
    char text[32]; /* "": nothing to say */
    bool too_long;
};

struct ui_term {
    struct keys *keys;
    struct cells *cells;
    GSource *input, *output, *frame, *esc, *winch;
    int64_t drawn_us; /* monotonic: when the last frame was drawn */
    bool lent;        /* another program has the terminal: nothing is read or drawn */
};

/* What of the inbox was shown last, and where one was in it. */
struct ui_inbox_place {
    unsigned section; /* 0: all; else 1 + INBOX_… */
    enum inbox_kind kind;
    int64_t id; /* of a message or a buffer; 0: at the beginning */
};

/* Of the terminal's window. */
struct ui_title {
    int64_t buffer;     /* what it names; 0: it is not ours */
    int64_t changed_us; /* monotonic; 0: never */
    unsigned timer;
};

struct ui {
    struct core *core;
    struct config *config;
    const struct paths *paths;
    char *theme_dir;
    struct term *term;
    GMainContext *context;
    GTimeZone *zone;
    void (*quit)(void *user, bool gone);
    void (*demo)(void *user);
    void *user;
    bool quitting;
    unsigned bus_id;
    unsigned tick; /* timer: the clock on the status line, and seconds until a reconnect */

    struct theme theme;
    struct keymap *keymap;
    enum keymap_context has_keys; /* what has the keys while nothing lies over the timeline */
    bool background_is_light;
    uint32_t background; /* 0xrrggbb, as the terminal told it */
    bool background_known;
    struct links *links; /* that are on the screen */
    int max_text_cols;
    int max_rows; /* of a message, until it is expanded; 0: all */
    bool sidebar;
    enum timeline_joins joins;
    int64_t joins_smart_us;
    bool joins_open; /* all are shown, until the key is pressed again */
    bool topic_open; /* the whole topic is shown */
    bool members_on;
    bool members_forced; /* asked for by a key: in a narrow window too */

    struct ui_term tty;
    struct ui_title title;
    struct attention *attention; /* NULL: there is no terminal */
    struct notify *notify;
    bool dirty;
    struct layout layout;    /* of the last draw, */
    struct drawn_list drawn; /* the list of choices in it, */
    struct rect text;        /* and the text in its input */
    bool mouse;              /* the person wants weft to have it */
    bool mouse_configured;

    struct ui_window *windows, *window; /* all, and the one in focus */
    struct rect area;                   /* for all of them, in the last draw */
    bool split;                         /* all are in sight; else only the one in focus */
    bool zoomed;                        /* since the person wants it so */
    int64_t origin; /* where the walk through the activity began; 0: none is under way */
    GArray *trail;  /* int64_t: buffers of that walk */
    struct ui_peek peek;
    GQueue read_steps; /* what was marked as read, newest first: ui_read.c */
    struct ui_list list;
    struct members *members; /* of the buffer shown; NULL: not needed yet */
    size_t members_top;

    struct editor *editor;
    GHashTable *histories;          /* buffer id → struct editor_history */
    struct editor_history *history; /* of all buffers */
    unsigned draft_serial;          /* of the editor when the draft was last saved, */
    unsigned draft_from;            /* and when it was put there */
    unsigned draft_timer;
    struct ui_flood *flood;   /* with UI_OVER_FLOOD */
    struct ui_recall *recall; /* with UI_OVER_RECALL */
    struct ui_length length;
    unsigned next_timer; /* until the keys that may follow are shown */
    bool next_shown;
    struct ui_outside *outside; /* the person's own editor has the terminal; NULL: it has not */
    struct message *reply;      /* what is being written answers it; NULL: nothing */
    GHashTable *changes;        /* buffer id → struct ui_change */
    struct ui_completion completion;
    struct emoji_recent emoji; /* chosen last, to write with and to react with */

    char *message; /* what the last key led to, until the next */
    bool message_bad;
    char *disk; /* why the disk refuses; NULL: it does not */

    int64_t key_us; /* monotonic: the last key; 0: none yet */
    bool focus_known, focused;

    int cursor_row;       /* where the message cursor was drawn; -1: nowhere */
    struct ui_help *help; /* over everything; NULL: closed */
    GString *what_key;    /* the keys of which is asked what they do; NULL: nothing is asked */
    struct core_front front;
    enum ui_over over;
    struct switcher *switcher;
    struct first_run *first_run;
    char *link; /* followed when its account is connected; or NULL */
    /* Whose first channel will be shown: the account that the first run added; UI_ANY_ACCOUNT when
     * weft starts and no channel is known yet; 0: none */
    int64_t new_account;
    bool hints; /* the profile is new: keys are proposed until they were used */
    unsigned used[ACTION_N];
    struct ui_search *search;
    struct ui_find *find;
    struct ui_themes *themes;
    struct ui_react *react;
    struct ui_facts *facts;
    struct {
        int64_t message_id; /* so large a file that the same action once more fetches it; 0: none */
        enum action action;
    } large;
    struct ui_buttons *buttons;
    struct ui_fill *fill;
    int64_t deleting; /* the message that the next "delete" takes away; 0: none */
    struct ui_bare *bare;
    struct ui_links *over_links;
    struct ui_make *make;
    struct ui_browse *browse;
    struct position picked; /* several messages are chosen from here to the cursor; id 0: one */
    struct runs *runs;      /* programs that copy and open */
    char *copied;           /* what is said when copying went well */
    bool copied_before;
    struct ui_inbox *inbox;
    struct ui_threads *threads;
    struct ui_relay *relay;
    GPtrArray *relay_legs; /* struct relay_leg, as they were told last; NULL: not asked for yet */
    bool relay_stale;      /* they have changed since */
    struct ui_inbox_place inbox_at;
    char snooze_span[16]; /* of the last snooze in the inbox; "": none yet */
    char *search_text;    /* what was searched for last; or NULL */
    char *find_text;
    GQueue questions; /* struct ui_question; the first is asked */
    struct editor *answer;
    struct secret_text secret;
    int64_t asked_us; /* monotonic: since when the first is on the screen */
};

/* ui.c */
void ui_changed(struct ui *ui); /* a frame is due */
/* Tells the person what a key led to; NULL takes it back. Copies. */
void ui_tell(struct ui *ui, const char *text, bool bad);
int64_t ui_now_us(const struct ui *ui);
const struct width_rules *ui_rules(const struct ui *ui);
/* A moment in the person's zone, as g_date_time_format() writes it. g_free(). */
char *ui_format_time(const struct ui *ui, int64_t time_us, const char *format);
void ui_leave(struct ui *ui, bool gone);
void ui_leave_for_demo(struct ui *ui);

/* ui_look.c */
void ui_look_begin(struct ui *ui); /* reads it for the first time */
void ui_look_read(struct ui *ui);
void ui_look_background(struct ui *ui, uint32_t rgb);
/* "auto" and all names, sorted; g_strfreev(). */
char **ui_look_themes(const struct ui *ui);
/* Shows a theme, for now. False: nothing changed; without an error there is none of this name. */
bool ui_look_try(struct ui *ui, const char *name, GError **error);
/* The theme of the configuration again. */
void ui_look_theme(struct ui *ui);

/* ui_commands.c */
void ui_commands_begin(struct ui *ui);
/* The next keys are explained, not obeyed. */
void ui_what_key_ask(struct ui *ui);
/* True: this key was such a one. */
bool ui_what_key(struct ui *ui, struct key key);

/* ui_help.c; close: NULL is allowed */
void ui_help_open(struct ui *ui);
void ui_help_close(struct ui *ui);
void ui_help_key(struct ui *ui, enum action action, struct key key);
void ui_help_paste(struct ui_help *help, const char *text, size_t len);
void ui_help_draw(struct ui_help *help, const struct canvas *canvas, struct rect rect);

/* ui_themes.c */
struct ui_themes *ui_themes_new(struct ui *ui);
void ui_themes_free(struct ui_themes *themes);
void ui_themes_key(struct ui_themes *themes, enum action action);
void ui_themes_select(struct ui_themes *themes, size_t name);
void ui_themes_draw(const struct ui_themes *themes, const struct canvas *canvas, struct rect rect);

/* ui_term.c */
void ui_term_start(struct ui *ui);
void ui_term_stop(struct ui *ui);
void ui_term_frame_now(struct ui *ui);
/* Bytes that draw nothing. False: the terminal cannot have them. `user` is the struct ui. */
bool ui_term_send(void *user, const char *bytes, size_t len);
/* At most 60 times a second. */
void ui_term_frame_soon(struct ui *ui);
void ui_term_suspend(struct ui *ui);
/* To a program and back; the descriptor is the terminal's for that program, the caller's to close.
 * -1 with `error`. False: it is gone. */
int ui_term_lend(struct ui *ui, GError **error);
bool ui_term_take_back(struct ui *ui);
/* False: the terminal has none. */
bool ui_term_set_mouse(struct ui *ui, bool on);
void ui_term_redraw(struct ui *ui);

/* ui_call.c; with a terminal only. Stopped before the terminal is given back. */
void ui_call_start(struct ui *ui);
void ui_call_stop(struct ui *ui);
/* What calls, and a changed configuration. */
void ui_call_notice(struct ui *ui, const struct notice *notice);

/* ui_title.c; with a terminal only */
void ui_title_update(struct ui *ui);

/* ui_window.c */
struct ui_window *ui_window_new(struct ui *ui);
void ui_window_free(struct ui_window *window);
/* Shows a buffer in it, from the newest line on; or with a timeline that was kept. */
void ui_window_load(struct ui_window *window, const struct buffer *buffer);
void ui_window_take(struct ui_window *window, int64_t buffer_id, struct timeline *timeline_take);
/* For where its messages are drawn. */
struct line_shape ui_window_shape(const struct ui_window *window);
/* Up when positive; the network is asked for what is older. */
void ui_window_scroll(struct ui_window *window, int by);
void ui_window_fetch(struct ui_window *window, bool top_in_sight);
/* What is in sight of it is being read. */
bool ui_window_is_read(const struct ui_window *window);
/* A message of its buffer came or changed, or many did. */
void ui_window_notice(struct ui_window *window, const struct notice *notice);
/* After a draw: what was seen is read. */
void ui_window_mark_seen(struct ui_window *window);

/* ui_windows.c */
/* The first one for NULL; NULL behind the last. No pairs. */
struct ui_window *ui_window_next(const struct ui *ui, const struct ui_window *window);
void ui_windows_free(struct ui_window *root);
/* At the right of `window`, as its thread. */
void ui_windows_put_beside(struct ui *ui, struct ui_window *window, struct ui_window *now);
/* Not the one in focus. */
void ui_windows_remove(struct ui *ui, struct ui_window *gone);
void ui_windows_lay_out(struct ui *ui, int rows, int cols, const struct layout_wants *wants);
/* All but the one in focus, and what stands between them. */
void ui_windows_draw(struct ui *ui, const struct canvas *canvas);
/* This buffer is closed. */
void ui_windows_closed(struct ui *ui, int64_t buffer_id);
/* The "new" line of this buffer, wherever it is shown. */
void ui_windows_set_new_line(struct ui *ui, int64_t buffer_id, bool on, struct position read);
/* Where it is shown, it stays unread until one leaves it, or does not. */
void ui_windows_keep_unread(struct ui *ui, int64_t buffer_id, bool keep);
/* "window 2 of 3", where the others are out of sight; else NULL. g_free(). */
char *ui_windows_note(const struct ui *ui);
/* Where its messages are drawn. */
struct rect ui_window_view(const struct ui_window *window);
bool ui_window_in_sight(const struct ui_window *window);
/* Several are in sight, and this one is there; NULL: none. */
struct ui_window *ui_window_at(const struct ui *ui, int row, int col);
void ui_window_focus(struct ui *ui, struct ui_window *window);
bool ui_window_action(struct ui *ui, enum action action); /* false: it is another's */
/* What /window does: g_strfreev(); one of them. */
char **ui_window_words(void);
bool ui_window_command(struct ui *ui, const char *word, GError **error);

/* ui_show.c */
/* Another window, or another buffer in it. */
void ui_show_input(struct ui *ui);
const struct buffer *ui_buffer(const struct ui *ui); /* the one shown; NULL: none */
void ui_show(struct ui *ui, int64_t buffer_id);
void ui_show_other(struct ui *ui); /* the one shown is gone */
/* With a timeline that was kept; taken. */
void ui_show_again(struct ui *ui, int64_t buffer_id, struct timeline *timeline);
struct editor_history *ui_history(struct ui *ui);
void ui_draft_changed(struct ui *ui); /* saved a second later */
void ui_draft_save(struct ui *ui);
void ui_draft_came(struct ui *ui, int64_t buffer_id, const char *root); /* from elsewhere */
void ui_draft_set(const struct ui *ui, const struct ui_window *window, const char *text);
bool ui_present(const struct ui *ui);
/* Shows a message where it was said, and marks it. */
void ui_show_message(struct ui *ui, const struct message *message);
void ui_scroll_to(struct ui *ui, struct position at);

/* ui_go.c */
/* Shows a buffer by another way than the walk through the activity, which ends with it. */
void ui_go(struct ui *ui, int64_t buffer_id);
void ui_go_by(struct ui *ui, int by, bool unread_only);
void ui_go_number(struct ui *ui, int number);
void ui_go_end(struct ui *ui, bool last); /* the first or the last of the list */
void ui_go_next_activity(struct ui *ui);
void ui_go_previous_activity(struct ui *ui);
void ui_go_last(struct ui *ui); /* to the buffer shown before */
/* Back and forward through what was shown. */
void ui_go_visit(struct ui *ui, int by);
void ui_go_visited(struct ui *ui, int64_t buffer_id); /* it is being shown */

/* ui_peek.c */
void ui_peek_toggle(struct ui *ui);
/* A peek is under way, and not where it began: nothing here is marked as read. */
bool ui_peek_elsewhere(const struct ui *ui);
void ui_peek_saw(struct ui *ui, int64_t buffer_id);
/* Through the activity, and after the last one back. */
void ui_peek_next(struct ui *ui);
void ui_peek_previous(struct ui *ui);
void ui_peek_end(struct ui *ui);         /* back to where it began, as it was */
void ui_peek_stay(struct ui *ui);        /* the buffer is shown as any other now */
char *ui_peek_hint(const struct ui *ui); /* g_free() */

/* ui_read.c */
void ui_read_entered(struct ui *ui, const struct buffer *buffer);
/* Each says what it did. */
void ui_read_mark(struct ui *ui, const int64_t *ids, size_t n);
void ui_read_mark_all(struct ui *ui);
/* Takes back the last of these, or that a buffer was gone to. */
void ui_read_restore(struct ui *ui);
void ui_read_fini(struct ui *ui);

/* ui_list.c */
void ui_list_init(struct ui *ui);
void ui_list_fini(struct ui *ui);
/* Whatever the notice is. */
void ui_list_notice(struct ui *ui, const struct notice *notice);
void ui_list_draw(struct ui *ui, const struct canvas *canvas);
/* The row where one is. */
size_t ui_list_cursor(struct ui *ui);
/* Scrolls the list as far as that row needs; SIZE_MAX: none. */
void ui_list_bring(struct ui *ui, size_t wanted, size_t n, size_t rows);
void ui_list_edges(struct ui *ui, size_t rows, struct view_sidebar *view);
/* -1, 1: the row in sight says that the list goes on above, below. */
int ui_list_edge_at(const struct ui *ui, int row);
struct view_entry ui_list_entry(struct ui *ui, const struct list_row *row);
/* What waits under a heading, folded or not. */
struct activity_sum ui_list_sum(const struct ui *ui, const struct list_row *row);

/* ui_list_keys.c */
bool ui_list_enter(struct ui *ui); /* takes the keys; false: the list is not in sight */
void ui_list_leave(struct ui *ui);
/* An action, or a letter for the filter, while the list has the keys. False: none of the list's. */
bool ui_list_action(struct ui *ui, enum action action, struct key key);
void ui_list_toggle_unread(struct ui *ui);
/* A click on this row: shows the buffer; folds on a heading's mark, or where it has no buffer. */
void ui_list_click(struct ui *ui, size_t row, bool on_mark);
/* The keys that work in it. g_free(). */
char *ui_list_hint(const struct ui *ui);

/* ui_reading.c: what of the timeline is shown in short, and by which keys in whole */
/* The timeline shown gets what the configuration and the keys want. */
void ui_reading_apply(struct ui *ui);
/* What a message shows short is shown in whole, or short again. False: there is nothing. */
bool ui_expand(struct ui *ui, const struct message *message);
/* Another buffer is shown. */
void ui_reading_forget(struct ui *ui);
/* Esc: closes what a key opened here. False: nothing was open. */
bool ui_reading_cancel(struct ui *ui);
/* The rows of the topic, when it is open, after the layout is known. */
void ui_topic_lay_out(struct ui *ui);
void ui_topic_draw(const struct ui *ui, const struct canvas *canvas);
/* False: not one of these. */
bool ui_reading_action(struct ui *ui, enum action action);

/* ui_members.c */
enum layout_members ui_members_wanted(const struct ui *ui);
/* Another buffer is shown. */
void ui_members_forget(struct ui *ui);
/* NOTICE_MEMBERS. */
void ui_members_changed(struct ui *ui, const struct notice *notice);
/* Tells core that somebody looks, too. */
void ui_members_draw(struct ui *ui, const struct canvas *canvas, const struct account *account);
void ui_members_toggle(struct ui *ui);
void ui_members_scroll(struct ui *ui, int direction); /* down when positive */

/* ui_views.c: one that is not in focus, with its title */
void ui_window_draw(struct ui_window *window, const struct canvas *canvas);
/* the buffer in this column of the line of buffers; 0: none */
int64_t ui_hotlist_at(const struct ui *ui, int col);

/* ui_mouse.c */
void ui_mouse_toggle(struct ui *ui);
/* The terminal's mouse is weft's when the person wants it so and nothing is to be copied. False:
 * the terminal has none. */
bool ui_mouse_apply(struct ui *ui);

/* ui_hints.c */
void ui_hints_begin(struct ui *ui); /* says Welcome in a new profile */
/* What to try next; NULL: nothing. g_free(). */
char *ui_hints_text(const struct ui *ui, int cols); /* as many as have room, whole */

/* actions.c */
void ui_action(struct ui *ui, enum action action, int number);

/* ui_write.c */
void ui_type(struct ui *ui, struct key key);
void ui_edit(struct ui *ui, enum action action);
void ui_submit(struct ui *ui);
void ui_send(struct ui *ui); /* without a question */
void ui_paste_text(struct ui *ui, const char *text, size_t len);
/* What is to be said of the length of what is typed: for the input pane. */
void ui_length_view(struct ui *ui, struct view_input *view);
/* Keeps what was entered for recall, unless there is a secret in it. */
void ui_remember(struct ui *ui, const char *text);

/* ui_outside.c: the draft in $VISUAL or $EDITOR */
void ui_outside_open(struct ui *ui);
void ui_outside_end(struct ui *ui); /* weft ends first */

/* ui_format.c */
bool ui_format(struct ui *ui, enum action action); /* false: it is another's */
/* A key came; `pending`: others may follow, and are shown when nothing comes for a moment. */
void ui_next_keys(struct ui *ui, bool pending);
void ui_next_keys_draw(const struct ui *ui, const struct canvas *canvas);

/* ui_recall.c */
struct ui_recall *ui_recall_new(struct ui *ui);
void ui_recall_free(struct ui_recall *recall);
void ui_recall_key(struct ui_recall *recall, enum action action, struct key key);
void ui_recall_paste(struct ui_recall *recall, const char *text, size_t len);
struct editor *ui_recall_shown(const struct ui_recall *recall); /* in place of the input */
void ui_recall_select(struct ui_recall *recall, size_t row);    /* of those that are listed */
void ui_recall_draw(struct ui_recall *recall, const struct canvas *canvas);

/* ui_flood.c */
unsigned ui_flood_lines(const char *text, size_t len); /* those that are not empty */
/* So many lines were put into the input by a paste, in one step of undo. */
void ui_flood_pasted(struct ui *ui, unsigned lines);
bool ui_flood_asks(struct ui *ui); /* before what stands in the input is sent; true: it is asked */
void ui_flood_key(struct ui *ui, enum action action, struct key key);
void ui_flood_draw(const struct ui *ui, const struct canvas *canvas);
/* ui_reply.c */
void ui_reply_set(struct ui *ui, struct message *message); /* NULL: drops it */
void ui_reply_load(struct ui *ui);                         /* of the buffer that is shown now */
void ui_reply_changed(struct ui *ui, struct message *message);
/* Whether this text would be sent as an answer. */
bool ui_reply_takes(const struct ui *ui, const char *text);
bool ui_reply_send(struct ui *ui, const char *text, GError **error);
/* `ret_words` holds what the view borrows: g_free(). */
void ui_reply_view(const struct ui *ui, struct view_reply *ret_view, char **ret_words);

/* ui_change.c */
void ui_change_free(void *change);
bool ui_change_is_on(const struct ui *ui); /* in the buffer shown */
/* Takes our message into the input, or says why it cannot be changed. */
void ui_change_begin(struct ui *ui, struct message *message);
void ui_change_send(struct ui *ui);   /* what stands in the input */
void ui_change_cancel(struct ui *ui); /* it is on */
bool ui_change_keep(struct ui *ui);   /* what stands in the input; false: it is none */
/* It waits with this text. False: none is on in that buffer. */
bool ui_change_put(struct ui *ui, int64_t buffer_id, const char *text);
const char *ui_change_text(const struct ui *ui); /* of the buffer shown; NULL: none is on */
void ui_change_changed(struct ui *ui, struct message *message);
/* In place of what is answered. */
void ui_change_view(const struct ui *ui, struct view_reply *ret_view, char **ret_words);
void ui_change_leave(struct ui *ui); /* weft ends */
void ui_revise(struct ui *ui);       /* the last of ours */

/* ui_complete.c */
void ui_complete(struct ui *ui, int by); /* forward 1, back -1 */
/* A key, before anything else has it; true: it was for the list of candidates. */
bool ui_complete_key(struct ui *ui, enum action action);
void ui_complete_end(struct ui *ui); /* what is there stays */
void ui_complete_choose(struct ui *ui, size_t word);
void ui_complete_draw(struct ui *ui, const struct canvas *canvas);

/* ui_focus.c: who has the keys while nothing lies over the timeline */
void ui_focus_set(struct ui *ui, enum keymap_context context);
/* To the next one: the line, the messages, the list. */
void ui_focus_next(struct ui *ui, int by);
/* "k up", for a line of hints; nothing when the action has no key. */
void ui_hint_add(const struct ui *ui, GString *out, enum action action, const char *text);

/* ui_cursor.c: the message cursor, which is on while the messages are in focus */
bool ui_cursor_start(struct ui *ui); /* false, and says why: there is no message */
/* An action while it is on. False: it is none of the cursor's. */
bool ui_cursor_action(struct ui *ui, enum action action);
/* The keys that work on the message it is on. g_free(). */
char *ui_cursor_hint(struct ui *ui);

/* ui_message.c */
/* A letter on the message that the cursor is on. False: none of these. */
bool ui_message_action(struct ui *ui, enum action action, struct message *message);
void ui_message_hint(const struct ui *ui, GString *out, const struct message *message);
/* True, or it is said why not. */
bool ui_message_may_react(struct ui *ui, const struct message *message);
/* What is there of ours is taken back. */
void ui_message_react(struct ui *ui, const struct message *message, const char *emoji);

/* ui_copy.c */
/* Into the clipboard, and says what became of it: `words`, or how many lines. */
void ui_copy_text(struct ui *ui, const char *text, const char *words);
/* False: not one of these. */
bool ui_copy_action(struct ui *ui, enum action action, const struct message *message);

/* ui_mention.c */
/* To the nearest message above or below that calls the person. */
void ui_mention_go(struct ui *ui, bool up);

/* ui_open.c */
/* By the person's own program, and says so; or why not. */
void ui_open_target(struct ui *ui, const char *target);
/* A file of our own, by the same program. */
void ui_open_file(struct ui *ui, const char *path);
/* False: not one of these. */
bool ui_open_action(struct ui *ui, enum action action, const struct message *message);
bool ui_open_can(const struct message *message); /* there may be a link in it */

/* ui_files.c: files fetched and sent. The first says what it does, or why not. */
void
ui_files_fetch(struct ui *ui, const struct message *message, unsigned index, enum action action);
void ui_files_save(struct ui *ui, const struct message *message);
bool ui_files_has(const struct message *message);
/* NOTICE_FILE */
void ui_files_came(struct ui *ui, const struct notice *notice);
/* What is on its way, as a sentence; NULL: nothing. g_free(). */
char *ui_files_sentence(const struct ui *ui);
char *ui_files_short(const struct ui *ui); /* "↓45%", likewise */
/* The line becomes a command that sends a file with what stands there. */
void ui_files_attach(struct ui *ui);

/* ui_links.c; `message` NULL: those of the buffer */
struct ui_links *ui_links_new(struct ui *ui, const struct message *message);
void ui_links_free(struct ui_links *links);
bool ui_links_is_empty(const struct ui_links *links);
bool ui_links_takes_letters(const struct ui_links *links); /* else they are keys */
void ui_links_key(struct ui_links *links, enum action action, struct key key);
void ui_links_paste(struct ui_links *links, const char *text, size_t len);
/* True: it was selected before, and seen. */
bool ui_links_select(struct ui_links *links, size_t choice);
void ui_links_draw(struct ui_links *links, const struct canvas *canvas, struct rect rect);

/* ui_react.c */
struct ui_react *ui_react_new(struct ui *ui, struct message *message); /* NULL: to be written */
void ui_react_free(struct ui_react *react);
void ui_react_key(struct ui_react *react, enum action action, struct key key);
void ui_react_paste(struct ui_react *react, const char *text, size_t len);
void ui_react_select(struct ui_react *react, size_t emoji);
void ui_react_draw(struct ui_react *react, const struct canvas *canvas, struct rect line,
                   struct rect above);

/* ui_facts.c; `who`: who sees it, else all that is known of it */
struct ui_facts *ui_facts_new(const struct ui *ui, const struct message *message, bool who);
void ui_facts_free(struct ui_facts *facts);
/* NOTICE_MESSAGE_CHANGED. */
void ui_facts_changed(struct ui_facts *facts, const struct ui *ui, const struct message *message);
size_t *ui_facts_top(struct ui_facts *facts); /* the first row in sight */
void ui_facts_draw(struct ui_facts *facts, const struct canvas *canvas, struct rect rect);

/* ui_search.c; `text` NULL: what was searched for last */
struct ui_search *ui_search_new(struct ui *ui, const char *text);
/* What is pinned in a buffer; what is typed narrows it. */
struct ui_search *ui_search_new_pins(struct ui *ui, int64_t buffer_id);
void ui_search_free(struct ui_search *search);
void ui_search_key(struct ui_search *search, enum action action, struct key key);
void ui_search_paste(struct ui_search *search, const char *text, size_t len);
/* NOTICE_MESSAGE_CHANGED. */
void ui_search_changed(struct ui_search *search, struct message *message);
void ui_search_select(struct ui_search *search, size_t hit);
void ui_search_draw(struct ui_search *search, const struct canvas *canvas, struct rect rect);

/* ui_find.c */
struct ui_find *ui_find_new(struct ui *ui);
void ui_find_free(struct ui_find *find);
void ui_find_key(struct ui_find *find, enum action action, struct key key);
void ui_find_paste(struct ui_find *find, const char *text, size_t len);
void ui_find_draw(struct ui_find *find, const struct canvas *canvas, struct rect rect);

/* ui_bare.c */
struct ui_bare *ui_bare_new(struct ui *ui);
void ui_bare_free(struct ui_bare *mode);
/* NOTICE_MESSAGE and NOTICE_MESSAGE_CHANGED. */
void ui_bare_came(struct ui_bare *mode, const struct notice *notice);
void ui_bare_key(struct ui *ui, enum action action, struct key key);
void ui_bare_draw(struct ui *ui, const struct canvas *canvas);

/* ui_thread.c */
/* The window with the thread of this one; NULL: none is open. */
struct ui_window *ui_thread_of(const struct ui *ui, const struct ui_window *channel);
/* From the thread to its channel, where one is in a thread. */
void ui_thread_leave(struct ui *ui);
void ui_thread_close(struct ui *ui, const struct ui_window *channel);
/* Goes to the buffer and opens this thread beside it. */
void ui_thread_show(struct ui *ui, int64_t buffer_id, const char *root);
/* The one that a message belongs to or begins; or says why not. */
void ui_thread_message(struct ui *ui, const struct message *message);
/* The one of this buffer with something new. */
void ui_thread_open_unread(struct ui *ui);
bool ui_thread_action(struct ui *ui, enum action action); /* false: it is another's */
/* /thread; false: no such word. */
bool ui_thread_command(struct ui *ui, const char *word, int64_t buffer_id);
void ui_thread_notice(struct ui_window *window, const struct notice *notice);
void ui_thread_mark_seen(struct ui_window *window);
char *ui_thread_title(const struct ui_window *window); /* g_free() */

/* ui_threads.c; free, changed: NULL is allowed */
struct ui_threads *ui_threads_new(struct ui *ui);
void ui_threads_free(struct ui_threads *list);
void ui_threads_changed(struct ui_threads *list);
void ui_threads_key(struct ui_threads *list, enum action action);
void ui_threads_choose(struct ui_threads *list, size_t row);
char *ui_threads_hint(const struct ui_threads *list); /* g_free() */
void ui_threads_draw(struct ui_threads *list, const struct canvas *canvas, struct rect rect);

/* ui_relay.c: NULL where there is nothing to say; g_free() */
struct relay_leg;
/* struct relay_leg, as they are now; never NULL. */
const GPtrArray *ui_relay_legs(struct ui *ui);
void ui_relay_changed(struct ui *ui);
/* Something waits, and so is older now, though nobody tells; what is drawn next says how old. */
bool ui_relay_ages(struct ui *ui);
/* The buffer is joined to others, now. */
bool ui_relay_has(struct ui *ui, int64_t buffer_id);
char *ui_relay_title(struct ui *ui, const struct buffer *buffer);
char *ui_relay_status(struct ui *ui);
bool ui_relay_action(struct ui *ui, enum action action); /* false: it is another's */
struct ui_relay *ui_relay_new(struct ui *ui);
void ui_relay_free(struct ui_relay *list);
void ui_relay_key(struct ui_relay *list, enum action action);
void ui_relay_choose(struct ui_relay *list, size_t row);
char *ui_relay_hint(const struct ui_relay *list);
void ui_relay_draw(struct ui_relay *list, const struct canvas *canvas, struct rect rect);

/* ui_inbox.c, ui_inbox_keys.c */
/* "09:58" today, else "14 Oct", else the year. g_free(). */
char *ui_when(const struct ui *ui, int64_t time_us);
struct ui_inbox *ui_inbox_new(struct ui *ui);
void ui_inbox_free(struct ui_inbox *inbox);
/* Letters go into its filter, or another line of it. */
bool ui_inbox_types(const struct ui_inbox *inbox);
/* Whatever the notice is. */
void ui_inbox_notice(struct ui_inbox *inbox, const struct notice *notice);
void ui_inbox_key(struct ui_inbox *inbox, enum action action, struct key key);
void ui_inbox_paste(struct ui_inbox *inbox, const char *text, size_t len);
/* Opens this one of the rows. */
void ui_inbox_choose(struct ui_inbox *inbox, size_t row);
/* The keys that work in it. g_free(). */
char *ui_inbox_hint(const struct ui_inbox *inbox);
void ui_inbox_draw(struct ui_inbox *inbox, const struct canvas *canvas, struct rect rect);

/* ui_over.c */
/* What has the keys now. */
enum keymap_context ui_context(const struct ui *ui);
void ui_over_search(struct ui *ui, const char *text);
void ui_over_pins(struct ui *ui, int64_t buffer_id);
void ui_over_react(struct ui *ui, struct message *message);
void ui_over_facts(struct ui *ui, const struct message *message, bool who);
void ui_over_links(struct ui *ui, const struct message *message); /* NULL: of the buffer */
void ui_over_fill(struct ui *ui, uint64_t form_id);
void ui_over_buttons(struct ui *ui, struct message *message);
void ui_over_open(struct ui *ui, enum ui_over over);
void ui_over_close(struct ui *ui);
void ui_over_key(struct ui *ui, enum action action, struct key key);
/* Where it is drawn: over all windows. */
struct rect ui_over_place(const struct ui *ui);
void ui_over_draw(struct ui *ui, const struct canvas *canvas);
void ui_ask(struct ui *ui, uint64_t id, const char *text, bool hidden);
void ui_answer_key(struct ui *ui, enum action action, struct key key);
void ui_question_free(gpointer question);

#endif
