#define _GNU_SOURCE /* memmem */
#include "tests/conformance/person.h"

#include <string.h>

#include "base/file.h"
#include "core/bus.h"
#include "net/net.h"
#include "protocols/registry.h"
#include "tests/conformance/adapter.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

#ifdef __SANITIZE_ADDRESS__
/* GIO's TLS loses an error when its last alert meets a peer that has gone, which is a matter of
 * luck (and of every cut here): see the streams' tests. Weak: a program may have its own. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default"), used, weak));

const char *
__lsan_default_suppressions(void)
{
    return "leak:^g_malloc$";
}
#endif

bool
person_until(bool (*done)(void *user), void *user)
{
    return loop_until(done, user, CONFORMANCE_DEADLINE_MS);
}

struct person *
person_here(void)
{
    struct person *person = g_new0(struct person, 1);
    g_autoptr(GError) error = NULL;

    person->paths = paths_new(NULL, &error);
    g_assert_no_error(error);
    return person;
}

struct person *
person_new(void)
{
    char *home = scratch_new();

    g_setenv("WEFT_HOME", home, TRUE);
    struct person *person = person_here();
    person->home = home;
    return person;
}

void
person_configure(struct person *person, const char *network, const char *options)
{
    g_autofree char *text = g_strdup_printf("[account home]\nnetwork = %s\n%s", network, options);
    g_autoptr(GError) error = NULL;

    file_write_atomic(person->paths->config_file, text, strlen(text), &error);
    g_assert_no_error(error);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct person *person = user;

    if (notice->type == NOTICE_QUESTION)
        person->question = notice->question;
}

/* The module that has HTTP and WebSockets, as it was built. */
static struct net_ops *
net_of_build(struct clock *clock)
{
    const char *built = g_getenv("G_TEST_BUILDDIR");
    g_autofree char *module = g_build_filename(built ? built : ".", NET_WEB_MODULE, NULL);

    return net_new(clock, module);
}

void
person_start(struct person *person)
{
    struct store_options store_options = {.dir = person->paths->data_dir, .mode = STORE_WRITE};
    struct core_options options = {.networks = registry_networks()};
    g_autoptr(GError) error = NULL;

    options.config = config_load(person->paths, options.networks);
    for (guint i = 0; i < config_problems(options.config)->len; i++) {
        const struct config_problem *problem = config_problems(options.config)->pdata[i];
        if (!problem->warning)
            g_error("%s:%d: %s", problem->file, problem->line, problem->text);
    }
    person->clock = clock_system_new();
    store_options.clock = person->clock;
    person->store = store_open(&store_options, NULL, &error);
    g_assert_no_error(error);
    person->net = net_of_build(person->clock);
    options.store = person->store;
    options.clock = person->clock;
    options.download_dir = person->paths->download_dir;
    options.cache_dir = person->paths->cache_dir;
    person->core = core_new(&options);
    bus_subscribe(core_bus(person->core), on_notice, person);
    core_start(person->core, person->net);
}

void
person_stop(struct person *person)
{
    if (!person->core)
        return;
    core_free(person->core);
    person->core = NULL;
    store_close(person->store);
    net_free(person->net);
    clock_free(person->clock);
}

void
person_free(struct person *person)
{
    person_stop(person);
    message_unref(person->seen);
    paths_free(person->paths);
    scratch_free(person->home);
    g_free(person);
}

struct wait {
    struct person *person;
    const char *name;
    const char *sender;
    const char *text;
    enum account_state account_state;
    enum message_state message_state;
    enum message_kind kind;
};

static bool
in_state(void *user)
{
    const struct wait *wait = user;
    return core_account_by_name(wait->person->core, "home")->state == wait->account_state;
}

void
person_wait_state(struct person *person, enum account_state state)
{
    struct wait wait = {.person = person, .account_state = state};
    const struct account *account;

    if (person_until(in_state, &wait))
        return;
    account = core_account_by_name(person->core, "home");
    g_error("the account is %s, not %s: %s", account_state_name(account->state),
            account_state_name(state),
            account->state_text ? account->state_text : "(it does not say why)");
}

bool
person_is_called(const struct person *person, const char *name, const char *who)
{
    const char *suffix = person->suffix ? person->suffix : "";
    const size_t len = strlen(who);

    return name && g_ascii_strncasecmp(name, who, len) == 0 && strcmp(name + len, suffix) == 0;
}

const struct buffer *
person_buffer(struct person *person, const char *name)
{
    const struct account *account = core_account_by_name(person->core, "home");
    const GPtrArray *buffers = core_buffers(person->core);
    g_autofree char *own = g_strdup(name);

    if (*own == '#' && person->channel_sign)
        *own = person->channel_sign;
    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (buffer->account_id != account->id)
            continue;
        if (*own ? (g_ascii_strcasecmp(buffer->name, own) == 0 ||
                    person_is_called(person, buffer->name, own)) &&
                       buffer->kind != BUFFER_SERVER
                 : buffer->kind == BUFFER_SERVER)
            return buffer;
    }
    return NULL;
}

static bool
is_joined(void *user)
{
    const struct wait *wait = user;
    const struct buffer *buffer = person_buffer(wait->person, wait->name);
    return buffer && buffer->joined && buffer->caught_up;
}

const struct buffer *
person_wait_joined(struct person *person, const char *name)
{
    struct wait wait = {.person = person, .name = name};

    if (!person_until(is_joined, &wait))
        g_error("the person is not in %s", name);
    return person_buffer(person, name);
}

