/* The stored form of the spans: one item each, separated by a blank,
 *
 *     LETTER START "+" LENGTH [ "=" DATA ]      "b0+4 l5+3=https://x.example/%20y"
 *
 * in decimal bytes; in DATA, '%', blanks and control characters are written as %XX. */
#include "model/rich.h"

#include <string.h>

static const struct {
    char letter; /* stored: never change one */
    bool has_data;
} kinds[SPAN_N] = {
    [SPAN_BOLD] = {'b', false},   [SPAN_ITALIC] = {'i', false},  [SPAN_UNDERLINE] = {'u', false},
    [SPAN_STRIKE] = {'s', false}, [SPAN_REVERSE] = {'r', false}, [SPAN_CODE] = {'c', false},
    [SPAN_BLOCK] = {'B', true},   [SPAN_QUOTE] = {'q', false},   [SPAN_LINK] = {'l', true},
    [SPAN_USER] = {'@', true},    [SPAN_CHANNEL] = {'#', true},  [SPAN_EVERYONE] = {'!', false},
    [SPAN_EMOJI] = {'e', true},   [SPAN_SPOILER] = {'x', false}, [SPAN_COLOR] = {'C', true},
};

static void
span_clear(void *data)
{
    struct span *span = data;
    g_clear_pointer(&span->data, g_free);
}

static GArray *
spans_new(unsigned reserve)
{
    GArray *spans = g_array_sized_new(FALSE, FALSE, sizeof(struct span), reserve);
    g_array_set_clear_func(spans, span_clear);
    return spans;
}

static bool
is_edge(const struct rich *rich, size_t at)
{
    return at == rich->len || ((unsigned char)rich->text[at] & 0xc0) != 0x80;
}

static size_t
limit_len(const char *text, size_t len)
{
    if (len <= RICH_MAX_BYTES)
        return len;
    len = RICH_MAX_BYTES;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return len;
}

struct rich *
rich_new(const char *text, gssize len)
{
    struct rich *rich = g_new0(struct rich, 1);
    rich->len = limit_len(text, len < 0 ? strlen(text) : (size_t)len);
    rich->text = g_malloc(rich->len + 1);
    memcpy(rich->text, text, rich->len);
    rich->text[rich->len] = '\0';
    rich->spans = spans_new(0);
    return rich;
}

struct rich *
rich_new_take(char *text)
{
    struct rich *rich = g_new0(struct rich, 1);
    rich->len = limit_len(text, strlen(text));
    rich->text = text;
    rich->text[rich->len] = '\0';
    rich->spans = spans_new(0);
    return rich;
}

void
rich_free(struct rich *rich)
{
    if (rich == NULL)
        return;
    g_free(rich->text);
    g_array_unref(rich->spans);
    g_free(rich);
}

struct rich *
rich_dup(const struct rich *rich)
{
    struct rich *copy = g_new0(struct rich, 1);
    copy->text = g_memdup2(rich->text, rich->len + 1);
    copy->len = rich->len;
    copy->spans = spans_new(rich->spans->len);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        struct span span = g_array_index(rich->spans, struct span, i);
        span.data = g_strdup(span.data);
        g_array_append_val(copy->spans, span);
    }
    return copy;
}

/* Where a span belongs: by start, then longer first, then after its equals. */
static unsigned
place_of(const GArray *spans, size_t start, size_t end)
{
    unsigned at = spans->len;
    while (at > 0) {
        const struct span *before = &g_array_index(spans, struct span, at - 1);
        if (before->start < start || (before->start == start && before->end >= end))
            break;
        at--;
    }
    return at;
}

bool
rich_add(struct rich *rich, size_t start, size_t end, enum span_kind kind, const char *data)
{
    if ((unsigned)kind >= SPAN_N || start >= end || end > rich->len ||
        rich->spans->len >= RICH_MAX_SPANS || !is_edge(rich, start) || !is_edge(rich, end))
        return false;
    if (!kinds[kind].has_data)
        data = NULL;
    if (data != NULL && (strlen(data) > RICH_MAX_DATA_BYTES || !g_utf8_validate(data, -1, NULL)))
        return false;
    struct span span = {
        .start = (uint32_t)start, .end = (uint32_t)end, .kind = kind, .data = g_strdup(data)};
    g_array_insert_val(rich->spans, place_of(rich->spans, start, end), span);
    return true;
}

static void
encode_data(GString *out, const char *data)
{
    for (const char *p = data; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c <= ' ' || c == '%' || c == 0x7f)
            g_string_append_printf(out, "%%%02X", c);
        else
            g_string_append_c(out, *p);
    }
}

