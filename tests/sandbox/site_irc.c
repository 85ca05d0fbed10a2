#include "tests/sandbox/irc_server.h"
#include "tests/sandbox/site.h"
#include "tests/servers/irc_peer.h"

#include <string.h>

struct site_irc {
    struct site base;
    struct irc_server *server;
    GHashTable *peers; /* nick: struct irc_peer */
};

static void
add_person(struct site_irc *site, const struct world_person *person)
{
    struct irc_peer_options options = {
        .nick = person->nick,
        .port = irc_server_port(site->server),
        .caps = "message-tags echo-message server-time setname draft/message-redaction"};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    irc_peer_send(peer, "SETNAME :%s", person->name);
    for (unsigned i = 0; i < site->base.net->rooms->len; i++) {
        const struct world_room *room = g_ptr_array_index(site->base.net->rooms, i);

        g_assert_true(irc_peer_join(peer, room->name));
        if (g_hash_table_size(site->peers) == 0 && room->topic != NULL)
            g_assert_true(irc_peer_topic(peer, room->name, room->topic));
    }
    g_hash_table_insert(site->peers, g_strdup(person->nick), peer);
}

/* Only operators may say something for others. */
static void
add_ops(struct site_irc *site)
{
    const struct world *world = site->base.world;

    for (unsigned i = 0; i < world->gateways->len; i++) {
        const struct world_gateway *gateway = g_ptr_array_index(world->gateways, i);

        for (unsigned k = 0; k < gateway->places->len; k++) {
            const struct world_place *place =
                &g_array_index(gateway->places, struct world_place, k);

            if (place->net == site->base.net)
                irc_server_add_op(site->server, place->room->name, world->visitor.nick);
        }
    }
}

static void
peer_free(gpointer data)
{
    irc_peer_free(data);
}

static struct site *
open_site(const struct world *world, const struct world_net *net, uint32_t seed, int64_t now_ms)
{
    struct site_irc *site = g_new0(struct site_irc, 1);

    (void)seed; /* it has no random ids, and what is made is made now */
    (void)now_ms;
    site->base = (struct site){&site_irc_ops, world, net};
    site->server = irc_server_start(NULL);
    site->peers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, peer_free);
    for (unsigned i = 0; i < net->people->len; i++)
        add_person(site, g_ptr_array_index(net->people, i));
    add_ops(site);
    return &site->base;
}

static void
close_site(struct site *base)
{
    struct site_irc *site = (struct site_irc *)base;

    g_hash_table_unref(site->peers);
    irc_server_stop(site->server);
    g_free(site);
}

static uint16_t
port(struct site *base)
{
    return irc_server_port(((struct site_irc *)base)->server);
}

static char *
secret(struct site *base)
{
    (void)base;
    return g_strdup("");
}

static char *
config(struct site *base, const char *secret_file)
{
    GString *text = g_string_new("");

    (void)secret_file;
    g_string_append_printf(text, "server = 127.0.0.1:%u\ntls = off\nnick = %s\nrealname = %s\n",
                           port(base), base->world->visitor.nick, base->world->visitor.name);
    for (unsigned i = 0; i < base->net->rooms->len; i++)
        g_string_append_printf(
            text, "join = %s\n",
            ((const struct world_room *)g_ptr_array_index(base->net->rooms, i))->name);
    return g_string_free(text, FALSE);
}

static char *
address(struct site *base, const struct world_room *room)
{
    return g_strdup_printf("%s/%s", base->net->id, room->name);
}

static bool
visitor_is_here(struct site *base)
{
    struct site_irc *site = (struct site_irc *)base;
    const struct world_room *last = g_ptr_array_index(base->net->rooms, base->net->rooms->len - 1);

    return irc_server_has(site->server, base->world->visitor.nick, last->name);
}

static void
hold(struct site *base, bool held)
{
    struct site_irc *site = (struct site_irc *)base;

    if (held)
        irc_server_fault(site->server, base->world->visitor.nick, IRC_FAULT_BLACK_HOLE, 0);
    else
        irc_server_heal(site->server);
}

static void
set_clock(struct site *base, int64_t now_ms)
{
    (void)base; /* what is past has its time told, the rest happens now */
    (void)now_ms;
}

static void
read_all(struct site *base)
{
    (void)base; /* a client that was never here has read nothing */
}

/* ---- deeds ---- */

/* The id of what the peer has just said: its echo has it. */
static char *
said_id(struct irc_peer *peer, const char *target, const char *text)
{
    g_autofree char *pattern = g_strdup_printf("*PRIVMSG %s :%s", target, text);
    const char *line = irc_peer_wait(peer, pattern);
    const char *at = line != NULL ? strstr(line, "msgid=") : NULL;

    return at != NULL ? g_strndup(at + 6, strcspn(at + 6, "; ")) : NULL;
}

