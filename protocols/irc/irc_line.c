#include "protocols/irc/irc_line.h"

#include <string.h>

#include "base/utf8.h"

struct cursor {
    const char *at;
    const char *end;
};

static void
skip_blanks(struct cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at == ' ')
        cursor->at++;
}

/* The bytes up to the next blank. */
static struct cursor
next_word(struct cursor *cursor)
{
    struct cursor word = {cursor->at, cursor->at};

    while (word.end < cursor->end && *word.end != ' ')
        word.end++;
    cursor->at = word.end;
    skip_blanks(cursor);
    return word;
}

static const char *
keep(struct irc_line *line, struct cursor word)
{
    size_t len = (size_t)(word.end - word.at);

    if (g_utf8_validate_len(word.at, len, NULL))
        return g_string_chunk_insert_len(line->strings, word.at, (gssize)len);
    g_autofree char *legacy = utf8_from_legacy(word.at, (gssize)len, IRC_MAX_LINE_BYTES * 3);
    return g_string_chunk_insert(line->strings, legacy);
}

static char
unescaped(char letter)
{
    switch (letter) {
    case ':':
        return ';';
    case 's':
        return ' ';
    case 'r':
        return '\r';
    case 'n':
        return '\n';
    default:
        return letter;
    }
}

static const char *
keep_value(struct irc_line *line, struct cursor raw)
{
    g_autoptr(GString) value = g_string_new(NULL);

    for (const char *at = raw.at; at < raw.end; at++) {
        if (*at != '\\')
            g_string_append_c(value, *at);
        else if (++at < raw.end)
            g_string_append_c(value, unescaped(*at));
    }
    return keep(line, (struct cursor){value->str, value->str + value->len});
}

static void
set_tag(struct irc_line *line, const char *key, const char *value)
{
    for (unsigned i = 0; i < line->n_tags; i++) {
        if (strcmp(line->tags[i].key, key) == 0) {
            line->tags[i].value = value;
            return;
        }
    }
    if (line->n_tags < IRC_MAX_TAGS)
        line->tags[line->n_tags++] = (struct irc_tag){key, value};
}

static void
parse_tags(struct irc_line *line, struct cursor tags)
{
    while (tags.at < tags.end) {
        const char *end = memchr(tags.at, ';', (size_t)(tags.end - tags.at));
        if (!end)
            end = tags.end;
        const char *equals = memchr(tags.at, '=', (size_t)(end - tags.at));
        struct cursor key = {tags.at, equals ? equals : end};
        struct cursor value = {equals ? equals + 1 : end, end};
        if (key.at < key.end)
            set_tag(line, keep(line, key), keep_value(line, value));
        tags.at = end < tags.end ? end + 1 : end;
    }
}

static void
parse_params(struct irc_line *line, struct cursor *rest)
{
    while (rest->at < rest->end && line->n_params < IRC_MAX_PARAMS) {
        if (*rest->at == ':') {
            rest->at++;
            line->params[line->n_params++] = keep(line, *rest);
            return;
        }
        line->params[line->n_params++] = keep(line, next_word(rest));
    }
}

static size_t
count(const char *bytes, size_t len, char byte)
{
    const char *end = bytes + len;
    size_t n = 0;

    for (const char *at = bytes; at < end; at++) {
        at = memchr(at, byte, (size_t)(end - at));
        if (!at)
            break;
        n++;
    }
    return n;
}

/* With room for as many tags and parameters as there can be in it, and no more: a flood makes as
 * many lines as it sends. */
static struct irc_line *
line_new(const char *bytes, size_t len)
{
    const size_t n_tags = MIN(count(bytes, len, ';') + 1, IRC_MAX_TAGS);
    const size_t n_params = MIN(count(bytes, len, ' ') + 1, IRC_MAX_PARAMS);
    struct irc_line *line =
        g_malloc0(sizeof *line + n_tags * sizeof *line->tags + n_params * sizeof *line->params);

    line->tags = (struct irc_tag *)(line + 1);
    line->params = (const char **)(line->tags + n_tags);
    /* The words, and the source's parts once more. */
    line->strings = g_string_chunk_new(2 * len + 16);
    return line;
}

struct irc_line *
irc_line_parse(const char *bytes, size_t len)
{
    struct cursor rest = {bytes, bytes + len};
    struct irc_line *line = line_new(bytes, len);

    skip_blanks(&rest);
    if (rest.at < rest.end && *rest.at == '@') {
        rest.at++;
        parse_tags(line, next_word(&rest));
    }
    if (rest.at < rest.end && *rest.at == ':') {
        rest.at++;
        line->source = keep(line, next_word(&rest));
    }
    struct cursor command = next_word(&rest);
    if (command.at == command.end) {
        irc_line_free(line);
        return NULL;
    }
    line->command = keep(line, command);
    parse_params(line, &rest);
    return line;
}

