#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "core/config.h"
#include "core/config_read.h"
#include "core/core.h"
#include "core/options.h"
#include "tests/support/scratch.h"
#include "tests/unit/core/tests.h"

static const struct option_row net_rows[] = {
    {.name = "server", .type = OPTION_TEXT, .required = true, .help = "Where.", .example = "a:1"},
    {.name = "nick", .type = OPTION_TEXT, .fallback = "me"},
    {.name = "tls", .type = OPTION_CHOICE, .choices = "on starttls off", .fallback = "on"},
    {.name = "tls_ca", .type = OPTION_PATH},
    {.name = "join", .type = OPTION_TEXT, .repeatable = true},
    {.name = "password", .type = OPTION_SECRET},
    {0},
};

/* Values that are good each, but not together. */
static bool
net_check(const struct options *options, GError **error)
{
    if (g_strcmp0(options_text(options, "nick"), "root") != 0 ||
        g_strcmp0(options_text(options, "tls"), "off") != 0)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "Not root without TLS.");
    return false;
}

static const struct driver net_driver = {
    .name = "net", .title = "Net", .options = net_rows, .check = net_check};
static const struct network networks[] = {{.name = "net", .driver = &net_driver}, {0}};

struct fixture {
    char *folder;
    char *file;
    char *override_file;
    struct config *config;
};

static void
put(const char *path, const char *text)
{
    g_assert_true(file_write_atomic(path, text, strlen(text), NULL));
}

static void
fixture_load(struct fixture *fixture, const char *text, const char *override_text)
{
    if (!fixture->folder) {
        fixture->folder = scratch_new();
        fixture->file = g_build_filename(fixture->folder, "weft.conf", NULL);
        fixture->override_file = g_build_filename(fixture->folder, "override.conf", NULL);
    }
    put(fixture->file, text);
    if (override_text)
        put(fixture->override_file, override_text);
    config_free(fixture->config);
    fixture->config = config_load_file(fixture->file, fixture->override_file, networks);
}

static void
fixture_clear(struct fixture *fixture)
{
    config_free(fixture->config);
    scratch_free(fixture->folder);
    g_free(fixture->file);
    g_free(fixture->override_file);
}

/* The problems as lines, without the folder's name. */
static void
assert_problems(const struct fixture *fixture, const char *wanted)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *folder = g_strconcat(fixture->folder, "/", NULL);
    int status = config_check_print(fixture->config, out);

    g_string_replace(out, folder, "", 0);
    g_string_truncate(out, out->len - 1);
    char *last = strrchr(out->str, '\n');
    g_string_truncate(out, last ? (size_t)(last - out->str) + 1 : 0);
    g_assert_cmpstr(out->str, ==, wanted);
    g_assert_cmpint(status, ==, strstr(wanted, "error:") ? 1 : 0);
    g_assert_true(config_has_errors(fixture->config) == (status == 1));
}

static void
test_everything(void)
{
    struct fixture fixture = {0};
    const struct options *options;

    fixture_load(
        &fixture,
        "[look]\ntheme = light\nsidebar = off\n"
        "[account a]\nnetwork = net\nserver = x:1\nlabel = Tool Lib\njoin = #b\njoin = #a\n"
        "tls_ca = ca.pem\npassword_cmd = pass show a\n"
        "[account b]\nnetwork = net\nserver = y:1\nconnect = off\n"
        "[notify]\nlevel = none\n"
        "[buffer a/#B]\nnotify = all\n[buffer  a/sp\\ ace/x\\/y ]\nnotify = mentions\n",
        NULL);
    assert_problems(&fixture, "");
    g_assert_cmpstr(config_text(fixture.config, "look", "theme"), ==, "light");
    g_assert_false(config_bool(fixture.config, "look", "sidebar"));
    g_assert_cmpint(config_number(fixture.config, "look", "max_width"), ==, 100);
    g_assert_cmpuint(config_n_accounts(fixture.config), ==, 2);
    g_assert_cmpstr(config_account_name(fixture.config, 0), ==, "a");
    g_assert_cmpstr(config_account_network(fixture.config, 1), ==, "net");
    options = config_account_options(fixture.config, "a");
    g_assert_cmpstr(options_text(options, "label"), ==, "Tool Lib");
    g_assert_cmpstr(options_text(options, "nick"), ==, "me");
    g_assert_cmpstr(options_list(options, "join")[1], ==, "#a");
    g_autofree char *ca = g_build_filename(fixture.folder, "ca.pem", NULL);
    g_assert_cmpstr(options_text(options, "tls_ca"), ==, ca);
    g_assert_false(options_bool(config_account_options(fixture.config, "b"), "connect"));
    g_assert_null(config_account_options(fixture.config, "c"));
    g_assert_cmpint(config_notify_level(fixture.config, "a/#b", BUFFER_CHANNEL, NULL), ==,
                    NOTIFY_ALL);
    g_assert_cmpint(config_notify_level(fixture.config, "a/sp\\ ace/x\\/y", BUFFER_CHANNEL, NULL),
                    ==, NOTIFY_MENTIONS);
    g_assert_cmpint(config_notify_level(fixture.config, "a/#c", BUFFER_CHANNEL, NULL), ==,
                    NOTIFY_NONE);
    fixture_clear(&fixture);
}

