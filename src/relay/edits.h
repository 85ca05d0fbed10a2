/* A text made of others, and a text changed in places, with the marks of both. */
#ifndef WEFT_RELAY_EDITS_H
#define WEFT_RELAY_EDITS_H

#include "model/rich.h"

/* A text that grows. */
struct piece {
    GString *text;
    GArray *spans; /* struct span */
};
void piece_init(struct piece *piece);
void piece_text(struct piece *piece, const char *text);
void piece_rich(struct piece *piece, const struct rich *rich);
/* What was gathered; the piece is cleared. */
struct rich *piece_finish(struct piece *piece);

/* Bytes [at, at + len) are to be `with`. In order, and apart from each other. */
struct edit_at {
    size_t at, len;
    struct rich *with; /* rich_free() with the array */
};
GArray *edits_new(void); /* struct edit_at */
void edits_add(GArray *edits, size_t at, size_t len, const char *with);
void edits_add_rich(GArray *edits, size_t at, size_t len, const struct rich *with);
/* What is put in brings its own spans. Spans follow their text; one that loses all of it goes. */
struct rich *edits_apply(const GArray *edits, const struct rich *rich);

#endif
