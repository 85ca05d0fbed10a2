#include "text/width.h"

#include <stdint.h>
#include <utf8proc.h>

#define ZWJ  0x200d
#define VS15 0xfe0e
#define VS16 0xfe0f

/* One code point; an invalid byte is U+FFFD and one byte long. `len` is not 0. */
static size_t
decode(const char *text, size_t len, int32_t *ret_cp)
{
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, ret_cp);
    if (n > 0)
        return (size_t)n;
    *ret_cp = 0xfffd;
    return 1;
}

static size_t
decode_back(const char *text, size_t len, int32_t *ret_cp)
{
    size_t n = 1;
    while (n < len && n < 4 && ((unsigned char)text[len - n] & 0xc0) == 0x80)
        n++;
    if (decode(text + len - n, n, ret_cp) == n)
        return n;
    *ret_cp = 0xfffd;
    return 1;
}

/* Blocks that Unicode keeps for emoji: what a newer version puts there is wide. */
static bool
is_future_emoji(int32_t cp)
{
    return (cp >= 0x1f300 && cp <= 0x1f64f) || (cp >= 0x1f680 && cp <= 0x1f6ff) ||
           (cp >= 0x1f7e0 && cp <= 0x1f7ff) || (cp >= 0x1f90c && cp <= 0x1f9ff) ||
           (cp >= 0x1fa70 && cp <= 0x1faff);
}

static bool
is_tone(int32_t cp)
{
    return cp >= 0x1f3fb && cp <= 0x1f3ff;
}

static int
char_cols(int32_t cp, const utf8proc_property_t *property)
{
    if (property->category == UTF8PROC_CATEGORY_CN && is_future_emoji(cp))
        return 2;
    return property->charwidth;
}

/* Indic_Conjunct_Break (UAX #29, GB9c), which utf8proc 2.8 does not have yet: the scripts whose
 * virama makes conjuncts, by block. */
static bool
is_conjunct_linker(int32_t cp)
{
    return cp == 0x94d || cp == 0x9cd || cp == 0xacd || cp == 0xb4d || cp == 0xc4d || cp == 0xd4d;
}

static bool
is_conjunct_consonant(int32_t cp)
{
    if (cp < 0x915 || cp > 0xd7f)
        return false;
    int32_t block = cp & ~0x7f, place = cp & 0x7f;
    if (block != 0x900 && block != 0x980 && block != 0xa80 && block != 0xb00 && block != 0xc00 &&
        block != 0xd00)
        return false;
    if (utf8proc_get_property(cp)->category != UTF8PROC_CATEGORY_LO)
        return false;
    return (place >= 0x15 && place <= 0x39) || (place >= 0x58 && place <= 0x5f) ||
           (block == 0x900 && place >= 0x78) ||
           (block == 0x980 && (place == 0x70 || place == 0x71)) ||
           (block == 0xa80 && place == 0x79) || (block == 0xb00 && place == 0x71) ||
           (block == 0xd00 && place == 0x3a);
}

/* What is known of the cluster while it is read. */
struct cluster {
    int32_t first, last;
    int32_t state;     /* utf8proc's */
    bool linked;       /* a virama stands after a consonant, nothing but marks since */
    bool in_conjunct;  /* began with a consonant that can be linked */
    bool pictographic; /* the first is Extended_Pictographic, or a digit that can be a keycap */
    bool wide, narrow; /* decided by VS16, a tone or ZWJ; by VS15 */
    int cols;
};

static bool
cluster_goes_on(struct cluster *c, int32_t cp, const struct width_rules *rules)
{
    if (c->linked && is_conjunct_consonant(cp)) {
        /* utf8proc would break here; it starts anew from the consonant. */
        c->state = 0;
        return true;
    }
    /* A tone on a letter is drawn beside it. */
    if (is_tone(cp) && !c->pictographic)
        return false;
    if (utf8proc_grapheme_break_stateful(c->last, cp, &c->state))
        return false;
    return !(rules != NULL && rules->zwj_splits && c->last == ZWJ &&
             utf8proc_get_property(cp)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC);
}

