/* The input: one text of one or more lines, edited by clusters, never in half of one. Knows no
 * screen and no keys; actions come by name of enum action. Text is valid UTF-8 without controls but
 * '\n' and '\t'. */
#ifndef WEFT_UI_EDITOR_H
#define WEFT_UI_EDITOR_H

#include "text/width.h"
#include "ui/cells.h"
#include "ui/keymap.h"
#include "ui/theme.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define EDITOR_MAX_BYTES (256 * 1024)

/* --- what was sent before --- */

/* Oldest first; one a buffer and one for all, kept by the caller. */
struct editor_history {
    GPtrArray *lines; /* char *, owned */
    unsigned max;
};
struct editor_history *editor_history_new(unsigned max);
void editor_history_free(struct editor_history *history); /* NULL is allowed */
/* Empty text and a repetition of the newest are not kept. */
void editor_history_add(struct editor_history *history, const char *text);
/* How many lines back the next one stands that is more than `back` lines back, holds `part` (as a
 * search folds text) and is not the same as that at `back`; 0: none. An empty part is in every
 * line. */
unsigned editor_history_find(const struct editor_history *history, unsigned back, const char *part);
/* `back` from 1 to what find() gives; NULL beyond. */
const char *editor_history_line(const struct editor_history *history, unsigned back);

/* --- the editor --- */

struct editor;
struct editor *editor_new(const struct width_rules *rules); /* lent; NULL: the default */
void editor_free(struct editor *editor);

/* The whole text; valid until the next change. */
const char *editor_text(const struct editor *editor);
size_t editor_len(const struct editor *editor);
size_t editor_cursor(const struct editor *editor); /* in bytes */
bool editor_is_empty(const struct editor *editor);
/* Changes with every change of the text: for drafts. */
unsigned editor_serial(const struct editor *editor);

/* Replaces all; the cursor goes to `cursor` (brought to a cluster's start), or to the end for
 * SIZE_MAX. What was cut stays, what could be undone does not. */
void editor_set(struct editor *editor, const char *text, size_t cursor);
/* Empties and returns what was there. Free with g_free(). The caller adds it to the history. */
char *editor_take(struct editor *editor);

/* Inserts at the cursor, in place of what is selected, without controls but '\n' and '\t'. Returns
 * false, and inserts what fits, when EDITOR_MAX_BYTES would be passed. One step of undo. */
bool editor_insert(struct editor *editor, const char *text, size_t len);
/* The same for what is typed: letters of a word are undone together. */
void editor_insert_char(struct editor *editor, uint32_t ch);
/* Replaces bytes `from` … `to` (completion) and puts the cursor behind. One step of undo. */
void editor_replace(struct editor *editor, size_t from, size_t to, const char *text);

/* The bytes that are selected. False: none. */
bool editor_selection(const struct editor *editor, size_t *ret_from, size_t *ret_to);
/* False when nothing was. */
bool editor_deselect(struct editor *editor);
/* Puts `mark` before and behind what is selected, else the word at the cursor; takes it away where
 * it stands on both sides already. Without a word the cursor goes between two marks. */
void editor_wrap(struct editor *editor, const char *mark);

/* Does the editing actions of ui/keymap.h; false when the action is not the editor's (or has
 * nothing to do here: ACTION_DELETE_TO_END at the end of the text, where the caller opens the
 * switcher). `history` (or NULL) is recalled by UP in the first line and DOWN in the last; what was
 * being typed comes back below the newest. */
bool editor_action(struct editor *editor, enum action action, struct editor_history *history);
/* One line back or forward in a history, wherever the cursor is. False: there is none. */
bool editor_recall(struct editor *editor, const struct editor_history *history, bool back);

/* Rows that the text takes when it is wrapped to `cols`; at least 1, and not more than `most` are
 * counted. */
int editor_rows(const struct editor *editor, int cols, int most);

/* Puts the cursor where this cell of the text is, as it was drawn last in `cols`; behind the end of
 * a row, at its end. */
void editor_point(struct editor *editor, int cols, int row, int col);

/* Draws the text into a region, scrolled as little as needed for the cursor to be seen, and sets
 * the grid's cursor. Control characters are not in the text; a tab is drawn as blanks. */
void editor_draw(struct editor *editor, struct cells *cells, int row, int col, int rows, int cols,
                 struct style style);

#endif
