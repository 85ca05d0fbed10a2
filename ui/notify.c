#include "ui/notify.h"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ui/notify_cmd.h"
#include "ui/notify_term.h"

#ifdef HAVE_LIBNOTIFY
#include "ui/notify_desktop.h"
#endif

#define ATTEMPTS_MOST 16
/* A desktop that has not answered by then is passed over, now and for a while. */
#define DESKTOP_WAIT_US  (3 * G_USEC_PER_SEC)
#define DESKTOP_AGAIN_US (60 * G_USEC_PER_SEC)

enum way { WAY_COMMAND, WAY_DESKTOP, WAY_TERMINAL, WAY_KITTY, WAY_OSC777, WAY_OSC9, WAY_BELL };

enum outcome { SHOWN, NOT_SHOWN, NOT_KNOWN };

/* A call on its way through the ways. */
struct attempt {
    struct notify *notify;
    struct call *call; /* NULL: it is over, but for an answer that nobody waits for */
    guint at;          /* among the ways */
    bool is_asked;     /* the way it is at will answer */
    unsigned timer;    /* until when it is waited for */
};

struct notify {
    struct notify_options options;
    GArray *ways; /* enum way, in order */
    char *command;
    bool bell;
    struct notify_term term;
    struct runs *runs; /* of notify_cmd */
#ifdef HAVE_LIBNOTIFY
    struct notify_desktop *desktop; /* NULL: not needed yet */
#endif
    int64_t desktop_again_us; /* monotonic: it did not work, and is not asked before */
    GPtrArray *attempts;      /* struct attempt */
    unsigned number;
    bool told[WAY_BELL + 1]; /* what does not work was said */
};

static void go_on(struct attempt *attempt);

/* --- what is configured
 * --------------------------------------------------------------------------------- */

static void
add_way(struct notify *notify, enum way way)
{
    g_array_append_val(notify->ways, way);
}

static bool
is_set(const struct notify *notify, const char *name)
{
    const char *value = notify->options.get(name);

    return value != NULL && *value != '\0';
}

/* A desktop where the person is not sitting is of no use: that of a machine they have logged in to.
 */
static bool
is_at_desktop(const struct notify *notify)
{
    return (is_set(notify, "WAYLAND_DISPLAY") || is_set(notify, "DISPLAY")) &&
           !is_set(notify, "SSH_CONNECTION");
}

static void
add_auto(struct notify *notify)
{
    if (notify->command != NULL)
        add_way(notify, WAY_COMMAND);
    if (is_at_desktop(notify))
        add_way(notify, WAY_DESKTOP);
    if (notify->term.osc != NOTIFY_OSC_NONE)
        add_way(notify, WAY_TERMINAL);
    add_way(notify, WAY_BELL);
}

static void
add_word(struct notify *notify, const char *word)
{
    static const struct {
        const char *word;
        enum way way;
    } words[] = {{"command", WAY_COMMAND}, {"desktop", WAY_DESKTOP}, {"terminal", WAY_TERMINAL},
                 {"kitty", WAY_KITTY},     {"osc777", WAY_OSC777},   {"osc9", WAY_OSC9},
                 {"bell", WAY_BELL}};

    if (strcmp(word, "auto") == 0)
        add_auto(notify);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(word, words[i].word) == 0)
            add_way(notify, words[i].way);
}

void
notify_configure(struct notify *notify)
{
    const struct config *config = core_config(notify->options.core);
    const char *const *methods = config_list(config, "notify", "method");

    g_free(notify->command);
    notify->command = g_strdup(config_text(config, "notify", "notify_cmd"));
    notify->bell = config_bool(config, "notify", "bell");
    g_array_set_size(notify->ways, 0);
    for (size_t i = 0; methods[i] != NULL; i++)
        add_word(notify, methods[i]);
    memset(notify->told, 0, sizeof notify->told);
    notify->desktop_again_us = 0;
}

/* Once, until the configuration changes. */
static void
tell(struct notify *notify, enum way way, const char *what, const char *then)
{
    struct core *core = notify->options.core;

    if (notify->told[way])
        return;
    notify->told[way] = true;
    core_say(core, core_own_buffer(core)->id, "%s %s", what, then);
}

/* --- the terminal
 * --------------------------------------------------------------------------------------- */

static enum outcome
send(struct notify *notify, const GString *bytes)
{
    return notify->options.send(notify->options.user, bytes->str, bytes->len) ? SHOWN : NOT_SHOWN;
}

