/* What weft lets others see of itself: files, processes, sockets, logs, certificates, terminals.
 * docs/security.md, threats 37, 44, 51 to 59. */
#define _GNU_SOURCE /* memmem */
#include <dirent.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/e2e/home.h"
#include "tests/e2e/pty.h"
#include "tests/sandbox/irc_server.h"
#include "tests/support/certs.h"
#include "tests/support/scratch.h"

/* Each is a word that stands nowhere else. */
#define SERVER_WORD  "serverword7Kq2"
#define ACCOUNT_WORD "accountword9Zx4"
#define SERVICE_WORD "serviceword3Lm8"

struct scene {
    struct irc_server *server;
    char *home;
    struct vt *vt;
    struct pty *pty;
};

static bool
kai_is_on(void *user)
{
    struct scene *scene = user;
    return irc_server_has(scene->server, "kai", NULL);
}

static void
command(struct scene *scene, const char *line)
{
    pty_type(scene->pty, "\025");
    pty_type(scene->pty, line);
    pty_type(scene->pty, "\r");
}

static void
put_file(const char *home, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(home, name, NULL);
    g_autoptr(GError) error = NULL;

    file_write_atomic(path, text, strlen(text), &error);
    g_assert_no_error(error);
}

static void
scene_end(struct scene *scene)
{
    pty_free(scene->pty);
    vt_free(scene->vt);
    irc_server_stop(scene->server);
    home_free(scene->home);
}

static void
leave(struct scene *scene)
{
    command(scene, "/quit");
    g_assert_cmpint(pty_wait_end(scene->pty), ==, 0);
}

/* Calls `look` for each file and folder below. */
static void
walk(const char *folder, void (*look)(const char *path, const struct stat *st))
{
    DIR *dir = opendir(folder);

    g_assert_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            g_str_has_prefix(entry->d_name, "asan.") || lstat(path, &st) != 0)
            continue;
        look(path, &st);
        if (S_ISDIR(st.st_mode))
            walk(path, look);
    }
    closedir(dir);
}

static void
look_at_rights(const char *path, const struct stat *st)
{
    mode_t wanted = S_ISDIR(st->st_mode) ? 0700 : 0600;

    if (!S_ISLNK(st->st_mode) && (st->st_mode & 0777) != wanted)
        g_error("%s has the rights %o", path, (unsigned)(st->st_mode & 07777));
}

/* weft.conf is the person's, and names the sources of the secrets alone. */
static void
look_for_secrets(const char *path, const struct stat *st)
{
    static const char *const words[] = {SERVER_WORD, ACCOUNT_WORD, SERVICE_WORD};
    g_autofree char *text = NULL;
    gsize len = 0;

    if (!S_ISREG(st->st_mode) || g_str_has_suffix(path, "word.txt"))
        return;
    g_assert_true(g_file_get_contents(path, &text, &len, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (memmem(text, len, words[i], strlen(words[i])))
            g_error("%s holds %s", path, words[i]);
    }
    /* PLAIN goes over the wire as this. */
    g_autofree char *base64 =
        g_base64_encode((const guchar *)"kai\0kai\0" ACCOUNT_WORD, 8 + strlen(ACCOUNT_WORD));
    if (memmem(text, len, base64, strlen(base64)))
        g_error("%s holds the login", path);
}

/* --- with a talk and all kinds of secrets --- */

static void
start_with_secrets(struct scene *scene)
{
    static const struct irc_server_options options = {.password = SERVER_WORD, .sasl = "PLAIN"};

    umask(0);
    scene->server = irc_server_start(&options);
    irc_server_add_account(scene->server, "kai", ACCOUNT_WORD);
    scene->home = home_new_irc(irc_server_port(scene->server),
                               "server_password_file = word.txt\npassword_env = WEFT_TEST_WORD\n"
                               "sasl = plain\njoin = #lab\n");
    put_file(scene->home, "word.txt", SERVER_WORD "\n");
    scene->vt = vt_new(true);
    scene->pty =
        pty_run(scene->home, NULL,
                (const char *const[]){"WEFT_TEST_WORD=" ACCOUNT_WORD, "WEFT_LOG=trace", NULL}, 120,
                40, scene->vt);
    pty_until(scene->pty, kai_is_on, scene, "kai is on the server");
    pty_wait(scene->pty, "#lab");
    command(scene, "/go home/#lab");
    pty_wait(scene->pty, "[kai]");
}

static char *
proc_text(pid_t pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, name);
    char *text = NULL;
    gsize len = 0;

    if (!g_file_get_contents(path, &text, &len, NULL))
        return NULL;
    for (gsize i = 0; i < len; i++)
        text[i] = text[i] ? text[i] : ' ';
    return text;
}

