/* Which key the numbers and letters in a terminal's sequences mean. KEY_NONE: none that weft knows.
 */
#ifndef WEFT_UI_KEYS_CODE_H
#define WEFT_UI_KEYS_CODE_H

#include <stdint.h>

/* Of sequences of the form CSI number ~. */
uint32_t keys_code_tilde(int number);
/* Of the letter that ends a CSI or SS3 sequence. */
uint32_t keys_code_letter(unsigned char letter);
/* The kitty protocol: characters, and numbers for keys without one (its private use block). */
uint32_t keys_code_kitty(int number);

#endif
