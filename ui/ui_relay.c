/* Channels that are joined to others: the pane that shows how each leg is doing, and what the
 * title, the list and the status line say of it. */
#include "ui/ui_priv.h"

#include <string.h>

#include "core/relaying.h"
#include "text/width.h"

/* From this on, what a leg carries stands beside its address, however long that is. */
#define ONE_ROW_COLS      90
#define ROW_AROUND_COLS   7 /* beside address and figures in their row */
#define ERROR_ROWS_MOST   5
#define ERROR_AROUND_COLS 5 /* beside it in its row */
/* What waits for less than this is on its way. */
#define WAITS_US (5 * G_USEC_PER_SEC)

struct ui_relay {
    struct ui *ui;
    GArray *rows;    /* struct row */
    size_t selected; /* a leg */
    size_t top;      /* a row */
    size_t fit;      /* rows in sight at the last draw */
};

/* A row and what it stands for. */
struct row {
    struct view_relay_row view; /* `text` is borrowed of the leg, or `own` */
    char *own;
    size_t leg; /* G_MAXSIZE: a heading */
};

/* --- what is known
 * -------------------------------------------------------------------------------------- */

const GPtrArray *
ui_relay_legs(struct ui *ui)
{
    const struct core_relay *relay = core_relay(ui->core);

    if (ui->relay_legs && !ui->relay_stale)
        return ui->relay_legs;
    if (ui->relay_legs)
        g_ptr_array_unref(ui->relay_legs);
    ui->relay_legs = relay ? relay->legs(relay->user)
                           : g_ptr_array_new_with_free_func((GDestroyNotify)relay_leg_free);
    ui->relay_stale = false;
    return ui->relay_legs;
}

void
ui_relay_changed(struct ui *ui)
{
    ui->relay_stale = true;
}

bool
ui_relay_ages(struct ui *ui)
{
    const GPtrArray *legs = ui_relay_legs(ui);
    bool waits = false;

    for (guint i = 0; i < legs->len; i++)
        waits = waits || ((const struct relay_leg *)legs->pdata[i])->waiting > 0;
    ui->relay_stale = ui->relay_stale || waits;
    return waits;
}

static bool
runs(const struct relay_leg *leg)
{
    return leg->state == RELAY_RUNS || leg->state == RELAY_WAITS || leg->state == RELAY_REFUSED;
}

bool
ui_relay_has(struct ui *ui, int64_t buffer_id)
{
    const GPtrArray *legs = ui_relay_legs(ui);

    for (guint i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        if (leg->buffer_id == buffer_id && runs(leg))
            return true;
    }
    return false;
}

/* The next leg of the same gateway after `from`; NULL: it is the only one. */
static const struct relay_leg *
sibling_after(const GPtrArray *legs, guint from)
{
    const struct relay_leg *leg = legs->pdata[from];

    for (guint i = 1; i < legs->len; i++) {
        const struct relay_leg *other = legs->pdata[(from + i) % legs->len];
        if (strcmp(other->gateway, leg->gateway) == 0 && other->buffer_id != 0 &&
            other->buffer_id != leg->buffer_id && other->state != RELAY_OFF)
            return other;
    }
    return NULL;
}

static void
go_to_next(struct ui *ui)
{
    const GPtrArray *legs = ui_relay_legs(ui);

    for (guint i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        if (leg->buffer_id != ui->window->shown)
            continue;
        const struct relay_leg *other = sibling_after(legs, i);
        if (other) {
            ui_go(ui, other->buffer_id);
            return;
        }
    }
    ui_tell(ui, "This channel is joined to no other. /relay shows those that are.", false);
}

bool
ui_relay_action(struct ui *ui, enum action action)
{
    if (action == ACTION_RELAY)
        ui_over_open(ui, UI_OVER_RELAY);
    else if (action == ACTION_RELAY_NEXT)
        go_to_next(ui);
    else
        return false;
    ui_changed(ui);
    return true;
}

/* Whose channel it is: the account's label, or where the account is the same the channel's name. */
static const char *
other_name(const struct ui *ui, const struct buffer *here, int64_t buffer_id)
{
    const struct buffer *there = core_buffer(ui->core, buffer_id);
    const struct account *account = there ? core_account(ui->core, there->account_id) : NULL;

    if (!there || !account)
        return NULL;
    return there->account_id == here->account_id ? there->name
           : account->label                      ? account->label
                                                 : account->name;
}

