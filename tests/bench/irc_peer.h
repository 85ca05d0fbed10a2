/* What the benchmark's IRC servers share: the one client of each, its bytes, and what all servers
 * answer alike. It shares no code with weft. */
#ifndef WEFT_TESTS_BENCH_IRC_PEER_H
#define WEFT_TESTS_BENCH_IRC_PEER_H

#include <glib.h>
#include <poll.h>
#include <stdbool.h>

#define IRC_PEER_NAME "bench.example"

struct irc_peer {
    int listener; /* -1: nobody may come */
    int client;   /* -1: none */
    unsigned port;
    char nick[64]; /* "": not told yet */
    bool has_user, welcomed;
    GString *in, *out;
    size_t written; /* of `out` */
};

void irc_peer_init(struct irc_peer *peer);
void irc_peer_clear(struct irc_peer *peer);
/* On 127.0.0.1, at the port of before if there was one; ends the benchmark when it cannot. */
void irc_peer_listen(struct irc_peer *peer);
void irc_peer_refuse(struct irc_peer *peer);
/* The client is gone, with what was to be sent to it. */
void irc_peer_hang_up(struct irc_peer *peer);

/* `more`: there is something to send that is not in `out` yet. */
void irc_peer_poll(const struct irc_peer *peer, struct pollfd *ret_fd, bool more);
/* With no client: takes one that waits. */
void irc_peer_accept(struct irc_peer *peer, short events);
/* Takes what has come; false: the client has ended. */
bool irc_peer_read(struct irc_peer *peer);
/* Each whole line that has come, without its end; the line may be changed. */
void irc_peer_lines(struct irc_peer *peer, void (*fn)(void *user, char *line), void *user);
void irc_peer_send(struct irc_peer *peer);
size_t irc_peer_left(const struct irc_peer *peer);

/* Answers, put behind what `out` holds. */
void
irc_peer_reply(const struct irc_peer *peer, GString *out, const char *numeric, const char *rest);
/* What a client is told first. `more`: what the server can besides, or NULL. */
void irc_peer_welcome(struct irc_peer *peer, GString *out, const char *network, const char *more);
/* The client is in the channel now, with so many people. */
void irc_peer_join(const struct irc_peer *peer, GString *out, const char *channel, unsigned people);
/* NICK, USER, PING, MODE, WHO; false: it is another command. */
bool irc_peer_answer(struct irc_peer *peer, GString *out, const char *line);

#endif
