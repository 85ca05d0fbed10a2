/* Quiet hours, as the configuration has them: when nothing is to call the person.
 *
 *     22:00-07:00            every day, over midnight
 *     mon-fri 22:00-07:00    the nights that begin on these days
 *     sat,sun 00:00-24:00    all of the weekend
 *     off                    none
 *
 * Days and times are those of a wall clock; a night in which it is set forward or back begins and
 * ends by it. */
#ifndef WEFT_CORE_QUIET_H
#define WEFT_CORE_QUIET_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct quiet {
    unsigned days;        /* on which it begins: bit 0 is Monday */
    int from_min, to_min; /* of the day; an end before the beginning is on the next day */
};

/* False: BAD_INPUT. */
bool quiet_parse(const char *text, struct quiet *ret_quiet, GError **error);
/* For option rows. */
bool quiet_check(const char *text, GError **error);

/* When the quiet hours end in which `now_us` (wall time) lies; 0: it lies in none. */
int64_t quiet_until(const struct quiet *quiet, int64_t now_us, GTimeZone *zone);

#endif
