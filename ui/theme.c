#include "ui/theme.h"

#include "base/error.h"
#include "base/file.h"
#include "ui/suggest.h"
#include <string.h>

#define THEME_MAX_BYTES (64 * 1024)

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

enum role
theme_nick_role(const char *nick)
{
    /* FNV-1a: fixed for ever, unlike g_str_hash(), which GLib may change. */
    uint32_t hash = 2166136261u;
    for (; *nick != '\0'; nick++)
        hash = (hash ^ (unsigned char)*nick) * 16777619u;
    return (enum role)(ROLE_NICK_1 + (hash ^ hash >> 16) % ROLE_NICKS);
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

static bool
parse_word(const char *word, struct style *style, GError **error)
{
    if (g_str_has_prefix(word, "fg=") || g_str_has_prefix(word, "bg=")) {
        if (parse_color(word + 3, word[0] == 'f' ? &style->fg : &style->bg))
            return true;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "\"%s\" is not a colour; use default, a name like red or bright-red, "
                    "0 to 255, or #rrggbb",
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
theme_parse_style(const char *text, struct style *ret_style, int *ret_column, GError **error)
{
    struct style style = {0};
    const char *at = text;
    for (;;) {
        at += strspn(at, " \t");
        size_t len = strcspn(at, " \t");
        if (len == 0)
            break;
        g_autofree char *word = g_strndup(at, len);
        if (!parse_word(word, &style, error)) {
            if (ret_column != NULL)
                *ret_column = (int)(at - text) + 1;
            return false;
        }
        at += len;
    }
    *ret_style = style;
    return true;
}

void
theme_init(struct theme *theme)
{
    for (int role = 0; role < ROLE_N; role++) {
        bool ok = theme_parse_style(roles[role].look, &theme->roles[role], NULL, NULL);
        g_assert(ok);
    }
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
    if (!theme_parse_style(equals + 1, &theme->roles[role], &inside, error)) {
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
