#include "tests/sandbox/mm_server.h"
#include "tests/sandbox/site.h"

#include <string.h>

#define DAYS_BEFORE_MS ((int64_t)30 * 24 * 60 * 60 * 1000)

struct site_mm {
    struct site base;
    struct mm_server *server;
    const char *team;
    char *token, *bot_token;
};

static const char *
nick_of(const struct world_net *net, unsigned index)
{
    return ((const struct world_person *)g_ptr_array_index(net->people, index))->nick;
}

/* Passwords are for those who try the place with another client. */
static void
add_user(struct site_mm *site, const struct world_person *person)
{
    mm_server_add_user(site->server, person->nick, "weaving-needs-two-hands");
    mm_server_name_user(site->server, person->nick, person->name);
}

static void
add_room(struct site_mm *site, const struct world_room *room)
{
    const struct world_net *net = site->base.net;
    const char *id = mm_server_channel(site->server, site->team, room->name);

    if (id == NULL)
        id = mm_server_add_channel(site->server, site->team, "O", room->name,
                                   room->title != NULL ? room->title : room->name, nick_of(net, 0));
    for (unsigned i = 1; i < net->people->len; i++)
        mm_server_join(site->server, id, nick_of(net, i));
    mm_server_join(site->server, id, site->base.world->visitor.nick);
    if (room->topic != NULL)
        mm_server_set_header(site->server, id, room->topic);
}

/* It may say things under other names, in the rooms that name it. */
static void
add_bot(struct site_mm *site)
{
    const struct world_net *net = site->base.net;
    g_autofree char *thanks = NULL;

    if (net->bot == NULL)
        return;
    thanks = g_strdup_printf("{\"tell\":{\"bot\":\"%s\",\"text\":\"Thank you, your bread is on the "
                             "list.\"}}",
                             net->bot->nick);
    mm_server_add_bot(site->server, net->bot->nick, net->bot->name, nick_of(net, 0));
    mm_server_join_team(site->server, site->team, net->bot->nick);
    for (unsigned i = 0; i < net->rooms->len; i++) {
        const struct world_room *room = g_ptr_array_index(net->rooms, i);

        if (room->has_bot)
            mm_server_join(site->server, mm_server_channel(site->server, site->team, room->name),
                           net->bot->nick);
    }
    mm_server_set_program(site->server, "sandbox:submit", thanks);
    site->bot_token = mm_server_add_token(site->server, net->bot->nick);
}

static struct site *
open_site(const struct world *world, const struct world_net *net, uint32_t seed, int64_t now_ms)
{
    struct mm_server_options options = {.seed = seed};
    struct site_mm *site = g_new0(struct site_mm, 1);

    site->base = (struct site){&site_mm_ops, world, net};
    site->server = mm_server_start(&options);
    mm_server_set_clock(site->server, now_ms - DAYS_BEFORE_MS);
    for (unsigned i = 0; i < net->people->len; i++)
        add_user(site, g_ptr_array_index(net->people, i));
    add_user(site, &world->visitor);
    site->team = mm_server_add_team(site->server, net->team, net->team_title, nick_of(net, 0));
    for (unsigned i = 1; i < net->people->len; i++)
        mm_server_join_team(site->server, site->team, nick_of(net, i));
    mm_server_join_team(site->server, site->team, world->visitor.nick);
    for (unsigned i = 0; i < net->rooms->len; i++)
        add_room(site, g_ptr_array_index(net->rooms, i));
    site->token = mm_server_add_token(site->server, world->visitor.nick);
    add_bot(site);
    return &site->base;
}

static void
close_site(struct site *base)
{
    struct site_mm *site = (struct site_mm *)base;

    mm_server_stop(site->server);
    g_free(site->token);
    g_free(site->bot_token);
    g_free(site);
}

static uint16_t
port(struct site *base)
{
    return mm_server_port(((struct site_mm *)base)->server);
}

static char *
secret(struct site *base)
{
    return g_strdup(((struct site_mm *)base)->token);
}

static char *
bot_secret(struct site *base)
{
    return g_strdup(((struct site_mm *)base)->bot_token);
}

static char *
config(struct site *base, const char *secret_file)
{
    return g_strdup_printf("server = http://127.0.0.1:%u\ntoken_file = %s\n", port(base),
                           secret_file);
}

static char *
address(struct site *base, const struct world_room *room)
{
    return g_strdup_printf("%s/%s/~%s", base->net->id, base->net->team_title, room->name);
}

static bool
visitor_is_here(struct site *base)
{
    struct site_mm *site = (struct site_mm *)base;

    return mm_server_sockets(site->server, base->world->visitor.nick) > 0;
}

/* Who asks for what was said knows where. */
static bool
visitor_has_rooms(struct site *base)
{
    return mm_server_count(((struct site_mm *)base)->server, "GET /channels/*/posts*") > 0;
}

static void
set_clock(struct site *base, int64_t now_ms)
{
    mm_server_set_clock(((struct site_mm *)base)->server, now_ms);
}

static const char *
room_id(struct site_mm *site, const struct world_deed *deed)
{
    if (g_str_equal(deed->room, "@"))
        return mm_server_direct(site->server, deed->who, site->base.world->visitor.nick);
    return mm_server_channel(site->server, site->team, deed->room);
}

