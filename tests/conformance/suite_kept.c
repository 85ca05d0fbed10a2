/* What is kept beside the words: files, what is pinned for everybody, what one saves for oneself.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "core/inbox.h"
#include "core/transfer.h"
#include "tests/conformance/suite.h"

/* More than one block, with every byte in it. */
#define FILE_BYTES 70001
#define FILE_TEXT  "tiles: 40\nöl: 2 l\n"

struct kept {
    struct scene *scene;
    int64_t message_id;
    unsigned flag; /* enum message_flags */
    bool on;
    const char *name;
    GBytes *bytes;
};

/* The channel says beforehand what can be done in it: so that nobody writes what is refused. */
static bool
offers(struct scene *scene, enum capability capability)
{
    const unsigned caps = person_buffer(scene->person, SCENE_CHANNEL)->caps & ADAPTER_OFFERS;

    g_assert_cmphex(caps, ==, scene->adapter->offers);
    return (caps & (unsigned)capability) != 0;
}

/* Refused, in a sentence that a person can read. */
static void
refused(struct scene *scene, const char *line)
{
    const struct buffer *buffer = person_buffer(scene->person, SCENE_CHANNEL);
    g_autoptr(GError) error = NULL;

    g_assert_false(core_input(scene->person->core, buffer->id, line, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    g_assert_true(g_str_has_prefix(error->message, "This network "));
    g_assert_true(g_str_has_suffix(error->message, "."));
}

static void
hear(struct scene *scene, const char *text)
{
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, text);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, text));
}

static void
restart(struct scene *scene)
{
    person_stop(scene->person);
    person_start(scene->person);
    person_wait_joined(scene->person, SCENE_CHANNEL);
}

/* --- files
 * ---------------------------------------------------------------------------------------------- */

static GBytes *
some_bytes(void)
{
    guint8 *bytes = g_malloc(FILE_BYTES);

    for (unsigned i = 0; i < FILE_BYTES; i++)
        bytes[i] = (guint8)(i ^ i >> 8);
    return g_bytes_new_take(bytes, FILE_BYTES);
}

static void
goes_up(struct scene *scene)
{
    g_autoptr(GBytes) bytes = some_bytes();
    g_autofree char *path = g_build_filename(scene->person->home, "seeds.bin", NULL);
    g_autofree char *line = g_strdup_printf("/upload %s for the garden", path);

    g_assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL), FILE_BYTES, NULL));
    if (!offers(scene, CAP_UPLOAD)) {
        refused(scene, line);
        return;
    }
    person_types(scene->person, SCENE_CHANNEL, line);
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "for the garden", MESSAGE_SENT));
    GBytes *there = scene->adapter->peer_reads_file(scene->peer, SCENE_CHANNEL, "seeds.bin");
    g_assert_nonnull(there);
    g_assert_cmpmem(g_bytes_get_data(there, NULL), g_bytes_get_size(there),
                    g_bytes_get_data(bytes, NULL), FILE_BYTES);
    g_bytes_unref(there);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "for the garden"), ==, 1);
}

static bool
file_has_come(void *user)
{
    struct kept *kept = user;
    const struct buffer *buffer = person_buffer(kept->scene->person, SCENE_CHANNEL);
    g_autoptr(GPtrArray) messages = store_load_newest(kept->scene->person->store, buffer->id, 100);

    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        const struct attachment *file =
            message->files && message->files->len == 1 ? message->files->pdata[0] : NULL;
        if (file && strcmp(file->name, kept->name) == 0)
            kept->message_id = message->id;
    }
    return kept->message_id != 0;
}

static bool
is_fetched(void *user)
{
    const struct kept *kept = user;

    return core_transfers(kept->scene->person->core)->len == 0;
}

static void
comes_down(struct scene *scene)
{
    struct kept kept = {.scene = scene, .name = "shopping.txt"};
    g_autofree char *path = g_build_filename(scene->person->paths->download_dir, kept.name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    struct stat st;

    scene->adapter->peer_file(scene->peer, SCENE_CHANNEL, kept.name, FILE_TEXT);
    g_assert_true(person_until(file_has_come, &kept));
    core_fetch_file(scene->person->core, kept.message_id, 0, TRANSFER_SAVE, false, &error);
    g_assert_no_error(error);
    g_assert_true(person_until(is_fetched, &kept));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, FILE_TEXT);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
}

static void
file(struct scene *scene)
{
    scene_gather(scene);
    goes_up(scene);
    if (offers(scene, CAP_DOWNLOAD))
        comes_down(scene);
}

/* --- pins, saved messages
 * ----------------------------------------------------------------------------------- */

static bool
has_flag(void *user)
{
    const struct kept *kept = user;
    struct message *message = store_load_message(kept->scene->person->store, kept->message_id);
    const bool on = message && (message->flags & kept->flag) != 0;

    message_unref(message);
    return on == kept->on;
}

static void
wait_flag(struct kept *kept, bool on)
{
    kept->on = on;
    g_assert_true(person_until(has_flag, kept));
}

