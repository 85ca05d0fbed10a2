#include "daemon/headless.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "daemon/control.h"
#include "daemon/legs.h"
#include "daemon/pages.h"
#include "daemon/service.h"

#define AREA "headless"

struct headless {
    struct core *core;
    struct net_ops *net;
    const char *version;
    void (*quit)(void *user);
    void *user;
    unsigned subscription;
    struct control *control;
    struct pages *pages;
    uint16_t port; /* of the configuration, for the pages; 0: none */
    struct service *service;
    GHashTable
        *states; /* account's name, or "gateway\naddress", "gateway\n" → what was said of it last */
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
tell_account(struct headless *headless, const struct account *account)
{
    const char *text = account->state_text ? account->state_text : "";
    g_autofree char *state = g_strdup_printf("%s %s", account_state_name(account->state), text);

    /* Core itself logs every state; what needs somebody is more than information. */
    if ((account->state == ACCOUNT_FAILED || account->state == ACCOUNT_WAITING ||
         account->state == ACCOUNT_ONLINE) &&
        is_news(headless, account->name, state) && account->state != ACCOUNT_ONLINE)
        log_warning(AREA, "%s: %s. %s", account->name, account_state_name(account->state), text);
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

static void
tell_leg(struct headless *headless, const struct relay_leg *leg)
{
    g_autofree char *of = g_strdup_printf("%s\n%s", leg->gateway, leg->address);
    g_autofree char *all = g_strdup_printf("%s\n", leg->gateway);
    const char *state = leg_state_name(leg->state);
    const bool tripped = leg->state == RELAY_TRIPPED;
    const bool trips = is_news(headless, all, tripped ? state : "") && tripped;

    if (!is_news(headless, of, state))
        return;
    if (trips)
        log_warning("relay", "%s: stopped by the breaker. %s", leg->gateway,
                    leg->error ? leg->error : "");
    else if (tripped)
        return; /* what was said of the gateway's first leg */
    else if (leg->state == RELAY_WAITS || leg->state == RELAY_REFUSED)
        log_warning("relay", "%s, %s: %s. %s", leg->gateway, leg->address, state,
                    leg->error ? leg->error : "");
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

/* --- the page --- */

static void
serve_pages(struct headless *headless)
{
    const char *where = config_text(core_config(headless->core), "relay", "listen");
    g_autoptr(GError) error = NULL;
    uint16_t port = 0;

    if (where && !config_read_listen(where, &port))
        port = 0;
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
    const struct account *account;

    switch (notice->type) {
    case NOTICE_ACCOUNT:
        account = core_account(headless->core, notice->account_id);
        if (account)
            tell_account(headless, account);
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
            log_info(AREA, "%s", notice->message->body->text);
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
    tell_relay(headless);
}

void
headless_reload(struct headless *headless)
{
    g_autofree char *text = NULL;

    service_reloading(headless->service);
    if (core_reload(headless->core, &text))
        log_info(AREA, "%s", text);
    else
        log_warning(AREA, "%s", text);
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
}

void
headless_free(struct headless *headless)
{
    if (!headless)
        return;
    bus_unsubscribe(core_bus(headless->core), headless->subscription);
    control_free(headless->control);
    pages_free(headless->pages);
    service_free(headless->service);
    g_hash_table_unref(headless->states);
    g_free(headless);
}
