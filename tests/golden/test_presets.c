/* What the fingers of WeeChat's and irssi's people do all day, under the preset of their program:
 * sequences of keys from the two programs' own lists of default keys, and what they expect.
 *
 * The scene: account three has the channels 3 (#lab) to 19 (#c19); 8 (#c08) is shown, where maria,
 * Marc and uma are and sixty lines were said. */
#include <string.h>

#include "tests/golden/world.h"

enum check {
    INPUT,  /* the line that is typed, with a bar where the cursor is */
    BUFFER, /* the number of the buffer that is shown */
    SHOWS,  /* somewhere on the screen */
    HIDES,  /* nowhere on it */
    SENT,   /* the newest text that went out, from #c08 */
};

enum scene {
    QUIET,
    BUSY, /* a mention in 5, a message in 12 */
    NEWS, /* forty lines in 8 while one was elsewhere; the first of them is "news 0." */
};

struct sequence {
    enum scene scene;
    const char *keys; /* names of keys, and 'text' that is typed */
    enum check check;
    const char *expected;
};

static const struct sequence weechat[] = {
    /* from buffer to buffer */
    {QUIET, "Ctrl-n", BUFFER, "9"},
    {QUIET, "Ctrl-p", BUFFER, "7"},
    {QUIET, "Alt-Right Alt-Right", BUFFER, "10"},
    {QUIET, "Alt-Left", BUFFER, "7"},
    {QUIET, "Alt-Down F6", BUFFER, "10"},
    {QUIET, "Alt-Up F5", BUFFER, "6"},
    {QUIET, "Alt-4", BUFFER, "4"},
    {QUIET, "Alt-0", BUFFER, "10"},
    {QUIET, "Alt-j 1 5", BUFFER, "15"},
    {QUIET, "Alt-j Alt-l", BUFFER, "19"},
    {QUIET, "Alt-4 Alt-7 Alt-/", BUFFER, "4"},
    {QUIET, "Alt-4 Alt-7 Alt-< Alt-<", BUFFER, "8"},
    {QUIET, "Alt-4 Alt-7 Alt-< Alt-< Alt->", BUFFER, "4"},
    {QUIET, "'/buffer 6' Enter", BUFFER, "6"},
    /* from window to window */
    {QUIET, "'/window splitv' Enter Ctrl-n F7", BUFFER, "8"},
    {QUIET, "'/window splitv' Enter Ctrl-n F7 F8", BUFFER, "9"},
    {QUIET, "'/window splitv' Enter Ctrl-n Alt-w Alt-Left", BUFFER, "8"},
    {QUIET, "'/window splith' Enter Ctrl-n Alt-w Alt-Up", BUFFER, "8"},
    {QUIET, "'/window splith' Enter Ctrl-n Alt-w Alt-Up Alt-w Alt-Down", BUFFER, "9"},
    {QUIET, "'/window splith' Enter Alt-z", SHOWS, "window 2 of 2"},
    {QUIET, "'/window splith' Enter '/window merge' Enter Alt-z", SHOWS, "There is one window."},
    /* activity */
    {BUSY, "Alt-a", BUFFER, "5"},
    {BUSY, "Alt-a Alt-a", BUFFER, "12"},
    {BUSY, "Alt-a Alt-a Alt-a", BUFFER, "8"},
    {BUSY, "Alt-h Alt-c Alt-a", BUFFER, "8"},
    {BUSY, "Alt-5 Alt-h Alt-m Alt-8 Alt-a", BUFFER, "12"},
    /* reading */
    {QUIET, "PgUp", SHOWS, "-MORE("},
    {QUIET, "PgUp PgUp PgDn PgDn", HIDES, "-MORE("},
    {QUIET, "PgUp Alt-PgDn", SHOWS, "-MORE("},
    {QUIET, "Alt-PgUp", HIDES, "line 59."},
    {QUIET, "Alt-Home", SHOWS, "line 0."},
    {QUIET, "Alt-Home Alt-End", SHOWS, "line 59."},
    {NEWS, "Alt-u", SHOWS, "news 0."},
    {QUIET, "Ctrl-s 'line 7'", SHOWS, "find> line 7"},
    {QUIET, "Alt-B", HIDES, "#c19"},
    {QUIET, "Alt-B Alt-B", SHOWS, "#c19"},
    {QUIET, "Alt-N", HIDES, "maria"},
    {QUIET, "Alt-N Alt-N", SHOWS, "maria"},
    {QUIET, "Ctrl-l", SHOWS, "line 59."},
    {QUIET, "Alt-k Alt-a", SHOWS, "Alt-a: next-activity."},
    /* writing */
    {QUIET, "'mar' Tab", INPUT, "Marc: |"},
    {QUIET, "'mar' Tab Tab", INPUT, "maria: |"},
    {QUIET, "'mar' Tab Shift-Tab", INPUT, "maria: |"},
    {QUIET, "'one' Enter 'two' Enter Up Up", INPUT, "one|"},
    {QUIET, "'one' Enter 'two' Enter Up Up Down", INPUT, "two|"},
    {QUIET, "'one' Enter Ctrl-n Ctrl-Up", INPUT, "one|"},
    {QUIET, "'one two' Ctrl-a 'x'", INPUT, "x|one two"},
    {QUIET, "'one two' Ctrl-a Ctrl-f Ctrl-f 'x' Ctrl-e 'y'", INPUT, "onxe twoy|"},
    {QUIET, "'one two' Alt-b Ctrl-b 'x' Alt-f 'y'", INPUT, "onex twoy|"},
    {QUIET, "'one two' Ctrl-Left Ctrl-k", INPUT, "one |"},
    {QUIET, "'one two' Ctrl-Left Ctrl-u", INPUT, "|two"},
    {QUIET, "'one two-three' Ctrl-w", INPUT, "one |"},
    {QUIET, "'one two-three' Alt-Backspace", INPUT, "one two-|"},
    {QUIET, "'one two' Home Alt-d", INPUT, "| two"},
    {QUIET, "'one two' Left Alt-r", INPUT, "|"},
    {QUIET, "'one two' Alt-r Ctrl-y", INPUT, "one two|"},
    {QUIET, "'oen' Left Ctrl-t", INPUT, "one|"},
    {QUIET, "'one' Ctrl-a Ctrl-d Delete", INPUT, "|e"},
    {QUIET, "'one two' Ctrl-u Ctrl-_", INPUT, "one two|"},
    {QUIET, "'one two' Ctrl-u Ctrl-_ Alt-_", INPUT, "|"},
    {QUIET, "'one' Alt-Enter 'two' Enter", SENT, "one\ntwo"},
    {QUIET, "'one' Ctrl-j", SENT, "one"},
    {QUIET, "'//one' Enter", SENT, "/one"},
};

