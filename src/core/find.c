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
        const struct buffer *buffer = buffers->pdata[i];
        const struct account *account = core_account(core, buffer->account_id);
        const struct space *space = buffer->space_id ? core_space(core, buffer->space_id) : NULL;
        int match = address_match(parts, account ? account->name : NULL, space ? space->name : NULL,
                                  buffer->kind == BUFFER_SERVER ? NULL : buffer->name);
        if (match > best_match) {
            best = buffer;
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
