/* The texts in what is done to messages and beside them: reactions, deletions, answers, typing,
 * presence, CTCP; in ignore rules and help; in a bouncer's names. */
#include "tests/e2e/hostile.h"

#include <string.h>

#include "tests/e2e/home.h"

static const char caps[] =
    "message-tags server-time batch multi-prefix account-notify extended-join away-notify "
    "chghost setname invite-notify draft/message-redaction draft/channel-rename "
    "draft/read-marker draft/multiline=max-bytes=9999,max-lines=99";

/* Lines that go together, and a word that proves that they were drawn. */
struct group {
    const char *lines[8];
    const char *shown;
};

static const struct group groups[] = {
    {{"@msgid=m? :maria!m@h PRIVMSG #lab :about ?",
      "@+draft/react=react?&;+reply=m? :Nick$!u@h TAGMSG #lab"},
     "react46"},
    {{"@msgid=t? :maria!m@h PRIVMSG #lab :taken ?",
      "@+draft/react=back&;+reply=t? :Nick$!u@h TAGMSG #lab",
      "@+draft/unreact=back&;+reply=t? :Nick$!u@h TAGMSG #lab"},
     "taken 46"},
    {{"@msgid=d? :maria!m@h PRIVMSG #lab :goes ? $", ":Nick$!u@h REDACT #lab d? :reason? $"},
     "reason46"},
    {{"@msgid=q? :Nick$!u@h PRIVMSG #lab :quote? $",
      "@+reply=q? :maria!m@h PRIVMSG #lab :answer ?"},
     "answer 46"},
    {{"@msgid=i&;+reply=i&;+draft/reply=i&;+draft/react=r& :maria!m@h PRIVMSG #lab :ids ?",
      "@+reply=i& :maria!m@h PRIVMSG #lab :answers ids ?", ":maria!m@h REDACT #lab i$ :why $"},
     "answers ids 46"},
    {{":maria!m@h BATCH +ml? draft/multiline #lab", "@batch=ml? :maria!m@h PRIVMSG #lab :first? $",
      "@batch=ml?;draft/multiline-concat :maria!m@h PRIVMSG #lab :joined $",
      "@batch=ml? :maria!m@h PRIVMSG #lab :third $", ":maria!m@h BATCH -ml?"},
     "first46"},
    {{"@+channel-context=#lab :Nick$!u@h PRIVMSG kai :context? $",
      "@+channel-context=#lab& :Nick$!u@h NOTICE kai :context $", ":s MARKREAD #lab timestamp=$",
      ":s MARKREAD #lab$ $", "@+typing=& :Nick$!u@h TAGMSG #lab",
      "@bot=& :bot$!u@h PRIVMSG #lab :beep ?"},
     "beep 46"},
};

static void
test_deeds(void)
{
    static const struct evil_options options = {.caps = caps};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        size_t n = 0;
        while (n < G_N_ELEMENTS(groups[i].lines) && groups[i].lines[n])
            n++;
        hostile_say_all(&scene, groups[i].lines, n);
        hostile_sync(&scene);
        pty_wait(scene.pty, groups[i].shown);
        hostile_look(&scene);
    }
    hostile_quit(&scene);
    hostile_end(&scene);
}

/* What programs ask each other. All of it is said in the server's buffer. */
static void
test_ctcp(void)
{
    static const char *const places[] = {
        ":Nick$!u@h PRIVMSG kai :\001$ $\001",
        ":Nick$!u@h PRIVMSG kai :\001PING $\001",
        ":Nick$!u@h PRIVMSG kai :\001VERSION $",
        ":Nick$!u@h PRIVMSG #lab :\001TIME $\001",
        ":Nick$!u@h PRIVMSG kai :\001DCC CHAT $ 1 2\001",
        ":Nick$!u@h PRIVMSG kai :\001DCC SEND \"$\" 1 2 3\001",
        ":Nick$!u@h PRIVMSG kai :\001DCC SEND $ 1 2 3\001",
        ":Nick$!u@h PRIVMSG kai :\001DCC $\001",
        ":Nick$!u@h NOTICE kai :\001VERSION $\001",
        ":Nick$!u@h NOTICE kai :\001$",
        ":Last$!u@h NOTICE kai :\001PING last?\001",
    };
    static const struct evil_options options = {.caps = caps};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home");
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        hostile_say_all(&scene, &places[i], 1);
        hostile_say(&scene, ":maria!m@h NOTICE kai :\001PONG whole?\001", (unsigned)i, "", 0);
        g_autofree char *whole = g_strdup_printf("PONG whole%zu", i);
        pty_wait(scene.pty, whole);
        pty_type(scene.pty, "\033[5~");
        pty_type(scene.pty, "\033[5~");
        pty_type(scene.pty, "\033[1;3F");
    }
    pty_wait(scene.pty, "last46");
    hostile_quit(&scene);
    hostile_end(&scene);
}

