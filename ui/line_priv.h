/* Shared by line.c (life, rows) and line_compose.c (what a line says). */
#ifndef WEFT_UI_LINE_PRIV_H
#define WEFT_UI_LINE_PRIV_H

#include "ui/line.h"

/* "the server" where it is nobody else. */
const char *line_sender(const struct message *message);
/* Somebody said it: it did not just happen. */
bool line_is_said(enum message_kind kind);

/* Fills `line->text`. */
void line_compose(struct line *line, bool with_nick);
/* Adds "… 31 more lines", and what became of the message, in place of the rows that said so. */
void line_compose_more(struct line *line, unsigned n_rows);

#endif
