#include <glib.h>

#include "tests/unit/store/refusing_memory.h"
#include "tests/unit/store/refusing_vfs.h"

void test_damaged_add(void);
void test_deed_add(void);
void test_edit_add(void);
void test_full_add(void);
void test_inbox_add(void);
void test_kill_add(void);
void test_load_add(void);
void test_memory_add(void);
void test_merge_add(void);
void test_open_add(void);
void test_outbox_add(void);
void test_relay_add(void);
void test_search_add(void);
void test_search_faults_add(void);
void test_small_add(void);
void test_thread_add(void);

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    refusing_memory_install();
    refusing_vfs_register();
    test_small_add();
    test_merge_add();
    test_outbox_add();
    test_deed_add();
    test_edit_add();
    test_inbox_add();
    test_thread_add();
    test_relay_add();
    test_load_add();
    test_open_add();
    test_damaged_add();
    test_full_add();
    test_search_add();
    test_search_faults_add();
    test_memory_add();
    test_kill_add();
    return g_test_run();
}
