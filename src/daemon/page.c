#include "daemon/page.h"

#include <string.h>

#include "daemon/legs.h"
#include "daemon/page_draw.h"

#define GATEWAY_COLS 60
#define ERROR_COLS   300
#define ERRORS_MOST  20

/* The policy knows it by its digest. */
static const char style[] =
    ":root{color-scheme:light dark;--back:#f4f2ec;--card:#fffdf8;--ink:#24231f;--dim:#6b675d;"
    "--line:#ded9cc;--warp:#c9c2b0;--good:#2f7d4f;--bad:#b3261e;--mid:#9a6700;"
    "--c0:#2b6cb0;--c1:#b4532a;--c2:#5b7f1f;--c3:#8a4a9e;--c4:#0f7b7b;--c5:#a33b5f}"
    "@media(prefers-color-scheme:dark){:root{--back:#16171a;--card:#1f2125;--ink:#e9e6df;"
    "--dim:#a19d93;--line:#34363c;--warp:#4a4c53;--good:#63c08a;--bad:#ff8a80;--mid:#e0b04a;"
    "--c0:#7ab4ee;--c1:#ec9a6c;--c2:#a9cc66;--c3:#cf9be0;--c4:#5fc9c9;--c5:#ee8fb0}}"
    "*{box-sizing:border-box}"
    "body{margin:0;padding:20px 14px 32px;background:var(--back);color:var(--ink);"
    "font:16px/1.45 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}"
    "main{max-width:1180px;margin:auto}"
    "h1{font-size:1.5rem;margin:0}"
    "header p,footer{color:var(--dim);margin:.2rem 0 0;font-size:.92rem}"
    ".cards{display:grid;gap:16px;margin-top:18px;align-items:start;"
    "grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr))}"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:14px;"
    "padding:14px 14px 10px;min-width:0}"
    "h2{font-size:1.1rem;margin:0;overflow-wrap:anywhere}"
    ".card p{margin:.1rem 0 .5rem;color:var(--dim);font-size:.9rem}"
    "svg{display:block;width:100%;height:auto;max-width:460px}"
    ".warp{stroke:var(--warp);stroke-width:4;stroke-linecap:round;fill:none}"
    ".weft{stroke:var(--c);stroke-width:4;stroke-linecap:round;fill:none}"
    ".arrow,.edge{fill:var(--c)}"
    ".box{fill:var(--back);stroke:var(--line)}"
    "text{fill:var(--ink);font-size:15px}"
    ".name{font-weight:650;font-size:16px}"
    ".place,.people,.state{font-size:13px;fill:var(--dim)}"
    ".people{text-anchor:end}"
    ".leg{--c:var(--dim)}.c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}"
    ".c4{--c:var(--c4)}.c5{--c:var(--c5)}"
    ".dot{fill:var(--good)}"
    ".paused .weft,.off .weft,.waits .weft,.refused .weft,.tripped .weft{stroke-dasharray:2 8}"
    ".paused .dot,.off .dot,.waits .dot{fill:var(--mid)}.tripped .dot,.refused "
    ".dot{fill:var(--bad)}"
    ".tripped .weft{stroke:var(--bad)}.tripped .arrow{fill:var(--bad)}"
    ".words{margin:16px 0 0;padding:10px 14px 10px 32px;border:1px solid var(--line);"
    "border-radius:14px;background:var(--card)}"
    ".words li{margin:.15rem 0;overflow-wrap:anywhere}"
    "footer{margin-top:22px}";

char *
page_policy(void)
{
    guint8 digest[32];
    gsize len = sizeof digest;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)style, (gssize)strlen(style));
    g_checksum_get_digest(sum, digest, &len);
    g_checksum_free(sum);
    g_autofree char *base64 = g_base64_encode(digest, len);
    return g_strdup_printf("default-src 'none'; style-src 'sha256-%s'; img-src data:; "
                           "base-uri 'none'; form-action 'none'",
                           base64);
}

/* --- one gateway --- */

/* Legs of one gateway stand together. */
static guint
count_legs(const GPtrArray *legs, guint first)
{
    const struct relay_leg *leg = legs->pdata[first];
    guint n = 1;

    while (first + n < legs->len &&
           strcmp(((const struct relay_leg *)legs->pdata[first + n])->gateway, leg->gateway) == 0)
        n++;
    return n;
}

/* Those that are refused are no channels. */
static guint
count_refused(const GPtrArray *legs, guint first, guint n)
{
    guint refused = 0;

    for (guint i = first; i < first + n; i++)
        refused += ((const struct relay_leg *)legs->pdata[i])->state == RELAY_REFUSED;
    return refused;
}

static int
count_people(struct core *core, const GPtrArray *legs, guint first, guint n)
{
    int people = 0;

    for (guint i = first; i < first + n; i++)
        people += MAX(page_leg_people(core, legs->pdata[i]), 0);
    return people;
}

static void
put_count(GString *out, int n, const char *one, const char *many)
{
    g_string_append_printf(out, "%d %s", n, n == 1 ? one : many);
}

