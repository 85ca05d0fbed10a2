#include "daemon/headless.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "core/address.h"
#include "daemon/control.h"
#include "daemon/legs.h"
#include "daemon/page_file.h"
#include "daemon/pages.h"
#include "daemon/service.h"

#define AREA "headless"

/* Accounts that need longer than this to connect, and have not failed, are told of. */
#define PATIENCE_US (20 * (int64_t)G_USEC_PER_SEC)

struct headless {
    struct core *core;
    struct net_ops *net;
    const char *version;
    void (*quit)(void *user);
    void *user;
    unsigned subscription;
    struct control *control;
    struct pages *pages;
    struct page_file *file;
    char *file_path; /* of the configuration; NULL: none */
    uint16_t port;   /* of the configuration, for the pages; 0: none */
    struct service *service;
    /* "gateway\naddress", or "gateway\n" for all of it → what was said of it last */
    GHashTable *states;
    unsigned patience; /* timer: until then accounts may be on their way */
    bool stopping;
};

/* --- what is said --- */

/* False: that is what was said of it last. */
static bool
is_news(struct headless *headless, const char *of, const char *state)
{
    if (g_strcmp0(g_hash_table_lookup(headless->states, of), state) == 0)
        return false;
    g_hash_table_replace(headless->states, g_strdup(of), g_strdup(state));
    return true;
}

static void
tell_status(struct headless *headless)
{
    const GPtrArray *accounts = core_accounts(headless->core);
    guint online = 0;

    for (guint i = 0; i < accounts->len; i++)
        online += ((const struct account *)accounts->pdata[i])->state == ACCOUNT_ONLINE;
    g_autofree char *text = g_strdup_printf("%u of %u accounts are online.", online, accounts->len);
    service_status(headless->service, text);
}

/* The account of a leg; NULL: there is none. */
static const struct account *
account_of(struct headless *headless, const struct relay_leg *leg)
{
    g_auto(GStrv) parts = address_parse(leg->address, NULL);

    return parts ? core_account_by_name(headless->core, parts[0]) : NULL;
}

/* It may still be on its way: nobody has to do anything yet. */
static bool
is_coming(const struct account *account)
{
    return account->state != ACCOUNT_ONLINE && account->state != ACCOUNT_WAITING &&
           account->state != ACCOUNT_FAILED;
}

static void
tell_leg(struct headless *headless, const struct relay_leg *leg)
{
    const struct account *account = account_of(headless, leg);
    const bool away = leg->state == RELAY_WAITS && account && account->state != ACCOUNT_ONLINE;
    const bool tripped = leg->state == RELAY_TRIPPED;
    const bool trouble = leg->state == RELAY_WAITS || leg->state == RELAY_REFUSED;
    const char *state = leg_state_name(leg->state);
    const char *error = leg->error ? leg->error : "";
    g_autofree char *of = g_strdup_printf("%s\n%s", leg->gateway, leg->address);
    g_autofree char *all = g_strdup_printf("%s\n", leg->gateway);
    /* Core tells of every try to connect an account; of its legs once is enough. */
    g_autofree char *told = g_strdup_printf("%s\n%s", state, trouble && !away ? error : "");
    const bool trips = is_news(headless, all, tripped ? state : "") && tripped;

    if ((away && headless->patience && is_coming(account)) || !is_news(headless, of, told))
        return;
    if (trips)
        log_warning("relay", "%s: stopped by the breaker. %s", leg->gateway, error);
    else if (tripped)
        return; /* what was said of the gateway's first leg */
    else if (trouble)
        log_warning("relay", "%s, %s: %s. %s", leg->gateway, leg->address, state, error);
    else
        log_info("relay", "%s, %s: %s.", leg->gateway, leg->address, state);
}

static void
tell_relay(struct headless *headless)
{
    g_autoptr(GPtrArray) legs = legs_of(headless->core);

    for (guint i = 0; i < legs->len; i++)
        tell_leg(headless, legs->pdata[i]);
}

static void
on_impatient(void *user)
{
    struct headless *headless = user;

    headless->patience = 0;
    tell_relay(headless);
}

/* --- the page --- */

static void
keep_file(struct headless *headless)
{
    const char *path = config_text(core_config(headless->core), "relay", "page");

    if (g_strcmp0(path, headless->file_path) == 0)
        return;
    g_clear_pointer(&headless->file, page_file_free);
    g_free(headless->file_path);
    headless->file_path = g_strdup(path);
    if (path)
        headless->file = page_file_new(headless->core, path);
}

