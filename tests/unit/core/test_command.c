#include "core/command.h"

#include <string.h>

#include "base/file.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

static void
assert_split(const char *text, int most, const char *wanted)
{
    g_auto(GStrv) words = command_split(text, most);
    g_autofree char *joined = g_strjoinv("|", words);

    g_assert_cmpstr(joined, ==, wanted);
}

/* A long name is cut in the sentence, but not in mid-character. */
static void
test_long_unknown_name(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strnfill(63, 'x');
    g_autofree char *long_name = g_strconcat(name, "\u00e9\u00e9", NULL);

    g_assert_null(command_help(NULL, long_name, &error));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    g_assert_nonnull(strstr(error->message, "x…"));
}

static void
test_split(void)
{
    assert_split("", 2, "");
    assert_split("   ", 2, "");
    assert_split(" a  b   c  ", 2, "a|b   c");
    assert_split(" a  b   c  ", 1, "a  b   c");
    assert_split("a \r\t", 3, "a"); /* no empty word */
    assert_split("\r", 1, "");
    assert_split("a\nb\nc", 2, "a|b\nc");
    assert_split("a b", 3, "a|b");
}

static void
test_text_and_slashes(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "hello", NULL);
    scene_assert_calls(scene, "send #coop text hello|");
    host_done(scene->host, scene->op, NULL, 0);
    scene_input(scene, "#coop", "//bin", NULL);
    scene_assert_calls(scene, "send #coop text /bin|");
    host_done(scene->host, scene->op, NULL, 0);
    scene_input(scene, "#coop", "/me waves", NULL);
    scene_assert_calls(scene, "send #coop action waves|");
    scene_input(scene, "#coop", "", "There is nothing to send.");
    scene_input(scene, "#coop", "/",
                "A command's name follows the slash. Two slashes (//) send a slash.");
    scene_input(
        scene, "#coop", "/jion #x",
        "There is no command /jion here. Did you mean /join? Two slashes (//) send the text "
        "as it is.");
    scene_input(
        scene, "#coop", "/kcik x",
        "There is no command /kcik here. Did you mean /kick? Two slashes (//) send the text "
        "as it is.");
    scene_input(scene, "#coop", "/lastlog soup",
                "weft has no /lastlog. Ctrl-s finds in this buffer; /search looks everywhere.");
    scene_input(scene, "#coop", "/me", "Something is missing: /me TEXT");
    scene_input(scene, "#coop", "/close it", "/close takes nothing behind it.");
    scene_assert_calls(scene, "");
    scene_free(scene);
}

/* What weft does not know goes to a server that has commands of its own, as it was typed; what is a
 * slip of the finger away from a command of weft's, or of the network's, does not. */
static void
test_to_server(void)
{
    struct scene *scene = scene_new_commanded();

    scene_input(scene, "#coop", "/shrug  so be it ", NULL);
    scene_assert_calls(scene, "raw /shrug  so be it |");
    host_done(scene->host, scene->op, NULL, 0);
    scene_input(scene, "#coop", "/shrug\nmore", NULL);
    scene_assert_calls(scene, "raw /shrug\nmore|");
    scene->refuse = true;
    scene_input(scene, "#coop", "/shrug", "The driver refuses.");
    scene_assert_calls(scene, "raw /shrug|");
    scene_input(
        scene, "#coop", "/jion #x",
        "There is no command /jion here. Did you mean /join? Two slashes (//) send the text "
        "as it is.");
    scene_input(
        scene, "#coop", "/kcik x",
        "There is no command /kcik here. Did you mean /kick? Two slashes (//) send the text "
        "as it is.");
    scene_input(scene, "#coop", "/",
                "A command's name follows the slash. Two slashes (//) send a slash.");
    /* Text, and commands of weft's, are what they were. */
    scene_assert_calls(scene, "");
    scene_input(scene, "#coop", "//shrug", NULL);
    scene_assert_calls(scene, "send #coop text /shrug|");
    scene_input(scene, "#coop", "/kick rude", NULL);
    scene_assert_calls(scene, "kick in #coop: rude|");
    /* It is said in a conversation, or nowhere. */
    scene_input(scene, "weft", "/shrug",
                "There is no command /shrug here. Two slashes (//) send the text as it is.");
    scene_assert_calls(scene, "");
    scene_free(scene);
}

