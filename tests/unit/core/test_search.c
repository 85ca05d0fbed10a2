/* The language of the search, and its answers over a running core. */
#include "core/search.h"

#include <string.h>

#include "base/error.h"
#include "core/search_query.h"
#include "store/search.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

#define NOW_US INT64_C(1763800000000000) /* 2025-11-22T08:26:40Z */

/* "soup* -draft from:maria in:#lab after:5 before:6", or the error. */
static char *
read_query(const char *text, bool typing)
{
    g_autoptr(GError) error = NULL;
    struct search_query *query = search_query_parse(text, NOW_US, typing, &error);
    if (query == NULL) {
        g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
        g_assert_true(g_str_has_suffix(error->message, "."));
        return g_strdup_printf("! %s", error->message);
    }
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < query->words->len; i++) {
        const struct search_word *word = query->words->pdata[i];
        g_string_append_printf(out, " %s<%s>%s", word->not_ ? "-" : "", word->text,
                               word->prefix ? "*" : "");
    }
    if (query->from != NULL)
        g_string_append_printf(out, " from:%s", query->from);
    for (unsigned i = 0; i < query->in->len; i++)
        g_string_append_printf(out, " in:%s", (char *)query->in->pdata[i]);
    if (query->after_us != 0)
        g_string_append_printf(out, " after:%" G_GINT64_FORMAT, query->after_us / G_USEC_PER_SEC);
    if (query->before_us != 0)
        g_string_append_printf(out, " before:%" G_GINT64_FORMAT, query->before_us / G_USEC_PER_SEC);
    if (query->empty)
        g_string_append(out, " (empty)");
    search_query_free(query);
    return g_string_free(out, FALSE);
}

