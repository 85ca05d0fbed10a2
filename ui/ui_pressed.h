/* What a pressed button leads through: the list of a message's buttons, the form that a program
 * opens. */
#ifndef WEFT_UI_PRESSED_H
#define WEFT_UI_PRESSED_H

#include "ui/ui_priv.h"

/* ui_buttons.c: those of a message, to press one */
struct ui_buttons *ui_buttons_new(struct ui *ui, struct message *message);
void ui_buttons_free(struct ui_buttons *buttons);
void ui_buttons_key(struct ui_buttons *buttons, enum action action);
void ui_buttons_select(struct ui_buttons *buttons, size_t choice);
void ui_buttons_draw(struct ui_buttons *buttons, const struct canvas *canvas, struct rect rect);

/* ui_fill.c: a form that a program asks the person to fill in */
struct ui_fill *ui_fill_new(struct ui *ui, uint64_t form_id); /* NULL: it is gone */
void ui_fill_free(struct ui_fill *fill);
uint64_t ui_fill_id(const struct ui_fill *fill);
/* NOTICE_FORM: its answers were refused, or it is gone. */
void ui_fill_changed(struct ui_fill *fill);
void ui_fill_key(struct ui_fill *fill, enum action action, struct key key);
void ui_fill_paste(struct ui_fill *fill, const char *text, size_t len);
void ui_fill_draw(struct ui_fill *fill, const struct canvas *canvas, struct rect rect);

#endif
