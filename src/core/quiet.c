#include "core/quiet.h"

#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

#define DAY_MIN     (24 * 60)
#define ALL_DAYS    0x7f
#define SHOWN_BYTES 40
#define LAST_YEAR   9999

static bool
refuse(const char *text, GError **error)
{
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "\"%.*s\" are no quiet hours. They look like 22:00-07:00, mon-fri 22:00-07:00 or "
                "sat,sun 00:00-24:00; off is none.",
                (int)utf8_cut(text, strlen(text), SHOWN_BYTES), text);
    return false;
}

/* "07:30" at *text, which moves on behind it. */
static bool
take_time(const char **text, int *ret_min)
{
    const char *at = *text;

    for (int i = 0; i < 5; i++)
        if (i == 2 ? at[i] != ':' : !g_ascii_isdigit(at[i]))
            return false;
    const int hour = g_ascii_digit_value(at[0]) * 10 + g_ascii_digit_value(at[1]);
    const int min = g_ascii_digit_value(at[3]) * 10 + g_ascii_digit_value(at[4]);
    if (min > 59 || hour * 60 + min > DAY_MIN)
        return false;
    *ret_min = hour * 60 + min;
    *text = at + 5;
    return true;
}

static bool
take_day(const char **text, int *ret_day)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (int i = 0; i < 7; i++) {
        if (g_ascii_strncasecmp(*text, days[i], 3) != 0)
            continue;
        *text += 3;
        *ret_day = i;
        return true;
    }
    return false;
}

/* "mon", "mon-fri", "sat,sun", "fri-mon,wed". */
static bool
take_days(const char **text, unsigned *ret_days)
{
    unsigned days = 0;

    do {
        int first, last;
        if (!take_day(text, &first))
            return false;
        last = first;
        if (**text == '-' && (++*text, !take_day(text, &last)))
            return false;
        for (int day = first;; day = (day + 1) % 7) {
            days |= 1u << day;
            if (day == last)
                break;
        }
    } while (**text == ',' && ++*text);
    *ret_days = days;
    return true;
}

bool
quiet_parse(const char *text, struct quiet *ret_quiet, GError **error)
{
    struct quiet quiet = {.days = ALL_DAYS};
    const char *at = text;

    if (strcmp(text, "off") == 0) {
        *ret_quiet = (struct quiet){0};
        return true;
    }
    if (!g_ascii_isdigit(*at)) {
        if (!take_days(&at, &quiet.days) || *at != ' ')
            return refuse(text, error);
        at += strspn(at, " ");
    }
    if (!take_time(&at, &quiet.from_min) || *at++ != '-' || !take_time(&at, &quiet.to_min) ||
        *at != '\0' || quiet.from_min == DAY_MIN)
        return refuse(text, error);
    if (quiet.from_min == quiet.to_min) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "These quiet hours end when they begin. A whole day is 00:00-24:00.");
        return false;
    }
    *ret_quiet = quiet;
    return true;
}

bool
quiet_check(const char *text, GError **error)
{
    struct quiet quiet;

    return quiet_parse(text, &quiet, error);
}

/* The moment when the clocks of the zone show so many minutes of the day `days` after that of
 * `date`. */
static int64_t
moment_us(GDateTime *date, int days, int minutes, GTimeZone *zone)
{
    g_autoptr(GDateTime) noon =
        g_date_time_new(zone, g_date_time_get_year(date), g_date_time_get_month(date),
                        g_date_time_get_day_of_month(date), 12, 0, 0);
    g_autoptr(GDateTime) day = g_date_time_add_days(noon, days + minutes / DAY_MIN);
    g_autoptr(GDateTime) moment =
        g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
                        g_date_time_get_day_of_month(day), minutes % DAY_MIN / 60, minutes % 60, 0);

    return g_date_time_to_unix(moment) * G_USEC_PER_SEC;
}

int64_t
quiet_until(const struct quiet *quiet, int64_t now_us, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) now = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;

    if (now == NULL || g_date_time_get_year(now) >= LAST_YEAR)
        return 0;
    /* Today's, and the one that began yesterday and goes on over midnight. */
    for (int back = 0; back <= 1; back++) {
        const int day = (g_date_time_get_day_of_week(now) - 1 + 7 - back) % 7;
        const int to_min = quiet->to_min + (quiet->to_min <= quiet->from_min ? DAY_MIN : 0);
        if ((quiet->days >> day & 1) == 0)
            continue;
        const int64_t end_us = moment_us(now, -back, to_min, zone);
        if (moment_us(now, -back, quiet->from_min, zone) <= now_us && now_us < end_us)
            return end_us;
    }
    return 0;
}