static void
test_parser(void)
{
    static const struct {
        const char *text;
        bool typing;
        const char *expected;
    } rows[] = {
        {"", false, " (empty)"},
        {"  soup   Thursday ", false, " <soup> <Thursday>"},
        {"soup thurs", true, " <soup> <thurs>*"},
        {"soup thursday ", true, " <soup> <thursday>"},
        {"soup t", true, " <soup> <t>"},
        {"\"soup on thursday\" now", false, " <soup on thursday> <now>"},
        {"\"soup on th", true, " <soup on th>*"},
        {"\"soup on\"* x", false, " <soup on>* <x>"},
        {"sou* -draft", false, " <sou>* -<draft>"},
        {"soup -dra", true, " <soup> -<dra>"},
        {"soup -\"not this\"", false, " <soup> -<not this>"},
        {"from:maria in:#lab IN:patio/a\\ b soup", false,
         " <soup> from:maria in:#lab in:patio/a\\ b"},
        {"from:\"Maria K\"", false, " from:Maria K"},
        {"soup from:", true, " <soup>"},
        {"https://weft.example/a x", false, " <https://weft.example/a> <x>"},
        {"\"re: soup\"", false, " <re: soup>"},
        {"after:2025-11-01 before:2h x", false, " <x> after:1761955200 before:1763792800"},
        {"after:2025-11-01T20:30", false, " after:1762029000"},
        {"after:\"2025-11-01 20:30\"", false, " after:1762029000"},
        {"after:yesterday before:today", false, " after:1763683200 before:1763769600"},
        {"soup \xf0\x9f\x98\x80 !!", false, " <soup>"},
        {"-", true, "! “-” has"},
        {"\xf0\x9f\x98\x80", false, "! “\xf0\x9f\x98\x80” has no letter"},
        {"-draft", false, "! “-draft” only"},
        {"from:maria -draft", false, " -<draft> from:maria"},
        {"from: maria", false, "! “from:” needs"},
        {"-from:maria x", false, "! “-from:” cannot"},
        {"form:maria", false, "! “form:” is not known"},
        {"after:2025-13-01 x", false, "! “2025-13-01” is no time"},
        {"after:99999999999999999999h", false, "! “99999999999999999999h” is no time"},
        {"before:tomorow", false, "! “tomorow” is no time"},
        {"'); drop table m;--", false, " <drop> <table> <m;-->"},
        {"\" OR NEAR(* ^-", false, " < OR NEAR(* ^->"},
        {"\\", false, "! “\\” has"},
        {"x\\", false, " <x\\>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *is = read_query(rows[i].text, rows[i].typing);
        if (rows[i].expected[0] == '!')
            g_assert_true(g_str_has_prefix(is, rows[i].expected));
        else
            g_assert_cmpstr(is, ==, rows[i].expected);
    }
    g_autofree char *hint = read_query("form:maria", false);
    g_assert_nonnull(strstr(hint, "Did you mean from?"));
    g_autofree char *long_text = g_strnfill(SEARCH_MAX_BYTES + 1, 'x');
    g_autofree char *too_long = read_query(long_text, false);
    g_assert_true(g_str_has_prefix(too_long, "! The search is too long"));
    g_autofree char *bad = read_query("\xff\xfe", false);
    g_assert_true(g_str_has_prefix(bad, "! The search is too long, or not"));
}

struct heard {
    unsigned answers;
    GString *hits; /* bodies, joined by '|' */
    char *error;
    char *failed;
    unsigned waiting, far;
    bool more, asked;
    int64_t behind;
};

static void
hear(void *user, const struct search_result *result, const GError *error)
{
    struct heard *heard = user;
    heard->answers++;
    g_string_truncate(heard->hits, 0);
    g_clear_pointer(&heard->error, g_free);
    if (error != NULL) {
        g_assert_null(result);
        heard->error = g_strdup(error->message);
        return;
    }
    for (unsigned i = 0; i < result->hits->len; i++)
        g_string_append_printf(heard->hits, "%s%s", i > 0 ? "|" : "",
                               ((const struct message *)result->hits->pdata[i])->body->text);
    heard->far = 0;
    for (unsigned i = 0; i < result->hits->len; i++)
        heard->far += ((const struct message *)result->hits->pdata[i])->id == 0;
    heard->waiting = result->waiting;
    g_free(heard->failed);
    heard->failed = g_strdup(result->failed);
    heard->more = result->more;
    heard->asked = result->asked;
    heard->behind = result->behind;
}

static void
set_true(void *flag)
{
    *(bool *)flag = true;
}

static void
indexed(struct fake *fake)
{
    bool complete = false;
    fake_settle(fake);
    store_index_when_complete(fake->store, set_true, &complete);
    int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (!complete && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(complete);
}

/* Asks and waits for the answer. */
static void
set(struct search *search, struct heard *heard, const char *text, int64_t here)
{
    unsigned before = heard->answers;
    search_set(search, text, here, false, false);
    while (heard->answers == before)
        g_main_context_iteration(NULL, TRUE);
}

static void
say(struct fake *fake, const char *text, int64_t time_us)
{
    fake_say(fake, 0, &(struct fake_said){.text = text, .id = text, .time_us = time_us});
}

static void
test_answers(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    say(fake, "soup on Thursday", 10);
    say(fake, "no soup: '); drop table m;--", 20);
    indexed(fake);
    struct heard heard = {.hits = g_string_new(NULL)};
    struct search *search = search_new(fake->core, hear, &heard);
    set(search, &heard, "soup", 0);
    g_assert_cmpstr(heard.hits->str, ==, "no soup: '); drop table m;--|soup on Thursday");
    g_assert_false(heard.more);
    g_assert_true(heard.asked);
    set(search, &heard, "drop in:#lab", 0);
    g_assert_cmpstr(heard.hits->str, ==, "no soup: '); drop table m;--");
    set(search, &heard, "thursday in:here", lab);
    g_assert_cmpstr(heard.hits->str, ==, "soup on Thursday");
    set(search, &heard, "soup in:weft", 0);
    g_assert_cmpstr(heard.hits->str, ==, "");
    set(search, &heard, "soup in:#lob", 0);
    g_assert_nonnull(strstr(heard.error, "“in:#lob”"));
    g_assert_nonnull(strstr(heard.error, "Did you mean #lab?"));
    set(search, &heard, "", 0);
    g_assert_false(heard.asked);
    /* Whatever is typed, key by key, is answered. */
    const char *typed = "\"th* -soup' from:x in: after:1 )(";
    for (size_t i = 1; i <= strlen(typed); i++) {
        g_autofree char *part = g_strndup(typed, i);
        unsigned before = heard.answers;
        search_set(search, part, lab, false, true);
        while (heard.answers == before)
            g_main_context_iteration(NULL, TRUE);
    }
    /* An answer that was given up never comes. */
    search_set(search, "soup", 0, true, false);
    search_free(search);
    unsigned answers = heard.answers;
    indexed(fake);
    g_assert_cmpuint(heard.answers, ==, answers);
    g_string_free(heard.hits, TRUE);
    g_free(heard.error);
    fake_free(fake);
}

static void
test_pages_and_marks(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    for (int i = 0; i < SEARCH_PAGE + 20; i++) {
        g_autofree char *text = g_strdup_printf("knot %d", i);
        say(fake, text, i + 1);
    }
    indexed(fake);
    struct heard heard = {.hits = g_string_new(NULL)};
    struct search *search = search_new(fake->core, hear, &heard);
    set(search, &heard, "kno* \"knot 12\"* -absent", 0);
    g_assert_cmpstr(heard.hits->str, ==, "knot 12");
    set(search, &heard, "kno*", 0);
    g_assert_true(heard.more);
    unsigned before = heard.answers;
    search_more(search);
    while (heard.answers == before)
        g_main_context_iteration(NULL, TRUE);
    g_assert_false(heard.more);
    g_auto(GStrv) all = g_strsplit(heard.hits->str, "|", -1);
    g_assert_cmpuint(g_strv_length(all), ==, SEARCH_PAGE + 20);
    g_assert_cmpstr(all[SEARCH_PAGE + 19], ==, "knot 0");

    set(search, &heard, "caf* \"no soup\"", 0);
    GArray *marks = search_marks(search, "Café: no soup, no salad");
    g_assert_cmpuint(marks->len, ==, 6);
    g_assert_cmpuint(g_array_index(marks, size_t, 0), ==, 0);
    g_assert_cmpuint(g_array_index(marks, size_t, 1), ==, strlen("Café"));
    g_assert_cmpuint(g_array_index(marks, size_t, 5), ==, strlen("Café: no soup"));
    g_array_unref(marks);
    search_free(search);
    g_string_free(heard.hits, TRUE);
    fake_free(fake);
}

static void
find_there(struct fake *fake, unsigned i, const char *text, int64_t time_us)
{
    fake_say(
        fake, i,
        &(struct fake_said){.text = text, .id = text, .time_us = time_us, .origin = ORIGIN_FOUND});
}

static void
assert_asked(struct fake *fake, unsigned i, const char *asked)
{
    g_assert_cmpstr(fake_session(fake, i)->asked->str, ==, asked);
    g_string_truncate(fake_session(fake, i)->asked, 0);
}

/* Two accounts, of which both can search; what was said in the first can be found. */
static struct fake *
with_far(struct heard *heard, struct search **ret_search)
{
    struct fake *fake = fake_new(2);

    for (unsigned i = 0; i < 2; i++) {
        fake_online(fake, i);
        fake_caps(fake, i, FAKE_CAPS | CAP_SEARCH, NULL);
    }
    say(fake, "soup one", 10);
    say(fake, "soup three", 30);
    indexed(fake);
    for (unsigned i = 0; i < 2; i++)
        g_string_truncate(fake_session(fake, i)->asked, 0);
    *heard = (struct heard){.hits = g_string_new(NULL)};
    *ret_search = search_new(fake->core, hear, heard);
    return fake;
}

static void
far_end(struct fake *fake, struct heard *heard, struct search *search)
{
    search_free(search);
    g_string_free(heard->hits, TRUE);
    g_free(heard->failed);
    g_free(heard->error);
    fake_free(fake);
}

/* What the networks find comes in between, once, and is not stored. */
static void
test_far(void)
{
    struct heard heard;
    struct search *search;
    struct fake *fake = with_far(&heard, &search);

    set(search, &heard, "soup -draft from:uma", 0);
    assert_asked(fake, 0, "search soup -draft from:uma|");
    assert_asked(fake, 1, "search soup -draft from:uma|");
    g_assert_cmpstr(heard.hits->str, ==, "soup three|soup one");
    g_assert_cmpuint(heard.waiting, ==, 2);
    find_there(fake, 0, "soup two", 20);
    find_there(fake, 0, "soup three", 30);
    find_there(fake, 0, "soup zero", 5);
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpstr(heard.hits->str, ==, "soup three|soup two|soup one|soup zero");
    g_assert_cmpuint(heard.far, ==, 2);
    g_assert_cmpuint(heard.waiting, ==, 1);
    find_there(fake, 1, "of the other", 40);
    fake_done(fake, 1, fake_session(fake, 1)->asked_op, NULL, 0);
    g_assert_cmpstr(heard.hits->str, ==, "of the other|soup three|soup two|soup one|soup zero");
    g_assert_cmpuint(heard.waiting, ==, 0);
    fake_settle(fake);
    g_autofree char *stored = fake_timeline(fake, 0);
    g_assert_null(strstr(stored, "soup two"));
    /* Another order asks nobody again. */
    search_set(search, "soup -draft from:uma", 0, true, false);
    assert_asked(fake, 0, "");
    far_end(fake, &heard, search);
}

/* Only accounts in question are asked, and what they find elsewhere, or at another time, is left
 * out; one that fails is named. */
static void
test_far_places(void)
{
    struct heard heard;
    struct search *search;
    struct fake *fake = with_far(&heard, &search);

    fake_channel(fake, 0, "#tea", BUFFER_CHANNEL);
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    set(search, &heard, "soup in:one/#lab", 0);
    assert_asked(fake, 0, "search soup in:#lab|");
    assert_asked(fake, 1, "");
    fake_say(fake, 0,
             &(struct fake_said){.conversation = "#tea",
                                 .text = "soup of tea",
                                 .id = "t",
                                 .origin = ORIGIN_FOUND,
                                 .time_us = 50});
    find_there(fake, 0, "soup two", 20);
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpstr(heard.hits->str, ==, "soup three|soup two|soup one");
    set(search, &heard, "soup in:two", 0); /* all of it: no place is named */
    assert_asked(fake, 0, "");
    assert_asked(fake, 1, "search soup|");
    fake_failed(fake, 1, fake_session(fake, 1)->asked_op, WEFT_ERROR_UNSUPPORTED);
    g_assert_true(g_str_has_prefix(heard.failed, "two: "));
    set(search, &heard, "soup after:2024-01-01", 0);
    find_there(fake, 0, "soup of long ago", 60);
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpstr(heard.hits->str, ==, "");
    fake_caps(fake, 0, FAKE_CAPS, NULL);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    set(search, &heard, "soup", 0);
    assert_asked(fake, 0, "");
    far_end(fake, &heard, search);
}

/* Who types is not asked for at each key; what was asked for an earlier text is given up. */
static void
test_far_typing(void)
{
    struct heard heard;
    struct search *search;
    struct fake *fake = with_far(&heard, &search);

    search_set(search, "sou", 0, false, true);
    search_set(search, "soup", 0, false, true);
    fake_advance(fake, 300 * 1000);
    assert_asked(fake, 0, "");
    fake_advance(fake, 200 * 1000);
    assert_asked(fake, 0, "search soup*|");
    const op_id op = fake_session(fake, 0)->asked_op;
    const guint cancelled = fake_session(fake, 0)->cancelled->len;
    set(search, &heard, "thing", 0);
    g_assert_cmpuint(fake_session(fake, 0)->cancelled->len, ==, cancelled + 1);
    find_there(fake, 0, "soup two", 20);
    fake_done(fake, 0, op, NULL, 0);
    g_assert_cmpstr(heard.hits->str, ==, "");
    /* What an answer to nobody has brought is not the next one's. */
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpstr(heard.hits->str, ==, "");
    set(search, &heard, "other", 0);
    fake_lost(fake, 0, WEFT_ERROR_IO);
    g_assert_nonnull(heard.failed);
    set(search, &heard, "another", 0); /* and it ends while it is asked */
    far_end(fake, &heard, search);
}

/* What is pinned: what is here, and what the network tells besides. */
static void
test_far_pins(void)
{
    struct heard heard;
    struct search *search;
    struct fake *fake = with_far(&heard, &search);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;

    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_PINNED,
                              .conversation = "#lab",
                              .mark = {.remote_id = "soup one", .on = true}});
    fake_settle(fake);
    search_set_pins(search, lab, "");
    assert_asked(fake, 0, "pins #lab|");
    g_assert_cmpstr(heard.hits->str, ==, "soup one");
    find_there(fake, 0, "soup three", 30);
    find_there(fake, 0, "bread two", 20);
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpuint(heard.far, ==, 1);
    fake_settle(fake);
    /* The network's word counts for what is stored too. */
    struct message *one = core_find_message(fake->core, lab, "soup one");
    struct message *three = core_find_message(fake->core, lab, "soup three");
    g_assert_false(one->flags & MESSAGE_PINNED);
    g_assert_true(three->flags & MESSAGE_PINNED);
    search_changed(search, one);
    search_changed(search, three);
    g_assert_cmpstr(heard.hits->str, ==, "soup three|bread two");
    search_set_pins(search, lab, "BREAD");
    assert_asked(fake, 0, "");
    g_assert_cmpstr(heard.hits->str, ==, "bread two");
    message_unref(one);
    message_unref(three);
    far_end(fake, &heard, search);
}

