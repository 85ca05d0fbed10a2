#include "tests/relay/bridge.h"

#include <string.h>

#include "base/file.h"
#include "core/relaying.h"
#include "net/net.h"
#include "protocols/registry.h"
#include "relay/relay.h"
#include "store/store.h"
#include "tests/conformance/adapter.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

struct bridge *
bridge_here(void)
{
    struct bridge *bridge = g_new0(struct bridge, 1);
    g_autoptr(GError) error = NULL;

    bridge->paths = paths_new(NULL, &error);
    g_assert_no_error(error);
    return bridge;
}

struct bridge *
bridge_new(void)
{
    char *home = scratch_new();

    g_setenv("WEFT_HOME", home, TRUE);
    struct bridge *bridge = bridge_here();
    bridge->home = home;
    return bridge;
}

char *
bridge_folder(const struct bridge *bridge, const char *name)
{
    char *folder = g_build_filename(bridge->home, name, NULL);
    g_autoptr(GError) error = NULL;

    file_make_private_dir(folder, &error);
    g_assert_no_error(error);
    return folder;
}

void
bridge_configure(const struct bridge *bridge, const char *text)
{
    g_autoptr(GError) error = NULL;

    file_write_atomic(bridge->paths->config_file, text, strlen(text), &error);
    g_assert_no_error(error);
}

static struct config *
load_config(const struct bridge *bridge)
{
    struct config *config = config_load(bridge->paths, registry_networks());

    for (guint i = 0; i < config_problems(config)->len; i++) {
        const struct config_problem *problem = config_problems(config)->pdata[i];
        g_error("%s:%d: %s", problem->file, problem->line, problem->text);
    }
    return config;
}

void
bridge_start(struct bridge *bridge)
{
    struct store_options store_options = {.dir = bridge->paths->data_dir, .mode = STORE_WRITE};
    struct core_options options = {.networks = registry_networks()};
    const char *built = g_getenv("G_TEST_BUILDDIR");
    g_autofree char *module = g_build_filename(built ? built : ".", NET_WEB_MODULE, NULL);
    g_autoptr(GError) error = NULL;

    options.config = load_config(bridge);
    bridge->clock = clock_system_new();
    store_options.clock = bridge->clock;
    bridge->store = store_open(&store_options, NULL, &error);
    g_assert_no_error(error);
    bridge->net = net_new(bridge->clock, module);
    options.store = bridge->store;
    options.clock = bridge->clock;
    options.download_dir = bridge->paths->download_dir;
    options.cache_dir = bridge->paths->cache_dir;
    bridge->core = core_new(&options);
    const struct relay_options relay_options = {.core = bridge->core, .config = options.config};
    bridge->relay = relay_new(&relay_options);
    core_start(bridge->core, bridge->net);
}

void
bridge_stop(struct bridge *bridge)
{
    if (!bridge->core)
        return;
    relay_free(bridge->relay);
    core_free(bridge->core);
    bridge->core = NULL;
    store_close(bridge->store);
    net_free(bridge->net);
    clock_free(bridge->clock);
}

void
bridge_free(struct bridge *bridge)
{
    bridge_stop(bridge);
    paths_free(bridge->paths);
    scratch_free(bridge->home);
    g_free(bridge);
}

/* --- waiting --- */

struct wait {
    struct bridge *bridge;
    const char *account, *channel, *part;
    char *remote_id;
};

static const struct buffer *
find_buffer(struct bridge *bridge, const char *account, const char *channel)
{
    const struct account *owner = core_account_by_name(bridge->core, account);
    const GPtrArray *buffers = core_buffers(bridge->core);

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (buffer->account_id == owner->id && buffer->kind == BUFFER_CHANNEL &&
            g_ascii_strcasecmp(buffer->name, channel) == 0)
            return buffer;
    }
    return NULL;
}

static bool
is_joined(void *user)
{
    const struct wait *wait = user;
    const struct buffer *buffer = find_buffer(wait->bridge, wait->account, wait->channel);

    return buffer && buffer->joined && buffer->caught_up;
}

const struct buffer *
bridge_wait_joined(struct bridge *bridge, const char *account, const char *channel)
{
    struct wait wait = {.bridge = bridge, .account = account, .channel = channel};

    if (!loop_until(is_joined, &wait, CONFORMANCE_DEADLINE_MS))
        g_error("%s is not in %s: %s", account, channel,
                core_account_by_name(bridge->core, account)->state_text);
    return find_buffer(bridge, account, channel);
}

/* The newest, once it is settled. */
static bool
has_message(void *user)
{
    struct wait *wait = user;
    const struct buffer *buffer = find_buffer(wait->bridge, wait->account, wait->channel);
    g_autoptr(GPtrArray) messages = store_load_newest(wait->bridge->store, buffer->id, 100);

    for (guint i = messages->len; i-- > 0;) {
        const struct message *message = messages->pdata[i];
        if (!strstr(message->body->text, wait->part) ||
            (message->state != MESSAGE_SENT && message->state != MESSAGE_RECEIVED))
            continue;
        wait->remote_id = g_strdup(message->remote_id ? message->remote_id : "");
        return true;
    }
    return false;
}

char *
bridge_wait_message(struct bridge *bridge, const char *account, const char *channel,
                    const char *part)
{
    struct wait wait = {.bridge = bridge, .account = account, .channel = channel, .part = part};

    loop_until(has_message, &wait, CONFORMANCE_DEADLINE_MS);
    return wait.remote_id;
}

static void
tell_messages(struct bridge *bridge, int64_t buffer_id, GString *text)
{
    g_autoptr(GPtrArray) messages = store_load_newest(bridge->store, buffer_id, 20);

    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        g_string_append_printf(text, "    %s, %s: %s\n", message->sender_name,
                               message_state_name(message->state), message->body->text);
    }
}

char *
bridge_tell(struct bridge *bridge)
{
    const struct core_relay *relay = core_relay(bridge->core);
    GString *text = g_string_new(NULL);
    GPtrArray *legs = relay->legs(relay->user);

    for (guint i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        g_string_append_printf(text, "%s %s: state %d, waiting %u, unknown %u, given up %u%s%s\n",
                               leg->gateway, leg->address, (int)leg->state, leg->waiting,
                               leg->unknown, leg->given_up, leg->error ? ": " : "",
                               leg->error ? leg->error : "");
        if (leg->buffer_id != 0)
            tell_messages(bridge, leg->buffer_id, text);
    }
    g_ptr_array_unref(legs);
    return g_string_free(text, FALSE);
}
