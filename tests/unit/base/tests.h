/* Each function registers the cases of one topic. */
#ifndef WEFT_TESTS_UNIT_BASE_TESTS_H
#define WEFT_TESTS_UNIT_BASE_TESTS_H

void test_backoff_add(void);
void test_bucket_add(void);
void test_clock_add(void);
void test_error_add(void);
void test_file_add(void);
void test_log_add(void);
void test_redact_add(void);
void test_span_add(void);
void test_spool_add(void);
void test_utf8_add(void);

#endif
