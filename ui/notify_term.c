#include "ui/notify_term.h"

#include <string.h>

static bool
is(const char *(*get)(const char *name), const char *name, const char *value)
{
    return g_strcmp0(get(name), value) == 0;
}

static bool
is_set(const char *(*get)(const char *name), const char *name)
{
    const char *value = get(name);

    return value != NULL && *value != '\0';
}

/* Inside of tmux TERM is tmux's; these are what the terminal left in the environment of tmux. */
static enum notify_osc
find_osc(const char *(*get)(const char *name))
{
    const char *type = get("TERM");

    if (type == NULL)
        type = "";
    if (strcmp(type, "xterm-kitty") == 0 || is_set(get, "KITTY_WINDOW_ID"))
        return NOTIFY_OSC_99;
    if (g_str_has_prefix(type, "foot") || strcmp(type, "xterm-ghostty") == 0 ||
        strcmp(type, "wezterm") == 0 || strcmp(type, "contour") == 0 ||
        is(get, "TERM_PROGRAM", "ghostty") || is(get, "TERM_PROGRAM", "WezTerm") ||
        is_set(get, "GHOSTTY_RESOURCES_DIR") || is_set(get, "WEZTERM_PANE"))
        return NOTIFY_OSC_777;
    if (is(get, "TERM_PROGRAM", "iTerm.app") || is(get, "LC_TERMINAL", "iTerm2"))
        return NOTIFY_OSC_9;
    return NOTIFY_OSC_NONE;
}

struct notify_term
notify_term_find(const char *(*get)(const char *name))
{
    return (struct notify_term){find_osc(get), is_set(get, "TMUX")};
}

/* The words hold no controls; that none passes does not hang on that. */
static void
append_words(GString *out, const char *text, const char *without)
{
    for (const char *at = text; *at != '\0'; at += g_utf8_skip[(guchar)*at]) {
        const gunichar c = g_utf8_get_char(at);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            continue;
        if (c < 0x80 && strchr(without, (int)c) != NULL)
            g_string_append_c(out, ',');
        else
            g_string_append_unichar(out, c);
    }
}

/* A number with a semicolon behind it, at the beginning, is a command to some terminals. */
static void
append_9(GString *out, const struct call *call)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_words(text, call->title, "");
    if (*call->body != '\0') {
        g_string_append(text, ": ");
        append_words(text, call->body, "");
    }
    const size_t digits = strspn(text->str, "0123456789");
    if (text->str[digits] == ';')
        text->str[digits] = ',';
    g_string_append_printf(out, "\033]9;%s\033\\", text->str);
}

static void
append_777(GString *out, const struct call *call)
{
    g_string_append(out, "\033]777;notify;");
    append_words(out, call->title, ";");
    g_string_append_c(out, ';');
    append_words(out, call->body, "");
    g_string_append(out, "\033\\");
}

static void
append_99(GString *out, const struct call *call, unsigned number)
{
    g_autofree char *title = g_base64_encode((const guchar *)call->title, strlen(call->title));
    g_autofree char *body = g_base64_encode((const guchar *)call->body, strlen(call->body));
    const bool more = *call->body != '\0';

    g_string_append_printf(out, "\033]99;i=weft%u:d=%d:e=1:u=%d;%s\033\\", number, !more,
                           (int)call->urgency, title);
    if (more)
        g_string_append_printf(out, "\033]99;i=weft%u:d=1:e=1:p=body;%s\033\\", number, body);
}

/* Each string by itself, its ESCs doubled. */
static void
append_wrapped(GString *out, const char *sequences)
{
    g_auto(GStrv) each = g_strsplit(sequences, "\033\\", -1);

    for (char **at = each; *at != NULL && **at != '\0'; at++)
        g_string_append_printf(out, "\033Ptmux;\033%s\033\033\\\033\\", *at);
}

void
notify_term_append(GString *out, struct notify_term term, const struct call *call, unsigned number)
{
    g_autoptr(GString) bytes = g_string_new(NULL);

    switch (term.osc) {
    case NOTIFY_OSC_NONE:
        break;
    case NOTIFY_OSC_9:
        append_9(bytes, call);
        break;
    case NOTIFY_OSC_777:
        append_777(bytes, call);
        break;
    case NOTIFY_OSC_99:
        append_99(bytes, call, number);
        break;
    }
    if (term.tmux) {
        append_wrapped(out, bytes->str);
        g_string_append_c(out, '\a');
    } else {
        g_string_append_len(out, bytes->str, (gssize)bytes->len);
    }
}
