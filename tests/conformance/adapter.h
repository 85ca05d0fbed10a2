/* What a network brings to the conformance suite: one adapter. The suite is written against the
 * driver seam and knows no protocol; what a site can do decides which behaviours apply.
 *
 * A site is one running server. Its peers are people who share no code with weft's driver. Every
 * call blocks at most CONFORMANCE_DEADLINE_MS and turns the default main context while it waits, so
 * weft's loop goes on. */
#ifndef WEFT_TESTS_CONFORMANCE_ADAPTER_H
#define WEFT_TESTS_CONFORMANCE_ADAPTER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/driver.h"
#include "model/message.h"
#include "tests/proxy/proxy.h"
#include "tests/support/certs.h"

#define CONFORMANCE_DEADLINE_MS 20000
/* What a channel's capabilities must say of a site, before anything is tried. */
#define ADAPTER_OFFERS (CAP_UPLOAD | CAP_DOWNLOAD | CAP_PIN)

struct site;
struct peer;

/* A message as the server has it. */
struct told {
    char *remote_id, *text;
    char *reply_to;       /* NULL: answers none */
    bool edited;          /* it says something else than at first */
    unsigned n_reactions; /* of all kinds and people */
};
void told_free(void *told);

enum login {
    LOGIN_NONE,
    LOGIN_PLAIN,
    LOGIN_SCRAM,
    LOGIN_SCRAM_PLUS,
    LOGIN_EXTERNAL,
    LOGIN_SERVICE, /* by telling a service, once connected */
    LOGIN_N
};

enum site_can {
    SITE_HISTORY = 1 << 0,         /* what was missed can be fetched */
    SITE_ECHO = 1 << 1,            /* what we say comes back with an id */
    SITE_LOOK = 1 << 2,            /* after a cut it can be found out whether a message arrived */
    SITE_CUT_BEFORE_ECHO = 1 << 3, /* can deliver a message and cut before the answer */
    SITE_PRESENCE = 1 << 4,        /* tells who comes and goes, without a channel in common */
    SITE_RENAME = 1 << 5,          /* can give a channel another name */
    SITE_REACT = 1 << 6,
    SITE_DELETE = 1 << 7, /* by the sender, and by a moderator */
    SITE_TYPING = 1 << 8,
    SITE_READ_MARK = 1 << 9, /* kept by the network, told to other devices */
    SITE_REPLY = 1 << 10,
    SITE_MULTILINE = 1 << 11,    /* several lines are one message */
    SITE_AWAY = 1 << 12,         /* tells whether somebody with whom one talks alone is away */
    SITE_EVENTS = 1 << 13,       /* the history tells who came and went, and of topics */
    SITE_REGAIN = 1 << 14,       /* a name that was taken is had back when it is free */
    SITE_MEMBERS_AWAY = 1 << 15, /* tells who of a channel was away before one came */
    SITE_INVITE = 1 << 16,
    SITE_INVITE_SEEN = 1 << 17, /* others in the channel are told of invitations */
    SITE_PROBE = 1 << 18,       /* people's programs can be asked what they are */
    SITE_BOT = 1 << 19,         /* tells that software speaks */
    SITE_SIGN_UP = 1 << 20,     /* makes an account for who asks */
    SITE_SPLIT = 1 << 21,       /* can part, and take back those behind another server */
    SITE_CHANGES = 1 << 22,     /* what it can do goes and comes while it runs */
    SITE_DEMANDS_TLS = 1 << 23, /* tells who comes in clear to come again with TLS */
    SITE_BYTES = 1 << 24,       /* passes bytes that are no UTF-8 */
    SITE_SPACES = 1 << 25,      /* the account has another network besides: "second" */
    SITE_DEVICES = 1 << 26,     /* one user comes from several devices at a time */
    SITE_SECRETS = 1 << 27,     /* a user's secret can be made anew, of any length */
    SITE_TLS = 1 << 28,         /* is come to by TLS, with a certificate of the tests */
    SITE_EDIT = 1 << 29,        /* what was said can be changed, and everyone sees it */
    SITE_LOGINS_SEEN = 1 << 30, /* tells as whom the members of a channel are logged in */
};

