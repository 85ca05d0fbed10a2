/* What ncurses knows of a terminal, and nothing else of ncurses: its headers define struct term and
 * KEY_UP in their own way, so only terminfo.c includes them. The description is ncurses' own
 * global; one at a time. */
#ifndef WEFT_UI_TERMINFO_H
#define WEFT_UI_TERMINFO_H

#include <stdbool.h>

/* False when the system has no description of `type`. Prints nothing and never ends the program. */
bool terminfo_open(const char *type, int fd);
void terminfo_close(void);

/* A string without its padding ("$<5>"), NULL when the terminal has none. Free with g_free(). */
char *terminfo_string(const char *name);
bool terminfo_has(const char *name); /* a string that is not empty */
bool terminfo_flag(const char *name);
int terminfo_number(const char *name); /* -1 or less when there is none */

#endif
