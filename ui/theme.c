#include "ui/theme.h"

#include "base/error.h"
#include "base/file.h"
#include "ui/suggest.h"
#include <string.h>

#define THEME_MAX_BYTES (64 * 1024)
/* Of a text's own colours: WCAG wants 4.5, and color_contrast() is a little off. */
#define LEAST_CONTRAST   470
#define LEAST_OF_SIXTEEN 300
#define MAX_CHOICES      3 /* colours in a row: one for each kind of terminal */

static const struct {
    const char *name, *look;
} roles[ROLE_N] = {
#define X(id, name, look) {name, look},
    ROLE_TABLE(X)
#undef X
};

static const char *const colors[] = {"black", "red",     "green", "yellow",
                                     "blue",  "magenta", "cyan",  "white"};

static const struct {
    const char *name;
    enum style_attr attr;
} attrs[] = {
    {"bold", STYLE_BOLD},           {"dim", STYLE_DIM},         {"italic", STYLE_ITALIC},
    {"underline", STYLE_UNDERLINE}, {"reverse", STYLE_REVERSE}, {"strike", STYLE_STRIKE},
};

const char *
role_name(enum role role)
{
    return role < ROLE_N ? roles[role].name : "";
}

enum role
role_from_name(const char *name)
{
    int role = 0;
    while (role < ROLE_N && strcmp(roles[role].name, name) != 0)
        role++;
    return (enum role)role;
}

/* One letter as every network folds it; an older rule has four more pairs. */
static unsigned char
fold_byte(unsigned char byte)
{
    static const char upper[] = "[]\\~", lower[] = "{}|^";
    const char *at = byte != '\0' ? strchr(upper, byte) : NULL;
    return at != NULL ? (unsigned char)lower[at - upper] : (unsigned char)g_ascii_tolower(byte);
}

enum role
theme_nick_role(const char *nick)
{
    g_autofree char *folded = g_str_is_ascii(nick) ? NULL : g_utf8_casefold(nick, -1);
    const char *name = folded != NULL ? folded : nick;
    size_t len = strlen(name), end = len;
    while (end > 0 && strchr("_`", name[end - 1]) != NULL)
        end--;
    /* FNV-1a: fixed for ever, unlike g_str_hash(), which GLib may change. */
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < (end > 0 ? end : len); i++)
        hash = (hash ^ fold_byte((unsigned char)name[i])) * 16777619u;
    return (enum role)(ROLE_NICK_1 + (hash ^ hash >> 16) % ROLE_NICKS);
}

void
theme_plain_nicks(struct theme *theme)
{
    for (int role = ROLE_NICK_1; role <= ROLE_NICK_8; role++) {
        theme->roles[role] = theme->roles[ROLE_NICK_OTHER];
        for (int depth = 0; depth < COLOR_DEPTH_N; depth++)
            theme->looks[depth][role] = theme->looks[depth][ROLE_NICK_OTHER];
    }
}

/* Dark names are meant for light paper. */
static void
guess_paper(struct theme *theme)
{
    unsigned on_black = 0, on_white = 0;
    for (int role = ROLE_NICK_1; role <= ROLE_NICK_8; role++) {
        uint32_t color = theme->looks[COLOR_DEPTH_TRUE][role].fg;
        on_black += color != COLOR_DEFAULT ? color_contrast(color_rgb(color), 0) : 0;
        on_white += color != COLOR_DEFAULT ? color_contrast(color_rgb(color), 0xffffff) : 0;
    }
    theme->paper = on_white > on_black ? 0xffffff : 0;
}

/* As what the terminal shows in its place. */
static bool
can_read(const struct theme *theme, uint32_t color, uint32_t bg)
{
    color = color_reduce(color, theme->depth);
    return color != COLOR_DEFAULT &&
           color_contrast(color_rgb(color), bg) >=
               (theme->depth == COLOR_DEPTH_16 ? LEAST_OF_SIXTEEN : LEAST_CONTRAST);
}

