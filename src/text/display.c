#include "text/display.h"

#include "text/script.h"
#include "text/width.h"
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#define ZWNJ 0x200c
#define ZWJ  0x200d

/* What is drawn in place of one code point. */
struct piece {
    char name[16]; /* what stands between < and >, or "^X"; "" when it is drawn as it is */
    bool invisible;
    bool tag;
};

static const struct {
    int32_t cp;
    const char *name;
} named[] = {
    {0x85, "NEL"},   {0x61c, "ALM"},  {0x200e, "LRM"}, {0x200f, "RLM"}, {0x2028, "LS"},
    {0x2029, "PS"},  {0x202a, "LRE"}, {0x202b, "RLE"}, {0x202c, "PDF"}, {0x202d, "LRO"},
    {0x202e, "RLO"}, {0x2066, "LRI"}, {0x2067, "RLI"}, {0x2068, "FSI"}, {0x2069, "PDI"},
};

static const struct {
    int32_t cp;
    const char *name;
} invisibles[] = {
    {0xad, "SHY"},   {0x34f, "CGJ"},     {0x115f, "HCF"},  {0x1160, "HJF"}, {0x17b4, "KIV"},
    {0x17b5, "KIV"}, {0x180e, "MVS"},    {0x200b, "ZWSP"}, {ZWNJ, "ZWNJ"},  {ZWJ, "ZWJ"},
    {0x2060, "WJ"},  {0x2061, "FA"},     {0x2062, "IT"},   {0x2063, "IS"},  {0x2064, "IP"},
    {0x3164, "HF"},  {0xfeff, "ZWNBSP"}, {0xffa0, "HWHF"},
};

static const char *
invisible_name(int32_t cp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(invisibles); i++)
        if (invisibles[i].cp == cp)
            return invisibles[i].name;
    if ((cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef) ||
        (cp >= 0x180b && cp <= 0x180f))
        return "VS";
    if (cp >= 0x1d173 && cp <= 0x1d17a)
        return "MF";
    return NULL;
}

static bool
is_emoji_block(int32_t cp)
{
    return cp >= 0x1f300 && cp <= 0x1faff;
}

static const char *
mark_name(int32_t cp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i].cp == cp)
            return named[i].name;
    return NULL;
}

/* Draws nothing, and yet "weft" and "weft" with one of these behind it are two names. */
static bool
is_odd_blank(int32_t cp)
{
    return cp > 0x20 &&
           (utf8proc_get_property(cp)->category == UTF8PROC_CATEGORY_ZS || cp == 0x2800);
}

/* Fills in how a code point that may not be drawn as it is appears; false when it may. */
static bool
piece_of(int32_t cp, enum display_mode mode, struct piece *ret)
{
    const char *name;
    *ret = (struct piece){0};
    if (cp < 0x20 || cp == 0x7f) {
        g_snprintf(ret->name, sizeof ret->name, "^%c", cp ^ 0x40);
    } else if ((name = mark_name(cp)) != NULL) {
        g_strlcpy(ret->name, name, sizeof ret->name);
    } else if (cp >= 0x80 && cp < 0xa0) {
        g_snprintf(ret->name, sizeof ret->name, "%02X", (unsigned)cp);
    } else if (cp >= 0xe0000 && cp <= 0xe007f) {
        g_strlcpy(ret->name, "tags", sizeof ret->name);
        ret->tag = true;
    } else if ((name = invisible_name(cp)) != NULL) {
        g_strlcpy(ret->name, name, sizeof ret->name);
        ret->invisible = true;
    } else {
        int category = utf8proc_get_property(cp)->category;
        bool noise = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CO ||
                     category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_ZL ||
                     category == UTF8PROC_CATEGORY_ZP ||
                     (category == UTF8PROC_CATEGORY_CN && !is_emoji_block(cp)) ||
                     (category == UTF8PROC_CATEGORY_CF && utf8proc_charwidth(cp) == 0) ||
                     (cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0x206a && cp <= 0x206f) ||
                     (mode == DISPLAY_NAME && is_odd_blank(cp));
        if (!noise)
            return false;
        g_snprintf(ret->name, sizeof ret->name, "U+%04X", (unsigned)cp);
    }
    return true;
}

struct job {
    GString *out;
    GArray *marks; /* or NULL */
    const char *text;
    size_t len;
    enum display_mode mode;
};

static void
add_mark(const struct job *job, size_t at, size_t src_at, size_t src_len, bool shown)
{
    struct display_mark mark = {at, job->out->len - at, src_at, src_len, shown};
    if (job->marks != NULL)
        g_array_append_val(job->marks, mark);
}