static void
test_join_and_part(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/join #jobs key", NULL);
    scene_assert_calls(scene, "join #jobs key|");
    scene_add_buffer(scene, "#jobs", BUFFER_CHANNEL);
    host_done(scene->host, scene->op, NULL, 0);
    scene_settle(scene);
    g_assert_cmpint(scene->shown, ==, scene_buffer(scene, "#jobs")->id);

    /* The network says what was joined: a channel may be asked for by half of its name. */
    scene_input(scene, "#coop", "/join board", NULL);
    scene_assert_calls(scene, "join board -|");
    scene_add_buffer(scene, "#board", BUFFER_CHANNEL);
    host_done(scene->host, scene->op, "#board", 0);
    scene_settle(scene);
    g_assert_cmpint(scene->shown, ==, scene_buffer(scene, "#board")->id);

    scene_input(scene, "#coop", "/J #secret", NULL);
    scene_assert_calls(scene, "join #secret -|");
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "It needs a key.");
    host_failed(scene->host, scene->op, error);
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_nonnull(strstr(said, "It needs a key."));

    scene->refuse = true;
    scene_input(scene, "#coop", "/join #x", "The driver refuses.");
    scene_assert_calls(scene, "join #x -|");
    scene_input(scene, "#coop", "/part see you", NULL);
    scene_assert_calls(scene, "leave #coop see you|");
    scene_input(scene, "#coop", "/part #jobs bye now", NULL);
    scene_assert_calls(scene, "leave #jobs bye now|");
    scene_input(scene, "#coop", "/part", NULL);
    scene_assert_calls(scene, "leave #coop -|");
    scene_free(scene);
}

/* In weft's own buffer the only account is meant, or the one that is named. */
static void
test_own_buffer(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "weft", "/join #jobs", NULL);
    scene_assert_calls(scene, "join #jobs -|");
    scene_add_buffer(scene, "#jobs", BUFFER_CHANNEL);
    host_done(scene->host, scene->op, NULL, 0);
    scene_settle(scene);
    g_assert_cmpint(scene->shown, ==, scene_buffer(scene, "#jobs")->id);
    /* What fails is said where it was typed. */
    scene_input(scene, "weft", "/join libera/#secret key", NULL);
    scene_assert_calls(scene, "join #secret key|");
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "It needs a key.");
    host_failed(scene->host, scene->op, error);
    g_autofree char *said = scene_last(scene, "weft");
    g_assert_nonnull(strstr(said, "It needs a key."));
    scene_input(scene, "weft", "/msg maria hi", NULL);
    scene_assert_calls(scene, "open maria|");
    host_failed(scene->host, scene->op, error);
    scene_input(scene, "weft", "/away lunch", NULL);
    scene_assert_calls(scene, "away lunch|");
    /* What is about a buffer is about this one. */
    scene_input(scene, "weft", "/part",
                "This is weft's own buffer. Go to a buffer of the account first.");
    /* The network's commands are about its server. */
    scene_input(scene, "weft", "/kick rude", NULL);
    scene_assert_calls(scene, "kick in libera: rude|");
    g_assert_cmpint(scene->shown, ==, scene_buffer(scene, "libera")->id);
    scene_input(scene, "weft", "/kcik rude",
                "There is no command /kcik here. Did you mean /kick? Two slashes (//) send the "
                "text as it is.");
    scene_free(scene);
}

static void
test_which_account(void)
{
    struct fake *fake = fake_new(2);
    const int64_t own = core_own_buffer(fake->core)->id;
    g_autoptr(GError) error = NULL;
    size_t start;

    fake_online(fake, 0);
    fake_online(fake, 1);
    g_assert_false(core_input(fake->core, own, "/notice uma hi", &error));
    g_assert_cmpstr(error->message, ==,
                    "Which account? Write /notice one/NAME, or go to one of its buffers first.");
    g_clear_error(&error);
    g_assert_false(core_input(fake->core, own, "/connect", &error));
    g_assert_cmpstr(error->message, ==,
                    "Which account? Write /connect one, or go to one of its buffers first.");
    g_clear_error(&error);
    g_assert_false(core_input(fake->core, own, "/away", &error));
    g_assert_cmpstr(error->message, ==,
                    "This is weft's own buffer. Go to a buffer of the account first.");
    g_clear_error(&error);
    g_assert_false(core_input(fake->core, own, "/whois uma", &error));
    g_assert_cmpstr(error->message, ==,
                    "/whois is a command of Fake. Go to a buffer of one first.");
    g_clear_error(&error);
    g_auto(GStrv) list = core_complete(fake->core, own, "/join two", 9, &start);
    g_autofree char *joined = g_strjoinv("|", list);
    g_assert_cmpstr(joined, ==, "two/#lab ");
    fake_free(fake);
}

