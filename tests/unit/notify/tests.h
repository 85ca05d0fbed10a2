/* Each function registers the cases of one topic. */
#ifndef WEFT_TESTS_UNIT_NOTIFY_TESTS_H
#define WEFT_TESTS_UNIT_NOTIFY_TESTS_H

#include "tests/unit/core/fake.h"
#include "ui/call.h"

void test_attention_add(void);
void test_call_add(void);
void test_desktop_add(void);
void test_notify_add(void);

/* Writes the configuration anew, and takes it up: `n_accounts` of them, and `more` behind. */
void configure(struct fake *fake, unsigned n_accounts, const char *more);

/* A call made by hand, for ways. */
struct call *call_of(const char *title, const char *body);

#endif
