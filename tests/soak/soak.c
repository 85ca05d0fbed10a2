/* A busy conversation in which weft is killed with SIGKILL and the network is cut, at random
 * moments, on every kind of site.
 *
 * Proven at the end, for every line. What weft has shown is in the store; nothing is there twice;
 * what others said is in order, and there, or (where the network keeps no history) lies in a gap
 * that the timeline shows. What was typed arrived at most once, is in the store whenever it
 * arrived, and in the state that is true: sent, not sent, or unknown (never unknown where it can be
 * found out).
 *
 * WEFT_KILLS, WEFT_CUTS: how many of each (5). WEFT_SEED: the seed that an earlier run printed. */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/adapter.h"
#include "tests/conformance/person.h"
#include "tests/conformance/suite.h"
#include "tests/soak/cut.h"
#include "tests/soak/puppet.h"
#include "tests/support/loop.h"

#define SETTLE_MS 180000
/* How far the clocks of a server and of the test may be apart, with what lies on the wire. */
#define SLACK_US (3 * G_USEC_PER_SEC)

struct line {
    char *text;
    bool typed;      /* else said by maria */
    bool shown;      /* weft had it on the screen */
    unsigned heard;  /* typed: how often it came to maria */
    int64_t said_us; /* wall time */
};

struct soak {
    struct scene scene;
    struct proxy *proxy;
    GRand *rand;
    char channel[sizeof SCENE_CHANNEL]; /* as weft calls it */
    GPtrArray *lines;                   /* struct line */
    GHashTable *by_text;                /* text → struct line */
    struct puppet *weaver;
    bool renamed;
    unsigned kills, cuts, topics;
    unsigned heard_from; /* lines before it may have been said before we were in */
    unsigned peace_from; /* lines from here on are said when nothing fails any more */
};

/* --- the process ------------------------------------------------------------------------------
 */

static void
take_line(char *text, void *user)
{
    const struct soak *soak = user;
    struct line *line = g_hash_table_lookup(soak->by_text, text + strlen("shown "));

    if (line)
        line->shown = true;
}

static void
start(struct soak *soak)
{
    soak->weaver = puppet_start("soak", "weaver", NULL, take_line, soak);
}

static void
types(struct soak *soak, const char *text)
{
    g_autofree char *line = g_strdup_printf("%s\t%s\n", soak->channel, text);

    puppet_write(soak->weaver, line);
}

/* --- the conversation -------------------------------------------------------------------------
 */

static const char *
add_line(struct soak *soak, bool typed)
{
    struct line *line = g_new0(struct line, 1);

    line->typed = typed;
    line->said_us = g_get_real_time();
    line->text = g_strdup_printf("%c%05u", typed ? 't' : 'm', soak->lines->len);
    g_ptr_array_add(soak->lines, line);
    g_hash_table_insert(soak->by_text, line->text, line);
    return line->text;
}

static void
line_free(gpointer data)
{
    struct line *line = data;
    g_free(line->text);
    g_free(line);
}

static void
maria_says(struct soak *soak)
{
    for (int n = g_rand_int_range(soak->rand, 1, 5); n > 0; n--)
        soak->scene.adapter->peer_say(soak->scene.peer, SCENE_CHANNEL, add_line(soak, false));
}

static void
kai_types(struct soak *soak)
{
    for (int n = g_rand_int_range(soak->rand, 1, 4); n > 0; n--)
        types(soak, add_line(soak, true));
}

static void
somebody_does_something(struct soak *soak)
{
    const struct adapter *adapter = soak->scene.adapter;
    g_autofree char *topic = NULL;
    struct peer *jun;

    switch (g_rand_int_range(soak->rand, 0, 12)) {
    case 0:
        soak->renamed = !soak->renamed;
        adapter->peer_rename(soak->scene.peer, soak->renamed ? "mariana" : SCENE_PEER);
        break;
    case 1:
        /* Said twice, it would be no change. */
        topic = g_strdup_printf("topic %u", ++soak->topics);
        adapter->peer_topic(soak->scene.peer, SCENE_CHANNEL, topic);
        break;
    case 2:
        jun = adapter->peer_new(soak->scene.site, "jun");
        adapter->peer_join(jun, SCENE_CHANNEL);
        adapter->peer_quit(jun);
        adapter->peer_free(jun);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        kai_types(soak);
        break;
    default:
        maria_says(soak);
    }
}

