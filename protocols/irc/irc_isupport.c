#include "protocols/irc/irc_isupport.h"

#include <stdlib.h>
#include <string.h>

static void
free_tables(struct irc_isupport *isupport)
{
    g_free(isupport->chantypes);
    g_free(isupport->statusmsg);
    for (int i = 0; i < 4; i++)
        g_free(isupport->chanmodes[i]);
}

const char *
irc_isupport_get(const struct irc_isupport *isupport, const char *key)
{
    return g_hash_table_lookup(isupport->values, key);
}

static enum irc_casemapping
read_casemapping(const char *value)
{
    if (!value || g_ascii_strcasecmp(value, "rfc1459") == 0)
        return IRC_CASE_RFC1459;
    if (g_ascii_strcasecmp(value, "rfc1459-strict") == 0 ||
        g_ascii_strcasecmp(value, "strict-rfc1459") == 0)
        return IRC_CASE_RFC1459_STRICT;
    return IRC_CASE_ASCII;
}

/* "(ov)@+": as many pairs as both halves have. */
static void
read_prefix(struct irc_isupport *isupport, const char *value)
{
    const char *text = value ? value : "(ov)@+";
    const char *close = *text == '(' ? strchr(text, ')') : NULL;

    isupport->prefix_modes[0] = isupport->prefix_chars[0] = '\0';
    if (!close)
        return;
    const char *mode = text + 1;
    const char *mark = close + 1;
    unsigned n = 0;
    for (; mode < close && *mark && n < IRC_MAX_PREFIXES; mode++, mark++) {
        if (!g_ascii_isalpha(*mode) || !g_ascii_isgraph(*mark))
            continue;
        isupport->prefix_modes[n] = *mode;
        isupport->prefix_chars[n] = *mark;
        n++;
    }
    isupport->prefix_modes[n] = isupport->prefix_chars[n] = '\0';
}

static void
read_chanmodes(struct irc_isupport *isupport, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value ? value : "beI,k,l,imnpst", ",", 5);

    for (unsigned i = 0, n = g_strv_length(parts); i < 4; i++)
        isupport->chanmodes[i] = g_strdup(i < n ? parts[i] : "");
}

static unsigned
read_number(const char *value, unsigned most)
{
    guint64 number = value ? g_ascii_strtoull(value, NULL, 10) : 0;

    return (unsigned)MIN(number, most);
}

static void
rebuild(struct irc_isupport *isupport)
{
    const char *types = irc_isupport_get(isupport, "CHANTYPES");
    const char *status = irc_isupport_get(isupport, "STATUSMSG");
    const char *history = irc_isupport_get(isupport, "CHATHISTORY");
    const char *refs = irc_isupport_get(isupport, "MSGREFTYPES");

    free_tables(isupport);
    isupport->casemapping = read_casemapping(irc_isupport_get(isupport, "CASEMAPPING"));
    isupport->chantypes = g_strdup(types ? types : "#&");
    isupport->statusmsg = g_strdup(status ? status : "");
    read_prefix(isupport, irc_isupport_get(isupport, "PREFIX"));
    read_chanmodes(isupport, irc_isupport_get(isupport, "CHANMODES"));
    if (!history)
        history = irc_isupport_get(isupport, "draft/CHATHISTORY");
    isupport->history_limit = read_number(history, 10000);
    isupport->msgid_refs = refs && strstr(refs, "msgid");
    isupport->safe_rate =
        irc_isupport_get(isupport, "SAFERATE") || irc_isupport_get(isupport, "soju.im/SAFERATE");
    isupport->utf8_only = irc_isupport_get(isupport, "UTF8ONLY") != NULL;
}

void
irc_isupport_init(struct irc_isupport *isupport)
{
    memset(isupport, 0, sizeof *isupport);
    isupport->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    rebuild(isupport);
}

void
irc_isupport_clear(struct irc_isupport *isupport)
{
    free_tables(isupport);
    g_hash_table_unref(isupport->values);
    memset(isupport, 0, sizeof *isupport);
}

/* "\x20" is a blank, "\x5C" a backslash, "\x3D" an equals sign. */
static char *
unescape(const char *value)
{
    GString *out = g_string_new(NULL);

    for (; *value; value++) {
        if (value[0] == '\\' && value[1] == 'x' && g_ascii_isxdigit(value[2]) &&
            g_ascii_isxdigit(value[3])) {
            int byte = g_ascii_xdigit_value(value[2]) * 16 + g_ascii_xdigit_value(value[3]);
            if (byte >= 0x20 && byte < 0x7F)
                g_string_append_c(out, (char)byte);
            value += 3;
        } else {
            g_string_append_c(out, *value);
        }
    }
    return g_string_free(out, FALSE);
}

void
irc_isupport_take(struct irc_isupport *isupport, const struct irc_line *line)
{
    for (unsigned i = 1; i + 1 < line->n_params; i++) {
        const char *token = line->params[i];
        if (*token == '-') {
            g_hash_table_remove(isupport->values, token + 1);
            continue;
        }
        const char *equals = strchr(token, '=');
        char *key = equals ? g_strndup(token, (gsize)(equals - token)) : g_strdup(token);
        if (*key == '\0' || (g_hash_table_size(isupport->values) >= IRC_MAX_ISUPPORT &&
                             !g_hash_table_contains(isupport->values, key))) {
            g_free(key);
            continue;
        }
        g_hash_table_replace(isupport->values, key, unescape(equals ? equals + 1 : ""));
    }
    rebuild(isupport);
}

unsigned
irc_isupport_targmax(const struct irc_isupport *isupport, const char *command)
{
    const char *value = irc_isupport_get(isupport, "TARGMAX");
    size_t len = strlen(command);

    g_auto(GStrv) parts = g_strsplit(value ? value : "", ",", 100);
    for (unsigned i = 0; parts[i]; i++) {
        if (g_ascii_strncasecmp(parts[i], command, len) == 0 && parts[i][len] == ':')
            return read_number(parts[i] + len + 1, 1000);
    }
    return 0;
}

static char
fold_byte(enum irc_casemapping casemapping, char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return g_ascii_tolower(byte);
    if (casemapping == IRC_CASE_ASCII)
        return byte;
    switch (byte) {
    case '[':
        return '{';
    case ']':
        return '}';
    case '\\':
        return '|';
    case '~':
        return casemapping == IRC_CASE_RFC1459 ? '^' : '~';
    default:
        return byte;
    }
}

char *
irc_fold(const struct irc_isupport *isupport, const char *name)
{
    char *folded = g_strdup(name);

    for (char *at = folded; *at; at++)
        *at = fold_byte(isupport->casemapping, *at);
    return folded;
}

bool
irc_same(const struct irc_isupport *isupport, const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        if (fold_byte(isupport->casemapping, *a) != fold_byte(isupport->casemapping, *b))
            return false;
    }
    return *a == *b;
}

bool
irc_is_channel(const struct irc_isupport *isupport, const char *name)
{
    return *name && strchr(isupport->chantypes, *name);
}

enum irc_mode_type
irc_mode_type(const struct irc_isupport *isupport, char letter)
{
    if (letter == '\0')
        return IRC_MODE_NEVER;
    if (strchr(isupport->prefix_modes, letter))
        return IRC_MODE_PREFIX;
    for (int i = 0; i < 4; i++) {
        if (strchr(isupport->chanmodes[i], letter))
            return (enum irc_mode_type)i;
    }
    return IRC_MODE_NEVER;
}
