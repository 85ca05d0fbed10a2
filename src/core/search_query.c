#include "core/search_query.h"

#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "core/nearest.h"
#include "text/fold.h"

#define SHOWN_CHARS 60 /* of a part that is named in a sentence */

struct parser {
    struct search_query *query;
    const char *at;
    int64_t now_us;
    bool typing;
    unsigned parts;
    char *without; /* the first word without a letter or digit */
};

/* One part as it was typed. */
struct part {
    char *key;  /* before the colon; NULL: a word */
    char *text; /* without quotes and backslashes */
    bool not_;
    bool quoted;
    bool last; /* the text ends with it: it may not be whole */
};

static void
word_free(void *data)
{
    struct search_word *word = data;
    g_free(word->text);
    g_free(word);
}

void
search_query_free(struct search_query *query)
{
    if (query == NULL)
        return;
    g_ptr_array_unref(query->words);
    g_ptr_array_unref(query->in);
    g_free(query->from);
    g_free(query);
}

static void
part_clear(struct part *part)
{
    g_free(part->key);
    g_free(part->text);
}

/* “part” and why it cannot be read; the part with what stands around it. */
static void
refuse(GError **error, const char *before, const char *part, const char *after, const char *why)
{
    g_autofree char *shown = g_utf8_substring(part, 0, MIN(SHOWN_CHARS, g_utf8_strlen(part, -1)));
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "“%s%s%s” %s", before, shown, after, why);
}

/* --- cutting
 * -------------------------------------------------------------------------------------- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Up to the closing quote, or the end: a quote that is still to come. */
static char *
cut_quoted(struct parser *parser)
{
    const char *start = ++parser->at;
    size_t len = strcspn(start, "\"");
    parser->at = start + len + (start[len] == '"');
    return g_strndup(start, len);
}

/* Up to a blank without a backslash. Only addresses have backslashes that mean something: they
 * stay.
 */
static char *
cut_plain(struct parser *parser)
{
    const char *start = parser->at;
    while (*parser->at != '\0' && !is_blank(*parser->at))
        parser->at += parser->at[0] == '\\' && parser->at[1] != '\0' ? 2 : 1;
    return g_strndup(start, (size_t)(parser->at - start));
}

/* The letters before a colon at the start of a part; NULL: there are none. */
static char *
cut_key(struct parser *parser)
{
    size_t len = 0;
    while (g_ascii_isalpha(parser->at[len]))
        len++;
    if (len == 0 || len > 10 || parser->at[len] != ':')
        return NULL;
    g_autofree char *key = g_ascii_strdown(parser->at, (gssize)len);
    static const char *const keys[] = {"from", "in", "before", "after", NULL};
    /* https://… and the like are words. */
    if (!g_strv_contains(keys, key) && strncmp(parser->at + len, "://", 3) == 0)
        return NULL;
    parser->at += len + 1;
    return g_steal_pointer(&key);
}

/* False: the end. */
static bool
next_part(struct parser *parser, struct part *ret_part)
{
    while (is_blank(*parser->at))
        parser->at++;
    if (*parser->at == '\0')
        return false;
    struct part part = {0};
    if (parser->at[0] == '-' && parser->at[1] != '\0' && !is_blank(parser->at[1])) {
        part.not_ = true;
        parser->at++;
    }
    part.key = cut_key(parser);
    part.quoted = *parser->at == '"';
    part.text = part.quoted ? cut_quoted(parser) : cut_plain(parser);
    part.last = *parser->at == '\0';
    *ret_part = part;
    return true;
}

/* --- words
 * ---------------------------------------------------------------------------------------- */

static bool
has_two_letters(const char *text)
{
    g_autofree char *folded = fold_text(text, strlen(text));
    return g_utf8_strlen(folded, -1) >= 2;
}

static void
add_word(struct parser *parser, struct part *part)
{
    size_t len = strlen(part->text);
    bool star = !part->quoted && len > 1 && part->text[len - 1] == '*';
    if (part->quoted && *parser->at == '*') {
        star = true;
        parser->at++;
    }
    if (star && !part->quoted)
        part->text[len - 1] = '\0';
    if (!fold_has_word(part->text)) {
        if (parser->without == NULL && *part->text != '\0')
            parser->without = g_strdup(part->text);
        return;
    }
    struct search_word *word = g_new0(struct search_word, 1);
    word->text = g_steal_pointer(&part->text);
    word->not_ = part->not_;
    /* The beginning of one letter would be nearly everything. */
    word->prefix =
        star || (parser->typing && part->last && !part->not_ && has_two_letters(word->text));
    g_ptr_array_add(parser->query->words, word);
}

/* --- times
 * ---------------------------------------------------------------------------------------- */

static bool
read_digits(const char **text, int n, int *ret_number)
{
    int number = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit((*text)[i]))
            return false;
        number = number * 10 + ((*text)[i] - '0');
    }
    *text += n;
    *ret_number = number;
    return true;
}

/* 2026-11-01, 2026-11-01T20:30, 2026-11-01 20:30; local time. */
static bool
read_date(const char *text, int64_t *ret_us)
{
    int year, month, day, hour = 0, minute = 0;
    if (!read_digits(&text, 4, &year) || *text++ != '-' || !read_digits(&text, 2, &month) ||
        *text++ != '-' || !read_digits(&text, 2, &day))
        return false;
    if (*text == 'T' || *text == ' ') {
        text++;
        if (!read_digits(&text, 2, &hour) || *text++ != ':' || !read_digits(&text, 2, &minute))
            return false;
    }
    if (*text != '\0' || year < 1)
        return false;
    g_autoptr(GDateTime) time = g_date_time_new_local(year, month, day, hour, minute, 0);
    if (time == NULL)
        return false;
    *ret_us = MAX(1, g_date_time_to_unix(time) * G_USEC_PER_SEC);
    return true;
}

