/* A second person on IRC for the tests: a plain line client that shares no parser with weft.
 *
 * It lives on the thread-default main context of the thread that made it, the same that weft's loop
 * turns in a test: a call that waits turns that context until the line comes or the deadline
 * passes, so weft and the peer go on together. It answers PING by itself, and never sends anything
 * else on its own. */
#ifndef WEFT_TESTS_IRC_PEER_H
#define WEFT_TESTS_IRC_PEER_H

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define IRC_PEER_DEADLINE_MS 15000

struct irc_peer_options {
    uint16_t port; /* on 127.0.0.1; the certificate is checked for "localhost" */
    bool tls;
    const char *ca_file;   /* with `tls`: the authority to trust, PEM */
    const char *cert_file; /* client certificate and key in PEM, or NULL */
    const char *nick;
    const char *password;  /* PASS, or NULL */
    const char *caps;      /* capabilities to request, words; "sasl" is added by itself; or NULL */
    const char *sasl;      /* "PLAIN" or "EXTERNAL", or NULL */
    const char *account;   /* for PLAIN */
    const char *secret;    /* for PLAIN */
    const char *last_word; /* one line before CAP END, or NULL */
};

struct irc_peer;

typedef bool (*irc_peer_line_fn)(const char *line, void *user);

/* Connects and registers; returns after 001. NULL and `error` when that does not come in time. */
struct irc_peer *irc_peer_new(const struct irc_peer_options *options, GError **error);
/* Closes without QUIT. NULL is allowed. */
void irc_peer_free(struct irc_peer *peer);

/* Queues one line; CR LF is added. */
void irc_peer_send(struct irc_peer *peer, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The next line that `wanted` accepts, or that matches the glob pattern (`*` and `?`,
 * g_pattern_spec), and makes it and all before it old. NULL when the deadline passes or the
 * connection ends first. The line is the peer's, valid until it is freed; without CR LF, with its
 * tags. */
const char *
irc_peer_wait_for(struct irc_peer *peer, irc_peer_line_fn wanted, void *user, int timeout_ms);
const char *irc_peer_wait(struct irc_peer *peer, const char *pattern);
/* As irc_peer_wait(), but what matches stays new and nothing is waited for. */
const char *irc_peer_look(struct irc_peer *peer, const char *pattern);
/* How many of all lines ever received match. */
unsigned irc_peer_count(struct irc_peer *peer, const char *pattern);

/* A PING and its PONG: the server has worked through all that was sent. False when none comes. What
 * came meanwhile stays new. */
bool irc_peer_sync(struct irc_peer *peer);
/* False after the server ended the connection. */
bool irc_peer_connected(const struct irc_peer *peer);
/* The nick that 001 or NICK gave. */
const char *irc_peer_nick(const struct irc_peer *peer);

/* "tls-exporter" of its connection, or NULL when plain. The caller unrefs. */
GBytes *irc_peer_channel_binding(struct irc_peer *peer);

/* Each of these returns when the server has done it (or, false, when it did not in time). What came
 * meanwhile stays new for irc_peer_wait(). */
bool irc_peer_join(struct irc_peer *peer, const char *channel);
bool irc_peer_part(struct irc_peer *peer, const char *channel, const char *reason);
bool irc_peer_say(struct irc_peer *peer, const char *target, const char *text);
bool irc_peer_notice(struct irc_peer *peer, const char *target, const char *text);
bool irc_peer_action(struct irc_peer *peer, const char *target, const char *text);
bool irc_peer_topic(struct irc_peer *peer, const char *channel, const char *topic);
bool
irc_peer_kick(struct irc_peer *peer, const char *channel, const char *nick, const char *reason);
bool irc_peer_rename(struct irc_peer *peer, const char *nick);
bool irc_peer_quit(struct irc_peer *peer, const char *reason);

/* Every line that has come, oldest first, with its tags. Borrowed. */
const GPtrArray *irc_peer_lines(const struct irc_peer *peer);
/* All lines, ">> " sent and "<< " received, for a failed test's output. Free with g_free(). */
char *irc_peer_log_dup(const struct irc_peer *peer);

#endif
