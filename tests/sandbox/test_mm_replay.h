#ifndef WEFT_SANDBOX_TEST_MM_REPLAY_H
#define WEFT_SANDBOX_TEST_MM_REPLAY_H

void test_mm_replay_add(void);
void test_mm_replay_end(void);

#endif
