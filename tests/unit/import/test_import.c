/* import/import: what a matterbridge.toml becomes. The sample uses every option there is. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "core/config.h"
#include "core/gateway.h"
#include "import/import_priv.h"
#include "protocols/registry.h"
#include "tests/support/scratch.h"
#include "tests/unit/import/tests.h"

static char *
source_file(const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, name, NULL);
    char *text = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static struct import_result *
import(const char *text, const struct config *config)
{
    const struct import_options options = {
        .name = "sample.toml", .config = config, .networks = registry_networks()};

    return import_matterbridge(&options, text, strlen(text));
}

static bool
has_both_networks(void)
{
    unsigned n = 0;

    for (const struct network *row = registry_networks(); row->name != NULL; row++)
        n += strcmp(row->name, "irc") == 0 || strcmp(row->name, "mattermost") == 0 ? 1 : 0;
    if (n == 2)
        return true;
    g_test_skip("configured without one of the networks that the sample has");
    return false;
}

static void
compare(const char *name, const char *text)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, name, NULL);

    if (g_getenv("WEFT_UPDATE_GOLDEN") != NULL)
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_autofree char *kept = source_file(name);
    g_assert_cmpstr(text, ==, kept);
}

/* --- the options --- */

/* demand: what people have in their files. */
static const char every_option[] =
    "name enable in out inout account channel key webhookurl topic accounts channels "
    "RemoteNickFormat Label StripNick ColorNicks UseRelayMsg AutoWebhooks WebhookURL "
    "UseLocalAvatar IconURL UseUserName UseFullName UseMSC4144 SpoofUsername NoHomeServerSuffix "
    "IgnoreNicks IgnoreMessages ReplaceNicks ReplaceMessages ExtractNicks AllowMention "
    "NoSendJoinPart ShowJoinPart VerboseJoinPart ShowTopicChange SyncTopic EditDisable EditSuffix "
    "EditMaxDays QuoteDisable QuoteFormat QuoteLengthLimit PreserveThreading KeepQuotedReply "
    "ShowUserTyping ShowEmbeds HTMLDisable StripMarkdown MessageLength MessageSplit "
    "MessageSplitMaxCount MessageClipped MessageDelay MessageQueue JoinDelay RejoinDelay "
    "RunCommands Charset MediaDownloadPath MediaDownloadSize MediaDownloadBlackList "
    "MediaServerDownload InMessage OutMessage";

static bool
has_row(const char *key)
{
    for (const struct import_row *row = import_rows; row->key != NULL; row++)
        if (g_ascii_strcasecmp(row->key, key) == 0)
            return true;
    return false;
}

static void
knows_every_option(void)
{
    g_auto(GStrv) keys = g_strsplit(every_option, " ", -1);

    for (unsigned i = 0; keys[i] != NULL; i++) {
        g_test_message("%s", keys[i]);
        g_assert_true(has_row(keys[i]));
    }
}

/* What stands in a table of the top, or in one below it. */
static const char *
inner_of(const char *where, const char *key)
{
    if (where == NULL)
        return strcmp(key, "samechannelgateway") == 0 ? "same" : key;
    if (strcmp(key, "options") == 0)
        return "options";
    return strcmp(where, "gateway") == 0 ? "leg" : where;
}

/* Marks the rows of the keys of a table and of those in it. */
static void
mark_rows(const struct toml_value *table, const char *where, GHashTable *used)
{
    for (unsigned i = 0; i < table->pairs->len; i++) {
        const struct toml_pair *pair = table->pairs->pdata[i];
        const struct toml_value *value = pair->value;
        const struct import_row *row = where != NULL ? import_row(where, pair->key) : NULL;
        if (row != NULL)
            g_hash_table_add(used, (gpointer)(uintptr_t)row);
        const char *inner = inner_of(where, pair->key);
        if (value->kind == TOML_TABLE)
            mark_rows(value, inner, used);
        for (unsigned j = 0; value->kind == TOML_ARRAY && j < value->items->len; j++) {
            const struct toml_value *item = value->items->pdata[j];
            if (item->kind == TOML_TABLE)
                mark_rows(item, inner, used);
        }
    }
}

