#include "daemon/figures.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "daemon/legs.h"
#include "text/display.h"

#define PROC_BYTES 4096

/* NAME="VALUE", without what could act in a terminal. */
static void
put_label(GString *out, const char *name, const char *value)
{
    g_autofree char *shown = display_dup(value ? value : "", -1, DISPLAY_LINE);

    g_string_append_printf(out, "%s=\"", name);
    for (const char *c = shown; *c; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

static void
put_head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_number(GString *out, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, " %s\n", g_ascii_formatd(digits, sizeof digits, "%.10g", value));
}

static void
put_figure(GString *out, const char *name, const char *type, const char *help, double value)
{
    put_head(out, name, type, help);
    g_string_append(out, name);
    put_number(out, value);
}

/* --- the relay --- */

static double
leg_runs(const struct relay_leg *leg)
{
    return leg->state == RELAY_RUNS;
}
static double
leg_waiting(const struct relay_leg *leg)
{
    return leg->waiting;
}
static double
leg_oldest(const struct relay_leg *leg)
{
    return (double)leg->oldest_us / G_USEC_PER_SEC;
}
static double
leg_lag(const struct relay_leg *leg)
{
    return (double)leg->lag_us / G_USEC_PER_SEC;
}
static double
leg_unknown(const struct relay_leg *leg)
{
    return leg->unknown;
}
static double
leg_given_up(const struct relay_leg *leg)
{
    return leg->given_up;
}
static double
leg_sent(const struct relay_leg *leg)
{
    return (double)leg->sent;
}
static double
leg_failed(const struct relay_leg *leg)
{
    return (double)leg->failed;
}

static double
leg_rate(const struct relay_leg *leg)
{
    return leg->per_minute;
}
static double
leg_error_time(const struct relay_leg *leg)
{
    return (double)leg->error_us / G_USEC_PER_SEC;
}

static const struct leg_figure {
    const char *name, *type, *help;
    double (*value)(const struct relay_leg *leg);
} leg_figures[] = {
    {"weft_relay_leg_runs", "gauge",
     "1: messages cross to this leg; 0: paused, tripped, waiting or off.", leg_runs},
    {"weft_relay_waiting", "gauge", "Tasks and copies that are on their way to this leg.",
     leg_waiting},
    {"weft_relay_oldest_seconds", "gauge", "Age of the oldest that waits.", leg_oldest},
    {"weft_relay_lag_seconds", "gauge", "Median time that the last copies took.", leg_lag},
    {"weft_relay_unknown", "gauge", "Copies of which nobody knows whether they arrived.",
     leg_unknown},
    {"weft_relay_given_up", "gauge", "Tasks that are not tried again by themselves.", leg_given_up},
    {"weft_relay_copies_per_minute", "gauge", "Copies that arrived within the last minute.",
     leg_rate},
    {"weft_relay_last_error_timestamp_seconds", "gauge",
     "When something last went wrong; 0: never since weft runs.", leg_error_time},
    {"weft_relay_sent_total", "counter", "Copies that arrived since weft runs.", leg_sent},
    {"weft_relay_failed_total", "counter", "Copies that were refused since weft runs.", leg_failed},
};

static void
put_legs(GString *out, struct core *core)
{
    g_autoptr(GPtrArray) legs = legs_of(core);

    for (size_t f = 0; f < G_N_ELEMENTS(leg_figures); f++) {
        const struct leg_figure *figure = &leg_figures[f];
        put_head(out, figure->name, figure->type, figure->help);
        for (guint i = 0; i < legs->len && i < FIGURES_LEGS_MOST; i++) {
            const struct relay_leg *leg = legs->pdata[i];
            g_string_append_printf(out, "%s{", figure->name);
            put_label(out, "gateway", leg->gateway);
            g_string_append_c(out, ',');
            put_label(out, "leg", leg->address);
            g_string_append_c(out, '}');
            put_number(out, figure->value(leg));
        }
    }
}

/* --- accounts --- */

static void
put_accounts(GString *out, struct core *core)
{
    const GPtrArray *accounts = core_accounts(core);

    put_head(out, "weft_account_online", "gauge", "1: logged in and caught up.");
    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        g_string_append(out, "weft_account_online{");
        put_label(out, "account", account->name);
        g_string_append_c(out, ',');
        put_label(out, "network", account->network);
        g_string_append_c(out, '}');
        put_number(out, account->state == ACCOUNT_ONLINE);
    }
}

/* --- the process --- */

static double
resident_bytes(void)
{
    size_t len = 0;
    g_autofree char *text = file_read("/proc/self/statm", PROC_BYTES, &len, NULL);
    const char *second = text ? strchr(text, ' ') : NULL;

    return second ? (double)g_ascii_strtoull(second + 1, NULL, 10) * (double)sysconf(_SC_PAGESIZE)
                  : 0;
}

static double
cpu_seconds(void)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) != 0)
        return 0;
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static unsigned
open_descriptors(void)
{
    GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
    unsigned n = 0;

    if (!dir)
        return 0;
    while (g_dir_read_name(dir))
        n++;
    g_dir_close(dir);
    return n - 1; /* the folder's own */
}

char *
figures_text(struct core *core, const char *version)
{
    GString *out = g_string_new(NULL);

    put_head(out, "weft_info", "gauge", "The program.");
    g_string_append(out, "weft_info{");
    put_label(out, "version", version);
    g_string_append(out, "} 1\n");
    put_accounts(out, core);
    put_legs(out, core);
    put_figure(out, "process_cpu_seconds_total", "counter", "User and system time.", cpu_seconds());
    put_figure(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
    put_figure(out, "process_open_fds", "gauge", "Open descriptors.", open_descriptors());
    return g_string_free(out, FALSE);
}
