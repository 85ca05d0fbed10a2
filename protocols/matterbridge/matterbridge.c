/* Life of a session: connect, see that the server is well, read, say; the end. */
#include "protocols/matterbridge/matterbridge.h"

#include "base/log.h"
#include "protocols/matterbridge/matterbridge_options.h"
#include "protocols/matterbridge/matterbridge_priv.h"
#include "protocols/matterbridge/matterbridge_setup.h"

#define LEAVE_US  (1500 * 1000)
#define LINGER_US (3 * G_USEC_PER_SEC)

bool
mbridge_check_ready(const struct mbridge *mb, GError **error)
{
    if ((mb->phase == MBRIDGE_ONLINE || mb->phase == MBRIDGE_CATCH_UP) && !mb->dying)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED, "The account is not connected.");
    return false;
}

void
mbridge_say(struct mbridge *mb, const char *text)
{
    host_say(mb->host, NULL, MESSAGE_SERVER, text);
}

/* --- phases
 * ------------------------------------------------------------------------------------ */

static void
on_phase_timer(void *user)
{
    struct mbridge *mb = user;

    mb->phase_timer = 0;
    if (mb->phase == MBRIDGE_LEAVING)
        mbridge_fail(mb, g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
    else
        mbridge_fail(mb, g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                                     "The server took too long to open a websocket. weft connects "
                                     "again."));
    if (mb->phase == MBRIDGE_LEAVING)
        mbridge_end_soon(mb);
}

void
mbridge_set_phase(struct mbridge *mb, enum mbridge_phase phase, int64_t timeout_us)
{
    mb->phase = phase;
    clock_timer_del(mb->host->clock, mb->phase_timer);
    mb->phase_timer =
        timeout_us == 0 ? 0 : clock_timer_add(mb->host->clock, timeout_us, on_phase_timer, mb);
}

/* --- the end of a connection
 * ------------------------------------------------------------------- */

static void
drop_connection(struct mbridge *mb)
{
    mbridge_feed_end(mb, mb->phase == MBRIDGE_LEAVING ? 1000 : 0);
    mbridge_set_phase(mb, MBRIDGE_STILL, 0);
    clock_timer_del(mb->host->clock, mb->end_timer);
    mb->end_timer = 0;
    mbridge_posts_end(mb);
    mbridge_transfers_end(mb);
}

static void
on_end_timer(void *user)
{
    struct mbridge *mb = user;
    g_autoptr(GError) error = g_steal_pointer(&mb->dying);

    mb->end_timer = 0;
    if (mb->phase == MBRIDGE_LEAVING) {
        g_clear_error(&error);
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected.");
    }
    mbridge_feed_flush(mb);
    drop_connection(mb);
    host_lost(mb->host, error);
}

static void
end_within(struct mbridge *mb, int64_t delay_us)
{
    clock_timer_del(mb->host->clock, mb->end_timer);
    mb->end_timer = clock_timer_add(mb->host->clock, delay_us, on_end_timer, mb);
}

/* Of a message under way nothing else would ever tell what became of it, and what is being taken
 * from the ring is nowhere else any more. */
static bool
is_busy(const struct mbridge *mb)
{
    return mb->posting || mbridge_feed_reads(mb);
}

void
mbridge_end_soon(struct mbridge *mb)
{
    if (mb->phase == MBRIDGE_LEAVING && !mb->dying && !is_busy(mb))
        mb->dying = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected.");
    if (mb->dying && (mb->phase == MBRIDGE_LEAVING || !is_busy(mb)))
        end_within(mb, 0);
}

void
mbridge_fail(struct mbridge *mb, GError *error_take)
{
    if (mb->dying || mb->phase == MBRIDGE_STILL) {
        g_error_free(error_take);
        return;
    }
    mb->dying = error_take;
    mbridge_feed_stop(mb);
    end_within(mb, is_busy(mb) ? LINGER_US : 0);
}

/* --- what core asks
 * ---------------------------------------------------------------------------- */