static void
sample_has_every_option(void)
{
    g_autofree char *text = source_file("tests/unit/import/sample.toml");
    struct toml *toml = toml_read(text, strlen(text));
    g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);

    g_assert_cmpuint(toml->problems->len, ==, 0);
    mark_rows(toml->root, NULL, used);
    for (const struct import_row *row = import_rows; row->key != NULL; row++) {
        g_test_message("%s of %s", row->key, row->where);
        g_assert_true(g_hash_table_contains(used, row));
    }
    toml_free(toml);
}

/* The table of docs/from-matterbridge.md is import_rows. WEFT_UPDATE_DOCS=1 writes it anew. */
static void
docs_say_the_same(void)
{
    static const char *const fates[] = {"taken over", "needs no line", "not taken over"};
    static const char begin[] = "<!-- every option: begins -->\n";
    static const char end[] = "<!-- every option: ends -->\n";
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "docs/from-matterbridge.md", NULL);
    g_autofree char *docs = source_file("docs/from-matterbridge.md");
    g_autoptr(GString) table =
        g_string_new("| option | of | what becomes of it | |\n|---|---|---|---|\n");
    char *from = strstr(docs, begin);
    char *to = strstr(docs, end);

    g_assert_true(from != NULL && to != NULL);
    from += strlen(begin);
    for (const struct import_row *row = import_rows; row->key != NULL; row++)
        g_string_append_printf(table, "| `%s` | %s | %s | %s |\n", row->key, row->where,
                               fates[row->fate], row->text);
    g_autofree char *kept = g_strndup(from, (gsize)(to - from));
    if (g_getenv("WEFT_UPDATE_DOCS") != NULL) {
        g_autofree char *front = g_strndup(docs, (gsize)(from - docs));
        g_autofree char *whole = g_strconcat(front, table->str, to, NULL);
        g_assert_true(g_file_set_contents(path, whole, -1, NULL));
    } else {
        g_assert_cmpstr(kept, ==, table->str);
    }
}

/* --- what comes out --- */

static void
sample_is_taken_over(void)
{
    static const char *const secret[] = {
        "not-a-real-password", "also-not-a-real-one",    "hunter2",
        "channel-key",         "no-real-token",          "short-lived",
        "q-password",          "secret-in-a-url",        "api/webhooks",
        "apptoken-of-slack",   "accesstoken-of-mastodon"};
    g_autofree char *text = source_file("tests/unit/import/sample.toml");

    if (!has_both_networks())
        return;
    struct import_result *result = import(text, NULL);
    g_assert_false(result->broken);
    for (unsigned i = 0; i < G_N_ELEMENTS(secret); i++) {
        g_assert_nonnull(strstr(text, secret[i]));
        g_assert_null(strstr(result->conf->str, secret[i]));
        g_assert_null(strstr(result->told->str, secret[i]));
    }
    g_assert_cmpuint(result->accounts, ==, 5);
    g_assert_cmpuint(result->gateways, ==, 3);
    compare("tests/unit/import/sample.conf", result->conf->str);
    compare("tests/unit/import/sample.told", result->told->str);
    import_result_free(result);
}

/* Matterbridge takes an account's options from [general] as well. */
static void
general_speaks_for_every_account(void)
{
    static const char text[] =
        "[irc.a]\nServer = 'localhost:1'\nNick = 'b'\n[general]\nCharset = 'koi8-r'\n"
        "ColorNicks = true\nUseRelayMsg = true\nAutoWebhooks = true\nTeam = 'x'\n"
        "WebhookURL = ''\nIconURL = 'off'\ninout = 1\nTypo = 1\n";
    static const char *const told[] = {
        "sample.toml:5: [irc.a] Charset is taken over: charset = koi8-r\n",
        "sample.toml:6: [general] ColorNicks is taken over: name_colors, of its legs\n",
        "sample.toml:7: [general] UseRelayMsg needs no line: RELAYMSG is used",
        "sample.toml:8: [general] AutoWebhooks is not taken over: weft has no driver",
        "sample.toml:9: [general] Team is not taken over: no account that weft takes over has a "
        "use for it.\n",
        "sample.toml:10: [general] WebhookURL needs no line: it is off or empty.\n",
        "sample.toml:11: [general] IconURL needs no line: it is off or empty.\n",
        "sample.toml:12: [general] inout is not taken over: this is no option that",
        "sample.toml:13: [general] Typo is not taken over: this is no option that"};

    if (!has_both_networks())
        return;
    struct import_result *result = import(text, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(told); i++) {
        g_test_message("%s", told[i]);
        g_assert_nonnull(strstr(result->told->str, told[i]));
    }
    import_result_free(result);
    result = import("[mattermost.m]\nServer = 'm.example'\n[general]\nTeam = 'coops'\n"
                    "Login = 'b'\nPassword = 'p'\n[[gateway]]\nname = 'g'\nenable = true\n"
                    "inout = [{account = 'mattermost.m', channel = 'x'}, "
                    "{account = 'mattermost.m', channel = 'y'}]\n",
                    NULL);
    g_assert_nonnull(strstr(result->conf->str, "team = coops\n"));
    g_assert_nonnull(strstr(result->conf->str, "leg = m/coops/~x inout\n"));
    g_assert_nonnull(strstr(result->told->str, "[mattermost.m] Team is taken over: team = coops"));
    import_result_free(result);
}