static void
cluster_add(struct cluster *c, int32_t cp, const struct width_rules *rules)
{
    const utf8proc_property_t *property = utf8proc_get_property(cp);
    int boundclass = property->boundclass;
    if (is_conjunct_linker(cp)) {
        c->linked = c->in_conjunct;
    } else if (is_conjunct_consonant(cp)) {
        c->cols += c->linked;
        c->linked = false;
        c->in_conjunct = true;
    } else if (cp == VS16) {
        c->wide = c->wide || (c->pictographic && !(rules != NULL && rules->vs16_is_narrow));
    } else if (cp == VS15) {
        c->narrow = c->pictographic && c->last == c->first;
    } else if (is_tone(cp) || (boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)) {
        c->wide = c->wide || c->pictographic;
    } else if (boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR) {
        c->wide = true;
    } else if (property->category == UTF8PROC_CATEGORY_MC ||
               boundclass == UTF8PROC_BOUNDCLASS_SPACINGMARK) {
        /* Terminals give a spacing mark a cell; utf8proc says 0. */
        c->cols++;
    } else if (boundclass == UTF8PROC_BOUNDCLASS_OTHER ||
               boundclass == UTF8PROC_BOUNDCLASS_PREPEND) {
        /* After a Prepend character: both are seen. */
        c->cols += char_cols(cp, property);
    }
    c->cols = c->cols > 2 ? 2 : c->cols;
    c->last = cp;
}

static int
cluster_cols(const struct cluster *c)
{
    if (c->wide)
        return 2;
    if (c->narrow)
        return 1;
    return c->cols;
}

