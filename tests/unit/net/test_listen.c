/* Where weft can be reached: a unix socket and a port of this machine. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "net/net.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"
#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

struct end {
    struct net_ops *net;
    struct stream *stream;
    GString *got;
    bool up;
    GError *error;
};

struct talk {
    char *folder;
    struct clock *clock;
    struct net_ops *net;
    struct listener *listener;
    bool close_listener; /* from inside */
    struct end server, client;
};

static void
on_opened(void *user, const struct stream_info *info)
{
    ((struct end *)user)->up = true;
    g_assert_false(info->secure);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    g_string_append_len(((struct end *)user)->got, bytes, (gssize)len);
}

static void
on_closed(void *user, const GError *error)
{
    ((struct end *)user)->error = g_error_copy(error);
}

static const struct stream_events events = {
    .opened = on_opened, .data = on_data, .closed = on_closed};

static void
on_accepted(void *user, struct stream *stream)
{
    struct talk *talk = user;

    if (talk->close_listener)
        talk->net->listen_close(g_steal_pointer(&talk->listener));
    if (talk->server.stream) {
        talk->net->stream_close(stream);
        return;
    }
    talk->server.stream = stream;
    talk->server.up = true;
    talk->net->stream_take(stream, &events, &talk->server);
}

static struct talk *
talk_new(void)
{
    struct talk *talk = g_new0(struct talk, 1);

    talk->folder = scratch_new();
    talk->clock = clock_system_new();
    talk->net = scene_net_new(talk->clock);
    talk->server.got = g_string_new(NULL);
    talk->client.got = g_string_new(NULL);
    return talk;
}

static void
end_clear(struct talk *talk, struct end *end)
{
    talk->net->stream_close(end->stream);
    end->stream = NULL;
    end->up = false;
    g_string_free(end->got, TRUE);
    g_clear_error(&end->error);
}

static void
talk_free(struct talk *talk)
{
    end_clear(talk, &talk->server);
    end_clear(talk, &talk->client);
    talk->net->listen_close(talk->listener);
    net_free(talk->net);
    clock_free(talk->clock);
    scratch_free(talk->folder);
    g_free(talk);
}

static bool
is_up_or_over(void *user)
{
    struct talk *talk = user;
    return (talk->client.up && talk->server.up) || talk->client.error;
}

static bool
both_heard(void *user)
{
    struct talk *talk = user;
    return talk->server.got->len > 0 && talk->client.got->len > 0;
}

static bool
client_is_over(void *user)
{
    return ((struct talk *)user)->client.error != NULL;
}

static void
connect_client(struct talk *talk, const struct stream_options *options)
{
    talk->client.stream = talk->net->stream_open(talk->net, options, &events, &talk->client);
    g_assert_false(talk->client.up);
    g_assert_true(loop_until(is_up_or_over, talk, SCENE_WAIT_MS));
}

static void
say_both(struct talk *talk)
{
    g_assert_no_error(talk->client.error);
    g_assert_no_error(talk->server.error);
    g_assert_true(talk->net->stream_write(talk->client.stream, "ask", 3));
    g_assert_true(talk->net->stream_write(talk->server.stream, "tell", 4));
    g_assert_true(loop_until(both_heard, talk, SCENE_WAIT_MS));
    g_assert_cmpstr(talk->server.got->str, ==, "ask");
    g_assert_cmpstr(talk->client.got->str, ==, "tell");
    /* What was given to the system arrives although the stream is closed at once. */
    g_assert_true(talk->net->stream_write(talk->server.stream, ", and go", 8));
    talk->net->stream_close(talk->server.stream);
    talk->server.stream = NULL;
    g_assert_true(loop_until(client_is_over, talk, SCENE_WAIT_MS));
    g_assert_cmpstr(talk->client.got->str, ==, "tell, and go");
    g_assert_true(error_is(talk->client.error, WEFT_ERROR_CLOSED));
}

static struct listener *
listen_at(struct talk *talk, const char *path, GError **error)
{
    const struct listen_options options = {.path = path};

    return talk->net->listen(talk->net, &options, on_accepted, talk, error);
}

static void
check_socket(const char *name)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "run", name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GError) error = NULL;
    struct stat st;

    talk->listener = listen_at(talk, path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(talk->listener);
    g_assert_cmpint(lstat(path, &st), ==, 0);
    g_assert_true(S_ISSOCK(st.st_mode));
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    g_assert_cmpint(stat(folder, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0700);
    connect_client(talk, &(struct stream_options){.path = path});
    say_both(talk);
    talk->net->listen_close(g_steal_pointer(&talk->listener));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    talk_free(talk);
}

static void
test_socket(void)
{
    check_socket("ctl.sock");
}

/* The kernel itself takes 107 bytes. */
static void
test_long_path(void)
{
    char name[201];

    memset(name, 'n', 60);
    memcpy(name + 60, "/", 1);
    memset(name + 61, 'm', 130);
    name[191] = '\0';
    g_autofree char *path = g_strconcat(name, "/ctl.sock", NULL);
    check_socket(path);
}

static void
test_nobody(void)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "none.sock", NULL);

    connect_client(talk, &(struct stream_options){.path = path});
    g_assert_true(error_is(talk->client.error, WEFT_ERROR_NOT_FOUND));
    talk_free(talk);
}