static void
test_no_account(void)
{
    struct fake *fake = fake_new(0);
    g_autoptr(GError) error = NULL;

    g_assert_false(core_input(fake->core, core_own_buffer(fake->core)->id, "/join #x", &error));
    g_assert_cmpstr(error->message, ==,
                    "There is no account yet. Enter in an empty line sets one up.");
    fake_free(fake);
}

static void
test_msg_and_query(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/msg #coop hi", NULL);
    scene_assert_calls(scene, "send #coop text hi|");
    host_done(scene->host, scene->op, NULL, 0);
    scene_input(scene, "#coop", "/msg maria are you  there?", NULL);
    scene_assert_calls(scene, "open maria|");
    op_id op = scene->op;
    scene_add_buffer(scene, "maria", BUFFER_DIRECT);
    host_done(scene->host, op, NULL, 0);
    scene_settle(scene);
    scene_assert_calls(scene, "send maria text are you  there?|");
    g_assert_cmpint(scene->shown, ==, 0);

    scene_input(scene, "#coop", "/query maria", NULL);
    g_assert_cmpint(scene->shown, ==, scene_buffer(scene, "maria")->id);
    scene_assert_calls(scene, "");
    scene_input(scene, "#coop", "/query nobody hello", NULL);
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "Nobody has that name.");
    host_failed(scene->host, scene->op, error);
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_cmpstr(said, ==, "Not sent: hello");
    scene_input(scene, "#coop", "/query later hello", NULL); /* weft ends before the answer */
    scene->refuse = true;
    scene_input(scene, "#coop", "/query other hello", "The driver refuses.");
    scene_input(scene, "#coop", "/notice maria hi", capability_lack(CAP_NOTICE));
    scene_free(scene);
}

static void
test_driver_commands(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/kick rude  go away", NULL);
    scene_assert_calls(scene, "kick in #coop: rude/go away|");
    scene_input(scene, "#coop", "/KICK rude", NULL);
    scene_assert_calls(scene, "kick in #coop: rude|");
    scene_input(scene, "#coop", "/kick", "Something is missing: /kick NICK [REASON]");
    scene_input(scene, "#coop", "/names", NULL);
    scene_assert_calls(scene, "names in #coop: |");
    scene_input(scene, "#coop", "/names x", "/names takes nothing behind it.");
    scene_input(scene, "#coop", "/topic new one", NULL);
    scene_input(scene, "#coop", "/away", NULL);
    scene_input(scene, "#coop", "/away lunch now", NULL);
    scene_input(scene, "#coop", "/raw LIST >20", NULL);
    scene_assert_calls(scene, "topic #coop new one|away -|away lunch now|raw LIST >20|");
    g_autoptr(GError) error = NULL;
    g_autofree char *help = command_help(
        session_of_buffer(scene->core, scene_buffer(scene, "#coop")->id), "kick", &error);
    g_assert_cmpstr(help, ==,
                    "/kick NICK [REASON]\nRemoves someone.\nAlso: /x /ki\nFor example: /kick rude");
    scene_input(scene, "#coop", "/disconnect", NULL);
    g_string_truncate(scene->calls, 0);
    scene_input(scene, "#coop", "/kick rude",
                "libera is not connected (offline). Try again when it is, or use /connect.");
    scene_assert_calls(scene, "");
    scene_input(scene, "weft", "/connect libera", NULL);
    scene_assert_calls(scene, "connect|");
    scene_input(scene, "weft", "/connect libra", "There is no account libra. Did you mean libera?");
    scene_free(scene);
}

