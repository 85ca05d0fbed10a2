#include "relay/names.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "text/fold.h"
#include "text/plain.h"
#include "text/script.h"
#include "text/width.h"

/* Stands before a name whose letters come from several alphabets. */
#define DOUBTFUL "[mix] "
#define NOBODY   "somebody"

bool
names_split_coop(const char *nick, char **ret_name, char **ret_coop, char **ret_country)
{
    const char *last = strrchr(nick, '_');
    const char *before = last;

    if (!last || strlen(last + 1) != 2 || !g_ascii_isalpha(last[1]) || !g_ascii_isalpha(last[2]))
        return false;
    while (before > nick && before[-1] != '_')
        before--;
    /* `before` is the coop's first letter; a name must stand before its underscore. */
    if (before - nick < 2 || before == last)
        return false;
    *ret_name = g_strndup(nick, (size_t)(before - 1 - nick));
    *ret_coop = g_strndup(before, (size_t)(last - before));
    *ret_country = g_ascii_strdown(last + 1, -1);
    return true;
}

/* --- cleaning --- */

/* What may stand in a name but is not seen: joiners and selectors stay only between characters that
 * they join. */
static bool
is_hidden(gunichar c)
{
    return c == 0x200b || c == 0x2060 || c == 0xfeff || c == 0x00ad || c == 0x180e ||
           (c >= 0x2061 && c <= 0x2064) || c == 0x115f || c == 0x1160 || c == 0x3164 ||
           c == 0xffa0 || c == 0x034f;
}

static char *
clean(const char *text)
{
    g_autofree char *plain = plain_dup(text, 16 * (size_t)NAMES_MAX_BYTES);
    GString *out = g_string_new(NULL);
    bool blank = false;

    for (const char *c = plain; *c; c += g_utf8_skip[(guchar)*c]) {
        const gunichar u = g_utf8_get_char(c);
        if (is_hidden(u))
            continue;
        if (g_unichar_isspace(u) || g_unichar_iscntrl(u)) {
            blank = out->len > 0;
            continue;
        }
        if (blank)
            g_string_append_c(out, ' ');
        blank = false;
        g_string_append_unichar(out, u);
    }
    return g_string_free(out, FALSE);
}

/* Whole characters, as a reader sees them. */
static size_t
fit(const char *name, size_t max_bytes)
{
    const size_t len = strlen(name);
    size_t at = 0;

    while (at < len) {
        const size_t next = width_next(name + at, len - at, NULL, NULL);
        if (at + next > max_bytes)
            break;
        at += next;
    }
    /* One character that is longer than the limit: better a part of it than nothing. */
    return at > 0 || len == 0 ? at : utf8_cut(name, len, max_bytes);
}

static char *
cut(const char *name, size_t max_bytes)
{
    size_t len = fit(name, max_bytes);

    while (len > 0 && name[len - 1] == ' ')
        len--;
    return g_strndup(name, len);
}

/* --- templates --- */

static const char *
value_of(const char *field, const struct names_source *source, char *const coop[3], const char *as)
{
    const struct {
        const char *field;
        const char *value;
    } values[] = {
        {"name", coop[0] ? coop[0] : source->nick},
        {"nick", source->nick},
        {"coop", coop[1]},
        {"country", coop[2]},
        {"account", source->account},
        {"network", source->network},
        {"buffer", source->buffer},
        {"gateway", source->gateway},
        {"label", source->label ? source->label : source->account},
        {"id", source->id},
        {"as", as},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].field, field) == 0)
            return values[i].value ? values[i].value : "";
    return "";
}