static const struct sequence irssi[] = {
    /* from window to window */
    {QUIET, "Ctrl-n", BUFFER, "9"},
    {QUIET, "Ctrl-p Ctrl-p", BUFFER, "6"},
    {QUIET, "Alt-Right", BUFFER, "9"},
    {QUIET, "Alt-Left", BUFFER, "7"},
    {QUIET, "Alt-4", BUFFER, "4"},
    {QUIET, "Alt-0", BUFFER, "10"},
    {QUIET, "Alt-q", BUFFER, "11"},
    {QUIET, "Alt-w", BUFFER, "12"},
    {QUIET, "Alt-e Alt-r", BUFFER, "14"},
    {QUIET, "Alt-t Alt-y", BUFFER, "16"},
    {QUIET, "Alt-u Alt-i", BUFFER, "18"},
    {QUIET, "Alt-o", BUFFER, "19"},
    {QUIET, "'/window 6' Enter", BUFFER, "6"},
    {QUIET, "'/win 17' Enter", BUFFER, "17"},
    {BUSY, "Alt-a", BUFFER, "5"},
    {BUSY, "Alt-a Alt-a", BUFFER, "12"},
    /* reading */
    {QUIET, "PgUp", SHOWS, "-MORE("},
    {QUIET, "Alt-p", SHOWS, "-MORE("},
    {QUIET, "Alt-p Alt-p Alt-n Alt-n", HIDES, "-MORE("},
    {QUIET, "Alt-p PgDn", HIDES, "-MORE("},
    {QUIET, "Ctrl-Home", SHOWS, "line 0."},
    {QUIET, "Ctrl-Home Ctrl-End", SHOWS, "line 59."},
    {QUIET, "Ctrl-l", SHOWS, "line 59."},
    /* writing */
    {QUIET, "'mar' Tab", INPUT, "Marc: |"},
    {QUIET, "'mar' Tab Shift-Tab", INPUT, "maria: |"},
    {QUIET, "'one' Enter 'two' Enter Up Up Down", INPUT, "two|"},
    {QUIET, "'one' Enter Alt-4 Ctrl-Up", INPUT, "one|"},
    {QUIET, "'one' Enter 'x' Ctrl-u Up Down", INPUT, "|"},
    {QUIET, "'one two' Home 'x' End 'y'", INPUT, "xone twoy|"},
    {QUIET, "'one two' Ctrl-a Right 'x' Ctrl-e Left 'y'", INPUT, "oxne twy|o"},
    {QUIET, "'one two' Ctrl-Left 'x' Ctrl-Right 'y'", INPUT, "one xtwoy|"},
    {QUIET, "'one two' Alt-b Alt-b Alt-f 'x'", INPUT, "onex| two"},
    {QUIET, "'one two' Ctrl-Left Ctrl-u", INPUT, "|"},
    {QUIET, "'one two' Ctrl-Left Ctrl-k", INPUT, "one |"},
    {QUIET, "'one two-three' Ctrl-w", INPUT, "one |"},
    {QUIET, "'one two-three' Alt-Backspace", INPUT, "one two-|"},
    {QUIET, "'one two' Ctrl-a Alt-d", INPUT, "| two"},
    {QUIET, "'one two' Ctrl-w Ctrl-y Ctrl-y", INPUT, "one twotwo|"},
    {QUIET, "'oen' Left Ctrl-t", INPUT, "one|"},
    {QUIET, "'one' Ctrl-a Ctrl-d Delete", INPUT, "|e"},
    {QUIET, "'one' Backspace Ctrl-h", INPUT, "o|"},
    {QUIET, "'one' Ctrl-j", SENT, "one"},
    {QUIET, "'/me waves' Enter", SENT, "waves"},
    {QUIET, "'/say /one' Enter", SENT, "/one"},
};

