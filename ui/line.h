/* One message as the timeline shows it: composed once into styled text, wrapped once for a width.
 */
#ifndef WEFT_UI_LINE_H
#define WEFT_UI_LINE_H

#include <glib.h>
#include <stdbool.h>

#include "model/message.h"
#include "text/width.h"
#include "ui/wrap.h"

/* How a timeline of some width is divided: "09:41 @   maria  Who takes minutes". */
struct line_shape {
    int cols;                /* of the pane */
    int time_cols;           /* 5, or 0 where there is no room */
    int nick_col, nick_cols; /* right-aligned; 0: no column, "maria: " leads the text */
    int text_col, text_cols;
    int max_rows; /* a message of more is shown short, until it is expanded; 0: none is */
    const struct width_rules *rules;
};

/* `max_text_cols`: the text is not wider than this; 0: as wide as the pane. No message is cut. */
void line_shape_for(struct line_shape *ret_shape, int cols, int max_text_cols,
                    const struct width_rules *rules);

enum line_fold { LINE_FOLD_UNKNOWN, LINE_FOLD_NO, LINE_FOLD_YES };

struct line {
    struct message *message; /* a reference */
    int64_t id;              /* of the message: the same for ever */
    char *reply_name;        /* who said what this answers; NULL: that is not here */
    char *reply_words;       /* and how it begins */
    bool reply_looked;       /* it was looked for in the store */
    bool in_thread;          /* what it answers is the root above: not said */
    char *replies_text;     /* what hangs from it: "3 replies, last 09:58"; NULL: nothing is said */
    const char *thread_key; /* that opens it; the timeline's; or NULL */
    struct styled text;     /* empty until line_rows(), like the rows */
    GArray *rows;           /* struct wrap_row; NULL at first */
    int for_cols;           /* the text_cols for which `rows` are right; 0: not composed */
    bool for_inline;        /* composed without a nick column */
    int for_max;            /* the max_rows for which `rows` are right */
    bool expanded;          /* the person wants to see all of it */
    bool found;             /* … or was led to it: not cut, but what is hidden stays so */
    bool is_cut;            /* and does not see it now: "… 31 more lines" */
    bool has_spoilers;      /* which are hidden unless it is expanded */
    uint32_t said_bytes;    /* of the text: what stands above the reactions */
    /* The timeline's: */
    int day;             /* year * 1000 + day of the year, in its zone; 0: not known yet */
    enum line_fold fold; /* one line with its neighbours; see timeline_fold.c */
    bool unfolded;       /* the person wants to see it nevertheless */
    bool hidden;         /* it had no item of its own at the last build */
};

struct line *line_new(struct message *message);
void line_free(struct line *line);
/* Another state of the same message, or of the one that it answers (NULL: not here): composed anew
 * when next shown. */
void line_set_message(struct line *line, struct message *message);
void line_set_reply(struct line *line, const struct message *answered);

void line_set_thread(struct line *line, bool in_thread, const char *replies_text,
                     const char *thread_key);

/* Composes and wraps if needed. Returns the rows that the line takes; at least 1. */
int line_rows(struct line *line, const struct line_shape *shape);
/* Something of it is not shown, or would not be if it were not expanded. */
bool line_can_expand(const struct line *line);
void line_set_expanded(struct line *line, bool expanded);
/* Not cut, until it is expanded or shown short by the person. */
void line_set_found(struct line *line);
/* Nothing of it is short or hidden any more. */
bool line_shows_all(const struct line *line);

/* All that it says, without what is hidden, a line for each of its files: g_free(). */
char *line_text(const struct message *message);
/* How a message begins, for who answers it: its first line; g_free(). */
char *line_words(const struct message *message);
/* What stands in the nick column: the sender, "*" for an action, "--" for what happened. g_free().
 */
char *line_nick(const struct message *message);
enum role line_nick_role(const struct message *message);
/* '!' not sent or not stored, '@' calls us, '?' outcome unknown, else ' '. */
char line_mark(const struct message *message);

#endif