/* A piece of a path; false: nothing that could be one. */
static bool
append_piece(GString *out, const char *value)
{
    if (!*value || strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
        return false;
    g_string_append_uri_escaped(out, value, NULL, FALSE);
    return true;
}

char *
names_address(const char *template, const struct names_source *source)
{
    GString *out = g_string_new(NULL);
    char *coop[3] = {NULL, NULL, NULL};
    const char *at = template;
    bool good = true;

    if (source->nick)
        names_split_coop(source->nick, &coop[0], &coop[1], &coop[2]);
    while (*at && good) {
        const char *close = *at == '{' ? strchr(at, '}') : NULL;
        g_autofree char *field = close ? g_strndup(at + 1, (size_t)(close - at - 1)) : NULL;
        if (field)
            good = append_piece(out, value_of(field, source, coop, NULL));
        else
            g_string_append_c(out, *at);
        at = close ? close + 1 : at + 1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(coop); i++)
        g_free(coop[i]);
    good = good && out->len <= NAMES_MAX_ADDRESS_BYTES;
    return g_string_free(out, !good);
}

/* --- brackets of a template --- */

struct brackets {
    struct {
        char close;
        size_t at; /* in what was made so far */
        unsigned asked, known;
    } open[8];
    unsigned depth;
    unsigned asked, known; /* fields so far */
};

/* A character of the template itself. "maria (/)" is nothing to be called, where what was asked for
 * between brackets is not known. */
static void
append_own(GString *out, struct brackets *brackets, char c)
{
    const char close = c == '(' ? ')' : c == '[' ? ']' : c == '<' ? '>' : '\0';

    if (close && brackets->depth < G_N_ELEMENTS(brackets->open)) {
        brackets->open[brackets->depth].close = close;
        brackets->open[brackets->depth].at = out->len;
        brackets->open[brackets->depth].asked = brackets->asked;
        brackets->open[brackets->depth++].known = brackets->known;
    } else if (brackets->depth > 0 && brackets->open[brackets->depth - 1].close == c) {
        brackets->depth--;
        if (brackets->open[brackets->depth].asked < brackets->asked &&
            brackets->open[brackets->depth].known == brackets->known) {
            g_string_truncate(out, brackets->open[brackets->depth].at);
            return;
        }
    }
    g_string_append_c(out, c);
}

static GString *
expand(const char *template, const struct names_source *source, const char *as)
{
    GString *out = g_string_new(NULL);
    char *coop[3] = {NULL, NULL, NULL};
    struct brackets brackets = {.depth = 0};
    const char *at = template;

    if (source->nick)
        names_split_coop(source->nick, &coop[0], &coop[1], &coop[2]);
    while (*at) {
        const char *close = *at == '{' ? strchr(at, '}') : NULL;
        if (!close) {
            append_own(out, &brackets, *at++);
            continue;
        }
        g_autofree char *field = g_strndup(at + 1, (size_t)(close - at - 1));
        const char *value = value_of(field, source, coop, as);
        g_string_append(out, value);
        brackets.asked++;
        brackets.known += *value != '\0';
        at = close + 1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(coop); i++)
        g_free(coop[i]);
    return out;
}

char *
names_make(const char *template, const struct names_source *source)
{
    g_autoptr(GString) text = expand(template, source, NULL);
    g_autofree char *name = clean(text->str);
    const char *shown = name;

    /* A name is no mention, whatever it says of itself. */
    while (*shown == '@' || *shown == ' ')
        shown++;
    if (!*shown)
        return g_strdup(NOBODY);
    const bool doubtful = script_is_doubtful(shown, strlen(shown));
    g_autofree char *marked = g_strconcat(doubtful ? DOUBTFUL : "", shown, NULL);
    return cut(marked, NAMES_MAX_BYTES);
}

/* What the template itself sets around a name cannot stand in one: "alice> hi <bob" is nobody. */
static char *
without_marks_of(const char *template, const char *text)
{
    GString *out = g_string_new(NULL);
    bool marks[128] = {false};
    bool in_field = false;

    for (const char *c = template; *c; c++) {
        in_field = in_field || *c == '{';
        if (!in_field && g_ascii_ispunct(*c))
            marks[(guchar)*c] = true;
        in_field = in_field && *c != '}';
    }
    for (const char *c = text ? text : ""; *c; c++)
        g_string_append_c(out, (guchar)*c < 128 && marks[(guchar)*c] ? '_' : *c);
    return g_string_free(out, FALSE);
}

/* The first field of the template that is a person's name; NULL: there is none. */
static const char *
name_field(const char *template, size_t *ret_len)
{
    static const char *const names[] = {"{as}", "{name}", "{nick}"};

    for (const char *at = strchr(template, '{'); at; at = strchr(at + 1, '{')) {
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            if (!g_str_has_prefix(at, names[i]))
                continue;
            *ret_len = strlen(names[i]);
            return at;
        }
    }
    return NULL;
}

