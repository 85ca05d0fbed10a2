/* The made-up place: its data is read strictly, the same seed tells the same story, and the program
 * obeys orders, ends with its input and leaves nothing behind. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/sandbox/mm_client.h"
#include "tests/sandbox/play.h"

#define WAIT_S     60
#define STORY_NOON 1795600800000 /* ms */

static struct world *
load(void)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "tests", "sandbox", "world", "commons.json", NULL);
    g_autoptr(GError) error = NULL;
    struct world *world = world_load(path, &error);

    g_assert_no_error(error);
    return world;
}

static char *
plan_text(const struct world *world, uint32_t seed)
{
    g_autoptr(GPtrArray) plan = world_plan(world, seed);

    return world_plan_text(plan);
}

static void
test_plan(void)
{
    struct world *world = load();
    g_autofree char *first = plan_text(world, 7);
    g_autofree char *again = plan_text(world, 7);
    g_autofree char *other = plan_text(world, 8);
    g_autoptr(GPtrArray) plan = world_plan(world, 7);

    g_assert_cmpstr(first, ==, again);
    g_assert_cmpstr(first, !=, other);
    for (unsigned i = 1; i < plan->len; i++) {
        const struct world_deed *before = g_ptr_array_index(plan, i - 1);
        const struct world_deed *deed = g_ptr_array_index(plan, i);

        g_assert_cmpint(deed->at_ms, >, before->at_ms);
    }
    world_free(world);
}

/* Within the first minute people of both networks talk, and somebody calls the visitor on each. */
static void
test_first_minute(void)
{
    struct world *world = load();

    for (unsigned n = 0; n < world->nets->len; n++) {
        const struct world_net *net = g_ptr_array_index(world->nets, n);
        unsigned said = 0;
        unsigned calls = 0;

        for (unsigned i = 0; i < world->hour->len; i++) {
            const struct world_deed *deed = g_ptr_array_index(world->hour, i);

            if (deed->net != net || deed->kind != WORLD_SAY || deed->at_ms > 60000)
                continue;
            said++;
            calls += strstr(deed->text, world->visitor.nick) != NULL;
        }
        g_assert_cmpuint(said, >=, 4);
        g_assert_cmpuint(calls, >=, 1);
    }
    world_free(world);
}

/* Within the first minute somebody says something on each side of what is joined. */
static void
test_first_crossing(void)
{
    struct world *world = load();

    g_assert_cmpuint(world->gateways->len, >, 0);
    for (unsigned n = 0; n < world->gateways->len; n++) {
        const struct world_gateway *gateway = g_ptr_array_index(world->gateways, n);

        for (unsigned k = 0; k < gateway->places->len; k++) {
            const struct world_place *place =
                &g_array_index(gateway->places, struct world_place, k);
            unsigned said = 0;

            for (unsigned i = 0; i < world->hour->len; i++) {
                const struct world_deed *deed = g_ptr_array_index(world->hour, i);

                said += deed->net == place->net && g_str_equal(deed->room, place->room->name) &&
                        deed->kind == WORLD_SAY && deed->at_ms <= 60000;
            }
            g_assert_cmpuint(said, >, 0);
        }
    }
    world_free(world);
}

/* What the servers hold in the end, ids and times included. */
static char *
story(const struct world *world, uint32_t seed)
{
    struct play_options options = {.seed = seed, .speed = 1, .now_ms = STORY_NOON};
    struct play *play = play_new(world, &options);
    GString *text = g_string_new("");
    g_autofree char *facts = play_facts(play);
    g_auto(GStrv) lines = g_strsplit(facts, "\n", -1);
    g_auto(GStrv) port = g_strsplit(lines[0], " ", -1);
    g_auto(GStrv) visitor = g_strsplit(lines[1], " ", -1);
    static const char *const paths[] = {
        "/api/v4/users/me/channels", "/api/v4/users/me/channel_members?page=0&per_page=60", NULL};

    play_rest(play);
    for (unsigned i = 0; paths[i] != NULL; i++) {
        struct mm_answer *answer = mm_client_ask((uint16_t)g_ascii_strtoull(port[3], NULL, 10),
                                                 "GET", paths[i], visitor[3], NULL, 0, NULL, NULL);

        g_assert_cmpuint(answer->status, ==, 200);
        g_string_append(text, answer->text);
        mm_answer_free(answer);
    }
    for (unsigned i = 0; i < world->nets->len; i++) {
        const struct world_net *net = g_ptr_array_index(world->nets, i);
        struct site *site = play_site(play, net->id);
        g_autofree char *complaints = site->ops->complaints(site);

        g_assert_cmpstr(complaints, ==, "");
    }
    play_free(play);
    return g_string_free(text, FALSE);
}

