#include <string.h>
#include <time.h>

#include "base/error.h"
#include "core/keyword.h"
#include "core/quiet.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)

/* --- words
 * ---------------------------------------------------------------------------------------------- */

static void
test_words(void)
{
    static const char *const words[] = {"kai", "Rota",   "co-op",        "release date", "#jobs",
                                        "c++", "Straße", "cafe\314\201", "  soup  ",     NULL};
    static const char *const hits[] = {"kai",
                                       "KAI!",
                                       "the ROTA, please",
                                       "our co-op",
                                       "What release date?",
                                       "see #jobs",
                                       "I like C++.",
                                       "in der STRASSE",
                                       "the caf\303\251",
                                       "soup",
                                       "\342\235\244\357\270\217kai",
                                       NULL};
    static const char *const misses[] = {
        "kais",   "_kai", "kai-1",    "rotation", "prorota", "co-ops", "release  date", "x#jobs",
        "#jobs2", "c+",   "strasse7", "cafe",     "soups",   "",       "kai\314\201",   NULL};
    struct keywords *keywords = keywords_new();

    g_assert_false(keywords_hit(keywords, "kai"));
    for (size_t i = 0; words[i] != NULL; i++)
        keywords_add(keywords, words[i]);
    keywords_add(keywords, "");
    for (size_t i = 0; hits[i] != NULL; i++)
        if (!keywords_hit(keywords, hits[i]))
            g_error("no word in \"%s\"", hits[i]);
    for (size_t i = 0; misses[i] != NULL; i++)
        if (keywords_hit(keywords, misses[i]))
            g_error("a word in \"%s\"", misses[i]);
    keywords_free(keywords);
}

static void
test_words_checked(void)
{
    g_autofree char *most = g_strnfill(KEYWORD_MAX_CHARS, 'x');
    g_autofree char *more = g_strnfill(KEYWORD_MAX_CHARS + 1, 'x');
    g_autoptr(GError) error = NULL;

    g_assert_true(keyword_check("rota", NULL));
    g_assert_true(keyword_check(most, NULL));
    g_assert_false(keyword_check(more, NULL));
    g_assert_false(keyword_check("   ", &error));
    g_assert_cmpstr(error->message, ==, "A keyword must not be empty.");
}

/* The worst that can be said to a hundred words: each place begins all of them and ends none. */
static void
test_words_never_hang(void)
{
    struct keywords *keywords = keywords_new();
    g_autofree char *text = g_strnfill(64 * 1024, 'a');
    g_autofree char *word = g_strnfill(KEYWORD_MAX_CHARS, 'a');

    for (size_t i = 1; i < 64 * 1024; i += 2)
        text[i] = '.';
    for (int i = 1; i < KEYWORD_MAX_CHARS; i += 2)
        word[i] = '.';
    text[64 * 1024 - 1] = 'b';
    for (int i = 0; i < 100; i++)
        keywords_add(keywords, word);
    const clock_t start = clock();
    g_assert_false(keywords_hit(keywords, text));
    g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 2);
    keywords_free(keywords);
}

/* --- quiet hours
 * ---------------------------------------------------------------------------------------- */

static int64_t
at(GTimeZone *zone, int day, int hour, int minute)
{
    /* 1 June 2026 is a Monday. */
    g_autoptr(GDateTime) time = g_date_time_new(zone, 2026, 6, day, hour, minute, 0);

    return g_date_time_to_unix(time) * SECOND_US;
}

static void
assert_quiet(const char *text, GTimeZone *zone, int64_t now_us, int64_t until_us)
{
    struct quiet quiet;
    g_autoptr(GError) error = NULL;

    g_assert_true(quiet_parse(text, &quiet, &error));
    g_assert_no_error(error);
    g_assert_cmpint(quiet_until(&quiet, now_us, zone), ==, until_us);
}