char *
rich_encode_spans(const struct rich *rich)
{
    if (rich->spans->len == 0)
        return NULL;
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if (i > 0)
            g_string_append_c(out, ' ');
        g_string_append_printf(out, "%c%u+%u", kinds[span->kind].letter, span->start,
                               span->end - span->start);
        if (span->data != NULL) {
            g_string_append_c(out, '=');
            encode_data(out, span->data);
        }
    }
    return g_string_free(out, FALSE);
}

static bool
parse_number(const char **p, const char *end, uint32_t *ret_number)
{
    uint32_t number = 0;
    const char *from = *p;
    while (*p < end && g_ascii_isdigit(**p)) {
        if (number > RICH_MAX_BYTES)
            return false;
        number = number * 10 + (uint32_t)(**p - '0');
        (*p)++;
    }
    *ret_number = number;
    return *p > from;
}

/* NULL when it is too long, or an escape is broken or stands for NUL. */
static char *
decode_data(const char *p, const char *end)
{
    if (end - p > 3 * RICH_MAX_DATA_BYTES)
        return NULL;
    GString *out = g_string_sized_new((size_t)(end - p) + 1);
    for (; p < end; p++) {
        if (*p != '%') {
            g_string_append_c(out, *p);
            continue;
        }
        int high = end - p > 2 ? g_ascii_xdigit_value(p[1]) : -1;
        int low = end - p > 2 ? g_ascii_xdigit_value(p[2]) : -1;
        if (high < 0 || low < 0 || high * 16 + low == 0) {
            g_string_free(out, TRUE);
            return NULL;
        }
        g_string_append_c(out, (char)(high * 16 + low));
        p += 2;
    }
    return g_string_free(out, FALSE);
}

static bool
kind_of_letter(char letter, enum span_kind *ret_kind)
{
    for (unsigned i = 0; i < SPAN_N; i++) {
        if (kinds[i].letter == letter) {
            *ret_kind = (enum span_kind)i;
            return true;
        }
    }
    return false;
}

static void
decode_item(struct rich *rich, const char *p, const char *end)
{
    enum span_kind kind;
    uint32_t start, length;
    if (p == end || !kind_of_letter(*p++, &kind) || !parse_number(&p, end, &start) || p == end ||
        *p++ != '+' || !parse_number(&p, end, &length))
        return;
    g_autofree char *data = NULL;
    if (p < end) {
        if (*p++ != '=' || (data = decode_data(p, end)) == NULL)
            return;
    }
    rich_add(rich, start, (size_t)start + length, kind, data);
}

void
rich_decode_spans(struct rich *rich, const char *encoded)
{
    if (encoded == NULL)
        return;
    /* A damaged store may hold far more items than fit: stop once no more can be added. */
    for (const char *p = encoded; rich->spans->len < RICH_MAX_SPANS;) {
        const char *end = strchr(p, ' ');
        decode_item(rich, p, end != NULL ? end : p + strlen(p));
        if (end == NULL)
            return;
        p = end + 1;
    }
}

bool
rich_equal(const struct rich *a, const struct rich *b)
{
    if (a->len != b->len || a->spans->len != b->spans->len || memcmp(a->text, b->text, a->len) != 0)
        return false;
    for (unsigned i = 0; i < a->spans->len; i++) {
        const struct span *x = &g_array_index(a->spans, struct span, i);
        const struct span *y = &g_array_index(b->spans, struct span, i);
        if (x->start != y->start || x->end != y->end || x->kind != y->kind ||
            g_strcmp0(x->data, y->data) != 0)
            return false;
    }
    return true;
}

const char *
span_kind_name(enum span_kind kind)
{
    static const char *const names[SPAN_N] = {
        [SPAN_BOLD] = "bold",     [SPAN_ITALIC] = "italic",   [SPAN_UNDERLINE] = "underline",
        [SPAN_STRIKE] = "strike", [SPAN_REVERSE] = "reverse", [SPAN_CODE] = "code",
        [SPAN_BLOCK] = "block",   [SPAN_QUOTE] = "quote",     [SPAN_LINK] = "link",
        [SPAN_USER] = "user",     [SPAN_CHANNEL] = "channel", [SPAN_EVERYONE] = "everyone",
        [SPAN_EMOJI] = "emoji",   [SPAN_SPOILER] = "spoiler", [SPAN_COLOR] = "color",
    };
    return kind < SPAN_N ? names[kind] : "";
}
