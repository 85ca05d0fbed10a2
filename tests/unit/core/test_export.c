/* `weft export`: what was said by whoever, as lines for a terminal and for programs. */
#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "core/export.h"
#include "store/store.h"
#include "tests/support/scratch.h"
#include "tests/unit/core/tests.h"

#define NOW_US    INT64_C(1700000000000000) /* 2023-11-14T22:13:20Z */
#define SECOND_US INT64_C(1000000)

/* Everything that steers, turns, hides or ends a line, in one text. */
static char *
hostile_text(void)
{
    static const gunichar more[] = {0x85,   0xad,   0x61c,  0x180e,  0x200b,  0x200d, 0x200e,
                                    0x200f, 0x2028, 0x2029, 0x202a,  0x202e,  0x2060, 0x2066,
                                    0x2069, 0xe000, 0xfeff, 0xfff9,  0xfffb,  0xffff, 0x1f600,
                                    '"',    '\\',   '/',    0xe0001, 0xe0041, 0xf0000};
    GString *text = g_string_new("a");

    for (gunichar c = 1; c < 0x20; c++)
        g_string_append_unichar(text, c);
    for (gunichar c = 0x7f; c < 0xa0; c++)
        g_string_append_unichar(text, c);
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
        g_string_append_unichar(text, more[i]);
        g_string_append_c(text, 'z');
    }
    return g_string_free(text, FALSE);
}

static void
assert_harmless(const char *text, size_t len)
{
    g_assert_true(g_utf8_validate(text, (gssize)len, NULL));
    for (const char *c = text; c < text + len; c += g_utf8_skip[(guchar)*c]) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(c));
        g_assert_true(*c == '\n' || type != G_UNICODE_CONTROL);
        g_assert_cmpint(type, !=, G_UNICODE_FORMAT);
        g_assert_cmpint(type, !=, G_UNICODE_PRIVATE_USE);
        g_assert_cmpint(type, !=, G_UNICODE_LINE_SEPARATOR);
        g_assert_cmpint(type, !=, G_UNICODE_PARAGRAPH_SEPARATOR);
    }
}

static struct message *
message_of(const char *sender, const char *text)
{
    struct message *message = message_new();

    message->id = 7;
    message->time_us = NOW_US;
    message->sort_key = NOW_US;
    message->sender_id = g_strdup(sender);
    message->sender_name = g_strdup(sender);
    rich_free(message->body);
    message->body = rich_new(text, -1);
    return message;
}

static char *
text_of(const struct message *message)
{
    GString *out = g_string_new(NULL);

    export_append_text(out, message);
    return g_string_free(out, FALSE);
}

/* --- JSON, as strictly as RFC 8259 has it, for flat objects --- */

static unsigned
json_hex(const char **c)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++, ++*c) {
        g_assert_true(g_ascii_isxdigit(**c));
        value = value * 16 + (unsigned)g_ascii_xdigit_value(**c);
    }
    return value;
}

static void
json_escape(GString *out, const char **c)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char letter = *(*c)++;

    if (letter != 'u') {
        g_assert_true(letter != '\0' && strchr(from, letter));
        g_string_append_c(out, to[strchr(from, letter) - from]);
        return;
    }
    gunichar u = json_hex(c);
    if (u >= 0xd800 && u < 0xdc00) {
        g_assert_true(g_str_has_prefix(*c, "\\u"));
        *c += 2;
        unsigned low = json_hex(c);
        g_assert_true(low >= 0xdc00 && low < 0xe000);
        u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
    }
    g_assert_false(u >= 0xd800 && u < 0xe000);
    g_string_append_unichar(out, u);
}

static char *
json_string(const char **c)
{
    GString *out = g_string_new(NULL);

    g_assert_cmpint(*(*c)++, ==, '"');
    while (**c != '"') {
        g_assert_cmpuint((guchar) * *c, >=, 0x20);
        if (**c != '\\') {
            g_string_append_c(out, *(*c)++);
            continue;
        }
        ++*c;
        json_escape(out, c);
    }
    ++*c;
    g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
    return g_string_free(out, FALSE);
}