/* --- the scene
 * ------------------------------------------------------------------------------------------- */

static void
say_in(struct world *world, const char *conversation, const char *text, int second)
{
    struct fake_said said = {
        .conversation = conversation, .text = text, .time_us = second * SECOND_US};
    fake_say(world->fake, 2, &said);
}

static void
add_people(struct world *world)
{
    static const char *const names[] = {"maria", "Marc", "uma"};
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(members, member_new(names[i], names[i], ""));
    host_emit(
        fake_session(world->fake, 2)->host,
        &(struct event){.type = EVENT_MEMBERS,
                        .conversation = "#c08",
                        .members = {(const struct member *const *)members->pdata, members->len}});
}

static void
fill(struct world *world)
{
    for (int i = 4; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("#c%02d", i);
        fake_channel(world->fake, 2, name, BUFFER_CHANNEL);
    }
    add_people(world);
    fake_settle(world->fake);
    go(world, 2, "#c08");
    for (int i = 0; i < 60; i++) {
        g_autofree char *text = g_strdup_printf("line %d.", i);
        say_in(world, "#c08", text, i + 1);
    }
    fake_settle(world->fake);
    g_free(look(world));
}

static void
set(struct world *world, enum scene scene)
{
    if (scene == BUSY) {
        say_in(world, "#c12", "plain", 100);
        say_in(world, "#c05", "Kai: you", 101);
    } else if (scene == NEWS) {
        go(world, 0, "#lab");
        g_free(look(world));
        for (int i = 0; i < 40; i++) {
            g_autofree char *text = g_strdup_printf("news %d.", i);
            say_in(world, "#c08", text, 100 + i);
        }
        fake_settle(world->fake);
        go(world, 2, "#c08");
    }
    fake_settle(world->fake);
    g_free(look(world));
}