/* What only a driver or the screen can judge is a problem with a place as any other; the account
 * stays, for its history. */
static void
test_asked_above(void)
{
    struct fixture fixture = {0};

    fixture_load(&fixture,
                 "[account a]\nnetwork = net\nserver = x:1\nnick = root\n"
                 "[account b]\nnetwork = net\nserver = y:1\nnick = root\ntls = off\n"
                 "[keys]\nup = Ctrl-x\n",
                 NULL);
    assert_problems(&fixture, "weft.conf:5:1: error: Not root without TLS.\n");
    g_assert_cmpuint(config_n_accounts(fixture.config), ==, 2);
    g_assert_nonnull(config_account_options(fixture.config, "b"));
    config_complain(fixture.config, fixture.file, 11, 6, true, "There is no action \"up\".");
    assert_problems(&fixture, "weft.conf:5:1: error: Not root without TLS.\n"
                              "weft.conf:11:6: warning: There is no action \"up\".\n");
    fixture_clear(&fixture);
}

static void
test_empty(void)
{
    struct fixture fixture = {0};

    fixture_load(&fixture, "", NULL);
    assert_problems(&fixture, "");
    g_assert_cmpuint(config_n_accounts(fixture.config), ==, 0);
    g_assert_cmpstr(config_text(fixture.config, "look", "theme"), ==, "auto");
    g_assert_cmpint(config_notify_level(fixture.config, "a/b", BUFFER_CHANNEL, NULL), ==,
                    NOTIFY_MENTIONS);
    g_assert_cmpint(unlink(fixture.file), ==, 0);
    struct paths paths = {.config_file = fixture.file, .override_file = fixture.override_file};
    struct config *config = config_load(&paths, networks);
    g_assert_cmpuint(config_problems(config)->len, ==, 0);
    config_free(config);
    config = config_load_file(fixture.file, NULL, networks);
    g_assert_true(config_has_errors(config));
    config_free(config);
    fixture_clear(&fixture);
}

static void
test_unknown_names(void)
{
    struct fixture fixture = {0};

    fixture_load(
        &fixture,
        "[lok]\ntheme = x\n[look]\n themee = dark\n[acount a]\n"
        "[account]\n[weft x]\n[gateway jobs]\nleg = a/b inout\n"
        "[account a]\nnetwork = nett\nserver = x\n[account b]\nserver = x\n"
        "[account 12]\n[account weft]\n[account c]\nnetwork = net\nserver = x\nservre = y\n",
        NULL);
    assert_problems(
        &fixture,
        "weft.conf:1:1: error: [lok] is not a section of weft's. Did you mean look?\n"
        "weft.conf:4:2: error: themee is not a key of this section. Did you mean theme?\n"
        "weft.conf:5:1: error: [acount] is not a section of weft's. Did you mean account?\n"
        "weft.conf:6:1: error: This section needs a name: [account NAME]\n"
        "weft.conf:7:1: error: This section has no name of its own: [weft]\n"
        "weft.conf:8:1: error: A gateway joins at least two legs: leg = ACCOUNT/CHANNEL, twice or "
        "more often.\n"
        "weft.conf:11:11: error: This build of weft has no network of that name. Did you mean "
        "net?\n"
        "weft.conf:13:1: error: The account needs a line network = NAME.\n"
        "weft.conf:15:1: error: An account's name is one word of at most 64 bytes, without / \\ \" "
        "' [ ] =, not only digits, and not weft.\n"
        "weft.conf:16:1: error: An account's name is one word of at most 64 bytes, without / \\ \" "
        "' [ ] =, not only digits, and not weft.\n"
        "weft.conf:20:1: error: servre is not a key of this section. Did you mean server?\n");
    g_assert_cmpuint(config_n_accounts(fixture.config), ==, 0);
    fixture_clear(&fixture);
}

