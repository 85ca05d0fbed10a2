/* Every text that may not reach a terminal, in every place where a server or a peer can put one:
 * the real binary on a bare pseudo-terminal, all that it writes read by tests/e2e/vt.c.
 * docs/security.md, threats 18 to 28, and what else is tried with the program as a whole. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "base/file.h"
#include "tests/e2e/evil.h"
#include "tests/e2e/home.h"
#include "tests/e2e/pty.h"
#include "tests/support/loop.h"

#define TEXT(bytes)                                                                                \
    {                                                                                              \
        bytes, sizeof bytes - 1                                                                    \
    }

/* No blanks in them, so that they can stand in nicks and channels as well. */
static const struct {
    const char *bytes;
    size_t len;
} texts[] = {
    TEXT("\033[2J"),
    TEXT("\033[31;1H"),
    TEXT("\033[6n"),
    TEXT("\033[>q"),
    TEXT("\033[?1049l"),
    TEXT("\033c"),
    TEXT("\033]0;owned\a"),
    TEXT("\033]52;c;cm0gLXJmIC8=\a"),
    TEXT("\033]8;;http://evil.example\033\\x"),
    TEXT("\033]99;i=1;x\033\\"),
    TEXT("\033]1337;File=inline=1:AAAA\a"),
    TEXT("\033P$q\"p\033\\"),
    TEXT("\033_Gi=1,a=q;AAAA\033\\"),
    TEXT("\033^x\033\\"),
    TEXT("\033(0lqqk"),
    TEXT("\x9b"
         "31m"),
    TEXT("\x90$qm\x9c"),
    TEXT("\x9d"
         "0;owned\x9c"),
    TEXT("\xc2\x9b"
         "2J"),
    TEXT("\xc2\x9d"
         "0;owned\xc2\x9c"),
    TEXT("\xc2\x85\xc2\x8d"),
    TEXT("\a\a"),
    TEXT("alice\b\b\b\b\bmallory"),
    TEXT("\x7f\x7f"),
    TEXT("\rover"),
    TEXT("\v\f"),
    TEXT("\x0e\x0f"),
    TEXT("\x1c\x1d"),
    TEXT("a\0b"),
    TEXT("\u2028\u2029"),
    TEXT("\u202egpj.exe"),
    TEXT("\u202a\u202b\u202c\u202d"),
    TEXT("\u2066\u2067\u2068\u2069"),
    TEXT("\u200e\u200f\u061c"),
    TEXT("\ufff9\ufffa\ufffb"),
    TEXT("\U000e0041\U000e0042\U000e007f"),
    TEXT("\u00ad\u034f\u115f\u3164\uffa0"),
    TEXT("\ufeff\u2060\u180e"),
    TEXT("\u200b"),
    TEXT("\u200d\u200c\ufe0f"),
    TEXT("\ue0b0\U000f0000\U0010fffd"),
    TEXT("\u00a0\u3000\u2800"),
    TEXT("שלום\u200fעולם"),
    TEXT("\xff\xfe\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf"),
    TEXT("%n%s%s%s"),
    TEXT("<b>&amp;<a\xc2\xa0href=x>"),
    TEXT("\x03"
         "4,4\x02\x1d\x1f\x1e\x11\x16\x04"
         "ff0000"),
};