static void
test_quiet_hours(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

    assert_quiet("22:00-07:00", zone, at(zone, 1, 21, 59), 0);
    assert_quiet("22:00-07:00", zone, at(zone, 1, 22, 0), at(zone, 2, 7, 0));
    assert_quiet("22:00-07:00", zone, at(zone, 2, 3, 0), at(zone, 2, 7, 0));
    assert_quiet("22:00-07:00", zone, at(zone, 2, 7, 0), 0);
    assert_quiet("12:30-13:15", zone, at(zone, 2, 13, 0), at(zone, 2, 13, 15));
    assert_quiet("12:30-13:15", zone, at(zone, 2, 13, 15), 0);
    /* The nights that begin on working days: Friday's goes on into Saturday, Sunday's is none. */
    assert_quiet("mon-fri 22:00-07:00", zone, at(zone, 6, 6, 0), at(zone, 6, 7, 0));
    assert_quiet("mon-fri 22:00-07:00", zone, at(zone, 6, 23, 0), 0);
    assert_quiet("mon-fri 22:00-07:00", zone, at(zone, 8, 6, 0), 0);
    assert_quiet("MON-fri  22:00-07:00", zone, at(zone, 8, 23, 0), at(zone, 9, 7, 0));
    /* A weekend, and days that go round the week's end. */
    assert_quiet("sat,sun 00:00-24:00", zone, at(zone, 6, 0, 0), at(zone, 7, 0, 0));
    assert_quiet("sat,sun 00:00-24:00", zone, at(zone, 7, 23, 59), at(zone, 8, 0, 0));
    assert_quiet("sat,sun 00:00-24:00", zone, at(zone, 8, 0, 0), 0);
    assert_quiet("fri-mon 08:00-09:00", zone, at(zone, 1, 8, 30), at(zone, 1, 9, 0));
    assert_quiet("fri-mon 08:00-09:00", zone, at(zone, 2, 8, 30), 0);
    assert_quiet("off", zone, at(zone, 2, 8, 30), 0);
    /* Times beyond all reason are answered. */
    assert_quiet("00:00-24:00", zone, INT64_MAX, 0);
    assert_quiet("00:00-24:00", zone, 0, 24 * HOUR_US);
}

/* In Berlin the clock goes from 2:00 to 3:00 on 29 March 2026, and back on 25 October. */
static void
test_quiet_clock_change(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");

    if (zone == NULL) {
        g_test_skip("this machine knows no time zones");
        return;
    }
    g_autoptr(GDateTime) spring = g_date_time_new(zone, 2026, 3, 28, 23, 0, 0);
    g_autoptr(GDateTime) autumn = g_date_time_new(zone, 2026, 10, 24, 23, 0, 0);
    const int64_t spring_us = g_date_time_to_unix(spring) * SECOND_US;
    const int64_t autumn_us = g_date_time_to_unix(autumn) * SECOND_US;
    assert_quiet("22:00-07:00", zone, spring_us, spring_us + 7 * HOUR_US);
    assert_quiet("22:00-07:00", zone, autumn_us, autumn_us + 9 * HOUR_US);
}

static void
test_quiet_refused(void)
{
    static const char *const cases[] = {"",
                                        "22:00",
                                        "22-07",
                                        "22:00-7:00",
                                        "22:60-07:00",
                                        "24:00-07:00",
                                        "22:00-24:01",
                                        "22:00 - 07:00",
                                        "mon",
                                        "mon-fri",
                                        "mon 22:00",
                                        "moon 22:00-07:00",
                                        "mon,22:00-07:00",
                                        "mon- 22:00-07:00",
                                        "mon22:00-07:00",
                                        "22:00-07:00 x",
                                        "none",
                                        "22:00-07:0\303\251"};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct quiet quiet;
        if (quiet_parse(cases[i], &quiet, &error))
            g_error("\"%s\" was taken as quiet hours", cases[i]);
        g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
        g_assert_nonnull(strstr(error->message, "22:00-07:00"));
    }
    g_autoptr(GError) error = NULL;
    g_assert_false(quiet_check("07:00-07:00", &error));
    g_assert_nonnull(strstr(error->message, "00:00-24:00"));
}

/* --- what calls
 * ----------------------------------------------------------------------------------------- */

static void
configure(struct fake *fake, const char *text)
{
    g_autofree char *told = NULL;

    g_assert_true(g_file_set_contents(fake->config_file, text, -1, NULL));
    if (!core_reload(fake->core, &told))
        g_error("%s", told);
    fake_settle(fake);
    fake_clear(fake);
}

#define TWO "[account one]\nnetwork = fake\n[account two]\nnetwork = fake\n"

