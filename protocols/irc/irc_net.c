/* The beginning and the end of what the network side of a session keeps. */
#include "protocols/irc/irc_priv.h"

void
irc_net_init(struct irc *irc)
{
    irc->net.sts_duration_s = -1;
    irc->net.who_queue = g_ptr_array_new_with_free_func(g_free);
    g_queue_init(&irc->net.asked);
    irc_monitor_init(irc);
    irc_netsplit_init(irc);
}

void
irc_net_reset(struct irc *irc)
{
    irc->net.sts_leave = false;
    irc_nickserv_reset(irc);
    irc_who_reset(irc);
    irc_netsplit_reset(irc);
    irc_list_reset(irc);
    irc_asked_reset(irc);
    irc->net.asked_serial = 0;
}

void
irc_net_clear(struct irc *irc)
{
    irc_login_end(irc);
    irc_cert_reset(irc);
    irc_asked_reset(irc);
    irc_monitor_clear(irc);
    irc_netsplit_clear(irc);
    g_ptr_array_unref(irc->net.who_queue);
    g_free(irc->net.away);
}
