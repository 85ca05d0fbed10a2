/* A small, strict IRC server for the tests, in this process, on loopback. It offers what the real
 * servers at hand do not (SCRAM, chathistory, faults on command) and shares no parser with weft.
 *
 * It runs on a thread and main context of its own, so weft's loop and the server never wait for
 * each other. Every call here is carried out on that thread and returns when it is done; strings
 * that it returns are the caller's to g_free(). Nicks, channels and history live here until
 * irc_server_stop(); an irc_server_down() takes only the connections.
 *
 * Strict: it refuses what real servers refuse (tags before message-tags: 421; a body over 512
 * bytes: 417; an unknown capability: NAK of the whole line; commands before registration: 451; a
 * line without CR: the link is closed) and remembers each such breach: irc_server_complaints(). As
 * on real servers, text that does not fit into 512 bytes together with the source as others see it
 * is cut. */
#ifndef WEFT_SANDBOX_IRC_SERVER_H
#define WEFT_SANDBOX_IRC_SERVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct irc_server;

struct irc_server_options {
    /* Capabilities to offer, words. NULL: all: message-tags server-time batch labeled-response
     * echo-message account-tag account-notify multi-prefix userhost-in-names cap-notify chghost
     * setname away-notify extended-join draft/chathistory sasl draft/message-redaction
     * draft/multiline draft/read-marker draft/event-playback standard-replies extended-monitor
     * draft/channel-rename draft/account-registration invite-notify draft/relaymsg (for operators
     * of a channel). By name only: znc.in/playback znc.in/self-message. */
    const char *caps;
    const char *extra_caps; /* shown in CAP LS besides, word by word as they stand
                               ("sts=duration=60"); or NULL */
    bool no_cap;            /* knows no CAP: 421 */
    bool split_ls;          /* CAP LS 302 comes in many lines */
    /* NULL: "PLAIN,EXTERNAL,SCRAM-SHA-256", over TLS with SCRAM-SHA-256-PLUS too. */
    const char *sasl;
    const char *scram_iterations; /* NULL: "4096" */
    const char *cert_file;        /* PEM for localhost; NULL: no TLS port */
    const char *key_file;
    bool sts;             /* tells that TLS is wanted: where, in clear; for how long, over TLS */
    const char *password; /* PASS is demanded; or NULL */
    bool bouncer;         /* as soju: soju.im/bouncer-networks and …-notify besides */
    bool services;        /* there is a NickServ that knows IDENTIFY */
    const char *isupport; /* more tokens for 005, words; or NULL */
    /* CLIENTTAGDENY: "*,-typing", or "typing"; these tags are taken off. NULL: none. */
    const char *client_tag_deny;
    unsigned multiline_bytes;  /* of draft/multiline; 0: 4096 */
    unsigned multiline_lines;  /* 0: 20 */
    unsigned redact_window_ms; /* older messages cannot be taken back; 0: all can */
    unsigned nick_len;         /* 0: 30; a longer nick is cut in 001 */
    unsigned flood_burst;      /* more lines than this at once: "Excess Flood"; 0: no limit */
    unsigned flood_ms;         /* a line is forgiven each so many milliseconds */
    int64_t clock_offset_us;   /* the server's clock goes wrong by this */
};

/* NULL options: all defaults. Aborts the test when it cannot listen. */
struct irc_server *irc_server_start(const struct irc_server_options *options);
void irc_server_stop(struct irc_server *server);

uint16_t irc_server_port(const struct irc_server *server);
uint16_t irc_server_tls_port(const struct irc_server *server); /* 0: none */

/* Ends all connections without a word and refuses new ones, until irc_server_up() listens on the
 * same ports. */
void irc_server_down(struct irc_server *server);
void irc_server_up(struct irc_server *server);

/* ---- accounts ---- */

void irc_server_add_account(struct irc_server *server, const char *name, const char *secret);
/* For EXTERNAL: the client certificate in this PEM file belongs to the account. */
void irc_server_add_cert(struct irc_server *server, const char *account, const char *cert_file);
/* The account that this nick is logged in to, or NULL. */
char *irc_server_account_of(struct irc_server *server, const char *nick);
/* The mechanism by which it logged in, or NULL. */
char *irc_server_mechanism_of(struct irc_server *server, const char *nick);

/* Who comes into the channel under this nick is an operator there. */
void irc_server_add_op(struct irc_server *server, const char *channel, const char *nick);

/* Offers these capabilities from now on; clients hear CAP NEW and CAP DEL. */
void irc_server_set_caps(struct irc_server *server, const char *caps);

