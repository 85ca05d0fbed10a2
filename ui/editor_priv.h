/* Shared by the editor's files: editor.c (the text and what actions do), editor_undo.c,
 * editor_ring.c (what was cut), editor_word.c (letters and words), editor_draw.c. */
#ifndef WEFT_UI_EDITOR_PRIV_H
#define WEFT_UI_EDITOR_PRIV_H

#include "ui/editor.h"

#define RING_MAX 32
#define UNDO_MAX 500
/* Texts of the ring, and of all that can be undone: the oldest go. */
#define RING_MAX_BYTES (512 * 1024)
#define UNDO_MAX_BYTES (1024 * 1024)

/* What the last action was, for those that go on with it. */
enum editor_last {
    LAST_OTHER,
    LAST_CUT,  /* the next cut joins it */
    LAST_YANK, /* may be replaced by what was cut before */
    LAST_TYPED,
    LAST_ERASED,
};

struct editor_change {
    size_t at;
    char *removed, *inserted; /* owned */
    size_t cursor;            /* before it */
};

struct editor_undo {
    GQueue done;   /* struct editor_change, oldest first */
    GQueue undone; /* the last undone first */
    size_t bytes;  /* of `done` */
};

struct editor {
    GString *text;
    size_t cursor; /* a cluster's edge */
    unsigned serial;
    const struct width_rules *rules;

    enum editor_last last;
    struct editor_undo undo;
    GQueue ring;       /* char *, newest first */
    size_t ring_bytes; /* of all */
    unsigned ring_at;  /* which was put back last */
    size_t yank_from;  /* … and where; up to the cursor */

    bool selecting; /* from `anchor` to the cursor */
    bool marked;    /* by a mark: moves go on selecting */
    size_t anchor;

    unsigned recall;                      /* how many lines back in the history; 0: not there */
    const struct editor_history *history; /* that one; only compared, never looked into */
    char *draft;                          /* what was being typed before the recall, or NULL */

    int top; /* the first row drawn */
};

/* editor.c. All changes go through this: bytes [from, to) become `text`, the cursor stands behind.
 */
void editor_splice(struct editor *editor, size_t from, size_t to, const char *text, size_t len);
/* Puts the cursor at `at`, or at the end of the cluster that `at` lies in. */
void editor_move_to(struct editor *editor, size_t at);
size_t editor_left_of(const struct editor *editor, size_t at);
size_t editor_right_of(const struct editor *editor, size_t at);
size_t editor_line_start(const struct editor *editor, size_t at);
size_t editor_line_end(const struct editor *editor, size_t at);

/* editor_undo.c. `joins`: it goes on with the change before, where the two touch. */
void
undo_note(struct editor *editor, size_t from, size_t to, const char *text, size_t len, bool joins);
void undo_forget(struct editor *editor);
void editor_undo(struct editor *editor);
void editor_redo(struct editor *editor);

/* editor_ring.c */
void ring_fini(struct editor *editor);
/* Cuts bytes [from, to); right after another cut it joins that one, before or behind it. */
void editor_cut(struct editor *editor, size_t from, size_t to, enum editor_last last);
void editor_yank(struct editor *editor);
void editor_yank_pop(struct editor *editor, enum editor_last last);

/* editor_word.c: what an action does to letters and words; false: it is another's. */
bool editor_word_action(struct editor *editor, enum action action);

#endif