/* What a line looks like with a text in it; $ stands for the text. */
static const char *const places[] = {
    ":maria!m@h PRIVMSG #lab :$",
    ":maria!m@h PRIVMSG #lab :\001ACTION $\001",
    ":maria!m@h NOTICE #lab :$",
    ":Nick$!m@h PRIVMSG #lab :by nick",
    ":Nick$!m@h PRIVMSG #lab :\001ACTION by nick\001",
    ":Nick$!m@h NOTICE #lab :by nick",
    ":Nick$!user$@host$ JOIN #lab acc$ :Real $",
    ":Nick$!user$@host$ AWAY :gone $",
    ":Nick$!user$@host$ ACCOUNT acc$",
    ":Nick$!user$@host$ CHGHOST new$ host$",
    ":Nick$!user$@host$ SETNAME :name $",
    ":Nick$!user$@host$ MODE #lab +ovb Nick$ Nick$ *!*@$",
    ":Nick$!user$@host$ TOPIC #lab :topic $",
    ":Nick$!user$@host$ INVITE kai #in$",
    ":Nick$!user$@host$ KICK #lab other$ :reason $",
    ":Nick$!user$@host$ PRIVMSG kai :to you $",
    ":Nick$!user$@host$ PRIVMSG kai :\001VERSION $\001",
    ":Nick$!user$@host$ PRIVMSG kai :\001DCC SEND $ 1 2 3\001",
    ":Nick$!user$@host$ NICK Other$",
    ":Other$!user$@host$ PART #lab :reason $",
    ":Quit$!user$@host$ JOIN #lab",
    ":Quit$!user$@host$ QUIT :reason $",
    ":Stay$!user$@host$ JOIN #lab",
    ":serv$er 353 kai = #lab :@maria +Names$ kai",
    ":serv$er 366 kai #lab :End $",
    ":serv$er 332 kai #lab :topic $",
    ":serv$er 333 kai #lab setter$ 1700000000",
    ":serv$er 329 kai #lab $",
    ":serv$er 324 kai #lab +k key$",
    ":serv$er 372 kai :- motd $",
    ":serv$er 005 kai NETWORK=net$ :are supported",
    ":serv$er 999 kai one$ :unknown $",
    ":serv$er 401 kai nobody$ :No such nick $",
    ":serv$er 403 kai #gone$ :No such channel $",
    ":serv$er 404 kai #lab :Cannot send $",
    ":serv$er 433 kai Nick$ :in use $",
    ":serv$er 473 kai #lab$ :invite only $",
    ":serv$er 482 kai #lab :not an operator $",
    ":serv$er 900 kai k!k@h acc$ :logged in as $",
    ":serv$er 904 kai :SASL $",
    ":serv$er 311 kai w$ u$ h$ * :real $",
    ":serv$er 312 kai w$ srv$ :info $",
    ":serv$er 319 kai w$ :@#chan$",
    ":serv$er 330 kai w$ acc$ :is logged in as",
    ":serv$er 301 kai w$ :away $",
    ":serv$er 671 kai w$ :secure $",
    ":serv$er 318 kai w$ :End",
    ":serv$er FAIL CMD CODE$ ctx$ :fail $",
    ":serv$er WARN * CODE$ :warn $",
    ":serv$er NOTE * CODE$ :note $",
    ":serv$er WALLOPS :wall $",
    ":serv$er NOTICE * :server notice $",
    ":serv$er NOTICE kai :server notice $",
    ":serv$er CAP kai NEW :cap$",
    ":serv$er BOGUS$ kai a$ :b $",
    "@account=acc$;msgid=id$;time=$;label=$ :maria!m@h PRIVMSG #lab :tags",
    ":serv$er BATCH +b$ type$ p$",
    ":serv$er MODE kai +i$",
};

/* Whole lines: `place` with the text put in. A text with a blank of its own kind would end a
 * middle parameter; there are none. */
static void
send_in_place(struct evil *evil, const char *place, const char *bytes, size_t len)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (const char *at = place; *at; at++) {
        if (*at == '$')
            g_string_append_len(line, bytes, (gssize)len);
        else
            g_string_append_c(line, *at);
    }
    g_string_append(line, "\r\n");
    evil_say(evil, line->str, line->len);
}

static char *
repeated(const char *unit, unsigned times)
{
    GString *text = g_string_new("x");

    for (unsigned i = 0; i < times; i++)
        g_string_append(text, unit);
    return g_string_free(text, FALSE);
}