static bool
is_control(int32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

static size_t
cluster_read(const char *text, size_t len, const struct width_rules *rules, int *ret_cols)
{
    struct cluster c = {0};
    size_t at = decode(text, len, &c.first);
    const utf8proc_property_t *property = utf8proc_get_property(c.first);
    c.last = c.first;
    c.cols = is_control(c.first) ? 0 : char_cols(c.first, property);
    c.in_conjunct = is_conjunct_consonant(c.first);
    c.pictographic = property->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
                     (c.first >= '0' && c.first <= '9') || c.first == '#' || c.first == '*';
    while (at < len && !is_control(c.last)) {
        int32_t cp;
        size_t n = decode(text + at, len - at, &cp);
        if (!cluster_goes_on(&c, cp, rules))
            break;
        cluster_add(&c, cp, rules);
        at += n;
    }
    if (ret_cols != NULL)
        *ret_cols = cluster_cols(&c);
    return at;
}

size_t
width_next(const char *text, size_t len, const struct width_rules *rules, int *ret_cols)
{
    if (len == 0)
        return 0;
    unsigned char first = (unsigned char)text[0];
    if (first < 0x80 && (len == 1 || (unsigned char)text[1] < 0x80)) {
        if (ret_cols != NULL)
            *ret_cols = first >= 0x20 && first != 0x7f;
        return 1;
    }
    return cluster_read(text, len, rules, ret_cols);
}

/* True when there is a boundary between the two whatever stood before them. */
static bool
surely_breaks(int32_t before, int32_t cp)
{
    int left = utf8proc_get_property(before)->boundclass;
    if (is_control(before) || is_control(cp))
        return true;
    if (left == UTF8PROC_BOUNDCLASS_PREPEND || is_conjunct_consonant(cp))
        return false;
    switch (utf8proc_get_property(cp)->boundclass) {
    case UTF8PROC_BOUNDCLASS_OTHER:
    case UTF8PROC_BOUNDCLASS_CONTROL:
        return true;
    case UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC:
        return left != UTF8PROC_BOUNDCLASS_ZWJ;
    case UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR:
        return left != UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
    default:
        return false;
    }
}

size_t
width_prev(const char *text, size_t len)
{
    if (len == 0)
        return 0;
    int32_t cp;
    size_t start = len - decode_back(text, len, &cp);
    while (start > 0) {
        int32_t before;
        size_t n = decode_back(text, start, &before);
        if (surely_breaks(before, cp))
            break;
        start -= n;
        cp = before;
    }
    size_t at = start;
    for (;;) {
        size_t n = width_next(text + at, len - at, NULL, NULL);
        if (at + n >= len)
            return len - at;
        at += n;
    }
}

int
width_text(const char *text, size_t len, const struct width_rules *rules)
{
    int sum = 0;
    for (size_t at = 0; at < len;) {
        int cols;
        at += width_next(text + at, len - at, rules, &cols);
        if (sum > INT32_MAX - 2)
            break;
        sum += cols;
    }
    return sum;
}

size_t
width_cut(const char *text, size_t len, int cols, const struct width_rules *rules, int *ret_cols)
{
    size_t at = 0;
    int sum = 0;
    while (at < len) {
        int wide;
        size_t n = width_next(text + at, len - at, rules, &wide);
        if (sum + wide > cols)
            break;
        sum += wide;
        at += n;
    }
    if (ret_cols != NULL)
        *ret_cols = sum;
    return at;
}

size_t
width_cut_words(const char *text, size_t len, int cols, const struct width_rules *rules,
                int *ret_cols)
{
    int taken;
    size_t at = width_cut(text, len, cols, rules, &taken);
    if (at < len && text[at] != ' ') {
        size_t blank = at;
        while (blank > 0 && text[blank - 1] != ' ')
            blank--;
        if (blank > 0)
            at = blank;
    }
    size_t end = at;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    if (end > 0 || at == len)
        at = end;
    if (ret_cols != NULL)
        *ret_cols = width_text(text, at, rules);
    return at;
}

static bool
is_mark(int32_t cp)
{
    int category = utf8proc_get_property(cp)->category;
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

size_t
width_draw_cut(const char *cluster, size_t len)
{
    size_t at = 0;
    int marks = 0;
    int32_t last = 0;
    while (at < len) {
        int32_t cp;
        size_t n = decode(cluster + at, len - at, &cp);
        if (at > 0 && is_mark(cp) && ++marks > WIDTH_CLUSTER_MAX_MARKS)
            break;
        if (at + n > WIDTH_CLUSTER_MAX_BYTES)
            break;
        at += n;
        last = cp;
    }
    /* A joiner left at the cut would draw the next cell's emoji into this one. */
    if (at < len && last == ZWJ && at > 3)
        at -= 3;
    return at;
}

bool
width_doubtful(const char *cluster, size_t len)
{
    if (len <= 1)
        return false;
    int32_t cp;
    if (decode(cluster, len, &cp) < len || cp >= 0x1f000)
        return true;
    const utf8proc_property_t *property = utf8proc_get_property(cp);
    return property->boundclass == UTF8PROC_BOUNDCLASS_V ||
           property->boundclass == UTF8PROC_BOUNDCLASS_T ||
           property->boundclass == UTF8PROC_BOUNDCLASS_PREPEND ||
           property->category == UTF8PROC_CATEGORY_CN || property->category == UTF8PROC_CATEGORY_CO;
}

static bool
is_word(const char *cluster, size_t len)
{
    int32_t cp;
    decode(cluster, len, &cp);
    int category = utf8proc_get_property(cp)->category;
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) ||
           category == UTF8PROC_CATEGORY_PC;
}

size_t
width_word_left(const char *text, size_t len, size_t at)
{
    bool inside = false;
    at = at < len ? at : len;
    while (at > 0) {
        size_t n = width_prev(text, at);
        bool word = is_word(text + at - n, n);
        if (inside && !word)
            break;
        inside = word;
        at -= n;
    }
    return at;
}

size_t
width_word_right(const char *text, size_t len, size_t at)
{
    bool inside = false;
    while (at < len) {
        size_t n = width_next(text + at, len - at, NULL, NULL);
        bool word = is_word(text + at, n);
        if (inside && !word)
            break;
        inside = word;
        at += n;
    }
    return at < len ? at : len;
}
