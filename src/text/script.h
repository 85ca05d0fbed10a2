/* Names that are made to be taken for others: letters of one alphabet between those of another
 * (after UTS 39, 5.1, for the alphabets whose letters look alike). */
#ifndef WEFT_TEXT_SCRIPT_H
#define WEFT_TEXT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* True when a name (valid UTF-8) holds a word that
 *
 *   mixes Latin, Greek, Cyrillic, Armenian, Cherokee or Coptic letters ("pаypal" with a Cyrillic
 * а), mixes ASCII letters with their wide, mathematical or circled forms ("ｗeft"), consists of
 * nothing but Cyrillic or Greek letters that look like ASCII ones ("сосо").
 *
 * A word ends where something stands that is neither letter, mark nor digit: "linux-помощь" is two
 * honest words. Chinese, Japanese, Korean and other scripts beside Latin are everyday use. */
bool script_is_doubtful(const char *name, size_t len);

#endif
