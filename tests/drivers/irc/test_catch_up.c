/* What was missed: fetched, or told as a gap. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static char *
label_of_last(struct transcript *t, const char *pattern)
{
    for (GList *at = t->fake->sent.tail; at; at = at->prev) {
        const char *line = at->data;
        if (g_pattern_match_simple(pattern, line))
            return g_strndup(line + strlen("@label="), strcspn(line + strlen("@label="), " "));
    }
    g_error("no %s was sent", pattern);
}

static unsigned
count_sent(const struct transcript *t, const char *pattern)
{
    unsigned n = 0;

    for (GList *at = t->fake->sent.head; at; at = at->next)
        n += g_pattern_match_simple(pattern, at->data) ? 1 : 0;
    return n;
}

/* Lines of history, `n` of them, one a second from `first_s` after NOW_US on. */
static void
answer_history(struct transcript *t, const char *label, const char *channel, int first_s, int n)
{
    fake_net_say(t->fake, "@label=%s :s BATCH +h chathistory %s", label, channel);
    for (int i = 0; i < n; i++) {
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(NOW_US / 1000000 + first_s + i);
        g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S.000Z");
        fake_net_say(t->fake, "@batch=h;time=%s;msgid=m%d :maria!m@h PRIVMSG %s :line %d", text,
                     first_s + i, channel, first_s + i);
    }
    fake_net_say(t->fake, ":s BATCH -h");
}

/* One message in #lab, then cut and away for `away_s`. */
static void
talk_then_away(struct transcript *t, const char *caps, double away_s)
{
    transcript_online(t, "join = #lab\n", caps);
    fake_net_say(t->fake, ":kai!k@host JOIN #lab");
    if (strstr(caps ? caps : "", "chathistory")) {
        g_autofree char *label = label_of_last(t, "@label=h* CHATHISTORY LATEST #lab * 50");
        answer_history(t, label, "#lab", -10, 0);
        g_assert_true(fake_skip_to(
            t->fake, "span #lab -9223372036854775808 *")); /* nothing was ever said there */
    } else {
        transcript_answer_sync(t);
    }
    fake_net_say(t->fake,
                 "@time=2026-08-20T10:11:12.000Z;msgid=m0 :maria!m@h PRIVMSG #lab :line 0");
    g_assert_true(fake_skip_to(t->fake, "live text #lab <maria> line 0*cursor"));
    fake_net_end(t->fake);
    fake_advance_s(t->fake, away_s);
    fake_forget(t->fake);
    transcript_connect(t);
    transcript_register(t, caps);
    g_assert_true(fake_skip_sent_to(t->fake, "JOIN #lab"));
    fake_forget(t->fake);
}

static void
test_pages(void)
{
    struct transcript t = {0};
    g_autofree char *label = NULL;

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61); /* TARGETS is not answered */
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    /* Said meanwhile: stored at once, and the cursor stays. */
    fake_net_say(t.fake, "@msgid=live :maria!m@h PRIVMSG #lab :now");
    g_assert_true(fake_skip_to(t.fake, "live text #lab <maria> now id=live"));
    label = label_of_last(
        &t, "@label=h* CHATHISTORY LATEST #lab timestamp=2026-08-20T10:11:02.000Z 100");
    fake_forget(t.fake);
    answer_history(&t, label, "#lab", 100, 100);
    fake_expect_nothing(t.fake);
    g_free(label);
    label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE #lab msgid=m100 100");
    answer_history(&t, label, "#lab", 0, 50);
    fake_expect(t.fake, "catch-up text #lab <maria> line 0 id=m0 cursor");
    g_assert_cmpuint(fake_count(t.fake, "catch-up text #lab *cursor"), ==, 149);
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <maria> line 199 id=m199 cursor"));
    fake_expect(t.fake, "span #lab 1787220672000000 *");
    fake_expect(t.fake, "caught-up #lab whole");
    g_assert_cmpint(t.fake->limits.hold_us, ==, 0); /* the server itself holds nothing back */
    transcript_close(&t);
}