static unsigned
calls_of(struct fake *fake, unsigned account, const char *conversation, const char *text)
{
    const unsigned before = fake->counts[NOTICE_ATTENTION];

    fake_say(fake, account, &(struct fake_said){.conversation = conversation, .text = text});
    fake_settle(fake);
    return fake->counts[NOTICE_ATTENTION] - before;
}

static void
test_keywords(void)
{
    struct fake *fake = fake_new(2);

    fake_online(fake, 0);
    fake_online(fake, 1);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "the rota"), ==, 0);
    configure(fake, "[notify]\nkeyword = rota\nkeyword = soup\n[account one]\nnetwork = fake\n"
                    "keyword = lathe\n[account two]\nnetwork = fake\n");
    g_assert_cmpuint(calls_of(fake, 0, NULL, "the Rota"), ==, 1);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "the lathe"), ==, 1);
    g_assert_cmpuint(calls_of(fake, 1, NULL, "soup!"), ==, 1);
    g_assert_cmpuint(calls_of(fake, 1, NULL, "the lathe"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "kai"), ==, 1);
    /* They count as mentions. */
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 3);
    /* What we say ourselves, and what came long ago, calls nobody. */
    fake_say(fake, 0, &(struct fake_said){.text = "rota", .own = true});
    fake_say(fake, 0, &(struct fake_said){.text = "rota", .origin = ORIGIN_HISTORY, .time_us = 1});
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 4);
    configure(fake, TWO);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "the rota"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "kai"), ==, 1);
    fake_free(fake);
}

/* Another nick calls from then on, the old one does not. */
static void
test_other_nick(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "kai"), ==, 1);
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_SELF, .self = {.id = "kai", .name = "Kim"}});
    g_assert_cmpuint(calls_of(fake, 0, NULL, "kai"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 0, NULL, "kim?"), ==, 1);
    fake_free(fake);
}

static void
test_levels(void)
{
    struct fake *fake = fake_new(2);

    fake_online(fake, 0);
    fake_online(fake, 1);
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    fake_channel(fake, 0, "trio", BUFFER_GROUP);
    fake_channel(fake, 1, "uma", BUFFER_DIRECT);
    /* Channels call by mention, direct conversations and groups by every word. */
    g_assert_cmpuint(calls_of(fake, 0, NULL, "hi"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 0, "uma", "hi"), ==, 1);
    g_assert_cmpuint(calls_of(fake, 0, "trio", "hi"), ==, 1);
    configure(fake, "[notify]\nlevel = all\ndirect = none\n[account one]\nnetwork = fake\n"
                    "notify = none\nnotify_direct = mentions\n[account two]\nnetwork = fake\n"
                    "[buffer two/#Lab]\nnotify = mentions\n");
    g_assert_cmpuint(calls_of(fake, 0, NULL, "kai"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 0, "uma", "hi"), ==, 1); /* each word there is a mention */
    g_assert_cmpuint(calls_of(fake, 0, "trio", "hi"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 0, "trio", "kai"), ==, 1);
    g_assert_cmpuint(calls_of(fake, 1, NULL, "hi"), ==, 0);
    g_assert_cmpuint(calls_of(fake, 1, NULL, "kai"), ==, 1);
    g_assert_cmpuint(calls_of(fake, 1, "uma", "kai"), ==, 0);
    fake_channel(fake, 1, "#new", BUFFER_CHANNEL);
    g_assert_cmpuint(calls_of(fake, 1, "#new", "hi"), ==, 1);
    /* It turns out to be a group. */
    fake_channel(fake, 1, "#new", BUFFER_GROUP);
    g_assert_cmpuint(calls_of(fake, 1, "#new", "hi"), ==, 0);
    fake_free(fake);
}

struct called {
    unsigned n, calls, mentions;
    bool live;
};

static void
on_called(const struct notice *notice, void *user)
{
    struct called *called = user;

    if (notice->type != NOTICE_ATTENTION)
        return;
    called->n++;
    called->calls = notice->calls;
    called->mentions = notice->mentions;
    called->live = notice->live;
}

