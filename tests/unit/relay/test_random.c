/* Whatever happens in whatever order, at the end every place has everything once, as it is now, and
 * in the order in which it was said. */
#include <string.h>

#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define ACCOUNTS 3
#define CONFIG                                                                                     \
    "[account one]\nnetwork = net\nserver = one\nname_bytes = 24\n"                                \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"                                \
    "[account three]\nnetwork = net\nserver = three\nname_bytes = 24\n"                            \
    "[gateway g]\nleg = one/#lab\nleg = two/#lab\nleg = three/#lab\n"

static const char *const names[ACCOUNTS] = {"one", "two", "three"};

/* One message that a person has said on a network. */
struct said {
    unsigned account;
    char *id, *text;
    bool deleted;
    bool known; /* weft was told */
    int64_t at_us;
};

struct play {
    struct world *world;
    GPtrArray *said; /* struct said, of all, in order */
    bool online[ACCOUNTS];
};

static void
said_free(void *memory)
{
    struct said *said = memory;

    g_free(said->id);
    g_free(said->text);
    g_free(said);
}

static void
tell(struct play *play, struct said *said, enum event_origin origin)
{
    said->known = true;
    if (!said->deleted)
        world_say(play->world, names[said->account],
                  &(struct world_said){.text = said->text,
                                       .id = said->id,
                                       .origin = origin,
                                       .ago_us = clock_wall_us(play->world->clock) - said->at_us});
}

static void
say(struct play *play, unsigned account)
{
    struct said *said = g_new0(struct said, 1);

    world_advance(play->world, 1000);
    said->account = account;
    said->id = g_strdup_printf("%s-m%u", names[account], play->said->len);
    said->text = g_strdup_printf("m%u", play->said->len);
    said->at_us = clock_wall_us(play->world->clock);
    g_ptr_array_add(play->said, said);
    if (play->online[account])
        tell(play, said, ORIGIN_LIVE);
}

/* Some message of an account that weft is told of at once. */
static struct said *
pick(struct play *play)
{
    struct said *said = play->said->len > 0
                            ? play->said->pdata[g_test_rand_int_range(0, (int)play->said->len)]
                            : NULL;

    return said && said->known && !said->deleted && play->online[said->account] ? said : NULL;
}

static void
change(struct play *play)
{
    struct said *said = pick(play);

    if (!said)
        return;
    char *text = g_strconcat(said->text, "!", NULL);
    g_free(said->text);
    said->text = text;
    world_advance(play->world, 1000);
    world_edit(play->world, names[said->account], said->id, text);
}

static void
take_back(struct play *play)
{
    struct said *said = pick(play);

    if (!said)
        return;
    said->deleted = true;
    world_delete(play->world, names[said->account], said->id);
}

static void
come_back(struct play *play, unsigned account)
{
    if (play->online[account])
        return;
    play->online[account] = true;
    world_online(play->world, names[account]);
    /* Something live may come before what was missed. */
    for (unsigned i = play->said->len; i > 0 && g_test_rand_bit(); i--) {
        struct said *said = play->said->pdata[i - 1];
        if (said->account == account && !said->known)
            tell(play, said, ORIGIN_LIVE);
    }
    for (unsigned i = 0; i < play->said->len; i++) {
        struct said *said = play->said->pdata[i];
        if (said->account == account && !said->known)
            tell(play, said, ORIGIN_CATCH_UP);
    }
    world_replay(play->world, names[account]);
    world_caught_up(play->world, names[account]);
}

static void
cut(struct play *play, unsigned account)
{
    if (!play->online[account])
        return;
    play->online[account] = false;
    world_lost(play->world, names[account]);
}

static void
hold(struct play *play, unsigned account)
{
    if (!play->online[account])
        return;
    if (world_net(play->world, names[account])->holds)
        world_release(play->world, names[account]);
    else
        world_net(play->world, names[account])->holds = true;
}

static void
act(struct play *play)
{
    const unsigned account = (unsigned)g_test_rand_int_range(0, ACCOUNTS);
    const int what = g_test_rand_int_range(0, 40);

    if (what < 18)
        say(play, account);
    else if (what < 24)
        change(play);
    else if (what < 28)
        take_back(play);
    else if (what < 33)
        come_back(play, account);
    else if (what < 36)
        cut(play, account);
    else if (what < 39)
        hold(play, account);
    else {
        memset(play->online, 0, sizeof play->online);
        world_restart(play->world);
    }
}

/* --- the end --- */

static char *
wanted(const struct play *play, unsigned from)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < play->said->len; i++) {
        const struct said *said = play->said->pdata[i];
        if (said->account == from && !said->deleted)
            g_string_append_printf(out, "%s ", said->text);
    }
    return g_string_free(out, FALSE);
}

/* What is to be seen of this account's messages in another place. */
static char *
found(const struct play *play, unsigned from, unsigned to)
{
    const struct server *server = world_server(play->world, names[to]);
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < server->shown->len; i++) {
        const struct shown *shown = server->shown->pdata[i];
        const struct said *said = play->said->pdata[atoi(shown->text + 1)];
        if (!shown->deleted && said->account == from)
            g_string_append_printf(out, "%s ", shown->text);
    }
    return g_string_free(out, FALSE);
}

static void
finish(struct play *play)
{
    for (unsigned round = 0; round < 12; round++) {
        for (unsigned i = 0; i < ACCOUNTS; i++) {
            come_back(play, i);
            world_release(play->world, names[i]);
        }
        world_advance(play->world, 10 * SECOND_US);
    }
    for (unsigned from = 0; from < ACCOUNTS; from++)
        for (unsigned to = 0; to < ACCOUNTS; to++) {
            if (from == to)
                continue;
            g_autofree char *all = wanted(play, from);
            g_autofree char *there = found(play, from, to);
            g_assert_cmpstr(there, ==, all);
        }
}

static void
test_random(void)
{
    for (int round = 0; round < (g_test_thorough() ? 200 : 12); round++) {
        struct play play = {.world = world_new(CONFIG), .online = {true, true, true}};

        play.said = g_ptr_array_new_with_free_func(said_free);
        for (int n = 0; n < 60; n++)
            act(&play);
        finish(&play);
        g_ptr_array_unref(play.said);
        world_free(play.world);
    }
}

void
test_random_add(void)
{
    g_test_add_func("/random", test_random);
}