/* A page that ends within the doubt about clocks is not the last. */
static void
test_near_the_edge(void)
{
    struct transcript t = {0};
    g_autofree char *label = NULL;

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61); /* TARGETS is not answered */
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    label = label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab *");
    answer_history(&t, label, "#lab", 5, 100);
    g_free(label);
    label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE #lab msgid=m5 100");
    answer_history(&t, label, "#lab", -5, 10);
    g_assert_cmpuint(fake_count(t.fake, "catch-up text #lab *"), ==, 110);
    g_assert_cmpuint(fake_count(t.fake, "caught-up #lab whole"), ==, 1);
    transcript_close(&t);
}

/* An answer that comes when its question was given up on is not the next question's. */
static void
test_late_answer(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61); /* TARGETS is not answered */
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_autofree char *late = label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab *");
    fake_net_say(t.fake, ":kai!k@host JOIN #den");
    fake_advance_s(t.fake, 61);
    g_assert_true(fake_skip_to(t.fake, "caught-up #lab"));
    g_free(label_of_last(&t, "@label=h* CHATHISTORY LATEST #den *"));
    answer_history(&t, late, "#lab", 100, 5);
    g_assert_cmpuint(fake_count(t.fake, "caught-up #den*"), ==, 0);
    g_assert_cmpuint(fake_count(t.fake, "* text #den *"), ==, 0);
    g_assert_cmpuint(fake_count(t.fake, "* text #lab *"), ==, 5);
    transcript_close(&t);
}

/* What is added to explain another line may be much younger: the cursor does not go there. */
static void
test_context_moves_nothing(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab *");
    fake_net_say(t.fake, "@label=%s :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake,
                 "@batch=h;time=2026-08-20T10:15:00.000Z;msgid=a :maria!m@h PRIVMSG #lab :a");
    fake_net_say(t.fake, "@batch=h;time=2026-08-20T10:20:00.000Z;msgid=b;draft/chathistory-context "
                         ":maria!m@h PRIVMSG #lab :b");
    fake_net_say(t.fake, ":s BATCH -h");
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <maria> a id=a cursor"));
    g_assert_cmpuint(fake_count(t.fake, "catch-up text #lab <maria> b id=b"), ==, 1);
    transcript_close(&t);
}

static void
test_too_much(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 7200);
    fake_advance_s(t.fake, 61);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    for (int i = 0; i < 10; i++) {
        g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY *");
        answer_history(&t, label, "#lab", 5000 - i * 100, 100);
    }
    g_assert_cmpuint(fake_count(t.fake, "catch-up text #lab *"), ==, 1000);
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 1787224772000000 fillable"));
    g_assert_true(fake_skip_to(t.fake, "caught-up #lab"));
    transcript_close(&t);
}

/* A hundred lines, one in 5 ms from `first_ms` after NOW_US on. */
static void
answer_busy(struct transcript *t, const char *label, int first_ms)
{
    fake_net_say(t->fake, "@label=%s :s BATCH +h chathistory #lab", label);
    for (int i = 0; i < 100; i++) {
        const int64_t ms = NOW_US / 1000 + first_ms + i * 5;
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);
        g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
        fake_net_say(t->fake, "@batch=h;time=%s.%03dZ;msgid=b%d :maria!m@h PRIVMSG #lab :%d", text,
                     (int)(ms % 1000), first_ms + i * 5, first_ms + i * 5);
    }
    fake_net_say(t->fake, ":s BATCH -h");
}

/* A thousand lines within the doubt about clocks: what was missed is known all the same. */
static void
test_busy(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    for (int i = 0; i < 20 && fake_count(t.fake, "caught-up #lab*") == 0; i++) {
        g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY *");
        answer_busy(&t, label, 500 - i * 500);
    }
    /* Two pages up to what is known, and ten behind it. */
    g_assert_cmpuint(fake_count(t.fake, "catch-up text #lab *"), ==, 1200);
    g_assert_cmpuint(fake_count(t.fake, "gap #lab *"), ==, 0);
    g_assert_cmpuint(fake_count(t.fake, "caught-up #lab whole"), ==, 1);
    transcript_close(&t);
}

/* Our clock may be wrong: what is asked for is by the server's. */
static void
test_clock_ahead(void)
{
    struct transcript t = {0};

    transcript_open(&t, "");
    transcript_connect(&t);
    fake_net_say(t.fake, ":s CAP * LS :" WITH_HISTORY);
    while (fake_skip_sent_to(t.fake, "CAP REQ *"))
        fake_net_say(t.fake, ":s CAP kai ACK :" WITH_HISTORY);
    fake_net_say(t.fake, "@time=2026-08-20T10:06:12.000Z :s 001 kai :Welcome");
    fake_net_say(t.fake, ":s 376 kai :End of MOTD");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "state online"));
    fake_net_end(t.fake);
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, "irc.alive"), ==, "1787220372000000");
    transcript_close(&t);
}

