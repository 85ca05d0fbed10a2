#include "relay/format.h"

#include <string.h>

#include "relay/edits.h"
#include "text/emoji.h"
#include "text/plain.h"
#include "text/spell.h"
#include "text/width.h"

#define EXCERPT_COLS  60
#define EXCERPT_BYTES 1024
#define TOPIC_BYTES   2048
#define COLOR_BYTES   8 /* what a coloured name takes besides, at most */
#define A_DAY_US      (INT64_C(24) * 3600 * G_USEC_PER_SEC)

/* --- time --- */

static char *
clock_text(int64_t time_us, bool with_day)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_local(utc) : NULL;

    return local ? g_date_time_format(local, with_day ? "%Y-%m-%d %H:%M" : "%H:%M") : g_strdup("?");
}

static bool
is_long_ago(int64_t time_us, int64_t now_us)
{
    return now_us - time_us > A_DAY_US / 2;
}

char *
format_time(int64_t time_us, int64_t now_us)
{
    g_autofree char *text = clock_text(time_us, is_long_ago(time_us, now_us));

    return g_strdup_printf("[%s] ", text);
}

bool
format_is_late(const struct message *copy, int64_t time_us)
{
    g_autofree char *near = format_time(time_us, time_us);
    g_autofree char *far = format_time(time_us, time_us + A_DAY_US);

    return strstr(copy->body->text, near) || strstr(copy->body->text, far);
}

/* --- a copy --- */

char *
format_excerpt(const struct message *message)
{
    if ((message->flags & MESSAGE_DELETED) != 0 || message->body->len == 0)
        return NULL;
    g_autofree char *plain = plain_dup(message->body->text, EXCERPT_BYTES);
    g_strdelimit(plain, "\n\t", ' ');
    g_strstrip(plain);
    const size_t len = strlen(plain);
    if (len == 0)
        return NULL;
    const size_t cut = width_cut_words(plain, len, EXCERPT_COLS, NULL, NULL);
    g_autofree char *start = g_strndup(plain, cut);
    return g_strconcat(start, cut < len ? "…" : "", NULL);
}

static void
append_answered(struct piece *piece, const struct format *format)
{
    g_autofree char *excerpt = format->answers ? format_excerpt(format->answers) : NULL;

    if (!format->answers || (!excerpt && !format->answers_name))
        return;
    piece_text(piece, "(re ");
    if (format->answers_name)
        piece_text(piece, format->answers_name);
    if (format->answers_name && excerpt)
        piece_text(piece, ": ");
    if (excerpt)
        piece_text(piece, excerpt);
    piece_text(piece, ") ");
}

/* Does a line begin as our prefix does? Nobody is to write somebody else's lines. */
static bool
looks_prefixed(const char *line, const char *prefix)
{
    for (; *line; line += g_utf8_skip[(guchar)*line]) {
        const gunichar c = g_utf8_get_char(line);
        if (!g_unichar_isspace(c) && g_unichar_isgraph(c))
            return c == g_utf8_get_char(prefix);
        if (c == '\n')
            break;
    }
    return false;
}

/* Where to divide what is too long: at a blank if there is one near the end. */
static size_t
cut_of(const char *text, size_t len, size_t most)
{
    size_t at = 0;
    size_t blank = 0;

    while (at < len) {
        const size_t next = width_next(text + at, len - at, NULL, NULL);
        if (at + next > most)
            break;
        if (text[at] == ' ')
            blank = at;
        at += next;
    }
    return blank > most / 2 ? blank : MAX(at, 1);
}

/* A line that would become several messages: each of them says who it is of. */
static void
divide_line(GArray *edits, const struct rich *body, size_t from, size_t to, size_t most,
            const struct rich *prefix, bool has_prefix)
{
    struct piece piece;
    size_t room = has_prefix ? most : most - prefix->len;

    if (to - from <= room)
        return;
    piece_init(&piece);
    piece_text(&piece, "\n");
    piece_rich(&piece, prefix);
    struct rich *between = piece_finish(&piece);

    while (to - from > room) {
        const size_t cut = from + cut_of(body->text + from, to - from, room);
        const bool blank = body->text[cut] == ' ';
        edits_add_rich(edits, cut, blank, between);
        from = cut + blank;
        room = most - prefix->len;
    }
    rich_free(between);
}

