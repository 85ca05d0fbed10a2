/* Life of a session: connect, greet, know, catch up; the end. */
#include "protocols/mattermost/mattermost.h"

#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "protocols/mattermost/mattermost_link.h"
#include "protocols/mattermost/mattermost_options.h"
#include "protocols/mattermost/mattermost_priv.h"
#include "protocols/mattermost/mattermost_setup.h"
#include "protocols/mattermost/mattermost_text.h"

#define LEAVE_US (1500 * 1000)

bool
mmost_is_id(const char *text)
{
    const size_t len = text ? strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
    return len == 26 && text[len] == '\0';
}

bool
mmost_check_ready(const struct mm *mm, GError **error)
{
    if ((mm->phase == MM_ONLINE || mm->phase == MM_CATCH_UP) && !mm->dying)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED, "The account is not connected.");
    return false;
}

void
mmost_say(struct mm *mm, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    host_say(mm->host, NULL, MESSAGE_SERVER, text);
}

/* --- phases
 * ----------------------------------------------------------------------------------------- */

static void
on_phase_timer(void *user)
{
    struct mm *mm = user;

    mm->phase_timer = 0;
    if (mm->phase == MM_LEAVING)
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
    else
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                                   "The server took too long to let us in. weft connects again."));
}

void
mmost_set_phase(struct mm *mm, enum mmost_phase phase, int64_t timeout_us)
{
    mm->phase = phase;
    clock_timer_del(mm->host->clock, mm->phase_timer);
    mm->phase_timer =
        timeout_us == 0 ? 0 : clock_timer_add(mm->host->clock, timeout_us, on_phase_timer, mm);
}

void
mmost_online(struct mm *mm)
{
    if (mm->phase == MM_ONLINE)
        return;
    mmost_set_phase(mm, MM_ONLINE, 0);
    mm->renewed = false;
    mm->known = true;
    host_state(mm->host, ACCOUNT_ONLINE);
    mmost_presence_begin(mm);
    mmost_sweep_begin(mm);
    mmost_drafts_fetch(mm);
}

/* --- the end of a connection
 * ------------------------------------------------------------------------ */

static void
del_timer(struct mm *mm, unsigned *timer)
{
    clock_timer_del(mm->host->clock, *timer);
    *timer = 0;
}

static void
forget_held(void *key, void *value, void *user)
{
    struct mmost_channel *channel = value;
    struct mm *mm = user;

    /* What waited was counted as seen: only asking anew brings it back. */
    if (channel->held || channel->under_way)
        mm->known = false;
    g_clear_pointer(&channel->held, g_ptr_array_unref);
    channel->under_way = channel->caught = channel->beyond = false;
    channel->pages = 0;
}

static void
drop_connection(struct mm *mm)
{
    mmost_ws_close(mm, mm->phase == MM_LEAVING ? 1000 : 0);
    mmost_set_phase(mm, MM_OFF, 0);
    del_timer(mm, &mm->end_timer);
    del_timer(mm, &mm->ping_timer);
    del_timer(mm, &mm->presence_timer);
    del_timer(mm, &mm->sweep_timer);
    del_timer(mm, &mm->sidebar_timer);
    g_hash_table_remove_all(mm->sidebar_due);
    mmost_calls_end(mm);
    mmost_transfers_end(mm);
    if (mm->held->len > 0)
        mm->known = false;
    g_ptr_array_set_size(mm->held, 0);
    g_hash_table_foreach(mm->channels, forget_held, mm);
    g_hash_table_remove_all(mm->typed);
    mm->steps = 0;
    mm->resuming = false;
    /* What was under way is begun anew, by a greeting that tells of loss. */
    if (!mm->known)
        g_clear_pointer(&mm->connection_id, g_free);
    redact_wipe_free(g_steal_pointer(&mm->password));
}

static void
end_connection(struct mm *mm)
{
    g_autoptr(GError) error = g_steal_pointer(&mm->dying);

    drop_connection(mm);
    host_lost(mm->host, error);
}

static void
on_end_timer(void *user)
{
    struct mm *mm = user;

    mm->end_timer = 0;
    if (mm->dying)
        end_connection(mm);
}

void
mmost_fail(struct mm *mm, GError *error_take)
{
    if (mm->dying || mm->phase == MM_OFF) {
        g_error_free(error_take);
        return;
    }
    mm->dying = error_take;
    mm->end_timer = clock_timer_add(mm->host->clock, 0, on_end_timer, mm);
}

