#include <string.h>

#include "base/error.h"
#include "core/config_priv.h"
#include "core/core_priv.h"
#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

static void
write_config(struct scene *scene, const char *text)
{
    g_assert_true(g_file_set_contents(scene->file, text, -1, NULL));
}

/* Reloads; asserts the outcome, and that what is told holds `part`. */
static void
reload(struct scene *scene, bool good, const char *part)
{
    g_autofree char *text = NULL;
    bool done = core_reload(scene->core, &text);

    scene_settle(scene);
    g_test_message("%s", text);
    g_assert_true(done == good);
    if (!strstr(text, part))
        g_error("\"%s\" is not in \"%s\"", part, text);
}

#define LIBERA "[account libera]\nnetwork = net\njoin = #coop\n"

static void
test_nothing(void)
{
    struct scene *scene = scene_new();

    reload(scene, true, "Nothing is different.");
    write_config(scene, "# the same\n[account libera]\njoin = #coop\nnetwork = net\n");
    reload(scene, true, "Nothing is different.");
    scene_assert_calls(scene, "");
    g_assert_true(scene_buffer(scene, "#coop")->joined);
    scene_free(scene);
}

static void
test_errors_change_nothing(void)
{
    struct scene *scene = scene_new();
    g_autofree char *place = g_strdup_printf("%s:5:1: theem is not a key", scene->file);

    write_config(scene, "[account libera]\nnetwork = net\nnick = other\n[look]\ntheem = x\n"
                        "max_width = 50\n[account new]\nnetwork = net\n");
    reload(scene, false, place);
    scene_assert_calls(scene, "");
    g_assert_cmpint(config_number(core_config(scene->core), "look", "max_width"), ==, 100);
    g_assert_cmpuint(core_accounts(scene->core)->len, ==, 1);
    g_assert_cmpuint(scene->n_config, ==, 0);
    scene_input(scene, "#coop", "/reload", NULL);
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_nonnull(strstr(said, place));
    write_config(scene, "[account libera]\nnetwork = net\n[ignore]\nrule = x nonsense\n");
    reload(scene, false, ":4:8: A rule is MASK");
    scene_free(scene);
}

static void
test_look_follows(void)
{
    struct scene *scene = scene_new();

    write_config(scene, LIBERA "[look]\nmax_width = 50\n[keys]\ngo = Ctrl-g\n"
                               "[buffer libera/#coop]\nnotify = none\n[ignore]\nrule = troll\n");
    reload(scene, true, "In force now: look, keys, notify levels, ignore rules.");
    g_assert_cmpuint(scene->n_config, ==, 1);
    g_assert_cmpint(config_number(core_config(scene->core), "look", "max_width"), ==, 50);
    g_assert_cmpint(scene_buffer(scene, "#coop")->notify, ==, NOTIFY_NONE);
    scene_assert_calls(scene, "");
    scene_free(scene);
}

/* A new nick says goodbye and comes back with it; a label does not. */
static void
test_changed_account(void)
{
    struct scene *scene = scene_new();
    int64_t id = core_account_by_name(scene->core, "libera")->id;

    write_config(scene, LIBERA "label = Libera\n");
    reload(scene, true, "Another label: libera.");
    scene_assert_calls(scene, "");
    g_assert_cmpstr(core_account(scene->core, id)->label, ==, "Libera");
    reload(scene, true, "Nothing is different.");
    write_config(scene, LIBERA "label = Libera\nnick = kai_\n");
    reload(scene, true, "Connecting with what was changed: libera.");
    scene_assert_calls(scene, "disconnect|connect|");
    const struct session *session = session_of_account(scene->core, id);
    g_assert_cmpstr(options_text(session->options, "nick"), ==, "kai_");
    reload(scene, true, "Nothing is different.");
    scene_assert_calls(scene, "");
    scene_free(scene);
}

