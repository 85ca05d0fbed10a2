/* The page and the figures: what stands in them whatever people call themselves, and an HTTP that
 * hostile programs speak to. */
#include <string.h>

#include "daemon/figures.h"
#include "daemon/page.h"
#include "daemon/pages.h"
#include "daemon/pages_request.h"
#include "tests/unit/daemon/desk.h"
#include "tests/unit/daemon/tests.h"

#define HOST "Host: 127.0.0.1\r\n"

struct site {
    struct desk *desk;
    struct pages *pages;
};

static void
site_init(struct site *site)
{
    g_autoptr(GError) error = NULL;

    site->desk = desk_new();
    desk_relay(site->desk);
    site->pages = pages_new(&(struct pages_options){.core = site->desk->scene->core,
                                                    .net = site->desk->net,
                                                    .version = "0.9.9"},
                            &error);
    g_assert_no_error(error);
}

static void
site_fini(struct site *site)
{
    pages_free(site->pages);
    desk_free(site->desk);
}

/* All that is answered. g_free(). */
static char *
ask(struct site *site, const char *request, size_t len)
{
    struct peer *peer = peer_new_at(site->desk, pages_port(site->pages));

    site->desk->net->stream_write(peer->stream, request, len);
    peer_wait_end(peer);
    char *text = g_strdup(peer->got->str);
    peer_free(peer);
    return text;
}

static void
check(struct site *site, const char *request, const char *status)
{
    g_autofree char *answer = ask(site, request, strlen(request));
    g_autofree char *wanted = g_strdup_printf("HTTP/1.1 %s", status);

    if (!g_str_has_prefix(answer, wanted))
        g_error("%s was answered %s", request, answer);
}

