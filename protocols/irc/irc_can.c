/* What this session can do, after negotiation. */
#include "protocols/irc/irc_bouncer.h"
#include "protocols/irc/irc_priv.h"

static void
leave_out(unsigned *caps, enum capability capability, bool can)
{
    if (!can)
        *caps &= ~(unsigned)capability;
}

/* A bouncer stands in between, and paces what it sends on: a line may wait in it for long after our
 * connection to it is gone. Without one nothing does (docs/decisions/0010). */
static bool
is_behind_bouncer(const struct irc *irc)
{
    GHashTableIter iter;
    void *cap;

    g_hash_table_iter_init(&iter, irc->offered);
    while (g_hash_table_iter_next(&iter, &cap, NULL)) {
        if (g_str_has_prefix(cap, "soju.im/") || g_str_has_prefix(cap, "znc.in/"))
            return true;
    }
    return irc->netid != NULL;
}

void
irc_tell_caps(struct irc *irc)
{
    bool echo = irc_has(irc, "echo-message");
    bool reply = irc_tag_usable(irc, "reply") || irc_tag_usable(irc, "draft/reply");
    unsigned caps = IRC_DRIVER_CAPS;
    /* Without an echo a refusal names only the channel: one at a time tells which line it means. */
    const int at_once = irc->flood.paced ? IRC_MAX_IN_FLIGHT : IRC_UNPACED_IN_FLIGHT;
    const struct limits limits = {.max_in_flight = echo ? at_once : 1,
                                  .name_bytes = irc_relay_name_bytes(irc),
                                  .line_bytes = irc_api_line_bytes(irc),
                                  .hold_us = is_behind_bouncer(irc) ? IRC_HOLD_US : 0};

    leave_out(&caps, CAP_ECHO, echo);
    leave_out(&caps, CAP_HISTORY, irc_has_history(irc));
    leave_out(&caps, CAP_REPLY, reply);
    leave_out(&caps, CAP_REACT, reply && irc_tag_usable(irc, "draft/react"));
    leave_out(&caps, CAP_TYPING, irc_tag_usable(irc, "typing"));
    leave_out(&caps, CAP_DELETE,
              irc_has(irc, "draft/message-redaction") && irc_has(irc, "message-tags"));
    leave_out(&caps, CAP_MARK_READ, irc_has_read_marks(irc));
    irc->caps = caps;
    irc->limits = limits;
    irc_bouncer_tell_caps(irc);
}

/* --- life of what irc_msg.h keeps --------------------------------------------------------------
 */

void
irc_msg_init(struct irc *irc)
{
    irc->msg.typing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->msg.marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->msg.relay_refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    irc->msg.taken_back = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void
irc_msg_reset(struct irc *irc)
{
    struct irc_msg *msg = &irc->msg;

    clock_timer_del(irc->host->clock, msg->typing_timer);
    clock_timer_del(irc->host->clock, msg->mark_timer);
    msg->typing_timer = msg->mark_timer = 0;
    msg->mark_sent_us = 0;
    msg->multiline_bytes = 0;
    msg->multiline_lines = 0;
    msg->relay_off = false;
    g_hash_table_remove_all(msg->relay_refused);
    g_hash_table_remove_all(msg->typing);
    g_hash_table_remove_all(msg->marks);
}

void
irc_msg_clear(struct irc *irc)
{
    irc_msg_reset(irc);
    g_hash_table_unref(irc->msg.typing);
    g_hash_table_unref(irc->msg.marks);
    g_hash_table_unref(irc->msg.relay_refused);
    g_hash_table_unref(irc->msg.taken_back);
}

void
irc_op_accept(struct irc *irc, struct irc_op *op)
{
    if (op->kind == IRC_OP_REACT)
        irc_react_accepted(irc, op);
    else if (op->kind == IRC_OP_REDACT)
        irc_redact_accepted(irc, op);
    irc_op_done(irc, op, NULL, 0);
}