char *
ui_relay_title(struct ui *ui, const struct buffer *buffer)
{
    const GPtrArray *legs = ui_relay_legs(ui);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        if (leg->buffer_id != buffer->id || !runs(leg))
            continue;
        for (guint k = 0; k < legs->len; k++) {
            const struct relay_leg *other = legs->pdata[k];
            const char *name = k != i && strcmp(other->gateway, leg->gateway) == 0
                                   ? other_name(ui, buffer, other->buffer_id)
                                   : NULL;
            /* Of one account there may be several channels. */
            if (name && g_hash_table_add(told, g_strdup(name)))
                g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", name);
        }
    }
    return g_string_free(out, out->len == 0);
}

/* --- words
 * ------------------------------------------------------------------------------------------ */

/* "31 s", "5 min", "2 h" */
static char *
age_text(int64_t age_us)
{
    const int64_t s = MAX(0, age_us) / G_USEC_PER_SEC;

    if (s < 120)
        return g_strdup_printf("%d s", (int)s);
    return s < 7200 ? g_strdup_printf("%d min", (int)(s / 60))
                    : g_strdup_printf("%d h", (int)(s / 3600));
}

/* "runs", "paused, 4 wait, oldest 31 s" */
static char *
state_text(const struct relay_leg *leg)
{
    static const char *const words[] = {
        [RELAY_RUNS] = "runs",       [RELAY_PAUSED] = "paused", [RELAY_TRIPPED] = "stopped",
        [RELAY_WAITS] = "not there", [RELAY_OFF] = "off",       [RELAY_REFUSED] = "refused"};
    g_autofree char *age = age_text(leg->oldest_us);

    if (leg->waiting == 0)
        return g_strdup(words[leg->state]);
    return leg->state == RELAY_RUNS
               ? g_strdup_printf("%u wait, oldest %s", leg->waiting, age)
               : g_strdup_printf("%s, %u wait, oldest %s", words[leg->state], leg->waiting, age);
}

static enum role
state_role(const struct relay_leg *leg)
{
    if (leg->state == RELAY_TRIPPED || leg->state == RELAY_REFUSED)
        return ROLE_FAILED;
    return leg->state == RELAY_RUNS && leg->oldest_us < WAITS_US ? ROLE_POPUP : ROLE_UNKNOWN;
}

/* "3 ms", "7.3 s" */
static char *
lag_text(int64_t lag_us)
{
    return lag_us < G_USEC_PER_SEC
               ? g_strdup_printf("%d ms", (int)((lag_us + 999) / 1000))
               : g_strdup_printf("%.1f s", (double)lag_us / (double)G_USEC_PER_SEC);
}

/* "2 given up, 1 unknown, 12/min, in 3 ms, 240 sent": what one should look at comes first. */
static char *
figures_text(const struct relay_leg *leg)
{
    g_autofree char *lag = lag_text(leg->lag_us);
    GString *out = g_string_new(NULL);

    if (leg->given_up > 0)
        g_string_append_printf(out, "%u given up, ", leg->given_up);
    if (leg->unknown > 0)
        g_string_append_printf(out, "%u unknown, ", leg->unknown);
    if (leg->failed > 0)
        g_string_append_printf(out, "%" G_GUINT64_FORMAT " refused, ", leg->failed);
    if ((leg->direction & RELAY_OUT) == 0)
        g_string_append(out, "only read from");
    else if (leg->sent == 0)
        g_string_append(out, "nothing carried there yet");
    else
        g_string_append_printf(out, "%u/min, in %s, %" G_GUINT64_FORMAT " sent", leg->per_minute,
                               lag, leg->sent);
    return g_string_free(out, FALSE);
}

static bool
is_well(const struct relay_leg *leg)
{
    return leg->state == RELAY_RUNS && leg->oldest_us < WAITS_US && leg->given_up == 0 &&
           leg->unknown == 0 && leg->failed == 0 && !leg->error;
}

static const char *
way(const struct relay_leg *leg)
{
    return leg->direction == RELAY_INOUT ? "<> " : leg->direction == RELAY_IN ? "-> " : "<- ";
}

/* The account's name of an address. */
static char *
account_of(const char *address)
{
    return g_strndup(address, strcspn(address, "/"));
}

