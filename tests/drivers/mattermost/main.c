#include "tests/drivers/mattermost/world.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_login_add();
    test_talk_add();
    test_relay_add();
    test_catch_up_add();
    test_send_add();
    test_sidebar_add();
    test_deeds_add();
    test_files_add();
    test_hostile_add();
    test_stories_add();
    test_threads_add();
    return g_test_run();
}