static void
test_going_about(void)
{
    struct scene *scene = scene_new();
    const struct buffer *coop = scene_buffer(scene, "#coop");
    g_autofree char *number = g_strdup_printf("/go %d", coop->number);

    static const char *const ways[] = {"/go libera/#coop", "/go LIBERA/#Coop"};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        scene->shown = 0;
        scene_input(scene, "weft", ways[i], NULL);
        g_assert_cmpint(scene->shown, ==, coop->id);
    }
    scene->shown = 0;
    scene_input(scene, "weft", number, NULL);
    g_assert_cmpint(scene->shown, ==, coop->id);
    scene->shown = 0;
    scene_input(scene, "#coop", "/go #coop", NULL);
    g_assert_cmpint(scene->shown, ==, coop->id);
    scene_input(scene, "weft", "/go libera/#cop",
                "No open buffer has the address libera/#cop. Did you mean libera/#coop?");
    scene_input(scene, "weft", "/quit", NULL);
    g_assert_cmpuint(scene->n_quit, ==, 1);
    scene_input(scene, "weft", "/help", NULL);
    scene_input(scene, "weft", "/help /join", NULL);
    g_autofree char *help = scene_last(scene, "weft");
    g_assert_true(g_str_has_prefix(help, "/join NAME [KEY]\nJoins a channel"));
    scene_input(scene, "#coop", "/retry", "No message of this buffer waits for a decision.");
    scene_free(scene);
}

static void
test_retry_and_drop(void)
{
    struct scene *scene = scene_new();
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "Not now.");

    scene_input(scene, "#coop", "one", NULL);
    host_failed(scene->host, scene->op, error);
    scene_settle(scene);
    scene_assert_calls(scene, "send #coop text one|");
    scene_input(scene, "#coop", "/retry", NULL);
    scene_assert_calls(scene, "send #coop text one|");
    host_failed(scene->host, scene->op, error);
    scene_settle(scene);
    scene_input(scene, "#coop", "/drop", NULL);
    scene_input(scene, "#coop", "/drop", "No message of this buffer waits for a decision.");
    scene_free(scene);
}

static void
test_set(void)
{
    struct scene *scene = scene_new();
    g_autofree char *wanted = g_strdup_printf("look.theme: written to %s.", scene->override_file);

    scene_input(scene, "#coop", "/set look.theme light", NULL);
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_cmpstr(said, ==, wanted);
    g_assert_cmpuint(scene->n_config, ==, 1);
    scene_input(scene, "#coop", "/set look.theme", NULL);
    g_autofree char *shown = scene_last(scene, "#coop");
    g_assert_true(g_str_has_prefix(shown, "look.theme = light\n"));
    scene_input(scene, "#coop", "/set buffer.libera/#coop.notify none", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_NONE);
    scene_input(scene, "#coop", "/unset buffer.libera/#coop.notify", NULL);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_MENTIONS);
    scene_input(scene, "#coop", "/set account.libera.nick kai_", NULL);
    scene_input(scene, "#coop", "/set", NULL);
    g_autofree char *all = scene_last(scene, "#coop");
    g_assert_nonnull(strstr(all, "look.theme = light\n"));
    g_assert_nonnull(strstr(all,
                            "\naccount.libera.nick = kai_\naccount.libera.password = (asked for)\n"
                            "account.libera.join = #coop"));
    scene_input(scene, "#coop", "/set look.theem dark",
                "theem is not a key of this section. Did you mean theme?");
    scene_input(scene, "#coop", "/set theme dark",
                "A setting looks like look.theme, account.NAME.nick or buffer.ADDRESS.notify.");
    scene_input(scene, "#coop", "/set look.nothing",
                "There is no setting look.nothing. /set alone lists what there is.");
    scene_input(scene, "#coop", "/account", NULL);
    g_autofree char *accounts = scene_last(scene, "#coop");
    g_assert_cmpstr(accounts, ==, "libera (net): online as kai");
    scene_free(scene);
}