static void
put_gateway(GString *out, struct core *core, const GPtrArray *legs, guint first, guint n)
{
    const struct relay_leg *leg = legs->pdata[first];
    const int people = count_people(core, legs, first, n);

    g_string_append(out, "<section class=\"card\"><h2>");
    page_put_text(out, leg->gateway, GATEWAY_COLS);
    g_string_append(out, "</h2><p>");
    put_count(out, (int)(n - count_refused(legs, first, n)), "channel", "channels");
    if (people > 0) {
        g_string_append(out, ", ");
        put_count(out, people, "person", "people");
    }
    g_string_append(out, "</p>\n");
    page_draw(out, core, legs, first, n);
    g_string_append(out, "</section>\n");
}

/* --- the whole --- */

static void
put_head(GString *out, unsigned refresh_s)
{
    g_autofree char *policy = page_policy();

    g_string_append(out,
                    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    g_string_append_printf(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n",
                           policy);
    if (refresh_s > 0)
        g_string_append_printf(out, "<meta http-equiv=\"refresh\" content=\"%u\">\n", refresh_s);
    g_string_append_printf(out,
                           "<title>Who is on the bridge</title>\n"
                           "<link rel=\"icon\" href=\"data:,\">\n<style>%s</style></head>\n",
                           style);
}

static void
put_summary(GString *out, struct core *core, const GPtrArray *legs)
{
    const guint refused = count_refused(legs, 0, legs->len);
    guint gateways = 0, troubled = 0;

    for (guint i = 0; i < legs->len; i += count_legs(legs, i))
        gateways++;
    for (guint i = 0; i < legs->len; i++)
        troubled += ((const struct relay_leg *)legs->pdata[i])->state != RELAY_RUNS;
    troubled -= refused;
    g_string_append(out, "<body><main><header><h1>Who is on the bridge</h1>\n<p>");
    if (legs->len == 0) {
        g_string_append(out, "Nobody yet: no gateway is configured, or none runs here.");
    } else {
        put_count(out, (int)gateways, "gateway", "gateways");
        g_string_append(out, ", ");
        put_count(out, (int)(legs->len - refused), "channel", "channels");
        g_string_append(out, ", ");
        put_count(out, count_people(core, legs, 0, legs->len), "person", "people");
        if (troubled > 0)
            g_string_append_printf(out, ". Nothing crosses to %u of them now.", troubled);
        else
            g_string_append(out, refused > 0 ? "." : ". Everything crosses.");
        if (refused > 0) {
            g_string_append_c(out, ' ');
            put_count(out, (int)refused, "leg cannot be joined.", "legs cannot be joined.");
        }
    }
    g_string_append(out, "</p></header>\n");
}

static void
put_errors(GString *out, const GPtrArray *legs)
{
    unsigned n = 0;

    for (guint i = 0; i < legs->len && n < ERRORS_MOST; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        const struct relay_leg *before = i > 0 ? legs->pdata[i - 1] : NULL;
        const bool tripped = leg->state == RELAY_TRIPPED;
        if (!leg->error || leg->state == RELAY_RUNS)
            continue;
        /* The breaker stops all of them for one reason. */
        if (tripped && before && strcmp(before->gateway, leg->gateway) == 0 &&
            g_strcmp0(before->error, leg->error) == 0)
            continue;
        g_string_append(out, n++ == 0 ? "<ul class=\"words\">\n<li>" : "<li>");
        page_put_text(out, tripped ? leg->gateway : leg->address, GATEWAY_COLS);
        g_string_append(out, ": ");
        page_put_text(out, leg->error, ERROR_COLS);
        g_string_append(out, "</li>\n");
    }
    if (n > 0)
        g_string_append(out, "</ul>\n");
}

static void
put_foot(GString *out, struct core *core)
{
    g_autoptr(GDateTime) now =
        g_date_time_new_from_unix_utc(clock_wall_us(core_clock(core)) / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d %H:%M:%S");

    g_string_append_printf(out,
                           "<footer>As of %s UTC. An arrow to the left: what is said there goes to "
                           "the others; to the right: it gets what they say. Who is in several "
                           "channels counts in each.</footer>\n</main></body></html>\n",
                           time);
}

char *
page_html(struct core *core, unsigned refresh_s)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GPtrArray) legs = legs_of(core);
    guint left = PAGE_LEGS_MOST;

    put_head(out, refresh_s);
    put_summary(out, core, legs);
    put_errors(out, legs);
    g_string_append(out, "<div class=\"cards\">\n");
    for (guint i = 0, n; i < legs->len && left > 0; i += n) {
        n = count_legs(legs, i);
        put_gateway(out, core, legs, i, MIN(n, left));
        left -= MIN(n, left);
    }
    g_string_append(out, "</div>\n");
    if (legs->len > PAGE_LEGS_MOST)
        g_string_append_printf(out, "<p>%u more channels are not drawn.</p>\n",
                               legs->len - PAGE_LEGS_MOST);
    put_foot(out, core);
    return g_string_free(out, FALSE);
}
