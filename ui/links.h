/* The targets of the links that are on the screen, and a number for each: what a cell holds. A
 * number is never given to another target, so two frames can be compared. */
#ifndef WEFT_UI_LINKS_H
#define WEFT_UI_LINKS_H

#include <stdint.h>

struct links;

struct links *links_new(void);
void links_free(struct links *links); /* NULL is allowed */

/* 0: not one that may reach a terminal (anything but printable ASCII without blanks in it). */
uint32_t links_number(struct links *links, const char *target);
/* NULL: none (any more). Borrowed until the next frame begins. */
const char *links_target(const struct links *links, uint32_t number);

/* A frame begins: what the earlier ones held may be forgotten. */
void links_begin(struct links *links);

#endif
