/* Tests of the scripted server's messages, for the program of test_irc_server.c. */
#ifndef WEFT_SANDBOX_TEST_IRC_MESSAGES_H
#define WEFT_SANDBOX_TEST_IRC_MESSAGES_H

void test_irc_messages_add(void);

#endif