static uint32_t
readable(const struct theme *theme, uint32_t color, uint32_t bg)
{
    uint32_t ink = color_contrast(0xffffff, bg) > color_contrast(0, bg) ? 0xffffff : 0;
    uint32_t fg = color != COLOR_DEFAULT ? color_rgb(color) : ink;
    if (color != COLOR_DEFAULT && can_read(theme, color, bg))
        return color;
    for (unsigned wanted = LEAST_CONTRAST; wanted < 3 * LEAST_CONTRAST; wanted += 100) {
        color = COLOR_RGB(color_readable(fg, bg, wanted));
        if (can_read(theme, color, bg))
            return color;
    }
    return COLOR_INDEX(ink != 0 ? 15 : 0);
}

struct style
theme_tint(const struct theme *theme, struct style under, struct style over)
{
    struct style style = style_over(under, over);
    if (over.fg == COLOR_DEFAULT && over.bg == COLOR_DEFAULT)
        return style;
    if (theme->no_tints || theme->depth == COLOR_DEPTH_MONO)
        return (struct style){under.fg, under.bg, style.attrs};
    style.bg = color_reduce(style.bg, theme->depth);
    uint32_t bg = style.bg != COLOR_DEFAULT ? color_rgb(style.bg) : theme->paper;
    style.fg = readable(theme, style.fg, bg);
    return style;
}

static const char *
name_at(int role)
{
    return roles[role].name;
}

static bool
parse_color(const char *word, uint32_t *ret)
{
    guint64 n;
    if (strcmp(word, "default") == 0) {
        *ret = COLOR_DEFAULT;
        return true;
    }
    if (word[0] == '#') {
        if (strlen(word) != 7 || !g_ascii_string_to_unsigned(word + 1, 16, 0, 0xffffff, &n, NULL))
            return false;
        *ret = COLOR_RGB(n);
        return true;
    }
    if (g_ascii_string_to_unsigned(word, 10, 0, 255, &n, NULL)) {
        *ret = COLOR_INDEX(n);
        return true;
    }
    bool bright = g_str_has_prefix(word, "bright-");
    const char *name = bright ? word + strlen("bright-") : word;
    for (unsigned i = 0; i < G_N_ELEMENTS(colors); i++) {
        if (strcmp(name, colors[i]) == 0) {
            *ret = COLOR_INDEX(i + (bright ? 8 : 0));
            return true;
        }
    }
    return false;
}

/* "#e5786d,203,red": the first is for true colour, the last for sixteen, the one between for 256.
 */
static bool
parse_colors(const char *word, enum color_depth depth, uint32_t *ret)
{
    g_auto(GStrv) each = g_strsplit(word, ",", MAX_CHOICES + 1);
    unsigned n = g_strv_length(each);
    uint32_t choices[MAX_CHOICES];
    if (n == 0 || n > MAX_CHOICES)
        return false;
    for (unsigned i = 0; i < n; i++)
        if (!parse_color(each[i], &choices[i]))
            return false;
    *ret = choices[depth == COLOR_DEPTH_TRUE ? 0 : depth == COLOR_DEPTH_256 ? (n - 1) / 2 : n - 1];
    return true;
}

static bool
parse_word(const char *word, enum color_depth depth, struct style *style, GError **error)
{
    if (g_str_has_prefix(word, "fg=") || g_str_has_prefix(word, "bg=")) {
        if (parse_colors(word + 3, depth, word[0] == 'f' ? &style->fg : &style->bg))
            return true;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "\"%s\" is not a colour; use default, a name like red or bright-red, "
                    "0 to 255, or #rrggbb, or up to three of them: #rrggbb,203,red",
                    word + 3);
        return false;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(attrs); i++) {
        if (strcmp(word, attrs[i].name) == 0) {
            style->attrs |= attrs[i].attr;
            return true;
        }
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "\"%s\" is not part of a look; use fg=, bg=, bold, dim, italic, underline, reverse "
                "or strike",
                word);
    return false;
}

