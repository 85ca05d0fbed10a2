/* Shared by ui_inbox.c (what is listed) and ui_inbox_keys.c (what is done with it). */
#ifndef WEFT_UI_UI_INBOX_PRIV_H
#define WEFT_UI_UI_INBOX_PRIV_H

#include "ui/ui_priv.h"

enum inbox_typing { TYPING_NOTHING, TYPING_FILTER, TYPING_SNOOZE };

struct inbox_row {
    struct inbox_entry *entry;
    char *words;  /* of its message, as it is shown */
    char *folded; /* what the filter looks through */
};

struct ui_inbox {
    struct ui *ui;
    GPtrArray *rows; /* struct inbox_row: of the section shown, those that pass the filter */
    size_t selected, top;
    bool stale;
    enum inbox_typing typing;
    struct editor *filter, *span;
    int64_t dropping; /* the message that the next "drop" gives up; 0: none */
};

/* Stands for a buffer, not for one message. */
bool inbox_is_of_buffer(const struct inbox_entry *entry);
/* 1 << INBOX_… of the section that is shown. */
unsigned inbox_kinds(const struct ui_inbox *inbox);
/* What passes the filter, at most so many of each kind. Owns its elements (struct inbox_row). */
GPtrArray *inbox_load(const struct ui_inbox *inbox, unsigned kinds, unsigned most);
/* The row that is marked; NULL: there is none. */
struct inbox_row *inbox_chosen(const struct ui_inbox *inbox);
void inbox_move_to(struct ui_inbox *inbox, size_t row);
/* Another section, or another filter. */
void inbox_show_anew(struct ui_inbox *inbox);
/* 0 is all, then 1 + INBOX_…: the next one that has something. */
unsigned inbox_next_section(const struct ui_inbox *inbox, int by);
/* How long a snooze is when nothing is typed. */
const char *inbox_usual_span(const struct ui_inbox *inbox);

#endif
