/* Each function registers the cases of one topic. */
#ifndef WEFT_TESTS_UNIT_RELAY_TESTS_H
#define WEFT_TESTS_UNIT_RELAY_TESTS_H

void test_colors_add(void);
void test_command_add(void);
void test_cut_add(void);
void test_deeds_add(void);
void test_durable_add(void);
void test_format_add(void);
void test_gateway_add(void);
void test_guard_add(void);
void test_names_add(void);
void test_random_add(void);
void test_rings_add(void);
void test_say_add(void);

#endif
