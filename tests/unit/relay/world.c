#include "tests/unit/relay/world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/support/scratch.h"

static void
on_notice(const struct notice *notice, void *user)
{
    ((struct world *)user)->n_notices += notice->type == NOTICE_RELAY;
}

static void
open_all(struct world *world)
{
    const struct store_options options = {
        .dir = world->dir, .mode = STORE_WRITE, .clock = world->clock};
    g_autofree char *cache = g_build_filename(world->dir, "cache", NULL);
    g_autoptr(GError) error = NULL;

    world->store = store_open(&options, NULL, &error);
    g_assert_no_error(error);
    world->config = config_load_file(world->config_file, world->override_file, world_networks);
    for (unsigned i = 0; !world->mistaken && i < config_problems(world->config)->len; i++)
        g_error("%s",
                ((const struct config_problem *)config_problems(world->config)->pdata[i])->text);
    world->core = core_new(&(struct core_options){.config = world->config,
                                                  .store = world->store,
                                                  .clock = world->clock,
                                                  .networks = world_networks,
                                                  .read_only = world->read_only,
                                                  .download_dir = cache,
                                                  .cache_dir = cache});
    bus_subscribe(core_bus(world->core), on_notice, world);
    world->relay = relay_new(&(struct relay_options){.core = world->core, .config = world->config});
    core_start(world->core, &world->ops);
    world_settle(world);
}

static void
close_all(struct world *world)
{
    relay_free(world->relay);
    core_free(world->core);
    store_close(world->store);
}

static void
shown_free(void *memory)
{
    struct shown *shown = memory;

    g_free(shown->id);
    g_free(shown->key);
    g_free(shown->text);
    g_free(shown);
}

static void
server_free(void *memory)
{
    struct server *server = memory;

    g_free(server->account);
    g_hash_table_unref(server->ids);
    g_ptr_array_unref(server->shown);
    g_free(server);
}

struct server *
world_server(struct world *world, const char *account)
{
    struct server *server;

    for (unsigned i = 0; i < world->servers->len; i++) {
        server = world->servers->pdata[i];
        if (strcmp(server->account, account) == 0)
            return server;
    }
    server = g_new0(struct server, 1);
    server->account = g_strdup(account);
    server->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    server->shown = g_ptr_array_new_with_free_func(shown_free);
    g_ptr_array_add(world->servers, server);
    return server;
}

struct world *
world_new(const char *config)
{
    struct world *world = g_new0(struct world, 1);

    world->dir = scratch_new();
    world->config_file = g_build_filename(world->dir, "weft.conf", NULL);
    world->override_file = g_build_filename(world->dir, "override.conf", NULL);
    g_assert_true(g_file_set_contents(world->config_file, config, -1, NULL));
    world->clock = clock_fake_new(WORLD_NOW_US);
    world->nets = g_ptr_array_new();
    world->servers = g_ptr_array_new_with_free_func(server_free);
    open_all(world);
    for (size_t i = 0; i < config_n_accounts(world->config); i++) {
        world_online(world, config_account_name(world->config, i));
        world_caught_up(world, config_account_name(world->config, i));
    }
    return world;
}

void
world_free(struct world *world)
{
    close_all(world);
    clock_free(world->clock);
    g_ptr_array_unref(world->nets);
    g_ptr_array_unref(world->servers);
    g_free(world->config_file);
    g_free(world->override_file);
    scratch_free(world->dir);
    g_free(world);
}

static void
copy_disk(struct world *world, const char *from, const char *to)
{
    static const char *const suffixes[] = {"", "-wal"};

    for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *source = g_strconcat(world->dir, "/", from, suffixes[i], NULL);
        g_autofree char *target = g_strconcat(world->dir, "/", to, suffixes[i], NULL);
        g_autofree char *bytes = NULL;
        size_t len = 0;
        g_unlink(target);
        if (g_file_get_contents(source, &bytes, &len, NULL))
            g_assert_true(g_file_set_contents(target, bytes, (gssize)len, NULL));
    }
}

void
world_keep_disk(struct world *world)
{
    copy_disk(world, "weft.db", "kept.db");
}

void
world_restart_killed(struct world *world)
{
    close_all(world);
    copy_disk(world, "kept.db", "weft.db");
    open_all(world);
}

void
world_restart(struct world *world)
{
    close_all(world);
    open_all(world);
}

void
world_settle(struct world *world)
{
    /* A message is stored, its task is done, the copy is stored, sent and settled: each is a turn.
     */
    for (int i = 0; i < 16; i++) {
        clock_fake_advance(world->clock, 0);
        store_flush(world->store);
    }
}

void
world_advance(struct world *world, int64_t by_us)
{
    clock_fake_advance(world->clock, by_us);
    world_settle(world);
}

struct net *
world_net(struct world *world, const char *account)
{
    for (unsigned i = 0; i < world->nets->len; i++) {
        struct net *net = world->nets->pdata[i];
        if (strcmp(net->account, account) == 0)
            return net;
    }
    return NULL;
}

void
world_lost(struct world *world, const char *account)
{
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The line is cut.");

    world_net(world, account)->connected = false;
    host_lost(world_net(world, account)->host, error);
    world_settle(world);
}

