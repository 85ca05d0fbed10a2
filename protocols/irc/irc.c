/* Life of a session: secrets, stream, lines in, registration, the end. */
#include "protocols/irc/irc.h"

#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "protocols/irc/irc_bouncer.h"
#include "protocols/irc/irc_options.h"
#include "protocols/irc/irc_priv.h"

#define MAX_REASON_BYTES 300

/* --- who we are ---------------------------------------------------------------------------------
 */

bool
irc_has(const struct irc *irc, const char *cap)
{
    return g_hash_table_contains(irc->enabled, cap);
}

bool
irc_has_labels(const struct irc *irc)
{
    return irc_has(irc, "labeled-response") && irc_has(irc, "batch");
}

bool
irc_is_us(struct irc *irc, const char *nick)
{
    return irc->nick && irc_same(&irc->isupport, irc->nick, nick);
}

void
irc_set_nick(struct irc *irc, const char *nick)
{
    g_free(irc->nick);
    irc->nick = g_strdup(nick);
}

void
irc_set_login(struct irc *irc, const char *user, const char *host)
{
    if (user && *user) {
        g_free(irc->login_user);
        irc->login_user = g_strdup(user);
    }
    if (host && *host) {
        g_free(irc->login_host);
        irc->login_host = g_strdup(host);
    }
}

int64_t
irc_now_us(const struct irc *irc)
{
    return clock_wall_us(irc->host->clock) + irc->clock_offset_us;
}

void
irc_tell_self(struct irc *irc)
{
    g_autofree char *id = irc_fold(&irc->isupport, irc->nick);
    struct event event = {.type = EVENT_SELF};

    event.self.id = id;
    event.self.name = irc->nick;
    event.self.server_name = irc_isupport_get(&irc->isupport, "NETWORK");
    event.self.insecure = !irc->secure;
    host_emit(irc->host, &event);
}

/* --- the connection's timers
 * ---------------------------------------------------------------------- */

void
irc_save_alive(struct irc *irc)
{
    if (!irc->online || irc->heard_wall_us == 0)
        return;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, irc->heard_wall_us);
    irc->host->ops->kv_set(irc->host, "irc.alive", text);
    irc->saved_alive_us = irc->heard_wall_us;
}

static void arm_alive(struct irc *irc, int64_t delay_us);

static void
on_alive_timer(void *user)
{
    struct irc *irc = user;
    if (irc->paused)
        irc->heard_us = clock_mono_us(irc->host->clock); /* we do not listen */
    int64_t silence_us = clock_mono_us(irc->host->clock) - irc->heard_us;

    irc->alive_timer = 0;
    if (irc->heard_wall_us - irc->saved_alive_us >= 60 * G_USEC_PER_SEC)
        irc_save_alive(irc);
    irc_ops_check_timeouts(irc);
    irc_history_check_timeouts(irc);
    irc_who_next(irc);
    irc_flush(irc);
    if (silence_us >= IRC_SILENCE_US + IRC_DEAD_US) {
        irc_fail(irc,
                 g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                                     "The server has been silent for 90 seconds. weft connects "
                                     "again."));
        return;
    }
    if (silence_us >= IRC_SILENCE_US && !irc->pinged) {
        irc->pinged = true;
        irc_out(irc, IRC_URGENT, 0, "PING", "weft-alive", NULL);
        irc_flush(irc);
    }
    arm_alive(irc, 5 * G_USEC_PER_SEC);
}

static void
arm_alive(struct irc *irc, int64_t delay_us)
{
    clock_timer_del(irc->host->clock, irc->alive_timer);
    irc->alive_timer = clock_timer_add(irc->host->clock, delay_us, on_alive_timer, irc);
}

static void
on_phase_timer(void *user)
{
    struct irc *irc = user;

    irc->phase_timer = 0;
    if (irc->phase == IRC_WELCOMED) {
        irc_ready(irc); /* a server that never ends its motd */
        irc_flush(irc);
    } else if (irc->phase == IRC_QUITTING) {
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
    } else {
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                                          "The server did not finish the login within 60 seconds. "
                                          "weft connects again."));
    }
}