/* Who was disconnected by the person stays so, and has the new options at /connect. */
static void
test_disconnected_account(void)
{
    struct scene *scene = scene_new();
    int64_t id = core_account_by_name(scene->core, "libera")->id;

    scene_input(scene, "#coop", "/disconnect", NULL);
    scene_assert_calls(scene, "disconnect|");
    write_config(scene, LIBERA "nick = kai_\n");
    reload(scene, true, "Changed, and not connected: libera.");
    scene_assert_calls(scene, "");
    g_assert_cmpstr(options_text(session_of_account(scene->core, id)->options, "nick"), ==, "kai_");
    scene_input(scene, "#coop", "/connect", NULL);
    scene_assert_calls(scene, "connect|");
    scene_free(scene);
}

static void
test_added_and_removed(void)
{
    struct scene *scene = scene_new();
    int64_t libera = core_account_by_name(scene->core, "libera")->id;
    int64_t coop = scene_buffer(scene, "#coop")->id;
    struct page page = {0};

    scene_input(scene, "#coop", "a line that stays", NULL);
    g_string_truncate(scene->calls, 0);
    write_config(scene, "[account aaa]\nnetwork = net\n" LIBERA);
    reload(scene, true, "New: aaa.");
    scene_assert_calls(scene, "connect|");
    const struct account *first = core_accounts(scene->core)->pdata[0];
    g_assert_cmpstr(first->name, ==, "aaa");
    /* weft's own, then the accounts' buffers in the order of the file */
    const struct buffer *second = core_buffers(scene->core)->pdata[1];
    g_assert_cmpstr(second->name, ==, "aaa");

    write_config(scene, "[account aaa]\nnetwork = net\n");
    reload(scene, true, "Gone, with their history kept: libera.");
    scene_assert_calls(scene, "disconnect|");
    g_assert_cmpuint(core_accounts(scene->core)->len, ==, 1);
    g_assert_null(core_account(scene->core, libera));
    g_assert_null(core_buffer(scene->core, coop));
    g_assert_cmpuint(core_buffers(scene->core)->len, ==, 2);
    g_autoptr(GError) error = NULL;
    g_assert_false(core_input(scene->core, coop, "hello", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    core_show_buffer(scene->core, coop);
    g_assert_cmpuint(core_buffers(scene->core)->len, ==, 2);

    write_config(scene, LIBERA "nick = back\n[account aaa]\nnetwork = net\n");
    reload(scene, true, "New: libera.");
    scene_assert_calls(scene, "connect|");
    g_assert_cmpint(core_account_by_name(scene->core, "libera")->id, ==, libera);
    g_assert_cmpint(scene_buffer(scene, "#coop")->id, ==, coop);
    core_page_newest(scene->core, coop, 10, &page);
    g_assert_cmpuint(page.messages->len, ==, 1);
    page_clear(&page);
    first = core_accounts(scene->core)->pdata[0];
    g_assert_cmpstr(first->name, ==, "libera");
    scene_free(scene);
}

/* /set on an account waits for /reload, and says so; what the driver refuses is not written. */
static void
test_set_then_reload(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/set account.libera.nick kai_", NULL);
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_nonnull(strstr(said, "/reload connects libera anew with it."));
    scene_assert_calls(scene, "");
    scene_input(scene, "#coop", "/reload", NULL);
    scene_assert_calls(scene, "disconnect|connect|");
    scene_input(scene, "#coop", "/set account.libera.nick bad", "This driver wants no such nick.");
    g_assert_cmpstr(
        options_text(config_account_options(core_config(scene->core), "libera"), "nick"), ==,
        "kai_");
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(scene->override_file, &text, NULL, NULL));
    g_assert_null(strstr(text, "bad"));
    scene_free(scene);
}

void
test_reload_add(void)
{
    g_test_add_func("/reload/nothing", test_nothing);
    g_test_add_func("/reload/errors-change-nothing", test_errors_change_nothing);
    g_test_add_func("/reload/look-follows", test_look_follows);
    g_test_add_func("/reload/changed-account", test_changed_account);
    g_test_add_func("/reload/disconnected-account", test_disconnected_account);
    g_test_add_func("/reload/added-and-removed", test_added_and_removed);
    g_test_add_func("/reload/set-then-reload", test_set_then_reload);
}