/* A number or a word, as it stands. */
static char *
json_plain(const char **c)
{
    size_t len = strspn(*c, "-0123456789");

    if (len == 0)
        len = g_str_has_prefix(*c, "true") ? 4 : 0;
    g_assert_cmpuint(len, >, 0);
    char *plain = g_strndup(*c, len);
    *c += len;
    return plain;
}

/* The members of one line. */
static GHashTable *
json_line(const char *line)
{
    GHashTable *members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *c = line;

    g_assert_cmpint(*c, ==, '{');
    do {
        c++;
        char *name = json_string(&c);
        g_assert_cmpint(*c++, ==, ':');
        g_assert_false(g_hash_table_contains(members, name));
        g_hash_table_insert(members, name, *c == '"' ? json_string(&c) : json_plain(&c));
    } while (*c == ',');
    g_assert_cmpstr(c, ==, "}\n");
    return members;
}

static const char *
member(GHashTable *members, const char *name)
{
    return g_hash_table_lookup(members, name);
}

/* --- one message --- */

static void
test_text(void)
{
    struct message *message = message_of("uma", "two\nlines\n\n");

    g_autofree char *plain = text_of(message);
    g_assert_cmpstr(plain, ==, "2023-11-14T22:13:20Z <uma> two\n    lines\n");
    message->kind = MESSAGE_ACTION;
    message->flags = MESSAGE_EDITED;
    g_autofree char *action = text_of(message);
    g_assert_cmpstr(action, ==, "2023-11-14T22:13:20Z * uma two\n    lines\n    \n     (edited)\n");
    message_unref(message);
    message = message_of("kai", "");
    message->kind = MESSAGE_KICK;
    message->subject = g_strdup("max");
    message->state = MESSAGE_FAILED;
    message->time_us = INT64_MAX;
    g_autofree char *kick = text_of(message);
    g_assert_true(g_str_has_suffix(kick, " [failed] -- kick kai (max)\n"));
    message_unref(message);
}

