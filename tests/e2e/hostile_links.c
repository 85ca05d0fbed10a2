/* The texts in links, in their list, typed into it, and on their way to the clipboard. Threat 18.
 */
#include "tests/e2e/hostile.h"

#include <string.h>

#include "tests/e2e/vt.h"

/* From the first link to the last and back, in several widths. */
static void
look_at_links(struct hostile *scene)
{
    static const int sizes[][2] = {{24, 8}, {41, 12}, {80, 24}, {200, 60}, {120, 40}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        pty_resize(scene->pty, sizes[i][0], sizes[i][1]);
        for (int down = 0; down < 60; down++)
            pty_type(scene->pty, "j");
        pty_type(scene->pty, "g");
    }
    hostile_clean(scene->vt);
}

static unsigned
count_copied(const struct hostile *scene)
{
    const GPtrArray *strings = vt_strings(scene->vt);
    unsigned n = 0;

    for (guint i = 0; i < strings->len; i++)
        n += g_str_has_prefix(strings->pdata[i], "]52;");
    return n;
}

static void
test_links(void)
{
    static const struct evil_options options = {.caps = "message-tags server-time batch"};
    static const char *const places[] = {
        ":Nick?$!u@h PRIVMSG #lab :https://a?.example/$/x",
        ":maria!m@h PRIVMSG #lab :see https://$.example/? and $",
        ":maria!m@h PRIVMSG #lab :\001ACTION $ mailto:kai@a?.example?$\001",
    };
    struct hostile scene;

    hostile_start(&scene, &options, "join = #lab\n[look]\nopen_cmd = true\n");
    vt_allow_clipboard(scene.vt);
    pty_wait(scene.pty, "#lab");
    hostile_command(&scene, "/go home/#lab");
    hostile_say_all(&scene, places, G_N_ELEMENTS(places));
    hostile_sync(&scene);
    pty_type(scene.pty, "\017"); /* C-o */
    pty_wait(scene.pty, "Links, newest first");
    look_at_links(&scene);
    for (size_t i = 0; i < hostile_texts(); i++) {
        g_autoptr(GBytes) text = hostile_text(i);
        pty_type(scene.pty, "/\025"); /* C-u */
        hostile_paste(&scene, g_bytes_get_data(text, NULL), g_bytes_get_size(text));
    }
    pty_type(scene.pty, "\025\r"); /* the first is opened */
    for (int i = 0; i < 40; i++) {
        pty_type(scene.pty, "\017jy"); /* C-o, and the second is copied */
        pty_type(scene.pty, "\033OQ"); /* F2: the cursor */
        pty_type(scene.pty, "yYkYol");
        pty_type(scene.pty, "\017\017");
    }
    pty_type(scene.pty, "\033\033\025"); /* C-u: a letter that means nothing was typed */
    hostile_sync(&scene);
    hostile_clean(scene.vt);
    g_assert_cmpuint(count_copied(&scene), >, 40);
    hostile_quit(&scene);
    hostile_end(&scene);
}

void
hostile_links_add(void)
{
    g_test_add_func("/threat/18-links", test_links);
}
