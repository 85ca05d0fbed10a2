/* The commands of IRC alone, what numerics say, names at the edge, and the order of what leaves. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static const struct driver_command *
row_of(const char *name)
{
    for (const struct driver_command *row = irc_driver.commands; row->name; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    g_error("no command /%s", name);
}

/* "kick mallory out": in the buffer; the last argument takes the rest. NULL: it was taken. */
static GError *
command(struct transcript *t, const char *where, const char *text)
{
    g_auto(GStrv) head = g_strsplit(text, " ", 2);
    const struct driver_command *row = row_of(head[0]);
    g_auto(GStrv) arguments = g_strsplit(head[1] ? head[1] : "", " ", MAX(row->most, 1));
    const char *none[] = {NULL};
    struct buffer *buffer = transcript_buffer(where);
    GError *error = NULL;
    bool taken = irc_driver.command(t->session, ++t->last_op, row, buffer,
                                    head[1] ? (const char *const *)arguments : none, &error);

    g_assert_cmpint(taken, ==, error == NULL);
    buffer_free(buffer);
    return error;
}

static void
does(struct transcript *t, const char *text, const char *sent)
{
    g_autoptr(GError) error = command(t, "#lab", text);

    g_assert_no_error(error);
    fake_expect_sent(t->fake, sent);
}

static void
refuses(struct transcript *t, const char *where, const char *text)
{
    g_autoptr(GError) error = command(t, where, text);

    g_assert_nonnull(error);
    fake_expect_nothing_sent(t->fake);
}

static void
open_lab(struct transcript *t, const char *caps)
{
    transcript_online(t, "", caps);
    transcript_in_channel(t, "#lab");
}

static void
test_lines(void)
{
    struct transcript t = {0};

    open_lab(&t, "message-tags server-time");
    does(&t, "kick maria that was enough", "KICK #lab maria :that was enough");
    does(&t, "op maria jun,ana", "MODE #lab +ooo maria jun ana");
    does(&t, "devoice a b c d", "MODE #lab -vvv a b c");
    fake_expect_sent(t.fake, "MODE #lab -v d");
    does(&t, "ban *!*@bad.example", "MODE #lab +b ?!?@bad.example");
    does(&t, "ban", "MODE #lab +b");
    does(&t, "unban *!*@bad.example", "MODE #lab -b ?!?@bad.example");
    does(&t, "mode +l 5", "MODE #lab +l 5");
    does(&t, "whowas mallory", "WHOWAS mallory");
    does(&t, "knock #board may I?", "KNOCK #board :may I?");
    does(&t, "motd", "MOTD");
    does(&t, "version irc.example", "VERSION irc.example");
    does(&t, "time", "TIME");
    does(&t, "oper kai soup", "OPER kai soup");
    refuses(&t, "maria", "kick maria");
    refuses(&t, "#lab", "kickban *!*@x");
    refuses(&t, "#lab", "friend maria");
    refuses(&t, "#lab", "register kai@example.test");
    transcript_close(&t);
}

/* The label of the line that a command sent. */
static char *
asks(struct transcript *t, const char *text)
{
    g_autoptr(GError) error = command(t, "#lab", text);

    g_assert_no_error(error);
    return transcript_label(t);
}

/* What is asked in a channel is answered there; with labels whatever it is, and whenever. */
static void
test_answers_by_label(void)
{
    struct transcript t = {0};

    open_lab(&t, MODERN);
    g_autofree char *version = asks(&t, "version");
    g_autofree char *knock = asks(&t, "knock #board");
    g_autofree char *motd = asks(&t, "motd");
    fake_forget(t.fake);
    fake_net_say(t.fake, "@label=%s :s 480 kai #board :Too many knocks", knock);
    fake_expect(t.fake, "say #lab: Too many knocks: #board");
    fake_net_say(t.fake, "@label=%s :s BATCH +1 labeled-response", motd);
    fake_net_say(t.fake, "@batch=1 :s 372 kai :be kind");
    fake_net_say(t.fake, "@batch=1 :s 376 kai :End of MOTD");
    fake_net_say(t.fake, ":s BATCH -1");
    fake_expect(t.fake, "say #lab: be kind");
    fake_expect(t.fake, "say #lab: End of MOTD");
    fake_net_say(t.fake, "@label=%s :s FAIL VERSION NO :not today", version);
    fake_expect(t.fake, "say #lab: The server refused VERSION: not today (NO)");
    fake_net_say(t.fake, "@label=q99999 :s 391 kai s :noon");
    fake_expect(t.fake, "say -: s: noon");
    transcript_close(&t);
}

