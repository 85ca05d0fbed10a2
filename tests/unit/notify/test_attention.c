/* Which calls are shown, and when: over a real core, with a clock that stands still. */
#include <string.h>

#include "tests/unit/notify/tests.h"
#include "ui/attention.h"

#define MINUTE_US (60 * SECOND_US)

struct scene {
    struct fake *fake;
    struct attention *attention;
    unsigned bus_id;
    GString *shown; /* "TITLE: BODY|" … */
    int64_t looked_at;
};

static bool
looks_at(void *user, int64_t buffer_id)
{
    return ((struct scene *)user)->looked_at == buffer_id;
}

static void
show(void *user, struct call *call)
{
    struct scene *scene = user;

    g_string_append_printf(scene->shown, "%s: %s|", call->title, call->body);
    call_free(call);
}

static void
on_notice(const struct notice *notice, void *user)
{
    attention_notice(((struct scene *)user)->attention, notice);
}

static void
listen(struct scene *scene)
{
    const struct attention_hooks hooks = {looks_at, show, scene};

    scene->attention = attention_new(scene->fake->core, &hooks);
    scene->bus_id = bus_subscribe(core_bus(scene->fake->core), on_notice, scene);
}

static struct scene *
scene_new(unsigned n_accounts, const char *more)
{
    struct scene *scene = g_new0(struct scene, 1);

    scene->fake = fake_new(n_accounts);
    configure(scene->fake, n_accounts, more);
    scene->shown = g_string_new(NULL);
    listen(scene);
    for (unsigned i = 0; i < n_accounts; i++)
        fake_online(scene->fake, i);
    return scene;
}

static void
scene_free(struct scene *scene)
{
    attention_free(scene->attention);
    fake_free(scene->fake);
    g_string_free(scene->shown, TRUE);
    g_free(scene);
}

static void
say(struct scene *scene, unsigned account, const char *conversation, const char *text)
{
    fake_say(scene->fake, account, &(struct fake_said){.conversation = conversation, .text = text});
    fake_settle(scene->fake);
}

/* What was shown since the last time. */
static void
assert_shown(struct scene *scene, const char *wanted)
{
    g_assert_cmpstr(scene->shown->str, ==, wanted);
    g_string_truncate(scene->shown, 0);
}

static void
test_one(void)
{
    struct scene *scene = scene_new(1, "[ignore]\nrule = troll\n");

    say(scene, 0, NULL, "hm");
    assert_shown(scene, "");
    say(scene, 0, NULL, "kai: soup?");
    assert_shown(scene, "Uma in #lab: kai: soup?|");
    fake_channel(scene->fake, 0, "uma", BUFFER_DIRECT);
    say(scene, 0, "uma", "psst");
    assert_shown(scene, "uma: psst|");
    /* Own ones, and what came long ago. */
    fake_say(scene->fake, 0, &(struct fake_said){.text = "kai", .own = true});
    fake_say(scene->fake, 0,
             &(struct fake_said){.text = "kai", .origin = ORIGIN_HISTORY, .time_us = 1});
    fake_settle(scene->fake);
    assert_shown(scene, "");
    scene_free(scene);
}

static void
test_looked_at(void)
{
    struct scene *scene = scene_new(1, "");
    const int64_t lab = fake_buffer(scene->fake, 0, "#lab")->id;

    scene->looked_at = lab;
    say(scene, 0, NULL, "kai?");
    assert_shown(scene, "");
    scene->looked_at = 0;
    say(scene, 0, NULL, "kai!");
    assert_shown(scene, "Uma in #lab: kai!|");
    /* One waits for its turn, and is looked at meanwhile; or read on another device. */
    say(scene, 0, NULL, "kai!!");
    scene->looked_at = lab;
    fake_advance(scene->fake, MINUTE_US);
    assert_shown(scene, "");
    scene->looked_at = 0;
    say(scene, 0, NULL, "kai, one");
    assert_shown(scene, "Uma in #lab: kai, one|");
    say(scene, 0, NULL, "kai, two");
    core_mark_all_read(scene->fake->core, lab);
    fake_settle(scene->fake);
    fake_advance(scene->fake, MINUTE_US);
    assert_shown(scene, "");
    scene_free(scene);
}

