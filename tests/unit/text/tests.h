#ifndef WEFT_TESTS_UNIT_TEXT_TESTS_H
#define WEFT_TESTS_UNIT_TEXT_TESTS_H

void test_bidi_add(void);
void test_display_add(void);
void test_emoji_add(void);
void test_markup_add(void);
void test_spell_add(void);
void test_threats_add(void);
void test_fold_add(void);
void test_link_add(void);
void test_plain_add(void);
void test_site_add(void);
void test_target_add(void);
void test_width_add(void);

#endif
