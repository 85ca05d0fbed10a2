/* The topics of the golden-test program; each registers its tests with g_test. */
#ifndef WEFT_TESTS_GOLDEN_GOLDEN_H
#define WEFT_TESTS_GOLDEN_GOLDEN_H

void test_bare_add(void);
void test_deeds_add(void);
void test_fold_add(void);
void test_formats_add(void);
void test_fuzzy_add(void);
void test_layout_add(void);
void test_long_add(void);
void test_overlays_add(void);
void test_reading_add(void);
void test_screens_add(void);
void test_sidebar_add(void);
void test_threats_add(void);
void test_timeline_add(void);
void test_writing_panes_add(void);

#endif
