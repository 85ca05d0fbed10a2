/* Every text that may not reach a terminal, in every place where a server or a peer can put one:
 * the real binary on a bare pseudo-terminal, all that it writes read by tests/e2e/vt.c.
 * docs/security.md, threats 18 to 28, and what else is tried with the program as a whole. */
#include "tests/e2e/hostile.h"

#include <locale.h>
#include <string.h>

#include "tests/e2e/home.h"

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

static const char caps[] = "message-tags server-time batch account-tag multi-prefix account-notify "
                           "userhost-in-names extended-join away-notify chghost setname cap-notify "
                           "invite-notify";

static void
look_at_everything(struct hostile *scene)
{
    static const int sizes[][2] = {{20, 6}, {41, 12}, {80, 24}, {200, 60}, {120, 40}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        pty_resize(scene->pty, sizes[i][0], sizes[i][1]);
        hostile_sync(scene);
        for (int page = 0; page < 12; page++)
            pty_type(scene->pty, "\033[5~"); /* page up */
        pty_type(scene->pty, "\033[1;3F");   /* to the end */
        hostile_sync(scene);
    }
}

/* Names that Tab offers, the list to go to, buffers one after the other, sentences about names. */
static void
use_the_names(struct hostile *scene)
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
        pty_type(scene->pty, "\025"); /* C-u: the list of what fits lies over the newest line */
        hostile_sync(scene);
    }
    for (int i = 0; i < 3; i++) {
        pty_type(scene->pty, "\013"); /* C-k: go to */
        pty_type(scene->pty, i == 0 ? "" : i == 1 ? "Nick" : "#");
        for (int down = 0; down < 30; down++)
            pty_type(scene->pty, "\033[B");
        hostile_sync(scene);
        pty_type(scene->pty, "\033\033");
        hostile_sync(scene);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        hostile_command(scene, commands[i]);
    hostile_command(scene, "/go home/#lab");
    hostile_sync(scene);
    for (int number = 1; number < 60; number++) {
        g_autofree char *go = g_strdup_printf("/go %d", number);
        hostile_command(scene, go);
        pty_resize(scene->pty, 119 + number % 2, 40);
        hostile_command(scene, "/names");
    }
    hostile_command(scene, "/go home/#lab");
    hostile_sync(scene);
}

static void
test_terminal(void)
{
    static const char *const answers[][2] = {
        {"WHOIS ", ":s 401 kai \033[2J :No \033[2J such\r\n:s 318 kai \033[2J :End\r\n"},
        {NULL, NULL}};
    static const struct evil_options options = {.caps = caps, .answers = answers};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    hostile_clean(scene.vt);
    hostile_say_all(&scene, places, G_N_ELEMENTS(places));
    hostile_sync(&scene);
    hostile_clean(scene.vt);
    look_at_everything(&scene);
    hostile_clean(scene.vt);
    use_the_names(&scene);
    hostile_clean(scene.vt);
    /* The end is the server's: what it says last is shown as the reason. */
    for (size_t t = 0; t < hostile_texts(); t += 7) {
        g_autoptr(GBytes) text = hostile_text(t);
        hostile_say(&scene, ":s KILL kai :killed $", 0, g_bytes_get_data(text, NULL),
                    g_bytes_get_size(text));
    }
    hostile_say(&scene, "ERROR :Closing Link lastword$ $", 0, "\033]0;x\a\u202e\xc2\x9b", 11);
    pty_type(scene.pty, "\025");
    pty_wait(scene.pty, "lastword");
    hostile_quit(&scene);
    hostile_end(&scene);
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
        struct hostile scene;
        hostile_start(&scene, &options, "join = #lab\n");
        pty_wait(scene.pty, "home");
        hostile_command(&scene, "/go home");
        pty_wait(scene.pty, "lastword");
        hostile_command(&scene, "/account");
        pty_wait(scene.pty, "home");
        hostile_command(&scene, "/quit");
        g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
        hostile_clean(scene.vt);
        hostile_end(&scene);
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
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        pty_type(scene.pty, replies[i]);
        hostile_sync(&scene);
    }
    pty_type(scene.pty, "typed");
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++)
        pty_type(scene.pty, replies[i]);
    pty_type(scene.pty, "whole\r");
    hostile_sync(&scene);
    pty_until(scene.pty, typed_has_come, scene.evil, "what is typed comes");
    g_assert_cmpuint(evil_count(scene.evil, "PRIVMSG #lab typedwhole"), ==, 1);
    g_assert_cmpuint(evil_count(scene.evil, "PRIVMSG*"), ==, 1);
    hostile_clean(scene.vt);
    hostile_end(&scene);
}

/* Lines of text only: what was said, through the commands that need no screen. */
static void
run_plain(const char *home, const char *const *arguments, int wanted)
{
    struct vt *vt = vt_new(false);
    struct pty *pty = pty_run(home, arguments, NULL, 80, 24, vt);

    g_assert_cmpint(pty_wait_end(pty), ==, wanted);
    vt_end(vt);
    hostile_clean(vt);
    g_assert_cmpuint(vt_text(vt)->len, >, 0);
    pty_free(pty);
    vt_free(vt);
}

static void
test_commands(void)
{
    static const struct evil_options options = {.caps = caps};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    hostile_say_all(&scene, places, G_N_ELEMENTS(places));
    evil_line(scene.evil, ":kai!kai@host JOIN #near\033[2Jby\u202e");
    hostile_sync(&scene);
    hostile_command(&scene, "/quit");
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
    hostile_clean(vt);
    vt_free(vt);
    hostile_end(&scene);
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
    hostile_deeds_add();
    hostile_search_add();
    hostile_links_add();
    return g_test_run();
}
