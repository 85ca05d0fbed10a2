/* The rows of emoji.txt, which emoji.awk makes a C array of. For emoji.c. */
#ifndef WEFT_TEXT_EMOJI_TABLE_H
#define WEFT_TEXT_EMOJI_TABLE_H

#include <stddef.h>

#include "text/emoji.h"

extern const struct emoji emoji_table[];
extern const size_t emoji_table_n;

#endif
