#ifndef WEFT_TESTS_IRC_TESTS_H
#define WEFT_TESTS_IRC_TESTS_H

void test_flood_add(void);
void test_isupport_add(void);
void test_line_add(void);
void test_link_add(void);
void test_sasl_add(void);
void test_services_add(void);
void test_split_add(void);
void test_text_add(void);

#endif