/* Where networks go different ways, none of them better. */
enum site_way {
    WAY_MADE_CHANNELS = 1 << 0,    /* nobody makes a channel by coming into it */
    WAY_FLAT_THREADS = 1 << 1,     /* who answers an answer answers what that answers */
    WAY_ENDLESS_TYPING = 1 << 2,   /* nobody is told that somebody types no more */
    WAY_MARKS_WHOLE = 1 << 3,      /* a channel is read as a whole, or not */
    WAY_SILENT_DELETION = 1 << 4,  /* nobody is told who took a message back, and why */
    WAY_STAYING_MEMBERS = 1 << 6,  /* who goes offline stays in their channels */
    WAY_THREADS_APART = 1 << 7,    /* which threads one follows and has read, the network keeps */
    WAY_GIVEN_CHANNELS = 1 << 8,   /* channels are there: nobody joins, leaves or lists them, and
                                      nobody talks to one alone */
    WAY_SHORT_MEMORY = 1 << 9,     /* what was missed comes, up to a few messages */
    WAY_ASKED_PRESENCE = 1 << 10,  /* nobody is told who comes and goes: it is asked for when one
                                      connects, and seldom later */
    WAY_DELETION_BESIDE = 1 << 11, /* of a deletion that was missed the history tells only where it
                                      tells its message again */
    WAY_FIRST_PAGE = 1 << 5, /* of what was said before one came only the newest comes along */
};

/* How people of a network write these; `before` NULL: they have no way to. */
enum mark {
    MARK_BOLD,
    MARK_CODE,
    MARK_LINK, /* to MARK_TARGET */
    MARK_QUOTE,
    MARK_SPOILER,
    MARK_STARS, /* stars that mean nothing, and are seen */
    MARK_N
};
#define MARK_TARGET "https://coop.example/agenda"

struct mark_form {
    const char *before, *after;
    bool plain; /* the network has none: this stands for it in the text */
};
extern const struct mark_form marks_irc[MARK_N];
extern const struct mark_form marks_markdown[MARK_N];
extern const struct mark_form marks_matterbridge[MARK_N];

struct adapter {
    const char *name;     /* "irc/inspircd" */
    const char *network;  /* as in the configuration: "irc" */
    unsigned can;         /* enum site_can */
    unsigned ways;        /* enum site_way */
    unsigned offers;      /* enum capability: which of ADAPTER_OFFERS its channels have */
    char channel_sign;    /* what stands where the suite writes "#"; 0: that */
    unsigned logins;      /* bits 1 << enum login */
    size_t text_bytes;    /* the longest text that stays in one piece; 0: no limit worth testing */
    const char *call;     /* what stands before the name of whom one calls; NULL: nothing */
    const char *greeting; /* what the server's buffer holds when one can join; NULL: once online */
    unsigned hold_ms;     /* what was sent may be held for this long, and weft waits for that */
    const struct mark_form *marks;
    bool slow_door;    /* lets people in by a clock of its own: who comes together waits once */
    bool again_slowly; /* the suite runs a second time, over a bad network */

    /* False with a sentence (g_free) for g_test_skip(). */
    bool (*available)(char **ret_why_not);
    struct site *(*start)(const struct certs *certs);
    void (*stop)(struct site *site);
    /* True when nothing is left of who was there, so that the next test may have the site instead
     * of starting another. NULL: never. */
    bool (*rest)(struct site *site);
    /* As a machine that loses power, and back on the same ports. */
    void (*kill)(struct site *site);
    void (*revive)(struct site *site);
    /* From the first call on `options` leads through this proxy, and only the person does. */
    struct proxy *(*proxy)(struct site *site);
    /* Makes the user known to the server, for every login it offers. */
    void (*make_user)(struct site *site, const char *user, const char *secret);
    /* What stands behind every name that the suite has given, on a server where others are too;
     * NULL: nothing. */
    const char *(*suffix)(struct site *site);
    /* Lines for an [account …] section: everything but `network`. `home` is the person's folder,
     * where a secret may be kept. Free with g_free(). */
    char *(*options)(struct site *site, enum login login, const char *user, const char *secret,
                     const char *home);
    /* Puts a user into a channel that is there, from their first connection on: more such lines.
     * g_free(). */
    char *(*place)(struct site *site, const char *user, const char *channel);
    /* What the server mails to who signs up under that name. g_free(). */
    char *(*mailed_code)(const char *user);
    /* How the server knows that this user is logged in; NULL: cannot tell. g_free(). */
    char *(*logged_in_as)(struct site *site, const char *user);
    /* The next message is delivered to the others, then the sender is cut without an answer. */
    void (*cut_before_echo)(struct site *site, const char *user);

