/* The same, of a driver that asks by HTTP. */
#ifndef WEFT_TESTS_FUZZ_LIFE_WEB_H
#define WEFT_TESTS_FUZZ_LIFE_WEB_H

#include "tests/fuzz/life.h"
#include "tests/support/fake_web.h"

/* Answers the oldest request that waits, if one does: '=' as it should be (200), '4' not there
 * (404), 'u' no right (401), '5' in trouble (500), '0' the connection breaks. False: it is another
 * letter. */
bool life_web_answer(struct fake_web *web, char letter, const char *body);
/* Everything of now has come. */
void life_web_settle(struct life *life);

#endif