static enum outcome
show_on_terminal(struct notify *notify, const struct call *call, enum notify_osc osc)
{
    g_autoptr(GString) bytes = g_string_new(NULL);

    if (osc == NOTIFY_OSC_NONE)
        return NOT_SHOWN;
    notify_term_append(bytes, (struct notify_term){osc, notify->term.tmux}, call, ++notify->number);
    if (notify->bell && !notify->term.tmux)
        g_string_append_c(bytes, '\a');
    return send(notify, bytes);
}

static enum outcome
ring(struct notify *notify)
{
    g_autoptr(GString) bytes = g_string_new("\a");

    return send(notify, bytes);
}

/* --- ways that answer later
 * ----------------------------------------------------------------------------- */

/* The ways that answer later do so once: until then its memory stays. */
static void
attempt_end(struct attempt *attempt)
{
    g_clear_pointer(&attempt->call, call_free);
    if (attempt->is_asked)
        return;
    g_ptr_array_remove_fast(attempt->notify->attempts, attempt);
    g_free(attempt);
}

/* False: it came too late. */
static bool
take_answer(struct attempt *attempt)
{
    clock_timer_del(core_clock(attempt->notify->options.core), attempt->timer);
    attempt->timer = 0;
    attempt->is_asked = false;
    if (attempt->call != NULL)
        return true;
    attempt_end(attempt);
    return false;
}

static void
shown_later(struct attempt *attempt)
{
    struct notify *notify = attempt->notify;

    if (notify->bell)
        ring(notify);
    attempt_end(attempt);
}

static void
command_answers(void *user, const GError *error)
{
    struct attempt *attempt = user;

    if (!take_answer(attempt))
        return;
    if (error == NULL) {
        shown_later(attempt);
        return;
    }
    tell(attempt->notify, WAY_COMMAND, error->message, "The next method of [notify] is used.");
    attempt->at++;
    go_on(attempt);
}

static enum outcome
run_command(struct attempt *attempt)
{
    struct notify *notify = attempt->notify;
    g_autoptr(GError) error = NULL;

    if (notify->command == NULL) {
        tell(notify, WAY_COMMAND, "method = command needs a line notify_cmd = PROGRAM in [notify].",
             "The next method is used.");
        return NOT_SHOWN;
    }
    if (!notify_cmd_run(notify->runs, notify->command, attempt->call, command_answers, attempt,
                        &error)) {
        tell(notify, WAY_COMMAND, error->message, "The next method of [notify] is used.");
        return NOT_SHOWN;
    }
    return NOT_KNOWN;
}

#ifdef HAVE_LIBNOTIFY
static void
pass_desktop_over(struct notify *notify, const char *why)
{
    g_autofree char *sentence = g_strdup_printf("The desktop shows no notifications (%s).", why);

    notify->desktop_again_us = clock_mono_us(core_clock(notify->options.core)) + DESKTOP_AGAIN_US;
    tell(notify, WAY_DESKTOP, sentence,
         "The next method of [notify] is used; weft asks it again after a minute.");
}

static void
desktop_answers(void *user, const GError *error)
{
    struct attempt *attempt = user;
    struct notify *notify = attempt->notify;

    if (error == NULL)
        notify->desktop_again_us = 0;
    if (!take_answer(attempt))
        return;
    if (error == NULL) {
        shown_later(attempt);
        return;
    }
    pass_desktop_over(notify, error->message);
    attempt->at++;
    go_on(attempt);
}

static void
desktop_is_late(void *user)
{
    struct attempt *attempt = user;
    struct attempt *next = g_new0(struct attempt, 1);

    attempt->timer = 0;
    pass_desktop_over(attempt->notify, "it does not answer");
    /* The words go on without the one that is asked. */
    next->notify = attempt->notify;
    next->call = g_steal_pointer(&attempt->call);
    next->at = attempt->at + 1;
    g_ptr_array_add(next->notify->attempts, next);
    attempt_end(attempt);
    go_on(next);
}