void
world_channel(struct world *world, const char *account, const char *name, enum buffer_kind kind)
{
    struct host *host = world_net(world, account)->host;

    host_emit(host, &(struct event){.type = EVENT_BUFFER,
                                    .conversation = name,
                                    .buffer = {.kind = kind, .name = name, .joined = true}});
    host_emit(host, &(struct event){.type = EVENT_CAUGHT_UP, .conversation = name});
    world_settle(world);
}

const struct buffer *
world_buffer(struct world *world, const char *account, const char *name)
{
    g_autofree char *address = g_strconcat(account, "/", name, NULL);

    return core_find_address(world->core, address, NULL);
}

/* --- what happens on a network --- */

void
world_say(struct world *world, const char *account, const struct world_said *said)
{
    struct rich *body = rich_new(said->text ? said->text : "", -1);
    const char *who = said->who ? said->who : "uma";
    const struct event event = {
        .type = EVENT_MESSAGE,
        .conversation = said->conversation ? said->conversation : "#lab",
        .message = {.origin = said->origin,
                    .missed = said->missed,
                    .kind = said->kind,
                    .remote_id = said->id,
                    .time_us = clock_wall_us(world->clock) - said->ago_us,
                    .sender_id = who,
                    .sender_name = who,
                    .subject = said->subject,
                    .reply_to = said->reply_to,
                    .thread = said->thread,
                    .own = said->own,
                    .bot = said->bot,
                    .ephemeral = said->ephemeral,
                    .relayed_by = said->relayed_by,
                    .sender_picture = said->picture,
                    .body = body,
                    .files = said->files},
    };

    if (said->user) {
        const size_t start = (size_t)(strstr(body->text, said->user) - body->text);
        g_assert_true(rich_add(body, start, start + strlen(said->user), SPAN_USER, said->user_id));
    }
    host_emit(world_net(world, account)->host, &event);
    rich_free(body);
    world_settle(world);
}

void
world_replay(struct world *world, const char *account)
{
    const struct server *server = world_server(world, account);

    for (unsigned i = 0; i < server->shown->len; i++) {
        const struct shown *shown = server->shown->pdata[i];
        struct rich *body = rich_new(shown->text, -1);
        const struct event event = {.type = EVENT_MESSAGE,
                                    .conversation = "#lab",
                                    .message = {.origin = ORIGIN_CATCH_UP,
                                                .remote_id = shown->id,
                                                .key = shown->key,
                                                .time_us = clock_wall_us(world->clock),
                                                .sender_id = "weft",
                                                .sender_name = "weft",
                                                .own = true,
                                                .body = body}};
        if (!shown->deleted)
            host_emit(world_net(world, account)->host, &event);
        rich_free(body);
    }
    world_settle(world);
}

void
world_edit(struct world *world, const char *account, const char *id, const char *text)
{
    struct rich *body = rich_new(text, -1);

    host_emit(world_net(world, account)->host,
              &(struct event){.type = EVENT_EDITED,
                              .conversation = "#lab",
                              .edited = {.remote_id = id, .body = body}});
    rich_free(body);
    world_settle(world);
}

void
world_delete(struct world *world, const char *account, const char *id)
{
    host_emit(world_net(world, account)->host,
              &(struct event){.type = EVENT_DELETED,
                              .conversation = "#lab",
                              .deleted = {.remote_id = id, .by_id = "uma", .by_name = "uma"}});
    world_settle(world);
}

void
world_react(struct world *world, const char *account, const char *id, const char *who,
            const char *emoji, bool add)
{
    /* Of two words about one reaction the later counts. */
    world_advance(world, 1000);
    host_emit(world_net(world, account)->host,
              &(struct event){.type = EVENT_REACTION,
                              .conversation = "#lab",
                              .reaction = {.remote_id = id,
                                           .user_id = who,
                                           .user_name = who,
                                           .emoji = emoji,
                                           .time_us = clock_wall_us(world->clock),
                                           .add = add,
                                           .own = strcmp(who, WORLD_SELF) == 0}});
    world_settle(world);
}

/* --- what it was asked --- */

char *
world_take(struct world *world, const char *account)
{
    GString *log = world_net(world, account)->log;
    char *text = g_strndup(log->str, log->len > 0 ? log->len - 1 : 0);

    g_string_truncate(log, 0);
    return text;
}

static void
release_first(struct net *net)
{
    const struct held held = g_array_index(net->held, struct held, 0);

    g_array_remove_index(net->held, 0);
    host_done(net->host, held.op, held.id, 0);
}

void
world_release(struct world *world, const char *account)
{
    struct net *net = world_net(world, account);

    net->holds = false;
    while (net->held->len > 0)
        release_first(net);
    world_settle(world);
}

void
world_release_first(struct world *world, const char *account)
{
    release_first(world_net(world, account));
    world_settle(world);
}

char *
world_type(struct world *world, const char *account, const char *text)
{
    const int64_t id = world_buffer(world, account, "#lab")->id;
    g_autoptr(GError) error = NULL;
    struct page page = {0};

    if (!core_input(world->core, id, text, &error))
        return g_strdup(error->message);
    world_settle(world);
    core_page_newest(world->core, id, 1, &page);
    const struct message *message = page.messages->pdata[page.messages->len - 1];
    char *line = g_strdup(message->body->text);
    page_clear(&page);
    return line;
}

void
world_set(struct world *world, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;

    core_set(world->core, "gateway g", key, value, &error);
    g_assert_no_error(error);
    world_settle(world);
}
