/* The samples of a run: medians side by side with their ratio, and all of them as lines with tabs.
 */
#ifndef WEFT_TESTS_BENCH_FIGURES_H
#define WEFT_TESTS_BENCH_FIGURES_H

#include <glib.h>

struct figures;

struct figures *figures_new(const char *const *programs); /* NULL-terminated; the first is weft */
void figures_free(struct figures *figures);
/* A sample; `measure` names it with its unit: "first screen, empty store (ms)". `program` is one
 * of those given. */
void figures_add(struct figures *figures, const char *measure, const char *program, double value);
/* What a measure is to be at most. */
struct figures_bar {
    const char *measure; /* NULL: the end of them */
    const char *text;
};
/* From now on sections are printed as tables of Markdown, with these bars (borrowed). */
void figures_as_markdown(struct figures *figures, const struct figures_bar *bars);
/* Printed with the section's measures that came since the last call. */
void figures_print(struct figures *figures, const char *section);
/* measure, program, sample number, value. */
void figures_write(const struct figures *figures, GString *out);

/* The value below which `share` of them lie; sorts. */
double figures_share(GArray *doubles, double share);

#endif
