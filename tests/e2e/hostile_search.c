/* The texts in what a search and a find show, and in what is typed into them. Threats 12, 13, 18.
 */
#include "tests/e2e/hostile.h"

#include <string.h>

/* Words that are read by a formatter, a database or its index when somebody pastes texts together;
 * with blanks, so they stand in messages alone. */
static const char *const pasted[] = {
    "%n%s%s%s",
    "'); drop table messages;--",
    "'); drop table m;--",
    "\" OR NEAR(* ^-",
    "\"\"\" NEAR(a b, 5) AND NOT {body} : *",
    "body:* OR rowid > 0 --",
    "from:%s in:\" -\"",
};

/* What follows Esc at once would make it Alt with that key. */
static void
escape(struct hostile *scene)
{
    pty_type(scene->pty, "\033\033");
    hostile_sync(scene);
}

/* All hits, from the first to the last and back, in several widths and both orders. */
static void
look_at_hits(struct hostile *scene)
{
    static const int sizes[][2] = {{24, 8}, {41, 12}, {80, 24}, {200, 60}, {120, 40}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        pty_resize(scene->pty, sizes[i][0], sizes[i][1]);
        for (int page = 0; page < 40; page++)
            pty_type(scene->pty, "\033[6~");
        pty_type(scene->pty, "\t");
        for (int page = 0; page < 40; page++)
            pty_type(scene->pty, "\033[5~");
    }
    pty_wait(scene->pty, "first");
    hostile_clean(scene->vt);
}

static void
say_to_be_found(struct hostile *scene)
{
    static const char *const places[] = {
        ":Nick?$!u@h PRIVMSG #lab :soup? $",
        ":maria!m@h PRIVMSG #lab :$soup? $soup",
        ":maria!m@h PRIVMSG #lab :\001ACTION $ soup $\001",
        ":kai!kai@host JOIN #in?$",
        ":Nick?$!u@h PRIVMSG #in?$ :soup $",
        ":Peer?$!u@h PRIVMSG kai :soup? $",
    };

    hostile_say_all(scene, places, G_N_ELEMENTS(places));
    for (size_t i = 0; i < G_N_ELEMENTS(pasted); i++)
        evil_line(scene->evil, ":pasty!m@h PRIVMSG #lab :pasted%zu %s", i, pasted[i]);
    hostile_sync(scene);
}

static void
test_search(void)
{
    static const struct evil_options options = {.caps = "message-tags server-time batch"};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    say_to_be_found(&scene);
    hostile_command(&scene, "/search soup*");
    pty_wait(scene.pty, "more found");
    look_at_hits(&scene);
    /* A hit is opened where it was said. */
    for (int down = 0; down < 12; down++) {
        pty_type(scene.pty, "\033[B\r");
        hostile_command(&scene, "/search soup*");
    }
    pty_type(scene.pty, "\033\033\025"); /* Esc; the one behind it may take C-u for its own */
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    /* A name in from:, a channel in in:, a text as words. */
    for (size_t i = 0; i < hostile_texts(); i++) {
        static const char *const before[] = {"from:Nick", "in:#in", "soup ", "after:", "-", "\""};
        g_autoptr(GBytes) text = hostile_text(i);
        for (size_t b = 0; b < G_N_ELEMENTS(before); b++) {
            pty_type(scene.pty, "\006\025"); /* C-f, C-u */
            pty_type(scene.pty, before[b]);
            hostile_paste(&scene, g_bytes_get_data(text, NULL), g_bytes_get_size(text));
            escape(&scene);
        }
        pty_type(scene.pty, "\023"); /* C-s: find */
        hostile_paste(&scene, g_bytes_get_data(text, NULL), g_bytes_get_size(text));
        pty_type(scene.pty, "\023\023");
        escape(&scene);
    }
    hostile_command(&scene, "/go home/#lab");
    hostile_sync(&scene);
    hostile_quit(&scene);
    hostile_end(&scene);
}