/* What was missed is told once a buffer, with its numbers. */
static void
test_missed(void)
{
    struct called called = {0};
    struct fake *fake = fake_new(1);

    configure(fake, "[account one]\nnetwork = fake\n[buffer one/#lab]\nnotify = all\n");
    bus_subscribe(core_bus(fake->core), on_called, &called);
    for (unsigned round = 0; round < 2; round++) {
        fake_online(fake, 0);
        fake_say(fake, 0, &(struct fake_said){.text = "live"});
        fake_settle(fake);
        g_assert_true(called.live);
        g_assert_cmpuint(called.calls, ==, 1);
        g_assert_cmpuint(called.mentions, ==, 0);
        fake_lost(fake, 0, WEFT_ERROR_CLOSED);
        fake_advance(fake, 10 * MINUTE_US);
        fake_state(fake, 0, ACCOUNT_CATCH_UP);
        called = (struct called){0};
        for (int i = 1; i < 6; i++)
            fake_say(fake, 0,
                     &(struct fake_said){.text = i % 2 == 0 ? "kai!" : "hm",
                                         .time_us = 1000 * (round + 1) * SECOND_US + i,
                                         .origin = ORIGIN_CATCH_UP});
        fake_settle(fake);
        g_assert_cmpuint(called.n, ==, 0);
        fake_caught_up(fake, 0, "#lab", true);
        g_assert_cmpuint(called.n, ==, 1);
        g_assert_false(called.live);
        g_assert_cmpuint(called.calls, ==, 5);
        g_assert_cmpuint(called.mentions, ==, 2);
        fake_lost(fake, 0, WEFT_ERROR_CLOSED);
        fake_advance(fake, 10 * MINUTE_US);
    }
    fake_free(fake);
}

/* --- not now
 * -------------------------------------------------------------------------------------------- */

/* FAKE_NOW_US is Tuesday, 14 November 2023, 22:13:20 UTC. */
static void
test_quiet_accounts(void)
{
    struct fake *fake = fake_new(2);

    fake_online(fake, 0);
    fake_online(fake, 1);
    const int64_t one = fake_buffer(fake, 0, "#lab")->id, two = fake_buffer(fake, 1, "#lab")->id;
    const int64_t own = core_own_buffer(fake->core)->id;
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, 0);
    configure(fake, "[notify]\nquiet = 22:00-07:00\nquiet = sat,sun 00:00-24:00\n"
                    "[account one]\nnetwork = fake\nquiet = 22:14-23:00\n"
                    "[account two]\nnetwork = fake\n");
    const int64_t seven_us = FAKE_NOW_US + (8 * 60 + 46) * MINUTE_US + 40 * SECOND_US;
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, 0);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, seven_us);
    g_assert_cmpint(core_hushed_until(fake->core, own), ==, seven_us);
    fake_advance(fake, MINUTE_US);
    g_assert_cmpint(core_hushed_until(fake->core, one), ==,
                    FAKE_NOW_US + 46 * MINUTE_US + 40 * SECOND_US);
    configure(fake, "[notify]\nquiet = 22:00-07:00\n[account one]\nnetwork = fake\nquiet = off\n"
                    "[account two]\nnetwork = fake\n");
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, 0);
    g_assert_cmpint(core_hushed_until(fake->core, 4711), ==, 0);
    /* What calls is told all the same: who shows it asks. */
    g_assert_cmpuint(calls_of(fake, 1, NULL, "kai"), ==, 1);
    fake_free(fake);
}

static void
input(struct fake *fake, int64_t buffer_id, const char *text)
{
    g_autoptr(GError) error = NULL;

    core_input(fake->core, buffer_id, text, &error);
    g_assert_no_error(error);
    fake_settle(fake);
}

static void
test_snooze(void)
{
    struct fake *fake = fake_new(2);

    fake_online(fake, 0);
    fake_online(fake, 1);
    const int64_t one = fake_buffer(fake, 0, "#lab")->id, two = fake_buffer(fake, 1, "#lab")->id;
    input(fake, one, "/snooze 30m buffer");
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, FAKE_NOW_US + 30 * MINUTE_US);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, 0);
    input(fake, one, "/snooze 2h");
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, FAKE_NOW_US + 2 * HOUR_US);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, FAKE_NOW_US + 2 * HOUR_US);
    fake_restart(fake);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, FAKE_NOW_US + 2 * HOUR_US);
    fake_advance(fake, 2 * HOUR_US);
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, 0);
    input(fake, two, "/snooze 1d buffer");
    fake_restart(fake);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, FAKE_NOW_US + 26 * HOUR_US);
    g_assert_cmpint(core_hushed_until(fake->core, one), ==, 0);
    fake_clear(fake);
    input(fake, two, "/snooze off");
    g_assert_cmpuint(fake->counts[NOTICE_HUSH], >=, 1);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, 0);
    fake_restart(fake);
    g_assert_cmpint(core_hushed_until(fake->core, two), ==, 0);
    fake_free(fake);
}