char *
ui_relay_status(struct ui *ui)
{
    const GPtrArray *legs = ui_relay_legs(ui);
    const struct relay_leg *worst = NULL;
    unsigned n = 0;

    for (guint i = 0; i < legs->len && !core_is_read_only(ui->core); i++) {
        const struct relay_leg *leg = legs->pdata[i];
        if (leg->state == RELAY_TRIPPED)
            return g_strdup_printf("relay: %s stopped", leg->gateway);
        if (leg->state == RELAY_PAUSED || leg->state == RELAY_OFF || leg->waiting == 0 ||
            leg->oldest_us < WAITS_US)
            continue;
        n++;
        if (!worst || leg->oldest_us > worst->oldest_us)
            worst = leg;
    }
    if (!worst)
        return NULL;
    g_autofree char *account = account_of(worst->address);
    g_autofree char *age = age_text(worst->oldest_us);
    return n == 1
               ? g_strdup_printf("relay: %s %u wait %s", account, worst->waiting, age)
               : g_strdup_printf("relay: %s %u wait %s +%u", account, worst->waiting, age, n - 1);
}

/* --- rows
 * -------------------------------------------------------------------------------------------- */

static void
row_clear(gpointer data)
{
    struct row *row = data;

    g_free(row->view.tail);
    g_free(row->own);
}

static void
add_row(struct ui_relay *list, size_t leg, const char *lead, const char *text, enum role role,
        char *tail_take, enum role tail_role)
{
    const struct row row = {
        .view =
            {.lead = lead, .text = text, .role = role, .tail = tail_take, .tail_role = tail_role},
        .leg = leg,
    };

    g_array_append_val(list->rows, row);
}

/* How all legs of a gateway are, where they are the same. */
static char *
gateway_state(const GPtrArray *legs, guint first)
{
    const struct relay_leg *leg = legs->pdata[first];

    return leg->state == RELAY_PAUSED    ? g_strdup("paused by you")
           : leg->state == RELAY_TRIPPED ? g_strdup("stopped by the breaker")
           : leg->state == RELAY_OFF     ? g_strdup("off in the configuration")
                                         : NULL;
}

/* All of a sentence, in as many rows as it takes, but not for ever. */
static void
add_error(struct ui_relay *list, size_t leg, const char *error, int cols)
{
    for (int i = 0; i < ERROR_ROWS_MOST && *error; i++) {
        const size_t len = strlen(error);
        const bool last = i + 1 == ERROR_ROWS_MOST;
        const size_t cut = last ? len : width_cut_words(error, len, MAX(1, cols), NULL, NULL);
        char *own = g_strndup(error, cut);
        add_row(list, leg, "   ", own, ROLE_UNKNOWN, NULL, ROLE_DIM);
        g_array_index(list->rows, struct row, list->rows->len - 1).own = own;
        error += cut + strspn(error + cut, " ");
    }
}

/* What it carries, and what it lacks: in one row where there is room, or nothing is wrong. */
static void
add_leg(struct ui_relay *list, size_t i, const struct relay_leg *leg, int cols)
{
    g_autofree char *state = state_text(leg), *figures = figures_text(leg);
    g_autofree char *both = g_strdup_printf("%s | %s", figures, state);
    const int needed =
        width_text(leg->address, strlen(leg->address), NULL) + (int)strlen(both) + ROW_AROUND_COLS;
    const bool whole = cols >= ONE_ROW_COLS || needed <= cols;

    add_row(list, i, way(leg), leg->address, ROLE_POPUP, g_strdup(whole ? both : state),
            state_role(leg));
    if (!whole && !is_well(leg)) {
        add_row(list, i, "   ", figures, ROLE_DIM, NULL, ROLE_DIM);
        g_array_index(list->rows, struct row, list->rows->len - 1).own = g_steal_pointer(&figures);
    }
    if (leg->error && leg->state != RELAY_PAUSED && leg->state != RELAY_OFF &&
        leg->state != RELAY_TRIPPED)
        add_error(list, i, leg->error, cols - ERROR_AROUND_COLS);
}