/* A channel that did not let us in for a while: nothing was heard of it in that time, although we
 * were connected. */
static void
test_kept_out(void)
{
    struct transcript t = {0};

    talk_then_away(&t, MODERN, 600);
    fake_net_say(t.fake, ":s 473 kai #lab :Cannot join channel (+i)");
    fake_advance_s(t.fake, 40); /* the sync PING is not answered */
    g_assert_true(fake_skip_to(t.fake, "state online"));
    fake_net_end(t.fake);
    fake_advance_s(t.fake, 600);
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 *"));
    transcript_close(&t);
}

/* Cut while it was catching up in a channel that was entered in the middle of a connection. */
static void
test_cut_behind(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 65); /* TARGETS is not answered */
    g_assert_true(fake_skip_to(t.fake, "state online"));
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    fake_advance_s(t.fake, 5);
    fake_net_say(t.fake, ":s NOTICE kai :still here");
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, "irc.behind"), ==, "#lab 1787220672000000\n");
    fake_net_say(t.fake, ":maria!m@h RENAME #lab #atelier");
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, "irc.behind"), ==,
                    "#atelier 1787220672000000\n");
    fake_net_say(t.fake, ":maria!m@h RENAME #atelier #lab");
    fake_net_end(t.fake);
    fake_forget(t.fake);
    transcript_connect(&t);
    transcript_register(&t, WITH_HISTORY);
    fake_advance_s(t.fake, 61);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_free(label_of_last(
        &t, "@label=h* CHATHISTORY LATEST #lab timestamp=2026-08-20T10:11:02.000Z 100"));
    transcript_close(&t);
}

/* Pages are short, and nothing has said so. */
static void
test_short_pages(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61);
    fake_net_say(t.fake, ":s 005 kai -CHATHISTORY :are supported");
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    for (int first_s = 100; first_s >= -50; first_s -= 50) {
        g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY *");
        answer_history(&t, label, "#lab", first_s, 50);
    }
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <maria> line 0 *"));
    g_assert_true(fake_skip_to(t.fake, "caught-up #lab whole"));
    transcript_close(&t);
}

static void
test_refused(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_advance_s(t.fake, 61);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab *");
    fake_net_say(t.fake, "@label=%s FAIL CHATHISTORY INVALID_TARGET LATEST #lab :no", label);
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 * fillable"));
    fake_expect(t.fake, "caught-up #lab");
    transcript_close(&t);
}

static void
test_direct(void)
{
    struct transcript u = {0};

    transcript_online(&u, "", WITH_HISTORY);
    fake_net_end(u.fake);
    fake_advance_s(u.fake, 600);
    transcript_connect(&u);
    transcript_register(&u, WITH_HISTORY);
    g_autofree char *label =
        label_of_last(&u, "@label=h* CHATHISTORY TARGETS timestamp=* timestamp=* 50");
    fake_net_say(u.fake, "@label=%s :s BATCH +t draft/chathistory-targets", label);
    fake_net_say(u.fake, "@batch=t CHATHISTORY TARGETS Maria 2026-08-20T10:15:00.000Z");
    fake_net_say(u.fake, "@batch=t CHATHISTORY TARGETS #lab 2026-08-20T10:15:00.000Z");
    fake_net_say(u.fake, ":s BATCH -t");
    g_free(label);
    label = label_of_last(&u, "@label=h* CHATHISTORY LATEST Maria timestamp=* 100");
    fake_forget(u.fake);
    fake_net_say(u.fake, "@label=%s :s BATCH +h chathistory Maria", label);
    fake_net_say(u.fake,
                 "@batch=h;time=2026-08-20T10:15:00.000Z;msgid=1 :Maria!m@h PRIVMSG kai :hi");
    fake_net_say(u.fake,
                 "@batch=h;time=2026-08-20T10:15:01.000Z;msgid=2 :kai!k@h PRIVMSG Maria :ho");
    fake_net_say(u.fake, ":s BATCH -h");
    fake_expect(u.fake, "catch-up text maria <Maria> hi id=1 cursor");
    fake_expect(u.fake, "catch-up text maria <kai> ho id=2 own cursor");
    fake_expect(u.fake, "span maria *");
    fake_expect(u.fake, "caught-up maria whole");
    transcript_close(&u);
}

