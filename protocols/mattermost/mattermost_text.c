#include "protocols/mattermost/mattermost_text.h"

#include <string.h>

#include "base/utf8.h"
#include "protocols/common/markdown.h"

#define MOST_KEYS 50

struct reading {
    struct mm *mm;
    const char *team;
};

static bool
is_name(char byte)
{
    return g_ascii_isalnum(byte) || strchr("._-", byte) != NULL;
}

/* "@maria." is @maria: names may hold marks, but what ends a sentence is tried without. */
static size_t
read_person(struct mm *mm, const char *text, size_t len, enum span_kind *ret_kind, char **ret_data)
{
    size_t n = 1;

    while (n < len && text[n] && is_name(text[n]))
        n++;
    for (; n > 1; n--) {
        g_autofree char *name = g_ascii_strdown(text + 1, (gssize)n - 1);
        if (strcmp(name, "channel") == 0 || strcmp(name, "all") == 0 || strcmp(name, "here") == 0) {
            *ret_kind = SPAN_EVERYONE;
            return n;
        }
        const struct mmost_user *user = mmost_user_by_name(mm, name);
        if (user) {
            *ret_kind = SPAN_USER;
            *ret_data = g_strdup(user->id);
            return n;
        }
        if (g_ascii_isalnum(text[n - 1]))
            break;
    }
    return 0;
}

static size_t
read_channel(const struct reading *reading, const char *text, size_t len, enum span_kind *ret_kind,
             char **ret_data)
{
    size_t n = 1;

    while (n < len && text[n] && (g_ascii_isalnum(text[n]) || strchr("_-", text[n])))
        n++;
    if (n == 1 || !reading->team)
        return 0;
    g_autofree char *slug = g_ascii_strdown(text + 1, (gssize)n - 1);
    const struct mmost_channel *channel = mmost_channel_by_slug(reading->mm, reading->team, slug);
    if (!channel)
        return 0;
    *ret_kind = SPAN_CHANNEL;
    *ret_data = g_strdup(channel->id);
    return n;
}

static size_t
read_emoji(const char *text, size_t len, enum span_kind *ret_kind, char **ret_data,
           char **ret_shown)
{
    size_t n = 1;

    while (n < len && n < 66 && text[n] && (g_ascii_isalnum(text[n]) || strchr("_+-", text[n])))
        n++;
    if (n < 3 || n >= len || text[n] != ':' || g_ascii_isdigit(text[1]))
        return 0;
    g_autofree char *name = g_strndup(text + 1, n - 1);
    const char *shown = mmost_emoji_in(name);
    if (shown != name) {
        *ret_shown = g_strdup(shown);
    } else {
        *ret_kind = SPAN_EMOJI;
        *ret_data = g_strdup(name);
    }
    return n + 1;
}

static size_t
read_word(void *user, const char *text, size_t len, enum span_kind *ret_kind, char **ret_data,
          char **ret_shown)
{
    const struct reading *reading = user;

    switch (*text) {
    case '@':
        return read_person(reading->mm, text, len, ret_kind, ret_data);
    case '~':
        return read_channel(reading, text, len, ret_kind, ret_data);
    case ':':
        return read_emoji(text, len, ret_kind, ret_data, ret_shown);
    default:
        return 0;
    }
}

/* By what the id stands for here; a name of another network stays as it is written. */
static char *
write_word(void *user, enum span_kind kind, const char *data, const char *text)
{
    const struct reading *reading = user;
    const char *name = kind == SPAN_USER ? mmost_user_name(reading->mm, data) : NULL;
    const struct mmost_channel *channel =
        kind == SPAN_CHANNEL ? mmost_channel(reading->mm, data) : NULL;

    if (name)
        return g_strconcat("@", name, NULL);
    if (channel && channel->team)
        return g_strconcat("~", channel->slug, NULL);
    if (kind == SPAN_EMOJI && data && mmost_emoji_out(data))
        return g_strconcat(":", data, ":", NULL);
    return kind == SPAN_EVERYONE && *text == '@' ? g_strdup(text) : NULL;
}

struct rich *
mmost_text_read(struct mm *mm, const char *channel, const char *text)
{
    const struct mmost_channel *where = mmost_channel(mm, channel);
    struct reading reading = {mm, where ? where->team : NULL};
    const struct markdown_words words = {read_word, write_word, &reading};

    return markdown_read(text, &words);
}

char *
mmost_text_write(struct mm *mm, const struct rich *rich)
{
    struct reading reading = {mm, NULL};
    const struct markdown_words words = {read_word, write_word, &reading};

    return markdown_write(rich, &words);
}

char *
mmost_persona_name(const struct persona *as)
{
    char *name = utf8_sanitize(as->name, -1, MM_NAME_BYTES);

    for (char *at = name; *at; at++) {
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    }
    return name;
}

/* --- what calls us
 * ---------------------------------------------------------------------------------- */

static bool
is_edge(const char *text, const char *at)
{
    return at <= text || !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(at)));
}

/* `word` as a whole word, letters' case aside. Both are folded. */
static bool
holds_word(const char *text, const char *word)
{
    const size_t len = strlen(word);

    for (const char *at = strstr(text, word); at && len > 0; at = strstr(at + 1, word)) {
        if (is_edge(text, at) && !g_unichar_isalnum(g_utf8_get_char(at + len)))
            return true;
    }
    return false;
}

bool
mmost_mentions_us(void *session, const struct buffer *buffer, const struct rich *body)
{
    struct mm *mm = session;

    if (buffer->kind == BUFFER_DIRECT || buffer->kind == BUFFER_GROUP)
        return true;
    for (unsigned i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        if (span->kind == SPAN_EVERYONE ||
            (span->kind == SPAN_USER && g_strcmp0(span->data, mm->self_id) == 0))
            return true;
    }
    g_auto(GStrv) keys = g_strsplit(mm->mention_keys ? mm->mention_keys : "", ",", MOST_KEYS);
    g_autofree char *text = keys[0] ? g_utf8_casefold(body->text, -1) : NULL;
    for (unsigned i = 0; keys[i]; i++) {
        g_autofree char *key = g_utf8_casefold(g_strstrip(keys[i]), -1);
        if (holds_word(text, key))
            return true;
    }
    return false;
}
