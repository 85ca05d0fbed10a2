#include "text/emoji.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "text/emoji_table.h"

#define VS16 "\xef\xb8\x8f"

size_t
emoji_count(void)
{
    return emoji_table_n;
}

const struct emoji *
emoji_at(size_t i)
{
    return i < emoji_table_n ? &emoji_table[i] : NULL;
}

/* As names are written in the table. False: no name can hold it. */
static bool
normalise(const char *typed, char *ret_name)
{
    size_t len = strlen(typed);

    if (len >= EMOJI_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i <= len; i++)
        ret_name[i] = typed[i] == ' ' ? '_' : g_ascii_tolower(typed[i]);
    return true;
}

enum fit { FIT_WHOLE, FIT_PLAIN, FIT_START, FIT_WORD, FIT_INSIDE, FIT_NONE };

static enum fit
fit_name(const char *name, size_t len, const char *part, size_t part_len)
{
    enum fit fit = FIT_NONE;

    /* Nothing is looked for: all are as good, in their order. */
    if (part_len == 0)
        return FIT_INSIDE;
    for (size_t at = 0; at + part_len <= len && fit != FIT_WORD; at++) {
        if (memcmp(name + at, part, part_len) != 0)
            continue;
        if (at == 0)
            return part_len == len ? FIT_WHOLE : memchr(name, '_', len) ? FIT_START : FIT_PLAIN;
        fit = name[at - 1] == '_' || name[at - 1] == '-' ? FIT_WORD : FIT_INSIDE;
    }
    return fit;
}

static enum fit
fit_emoji(const struct emoji *emoji, const char *part, size_t part_len)
{
    enum fit best = fit_name(emoji->name, strlen(emoji->name), part, part_len);

    for (const char *name = emoji->others; *name;) {
        size_t len = strcspn(name, " ");
        best = MIN(best, fit_name(name, len, part, part_len));
        name += len + (name[len] == ' ');
    }
    return best;
}

const struct emoji *
emoji_by_name(const char *name)
{
    char wanted[EMOJI_NAME_MAX_BYTES];

    if (!*name || strchr(name, ' ') || !normalise(name, wanted))
        return NULL;
    for (size_t i = 0; i < emoji_table_n; i++)
        if (fit_emoji(&emoji_table[i], wanted, strlen(wanted)) == FIT_WHOLE)
            return &emoji_table[i];
    return NULL;
}

static size_t
bare_len(const char *text)
{
    return g_str_has_suffix(text, VS16) ? strlen(text) - strlen(VS16) : strlen(text);
}

const struct emoji *
emoji_by_text(const char *text)
{
    size_t len = bare_len(text);

    for (size_t i = 0; i < emoji_table_n && len > 0; i++)
        if (bare_len(emoji_table[i].text) == len && memcmp(emoji_table[i].text, text, len) == 0)
            return &emoji_table[i];
    return NULL;
}

static bool
is_recent(const struct emoji_recent *recent, const struct emoji *emoji)
{
    for (size_t i = 0; recent && i < recent->n; i++)
        if (recent->list[i] == emoji)
            return true;
    return false;
}

void
emoji_recent_use(struct emoji_recent *recent, const struct emoji *emoji)
{
    size_t at = 0;

    while (at < recent->n && recent->list[at] != emoji)
        at++;
    if (at == EMOJI_RECENT_MAX)
        at--;
    if (at == recent->n)
        recent->n++;
    memmove(recent->list + 1, recent->list, at * sizeof recent->list[0]);
    recent->list[0] = emoji;
}

struct found {
    const char *part;
    size_t len;
    const struct emoji **ret;
    size_t max;
};

/* It fits, but is not named so: those stand in front already. */
static bool
is_fit_below(const struct emoji *emoji, const struct found *found)
{
    enum fit fit = fit_emoji(emoji, found->part, found->len);
    return fit < FIT_NONE && fit != FIT_WHOLE;
}

static int
by_length(const void *a, const void *b, void *user)
{
    const struct emoji *const *first = a, *const *second = b;
    size_t first_len = strlen((*first)->name), second_len = strlen((*second)->name);

    return (first_len > second_len) - (first_len < second_len);
}

/* Those that fit so and are not among the recent ones, behind the `n` that are there; returns how
 * many there are then. Of names of one word the shorter ones come first. */
static size_t
add_fitting(const struct found *found, size_t n, enum fit fit, const struct emoji_recent *recent)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (size_t i = 0; i < emoji_table_n; i++)
        if (fit_emoji(&emoji_table[i], found->part, found->len) == fit &&
            !is_recent(recent, &emoji_table[i]))
            g_ptr_array_add(all, (void *)(uintptr_t)&emoji_table[i]);
    if (fit == FIT_PLAIN)
        g_ptr_array_sort_with_data(all, by_length, NULL);
    for (guint i = 0; i < all->len && n < found->max; i++)
        found->ret[n++] = all->pdata[i];
    return n;
}

size_t
emoji_find(const char *part, const struct emoji_recent *recent, const struct emoji **ret,
           size_t max)
{
    char wanted[EMOJI_NAME_MAX_BYTES];
    size_t n = 0;

    if (!normalise(part, wanted))
        return 0;
    const struct found found = {wanted, strlen(wanted), ret, max};
    /* A whole name is meant, whatever was chosen last. */
    n = add_fitting(&found, n, FIT_WHOLE, NULL);
    for (size_t i = 0; recent && i < recent->n && n < max; i++)
        if (is_fit_below(recent->list[i], &found))
            ret[n++] = recent->list[i];
    for (int fit = FIT_PLAIN; fit < FIT_NONE; fit++)
        n = add_fitting(&found, n, fit, recent);
    return n;
}