static void
talk_for(struct soak *soak, int64_t time_us)
{
    int64_t end_us = g_get_monotonic_time() + time_us;

    do {
        somebody_does_something(soak);
        while (g_main_context_iteration(NULL, FALSE))
            ;
    } while (g_get_monotonic_time() < end_us);
    /* Between a key and the end: nothing to the time of a commit and a flight. */
    end_us = g_get_monotonic_time() + g_rand_int_range(soak->rand, 0, 15000);
    while (g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, FALSE);
}

static void
kill_it(struct soak *soak)
{
    soak->kills--;
    puppet_kill(soak->weaver);
    if (g_rand_boolean(soak->rand))
        maria_says(soak);
    start(soak);
}

static void
talk_meanwhile(void *user)
{
    talk_for(user, 50000);
}

static void
cut_it(struct soak *soak)
{
    soak->cuts--;
    cut_somehow(soak->proxy, soak->rand, talk_meanwhile, soak);
}

/* --- the account ------------------------------------------------------------------------------
 */

struct findings {
    GHashTable *counts; /* text → GINT_TO_POINTER(number) */
    GHashTable *states; /* text → enum message_state */
    GPtrArray *gaps;
    GPtrArray *order; /* texts as they stand */
    bool waiting;     /* something is still on its way */
};

static void
findings_clear(struct findings *findings)
{
    g_clear_pointer(&findings->counts, g_hash_table_unref);
    g_clear_pointer(&findings->states, g_hash_table_unref);
    g_clear_pointer(&findings->gaps, g_ptr_array_unref);
    g_clear_pointer(&findings->order, g_ptr_array_unref);
}

static void
count_message(struct soak *soak, struct findings *findings, const struct message *message)
{
    const char *text = message->body->text;
    gpointer key = NULL;
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(findings->counts, text));

    if (!g_hash_table_lookup_extended(soak->by_text, text, &key, NULL) ||
        message->kind != MESSAGE_TEXT)
        return;
    g_hash_table_insert(findings->counts, key, GUINT_TO_POINTER(n + 1));
    g_hash_table_insert(findings->states, key, GINT_TO_POINTER(message->state));
    g_ptr_array_add(findings->order, key);
    if (message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING ||
        (message->state == MESSAGE_UNKNOWN && (soak->scene.adapter->can & SITE_LOOK)))
        findings->waiting = true;
}

/* The store as another process sees it. */
static void
read_store(struct soak *soak, struct findings *findings)
{
    struct store_options options = {.dir = soak->scene.person->paths->data_dir,
                                    .mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, NULL, &error);
    g_autoptr(GPtrArray) buffers = NULL;

    g_assert_no_error(error);
    *findings = (struct findings){.counts = g_hash_table_new(g_str_hash, g_str_equal),
                                  .states = g_hash_table_new(g_str_hash, g_str_equal),
                                  .order = g_ptr_array_new()};
    buffers = store_load_buffers(store);
    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        g_autoptr(GPtrArray) messages = NULL;
        if (strcmp(buffer->name, soak->channel) != 0)
            continue;
        messages = store_load_newest(store, buffer->id, 1000000);
        for (guint m = 0; m < messages->len; m++)
            count_message(soak, findings, messages->pdata[m]);
        findings->gaps = store_load_gaps(store, buffer->id);
    }
    store_close(store);
}

