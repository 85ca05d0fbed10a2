#include "tests/drivers/matterbridge/world.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_connect_add();
    test_read_add();
    test_send_add();
    test_files_add();
    test_hostile_add();
    return g_test_run();
}