static void
test_gap(void)
{
    struct transcript t = {0};

    talk_then_away(&t, NULL, 600);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    fake_expect(t.fake, "buffer #lab channel #lab joined");
    fake_expect(t.fake, "member #lab kai");
    fake_expect(t.fake, "live join #lab <kai> k@host own");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :welcome back");
    fake_expect(t.fake, "live text #lab <maria> welcome back");
    transcript_answer_sync(&t);
    fake_expect(t.fake, "gap #lab 1787220672000000 1787221272000000");
    fake_expect(t.fake, "caught-up #lab");
    fake_expect(t.fake, "caught-up -");
    fake_expect(t.fake, "state online");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :soup?");
    fake_expect(t.fake, "live text #lab <maria> soup? cursor");
    transcript_close(&t);
}

/* Nobody has spoken, so no cursor says how far we had come: the connection itself does. */
static void
test_gap_after_silence(void)
{
    struct transcript t = {0};

    transcript_online(&t, "join = #lab\n", NULL);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    fake_net_end(t.fake);
    fake_advance_s(t.fake, 600);
    transcript_connect(&t);
    transcript_register(&t, NULL);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 1787221272000000"));
    transcript_close(&t);
}

static void
test_no_gap_at_first(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", NULL);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    g_assert_cmpuint(fake_count(t.fake, "gap *"), ==, 0);
    g_assert_cmpuint(fake_count(t.fake, "caught-up #lab"), ==, 1);
    transcript_close(&t);
}

/* InspIRCd's +H: a batch at joining, without ids and without being asked. */
static void
play_back(struct transcript *t, const char *oldest)
{
    fake_net_say(t->fake, ":kai!k@host JOIN #lab");
    fake_net_say(t->fake, ":s BATCH +p chathistory #lab");
    fake_net_say(t->fake, "@batch=p;time=%s :maria!m@h PRIVMSG #lab :old", oldest);
    fake_net_say(t->fake, "@batch=p;time=2026-08-20T10:15:00.000Z :maria!m@h PRIVMSG #lab :missed");
    fake_net_say(t->fake, "@batch=p;time=2026-08-20T10:15:00.000Z :jun!j@h JOIN #lab");
    fake_net_say(t->fake, ":s BATCH -p");
    transcript_answer_sync(t);
}

static void
test_playback_covers(void)
{
    struct transcript t = {0};

    talk_then_away(&t, MODERN, 600);
    play_back(&t, "2026-08-20T10:11:12.000Z");
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <maria> old"));
    fake_expect(t.fake, "catch-up text #lab <maria> missed");
    fake_expect(t.fake, "span #lab 1787220672000000 1787221272000000");
    fake_expect(t.fake, "caught-up #lab whole");
    transcript_close(&t);
}

static void
test_playback_falls_short(void)
{
    struct transcript t = {0};

    talk_then_away(&t, MODERN, 600);
    play_back(&t, "2026-08-20T10:14:00.000Z");
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 1787220840000000"));
    fake_expect(t.fake, "caught-up #lab");
    transcript_close(&t);
}

/* A bouncer that plays its buffer without a batch. */
static void
test_playback_without_batch(void)
{
    struct transcript t = {0};

    talk_then_away(&t, "server-time", 600);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    fake_net_say(t.fake, "@time=2026-08-20T10:11:12.000Z :maria!m@h PRIVMSG #lab :line 0");
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <maria> line 0"));
    transcript_answer_sync(&t);
    fake_expect(t.fake, "span #lab *");
    transcript_close(&t);
}

/* More than was asked for, and more than is kept: that is no end of the history. */
static void
test_fetch_too_much(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");
    struct history_request request = {
        .buffer = lab, .remote_id = "m3000", .time_us = NOW_US, .limit = 30};

    transcript_online(&t, "", WITH_HISTORY);
    g_assert_true(irc_driver.history(t.session, 5, &request, NULL));
    g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE #lab *");
    answer_history(&t, label, "#lab", -2100, 2100);
    g_assert_cmpuint(fake_count(t.fake, "history text #lab *"), ==, 2000);
    g_assert_true(fake_skip_to(t.fake, "span #lab 1787218672000000 1787220672000000"));
    fake_expect(t.fake, "history-done 5 2000 from=1787218672000000");
    buffer_free(lab);
    transcript_close(&t);
}

