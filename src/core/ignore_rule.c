#include "core/ignore_rule.h"

#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "core/address.h"
#include "core/nearest.h"

#define SUBJECT_MAX_BYTES 1024
#define WHAT_DEFAULT                                                                               \
    (IGNORE_MESSAGES | IGNORE_NOTICES | IGNORE_INVITES | IGNORE_CTCP | IGNORE_TYPING)
#define WHAT_ALL (WHAT_DEFAULT | IGNORE_JOINS | IGNORE_NICKS)

static const struct {
    const char *name;
    unsigned what;
} whats[] = {
    {"messages", IGNORE_MESSAGES}, {"notices", IGNORE_NOTICES}, {"invites", IGNORE_INVITES},
    {"joins", IGNORE_JOINS},       {"nicks", IGNORE_NICKS},     {"ctcp", IGNORE_CTCP},
    {"typing", IGNORE_TYPING},     {"all", WHAT_ALL},
};

/* --- folding
 * ------------------------------------------------------------------------------------------- */

static char *
fold(const char *text, bool old_rule)
{
    const size_t len = utf8_cut(text, strlen(text), SUBJECT_MAX_BYTES);
    char *folded = g_utf8_casefold(text, (gssize)len);

    for (char *c = folded; old_rule && *c; c++)
        *c = *c == '[' ? '{' : *c == ']' ? '}' : *c == '\\' ? '|' : *c == '~' ? '^' : *c;
    return folded;
}

void
ignore_subject_init(struct ignore_subject *subject, const char *id, const char *name,
                    const char *mask, bool old_rule)
{
    const char *user = mask ? strchr(mask, '!') : NULL;
    const char *names[] = {id, name, mask, user ? user + 1 : NULL};

    subject->old_rule = old_rule;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        subject->names[i] = names[i] ? fold(names[i], old_rule) : NULL;
}

void
ignore_subject_clear(struct ignore_subject *subject)
{
    for (size_t i = 0; i < G_N_ELEMENTS(subject->names); i++)
        g_clear_pointer(&subject->names[i], g_free);
}

/* --- masks
 * --------------------------------------------------------------------------------------------- */

/* Where the text goes on after the part [part, end) of a mask, or NULL. */
static const char *
match_here(const char *part, const char *end, const char *text)
{
    for (; part < end; part++) {
        if (!*text)
            return NULL;
        if (*part == '?')
            text += g_utf8_skip[(guchar)*text];
        else if (*part == *text)
            text++;
        else
            return NULL;
    }
    return text;
}

/* The last part of a mask stands at the end of the text. */
static bool
match_end(const char *part, const char *text)
{
    const long part_chars = g_utf8_strlen(part, -1);
    const long text_chars = g_utf8_strlen(text, -1);

    if (text_chars < part_chars)
        return false;
    const char *at = g_utf8_offset_to_pointer(text, text_chars - part_chars);
    const char *end = match_here(part, part + strlen(part), at);
    return end && !*end;
}

/* The parts between the '*' are looked for from left to right, and what was found is never looked
 * at again: the leftmost place is always good enough. */
static bool
glob(const char *mask, const char *text)
{
    const char *end = mask + strcspn(mask, "*");

    text = match_here(mask, end, text);
    if (!text)
        return false;
    if (!*end)
        return !*text;
    for (;;) {
        const char *part = end + strspn(end, "*");
        const char *found;
        end = part + strcspn(part, "*");
        if (!*end)
            return match_end(part, text);
        while (!(found = match_here(part, end, text))) {
            if (!*text)
                return false;
            text += g_utf8_skip[(guchar)*text];
        }
        text = found;
    }
}

bool
ignore_rule_matches(const struct ignore_rule *rule, const struct ignore_subject *subject)
{
    const char *mask = rule->folded[subject->old_rule];

    for (size_t i = 0; i < G_N_ELEMENTS(subject->names); i++)
        if (subject->names[i] && glob(mask, subject->names[i]))
            return true;
    /* A mask that leaves the address open says no more than its nick. */
    if (!g_str_has_suffix(mask, "!*@*") || subject->names[2])
        return false;
    g_autofree char *nick = g_strndup(mask, strlen(mask) - strlen("!*@*"));
    return (subject->names[0] && glob(nick, subject->names[0])) ||
           (subject->names[1] && glob(nick, subject->names[1]));
}

/* --- text
 * ---------------------------------------------------------------------------------------------- */

