/* The panes: pure functions from what is to be seen (struct view_…, prepared by ui_views.c) into a
 * region of the grid. Strings in views are borrowed for the call, may be foreign and are drawn
 * through ui/draw.h. No pane keeps anything. */
#ifndef WEFT_UI_PANES_H
#define WEFT_UI_PANES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/buffer.h"
#include "ui/draw.h"
#include "ui/editor.h"
#include "ui/layout.h"

/* Where a pane drew a list: what a click there means. */
struct drawn_list {
    struct rect rect; /* rows 0: none was drawn */
    int each;         /* rows of an entry */
    size_t first, n;  /* the entries that are there */
};

/* --- the list of accounts and buffers
 * ------------------------------------------------------------------- */

enum view_entry_kind {
    VIEW_BUFFER,
    VIEW_ACCOUNT, /* a heading, and the account's server buffer */
    VIEW_SPACE,   /* a heading within an account */
    VIEW_GROUP,   /* a heading within a space */
    VIEW_DIRECT,  /* the heading of direct conversations */
};

struct view_entry {
    enum view_entry_kind kind;
    const char *name;  /* of the account (its label when it has one) or the buffer */
    const char *tag;   /* account: the network's name, and */
    const char *mark;  /* its mark where that is too long: a few letters */
    const char *owner; /* whose direct conversation it is, where that is not plain; or NULL */
    int number;        /* 0: none */
    enum account_state state; /* account */
    unsigned unread, mentions;
    bool folded;   /* a heading: what stands under it is not listed; counts are its sum */
    bool selected; /* it is what is shown */
    bool cursor;   /* the keys go to the list, and this is where one is */
    bool left;     /* a conversation in which we are not (any more) */
    bool archived; /* nobody can say anything there any more */
    bool muted;
    bool draft;   /* something was typed there and not sent */
    bool relayed; /* it is joined to channels elsewhere */
    bool quiet;   /* joined, and nobody has said anything for long */
};

/* The inbox, on top of the list. */
struct view_inbox_line {
    unsigned calls;  /* mentions, and conversations with direct messages */
    unsigned failed; /* not sent */
    unsigned unread; /* channels */
    bool open;       /* it is what is shown */
};

/* The list goes on beyond its first or last row, which says so. */
struct view_edge {
    size_t n; /* rows that are not in sight; 0: the list ends there */
    unsigned unread, mentions;
};

struct view_sidebar {
    const struct view_inbox_line *inbox; /* NULL: not shown */
    struct view_edge above, below;       /* take the place of the first and last entry */
    const struct view_entry *entries;    /* those in sight */
    size_t n;
    int number_cols;    /* room for the highest number, in sight or not */
    const char *filter; /* what the list is filtered by; NULL: nothing */
    bool filtering;     /* … and it is being typed */
    const char *note;   /* below the list while there is no filter, or NULL */
};

/* Rows before those for entries: one for the inbox, unless the list is very low. */
int pane_sidebar_top(struct rect rect, const struct view_sidebar *view);
/* Rows for entries: the filter or the note takes the last one of all. */
int pane_sidebar_rows(struct rect rect, const struct view_sidebar *view);
void
pane_sidebar_draw(const struct canvas *canvas, struct rect rect, const struct view_sidebar *view);

/* --- the list of members
 * ---------------------------------------------------------------------------------------------- */

struct view_member {
    const char *name;
    char mark;          /* of their rank; '\0': none */
    const char *status; /* what they say of themselves, or NULL */
    bool away;
    bool self;
};

struct view_members {
    const struct view_member *members; /* those that fit, from the first in sight on */
    size_t n;
    size_t total, away;
    bool whole; /* the network has listed all */
};

void
pane_members_draw(const struct canvas *canvas, struct rect rect, const struct view_members *view);

/* --- title, status, the line of buffers
 * ------------------------------------------------------------------ */

