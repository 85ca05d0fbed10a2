#include "text/bidi.h"

#include <fribidi.h>
#include <string.h>

/* The blocks of letters that are written from the right. */
static bool
is_rtl_block(gunichar c)
{
    return (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) ||
           (c >= 0xfe70 && c <= 0xfeff) || (c >= 0x10800 && c <= 0x10fff) ||
           (c >= 0x1e800 && c <= 0x1efff);
}

bool
bidi_is_needed(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        /* None of them begins with a lower byte. */
        if ((unsigned char)text[at] < 0xd6) {
            at++;
            continue;
        }
        if (is_rtl_block(g_utf8_get_char(text + at)))
            return true;
        at += (size_t)g_utf8_skip[(unsigned char)text[at]];
    }
    return false;
}

bool
bidi_is_rtl(const char *text, size_t len)
{
    for (const char *at = text; at < text + len; at += g_utf8_skip[(unsigned char)*at]) {
        FriBidiCharType type = fribidi_get_bidi_type(g_utf8_get_char(at));
        if (FRIBIDI_IS_LETTER(type))
            return FRIBIDI_IS_RTL(type);
    }
    return false;
}

/* A row's code points, with what fribidi says of each. */
struct points {
    GArray *chars; /* FriBidiChar */
    GArray *types; /* FriBidiCharType */
    FriBidiLevel *levels;
};

static FriBidiStrIndex
points_n(const struct points *points)
{
    return (FriBidiStrIndex)points->chars->len;
}

static void
points_add(struct points *points, const char *text, const struct bidi_cluster *cluster)
{
    const char *end = text + cluster->at + cluster->len;

    for (const char *at = text + cluster->at; at < end; at += g_utf8_skip[(unsigned char)*at]) {
        FriBidiChar c = g_utf8_get_char(at);
        FriBidiCharType type = fribidi_get_bidi_type(c);
        g_array_append_val(points->chars, c);
        g_array_append_val(points->types, type);
    }
}

static void
find_levels(struct points *points, bool rtl)
{
    g_autofree FriBidiBracketType *brackets = g_new(FriBidiBracketType, points->chars->len);
    FriBidiParType direction = rtl ? FRIBIDI_PAR_RTL : FRIBIDI_PAR_LTR;
    const FriBidiCharType *types = (const FriBidiCharType *)(void *)points->types->data;

    points->levels = g_new0(FriBidiLevel, points->chars->len);
    fribidi_get_bracket_types((const FriBidiChar *)(void *)points->chars->data, points_n(points),
                              types, brackets);
    if (fribidi_get_par_embedding_levels_ex(types, brackets, points_n(points), &direction,
                                            points->levels) == 0)
        memset(points->levels, 0, points->chars->len); /* no memory: as it is written */
}

static void
shape(struct points *points)
{
    g_autofree FriBidiArabicProp *joining = g_new(FriBidiArabicProp, points->chars->len);
    FriBidiChar *chars = (FriBidiChar *)(void *)points->chars->data;

    fribidi_get_joining_types(chars, points_n(points), joining);
    fribidi_join_arabic((const FriBidiCharType *)(void *)points->types->data, points_n(points),
                        points->levels, joining);
    /* Without ligatures: each letter keeps its cell. */
    fribidi_shape(FRIBIDI_FLAG_SHAPE_ARAB_PRES | FRIBIDI_FLAG_SHAPE_MIRRORING, points->levels,
                  points_n(points), joining, chars);
}

static void
reverse(unsigned *order, unsigned from, unsigned to)
{
    while (from + 1 < to) {
        unsigned first = order[from];
        order[from++] = order[--to];
        order[to] = first;
    }
}

/* Rule L2: from the highest level to the lowest odd one, whatever has it or more is turned round.
 */
static void
reorder(const FriBidiLevel *levels, unsigned n, unsigned *order)
{
    FriBidiLevel highest = 0;

    for (unsigned i = 0; i < n; i++) {
        order[i] = i;
        highest = MAX(highest, levels[i]);
    }
    for (FriBidiLevel level = highest; level > 0; level--)
        for (unsigned i = 0; i < n; i++) {
            unsigned from = i;
            while (i < n && levels[i] >= level)
                i++;
            reverse(order, from, i);
        }
}

void
bidi_row(const char *text, struct bidi_cluster *clusters, unsigned n, bool rtl, unsigned *ret_order,
         GString *ret_shown)
{
    struct points points = {.chars = g_array_new(FALSE, FALSE, sizeof(FriBidiChar)),
                            .types = g_array_new(FALSE, FALSE, sizeof(FriBidiCharType))};
    g_autofree unsigned *starts = g_new(unsigned, n + 1);
    g_autofree FriBidiLevel *levels = g_new(FriBidiLevel, n + 1);

    for (unsigned i = 0; i < n; i++) {
        starts[i] = points.chars->len;
        points_add(&points, text, &clusters[i]);
    }
    starts[n] = points.chars->len;
    find_levels(&points, rtl);
    shape(&points);
    for (unsigned i = 0; i < n; i++) {
        levels[i] = starts[i] < starts[i + 1] ? points.levels[starts[i]] : (FriBidiLevel)rtl;
        clusters[i].shown_at = (unsigned)ret_shown->len;
        for (unsigned c = starts[i]; c < starts[i + 1]; c++)
            g_string_append_unichar(ret_shown, g_array_index(points.chars, FriBidiChar, c));
        clusters[i].shown_len = (unsigned)ret_shown->len - clusters[i].shown_at;
    }
    /* Rule L1: blanks at the end of a row stand where the paragraph ends. */
    for (unsigned i = n; i > 0 && clusters[i - 1].len == 1 && text[clusters[i - 1].at] == ' '; i--)
        levels[i - 1] = (FriBidiLevel)rtl;
    reorder(levels, n, ret_order);
    g_array_unref(points.chars);
    g_array_unref(points.types);
    g_free(points.levels);
}
