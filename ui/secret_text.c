#include "ui/secret_text.h"

#include <glib.h>
#include <string.h>

void
secret_text_wipe(struct secret_text *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

/* Or what stands for one that was pasted. */
static bool
is_control(gunichar c)
{
    return g_unichar_iscntrl(c) || (c >= 0x2400 && c <= 0x2421);
}

void
secret_text_insert(struct secret_text *secret, const char *text, size_t len)
{
    const char *end = text + len;

    while (text < end) {
        size_t size = (size_t)g_utf8_skip[(guchar)*text];

        if (size > (size_t)(end - text) || secret->len + size >= sizeof secret->text)
            return;
        if (!is_control(g_utf8_get_char(text))) {
            memcpy(secret->text + secret->len, text, size);
            secret->len += size;
            secret->text[secret->len] = '\0';
        }
        text += size;
    }
}

static void
delete_last(struct secret_text *secret)
{
    while (secret->len > 0) {
        secret->len--;
        bool was_whole = (secret->text[secret->len] & 0xc0) != 0x80;
        secret->text[secret->len] = '\0';
        if (was_whole)
            return;
    }
}

void
secret_text_key(struct secret_text *secret, enum action action, struct key key)
{
    char utf8[6];

    if (action == ACTION_DELETE_BACK)
        delete_last(secret);
    else if (action == ACTION_DELETE_TO_START || action == ACTION_DELETE_TO_SPACE ||
             action == ACTION_DELETE_WORD_BACK)
        secret_text_wipe(secret);
    else if (action == ACTION_NONE && key_is_text(key))
        secret_text_insert(secret, utf8, (size_t)g_unichar_to_utf8(key.code, utf8));
}
