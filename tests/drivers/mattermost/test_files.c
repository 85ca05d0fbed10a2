/* Files up and down, message attachments and their buttons. */
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

#define FILE_ID "filefilefilefilefilefilefi"
#define UP      "upupupupupupupupupupupupup"
#define FILES   "http://localhost/mm/api/v4/files/" FILE_ID "?download=1"
#define UPLOADS "http://localhost/mm/api/v4/uploads"

static void
begin(struct world *w)
{
    world_online(w);
    fake_forget(w->fake);
}

/* --- down
 * --------------------------------------------------------------------------------------- */

static op_id
download(struct world *w, uint64_t start)
{
    g_autoptr(GError) error = NULL;
    struct buffer *buffer = world_buffer(LAB);
    const struct download_request request = {
        .buffer = buffer, .file_id = FILE_ID, .start = start, .max_bytes = 1000};

    g_assert_true(mattermost_driver.download(w->session, ++w->last_op, &request, &error));
    g_assert_no_error(error);
    buffer_free(buffer);
    return w->last_op;
}

static void
test_down(void)
{
    struct world w = {0};
    begin(&w);
    download(&w, 0);
    fake_expect_sent(w.fake, "GET " FILES);
    fake_web_answer(w.web, "GET *files*", 200, "helloworld");
    fake_expect(w.fake, "bytes * at 0 5: hello");
    fake_expect(w.fake, "bytes * at 5 5: world");
    fake_expect(w.fake, "done * -");
    /* From where it stopped. */
    download(&w, 4);
    fake_expect_sent(w.fake, "GET " FILES " Range: bytes=4-");
    fake_web_answer(w.web, "GET *files*", 206, "oworld");
    fake_expect(w.fake, "bytes * at 4 3: owo");
    fake_expect(w.fake, "bytes * at 7 3: rld");
    fake_expect(w.fake, "done * -");
    /* A server that knows no ranges: from the beginning. */
    download(&w, 4);
    fake_expect_sent(w.fake, "GET " FILES " Range*");
    fake_web_answer(w.web, "GET *files*", 200, "helloworld");
    fake_expect(w.fake, "bytes * at 0 5: hello");
    fake_expect(w.fake, "bytes * at 5 5: world");
    fake_expect(w.fake, "done * -");
    /* All of it was here already. */
    download(&w, 10);
    fake_web_answer(w.web, "GET *files*", 416, "");
    fake_expect(w.fake, "done * -");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_down_refused(void)
{
    struct world w = {0};
    begin(&w);
    download(&w, 0);
    fake_web_answer(w.web, "GET *files*", 404,
                    "{\"id\":\"api.file.get_file_info.app_error\",\"message\":\"Not there.\"}");
    fake_expect(w.fake, "failed * not-found: The server refuses: Not there.");
    download(&w, 0);
    fake_web_answer(w.web, "GET *files*", 0, "");
    fake_expect(w.fake, "failed * io: *");
    download(&w, 0);
    mattermost_driver.op_cancel(w.session, w.last_op);
    fake_expect(w.fake, "failed * cancelled: *");
    g_assert_cmpuint(fake_web_waiting(w.web), ==, 0);
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* --- up
 * ----------------------------------------------------------------------------------------- */

static void
upload(struct world *w)
{
    g_autoptr(GError) error = NULL;
    struct buffer *buffer = world_buffer(LAB);
    const struct upload_request request = {.buffer = buffer,
                                           .key = "k.0",
                                           .path = "/tmp/a.odt",
                                           .name = "a b.odt",
                                           .size_bytes = 2000};

    g_assert_true(mattermost_driver.upload(w->session, ++w->last_op, &request, &error));
    g_assert_no_error(error);
    buffer_free(buffer);
    world_settle(w);
}

static void
answer_session(struct world *w, const char *request, int status, int offset)
{
    g_autofree char *text =
        g_strdup_printf("{\"id\":\"" UP "\",\"file_size\":2000,\"file_offset\":%d}", offset);
    fake_web_answer(w->web, request, status, text);
    world_settle(w);
}

static void
test_up(void)
{
    struct world w = {0};
    begin(&w);
    upload(&w);
    fake_expect_sent(w.fake, "POST " UPLOADS " *\"filename\":\"a b.odt\"*\"file_size\":2000*");
    answer_session(&w, "POST *uploads", 201, 0);
    fake_expect(w.fake, "progress * 0");
    fake_expect_sent(w.fake, "POST " UPLOADS "/" UP " FILE /tmp/a.odt from 0");
    g_assert_cmpstr(g_hash_table_lookup(w.fake->kv, "upload.k.0"), ==, UP);
    fake_web_answer(w.web, "POST *uploads/*", 200, "{\"id\":\"" FILE_ID "\",\"name\":\"a b.odt\"}");
    fake_expect(w.fake, "done * " FILE_ID);
    g_assert_null(g_hash_table_lookup(w.fake->kv, "upload.k.0"));
    world_close(&w);
}

/* Cut: the next try asks how far it came, and sends the rest. */
static void
test_up_resumed(void)
{
    struct world w = {0};
    begin(&w);
    upload(&w);
    answer_session(&w, "POST *uploads", 201, 0);
    fake_web_answer(w.web, "POST *uploads/*", 0, "");
    fake_skip_to(w.fake, "failed * io: *");
    fake_forget(w.fake);
    upload(&w);
    fake_expect_sent(w.fake, "GET " UPLOADS "/" UP);
    answer_session(&w, "GET *uploads/*", 200, 1500);
    fake_expect(w.fake, "progress * 1500");
    fake_expect_sent(w.fake, "POST " UPLOADS "/" UP " FILE /tmp/a.odt from 1500");
    /* It wants more than it got. */
    fake_web_answer(w.web, "POST *uploads/*", 204, "");
    world_settle(&w);
    answer_session(&w, "GET *uploads/*", 200, 1800);
    fake_web_answer(w.web, "POST *uploads/*", 200, "{\"id\":\"" FILE_ID "\"}");
    fake_skip_to(w.fake, "done * " FILE_ID);
    /* A session that the server has forgotten. */
    g_hash_table_replace(w.fake->kv, g_strdup("upload.k.0"), g_strdup(UP));
    fake_forget(w.fake);
    upload(&w);
    fake_web_answer(w.web, "GET *uploads/*", 404, "{\"id\":\"app.upload.get.app_error\"}");
    world_settle(&w);
    fake_skip_sent_to(w.fake, "POST " UPLOADS " *");
    answer_session(&w, "POST *uploads", 201, 0);
    fake_web_answer(w.web, "POST *uploads/*", 413, "{\"message\":\"Too much.\"}");
    g_assert_true(fake_skip_to(w.fake, "failed * too-large: *Too much."));
    world_close(&w);
}

/* A message names its files; what the server left out is said. */
static void
test_send(void)
{
    struct world w = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    struct buffer *buffer = world_buffer(LAB);
    struct rich *body = rich_new("", 0);
    const struct send_request request = {
        .buffer = buffer, .kind = MESSAGE_TEXT, .body = body, .key = "k1", .files = files};

    begin(&w);
    g_ptr_array_add(files, attachment_new(FILE_ID, "a.odt", 4));
    g_assert_true(mattermost_driver.send(w.session, ++w.last_op, &request, &error));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *posts* *\"file_ids\":?\"" FILE_ID "\"]*");
    g_autofree char *post = world_post(9, NOW_MS + 9, KAI, "", ",\"file_ids\":null");
    fake_web_answer(w.web, "POST *posts*", 201, post);
    g_assert_true(fake_skip_to(w.fake, "say " LAB ": The server has left out 1 of the 1 files*"));
    g_assert_true(fake_skip_to(w.fake, "done *"));
    buffer_free(buffer);
    rich_free(body);
    world_close(&w);
}

/* --- cards
 * -------------------------------------------------------------------------------------- */

static void
test_cards(void)
{
    struct world w = {0};
    begin(&w);
    g_autofree char *post = world_post(
        1, NOW_MS + 1, MARIA, "",
        ",\"props\":{\"attachments\":[{\"pretext\":\"Look\",\"author_name\":\"CI\",\"title\":"
        "\"Build 7\",\"title_link\":\"https://ci.example/7\",\"color\":\"#ff0000\",\"text\":"
        "\"It **failed**\",\"fields\":[{\"title\":\"Step\",\"value\":3,\"short\":true},{\"title\":"
        "\"Who\",\"value\":\"bo\"}],\"image_url\":\"https://ci.example/i.png\",\"footer\":\"x\","
        "\"actions\":[{\"id\":\"again\",\"name\":\"Again\",\"type\":\"button\"},{\"id\":\"who\","
        "\"name\":\"Give to\",\"type\":\"select\",\"options\":[{\"text\":\"Bo\",\"value\":\"b\"}]},"
        "{\"id\":\"u\",\"name\":\"Pick\",\"type\":\"select\",\"data_source\":\"users\"}]}]}");
    world_posted(&w, post, "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> Look\nCI\nBuild 7\nIt failed\nStep: 3\nWho: bo\n"
                        "?image] https://ci.example/i.png\nx id=* button=again Again menu=who Give "
                        "to Bo=b cursor");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* --- commands, buttons, what we alone see
 * --------------------------------------------------------------------------------------- */

static void
test_command(void)
{
    struct world w = {0};
    g_autoptr(GError) error = NULL;
    struct buffer *buffer = world_buffer(LAB);

    begin(&w);
    g_assert_true(mattermost_driver.raw(w.session, ++w.last_op, buffer, "/echo hi", &error));
    world_settle(&w);
    fake_expect_sent(w.fake,
                     "POST *commands/execute *\"command\":\"/echo hi\"*\"team_id\":\"" TEAM "\"*");
    fake_web_answer(w.web, "POST *execute", 200, "{\"goto_location\":\"https://a.example/x\"}");
    fake_expect(w.fake, "say " LAB ": The server points to https://a.example/x");
    fake_expect(w.fake, "done * -");
    g_assert_true(mattermost_driver.raw(w.session, ++w.last_op, buffer, "nope", &error));
    world_settle(&w);
    fake_web_answer(w.web, "POST *execute", 404, "{\"message\":\"No such command.\"}");
    fake_expect(w.fake, "failed * not-found: The server refuses: No such command.");
    g_assert_true(mattermost_driver.raw(w.session, ++w.last_op, buffer, "/nope or so", &error));
    world_settle(&w);
    fake_web_answer(w.web, "POST *execute", 404,
                    "{\"id\":\"api.command.execute_command.not_found.app_error\"}");
    fake_expect(w.fake, "failed * not-found: There is no command /nope here. Two slashes send it "
                        "as text: //nope.");
    g_assert_false(mattermost_driver.raw(w.session, ++w.last_op, NULL, "/away", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    buffer_free(buffer);
    world_close(&w);
}

/* An ephemeral post moves no mark, and says something else when it comes again. */
static void
test_ephemeral(void)
{
    struct world w = {0};
    begin(&w);
    world_event(&w, "ephemeral_message",
                "{\"post\":\"{\\\"id\\\":\\\"" FILE_ID "\\\",\\\"create_at\\\":1795367500001,"
                "\\\"channel_id\\\":\\\"" LAB "\\\",\\\"message\\\":\\\"psst\\\",\\\"type\\\":"
                "\\\"system_ephemeral\\\"}\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "live server " LAB " <> psst id=" FILE_ID " ephemeral");
    fake_expect(w.fake, "edited " LAB " " FILE_ID " psst");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_press(void)
{
    struct world w = {0};
    g_autoptr(GError) error = NULL;
    struct buffer *buffer = world_buffer(LAB);
    struct button *button = button_new("a b", "OK", "cookie==");

    begin(&w);
    g_assert_true(
        mattermost_driver.press(w.session, ++w.last_op, buffer, FILE_ID, button, "v", &error));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *posts/" FILE_ID "/actions/a%20b "
                             "*\"selected_option\":\"v\"*\"cookie\":\"cookie==\"*");
    fake_web_answer(w.web, "POST *actions*", 200, "{\"status\":\"OK\"}");
    fake_expect(w.fake, "done * -");
    /* One that nobody answers, one with nonsense in it. */
    world_event(&w, "open_dialog",
                "{\"dialog\":\"{\\\"dialog\\\":{\\\"title\\\":\\\"Holiday\\\"}}\"}", "{}");
    world_event(&w, "open_dialog", "{\"dialog\":\"[]\"}", "{}");
    fake_expect_nothing(w.fake);
    world_event(&w, "open_dialog",
                "{\"dialog\":\"{\\\"url\\\":\\\"http://x\\\",\\\"dialog\\\":{\\\"title\\\":"
                "\\\"Holiday\\\",\\\"elements\\\":[7,{\\\"name\\\":\\\"d\\\",\\\"display_name"
                "\\\":\\\"Day\\\",\\\"max_length\\\":-1},{\\\"type\\\":\\\"select\\\"},"
                "{\\\"name\\\":\\\"u\\\",\\\"type\\\":\\\"select\\\",\\\"data_source\\\":"
                "\\\"users\\\",\\\"options\\\":{}}]}}\"}",
                "{}");
    fake_expect(w.fake,
                "form " LAB " form1 \"Holiday\" \"\" \"Submit\" text:d \"Day\" text:u \"u\"");
    button_free(button);
    buffer_free(buffer);
    world_close(&w);
}

void
test_files_add(void)
{
    g_test_add_func("/mattermost/files/command", test_command);
    g_test_add_func("/mattermost/files/ephemeral", test_ephemeral);
    g_test_add_func("/mattermost/files/press", test_press);
    g_test_add_func("/mattermost/files/down", test_down);
    g_test_add_func("/mattermost/files/down-refused", test_down_refused);
    g_test_add_func("/mattermost/files/up", test_up);
    g_test_add_func("/mattermost/files/up-resumed", test_up_resumed);
    g_test_add_func("/mattermost/files/send", test_send);
    g_test_add_func("/mattermost/files/cards", test_cards);
}
