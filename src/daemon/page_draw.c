#include "daemon/page_draw.h"

#include <string.h>

#include "core/address.h"
#include "daemon/legs.h"
#include "text/display.h"
#include "text/width.h"

/* In units of the picture, which is as wide as a phone. */
#define WIDTH      360
#define ROW        84
#define MARGIN     10
#define WARP_X     14 /* the first of the warp's threads */
#define WARP_STEP  13
#define WARPS      4
#define BOX_X      96
#define BOX_WIDTH  (WIDTH - BOX_X - 2)
#define BOX_HEIGHT (ROW - 12)
#define TEXT_X     (BOX_X + 16)
#define COLOURS    6
#define NAME_COLS  22
#define PLACE_COLS 24
#define STATE_COLS 34

void
page_put_text(GString *out, const char *text, int cols)
{
    g_autofree char *shown = display_dup(text ? text : "", -1, DISPLAY_NAME);
    const size_t len = strlen(shown);
    const bool fits = width_text(shown, len, NULL) <= cols;
    const size_t cut = fits ? len : width_cut(shown, len, cols - 1, NULL, NULL);
    g_autofree char *part = g_strndup(shown, cut);
    g_autofree char *escaped = g_markup_escape_text(part, -1);

    g_string_append(out, escaped);
    if (!fits)
        g_string_append(out, "\u2026");
}

void
page_put_span(GString *out, int64_t us)
{
    const double s = (double)us / G_USEC_PER_SEC;

    if (s < 10)
        g_string_append_printf(out, "%.1f s", s);
    else if (s < 120)
        g_string_append_printf(out, "%.0f s", s);
    else if (s < 7200)
        g_string_append_printf(out, "%.0f min", s / 60);
    else
        g_string_append_printf(out, "%.0f h", s / 3600);
}

int
page_leg_people(struct core *core, const struct relay_leg *leg)
{
    const struct buffer *buffer = leg->buffer_id ? core_buffer(core, leg->buffer_id) : NULL;

    return buffer && buffer->members ? (int)g_hash_table_size(buffer->members) : -1;
}

/* --- one leg --- */

/* " c2": the colour of an account is always the same one; nothing where there is no such account.
 */
static void
put_colour(GString *out, struct core *core, const struct relay_leg *leg)
{
    g_auto(GStrv) parts = address_parse(leg->address, NULL);
    const GPtrArray *accounts = core_accounts(core);

    for (guint i = 0; parts && i < accounts->len; i++)
        if (strcmp(((const struct account *)accounts->pdata[i])->name, parts[0]) == 0) {
            g_string_append_printf(out, " c%u", i % COLOURS);
            return;
        }
}

/* The warp is a row of threads; the weft goes over every other one, and in the next row under it.
 */
static void
put_thread(GString *out, const struct relay_leg *leg, unsigned row, int y)
{
    const int end = WARP_X + WARP_STEP * (WARPS - 1);

    g_string_append_printf(out, "<path class=\"weft\" d=\"M4 %d H%d\"/>", y, BOX_X);
    for (unsigned i = 0; i < WARPS; i++)
        if ((i + row) % 2 == 0)
            g_string_append_printf(out, "<path class=\"warp\" d=\"M%d %d v16\"/>",
                                   WARP_X + (int)i * WARP_STEP, y - 8);
    if (leg->direction & RELAY_IN)
        g_string_append_printf(out, "<path class=\"arrow\" d=\"M%d %d l9 -6 v12 z\"/>", end + 10,
                               y);
    if (leg->direction & RELAY_OUT)
        g_string_append_printf(out, "<path class=\"arrow\" d=\"M%d %d l-9 -6 v12 z\"/>", BOX_X - 2,
                               y);
}

/* "Tool Library", or "Tool Library \u00b7 coops" */
static void
put_place(GString *out, struct core *core, const struct buffer *buffer)
{
    const struct account *account = core_account(core, buffer->account_id);
    const struct space *space = core_space(core, buffer->space_id);
    g_autoptr(GString) place = g_string_new(NULL);

    if (account)
        g_string_append(place, account->label ? account->label : account->name);
    if (space && space->name && *space->name)
        g_string_append_printf(place, " \u00b7 %s", space->name);
    page_put_text(out, place->str, PLACE_COLS);
}