void
person_types(struct person *person, const char *name, const char *line)
{
    const struct buffer *buffer = person_buffer(person, name);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(buffer);
    core_input(person->core, buffer->id, line, &error);
    g_assert_no_error(error);
}

static GPtrArray *
load(struct person *person, const char *name)
{
    const struct buffer *buffer = person_buffer(person, name);
    return buffer ? store_load_newest(person->store, buffer->id, 1000) : NULL;
}

static bool
sees(void *user)
{
    const struct wait *wait = user;
    g_autoptr(GPtrArray) messages = load(wait->person, wait->name);

    for (guint i = messages ? messages->len : 0; i-- > 0;) {
        struct message *message = messages->pdata[i];
        if (strcmp(message->body->text, wait->text) == 0 &&
            person_is_called(wait->person, message->sender_name, wait->sender)) {
            message_unref(wait->person->seen);
            wait->person->seen = message_ref(message);
            return true;
        }
    }
    return false;
}

bool
person_sees(struct person *person, const char *name, const char *sender, const char *text)
{
    struct wait wait = {.person = person, .name = name, .sender = sender, .text = text};
    return person_until(sees, &wait);
}

static bool
sees_state(void *user)
{
    const struct wait *wait = user;
    g_autoptr(GPtrArray) messages = load(wait->person, wait->name);

    for (guint i = messages ? messages->len : 0; i-- > 0;) {
        const struct message *message = messages->pdata[i];
        if ((message->flags & MESSAGE_OWN) && strcmp(message->body->text, wait->text) == 0 &&
            message->state == wait->message_state)
            return true;
    }
    return false;
}

bool
person_sees_state(struct person *person, const char *name, const char *text,
                  enum message_state state)
{
    struct wait wait = {.person = person, .name = name, .text = text, .message_state = state};
    return person_until(sees_state, &wait);
}

static bool
is_asked(void *user)
{
    return ((struct person *)user)->question != 0;
}

void
person_answers(struct person *person, const char *answer)
{
    g_assert_true(person_until(is_asked, person));
    core_answer(person->core, person->question, answer);
    person->question = 0;
}

static bool
take_seen(struct person *person, struct message *message)
{
    message_unref(person->seen);
    person->seen = message_ref(message);
    return true;
}

static bool
sees_kind(void *user)
{
    const struct wait *wait = user;
    g_autoptr(GPtrArray) messages = load(wait->person, wait->name);

    for (guint i = messages ? messages->len : 0; i-- > 0;) {
        struct message *message = messages->pdata[i];
        if (message->kind == wait->kind &&
            (!wait->sender || person_is_called(wait->person, message->sender_name, wait->sender)))
            return take_seen(wait->person, message);
    }
    return false;
}

bool
person_sees_kind(struct person *person, const char *name, enum message_kind kind,
                 const char *sender)
{
    struct wait wait = {.person = person, .name = name, .sender = sender, .kind = kind};
    return person_until(sees_kind, &wait);
}

static bool
reads(void *user)
{
    const struct wait *wait = user;
    g_autoptr(GPtrArray) messages = load(wait->person, wait->name);

    for (guint i = messages ? messages->len : 0; i-- > 0;) {
        struct message *message = messages->pdata[i];
        if (strstr(message->body->text, wait->text))
            return take_seen(wait->person, message);
    }
    return false;
}

bool
person_reads(struct person *person, const char *name, const char *part)
{
    struct wait wait = {.person = person, .name = name, .text = part};
    return person_until(reads, &wait);
}

static bool
file_holds(const char *path, const char *secret)
{
    g_autofree char *bytes = NULL;
    gsize len;

    return g_file_get_contents(path, &bytes, &len, NULL) &&
           memmem(bytes, len, secret, strlen(secret)) != NULL;
}

static bool
folder_holds(const char *folder, const char *secret)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) ? folder_holds(path, secret)
            : strcmp(name, "secret") == 0         ? false
                                                  : file_holds(path, secret))
            return true;
    }
    return false;
}

bool
person_keeps_nothing_of(struct person *person, const char *secret)
{
    return !folder_holds(person->home, secret);
}

unsigned
person_count(struct person *person, const char *name, const char *text)
{
    g_autoptr(GPtrArray) messages = load(person, name);
    unsigned n = 0;

    for (guint i = 0; messages && i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        n += strcmp(message->body->text, text) == 0;
    }
    return n;
}

unsigned
person_flags(struct person *person, const char *name, const char *text)
{
    g_autoptr(GPtrArray) messages = load(person, name);

    for (guint i = messages ? messages->len : 0; i-- > 0;) {
        const struct message *message = messages->pdata[i];
        if (strcmp(message->body->text, text) == 0)
            return message->flags;
    }
    return 0;
}

unsigned
person_count_of(struct person *person, const char *name, const char *part)
{
    g_autoptr(GPtrArray) messages = load(person, name);
    unsigned n = 0;

    for (guint i = 0; messages && i < messages->len; i++)
        n += strstr(((const struct message *)messages->pdata[i])->body->text, part) != NULL;
    return n;
}

unsigned
person_count_kind(struct person *person, const char *name, enum message_kind kind)
{
    g_autoptr(GPtrArray) messages = load(person, name);
    unsigned n = 0;

    for (guint i = 0; messages && i < messages->len; i++)
        n += ((const struct message *)messages->pdata[i])->kind == kind;
    return n;
}

unsigned
person_gaps(struct person *person, const char *name)
{
    const struct buffer *buffer = person_buffer(person, name);
    g_autoptr(GPtrArray) gaps = store_load_gaps(person->store, buffer->id);

    return gaps->len;
}