static void
test_answers_without_labels(void)
{
    struct transcript t = {0};

    open_lab(&t, NULL);
    does(&t, "version", "VERSION");
    does(&t, "whowas bob", "WHOWAS bob");
    does(&t, "invite maria #lab", "INVITE maria #lab");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 351 kai ng-26 s :here");
    fake_expect(t.fake, "say #lab: s runs ng-26 here");
    fake_net_say(t.fake, ":s 406 kai bob :There was no such nickname");
    fake_expect(t.fake, "say #lab: There was no such nickname: bob");
    fake_net_say(t.fake, ":s 443 kai maria #lab :is already on channel");
    fake_expect(t.fake, "say #lab: maria is in #lab already.");
    fake_net_say(t.fake, ":s 372 kai :nobody has asked");
    fake_expect(t.fake, "say -: nobody has asked");
    fake_advance_s(t.fake, 31);
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 351 kai ng-26 s :late");
    fake_expect(t.fake, "say -: s runs ng-26 late");
    transcript_close(&t);
}

static void
test_ban_by_host(void)
{
    struct transcript t = {0};

    open_lab(&t, MODERN);
    does(&t, "ban Mallory", "USERHOST Mallory");
    does(&t, "kickban jun out", "USERHOST jun");
    does(&t, "unban gone", "USERHOST gone");
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s 302 kai :Mallory*=-~m@bad.example ");
    fake_expect_sent(t.fake, "MODE #lab +b ?!?@bad.example");
    fake_net_say(t.fake, ":s 302 kai :jun=+j@h");
    fake_expect_sent(t.fake, "MODE #lab +b ?!?@h");
    fake_expect_sent(t.fake, "KICK #lab jun out");
    fake_net_say(t.fake, ":s 302 kai :");
    fake_expect_sent(t.fake, "MODE #lab -b gone!?@?");
    g_assert_cmpuint(fake_count(t.fake, "done *"), ==, 3);
    fake_net_say(t.fake, ":s 302 kai :kai=+k@h");
    g_assert_cmpuint(fake_count(t.fake, "say *kai=+k@h*"), ==, 1);
    transcript_close(&t);
}

static void
test_nick_command(void)
{
    struct transcript t = {0};

    open_lab(&t, MODERN);
    does(&t, "nick maria", "NICK maria");
    fake_net_say(t.fake, ":s 433 kai maria :Nickname is already in use.");
    fake_expect(t.fake, "failed 1 conflict: Nickname is already in use: maria");
    does(&t, "nick kaia", "NICK kaia");
    fake_net_say(t.fake, ":kai!k@host NICK kaia");
    g_assert_true(fake_skip_to(t.fake, "done 2 -"));
    transcript_close(&t);
}