/* The first of a burst at once, the others together, ever less often; then as new. */
static void
test_burst(void)
{
    struct scene *scene = scene_new(1, "");

    for (int i = 1; i <= 6; i++) {
        g_autofree char *text = g_strdup_printf("kai %d", i);
        say(scene, 0, NULL, text);
    }
    assert_shown(scene, "Uma in #lab: kai 1|");
    fake_advance(scene->fake, 9 * SECOND_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, SECOND_US);
    assert_shown(scene, "5 mentions in #lab: Uma: kai 6|");
    say(scene, 0, NULL, "kai 7");
    fake_advance(scene->fake, 19 * SECOND_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, SECOND_US);
    assert_shown(scene, "Uma in #lab: kai 7|");
    for (int i = 0; i < 20; i++) {
        say(scene, 0, NULL, "kai");
        fake_advance(scene->fake, 30 * SECOND_US);
    }
    unsigned shown = 0;
    for (const char *at = scene->shown->str; (at = strchr(at, '|')) != NULL; at++)
        shown++;
    g_assert_cmpuint(shown, >=, 9);
    g_assert_cmpuint(shown, <=, 11);
    g_string_truncate(scene->shown, 0);
    fake_advance(scene->fake, 5 * MINUTE_US);
    g_string_truncate(scene->shown, 0);
    say(scene, 0, NULL, "kai, new");
    assert_shown(scene, "Uma in #lab: kai, new|");
    scene_free(scene);
}

/* Somebody calls in two hundred channels: five are told one by one, the rest together. */
static void
test_crowd(void)
{
    struct scene *scene = scene_new(1, "");

    for (int i = 0; i < 200; i++) {
        g_autofree char *name = g_strdup_printf("#c%03d", i);
        fake_channel(scene->fake, 0, name, BUFFER_CHANNEL);
        fake_say(scene->fake, 0, &(struct fake_said){.conversation = name, .text = "kai"});
    }
    fake_settle(scene->fake);
    assert_shown(scene, "Uma in #c000: kai|Uma in #c001: kai|Uma in #c002: kai|Uma in #c003: "
                        "kai|Uma in #c004: kai|");
    fake_advance(scene->fake, 5 * SECOND_US);
    g_assert_true(g_str_has_prefix(scene->shown->str, "weft: 195 mentions in 195 channels: #c005 "
                                                      "1, "));
    g_assert_null(strchr(strchr(scene->shown->str, '|') + 1, '|'));
    g_string_truncate(scene->shown, 0);
    fake_advance(scene->fake, 10 * MINUTE_US);
    assert_shown(scene, "");
    say(scene, 0, "#c100", "kai");
    assert_shown(scene, "Uma in #c100: kai|");
    scene_free(scene);
}

/* --- what was missed
 * ------------------------------------------------------------------------------------ */

static void
come_back(struct scene *scene, unsigned account)
{
    fake_lost(scene->fake, account, WEFT_ERROR_CLOSED);
    fake_advance(scene->fake, 10 * MINUTE_US);
    fake_state(scene->fake, account, ACCOUNT_CATCH_UP);
    assert_shown(scene, "");
}

static void
miss(struct scene *scene, unsigned account, const char *conversation, const char *text, int64_t at)
{
    fake_say(scene->fake, account,
             &(struct fake_said){.conversation = conversation,
                                 .text = text,
                                 .time_us = 1000 * SECOND_US + at,
                                 .origin = ORIGIN_CATCH_UP});
    fake_settle(scene->fake);
}