static void
send_everything(struct evil *evil)
{
    g_autofree char *zero = repeated("\u200b", 100);
    g_autofree char *marks = repeated("\u0301", 100);
    g_autofree char *both = repeated("\u0301\u200d", 100);
    const char *const bombs[] = {zero, marks, both};

    for (size_t p = 0; p < G_N_ELEMENTS(places); p++) {
        for (size_t t = 0; t < G_N_ELEMENTS(texts); t++)
            send_in_place(evil, places[p], texts[t].bytes, texts[t].len);
        for (size_t b = 0; b < G_N_ELEMENTS(bombs); b++)
            send_in_place(evil, places[p], bombs[b], strlen(bombs[b]));
        while (g_main_context_iteration(NULL, FALSE))
            continue;
    }
}

static const char caps[] = "message-tags server-time batch account-tag multi-prefix account-notify "
                           "userhost-in-names extended-join away-notify chghost setname cap-notify "
                           "invite-notify";

struct scene {
    struct evil *evil;
    char *home;
    struct vt *vt;
    struct pty *pty;
};

static void
scene_start(struct scene *scene, const struct evil_options *options, const char *more)
{
    scene->evil = evil_start(options);
    scene->home = home_new_irc(evil_port(scene->evil), more);
    scene->vt = vt_new(true);
    scene->pty = pty_run(scene->home, NULL, NULL, 120, 40, scene->vt);
}

static void
scene_end(struct scene *scene)
{
    pty_free(scene->pty);
    vt_free(scene->vt);
    evil_stop(scene->evil);
    home_free(scene->home);
}

static void
assert_clean(struct vt *vt)
{
    if (*vt_complaints(vt))
        g_error("the terminal got:\n%s", vt_complaints(vt));
}

/* A word from a peer, so that all that was said before it has been drawn. */
static void
sync_with(struct scene *scene)
{
    g_autofree char *word = g_strdup_printf("sync%u", g_random_int());

    evil_line(scene->evil, ":maria!m@h PRIVMSG #lab :%s", word);
    g_assert_true(pty_wait(scene->pty, word));
}

static void
command(struct scene *scene, const char *line)
{
    pty_type(scene->pty, "\025"); /* what was refused before is still there: C-u */
    pty_type(scene->pty, line);
    pty_type(scene->pty, "\r");
}

static void
look_at_everything(struct scene *scene)
{
    static const int sizes[][2] = {{20, 6}, {41, 12}, {80, 24}, {200, 60}, {120, 40}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        pty_resize(scene->pty, sizes[i][0], sizes[i][1]);
        sync_with(scene);
        for (int page = 0; page < 12; page++)
            pty_type(scene->pty, "\033[5~"); /* page up */
        pty_type(scene->pty, "\033[1;3F");   /* to the end */
        sync_with(scene);
    }
}