bool
theme_parse_style(const char *text, enum color_depth depth, struct style *ret_style,
                  int *ret_column, GError **error)
{
    struct style style = {0};
    const char *at = text;
    for (;;) {
        at += strspn(at, " \t");
        size_t len = strcspn(at, " \t");
        if (len == 0)
            break;
        g_autofree char *word = g_strndup(at, len);
        if (!parse_word(word, depth, &style, error)) {
            if (ret_column != NULL)
                *ret_column = (int)(at - text) + 1;
            return false;
        }
        at += len;
    }
    *ret_style = style;
    return true;
}

static bool
parse_role(struct theme *theme, enum role role, const char *look, int *ret_column, GError **error)
{
    for (int depth = 0; depth < COLOR_DEPTH_N; depth++)
        if (!theme_parse_style(look, (enum color_depth)depth, &theme->looks[depth][role],
                               ret_column, error))
            return false;
    return true;
}

void
theme_init(struct theme *theme)
{
    for (int role = 0; role < ROLE_N; role++) {
        bool ok = parse_role(theme, (enum role)role, roles[role].look, NULL, NULL);
        g_assert(ok);
    }
    theme->no_tints = false;
    guess_paper(theme);
    theme_limit(theme, COLOR_DEPTH_TRUE);
}

void
theme_limit(struct theme *theme, enum color_depth depth)
{
    memcpy(theme->roles, theme->looks[depth], sizeof theme->roles);
    theme->depth = depth;
}

/* `role = look`. `*column`: where an error stands. */
static bool
parse_line(struct theme *theme, bool *seen, char *line, int *column, GError **error)
{
    char *start = line + strspn(line, " \t");
    *column = (int)(start - line) + 1;
    if (*start == '\0' || line[0] == '#' || line[0] == ';')
        return true;
    char *equals = strchr(start, '=');
    size_t name_len = strcspn(start, " \t=");
    if (equals == NULL || start + name_len + strspn(start + name_len, " \t") != equals) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "a line reads \"role = look\"");
        return false;
    }
    g_autofree char *name = g_strndup(start, name_len);
    enum role role = role_from_name(name);
    if (role == ROLE_N) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "there is no role \"%s\"; the nearest is \"%s\"", name,
                    suggest_nearest(name, name_at, ROLE_N));
        return false;
    }
    if (seen[role]) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "\"%s\" stands in this file twice",
                    name);
        return false;
    }
    int inside = 1;
    if (!parse_role(theme, role, equals + 1, &inside, error)) {
        *column = (int)(equals + 1 - line) + inside;
        return false;
    }
    seen[role] = true;
    return true;
}

bool
theme_parse(struct theme *theme, const char *name, const char *text, size_t len, GError **error)
{
    if (len > THEME_MAX_BYTES) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "%s is larger than a theme can be (64 KiB).", name);
        return false;
    }
    if (!g_utf8_validate_len(text, len, NULL)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s is not UTF-8 text.", name);
        return false;
    }
    struct theme parsed = *theme;
    bool seen[ROLE_N] = {false};
    g_autofree char *copy = g_strndup(text, len);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (int row = 0; lines[row] != NULL; row++) {
        int column = 1;
        g_autoptr(GError) why = NULL;
        g_strchomp(lines[row]);
        if (!parse_line(&parsed, seen, lines[row], &column, &why)) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s:%d:%d: %s.", name, row + 1,
                        column, why->message);
            return false;
        }
    }
    guess_paper(&parsed);
    theme_limit(&parsed, COLOR_DEPTH_TRUE);
    *theme = parsed;
    return true;
}

bool
theme_load(struct theme *theme, const char *path, GError **error)
{
    size_t len;
    g_autofree char *text = file_read(path, THEME_MAX_BYTES, &len, error);
    if (text == NULL)
        return false;
    struct theme loaded;
    theme_init(&loaded);
    if (!theme_parse(&loaded, path, text, len, error))
        return false;
    *theme = loaded;
    return true;
}
