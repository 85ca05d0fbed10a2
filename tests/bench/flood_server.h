/* A small IRC server for one client, in the benchmark's own process and loop: fast, so that it is
 * never what is measured, and the same for every program. It shares no code with weft. It answers
 * what clients ask while they connect and join (no capabilities, empty lists), and sends what the
 * benchmark wants. */
#ifndef WEFT_TESTS_BENCH_FLOOD_SERVER_H
#define WEFT_TESTS_BENCH_FLOOD_SERVER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define FLOOD_CHANNEL "#bench"

struct flood_server;

/* Listens on 127.0.0.1; ends the benchmark when it cannot. */
struct flood_server *flood_server_new(void);
void flood_server_free(struct flood_server *server);
unsigned flood_server_port(const struct flood_server *server);

/* What to wait for, and what to do when it came. Flooding at a rate also needs a turn every
 * millisecond or so. */
void flood_server_poll(struct flood_server *server, struct pollfd *ret_fd);
void flood_server_turn(struct flood_server *server, short events);

bool flood_server_welcomed(const struct flood_server *server); /* the client is logged in */
bool flood_server_joined(const struct flood_server *server);   /* and in FLOOD_CHANNEL */

/* One line in the channel. */
void flood_server_say(struct flood_server *server, const char *text);
/* `lines` in the channel, the last one with the text `last`. per_second 0: as fast as the client
 * takes them. */
void flood_server_flood(struct flood_server *server, unsigned lines, unsigned per_second,
                        const char *last);
bool flood_server_flooding(const struct flood_server *server);
void flood_server_stop(struct flood_server *server);

/* Puts the client into `n` channels #c00001…, five people in each, of whom one says what `text_of`
 * gives for the channel (0 to n - 1); then pings. */
void flood_server_open_channels(struct flood_server *server, unsigned n,
                                const char *(*text_of)(unsigned channel));
/* Everything sent before the last ping has been taken in. */
bool flood_server_ponged(const struct flood_server *server);

#endif
