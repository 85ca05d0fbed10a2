/* Drafts that a network keeps as well. */
#include <string.h>

#include "core/threads.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static int64_t
lab(struct fake *fake)
{
    return fake_buffer(fake, 0, "#lab")->id;
}

static void
network_has(struct fake *fake, const char *thread, const char *text)
{
    host_emit(
        fake_session(fake, 0)->host,
        &(struct event){.type = EVENT_DRAFT, .conversation = "#lab", .draft = {thread, text}});
    fake_settle(fake);
}

static void
all_told(struct fake *fake)
{
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_DRAFTS});
    fake_settle(fake);
}

static void
type_in(struct fake *fake, const char *text)
{
    core_set_draft(fake->core, lab(fake), text);
    fake_settle(fake);
}

static void
assert_draft(struct fake *fake, const char *text)
{
    g_autofree char *draft = core_draft(fake->core, lab(fake));

    g_assert_cmpstr(draft, ==, text);
}

/* What the network was asked within two seconds, and its answer. */
static void
assert_asked(struct fake *fake, const char *asked)
{
    struct fake_session *session = fake_session(fake, 0);

    fake_advance(fake, 2 * SECOND_US);
    g_assert_cmpstr(session->asked->str, ==, asked);
    g_string_truncate(session->asked, 0);
    if (*asked != '\0')
        host_done(session->host, session->asked_op, NULL, 0);
    fake_settle(fake);
}

static struct fake *
begin(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    all_told(fake);
    fake_clear(fake);
    assert_asked(fake, "");
    return fake;
}

/* What is typed is told a moment later, once; sent or cleared, it is gone there too. */
static void
test_out(void)
{
    struct fake *fake = begin();

    type_in(fake, "hel");
    type_in(fake, "hello");
    g_assert_cmpstr(fake_session(fake, 0)->asked->str, ==, "");
    assert_asked(fake, "draft #lab - hello|");
    type_in(fake, "hello");
    assert_asked(fake, "");
    /* A command is nobody's business. */
    type_in(fake, "/join #bar");
    assert_asked(fake, "");
    type_in(fake, "//join is a word");
    assert_asked(fake, "draft #lab - //join is a word|");
    fake_type(fake, 0, "said");
    fake_settle(fake);
    assert_asked(fake, "draft #lab - (none)|");
    type_in(fake, "one more");
    type_in(fake, "");
    assert_asked(fake, "");
    /* A secret is kept in memory alone. */
    type_in(fake, "secret hunter2");
    assert_asked(fake, "");
    fake_free(fake);
}

/* What is typed while it is being told follows; what was cut off is told after the next list. */
static void
test_under_way(void)
{
    struct fake *fake = begin();
    struct fake_session *session = fake_session(fake, 0);

    type_in(fake, "a");
    fake_advance(fake, 2 * SECOND_US);
    g_assert_cmpstr(session->asked->str, ==, "draft #lab - a|");
    type_in(fake, "ab");
    fake_advance(fake, 2 * SECOND_US);
    g_assert_cmpstr(session->asked->str, ==, "draft #lab - a|");
    g_string_truncate(session->asked, 0);
    host_done(session->host, session->asked_op, NULL, 0);
    assert_asked(fake, "draft #lab - ab|");
    type_in(fake, "abc");
    fake_advance(fake, 2 * SECOND_US);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_settle(fake);
    type_in(fake, "abcd");
    g_string_truncate(session->asked, 0);
    fake_advance(fake, 60 * SECOND_US);
    g_assert_cmpstr(session->asked->str, ==, "");
    fake_online(fake, 0);
    network_has(fake, NULL, "ab");
    assert_draft(fake, "abcd");
    assert_asked(fake, "");
    all_told(fake);
    assert_asked(fake, "draft #lab - abcd|");
    /* Refused for good: it is not asked for again. */
    type_in(fake, "no");
    fake_advance(fake, 2 * SECOND_US);
    g_string_truncate(session->asked, 0);
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "No.");
    host_failed(session->host, session->asked_op, error);
    assert_asked(fake, "");
    assert_draft(fake, "no");
    fake_free(fake);
}

static void
answer(struct fake *fake)
{
    struct fake_session *session = fake_session(fake, 0);

    g_string_truncate(session->asked, 0);
    host_done(session->host, session->asked_op, NULL, 0);
    fake_settle(fake);
}

/* Another device says something while ours is on its way: where nothing is typed here theirs is
 * the draft, else ours is told once more. */
static void
test_crossed(void)
{
    struct fake *fake = begin();

    type_in(fake, "a");
    assert_asked(fake, "draft #lab - a|");
    type_in(fake, "");
    fake_advance(fake, 2 * SECOND_US);
    g_assert_cmpstr(fake_session(fake, 0)->asked->str, ==, "draft #lab - (none)|");
    network_has(fake, NULL, "theirs");
    answer(fake);
    assert_draft(fake, "theirs");
    assert_asked(fake, "");
    type_in(fake, "ours");
    fake_advance(fake, 2 * SECOND_US);
    network_has(fake, NULL, "theirs, and more");
    answer(fake);
    assert_draft(fake, "ours");
    assert_asked(fake, "draft #lab - ours|");
    network_has(fake, NULL, NULL);
    assert_draft(fake, NULL);
    fake_free(fake);
}