static void
test_bad_values(void)
{
    struct fixture fixture = {0};

    fixture_load(&fixture,
                 "[look]\nmax_width = wide\nsidebar = off\n[notify]\nlevel = mention\n"
                 "[account a]\nnetwork = net\ntls = of\nserver = x\n"
                 "[account b]\nnetwork = net\n[account good]\nnetwork = net\nserver = x\n"
                 "[buffer a//b]\nnotify = all\n[buffer a/b]\nnotify = some\n",
                 NULL);
    assert_problems(
        &fixture, "weft.conf:2:13: error: max_width must be a whole number from 20 to 1000.\n"
                  "weft.conf:5:9: error: level must be one of: all, mentions, none. Did you mean "
                  "mentions?\n"
                  "weft.conf:8:7: error: tls must be one of: on, starttls, off. Did you mean off?\n"
                  "weft.conf:10:1: error: server is missing. Where. For example: server = a:1\n"
                  "weft.conf:15:1: error: This is no buffer's address: a part of it is empty; it "
                  "looks like account/name.\n"
                  "weft.conf:18:10: error: notify must be one of: all, mentions, none.\n");
    /* What is right works all the same. */
    g_assert_false(config_bool(fixture.config, "look", "sidebar"));
    g_assert_cmpint(config_number(fixture.config, "look", "max_width"), ==, 100);
    g_assert_cmpuint(config_n_accounts(fixture.config), ==, 1);
    g_assert_cmpstr(config_account_name(fixture.config, 0), ==, "good");
    fixture_clear(&fixture);
}

static void
test_twice(void)
{
    struct fixture fixture = {0};
    g_autofree char *other = NULL;

    fixture_load(&fixture, "", NULL);
    other = g_build_filename(fixture.folder, "other.conf", NULL);
    put(other, "[look]\ntheme = dark\n");
    fixture_load(&fixture,
                 "[weft]\ninclude = other.conf\n[look]\ntheme = light\n"
                 "[account a]\nnetwork = net\nserver = x\nserver = y\njoin = #a\njoin = #a\n"
                 "[account b]\nnetwork = net\nserver = x\n[account b]\npassword = hunter2\n"
                 "password_env = X\n[keys]\nnone = Ctrl-x\nnone = Ctrl-y\n",
                 NULL);
    g_autofree char *wanted = g_strdup_printf(
        "weft.conf:4:1: error: theme is given again; line 2 of %s has it first. Keep one of the "
        "two.\n"
        "weft.conf:8:1: error: server is given again; line 7 has it first. Keep one of the two.\n"
        "weft.conf:15:1: warning: password stands here for everyone to read who gets this file. "
        "password_cmd, password_file or password_env keep it elsewhere.\n"
        "weft.conf:16:1: error: password_env and password (line 15) both say where the same secret "
        "is. Keep one of the two.\n",
        "other.conf");
    assert_problems(&fixture, wanted);
    g_assert_cmpstr(config_text(fixture.config, "look", "theme"), ==, "dark");
    fixture_clear(&fixture);
}

static void
collect_key(void *user, const struct config_key *key)
{
    g_autofree char *base = g_path_get_basename(key->file);
    g_string_append_printf(user, "%s=%s %s:%d:%d:%d%s\n", key->action, key->keys, base, key->line,
                           key->action_column, key->keys_column, key->override ? " over" : "");
}