static void
test_away(void)
{
    struct scene *scene = scene_new(2, "");

    fake_channel(scene->fake, 0, "#jobs", BUFFER_CHANNEL);
    fake_channel(scene->fake, 0, "uma", BUFFER_DIRECT);
    fake_settle(scene->fake);
    come_back(scene, 1);
    come_back(scene, 0);
    for (int i = 0; i < 3; i++)
        miss(scene, 0, "#lab", "kai!", i);
    miss(scene, 0, "#lab", "hm", 10);
    miss(scene, 0, "#jobs", "kai?", 11);
    miss(scene, 0, "uma", "psst", 12);
    fake_caught_up(scene->fake, 0, NULL, true);
    /* The other account still catches up: one summary for both. */
    fake_state(scene->fake, 0, ACCOUNT_ONLINE);
    fake_advance(scene->fake, 6 * SECOND_US);
    assert_shown(scene, "");
    miss(scene, 1, "#lab", "kai", 13);
    fake_caught_up(scene->fake, 1, NULL, true);
    fake_state(scene->fake, 1, ACCOUNT_ONLINE);
    fake_advance(scene->fake, 6 * SECOND_US);
    assert_shown(scene,
                 "weft: 5 mentions in 3 channels, 1 direct message from 1 conversation while "
                 "you were away: #lab (one) 3, #lab (two) 1, #jobs (one) 1, uma (one) 1|");
    /* It stands in weft's own buffer. */
    g_autoptr(GPtrArray) own =
        store_load_newest(scene->fake->store, core_own_buffer(scene->fake->core)->id, 1);
    const struct message *line = own->pdata[0];
    g_assert_true(g_str_has_prefix(line->body->text, "5 mentions in 3 channels, "));
    fake_advance(scene->fake, 10 * MINUTE_US);
    assert_shown(scene, "");
    scene_free(scene);
}

/* The account is online, its channels are looked into one after the other: one summary. */
static void
test_away_channels(void)
{
    struct scene *scene = scene_new(1, "");

    fake_channel(scene->fake, 0, "#jobs", BUFFER_CHANNEL);
    fake_caught_up(scene->fake, 0, "#jobs", true);
    come_back(scene, 0);
    fake_state(scene->fake, 0, ACCOUNT_ONLINE);
    miss(scene, 0, "#lab", "kai!", 1);
    fake_caught_up(scene->fake, 0, "#lab", true);
    fake_advance(scene->fake, 10 * SECOND_US);
    assert_shown(scene, "");
    miss(scene, 0, "#jobs", "kai!", 2);
    fake_caught_up(scene->fake, 0, "#jobs", true);
    fake_advance(scene->fake, 6 * SECOND_US);
    assert_shown(scene, "weft: 2 mentions in 2 channels while you were away: #lab 1, #jobs 1|");
    scene_free(scene);
}

/* One alone is told as it is; none that was read elsewhere; the wait for others has an end. */
static void
test_away_one(void)
{
    struct scene *scene = scene_new(2, "");

    come_back(scene, 1);
    come_back(scene, 0);
    miss(scene, 0, "#lab", "kai, come back", 1);
    fake_caught_up(scene->fake, 0, NULL, true);
    fake_advance(scene->fake, 15 * SECOND_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, 7 * SECOND_US);
    assert_shown(scene, "Uma in #lab (one): kai, come back|");
    miss(scene, 1, "#lab", "kai", 1);
    miss(scene, 1, "#lab", "kai", 2);
    fake_caught_up(scene->fake, 1, NULL, true);
    core_mark_all_read(scene->fake->core, fake_buffer(scene->fake, 1, "#lab")->id);
    fake_advance(scene->fake, MINUTE_US);
    assert_shown(scene, "");
    scene_free(scene);
}

