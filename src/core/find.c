#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/core.h"
#include "core/nearest.h"

char *
core_buffer_address(struct core *core, const struct buffer *buffer)
{
    const struct account *account = core_account(core, buffer->account_id);
    const struct space *space = buffer->space_id ? core_space(core, buffer->space_id) : NULL;

    if (!account)
        return g_strdup(ADDRESS_OWN);
    return address_format(account->name, space ? space->name : NULL,
                          buffer->kind == BUFFER_SERVER ? NULL : buffer->name);
}

/* 2: the same, 1: but for the case of letters, 0: another. */
static int
part_match(const char *wanted, const char *is)
{
    if (strcmp(wanted, is) == 0)
        return 2;
    g_autofree char *a = g_utf8_casefold(wanted, -1);
    g_autofree char *b = g_utf8_casefold(is, -1);
    return strcmp(a, b) == 0;
}

/* How well a buffer fits the parts of an address: the worst part decides. */
static int
buffer_match(struct core *core, const struct buffer *buffer, char **parts)
{
    const struct account *account = core_account(core, buffer->account_id);
    const struct space *space = buffer->space_id ? core_space(core, buffer->space_id) : NULL;
    unsigned n = g_strv_length(parts);

    if (!account)
        return n == 1 ? part_match(parts[0], ADDRESS_OWN) : 0;
    int match = part_match(parts[0], account->name);
    if (match == 0 || (buffer->kind == BUFFER_SERVER) != (n == 1))
        return 0;
    if (n == 1)
        return match;
    /* The space may be left out; core_find_address() then insists on a single buffer. */
    if (n == 3 && !space)
        return 0;
    if (n == 3)
        match = MIN(match, part_match(parts[1], space->name));
    return match ? MIN(match, part_match(parts[n - 1], buffer->name)) : 0;
}

static void
refuse_unknown(struct core *core, const char *address, GError **error)
{
    const GPtrArray *buffers = core_buffers(core);
    struct nearest nearest;

    nearest_init(&nearest, address);
    for (unsigned i = 0; i < buffers->len; i++) {
        g_autofree char *candidate = core_buffer_address(core, buffers->pdata[i]);
        nearest_offer(&nearest, candidate);
    }
    g_autofree char *hint = nearest_hint(&nearest);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "No open buffer has the address %s.%s",
                address, hint);
}

const struct buffer *
core_find_address(struct core *core, const char *address, GError **error)
{
    g_auto(GStrv) parts = address_parse(address, error);
    const GPtrArray *buffers = core_buffers(core);
    const struct buffer *best = NULL;
    int best_match = 0;
    unsigned n_best = 0;

    if (!parts)
        return NULL;
    for (unsigned i = 0; i < buffers->len; i++) {
        int match = buffer_match(core, buffers->pdata[i], parts);
        if (match > best_match) {
            best = buffers->pdata[i];
            best_match = match;
            n_best = 0;
        }
        n_best += match > 0 && match == best_match;
    }
    if (n_best == 1)
        return best;
    if (n_best == 0)
        refuse_unknown(core, address, error);
    else
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "%u buffers have the address %s. Name the space too: account/space/name.",
                    n_best, address);
    return NULL;
}