/* Each line of the sample that says something is told of. */
static void
every_line_is_told(void)
{
    g_autofree char *text = source_file("tests/unit/import/sample.toml");
    struct import_result *result = import(text, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; lines[i] != NULL; i++) {
        g_autofree char *front = g_strdup_printf("sample.toml:%u: ", i + 1);
        /* A leg is told at its first line, a gateway's lists by what is in them. */
        bool option = strstr(lines[i], " = ") != NULL && !g_str_has_prefix(lines[i], "in") &&
                      !g_str_has_prefix(lines[i], "account") &&
                      !g_str_has_prefix(lines[i], "name") && !g_str_has_prefix(lines[i], "channel");
        if (option && strstr(result->told->str, front) == NULL)
            g_test_message("line %u is not told: %s", i + 1, lines[i]);
        g_assert_true(!option || strstr(result->told->str, front) != NULL);
    }
    import_result_free(result);
}

static void
is_sound_for_weft(void)
{
    g_autofree char *text = source_file("tests/unit/import/sample.toml");

    if (!has_both_networks())
        return;
    char *dir = scratch_new();
    g_autofree char *file = g_build_filename(dir, "weft.conf", NULL);
    struct import_result *result = import(text, NULL);
    g_assert_true(g_file_set_contents(file, result->conf->str, -1, NULL));
    struct config *config = config_load_file(file, NULL, registry_networks());
    g_autoptr(GString) out = g_string_new(NULL);
    config_check_print(config, out);
    g_test_message("%s", out->str);
    g_assert_cmpuint(config_problems(config)->len, ==, 0);
    /* Three sections, one of them of two channels. */
    g_assert_cmpuint(config_n_gateways(config), ==, 4);
    g_assert_cmpuint(config_n_accounts(config), ==, 5);
    config_free(config);
    import_result_free(result);
    scratch_free(dir);
}

static void
names_that_are_taken_get_another(void)
{
    static const char text[] = "[irc.libera]\nServer = 'localhost:1'\nNick = 'b'\n[irc.'7']\n"
                               "Server = 'localhost:1'\nNick = 'b'\n[irc.'weft']\n"
                               "Server = 'localhost:1'\nNick = 'b'\n[irc.'a b/c']\n"
                               "Server = 'localhost:1'\nNick = 'b'\n";

    if (!has_both_networks())
        return;
    char *dir = scratch_new();
    g_autofree char *file = g_build_filename(dir, "weft.conf", NULL);
    g_assert_true(g_file_set_contents(
        file, "[account libera]\nnetwork = irc\nserver = localhost\nnick = kai\n", -1, NULL));
    struct config *config = config_load_file(file, NULL, registry_networks());
    struct import_result *result = import(text, config);
    g_assert_nonnull(strstr(result->conf->str, "[account libera-irc]\n"));
    g_assert_nonnull(strstr(result->conf->str, "[account 7-irc]\n"));
    g_assert_nonnull(strstr(result->conf->str, "[account weft-irc]\n"));
    g_assert_nonnull(strstr(result->conf->str, "[account a-b-c]\n"));
    import_result_free(result);
    config_free(config);
    scratch_free(dir);
}

