#include "ui/terminfo.h"

#include <glib.h>
#include <string.h>

/* These two last: they define common words. */
#include <curses.h>
#include <term.h>

bool
terminfo_open(const char *type, int fd)
{
    int status = 0;
    return setupterm(type, fd, &status) == OK;
}

void
terminfo_close(void)
{
    del_curterm(cur_term);
}

char *
terminfo_string(const char *name)
{
    const char *found = tigetstr(name);
    if (!terminfo_has(name))
        return NULL;
    GString *out = g_string_new(NULL);
    for (const char *at = found; *at != '\0'; at++) {
        const char *end = at[0] == '$' && at[1] == '<' ? strchr(at, '>') : NULL;
        if (end != NULL)
            at = end;
        else
            g_string_append_c(out, *at);
    }
    return g_string_free(out, FALSE);
}

bool
terminfo_has(const char *name)
{
    const char *found = tigetstr(name);
    return found != NULL && found != (const char *)-1 && *found != '\0';
}

bool
terminfo_flag(const char *name)
{
    return tigetflag(name) > 0;
}

int
terminfo_number(const char *name)
{
    return tigetnum(name);
}