/* --- playing
 * --------------------------------------------------------------------------------------------- */

static void
play(struct world *world, const char *keys)
{
    while (*keys) {
        const char *end = *keys == '\'' ? strchr(keys + 1, '\'') : keys + strcspn(keys, " ");
        g_autofree char *word =
            g_strndup(keys + (*keys == '\''), (size_t)(end - keys) - (*keys == '\''));
        if (*keys == '\'')
            type(world, word);
        else
            press(world, word);
        g_free(look(world));
        keys = end + (*end == '\'');
        keys += strspn(keys, " ");
    }
}

/* The last row, with a bar where the cursor is. */
static char *
typed(struct world *world)
{
    g_free(look(world));
    const struct cells *cells = world->cells;
    g_autofree char *row = cells_dump_row(cells, cells->rows - 1);
    const char *prompt = "[three/Kai] ";
    GString *text = g_string_new(g_str_has_prefix(row, prompt) ? row + strlen(prompt) : "");
    size_t at = (size_t)MAX(0, cells->cursor_col - (int)strlen(prompt));

    while (text->len < at)
        g_string_append_c(text, ' ');
    g_string_insert_c(text, (gssize)at, '|');
    return g_string_free(text, FALSE);
}

static char *
sent(struct world *world)
{
    const GPtrArray *sends = fake_session(world->fake, 2)->sends;
    return sends->len > 0
               ? g_strdup(
                     ((const struct fake_send *)g_ptr_array_index(sends, sends->len - 1))->text)
               : g_strdup("(nothing)");
}

static bool
fits(struct world *world, const struct sequence *sequence, char **ret_is)
{
    const struct buffer *buffer = core_buffer(world->fake->core, ui_shown_buffer(world->ui));

    switch (sequence->check) {
    case INPUT:
        *ret_is = typed(world);
        return strcmp(*ret_is, sequence->expected) == 0;
    case BUFFER:
        *ret_is = g_strdup_printf("%d", buffer->number);
        return strcmp(*ret_is, sequence->expected) == 0;
    case SENT:
        *ret_is = sent(world);
        return strcmp(*ret_is, sequence->expected) == 0;
    default:
        *ret_is = look(world);
        return shows(world, sequence->expected) == (sequence->check == SHOWS);
    }
}

static void
play_all(const char *preset, const struct sequence *sequences, size_t n)
{
    unsigned n_wrong = 0;

    for (size_t i = 0; i < n; i++) {
        struct world *world = world_new(3);
        g_autofree char *command = g_strdup_printf("/keys %s", preset);
        g_autofree char *is = NULL;

        cells_resize(world->cells, 30, 130);
        go(world, 0, "#lab");
        type(world, command);
        press(world, "Enter");
        fill(world);
        set(world, sequences[i].scene);
        play(world, sequences[i].keys);
        if (!fits(world, &sequences[i], &is)) {
            n_wrong++;
            g_test_message("%s: %s\n  is     %s\n  should %s", preset, sequences[i].keys, is,
                           sequences[i].expected);
        }
        world_free(world);
    }
    g_assert_cmpuint(n_wrong, ==, 0);
}

static void
test_weechat(void)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(weechat) >= 30);
    play_all("weechat", weechat, G_N_ELEMENTS(weechat));
}

static void
test_irssi(void)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(irssi) >= 30);
    play_all("irssi", irssi, G_N_ELEMENTS(irssi));
}

void
test_presets_add(void)
{
    g_test_add_func("/world/presets/weechat", test_weechat);
    g_test_add_func("/world/presets/irssi", test_irssi);
}
