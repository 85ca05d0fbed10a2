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

/* What takes no password. Whatever else is said to a service may have one. */
static bool
is_harmless(const char *text, size_t len)
{
    static const char *const words[] = {
        "HELP",     "INFO",    "STATUS", "ACC",     "LIST",    "LISTCHANS", "LISTLINKS", "ALIST",
        "GLIST",    "AJOIN",   "LOGOUT", "VERSION", "OP",      "DEOP",      "HALFOP",    "DEHALFOP",
        "VOICE",    "DEVOICE", "OWNER",  "DEOWNER", "PROTECT", "KICK",      "DEPROTECT", "KICKBAN",
        "BAN",      "UNBAN",   "QUIET",  "UNQUIET", "TOPIC",   "MODE",      "INVITE",    "ACCESS",
        "FLAGS",    "AOP",     "SOP",    "HOP",     "VOP",     "QOP",       "AKICK",     "CERT",
        "SEEN",     "UPDATE",  "WHY",    "CLEAR",   "COUNT",   "SYNC",      "CLONE",     "TEMPLATE",
        "LEVELS",   "XOP",     "UP",     "DOWN",    "WHOIS",   "WHOAMI",    "ADDUSER",   "USERLIST",
        "SHOWTIME", NULL};

    return is_one_of(text, len, words);
}

static char *
mask_one(const char *text)
{
    static const char *const set[] = {"SET", "SASET", NULL};
    const char *from = NULL;

    text += strspn(text, " ");
    size_t len = strcspn(text, " ");
    if (is_one_of(text, len, set))
        from = secret_of_set(text + len);
    else if (!is_harmless(text, len))
        from = text + len;
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

/* "+ik key 5": the first argument of modes with a key among them, or NULL. */
static const char *
key_of_mode(const char *at)
{
    size_t len = strcspn(at, " ");

    if (*at == ':')
        at++, len--;
    if (*at != '+' && *at != '-') {
        at = skip_word(at); /* the channel */
        at += *at == ':';
        len = strcspn(at, " ");
    }
    if ((*at != '+' && *at != '-') || !memchr(at, 'k', len))
        return NULL;
    at = skip_word(at);
    return *at ? at : NULL;
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
    } else if (is_word(at, len, "MODE")) {
        from = key_of_mode(first);
    } else if (is_word(at, len, "324")) {
        from = key_of_mode(second);
    } else if (is_word(at, len, "JOIN") && !sourced) {
        from = second; /* with a source it is the account of who came */
    } else if (is_one_of(at, len, said) &&
               has_service(first + (*first == ':'), strcspn(first + (*first == ':'), " "))) {
        second += *second == ':';
        from = skip_word(second + strspn(second, " "));
    }
    return from && *from ? masked(line, from) : NULL;
}