static void
put_state(GString *out, const struct relay_leg *leg)
{
    g_autoptr(GString) text = g_string_new(NULL);

    switch (leg->state) {
    case RELAY_RUNS:
        if (leg->waiting > 0)
            g_string_append_printf(text, "%u on their way", leg->waiting);
        else
            g_string_append(text, "up to date");
        break;
    case RELAY_PAUSED:
        g_string_append(text, "paused");
        break;
    case RELAY_TRIPPED:
        g_string_append(text, "stopped by the breaker");
        break;
    case RELAY_WAITS:
        g_string_append(text, "waits");
        break;
    case RELAY_OFF:
        g_string_append(text, "off");
        break;
    case RELAY_REFUSED:
        g_string_append(text, "refused");
        break;
    }
    if (leg->state != RELAY_RUNS && leg->waiting > 0)
        g_string_append_printf(text, " \u00b7 %u kept", leg->waiting);
    if (leg->unknown > 0)
        g_string_append_printf(text, " \u00b7 %u unknown", leg->unknown);
    if (leg->given_up > 0)
        g_string_append_printf(text, " \u00b7 %u given up", leg->given_up);
    if (leg->lag_us > 0) {
        g_string_append(text, " \u00b7 ");
        page_put_span(text, leg->lag_us);
    }
    page_put_text(out, text->str, STATE_COLS);
}

static void
put_people(GString *out, int people)
{
    if (people == 1)
        g_string_append(out, "1 person");
    else if (people >= 0)
        g_string_append_printf(out, "%d people", people);
}

static void
put_title(GString *out, const struct relay_leg *leg)
{
    g_string_append(out, "<title>");
    page_put_text(out, leg->address, 200);
    g_string_append_printf(out, " (%s): ", leg_direction_name(leg->direction));
    put_state(out, leg);
    if (leg->error) {
        g_string_append(out, ". ");
        page_put_text(out, leg->error, 400);
    }
    g_string_append(out, "</title>");
}

static void
put_leg(GString *out, struct core *core, const struct relay_leg *leg, unsigned row)
{
    const struct buffer *buffer = leg->buffer_id ? core_buffer(core, leg->buffer_id) : NULL;
    const int top = MARGIN + (int)row * ROW, middle = top + BOX_HEIGHT / 2;

    g_string_append(out, "<g class=\"leg");
    put_colour(out, core, leg);
    g_string_append_printf(out, " %s\">", leg_state_name(leg->state));
    put_title(out, leg);
    put_thread(out, leg, row, middle);
    g_string_append_printf(
        out,
        "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"9\"/>"
        "<rect class=\"edge\" x=\"%d\" y=\"%d\" width=\"5\" height=\"%d\" rx=\"2.5\"/>",
        BOX_X, top, BOX_WIDTH, BOX_HEIGHT, BOX_X + 4, top + 8, BOX_HEIGHT - 16);
    g_string_append_printf(out, "<text class=\"name\" x=\"%d\" y=\"%d\">", TEXT_X, top + 24);
    page_put_text(out, buffer ? buffer->name : leg->address, NAME_COLS);
    g_string_append_printf(out, "</text><text class=\"place\" x=\"%d\" y=\"%d\">", TEXT_X,
                           top + 43);
    if (buffer)
        put_place(out, core, buffer);
    else
        g_string_append(out, leg->state == RELAY_REFUSED ? "cannot be joined" : "not there yet");
    g_string_append_printf(out, "</text><text class=\"people\" x=\"%d\" y=\"%d\">", WIDTH - 14,
                           top + 43);
    put_people(out, page_leg_people(core, leg));
    g_string_append_printf(out,
                           "</text><circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"4\"/>"
                           "<text class=\"state\" x=\"%d\" y=\"%d\">",
                           TEXT_X + 4, top + 57, TEXT_X + 14, top + 61);
    put_state(out, leg);
    g_string_append(out, "</text></g>\n");
}

void
page_draw(GString *out, struct core *core, const GPtrArray *legs, guint first, guint n)
{
    const int height = 2 * MARGIN + (int)n * ROW - (ROW - BOX_HEIGHT);

    g_string_append_printf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, height);
    for (int i = 0; i < WARPS; i++)
        g_string_append_printf(out, "<path class=\"warp\" d=\"M%d 2 V%d\"/>",
                               WARP_X + i * WARP_STEP, height - 2);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < n; i++)
        put_leg(out, core, legs->pdata[first + i], i);
    g_string_append(out, "</svg>\n");
}