/* The number is kept over a restart, and so is the level, which stands in override.conf. */
static void
test_move_and_mute(void)
{
    struct scene *scene = scene_new();

    scene_add_buffer(scene, "#jobs", BUFFER_CHANNEL);
    scene_add_buffer(scene, "#tea", BUFFER_CHANNEL);
    g_assert_cmpint(scene_buffer(scene, "#tea")->number, ==, 3);
    scene_input(scene, "#tea", "/move 1", NULL);
    g_autofree char *said = scene_last(scene, "#tea");
    g_assert_cmpstr(said, ==, "#tea has the number 1 now, and #coop, which had it, 3.");
    const GPtrArray *buffers = core_buffers(scene->core);
    const struct buffer *first = buffers->pdata[2], *last = buffers->pdata[4];
    g_assert_cmpstr(first->name, ==, "#tea");
    g_assert_cmpstr(last->name, ==, "#coop");
    g_assert_true(core_buffer_by_number(scene->core, 1) == first);
    g_assert_true(core_buffer_by_number(scene->core, 3) == last);
    g_autoptr(GPtrArray) stored = store_load_buffers(scene->store);
    for (guint i = 0; i < stored->len; i++) {
        const struct buffer *buffer = stored->pdata[i];
        g_assert_cmpint(buffer->number, ==, core_buffer(scene->core, buffer->id)->number);
    }
    scene_input(scene, "#tea", "/move 1", NULL);
    scene_input(scene, "#tea", "/move 4", "There is no number 4: they go from 1 to 3.");
    scene_input(scene, "#tea", "/move x", "A number is needed, as in /move 3.");
    scene_input(scene, "weft", "/move 1",
                "This buffer belongs to weft or to an account and has no number.");
    scene_add_buffer(scene, "#new", BUFFER_CHANNEL);
    g_assert_cmpint(scene_buffer(scene, "#new")->number, ==, 4);

    scene_input(scene, "#jobs", "/mute", NULL);
    g_assert_cmpint(scene_buffer(scene, "#jobs")->notify, ==, NOTIFY_NONE);
    scene_input(scene, "#jobs", "/mute", NULL);
    g_assert_cmpint(scene_buffer(scene, "#jobs")->notify, ==, NOTIFY_MENTIONS);
    scene_input(scene, "#jobs", "/set notify.level none", NULL);
    g_assert_cmpint(scene_buffer(scene, "#jobs")->notify, ==, NOTIFY_NONE);
    scene_input(scene, "#jobs", "/mute", NULL);
    g_assert_cmpint(scene_buffer(scene, "#jobs")->notify, ==, NOTIFY_MENTIONS);
    scene_input(scene, "#jobs", "/set buffer.libera/#jobs.notify", NULL);
    g_autofree char *level = scene_last(scene, "#jobs");
    g_assert_cmpstr(level, ==, "buffer.libera/#jobs.notify = mentions");
    scene_free(scene);
}

static void
test_small_ones(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/say /help", NULL);
    scene_assert_calls(scene, "send #coop text /help|");
    host_done(scene->host, scene->op, NULL, 0);
    scene_input(scene, "#coop", "/back", NULL);
    scene_assert_calls(scene, "away -|");
    scene_input(scene, "#coop", "/clear", NULL);
    scene_input(scene, "#coop", "/redraw", NULL);
    g_assert_cmpuint(scene->n_clear, ==, 1);
    g_assert_cmpuint(scene->n_redraw, ==, 1);
    scene_input(scene, "weft", "/about", NULL);
    g_autofree char *said = scene_last(scene, "weft");
    g_assert_true(g_str_has_prefix(said, "This is weft "));
    scene_input(scene, "#coop", "/part #nosuch",
                "There is no channel #nosuch here. A text that begins so needs its channel before "
                "it.");
    scene_input(scene, "#coop", "/t #nosuch x",
                "There is no channel #nosuch here. A text that begins so needs its channel before "
                "it.");
    scene_input(scene, "#coop", "/t #coop #1 first", NULL);
    scene_assert_calls(scene, "topic #coop #1 first|");
    scene_input(scene, "#coop", "/ki rude", NULL);
    scene_assert_calls(scene, "kick in #coop: rude|");
    scene_input(scene, "#coop", "/help", NULL);
    g_autofree char *help = scene_last(scene, "#coop");
    g_assert_nonnull(strstr(help, "\nConversations:\n  /join /part "));
    g_assert_nonnull(strstr(help, "\nNet:\n  /kick /names"));
    scene_free(scene);
}

void
test_command_add(void)
{
    g_test_add_func("/command/long-unknown-name", test_long_unknown_name);
    g_test_add_func("/command/split", test_split);
    g_test_add_func("/command/move-and-mute", test_move_and_mute);
    g_test_add_func("/command/small-ones", test_small_ones);
    g_test_add_func("/command/text-and-slashes", test_text_and_slashes);
    g_test_add_func("/command/to-server", test_to_server);
    g_test_add_func("/command/join-and-part", test_join_and_part);
    g_test_add_func("/command/own-buffer", test_own_buffer);
    g_test_add_func("/command/which-account", test_which_account);
    g_test_add_func("/command/no-account", test_no_account);
    g_test_add_func("/command/msg-and-query", test_msg_and_query);
    g_test_add_func("/command/driver-commands", test_driver_commands);
    g_test_add_func("/command/going-about", test_going_about);
    g_test_add_func("/command/retry-and-drop", test_retry_and_drop);
    g_test_add_func("/command/set", test_set);
}
