#include "protocols/irc/irc_text.h"

#include <string.h>

enum code {
    CODE_BOLD = 0x02,
    CODE_COLOR = 0x03,
    CODE_HEX = 0x04,
    CODE_RESET = 0x0F,
    CODE_MONO = 0x11,
    CODE_REVERSE = 0x16,
    CODE_ITALIC = 0x1D,
    CODE_STRIKE = 0x1E,
    CODE_UNDERLINE = 0x1F,
};

static const struct {
    char code;
    enum span_kind kind;
} toggles[] = {
    {CODE_BOLD, SPAN_BOLD},     {CODE_ITALIC, SPAN_ITALIC}, {CODE_UNDERLINE, SPAN_UNDERLINE},
    {CODE_STRIKE, SPAN_STRIKE}, {CODE_MONO, SPAN_CODE},     {CODE_REVERSE, SPAN_REVERSE},
};

#define COLOR_MAX 16    /* "#RRGGBB,#RRGGBB" and its end */
#define SPOILER   "1,1" /* what cannot be seen until it is marked */

struct reader {
    GString *text;
    size_t open[G_N_ELEMENTS(toggles)]; /* 1 + where it was opened; 0: not open */
    char fg[8], bg[8];                  /* "" none, "4", "#RRGGBB" */
    size_t color_since;
    GArray *spans; /* struct span; their data is ours until they are added */
};

static void
add_span(struct reader *reader, size_t start, enum span_kind kind, char *data)
{
    struct span span = {(uint32_t)start, (uint32_t)reader->text->len, kind, data};

    if (start < reader->text->len && reader->spans->len < RICH_MAX_SPANS)
        g_array_append_val(reader->spans, span);
    else
        g_free(data);
}

static void
toggle(struct reader *reader, unsigned which)
{
    if (reader->open[which] > 0) {
        add_span(reader, reader->open[which] - 1, toggles[which].kind, NULL);
        reader->open[which] = 0;
    } else {
        reader->open[which] = reader->text->len + 1;
    }
}

static void
end_color(struct reader *reader)
{
    if (reader->fg[0] || reader->bg[0])
        add_span(reader, reader->color_since, SPAN_COLOR,
                 reader->bg[0] ? g_strdup_printf("%s,%s", reader->fg, reader->bg)
                               : g_strdup(reader->fg));
    reader->color_since = reader->text->len;
}

static void
end_all(struct reader *reader)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(toggles); i++) {
        if (reader->open[i] > 0)
            toggle(reader, i);
    }
    end_color(reader);
    reader->fg[0] = reader->bg[0] = '\0';
}

/* One or two digits. Returns what is after them; `text` itself when there is none. */
static const char *
read_number(const char *text, char *ret)
{
    int n = 0;
    int value = 0;

    while (n < 2 && g_ascii_isdigit(text[n]))
        value = value * 10 + text[n++] - '0';
    if (n > 0 && value < 99)
        g_snprintf(ret, 8, "%d", value);
    else if (n > 0)
        ret[0] = '\0';
    return text + n;
}

/* Six hex digits or nothing. */
static const char *
read_hex(const char *text, char *ret)
{
    for (int i = 0; i < 6; i++) {
        if (!g_ascii_isxdigit(text[i]))
            return text;
    }
    g_snprintf(ret, 8, "#%.6s", text);
    return text + 6;
}

/* `text` stands after the code. Every look ahead stops at the NUL. */
static const char *
read_color(struct reader *reader, const char *text,
           const char *(*read)(const char *text, char *ret))
{
    char fg[8], bg[8];
    const char *after_fg, *after_bg;

    memcpy(fg, reader->fg, sizeof fg);
    memcpy(bg, reader->bg, sizeof bg);
    after_fg = read(text, fg);
    if (after_fg == text) {
        fg[0] = bg[0] = '\0';
    } else if (*after_fg == ',' && (after_bg = read(after_fg + 1, bg)) > after_fg + 1) {
        after_fg = after_bg;
    }
    end_color(reader);
    memcpy(reader->fg, fg, sizeof fg);
    memcpy(reader->bg, bg, sizeof bg);
    return after_fg;
}

static const char *
read_code(struct reader *reader, const char *at)
{
    switch (*at) {
    case CODE_COLOR:
        return read_color(reader, at + 1, read_number);
    case CODE_HEX:
        return read_color(reader, at + 1, read_hex);
    case CODE_RESET:
        end_all(reader);
        return at + 1;
    default:
        break;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(toggles); i++) {
        if (toggles[i].code == *at) {
            toggle(reader, i);
            return at + 1;
        }
    }
    g_string_append_c(reader->text, *at);
    return at + 1;
}

static bool
is_plain(const char *text)
{
    for (; *text; text++)
        if (*text > 0 && *text < ' ')
            return false;
    return true;
}