/* Names that Tab offers, the list to go to, buffers one after the other, sentences about names. */
static void
use_the_names(struct scene *scene)
{
    static const char *const commands[] = {
        "/names",      "/help nothing", "/whois w", "/go evil/Nick", "/msg Nick hello",
        "/query Nick", "/topic",        "/mode",    "/go home",      "/set account.home.nick",
        "/nonsense",
    };

    for (int i = 0; i < 40; i++) {
        pty_type(scene->pty, i % 4 == 0   ? "Nick"
                             : i % 4 == 1 ? "say Sta"
                             : i % 4 == 2 ? "/msg Ni"
                                          : "#i");
        for (int tabs = 0; tabs <= i; tabs++)
            pty_type(scene->pty, "\t");
        sync_with(scene);
        pty_type(scene->pty, "\025"); /* C-u */
    }
    for (int i = 0; i < 3; i++) {
        pty_type(scene->pty, "\013"); /* C-k: go to */
        pty_type(scene->pty, i == 0 ? "" : i == 1 ? "Nick" : "#");
        for (int down = 0; down < 30; down++)
            pty_type(scene->pty, "\033[B");
        sync_with(scene);
        pty_type(scene->pty, "\033\033");
        sync_with(scene);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        command(scene, commands[i]);
    command(scene, "/go home/#lab");
    sync_with(scene);
    for (int number = 1; number < 60; number++) {
        g_autofree char *go = g_strdup_printf("/go %d", number);
        command(scene, go);
        pty_resize(scene->pty, 119 + number % 2, 40);
        command(scene, "/names");
    }
    command(scene, "/go home/#lab");
    sync_with(scene);
}

static void
test_terminal(void)
{
    static const char *const answers[][2] = {
        {"WHOIS ", ":s 401 kai \033[2J :No \033[2J such\r\n:s 318 kai \033[2J :End\r\n"},
        {NULL, NULL}};
    static const struct evil_options options = {.caps = caps, .answers = answers};
    struct scene scene;

    scene_start(&scene, &options, "join = #lab\n");
    g_assert_true(pty_wait(scene.pty, "#lab"));
    command(&scene, "/go home/#lab");
    sync_with(&scene);
    assert_clean(scene.vt);
    send_everything(scene.evil);
    sync_with(&scene);
    assert_clean(scene.vt);
    look_at_everything(&scene);
    assert_clean(scene.vt);
    use_the_names(&scene);
    assert_clean(scene.vt);
    /* The end is the server's: what it says last is shown as the reason. */
    for (size_t t = 0; t < G_N_ELEMENTS(texts); t += 7)
        send_in_place(scene.evil, ":s KILL kai :killed $", texts[t].bytes, texts[t].len);
    send_in_place(scene.evil, "ERROR :Closing Link lastword$ $", "\033]0;x\a\u202e\xc2\x9b", 11);
    pty_type(scene.pty, "\025");
    g_assert_true(pty_wait(scene.pty, "lastword"));
    command(&scene, "/quit");
    g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
    vt_end(scene.vt);
    assert_clean(scene.vt);
    scene_end(&scene);
}

/* Words of a server that lets nobody in become the sentence that is shown. */
static void
test_refusals(void)
{
    static const char *const refusals[] = {
        ":s 465 kai :banned \033[2J\u202e\xc2\x9b"
        "31m lastword\r\n",
        ":s 464 kai :password \033]52;c;AA\a lastword\r\n",
        ":s 433 * kai :in use \033[2J\r\nERROR :lastword \033[2J\r\n",
        ":s 432 * kai :bad nick \u2066\u200b lastword\r\nERROR :lastword \033[2J\r\n",
        "ERROR :Closing \033[2J\xff\xfe\u202e lastword\r\n",
        ":s FAIL * ACCOUNT_REQUIRED\033[2J :log in \033[2J\r\nERROR :lastword \033[2J\r\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        struct evil_options options = {.caps = "sasl=PLAIN\033[2J,\u202e", .refusal = refusals[i]};
        struct scene scene;
        scene_start(&scene, &options, "join = #lab\n");
        g_assert_true(pty_wait(scene.pty, "home"));
        command(&scene, "/go home");
        g_assert_true(pty_wait(scene.pty, "lastword"));
        command(&scene, "/account");
        g_assert_true(pty_wait(scene.pty, "home"));
        command(&scene, "/quit");
        g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
        assert_clean(scene.vt);
        scene_end(&scene);
    }
}

static bool
typed_has_come(void *user)
{
    return evil_count(user, "PRIVMSG*whole") > 0;
}

/* What a terminal answers to a question, asked or not, is never typing; what was typed around it
 * is. */
static void
test_answers(void)
{
    static const char *const replies[] = {
        "\033[12;34R",
        "\033[?1;2c",
        "\033[>41;354;0c",
        "\033[?2026;2$y",
        "\033[?5u",
        "\033P1$r0m\033\\",
        "\033P>|XTerm(354)\033\\",
        "\033P0$r\033\\",
        "\033]11;rgb:0000/0000/0000\033\\",
        "\033]10;rgb:ffff/ffff/ffff\a",
        "\033]52;c;cm0gLXJmIC8K\a",
        "\033_Gi=31;OK\033\\",
        "\033[8;40;120t",
        "\033[I",
        "\033[O",
        "\033[?997;1n",
        "\x90"
        "1$r0m\x9c",
        "\x9b"
        "12;34R",
    };
    static const struct evil_options options = {.caps = caps};
    struct scene scene;

    scene_start(&scene, &options, "join = #lab\n");
    g_assert_true(pty_wait(scene.pty, "#lab"));
    command(&scene, "/go home/#lab");
    sync_with(&scene);
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        pty_type(scene.pty, replies[i]);
        sync_with(&scene);
    }
    pty_type(scene.pty, "typed");
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++)
        pty_type(scene.pty, replies[i]);
    pty_type(scene.pty, "whole\r");
    sync_with(&scene);
    g_assert_true(loop_until(typed_has_come, scene.evil, PTY_DEADLINE_MS));
    g_assert_cmpuint(evil_count(scene.evil, "PRIVMSG #lab typedwhole"), ==, 1);
    g_assert_cmpuint(evil_count(scene.evil, "PRIVMSG*"), ==, 1);
    assert_clean(scene.vt);
    scene_end(&scene);
}

