#ifndef WEFT_TESTS_IMPORT_H
#define WEFT_TESTS_IMPORT_H

void test_import_add(void);
void test_toml_add(void);

#endif
