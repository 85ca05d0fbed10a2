#include "tests/sandbox/web.h"

#ifdef __SANITIZE_ADDRESS__
/* libsoup 3.2 loses the GSocket (not the descriptor) of every connection that it accepts. GLib is
 * built without frame pointers, so the one frame that is known of it must do; g_malloc0() and what
 * else there is stay watched. Weak: a test program may have its own. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default"), used, weak));

const char *
__lsan_default_suppressions(void)
{
    return "leak:^g_malloc$";
}
#endif

struct fault {
    int kind;
    char *pattern;
    unsigned times, value;
};

void
web_listen(SoupServer *soup, uint16_t *port, SoupServerListenOptions options)
{
    g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new_from_string("127.0.0.1", *port);
    g_autoptr(GError) error = NULL;
    GSList *before = soup_server_get_listeners(soup);
    GSList *after = NULL;

    soup_server_listen(soup, wanted, options, &error);
    g_assert_no_error(error);
    after = soup_server_get_listeners(soup);
    for (GSList *link = after; link != NULL; link = link->next) {
        g_autoptr(GSocketAddress) address = NULL;

        if (g_slist_find(before, link->data) != NULL)
            continue;
        address = g_socket_get_local_address(link->data, NULL);
        *port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
    }
    g_slist_free(before);
    g_slist_free(after);
}

void
web_cut(SoupServerMessage *msg)
{
    GSocket *socket = soup_server_message_get_socket(msg);

    if (socket != NULL)
        g_socket_shutdown(socket, TRUE, TRUE, NULL);
}

static void
fault_free(void *data)
{
    struct fault *fault = data;

    g_free(fault->pattern);
    g_free(fault);
}

GPtrArray *
web_faults_new(void)
{
    return g_ptr_array_new_with_free_func(fault_free);
}

void
web_fault_add(GPtrArray *faults, int kind, const char *pattern, unsigned times, unsigned value)
{
    struct fault *fault = g_new(struct fault, 1);

    *fault = (struct fault){kind, g_strdup(pattern), times, value};
    g_ptr_array_add(faults, fault);
}

bool
web_fault_take(GPtrArray *faults, int kind, const char *line, unsigned *ret_value)
{
    for (unsigned i = 0; i < faults->len; i++) {
        struct fault *fault = g_ptr_array_index(faults, i);

        if (fault->kind != kind || !g_pattern_match_simple(fault->pattern, line))
            continue;
        if (ret_value != NULL)
            *ret_value = fault->value;
        if (fault->times <= 1)
            g_ptr_array_remove_index(faults, i);
        else
            fault->times--;
        return true;
    }
    return false;
}
