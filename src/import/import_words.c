/* Matterbridge's little languages: formats of names, and regular expressions as far as weft's masks
 * say the same. */
#include <string.h>

#include "core/config_read.h"
#include "core/gateway.h"
#include "import/import_priv.h"

/* --- names --- */

static const struct {
    const char *theirs;
    const char *ours;
} fields[] = {
    {"{NICK}", "{nick}"},      {"{NOPINGNICK}", "{nick}"},  {"{USERID}", "{id}"},
    {"{BRIDGE}", "{account}"}, {"{PROTOCOL}", "{network}"}, {"{GATEWAY}", "{gateway}"},
    {"{CHANNEL}", "{buffer}"}, {"{LABEL}", "{label}"},
};

static bool
take_field(const char **at, GString *out)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!g_str_has_prefix(*at, fields[i].theirs))
            continue;
        g_string_append(out, fields[i].ours);
        *at += strlen(fields[i].theirs);
        return true;
    }
    return false;
}

/* {TENGO}, or braces that mean nothing to Matterbridge either: weft has braces for fields only. */
static void
lose(const char **at, GString *lost)
{
    const char *close = strchr(*at, '}');
    size_t len = **at == '{' && close != NULL ? (size_t)(close - *at) + 1 : 1;

    if (lost->len > 0)
        g_string_append_c(lost, ' ');
    g_string_append_len(lost, *at, (gssize)len);
    *at += len;
}

/* The last "<…>", "[…]" or "(…)" is what stands around the name, and not a part of it. */
static char *
unwrap(GString *name)
{
    static const char pairs[][3] = {"<>", "[]", "()"};
    char last = name->len > 0 ? name->str[name->len - 1] : '\0';

    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
        const char *open = strrchr(name->str, pairs[i][0]);
        if (last != pairs[i][1] || open == NULL || strstr(open, "{nick}") == NULL)
            continue;
        g_string_truncate(name, name->len - 1);
        g_string_erase(name, open - name->str, 1);
        return g_strdup_printf("%c{as}%c ", pairs[i][0], pairs[i][1]);
    }
    return NULL;
}

/* Takes the end off the name: what stands between a name and a text. */
static char *
take_prefix(GString *name)
{
    static const char *const ends[] = {":", " -", " >", "|", ","};
    char *wrapped;

    while (name->len > 0 && g_ascii_isspace(name->str[name->len - 1]))
        g_string_truncate(name, name->len - 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (!g_str_has_suffix(name->str, ends[i]))
            continue;
        g_string_truncate(name, name->len - strlen(ends[i]));
        return g_strdup_printf("{as}%s ", ends[i]);
    }
    wrapped = unwrap(name);
    return wrapped != NULL ? wrapped : g_strdup("{as} ");
}

void
import_name_init(struct import_name *name, const char *format)
{
    GString *out = g_string_new(NULL);
    GString *lost = g_string_new(NULL);

    for (const char *at = format; *at != '\0';) {
        if (take_field(&at, out))
            continue;
        if (*at == '{' || *at == '}')
            lose(&at, lost);
        else
            g_string_append_c(out, *at++);
    }
    name->prefix = take_prefix(out);
    g_strstrip(out->str);
    if (*out->str == '\0')
        g_string_assign(out, "{nick}");
    name->name = g_string_free(out, FALSE);
    name->lost = g_string_free(lost, lost->len == 0);
}

void
import_name_clear(struct import_name *name)
{
    g_free(name->name);
    g_free(name->prefix);
    g_free(name->lost);
}

/* --- pictures --- */

char *
import_picture(const char *format, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *at = format; *at != '\0';)
        if (!take_field(&at, out))
            g_string_append_c(out, *at++);
    if (!config_check_text(out->str, "IconURL", error) || !gateway_check_avatar(out->str, error))
        return NULL;
    return g_strdup(out->str);
}

/* --- regular expressions --- */

/* Weft never tells upper from lower case here. */
static const char *
skip_flags(const char *expression)
{
    return g_str_has_prefix(expression, "(?i)") ? expression + 4 : expression;
}

/* One item: a character that stands for itself, or (mask only) ".", ".*" and ".+". False: more. */
static bool
take_item(const char **at, bool mask, GString *out)
{
    const char *c = *at;

    if (mask && c[0] == '.') {
        g_string_append(out, c[1] == '*' ? "*" : c[1] == '+' ? "?*" : "?");
        *at += c[1] == '*' || c[1] == '+' ? 2 : 1;
        return true;
    }
    if (*c == '\\') {
        c++;
        if (!g_ascii_ispunct(*c))
            return false;
    } else if (strchr(".[](){}|+*?^$", *c) != NULL) {
        return false;
    }
    /* What a mask would take for more than itself. */
    if (mask && strchr("*?", *c) != NULL)
        return false;
    /* "ab?": not an item of its own. */
    if (c[1] != '\0' && strchr("*+?{", c[1]) != NULL)
        return false;
    g_string_append_c(out, *c);
    *at = c + 1;
    return true;
}

static char *
convert(const char *expression, bool mask)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *at = skip_flags(expression);
    bool from_start = mask && *at == '^';
    bool to_end = false;

    at += from_start ? 1 : 0;
    if (mask && !from_start)
        g_string_append_c(out, '*');
    while (*at != '\0' && !to_end) {
        to_end = mask && strcmp(at, "$") == 0;
        if (!to_end && !take_item(&at, mask, out))
            return NULL;
    }
    if (mask && !to_end && (out->len == 0 || out->str[out->len - 1] != '*'))
        g_string_append_c(out, '*');
    return out->len > 0 ? g_strdup(out->str) : NULL;
}

char *
import_mask(const char *expression)
{
    return convert(expression, true);
}

char *
import_words(const char *expression)
{
    return convert(expression, false);
}