/* After a restart nothing is told that was known before. */
static void
test_restart(void)
{
    struct scene *scene = scene_new(1, "");

    miss(scene, 0, NULL, "kai, before", 1);
    say(scene, 0, NULL, "kai");
    g_string_truncate(scene->shown, 0);
    attention_free(scene->attention);
    fake_restart(scene->fake);
    listen(scene);
    fake_state(scene->fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(scene->fake, 0, "#lab", BUFFER_CHANNEL);
    fake_say(
        scene->fake, 0,
        &(struct fake_said){
            .text = "kai, new", .id = "9", .time_us = 2000 * SECOND_US, .origin = ORIGIN_CATCH_UP});
    fake_say(
        scene->fake, 0,
        &(struct fake_said){
            .text = "kai, new", .id = "9", .time_us = 2000 * SECOND_US, .origin = ORIGIN_CATCH_UP});
    fake_settle(scene->fake);
    fake_caught_up(scene->fake, 0, NULL, true);
    fake_state(scene->fake, 0, ACCOUNT_ONLINE);
    fake_advance(scene->fake, 6 * SECOND_US);
    assert_shown(scene, "Uma in #lab: kai, new|");
    scene_free(scene);
}

/* --- not now
 * -------------------------------------------------------------------------------------------- */

/* FAKE_NOW_US is 22:13:20 UTC. */
static void
test_quiet(void)
{
    struct scene *scene = scene_new(
        2, "[notify]\nquiet = 22:00-22:30\n[account two]\nnotify = all\nquiet = 22:00-23:00\n");

    say(scene, 0, NULL, "kai");
    say(scene, 0, NULL, "kai");
    say(scene, 1, NULL, "hm");
    fake_channel(scene->fake, 1, "#jobs", BUFFER_CHANNEL);
    say(scene, 1, "#jobs", "kai");
    fake_advance(scene->fake, 16 * MINUTE_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, MINUTE_US);
    assert_shown(scene, "weft: 2 mentions in 1 channel while you wanted quiet: #lab (one) 2|");
    say(scene, 0, NULL, "kai, again");
    assert_shown(scene, "Uma in #lab (one): kai, again|");
    fake_advance(scene->fake, 30 * MINUTE_US);
    assert_shown(scene, "weft: 1 mention in 1 channel, 1 message in 1 channel while you wanted "
                        "quiet: #jobs (two) 1, #lab (two) 1|");
    scene_free(scene);
}

static void
input(struct scene *scene, const char *text)
{
    g_autoptr(GError) error = NULL;

    core_input(scene->fake->core, fake_buffer(scene->fake, 0, "#lab")->id, text, &error);
    g_assert_no_error(error);
    fake_settle(scene->fake);
}

static void
test_snooze(void)
{
    struct scene *scene = scene_new(1, "");

    fake_channel(scene->fake, 0, "#jobs", BUFFER_CHANNEL);
    input(scene, "/snooze 30m");
    say(scene, 0, NULL, "kai");
    say(scene, 0, "#jobs", "kai");
    fake_advance(scene->fake, 29 * MINUTE_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, MINUTE_US);
    assert_shown(scene, "weft: 2 mentions in 2 channels while you wanted quiet: #lab 1, #jobs 1|");
    /* Ended before its time, and only for one buffer. */
    input(scene, "/snooze 2h buffer");
    say(scene, 0, NULL, "kai, quiet");
    say(scene, 0, "#jobs", "kai, loud");
    assert_shown(scene, "Uma in #jobs: kai, loud|");
    input(scene, "/snooze off");
    fake_advance(scene->fake, 0);
    assert_shown(scene, "Uma in #lab: kai, quiet|");
    /* Wall time is set back while something waits: it is still told when its time has come. */
    input(scene, "/snooze 10m");
    say(scene, 0, NULL, "kai, late");
    clock_fake_step_wall(scene->fake->clock, -5 * MINUTE_US);
    fake_advance(scene->fake, 14 * MINUTE_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, 2 * MINUTE_US);
    assert_shown(scene, "Uma in #lab: kai, late|");
    scene_free(scene);
}

/* What was missed while it is quiet waits for the end of that. */
static void
test_quiet_away(void)
{
    struct scene *scene = scene_new(1, "[notify]\nquiet = 22:00-23:00\nshow = nothing\n");

    come_back(scene, 0);
    miss(scene, 0, "#lab", "kai", 1);
    miss(scene, 0, "#lab", "kai", 2);
    fake_caught_up(scene->fake, 0, NULL, true);
    fake_state(scene->fake, 0, ACCOUNT_ONLINE);
    fake_advance(scene->fake, 5 * MINUTE_US);
    assert_shown(scene, "");
    fake_advance(scene->fake, 60 * MINUTE_US);
    assert_shown(scene, "weft: 2 mentions in 1 channel while you wanted quiet|");
    scene_free(scene);
}

void
test_attention_add(void)
{
    g_test_add_func("/attention/one", test_one);
    g_test_add_func("/attention/looked-at", test_looked_at);
    g_test_add_func("/attention/burst", test_burst);
    g_test_add_func("/attention/crowd", test_crowd);
    g_test_add_func("/attention/away", test_away);
    g_test_add_func("/attention/away-channels", test_away_channels);
    g_test_add_func("/attention/away-one", test_away_one);
    g_test_add_func("/attention/restart", test_restart);
    g_test_add_func("/attention/quiet", test_quiet);
    g_test_add_func("/attention/snooze", test_snooze);
    g_test_add_func("/attention/quiet-away", test_quiet_away);
}