static void
test_process(void)
{
    struct scene scene;

    start_with_secrets(&scene);
    pid_t pid = pty_pid(scene.pty);
    g_autofree char *line = proc_text(pid, "cmdline");
    g_autofree char *limits = proc_text(pid, "limits");
    g_assert_nonnull(line);
    g_assert_null(strstr(line, "word"));
    g_assert_true(g_regex_match_simple("Max core file size +0 +0 ", limits, 0, 0));
    /* Not dumpable: what /proc tells of it is root's, and no debugger of ours may look in. */
    g_autofree char *folder = g_strdup_printf("/proc/%d/environ", (int)pid);
    struct stat st;
    g_assert_cmpint(stat(folder, &st), ==, 0);
    g_assert_cmpint((int)st.st_uid, ==, 0);
    if (geteuid() != 0) {
        g_autofree char *environment = proc_text(pid, "environ");
        g_assert_null(environment);
    }
    leave(&scene);
    scene_end(&scene);
}

/* The inodes of sockets that listen, as /proc/net/tcp has them: state 0A. */
static unsigned
count_listening(pid_t pid, const char *table)
{
    g_autofree char *text = proc_text(pid, table);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    g_autofree char *folder = g_strdup_printf("/proc/%d/fd", (int)pid);
    unsigned n = 0;

    for (guint i = 1; lines[0] && lines[i]; i++) {
        g_auto(GStrv) raw = g_strsplit_set(lines[i], " ", -1);
        const char *word[16] = {NULL};
        unsigned words = 0;
        for (guint w = 0; raw[w] && words < 16; w++)
            if (*raw[w])
                word[words++] = raw[w];
        if (words < 10 || strcmp(word[3], "0A") != 0)
            continue;
        g_autofree char *wanted = g_strdup_printf("socket:[%s]", word[9]);
        GDir *dir = g_dir_open(folder, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            g_autofree char *target = g_file_read_link(path, NULL);
            n += g_strcmp0(target, wanted) == 0;
        }
        if (dir)
            g_dir_close(dir);
    }
    return n;
}

static void
test_listens_nowhere(void)
{
    struct scene scene;

    start_with_secrets(&scene);
    g_autofree char *folder = g_strdup_printf("/proc/%d/fd", (int)pty_pid(scene.pty));
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (!dir) {
        g_test_skip("the descriptors of a program that is not dumpable are root's to see; the lint "
                    "still looks");
    } else {
        g_dir_close(dir);
        g_assert_cmpuint(count_listening(pty_pid(scene.pty), "net/tcp"), ==, 0);
        g_assert_cmpuint(count_listening(pty_pid(scene.pty), "net/tcp6"), ==, 0);
        g_assert_cmpuint(count_listening(getpid(), "net/tcp"), >, 0); /* the test's own server */
    }
    leave(&scene);
    scene_end(&scene);
}

static void
test_files(void)
{
    struct scene scene;

    start_with_secrets(&scene);
    command(&scene, "/set look.theme light");
    command(&scene, "a first line");
    pty_wait(scene.pty, "a first line");
    walk(scene.home, look_at_rights); /* the write-ahead log is there now */
    g_autofree char *override = g_build_filename(scene.home, "override.conf", NULL);
    g_assert_true(g_file_test(override, G_FILE_TEST_EXISTS));
    leave(&scene);
    /* What is kept of a damaged store is as private. */
    pty_free(scene.pty);
    g_autofree char *garbage = g_strnfill(100000, 'x');
    put_file(scene.home, "data/weft.db", garbage);
    put_file(scene.home, "data/search.db", garbage);
    scene.pty =
        pty_run(scene.home, NULL, (const char *const[]){"WEFT_TEST_WORD=" ACCOUNT_WORD, NULL}, 120,
                40, scene.vt);
    pty_wait(scene.pty, "weft");
    pty_until(scene.pty, kai_is_on, &scene, "kai is on the server");
    walk(scene.home, look_at_rights);
    leave(&scene);
    walk(scene.home, look_at_rights);
    scene_end(&scene);
}