static void
set_phase(struct irc *irc, enum irc_phase phase, int64_t timeout_us)
{
    irc->phase = phase;
    clock_timer_del(irc->host->clock, irc->phase_timer);
    irc->phase_timer =
        timeout_us == 0 ? 0 : clock_timer_add(irc->host->clock, timeout_us, on_phase_timer, irc);
}

/* --- the end of a connection
 * ---------------------------------------------------------------------- */

static void
del_timer(struct irc *irc, unsigned *timer)
{
    clock_timer_del(irc->host->clock, *timer);
    *timer = 0;
}

void
irc_remember(struct irc *irc, const char *id, int64_t until_us)
{
    g_hash_table_replace(irc->known, g_strdup(id), g_memdup2(&until_us, sizeof until_us));
}

static void
remember_channels(struct irc *irc)
{
    GHashTableIter iter;
    struct irc_channel *channel;
    void *id;

    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, &id, (void **)&channel))
        irc_remember(irc, id,
                     channel->behind ? irc_history_known_until(channel)
                     : irc->online   ? irc->heard_wall_us
                                     : irc->was_alive_us);
}

static void
drop_connection(struct irc *irc)
{
    irc_bouncer_end(irc);
    irc_save_alive(irc);
    /* While it still says how far we had come. */
    remember_channels(irc);
    if (irc->stream)
        irc->host->net->stream_close(irc->stream);
    irc->stream = NULL;
    irc->phase = IRC_OFF;
    irc->online = false;
    del_timer(irc, &irc->end_timer);
    del_timer(irc, &irc->phase_timer);
    del_timer(irc, &irc->out_timer);
    del_timer(irc, &irc->alive_timer);
    irc_sts_renew(irc);
    irc_net_reset(irc);
    irc_caps_reset(irc);
    irc_msg_reset(irc);
    g_string_truncate(irc->in, 0);
    irc->in_too_long = false;
    g_hash_table_remove_all(irc->channels);
    g_hash_table_remove_all(irc->direct);
    g_hash_table_remove_all(irc->batches);
}

static void
end_connection(struct irc *irc)
{
    g_autoptr(GError) error = g_steal_pointer(&irc->dying);

    irc_netsplit_flush(irc);
    irc_monitor_lost(irc);
    drop_connection(irc);
    irc_history_end(irc);
    irc_ops_end(irc);
    irc_flood_clear(&irc->flood);
    host_lost(irc->host, error);
}

static void
on_end_timer(void *user)
{
    struct irc *irc = user;

    irc->end_timer = 0;
    if (irc->dying)
        end_connection(irc);
}

void
irc_fail(struct irc *irc, GError *error_take)
{
    if (irc->dying || irc->phase == IRC_OFF) {
        g_error_free(error_take);
        return;
    }
    irc->dying = error_take;
    /* In a handler, the loop that called it ends the connection. */
    if (!irc->dispatching)
        irc->end_timer = clock_timer_add(irc->host->clock, 0, on_end_timer, irc);
}

/* --- the stream
 * ----------------------------------------------------------------------------------- */

static void
take_line(struct irc *irc, const char *bytes, size_t len)
{
    if (len > 0 && bytes[len - 1] == '\r')
        len--;
    if (len == 0)
        return;
    if (log_level_now() >= LOG_TRACE) {
        g_autofree char *text = g_strndup(bytes, MIN(len, 1000));
        irc_trace(irc, "<<", text);
    }
    irc_dispatch(irc, bytes, len);
}

