#include "ui/keys_code.h"

#include <stdbool.h>
#include <string.h>

#include "ui/keys.h"

uint32_t
keys_code_tilde(int number)
{
    static const unsigned short functions[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21,
                                               23, 24, 25, 26, 28, 29, 31, 32, 33, 34};
    static const uint32_t others[] = {0,        KEY_HOME, KEY_INSERT, KEY_DELETE, KEY_END,
                                      KEY_PGUP, KEY_PGDN, KEY_HOME,   KEY_END};
    if (number > 0 && number < (int)G_N_ELEMENTS(others))
        return others[number];
    for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++)
        if (functions[i] == number)
            return KEY_F1 + i;
    return KEY_NONE;
}

uint32_t
keys_code_letter(unsigned char letter)
{
    static const char letters[] = "ABCDHFPQRS";
    static const uint32_t codes[] = {KEY_UP,  KEY_DOWN, KEY_RIGHT,  KEY_LEFT,   KEY_HOME,
                                     KEY_END, KEY_F1,   KEY_F1 + 1, KEY_F1 + 2, KEY_F1 + 3};
    const char *at = letter != '\0' ? strchr(letters, letter) : NULL;
    return at != NULL ? codes[at - letters] : KEY_NONE;
}

uint32_t
keys_code_kitty(int number)
{
    static const uint32_t keypad[] = {
        '0',      '1',       '2',      '3',      '4',      '5',        '6',
        '7',      '8',       '9',      '.',      '/',      '*',        '-',
        '+',      KEY_ENTER, '=',      ',',      KEY_LEFT, KEY_RIGHT,  KEY_UP,
        KEY_DOWN, KEY_PGUP,  KEY_PGDN, KEY_HOME, KEY_END,  KEY_INSERT, KEY_DELETE};
    switch (number) {
    case 9:
        return KEY_TAB;
    case 13:
        return KEY_ENTER;
    case 27:
        return KEY_ESC;
    case 8:
    case 127:
        return KEY_BACKSPACE;
    default:
        break;
    }
    if (number >= 57376 && number <= 57387)
        return (uint32_t)(KEY_F1 + 12 + number - 57376);
    if (number >= 57399 && number < 57399 + (int)G_N_ELEMENTS(keypad))
        return keypad[number - 57399];
    bool character = number >= 0x20 && number < 0x110000 && !(number >= 0x7f && number < 0xa0) &&
                     !(number >= 0xe000 && number <= 0xf8ff) &&
                     !(number >= 0xd800 && number < 0xe000);
    return character ? (uint32_t)number : KEY_NONE;
}