/* Lines of text only: what was said, through the commands that need no screen. */
static void
run_plain(const char *home, const char *const *arguments, int wanted)
{
    struct vt *vt = vt_new(false);
    struct pty *pty = pty_run(home, arguments, NULL, 80, 24, vt);

    g_assert_cmpint(pty_wait_end(pty), ==, wanted);
    vt_end(vt);
    assert_clean(vt);
    g_assert_cmpuint(vt_text(vt)->len, >, 0);
    pty_free(pty);
    vt_free(vt);
}

static void
test_commands(void)
{
    static const struct evil_options options = {.caps = caps};
    struct scene scene;

    scene_start(&scene, &options, "join = #lab\n");
    g_assert_true(pty_wait(scene.pty, "#lab"));
    command(&scene, "/go home/#lab");
    sync_with(&scene);
    send_everything(scene.evil);
    evil_line(scene.evil, ":kai!kai@host JOIN #near\033[2Jby\u202e");
    sync_with(&scene);
    command(&scene, "/quit");
    g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
    run_plain(scene.home, (const char *const[]){"export", "home/#lab", NULL}, 0);
    run_plain(scene.home, (const char *const[]){"export", "home/#lab", "--format", "jsonl", NULL},
              0);
    /* The sentence offers the name that is nearest. */
    run_plain(scene.home, (const char *const[]){"export", "home/#near[2Jby", NULL}, 1);
    run_plain(scene.home, (const char *const[]){"export", "home/\033[2J\u202e", NULL}, 1);
    run_plain(scene.home, (const char *const[]){"\033[2J\u202e", NULL}, 2);
    run_plain(scene.home, (const char *const[]){"--\033[2J\u202e", NULL}, 2);
    run_plain(scene.home, (const char *const[]){"--profile", "\033[2J", NULL}, 1);
    g_autofree char *config = g_build_filename(scene.home, "weft.conf", NULL);
    g_assert_true(g_file_set_contents(
        config, "[account \033[2Jx]\nnetwork = \033]0;x\a\n[b\u202ead]\n\033[2J = 1\n", -1, NULL));
    run_plain(scene.home, (const char *const[]){"check", NULL}, 1);
    g_autofree char *log = g_build_filename(scene.home, "state", "weft.log", NULL);
    g_autofree char *logged = NULL;
    g_assert_true(g_file_get_contents(log, &logged, NULL, NULL));
    struct vt *vt = vt_new(false);
    vt_feed(vt, logged, strlen(logged));
    assert_clean(vt);
    vt_free(vt);
    scene_end(&scene);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threat/18-nothing-reaches-the-terminal", test_terminal);
    g_test_add_func("/threat/18-refusals", test_refusals);
    g_test_add_func("/threat/18-commands", test_commands);
    g_test_add_func("/threat/19-answers-are-no-typing", test_answers);
    return g_test_run();
}