static void
test_text_hostile(void)
{
    g_autofree char *hostile = hostile_text();
    struct message *message = message_of(hostile, hostile);

    message->kind = MESSAGE_TOPIC;
    message->subject = g_strdup(hostile);
    g_autofree char *topic = text_of(message);
    assert_harmless(topic, strlen(topic));
    g_assert_nonnull(strstr(topic, "^["));
    message_unref(message);

    /* What looks like another line of the export is set in below the one that it belongs to. */
    message = message_of("mal\n2023-11-14T22:13:20Z <uma> no", "x\n2023-11-14T22:13:21Z <uma> yes\r"
                                                               "2023-11-14T22:13:22Z <uma> yes");
    g_autofree char *forged = text_of(message);
    g_auto(GStrv) lines = g_strsplit(forged, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
    g_assert_true(g_str_has_prefix(lines[0], "2023-11-14T22:13:20Z <mal^J"));
    g_assert_true(g_str_has_prefix(lines[1], "    2023-11-14T22:13:21Z"));
    g_assert_nonnull(strstr(lines[1], "^M"));
    g_assert_cmpstr(lines[2], ==, "");
    message_unref(message);
}

static void
test_json(void)
{
    struct message *message = message_of("uma", "soup?");
    g_autoptr(GString) out = g_string_new(NULL);

    message->state = MESSAGE_FAILED;
    message->flags = MESSAGE_OWN | MESSAGE_MENTION | MESSAGE_EDITED | MESSAGE_DELETED |
                     MESSAGE_IGNORED | MESSAGE_BOT | MESSAGE_LATE;
    message->remote_id = g_strdup("r1");
    message->subject = g_strdup("s");
    message->reply_to = g_strdup("r0");
    message->error = g_strdup("No.");
    export_append_json(out, message);
    g_autoptr(GHashTable) members = json_line(out->str);
    static const char *const expected[][2] = {
        {"id", "7"},
        {"time", "2023-11-14T22:13:20Z"},
        {"time_us", "1700000000000000"},
        {"kind", "text"},
        {"state", "failed"},
        {"remote_id", "r1"},
        {"sender_id", "uma"},
        {"sender", "uma"},
        {"subject", "s"},
        {"reply_to", "r0"},
        {"error", "No."},
        {"own", "true"},
        {"mention", "true"},
        {"edited", "true"},
        {"deleted", "true"},
        {"ignored", "true"},
        {"bot", "true"},
        {"text", "soup?"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_cmpstr(member(members, expected[i][0]), ==, expected[i][1]);
    g_assert_cmpuint(g_hash_table_size(members), ==, G_N_ELEMENTS(expected));
    message_unref(message);
}

static void
test_json_hostile(void)
{
    g_autofree char *hostile = hostile_text();
    struct message *message = message_of(hostile, hostile);
    g_autoptr(GString) out = g_string_new(NULL);

    export_append_json(out, message);
    assert_harmless(out->str, out->len);
    g_assert_true(strchr(out->str, '\n') == out->str + out->len - 1);
    g_autoptr(GHashTable) members = json_line(out->str);
    g_assert_cmpstr(member(members, "text"), ==, hostile);
    g_assert_cmpstr(member(members, "sender"), ==, hostile);
    message_unref(message);
}

static void
test_json_string(void)
{
    static const char *const cases[][2] = {
        {NULL, "null"},
        {"", "\"\""},
        {"a\"\\b", "\"a\\\"\\\\b\""},
        {"\x01\n\t\x1f\x7f", "\"\\u0001\\n\\t\\u001f\\u007f\""},
        {"\xe2\x80\xa8", "\"\\u2028\""},
        {"\xe2\x80\xae", "\"\\u202e\""},
        {"\xf3\xa0\x81\x81", "\"\\udb40\\udc41\""}, /* a tag character */
        {"\xe1\x85\x9f\xef\xb8\x8f", "\"\\u115f\\ufe0f\""},
        {"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
         "\"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u0301\""},
        {"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {"x\xff\xc3", "\"x\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* half a surrogate pair */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        export_append_json_string(out, cases[i][0]);
        g_assert_cmpstr(out->str, ==, cases[i][1]);
    }
}

/* The same by a reader that is not ours. */
static void
test_json_python(void)
{
    static const char script[] = "import json, sys\n"
                                 "line = sys.stdin.buffer.read().decode('utf-8')\n"
                                 "text = json.loads(line)['text']\n"
                                 "sys.stdout.buffer.write(text.encode('utf-8'))\n";
    g_autofree char *python = g_find_program_in_path("python3");
    g_autofree char *hostile = hostile_text();
    g_autoptr(GError) error = NULL;

    if (!python) {
        g_test_skip("python3 is not installed");
        return;
    }
    struct message *message = message_of("uma", hostile);
    GString *out = g_string_new(NULL);
    export_append_json(out, message);
    g_autoptr(GBytes) in = g_string_free_to_bytes(out);
    g_autoptr(GBytes) back = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                         python, "-c", script, NULL);
    g_assert_no_error(error);
    g_subprocess_communicate(process, in, NULL, &back, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_successful(process));
    g_assert_cmpmem(g_bytes_get_data(back, NULL), g_bytes_get_size(back), hostile, strlen(hostile));
    message_unref(message);
}

/* --- a store --- */

struct scene {
    char *dir;
    struct clock *clock;
    struct store *store;
    GPtrArray *lines;
    unsigned most; /* lines that the reader takes; 0: all */
};

static void
scene_open(struct scene *scene)
{
    g_autoptr(GError) error = NULL;

    *scene = (struct scene){.dir = scratch_new(), .clock = clock_fake_new(NOW_US)};
    scene->lines = g_ptr_array_new_with_free_func(g_free);
    struct store_options options = {.dir = scene->dir, .mode = STORE_WRITE, .clock = scene->clock};
    scene->store = store_open(&options, NULL, &error);
    g_assert_no_error(error);
    struct account account = {.id = 1, .name = (char[]){"net"}, .network = (char[]){"irc"}};
    store_put_account(scene->store, &account);
}

static void
scene_close(struct scene *scene)
{
    g_ptr_array_unref(scene->lines);
    store_close(scene->store);
    clock_free(scene->clock);
    scratch_free(scene->dir);
}

static void
put_buffer(struct scene *scene, int64_t id, int64_t space_id, const char *name, bool closed)
{
    g_autofree char *remote_id = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autofree char *own_name = g_strdup(name);
    struct buffer buffer = {.id = id,
                            .account_id = 1,
                            .space_id = space_id,
                            .remote_id = remote_id,
                            .kind = BUFFER_CHANNEL,
                            .name = own_name,
                            .number = (int)id,
                            .closed = closed};

    store_put_buffer(scene->store, &buffer);
}

/* Messages "0", "1", … a second apart. */
static void
put_messages(struct scene *scene, int64_t buffer_id, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("%u", i);
        struct message *message = message_of("uma", text);
        message->buffer_id = buffer_id;
        message->time_us = message->sort_key = NOW_US + i * SECOND_US;
        message->remote_id = g_strdup_printf("r%u", i);
        store_put_message(scene->store,
                          &(struct store_put_message){.message = message, .account_id = 1}, NULL,
                          NULL);
        message_unref(message);
    }
    store_flush(scene->store);
}

static bool
take_line(void *user, const char *bytes, size_t len)
{
    struct scene *scene = user;

    g_assert_cmpuint(len, >, 0);
    g_assert_cmpint(bytes[len - 1], ==, '\n');
    g_ptr_array_add(scene->lines, g_strndup(bytes, len));
    return scene->lines->len != scene->most;
}

static void
run(struct scene *scene, const struct export_options *options)
{
    g_autoptr(GError) error = NULL;

    g_ptr_array_set_size(scene->lines, 0);
    g_assert_true(export_run(scene->store, options, take_line, scene, &error));
    g_assert_no_error(error);
}

static void
assert_refused(struct scene *scene, const char *address, enum weft_error code, const char *words)
{
    g_autoptr(GError) error = NULL;
    const struct export_options options = {.address = address};

    g_ptr_array_set_size(scene->lines, 0);
    g_assert_false(export_run(scene->store, &options, take_line, scene, &error));
    g_assert_true(error_is(error, code));
    g_assert_nonnull(strstr(error->message, words));
    g_assert_cmpuint(scene->lines->len, ==, 0);
}

static void
test_paging(void)
{
    static const unsigned sizes[] = {0, 1, 99, 100, 101, 200, 250};
    struct scene scene;

    scene_open(&scene);
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *name = g_strdup_printf("#b%u", sizes[i]);
        g_autofree char *address = g_strdup_printf("net/%s", name);
        put_buffer(&scene, i + 1, 0, name, false);
        put_messages(&scene, i + 1, sizes[i]);
        run(&scene, &(struct export_options){.address = address});
        g_assert_cmpuint(scene.lines->len, ==, sizes[i]);
        for (unsigned j = 0; j < sizes[i]; j++) {
            g_autofree char *end = g_strdup_printf("Z <uma> %u\n", j);
            g_assert_true(g_str_has_suffix(scene.lines->pdata[j], end));
        }
    }
    scene_close(&scene);
}

static void
test_since(void)
{
    struct export_options options = {.address = "net/#lab"};
    struct scene scene;

    scene_open(&scene);
    put_buffer(&scene, 1, 0, "#lab", false);
    put_messages(&scene, 1, 150);
    options.since_us = NOW_US + 20 * SECOND_US;
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 130);
    g_assert_true(g_str_has_suffix(scene.lines->pdata[0], "<uma> 20\n"));
    options.since_us = NOW_US + 20 * SECOND_US + 1;
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 129);
    options.since_us = NOW_US + 150 * SECOND_US;
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 0);
    scene_close(&scene);
}

