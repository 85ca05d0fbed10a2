/* What is done to messages finds every copy. */
#include <string.h>

#include "core/relaying.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

#define THREE(lacks)                                                                               \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"                                \
    "[account three]\nnetwork = net\nserver = three\nlacks = " lacks "\n"                          \
    "[gateway g]\nleg = one/#lab\nleg = two/#lab\nleg = three/#lab\n"

static struct world *
world_with(const char *config)
{
    struct world *world = world_new(config);

    world_say(world, "one",
              &(struct world_said){.who = "maria", .text = "see you at ten", .id = "m1"});
    world_assert(world, "two", "say #lab as maria: see you at ten");
    world_assert(world, "three", "say #lab: <maria> see you at ten");
    return world;
}

static void
test_edit(void)
{
    struct world *world = world_with(THREE("none"));

    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "two", "edit two-1: see you at nine");
    world_assert(world, "three", "edit three-1: <maria> see you at nine");
    world_assert(world, "one", "");
    world_set(world, "edits", "off");
    world_edit(world, "one", "m1", "see you at eight");
    world_assert(world, "two", "");
    world_free(world);
}

/* Threat 62, and a week later. */
static void
test_edit_after_restart(void)
{
    struct world *world = world_with(THREE("none"));

    world_restart(world);
    world_advance(world, 7 * 24 * 60 * MINUTE_US);
    world_online(world, "one");
    world_online(world, "two");
    world_caught_up(world, "one");
    world_caught_up(world, "two");
    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "two", "edit two-1: see you at nine");
    /* Who is away gets it when they are back. */
    world_online(world, "three");
    world_caught_up(world, "three");
    world_assert(world, "three", "edit three-1: <maria> see you at nine");
    world_free(world);
}

#define MANY (g_test_thorough() ? 10000 : 1000) /* 1,000 take a second of work */

/* Many are said at once, as a busy day. */
static void
say_many(struct world *world, unsigned n)
{
    struct host *host = world_net(world, "one")->host;

    for (unsigned i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("n%u", i);
        struct rich *body = rich_new(id, -1);
        host_emit(host, &(struct event){.type = EVENT_MESSAGE,
                                        .conversation = "#lab",
                                        .message = {.remote_id = id,
                                                    .time_us = clock_wall_us(world->clock),
                                                    .sender_id = "uma",
                                                    .sender_name = "uma",
                                                    .body = body}});
        rich_free(body);
    }
    while (world_server(world, "two")->shown->len < n + 1 ||
           world_server(world, "three")->shown->len < n + 1)
        world_settle(world);
}

/* Threat 62: the oldest of many. */
static void
test_edit_oldest(void)
{
    struct world *world = world_with(THREE("none"));

    say_many(world, MANY);
    world_restart(world);
    for (int i = 0; i < 3; i++) {
        static const char *const accounts[] = {"one", "two", "three"};
        world_online(world, accounts[i]);
        world_caught_up(world, accounts[i]);
    }
    g_free(world_take(world, "two"));
    g_free(world_take(world, "three"));
    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "two", "edit two-1: see you at nine");
    world_assert(world, "three", "edit three-1: <maria> see you at nine");
    world_delete(world, "one", "m1");
    world_assert(world, "two", "delete two-1");
    world_assert(world, "three", "delete three-1");
    world_free(world);
}

/* A network that cannot change a message is told the new text, once. */
static void
test_edit_cannot(void)
{
    struct world *world = world_with(THREE("edit"));

    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "two", "edit two-1: see you at nine");
    world_assert(world, "three", "say #lab: <maria> (changed) see you at nine");
    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "three", "");
    world_free(world);
}

/* Said as it reads now, under another name; then names are refused, or the other way round. It is
 * not said again for that. */
static void
test_edit_plain(void)
{
    struct world *world = world_with(THREE("none"));

    for (int i = 0; i < 2; i++) {
        const char *there = i == 0 ? "two" : "three";
        g_autofree char *id = g_strdup_printf("m%d", i + 2);
        g_free(world_take(world, there));
        world_lost(world, there);
        world_say(world, "one", &(struct world_said){.text = "typo", .id = id});
        world_edit(world, "one", id, "no typo");
        world_net(world, there)->holds = true;
        world_online(world, there);
        world_caught_up(world, there);
        world_assert(world, there, i == 0 ? "say #lab as uma: no typo" : "say #lab: <uma> no typo");
        world_names(world, there, i != 0);
        world_release(world, there);
        world_assert(world, there, "");
    }
    world_free(world);
}

