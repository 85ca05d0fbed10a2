#include "core/foreign.h"

#include <glib.h>

/* What the programs call it that people come from. What weft has under the same name stands in its
 * own tables, and goes before these. */
const struct foreign_command foreign_commands[] = {
    {"lastlog grep", "Ctrl-s finds in this buffer; /search looks everywhere."},
    {"hilight highlight dehilight",
     "Words that call you are lines keyword = WORD in [notify] of weft.conf; /inbox shows what has "
     "called you."},
    {"network",
     "An account is a section [account NAME] of weft.conf; /setup asks for one and writes it, "
     "/account lists them."},
    {"upgrade", "/quit ends weft, and the next start is the new version; nothing is lost between. "
                "/reload reads the configuration."},
    {"w", "/go NUMBER goes to a buffer; /window splitv and splith divide the screen."},
    {"wjoin", "/join enters a channel and shows it."},
    {"key bind", "/set keys.ACTION KEYS binds keys, and /keys PRESET takes those of another "
                 "program; F1 lists all."},
    {"save", "There is nothing to save: everything is written as it changes."},
    {"layout", "Windows come back as they were left."},
    {"filter",
     "/ignore hides what somebody says; /set look.joins smart leaves out most of who comes "
     "and goes."},
    {"bar sidebar", "Alt-B shows and hides the list of buffers, Alt-N the members."},
    {"mouse", "Alt-m gives the mouse to weft, and back to the terminal."},
    {"cursor", "F2 puts the cursor on a message; letters act on it then."},
    {"input", "F1 lists the keys of the line, with the names by which [keys] calls them."},
    {"fset", "/set alone lists the settings, /set look. those of one section."},
    {"plugin script lua python perl load", "weft runs no scripts."},
    {"alias", "weft has no aliases; [keys] gives actions keys of your choice."},
    {"scrollback", "/clear empties the screen; what was said stays in the history."},
    {"url urlgrab", "Ctrl-o lists the links of this buffer."},
    {"dcc xfer", "weft does not take files from strangers' machines directly."},
    {"ver", "/version asks the server, /about says which weft this is."},
    {"signoff", "/quit ends weft."},
    {"cycle hop rejoin", "/part leaves the channel, /join enters it again."},
    {"dnd", "/snooze 30m lets nothing call you for a while."},
    {0},
};

const char *
foreign_find(const char *name)
{
    for (const struct foreign_command *row = foreign_commands; row->names; row++) {
        g_auto(GStrv) names = g_strsplit(row->names, " ", -1);
        if (g_strv_contains((const char *const *)names, name))
            return row->here;
    }
    return NULL;
}