/* A gap after message 4 and one that is still open at the end. */
static void
test_gaps(void)
{
    struct export_options options = {.address = "net/#lab"};
    struct scene scene;

    scene_open(&scene);
    put_buffer(&scene, 1, 0, "#lab", false);
    put_messages(&scene, 1, 10);
    store_put_gap(scene.store, &(struct gap){.buffer_id = 1,
                                             .after_sort_key = NOW_US + 4 * SECOND_US,
                                             .before_sort_key = NOW_US + 5 * SECOND_US,
                                             .from_us = NOW_US + 4 * SECOND_US,
                                             .to_us = NOW_US + 5 * SECOND_US});
    store_put_gap(scene.store, &(struct gap){.buffer_id = 1,
                                             .after_sort_key = NOW_US + 9 * SECOND_US,
                                             .before_sort_key = INT64_MAX,
                                             .from_us = NOW_US + 9 * SECOND_US,
                                             .to_us = NOW_US + 60 * SECOND_US});
    store_flush(scene.store);
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 12);
    g_assert_cmpstr(
        scene.lines->pdata[5], ==,
        "-- 2023-11-14T22:13:24Z to 2023-11-14T22:13:25Z: messages may be missing here\n");
    g_assert_cmpstr(
        scene.lines->pdata[11], ==,
        "-- 2023-11-14T22:13:29Z to 2023-11-14T22:14:20Z: messages may be missing here\n");
    options.format = EXPORT_JSONL;
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 12);
    g_autoptr(GHashTable) first = json_line(scene.lines->pdata[5]);
    g_assert_cmpstr(member(first, "kind"), ==, "gap");
    g_assert_cmpstr(member(first, "from"), ==, "2023-11-14T22:13:24Z");
    g_assert_cmpstr(member(first, "to"), ==, "2023-11-14T22:13:25Z");
    g_autoptr(GHashTable) last = json_line(scene.lines->pdata[11]);
    g_assert_cmpstr(member(last, "to"), ==, "2023-11-14T22:14:20Z");
    /* One that was over before the time asked for is not said; the open one is. */
    options.since_us = NOW_US + 8 * SECOND_US;
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 3);
    options.since_us = NOW_US + 30 * SECOND_US;
    run(&scene, &options);
    g_assert_cmpuint(scene.lines->len, ==, 1);
    scene_close(&scene);
}