/* One by one, for only a few are named at a time; then the conversations with each. */
static void
test_typing_presence(void)
{
    static const struct evil_options options = {.caps = caps, .isupport = "MONITOR=200"};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    for (unsigned i = 0; i < hostile_texts(); i++) {
        g_autoptr(GBytes) text = hostile_text(i);
        const char *bytes = g_bytes_get_data(text, NULL);
        const size_t len = g_bytes_get_size(text);
        g_autofree char *name = g_strdup_printf("Ty%u", i);
        hostile_say(&scene, "@+typing=active :Ty?$!u@h TAGMSG #lab", i, bytes, len);
        /* In some texts there is a line's end: such a line has no sender and says nothing. */
        if (!memchr(bytes, '\r', len) && !memchr(bytes, '\0', len))
            pty_wait(scene.pty, name);
        hostile_say(&scene, "@+typing=done :Ty?$!u@h TAGMSG #lab", i, bytes, len);
        hostile_say(&scene, ":Peer?$!u@h PRIVMSG kai :hello from ?", i, bytes, len);
        hostile_say(&scene, ":s 730 kai :Peer?$!u@h", i, bytes, len);
        if (i % 3 == 1)
            hostile_say(&scene, ":Peer?$!u@h AWAY :gone $", i, bytes, len);
        if (i % 3 == 2)
            hostile_say(&scene, ":s 731 kai :Peer?$", i, bytes, len);
    }
    hostile_sync(&scene);
    hostile_clean(scene.vt);
    for (unsigned number = 1; number < hostile_texts() + 4; number++) {
        g_autofree char *go = g_strdup_printf("/go %u", number);
        hostile_command(&scene, go);
        pty_resize(scene.pty, 119 + (int)number % 2, 40);
        hostile_command(&scene, "/names");
        hostile_command(&scene, "/query");
    }
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    hostile_clean(scene.vt);
    hostile_quit(&scene);
    hostile_end(&scene);
}

/* --- what a person writes about them
 * --------------------------------------------------------------- */

static void
test_rules_help(void)
{
    static const char *const commands[] = {
        "/ignore Nick", "/unignore ", "/help ",     "/nonsense",  "/set ",  "/go ",    "/whois ",
        "/msg ",        "/join ",     "/ctcp kai ", "/unignore ", "/kick ", "/react ",
    };
    static const struct evil_options options = {.caps = caps};
    g_autoptr(GString) more = g_string_new("join = #lab\n[ignore]\n");
    struct hostile scene;

    for (size_t i = 0; i < hostile_texts(); i++) {
        g_autoptr(GBytes) text = hostile_text(i);
        if (memchr(g_bytes_get_data(text, NULL), '\0', g_bytes_get_size(text)))
            continue; /* the file would end there */
        g_string_append_printf(more, "rule = Ruled%zu", i);
        g_string_append_len(more, g_bytes_get_data(text, NULL), (gssize)g_bytes_get_size(text));
        g_string_append(more, " in home\n");
    }
    hostile_start(&scene, &options, more->str);
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    hostile_clean(scene.vt);
    hostile_command(&scene, "/ignore");
    pty_wait(scene.pty, "Ruled");
    hostile_look(&scene);
    for (size_t c = 0; c < G_N_ELEMENTS(commands); c++) {
        for (size_t i = 0; i < hostile_texts(); i++) {
            g_autoptr(GBytes) text = hostile_text(i);
            hostile_command_pasted(&scene, commands[c], g_bytes_get_data(text, NULL),
                                   g_bytes_get_size(text));
        }
        hostile_command(&scene, "/go home/#lab");
        hostile_command(&scene, "/ignore");
        hostile_sync(&scene);
        hostile_clean(scene.vt);
    }
    hostile_look(&scene);
    hostile_quit(&scene);
    hostile_end(&scene);
}

