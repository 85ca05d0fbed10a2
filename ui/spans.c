#include "ui/spans.h"

#include <string.h>

#include "text/link.h"

/* ROLE_N: the span changes only attributes. */
static enum role
span_look(const struct span *span, uint32_t *ret_attrs)
{
    static const uint32_t attrs[SPAN_N] = {
        [SPAN_BOLD] = STYLE_BOLD,           [SPAN_ITALIC] = STYLE_ITALIC,
        [SPAN_UNDERLINE] = STYLE_UNDERLINE, [SPAN_STRIKE] = STYLE_STRIKE,
        [SPAN_REVERSE] = STYLE_REVERSE,     [SPAN_USER] = STYLE_BOLD,
    };

    *ret_attrs = attrs[span->kind];
    switch (span->kind) {
    case SPAN_CODE:
    case SPAN_BLOCK:
        return ROLE_CODE;
    case SPAN_QUOTE:
        return ROLE_QUOTE;
    case SPAN_CHANNEL:
        return ROLE_LINK;
    case SPAN_EVERYONE:
        return ROLE_MENTION;
    default:
        return ROLE_N;
    }
}

/* The palette of numbers that text formats carry: 0–15 are the sixteen that everyone knows, 16–98
 * fixed colours (modern.ircdocs.horse). */
static const uint32_t palette[] = {
    0xffffff, 0x000000, 0x00007f, 0x009300, 0xff0000, 0x7f0000, 0x9c009c, 0xfc7f00, 0xffff00,
    0x00fc00, 0x009393, 0x00ffff, 0x0000fc, 0xff00ff, 0x7f7f7f, 0xd2d2d2, 0x470000, 0x472100,
    0x474700, 0x324700, 0x004700, 0x00472c, 0x004747, 0x002747, 0x000047, 0x2e0047, 0x470047,
    0x47002a, 0x740000, 0x743a00, 0x747400, 0x517400, 0x007400, 0x007449, 0x007474, 0x004074,
    0x000074, 0x4b0074, 0x740074, 0x740045, 0xb50000, 0xb56300, 0xb5b500, 0x7db500, 0x00b500,
    0x00b571, 0x00b5b5, 0x0063b5, 0x0000b5, 0x7500b5, 0xb500b5, 0xb5006b, 0xff0000, 0xff8c00,
    0xffff00, 0xb2ff00, 0x00ff00, 0x00ffa0, 0x00ffff, 0x008cff, 0x0000ff, 0xa500ff, 0xff00ff,
    0xff0098, 0xff5959, 0xffb459, 0xffff71, 0xcfff60, 0x6fff6f, 0x65ffc9, 0x6dffff, 0x59b4ff,
    0x5959ff, 0xc459ff, 0xff66ff, 0xff59bc, 0xff9c9c, 0xffd39c, 0xffff9c, 0xe2ff9c, 0x9cff9c,
    0x9cffdb, 0x9cffff, 0x9cd3ff, 0x9c9cff, 0xdc9cff, 0xff9cff, 0xff94d3, 0x000000, 0x131313,
    0x282828, 0x363636, 0x4d4d4d, 0x656565, 0x818181, 0x9f9f9f, 0xbcbcbc, 0xe2e2e2, 0xffffff,
};

static uint32_t
span_color(const char *text, size_t len)
{
    guint64 number = 0;
    g_autofree char *word = g_strndup(text, len);

    if (*word == '#' && len == 7 &&
        g_ascii_string_to_unsigned(word + 1, 16, 0, 0xffffff, &number, NULL))
        return COLOR_RGB(number);
    if (g_ascii_string_to_unsigned(word, 10, 0, G_N_ELEMENTS(palette) - 1, &number, NULL))
        return COLOR_RGB(palette[number]);
    return COLOR_DEFAULT;
}

/* "FG", "FG,BG" or ",BG". */
static struct style
span_tint(const char *data)
{
    size_t len = strcspn(data, ",");
    struct style style = {.fg = span_color(data, len)};

    if (data[len] == ',')
        style.bg = span_color(data + len + 1, strlen(data + len + 1));
    return style;
}

bool
span_is_spoiler(const struct span *span)
{
    if (span->kind == SPAN_SPOILER)
        return true;
    if (span->kind != SPAN_COLOR || !span->data)
        return false;
    struct style tint = span_tint(span->data);
    return tint.fg != COLOR_DEFAULT && tint.fg == tint.bg;
}

/* Where a marked link leads. A text that is itself a link leads where it says, whatever stands
 * behind it. */
static char *
target_of(const struct rich *body, const struct span *span)
{
    size_t at = span->start, start, end;

    if (link_next(body->text, span->end, &at, &start, &end) && start == span->start)
        return link_target(body->text + start, end - start);
    return span->data ? link_target(span->data, strlen(span->data)) : NULL;
}