/* As a weft that was killed leaves it. */
static void
leave_behind(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpuint(strlen(path), <, sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    close(fd);
}

static void
test_left_behind(void)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "ctl.sock", NULL);
    g_autoptr(GError) error = NULL;

    leave_behind(path);
    connect_client(talk, &(struct stream_options){.path = path});
    g_assert_true(error_is(talk->client.error, WEFT_ERROR_REFUSED));
    g_clear_error(&talk->client.error);
    talk->net->stream_close(talk->client.stream);
    talk->listener = listen_at(talk, path, &error);
    g_assert_no_error(error);
    connect_client(talk, &(struct stream_options){.path = path});
    g_assert_true(talk->client.up);
    talk_free(talk);
}

static void
test_taken(void)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "ctl.sock", NULL);
    g_autoptr(GError) error = NULL;

    talk->listener = listen_at(talk, path, NULL);
    g_assert_nonnull(talk->listener);
    g_assert_null(listen_at(talk, path, &error));
    g_assert_true(error_is(error, WEFT_ERROR_CONFLICT));
    connect_client(talk, &(struct stream_options){.path = path});
    g_assert_true(talk->client.up);
    talk_free(talk);
}

/* What is no socket is nobody's to take away, neither at the beginning nor at the end. */
static void
test_in_the_way(void)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "ctl.sock", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, "mine", -1, NULL));
    g_assert_null(listen_at(talk, path, &error));
    g_assert_true(error_is(error, WEFT_ERROR_CONFLICT));
    g_assert_cmpint(g_unlink(path), ==, 0);
    talk->listener = listen_at(talk, path, NULL);
    g_assert_nonnull(talk->listener);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_true(g_file_set_contents(path, "mine", -1, NULL));
    talk->net->listen_close(g_steal_pointer(&talk->listener));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "mine");
    talk_free(talk);
}

/* A folder of everybody's becomes this user's alone. */
static void
test_open_folder(void)
{
    struct talk *talk = talk_new();
    g_autofree char *folder = g_build_filename(talk->folder, "run", NULL);
    g_autofree char *path = g_build_filename(folder, "ctl.sock", NULL);
    struct stat st;

    g_assert_cmpint(g_mkdir(folder, 0777), ==, 0);
    g_assert_cmpint(g_chmod(folder, 0777), ==, 0);
    talk->listener = listen_at(talk, path, NULL);
    g_assert_nonnull(talk->listener);
    g_assert_cmpint(stat(folder, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0700);
    talk_free(talk);
}

static void
test_port(void)
{
    struct talk *talk = talk_new();
    const struct listen_options options = {0};
    g_autoptr(GError) error = NULL;

    talk->listener = talk->net->listen(talk->net, &options, on_accepted, talk, &error);
    g_assert_no_error(error);
    const uint16_t port = talk->net->listen_port(talk->listener);
    g_assert_cmpuint(port, >, 0);
    const struct listen_options same = {.port = port};
    g_assert_null(talk->net->listen(talk->net, &same, on_accepted, talk, &error));
    g_assert_true(error_is(error, WEFT_ERROR_IO));
    connect_client(talk, &(struct stream_options){.host = "127.0.0.1", .port = port});
    say_both(talk);
    talk_free(talk);
}

static void
test_close_inside(void)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "ctl.sock", NULL);

    talk->close_listener = true;
    talk->listener = listen_at(talk, path, NULL);
    connect_client(talk, &(struct stream_options){.path = path});
    g_assert_null(talk->listener);
    say_both(talk);
    talk_free(talk);
}

static void
check_datagram(struct talk *talk, const char *path, const struct sockaddr_un *address,
               socklen_t len)
{
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    char got[64] = "";
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(bind(fd, (const struct sockaddr *)address, len), ==, 0);
    g_assert_true(talk->net->datagram(talk->net, path, "READY=1", &error));
    g_assert_no_error(error);
    g_assert_cmpint(recv(fd, got, sizeof got - 1, MSG_DONTWAIT), ==, 7);
    g_assert_cmpstr(got, ==, "READY=1");
    close(fd);
}

static void
test_datagram(void)
{
    struct talk *talk = talk_new();
    g_autofree char *path = g_build_filename(talk->folder, "notify", NULL);
    g_autofree char *name = g_strdup_printf("weft-test-%d", (int)getpid());
    g_autofree char *abstract = g_strconcat("@", name, NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autoptr(GError) error = NULL;

    g_assert_false(talk->net->datagram(talk->net, path, "READY=1", &error));
    g_assert_nonnull(error);
    memcpy(address.sun_path, path, strlen(path) + 1);
    check_datagram(talk, path, &address, sizeof address);
    memset(address.sun_path, 0, sizeof address.sun_path);
    memcpy(address.sun_path + 1, name, strlen(name));
    check_datagram(talk, abstract, &address,
                   (socklen_t)(G_STRUCT_OFFSET(struct sockaddr_un, sun_path) + 1 + strlen(name)));
    talk_free(talk);
}

void
test_listen_add(void)
{
    g_test_add_func("/net/listen/socket", test_socket);
    g_test_add_func("/net/listen/long-path", test_long_path);
    g_test_add_func("/net/listen/nobody", test_nobody);
    g_test_add_func("/net/listen/left-behind", test_left_behind);
    g_test_add_func("/net/listen/taken", test_taken);
    g_test_add_func("/net/listen/in-the-way", test_in_the_way);
    g_test_add_func("/net/listen/open-folder", test_open_folder);
    g_test_add_func("/net/listen/port", test_port);
    g_test_add_func("/net/listen/close-inside", test_close_inside);
    g_test_add_func("/net/listen/datagram", test_datagram);
}
