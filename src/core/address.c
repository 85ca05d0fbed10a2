#include "core/address.h"

#include <string.h>

#include "base/error.h"

#define ADDRESS_MAX_BYTES 4096

static bool
needs_backslash(char c)
{
    return (guchar)c < 0x20 || strchr("/ \"'\\", c) != NULL;
}

void
address_append_part(GString *out, const char *part)
{
    for (const char *c = part; *c; c++) {
        if (needs_backslash(*c))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
}

char *
address_format(const char *account, const char *space, const char *name)
{
    GString *out = g_string_new(NULL);

    address_append_part(out, account);
    if (space) {
        g_string_append_c(out, '/');
        address_append_part(out, space);
    }
    if (name) {
        g_string_append_c(out, '/');
        address_append_part(out, name);
    }
    return g_string_free(out, FALSE);
}

static void
refuse(GError **error, const char *why)
{
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "This is no buffer's address: %s.", why);
}

char **
address_parse(const char *address, GError **error)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) part = g_string_new(NULL);
    const char *why = NULL;

    if (strlen(address) > ADDRESS_MAX_BYTES || !g_utf8_validate(address, -1, NULL))
        why = "it is too long, or not valid UTF-8";
    for (const char *c = address; !why; c++) {
        if (*c == '/' || *c == '\0') {
            if (part->len == 0)
                why = "a part of it is empty; it looks like account/name";
            g_ptr_array_add(parts, g_strdup(part->str));
            g_string_truncate(part, 0);
            if (*c == '\0')
                break;
        } else if ((guchar)*c < 0x20) {
            why = "it holds a control character";
        } else if (*c == '\\' && c[1] == '\0') {
            why = "it ends with a backslash";
        } else if (*c == '\\') {
            g_string_append_c(part, *++c);
        } else if (needs_backslash(*c)) {
            why = "a blank or quote in it needs a backslash before it";
        } else {
            g_string_append_c(part, *c);
        }
    }
    if (!why && parts->len > 3)
        why = "it has more than three parts; a / inside a name is written \\/";
    if (why) {
        refuse(error, why);
        return NULL;
    }
    g_ptr_array_add(parts, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&parts), FALSE);
}

char *
address_canonical(const char *address, GError **error)
{
    g_auto(GStrv) parts = address_parse(address, error);

    if (!parts)
        return NULL;
    if (!parts[1])
        return address_format(parts[0], NULL, NULL);
    return parts[2] ? address_format(parts[0], parts[1], parts[2])
                    : address_format(parts[0], NULL, parts[1]);
}

static int
part_match(const char *wanted, const char *is)
{
    if (strcmp(wanted, is) == 0)
        return 2;
    g_autofree char *a = g_utf8_casefold(wanted, -1);
    g_autofree char *b = g_utf8_casefold(is, -1);
    return strcmp(a, b) == 0;
}

/* The sign before the names of some networks' channels need not be written. */
static int
name_match(const char *wanted, const char *is)
{
    const int match = part_match(wanted, is);

    return match == 0 && *is == '~' ? MIN(1, part_match(wanted, is + 1)) : match;
}

int
address_match(char **parts, const char *account, const char *space, const char *name)
{
    unsigned n = g_strv_length(parts);

    if (!account)
        return n == 1 ? part_match(parts[0], ADDRESS_OWN) : 0;
    if ((n == 1) != (name == NULL) || (n == 3 && !space))
        return 0;
    int match = part_match(parts[0], account);
    if (match && n == 3)
        match = MIN(match, part_match(parts[1], space));
    return match && name ? MIN(match, name_match(parts[n - 1], name)) : match;
}