static void
take_bytes(struct irc *irc, const char *bytes, size_t len)
{
    while (len > 0 && !irc->dying && !irc->net.sts_leave) {
        const char *end = memchr(bytes, '\n', len);
        size_t part = end ? (size_t)(end - bytes) : len;
        if (irc->in->len + part > IRC_MAX_LINE_BYTES)
            irc->in_too_long = true;
        if (!irc->in_too_long)
            g_string_append_len(irc->in, bytes, (gssize)part);
        if (end) {
            if (!irc->in_too_long)
                take_line(irc, irc->in->str, irc->in->len);
            else
                log_warning(irc->log_area, "A line of the server was too long and was dropped.");
            g_string_truncate(irc->in, 0);
            irc->in_too_long = false;
        }
        bytes += part + (end ? 1 : 0);
        len -= part + (end ? 1 : 0);
    }
}

static void open_stream(struct irc *irc);

/* The same again with TLS. Before the greeting this is no loss, and core hears nothing of it; later
 * there are operations and conversations that must end, and core connects again. */
static void
leave_clear(struct irc *irc)
{
    if (irc->phase == IRC_QUITTING) {
        irc->dying = g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected.");
        end_connection(irc);
        return;
    }
    if (irc->phase >= IRC_WELCOMED) {
        irc->dying =
            g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CLOSED, "The server demands TLS (STS).");
        end_connection(irc);
        return;
    }
    drop_connection(irc);
    irc_flood_clear(&irc->flood);
    host_state(irc->host, ACCOUNT_CONNECTING);
    open_stream(irc);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct irc *irc = user;

    irc->heard_us = clock_mono_us(irc->host->clock);
    irc->heard_wall_us = irc_now_us(irc);
    irc->pinged = false;
    irc->dispatching = true;
    take_bytes(irc, bytes, len);
    if (!irc->dying && !irc->net.sts_leave)
        irc_flush(irc);
    irc->dispatching = false;
    if (irc->dying)
        end_connection(irc);
    else if (irc->net.sts_leave)
        leave_clear(irc);
}

static void
on_closed(void *user, const GError *error)
{
    struct irc *irc = user;

    if (irc->phase == IRC_QUITTING && !irc->dying)
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
    else if (!irc->dying)
        irc->dying = g_error_copy(error);
    end_connection(irc);
}

void
irc_register(struct irc *irc)
{
    host_state(irc->host, ACCOUNT_LOGIN);
    set_phase(irc, IRC_REGISTER, IRC_REGISTER_TIMEOUT_US);
    irc_set_nick(irc, irc->config.nick);
    irc->nick_tries = 0;
    irc_caps_begin(irc);
    if (irc->server_password)
        irc_out(irc, IRC_URGENT, 0, "PASS", irc->server_password, NULL);
    irc_out(irc, IRC_URGENT, 0, "NICK", irc->nick, NULL);
    irc_out(irc, IRC_URGENT, 0, "USER", irc->config.user, "0", "*", irc->config.realname, NULL);
}

static void
begin(struct irc *irc, const struct stream_info *info)
{
    irc->secure = info->secure;
    irc->heard_us = clock_mono_us(irc->host->clock);
    log_info(irc->log_area, "Connected to %s (%s).", info->peer ? info->peer : "?",
             info->tls_version ? info->tls_version : "plain");
    arm_alive(irc, 5 * G_USEC_PER_SEC);
    irc_register(irc);
    irc_flush(irc);
}

static void
on_opened(void *user, const struct stream_info *info)
{
    struct irc *irc = user;

    if (!irc->starttls) {
        begin(irc, info);
        return;
    }
    host_state(irc->host, ACCOUNT_LOGIN);
    set_phase(irc, IRC_STARTTLS, IRC_OP_TIMEOUT_US);
    irc->heard_us = clock_mono_us(irc->host->clock);
    irc_out(irc, IRC_URGENT, 0, "STARTTLS", NULL);
    irc_flush(irc);
}

static void
on_secured(void *user, const struct stream_info *info)
{
    struct irc *irc = user;

    /* Whatever came in clear is not to be trusted now. */
    g_string_truncate(irc->in, 0);
    begin(irc, info);
}

