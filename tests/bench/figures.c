#include "tests/bench/figures.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct measure {
    char *name;
    GPtrArray *samples; /* GArray of double, one a program */
    gboolean printed;
};

struct figures {
    const char *const *programs;
    GPtrArray *measures;
    const struct figures_bar *bars; /* NULL: no Markdown */
};

static void
measure_free(void *data)
{
    struct measure *measure = data;
    g_ptr_array_unref(measure->samples);
    g_free(measure->name);
    g_free(measure);
}

struct figures *
figures_new(const char *const *programs)
{
    struct figures *figures = g_new0(struct figures, 1);
    figures->programs = programs;
    figures->measures = g_ptr_array_new_with_free_func(measure_free);
    return figures;
}

void
figures_free(struct figures *figures)
{
    g_ptr_array_unref(figures->measures);
    g_free(figures);
}

static struct measure *
find(struct figures *figures, const char *name)
{
    for (guint i = 0; i < figures->measures->len; i++) {
        struct measure *known = figures->measures->pdata[i];
        if (strcmp(known->name, name) == 0)
            return known;
    }
    struct measure *measure = g_new0(struct measure, 1);
    measure->name = g_strdup(name);
    measure->samples = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; figures->programs[i] != NULL; i++)
        g_ptr_array_add(measure->samples, g_array_new(FALSE, FALSE, sizeof(double)));
    g_ptr_array_add(figures->measures, measure);
    return measure;
}

void
figures_add(struct figures *figures, const char *measure, const char *program, double value)
{
    struct measure *into = find(figures, measure);

    for (guint i = 0; figures->programs[i] != NULL; i++)
        if (strcmp(figures->programs[i], program) == 0)
            g_array_append_val((GArray *)into->samples->pdata[i], value);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double
figures_share(GArray *doubles, double share)
{
    if (doubles->len == 0)
        return 0;
    g_array_sort(doubles, compare);
    return g_array_index(doubles, double, MIN(doubles->len - 1, (guint)(doubles->len * share)));
}

static double
median(const GArray *samples)
{
    g_autoptr(GArray) sorted = g_array_copy((GArray *)(uintptr_t)samples);
    return figures_share(sorted, 0.5);
}

static void
print_value(double value)
{
    if (value >= 100)
        printf(" %9.0f", value);
    else if (value >= 10)
        printf(" %9.1f", value);
    else
        printf(" %9.2f", value);
}

static void
print_measure(const struct figures *figures, const struct measure *measure)
{
    const GArray *own = measure->samples->pdata[0];
    const double base = own->len > 0 ? median(own) : 0;

    printf("  %-50s", measure->name);
    for (guint i = 0; figures->programs[i] != NULL; i++) {
        const GArray *samples = measure->samples->pdata[i];
        if (samples->len == 0) {
            printf(i > 0 ? " %9s %7s" : " %9s", "-", "");
            continue;
        }
        const double value = median(samples);
        print_value(value);
        if (i == 0)
            continue;
        if (own->len > 0 && value > 0)
            printf(" %7.2f", base / value);
        else
            printf(" %7s", "");
    }
    putchar('\n');
}

/* --- as Markdown
 * ------------------------------------------------------------------------------------------- */

void
figures_as_markdown(struct figures *figures, const struct figures_bar *bars)
{
    figures->bars = bars;
}

static const char *
bar_of(const struct figures *figures, const struct measure *measure)
{
    const struct figures_bar *bar = figures->bars;

    while (bar->measure != NULL && strcmp(bar->measure, measure->name) != 0)
        bar++;
    return bar->measure != NULL ? bar->text : "";
}

/* "12.3", or "12.3 (0.45)" with weft's share of it. */
static void
mark_value(double value, double base)
{
    printf(value >= 100 ? " %.0f" : value >= 10 ? " %.1f" : " %.2f", value);
    if (base > 0 && value > 0)
        printf(" (%.2f)", base / value);
    printf(" |");
}

static void
mark_measure(const struct figures *figures, const struct measure *measure)
{
    const GArray *own = measure->samples->pdata[0];
    const double base = own->len > 0 ? median(own) : 0;

    printf("| %s | %s |", measure->name, bar_of(figures, measure));
    for (guint i = 0; figures->programs[i] != NULL; i++) {
        const GArray *samples = measure->samples->pdata[i];
        if (samples->len == 0)
            printf(" – |");
        else
            mark_value(median(samples), i > 0 ? base : 0);
    }
    putchar('\n');
}

static void
mark_head(const struct figures *figures, const char *section)
{
    printf("\n| %s | bar |", section);
    for (guint i = 0; figures->programs[i] != NULL; i++)
        printf(" %s |", figures->programs[i]);
    printf("\n|---|---|");
    for (guint i = 0; figures->programs[i] != NULL; i++)
        printf("---:|");
    putchar('\n');
}

static void
print_head(const struct figures *figures, const char *section)
{
    printf("\n%-52s", section);
    for (guint i = 0; figures->programs[i] != NULL; i++)
        printf(i > 0 ? " %9s %7s" : " %9s", figures->programs[i], "ratio");
    putchar('\n');
}

void
figures_print(struct figures *figures, const char *section)
{
    const bool as_markdown = figures->bars != NULL;

    if (as_markdown)
        mark_head(figures, section);
    else
        print_head(figures, section);
    for (guint i = 0; i < figures->measures->len; i++) {
        struct measure *measure = figures->measures->pdata[i];
        if (!measure->printed && as_markdown)
            mark_measure(figures, measure);
        else if (!measure->printed)
            print_measure(figures, measure);
        measure->printed = TRUE;
    }
    fflush(stdout);
}

void
figures_write(const struct figures *figures, GString *out)
{
    for (guint m = 0; m < figures->measures->len; m++) {
        const struct measure *measure = figures->measures->pdata[m];
        for (guint i = 0; figures->programs[i] != NULL; i++) {
            const GArray *samples = measure->samples->pdata[i];
            for (guint s = 0; s < samples->len; s++)
                g_string_append_printf(out, "%s\t%s\t%u\t%.4f\n", measure->name,
                                       figures->programs[i], s + 1,
                                       g_array_index(samples, double, s));
        }
    }
}
