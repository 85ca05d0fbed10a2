/* Styled text, and its wrapping into rows.
 *
 * `struct styled` is one string with runs of roles on it. Wrapping looks only at the text and says
 * which bytes each row shows; drawing a row puts the runs on. Rows break at blanks; a word that is
 * longer than a row (a link) breaks between clusters; a '\n' always breaks. */
#ifndef WEFT_UI_WRAP_H
#define WEFT_UI_WRAP_H

#include "text/display.h"
#include "text/width.h"
#include "ui/cells.h"
#include "ui/theme.h"
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct styled_run {
    uint32_t end_bytes; /* from the end of the run before it (or 0) up to here */
    uint8_t role;       /* enum role */
    bool hidden;        /* a spoiler: "▒" is drawn in its place */
    uint16_t link;      /* 1 + an index into `links`; 0: none */
    struct style over;  /* on top of the role's own look: colours where it has them, attributes */
};

/* A line at the left of the rows that begin within these bytes: code, a quotation. */
struct styled_bar {
    size_t from, to;
    enum role role;
};

struct styled {
    GString *text;
    GArray *runs;            /* struct styled_run, covering all of the text */
    GArray *marks;           /* struct display_mark of the last foreign text */
    size_t foreign_at_bytes; /* where that began */
    GPtrArray *links;        /* char *: targets, by text/link.h; NULL: none */
    GArray *bars;            /* struct styled_bar; NULL: none */
};

void styled_init(struct styled *styled);
void styled_fini(struct styled *styled);
void styled_clear(struct styled *styled);

/* Appends text of weft's own, which needs no cleaning. `len` -1: up to the NUL. */
void
styled_append(struct styled *styled, const char *text, gssize len, enum role role, uint32_t attrs);
/* Appends foreign text by text/display.h; what is marked gets ROLE_MARK. */
void styled_append_foreign(struct styled *styled, const char *text, gssize len,
                           enum display_mode mode, enum role role, uint32_t attrs);
/* Where byte `src` of the text given to the last styled_append_foreign() stands now: for its spans.
 */
size_t styled_place(const struct styled *styled, size_t src);
/* Changes the look of bytes `from` … `to` of the text: role (ROLE_N: keep) and attributes added.
 * Marks keep their role. For spans on text that was appended before. */
void styled_restyle(struct styled *styled, size_t from, size_t to, enum role role, uint32_t attrs);

/* The same for colours of the text's own (a SPAN_COLOR): lies over the role's look. */
void styled_tint(struct styled *styled, size_t from, size_t to, struct style over);

/* Links that one text may have; what comes behind them is text. */
#define STYLED_MAX_LINKS 1000
/* Copies `target`, which link_target() gave. */
void styled_link(struct styled *styled, size_t from, size_t to, const char *target);
void styled_hide(struct styled *styled, size_t from, size_t to);
void styled_bar(struct styled *styled, size_t from, size_t to, enum role role);
/* ROLE_N: none. */
enum role styled_bar_at(const struct styled *styled, size_t at);

struct wrap_row {
    uint32_t start_bytes, len_bytes; /* of the text; blanks at the break belong to no row */
    uint16_t indent_cols;            /* blank columns before it: 0 in the first row (but from the
                                        right, where rows end under each other) */
    uint16_t cols;                   /* what the text takes, without the indent */
};

/* Adds a struct wrap_row for each row to `rows` (a GArray of them; not emptied first) and returns
 * how many. At least one, for empty text too. `cols` is at least 1; all rows but the first are
 * indented by `indent_cols`, and a line that begins with blanks goes on below its first word; both
 * are brought down to leave at least half of the columns. `rows`
 * NULL only counts. */
int wrap_text(const char *text, size_t len, int cols, int indent_cols,
              const struct width_rules *rules, GArray *rows);
int wrap_styled(const struct styled *styled, int cols, int indent_cols,
                const struct width_rules *rules, GArray *rows);

/* Draws one row at (row, col), in at most `max_cols` columns, indent included. `base` lies under
 * the roles (a highlighted line's background). Returns the columns taken. */
int wrap_draw(struct cells *cells, int row, int col, int max_cols, const struct styled *styled,
              const struct wrap_row *which, const struct theme *theme, struct style base);

#endif