static void
test_list(void)
{
    struct transcript t = {0};

    open_lab(&t, MODERN);
    does(&t, "list", "LIST");
    refuses(&t, "#lab", "list x");
    fake_net_say(t.fake, ":s 321 kai Channel :Users  Name");
    for (int i = 0; i < 1000; i++)
        fake_net_say(t.fake, ":s 322 kai #c%d %d :about %d", i, i, i);
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s 323 kai :End of /LIST");
    fake_expect(t.fake, "say #lab: #c999 (999): about 999");
    fake_expect(t.fake, "say #lab: #c998 (998): about 998");
    g_assert_cmpuint(fake_count(t.fake, "say *"), ==, 99);
    g_assert_true(fake_skip_to(t.fake, "say #lab: … and 900 smaller ones*"));
    fake_expect(t.fake, "done 1 -");
    /* A server that cannot choose: we do. */
    does(&t, "list *OOP*", "LIST");
    fake_net_say(t.fake, ":s 322 kai #coop 3 :\x02soup\x02");
    fake_net_say(t.fake, ":s 322 kai #other 30 :x");
    fake_net_say(t.fake, ":s 323 kai :End of /LIST");
    fake_expect(t.fake, "say #lab: #coop (3): soup");
    fake_expect(t.fake, "done 3 -");
    refuses(&t, "#lab", "list >20");
    fake_net_say(t.fake, ":s 005 kai ELIST=MNU :are supported");
    does(&t, "list >20", "LIST >20");
    /* A cut in the middle: the next connection begins anew. */
    fake_net_end(t.fake);
    g_assert_cmpuint(fake_count(t.fake, "say *(*"), ==, 0);
    transcript_close(&t);
}

static void
test_who_command(void)
{
    struct transcript t = {0};

    open_lab(&t, MODERN);
    fake_net_say(t.fake, ":s 315 kai #lab :End of WHO list");
    fake_forget(t.fake);
    does(&t, "who *.example", "WHO ?.example");
    fake_net_say(t.fake, ":s 352 kai * ~m bad.example s mallory G* :0 Mal Lory");
    fake_net_say(t.fake, ":s 315 kai *.example :End of WHO list");
    fake_expect(t.fake, "say #lab: mallory (~m@bad.example), away, operator Mal Lory");
    fake_expect(t.fake, "done 1 -");
    transcript_close(&t);
}

/* --- secrets
 * ------------------------------------------------------------------------------------------ */

#define REGISTRATION MODERN " draft/account-registration"

static void
test_registration(void)
{
    struct transcript t = {0};
    g_autoptr(GError) error = NULL;

    open_lab(&t, REGISTRATION);
    t.fake->secret = g_strdup("soup");
    error = command(&t, "#lab", "register kai@example.test");
    g_assert_no_error(error);
    fake_expect_nothing_sent(t.fake);
    refuses(&t, "#lab", "oper kai");
    fake_advance_s(t.fake, 0);
    fake_expect_sent(t.fake, "REGISTER ? kai@example.test soup");
    fake_net_say(t.fake, "REGISTER VERIFICATION_REQUIRED kai :Look into your mail.");
    fake_expect(t.fake, "say -: *kai waits for a code: /verify kai CODE. Look*");
    fake_expect(t.fake, "done 1 -");
    does(&t, "verify kai 123", "VERIFY kai 123");
    fake_net_say(t.fake, "FAIL VERIFY INVALID_CODE kai :Wrong code");
    fake_expect(t.fake, "failed 3 forbidden: *Wrong code");
    does(&t, "verify kai 124", "VERIFY kai 124");
    fake_net_say(t.fake, "VERIFY SUCCESS kai :Welcome");
    fake_expect(t.fake, "say -: The account kai is yours*");
    fake_expect(t.fake, "done 4 -");
    refuses(&t, "#lab", "register other kai@example.test");
    g_assert_cmpuint(fake_count(t.fake, "*soup*"), ==, 0);
    transcript_close(&t);
}

static void
test_oper_asks(void)
{
    struct transcript t = {0};
    g_autoptr(GError) error = NULL;

    open_lab(&t, MODERN);
    error = command(&t, "#lab", "oper kai");
    g_assert_no_error(error);
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "failed 1 cancelled: *");
    fake_expect_nothing_sent(t.fake);
    t.fake->secret = g_strdup("soup");
    error = command(&t, "#lab", "oper kai");
    fake_advance_s(t.fake, 0);
    fake_expect_sent(t.fake, "OPER kai soup");
    fake_advance_s(t.fake, 0);
    fake_expect(t.fake, "done 2 -");
    transcript_close(&t);
}

static bool
is_over(const struct transcript *t)
{
    return fake_count(t->fake, "done *") + fake_count(t->fake, "failed *") > 0;
}