static size_t
decode(const struct job *job, size_t at, int32_t *ret_cp)
{
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)job->text + at,
                                          (utf8proc_ssize_t)(job->len - at), ret_cp);
    if (n > 0)
        return (size_t)n;
    *ret_cp = -1;
    return 1;
}

/* A run of the same mark, or of invisible characters, or of tags. Returns its bytes. */
static size_t
put_run(const struct job *job, size_t at, const struct piece *first)
{
    size_t end = at, count = 0;
    while (end < job->len) {
        int32_t cp;
        struct piece piece;
        size_t n = decode(job, end, &cp);
        if (cp < 0 || !piece_of(cp, job->mode, &piece))
            break;
        if (piece.invisible != first->invisible || piece.tag != first->tag)
            break;
        if (!piece.invisible && strcmp(piece.name, first->name) != 0)
            break;
        if (job->mode == DISPLAY_BLOCK && (cp == '\n' || cp == '\t' || (cp == '\r' && end > at)))
            break;
        end += n;
        count++;
    }
    size_t out_at = job->out->len;
    bool shows_all = job->mode == DISPLAY_NAME || job->mode == DISPLAY_INPUT;
    bool named_alone = count == 1 && (!first->invisible || shows_all);
    if (first->invisible && count < 4 && !shows_all) {
        add_mark(job, out_at, at, end - at, false);
        return end - at;
    }
    if (first->invisible && !named_alone)
        g_string_append_printf(job->out, "<invisible*%zu>", count);
    else if (first->tag || count > 3)
        g_string_append_printf(job->out, "<%s*%zu>", first->name, count);
    else
        for (size_t i = 0; i < count; i++)
            g_string_append_printf(job->out, first->name[0] == '^' ? "%s" : "<%s>", first->name);
    add_mark(job, out_at, at, end - at, true);
    return end - at;
}

/* The flag of a region: a black flag, three to six tag letters or digits, the cancelling tag. */
static bool
is_region_flag(const char *cluster, size_t len)
{
    if (len < 20 || len > 32 || (len % 4) != 0 || memcmp(cluster, "\xf0\x9f\x8f\xb4", 4) != 0)
        return false;
    for (size_t at = 4; at < len; at += 4) {
        int32_t cp = 0;
        utf8proc_iterate((const utf8proc_uint8_t *)cluster + at, 4, &cp);
        bool last = at + 4 == len;
        if (last ? cp != 0xe007f
                 : !((cp >= 0xe0061 && cp <= 0xe007a) || (cp >= 0xe0030 && cp <= 0xe0039)))
            return false;
    }
    return true;
}

