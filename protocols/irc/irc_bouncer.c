/* The networks of a bouncer: told by it, kept as legs (protocol document, section 1.4). */
#include "protocols/irc/irc_bouncer.h"

#include <string.h>

#include "base/log.h"

bool
irc_is_bouncer(const struct irc *irc)
{
    const char *bound = irc_isupport_get(&irc->isupport, "BOUNCER_NETID");

    return !irc->netid && irc_has(irc, IRC_CAP_BOUNCER) && (!bound || !*bound);
}

struct irc_leg *
irc_bouncer_leg(const struct irc *irc, const char *id, size_t len)
{
    for (unsigned i = 0; i < irc->legs->len; i++) {
        struct irc_leg *leg = irc->legs->pdata[i];
        if (strlen(leg->id) == len && memcmp(leg->id, id, len) == 0)
            return leg;
    }
    return NULL;
}

struct irc_leg *
irc_bouncer_leg_by_name(const struct irc *irc, const char *name, size_t len)
{
    for (unsigned i = 0; i < irc->legs->len; i++) {
        struct irc_leg *leg = irc->legs->pdata[i];
        if (strlen(leg->name) == len && g_ascii_strncasecmp(leg->name, name, len) == 0)
            return leg;
    }
    return NULL;
}

/* `lost`: nothing can be sent there until it has caught up. */
static void
tell_space(struct irc *irc, const struct irc_leg *leg, bool lost)
{
    struct event event = {.type = EVENT_SPACE};

    event.space.id = leg->id;
    event.space.name = leg->name;
    event.space.lost = lost;
    host_emit(irc->host, &event);
}

static void
rename_leg(struct irc *irc, struct irc_leg *leg, const char *name)
{
    if (strcmp(leg->name, name) == 0)
        return;
    g_free(leg->name);
    leg->name = g_strdup(name);
    tell_space(irc, leg, false);
}

static void
add_leg(struct irc *irc, const char *id, const char *name)
{
    struct irc_leg *leg;

    if (irc->legs->len >= IRC_MAX_LEGS) {
        irc_say(irc, NULL, "The bouncer has more than %d networks: %s is left out.", IRC_MAX_LEGS,
                name);
        return;
    }
    leg = irc_leg_new(irc, id, name);
    if (!leg)
        return;
    g_ptr_array_add(irc->legs, leg);
    tell_space(irc, leg, true);
    irc_leg_connect(leg);
}

static bool
is_netid(const char *id)
{
    return *id && *id != '*' && strlen(id) <= IRC_MAX_NETID_BYTES && !strpbrk(id, " :/") &&
           g_utf8_validate(id, -1, NULL);
}

/* "name=libera;state=connected", in the form of message tags. */
static struct irc_line *
parse_attributes(const char *attributes)
{
    g_autofree char *line = g_strdup_printf("@%s X", attributes);

    return irc_line_parse(line, strlen(line));
}

static void
on_network(struct irc *irc, const char *id, const char *attributes)
{
    struct irc_leg *leg = irc_bouncer_leg(irc, id, strlen(id));

    if (!is_netid(id))
        return;
    if (strcmp(attributes, "*") == 0) {
        if (leg) {
            irc_say(irc, NULL, "The bouncer has no network %s any more.", leg->name);
            tell_space(irc, leg, true);
            g_ptr_array_remove(irc->legs, leg);
        }
        return;
    }
    struct irc_line *line = parse_attributes(attributes);
    const char *name = line ? irc_line_tag(line, "name") : NULL;
    const char *state = line ? irc_line_tag(line, "state") : NULL;
    const char *error = line ? irc_line_tag(line, "error") : NULL;
    if (leg && name && *name)
        rename_leg(irc, leg, name);
    else if (!leg)
        add_leg(irc, id, name && *name ? name : id);
    leg = irc_bouncer_leg(irc, id, strlen(id));
    if (leg && error && *error)
        irc_say(irc, NULL, "%s: the bouncer has no connection: %s", leg->name, error);
    else if (leg && state && strcmp(state, "disconnected") == 0)
        irc_say(irc, NULL, "%s: the bouncer is not connected to it.", leg->name);
    irc_line_free(line);
}

void
irc_on_bouncer(struct irc *irc, const struct irc_line *line)
{
    const char *verb = irc_line_param(line, 0);

    /* Before the end of the registration nothing says yet that this is the bouncer itself; it is
     * asked for the list again then. */
    if (g_ascii_strcasecmp(verb, "NETWORK") == 0 && line->n_params >= 3 &&
        irc->phase == IRC_READY && irc_is_bouncer(irc))
        on_network(irc, line->params[1], line->params[2]);
}

void
irc_bouncer_ready(struct irc *irc)
{
    if (!irc_is_bouncer(irc))
        return;
    irc_out(irc, IRC_URGENT, 0, "BOUNCER", "LISTNETWORKS", NULL);
    irc_flush(irc);
}

bool
irc_bouncer_check(struct irc *irc)
{
    const char *bound = irc_isupport_get(&irc->isupport, "BOUNCER_NETID");

    if (!irc->netid || g_strcmp0(bound, irc->netid) == 0)
        return true;
    irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                                      "The bouncer did not give us this network."));
    return false;
}

void
irc_bouncer_end(struct irc *irc)
{
    g_ptr_array_set_size(irc->legs, 0);
}

void
irc_bouncer_disconnect(struct irc *irc, const char *reason)
{
    for (unsigned i = 0; i < irc->legs->len; i++) {
        struct irc_leg *leg = irc->legs->pdata[i];
        clock_timer_del(irc->host->clock, leg->retry_timer);
        leg->retry_timer = 0;
        irc_session_disconnect(leg->session, reason);
    }
}

void
irc_bouncer_tell_caps(struct irc *irc)
{
    unsigned caps = irc->caps;
    struct limits limits = irc->limits;

    for (unsigned i = 0; i < irc->legs->len; i++) {
        const struct irc_leg *leg = irc->legs->pdata[i];
        if (leg->caps == 0)
            continue;
        caps |= leg->caps;
        limits.max_in_flight = MIN(limits.max_in_flight, leg->limits.max_in_flight);
        limits.line_bytes = MIN(limits.line_bytes, leg->limits.line_bytes);
        limits.hold_us = MAX(limits.hold_us, leg->limits.hold_us);
        /* Where one has no other names, its names stand before the text. */
        limits.name_bytes = MAX(limits.name_bytes, leg->limits.name_bytes);
    }
    irc->host->ops->caps(irc->host, caps, &limits);
}