static void
test_keys(void)
{
    struct fixture fixture = {0};
    g_autoptr(GString) got = g_string_new(NULL);

    fixture_load(&fixture, "[keys]\ngo = Alt-=\nnone = Ctrl-x\nnone = Alt-x\nhelp = F1\n",
                 "[keys]\nhelp = F2\n");
    assert_problems(&fixture, "weft.conf:5:1: note: This does not count: line 2 of override.conf "
                              "says otherwise.\n");
    config_each_key(fixture.config, collect_key, got);
    g_assert_cmpstr(got->str, ==,
                    "go=Alt-= weft.conf:2:1:6\nnone=Ctrl-x weft.conf:3:1:8\n"
                    "none=Alt-x weft.conf:4:1:8\nhelp=F2 override.conf:2:1:8 over\n");
    fixture_clear(&fixture);
}

static void
test_override(void)
{
    struct fixture fixture = {0};
    const char *text = "[look]\ntheme = light\n[account a]\nnetwork = net\nserver = x\njoin = #a\n"
                       "join = #b\npassword_cmd = pass\n";

    fixture_load(&fixture, text,
                 "[look]\ntheme = dark\n[account a]\njoin = #c\npassword_env = X\n");
    assert_problems(&fixture,
                    "weft.conf:2:1: note: This does not count: line 2 of override.conf says "
                    "otherwise.\n"
                    "weft.conf:6:1: note: This does not count: line 4 of override.conf says "
                    "otherwise.\n"
                    "weft.conf:7:1: note: This does not count: line 4 of override.conf says "
                    "otherwise.\n"
                    "weft.conf:8:1: note: This does not count: line 5 of override.conf says "
                    "otherwise.\n");
    g_assert_cmpstr(config_text(fixture.config, "look", "theme"), ==, "dark");
    const struct options *options = config_account_options(fixture.config, "a");
    g_assert_cmpstr(options_list(options, "join")[0], ==, "#c");
    g_assert_null(options_list(options, "join")[1]);
    g_assert_cmpstr(options_text(options, "server"), ==, "x");

    fixture_load(&fixture, text, "[look]\ntheme = dark\ntheme = light\n[weft]\ninclude = x\n");
    assert_problems(&fixture,
                    "override.conf:5:1: error: include has no place in this file. Put it "
                    "into weft.conf.\n"
                    "override.conf:3:1: error: theme is given again; line 2 has it first. "
                    "Keep one of the two.\n"
                    "weft.conf:2:1: note: This does not count: line 2 of override.conf says "
                    "otherwise.\n");
    fixture_clear(&fixture);
}

static char *
contents(const char *path)
{
    char *text = file_read(path, 1000000, NULL, NULL);
    return text ? text : g_strdup("(none)");
}

static void
assert_set(struct fixture *fixture, const char *section, const char *key, const char *value,
           const char *refusal)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = contents(fixture->override_file);
    bool done = config_set(fixture->config, section, key, value, &error);
    g_autofree char *after = contents(fixture->override_file);

    g_assert_cmpstr(error ? error->message : NULL, ==, refusal);
    g_assert_true(done == !refusal);
    if (refusal)
        g_assert_cmpstr(before, ==, after);
}

