#include "tests/bench/relay_tally.h"

#include <string.h>

#include "tests/bench/flood_text.h"

#define NUMBER "zq" /* no word of flood_text has it */

void
relay_tally_init(struct relay_tally *tally, unsigned n, unsigned n_channels)
{
    *tally = (struct relay_tally){.n = n, .n_channels = n_channels};
    tally->said_us = g_new0(int64_t, n);
    tally->heard_us = g_new0(int64_t, n);
    tally->newest = g_new(int, n_channels);
    for (unsigned i = 0; i < n_channels; i++)
        tally->newest[i] = -1;
}

void
relay_tally_clear(struct relay_tally *tally)
{
    g_free(tally->said_us);
    g_free(tally->heard_us);
    g_free(tally->newest);
}

void
relay_tally_text(GString *out, unsigned n)
{
    flood_text(out, n % 1000);
    g_string_append_printf(out, " " NUMBER "%u", n);
}

void
relay_tally_hear(struct relay_tally *tally, unsigned channel, const char *text)
{
    const char *at = strstr(text, NUMBER);
    const uint64_t n = at != NULL ? g_ascii_strtoull(at + strlen(NUMBER), NULL, 10) : UINT64_MAX;

    /* What is no message of ours, or in a channel where it does not belong. */
    if (n >= tally->n || channel >= tally->n_channels || n % tally->n_channels != channel)
        return;
    tally->last_us = g_get_monotonic_time();
    if (tally->heard_us[n] != 0) {
        tally->doubled++;
        return;
    }
    tally->heard_us[n] = tally->last_us;
    tally->heard++;
    if ((int)n < tally->newest[channel])
        tally->out_of_order++;
    tally->newest[channel] = MAX(tally->newest[channel], (int)n);
}