static bool
in_a_gap(const struct findings *findings, const struct line *line)
{
    for (guint i = 0; findings->gaps && i < findings->gaps->len; i++) {
        const struct gap *gap = findings->gaps->pdata[i];
        if (line->said_us >= gap->after_sort_key - SLACK_US &&
            (gap->before_sort_key == INT64_MAX || line->said_us <= gap->before_sort_key + SLACK_US))
            return true;
    }
    return false;
}

static void
check_heard(struct soak *soak, const struct findings *findings, const struct line *line,
            unsigned stored)
{
    if (stored == 1)
        return;
    if (soak->scene.adapter->can & SITE_HISTORY)
        g_error("%s was said and has not been caught up with", line->text);
    if (!in_a_gap(findings, line))
        g_error("%s was said, is not in the store, and no gap is shown there", line->text);
}

static void
check_typed(struct soak *soak, const struct findings *findings, const struct line *line,
            unsigned stored)
{
    unsigned heard = line->heard;
    enum message_state state = GPOINTER_TO_INT(g_hash_table_lookup(findings->states, line->text));

    if (heard > 1)
        g_error("%s was sent %u times", line->text, heard);
    if (heard == 1 && stored != 1)
        g_error("%s was sent and is not in the store", line->text);
    if (stored == 1 && state != MESSAGE_UNKNOWN && (heard == 1) != (state == MESSAGE_SENT))
        g_error("%s arrived %u times and is shown as %s", line->text, heard,
                message_state_name(state));
    if (stored == 1 && state == MESSAGE_UNKNOWN && (soak->scene.adapter->can & SITE_LOOK))
        g_error("what became of %s could have been found out", line->text);
}

/* Each in the order in which it was said: what others said, and what we did. */
static void
check_order(const struct findings *findings)
{
    const char *last[2] = {"", ""};

    for (guint i = 0; i < findings->order->len; i++) {
        const char *text = findings->order->pdata[i];
        bool typed = *text == 't';
        if (GPOINTER_TO_INT(g_hash_table_lookup(findings->states, text)) == MESSAGE_UNKNOWN)
            continue;
        if (strcmp(last[typed], text) > 0)
            g_error("%s stands after %s", text, last[typed]);
        last[typed] = text;
    }
}

/* Before the store is read: it turns the loop. */
static void
ask_maria(struct soak *soak)
{
    for (guint i = 0; i < soak->lines->len; i++) {
        struct line *line = soak->lines->pdata[i];
        /* Under whatever nick: a server may have held the first one for a while. */
        if (line->typed)
            line->heard = soak->scene.adapter->peer_count(soak->scene.peer, SCENE_USER "*",
                                                          SCENE_CHANNEL, line->text);
    }
}

/* The first line that must be there in the end. */
static guint
heard_from(const struct soak *soak)
{
    if (!(soak->scene.adapter->can & SITE_HISTORY))
        return soak->heard_from;
    return soak->scene.adapter->ways & WAY_FIRST_PAGE ? soak->heard_from : 0;
}

static void
check_all(struct soak *soak)
{
    struct findings findings;
    unsigned n_typed = 0, n_shown = 0, n_stored = 0, n_unknown = 0;

    ask_maria(soak);
    read_store(soak, &findings);
    for (guint i = 0; i < soak->lines->len; i++) {
        const struct line *line = soak->lines->pdata[i];
        unsigned stored = GPOINTER_TO_UINT(g_hash_table_lookup(findings.counts, line->text));
        if (stored > 1)
            g_error("%s is %u times in the store", line->text, stored);
        if (line->shown && stored != 1)
            g_error("%s was shown and is not in the store", line->text);
        if (line->typed)
            check_typed(soak, &findings, line, stored);
        else if (i >= heard_from(soak))
            check_heard(soak, &findings, line, stored);
        n_typed += line->typed;
        n_shown += line->shown;
        n_stored += stored;
        n_unknown +=
            stored == 1 &&
            GPOINTER_TO_INT(g_hash_table_lookup(findings.states, line->text)) == MESSAGE_UNKNOWN;
    }
    check_order(&findings);
    g_test_message("%u lines (%u typed), %u shown, %u in the store (%u unknown), %u gaps; none "
                   "lost, none doubled",
                   soak->lines->len, n_typed, n_shown, n_stored, n_unknown,
                   findings.gaps ? findings.gaps->len : 0);
    findings_clear(&findings);
}

