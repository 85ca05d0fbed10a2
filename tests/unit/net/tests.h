/* Each function registers the cases of one topic. */
#ifndef WEFT_TESTS_UNIT_NET_TESTS_H
#define WEFT_TESTS_UNIT_NET_TESTS_H

void test_connect_add(void);
void test_peer_add(void);
void test_close_add(void);
void test_tls_add(void);
void test_starttls_add(void);
void test_listen_add(void);

#endif