static void
test_secrets(void)
{
    struct scene scene;

    start_with_secrets(&scene);
    command(&scene, "/msg NickServ IDENTIFY " SERVICE_WORD);
    command(&scene, "/raw PRIVMSG NickServ :IDENTIFY " SERVICE_WORD);
    command(&scene, "/raw PASS " SERVICE_WORD);
    command(&scene, "/raw OPER kai " SERVICE_WORD);
    command(&scene, "/set account.home.password " SERVICE_WORD);
    command(&scene, "/set");
    command(&scene, "/reconnect");
    command(&scene, "/go home/#lab");
    command(&scene, "the last line");
    pty_wait(scene.pty, "the last line");
    leave(&scene);
    g_autofree char *log = g_build_filename(scene.home, "state", "weft.log", NULL);
    g_autofree char *logged = NULL;
    g_assert_true(g_file_get_contents(log, &logged, NULL, NULL));
    g_assert_nonnull(strstr(logged, " trace ["));
    walk(scene.home, look_for_secrets);
    scene_end(&scene);
}

/* --- certificates --- */

static void
assert_refused_server(const struct certs *certs, const char *cert, const char *ca,
                      const char *sentence)
{
    struct irc_server_options options = {.cert_file = cert, .key_file = cert};
    struct scene scene = {.server = irc_server_start(&options)};
    g_autofree char *text =
        g_strdup_printf("[account home]\nnetwork = irc\nserver = localhost:%u\nnick = "
                        "kai\npassword_env = WORD\n%s%s\n",
                        irc_server_tls_port(scene.server), ca ? "tls_ca = " : "", ca ? ca : "");

    irc_server_add_account(scene.server, "kai", ACCOUNT_WORD);
    scene.home = home_new();
    put_file(scene.home, "weft.conf", text);
    scene.vt = vt_new(true);
    scene.pty = pty_run(scene.home, NULL, (const char *const[]){"WORD=" ACCOUNT_WORD, NULL}, 200,
                        40, scene.vt);
    if (sentence) {
        pty_wait(scene.pty, sentence);
        g_assert_cmpuint(irc_server_count_received(scene.server, NULL, "*"), ==, 0);
        /* The setting is changed while weft runs: the bad server stays refused. */
        command(&scene, "/set account.home.tls_ca");
        g_autofree char *set = g_strdup_printf("/set account.home.tls_ca %s", certs->other_ca);
        if (ca && cert != certs->unknown) { /* that one would be good by the other authority */
            command(&scene, set);
            command(&scene, "/reload");
            pty_type(scene.pty, "\025");
            pty_wait(scene.pty, "authority that is unknown");
            g_assert_cmpuint(irc_server_count_received(scene.server, NULL, "*"), ==, 0);
        }
    } else {
        pty_until(scene.pty, kai_is_on, &scene, "kai is on the server");
    }
    leave(&scene);
    scene_end(&scene);
}

static void
test_certificates(void)
{
    struct certs *certs = certs_new();

    if (!certs) {
        g_test_skip("openssl is not installed");
        return;
    }
    assert_refused_server(certs, certs->server, certs->ca, NULL);
    assert_refused_server(certs, certs->wrong_name, certs->ca, "another name");
    assert_refused_server(certs, certs->expired, certs->ca, "expired");
    assert_refused_server(certs, certs->future, certs->ca, "not valid before");
    assert_refused_server(certs, certs->self_signed, NULL, "self-signed");
    assert_refused_server(certs, certs->unknown, certs->ca, "unknown");
    certs_free(certs);
}

/* Not installed, and without a word of where they are, weft finds the themes that it ships. */
static void
test_themes(void)
{
    static const char *const check[] = {"check", NULL};
    static const char *const without[] = {"WEFT_THEMES", NULL};
    g_autofree char *beside = g_build_filename(g_getenv("G_TEST_BUILDDIR"), "..", "themes", NULL);
    struct scene scene = {0};

    if (!g_file_test(beside, G_FILE_TEST_IS_DIR)) {
        g_test_skip("built elsewhere than within the source");
        return;
    }
    scene.home = home_new();
    put_file(scene.home, "weft.conf", "[look]\ntheme = light\n");
    scene.vt = vt_new(false);
    scene.pty = pty_run(scene.home, check, without, 160, 40, scene.vt);
    g_assert_cmpint(pty_wait_end(scene.pty), ==, 0);
    g_assert_null(strstr(vt_text(scene.vt)->str, "no theme"));
    pty_free(scene.pty);
    vt_free(scene.vt);
    home_free(scene.home);
}

