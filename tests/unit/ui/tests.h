#ifndef WEFT_TESTS_UNIT_UI_TESTS_H
#define WEFT_TESTS_UNIT_UI_TESTS_H

void test_cells_add(void);
void test_clipboard_add(void);
void test_contrast_add(void);
void test_editor_add(void);
void test_golden_add(void);
void test_keymap_add(void);
void test_keys_add(void);
void test_links_add(void);
void test_members_add(void);
void test_keys_doc_add(void);
void test_term_add(void);
void test_term_types_add(void);
void test_theme_add(void);
void test_tmux_add(void);
void test_bidi_add(void);
void test_wrap_add(void);

#endif
