/* The search of the server, on real sockets. */
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/live.h"

/* What was said, found where it was said, in days and by people. */
static void
test_search(void)
{
    struct live live = {0};
    struct search_word oven = {(char[]){"ove"}, true, false};
    struct search_word on = {(char[]){"the oven on"}, false, true};
    g_autoptr(GPtrArray) words = g_ptr_array_new(), in = g_ptr_array_new();

    live_begin(&live, NULL);
    mm_server_say(live.server, "maria", live.lab, NULL, "is the oven on?");
    mm_server_say(live.server, "maria", live.square, NULL, "an oven for sale");
    mm_server_say(live.server, "kai", live.square, NULL, "which oven?");
    live_open(&live, NULL);
    live_await(&live, "state online");
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live.lab, .kind = BUFFER_CHANNEL};
    g_ptr_array_add(words, &oven);
    struct search_request request = {.words = words, .in = in, .from = "maria"};
    request.after_us = g_get_real_time() - G_USEC_PER_SEC;
    request.before_us = g_get_real_time() + G_USEC_PER_SEC;
    g_assert_true(mattermost_driver.search(live.session, 1, &request, NULL));
    live_await_format(&live, "found text %s <maria> an oven for sale*", live.square);
    live_await_format(&live, "found text %s <maria> is the oven on?*", live.lab);
    live_await(&live, "done 1 *");
    g_ptr_array_add(in, &lab);
    request = (struct search_request){.words = words, .in = in};
    g_assert_true(mattermost_driver.search(live.session, 2, &request, NULL));
    live_await_format(&live, "found text %s <maria> is the oven on?*", live.lab);
    live_await(&live, "done 2 *");
    g_ptr_array_set_size(in, 0);
    g_ptr_array_add(words, &on);
    g_assert_true(mattermost_driver.search(live.session, 3, &request, NULL));
    live_await_format(&live, "found text %s <kai> which oven?*", live.square);
    live_await_format(&live, "found text %s <maria> an oven for sale*", live.square);
    live_await(&live, "done 3 *");
    live_end(&live);
}

void
test_live_search_add(void)
{
    g_test_add_func("/mattermost/live/search", test_search);
}
