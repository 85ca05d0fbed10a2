/* What the files of IRC's adapter share: a site, and the people on it. */
#ifndef WEFT_TESTS_CONFORMANCE_ADAPTER_IRC_H
#define WEFT_TESTS_CONFORMANCE_ADAPTER_IRC_H

#include "tests/conformance/adapter.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/servers/servers.h"

#define PEER_CAPS                                                                                  \
    "message-tags server-time batch draft/message-redaction draft/multiline away-notify"

struct site {
    const struct certs *certs;
    enum server_kind kind;
    struct server *real;         /* or */
    struct irc_server *scripted; /* one of the two */
    struct irc_server *network;  /* the scripted one is a bouncer: its network; else NULL */
    struct proxy *proxy;         /* before it, or NULL */
    GHashTable *users;           /* that the real one's services know */
    bool killed;                 /* the real one, once or more */
    const char *peer_caps;       /* what its peers ask for, or NULL */
};

struct peer {
    struct irc_peer *line;
};

/* Where people come in: the server, or the network behind the bouncer. */
uint16_t site_port(const struct site *site);
/* A line client of that nick; `cert`: its certificate, or NULL. */
struct irc_peer *site_connect(struct site *site, const char *nick, const char *cert);

struct peer *peer_new(struct site *site, const char *user);
void peer_free(struct peer *peer);
void peer_join(struct peer *peer, const char *channel);
void peer_leave(struct peer *peer, const char *channel);
void peer_say(struct peer *peer, const char *target, const char *text);
void peer_act(struct peer *peer, const char *target, const char *text);
void peer_relay(struct peer *peer, const char *channel, const char *name, const char *text);
void peer_topic(struct peer *peer, const char *channel, const char *topic);
void peer_rename(struct peer *peer, const char *name);
void peer_kick(struct peer *peer, const char *channel, const char *user);
void peer_quit(struct peer *peer);
bool
peer_heard(struct peer *peer, const char *from, const char *target, const char *text, bool action);
unsigned peer_count(struct peer *peer, const char *from, const char *target, const char *text);
bool peer_sees_topic(struct peer *peer, const char *channel, const char *topic);
void peer_react(struct peer *peer, const char *channel, const char *remote_id, const char *emoji,
                bool add);
bool peer_sees_reaction(struct peer *peer, const char *from, const char *channel,
                        const char *remote_id, const char *emoji, bool add);
void peer_delete(struct peer *peer, const char *channel, const char *remote_id, const char *reason);
bool
peer_sees_deletion(struct peer *peer, const char *by, const char *channel, const char *remote_id);
void peer_type(struct peer *peer, const char *channel, bool active);
bool peer_sees_typing(struct peer *peer, const char *from, const char *channel, bool active);
void peer_reply(struct peer *peer, const char *channel, const char *remote_id, const char *text);
bool peer_sees_reply(struct peer *peer, const char *from, const char *channel,
                     const char *remote_id, const char *text);
void peer_away(struct peer *peer, bool away);
void peer_say_lines(struct peer *peer, const char *channel, const char *first, const char *second);
struct peer *device_new(struct site *site, const char *user, const char *secret);
void peer_mark(struct peer *peer, const char *channel, const struct message *upto);
bool peer_sees_mark(struct peer *peer, const char *channel, const struct message *upto);
void peer_invite(struct peer *peer, const char *channel, const char *user);
bool peer_sees_invite(struct peer *peer, const char *from, const char *channel);
void peer_probe(struct peer *peer, const char *target, unsigned n);
unsigned peer_probed(struct peer *peer, const char *user);
void peer_offer_file(struct peer *peer, const char *user);
bool peer_sees_bot(struct peer *peer, const char *user);
void peer_trusts(struct peer *peer, const char *channel, const char *user);
GPtrArray *peer_tells(struct peer *peer, const char *channel);
char *peer_find(struct peer *peer, const char *channel, const char *text);
char *peer_author(struct peer *peer, const char *channel, const char *pattern);
void peer_say_bytes(struct peer *peer, const char *channel, const char *bytes);

#endif