static void
test_cert(void)
{
    struct transcript t = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("weft-cert-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "test-cert.pem", NULL);
    g_autofree char *openssl = g_find_program_in_path("openssl");

    if (!openssl) {
        g_test_skip("there is no openssl program");
        return;
    }
    open_lab(&t, MODERN);
    t.fake->host.config_dir = folder;
    error = command(&t, "#lab", "cert");
    g_assert_no_error(error);
    for (int64_t end = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
         !is_over(&t) && g_get_monotonic_time() < end;)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(fake_skip_to(t.fake, "say #lab: Its fingerprint (SHA-256): ????????*"));
    g_assert_true(fake_skip_to(t.fake, "say #lab: *tls_cert = *CERT ADD*"));
    fake_expect(t.fake, "done 1 -");
    GStatBuf info;
    g_assert_cmpint(g_stat(path, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
    g_autofree char *pem = file_read(path, 100000, NULL, NULL);
    g_assert_nonnull(strstr(pem, "PRIVATE KEY"));
    g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_file(path, &error);
    g_assert_no_error(error);
    g_autoptr(GDateTime) until = g_tls_certificate_get_not_valid_after(certificate);
    g_assert_cmpint(g_date_time_get_year(until), >=, 2035);
    refuses(&t, "#lab", "cert"); /* never written over */
    transcript_close(&t);

    /* The session goes while the program works. */
    struct transcript u = {0};
    g_unlink(path);
    open_lab(&u, MODERN);
    u.fake->host.config_dir = folder;
    error = command(&u, "#lab", "cert");
    g_assert_no_error(error);
    transcript_close(&u);
    for (int64_t end = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
         g_get_monotonic_time() < end && g_main_context_pending(NULL);)
        g_main_context_iteration(NULL, FALSE);
    g_unlink(path);
    g_rmdir(folder);
}

/* --- numerics
 * ----------------------------------------------------------------------------------------- */

static void
test_numerics(void)
{
    static const struct {
        const char *line;
        const char *said; /* NULL: nothing */
    } rows[] = {
        {"401 kai bob :No such nick/channel.", "say -: No such nick/channel: bob"},
        {"421 kai FOO :Unknown command", "say -: Unknown command: FOO"},
        {"441 kai bob #lab :They aren't on that channel",
         "say #lab: They aren't on that channel: bob #lab"},
        {"442 kai #other :You're not on that channel", "say -: You're not on *: #other"},
        {"482 kai #lab :You're not channel operator", "say #lab: You're not *: #lab"},
        {"263 kai LIST :Try again", "say -: Try again: LIST"},
        {"324 kai #lab +nt", "say #lab: The modes of #lab: +nt"},
        {"328 kai #lab :https://lab.example", "say #lab: The address of #lab: https://*"},
        {"329 kai #lab 1600000000", "say #lab: #lab was made on 2020-09-13 12:26."},
        {"329 kai #lab 99999999999999999999", "say #lab: #lab was made on 9999*."},
        {"329 kai #lab -1", "say #lab: #lab was made on -1."},
        {"333 kai #lab maria!m@h 1600000000",
         "say #lab: The topic of #lab was set by maria!m@h on 2020-*"},
        {"333 kai #lab maria", "say #lab: The topic of #lab was set by maria."},
        {"341 kai jun #lab", "say #lab: You have invited jun to #lab."},
        {"367 kai #lab *!*@bad maria 1600000000",
         "say #lab: #lab bans ?!?@bad (set by maria on *)"},
        {"367 kai #lab *!*@bad", "say #lab: #lab bans ?!?@bad"},
        {"348 kai #lab *!*@good", "say #lab: #lab excepts from its bans: *"},
        {"346 kai #lab *!*@good", "say #lab: #lab lets in without an invitation: *"},
        {"728 kai #lab q *!*@loud maria 1600000000", "say #lab: #lab quiets ?!?@loud (set by *"},
        {"368 kai #lab :End", "say #lab: No more bans of #lab."},
        {"314 kai bob b h * :Bob", "say -: bob was b@h (Bob)."},
        {"369 kai bob :End of WHOWAS", NULL},
        {"406 kai bob :There was no such nickname", "say -: There was no such nickname: bob"},
        {"391 kai irc.example :Thursday", "say -: irc.example: Thursday"},
        {"710 kai #lab jun!j@h :has asked for an invite.", "say #lab: jun!j@h knocks at #lab: *"},
        {"396 kai cloak.example :is now your displayed host",
         "say -: You are seen as coming from cloak.example."},
        {"999", NULL},
        {"367", NULL},
        {"367 kai", "say -: kai"},
        {"346 kai x", "say -: x lets in without an invitation: "},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        open_lab(&t, MODERN);
        fake_net_say(t.fake, ":s %s", rows[i].line);
        if (rows[i].said)
            fake_expect(t.fake, rows[i].said);
        fake_expect_nothing(t.fake);
        transcript_close(&t);
    }
}

static void
test_forwarded(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN);
    irc_driver.join(t.session, 7, NULL, "#lab", "key", NULL);
    fake_net_say(t.fake, ":s 470 kai #lab ##lab :Forwarding to another channel");
    fake_expect(t.fake, "say -: #lab sends you on to ##lab.");
    fake_net_say(t.fake, ":kai!k@host JOIN ##lab");
    g_assert_true(fake_skip_to(t.fake, "done 7 ##lab"));
    g_assert_null(g_hash_table_lookup(t.fake->kv, "irc.key.##lab"));
    transcript_close(&t);
}

static void
test_renamed_channel(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", WITH_HISTORY " draft/channel-rename");
    fake_net_say(t.fake, ":kai!k@host JOIN #lab");
    fake_net_say(t.fake, ":s 353 kai = #lab :kai @maria");
    fake_net_say(t.fake, ":s 366 kai #lab :End");
    fake_forget(t.fake);
    /* While its history is on the way. */
    fake_net_say(t.fake, ":maria!m@h RENAME #lab #Atelier :a better name");
    fake_expect(t.fake, "buffer-renamed #lab #atelier #Atelier");
    fake_expect(t.fake, "say #atelier: maria has renamed this channel from #lab to #Atelier: a b*");
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #Atelier :soup");
    fake_expect(t.fake, "live text #atelier <maria> soup*");
    fake_net_say(t.fake, ":maria!m@h PART #atelier");
    g_assert_true(fake_skip_to(t.fake, "member-removed #atelier maria"));
    fake_net_say(t.fake, ":s RENAME #atelier #atelier,x :no");
    fake_net_say(t.fake, ":s RENAME #atelier maria :no");
    fake_net_say(t.fake, ":s RENAME #nowhere #x :no");
    fake_net_say(t.fake, ":s RENAME");
    fake_expect_nothing(t.fake);
    fake_net_say(t.fake, ":s RENAME #atelier #ATELIER");
    fake_expect(t.fake, "buffer-renamed #atelier #atelier #ATELIER");
    transcript_close(&t);
}

/* Away before a cut is away after it. */
static void
test_away_again(void)
{
    struct transcript t = {0};

    transcript_online(&t, "", MODERN " draft/pre-away");
    irc_driver.set_presence(t.session, 1, "lunch", NULL);
    fake_net_end(t.fake);
    transcript_connect(&t);
    fake_forget(t.fake);
    fake_net_say(t.fake, ":s CAP * LS :draft/pre-away");
    fake_net_say(t.fake, ":s CAP * ACK :draft/pre-away");
    g_assert_true(fake_skip_sent_to(t.fake, "AWAY lunch"));
    fake_expect_sent(t.fake, "CAP END");
    fake_net_end(t.fake);
    transcript_connect(&t);
    transcript_register(&t, NULL);
    g_assert_true(fake_skip_sent_to(t.fake, "AWAY lunch"));
    irc_driver.set_presence(t.session, 2, NULL, NULL);
    fake_forget(t.fake);
    fake_net_end(t.fake);
    transcript_connect(&t);
    transcript_register(&t, NULL);
    g_assert_false(fake_skip_sent_to(t.fake, "AWAY*"));
    transcript_close(&t);
}

/* --- what leaves first
 * ------------------------------------------------------------------------------- */

static void
open_paced(struct transcript *t)
{
    if (!t->fake)
        t->fake = fake_host_new(NOW_US);
    t->options = fake_options_new("server = irc.example\nnick = kai\nflood_control = on\n");
    t->session = irc_driver.open(t->options, &t->fake->host, NULL);
    transcript_connect(t);
}

/* Behind a full house of WHO and CHATHISTORY a typed line leaves in the same instant. */
static void
test_typed_line_first(void)
{
    struct transcript t = {0};

    open_paced(&t);
    transcript_register(&t, WITH_HISTORY);
    transcript_answer_sync(&t);
    for (int i = 0; i < 30; i++) {
        fake_net_say(t.fake, ":kai!k@host JOIN #c%d", i);
        fake_net_say(t.fake, ":s 353 kai = #c%d :kai @maria", i);
        fake_net_say(t.fake, ":s 366 kai #c%d :End", i);
    }
    fake_forget(t.fake);
    for (int i = 0; i < 5; i++) {
        fake_advance_s(t.fake, 4.1);
        fake_forget(t.fake);
        transcript_send(&t, "#c7", MESSAGE_TEXT, "soup?", "k");
        fake_expect_sent(t.fake, "*PRIVMSG #c7 soup?");
    }
    transcript_close(&t);
}

static void
test_excess_flood(void)
{
    struct transcript t = {0};

    open_paced(&t);
    transcript_register(&t, MODERN);
    fake_net_say(t.fake, "ERROR :Closing Link: kai (Excess Flood)");
    g_assert_true(fake_skip_to(t.fake, "say -: We sent too fast*in 4 seconds."));
    g_assert_cmpstr(g_hash_table_lookup(t.fake->kv, "irc.slow.irc.example"), ==, "1");
    irc_driver.close(t.session);
    fake_options_free(t.options);
    /* Another run: still slow, even where the server would take more. */
    open_paced(&t);
    fake_net_say(t.fake, ":s 001 kai :Welcome");
    fake_net_say(t.fake, ":s 005 kai SAFERATE soju.im/SAFERATE :are");
    fake_net_say(t.fake, ":s 376 kai :End");
    transcript_answer_sync(&t);
    fake_forget(t.fake);
    for (int i = 0; i < 6; i++)
        transcript_send(&t, "maria", MESSAGE_NOTICE, "x", "k");
    unsigned n = 0;
    while (fake_skip_sent_to(t.fake, "NOTICE maria x"))
        n++;
    g_assert_cmpuint(n, ==, 4);
    fake_advance_s(t.fake, 3.9);
    g_assert_false(fake_skip_sent_to(t.fake, "NOTICE maria x"));
    fake_advance_s(t.fake, 0.2);
    g_assert_true(fake_skip_sent_to(t.fake, "NOTICE maria x"));
    transcript_close(&t);
}

static void
test_safe_rate(void)
{
    static const char *const rows[] = {"SAFERATE", "soju.im/SAFERATE"};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        unsigned n = 0;
        open_paced(&t);
        fake_net_say(t.fake, ":s 001 kai :Welcome");
        fake_net_say(t.fake, ":s 005 kai %s :are", rows[i]);
        fake_net_say(t.fake, ":s 376 kai :End");
        fake_forget(t.fake);
        for (int j = 0; j < 50; j++)
            transcript_send(&t, "maria", MESSAGE_NOTICE, "x", "k");
        while (fake_skip_sent_to(t.fake, "NOTICE maria x"))
            n++;
        g_assert_cmpuint(n, ==, 50);
        transcript_close(&t);
    }
}

static void
test_turned_away(void)
{
    static const char *const rows[] = {":s 465 kai :You are banned from this server",
                                       "ERROR :Closing Link: (K-Lined)",
                                       "ERROR :Trying to reconnect too fast (throttled)"};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct transcript t = {0};
        transcript_open(&t, "");
        transcript_connect(&t);
        fake_net_say(t.fake, "%s", rows[i]);
        g_assert_true(fake_skip_to(t.fake, "lost rate-limited: *ten minutes*"));
        transcript_close(&t);
    }
}