static void
test_set(void)
{
    struct fixture fixture = {0};
    const char *text = "[look]\ntheme = light\n[account a]\nnetwork = net\nserver = x\n";
    struct stat st;

    fixture_load(&fixture, text, NULL);
    const struct options *options = options_ref(config_account_options(fixture.config, "a"));
    const char *server = options_text(options, "server");
    assert_set(&fixture, "look", "theme", "dark", NULL);
    assert_set(&fixture, "look", "max_width", "80", NULL);
    assert_set(&fixture, "look", "max_width", "90", NULL);
    assert_set(&fixture, "account a", "nick", " kai\"", NULL);
    assert_set(&fixture, "buffer a/x\\ y", "notify", "all", NULL);
    assert_set(&fixture, "keys", "go", "Alt-=", NULL);
    g_assert_cmpstr(config_text(fixture.config, "look", "theme"), ==, "dark");
    g_assert_cmpint(config_number(fixture.config, "look", "max_width"), ==, 90);
    g_assert_cmpstr(options_text(config_account_options(fixture.config, "a"), "nick"), ==,
                    " kai\"");
    g_assert_cmpint(config_notify_level(fixture.config, "a/x\\ y", BUFFER_CHANNEL, NULL), ==,
                    NOTIFY_ALL);
    /* A session that runs still looks at what it was opened with. */
    g_assert_cmpstr(server, ==, "x");
    g_assert_cmpstr(options_text(options, "nick"), ==, "me");
    options_unref(options);

    g_autofree char *written = contents(fixture.override_file);
    g_assert_nonnull(strstr(written, "[look]\ntheme = dark\nmax_width = 90\n"));
    g_assert_nonnull(strstr(written, "[account a]\nnick = \" kai\"\"\n"));
    g_assert_cmpint(stat(fixture.override_file, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
    assert_problems(&fixture, "weft.conf:2:1: note: This does not count: line 5 of override.conf "
                              "says otherwise.\n");

    assert_set(&fixture, "look", "theme", NULL, NULL);
    g_assert_cmpstr(config_text(fixture.config, "look", "theme"), ==, "light");
    assert_set(&fixture, "look", "theme", NULL, NULL);
    assert_set(&fixture, "account a", "nick", NULL, NULL);
    g_autofree char *later = contents(fixture.override_file);
    g_assert_null(strstr(later, "account"));
    g_autofree char *users = contents(fixture.file);
    g_assert_cmpstr(users, ==, text);
    fixture_clear(&fixture);
}

/* weft is shown to this machine alone. */
static void
test_listen(void)
{
    static const char *const bad[] = {"0.0.0.0:9180",    "9180",          "127.0.0.1:0",
                                      "127.0.0.1:65536", "127.0.0.1:",    "127.0.0.1:9x",
                                      "[::]:9180",       "example.org:80"};
    uint16_t port = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct fixture fixture = {0};
        g_autofree char *text = g_strdup_printf("[relay]\nlisten = %s\n", bad[i]);
        fixture_load(&fixture, text, NULL);
        assert_problems(&fixture,
                        "weft.conf:2:10: error: This must be 127.0.0.1:PORT: weft is shown to this "
                        "machine alone. To show it to others put a web server before it.\n");
        g_assert_null(config_text(fixture.config, "relay", "listen"));
        g_assert_false(config_read_listen(bad[i], &port));
        fixture_clear(&fixture);
    }
    struct fixture fixture = {0};
    fixture_load(&fixture, "[relay]\nlisten = 127.0.0.1:9180\n", NULL);
    assert_problems(&fixture, "");
    g_assert_true(config_read_listen(config_text(fixture.config, "relay", "listen"), &port));
    g_assert_cmpuint(port, ==, 9180);
    assert_set(&fixture, "relay", "listen", "127.0.0.1:1",
               "listen can only be changed in weft.conf.");
    fixture_clear(&fixture);
}

static void
test_set_refusals(void)
{
    struct fixture fixture = {0};

    fixture_load(&fixture, "[account a]\nnetwork = net\nserver = x\n", NULL);
    assert_set(&fixture, "look", "theem", "dark",
               "theem is not a key of this section. Did you mean theme?");
    assert_set(&fixture, "look", "theem", NULL,
               "theem is not a key of this section. Did you mean theme?");
    assert_set(&fixture, "look", "max_width", "1",
               "max_width must be a whole number from 20 to 1000.");
    assert_set(&fixture, "loook", "x", "1", "[loook] is not a section of weft's.");
    assert_set(&fixture, "look x", "theme", "1", "[look] has no name of its own.");
    assert_set(&fixture, "account", "nick", "1", "[account NAME] needs a name.");
    assert_set(&fixture, "account b", "nick", "1", "There is no account b in the configuration.");
    assert_set(&fixture, "account a", "network", "net",
               "network can only be changed in weft.conf.");
    assert_set(&fixture, "weft", "include", "x", "include can only be changed in weft.conf.");
    assert_set(&fixture, "account a", "password", "hunter2",
               "A secret is not set this way: it would stand in a file. Use password_cmd, "
               "password_file or password_env.");
    assert_set(&fixture, "account a", "nick", "a\n[account b]",
               "The value holds a control character.");
    assert_set(&fixture, "account a", "nick", "\xff", "The value is not valid UTF-8.");
    assert_set(&fixture, "keys", "a b", "F1", "An action's name is one word.");
    assert_set(&fixture, "buffer a/\nb", "notify", "all",
               "This is no buffer's address: it holds a control character.");

    put(fixture.override_file, "[look\n");
    g_autofree char *wanted = g_strdup_printf(
        "%s:1:6: A section's line ends with ']'. A comment needs a line of its own. "
        "Nothing was written: mend or remove that line first.",
        fixture.override_file);
    assert_set(&fixture, "look", "theme", "dark", wanted);
    fixture_clear(&fixture);
}

static void
test_account_section(void)
{
    struct fixture fixture = {0};
    g_autoptr(GError) error = NULL;

    fixture_load(&fixture, "[account a]\nnetwork = net\nserver = x\n", NULL);
    g_autofree char *text = config_account_section(
        fixture.config, "b", "net", "server = y:1\nnick=\" k\"\njoin = #a\njoin = #b\n", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==,
                    "[account b]\nnetwork = net\nserver = y:1\nnick = \" k\"\njoin = #a\n"
                    "join = #b\n");
    g_assert_null(config_account_section(fixture.config, "a", "net", "server = y\n", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT);
    g_clear_error(&error);
    static const struct {
        const char *name, *network, *options;
    } bad[] = {{"b c", "net", "server = y\n"},
               {"b]", "net", "server = y\n"},
               {"b", "nett", "server = y\n"},
               {"b", "net", ""},
               {"b", "net", "server = y\nx\n"},
               {"b", "net", "server = y\n[look]\n"},
               {"b", "net", "server = y\nnetwork = net\n"},
               {"b\n", "net", "server = y\n"}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_null(config_account_section(fixture.config, bad[i].name, bad[i].network,
                                             bad[i].options, &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_clear_error(&error);
    }
    fixture_clear(&fixture);
}

static void
test_append(void)
{
    struct fixture fixture = {0};
    g_autoptr(GError) error = NULL;
    const char *added = "[account b]\nnetwork = net\nserver = y\n";

    fixture_load(&fixture, "# mine\n[account a]\nnetwork = net\nserver = x", NULL);
    const struct options *options = config_account_options(fixture.config, "a");
    g_assert_true(config_append_section(fixture.config, added, &error));
    g_assert_no_error(error);
    g_autofree char *text = contents(fixture.file);
    g_assert_cmpstr(text, ==,
                    "# mine\n[account a]\nnetwork = net\nserver = x\n\n"
                    "[account b]\nnetwork = net\nserver = y\n");
    g_assert_cmpuint(config_n_accounts(fixture.config), ==, 2);
    g_assert_true(config_account_options(fixture.config, "a") == options);
    g_assert_false(config_append_section(fixture.config, added, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(config_append_section(fixture.config, "[account c]\nnet\n", &error));
    g_assert_cmpstr(error->message, ==,
                    "Line 2 of these lines: A key is one word, and '=' follows it: key = value");
    g_autofree char *same = contents(fixture.file);
    g_assert_cmpstr(text, ==, same);
    fixture_clear(&fixture);
}

/* The user's file may be a link into a folder of dotfiles; the first account makes file and folder.
 */
static void
test_append_link_and_new(void)
{
    char *folder = scratch_new();
    g_autofree char *real = g_build_filename(folder, "dotfiles.conf", NULL);
    g_autofree char *link = g_build_filename(folder, "weft.conf", NULL);
    g_autofree char *deep = g_build_filename(folder, "new", "weft", "weft.conf", NULL);
    g_autoptr(GError) error = NULL;
    struct stat st;

    put(real, "# dots\n");
    g_assert_cmpint(chmod(real, 0644), ==, 0);
    g_assert_cmpint(symlink("dotfiles.conf", link), ==, 0);
    struct config *config = config_load_file(link, NULL, networks);
    g_assert_true(config_append_section(config, "[look]\ntheme = dark\n", &error));
    g_assert_no_error(error);
    g_assert_cmpint(lstat(link, &st), ==, 0);
    g_assert_true(S_ISLNK(st.st_mode));
    g_assert_cmpint(stat(real, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0644);
    g_autofree char *text = contents(real);
    g_assert_cmpstr(text, ==, "# dots\n\n[look]\ntheme = dark\n");
    config_free(config);

    struct paths paths = {.config_file = deep};
    config = config_load(&paths, networks);
    g_assert_true(config_append_section(config, "[look]\ntheme = dark\n", &error));
    g_assert_cmpint(stat(deep, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
    g_assert_false(config_set(config, "look", "theme", "dark", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    config_free(config);
    scratch_free(folder);
}

static void
test_include_values(void)
{
    struct fixture fixture = {0};
    g_autofree char *other = NULL;

    fixture_load(&fixture, "", NULL);
    g_autofree char *sub = g_build_filename(fixture.folder, "sub", NULL);
    g_assert_true(file_make_private_dir(sub, NULL));
    other = g_build_filename(sub, "accounts.conf", NULL);
    put(other, "[account a]\nnetwork = net\nserver = x\ntls_ca = ca.pem\n");
    fixture_load(&fixture, "[weft]\ninclude = sub/accounts.conf\n[account a]\njoin = #a\n", NULL);
    assert_problems(&fixture, "");
    const struct options *options = config_account_options(fixture.config, "a");
    g_autofree char *ca = g_build_filename(sub, "ca.pem", NULL);
    g_assert_cmpstr(options_text(options, "tls_ca"), ==, ca);
    g_assert_cmpstr(options_list(options, "join")[0], ==, "#a");
    fixture_clear(&fixture);
}

static void
test_paths(void)
{
    g_autoptr(GError) error = NULL;

    g_setenv("WEFT_HOME", "/w", TRUE);
    struct paths *paths = paths_new(NULL, &error);
    g_assert_cmpstr(paths->config_file, ==, "/w/weft.conf");
    g_assert_cmpstr(paths->override_file, ==, "/w/override.conf");
    g_assert_cmpstr(paths->data_dir, ==, "/w/data");
    g_assert_cmpstr(paths->log_file, ==, "/w/state/weft.log");
    g_assert_cmpstr(paths->cache_dir, ==, "/w/cache");
    g_assert_cmpstr(paths->run_dir, ==, "/w/run");
    paths_free(paths);
    paths = paths_new("work", &error);
    g_assert_cmpstr(paths->config_file, ==, "/w/profiles/work/weft.conf");
    paths_free(paths);
    g_unsetenv("WEFT_HOME");

    g_setenv("XDG_CONFIG_HOME", "/c", TRUE);
    g_setenv("XDG_DATA_HOME", "relative", TRUE);
    g_setenv("XDG_STATE_HOME", "/s", TRUE);
    g_setenv("XDG_CACHE_HOME", "/k", TRUE);
    g_unsetenv("XDG_RUNTIME_DIR");
    g_autofree char *data = g_build_filename(g_get_home_dir(), ".local/share/weft", NULL);
    paths = paths_new(NULL, &error);
    g_assert_cmpstr(paths->config_file, ==, "/c/weft/weft.conf");
    g_assert_cmpstr(paths->data_dir, ==, data);
    g_assert_cmpstr(paths->log_file, ==, "/s/weft/weft.log");
    g_assert_cmpstr(paths->cache_dir, ==, "/k/weft");
    g_assert_cmpstr(paths->run_dir, ==, "/k/weft/run");
    paths_free(paths);
    g_setenv("XDG_RUNTIME_DIR", "/r", TRUE);
    paths = paths_new("w-2", &error);
    g_assert_cmpstr(paths->run_dir, ==, "/r/weft/profiles/w-2");
    g_assert_cmpstr(paths->config_dir, ==, "/c/weft/profiles/w-2");
    paths_free(paths);

    static const char *const bad[] = {"", "..", "a/b", "a b", "\u00e9", "a.b"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_null(paths_new(bad[i], &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_clear_error(&error);
    }
}

void
test_config_add(void)
{
    g_test_add_func("/config/everything", test_everything);
    g_test_add_func("/config/asked-above", test_asked_above);
    g_test_add_func("/config/empty", test_empty);
    g_test_add_func("/config/unknown-names", test_unknown_names);
    g_test_add_func("/config/bad-values", test_bad_values);
    g_test_add_func("/config/twice", test_twice);
    g_test_add_func("/config/keys", test_keys);
    g_test_add_func("/config/override", test_override);
    g_test_add_func("/config/set", test_set);
    g_test_add_func("/config/set-refusals", test_set_refusals);
    g_test_add_func("/config/listen", test_listen);
    g_test_add_func("/config/account-section", test_account_section);
    g_test_add_func("/config/append", test_append);
    g_test_add_func("/config/append-link-and-new", test_append_link_and_new);
    g_test_add_func("/config/include-values", test_include_values);
    g_test_add_func("/config/paths", test_paths);
}