enum view_title_focus {
    VIEW_TITLE_ALONE,
    VIEW_TITLE_FOCUSED, /* of several, the one that is typed to */
    VIEW_TITLE_OTHER
};

struct view_title {
    int number;
    const char *name;
    const char *account; /* label or name; NULL: weft's own buffer */
    const char *network;
    const char *space;  /* NULL: none */
    const char *topic;  /* NULL: none */
    const char *modes;  /* "+nt"; NULL: none */
    const char *note;   /* weft's own: "not joined", "away", or NULL */
    const char *others; /* whose channels it is joined to; NULL: none */
    enum view_title_focus focus;
};

/* The whole topic, in rows of its own below the title. */
int pane_topic_rows(const struct width_rules *rules, int cols, const char *topic);
void pane_topic_draw(const struct canvas *canvas, struct rect rect, const char *topic);

void pane_title_draw(const struct canvas *canvas, struct rect rect, const struct view_title *view);

struct view_hot {
    int number;
    const char *name;
    unsigned mentions, unread;
    bool selected; /* the line of buffers shows the selected one too; the status line leaves it out
                    */
};

struct view_status {
    const char *clock;   /* "10:06" */
    const char *account; /* NULL: weft's own buffer */
    const char *self;    /* our name there, or NULL */
    int number;
    const char *name;
    unsigned members; /* 0: not known */
    bool insecure;
    const char *state;          /* not online: "connecting"; else NULL */
    bool peeking;               /* what is looked at stays unread */
    bool hushed;                /* nothing of it calls now: quiet hours, /snooze */
    bool scrolled;              /* the newest line is not in sight */
    unsigned below;             /* messages below what is in sight */
    bool below_more;            /* and more that are not loaded */
    unsigned waiting;           /* own lines that have not left */
    const char *relay;          /* "relay: libera 4 wait 31 s"; or NULL */
    const char *windows;        /* "window 2 of 3", while the others are out of sight; or NULL */
    const char *transfer;       /* "↓45%", while a file moves; or NULL */
    const char *keys;           /* the beginning of a key sequence, or "" */
    const struct view_hot *hot; /* most urgent first */
    size_t n_hot;
    size_t n_more; /* that are not among them */
};

void
pane_status_draw(const struct canvas *canvas, struct rect rect, const struct view_status *view);
/* Instead of the sidebar in a narrow window: all buffers in one line around the selected one. */
void pane_hotlist_draw(const struct canvas *canvas, struct rect rect, const struct view_hot *hot,
                       size_t n);
/* Which of them stands in this column; SIZE_MAX: none. */
size_t pane_hotlist_at(const struct width_rules *rules, struct rect rect,
                       const struct view_hot *hot, size_t n, int col);
/* The line of notices above the status line, and who types when there is no notice. */
/* Rows that a notice takes in so many columns: a sentence is not cut. */
int pane_notice_rows(const struct width_rules *rules, int cols, const char *text);
void pane_notice_draw(const struct canvas *canvas, struct rect rect, const char *text, bool bad);
void pane_typing_draw(const struct canvas *canvas, struct rect rect, const char *const *names);

/* --- input
 * ---------------------------------------------------------------------------------------------- */

/* The message that is being answered. */
struct view_reply {
    const char *name; /* who said it; NULL: none is answered */
    const char *words;
    bool changing; /* no answer: this message of ours is changed */
    bool by_name;  /* the network ties no answer to it: the text will begin with the name */
};

struct view_input {
    const char *self;    /* our name, for the prompt; NULL: none */
    const char *account; /* stands before it; NULL: there is no other */
    struct editor *editor;
    struct view_reply reply;
    const char *question; /* asked by a session; then the answer is typed instead; or NULL */
    bool hidden;          /* the answer is a secret: never drawn */
    bool hidden_typed;    /* something of it was typed */
    const char *length;   /* weft's own: "12 left", "3 messages"; NULL: nothing to say */
    bool too_long;        /* it cannot be sent like this */
    struct rect *text;    /* set to where the text was drawn (rows 0: it was not); or NULL */
};

