#include "config.h"

#include "base/redact.h"

#include <stdbool.h>
#include <string.h>

#define LEAST_BYTES 4
#define MARK        "***"

static GMutex mutex;
static GHashTable *secrets; /* secret → how often it was added */

void
redact_wipe(void *memory, size_t len)
{
    if (memory)
        explicit_bzero(memory, len);
}

void
redact_wipe_free(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

static void
wipe_key(void *secret)
{
    redact_wipe_free(secret);
}

void
redact_add(const char *secret)
{
    if (!secret || strlen(secret) < LEAST_BYTES)
        return;
    g_mutex_lock(&mutex);
    if (!secrets)
        secrets = g_hash_table_new_full(g_str_hash, g_str_equal, wipe_key, NULL);
    unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(secrets, secret));
    g_hash_table_insert(secrets, g_strdup(secret), GUINT_TO_POINTER(count + 1));
    g_mutex_unlock(&mutex);
}

void
redact_forget(const char *secret)
{
    if (!secret)
        return;
    g_mutex_lock(&mutex);
    unsigned count = secrets ? GPOINTER_TO_UINT(g_hash_table_lookup(secrets, secret)) : 0;
    if (count > 1)
        g_hash_table_insert(secrets, g_strdup(secret), GUINT_TO_POINTER(count - 1));
    else if (count == 1)
        g_hash_table_remove(secrets, secret);
    if (secrets && g_hash_table_size(secrets) == 0)
        g_clear_pointer(&secrets, g_hash_table_unref);
    g_mutex_unlock(&mutex);
}

/* Marks every byte that belongs to a place where `secret` stands; places may overlap. */
static void
cover(const GString *text, const char *secret, char **covered)
{
    size_t len = strlen(secret);
    size_t from = 0;

    while (from + len <= text->len) {
        const char *found = memmem(text->str + from, text->len - from, secret, len);
        if (!found)
            return;
        if (!*covered)
            *covered = g_malloc0(text->len);
        from = (size_t)(found - text->str);
        memset(*covered + from, 1, len);
        from++;
    }
}

/* A covered run is at least LEAST_BYTES long and the mark is shorter, so the text only shrinks. */
static void
squeeze(GString *text, const char *covered)
{
    size_t to = 0;

    for (size_t i = 0; i < text->len; i++) {
        if (!covered[i]) {
            text->str[to++] = text->str[i];
        } else if (i == 0 || !covered[i - 1]) {
            memcpy(text->str + to, MARK, strlen(MARK));
            to += strlen(MARK);
        }
    }
    explicit_bzero(text->str + to, text->len - to);
    g_string_truncate(text, to);
}

void
redact_text(GString *text)
{
    g_autofree char *covered = NULL;

    g_mutex_lock(&mutex);
    if (secrets) {
        GHashTableIter iter;
        void *secret;
        g_hash_table_iter_init(&iter, secrets);
        while (g_hash_table_iter_next(&iter, &secret, NULL))
            cover(text, secret, &covered);
    }
    g_mutex_unlock(&mutex);
    if (covered)
        squeeze(text, covered);
}