static void
test_fetch(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");
    struct history_request request = {
        .buffer = lab, .remote_id = "m100", .time_us = NOW_US, .limit = 30};
    g_autofree char *label = NULL;

    transcript_online(&t, "", WITH_HISTORY);
    g_assert_true(irc_driver.history(t.session, 5, &request, NULL));
    label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE #lab msgid=m100 30");
    /* It has forgotten the id: by time then. */
    fake_net_say(t.fake, "@label=%s FAIL CHATHISTORY MESSAGE_ERROR BEFORE #lab :unknown", label);
    g_free(label);
    label = label_of_last(
        &t, "@label=h* CHATHISTORY BEFORE #lab timestamp=2026-08-20T10:11:12.000Z 30");
    answer_history(&t, label, "#lab", -30, 30);
    g_assert_cmpuint(fake_count(t.fake, "history text #lab *"), ==, 30);
    g_assert_true(fake_skip_to(t.fake, "span #lab 1787220642000000 1787220672000000"));
    fake_expect(t.fake, "history-done 5 30 from=1787220642000000");
    g_assert_true(irc_driver.history(t.session, 6, &request, NULL));
    g_free(label);
    label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE *");
    answer_history(&t, label, "#lab", 0, 0);
    fake_expect(t.fake, "span #lab 0 1787220672000000");
    fake_expect(t.fake, "history-done 6 0 end");
    /* Pseudo lines are no messages. */
    g_assert_true(irc_driver.history(t.session, 7, &request, NULL));
    g_free(label);
    label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE *");
    fake_net_say(t.fake, "@label=%s :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake, "@batch=h;time=2026-08-20T10:00:00.000Z;msgid=_1 "
                         ":HistServ!HistServ@localhost PRIVMSG #lab :maria joined");
    fake_net_say(t.fake, ":s BATCH -h");
    fake_expect_nothing(t.fake);
    g_free(label);
    label = label_of_last(&t, "@label=h* CHATHISTORY BEFORE #lab msgid=_1 30");
    answer_history(&t, label, "#lab", 0, 0);
    fake_expect(t.fake, "span #lab 0 1787220672000000");
    fake_expect(t.fake, "history-done 7 0 end");
    /* The connection goes before the answer. */
    g_assert_true(irc_driver.history(t.session, 8, &request, NULL));
    fake_net_end(t.fake);
    fake_expect(t.fake, "failed 8 closed: *");
    buffer_free(lab);
    transcript_close(&t);
}

/* A person waits for this page: what weft asks for by itself, and has not left yet, comes later. */
static void
test_fetch_goes_first(void)
{
    struct transcript t = {0};
    struct buffer *lab = transcript_buffer("#lab");
    struct history_request request = {
        .buffer = lab, .remote_id = "m100", .time_us = NOW_US, .limit = 30};
    const char *const channels[] = {"#lab", "#a", "#b", "#c", "#d"};

    transcript_online(&t, "flood_control = on\n", WITH_HISTORY);
    for (unsigned i = 0; i < G_N_ELEMENTS(channels); i++)
        fake_net_say(t.fake, ":kai!k@host JOIN %s", channels[i]);
    for (unsigned i = 0; count_sent(&t, "*CHATHISTORY LATEST *") == i + 1; i++) {
        g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY LATEST *");
        answer_history(&t, label, channels[i], 0, 0);
    }
    /* The next one waits for the pace. */
    const unsigned asked = count_sent(&t, "*CHATHISTORY LATEST *");
    g_assert_cmpuint(asked, >, 0);
    g_assert_cmpuint(asked, <, G_N_ELEMENTS(channels));
    g_assert_true(irc_driver.history(t.session, 5, &request, NULL));
    g_autofree char *fetch = label_of_last(&t, "@label=h* CHATHISTORY BEFORE #lab msgid=m100 30");
    fake_advance_s(t.fake, 10);
    g_assert_cmpuint(count_sent(&t, "*CHATHISTORY LATEST *"), ==, asked);
    answer_history(&t, fetch, "#lab", -30, 30);
    g_assert_true(fake_skip_to(t.fake, "history-done 5 30 *"));
    /* They go on where they were. */
    for (unsigned i = asked; i < G_N_ELEMENTS(channels); i++) {
        fake_advance_s(t.fake, 10);
        g_assert_cmpuint(count_sent(&t, "*CHATHISTORY LATEST *"), ==, i + 1);
        g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY LATEST *");
        answer_history(&t, label, channels[i], 0, 0);
        g_autofree char *caught_up = g_strdup_printf("caught-up %s whole", channels[i]);
        g_assert_true(fake_skip_to(t.fake, caught_up));
    }
    buffer_free(lab);
    transcript_close(&t);
}