/* Rows that the pane wants in `cols` columns. */
int pane_input_rows(const struct width_rules *rules, int cols, const struct view_input *view);
void pane_input_draw(const struct canvas *canvas, struct rect rect, const struct view_input *view);

/* A small list above the input. */
struct view_popup_row {
    const char *sign; /* weft's own: an emoji, a key; NULL: none */
    const char *text; /* may be foreign */
};

struct view_popup {
    const char *title; /* weft's own; NULL: none */
    const struct view_popup_row *rows;
    size_t n;
    size_t first, total;      /* the rows are those from `first` on, of so many */
    size_t selected;          /* of all; SIZE_MAX: none */
    struct drawn_list *drawn; /* set; or NULL */
};

/* At the bottom left of `above`. */
void pane_popup_draw(const struct canvas *canvas, struct rect above, const struct view_popup *view);
/* All rows beside each other, as far as there is room; none is selected. */
void pane_popup_draw_columns(const struct canvas *canvas, struct rect above,
                             const struct view_popup *view);

/* --- what lies over the timeline
 * ------------------------------------------------------------------------- */

struct view_choice {
    int number;
    const char *name;
    const char *account; /* NULL: weft's own */
    const char *network;
    unsigned unread, mentions;
    bool left;
    bool archived;       /* closed for everybody */
    bool person;         /* with whom no conversation is open */
    const bool *matched; /* one for each byte of `name`: what was typed */
};

struct view_switcher {
    struct editor *query;
    const struct view_choice *choices;
    size_t n;
    size_t selected;
    struct drawn_list *drawn; /* set; or NULL */
};

void
pane_switcher_draw(const struct canvas *canvas, struct rect rect, const struct view_switcher *view);

struct view_hit {
    char *when;          /* weft's own words */
    const char *buffer;  /* its name */
    const char *account; /* NULL: weft's own */
    const char *sender;
    char *text;
    bool far;      /* it is on the server alone */
    size_t *marks; /* pairs of bytes of `text`: the words that were found */
    size_t n_marks;
};

struct view_search {
    const char *prompt;
    struct editor *query;
    const struct view_hit *hits; /* those that fit, from the first in sight on */
    size_t n;
    size_t selected;
    const char *status; /* a sentence of weft's own, which may name what was typed */
    bool bad;
    struct drawn_list *drawn; /* set, without `first`; or NULL */
};

/* Rows of each hit in so many columns, and those of the list in the whole. */
int pane_search_hit_rows(int cols);
int pane_search_list_rows(struct rect rect);
void
pane_search_draw(const struct canvas *canvas, struct rect rect, const struct view_search *view);
/* Finding in one buffer: the line alone, with the status at its end. */
void pane_find_draw(const struct canvas *canvas, struct rect rect, const struct view_search *view);

struct view_inbox_tab {
    const char *name; /* weft's own */
    unsigned n;
    bool selected;
};

struct view_inbox_entry {
    char mark; /* '@' calls, '!' was not sent, 'u' unread, '*' flagged */
    enum role role;
    char *when; /* weft's own: a time, or how many messages */
    int number;
    const char *name;    /* of the buffer */
    const char *account; /* NULL: weft's own */
    char *lead;          /* weft's own, before what was said; or NULL */
    enum role lead_role;
    const char *sender; /* NULL: said elsewhere in the line, or nobody */
    bool action;
    const char *text;
};

struct view_inbox {
    const struct view_inbox_tab *tabs;
    size_t n_tabs;
    const char *title;  /* weft's own, instead of the tabs; NULL: the inbox's */
    const char *prompt; /* something is typed, or filtered by, instead of the tabs; or NULL */
    struct editor *editor;
    bool typing;                            /* the cursor is there */
    const char *status;                     /* behind it; weft's own */
    const struct view_inbox_entry *entries; /* those that fit, from the first in sight on */
    size_t n;
    size_t selected;
    bool accounts;     /* there is more than one: say which */
    const char *empty; /* weft's own, where there is no entry */
};