static void
read_all(struct site *base)
{
    struct site_mm *site = (struct site_mm *)base;

    for (unsigned i = 0; i < base->net->rooms->len; i++) {
        const struct world_room *room = g_ptr_array_index(base->net->rooms, i);

        mm_server_view(site->server, base->world->visitor.nick,
                       mm_server_channel(site->server, site->team, room->name));
    }
}

static char *
act(struct site *base, const struct world_deed *deed, const char *on, int64_t now_ms)
{
    struct site_mm *site = (struct site_mm *)base;
    struct mm_server *server = site->server;
    const char *room = room_id(site, deed);

    (void)now_ms; /* the server's clock stands there */
    switch (deed->kind) {
    case WORLD_SAY:
        if (deed->card != NULL)
            return g_strdup(mm_server_offer(server, deed->who, room, deed->card, deed->text));
        if (deed->file_name != NULL)
            return g_strdup(mm_server_share(server, deed->who, room, deed->text, deed->file_name,
                                            deed->file_text));
        return g_strdup(mm_server_say(server, deed->who, room, on, deed->text));
    case WORLD_EDIT:
        mm_server_edit(server, on, deed->text);
        break;
    case WORLD_DELETE:
        mm_server_delete(server, on);
        break;
    case WORLD_REACT:
        mm_server_react(server, deed->who, on, deed->text, true);
        break;
    case WORLD_TYPE:
        mm_server_typing(server, deed->who, room, NULL);
        break;
    }
    return NULL;
}

/* ---- orders ---- */

static bool
add_fault(struct site_mm *site, char **words, unsigned n)
{
    static const struct {
        const char *word;
        enum mm_server_fault fault;
    } faults[] = {
        {"429", MM_FAULT_429},         {"status", MM_FAULT_STATUS}, {"html", MM_FAULT_HTML},
        {"delay", MM_FAULT_DELAY},     {"cut", MM_FAULT_CUT},       {"lost", MM_FAULT_LOST},
        {"garbage", MM_FAULT_GARBAGE},
    };

    /* FAULT METHOD /path TIMES VALUE */
    for (size_t i = 0; i < G_N_ELEMENTS(faults) && n == 5; i++) {
        g_autofree char *pattern = g_strdup_printf("%s %s", words[1], words[2]);

        if (!g_str_equal(words[0], faults[i].word))
            continue;
        mm_server_fault(site->server, faults[i].fault, pattern, site_number(words, n, 3),
                        site_number(words, n, 4));
        return true;
    }
    return false;
}

static bool
do_server(struct site_mm *site, const char *word, char **words, unsigned n)
{
    if (g_str_equal(word, "heal")) {
        mm_server_heal(site->server);
    } else if (g_str_equal(word, "down")) {
        mm_server_down(site->server);
    } else if (g_str_equal(word, "up")) {
        mm_server_up(site->server);
    } else if (g_str_equal(word, "restart")) {
        mm_server_down(site->server);
        mm_server_up(site->server);
    } else if (g_str_equal(word, "clock")) {
        mm_server_advance(site->server, (int64_t)site_number(words, n, 1) * 1000);
    } else if (g_str_equal(word, "forget")) {
        mm_server_forget(site->server);
    } else {
        return false;
    }
    return true;
}

static bool
do_person(struct site_mm *site, const char *word, const char *whom, unsigned number)
{
    if (g_str_equal(word, "drop"))
        mm_server_drop(site->server, whom);
    else if (g_str_equal(word, "half"))
        mm_server_half_frame(site->server, whom);
    else if (g_str_equal(word, "expire") && whom != NULL)
        mm_server_expire(site->server, whom, true);
    else if (g_str_equal(word, "lose") && whom != NULL)
        mm_server_lose(site->server, whom, number);
    else
        return false;
    return true;
}

static char *
control(struct site *base, char **words, unsigned n)
{
    struct site_mm *site = (struct site_mm *)base;
    const char *whom = site_whom(words, n, 1);

    if (n == 0)
        return g_strdup("An order is missing.");
    if (add_fault(site, words, n) || do_server(site, words[0], words, n))
        return NULL;
    if (n < 2 || (whom != NULL && !site_has_person(base, whom)))
        return g_strdup_printf("\"%s\" is no order, or it needs somebody who is here.", words[0]);
    if (do_person(site, words[0], whom, site_number(words, n, 2)))
        return NULL;
    return g_strdup_printf("\"%s\" is no order of this network.", words[0]);
}

static char *
complaints(struct site *base)
{
    return mm_server_complaints(((struct site_mm *)base)->server);
}

const struct site_ops site_mm_ops = {
    .kind = "mattermost",
    .open = open_site,
    .close = close_site,
    .port = port,
    .secret = secret,
    .bot_secret = bot_secret,
    .config = config,
    .address = address,
    .visitor_is_here = visitor_is_here,
    .visitor_has_rooms = visitor_has_rooms,
    .set_clock = set_clock,
    .read_all = read_all,
    .act = act,
    .control = control,
    .complaints = complaints,
};