static bool
read_day(const char *text, int64_t now_us, int64_t *ret_us)
{
    bool yesterday = strcmp(text, "yesterday") == 0;
    if (!yesterday && strcmp(text, "today") != 0)
        return false;
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(now_us / G_USEC_PER_SEC);
    if (now == NULL)
        return false;
    g_autoptr(GDateTime) day = g_date_time_add_days(now, yesterday ? -1 : 0);
    g_autoptr(GDateTime) start =
        g_date_time_new_local(g_date_time_get_year(day), g_date_time_get_month(day),
                              g_date_time_get_day_of_month(day), 0, 0, 0);
    *ret_us = start != NULL ? MAX(1, g_date_time_to_unix(start) * G_USEC_PER_SEC) : now_us;
    return true;
}

static bool
read_time(const struct parser *parser, const struct part *part, int64_t *ret_us, GError **error)
{
    if (span_parse_ago(part->text, parser->now_us, ret_us) || read_date(part->text, ret_us) ||
        read_day(part->text, parser->now_us, ret_us))
        return true;
    refuse(error, "", part->text, "",
           "is no time. Times look like 2026-11-01, 2026-11-01T20:30, today, yesterday, or so long "
           "ago: 30m, 2h, 3d, 2w.");
    return false;
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

static bool
refuse_key(const struct part *part, GError **error)
{
    static const char *const keys[] = {"from", "in", "before", "after"};
    struct nearest nearest;
    nearest_init(&nearest, part->key);
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        nearest_offer(&nearest, keys[i]);
    g_autofree char *hint = nearest_hint(&nearest);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "“%s:” is not known: there are from: in: before: and after:.%s To search for it as "
                "text, put it in quotes.",
                part->key, hint);
    return false;
}

static bool
add_filter(struct parser *parser, struct part *part, GError **error)
{
    struct search_query *query = parser->query;
    bool is_from = strcmp(part->key, "from") == 0, is_in = strcmp(part->key, "in") == 0;
    bool is_after = strcmp(part->key, "after") == 0;
    if (!is_from && !is_in && !is_after && strcmp(part->key, "before") != 0)
        return refuse_key(part, error);
    if (part->not_) {
        refuse(error, "-", part->key, ":", "cannot be read: only words can be left out.");
        return false;
    }
    if (*part->text == '\0') {
        if (!parser->typing || !part->last)
            refuse(error, "", part->key, ":",
                   "needs something behind it, without a blank between.");
        return parser->typing && part->last;
    }
    if (is_from) {
        g_free(query->from);
        query->from = g_steal_pointer(&part->text);
        return true;
    }
    if (is_in) {
        g_ptr_array_add(query->in, g_steal_pointer(&part->text));
        return true;
    }
    return read_time(parser, part, is_after ? &query->after_us : &query->before_us, error);
}

static bool
check_whole(struct parser *parser, GError **error)
{
    const struct search_query *query = parser->query;
    bool filtered =
        query->from != NULL || query->in->len > 0 || query->after_us != 0 || query->before_us != 0;
    bool positive = false;
    for (unsigned i = 0; i < query->words->len; i++)
        positive = positive || !((struct search_word *)query->words->pdata[i])->not_;
    if (query->words->len == 0 && !filtered && parser->without != NULL) {
        refuse(error, "", parser->without, "",
               "has no letter or digit in it, and only those are searched for. Find in the buffer "
               "(Ctrl-s) looks for anything.");
        return false;
    }
    if (query->words->len > 0 && !positive && query->from == NULL && query->in->len == 0) {
        refuse(error, "-", ((struct search_word *)query->words->pdata[0])->text, "",
               "only leaves something out. Name a word that must be there too.");
        return false;
    }
    parser->query->empty = query->words->len == 0 && !filtered;
    return true;
}

static bool
parse_all(struct parser *parser, GError **error)
{
    struct part part;
    while (next_part(parser, &part)) {
        bool ok = true;
        if (++parser->parts > SEARCH_MAX_PARTS) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "A search has at most %d parts.",
                        SEARCH_MAX_PARTS);
            ok = false;
        } else if (part.key != NULL) {
            ok = add_filter(parser, &part, error);
        } else {
            add_word(parser, &part);
        }
        part_clear(&part);
        if (!ok)
            return false;
    }
    return check_whole(parser, error);
}

struct search_query *
search_query_parse(const char *text, int64_t now_us, bool typing, GError **error)
{
    if (strlen(text) > SEARCH_MAX_BYTES || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "The search is too long, or not valid UTF-8.");
        return NULL;
    }
    struct parser parser = {.at = text, .now_us = now_us, .typing = typing};
    parser.query = g_new0(struct search_query, 1);
    parser.query->words = g_ptr_array_new_with_free_func(word_free);
    parser.query->in = g_ptr_array_new_with_free_func(g_free);
    bool ok = parse_all(&parser, error);
    g_free(parser.without);
    if (ok)
        return parser.query;
    search_query_free(parser.query);
    return NULL;
}
