/* Questions below each other, each answered in one line: for the first run and for making a
 * channel. Knows nothing of what is asked. */
#ifndef WEFT_UI_FORM_H
#define WEFT_UI_FORM_H

#include "ui/keymap.h"
#include "ui/keys.h"
#include "ui/panes.h"

enum form_kind {
    FORM_TEXT,
    FORM_LINES,  /* likewise, with new lines in it */
    FORM_SECRET, /* typed and never shown; its value is the form's, and wiped */
    FORM_CHOICE, /* one of the words, by Left and Right or its first letter */
};

enum form_result {
    FORM_STAYS,
    FORM_ANSWERED, /* Enter and the like: who asks looks at the answer, and steps */
    FORM_CANCEL,
};

struct form;

struct form *form_new(const struct width_rules *rules);
void form_free(struct form *form); /* NULL is allowed */

/* Texts are copied. `choices`: NULL-terminated, for CHOICE. `value` NULL: empty, or the first. The
 * fields are numbered from 0 as they were added. */
size_t form_add(struct form *form, enum form_kind kind, const char *label, const char *help,
                const char *const *choices, const char *value);
/* Gives up the fields from `field` on. */
void form_truncate(struct form *form, size_t field);

/* What stands there now, the one that is being typed too; of a CHOICE its word. */
const char *form_value(const struct form *form, size_t field);
/* Which of the choices; 0 for others. */
size_t form_choice(const struct form *form, size_t field);
void form_set(struct form *form, size_t field, const char *value);
void form_set_choices(struct form *form, size_t field, const char *const *choices);
void form_set_help(struct form *form, size_t field, const char *help);
/* What is not shown is passed over. */
void form_show(struct form *form, size_t field, bool shown);
bool form_is_shown(const struct form *form, size_t field);

size_t form_current(const struct form *form);
void form_go(struct form *form, size_t field);
/* To the next one that is shown. False: there is none, all was asked. */
bool form_step(struct form *form);

enum form_result form_key(struct form *form, enum action action, struct key key);
/* One line of what was pasted. */
void form_paste(struct form *form, const char *text, size_t len);

/* Fills in fields, editor and help; they are the form's, until it changes. `asking`: the cursor is
 * in it. */
void form_view(struct form *form, bool asking, struct view_form *view);

#endif