/* ---- faults ---- */

enum irc_server_fault {
    IRC_FAULT_CUT,        /* now, without a word */
    IRC_FAULT_CUT_AFTER,  /* n more lines are sent, then cut */
    IRC_FAULT_HALF_LINE,  /* n more lines are sent, then half of one, then cut */
    IRC_FAULT_TRICKLE,    /* one byte each turn */
    IRC_FAULT_DELAY,      /* n milliseconds before each line */
    IRC_FAULT_BLACK_HOLE, /* accepts, and neither reads nor answers; irc_server_heal() goes on */
    IRC_FAULT_REFUSE,     /* no new connections; those that stand remain */
    IRC_FAULT_CUT_BEFORE_ECHO, /* the next n messages are delivered to the others, then the sender
                                  is cut */
    IRC_FAULT_NO_ECHO,   /* the next n messages are delivered, but not echoed nor acknowledged */
    IRC_FAULT_DUPLICATE, /* the next n messages come twice, with the same msgid */
    IRC_FAULT_REVERSE,   /* the next n lines are held back until all are there, and come in reverse
                            order */
    IRC_FAULT_THROTTLE,  /* the next n connections hear ERROR and are closed */
};

/* For the connection of this nick (also one to come), or of everyone with NULL. Faults add up. */
void irc_server_fault(struct irc_server *server, const char *nick, enum irc_server_fault fault,
                      unsigned n);
/* The next n of this command ("PRIVMSG", "AUTHENTICATE", "PING", …) are read, and nothing happens.
 */
void
irc_server_swallow(struct irc_server *server, const char *nick, const char *command, unsigned n);
/* Ends all faults. */
void irc_server_heal(struct irc_server *server);
/* Sends these bytes as they stand, without CR LF being added. */
void
irc_server_send_raw(struct irc_server *server, const char *nick, const char *bytes, size_t len);
/* One PRIVMSG of `bytes` bytes of text in a single line, whatever the limits say. */
void irc_server_send_big_line(struct irc_server *server, const char *nick, size_t bytes);
/* Gives a channel another name: RENAME, or PART and JOIN for those who do not know that. */
void irc_server_rename_channel(struct irc_server *server, const char *channel, const char *name,
                               const char *why);
/* Changes what others see of a nick: CHGHOST. */
void irc_server_change_host(struct irc_server *server, const char *nick, const char *user,
                            const char *host);

/* Those whose nick matches the pattern stand behind another server, and the line to it breaks: the
 * others see them QUIT, and hear them no more. Then it is mended, and they JOIN again. */
void irc_server_split(struct irc_server *server, const char *pattern);
void irc_server_mend(struct irc_server *server);

/* ---- bouncers ---- */

/* The server is a bouncer, and this is one of its networks: a server with ports of its own, for
 * everyone else. A connection to the bouncer that asks for it by BOUNCER BIND
 * is on it, and in the channels in which it was before. Its accounts are the bouncer's. Ends with
 * the bouncer. */
struct irc_server *
irc_server_add_network(struct irc_server *server, const char *id, const char *name);

/* The bouncer's user is in that channel of the network, as if from an earlier day. */
void irc_server_keep_channel(struct irc_server *network, const char *channel);

/* ---- what it knows ---- */

/* A message of long ago, as if it had been said in the channel (or between `from` and the nick
 * `target`). */
void irc_server_add_history(struct irc_server *server, const char *target, const char *from,
                            const char *text, int64_t time_us);
/* How many PRIVMSG with exactly this text the server has accepted for `target`. */
unsigned irc_server_count_said(struct irc_server *server, const char *target, const char *text);
/* Where the account (or nick) has read up to in the conversation, in microseconds; 0: not known. */
int64_t irc_server_read_mark(struct irc_server *server, const char *reader, const char *target);
/* How many lines matching the glob pattern came from `nick` (NULL: anyone; "*": before a NICK). */
unsigned
irc_server_count_received(struct irc_server *server, const char *nick, const char *pattern);
/* All lines that were received, "nick: line", one a line, passwords included: for a failed test's
 * output. */
char *irc_server_received_dup(struct irc_server *server);
/* What clients did against the rules, one a line; "" when nothing. */
char *irc_server_complaints(struct irc_server *server);
/* How many connections stand, registered or not. */
unsigned irc_server_connections(struct irc_server *server);
/* True when the nick is registered and in the channel (NULL: on the server). */
bool irc_server_has(struct irc_server *server, const char *nick, const char *channel);

#endif