static bool
add_what(struct ignore_rule *rule, const char *word, GError **error)
{
    struct nearest nearest;

    nearest_init(&nearest, word);
    for (size_t i = 0; i < G_N_ELEMENTS(whats); i++) {
        if (strcmp(whats[i].name, word) == 0) {
            rule->what |= whats[i].what;
            return true;
        }
        nearest_offer(&nearest, whats[i].name);
    }
    g_autofree char *hint = nearest_hint(&nearest);
    return error_refuse(
        error,
        "A rule is MASK [in ADDRESS] [messages notices invites joins nicks ctcp typing "
        "all] [text WORDS]; \"%s\" is none of these.%s",
        word, hint);
}

/* The next word, in which a blank may stand after a backslash; NULL at the end. Moves on. */
static char *
take_word(const char **at)
{
    const char *start = *at + strspn(*at, " \t");
    const char *end = start;

    while (*end && *end != ' ' && *end != '\t')
        end += end[0] == '\\' && end[1] ? 2 : 1;
    *at = end;
    return end > start ? g_strndup(start, (size_t)(end - start)) : NULL;
}

static bool
take_part(struct ignore_rule *rule, const char *word, const char **at, GError **error)
{
    if (strcmp(word, "in") == 0) {
        g_autofree char *address = take_word(at);
        if (rule->in)
            return error_refuse(error, "A rule has one place: in ADDRESS.");
        if (!address)
            return error_refuse(error, "After \"in\" stands an account or a buffer's address.");
        rule->in = address_parse(address, error);
        return rule->in != NULL;
    }
    if (strcmp(word, "text") == 0) {
        rule->words = g_strstrip(g_strdup(*at));
        *at += strlen(*at);
        if (!*rule->words || strlen(rule->words) > IGNORE_MAX_TEXT_BYTES)
            return error_refuse(error, "After \"text\" stand words, at most %d bytes.",
                                IGNORE_MAX_TEXT_BYTES);
        return true;
    }
    return add_what(rule, word, error);
}

struct ignore_rule *
ignore_rule_new(const char *text, GError **error)
{
    struct ignore_rule *rule = g_new0(struct ignore_rule, 1);
    const char *at = text;
    bool good = true;

    rule->text = g_strstrip(g_strdup(text));
    /* A mask has no blanks, and a backslash is a letter of nicks. */
    at += strspn(at, " \t");
    size_t len = strcspn(at, " \t");
    rule->mask = g_strndup(at, len);
    at += len;
    if (!g_utf8_validate(text, -1, NULL) || len == 0 || len > IGNORE_MAX_MASK_BYTES)
        good = error_refuse(error, "A rule begins with a nick or a mask of at most %d bytes.",
                            IGNORE_MAX_MASK_BYTES);
    while (good) {
        g_autofree char *word = take_word(&at);
        if (!word)
            break;
        good = take_part(rule, word, &at, error);
    }
    if (!good) {
        ignore_rule_free(rule);
        return NULL;
    }
    rule->what = rule->what ? rule->what : WHAT_DEFAULT;
    rule->folded[0] = fold(rule->mask, false);
    rule->folded[1] = fold(rule->mask, true);
    rule->folded_words = rule->words ? g_utf8_casefold(rule->words, -1) : NULL;
    return rule;
}

void
ignore_rule_free(struct ignore_rule *rule)
{
    if (!rule)
        return;
    g_free(rule->text);
    g_free(rule->mask);
    g_strfreev(rule->in);
    g_free(rule->words);
    g_free(rule->folded[0]);
    g_free(rule->folded[1]);
    g_free(rule->folded_words);
    g_free(rule);
}

char *
ignore_what_names(unsigned what)
{
    GString *out = g_string_new(NULL);

    if (what == WHAT_ALL)
        g_string_append(out, "all");
    for (size_t i = 0; what != WHAT_ALL && i < G_N_ELEMENTS(whats); i++)
        if (whats[i].what != WHAT_ALL && (what & whats[i].what) != 0)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", whats[i].name);
    return g_string_free(out, FALSE);
}

char *
ignore_rule_format(const char *mask, const char *address, unsigned what, const char *words)
{
    GString *out = g_string_new(mask);

    if (address)
        g_string_append_printf(out, " in %s", address);
    if (what != 0 && what != WHAT_DEFAULT) {
        g_autofree char *names = ignore_what_names(what);
        g_string_append_printf(out, " %s", names);
    }
    if (words)
        g_string_append_printf(out, " text %s", words);
    return g_string_free(out, FALSE);
}