static void
test_closed_pipe(void)
{
    struct scene scene;

    scene_open(&scene);
    put_buffer(&scene, 1, 0, "#lab", false);
    put_messages(&scene, 1, 250);
    scene.most = 3;
    run(&scene, &(struct export_options){.address = "net/#lab"});
    g_assert_cmpuint(scene.lines->len, ==, 3);
    scene_close(&scene);
}

static void
test_addresses(void)
{
    struct scene scene;

    scene_open(&scene);
    for (int64_t id = 1; id <= 2; id++) {
        struct space space = {.id = id,
                              .account_id = 1,
                              .remote_id = id == 1 ? (char[]){"s1"} : (char[]){"s2"},
                              .name = id == 1 ? (char[]){"one"} : (char[]){"two"}};
        store_put_space(scene.store, &space);
    }
    put_buffer(&scene, 1, 0, "#lab", true);
    put_buffer(&scene, 2, 1, "jobs", false);
    put_buffer(&scene, 3, 2, "jobs", false);
    put_messages(&scene, 1, 1);
    put_messages(&scene, 2, 2);
    put_messages(&scene, 3, 3);
    run(&scene, &(struct export_options){.address = "net/#lab"});
    g_assert_cmpuint(scene.lines->len, ==, 1);
    run(&scene, &(struct export_options){.address = "NET/#Lab"});
    g_assert_cmpuint(scene.lines->len, ==, 1);
    run(&scene, &(struct export_options){.address = "net/two/jobs"});
    g_assert_cmpuint(scene.lines->len, ==, 3);
    assert_refused(&scene, "net/#lob", WEFT_ERROR_NOT_FOUND, "Did you mean net/#lab?");
    assert_refused(&scene, "net/one/jbos", WEFT_ERROR_NOT_FOUND, "Did you mean net/one/jobs?");
    assert_refused(&scene, "elsewhere", WEFT_ERROR_NOT_FOUND, "No stored buffer");
    assert_refused(&scene, "net/jobs", WEFT_ERROR_BAD_INPUT, "account/space/name");
    assert_refused(&scene, "", WEFT_ERROR_BAD_INPUT, "");
    assert_refused(&scene, "a/b/c/d", WEFT_ERROR_BAD_INPUT, "");
    scene_close(&scene);
}