struct rich *
irc_text_read(const char *text)
{
    if (is_plain(text))
        return rich_new(text, -1);

    struct reader reader = {.text = g_string_sized_new(strlen(text))};

    reader.spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    while (*text)
        text = read_code(&reader, text);
    end_all(&reader);

    struct rich *rich = rich_new(reader.text->str, (gssize)reader.text->len);
    for (unsigned i = 0; i < reader.spans->len; i++) {
        struct span *span = &g_array_index(reader.spans, struct span, i);
        rich_add(rich, span->start, span->end, span->kind, span->data);
        g_free(span->data);
    }
    g_array_unref(reader.spans);
    g_string_free(reader.text, TRUE);
    return rich;
}

char *
irc_text_plain(const char *text)
{
    struct rich *rich = irc_text_read(text);
    char *plain = g_strdup(rich->text);

    rich_free(rich);
    return plain;
}

/* What holds at one place of the text. */
struct format {
    unsigned on; /* bit i: toggles[i] */
    const char *color;
};

/* A block of code is lines of code. 0: no toggle stands for it. */
static unsigned
bits_of(enum span_kind kind)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(toggles); i++)
        if (toggles[i].kind == (kind == SPAN_BLOCK ? SPAN_CODE : kind))
            return 1u << i;
    return 0;
}

static struct format
format_at(const struct rich *rich, size_t at, size_t *ret_until)
{
    struct format format = {0, NULL};
    bool spoiler = false;

    *ret_until = rich->len;
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if (span->start > at) {
            *ret_until = MIN(*ret_until, span->start);
            break;
        }
        if (span->end <= at)
            continue;
        /* A colour inside of a spoiler would show it. */
        if (span->kind == SPAN_SPOILER)
            spoiler = true;
        else if (span->kind == SPAN_COLOR && span->data)
            format.color = span->data;
        else if (bits_of(span->kind) == 0)
            continue;
        format.on |= bits_of(span->kind);
        *ret_until = MIN(*ret_until, span->end);
    }
    if (spoiler)
        format.color = SPOILER;
    return format;
}

static void
append_number(GString *out, const char *color)
{
    g_string_append_printf(out, "%02d", (int)CLAMP(g_ascii_strtoll(color, NULL, 10), 0, 98));
}

/* `next`: the text after it, which must not be read as a part of the code. */
static void
append_color(GString *out, const char *color, char next)
{
    g_auto(GStrv) parts = g_strsplit(color, ",", 2);
    const char *fg = parts[0] ? parts[0] : "";
    const char *bg = parts[0] && parts[1] ? parts[1] : "";

    /* One code holds two colours of its own kind; the other kind's background goes before it. */
    if (*fg != '#' && *bg == '#')
        g_string_append_printf(out, "%c000000,%.6s", CODE_HEX, bg + 1);
    if (*fg == '#' && g_ascii_isdigit(*bg)) {
        g_string_append_printf(out, "%c99,", CODE_COLOR);
        append_number(out, bg);
    }
    if (*fg == '#') {
        g_string_append_printf(out, "%c%.6s", CODE_HEX, fg + 1);
        if (*bg == '#')
            g_string_append_printf(out, ",%.6s", bg + 1);
    } else {
        g_string_append_c(out, CODE_COLOR);
        if (*fg)
            append_number(out, fg);
        else
            g_string_append(out, "99");
        if (g_ascii_isdigit(*bg)) {
            g_string_append_c(out, ',');
            append_number(out, bg);
        }
    }
    if (next == ',')
        g_string_append(out, "\x02\x02");
}

static void
append_format(GString *out, const struct format *was, const struct format *now, char next)
{
    if (was->on == now->on && g_strcmp0(was->color, now->color) == 0)
        return;
    if (was->on != 0 || was->color)
        g_string_append_c(out, CODE_RESET);
    for (unsigned i = 0; i < G_N_ELEMENTS(toggles); i++) {
        if (now->on & (1u << i))
            g_string_append_c(out, toggles[i].code);
    }
    if (now->color)
        append_color(out, now->color, next);
}

static void
append_bytes(GString *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char byte = text[i];
        g_string_append_c(out,
                          byte == '\r' || byte == '\n' || byte == '\0' || byte == 1 ? ' ' : byte);
    }
}

void
irc_text_append(GString *out, const struct rich *rich, size_t start, size_t end)
{
    struct format was = {0, NULL};

    while (start < end) {
        size_t until;
        struct format now = format_at(rich, start, &until);
        until = MIN(until, end);
        append_format(out, &was, &now, rich->text[start]);
        append_bytes(out, rich->text + start, until - start);
        was = now;
        start = until;
    }
    if (was.on != 0 || was.color)
        g_string_append_c(out, CODE_RESET);
}

char *
irc_text_write(const struct rich *rich)
{
    GString *out = g_string_sized_new(rich->len + 16);

    irc_text_append(out, rich, 0, rich->len);
    return g_string_free(out, FALSE);
}

struct rich *
irc_text_slice(const struct rich *rich, size_t start, size_t end)
{
    struct rich *slice = rich_new(rich->text + start, (gssize)(end - start));

    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        size_t from = MAX(span->start, start);
        size_t to = MIN(span->end, end);
        if (from < to)
            rich_add(slice, from - start, to - start, span->kind, span->data);
    }
    return slice;
}