static void
serve_pages(struct headless *headless)
{
    const char *where = config_text(core_config(headless->core), "relay", "listen");
    g_autoptr(GError) error = NULL;
    uint16_t port = 0;

    if (where && !config_read_listen(where, &port))
        port = 0;
    keep_file(headless);
    if (port == headless->port && (headless->pages || port == 0))
        return;
    g_clear_pointer(&headless->pages, pages_free);
    headless->port = port;
    if (port == 0)
        return;
    headless->pages = pages_new(&(struct pages_options){.core = headless->core,
                                                        .net = headless->net,
                                                        .port = port,
                                                        .version = headless->version},
                                &error);
    if (headless->pages)
        log_info(AREA, "Who is on the bridge: http://127.0.0.1:%u/ and /metrics.", port);
    else
        log_warning(AREA, "%s Nothing is shown there; the rest goes on.", error->message);
}

/* --- life --- */

static void
on_notice(const struct notice *notice, void *user)
{
    struct headless *headless = user;

    switch (notice->type) {
    case NOTICE_ACCOUNT:
        tell_status(headless);
        break;
    case NOTICE_RELAY:
        tell_relay(headless);
        break;
    case NOTICE_DISK:
        if (notice->text)
            log_error(AREA, "%s", notice->text);
        else
            log_info(AREA, "The disk takes what is stored again.");
        break;
    case NOTICE_MESSAGE:
        if (notice->buffer_id == core_own_buffer(headless->core)->id)
            log_lines(LOG_INFO, AREA, notice->message->body->text);
        break;
    case NOTICE_CONFIG:
        if (!headless->stopping)
            serve_pages(headless);
        break;
    case NOTICE_QUIT:
        headless->quit(headless->user);
        break;
    default:
        break;
    }
}

static void
tell_problems(struct headless *headless)
{
    const GPtrArray *problems = config_problems(core_config(headless->core));

    for (guint i = 0; i < problems->len; i++) {
        const struct config_problem *problem = problems->pdata[i];
        log_warning("config", "%s:%d:%d: %s", problem->file, problem->line, problem->column,
                    problem->text);
    }
    if (core_accounts(headless->core)->len == 0)
        log_warning(AREA,
                    "No account is configured: nothing is connected. Add one to %s, and "
                    "reload.",
                    config_file(core_config(headless->core)));
}

struct headless *
headless_new(const struct headless_options *options)
{
    struct headless *headless = g_new0(struct headless, 1);
    g_autoptr(GError) error = NULL;

    headless->core = options->core;
    headless->net = options->net;
    headless->version = options->version;
    headless->quit = options->quit;
    headless->user = options->user;
    headless->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    headless->service = service_new(&(struct service_options){.net = options->net,
                                                              .clock = core_clock(options->core),
                                                              .socket = options->notify,
                                                              .watchdog_us = options->watchdog_us});
    headless->subscription = bus_subscribe(core_bus(headless->core), on_notice, headless);
    headless->control = control_new(&(struct control_options){.core = options->core,
                                                              .net = options->net,
                                                              .run_dir = options->run_dir,
                                                              .version = options->version,
                                                              .headless = true},
                                    &error);
    if (!headless->control)
        log_warning(AREA, "%s There is no control socket: weft ctl does not work.", error->message);
    tell_problems(headless);
    serve_pages(headless);
    return headless;
}

void
headless_ready(struct headless *headless)
{
    log_info(AREA, "weft %s runs without a screen, with %u accounts.", headless->version,
             core_accounts(headless->core)->len);
    service_ready(headless->service);
    tell_status(headless);
    headless->patience =
        clock_timer_add(core_clock(headless->core), PATIENCE_US, on_impatient, headless);
    tell_relay(headless);
}

void
headless_reload(struct headless *headless)
{
    g_autofree char *text = NULL;

    service_reloading(headless->service);
    const bool taken = core_reload(headless->core, &text);
    log_lines(taken ? LOG_INFO : LOG_WARNING, AREA, text);
    service_ready(headless->service);
}

void
headless_stopping(struct headless *headless)
{
    if (headless->stopping)
        return;
    headless->stopping = true;
    log_info(AREA, "weft says goodbye and ends.");
    service_stopping(headless->service);
    g_clear_pointer(&headless->pages, pages_free);
    g_clear_pointer(&headless->file, page_file_free);
}

void
headless_free(struct headless *headless)
{
    if (!headless)
        return;
    bus_unsubscribe(core_bus(headless->core), headless->subscription);
    clock_timer_del(core_clock(headless->core), headless->patience);
    control_free(headless->control);
    pages_free(headless->pages);
    page_file_free(headless->file);
    g_free(headless->file_path);
    service_free(headless->service);
    g_hash_table_unref(headless->states);
    g_free(headless);
}
