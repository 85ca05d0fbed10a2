#include <glib.h>

void test_attachment_add(void);
void test_message_add(void);
void test_rich_add(void);

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_attachment_add();
    test_message_add();
    test_rich_add();
    return g_test_run();
}