static void
a_broken_file_is_read_as_far_as_it_goes(void)
{
    struct import_result *result =
        import("[irc.a]\nServer = \"localhost:1\nNick = 'b'\n[irc.b]\nNick = 'b'\n", NULL);

    g_assert_true(result->broken);
    g_assert_cmpuint(result->problems, ==, 1);
    g_assert_cmpuint(result->accounts, ==, 0);
    g_assert_nonnull(strstr(result->told->str, "sample.toml:2: column 22: The quotes are not"));
    g_assert_nonnull(strstr(result->conf->str, "# It is not taken over: it has no Server."));
    import_result_free(result);
}

/* Lines and sections of weft.conf that a value would add. */
static void
no_value_becomes_a_line_of_its_own(void)
{
    static const char text[] =
        "[irc.\"x]\\n[weft]\\ninclude = a\"]\nServer = \"localhost:1\\ninclude = b\"\nNick = 'b'\n"
        "[irc.ok]\nServer = \"localhost:1\"\nNick = 'b'\nRealName = \"r\\ninclude = c\"\n"
        "Label = \"l\\ninclude = d\"\nRemoteNickFormat = \"{NICK}\\ninclude = e\"\n"
        "IgnoreNicks = \"x\\u001b[2J\"\nRunCommands = [\"MODE\\ninclude = f\"]\n"
        "NickServPassword = \"p\\ninclude = g\"\n\"in\\nclude = h\" = 1\n"
        "[[gateway]]\nname = \"n]\\ninclude = i\"\ninout = [{account = 'irc.ok', channel = "
        "\"#c\\ninclude = j\"}, {account = \"irc.no\\ninclude = k\", channel = '#d'},"
        "{account = 'irc.ok', channel = \"#e\"}, {account = 'irc.ok', channel = \"#f f\"}]\n"
        "[general]\nMediaDownloadBlackList = [\"x\\ninclude = l\"]\n"
        "[[samechannelgateway]]\nname = 's'\naccounts = ['irc.ok', 'irc.ok']\n"
        "channels = [\"#c\\ninclude = m\"]\n";
    struct import_result *result = import(text, NULL);
    g_auto(GStrv) lines = g_strsplit(result->conf->str, "\n", -1);

    g_assert_false(result->broken);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        g_test_message("%s", lines[i]);
        g_assert_false(g_str_has_prefix(lines[i], "include"));
        g_assert_false(g_str_has_prefix(lines[i], "[weft]"));
    }
    g_assert_null(strchr(result->told->str, '\x1b'));
    g_assert_null(strstr(result->told->str, "\ninclude"));
    import_result_free(result);
}

/* What cannot stand in a line of weft.conf is left out, and nothing is told otherwise. */
static void
what_cannot_be_written_is_told(void)
{
    static const char text[] =
        "[general]\nRemoteNickFormat = \"<{NICK}>\\n\"\n"
        "[irc.\"a\\nnot.toml:1: [irc.b]\"]\nServer = 'a.test'\nNick = 'coopbot'\n"
        "RemoteNickFormat = \"{NICK}\\u0007\"\nLabel = \"a\\u0007b\"\n"
        "[irc.b]\nServer = 'b.test'\nNick = 'coopbot'\n"
        "[[samechannelgateway]]\nname = 's'\nenable = true\n"
        "accounts = ['irc.b', \"irc.a\\nnot.toml:1: [irc.b]\"]\n"
        "channels = ['#good', \"#bad\\u0007\"]\n";
    static const char *const told[] = {
        "sample.toml:2: [general] RemoteNickFormat is not taken over: It holds a control "
        "character.\n",
        "RemoteNickFormat is not taken over: It holds a control character.\nsample.toml:7: ",
        "Label is not taken over: It holds a control character.\n",
        "[[s]] #good is taken over: channel = #good\n",
        "[[s]] #bad^G is not taken over: its name holds a control character.\n",
    };
    struct import_result *result = import(text, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(told); i++)
        if (strstr(result->told->str, told[i]) == NULL)
            g_error("\"%s\" is not told: %s", told[i], result->told->str);
    g_assert_null(strstr(result->told->str, "\nnot.toml"));
    g_assert_null(strstr(result->conf->str, "bad"));
    g_assert_null(strstr(result->conf->str, "\nname = "));
    import_result_free(result);
}