static void
test_delete(void)
{
    struct world *world = world_with(THREE("none"));

    world_delete(world, "one", "m1");
    world_assert(world, "two", "delete two-1");
    world_assert(world, "three", "delete three-1");
    world_assert(world, "one", "");
    world_free(world);
}

static void
test_delete_cannot(void)
{
    struct world *world = world_with(THREE("delete"));

    world_delete(world, "one", "m1");
    world_assert(world, "two", "delete two-1");
    world_assert(world, "three", "say #lab: * what maria said at 22:13 was taken back");
    world_free(world);
}

/* The lines that told of it where that could not be shown go as well. */
static void
test_delete_with_notes(void)
{
    struct world *world = world_with(THREE("edit"));

    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "two", "edit two-1: see you at nine");
    world_assert(world, "three", "say #lab: <maria> (changed) see you at nine");
    world_delete(world, "one", "m1");
    world_assert(world, "two", "delete two-1");
    world_assert(world, "three", "delete three-1\ndelete three-2");
    world_free(world);
}

/* One of these lines is on its way: it is waited for, and not left standing. */
static void
test_delete_with_notes_coming(void)
{
    struct world *world = world_with(THREE("edit"));

    world_net(world, "three")->holds = true;
    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "three", "say #lab: <maria> (changed) see you at nine");
    world_delete(world, "one", "m1");
    world_assert(world, "three", "");
    world_release(world, "three");
    world_assert(world, "three", "delete three-1\ndelete three-2");
    world_free(world);
}

/* Changed when its copy is being taken back: what is gone is not told of. */
static void
test_change_behind_delete(void)
{
    struct world *world = world_with(THREE("edit"));

    world_net(world, "three")->holds = true;
    world_delete(world, "two", "two-1");
    world_assert(world, "three", "delete three-1");
    world_edit(world, "one", "m1", "see you at nine");
    /* The network tells of it and answers: neither is on disk when the lane goes on. */
    host_emit(world_net(world, "three")->host,
              &(struct event){.type = EVENT_DELETED,
                              .conversation = "#lab",
                              .deleted = {.remote_id = "three-1", .by_id = WORLD_SELF}});
    world_release(world, "three");
    world_assert(world, "three", "");
    world_free(world);
}

/* Seen before the answer that says which id the copy has. */
static void
test_delete_copy_early(void)
{
    struct world *world = world_new(THREE("none"));

    world_net(world, "two")->holds = true;
    world_say(world, "one", &(struct world_said){.text = "hello", .id = "m1"});
    world_delete(world, "two", "two-1");
    world_assert(world, "three", "say #lab: <uma> hello");
    world_release(world, "two");
    world_assert(world, "three", "delete three-1");
    world_assert(world, "one", "");
    world_free(world);
}

/* A moderator elsewhere takes away all copies, and not what was said. */
static void
test_delete_copy(void)
{
    struct world *world = world_with(THREE("none"));

    world_delete(world, "two", "two-1");
    world_assert(world, "one", "");
    world_assert(world, "two", "");
    world_assert(world, "three", "delete three-1");
    world_free(world);
}

/* What was taken back before its turn came is not said at all. */
static void
test_delete_before(void)
{
    struct world *world = world_with(THREE("none"));

    world_lost(world, "two");
    world_say(world, "one", &(struct world_said){.text = "oops", .id = "m2"});
    world_say(world, "one", &(struct world_said){.text = "typo", .id = "m3"});
    world_delete(world, "one", "m2");
    world_edit(world, "one", "m3", "no typo");
    world_online(world, "two");
    world_caught_up(world, "two");
    world_advance(world, MINUTE_US);
    world_assert(world, "two", "say #lab as uma: no typo");
    world_free(world);
}