/* How much of a line's text, with the prefix, may stand in one message. `marked`: more than the
 * name has spans. */
static size_t
most_of(const struct format *format, bool marked)
{
    const size_t taken = format->color ? COLOR_BYTES : 0;
    /* What marks take besides is not known. */
    const size_t most = marked ? format->line_bytes / 4 * 3 : format->line_bytes;
    return most > taken ? most - taken : most;
}

/* What stands before the lines behind the first: the prefix, or where they stay in one message a
 * mark before those that look as if they had one. */
static struct rich *
prefix_lines(struct rich *body, const struct rich *prefix, const struct format *format, bool marked)
{
    const size_t most = most_of(format, marked);
    const bool divides = format->every_line && most > 2 * prefix->len + 8;
    g_autoptr(GArray) edits = edits_new();

    for (size_t from = 0; from < body->len;) {
        const size_t to = from + strcspn(body->text + from, "\n");
        if (from > 0 && to > from && format->every_line)
            edits_add_rich(edits, from, 0, prefix);
        else if (from > 0 && looks_prefixed(body->text + from, prefix->text))
            edits_add(edits, from, 0, "… ");
        if (divides)
            divide_line(edits, body, from, to, most, prefix, from == 0);
        from = to + 1;
    }
    if (edits->len == 0)
        return body;
    struct rich *changed = edits_apply(edits, body);
    rich_free(body);
    return changed;
}

/* With its marks, or what is written for them. A quote begins a line: behind a name it would be the
 * words of who has that name. */
static void
append_body(struct piece *piece, const struct rich *said, unsigned lacks)
{
    struct rich *body = spell_out(said, lacks);
    bool quotes = false;

    for (unsigned i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        quotes = quotes || (span->kind == SPAN_QUOTE && span->start == 0);
    }
    if (quotes && piece->text->len > 0)
        piece_text(piece, "\n");
    piece_rich(piece, body);
    rich_free(body);
}

/* A text in which a name stands, coloured. */
static struct rich *
with_name(const char *text, size_t start, size_t end, const char *color)
{
    struct rich *rich = rich_new(text, -1);

    if (color && start < end)
        rich_add(rich, start, end, SPAN_COLOR, color);
    return rich;
}

static void
append_actor(struct piece *piece, const struct format *format, bool says_who)
{
    const char *name = format->name ? format->name : "";
    struct rich *actor = with_name(name, 0, strlen(name), says_who ? format->color : NULL);

    piece_text(piece, format->acts ? "" : "* ");
    piece_rich(piece, actor);
    piece_text(piece, format->name ? " " : "");
    rich_free(actor);
}

struct rich *
format_copy(const struct message *message, const struct format *format)
{
    const bool says_who = format->name && !format->named;
    const bool action = message->kind == MESSAGE_ACTION && !format->acts;
    /* An action begins with the name; its other lines do as all do. */
    struct rich *prefix = with_name(says_who && format->prefix ? format->prefix : "",
                                    format->name_start, format->name_end, format->color);
    struct piece piece;

    piece_init(&piece);
    if (message->kind != MESSAGE_ACTION)
        piece_rich(&piece, prefix);
    if (format->late) {
        g_autofree char *time = format_time(message->time_us, format->now_us);
        piece_text(&piece, time);
    }
    append_answered(&piece, format);
    if (action || (message->kind == MESSAGE_ACTION && says_who))
        append_actor(&piece, format, says_who);
    const unsigned names = piece.spans->len;
    append_body(&piece, message->body, format->lacks);
    for (unsigned i = 0; format->lines && i < format->lines->len; i++) {
        piece_text(&piece, i > 0 || message->body->len > 0 ? "\n" : "");
        piece_text(&piece, format->lines->pdata[i]);
    }
    struct rich *whole = piece_finish(&piece);
    if (prefix->len > 0)
        whole = prefix_lines(whole, prefix, format, whole->spans->len > names);
    rich_free(prefix);
    return whole;
}