/* What is written elsewhere is the draft here, unless it was changed here meanwhile. */
static void
test_in(void)
{
    struct fake *fake = begin();

    network_has(fake, NULL, "from the telephone");
    assert_draft(fake, "from the telephone");
    g_assert_true(fake_buffer(fake, 0, "#lab")->draft);
    g_assert_cmpuint(fake->counts[NOTICE_DRAFT], ==, 1);
    assert_asked(fake, "");
    network_has(fake, NULL, "from the telephone\xff, more");
    assert_draft(fake, "from the telephone\xef\xbf\xbd, more");
    network_has(fake, NULL, NULL);
    assert_draft(fake, NULL);
    g_assert_false(fake_buffer(fake, 0, "#lab")->draft);
    g_assert_cmpuint(fake->counts[NOTICE_DRAFT], ==, 3);
    /* Being typed here: ours counts, and is told. */
    type_in(fake, "ours");
    network_has(fake, NULL, "theirs");
    assert_draft(fake, "ours");
    g_assert_cmpuint(fake->counts[NOTICE_DRAFT], ==, 3);
    assert_asked(fake, "draft #lab - ours|");
    /* A command that is being typed is not overwritten either. */
    type_in(fake, "");
    assert_asked(fake, "draft #lab - (none)|");
    type_in(fake, "/help");
    assert_asked(fake, "");
    network_has(fake, NULL, "theirs");
    assert_draft(fake, "/help");
    assert_asked(fake, "");
    /* Of a conversation that core does not know, or with a secret in it. */
    host_emit(fake_session(fake, 0)->host, &(struct event){.type = EVENT_DRAFT,
                                                           .conversation = "#nowhere",
                                                           .draft = {.text = "lost"}});
    type_in(fake, "");
    assert_asked(fake, "draft #lab - (none)|");
    network_has(fake, NULL, "secret hunter2");
    assert_draft(fake, NULL);
    fake_free(fake);
}

/* In threads, each on its own. */
static void
test_threads(void)
{
    struct fake *fake = begin();

    fake_caps(fake, 0, FAKE_CAPS | FAKE_THREADS, NULL);
    core_set_thread_draft(fake->core, lab(fake), "r1", "aside");
    assert_asked(fake, "draft #lab r1 aside|");
    network_has(fake, "r2", "another");
    g_autofree char *one = core_thread_draft(fake->core, lab(fake), "r1");
    g_autofree char *two = core_thread_draft(fake->core, lab(fake), "r2");
    g_assert_cmpstr(one, ==, "aside");
    g_assert_cmpstr(two, ==, "another");
    assert_draft(fake, NULL);
    g_assert_true(core_input_thread(fake->core, lab(fake), "r1", "said", NULL));
    fake_settle(fake);
    assert_asked(fake, "draft #lab r1 (none)|");
    fake_free(fake);
}

/* Over a restart weft knows what of a draft is the network's, and what was changed here. */
static void
test_restart(void)
{
    struct fake *fake = begin();

    type_in(fake, "both have it");
    assert_asked(fake, "draft #lab - both have it|");
    fake_restart(fake);
    fake_online(fake, 0);
    network_has(fake, NULL, "changed there");
    all_told(fake);
    assert_draft(fake, "changed there");
    assert_asked(fake, "");
    fake_restart(fake);
    type_in(fake, "changed here");
    fake_online(fake, 0);
    network_has(fake, NULL, "changed there");
    all_told(fake);
    assert_draft(fake, "changed here");
    assert_asked(fake, "draft #lab - changed here|");
    /* Deleted there while weft was away. */
    fake_restart(fake);
    fake_online(fake, 0);
    all_told(fake);
    assert_draft(fake, NULL);
    assert_asked(fake, "");
    fake_free(fake);
}

/* It was being told when weft was killed: what the network says then is newer. */
static void
test_killed(void)
{
    struct fake *fake = begin();

    type_in(fake, "both have it");
    assert_asked(fake, "draft #lab - both have it|");
    type_in(fake, "perhaps there");
    fake_advance(fake, 2 * SECOND_US);
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    fake_restart(fake);
    fake_online(fake, 0);
    network_has(fake, NULL, "perhaps there, and more");
    assert_draft(fake, "perhaps there, and more");
    all_told(fake);
    assert_asked(fake, "");
    /* Nothing is there: then ours had not arrived. */
    type_in(fake, "once more");
    fake_advance(fake, 2 * SECOND_US);
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    fake_restart(fake);
    fake_online(fake, 0);
    all_told(fake);
    assert_draft(fake, "once more");
    assert_asked(fake, "draft #lab - once more|");
    fake_free(fake);
}

/* Nothing is told before the network has told what it has, and never to one that keeps none. */
static void
test_quiet(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    type_in(fake, "typed");
    assert_asked(fake, "");
    all_told(fake);
    assert_asked(fake, "draft #lab - typed|");
    fake_free(fake);
}

void
test_drafts_add(void)
{
    g_test_add_func("/drafts/out", test_out);
    g_test_add_func("/drafts/under-way", test_under_way);
    g_test_add_func("/drafts/crossed", test_crossed);
    g_test_add_func("/drafts/in", test_in);
    g_test_add_func("/drafts/threads", test_threads);
    g_test_add_func("/drafts/restart", test_restart);
    g_test_add_func("/drafts/killed", test_killed);
    g_test_add_func("/drafts/quiet", test_quiet);
}
