#ifndef WEFT_TESTS_COMMON_TESTS_H
#define WEFT_TESTS_COMMON_TESTS_H

void test_address_add(void);
void test_json_add(void);
void test_markdown_add(void);

#endif