struct rich *
format_edited(const struct rich *body, unsigned lacks)
{
    struct piece piece;

    piece_init(&piece);
    piece_text(&piece, "(changed) ");
    append_body(&piece, body, lacks);
    return piece_finish(&piece);
}

/* --- lines --- */

char *
format_file(const struct attachment *file, const char *why)
{
    g_autofree char *name = plain_dup(file->name, ATTACHMENT_NAME_MAX_BYTES);
    g_autofree char *size = attachment_format_size(file->size_bytes);

    g_strdelimit(name, "\n\t", ' ');
    return g_strdup_printf("[file: %s%s%s%s%s]", name, *size ? ", " : "", size, why ? "; " : "",
                           why ? why : "");
}

const char *
format_emoji(const char *emoji)
{
    const struct emoji *found = emoji_by_name(emoji);

    return found ? found->text : emoji;
}

static char *
shown_emoji(const char *emoji)
{
    const char *text = format_emoji(emoji);
    const bool is_name = text == emoji && g_ascii_isalnum(*emoji);

    return is_name ? g_strdup_printf(":%s:", emoji) : g_strdup(text);
}

char *
format_deleted(const char *name, const struct message *of, int64_t now_us)
{
    g_autofree char *time = clock_text(of->time_us, is_long_ago(of->time_us, now_us));

    return g_strdup_printf("* what %s said at %s was taken back", name, time);
}

char *
format_reacted(const char *name, const char *emoji, const struct message *to)
{
    g_autofree char *shown = shown_emoji(emoji);
    g_autofree char *excerpt = format_excerpt(to);

    return excerpt ? g_strdup_printf("* %s: %s to “%s”", name, shown, excerpt)
                   : g_strdup_printf("* %s: %s", name, shown);
}

char *
format_topic(const char *name, const char *topic)
{
    g_autofree char *plain = plain_dup(topic, TOPIC_BYTES);

    g_strdelimit(plain, "\n\t", ' ');
    return *plain ? g_strdup_printf("* %s set the topic: %s", name, plain)
                  : g_strdup_printf("* %s took the topic away", name);
}

char *
format_presence(const struct message *message, const char *name, const char *where)
{
    g_autofree char *subject = plain_dup(message->subject ? message->subject : "", 256);

    g_strdelimit(subject, "\n\t", ' ');
    switch (message->kind) {
    case MESSAGE_JOIN:
        return g_strdup_printf("* %s has joined %s", name, where);
    case MESSAGE_PART:
        return g_strdup_printf("* %s has left %s", name, where);
    case MESSAGE_QUIT:
        return g_strdup_printf("* %s has left (%s)", name, where);
    case MESSAGE_KICK:
        return g_strdup_printf("* %s has removed %s from %s", name, subject, where);
    case MESSAGE_RENAME:
        return g_strdup_printf("* %s is now %s (%s)", name, subject, where);
    default:
        return NULL;
    }
}

char *
format_crowd(const char *where)
{
    return g_strdup_printf("* more people come and go in %s", where);
}

char *
format_skipped(unsigned n, const char *where, int64_t from_us, int64_t to_us, int64_t now_us)
{
    const bool with_day = is_long_ago(from_us, now_us);
    g_autofree char *from = clock_text(from_us, with_day);
    g_autofree char *to = clock_text(to_us, with_day);

    if (n == 1)
        return g_strdup_printf("* a message in %s, of %s, is not shown here: it came too late",
                               where, from);
    return g_strdup_printf(
        "* %u messages in %s, from %s to %s, are not shown here: they came too late", n, where,
        from, to);
}