/* --- writing --- */

struct written {
    char *dir;
    char *file;
    char *text;
    struct config *config;
    struct import_result *result;
};

static void
written_init(struct written *written, const char *conf)
{
    written->dir = scratch_new();
    written->file = g_build_filename(written->dir, "weft.conf", NULL);
    written->text = source_file("tests/unit/import/sample.toml");
    if (conf != NULL)
        g_assert_true(g_file_set_contents(written->file, conf, -1, NULL));
    const struct paths paths = {.config_file = written->file, .config_dir = written->dir};
    written->config = config_load(&paths, registry_networks());
    written->result = import(written->text, written->config);
}

static void
written_clear(struct written *written)
{
    import_result_free(written->result);
    config_free(written->config);
    scratch_free(written->dir);
    g_free(written->file);
    g_free(written->text);
}

static char *
read_beside(const struct written *written, const char *name)
{
    g_autofree char *path = g_build_filename(written->dir, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void
writes_sections_and_secrets(void)
{
    struct written written = {0};
    g_autoptr(GError) error = NULL;
    GStatBuf state;

    if (!has_both_networks())
        return;
    written_init(&written, "[look]\ntheme = dark\n");
    g_assert_true(import_write(written.result, written.config, &error));
    g_assert_no_error(error);
    g_autofree char *conf = read_beside(&written, "weft.conf");
    g_assert_true(g_str_has_prefix(conf, "[look]\ntheme = dark\n\n# Taken over from sample.toml."));
    g_assert_true(g_str_has_suffix(conf, written.result->conf->str));
    g_autofree char *password = read_beside(&written, "libera.password");
    g_assert_cmpstr(password, ==, "also-not-a-real-one\n");
    g_autofree char *token = read_beside(&written, "library.token");
    g_assert_cmpstr(token, ==, "no-real-token-either\n");
    g_autofree char *path = g_build_filename(written.dir, "library.token", NULL);
    g_assert_cmpint(g_stat(path, &state), ==, 0);
    g_assert_cmpuint(state.st_mode & 0777, ==, 0600);
    g_assert_cmpuint(config_n_accounts(written.config), ==, 5);
    /* A second time all would have other names. */
    struct import_result *again = import(written.text, written.config);
    g_assert_nonnull(strstr(again->conf->str, "[account libera-irc]"));
    g_assert_nonnull(strstr(again->conf->str, "[gateway jobs-2]"));
    import_result_free(again);
    written_clear(&written);
}

/* Nothing is overwritten, and nothing stays half done. */
static void
touches_no_file_that_is_there(void)
{
    struct written written = {0};
    g_autoptr(GError) error = NULL;

    if (!has_both_networks())
        return;
    written_init(&written, "[look]\ntheme = dark\n");
    g_autofree char *last = g_strdup(
        ((struct import_secret *)written.result->secrets->pdata[written.result->secrets->len - 1])
            ->file);
    g_autofree char *path = g_build_filename(written.dir, last, NULL);
    g_assert_true(g_file_set_contents(path, "mine\n", -1, NULL));
    g_assert_false(import_write(written.result, written.config, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT);
    g_autofree char *mine = read_beside(&written, last);
    g_assert_cmpstr(mine, ==, "mine\n");
    g_autofree char *conf = read_beside(&written, "weft.conf");
    g_assert_cmpstr(conf, ==, "[look]\ntheme = dark\n");
    g_autofree char *other = read_beside(&written, "libera.password");
    g_assert_null(other);
    written_clear(&written);
}

/* The sections are refused: the files for the secrets are taken away again. */
static void
leaves_nothing_when_the_sections_are_refused(void)
{
    struct written written = {0};
    g_autoptr(GError) error = NULL;

    if (!has_both_networks())
        return;
    written_init(&written, NULL);
    g_string_append(written.result->conf, "[account libera]\nnetwork = nothing\n");
    g_assert_false(import_write(written.result, written.config, &error));
    g_assert_nonnull(error);
    g_autofree char *conf = read_beside(&written, "weft.conf");
    g_assert_null(conf);
    g_autofree char *other = read_beside(&written, "libera.password");
    g_assert_null(other);
    written_clear(&written);
}

/* --- words --- */

static void
formats_of_names(void)
{
    static const struct {
        const char *theirs, *name, *prefix, *lost;
    } rows[] = {
        {"[{PROTOCOL}] <{NICK}> ", "[{network}] {nick}", "<{as}> ", NULL},
        {"<{NICK}> ", "{nick}", "<{as}> ", NULL},
        {"{NICK}: ", "{nick}", "{as}: ", NULL},
        {"@{NICK}: ", "@{nick}", "{as}: ", NULL},
        {"{NICK}", "{nick}", "{as} ", NULL},
        {"{NOPINGNICK} ({LABEL}) ", "{nick} ({label})", "{as} ", NULL},
        {"[{NICK}] ", "{nick}", "[{as}] ", NULL},
        {"{NICK}/{PROTOCOL}", "{nick}/{network}", "{as} ", NULL},
        {"{BRIDGE} {GATEWAY} {CHANNEL} {USERID} ", "{account} {gateway} {buffer} {id}", "{as} ",
         NULL},
        {"{TENGO}{NICK} | ", "{nick} ", "{as}| ", "{TENGO}"},
        {"{nick} }{", "{nick}", "{as} ", "{nick} } {"},
        {"", "{nick}", "{as} ", NULL},
        {":", "{nick}", "{as}: ", NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct import_name name = {0};
        g_test_message("%s", rows[i].theirs);
        import_name_init(&name, rows[i].theirs);
        g_assert_cmpstr(name.prefix, ==, rows[i].prefix);
        g_assert_cmpstr(name.lost, ==, rows[i].lost);
        g_autofree char *wanted = g_strstrip(g_strdup(rows[i].name));
        g_assert_cmpstr(name.name, ==, wanted);
        import_name_clear(&name);
    }
}

/* The addresses of pictures: what Matterbridge puts in, and what weft lets nobody write. */
static void
pictures_of_people(void)
{
    static const struct {
        const char *theirs, *ours;
    } rows[] = {
        {"https://p.example/{NICK}.png?size=48x48", "https://p.example/{nick}.png?size=48x48"},
        {"https://p.example/{BRIDGE}/{PROTOCOL}/{NICK}",
         "https://p.example/{account}/{network}/{nick}"},
        {"https://p.example/bridge.png", "https://p.example/bridge.png"},
        {"http://youricon.png", NULL},
        {"https://youricon.png", NULL},
        {"https://{PROTOCOL}.example/a", NULL},
        {"https://p.example/{TENGO}", NULL},
        {"https://p.example/{NICK", NULL},
        {"https://p.example/a\nname = x", NULL},
        {"https://p.example/a b", NULL},
        {":robot:", NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *picture = import_picture(rows[i].theirs, &error);
        g_test_message("%s", rows[i].theirs);
        g_assert_cmpstr(picture, ==, rows[i].ours);
        g_assert_true((error == NULL) == (picture != NULL));
    }
}

/* Said for all, and for one that differs; one that weft does not take is named with its line. */
static void
pictures_of_gateways(void)
{
    static const char accounts[] =
        "[mattermost.a]\nServer = 'a.example'\nTeam = 't'\nLogin = 'b'\nPassword = 'p'\n"
        "[mattermost.b]\nServer = 'b.example'\nTeam = 't'\nLogin = 'b'\nPassword = 'p'\n"
        "IconURL = 'https://b.example/{NICK}'\n"
        "[mattermost.c]\nServer = 'c.example'\nTeam = 't'\nLogin = 'b'\nPassword = 'p'\n"
        "IconURL = 'http://c.example/{NICK}'\n";
    static const char gateways[] =
        "[[gateway]]\nname = 'g'\nenable = true\n"
        "inout = [{account = 'mattermost.a', channel = 'x'}, {account = 'mattermost.b', channel = "
        "'x'}]\n"
        "[[gateway]]\nname = 'h'\nenable = true\nout = [{account = 'mattermost.c', channel = "
        "'y'}]\n"
        "in = [{account = 'mattermost.b', channel = 'y'}]\n";

    if (!has_both_networks())
        return;
    g_autofree char *bare = g_strconcat(accounts, gateways, NULL);
    g_autofree char *general = g_strconcat(
        accounts, "[general]\nIconURL = 'https://all.example/{NICK}.png'\n", gateways, NULL);
    struct import_result *result = import(bare, NULL);
    g_assert_nonnull(strstr(result->conf->str, "avatar = https://b.example/{nick}\n"));
    /* Nothing is written through b in the second, and c's is no https. */
    g_assert_null(strstr(strstr(result->conf->str, "[gateway h]"), "avatar"));
    g_assert_nonnull(strstr(result->told->str, "sample.toml:11: [mattermost.b] IconURL is taken "
                                               "over: avatar = https://b.example/{nick}"));
    g_assert_nonnull(strstr(result->told->str,
                            "sample.toml:17: [mattermost.c] IconURL is not taken over: A "
                            "picture's address looks like https://"));
    import_result_free(result);
    result = import(general, NULL);
    g_assert_nonnull(strstr(result->conf->str, "avatar = https://all.example/{nick}.png\n# IconURL "
                                               "of mattermost.b x is another"));
    g_assert_nonnull(strstr(result->told->str, "sample.toml:19: [general] IconURL is taken over: "
                                               "avatar = https://all.example/{nick}.png"));
    import_result_free(result);
}

static void
expressions_that_masks_can_say(void)
{
    static const struct {
        const char *expression, *mask, *words;
    } rows[] = {
        {"spam", "*spam*", "spam"},
        {"^spam$", "spam", NULL},
        {"^spam.*$", "spam*", NULL},
        {"^spam.*", "spam*", NULL},
        {"bot.+x$", "*bot?*x", NULL},
        {"a.c", "*a?c*", NULL},
        {"\\.html$", "*.html", NULL},
        {"(?i)Buy", "*Buy*", "Buy"},
        {"a\\*b", NULL, "a*b"},
        {"a|b", NULL, NULL},
        {"[ab]", NULL, NULL},
        {"ab?", NULL, NULL},
        {"a{2}", NULL, NULL},
        {"a$b", NULL, NULL},
        {"\\d", NULL, NULL},
        {"\\", NULL, NULL},
        {"é+", NULL, NULL},
        {"é", "*é*", "é"},
        {"", "*", NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *mask = import_mask(rows[i].expression);
        g_autofree char *words = import_words(rows[i].expression);
        g_test_message("%s", rows[i].expression);
        g_assert_cmpstr(mask, ==, rows[i].mask);
        g_assert_cmpstr(words, ==, rows[i].words);
    }
}

/* Who lets everybody be called on one network does not let it happen on the others. */
static void
calls_to_everybody(void)
{
    const char *text =
        "[irc.a]\nServer = 'a.example:6697'\nNick = 'b'\nUseTLS = true\n"
        "AllowMention = ['everyone']\n"
        "[irc.b]\nServer = 'b.example:6697'\nNick = 'b'\nUseTLS = true\nAllowMention = ['users']\n"
        "[[gateway]]\nname = 'g'\nenable = true\n"
        "[[gateway.inout]]\naccount = 'irc.a'\nchannel = '#x'\n"
        "[[gateway.inout]]\naccount = 'irc.b'\nchannel = '#x'\n";
    const char *same = "[[samechannelgateway]]\nname = 's'\nenable = true\n"
                       "accounts = ['irc.a', 'irc.b']\nchannels = ['#y']\n";
    g_autofree char *both = g_strconcat(text, same, NULL);

    if (!has_both_networks())
        return;
    struct import_result *result = import(text, NULL);
    g_assert_nonnull(strstr(result->conf->str, "\nleg = a/#x inout everyone\nleg = b/#x inout\n"));
    g_assert_null(strstr(result->conf->str, "everyone = on"));
    import_result_free(result);
    /* Where no leg can say it, the gateway does. */
    result = import(both, NULL);
    const char *at = strstr(result->conf->str, "[gateway s]");
    g_assert_nonnull(at);
    g_assert_nonnull(strstr(at, "\nsame = a\nsame = b\n"));
    g_assert_nonnull(strstr(at, "\neveryone = on\n"));
    import_result_free(result);
}

/* Colours where Matterbridge had them: in what an account says. */
static void
colours_of_names(void)
{
    const char *text =
        "[irc.a]\nServer = 'a.example:6697'\nNick = 'b'\nUseTLS = true\n"
        "ColorNicks = true\nAllowMention = ['everyone']\n"
        "[irc.b]\nServer = 'b.example:6697'\nNick = 'b'\nUseTLS = true\nColorNicks = false\n"
        "[irc.c]\nServer = 'c.example:6697'\nNick = 'b'\nUseTLS = true\n"
        "[mattermost.m]\nServer = 'm.example'\nTeam = 't'\nLogin = 'x'\nPassword = 'y'\n"
        "[[gateway]]\nname = 'g'\nenable = true\n"
        "[[gateway.inout]]\naccount = 'irc.a'\nchannel = '#x'\n"
        "[[gateway.inout]]\naccount = 'irc.b'\nchannel = '#x'\n"
        "[[gateway.inout]]\naccount = 'irc.c'\nchannel = '#x'\n"
        "[[gateway.inout]]\naccount = 'mattermost.m'\nchannel = 'x'\n";
    const char *same = "[[samechannelgateway]]\nname = 's'\nenable = true\n"
                       "accounts = ['irc.a', 'irc.b']\nchannels = ['#y']\n";
    g_autofree char *both = g_strconcat(text, same, NULL);
    g_autofree char *all = g_strconcat("[general]\nColorNicks = true\n", text, NULL);

    if (!has_both_networks())
        return;
    struct import_result *result = import(text, NULL);
    g_assert_nonnull(strstr(result->conf->str, "\nleg = a/#x inout everyone name_colors\n"
                                               "leg = b/#x inout\nleg = c/#x inout\n"
                                               "leg = m/t/~x inout\n"));
    g_assert_null(strstr(result->conf->str, "name_colors = on"));
    g_assert_nonnull(strstr(result->told->str, "ColorNicks is taken over: name_colors, of its "
                                               "legs"));
    import_result_free(result);
    result = import(all, NULL);
    g_assert_nonnull(strstr(result->conf->str, "\nleg = a/#x inout everyone name_colors\n"
                                               "leg = b/#x inout\nleg = c/#x inout name_colors\n"
                                               "leg = m/t/~x inout\n"));
    import_result_free(result);
    result = import(both, NULL);
    const char *at = strstr(result->conf->str, "[gateway s]");
    g_assert_nonnull(at);
    g_assert_nonnull(strstr(at, "\nsame = a\nsame = b\n"));
    g_assert_nonnull(strstr(at, "\nname_colors = on\n"));
    import_result_free(result);
}

void
test_import_add(void)
{
    g_test_add_func("/import/knows-every-option", knows_every_option);
    g_test_add_func("/import/sample-has-every-option", sample_has_every_option);
    g_test_add_func("/import/docs-say-the-same", docs_say_the_same);
    g_test_add_func("/import/sample-is-taken-over", sample_is_taken_over);
    g_test_add_func("/import/every-line-is-told", every_line_is_told);
    g_test_add_func("/import/general", general_speaks_for_every_account);
    g_test_add_func("/import/is-sound-for-weft", is_sound_for_weft);
    g_test_add_func("/import/names-that-are-taken-get-another", names_that_are_taken_get_another);
    g_test_add_func("/import/broken-file", a_broken_file_is_read_as_far_as_it_goes);
    g_test_add_func("/import/no-value-becomes-a-line", no_value_becomes_a_line_of_its_own);
    g_test_add_func("/import/what-cannot-be-written", what_cannot_be_written_is_told);
    g_test_add_func("/import/writes", writes_sections_and_secrets);
    g_test_add_func("/import/touches-no-file-that-is-there", touches_no_file_that_is_there);
    g_test_add_func("/import/leaves-nothing", leaves_nothing_when_the_sections_are_refused);
    g_test_add_func("/import/formats-of-names", formats_of_names);
    g_test_add_func("/import/pictures", pictures_of_people);
    g_test_add_func("/import/pictures-of-gateways", pictures_of_gateways);
    g_test_add_func("/import/calls-to-everybody", calls_to_everybody);
    g_test_add_func("/import/colours-of-names", colours_of_names);
    g_test_add_func("/import/expressions", expressions_that_masks_can_say);
}