/* R2: joined again in mid-session, and killed before it had caught up: what was said while we were
 * not in there is still asked for. */
static void
test_killed_behind(void)
{
    struct transcript t = {0};

    transcript_online(&t, "join = #lab\n", WITH_HISTORY);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_autofree char *first = label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab * 50");
    answer_history(&t, first, "#lab", -1, 2);
    g_assert_true(fake_skip_to(t.fake, "*line 0 id=m0 cursor"));
    g_assert_cmpuint(fake_count(t.fake, "span #lab -9*"), ==, 0);
    fake_net_say(t.fake, ":kai!k@host PART #lab");
    fake_advance_s(t.fake, 20);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_autofree char *asked =
        label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab timestamp=2026-08-20T10:11:02.000Z *");
    g_assert_nonnull(asked);
    g_assert_nonnull(g_hash_table_lookup(t.fake->kv, "irc.behind"));
    irc_driver.close(t.session); /* and all that it knew by heart */
    fake_options_free(t.options);
    /* Saved a minute ago, while we were behind. */
    g_hash_table_replace(t.fake->kv, g_strdup("irc.alive"), g_strdup("1787229999000000"));
    g_hash_table_insert(t.fake->known, g_strdup("#lab"), GINT_TO_POINTER(BUFFER_CHANNEL));
    fake_forget(t.fake);
    transcript_open(&t, "");
    transcript_connect(&t);
    transcript_register(&t, WITH_HISTORY);
    fake_advance_s(t.fake, 61); /* TARGETS is not answered */
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    g_autofree char *label =
        label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab timestamp=2026-08-20T10:11:02.000Z *");
    answer_history(&t, label, "#lab", 5, 3);
    g_assert_true(fake_skip_to(t.fake, "caught-up #lab whole"));
    g_assert_null(g_hash_table_lookup(t.fake->kv, "irc.behind"));
    transcript_close(&t);
}

/* R5: the server still holds our nick: what had left under it is ours, whoever has it later is not.
 */
static void
test_other_nick(void)
{
    struct transcript t = {0};

    talk_then_away(&t, WITH_HISTORY, 600);
    fake_net_say(t.fake, ":kai!k@host NICK kai_");
    fake_advance_s(t.fake, 61); /* TARGETS is not answered */
    fake_net_say(t.fake, ":kai_!k@host JOIN #lab");
    g_autofree char *label = label_of_last(&t, "@label=h* CHATHISTORY LATEST #lab *");
    fake_net_say(t.fake, "@label=%s :s BATCH +h chathistory #lab", label);
    fake_net_say(t.fake,
                 "@batch=h;time=2026-08-20T10:11:13.000Z;msgid=a :kai!k@h PRIVMSG #lab :mine");
    fake_net_say(t.fake,
                 "@batch=h;time=2026-08-20T10:15:00.000Z;msgid=b :kai!x@y PRIVMSG #lab :thief");
    fake_net_say(t.fake, ":s BATCH -h");
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <kai> mine id=a own*"));
    fake_expect(t.fake, "catch-up text #lab <kai> thief id=b cursor");
    transcript_close(&t);
}

/* ZNC with its playback module plays what we ask for: nothing is missing then, silence included. */
static void
test_znc_plays(void)
{
    struct transcript t = {0};

    talk_then_away(&t, MODERN " znc.in/playback", 600);
    fake_net_end(t.fake); /* not back yet: the same is asked for again */
    transcript_connect(&t);
    transcript_register(&t, MODERN " znc.in/playback");
    g_assert_true(fake_skip_sent_to(t.fake, "PRIVMSG ?playback :PLAY ? 1787220662.000"));
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    fake_net_say(t.fake, ":znc BATCH +p znc.in/playback #lab");
    fake_net_say(t.fake, "@batch=p;time=2026-08-20T10:15:00.000Z :maria!m@h PRIVMSG #lab :missed");
    fake_net_say(t.fake, ":znc BATCH -p");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "catch-up text #lab <maria> missed*"));
    g_assert_cmpuint(fake_count(t.fake, "gap*"), ==, 0);
    g_assert_cmpint(t.fake->limits.hold_us, >, 0);
    transcript_close(&t);
}