/* Rows of each entry in so many columns, and those of the list in the whole. */
int pane_inbox_entry_rows(int cols);
int pane_inbox_list_rows(struct rect rect);
/* A sentence where a list would stand. */
void pane_inbox_draw_empty(const struct canvas *canvas, struct rect rect, const char *text);
void pane_inbox_draw(const struct canvas *canvas, struct rect rect, const struct view_inbox *view);

struct view_relay_row {
    const char *lead; /* weft's own, before the text */
    const char *text; /* a gateway, an address, a sentence */
    enum role role;
    char *tail; /* weft's own, at the right end; or NULL */
    enum role tail_role;
    bool selected;
    bool first; /* … and the first row of what is */
};

/* How channels that are joined to others are doing. */
struct view_relay {
    const char *title;                 /* weft's own */
    const struct view_relay_row *rows; /* those that fit, from the first in sight on */
    size_t n;
    size_t below;      /* so many rows follow */
    const char *empty; /* weft's own, where there is none */
};

int pane_relay_list_rows(struct rect rect);
void pane_relay_draw(const struct canvas *canvas, struct rect rect, const struct view_relay *view);

struct view_fact {
    const char *label; /* weft's own */
    const char *value; /* may be foreign, of several lines */
};

struct view_facts {
    const char *title;
    const struct view_fact *facts;
    size_t n;
    size_t *top; /* the first row shown, brought into what there is */
};

/* Rows that all of it takes, with the title's. */
int pane_facts_rows(const struct width_rules *rules, int cols, const struct view_facts *view);
void pane_facts_draw(const struct canvas *canvas, struct rect rect, const struct view_facts *view);

struct view_link {
    const char *when; /* weft's own words */
    const char *who;
    char *text;    /* what the message shows, and what that does not tell */
    bool doubtful; /* a person should look at where it leads */
};

struct view_links {
    const char *title;    /* weft's own: also what the keys do */
    struct editor *query; /* instead of the title; NULL: nothing is typed */
    const struct view_link *links;
    size_t n, selected;
    struct view_facts detail; /* of the one that is selected */
    struct drawn_list *drawn; /* set; or NULL */
};

void pane_links_draw(const struct canvas *canvas, struct rect rect, const struct view_links *view);

struct view_help_line {
    const char *keys; /* NULL: a heading */
    const char *text;
    const char *name; /* of the action, or NULL */
};

struct view_help {
    struct editor *query;
    const struct view_help_line *lines;
    size_t n;
    size_t *top; /* the first line shown, brought into what there is */
};

void pane_help_draw(const struct canvas *canvas, struct rect rect, const struct view_help *view);

struct view_pick {
    const char *title;
    const char *const *names;
    size_t n, selected;
    const char *error;        /* instead of the title, or NULL */
    struct drawn_list *drawn; /* set; or NULL */
};

void pane_pick_draw(const struct canvas *canvas, struct rect rect, const struct view_pick *view);

struct view_field {
    const char *label;
    const char *value; /* NULL: not filled yet */
    bool secret;       /* `value` is never drawn, only that there is one */
    bool lines;        /* it may have more than one */
    bool choice;       /* `value` says what there is to choose from */
    bool current;      /* the cursor is here, in `editor` unless one of those two */
};

struct view_form {
    const char *title;
    const struct view_field *fields;
    size_t n;
    struct editor *editor;
    const char *offer;        /* another way to begin, a sentence; or NULL */
    const char *help;         /* what the current field wants */
    const char *const *steps; /* of the trial, in order */
    size_t n_steps;
    const char *section; /* the lines that would be appended, or NULL */
    const char *file;    /* and to which file */
    const char *error;   /* a sentence, or NULL */
    const char *keys;    /* what can be pressed now */
};

void pane_form_draw(const struct canvas *canvas, struct rect rect, const struct view_form *view);

#endif