static void
left(struct mm *mm)
{
    mmost_forget_token(mm);
    mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
}

void
mmost_session_ended(struct mm *mm)
{
    /* What was asked before we logged out may be refused before that is answered. */
    if (mm->phase == MM_LEAVING) {
        left(mm);
        return;
    }
    const bool again = mm->config.user && !mm->renewed && mm->own_token;

    mmost_forget_token(mm);
    if (again) {
        mm->renewed = true;
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED,
                                   "The server has ended the session. weft logs in again."));
        return;
    }
    mmost_fail(mm,
               g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH, "%s",
                           mm->config.user
                               ? "The server does not accept the login any more. Check user and "
                                 "password, then /reconnect."
                               : "The server does not know this token (any more): it is wrong, "
                                 "expired or revoked. Get a new one and set token, then "
                                 "/reconnect."));
}

/* --- what core asks
 * ------------------------------------------------------------------------------- */

static void *
mmost_open(const struct options *options, struct host *host, GError **error)
{
    struct mmost_config config = {0};

    if (!mmost_config_read(&config, options, error)) {
        mmost_config_clear(&config);
        return NULL;
    }
    struct mm *mm = g_new0(struct mm, 1);
    mm->config = config;
    mm->options = options;
    mm->host = host;
    mm->log_area = g_strdup_printf("account %s", host->account);
    g_queue_init(&mm->waiting);
    g_queue_init(&mm->running);
    g_queue_init(&mm->transfers);
    mm->held = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    mm->teams = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, mmost_team_free);
    mm->channels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, mmost_channel_free);
    mm->users = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, mmost_user_free);
    mm->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    mm->hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mm->roots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mm->thread_channels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mm->thread_views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mm->limits = mattermost_driver.limits;
    mm->limits.name_bytes = 0; /* until the server says so */
    mm->flagged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mm->sidebar_due = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mm->drafts_seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mm->drafts_told =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    mm->forms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
    mm->emoji = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(mm->emoji, NULL);
    mm->typed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return mm;
}

static void
mmost_close(void *session)
{
    struct mm *mm = session;

    drop_connection(mm);
    g_clear_error(&mm->dying);
    mmost_forget_token(mm);
    g_ptr_array_unref(mm->held);
    g_hash_table_unref(mm->teams);
    g_hash_table_unref(mm->channels);
    g_hash_table_unref(mm->by_name);
    g_hash_table_unref(mm->users);
    g_hash_table_unref(mm->hidden);
    g_hash_table_unref(mm->roots);
    g_hash_table_unref(mm->thread_channels);
    g_hash_table_unref(mm->thread_views);
    g_free(mm->collapsed);
    g_free(mm->collapsed_wish);
    g_hash_table_unref(mm->flagged);
    g_hash_table_unref(mm->sidebar_due);
    g_hash_table_unref(mm->drafts_seen);
    g_hash_table_unref(mm->drafts_told);
    g_ptr_array_unref(mm->emoji);
    g_hash_table_unref(mm->typed);
    g_hash_table_unref(mm->forms);
    g_free(mm->pressed_in);
    g_free(mm->connection_id);
    g_free(mm->self_id);
    g_free(mm->self_name);
    g_free(mm->mention_keys);
    g_free(mm->site);
    g_free(mm->log_area);
    mmost_config_clear(&mm->config);
    g_free(mm);
}

static void
mmost_connect(void *session)
{
    struct mm *mm = session;

    mm->reads_paused = false;
    mmost_set_phase(mm, MM_LOGIN, 0); /* the person may be asked */
    host_state(mm->host, ACCOUNT_CONNECTING);
    mmost_login_begin(mm);
}

static void
on_logged_out(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
              const GError *error)
{
    left(mm);
}

/* A session that our password made is ended; one that was given to us is not ours to end. */
static void
mmost_disconnect(void *session, const char *reason)
{
    struct mm *mm = session;

    if (mm->phase == MM_OFF || mm->dying)
        return;
    mm->known = false;
    mmost_set_phase(mm, MM_LEAVING, LEAVE_US);
    mmost_ws_close(mm, 1000);
    if (!mm->token || !mm->own_token) {
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
        return;
    }
    mmost_call_urgent(mm, "POST", NULL, on_logged_out, "/users/logout")->bare = true;
}

static void
mmost_pause(void *session, bool paused)
{
    struct mm *mm = session;

    mm->reads_paused = paused;
    if (mm->ws)
        mm->host->net->ws_pause(mm->ws, paused);
    if (!paused)
        mmost_calls_run_soon(mm);
}