/* --- threats
 * ------------------------------------------------------------------------------------------ */

/* Names that a server or another client reads otherwise than we do. */
static void
test_threat_41(void)
{
    static const char *const names[] = {"#a,0", "#a\x07", ":x",    " x", "x ", "#a b", "",
                                        "#a\r", "#a\nQ",  "#a\tb", ":",  ",",  "0,0"};
    struct transcript t = {0};

    open_lab(&t, MODERN);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(irc_driver.join(t.session, 50, NULL, names[i], NULL, &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_assert_false(irc_driver.open_dm(t.session, 51, NULL, names[i], NULL));
        g_assert_false(
            irc_driver.join(t.session, 52, NULL, "#ok", *names[i] ? names[i] : ":", NULL));
        const char *arguments[] = {names[i], NULL};
        static const char *const commands[] = {"kick", "nick", "invite", "whowas", "knock", "who"};
        struct buffer *buffer = transcript_buffer("#lab");
        for (unsigned j = 0; j < G_N_ELEMENTS(commands); j++)
            g_assert_false(
                irc_driver.command(t.session, 60, row_of(commands[j]), buffer, arguments, NULL));
        buffer_free(buffer);
    }
    g_autoptr(GError) error = transcript_send_error(&t, "#a,0", "soup");
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    fake_expect_nothing_sent(t.fake);
    transcript_close(&t);
}

/* Many channels to come back to: lines that fit, every name once, however many and long. */
static void
test_threat_6(void)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};
    const int n = 20000;
    int joined = 0;

    for (int i = 0; i < n; i++)
        g_hash_table_insert(t.fake->known, g_strdup_printf("#%0*d", 1 + (i * 7) % 190, i),
                            GINT_TO_POINTER(BUFFER_CHANNEL));
    g_autofree char *huge = g_strnfill(64 * 1024, 'x');
    g_hash_table_insert(t.fake->known, g_strconcat("#", huge, NULL),
                        GINT_TO_POINTER(BUFFER_CHANNEL));
    int known = (int)g_hash_table_size(t.fake->known) - 1;
    transcript_open(&t, "");
    transcript_connect(&t);
    transcript_register(&t, MODERN);
    for (GList *at = t.fake->sent.head; at; at = at->next) {
        const char *line = at->data;
        if (!g_str_has_prefix(line, "JOIN "))
            continue;
        g_assert_cmpuint(strlen(line), <=, 510);
        for (joined++; (line = strchr(line, ',')); line++)
            joined++;
    }
    g_assert_cmpint(joined, ==, known);
    transcript_close(&t);
}