static void
open_stream(struct irc *irc)
{
    static const struct stream_events events = {
        .opened = on_opened, .data = on_data, .secured = on_secured, .closed = on_closed};
    struct stream_options options = {
        .host = irc->config.server,
        .ca_file = options_text(irc->options, "tls_ca"),
        .cert_file = irc->config.cert,
        .fingerprint = options_text(irc->options, "tls_fingerprint"),
    };

    irc_sts_plan(irc, &options.port, &options.tls);
    irc->starttls = options.tls == STREAM_TLS_STARTTLS;
    set_phase(irc, IRC_OPENING, 0);
    irc->stream = irc->host->net->stream_open(irc->host->net, &options, &events, irc);
    if (!irc->stream)
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_INTERNAL,
                                          "The connection could not be begun."));
}

/* --- secrets
 * -------------------------------------------------------------------------------------- */

static void ask_secrets(struct irc *irc);

static void
forget_secret(char **secret)
{
    if (*secret)
        redact_forget(*secret);
    redact_wipe_free(*secret);
    *secret = NULL;
}

static void
take_secret(struct irc *irc, char **secret, const char *answer, const GError *error)
{
    irc->asking = false;
    if (answer) {
        forget_secret(secret);
        *secret = g_strdup(answer);
        redact_add(answer);
    }
    if (irc->phase != IRC_SECRETS)
        return;
    if (answer)
        ask_secrets(irc);
    else if (error && !error_is(error, WEFT_ERROR_CANCELLED))
        irc_fail(irc, g_error_copy(error));
    else
        /* Who does not want to give it is not asked again and again. */
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_AUTH,
                                          "The password was not given, so weft does not log in. "
                                          "/connect asks again."));
}

static void
on_password(void *user, const char *answer, const GError *error)
{
    struct irc *irc = user;

    take_secret(irc, &irc->password, answer, error);
}

static void
on_server_password(void *user, const char *answer, const GError *error)
{
    struct irc *irc = user;

    take_secret(irc, &irc->server_password, answer, error);
}

/* A login that is asked for by name needs a password even when none is configured: the person is
 * asked. */
static bool
needs_password(const struct irc *irc)
{
    if (irc->config.sasl && !irc->config.nickserv)
        return strcmp(irc->config.sasl, "external") != 0;
    return secret_configured(irc->options, "password");
}

static void
ask_secrets(struct irc *irc)
{
    if (irc->asking)
        return;
    if (!irc->server_password && secret_configured(irc->options, "server_password")) {
        irc->asking = true;
        irc->host->ops->secret(irc->host, "server_password", on_server_password, irc);
    } else if (!irc->password && needs_password(irc)) {
        irc->asking = true;
        irc->host->ops->secret(irc->host, "password", on_password, irc);
    } else {
        open_stream(irc);
    }
}

static void
lend_secret(char **secret, const char *value)
{
    if (*secret || !value)
        return;
    *secret = g_strdup(value);
    redact_add(value);
}

void
irc_session_lend_passwords(struct irc *irc, const struct irc *from)
{
    lend_secret(&irc->password, from->password);
    lend_secret(&irc->server_password, from->server_password);
}

void
irc_forget_passwords(struct irc *irc)
{
    forget_secret(&irc->password);
    forget_secret(&irc->server_password);
}

/* --- registered
 * ----------------------------------------------------------------------------------- */

void
irc_welcome(struct irc *irc, const char *nick)
{
    if (irc->phase != IRC_REGISTER)
        return;
    irc_set_nick(irc, nick);
    irc_nick_welcomed(irc);
    irc_caps_skipped(irc);
    set_phase(irc, IRC_WELCOMED, IRC_MOTD_TIMEOUT_US);
    irc_pace(irc);
    host_state(irc->host, ACCOUNT_CATCH_UP);
    irc_tell_self(irc);
}