static void *
mbridge_open(const struct options *options, struct host *host, GError **error)
{
    struct mbridge_config config = {0};

    if (!mbridge_config_read(&config, options, error)) {
        mbridge_config_clear(&config);
        return NULL;
    }
    struct mbridge *mb = g_new0(struct mbridge, 1);
    mb->config = config;
    mb->options = options;
    mb->host = host;
    mb->log_area = g_strdup_printf("account %s", host->account);
    mb->read = g_string_new(NULL);
    mb->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    mb->gateways = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mb->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mb->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mb->files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    g_queue_init(&mb->seen_order);
    g_queue_init(&mb->posts);
    g_queue_init(&mb->said);
    g_queue_init(&mb->files_order);
    g_queue_init(&mb->transfers);
    mb->account = host->ops->kv_get(host, "account");
    return mb;
}

static void
mbridge_close(void *session)
{
    struct mbridge *mb = session;

    mb->phase = MBRIDGE_STILL;
    drop_connection(mb);
    g_clear_error(&mb->dying);
    mbridge_forget_token(mb);
    mbridge_said_forget(mb);
    g_queue_clear(&mb->seen_order);
    g_queue_clear(&mb->files_order);
    g_string_free(mb->read, TRUE);
    g_ptr_array_unref(mb->held);
    g_hash_table_unref(mb->gateways);
    g_hash_table_unref(mb->seen);
    g_hash_table_unref(mb->ids);
    g_hash_table_unref(mb->files);
    g_free(mb->account);
    g_free(mb->log_area);
    mbridge_config_clear(&mb->config);
    g_free(mb);
}

static void
mbridge_connect(void *session)
{
    struct mbridge *mb = session;
    const unsigned caps =
        matterbridge_driver.caps & (mb->config.files ? ~0u : ~(unsigned)CAP_UPLOAD);

    mb->host->ops->caps(mb->host, caps, &matterbridge_driver.limits);
    mbridge_set_phase(mb, MBRIDGE_LOGIN, 0); /* the person may be asked */
    host_state(mb->host, ACCOUNT_CONNECTING);
    mbridge_login_begin(mb);
}

static void
mbridge_disconnect(void *session, const char *reason)
{
    struct mbridge *mb = session;
    const bool busy = is_busy(mb), dying = mb->dying != NULL;

    if (mb->phase == MBRIDGE_STILL)
        return;
    mbridge_set_phase(mb, MBRIDGE_LEAVING, LEAVE_US);
    mbridge_feed_stop(mb);
    if (!busy || dying)
        mbridge_end_soon(mb);
}

static void
mbridge_pause(void *session, bool paused)
{
    mbridge_feed_pause(session, paused);
}

const struct driver matterbridge_driver = {
    .name = "matterbridge",
    .title = "Matterbridge",
    .brief = "mb",
    .caps = CAP_SEND | CAP_ACTION | CAP_UPLOAD | CAP_DOWNLOAD,
    .marks = 1 << SPAN_BOLD | 1 << SPAN_ITALIC | 1 << SPAN_STRIKE | 1 << SPAN_CODE,
    .limits = {.max_in_flight = 1,
               .max_files = MBRIDGE_MAX_FILES,
               .file_bytes = MBRIDGE_UPLOAD_BYTES,
               .send_timeout_us = 10 * 60 * G_USEC_PER_SEC,
               .name_bytes = MBRIDGE_MAX_NAME_BYTES},
    .options = mbridge_option_rows,
    .check = mbridge_config_check,
    .open = mbridge_open,
    .close = mbridge_close,
    .connect = mbridge_connect,
    .disconnect = mbridge_disconnect,
    .send = mbridge_api_send,
    .send_waits = mbridge_api_send_waits,
    .upload = mbridge_api_upload,
    .download = mbridge_api_download,
    .op_cancel = mbridge_api_op_cancel,
    .pause = mbridge_pause,
    .setup = mbridge_setup_rows,
    .probe = mbridge_probe,
    .probe_end = mbridge_probe_end,
};
