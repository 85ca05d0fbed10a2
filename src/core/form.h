/* Forms that programs ask the person to fill in. */
#ifndef WEFT_CORE_FORM_H
#define WEFT_CORE_FORM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/program_form.h"

struct core;

/* NOTICE_FORM tells of a new one, of one that changed, and of one that is gone: then this is NULL.
 * Valid until the loop turns. */
const struct program_form *core_form(struct core *core, uint64_t id);
/* One answer for each field, in order. False: `error`, or the fields say what is wrong; else
 * NOTICE_FORM tells how it ends. */
bool core_form_fill(struct core *core, uint64_t id, const char *const *values, GError **error);
/* The person does not want to. */
void core_form_leave(struct core *core, uint64_t id);

#endif
