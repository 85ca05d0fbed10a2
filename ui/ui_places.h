/* Places on the screen: links into them, making a channel, finding one to join. A part of
 * ui_priv.h, which includes it. */
#ifndef WEFT_UI_UI_PLACES_H
#define WEFT_UI_UI_PLACES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/draw.h"
#include "ui/keymap.h"
#include "ui/keys.h"
#include "ui/layout.h"

struct ui;
struct ui_make;
struct ui_browse;

/* ui_over.c */
/* False with `error`: no network that is connected can. */
bool ui_over_make(struct ui *ui, int64_t buffer_id, const char *name, GError **error);
bool ui_over_browse(struct ui *ui, int64_t buffer_id, const char *words, GError **error);

/* ui_follow.c: opens what a link points to, or proposes an account for it */
void ui_follow(struct ui *ui, const char *link);
/* An account has another state: a link may wait for it. */
void ui_follow_waiting(struct ui *ui, int64_t account_id);
/* One more account; `link`: of it, or NULL. */
bool ui_follow_setup(struct ui *ui, const char *link, GError **error);
/* False: it leads to none of the accounts' servers. */
bool ui_follow_ours(struct ui *ui, const char *link);
/* Says what can be done with a link that is all there is in the line. */
void ui_follow_pasted(struct ui *ui);

/* ui_make.c; NULL: no network that is connected makes channels. `buffer_id`: where one is; `name`:
 * what was said of it already, or NULL */
struct ui_make *ui_make_new(struct ui *ui, int64_t buffer_id, const char *name);
void ui_make_free(struct ui_make *make);
void ui_make_key(struct ui_make *make, enum action action, struct key key);
void ui_make_paste(struct ui_make *make, const char *text, size_t len);
void ui_make_draw(struct ui_make *make, const struct canvas *canvas, struct rect rect);

/* ui_browse.c; NULL: nothing that is connected lists channels */
struct ui_browse *ui_browse_new(struct ui *ui, int64_t buffer_id, const char *words);
void ui_browse_free(struct ui_browse *browse);
void ui_browse_key(struct ui_browse *browse, enum action action, struct key key);
void ui_browse_paste(struct ui_browse *browse, const char *text, size_t len);
/* True: it was selected already. */
bool ui_browse_select(struct ui_browse *browse, size_t choice);
void ui_browse_draw(struct ui_browse *browse, const struct canvas *canvas, struct rect rect);

#endif