static void
test_http(void)
{
    struct site site;
    g_autofree char *policy = page_policy();

    site_init(&site);
    g_autofree char *page = ask(&site, "GET / HTTP/1.1\r\n" HOST "\r\n", 35);
    assert_has(page, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n");
    assert_has(page, policy);
    assert_has(page, "X-Content-Type-Options: nosniff\r\n");
    assert_has(page, "<h2>jobs</h2>");
    g_assert_true(g_str_has_suffix(page, "</html>\n"));
    g_autofree char *figures = ask(&site, "GET /metrics HTTP/1.1\r\n" HOST "\r\n", 42);
    assert_has(figures, "Content-Type: text/plain; version=0.0.4");
    assert_has(figures, "weft_relay_leg_runs{gateway=\"jobs\",leg=\"libera/#gone\"} 0\n");
    assert_has(figures, "weft_relay_copies_per_minute{gateway=\"jobs\",leg=\"libera/#coop\"} 0\n");
    assert_has(figures, "weft_relay_last_error_timestamp_seconds{gateway=\"jobs\",");
    g_autofree char *head = ask(&site, "HEAD / HTTP/1.1\r\n" HOST "\r\n", 36);
    g_assert_true(g_str_has_suffix(head, "\r\n\r\n"));
    check(&site, "GET / HTTP/1.0\r\nhost:localhost:9180\r\n\r\n", "200");
    site_fini(&site);
}

static void
test_refused(void)
{
    struct site site;
    g_autofree char *long_name = g_strnfill(2 * PAGES_MAX_BYTES, 'a');
    g_autofree char *long_line = g_strdup_printf("GET /%s HTTP/1.1\r\n\r\n", long_name);

    site_init(&site);
    check(&site, "GET /etc/passwd HTTP/1.1\r\n" HOST "\r\n", "404");
    check(&site, "GET /../ HTTP/1.1\r\n" HOST "\r\n", "404");
    check(&site, "POST / HTTP/1.1\r\n" HOST "\r\n", "405");
    check(&site, "GET /\r\n\r\n", "400");
    check(&site, "\r\n\r\n", "400");
    check(&site, "\x16\x03\x01\r\n\r\n", "400");
    check(&site, long_line, "431");
    /* A page from elsewhere, whose name was made to point here. */
    check(&site, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421");
    check(&site, "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", "421");
    check(&site, "GET / HTTP/1.1\r\nHost: localhost:x\r\n\r\n", "421");
    check(&site, "GET / HTTP/1.1\r\n\r\n", "421");
    check(&site, "GET / HTTP/1.1\r\n" HOST "Host: evil.example\r\n\r\n", "421");
    g_autofree char *nul = ask(&site, "GET / HTTP/1.1\0\r\n\r\n", 19);
    assert_has(nul, "HTTP/1.1 400");
    site_fini(&site);
}

/* Who says little, or nothing, has five seconds; who holds many connections keeps nobody out. */
static void
test_slow_and_many(void)
{
    struct site site;
    struct peer *idle[PAGES_CLIENTS_MOST + 4];

    site_init(&site);
    for (size_t i = 0; i < G_N_ELEMENTS(idle); i++) {
        idle[i] = peer_new_at(site.desk, pages_port(site.pages));
        site.desk->net->stream_write(idle[i]->stream, "GET / HT", 8);
    }
    check(&site, "GET / HTTP/1.1\r\n" HOST "\r\n", "200");
    peer_wait_end(idle[0]); /* made room */
    g_assert_false(idle[G_N_ELEMENTS(idle) - 1]->over);
    clock_fake_advance(site.desk->scene->clock, PAGES_READ_US);
    for (size_t i = 0; i < G_N_ELEMENTS(idle); i++) {
        peer_wait_end(idle[i]);
        g_assert_cmpuint(idle[i]->got->len, ==, 0);
        peer_free(idle[i]);
    }
    site_fini(&site);
}

/* Who asks and does not take the answer is let go. */
static void
test_never_reads(void)
{
    struct site site;

    site_init(&site);
    for (unsigned i = 0; i < 400; i++)
        desk_add_leg(site.desk, "many", "libera/#coop", RELAY_INOUT, RELAY_RUNS);
    struct peer *peer = peer_new_at(site.desk, pages_port(site.pages));
    site.desk->net->stream_pause(peer->stream, true);
    site.desk->net->stream_write(peer->stream, "GET / HTTP/1.1\r\n" HOST "\r\n", 35);
    for (unsigned i = 0; i < 50; i++)
        desk_turn(site.desk);
    clock_fake_advance(site.desk->scene->clock, PAGES_WRITE_US);
    site.desk->net->stream_pause(peer->stream, false);
    peer_wait_end(peer);
    peer_free(peer);
    site_fini(&site);
}

static void
test_hostile_names(void)
{
    static const char evil[] = "<script>alert(1)</script>\"'&\xe2\x80\xae\x1b[31m\n";
    struct desk *desk = desk_new();

    scene_add_buffer(desk->scene, "#a<b>&\"c", BUFFER_CHANNEL);
    desk_relay(desk);
    desk_add_leg(desk, evil, evil, RELAY_IN, RELAY_TRIPPED);
    desk_add_leg(desk, evil, "libera/#a<b>&\\\"c", RELAY_OUT, RELAY_RUNS);
    ((struct relay_leg *)desk->legs->pdata[2])->error = g_strdup(evil);
    g_autofree char *html = page_html(desk->scene->core, 0);
    g_autofree char *figures = figures_text(desk->scene->core, "0.9.9");
    g_assert_null(strstr(html, "<script"));
    g_assert_null(strstr(html, "#a<b>"));
    assert_has(html, "&lt;script&gt;");
    assert_has(html, "#a&lt;b&gt;&amp;&quot;c");
    for (const char *text = html; text; text = text == html ? figures : NULL) {
        g_assert_null(strstr(text, "\xe2\x80\xae"));
        g_assert_null(strchr(text, '\x1b'));
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
    assert_has(figures, "gateway=\"<script>alert(1)</script>\\\"'&");
    /* Each line of the figures is a comment, or a name, labels and a number. */
    g_auto(GStrv) lines = g_strsplit(figures, "\n", -1);
    for (char **line = lines; **line; line++)
        if (!g_regex_match_simple("^(# (HELP|TYPE) .*|[a-z_]+(\\{.*\\})? [-+.e0-9]+)$", *line, 0,
                                  0))
            g_error("a bad line: %s", *line);
    desk_free(desk);
}

/* As large as it can be it still goes out whole. */
static void
test_many_legs(void)
{
    struct desk *desk = desk_new();
    g_autofree char *name = g_strnfill(500, 'n');

    desk_relay(desk);
    for (unsigned i = 0; i < 1500; i++) {
        g_autofree char *gateway = g_strdup_printf("%s%u", name, i);
        desk_add_leg(desk, gateway, name, RELAY_INOUT, RELAY_WAITS);
        ((struct relay_leg *)desk->legs->pdata[desk->legs->len - 1])->error = g_strdup(name);
    }
    g_autofree char *html = page_html(desk->scene->core, 10);
    assert_has(html, "more channels are not drawn");
    g_assert_cmpuint(strlen(html), <, 1024 * 1024);
    desk_free(desk);
}

/* For looking at: WEFT_TEST_PAGE=FILE. */
static void
put_sample(struct desk *desk)
{
    static const char *const rooms[] = {"#jobs", "#solar", "#a-very-long-channel-name-indeed",
                                        "#\xe5\xae\xb6\xe3\x81\xae\xe4\xbb\x95\xe4\xba\x8b"};
    struct relay_leg *leg;
    g_autofree char *told = NULL;

    scene_add_member(desk->scene, "#coop", "uma", 0);
    scene_add_member(desk->scene, "#coop", "ivo", 0);
    desk_relay(desk);
    /* The next account's session is the one that is spoken to from now on. */
    g_assert_true(g_file_set_contents(
        desk->scene->file,
        "[account libera]\nnetwork = net\n[account yard]\nnetwork = net\nlabel = El Patio\n", -1,
        NULL));
    g_assert_true(core_reload(desk->scene->core, &told));
    scene_settle(desk->scene);
    host_state(desk->scene->host, ACCOUNT_ONLINE);
    for (size_t i = 0; i < G_N_ELEMENTS(rooms); i++)
        scene_add_buffer(desk->scene, rooms[i], BUFFER_CHANNEL);
    scene_add_member(desk->scene, "#solar", "maria", 0);
    desk_add_leg(desk, "solar", "libera/#coop", RELAY_IN, RELAY_PAUSED);
    desk_add_leg(desk, "solar", "yard/#a-very-long-channel-name-indeed", RELAY_OUT, RELAY_TRIPPED);
    desk_add_leg(desk, "solar", "yard/#\xe5\xae\xb6\xe3\x81\xae\xe4\xbb\x95\xe4\xba\x8b",
                 RELAY_INOUT, RELAY_RUNS);
    desk_add_leg(desk, "small", "yard/#solar", RELAY_INOUT, RELAY_RUNS);
    leg = desk->legs->pdata[1];
    leg->error = g_strdup("There is no such conversation: join it in weft first.");
    leg->waiting = 12;
    leg = desk->legs->pdata[3];
    leg->error = g_strdup("A bot there repeats what is copied to it. Say /relay resume solar when "
                          "that has ended.");
    leg = desk->legs->pdata[4];
    leg->waiting = 3;
    leg->lag_us = 180000;
    leg->unknown = 1;
}

/* A leg that cannot be one is no channel, and has its own account's colour, or none. */
static void
test_refused_legs(void)
{
    struct desk *desk = desk_new();

    put_sample(desk);
    desk_add_leg(desk, "twice", "yard/#solar", RELAY_INOUT, RELAY_RUNS);
    desk_add_leg(desk, "twice", "libera/#jobs", RELAY_INOUT, RELAY_RUNS);
    desk_add_leg(desk, "twice", "yard/#Solar", RELAY_INOUT, RELAY_REFUSED);
    desk_add_leg(desk, "twice", "yrad/#solar", RELAY_INOUT, RELAY_REFUSED);
    for (guint i = 1; i <= 2; i++)
        ((struct relay_leg *)desk->legs->pdata[desk->legs->len - i])->buffer_id = 0;
    g_autofree char *html = page_html(desk->scene->core, 0);
    assert_has(html, "<h2>twice</h2><p>2 channels");
    assert_has(html, "4 gateways, 8 channels, ");
    assert_has(html, "Nothing crosses to 3 of them now. 2 legs cannot be joined.");
    assert_has(html, "<g class=\"leg c1 refused\">");
    assert_has(html, "<g class=\"leg refused\">");
    assert_has(html, ">cannot be joined<");
    desk_free(desk);
}

static void
test_picture(void)
{
    struct desk *desk = desk_new();

    put_sample(desk);
    g_autofree char *html = page_html(desk->scene->core, 0);
    assert_has(html, "3 gateways, 6 channels, 5 people. Nothing crosses to 3 of them now.");
    assert_has(html, "2 channels, 2 people");
    assert_has(html, "<g class=\"leg c1 tripped\">");
    assert_has(html, "3 on their way \xc2\xb7 1 unknown \xc2\xb7 0.2 s");
    assert_has(html, "not there yet");
    assert_has(html, "join it in weft first");
    g_assert_null(strstr(html, "http://"));
    g_assert_null(strstr(html, "https://"));
    if (g_getenv("WEFT_TEST_PAGE"))
        g_assert_true(g_file_set_contents(g_getenv("WEFT_TEST_PAGE"), html, -1, NULL));
    desk_free(desk);
}

/* The longest that is read, however it is cut; one byte more is too long. */
static void
test_longest(void)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: localhost\r\nX: ";

    for (size_t over = 0; over < 2; over++) {
        g_autofree char *fill = g_strnfill(PAGES_MAX_BYTES + over - strlen(begin), 'a');
        g_autofree char *text = g_strconcat(begin, fill, "\r\n\r\n", NULL);
        g_autofree char *path = NULL;
        bool head;
        for (size_t len = 0; len < strlen(text) - 1; len++)
            g_assert_cmpint(pages_request_read(text, len, &path, &head), ==,
                            len > PAGES_MAX_BYTES + 3 ? PAGES_REQUEST_LARGE : PAGES_REQUEST_MORE);
        g_assert_cmpint(pages_request_read(text, strlen(text), &path, &head), ==,
                        over ? PAGES_REQUEST_LARGE : PAGES_REQUEST_WHOLE);
        g_assert_cmpstr(path, ==, over ? NULL : "/");
    }
}

void
test_pages_add(void)
{
    g_test_add_func("/pages/http", test_http);
    g_test_add_func("/pages/refused", test_refused);
    g_test_add_func("/pages/refused-legs", test_refused_legs);
    g_test_add_func("/pages/slow-and-many", test_slow_and_many);
    g_test_add_func("/pages/never-reads", test_never_reads);
    g_test_add_func("/pages/hostile-names", test_hostile_names);
    g_test_add_func("/pages/many-legs", test_many_legs);
    g_test_add_func("/pages/longest", test_longest);
    g_test_add_func("/pages/picture", test_picture);
}