static void
put_link(struct styled *text, const struct rich *body, const struct span *span)
{
    size_t from = styled_place(text, span->start), to = styled_place(text, span->end);
    g_autofree char *target = target_of(body, span);

    if (target)
        styled_link(text, from, to, target);
    else
        styled_restyle(text, from, to, ROLE_LINK, 0);
}

/* What is marked as a link or as code is not looked through for links. */
static bool
takes_no_links(const struct span *span)
{
    return span->kind == SPAN_LINK || span->kind == SPAN_CODE || span->kind == SPAN_BLOCK;
}

/* Spans are sorted by their start, and links come in order: one walk through both. */
static void
put_plain_links(struct styled *text, const struct rich *body)
{
    size_t at = 0, start, end, taken = 0;
    guint next = 0;

    while (link_next(body->text, body->len, &at, &start, &end)) {
        for (; next < body->spans->len; next++) {
            const struct span *span = &g_array_index(body->spans, struct span, next);
            if (span->start >= end)
                break;
            if (takes_no_links(span))
                taken = MAX(taken, span->end);
        }
        if (start < taken)
            continue;
        g_autofree char *target = link_target(body->text + start, end - start);
        styled_link(text, styled_place(text, start), styled_place(text, end), target);
        if (text->links->len >= STYLED_MAX_LINKS)
            return;
    }
}

bool
spans_put(struct styled *text, const struct rich *body, bool revealed)
{
    bool spoilers = false;

    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        size_t from = styled_place(text, span->start);
        size_t to = styled_place(text, span->end);
        uint32_t attrs;
        enum role role = span_look(span, &attrs);

        if (span->kind == SPAN_LINK)
            put_link(text, body, span);
        else if (span->kind == SPAN_COLOR && span->data)
            styled_tint(text, from, to, span_tint(span->data));
        else
            styled_restyle(text, from, to, role, attrs);
        if (span->kind == SPAN_BLOCK || span->kind == SPAN_QUOTE)
            styled_bar(text, from, to, role);
    }
    put_plain_links(text, body);
    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);

        if (!span_is_spoiler(span))
            continue;
        spoilers = true;
        if (!revealed)
            styled_hide(text, styled_place(text, span->start), styled_place(text, span->end));
    }
    return spoilers;
}

/* --- the links themselves
 * ----------------------------------------------------------------------------- */

static bool
in_spoiler(const struct rich *body, size_t start, size_t end)
{
    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        if (span_is_spoiler(span) && span->start < end && span->end > start)
            return true;
    }
    return false;
}

static void
add_link(GArray *links, const struct rich *body, size_t start, size_t end, char *target_take)
{
    g_autofree char *shown = link_target(body->text + start, end - start);
    const struct span_link link = {
        .start = start,
        .end = end,
        .target = target_take,
        .is_named = g_strcmp0(shown, target_take) != 0,
        .is_hidden = in_spoiler(body, start, end),
    };

    if (target_take && links->len < STYLED_MAX_LINKS)
        g_array_append_val(links, link);
    else
        g_free(target_take);
}

static void
clear_link(gpointer data)
{
    struct span_link *link = data;
    g_free(link->target);
}

static gint
compare_links(gconstpointer one, gconstpointer two)
{
    const struct span_link *a = one, *b = two;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Beside those that are marked, which come first; one of them may hold what looks like a link. */
static void
add_plain_links(GArray *links, const struct rich *body)
{
    size_t at = 0, start, end, taken = 0;
    const guint n_marked = links->len;
    guint next = 0;

    while (links->len < STYLED_MAX_LINKS && link_next(body->text, body->len, &at, &start, &end)) {
        for (; next < n_marked && g_array_index(links, struct span_link, next).start < end; next++)
            taken = MAX(taken, g_array_index(links, struct span_link, next).end);
        if (start >= taken)
            add_link(links, body, start, end, link_target(body->text + start, end - start));
    }
}

GArray *
spans_links(const struct rich *body)
{
    GArray *links = g_array_new(FALSE, FALSE, sizeof(struct span_link));

    g_array_set_clear_func(links, clear_link);
    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        if (span->kind == SPAN_LINK)
            add_link(links, body, span->start, span->end, target_of(body, span));
    }
    add_plain_links(links, body);
    g_array_sort(links, compare_links);
    return links;
}

/* --- spoilers
 * ----------------------------------------------------------------------------------------- */

char *
spans_without_spoilers(const struct rich *body)
{
    GString *out = g_string_new(NULL);
    size_t at = 0;

    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);

        if (!span_is_spoiler(span) || span->end <= at)
            continue;
        size_t from = MAX(span->start, at);
        g_string_append_len(out, body->text + at, (gssize)(from - at));
        for (at = from; at < span->end; at += (size_t)g_utf8_skip[(guchar)body->text[at]])
            g_string_append(out, "▒");
    }
    g_string_append_len(out, body->text + at, (gssize)(body->len - at));
    return g_string_free(out, FALSE);
}