static void
fill(struct ui_relay *list, int cols)
{
    const GPtrArray *legs = ui_relay_legs(list->ui);
    const bool elsewhere = core_is_read_only(list->ui->core) && legs->len > 0;
    const char *gateway = NULL;

    g_array_set_size(list->rows, 0);
    if (elsewhere)
        add_error(list, G_MAXSIZE, RELAY_ELSEWHERE, cols - ERROR_AROUND_COLS);
    for (guint i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        if (g_strcmp0(gateway, leg->gateway) != 0)
            add_row(list, G_MAXSIZE, "", leg->gateway, ROLE_POPUP_TITLE,
                    elsewhere ? NULL : gateway_state(legs, i), ROLE_UNKNOWN);
        /* The breaker stops all of them for one reason. */
        if (!elsewhere && leg->state == RELAY_TRIPPED && leg->error &&
            g_strcmp0(gateway, leg->gateway) != 0)
            add_error(list, G_MAXSIZE, leg->error, cols - ERROR_AROUND_COLS);
        gateway = leg->gateway;
        if (elsewhere)
            add_row(list, i, way(leg), leg->address, ROLE_POPUP, NULL, ROLE_DIM);
        else
            add_leg(list, i, leg, cols);
    }
    list->selected = MIN(list->selected, (size_t)MAX(1, legs->len) - 1);
}

/* --- the pane
 * ------------------------------------------------------------------------------------------ */

struct ui_relay *
ui_relay_new(struct ui *ui)
{
    struct ui_relay *list = g_new0(struct ui_relay, 1);

    list->ui = ui;
    list->rows = g_array_new(FALSE, TRUE, sizeof(struct row));
    g_array_set_clear_func(list->rows, row_clear);
    ui_relay_changed(ui);
    const GPtrArray *legs = ui_relay_legs(ui);
    for (guint i = legs->len; i-- > 0;)
        if (((const struct relay_leg *)legs->pdata[i])->buffer_id == ui->window->shown)
            list->selected = i;
    return list;
}

void
ui_relay_free(struct ui_relay *list)
{
    if (!list)
        return;
    g_array_unref(list->rows);
    g_free(list);
}

static const struct relay_leg *
chosen(const struct ui_relay *list)
{
    const GPtrArray *legs = ui_relay_legs(list->ui);

    return list->selected < legs->len ? legs->pdata[list->selected] : NULL;
}

static void
open_chosen(struct ui_relay *list)
{
    struct ui *ui = list->ui;
    const struct relay_leg *leg = chosen(list);

    if (!leg)
        return;
    if (leg->buffer_id == 0) {
        ui_tell(ui, leg->error ? leg->error : "There is no such channel here yet.", true);
        return;
    }
    const int64_t buffer_id = leg->buffer_id;
    ui_over_close(ui);
    ui_go(ui, buffer_id);
}

static void
pause_or_go_on(struct ui_relay *list)
{
    struct ui *ui = list->ui;
    const struct core_relay *relay = core_relay(ui->core);
    const struct relay_leg *leg = chosen(list);
    g_autoptr(GError) error = NULL;

    if (!leg || !relay)
        return;
    const bool pauses = runs(leg);
    g_autofree char *text = g_strdup_printf(
        pauses ? "%s is paused: what is said meanwhile waits." : "%s goes on.", leg->gateway);
    const bool done = relay->pause(relay->user, leg->gateway, pauses, &error);
    ui_tell(ui, done ? text : error->message, !done);
    ui_relay_changed(ui);
}

static void
try_again(struct ui_relay *list)
{
    struct ui *ui = list->ui;
    const struct core_relay *relay = core_relay(ui->core);
    const struct relay_leg *leg = chosen(list);
    g_autoptr(GError) error = NULL;

    if (!leg || !relay)
        return;
    g_autofree char *text = g_strdup_printf("What %s had given up is tried again.", leg->gateway);
    const bool done = relay->retry(relay->user, leg->gateway, &error);
    ui_tell(ui, done ? text : error->message, !done);
    ui_relay_changed(ui);
}

static void
move(struct ui_relay *list, int64_t by)
{
    const int64_t last = (int64_t)ui_relay_legs(list->ui)->len - 1;

    list->selected = (size_t)CLAMP((int64_t)list->selected + by, 0, MAX(0, last));
}

void
ui_relay_key(struct ui_relay *list, enum action action)
{
    const int64_t page = MAX(1, (int64_t)list->fit / 2);

    switch (action) {
    case ACTION_INBOX_UP:
    case ACTION_INBOX_DOWN:
        move(list, action == ACTION_INBOX_DOWN ? 1 : -1);
        break;
    case ACTION_INBOX_PAGE_UP:
    case ACTION_INBOX_PAGE_DOWN:
        move(list, action == ACTION_INBOX_PAGE_DOWN ? page : -page);
        break;
    case ACTION_INBOX_FIRST:
    case ACTION_INBOX_LAST:
        move(list, action == ACTION_INBOX_LAST ? G_MAXINT : -(int64_t)G_MAXINT);
        break;
    case ACTION_INBOX_OPEN:
        open_chosen(list);
        break;
    case ACTION_INBOX_REPLY:
        try_again(list);
        break;
    case ACTION_INBOX_SNOOZE:
        pause_or_go_on(list);
        break;
    case ACTION_INBOX_CLOSE:
    case ACTION_CANCEL:
    case ACTION_RELAY:
        ui_over_close(list->ui);
        break;
    default:
        break;
    }
}