/* --- the command line --- */

static void
test_parse_since(void)
{
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"90s", NOW_US - 90 * SECOND_US},
        {"30m", NOW_US - 1800 * SECOND_US},
        {"2h", NOW_US - 7200 * SECOND_US},
        {"7d", NOW_US - 604800 * SECOND_US},
        {"4w", NOW_US - 2419200 * SECOND_US},
        {"0s", NOW_US},
        {"999999999w", 1},
        {"2023-11-14T22:13Z", NOW_US - 20 * SECOND_US},
        {"2023-11-14 22:13:20Z", NOW_US},
        {"2023-11-15T00:13:20+02:00", NOW_US},
        {"2023-11-14T16:43:20-05:30", NOW_US},
        {"2023-11-14Z", INT64_C(1699920000000000)},
    };
    int64_t us = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(export_parse_since(cases[i].text, NOW_US, &us, &error));
        g_assert_no_error(error);
        g_assert_cmpint(us, ==, cases[i].us);
    }
    /* Without a zone it is the clock on the wall. */
    g_autoptr(GDateTime) local = g_date_time_new_local(2023, 7, 14, 22, 13, 0);
    g_assert_true(export_parse_since("2023-07-14T22:13", NOW_US, &us, NULL));
    g_assert_cmpint(us, ==, g_date_time_to_unix(local) * SECOND_US);
}

static void
test_parse_errors(void)
{
    static const char *const cases[] = {
        "",
        "h",
        "10",
        "-5m",
        " 5m",
        "5 m",
        "5M",
        "5x",
        "1h2",
        "1234567890s",
        "yesterday",
        "2023",
        "2023-11",
        "2023-1-1",
        "2023-13-01",
        "2023-02-29",
        "2023- 1- 1",
        "20230-1-01",
        "+023-11-14",
        "2023-11-14T",
        "2023-11-14T22",
        "2023-11-14T22:1",
        "2023-11-14T24:00",
        "2023-11-14T22:60",
        "2023-11-14T22:13:",
        "2023-11-14T22:13:60",
        "2023-11-14T22:13z",
        "2023-11-14T22:13Zx",
        "2023-11-14T22:13+2",
        "2023-11-14T22:13+25:00",
        "2023-11-14T22:13+aa:00",
        "2023-11-14T22:13 UTC",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        int64_t us = 42;
        if (export_parse_since(cases[i], NOW_US, &us, &error))
            g_error("\"%s\" was taken as a time", cases[i]);
        g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
        g_assert_cmpint(us, ==, 42);
    }
}

static void
test_parse_format(void)
{
    enum export_format format = EXPORT_TEXT;
    g_autoptr(GError) error = NULL;

    g_assert_true(export_parse_format("jsonl", &format, NULL));
    g_assert_cmpint(format, ==, EXPORT_JSONL);
    g_assert_true(export_parse_format("text", &format, NULL));
    g_assert_cmpint(format, ==, EXPORT_TEXT);
    g_assert_false(export_parse_format("json", &format, &error));
    g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
}

void
test_export_add(void)
{
    g_test_add_func("/export/text", test_text);
    g_test_add_func("/export/text-hostile", test_text_hostile);
    g_test_add_func("/export/json", test_json);
    g_test_add_func("/export/json-hostile", test_json_hostile);
    g_test_add_func("/export/json-string", test_json_string);
    g_test_add_func("/export/json-python", test_json_python);
    g_test_add_func("/export/paging", test_paging);
    g_test_add_func("/export/since", test_since);
    g_test_add_func("/export/gaps", test_gaps);
    g_test_add_func("/export/closed-pipe", test_closed_pipe);
    g_test_add_func("/export/addresses", test_addresses);
    g_test_add_func("/export/parse-since", test_parse_since);
    g_test_add_func("/export/parse-errors", test_parse_errors);
    g_test_add_func("/export/parse-format", test_parse_format);
}
