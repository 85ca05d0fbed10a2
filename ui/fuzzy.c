#include "ui/fuzzy.h"

#include <glib.h>
#include <string.h>

#define SCORE_LETTER    1
#define SCORE_NEIGHBOUR 6 /* follows the letter matched before it */
#define SCORE_WORD      8 /* begins a word: "#gen-dev" for "d" */
#define SCORE_START     10
#define SCORE_WHOLE     40

/* g_utf8_next_char() without its cast. */
static const char *
next(const char *at)
{
    return at + g_utf8_skip[(guchar)*at];
}

static gunichar
folded(const char *at)
{
    return g_unichar_tolower(g_utf8_get_char(at));
}

static bool
begins_word(const char *name, const char *at)
{
    return at == name || !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(at)));
}

static int
letter_score(const char *name, const char *at, const char *previous)
{
    int score = SCORE_LETTER;

    if (begins_word(name, at))
        score += SCORE_WORD;
    if (previous && next(previous) == at)
        score += SCORE_NEIGHBOUR;
    return score;
}

/* From `start` on, taking the first place for each letter. -1: they are not all there. */
static int
match_from(const char *query, const char *name, const char *start, bool *matched)
{
    const char *previous = NULL;
    const char *at = start;
    int score = start == name ? SCORE_START : 0;
    bool in_one = begins_word(name, start);

    for (const char *letter = query; *letter; letter = next(letter)) {
        while (*at && folded(at) != folded(letter))
            at = next(at);
        if (!*at || at - name >= FUZZY_MAX_BYTES - 4)
            return -1;
        score += letter_score(name, at, previous);
        in_one = in_one && (!previous || next(previous) == at);
        previous = at;
        for (const char *end = next(at); at < end; at++)
            matched[at - name] = true;
    }
    /* All of the name, but for a sign in front. */
    return in_one && !*at ? score + SCORE_WHOLE : score;
}

int
fuzzy_match(const char *query, const char *name, bool *ret_matched)
{
    int best = -1;

    if (!*query)
        return 0;
    for (const char *at = name; *at && at - name < FUZZY_MAX_BYTES; at = next(at)) {
        bool matched[FUZZY_MAX_BYTES] = {false};
        int score;

        if (folded(at) != folded(query))
            continue;
        score = match_from(query, name, at, matched);
        if (score < 0)
            break; /* what is not there from here is not there from a later place */
        if (score > best) {
            best = score;
            if (ret_matched)
                memcpy(ret_matched, matched, sizeof matched);
        }
    }
    return best;
}