static void
test_react(void)
{
    struct world *world = world_with(THREE("none"));

    world_react(world, "one", "m1", "ana", "👍", true);
    world_assert(world, "two", "react two-1 👍");
    world_assert(world, "three", "react three-1 👍");
    /* To a copy: it goes to what was said and to the other copies. */
    world_react(world, "two", "two-1", "juan", "tada", true);
    world_assert(world, "one", "react m1 🎉");
    world_assert(world, "three", "react three-1 🎉");
    world_assert(world, "two", "");
    world_set(world, "reactions", "off");
    world_react(world, "one", "m1", "ana", "👎", true);
    world_assert(world, "two", "");
    world_free(world);
}

/* It came before the message that it is about, as in what was missed; or before the answer that
 * says which id the copy has. */
static void
test_react_early(void)
{
    struct world *world = world_new(THREE("none"));

    world_react(world, "one", "m1", "ana", "👍", true);
    world_react(world, "one", "m1", "eva", "tada", true);
    world_react(world, "one", "m1", "eva", "tada", false);
    world_say(world, "one", &(struct world_said){.text = "hello", .id = "m1"});
    world_assert(world, "two", "say #lab as uma: hello\nreact two-1 👍");
    world_assert(world, "three", "say #lab: <uma> hello\nreact three-1 👍");
    world_net(world, "two")->holds = true;
    world_say(world, "one", &(struct world_said){.text = "again", .id = "m2"});
    world_react(world, "two", "two-2", "juan", "👍", true);
    world_release(world, "two");
    world_assert(world, "two", "say #lab as uma: again");
    world_assert(world, "one", "react m2 👍");
    world_assert(world, "three", "say #lab: <uma> again\nreact three-2 👍");
    world_free(world);
}

/* One account reacts for many, and takes it back with the last. */
static void
test_react_count(void)
{
    struct world *world = world_with(THREE("none"));

    world_react(world, "one", "m1", "ana", "👍", true);
    world_react(world, "one", "m1", "eva", "👍", true);
    world_assert(world, "two", "react two-1 👍\nreact two-1 👍");
    world_react(world, "one", "m1", "ana", "👍", false);
    world_assert(world, "two", "");
    world_react(world, "one", "m1", "eva", "👍", false);
    world_assert(world, "two", "unreact two-1 👍");
    world_free(world);
}

/* All is loaded again when the network has answered and the disk does not know yet: it is done
 * once, and counted once. */
static void
test_react_once(void)
{
    struct world *world = world_with(THREE("none"));
    struct net *net = world_net(world, "two");
    const struct core_relay *table = core_relay(world->core);
    g_autoptr(GError) error = NULL;

    net->holds = true;
    world_react(world, "one", "m1", "ana", "👍", true);
    g_assert_cmpuint(net->held->len, ==, 1);
    const op_id op = g_array_index(net->held, struct held, 0).op;
    g_array_set_size(net->held, 0);
    net->holds = false;
    host_done(net->host, op, NULL, 0);
    table->retry(table->user, NULL, &error);
    g_assert_no_error(error);
    world_settle(world);
    world_assert(world, "two", "react two-1 👍");
    world_react(world, "one", "m1", "ana", "👍", false);
    world_assert(world, "two", "unreact two-1 👍");
    world_free(world);
}

/* Killed with our reaction on its way: what the network tells of it later is no news for anybody.
 */
static void
test_react_killed(void)
{
    struct world *world = world_with(THREE("none"));

    world_net(world, "two")->kills = true;
    world_react(world, "one", "m1", "ana", "👍", true);
    world_assert(world, "two", "react two-1 👍");
    world_restart_killed(world);
    world_online(world, "one");
    world_online(world, "two");
    world_react(world, "two", "two-1", WORLD_SELF, "👍", true);
    world_caught_up(world, "one");
    world_caught_up(world, "two");
    world_assert(world, "one", "");
    world_free(world);
}

static void
test_react_cannot(void)
{
    struct world *world = world_with(THREE("react"));

    world_react(world, "one", "m1", "ana", "+1", true);
    world_assert(world, "three", "say #lab: * ana: 👍 to “<maria> see you at ten”");
    world_react(world, "one", "m1", "ana", "+1", false);
    world_react(world, "one", "m1", "ana", "+1", true);
    world_assert(world, "three", "");
    world_free(world);
}