static void
load_alive(struct irc *irc)
{
    g_autofree char *text = irc->host->ops->kv_get(irc->host, "irc.alive");

    irc->was_alive_us = text ? g_ascii_strtoll(text, NULL, 10) : 0;
    irc_behind_load(irc);
    /* Whoever holds it now: what it said when we had it is ours. */
    g_clear_pointer(&irc->last_nick, g_free);
    irc->last_nick = irc->host->ops->kv_get(irc->host, "irc.nick");
}

void
irc_ready(struct irc *irc)
{
    if (irc->phase != IRC_WELCOMED)
        return;
    set_phase(irc, IRC_READY, 0);
    if (!irc_bouncer_check(irc))
        return;
    load_alive(irc);
    irc_tell_self(irc);
    irc_tell_caps(irc);
    if (!irc_nickserv_begin(irc))
        irc_come_in(irc);
}

static void
set_bot_mode(struct irc *irc)
{
    const char *letter = irc_isupport_get(&irc->isupport, "BOT");

    if (!irc->config.bot || !letter || !g_ascii_isalpha(*letter))
        return;
    g_autofree char *mode = g_strdup_printf("+%c", *letter);
    irc_out(irc, IRC_TEXT, 0, "MODE", irc->nick, mode, NULL);
}

/* What the person wants said each time. A bouncer's networks are the bouncer's to greet. */
static void
perform(struct irc *irc)
{
    const char *const *lines = options_list(irc->options, "perform");

    for (unsigned i = 0; !irc->netid && lines[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(lines[i], "$nick", -1);
        irc_out_line(irc, IRC_TEXT, 0, g_strjoinv(irc->nick, parts), false);
    }
}

void
irc_come_in(struct irc *irc)
{
    if (irc_is_bouncer(irc)) {
        irc_bouncer_ready(irc);
        irc_history_sync(irc);
        return;
    }
    set_bot_mode(irc);
    perform(irc);
    if (irc->net.away && !irc_has(irc, "draft/pre-away"))
        irc_out(irc, IRC_TEXT, 0, "AWAY", irc->net.away, NULL);
    irc_join_all(irc);
    irc_history_play(irc);
    irc_monitor_begin(irc);
    irc_nick_begin(irc);
    irc_history_targets(irc);
    irc_msg_begin(irc);
    irc_history_sync(irc);
}

void
irc_maybe_online(struct irc *irc)
{
    if (irc->online || irc->phase != IRC_READY || irc_history_busy(irc) || irc_nickserv_waits(irc))
        return;
    /* Each of a bouncer's networks has its own word to say. */
    if (!irc_is_bouncer(irc))
        irc_history_tell_caught_up(irc, NULL, irc->direct_whole);
    irc->online = true;
    irc_save_alive(irc);
    irc->host->ops->kv_set(irc->host, "irc.nick", irc->nick);
    host_state(irc->host, ACCOUNT_ONLINE);
    irc_who_next(irc);
}

/* --- the driver's table
 * --------------------------------------------------------------------------- */

static void
free_member_of_hash(void *channel)
{
    irc_channel_free(channel);
}

static GHashTable *
new_set(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

struct irc *
irc_session_open(const struct options *options, struct host *host, GError **error)
{
    struct irc *irc = g_new0(struct irc, 1);

    irc->host = host;
    irc->options = options;
    if (!irc_config_read(&irc->config, options, error)) {
        irc_config_clear(&irc->config);
        g_free(irc);
        return NULL;
    }
    irc->log_area = g_strdup_printf("account %s", host->account ? host->account : "?");
    irc->in = g_string_new(NULL);
    irc->sasl_in = g_string_new(NULL);
    irc_isupport_init(&irc->isupport);
    irc_flood_init(&irc->flood, irc->config.paced, clock_mono_us(host->clock));
    irc->offered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->enabled = new_set();
    irc->refused = new_set();
    irc->legs = g_ptr_array_new_with_free_func((GDestroyNotify)irc_leg_free);
    irc->leg_asks = g_ptr_array_new_with_free_func(g_free);
    irc->requested = g_ptr_array_new_with_free_func(g_free);
    irc->channels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_member_of_hash);
    irc->direct = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->left = new_set();
    irc->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->behind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    irc->batches =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)irc_batch_free);
    g_queue_init(&irc->ops);
    g_queue_init(&irc->jobs);
    irc_net_init(irc);
    irc_msg_init(irc);
    return irc;
}