/* SCENE_NOW_US is Saturday, 22 November 2025, 08:26:40 UTC. */
static void
test_commands(void)
{
    static const char *const bad[] = {"/snooze soon", "/snooze 0m", "/snooze 31d", "/snooze 2h me"};
    struct scene *scene = scene_new();
    char *said;

    scene_input(scene, "#coop", "/notify", NULL);
    said = scene_last(scene, "#coop");
    g_assert_cmpstr(said, ==, "Here calls: mentions (as for all channels).");
    g_free(said);
    scene_input(scene, "#coop", "/notify all", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_ALL);
    said = scene_last(scene, "#coop");
    g_assert_cmpstr(said, ==, "Here calls: all (set for this buffer).");
    g_free(said);
    scene_input(scene, "#coop", "/notify loud", "notify must be one of: all, mentions, none.");
    scene_input(scene, "#coop", "/mute", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_NONE);
    scene_input(scene, "#coop", "/mute", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_MENTIONS);
    scene_input(scene, "#coop", "/set account.libera.notify none", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_NONE);
    said = scene_last(scene, "#coop");
    g_assert_null(strstr(said, "/reload"));
    g_free(said);
    scene_input(scene, "#coop", "/mute", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_MENTIONS);
    scene_input(scene, "#coop", "/notify default", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_NONE);
    scene_input(scene, "#coop", "/unset account.libera.notify", NULL);
    scene_input(scene, "#coop", "/set notify.keyword rota", NULL);
    scene_input(scene, "#coop", "/set notify.quiet sat 00:00-24:00", NULL);
    scene_input(scene, "#coop", "/snooze 20m", NULL);
    said = scene_last(scene, "#coop");
    g_assert_cmpstr(said, ==, "Nothing calls you until 08:46; what did is told then, in one line.");
    g_free(said);
    scene_input(scene, "#coop", "/snooze", NULL);
    said = scene_last(scene, "#coop");
    g_assert_cmpstr(said, ==,
                    "Here calls: mentions (as for all channels). Words that call like a mention: "
                    "rota.\nIt is a quiet hour: nothing calls until Sun 23 Nov 00:00.\nSnoozed "
                    "until 08:46; /snooze off ends that.");
    g_free(said);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        scene_input(scene, "#coop", bad[i],
                    "How long? /snooze 30m, /snooze 8h, at most 30d; /snooze 2h buffer is for this "
                    "buffer alone, /snooze off ends it.");
    scene_input(scene, "#coop", "/set notify.quiet at night",
                "\"at night\" are no quiet hours. They look like 22:00-07:00, mon-fri 22:00-07:00 "
                "or sat,sun 00:00-24:00; off is none.");
    scene_free(scene);
}

void
test_attention_add(void)
{
    g_test_add_func("/attention/words", test_words);
    g_test_add_func("/attention/words-checked", test_words_checked);
    g_test_add_func("/attention/words-never-hang", test_words_never_hang);
    g_test_add_func("/attention/quiet-hours", test_quiet_hours);
    g_test_add_func("/attention/quiet-clock-change", test_quiet_clock_change);
    g_test_add_func("/attention/quiet-refused", test_quiet_refused);
    g_test_add_func("/attention/keywords", test_keywords);
    g_test_add_func("/attention/other-nick", test_other_nick);
    g_test_add_func("/attention/levels", test_levels);
    g_test_add_func("/attention/missed", test_missed);
    g_test_add_func("/attention/quiet-accounts", test_quiet_accounts);
    g_test_add_func("/attention/snooze", test_snooze);
    g_test_add_func("/attention/commands", test_commands);
}