/* --- a bouncer
 * ------------------------------------------------------------------------------------- */

static bool
has_asked(void *user)
{
    return evil_count(user, "BOUNCER LISTNETWORKS") > 0;
}

/* id4, id40 to id46 */
static bool
has_bound(void *user)
{
    return evil_count(user, "BOUNCER BIND id4*") >= 8;
}

static gboolean
say_again(void *user)
{
    const struct hostile *scene = user;

    evil_line(scene->evil, ":s BOUNCER NETWORK none :name=lastword;error=lastword");
    return G_SOURCE_CONTINUE;
}

/* What fifty connections have to say comes in any order: the word is said until it is seen. */
static void
see_last_word(struct hostile *scene)
{
    const unsigned again = g_timeout_add(500, say_again, scene);

    pty_wait(scene->pty, "lastword");
    g_source_remove(again);
    hostile_clean(scene->vt);
}

static void
test_bouncer(void)
{
    static const char *const networks[] = {
        ":s BOUNCER NETWORK id? :name=net?&;state=connected",
    };
    static const char *const strange[] = {
        ":s BOUNCER NETWORK id? :name=new?&;state=&;error=error?&",
        ":s BOUNCER NETWORK id? :name=again?&;state=disconnected",
        ":s BOUNCER NETWORK $ :name=net&",
        ":s BOUNCER NETWORK odd?$ :$",
        ":s BOUNCER NETWORK id? $",
        ":s BOUNCER $ id? :name=$",
        ":s FAIL BOUNCER CODE$ id$ :fail $",
    };
    static const char *const talk[] = {
        ":kai!kai@host JOIN #leg",
        ":Nick$!u@h PRIVMSG #leg :said $",
        ":Nick$!u@h NOTICE kai :noted $",
    };
    static const struct evil_options options = {.caps = "message-tags server-time batch "
                                                        "soju.im/bouncer-networks "
                                                        "soju.im/bouncer-networks-notify"};
    struct hostile scene;

    hostile_start(&scene, &options, "");
    pty_wait(scene.pty, "home");
    hostile_command(&scene, "/go home");
    pty_until(scene.pty, has_asked, scene.evil, "the networks are asked for");
    hostile_say_all(&scene, networks, G_N_ELEMENTS(networks));
    pty_until(scene.pty, has_bound, scene.evil, "a network is bound");
    evil_line(scene.evil, ":kai!kai@host JOIN #leg");
    evil_line(scene.evil, ":s 353 kai = #leg :kai");
    evil_line(scene.evil, ":s 366 kai #leg :End");
    pty_wait(scene.pty, "#leg");
    hostile_clean(scene.vt);
    hostile_command(&scene, "/go home");
    hostile_say_all(&scene, strange, G_N_ELEMENTS(strange));
    hostile_say_all(&scene, talk, G_N_ELEMENTS(talk));
    see_last_word(&scene);
    for (int number = 1; number < 60; number++) {
        g_autofree char *go = g_strdup_printf("/go %d", number);
        hostile_command(&scene, go);
        pty_resize(scene.pty, 119 + number % 2, 40);
        hostile_command(&scene, "/names");
    }
    pty_type(scene.pty, "\025\013"); /* C-k: go to */
    for (int down = 0; down < 60; down++)
        pty_type(scene.pty, "\033[B");
    pty_type(scene.pty, "\033\033");
    hostile_command(&scene, "/go home");
    see_last_word(&scene);
    hostile_quit(&scene);
    hostile_end(&scene);
}

void
hostile_deeds_add(void)
{
    g_test_add_func("/threat/18-deeds", test_deeds);
    g_test_add_func("/threat/18-ctcp", test_ctcp);
    g_test_add_func("/threat/18-typing-presence", test_typing_presence);
    g_test_add_func("/threat/18-rules-help", test_rules_help);
    g_test_add_func("/threat/18-bouncer", test_bouncer);
}
