/* An IRC server for one relay, in the benchmark's own process and loop, with channels #c000 and so
 * on: what it says there is numbered, and what it hears is counted. It shares no code with weft. */
#ifndef WEFT_TESTS_BENCH_RELAY_SERVER_H
#define WEFT_TESTS_BENCH_RELAY_SERVER_H

#include <poll.h>
#include <stdbool.h>

#include "tests/bench/relay_tally.h"

struct relay_server;

/* Listens on 127.0.0.1. `modern`: it offers echoes, labels, times and a history, as servers of
 * today do; else nothing. `heard` (borrowed; NULL: nobody counts): what others' messages become. */
struct relay_server *relay_server_new(bool modern, struct relay_tally *heard);
void relay_server_free(struct relay_server *server);
unsigned relay_server_port(const struct relay_server *server);

void relay_server_poll(struct relay_server *server, struct pollfd *ret_fd);
void relay_server_turn(struct relay_server *server, short events);

/* The client is in so many channels. */
bool relay_server_joined(const struct relay_server *server, unsigned channels);
/* Somebody says message `n` of the tally. */
void relay_server_say(struct relay_server *server, struct relay_tally *said, unsigned n);
/* The client has not taken yet so much that there is no use in saying more. */
bool relay_server_full(const struct relay_server *server);
/* All that was said has been written to the client. */
bool relay_server_taken(const struct relay_server *server);

/* Ends the connection and refuses others; and listens again, on the same port. */
void relay_server_down(struct relay_server *server);
void relay_server_up(struct relay_server *server);
/* Each answer takes so long from now on. A web hook answers here too: whoever comes with POST. */
void relay_server_slow(struct relay_server *server, int64_t delay_us);

#endif