static bool
is_settled(void *user)
{
    struct soak *soak = user;
    struct findings findings;
    /* Without a history what was missed stays so: only the last is waited for. */
    guint from = soak->scene.adapter->can & SITE_HISTORY ? heard_from(soak) : soak->lines->len - 1;
    bool settled;

    read_store(soak, &findings);
    settled = !findings.waiting;
    for (guint i = from; settled && i < soak->lines->len; i++) {
        const struct line *line = soak->lines->pdata[i];
        settled = line->typed || g_hash_table_contains(findings.counts, line->text);
    }
    findings_clear(&findings);
    return settled;
}

/* What is still on its way after minutes of peace: a fault in itself. */
static void
tell_waiting(struct soak *soak)
{
    struct findings findings;

    read_store(soak, &findings);
    for (guint i = 0; i < soak->lines->len; i++) {
        const struct line *line = soak->lines->pdata[i];
        bool stored = g_hash_table_contains(findings.counts, line->text);
        int state = GPOINTER_TO_INT(g_hash_table_lookup(findings.states, line->text));
        if (stored && state != MESSAGE_SENT && state != MESSAGE_RECEIVED)
            g_printerr("%s is %s\n", line->text, message_state_name(state));
        else if (!stored && !line->typed)
            g_printerr("%s is not there%s\n", line->text,
                       i + 1 == soak->lines->len ? ": the last" : "");
    }
    g_error("the conversation has not come to rest");
}

static bool
is_in(void *user)
{
    struct soak *soak = user;
    unsigned n = soak->lines->len;

    soak->scene.adapter->peer_say(soak->scene.peer, SCENE_CHANNEL, add_line(soak, false));
    return n > soak->peace_from && ((struct line *)soak->lines->pdata[n - 1])->shown;
}

/* --- the run ----------------------------------------------------------------------------------
 */

static unsigned
wanted(const char *name)
{
    const char *text = g_getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : 5;
}

static void
begin(struct soak *soak, const struct adapter *adapter, const struct certs *certs)
{
    const char *seed_text = g_getenv("WEFT_SEED");
    guint32 seed = seed_text ? (guint32)strtoul(seed_text, NULL, 10) : g_random_int();

    soak->kills = wanted("WEFT_KILLS");
    soak->cuts = wanted("WEFT_CUTS");
    g_test_message("%u kills, %u cuts, seed: WEFT_SEED=%u", soak->kills, soak->cuts, seed);
    soak->rand = g_rand_new_with_seed(seed);
    soak->lines = g_ptr_array_new_with_free_func(line_free);
    soak->by_text = g_hash_table_new(g_str_hash, g_str_equal);
    memcpy(soak->channel, SCENE_CHANNEL, sizeof SCENE_CHANNEL);
    if (adapter->channel_sign)
        soak->channel[0] = adapter->channel_sign;
    soak->scene = (struct scene){.certs = certs, .proxied = true};
    enum login login = adapter->logins & (1u << LOGIN_PLAIN) ? LOGIN_PLAIN : LOGIN_NONE;
    scene_start(&soak->scene, adapter, login);
    g_autofree char *options = adapter->options(soak->scene.site, login, SCENE_USER, SCENE_SECRET,
                                                soak->scene.person->home);
    soak->scene.peer = adapter->peer_new(soak->scene.site, SCENE_PEER);
    adapter->peer_join(soak->scene.peer, SCENE_CHANNEL);
    g_autofree char *in = adapter->place(soak->scene.site, SCENE_USER, SCENE_CHANNEL);
    g_autofree char *all = g_strconcat(options, in, NULL);
    person_configure(soak->scene.person, adapter->network, all);
    g_test_message("the log, when it fails: %s/weaver.log", soak->scene.person->home);
    soak->proxy = adapter->proxy(soak->scene.site);
    start(soak);
}