void
ui_relay_choose(struct ui_relay *list, size_t row)
{
    if (row >= list->rows->len)
        return;
    const size_t leg = g_array_index(list->rows, struct row, row).leg;
    if (leg == G_MAXSIZE)
        return;
    list->selected = leg;
    open_chosen(list);
}

char *
ui_relay_hint(const struct ui_relay *list)
{
    const struct ui *ui = list->ui;
    const struct relay_leg *leg = chosen(list);
    GString *out = g_string_new(NULL);

    if (leg)
        ui_hint_add(ui, out, ACTION_INBOX_OPEN, "open");
    if (leg && !core_is_read_only(ui->core)) {
        if (leg->state != RELAY_OFF)
            ui_hint_add(ui, out, ACTION_INBOX_SNOOZE, runs(leg) ? "pause" : "go on");
        if (leg->given_up > 0)
            ui_hint_add(ui, out, ACTION_INBOX_REPLY, "try again");
    }
    ui_hint_add(ui, out, ACTION_INBOX_CLOSE, "back");
    return g_string_free(out, FALSE);
}

static void
keep_in_sight(struct ui_relay *list, size_t fit)
{
    size_t first = 0, last = 0;

    list->fit = fit;
    for (size_t i = list->rows->len; i-- > 0;)
        if (g_array_index(list->rows, struct row, i).leg == list->selected)
            first = i;
    for (size_t i = 0; i < list->rows->len; i++)
        if (g_array_index(list->rows, struct row, i).leg == list->selected)
            last = i;
    /* The heading of the first leg is seen with it. */
    while (first > 0 && g_array_index(list->rows, struct row, first - 1).leg == G_MAXSIZE)
        first--;
    if (first < list->top)
        list->top = first;
    if (fit > 0 && last >= list->top + fit)
        list->top = last - fit + 1;
    list->top = MIN(list->top, list->rows->len > fit ? list->rows->len - fit : 0);
}

static unsigned
n_gateways(const GPtrArray *legs)
{
    const char *gateway = NULL;
    unsigned n = 0;

    for (guint i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        n += g_strcmp0(gateway, leg->gateway) != 0;
        gateway = leg->gateway;
    }
    return n;
}

void
ui_relay_draw(struct ui_relay *list, const struct canvas *canvas, struct rect rect)
{
    size_t fit = (size_t)pane_relay_list_rows(rect);
    size_t before = G_MAXSIZE;

    fill(list, rect.cols);
    if (list->rows->len > fit && fit > 1)
        fit--; /* how many are below */
    keep_in_sight(list, fit);
    const size_t n = MIN(fit, list->rows->len - list->top);
    g_autofree struct view_relay_row *rows = g_new0(struct view_relay_row, MAX(1, n));
    const unsigned gateways = n_gateways(ui_relay_legs(list->ui));
    g_autofree char *title =
        g_strdup_printf("RELAY  %u gateway%s", gateways, gateways == 1 ? "" : "s");
    const struct view_relay view = {
        .title = title,
        .rows = rows,
        .n = n,
        .below = list->rows->len - list->top - n,
        .empty = "No channel is joined to another. /relay make NAME ADDRESS ADDRESS joins two: "
                 "\"/relay make jobs libera/#coop-jobs patio/coops/jobs\".",
    };

    for (size_t i = 0; i < n; i++) {
        const struct row *row = &g_array_index(list->rows, struct row, list->top + i);
        rows[i] = row->view;
        rows[i].selected = row->leg == list->selected;
        rows[i].first = rows[i].selected && before != row->leg;
        before = row->leg;
    }
    pane_relay_draw(canvas, rect, &view);
    list->ui->drawn = (struct drawn_list){
        .rect = {rect.row + 1, rect.col, (int)n, rect.cols}, .each = 1, .first = list->top, .n = n};
}
