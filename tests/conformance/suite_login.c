/* Coming in: TLS, each kind of login, and being refused in words. */
#include <string.h>

#include "base/file.h"
#include "tests/conformance/suite.h"

static void
expect_login(struct scene *scene)
{
    g_autofree char *who = NULL;

    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    if (scene->adapter->can & SITE_TLS)
        g_assert_false(core_account_by_name(scene->person->core, "home")->insecure);
    if (scene->adapter->logged_in_as)
        who = scene->adapter->logged_in_as(scene->site, SCENE_USER);
    if (scene->adapter->logged_in_as)
        g_assert_cmpstr(who, ==, SCENE_USER);
    g_assert_true(person_keeps_nothing_of(scene->person, SCENE_SECRET));
}

/* As long as the protocol's pieces are: the last of them is full, which the server must be told. */
static void
long_secret(struct scene *scene)
{
    g_autofree char *secret = g_strnfill(300 - strlen(SCENE_USER) - 2, 'w');
    g_autofree char *options = NULL;
    g_autofree char *who = NULL;

    scene->adapter->make_user(scene->site, SCENE_USER, secret);
    options =
        scene->adapter->options(scene->site, LOGIN_PLAIN, SCENE_USER, secret, scene->person->home);
    person_configure(scene->person, scene->adapter->network, options);
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    who = scene->adapter->logged_in_as(scene->site, SCENE_USER);
    g_assert_cmpstr(who, ==, SCENE_USER);
}

/* Who comes in clear is sent to TLS, and goes there at once from then on. */
static void
demands_tls(struct scene *scene)
{
    g_autofree char *options = scene->adapter->options_in_clear(scene->site, SCENE_USER);

    person_configure(scene->person, scene->adapter->network, options);
    for (unsigned i = 0; i < 2; i++) {
        person_start(scene->person);
        person_wait_state(scene->person, ACCOUNT_ONLINE);
        g_assert_false(core_account_by_name(scene->person->core, "home")->insecure);
        g_assert_true(person_reads(scene->person, "", "demands TLS"));
        person_stop(scene->person);
    }
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    g_assert_cmpuint(person_count_of(scene->person, "", "demands TLS"), ==, 1);
}

static void
tls(struct scene *scene)
{
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    g_assert_false(core_account_by_name(scene->person->core, "home")->insecure);
    g_assert_true(person_is_called(
        scene->person, core_account_by_name(scene->person->core, "home")->self_name, SCENE_USER));
}

/* The certificate is good, but the person trusts no such authority. */
static void
unknown_authority(struct scene *scene)
{
    g_autofree char *options = NULL;
    g_auto(GStrv) lines = NULL;
    GString *without = g_string_new(NULL);
    const struct account *account;

    options = scene->adapter->options(scene->site, LOGIN_NONE, SCENE_USER, SCENE_SECRET,
                                      scene->person->home);
    lines = g_strsplit(options, "\n", -1);
    for (char **line = lines; *line; line++)
        if (!g_str_has_prefix(*line, "tls_ca"))
            g_string_append_printf(without, "%s\n", *line);
    person_configure(scene->person, scene->adapter->network, without->str);
    g_string_free(without, TRUE);
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_FAILED);
    account = core_account_by_name(scene->person->core, "home");
    g_assert_nonnull(account->state_text);
    g_assert_nonnull(strstr(account->state_text, "authority"));
}

static void
wrong_secret(struct scene *scene)
{
    g_autofree char *options = scene->adapter->options(scene->site, LOGIN_PLAIN, SCENE_USER,
                                                       "not-the-secret", scene->person->home);
    const struct account *account;

    person_configure(scene->person, scene->adapter->network, options);
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_FAILED);
    account = core_account_by_name(scene->person->core, "home");
    g_assert_nonnull(account->state_text);
    g_assert_null(strstr(account->state_text, "not-the-secret"));
}

const struct behaviour suite_login[] = {
    {.name = "tls", .run = tls, .needs = SITE_TLS},
    {.name = "unknown-authority", .run = unknown_authority, .needs = SITE_TLS},
    {.name = "plain", .run = expect_login, .login = LOGIN_PLAIN, .needs_login = true},
    {.name = "scram", .run = expect_login, .login = LOGIN_SCRAM, .needs_login = true},
    {.name = "scram-plus", .run = expect_login, .login = LOGIN_SCRAM_PLUS, .needs_login = true},
    {.name = "external", .run = expect_login, .login = LOGIN_EXTERNAL, .needs_login = true},
    {.name = "service", .run = expect_login, .login = LOGIN_SERVICE, .needs_login = true},
    {.name = "long-secret",
     .run = long_secret,
     .needs = SITE_SECRETS,
     .login = LOGIN_PLAIN,
     .needs_login = true},
    {.name = "demands-tls", .run = demands_tls, .needs = SITE_DEMANDS_TLS},
    {.name = "wrong-secret", .run = wrong_secret, .login = LOGIN_PLAIN, .needs_login = true},
    {0},
};