struct finding {
    unsigned answers;
    char *text; /* NULL: nothing */
    struct position at;
};

static void
found(void *user, const struct message *message)
{
    struct finding *finding = user;
    finding->answers++;
    g_free(finding->text);
    finding->text = message != NULL ? g_strdup(message->body->text) : NULL;
    if (message != NULL)
        finding->at = message_position(message);
}

static void
test_find(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    const int64_t lab = fake_buffer(fake, 0, "#lab")->id;
    say(fake, "the unweaving", 10);
    say(fake, "weave", 20);
    say(fake, "=> % _ ;", 30);
    fake_settle(fake);
    static const struct {
        const char *text, *expected;
    } steps[] = {{"WEAV", "weave"}, {"weav", "the unweaving"}, {"weav", NULL}, {"% _", "=> % _ ;"}};
    struct finding finding = {0};
    struct search_find *find = search_find_new(fake->core, found, &finding);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct position from =
            i == 0 || i == 3 ? (struct position){INT64_MAX, INT64_MAX} : finding.at;
        unsigned before = finding.answers;
        search_find_older(find, lab, from, steps[i].text);
        while (finding.answers == before)
            g_main_context_iteration(NULL, TRUE);
        g_assert_cmpstr(finding.text, ==, steps[i].expected);
    }
    search_find_older(find, lab, finding.at, "\xcc\x81"); /* folds to nothing */
    g_assert_null(finding.text);
    search_find_older(find, lab, (struct position){INT64_MAX, INT64_MAX}, "weave");
    search_find_free(find);
    g_free(finding.text);
    fake_free(fake);
}

void
test_search_add(void)
{
    g_test_add_func("/search/parser", test_parser);
    g_test_add_func("/search/answers", test_answers);
    g_test_add_func("/search/pages-and-marks", test_pages_and_marks);
    g_test_add_func("/search/find", test_find);
    g_test_add_func("/search/far", test_far);
    g_test_add_func("/search/far-places", test_far_places);
    g_test_add_func("/search/far-typing", test_far_typing);
    g_test_add_func("/search/far-pins", test_far_pins);
}