void
irc_line_free(struct irc_line *line)
{
    if (!line)
        return;
    g_string_chunk_free(line->strings);
    g_free(line);
}

const char *
irc_line_tag(const struct irc_line *line, const char *key)
{
    for (unsigned i = 0; i < line->n_tags; i++) {
        if (strcmp(line->tags[i].key, key) == 0)
            return line->tags[i].value;
    }
    return NULL;
}

const char *
irc_line_param(const struct irc_line *line, unsigned i)
{
    return i < line->n_params ? line->params[i] : "";
}

void
irc_source_split(const char *source, GStringChunk *strings, const char **ret_nick,
                 const char **ret_user, const char **ret_host)
{
    const char *text = source ? source : "";
    const char *at = strrchr(text, '@');
    const char *end = at ? at : text + strlen(text);
    const char *bang = memchr(text, '!', (size_t)(end - text));

    *ret_nick = g_string_chunk_insert_len(strings, text, bang ? bang - text : end - text);
    *ret_user = bang ? g_string_chunk_insert_len(strings, bang + 1, end - bang - 1) : "";
    *ret_host = at ? g_string_chunk_insert(strings, at + 1) : "";
}

bool
irc_mask_match(const char *mask, const char *text)
{
    const char *star = NULL;
    const char *mark = NULL;

    /* Going back to the last star only keeps this quadratic at worst. */
    while (*text) {
        if (*mask == '*') {
            star = mask++;
            mark = text;
        } else if (*mask == '?' || *mask == *text) {
            mask++;
            text++;
        } else if (star) {
            mask = star + 1;
            text = ++mark;
        } else {
            return false;
        }
    }
    while (*mask == '*')
        mask++;
    return *mask == '\0';
}

static void
append_escaped(GString *out, const char *value)
{
    for (; *value; value++) {
        switch (*value) {
        case ';':
            g_string_append(out, "\\:");
            break;
        case ' ':
            g_string_append(out, "\\s");
            break;
        case '\\':
            g_string_append(out, "\\\\");
            break;
        case '\r':
            g_string_append(out, "\\r");
            break;
        case '\n':
            g_string_append(out, "\\n");
            break;
        default:
            g_string_append_c(out, *value);
        }
    }
}

static bool
is_middle(const char *param)
{
    return *param && *param != ':' && !strpbrk(param, " \r\n");
}

static bool
append_params(GString *out, const char *const *params, unsigned n_params)
{
    for (unsigned i = 0; i < n_params; i++) {
        g_string_append_c(out, ' ');
        if (!is_middle(params[i])) {
            if (i + 1 < n_params || strpbrk(params[i], "\r\n"))
                return false;
            g_string_append_c(out, ':');
        }
        g_string_append(out, params[i]);
    }
    return true;
}

char *
irc_line_build(const struct irc_tag *tags, unsigned n_tags, const char *source, const char *command,
               const char *const *params, unsigned n_params)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (unsigned i = 0; i < n_tags; i++) {
        if (!is_middle(tags[i].key) || strpbrk(tags[i].key, "=;"))
            return NULL;
        g_string_append_c(out, i == 0 ? '@' : ';');
        g_string_append(out, tags[i].key);
        if (tags[i].value && *tags[i].value) {
            g_string_append_c(out, '=');
            append_escaped(out, tags[i].value);
        }
    }
    if (n_tags > 0)
        g_string_append_c(out, ' ');
    if (source && !is_middle(source))
        return NULL;
    if (source)
        g_string_append_printf(out, ":%s ", source);
    if (!is_middle(command) || *command == '@') /* that would begin tags */
        return NULL;
    g_string_append(out, command);
    if (!append_params(out, params, n_params))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

gint64
irc_time_parse(const char *text)
{
    if (!text || strlen(text) > 40 || !strchr(text, 'T'))
        return 0;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);
    if (!time)
        return 0;
    int year = g_date_time_get_year(time);
    if (year < 1990 || year > 2200)
        return 0;
    return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

char *
irc_time_format(gint64 time_us)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);

    if (!time)
        return g_strdup("1990-01-01T00:00:00.000Z");
    g_autofree char *seconds = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf("%s.%03dZ", seconds, (int)(time_us % G_USEC_PER_SEC / 1000));
}