static char *
say(struct irc_peer *peer, const char *target, const char *on, const char *text)
{
    irc_peer_sync(peer);
    if (on != NULL)
        irc_peer_send(peer, "@+reply=%s PRIVMSG %s :%s", on, target, text);
    else
        irc_peer_send(peer, "PRIVMSG %s :%s", target, text);
    return said_id(peer, target, text);
}

static char *
act(struct site *base, const struct world_deed *deed, const char *on, int64_t now_ms)
{
    struct site_irc *site = (struct site_irc *)base;
    struct irc_peer *peer = g_hash_table_lookup(site->peers, deed->who);
    bool alone = g_str_equal(deed->room, "@");
    const char *target = alone ? base->world->visitor.nick : deed->room;

    if (deed->at_ms < 0) {
        irc_server_add_history(site->server, target, deed->who, deed->text, now_ms * 1000);
        return NULL;
    }
    /* Somebody who has gone hears nothing, and the visitor speaks for themselves. */
    if (peer == NULL || !irc_peer_connected(peer) ||
        (alone && !irc_server_has(site->server, target, NULL)))
        return NULL;
    if (on == NULL && (deed->kind != WORLD_SAY && deed->kind != WORLD_TYPE))
        return NULL;
    switch (deed->kind) {
    case WORLD_SAY:
        return say(peer, target, on, deed->text);
    case WORLD_DELETE:
        irc_peer_send(peer, "REDACT %s %s", target, on);
        break;
    case WORLD_REACT:
        irc_peer_send(peer, "@+draft/react=%s;+reply=%s TAGMSG %s", deed->text, on, target);
        break;
    case WORLD_TYPE:
        irc_peer_send(peer, "@+typing=active TAGMSG %s", target);
        break;
    case WORLD_EDIT: /* world_load() has refused it */
        break;
    }
    return NULL;
}

/* ---- orders ---- */

static bool
do_server(struct site_irc *site, const char *word)
{
    if (g_str_equal(word, "heal")) {
        irc_server_heal(site->server);
    } else if (g_str_equal(word, "down")) {
        irc_server_down(site->server);
    } else if (g_str_equal(word, "up")) {
        irc_server_up(site->server);
    } else {
        return false;
    }
    return true;
}

/* "#room NICK [WORD]": by who was there first, and is an operator therefore. */
static char *
do_kick(struct site_irc *site, char **words, unsigned n)
{
    const struct world_person *first = g_ptr_array_index(site->base.net->people, 0);

    if (n < 2)
        return g_strdup("A kick needs a channel and a nick.");
    irc_peer_send(g_hash_table_lookup(site->peers, first->nick), "KICK %s %s :%s", words[0],
                  words[1], n > 2 ? words[2] : "");
    return NULL;
}

static char *
control(struct site *base, char **words, unsigned n)
{
    static const struct {
        const char *word;
        enum irc_server_fault fault;
    } faults[] = {
        {"drop", IRC_FAULT_CUT},        {"half", IRC_FAULT_HALF_LINE},
        {"delay", IRC_FAULT_DELAY},     {"trickle", IRC_FAULT_TRICKLE},
        {"hole", IRC_FAULT_BLACK_HOLE}, {"throttle", IRC_FAULT_THROTTLE},
        {"no-echo", IRC_FAULT_NO_ECHO}, {"twice", IRC_FAULT_DUPLICATE},
    };
    struct site_irc *site = (struct site_irc *)base;
    const char *whom = site_whom(words, n, 1);

    if (n == 0)
        return g_strdup("An order is missing.");
    if (do_server(site, words[0]))
        return NULL;
    if (g_str_equal(words[0], "kick"))
        return do_kick(site, words + 1, n - 1);
    if (n < 2 || (whom != NULL && !site_has_person(base, whom)))
        return g_strdup_printf("\"%s\" is no order, or it needs somebody who is here.", words[0]);
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        if (!g_str_equal(words[0], faults[i].word))
            continue;
        irc_server_fault(site->server, whom, faults[i].fault, site_number(words, n, 2));
        return NULL;
    }
    return g_strdup_printf("\"%s\" is no order of this network.", words[0]);
}

static char *
complaints(struct site *base)
{
    return irc_server_complaints(((struct site_irc *)base)->server);
}

const struct site_ops site_irc_ops = {
    .kind = "irc",
    .open = open_site,
    .close = close_site,
    .port = port,
    .secret = secret,
    .config = config,
    .address = address,
    .visitor_is_here = visitor_is_here,
    .visitor_has_rooms = visitor_is_here,
    .hold = hold,
    .set_clock = set_clock,
    .read_all = read_all,
    .act = act,
    .control = control,
    .complaints = complaints,
};
