/* Each function registers the cases of one topic. */
#ifndef WEFT_TESTS_UNIT_CORE_TESTS_H
#define WEFT_TESTS_UNIT_CORE_TESTS_H

void test_address_add(void);
void test_config_add(void);
void test_config_read_add(void);
void test_options_add(void);
void test_secret_add(void);

#endif