static void
free_tables(struct irc *irc)
{
    GHashTable *tables[] = {irc->offered, irc->enabled, irc->refused, irc->channels, irc->direct,
                            irc->left,    irc->known,   irc->keys,    irc->batches,  irc->behind};

    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_unref(tables[i]);
    g_ptr_array_unref(irc->requested);
    g_ptr_array_unref(irc->legs);
    g_ptr_array_unref(irc->leg_asks);
}

/* Nothing may be told to a host that is going away. */
static void
forget_ops(struct irc *irc)
{
    for (GList *at = irc->ops.head; at; at = at->next)
        ((struct irc_op *)at->data)->id = 0;
    irc_ops_end(irc);
}

void
irc_session_close(struct irc *irc)
{
    drop_connection(irc);
    irc_history_reset(irc);
    forget_ops(irc);
    irc_net_clear(irc);
    irc_msg_clear(irc);
    irc_flood_clear(&irc->flood);
    irc_isupport_clear(&irc->isupport);
    irc_config_clear(&irc->config);
    irc_forget_passwords(irc);
    g_clear_error(&irc->dying);
    free_tables(irc);
    g_string_free(irc->in, TRUE);
    g_string_free(irc->sasl_in, TRUE);
    g_free(irc->netid);
    g_free(irc->log_area);
    g_free(irc->nick);
    g_free(irc->last_nick);
    g_free(irc->login_user);
    g_free(irc->login_host);
    g_free(irc->account);
    g_free(irc);
}

void
irc_session_connect(struct irc *irc)
{
    g_return_if_fail(irc->phase == IRC_OFF);
    irc_isupport_clear(&irc->isupport);
    irc_isupport_init(&irc->isupport);
    irc_pace_load(irc);
    g_clear_pointer(&irc->login_user, g_free);
    g_clear_pointer(&irc->login_host, g_free);
    g_clear_pointer(&irc->account, g_free);
    irc->connection++;
    irc->clock_offset_us = 0;
    irc->heard_wall_us = 0;
    irc->sync_serial = 0;
    irc->sync_queued = false;
    irc->direct_whole = false;
    irc->plays_since_alive = false;
    irc->pinged = false;
    irc->paused = false;
    irc->asking = false; /* what the last connection asked is answered no more */
    host_state(irc->host, ACCOUNT_CONNECTING);
    irc->phase = IRC_SECRETS;
    ask_secrets(irc);
}

void
irc_session_disconnect(struct irc *irc, const char *reason)
{
    if (irc->phase == IRC_OFF || irc->phase == IRC_QUITTING)
        return;
    if (irc->phase < IRC_REGISTER || irc->dying) {
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
        return;
    }
    g_autofree char *text = g_strdelimit(g_strdup(reason ? reason : ""), "\r\n", ' ');
    text[utf8_cut(text, strlen(text), MAX_REASON_BYTES)] = '\0';
    irc_out(irc, IRC_URGENT, 0, "QUIT", text, NULL);
    irc_flush(irc);
    /* Nothing may follow the goodbye; what waits still is failed at the end. */
    irc_flood_clear(&irc->flood);
    set_phase(irc, IRC_QUITTING, IRC_QUIT_TIMEOUT_US);
}

void
irc_session_pause(struct irc *irc, bool paused)
{
    irc->paused = paused;
    if (irc->stream)
        irc->host->net->stream_pause(irc->stream, paused);
}