static bool
is_pictographic(int32_t cp)
{
    return utf8proc_get_property(cp)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static bool
is_mark(int32_t cp)
{
    int category = utf8proc_get_property(cp)->category;
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           category == UTF8PROC_CATEGORY_MC;
}

/* True when an invisible character has work to do after this base: a joiner in a script that has
 * them, a variation selector on an emoji or an ideograph, a joiner between two emoji. */
static bool
is_needed(const struct job *job, size_t next, size_t end, int32_t base, int32_t cp)
{
    int category = utf8proc_get_property(base)->category;
    bool letter = category == UTF8PROC_CATEGORY_LO || category == UTF8PROC_CATEGORY_MC ||
                  category == UTF8PROC_CATEGORY_MN;
    if (invisible_name(base) != NULL)
        return false;
    if (cp == ZWJ && is_pictographic(base)) {
        int32_t after;
        return next < end && decode(job, next, &after) > 0 && is_pictographic(after);
    }
    if (cp == ZWJ || cp == ZWNJ || (cp >= 0x180b && cp <= 0x180f) || cp == 0x34f)
        return letter;
    if (cp == 0xfe0e || cp == 0xfe0f)
        return is_pictographic(base) || (base >= '0' && base <= '9') || base == '#' || base == '*';
    if (cp == 0x1160)
        return base >= 0x1100 && base <= 0x115f;
    return letter && strcmp(invisible_name(cp), "VS") == 0;
}

/* The marks on a base, as far as they may be drawn. `at` … `end` is one cluster behind its base.
 * Returns how far it came: a run of noise may go on behind the cluster. */
static size_t
put_tail(const struct job *job, size_t at, size_t end, int32_t base)
{
    int marks = 0;
    while (at < end) {
        int32_t cp;
        struct piece piece;
        size_t n = decode(job, at, &cp);
        if (cp < 0)
            return at;
        bool odd = piece_of(cp, job->mode, &piece);
        if (odd && (!piece.invisible || !is_needed(job, at + n, end, base, cp))) {
            at += put_run(job, at, &piece);
            continue;
        }
        if (!odd && !is_mark(cp)) {
            base = cp;
            marks = 0;
        } else if (++marks > WIDTH_CLUSTER_MAX_MARKS) {
            /* The rest of a bomb is dropped in one piece. */
            add_mark(job, job->out->len, at, end - at, false);
            return end;
        }
        g_string_append_len(job->out, job->text + at, (gssize)n);
        at += n;
    }
    return at;
}

static size_t
put_cluster(const struct job *job, size_t at)
{
    int32_t cp;
    struct piece piece;
    size_t n = decode(job, at, &cp);
    if (cp < 0) {
        size_t out_at = job->out->len;
        g_string_append(job->out, "\xef\xbf\xbd");
        add_mark(job, out_at, at, 1, true);
        return 1;
    }
    bool odd = piece_of(cp, job->mode, &piece);
    size_t whole = width_next(job->text + at, job->len - at, NULL, NULL);
    if (odd && !(cp == 0x115f && whole > n))
        return put_run(job, at, &piece);
    if (is_region_flag(job->text + at, whole)) {
        g_string_append_len(job->out, job->text + at, (gssize)whole);
        return whole;
    }
    size_t out_at = job->out->len;
    if (is_mark(cp))
        g_string_append(job->out, "\xe2\x97\x8c");
    g_string_append_len(job->out, job->text + at, (gssize)n);
    if (is_mark(cp))
        add_mark(job, out_at, at, n, true);
    return put_tail(job, at + n, at + whole, cp) - at;
}

static bool
is_plain_byte(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

/* Bytes of plain ASCII from `at` that nothing can follow and join. */
static size_t
plain_run(const struct job *job, size_t at)
{
    size_t end = at;
    while (end < job->len && is_plain_byte((unsigned char)job->text[end]))
        end++;
    if (end > at && end < job->len && (unsigned char)job->text[end] >= 0x80)
        end--;
    return end - at;
}

void
display_append(GString *out, GArray *marks, const char *text, size_t len, enum display_mode mode)
{
    struct job job = {out, marks, text, len, mode};
    size_t at = 0;
    if (mode == DISPLAY_NAME && script_is_doubtful(text, len)) {
        size_t out_at = out->len;
        g_string_append(out, "<mix>");
        add_mark(&job, out_at, 0, 0, true);
    }
    while (at < len) {
        size_t n = plain_run(&job, at);
        if (n > 0) {
            g_string_append_len(out, text + at, (gssize)n);
            at += n;
        } else if (mode == DISPLAY_BLOCK && text[at] == '\n') {
            g_string_append_c(out, '\n');
            at++;
        } else if (mode == DISPLAY_BLOCK && text[at] == '\r' && at + 1 < len &&
                   text[at + 1] == '\n') {
            add_mark(&job, out->len, at, 1, false);
            at++;
        } else if (mode == DISPLAY_BLOCK && text[at] == '\t') {
            size_t out_at = out->len;
            g_string_append(out, "    ");
            add_mark(&job, out_at, at++, 1, false);
        } else {
            at += put_cluster(&job, at);
        }
    }
}

char *
display_dup(const char *text, gssize len, enum display_mode mode)
{
    size_t bytes = len < 0 ? strlen(text) : (size_t)len;
    GString *out = g_string_sized_new(bytes + 1);
    display_append(out, NULL, text, bytes, mode);
    return g_string_free(out, FALSE);
}

size_t
display_map(const GArray *marks, size_t start_bytes, size_t src)
{
    size_t out_at = start_bytes, src_at = 0;
    size_t low = 0, high = marks != NULL ? marks->len : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct display_mark *mark = &g_array_index(marks, struct display_mark, middle);
        if (mark->src_at_bytes <= src)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0) {
        const struct display_mark *mark = &g_array_index(marks, struct display_mark, low - 1);
        if (src < mark->src_at_bytes + mark->src_len_bytes)
            return mark->at_bytes;
        out_at = mark->at_bytes + mark->len_bytes;
        src_at = mark->src_at_bytes + mark->src_len_bytes;
    }
    return out_at + (src - src_at);
}

bool
display_is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_plain_byte((unsigned char)text[i]))
            return false;
    return true;
}