    void (*rename_channel)(struct site *site, const char *channel, const char *name);
    /* As `options`, to a port in clear of a host that is not this machine's own name. */
    char *(*options_in_clear)(struct site *site, const char *user);
    /* The line to those whose names match breaks, for everyone else; and is mended. */
    void (*split)(struct site *site, const char *pattern);
    void (*mend)(struct site *site);
    /* Takes away what proves that a message arrived, and gives it back. */
    void (*degrade)(struct site *site, bool degraded);

    struct peer *(*peer_new)(struct site *site, const char *user);
    void (*peer_free)(struct peer *peer);
    void (*peer_join)(struct peer *peer, const char *channel);
    void (*peer_leave)(struct peer *peer, const char *channel);
    void (*peer_say)(struct peer *peer, const char *target, const char *text);
    void (*peer_act)(struct peer *peer, const char *target, const char *text);
    void (*peer_topic)(struct peer *peer, const char *channel, const char *topic);
    void (*peer_rename)(struct peer *peer, const char *name);
    void (*peer_kick)(struct peer *peer, const char *channel, const char *user);
    void (*peer_quit)(struct peer *peer);
    /* True when this message has come to the peer, or comes before the deadline: as a whole, or as
     * a line of one. `action`: as /me. */
    bool (*peer_heard)(struct peer *peer, const char *from, const char *target, const char *text,
                       bool action);
    /* How often a message of that text has come to the peer; all that was sent before has been
     * waited for. */
    unsigned (*peer_count)(struct peer *peer, const char *from, const char *target,
                           const char *text);
    /* What is done to messages: only where the site can. The message is named by its remote id.
     * Each peer_sees_… is true when it has come to the peer, or comes before the deadline. */
    void (*peer_react)(struct peer *peer, const char *channel, const char *remote_id,
                       const char *emoji, bool add);
    bool (*peer_sees_reaction)(struct peer *peer, const char *from, const char *channel,
                               const char *remote_id, const char *emoji, bool add);
    void (*peer_edit)(struct peer *peer, const char *channel, const char *remote_id,
                      const char *text);
    bool (*peer_sees_edit)(struct peer *peer, const char *channel, const char *remote_id,
                           const char *text);
    void (*peer_delete)(struct peer *peer, const char *channel, const char *remote_id,
                        const char *reason);
    bool (*peer_sees_deletion)(struct peer *peer, const char *by, const char *channel,
                               const char *remote_id);
    void (*peer_type)(struct peer *peer, const char *channel, bool active);
    bool (*peer_sees_typing)(struct peer *peer, const char *from, const char *channel, bool active);
    void (*peer_reply)(struct peer *peer, const char *channel, const char *remote_id,
                       const char *text);
    bool (*peer_sees_reply)(struct peer *peer, const char *from, const char *channel,
                            const char *remote_id, const char *text);
    void (*peer_away)(struct peer *peer, bool away);
    /* Two lines, as one message. */
    void (*peer_say_lines)(struct peer *peer, const char *channel, const char *first,
                           const char *second);
    /* Another device of that user, and how far they have read. */
    struct peer *(*device_new)(struct site *site, const char *user, const char *secret);
    void (*peer_mark)(struct peer *peer, const char *channel, const struct message *upto);
    bool (*peer_sees_mark)(struct peer *peer, const char *channel, const struct message *upto);
    /* With WAY_THREADS_APART, by the root of the thread: whether they follow it; that they have
     * read all of it; how much of it they have not. */
    void (*peer_follow)(struct peer *peer, const char *root, bool on);
    bool (*peer_sees_follow)(struct peer *peer, const char *root, bool on);
    void (*peer_read_thread)(struct peer *peer, const char *root);
    bool (*peer_sees_thread_read)(struct peer *peer, const char *root);
    unsigned (*peer_unread_of)(struct peer *peer, const char *root);
    /* Somebody on the other network of the account. */
    struct peer *(*peer_elsewhere)(struct site *site, const char *user);
    void (*peer_invite)(struct peer *peer, const char *channel, const char *user);
    bool (*peer_sees_invite)(struct peer *peer, const char *from, const char *channel);
    /* Asks the user's program what it is, n times at once; how often it has answered. Offers a
     * file; true when something was answered to that. */
    void (*peer_probe)(struct peer *peer, const char *target, unsigned n);
    unsigned (*peer_probed)(struct peer *peer, const char *user);
    void (*peer_offer_file)(struct peer *peer, const char *user);
    /* True when the network says that this user is software. */
    bool (*peer_sees_bot)(struct peer *peer, const char *user);
    void (*peer_say_bytes)(struct peer *peer, const char *channel, const char *bytes);
    /* All that people have said in the channel and not taken back, oldest first: struct told. Where
     * the site keeps no history that can be edited, as far as the peer has seen it, and without
     * what the peer itself has said. */
    GPtrArray *(*peer_tells)(struct peer *peer, const char *channel);
    /* The remote id of the newest message there that ends so, among the last few hundred that the
     * server has told the peer of by now; NULL: none. Does not wait for others. g_free(). */
    char *(*peer_find)(struct peer *peer, const char *channel, const char *text);
    /* Says it for somebody else, with a relay's mark: under that name, or (NULL) as the peer
     * itself. NULL: nobody speaks for others there. */
    void (*peer_relay)(struct peer *peer, const char *channel, const char *name, const char *text);
    /* True when the peer sees that topic, or does before the deadline. */
    bool (*peer_sees_topic)(struct peer *peer, const char *channel, const char *topic);
    /* Gives the user the rights of who made the channel. NULL: nobody needs them. */
    void (*peer_trusts)(struct peer *peer, const char *channel, const char *user);
    /* Under which name the newest message is shown that is like the pattern (* and ?), as a whole
     * or with one of its lines; NULL: none has come. Does not wait. g_free(). */
    char *(*peer_author)(struct peer *peer, const char *channel, const char *pattern);
    /* Says it with a picture of the speaker's that all may see, NULL: nobody has one there; true
     * when a message like the pattern is shown with that picture, NULL: none is shown there. Does
     * not wait. */
    void (*peer_say_pictured)(struct peer *peer, const char *channel, const char *text,
                              const char *picture);
    bool (*peer_sees_picture)(struct peer *peer, const char *channel, const char *pattern,
                              const char *picture);
    /* Sends a file; true when one of that name has come. NULL: there are none on this network. */
    void (*peer_file)(struct peer *peer, const char *channel, const char *name, const char *text);
    bool (*peer_has_file)(struct peer *peer, const char *channel, const char *name);
    /* What is in the newest file of that name, once it has come, or comes before the deadline;
     * NULL: it does not. g_bytes_unref(). With CAP_UPLOAD. */
    GBytes *(*peer_reads_file)(struct peer *peer, const char *channel, const char *name);
    /* With CAP_PIN. */
    void (*peer_pin)(struct peer *peer, const char *remote_id, bool on);
    bool (*peer_sees_pin)(struct peer *peer, const char *channel, const char *remote_id, bool on);
    /* What a user wants to find again, for their other devices. NULL: the network keeps none. */
    void (*peer_save)(struct peer *peer, const char *remote_id, bool on);
    bool (*peer_sees_saved)(struct peer *peer, const char *remote_id, bool on);
    /* What a user types there on another device and does not send; NULL: nothing (more). True when
     * the network has exactly that, or does before the deadline. NULL: it keeps no drafts. */
    void (*peer_draft)(struct peer *peer, const char *channel, const char *text);
    bool (*peer_sees_draft)(struct peer *peer, const char *channel, const char *text);
};

/* Every site. */
extern const struct adapter adapter_irc_inspircd, adapter_irc_anope, adapter_irc_ngircd,
    adapter_irc_scripted, adapter_irc_bouncer, adapter_irc_znc, adapter_irc_plain_echo,
    adapter_irc_without_login, adapter_irc_plain;
extern const struct adapter adapter_matterbridge_sandbox;
extern const struct adapter adapter_mattermost_sandbox, adapter_mattermost_server;

/* NULL-terminated lists. */
extern const struct adapter *const adapters_sandbox[];
extern const struct adapter *const adapters_soak[]; /* the same and more kinds of them */
extern const struct adapter *const adapters_servers[];

#endif
