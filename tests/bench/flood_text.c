#include "tests/bench/flood_text.h"

#define WORDS 20000

/* A stream of numbers that has nothing to hide. */
static uint32_t
next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* The word of that rank: the same every time, the frequent ones short. */
static void
append_word(GString *out, uint32_t rank)
{
    static const char *const heads[] = {"t", "m", "s", "k", "br", "pl", "n", "d",
                                        "w", "f", "r", "l", "ch", "v",  "g", "b"};
    static const char *const cores[] = {"a", "e", "o", "i", "u", "ea", "ou", "ai"};
    static const char *const tails[] = {"", "n", "r", "s", "l", "nd", "st", "m"};
    uint64_t state = rank * UINT64_C(2654435761) + 17;
    const unsigned syllables = rank < 40 ? 1 : rank < 2000 ? 2 : 3;

    next(&state);
    for (unsigned i = 0; i < syllables; i++) {
        g_string_append(out, heads[next(&state) % G_N_ELEMENTS(heads)]);
        g_string_append(out, cores[next(&state) % G_N_ELEMENTS(cores)]);
        g_string_append(out, tails[next(&state) % G_N_ELEMENTS(tails)]);
    }
}

/* Small ranks are frequent: the logarithm of the rank is spread evenly. */
static uint32_t
pick_rank(uint64_t *state)
{
    uint32_t most = 1;
    for (uint32_t bits = next(state) % 15; bits > 0; bits--)
        most *= 2;
    return (most + next(state) % most) % WORDS;
}

void
flood_text(GString *out, uint32_t seed)
{
    static const char *const rare[] = {"caf\xc3\xa9", "na\xc3\xafve", "\xe4\xbd\xa0\xe5\xa5\xbd",
                                       "\xe2\x80\x9cyes\xe2\x80\x9d", "\xf0\x9f\x91\x8d"};
    uint64_t state = seed + UINT64_C(88172645463325252);
    const size_t start = out->len;
    size_t wanted;

    next(&state);
    wanted = 20 + next(&state) % 100;
    while (out->len - start < wanted) {
        if (out->len > start)
            g_string_append_c(out, ' ');
        append_word(out, pick_rank(&state));
    }
    if (next(&state) % 20 == 0)
        g_string_append_printf(out, " https://www.example.org/%x/%x", next(&state) % 4096,
                               next(&state));
    if (next(&state) % 16 == 0)
        g_string_append_printf(out, " %s", rare[next(&state) % G_N_ELEMENTS(rare)]);
}

const char *
flood_nick(unsigned i)
{
    static char names[FLOOD_NICKS][16];

    if (names[i % FLOOD_NICKS][0] == '\0') {
        g_autoptr(GString) name = g_string_new(NULL);
        append_word(name, 3000 + i % FLOOD_NICKS);
        g_snprintf(names[i % FLOOD_NICKS], sizeof names[0], "%.6s%u", name->str, i % FLOOD_NICKS);
    }
    return names[i % FLOOD_NICKS];
}
