#include "ui/clipboard.h"

#include <string.h>

#include "text/plain.h"

/* After the last whole line that fits, unless there is none. */
static void
cut_at_line(char *text)
{
    char *end = strrchr(text, '\n');

    if (end != NULL && end > text)
        *end = '\0';
}

char *
clipboard_plain(const char *text, size_t max_bytes, bool *ret_cut)
{
    g_autofree char *whole = plain_dup(text, (size_t)-1);
    const size_t len = strlen(g_strchomp(whole));
    char *out;

    *ret_cut = len > max_bytes;
    if (!*ret_cut)
        return g_steal_pointer(&whole);
    out = plain_dup(whole, max_bytes);
    if (whole[strlen(out)] != '\n')
        cut_at_line(out);
    return g_strchomp(out);
}

const char *
clipboard_lack(term_kind_fn get)
{
    const char *type = get("TERM");

    if (get("STY") != NULL)
        return "GNU screen gives nothing to the terminal's clipboard.";
    if (g_strcmp0(type, "linux") == 0)
        return "This terminal has no clipboard.";
    return NULL;
}

void
clipboard_append(GString *out, const char *text, bool in_tmux)
{
    g_autofree char *coded = g_base64_encode((const guchar *)text, strlen(text));

    g_string_append_printf(out, "\033]52;c;%s\033\\", coded);
    if (in_tmux)
        g_string_append_printf(out, "\033Ptmux;\033\033]52;c;%s\033\033\\\033\\", coded);
}