static enum outcome
ask_desktop(struct attempt *attempt)
{
    struct notify *notify = attempt->notify;
    struct clock *clock = core_clock(notify->options.core);

    if (clock_mono_us(clock) < notify->desktop_again_us)
        return NOT_SHOWN;
    if (!notify_desktop_has_bus(notify->options.get)) {
        pass_desktop_over(notify, "there is no session bus");
        return NOT_SHOWN;
    }
    if (notify->desktop == NULL)
        notify->desktop = notify_desktop_new(notify->options.context);
    if (!notify_desktop_show(notify->desktop, attempt->call, desktop_answers, attempt))
        return NOT_SHOWN;
    attempt->timer = clock_timer_add(clock, DESKTOP_WAIT_US, desktop_is_late, attempt);
    return NOT_KNOWN;
}
#else
static enum outcome
ask_desktop(struct attempt *attempt)
{
    tell(attempt->notify, WAY_DESKTOP, "This weft was built without libnotify.",
         "The next method of [notify] is used.");
    return NOT_SHOWN;
}
#endif

/* --- one way after the other
 * ---------------------------------------------------------------------------- */

static enum outcome
try_way(struct attempt *attempt, enum way way)
{
    struct notify *notify = attempt->notify;

    switch (way) {
    case WAY_COMMAND:
        return run_command(attempt);
    case WAY_DESKTOP:
        return ask_desktop(attempt);
    case WAY_TERMINAL:
        return show_on_terminal(notify, attempt->call, notify->term.osc);
    case WAY_KITTY:
        return show_on_terminal(notify, attempt->call, NOTIFY_OSC_99);
    case WAY_OSC777:
        return show_on_terminal(notify, attempt->call, NOTIFY_OSC_777);
    case WAY_OSC9:
        return show_on_terminal(notify, attempt->call, NOTIFY_OSC_9);
    case WAY_BELL:
        return ring(notify);
    }
    return NOT_SHOWN;
}

static void
go_on(struct attempt *attempt)
{
    const GArray *ways = attempt->notify->ways;

    for (; attempt->at < ways->len; attempt->at++) {
        const enum outcome outcome = try_way(attempt, g_array_index(ways, enum way, attempt->at));
        if (outcome == NOT_SHOWN)
            continue;
        if (outcome == NOT_KNOWN) {
            attempt->is_asked = true;
            return;
        }
        break;
    }
    attempt_end(attempt);
}

static void
set_urgency(const struct notify *notify, struct call *call)
{
    const char *word = config_text(core_config(notify->options.core), "notify", "urgency");

    if (strcmp(word, "auto") != 0)
        call->urgency = strcmp(word, "low") == 0        ? CALL_LOW
                        : strcmp(word, "critical") == 0 ? CALL_CRITICAL
                                                        : CALL_NORMAL;
}

void
notify_show(struct notify *notify, struct call *call)
{
    struct attempt *attempt = g_new0(struct attempt, 1);

    set_urgency(notify, call);
    attempt->notify = notify;
    attempt->call = call;
    /* With so many under way only what needs no waiting is tried. */
    if (notify->attempts->len >= ATTEMPTS_MOST)
        while (attempt->at < notify->ways->len &&
               g_array_index(notify->ways, enum way, attempt->at) <= WAY_DESKTOP)
            attempt->at++;
    g_ptr_array_add(notify->attempts, attempt);
    go_on(attempt);
}

/* --- life
 * -----------------------------------------------------------------------------------------------
 */

static const char *
get_env(const char *name)
{
    return getenv(name);
}

struct notify *
notify_new(const struct notify_options *options)
{
    struct notify *notify = g_new0(struct notify, 1);

    notify->options = *options;
    if (notify->options.get == NULL)
        notify->options.get = get_env;
    notify->term = notify_term_find(notify->options.get);
    notify->ways = g_array_new(FALSE, FALSE, sizeof(enum way));
    notify->attempts = g_ptr_array_new();
    notify->runs = runs_new(core_clock(options->core));
    notify_configure(notify);
    return notify;
}

void
notify_free(struct notify *notify)
{
    if (notify == NULL)
        return;
#ifdef HAVE_LIBNOTIFY
    notify_desktop_free(notify->desktop);
#endif
    runs_free(notify->runs);
    /* Neither of these answers any more. */
    for (guint i = 0; i < notify->attempts->len; i++) {
        struct attempt *attempt = notify->attempts->pdata[i];
        clock_timer_del(core_clock(notify->options.core), attempt->timer);
        call_free(attempt->call);
        g_free(attempt);
    }
    g_ptr_array_unref(notify->attempts);
    g_array_unref(notify->ways);
    g_free(notify->command);
    g_free(notify);
}