static struct rich *
mmost_read_typed(void *session, const struct buffer *buffer, const char *typed)
{
    return mmost_text_read(session, buffer->remote_id, typed);
}

static char *
mmost_write_typed(void *session, const struct buffer *buffer, const struct rich *body)
{
    return mmost_text_write(session, body);
}

static bool
mmost_names_channel(void *session, const char *text)
{
    return *text == '~' && text[1] != '\0' && text[1] != ' ' && text[1] != '~';
}

static const char *const calls_everyone[] = {"@channel", "@all", "@here", NULL};

const struct driver mattermost_driver = {
    .name = "mattermost",
    .title = "Mattermost",
    .brief = "mm",
    .caps = CAP_SEND | CAP_ACTION | CAP_EDIT | CAP_DELETE | CAP_PIN | CAP_REACT | CAP_REPLY |
            CAP_THREADS | CAP_FOLLOW | CAP_TYPING | CAP_MARK_READ | CAP_HISTORY | CAP_JOIN |
            CAP_LEAVE | CAP_CREATE | CAP_OPEN_DM | CAP_BROWSE | CAP_INVITE | CAP_ARCHIVE |
            CAP_MEMBERS | CAP_USER_INFO | CAP_SET_TOPIC | CAP_PRESENCE | CAP_ECHO | CAP_DEDUPE |
            CAP_UPLOAD | CAP_DOWNLOAD | CAP_RAW | CAP_BUTTONS | CAP_SEARCH,
    .marks = 1 << SPAN_BOLD | 1 << SPAN_ITALIC | 1 << SPAN_STRIKE | 1 << SPAN_CODE,
    .limits = {.max_in_flight = 1,
               .max_files = 10,
               .dedupe_window_us = 25 * G_USEC_PER_SEC,
               .name_bytes = MM_NAME_BYTES,
               .hold_us = 30 * G_USEC_PER_SEC},
    .calls_everyone = calls_everyone,
    .making = {.note = "In links its name has only small letters, digits, - and _.",
               .private_ = true,
               .purpose = true},
    .options = mmost_option_rows,
    .check = mmost_config_check,
    .commands = mmost_command_rows,
    .open = mmost_open,
    .close = mmost_close,
    .connect = mmost_connect,
    .disconnect = mmost_disconnect,
    .send = mmost_api_send,
    .edit = mmost_api_edit,
    .revisions = mmost_api_revisions,
    .pin = mmost_api_pin,
    .pins = mmost_api_pins,
    .search = mmost_api_search,
    .flag = mmost_api_flag,
    .mark_unread = mmost_api_mark_unread,
    .link_to = mmost_api_link_to,
    .emoji = mmost_api_emoji,
    .delete_ = mmost_api_delete,
    .react = mmost_api_react,
    .typing = mmost_api_typing,
    .look_at = mmost_api_look_at,
    .mark_read = mmost_api_mark_read,
    .history = mmost_api_history,
    .thread = mmost_api_thread,
    .replies_thread = true,
    .follow = mmost_api_follow,
    .mark_thread_read = mmost_api_mark_thread_read,
    .upload = mmost_api_upload,
    .raw = mmost_api_raw,
    .raw_takes_commands = true,
    .press = mmost_api_press,
    .fill = mmost_api_fill,
    .download = mmost_api_download,
    .join = mmost_api_join,
    .leave = mmost_api_leave,
    .create = mmost_api_create,
    .browse = mmost_api_browse,
    .invite = mmost_api_invite,
    .archive = mmost_api_archive,
    .open_dm = mmost_api_open_dm,
    .members = mmost_api_members,
    .user_info = mmost_api_user_info,
    .set_topic = mmost_api_set_topic,
    .set_presence = mmost_api_set_presence,
    .mute = mmost_api_mute,
    .draft = mmost_api_draft,
    .command = mmost_api_command,
    .op_cancel = mmost_api_op_cancel,
    .pause = mmost_pause,
    .setup = mmost_setup_rows,
    .probe = mmost_probe,
    .probe_end = mmost_probe_end,
    .open_link = mmost_api_open_link,
    .recognise_link = mmost_recognise_link,
    .read_typed = mmost_read_typed,
    .write_typed = mmost_write_typed,
    .names_channel = mmost_names_channel,
    .mentions_us = mmost_mentions_us,
};
