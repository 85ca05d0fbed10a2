#ifndef WEFT_TESTS_DAEMON_TESTS_H
#define WEFT_TESTS_DAEMON_TESTS_H

void test_request_add(void);
void test_control_add(void);
void test_control_doc_add(void);
void test_ctl_add(void);
void test_pages_add(void);
void test_service_add(void);

#endif