void
test_commands_add(void)
{
    g_test_add_func("/irc/commands/lines", test_lines);
    g_test_add_func("/irc/commands/ban-by-host", test_ban_by_host);
    g_test_add_func("/irc/commands/nick", test_nick_command);
    g_test_add_func("/irc/commands/list", test_list);
    g_test_add_func("/irc/commands/who", test_who_command);
    g_test_add_func("/irc/commands/register", test_registration);
    g_test_add_func("/irc/commands/oper", test_oper_asks);
    g_test_add_func("/irc/commands/cert", test_cert);
    g_test_add_func("/irc/numerics/said", test_numerics);
    g_test_add_func("/irc/numerics/forwarded", test_forwarded);
    g_test_add_func("/irc/commands/answers-by-label", test_answers_by_label);
    g_test_add_func("/irc/commands/answers-without-labels", test_answers_without_labels);
    g_test_add_func("/irc/channel/renamed", test_renamed_channel);
    g_test_add_func("/irc/presence/away-again", test_away_again);
    g_test_add_func("/irc/pace/typed-line-first", test_typed_line_first);
    g_test_add_func("/irc/pace/excess-flood", test_excess_flood);
    g_test_add_func("/irc/pace/safe-rate", test_safe_rate);
    g_test_add_func("/irc/pace/turned-away", test_turned_away);
    g_test_add_func("/irc/threat/41-names-at-the-edge", test_threat_41);
    g_test_add_func("/irc/threat/6-many-joins", test_threat_6);
}
