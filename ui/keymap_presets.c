#include "ui/keymap_presets.h"

#include "base/error.h"
#include "ui/keymap.h"
#include "ui/suggest.h"
#include <string.h>

static const struct preset_row weft[] = {{0}};

/* WeeChat's "default" context. What it has and weft has not (merged buffers) keeps weft's keys;
 * docs/from-weechat-irssi.md tells. */
static const struct preset_row weechat[] = {
    {"cursor-right", "Ctrl-f"}, /* search keeps its second key */
    {"mark-all-read", "Alt-h Alt-c"},
    {"mark-read", "Alt-h Alt-m"},
    {"buffer-first", "Alt-j Alt-f"},
    {"buffer-last", "Alt-j Alt-l"},
    {"window-up", "Alt-w Alt-Up"},
    {"window-down", "Alt-w Alt-Down"},
    {"window-left", "Alt-w Alt-Left"},
    {"window-right", "Alt-w Alt-Right"},
    {0},
};

/* irssi's defaults. Its letters above the home row are windows 11 to 19: Alt-w begins nothing. */
static const struct preset_row irssi[] = {
    {"none", "Alt-w v"},      {"none", "Alt-w h"},       {"none", "Alt-w Up"},
    {"none", "Alt-w Down"},   {"none", "Alt-w Left"},    {"none", "Alt-w Right"},
    {"none", "Alt-w c"},      {"none", "Alt-w m"},       {"buffer-11", "Alt-q"},
    {"buffer-12", "Alt-w"},   {"buffer-13", "Alt-e"},    {"buffer-14", "Alt-r"},
    {"buffer-15", "Alt-t"},   {"buffer-16", "Alt-y"},    {"buffer-17", "Alt-u"},
    {"buffer-18", "Alt-i"},   {"buffer-19", "Alt-o"},    {"scroll-up", "Alt-p"},
    {"scroll-down", "Alt-n"}, {"delete-line", "Ctrl-u"}, {0},
};

const char *const keymap_presets[] = {"weft", "weechat", "irssi", NULL};
static const struct preset_row *const rows[] = {weft, weechat, irssi};

static const char *
name_at(int i)
{
    return keymap_presets[i];
}

const struct preset_row *
preset_find(const char *name, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(keymap_presets[i], name) == 0)
            return rows[i];
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "There is no preset \"%s\"; the nearest is \"%s\". They are weft, weechat and "
                "irssi.",
                name, suggest_nearest(name, name_at, G_N_ELEMENTS(rows)));
    return NULL;
}
