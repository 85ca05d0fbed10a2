/* Each function registers the cases of one topic. */
#ifndef WEFT_TESTS_UNIT_CORE_TESTS_H
#define WEFT_TESTS_UNIT_CORE_TESTS_H

void test_address_add(void);
void test_attention_add(void);
void test_bus_add(void);
void test_command_add(void);
void test_complete_add(void);
void test_config_add(void);
void test_config_gateway_add(void);
void test_config_read_add(void);
void test_copy_add(void);
void test_copy_files_add(void);
void test_copy_lane_add(void);
void test_disk_add(void);
void test_deed_add(void);
void test_edit_add(void);
void test_export_add(void);
void test_files_add(void);
void test_follow_add(void);
void test_drafts_add(void);
void test_groups_add(void);
void test_history_add(void);
void test_ignore_add(void);
void test_inbox_add(void);
void test_ingest_add(void);
void test_many_add(void);
void test_mark_add(void);
void test_memory_add(void);
void test_message_add(void);
void test_options_add(void);
void test_outbox_add(void);
void test_waiting_add(void);
void test_place_add(void);
void test_reload_add(void);
void test_search_add(void);
void test_secret_add(void);
void test_session_add(void);
void test_setup_add(void);
void test_threads_add(void);
void test_typing_add(void);
void test_writing_add(void);

#endif
