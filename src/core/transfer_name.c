/* The name that a foreign file gets on our disk. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/utf8.h"
#include "core/engine.h"
#include "core/transfer.h"

#define NAME_MOST_BYTES   180 /* there is room for " (1000)" and what a file system adds */
#define ENDING_MOST_BYTES 16
#define SAME_NAME_MOST    1000

/* What is not seen, turns the order around, or is a folder's. */
static bool
is_unwanted(gunichar c)
{
    return g_unichar_iscntrl(c) || c == '/' || c == '\\' || c == 0xfffd ||
           g_unichar_type(c) == G_UNICODE_FORMAT || g_unichar_type(c) == G_UNICODE_LINE_SEPARATOR ||
           g_unichar_type(c) == G_UNICODE_PARAGRAPH_SEPARATOR ||
           g_unichar_type(c) == G_UNICODE_PRIVATE_USE || g_unichar_type(c) == G_UNICODE_UNASSIGNED;
}

/* Of "../../etc/passwd" and "C:\x\y" the last part. */
static const char *
last_part(const char *name)
{
    const char *last = name;

    for (const char *at = name; *at != '\0'; at++)
        if ((*at == '/' || *at == '\\') && at[1] != '\0')
            last = at + 1;
    return last;
}

static char *
shortened(const char *name)
{
    const size_t len = strlen(name);
    const char *dot = strrchr(name, '.');
    const size_t ending = dot != NULL ? len - (size_t)(dot - name) : 0;

    if (len <= NAME_MOST_BYTES)
        return g_strdup(name);
    if (ending == 0 || ending > ENDING_MOST_BYTES)
        return g_strndup(name, utf8_cut(name, len, NAME_MOST_BYTES));
    g_autofree char *stem = g_strndup(name, utf8_cut(name, len, NAME_MOST_BYTES - ending));
    return g_strconcat(stem, dot, NULL);
}

char *
transfer_safe_name(const char *name)
{
    g_autofree char *valid = utf8_sanitize(name, -1, 64 * 1024);
    GString *out = g_string_new(NULL);
    const char *from = last_part(valid);

    for (const char *at = from; *at != '\0'; at = g_utf8_find_next_char(at, NULL)) {
        const gunichar c = g_utf8_get_char(at);
        if (is_unwanted(c) && !g_unichar_isspace(c))
            continue;
        /* Nor anything in front that a shell or a folder's listing takes for something else. */
        if (out->len == 0 && (strchr(".-~", (int)MIN(c, 0x7f)) != NULL || g_unichar_isspace(c)))
            continue;
        if (g_unichar_isspace(c))
            g_string_append_c(out, ' ');
        else
            g_string_append_unichar(out, c);
    }
    while (out->len > 0 && strchr(". ", out->str[out->len - 1]) != NULL)
        g_string_truncate(out, out->len - 1);
    g_autofree char *all = g_string_free(out, FALSE);
    return *all != '\0' ? shortened(all) : g_strdup("file");
}

/* "minutes (2).odt" */
static char *
numbered(const char *name, unsigned n)
{
    const char *dot = strrchr(name, '.');
    const size_t stem = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);

    return n == 1 ? g_strdup(name)
                  : g_strdup_printf("%.*s (%u)%s", (int)stem, name, n, name + stem);
}

char *
transfer_take_name(const char *folder, const char *name, GError **error)
{
    g_autofree char *safe = transfer_safe_name(name);

    for (unsigned n = 1; n <= SAME_NAME_MOST; n++) {
        g_autofree char *tried = numbered(safe, n);
        g_autofree char *path = g_build_filename(folder, tried, NULL);
        const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0) {
            close(fd);
            return g_steal_pointer(&path);
        }
        if (errno != EEXIST)
            break;
    }
    g_autofree char *shown = g_filename_display_name(folder);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "No file can be made in %s: %s.", shown,
                g_strerror(errno));
    return NULL;
}
