/* The quick switcher: all buffers, narrowed by what is typed, and then people as well, with whom no
 * conversation stands open yet. */
#ifndef WEFT_UI_SWITCHER_H
#define WEFT_UI_SWITCHER_H

#include "core/core.h"
#include "core/people.h"
#include "ui/panes.h"

struct switcher;

/* `shown` is listed last, since one is there already. */
struct switcher *switcher_new(struct core *core, int64_t shown, const struct width_rules *rules);
void switcher_free(struct switcher *switcher);

/* What is typed. Call switcher_update() after a change of it, or of core's buffers. */
struct editor *switcher_query(struct switcher *switcher);
void switcher_update(struct switcher *switcher);
void switcher_move(struct switcher *switcher, int by);
void switcher_select(struct switcher *switcher, size_t choice);
/* The selected buffer; 0: none, or a person is. */
int64_t switcher_selected(const struct switcher *switcher);
/* The selected person; NULL: none. The switcher's. */
const struct person *switcher_person(const struct switcher *switcher);
/* Pointers are core's and the switcher's: for drawing at once. */
void switcher_view(struct switcher *switcher, struct view_switcher *ret_view);

#endif
