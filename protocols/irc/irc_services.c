#include "protocols/irc/irc_services.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define MARK "***"

/* ASCII without case, the whole of `len` bytes. */
static bool
is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && g_ascii_strncasecmp(text, word, len) == 0;
}

static bool
is_one_of(const char *text, size_t len, const char *const *words)
{
    for (; *words; words++) {
        if (is_word(text, len, *words))
            return true;
    }
    return false;
}

/* With "@server" behind or without; the name X alone may be a person's. */
static bool
is_service(const char *name, size_t len)
{
    static const char *const names[] = {"NickServ", "ChanServ", "AuthServ", "Q", NULL};
    const char *at = memchr(name, '@', len);
    size_t head = at ? (size_t)(at - name) : len;

    return is_one_of(name, head, names) || (at && is_word(name, head, "X"));
}

/* Any of a list with commas. */
static bool
has_service(const char *targets, size_t len)
{
    while (len > 0) {
        const char *comma = memchr(targets, ',', len);
        size_t one = comma ? (size_t)(comma - targets) : len;
        if (is_service(targets, one))
            return true;
        targets += one + (comma ? 1 : 0);
        len -= one + (comma ? 1 : 0);
    }
    return false;
}

static char *
masked(const char *text, const char *from)
{
    return g_strdup_printf("%.*s" MARK, (int)(from - text), text);
}

/* --- what is kept
 * ----------------------------------------------------------------------------------------- */

/* SET PASSWORD, SET #lab FOUNDERPASS, SASET maria PASSWORD: where the secret begins, or NULL. */
static const char *
secret_of_set(const char *text)
{
    for (unsigned i = 0; i < 2; i++) {
        text += strspn(text, " ");
        size_t len = strcspn(text, " ");
        g_autofree char *word = g_ascii_strup(text, (gssize)len);
        text += len;
        if (strstr(word, "PASS"))
            return text;
    }
    return NULL;
}

static char *
mask_one(const char *text)
{
    static const char *const secret[] = {
        "IDENTIFY", "ID",      "SIDENTIFY", "REGISTER", "GHOST", "REGAIN", "RECOVER",
        "RELEASE",  "LOGIN",   "AUTH",      "GROUP",    "LINK",  "DROP",   "PASS",
        "NEWPASS",  "SETPASS", "RESETPASS", "CONFIRM",  NULL};
    static const char *const set[] = {"SET", "SASET", NULL};
    const char *from = NULL;

    text += strspn(text, " ");
    size_t len = strcspn(text, " ");
    if (is_one_of(text, len, secret))
        from = text + len;
    else if (is_one_of(text, len, set))
        from = secret_of_set(text + len);
    if (!from || from[strspn(from, " ")] == '\0')
        return NULL;
    return masked(text, from + 1);
}

char *
irc_services_mask_text(const char *target, const char *text)
{
    g_auto(GStrv) lines = NULL;
    char *kept = NULL;

    if (!has_service(target, strlen(target)))
        return NULL;
    lines = g_strsplit_set(text, "\r\n", -1);
    for (unsigned i = 0; lines[i] && !kept; i++)
        kept = mask_one(lines[i]);
    return kept;
}

/* --- lines in the log
 * ------------------------------------------------------------------------------------- */

static const char *
skip_word(const char *at)
{
    at += strcspn(at, " ");
    return at + strspn(at, " ");
}

char *
irc_services_mask_line(const char *line)
{
    static const char *const whole[] = {"PASS",     "AUTHENTICATE", "OPER",  "REGISTER", "VERIFY",
                                        "IDENTIFY", "ID",           "LOGIN", "NS",       "NICKSERV",
                                        "CS",       "CHANSERV",     "AS",    "AUTHSERV", NULL};
    static const char *const said[] = {"PRIVMSG", "NOTICE", "SQUERY", "CPRIVMSG", "CNOTICE", NULL};
    const char *at = line + strspn(line, " ");
    const char *from = NULL;

    if (*at == '@')
        at = skip_word(at);
    bool sourced = *at == ':';
    if (sourced)
        at = skip_word(at);
    size_t len = strcspn(at, " ");
    const char *first = skip_word(at);
    const char *second = skip_word(first);
    if (is_one_of(at, len, whole)) {
        from = first;
    } else if (is_word(at, len, "JOIN") && !sourced) {
        from = second; /* with a source it is the account of who came */
    } else if (is_one_of(at, len, said) &&
               has_service(first + (*first == ':'), strcspn(first + (*first == ':'), " "))) {
        second += *second == ':';
        from = skip_word(second + strspn(second, " "));
    }
    return from && *from ? masked(line, from) : NULL;
}
