/* A line that is typed and never shown: fixed memory, nothing copied, wiped at the end. */
#ifndef WEFT_UI_SECRET_TEXT_H
#define WEFT_UI_SECRET_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/keymap.h"
#include "ui/keys.h"

struct secret_text {
    char text[1024]; /* NUL-terminated UTF-8 */
    size_t len;
};

void secret_text_wipe(struct secret_text *secret);
/* What does not fit, and controls, are left out. */
void secret_text_insert(struct secret_text *secret, const char *text, size_t len);
/* Typing, Backspace and Ctrl-u. */
void secret_text_key(struct secret_text *secret, enum action action, struct key key);

#endif
