#include <glib.h>

#include "tests/unit/core/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_address_add();
    test_attention_add();
    test_bus_add();
    test_command_add();
    test_complete_add();
    test_config_add();
    test_config_gateway_add();
    test_config_read_add();
    test_copy_add();
    test_copy_files_add();
    test_copy_lane_add();
    test_disk_add();
    test_deed_add();
    test_edit_add();
    test_mark_add();
    test_export_add();
    test_files_add();
    test_follow_add();
    test_drafts_add();
    test_groups_add();
    test_history_add();
    test_ignore_add();
    test_inbox_add();
    test_ingest_add();
    test_many_add();
    test_memory_add();
    test_message_add();
    test_options_add();
    test_outbox_add();
    test_waiting_add();
    test_place_add();
    test_reload_add();
    test_search_add();
    test_secret_add();
    test_session_add();
    test_setup_add();
    test_threads_add();
    test_typing_add();
    test_writing_add();
    return g_test_run();
}