static void
test_topic(void)
{
    struct world *world = world_with(THREE("topic"));
    const struct world_said said = {
        .text = "agenda for @all", .id = "t1", .kind = MESSAGE_TOPIC, .who = "maria"};
    const struct world_said again = {
        .text = "minutes", .id = "t2", .kind = MESSAGE_TOPIC, .who = "maria"};

    world_say(world, "one", &said);
    world_assert(world, "two", "");
    world_set(world, "topics", "say");
    world_say(world, "one", &again);
    world_assert(world, "two", "say #lab: * maria set the topic: minutes");
    world_assert(world, "three", "say #lab: * maria set the topic: minutes");
    world_set(world, "topics", "set");
    world_say(world, "one",
              &(struct world_said){
                  .text = "all of @all", .id = "t3", .kind = MESSAGE_TOPIC, .who = "maria"});
    world_assert(world, "two",
                 "topic #lab all of @\xe2\x80\x8b"
                 "all");
    world_assert(world, "three",
                 "say #lab: * maria set the topic: all of @\xe2\x80\x8b"
                 "all");
    world_free(world);
}

/* Something that the network refuses for good is told in its place, and keeps nothing waiting. */
static void
test_refused(void)
{
    struct world *world = world_with(THREE("none"));

    world_net(world, "two")->refuse =
        g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "Too late to change this.");
    world_edit(world, "one", "m1", "see you at nine");
    world_assert(world, "two", "say #lab as maria: (changed) see you at nine");
    world_say(world, "one", &(struct world_said){.text = "next", .id = "m2"});
    world_assert(world, "two", "say #lab as uma: next");
    world_free(world);
}

static void
test_rate_limited(void)
{
    struct world *world = world_with(THREE("none"));

    error_set_rate_limited(&world_net(world, "two")->refuse, 30 * SECOND_US, "Slowly.");
    world_edit(world, "one", "m1", "see you at nine");
    world_say(world, "one", &(struct world_said){.text = "next", .id = "m2"});
    world_assert(world, "two", "");
    /* The others did not wait. */
    world_assert(world, "three", "edit three-1: <maria> see you at nine\nsay #lab: <uma> next");
    world_advance(world, 31 * SECOND_US);
    world_assert(world, "two", "edit two-1: see you at nine\nsay #lab as uma: next");
    world_free(world);
}

void
test_deeds_add(void)
{
    g_test_add_func("/deeds/edit", test_edit);
    g_test_add_func("/deeds/edit-after-restart", test_edit_after_restart);
    g_test_add_func("/deeds/edit-oldest", test_edit_oldest);
    g_test_add_func("/deeds/edit-cannot", test_edit_cannot);
    g_test_add_func("/deeds/edit-plain", test_edit_plain);
    g_test_add_func("/deeds/delete", test_delete);
    g_test_add_func("/deeds/delete-cannot", test_delete_cannot);
    g_test_add_func("/deeds/delete-with-notes", test_delete_with_notes);
    g_test_add_func("/deeds/delete-with-notes-coming", test_delete_with_notes_coming);
    g_test_add_func("/deeds/change-behind-delete", test_change_behind_delete);
    g_test_add_func("/deeds/delete-copy", test_delete_copy);
    g_test_add_func("/deeds/delete-copy-early", test_delete_copy_early);
    g_test_add_func("/deeds/delete-before", test_delete_before);
    g_test_add_func("/deeds/react", test_react);
    g_test_add_func("/deeds/react-early", test_react_early);
    g_test_add_func("/deeds/react-count", test_react_count);
    g_test_add_func("/deeds/react-once", test_react_once);
    g_test_add_func("/deeds/react-killed", test_react_killed);
    g_test_add_func("/deeds/react-cannot", test_react_cannot);
    g_test_add_func("/deeds/topic", test_topic);
    g_test_add_func("/deeds/refused", test_refused);
    g_test_add_func("/deeds/rate-limited", test_rate_limited);
}