/* What stands before the name is made as the whole is, and so tells where the name begins. */
static struct names_range
find_name(const char *prefix, const char *template, const struct names_source *source,
          const char *as)
{
    size_t len = 0;
    const char *at = name_field(template, &len);

    if (!at)
        return (struct names_range){0};
    g_autofree char *before = g_strndup(template, (size_t)(at - template));
    g_autofree char *field = g_strndup(at, len);
    g_autoptr(GString) front = expand(before, source, as);
    g_autoptr(GString) middle = expand(field, source, as);
    g_autofree char *shown_front = clean(front->str);
    g_autofree char *shown = clean(middle->str);
    size_t start = strlen(shown_front);
    if (strncmp(prefix, shown_front, start) != 0)
        return (struct names_range){0};
    start += prefix[start] == ' ';
    return g_str_has_prefix(prefix + start, shown)
               ? (struct names_range){start, start + strlen(shown)}
               : (struct names_range){0};
}

char *
names_prefix(const char *template, const struct names_source *source, const char *as,
             struct names_range *ret_name)
{
    g_autofree char *nick = without_marks_of(template, source->nick);
    g_autofree char *name = without_marks_of(template, as);
    struct names_source harmless = *source;
    harmless.nick = nick;
    g_autoptr(GString) text = expand(template, &harmless, name);
    g_autofree char *prefix = clean(text->str);
    g_autofree char *fitting = cut(prefix, 2 * (size_t)NAMES_MAX_BYTES);

    if (ret_name)
        *ret_name = find_name(fitting, template, &harmless, name);
    return *fitting ? g_strconcat(fitting, " ", NULL) : g_strdup("");
}

const char *
names_color(const char *name)
{
    /* Green, red, purple, orange, teal, pink: of the sixteen that every program knows, those that
     * stand out from black and from white. */
    static const char *const colors[] = {"3", "4", "6", "7", "10", "13"};
    g_autofree char *key = names_key(name);
    /* FNV-1a: fixed for ever, unlike g_str_hash(), which GLib may change. */
    uint32_t hash = 2166136261u;

    for (const char *at = key; *at; at++)
        hash = (hash ^ (guchar)*at) * 16777619u;
    return colors[(hash ^ hash >> 16) % G_N_ELEMENTS(colors)];
}

/* --- names that are taken --- */

/* What tells two people of one name apart, by what is known of where they are at home. */
static char *
suffix_of(const struct names_source *source, unsigned n)
{
    g_autofree char *name = NULL;
    g_autofree char *coop = NULL;
    g_autofree char *country = NULL;
    g_autofree char *label = clean(source->label ? source->label : source->account);
    const bool known = source->nick && names_split_coop(source->nick, &name, &coop, &country);

    g_autofree char *shown = known ? clean(coop) : NULL;

    if (known && n == 1)
        return g_strdup_printf(" (%s)", shown);
    if (known)
        n--;
    return n == 1 ? g_strdup_printf(" (%s)", label) : g_strdup_printf(" (%s %u)", label, n);
}

char *
names_choice(const char *name, const struct names_source *source, unsigned n, size_t max_bytes)
{
    const size_t most = MIN(max_bytes, NAMES_MAX_BYTES);

    if (n == 0)
        return cut(name, most);
    g_autofree char *whole = suffix_of(source, n);
    g_autofree char *number = g_strdup_printf(" %u", n + 1);
    /* A label that leaves no room for the name itself says less than a number. */
    const char *suffix = strlen(whole) * 2 > most ? number : whole;
    g_autofree char *front = cut(name, most - strlen(suffix));
    return g_strconcat(front, suffix, NULL);
}

char *
names_key(const char *name)
{
    g_autofree char *folded = fold_text(name, strlen(name));
    g_autofree char *cased = g_utf8_casefold(folded, -1);

    return g_utf8_normalize(cased, -1, G_NORMALIZE_ALL);
}