/* Nothing but what is needed is written: TLS is on, and a server without it hears no name. */
static void
test_safe_by_itself(void)
{
    struct scene scene = {.server = irc_server_start(NULL)};
    g_autofree char *text =
        g_strdup_printf("[account home]\nnetwork = irc\nserver = 127.0.0.1:%u\nnick = kai\n",
                        irc_server_port(scene.server));

    scene.home = home_new();
    put_file(scene.home, "weft.conf", text);
    scene.vt = vt_new(true);
    scene.pty = pty_run(scene.home, NULL, NULL, 160, 40, scene.vt);
    pty_wait(scene.pty, "TLS");
    g_assert_cmpuint(irc_server_count_received(scene.server, NULL, "NICK*"), ==, 0);
    leave(&scene);
    pty_free(scene.pty);
    /* Off is refused to another machine, and marked on this one. */
    put_file(scene.home, "weft.conf",
             "[account home]\nnetwork = irc\nserver = irc.example\ntls = off\nnick = kai\n");
    vt_free(scene.vt);
    scene.vt = vt_new(false);
    scene.pty = pty_run(scene.home, (const char *const[]){"check", NULL}, NULL, 160, 40, scene.vt);
    g_assert_cmpint(pty_wait_end(scene.pty), ==, 1);
    g_assert_nonnull(strstr(vt_text(scene.vt)->str, "allow_plaintext"));
    pty_free(scene.pty);
    vt_free(scene.vt);
    g_autofree char *plain = g_strconcat(text, "tls = off\n", NULL);
    put_file(scene.home, "weft.conf", plain);
    scene.vt = vt_new(true);
    scene.pty = pty_run(scene.home, NULL, NULL, 160, 40, scene.vt);
    pty_until(scene.pty, kai_is_on, &scene, "kai is on the server");
    command(&scene, "/go home");
    pty_wait(scene.pty, "NOT ENCRYPTED");
    leave(&scene);
    scene_end(&scene);
}

/* --- terminals --- */

static void
assert_no_terminal(const char *home, const char *const *environment)
{
    struct vt *vt = vt_new(false);
    struct pty *pty = pty_run(home, NULL, environment, 80, 24, vt);

    g_assert_cmpint(pty_wait_end(pty), ==, 1);
    vt_end(vt);
    g_assert_cmpstr(vt_complaints(vt), ==, "");
    g_assert_nonnull(strstr(vt_text(vt)->str, "TERM"));
    g_assert_cmpuint(vt_text(vt)->len, <, 1000);
    pty_free(pty);
    vt_free(vt);
}

static void
test_terminals(void)
{
    char *home = home_new();
    g_autofree char *much = g_strnfill(10000, 'x');
    g_autofree char *long_name = g_strconcat("TERM=", much, NULL);
    g_autofree char *folder = g_build_filename(home, "terminfo", NULL);
    g_autofree char *info = g_strconcat("TERMINFO=", folder, NULL);
    g_autofree char *long_info = g_strconcat("TERMINFO=/", much, NULL);

    assert_no_terminal(home, (const char *const[]){long_name, NULL});
    assert_no_terminal(home, (const char *const[]){"TERM=", NULL});
    assert_no_terminal(home, (const char *const[]){"TERM", NULL}); /* not set at all */
    assert_no_terminal(home, (const char *const[]){"TERM=no-such", NULL});
    assert_no_terminal(home, (const char *const[]){"TERM=dumb", NULL});
    assert_no_terminal(home, (const char *const[]){"TERM=../../../etc/passwd", NULL});
    assert_no_terminal(home, (const char *const[]){"TERM=\033[2J\u202e", NULL});
    assert_no_terminal(home, (const char *const[]){"TERM=no-such", long_info, NULL});
    /* Descriptions that are none: a head with impossible sizes, and nothing but noise. */
    static const char heads[][12] = {
        {0x1a, 0x01, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f},
        {0x1e, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7f, 0x7f, 0x00, 0x00},
        "garbage....",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_autofree char *letter = g_build_filename(folder, "e", NULL);
        g_autofree char *file = g_build_filename(letter, "evil", NULL);
        g_mkdir_with_parents(letter, 0700);
        g_assert_true(g_file_set_contents(file, heads[i], sizeof heads[i], NULL));
        assert_no_terminal(home, (const char *const[]){"TERM=evil", info, NULL});
    }
    home_free(home);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threat/44-files", test_files);
    g_test_add_func("/threat/51-certificates-52-at-run-time", test_certificates);
    g_test_add_func("/threat/53-safe-by-itself", test_safe_by_itself);
    g_test_add_func("/check/themes-not-installed", test_themes);
    g_test_add_func("/threat/54-secrets-nowhere", test_secrets);
    g_test_add_func("/threat/56-process", test_process);
    g_test_add_func("/threat/57-listens-nowhere", test_listens_nowhere);
    g_test_add_func("/threat/59-terminals", test_terminals);
    return g_test_run();
}