/* Said, searched, found, shown, and still there. */
static void
test_pasted(void)
{
    static const struct evil_options options = {.caps = "message-tags server-time batch"};
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    say_to_be_found(&scene);
    for (size_t i = 0; i < G_N_ELEMENTS(pasted); i++) {
        g_autofree char *found = g_strdup_printf("pasted%zu %s", i, pasted[i]);
        g_autofree char *word = g_strdup_printf("/search pasted%zu", i);
        hostile_command(&scene, word);
        pty_wait(scene.pty, "1 found");
        pty_wait(scene.pty, found);
        /* As the search itself, whole and cut anywhere. */
        for (size_t cut = strlen(pasted[i]); cut > 0; cut -= MIN(cut, 3)) {
            pty_type(scene.pty, "\025");
            hostile_paste(&scene, pasted[i], cut);
        }
        pty_type(scene.pty, "\025pasty");
        pty_wait(scene.pty, "search> pasty");
        escape(&scene);
        pty_type(scene.pty, "\023"); /* C-s: find takes it as it is */
        hostile_paste(&scene, pasted[i], strlen(pasted[i]));
        pty_wait(scene.pty, found);
        escape(&scene);
        hostile_clean(scene.vt);
    }
    hostile_command(&scene, "/search pasted*");
    pty_wait(scene.pty, "7 found");
    escape(&scene);
    hostile_quit(&scene);
    hostile_end(&scene);
}

/* From the first line to the last and back, in several widths. */
static void
look_at_inbox(struct hostile *scene)
{
    static const int sizes[][2] = {{24, 8}, {41, 12}, {80, 24}, {200, 60}, {120, 40}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        pty_resize(scene->pty, sizes[i][0], sizes[i][1]);
        for (int page = 0; page < 20; page++)
            pty_type(scene->pty, "\033[6~");
        pty_type(scene->pty, "g");
    }
    hostile_clean(scene->vt);
}

/* The same in the inbox, which lists them all, and typed into it. */
static void
test_inbox(void)
{
    static const struct evil_options options = {.caps = "message-tags server-time batch"};
    static const char *const places[] = {
        ":Nick?$!u@h PRIVMSG #in :kai: soup? $",
        ":maria!m@h PRIVMSG #in :\001ACTION $ kai $\001",
        ":kai!kai@host JOIN #in?$",
        ":Nick?$!u@h PRIVMSG #in?$ :soup $",
        ":Peer?$!u@h PRIVMSG kai :soup? $",
    };
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n");
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    evil_line(scene.evil, ":kai!kai@host JOIN #in");
    hostile_say_all(&scene, places, G_N_ELEMENTS(places));
    hostile_sync(&scene);
    hostile_command(&scene, "/inbox");
    pty_wait(scene.pty, "INBOX [all]");
    for (int section = 0; section < 4; section++) {
        look_at_inbox(&scene);
        pty_type(scene.pty, "\t");
    }
    pty_type(scene.pty, "\t"); /* what calls: s is for that */
    for (size_t i = 0; i < hostile_texts(); i++) {
        g_autoptr(GBytes) text = hostile_text(i);
        pty_type(scene.pty, "f\025"); /* C-u */
        hostile_paste(&scene, g_bytes_get_data(text, NULL), g_bytes_get_size(text));
        pty_type(scene.pty, "\ts");
        hostile_paste(&scene, g_bytes_get_data(text, NULL), g_bytes_get_size(text));
        pty_type(scene.pty, "x\r\0252h\r"); /* refused, then taken */
    }
    pty_type(scene.pty, "\033OR"); /* F3 closes it */
    hostile_sync(&scene);
    hostile_quit(&scene);
    hostile_end(&scene);
}

void
hostile_search_add(void)
{
    g_test_add_func("/threat/18-search", test_search);
    g_test_add_func("/threat/18-inbox", test_inbox);
    g_test_add_func("/threat/13-pasted-into-a-search", test_pasted);
}
