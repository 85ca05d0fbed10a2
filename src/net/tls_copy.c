#include "net/tls_copy.h"

#include <glib.h>

void
tls_copy_set(struct tls_copy *copy, const struct tls_wishes *wishes)
{
    copy->ca_file = g_strdup(wishes->ca_file);
    copy->cert_file = g_strdup(wishes->cert_file);
    copy->fingerprint = g_strdup(wishes->fingerprint);
}

void
tls_copy_clear(struct tls_copy *copy)
{
    g_clear_pointer(&copy->ca_file, g_free);
    g_clear_pointer(&copy->cert_file, g_free);
    g_clear_pointer(&copy->fingerprint, g_free);
}

struct tls_wishes
tls_copy_wishes(const struct tls_copy *copy)
{
    return (struct tls_wishes){
        .ca_file = copy->ca_file, .cert_file = copy->cert_file, .fingerprint = copy->fingerprint};
}
