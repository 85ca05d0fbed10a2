/* Themes by their names: the person's own go before weft's. */
#ifndef WEFT_UI_THEME_FIND_H
#define WEFT_UI_THEME_FIND_H

#include "ui/theme.h"

/* `own`: the folder of the person's configuration; `dir`: weft's themes; both may be NULL. False
 * without an error: there is none of this name. */
bool
theme_find(struct theme *theme, const char *name, const char *own, const char *dir, GError **error);
/* All names, sorted, "auto" first. g_strfreev(). */
char **theme_names(const char *own, const char *dir);
/* "auto", or one that can be loaded; else `error` says what is the matter. */
bool theme_check(const char *name, const char *own, const char *dir, GError **error);

#endif