static void
end(struct soak *soak)
{
    puppet_end(soak->weaver);
    scene_end(&soak->scene);
    g_hash_table_unref(soak->by_text);
    g_ptr_array_unref(soak->lines);
    g_rand_free(soak->rand);
}

struct run {
    const struct adapter *adapter;
    const struct certs *certs;
};

static void
run(gconstpointer data)
{
    const struct run *run = data;
    g_autofree char *why = NULL;
    struct soak soak = {0};

    if (!run->adapter->available(&why)) {
        g_test_skip(why);
        return;
    }
    begin(&soak, run->adapter, run->certs);
    g_assert_true(loop_until(is_in, &soak, CONFORMANCE_DEADLINE_MS));
    soak.heard_from = soak.lines->len - 1;
    while (soak.kills + soak.cuts > 0) {
        talk_for(&soak, g_rand_int_range(soak.rand, 0, 800000));
        if ((guint32)g_rand_int_range(soak.rand, 0, (gint32)(soak.kills + soak.cuts)) < soak.kills)
            kill_it(&soak);
        else
            cut_it(&soak);
    }
    proxy_heal(soak.proxy);
    soak.peace_from = soak.lines->len;
    g_assert_true(loop_until(is_in, &soak, SETTLE_MS));
    if (!loop_until(is_settled, &soak, SETTLE_MS + run->adapter->hold_ms))
        tell_waiting(&soak);
    check_all(&soak);
    end(&soak);
}

/* R27: weft stands still (its terminal was stopped) while others talk, longer than the server
 * waits; R2: and is killed while lines pour in. */
static void
stopped(gconstpointer data)
{
    const struct run *run = data;
    struct soak soak = {0};

    begin(&soak, run->adapter, run->certs);
    g_assert_true(loop_until(is_in, &soak, CONFORMANCE_DEADLINE_MS));
    soak.heard_from = soak.lines->len - 1;
    for (int i = 0; i < 3; i++) {
        puppet_signal(soak.weaver, SIGSTOP);
        for (int n = 0; n < 10; n++)
            maria_says(&soak);
        kai_types(&soak);
        proxy_reset(soak.proxy); /* "Ping timeout" */
        for (int n = 0; n < 10; n++)
            maria_says(&soak);
        puppet_signal(soak.weaver, SIGCONT);
        maria_says(&soak);
        if (i == 1)
            kill_it(&soak);
    }
    soak.peace_from = soak.lines->len;
    g_assert_true(loop_until(is_in, &soak, SETTLE_MS));
    if (!loop_until(is_settled, &soak, SETTLE_MS + run->adapter->hold_ms))
        tell_waiting(&soak);
    check_all(&soak);
    end(&soak);
}

/* `runs` owns what the cases are given, those too that are not chosen. */
static struct run *
run_new(GPtrArray *runs, const struct adapter *adapter, const struct certs *certs)
{
    struct run *run = g_new0(struct run, 1);

    *run = (struct run){.adapter = adapter, .certs = certs};
    g_ptr_array_add(runs, run);
    return run;
}

static void
add(GPtrArray *runs, const struct adapter *const *adapters, const struct certs *certs)
{
    for (; *adapters; adapters++) {
        g_autofree char *path = g_strdup_printf("/soak/%s", (*adapters)->name);

        /* A real server is soaked once: without its services. */
        if (!strchr((*adapters)->name, '+'))
            g_test_add_data_func(path, run_new(runs, *adapters, certs), run);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(g_free);
    struct certs *certs;
    int status;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    if (certs) {
        add(runs, adapters_soak, certs);
        add(runs, adapters_servers, certs);
        g_test_add_data_func("/fault/R27-stopped", run_new(runs, adapters_soak[0], certs), stopped);
    }
    status = g_test_run();
    certs_free(certs);
    return status;
}