static void
test_story(void)
{
    struct world *world = load();
    g_autofree char *first = story(world, 3);
    g_autofree char *again = story(world, 3);
    g_autofree char *other = story(world, 4);

    g_assert_true(g_str_equal(first, again)); /* too long to be printed */
    g_assert_false(g_str_equal(first, other));
    world_free(world);
}

/* A small place with that room, that gateway and that hour is none, and the error says why. */
static void
refused(const char *room, const char *gateway, const char *hour, const char *says)
{
    g_autofree char *folder = g_dir_make_tmp("weft-world-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "world.json", NULL);
    g_autofree char *text = g_strdup_printf(
        "{\"visitor\":{\"nick\":\"kai\",\"name\":\"Kai\"},\"networks\":[{\"id\":\"a\",\"kind\":"
        "\"irc\",\"label\":\"A\",\"people\":[{\"nick\":\"bo\",\"name\":\"Bo\"}],\"rooms\":[%s]"
        "}],\"gateways\":[%s],\"past\":[],\"hour\":[%s],\"smalltalk\":[]}",
        room, gateway, hour);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_null(world_load(path, &error));
    g_assert_nonnull(error);
    if (!g_pattern_match_simple(says, error->message))
        g_error("%s: %s", says, error->message);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_refused(void)
{
    static const struct {
        const char *hour;
        const char *says;
    } rows[] = {
        {"{\"at\":1,\"in\":\"a/#x\",\"who\":\"zoe\",\"say\":\"hi\"}", "*zoe is not on a*"},
        {"{\"at\":1,\"in\":\"a/#y\",\"who\":\"bo\",\"say\":\"hi\"}", "*no room*"},
        {"{\"at\":1,\"in\":\"b/#x\",\"who\":\"bo\",\"say\":\"hi\"}", "*on no network*"},
        {"{\"at\":1,\"in\":\"a/#x\",\"who\":\"bo\",\"say\":\"hi\",\"loud\":true}", "*\"loud\"*"},
        {"{\"at\":1,\"in\":\"a/#x\",\"who\":\"bo\",\"delete\":\"it\"}", "*\"it\" there before*"},
        {"{\"at\":1,\"in\":\"a/#x\",\"who\":\"bo\",\"edit\":\"it\",\"text\":\"x\"}", "*on IRC*"},
        {"{\"at\":3600,\"in\":\"a/#x\",\"who\":\"bo\",\"say\":\"hi\"}", "*its time is not*"},
        {"{\"at\":2,\"in\":\"a/#x\",\"who\":\"bo\",\"say\":\"hi\"},"
         "{\"at\":2,\"in\":\"a/#x\",\"who\":\"bo\",\"say\":\"hi\"}",
         "*number 2: it is not later*"},
        {"{\"at\":2,\"in\":\"a/#x\",\"who\":\"bo\"}", "*nothing is done*"},
        {"{\"at\":2,\"in\":\"a/#x\",\"who\":\"bo\",\"say\":\"hi\",\"card\":\"Bread\"}",
         "*only a bot*"},
        {"[]", "*no object*"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        refused("{\"name\":\"#x\"}", "", rows[i].hour, rows[i].says);
    refused("{\"name\":\"#x\",\"bots\":[\"loom\"]}", "", "", "*\"rooms\", number 1: bots is*");
    refused("{\"name\":\"#x\"}", "{\"id\":\"g\",\"rooms\":[\"a/#x\"]}", "", "*joins two rooms*");
    refused("{\"name\":\"#x\"}", "{\"id\":\"g\",\"rooms\":[\"a/#x\",\"a/#y\"]}", "",
            "*\"gateways\", number 1: there is no room \"a/#y\"*");
}

/* ---- the program ---- */

struct program {
    GSubprocess *process;
    GDataInputStream *out;
    GOutputStream *in;
    uint16_t port; /* of the network with HTTP */
    char *token, *bot_token;
};

static char *
next_line(struct program *program)
{
    g_autoptr(GError) error = NULL;
    char *line = g_data_input_stream_read_line(program->out, NULL, NULL, &error);

    g_assert_no_error(error);
    return line;
}

static void
start(struct program *program, const char *home)
{
    g_autofree char *path = g_test_build_filename(G_TEST_BUILT, "weft-sandbox", NULL);
    g_autoptr(GError) error = NULL;
    char *line = NULL;

    program->process = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, path, "--now",
        "--speed", "10", home != NULL ? "--home" : NULL, home, NULL);
    g_assert_no_error(error);
    program->out = g_data_input_stream_new(g_subprocess_get_stdout_pipe(program->process));
    program->in = g_subprocess_get_stdin_pipe(program->process);
    while ((line = next_line(program)) != NULL && !g_str_equal(line, "ready")) {
        g_auto(GStrv) words = g_strsplit(line, " ", -1);

        if (g_str_has_prefix(line, "port mill "))
            program->port = (uint16_t)g_ascii_strtoull(words[3], NULL, 10);
        if (g_str_has_prefix(line, "visitor mill "))
            program->token = g_strdup(words[3]);
        if (g_str_has_prefix(line, "bot mill loom "))
            program->bot_token = g_strdup(words[3]);
        g_free(line);
    }
    g_assert_cmpstr(line, ==, "ready");
    g_free(line);
}

static void
order(struct program *program, const char *line, const char *answer)
{
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    g_autofree char *got = NULL;

    g_assert_true(g_output_stream_write_all(program->in, whole, strlen(whole), NULL, NULL, NULL));
    got = next_line(program);
    if (!g_pattern_match_simple(answer, got))
        g_error("%s: %s", line, got);
}

static unsigned
status_of_me(struct program *program)
{
    struct mm_answer *answer = mm_client_ask(program->port, "GET", "/api/v4/users/me",
                                             program->token, NULL, 0, NULL, NULL);
    unsigned status = answer->status;

    mm_answer_free(answer);
    return status;
}

static void
end(struct program *program)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(g_output_stream_close(program->in, NULL, &error));
    g_assert_true(g_subprocess_wait(program->process, NULL, &error));
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_successful(program->process));
    g_object_unref(program->out);
    g_object_unref(program->process);
    g_free(program->token);
    g_free(program->bot_token);
}

/* Who is let in by its token is a program, in the rooms that name it and where the server puts
 * everyone. */
static void
test_bot(void)
{
    struct program program = {0};
    struct mm_answer *answer = NULL;
    g_autoptr(GString) names = g_string_new("");
    JsonObject *me = NULL;
    JsonArray *rooms = NULL;

    start(&program, NULL);
    g_assert_nonnull(program.bot_token);
    answer = mm_client_ask(program.port, "GET", "/api/v4/users/me", program.bot_token, NULL, 0,
                           NULL, NULL);
    g_assert_cmpuint(answer->status, ==, 200);
    me = json_node_get_object(answer->json);
    g_assert_cmpstr(json_object_get_string_member(me, "username"), ==, "loom");
    g_assert_true(json_object_get_boolean_member(me, "is_bot"));
    mm_answer_free(answer);
    answer = mm_client_ask(program.port, "GET", "/api/v4/users/me/channels", program.bot_token,
                           NULL, 0, NULL, NULL);
    rooms = json_node_get_array(answer->json);
    for (unsigned i = 0; i < json_array_get_length(rooms); i++)
        g_string_append_printf(
            names, "%s ",
            json_object_get_string_member(json_array_get_object_element(rooms, i), "name"));
    g_assert_nonnull(strstr(names->str, "bakery "));
    g_assert_nonnull(strstr(names->str, "town-square "));
    g_assert_null(strstr(names->str, "tool-library "));
    g_assert_null(strstr(names->str, "deliveries "));
    mm_answer_free(answer);
    end(&program);
}

static void
test_orders(void)
{
    struct program program = {0};

    start(&program, NULL);
    g_assert_cmpuint(status_of_me(&program), ==, 200);
    order(&program, "mill 429 GET /users/me 1 1", "ok");
    g_assert_cmpuint(status_of_me(&program), ==, 429);
    order(&program, "mill status GET /users/me 1 500", "ok");
    g_assert_cmpuint(status_of_me(&program), ==, 500);
    g_assert_cmpuint(status_of_me(&program), ==, 200);
    order(&program, "mill restart", "ok");
    g_assert_cmpuint(status_of_me(&program), ==, 200);
    order(&program, "mill clock 60", "ok");
    order(&program, "mill drop *", "ok");
    order(&program, "mill half kai", "ok");
    order(&program, "mill expire kai", "ok");
    g_assert_cmpuint(status_of_me(&program), ==, 401);
    order(&program, "patio drop aino", "ok");
    order(&program, "patio delay * 5", "ok");
    order(&program, "patio heal", "ok");
    order(&program, "patio kick #solar", "error *");
    order(&program, "patio half nobody 1", "error *");
    order(&program, "patio sing", "error *");
    order(&program, "attic drop *", "error There is no network*");
    order(&program, "hour stop", "ok");
    order(&program, "hour speed 100", "ok");
    order(&program, "hour go", "ok");
    order(&program, "hour dance", "error *");
    end(&program);
}

/* The line breaks in the middle of a frame, and the client hears no more than that. */
static void
test_half_frame(void)
{
    struct program program = {0};
    struct mm_socket *socket = NULL;

    start(&program, NULL);
    order(&program, "hour stop", "ok");
    socket = mm_socket_open(program.port, "/api/v4/websocket", program.token, NULL);
    g_assert_nonnull(mm_socket_event(socket, "hello", WAIT_S * 1000));
    order(&program, "mill half kai", "ok");
    g_assert_true(mm_socket_ended(socket, WAIT_S * 1000));
    g_assert_null(mm_socket_event(socket, "posted", 0));
    mm_socket_close(socket);
    end(&program);
}

static void
test_home(void)
{
    struct program program = {0};
    g_autofree char *home = g_dir_make_tmp("weft-home-XXXXXX", NULL);
    g_autofree char *config = g_build_filename(home, "weft.conf", NULL);
    g_autofree char *made = g_build_filename(home, "data", NULL);
    g_autofree char *text = NULL;
    GStatBuf info;

    start(&program, home);
    g_assert_cmpint(g_stat(home, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0777, ==, 0700);
    g_assert_true(g_file_get_contents(config, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "[account patio]"));
    g_assert_nonnull(strstr(text, "\n[gateway tools]\nleg = mill/Commons/~tool-library\n"
                                  "leg = patio/#tools\nname = {nick}/{account}\n"));
    g_assert_null(strstr(text, program.token));
    g_assert_cmpint(g_mkdir(made, 0700), ==, 0); /* what weft leaves goes too */
    end(&program);
    g_assert_false(g_file_test(home, G_FILE_TEST_EXISTS));
}

/* What was there before is nobody's to take away. */
static void
test_home_of_others(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_BUILT, "weft-sandbox", NULL);
    g_autofree char *home = g_dir_make_tmp("weft-home-XXXXXX", NULL);
    g_autofree char *mine = g_build_filename(home, "mine", NULL);
    g_autoptr(GSubprocess) process = NULL;

    g_assert_true(g_file_set_contents(mine, "x", -1, NULL));
    process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, path, "--home", home, NULL);
    g_assert_true(g_subprocess_wait(process, NULL, NULL));
    g_assert_cmpint(g_subprocess_get_exit_status(process), ==, 1);
    g_assert_true(g_file_test(mine, G_FILE_TEST_EXISTS));
    g_unlink(mine);
    g_rmdir(home);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/place/plan", test_plan);
    g_test_add_func("/place/first-minute", test_first_minute);
    g_test_add_func("/place/first-crossing", test_first_crossing);
    g_test_add_func("/place/story", test_story);
    g_test_add_func("/place/refused", test_refused);
    g_test_add_func("/place/orders", test_orders);
    g_test_add_func("/place/bot", test_bot);
    g_test_add_func("/place/half-frame", test_half_frame);
    g_test_add_func("/place/home", test_home);
    g_test_add_func("/place/home-of-others", test_home_of_others);
    return g_test_run();
}
