/* What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(), built by clang
 * with libFuzzer (tests/fuzz/run). It states what must hold for every input, by g_assert: not only
 * that nothing crashes. */
#ifndef WEFT_TESTS_FUZZ_H
#define WEFT_TESTS_FUZZ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Once, before the first input: GLib's criticals end the program, the log is quiet. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Bytes that are taken from the front as choices. */
struct fuzz_input {
    const uint8_t *at;
    size_t left;
};

/* 0 … max; 0 when nothing is left. Takes one byte, or two when `max` is above 255. */
unsigned fuzz_number(struct fuzz_input *input, unsigned max);
/* What is left up to and without the next '\n' (which goes), in memory of just that size: reading
 * past its end is seen. g_free(). */
char *fuzz_line(struct fuzz_input *input, size_t *ret_len);
/* All that is left, likewise. */
char *fuzz_rest(struct fuzz_input *input, size_t *ret_len);
/* All that is left as valid UTF-8 without NUL, through base/utf8.h. g_free(). */
char *fuzz_text(struct fuzz_input *input);

/* Valid UTF-8 of that length with no NUL in it. */
void fuzz_assert_utf8(const char *text, size_t len);
/* Nothing in it steers a terminal or reorders a line: no C0, DEL, C1, line or paragraph separator,
 * bidi control, interlinear annotation. `newlines`: '\n' may stand in it. */
void fuzz_assert_harmless(const char *text, size_t len, bool newlines);

#endif
