#include "ui/term_kind.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static bool
is_one_of(const char *text, const char *const *names)
{
    return text != NULL && g_strv_contains(names, text);
}

static bool
begins_with_one_of(const char *text, const char *const *names)
{
    for (; *names != NULL; names++)
        if (g_str_has_prefix(text, *names))
            return true;
    return false;
}

/* "3.4", "3.5a", "next-3.6"; a build of its newest source says "master". */
static bool
tmux_passes(const char *version)
{
    char *end;
    if (version == NULL)
        return false;
    if (strcmp(version, "master") == 0)
        return true;
    version += g_str_has_prefix(version, "next-") ? strlen("next-") : 0;
    unsigned long major = strtoul(version, &end, 10);
    unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
    return major > 3 || (major == 3 && minor >= 4);
}

static unsigned long
number_of(const char *text)
{
    return text != NULL ? strtoul(text, NULL, 10) : 0;
}

bool
term_kind_has_hyperlinks(const char *type, term_kind_fn get)
{
    static const char *const types[] = {"xterm-kitty",   "kitty",   "foot",    "alacritty",
                                        "xterm-ghostty", "wezterm", "contour", NULL};
    static const char *const programs[] = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper",
                                           "mintty",    "Tabby",   "rio",    NULL};
    const char *program = get("TERM_PROGRAM");
    if (get("STY") != NULL)
        return false;
    if (get("TMUX") != NULL || g_str_has_prefix(type, "tmux"))
        return g_strcmp0(program, "tmux") == 0 && tmux_passes(get("TERM_PROGRAM_VERSION"));
    if (g_str_has_prefix(type, "screen") || strcmp(type, "linux") == 0)
        return false;
    return begins_with_one_of(type, types) || is_one_of(program, programs) ||
           number_of(get("VTE_VERSION")) >= 5000 || number_of(get("KONSOLE_VERSION")) >= 201200 ||
           get("WT_SESSION") != NULL || get("KITTY_WINDOW_ID") != NULL;
}

enum term_kind_bidi
term_kind_bidi(const char *type, term_kind_fn get)
{
    const bool told = number_of(get("VTE_VERSION")) >= 5800 || g_str_has_prefix(type, "mlterm");

    if (told && get("TMUX") == NULL && get("STY") == NULL)
        return TERM_KIND_BIDI_TOLD;
    return told || get("KONSOLE_VERSION") != NULL ||
                   g_strcmp0(get("TERM_PROGRAM"), "Apple_Terminal") == 0
               ? TERM_KIND_BIDI_ITSELF
               : TERM_KIND_BIDI_NONE;
}