static void
pin(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    struct kept kept = {.scene = scene, .flag = MESSAGE_PINNED};

    scene_gather(scene);
    hear(scene, "the key hangs behind the door");
    if (!offers(scene, CAP_PIN)) {
        refused(scene, "/pin");
        refused(scene, "/unpin");
        refused(scene, "/pins");
        return;
    }
    kept.message_id = scene->person->seen->id;
    g_autofree char *id = g_strdup(scene->person->seen->remote_id);
    person_types(scene->person, SCENE_CHANNEL, "/pin");
    g_assert_true(adapter->peer_sees_pin(scene->peer, SCENE_CHANNEL, id, true));
    wait_flag(&kept, true);
    restart(scene);
    wait_flag(&kept, true);
    g_assert_true(adapter->peer_sees_pin(scene->peer, SCENE_CHANNEL, id, true));
    person_types(scene->person, SCENE_CHANNEL, "/unpin");
    g_assert_true(adapter->peer_sees_pin(scene->peer, SCENE_CHANNEL, id, false));
    wait_flag(&kept, false);
    restart(scene);
    wait_flag(&kept, false);
    adapter->peer_pin(scene->peer, id, true);
    wait_flag(&kept, true);
    adapter->peer_pin(scene->peer, id, false);
    wait_flag(&kept, false);
}

/* The person's own matter: where the network keeps it their other device sees it, else weft does
 * alone. */
static void
set_saved(struct kept *kept, struct peer *device, const char *remote_id, bool on)
{
    struct scene *scene = kept->scene;
    g_autoptr(GError) error = NULL;
    struct message *message = store_load_message(scene->person->store, kept->message_id);

    g_assert_true(core_flag_is_told(scene->person->core, message) == (device != NULL));
    message_unref(message);
    core_flag(scene->person->core, kept->message_id, on, &error);
    g_assert_no_error(error);
    wait_flag(kept, on);
    if (device)
        g_assert_true(scene->adapter->peer_sees_saved(device, remote_id, on));
    restart(scene);
    wait_flag(kept, on);
    if (device)
        g_assert_true(scene->adapter->peer_sees_saved(device, remote_id, on));
}

static void
save(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    struct kept kept = {.scene = scene, .flag = MESSAGE_FLAGGED};
    struct peer *device = NULL;

    scene_gather(scene);
    hear(scene, "the plumber comes on Tuesday");
    kept.message_id = scene->person->seen->id;
    g_autofree char *id = g_strdup(scene->person->seen->remote_id);
    if (adapter->peer_save)
        device = adapter->device_new(scene->site, SCENE_USER, SCENE_SECRET);
    set_saved(&kept, device, id, true);
    set_saved(&kept, device, id, false);
    if (!device)
        return;
    adapter->peer_save(device, id, true);
    wait_flag(&kept, true);
    adapter->peer_save(device, id, false);
    wait_flag(&kept, false);
    adapter->peer_free(device);
}

/* --- drafts
 * ----------------------------------------------------------------------------------------------
 */

struct draft {
    struct person *person;
    const char *text;
};

static bool
draft_is(void *user)
{
    const struct draft *draft = user;
    g_autofree char *text =
        core_draft(draft->person->core, person_buffer(draft->person, SCENE_CHANNEL)->id);

    return g_strcmp0(text, draft->text) == 0;
}

static void
wait_draft(struct scene *scene, const char *text)
{
    struct draft draft = {scene->person, text};

    if (person_until(draft_is, &draft))
        return;
    g_autofree char *is =
        core_draft(scene->person->core, person_buffer(scene->person, SCENE_CHANNEL)->id);
    g_error("the draft is \"%s\", and was to be \"%s\"", is ? is : "", text ? text : "");
}

static void
type_draft(struct scene *scene, const char *text)
{
    core_set_draft(scene->person->core, person_buffer(scene->person, SCENE_CHANNEL)->id, text);
}

/* What is typed and not sent stays over a restart; where the network keeps it, the person's other
 * device has it too, both ways. */
static void
draft(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    struct peer *device = NULL;

    scene_gather(scene);
    if (adapter->peer_draft)
        device = adapter->device_new(scene->site, SCENE_USER, SCENE_SECRET);
    type_draft(scene, "half a sen");
    if (device)
        g_assert_true(adapter->peer_sees_draft(device, SCENE_CHANNEL, "half a sen"));
    type_draft(scene, "half a sentence");
    if (device)
        g_assert_true(adapter->peer_sees_draft(device, SCENE_CHANNEL, "half a sentence"));
    restart(scene);
    wait_draft(scene, "half a sentence");
    if (!device)
        return;
    adapter->peer_draft(device, SCENE_CHANNEL, "half a sentence, and more");
    wait_draft(scene, "half a sentence, and more");
    /* While weft is not there. */
    person_stop(scene->person);
    adapter->peer_draft(device, SCENE_CHANNEL, "a whole one");
    person_start(scene->person);
    person_wait_joined(scene->person, SCENE_CHANNEL);
    wait_draft(scene, "a whole one");
    person_types(scene->person, SCENE_CHANNEL, "a whole one");
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "a whole one", MESSAGE_SENT));
    g_assert_true(adapter->peer_sees_draft(device, SCENE_CHANNEL, NULL));
    adapter->peer_draft(device, SCENE_CHANNEL, "one more");
    wait_draft(scene, "one more");
    adapter->peer_draft(device, SCENE_CHANNEL, NULL);
    wait_draft(scene, NULL);
    adapter->peer_free(device);
}

const struct behaviour suite_kept[] = {
    {.name = "file", .run = file},
    {.name = "pin", .run = pin},
    {.name = "save", .run = save},
    {.name = "draft", .run = draft},
    {0},
};