/* It plays what lies behind when we came; a channel that is entered later had its own past. */
static void
test_znc_plays_no_more(void)
{
    struct transcript t = {0};

    talk_then_away(&t, MODERN " znc.in/playback", 600);
    fake_advance_s(t.fake, 40); /* the sync PING is not answered */
    g_assert_true(fake_skip_to(t.fake, "state online"));
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 1787221312000000"));
    transcript_close(&t);
}

/* R2: likewise where there is no history to ask for. */
static void
test_killed_before_the_gap(void)
{
    struct transcript t = {0};

    transcript_online(&t, "join = #lab\n", NULL);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :line 0");
    fake_net_say(t.fake, ":kai!k@host PART #lab");
    fake_advance_s(t.fake, 20);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    irc_driver.close(t.session);
    fake_options_free(t.options);
    g_hash_table_replace(t.fake->kv, g_strdup("irc.alive"), g_strdup("1787220690000000"));
    g_hash_table_insert(t.fake->known, g_strdup("#lab"), GINT_TO_POINTER(BUFFER_CHANNEL));
    fake_forget(t.fake);
    transcript_open(&t, "");
    transcript_connect(&t);
    transcript_register(&t, NULL);
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    transcript_answer_sync(&t);
    g_assert_true(fake_skip_to(t.fake, "gap #lab 1787220672000000 *"));
    g_assert_true(fake_skip_to(t.fake, "caught-up #lab"));
    g_assert_null(g_hash_table_lookup(t.fake->kv, "irc.behind"));
    transcript_close(&t);
}

void
test_catch_up_add(void)
{
    g_test_add_func("/irc/catch-up/znc-plays-no-more", test_znc_plays_no_more);
    g_test_add_func("/irc/catch-up/R2-killed-before-the-gap", test_killed_before_the_gap);
    g_test_add_func("/irc/catch-up/znc-plays", test_znc_plays);
    g_test_add_func("/irc/catch-up/R2-killed-behind", test_killed_behind);
    g_test_add_func("/irc/catch-up/R5-other-nick", test_other_nick);
    g_test_add_func("/irc/catch-up/pages", test_pages);
    g_test_add_func("/irc/catch-up/near-the-edge", test_near_the_edge);
    g_test_add_func("/irc/catch-up/late-answer", test_late_answer);
    g_test_add_func("/irc/catch-up/context-moves-nothing", test_context_moves_nothing);
    g_test_add_func("/irc/catch-up/too-much", test_too_much);
    g_test_add_func("/irc/catch-up/busy", test_busy);
    g_test_add_func("/irc/catch-up/clock-ahead", test_clock_ahead);
    g_test_add_func("/irc/catch-up/kept-out", test_kept_out);
    g_test_add_func("/irc/catch-up/cut-behind", test_cut_behind);
    g_test_add_func("/irc/catch-up/short-pages", test_short_pages);
    g_test_add_func("/irc/catch-up/refused", test_refused);
    g_test_add_func("/irc/catch-up/direct", test_direct);
    g_test_add_func("/irc/catch-up/gap", test_gap);
    g_test_add_func("/irc/catch-up/gap-after-silence", test_gap_after_silence);
    g_test_add_func("/irc/catch-up/no-gap-at-first", test_no_gap_at_first);
    g_test_add_func("/irc/catch-up/playback-covers", test_playback_covers);
    g_test_add_func("/irc/catch-up/playback-falls-short", test_playback_falls_short);
    g_test_add_func("/irc/catch-up/playback-without-batch", test_playback_without_batch);
    g_test_add_func("/irc/catch-up/fetch", test_fetch);
    g_test_add_func("/irc/catch-up/fetch-goes-first", test_fetch_goes_first);
    g_test_add_func("/irc/catch-up/fetch-too-much", test_fetch_too_much);
}
