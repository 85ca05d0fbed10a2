/* Files inside messages: kept while the session lives, named harmlessly, sent where it is allowed.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "protocols/matterbridge/matterbridge.h"
#include "tests/drivers/matterbridge/world.h"

/* SHA-256 of "hello" */
#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static void
test_down(void)
{
    struct world w = {0};
    const struct download_request hello = {.file_id = HELLO, .max_bytes = 100},
                                  rest = {.file_id = HELLO, .max_bytes = 100, .start = 3},
                                  small = {.file_id = HELLO, .max_bytes = 4},
                                  gone = {.file_id = "x", .max_bytes = 100};
    g_autoptr(GError) error = NULL;

    world_online(&w, "gateway = commons\n");
    world_say(&w, 1000, "",
              ",\"Extra\":{\"file\":[{\"Name\":\"../../etc/menu.txt\",\"Data\":\"aGVsbG8=\","
              "\"Comment\":\"for today\",\"Size\":5}]}");
    fake_expect(w.fake, "live text commons <maria> for today *file=menu.txt (5) id=" HELLO "*");
    g_assert_true(matterbridge_driver.download(w.session, 1, &hello, NULL));
    g_assert_true(matterbridge_driver.download(w.session, 2, &rest, NULL));
    g_assert_false(matterbridge_driver.download(w.session, 3, &small, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    g_clear_error(&error);
    g_assert_false(matterbridge_driver.download(w.session, 3, &gone, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    world_settle(&w);
    fake_expect(w.fake, "bytes 1 at 0 5: hello");
    fake_expect(w.fake, "bytes 2 at 3 2: lo");
    fake_expect(w.fake, "done 1 -");
    fake_expect(w.fake, "done 2 -");
    g_assert_true(matterbridge_driver.download(w.session, 4, &hello, NULL));
    matterbridge_driver.op_cancel(w.session, 4);
    fake_expect(w.fake, "failed 4 cancelled: *");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* Those that are not inside become words; nothing is fetched. */
static void
test_elsewhere(void)
{
    struct world w = {0};

    world_online(&w, "gateway = commons\n");
    world_say(&w, 1000, "look",
              ",\"extra\":{\"file\":[{\"Name\":\"a.pdf\",\"URL\":\"https://media.example/a.pdf\"},"
              "{\"Name\":\"b.pdf\",\"URL\":\"file:///etc/passwd\"},"
              "{\"Name\":\"..\",\"Avatar\":true,\"Data\":\"aGVsbG8=\"},7]}");
    fake_expect(w.fake, "live text commons <maria> look\na.pdf: https://media.example/a.pdf\n"
                        "b.pdf (a file that did not come along)*");
    world_say(&w, 2000, "",
              ",\"event\":\"file_failure_size\",\"Extra\":{\"file_failure_size\":[{\"Name\":"
              "\"big.iso\"}]}");
    fake_expect(w.fake,
                "live text commons <maria> big.iso (a file that was too large for the bridge)*");
    fake_expect_nothing(w.fake);
    fake_expect_nothing_sent(w.fake);
    world_close(&w);
}

/* Of many, the oldest go. */
static void
test_cache(void)
{
    struct world w = {0};
    const gsize size = 9 * 1024 * 1024;
    g_autofree guchar *bytes = g_malloc0(size);
    g_autofree char *first = NULL;

    world_online(&w, "gateway = commons\n");
    w.fake->quiet = true;
    for (unsigned i = 0; i < 8; i++) {
        bytes[0] = (guchar)i;
        g_autofree char *coded = g_base64_encode(bytes, size);
        g_autofree char *extra =
            g_strdup_printf(",\"Extra\":{\"file\":[{\"Name\":\"f%u\",\"Data\":\"%s\"}]}", i, coded);
        g_autofree char *id = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
        const struct download_request request = {.file_id = id, .max_bytes = size};
        world_say(&w, 1000 + i, "", extra);
        g_assert_true(matterbridge_driver.download(w.session, 100 + i, &request, NULL));
        matterbridge_driver.op_cancel(w.session, 100 + i);
        if (i == 0)
            first = g_steal_pointer(&id);
    }
    const struct download_request oldest = {.file_id = first, .max_bytes = size};
    g_assert_false(matterbridge_driver.download(w.session, 200, &oldest, NULL));
    world_close(&w);
}

static void
test_up(void)
{
    struct world w = {0};
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "weft-file-XXXXXX", NULL);
    const int fd = g_mkstemp(path);
    struct buffer *buffer = world_buffer("commons");
    struct rich *body = rich_new("menu", -1);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    struct attachment *file = attachment_new("inside", "menu.txt", 5);
    const struct upload_request upload = {
        .buffer = buffer, .key = "k.0", .path = path, .name = "menu.txt", .size_bytes = 5};
    struct upload_request large = upload;
    const struct send_request request = {
        .buffer = buffer, .body = body, .key = "k", .files = files};
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, "hello", 5, NULL));
    file->path = g_strdup(path);
    g_ptr_array_add(files, file);
    large.size_bytes = 2 * 1024 * 1024;
    world_online(&w, "gateway = commons\n");
    g_assert_cmpuint(w.fake->caps & CAP_UPLOAD, ==, 0);
    g_assert_false(matterbridge_driver.upload(w.session, 1, &upload, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    g_clear_error(&error);
    world_close(&w);

    w = (struct world){0};
    world_online(&w, "gateway = commons\nfiles = on\n");
    g_assert_cmpuint(w.fake->caps & CAP_UPLOAD, ==, CAP_UPLOAD);
    g_assert_false(matterbridge_driver.upload(w.session, 1, &large, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    g_assert_true(matterbridge_driver.upload(w.session, 1, &upload, NULL));
    world_settle(&w);
    fake_expect(w.fake, "done 1 inside");
    g_assert_true(world_try(&w, &request));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST *\"Extra\":{\"file\":?{\"Name\":\"menu.txt\",\"Data\":"
                             "\"aGVsbG8=\",\"Size\":5}?}}");
    g_unlink(path);
    g_assert_false(world_try(&w, &request));
    rich_free(body);
    buffer_free(buffer);
    world_close(&w);
}

void
test_files_add(void)
{
    g_test_add_func("/matterbridge/files/down", test_down);
    g_test_add_func("/matterbridge/files/elsewhere", test_elsewhere);
    g_test_add_func("/matterbridge/files/cache", test_cache);
    g_test_add_func("/matterbridge/files/up", test_up);
}
