/* Tests of the scripted server's messages and networks, for the program of test_irc_server.c. */
#ifndef WEFT_SANDBOX_TEST_IRC_MESSAGES_H
#define WEFT_SANDBOX_TEST_IRC_MESSAGES_H

void test_irc_messages_add(void);
void test_irc_networks_add(void);

#endif
