#include "base/span.h"

#include <glib.h>
#include <string.h>

#define DAY_S  INT64_C(86400)
#define MOST_S (1000 * 365 * DAY_S)

bool
span_parse(const char *text, int64_t *ret_us)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1},     {'m', 60},        {'h', 3600},
                 {'d', DAY_S}, {'w', 7 * DAY_S}, {'y', 365 * DAY_S}};
    const size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 9 || text[digits] == '\0' || text[digits + 1] != '\0')
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (text[digits] != units[i].letter)
            continue;
        const int64_t seconds = g_ascii_strtoll(text, NULL, 10) * units[i].seconds;
        *ret_us = MIN(seconds, MOST_S) * G_USEC_PER_SEC;
        return true;
    }
    return false;
}

bool
span_parse_ago(const char *text, int64_t now_us, int64_t *ret_us)
{
    int64_t span_us;

    if (!span_parse(text, &span_us))
        return false;
    *ret_us = MAX(1, now_us - span_us);
    return true;
}
