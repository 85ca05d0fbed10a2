/* The network side of a session: what a server lets us be, tells about people, and asks of us. The
 * state that these files keep, and the calls that others make to them. */
#ifndef WEFT_IRC_NET_H
#define WEFT_IRC_NET_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/net_ops.h"
#include "core/driver.h"

struct irc;
struct irc_context;
struct irc_line;
struct irc_channel;
struct irc_list;
struct making;

struct irc_net {
    /* irc_login.c */
    unsigned mechanisms_refused; /* bits 1 << enum irc_mechanism, in this login */
    bool mechanisms_said;        /* 908 came in this exchange */
    bool login_waits;            /* the service went away in mid-login, and may come back */
    unsigned login_timer;        /* tries again later */
    int64_t login_delay_us;
    /* irc_sts.c */
    uint16_t sts_port; /* where TLS is to be spoken for as long as this session runs; 0: none */
    int64_t sts_duration_s; /* said on this connection; -1: not */
    bool sts_leave;         /* the connection is in clear and must not be */
    /* irc_nickserv.c, irc_nick.c */
    unsigned nickserv_timer; /* runs while the answer is waited for */
    bool regain_asked;       /* NickServ was asked for our nick, and may not exist */
    bool nick_taken;         /* the configured nick is somebody else's now */
    unsigned regain_tries;
    char *away; /* what we last said why we are not here; NULL: here. Said again after a cut */
    /* irc_monitor.c */
    GHashTable *watched; /* folded nick → struct watched */
    /* irc_who.c */
    GPtrArray *who_queue; /* of char *: channels to be asked about */
    uint64_t who_serial;  /* of the question under way */
    unsigned who_timer;
    /* irc_list.c, irc_register.c, irc_cert.c */
    struct irc_list *list; /* under way; or NULL */
    uint64_t asked_serial; /* of the operation whose password is asked for; 0: none */
    struct making *making; /* a certificate; or NULL */
    /* irc_asked.c */
    GQueue asked; /* struct asked, the newest first */
    /* irc_netsplit.c */
    char *split_servers;
    GHashTable *split_gone;   /* channel → struct gathered: not said yet */
    GHashTable *split_back;   /* likewise, come back */
    GHashTable *split_people; /* "channel nick": who may come back */
    int64_t split_until_us;   /* monotonic; how long that counts */
    unsigned split_timer;
};

void irc_net_init(struct irc *irc);
/* Frees without a word to the host. */
void irc_net_clear(struct irc *irc);
/* The connection is over: what belongs to it is forgotten. */
void irc_net_reset(struct irc *irc);

/* --- pace (irc_out.c; section 8) ----------------------------------------------------------------
 */

/* As slow as the account, the server and what happened before demand. */
void irc_pace(struct irc *irc);
/* Likewise, with what was kept of earlier runs. */
void irc_pace_load(struct irc *irc);
/* The server complained: half the pace from now on, in later runs too. */
void irc_pace_slow_down(struct irc *irc);

/* --- login by SASL (irc_login.c; section 1.2) ---------------------------------------------------
 */

/* True when a login is configured (or its means are at hand). */
bool irc_wants_login(const struct irc *irc);
/* Begins a login with the mechanisms that were not refused before. */
void irc_login_begin(struct irc *irc);
/* No login came to be. Before the registration this decides whether we go on. */
void irc_login_failed(struct irc *irc, enum weft_error code, const char *sentence);
/* CAP DEL sasl. */
void irc_login_service_gone(struct irc *irc);
/* CAP NEW sasl: a later login may do what an earlier one could not. */
void irc_login_service_back(struct irc *irc);
/* Ends what is under way without a word. */
void irc_login_end(struct irc *irc);
void irc_on_authenticate(struct irc *irc, const struct irc_line *line);
void irc_on_sasl_numeric(struct irc *irc, const struct irc_line *line, int numeric);

/* --- strict transport security (irc_sts.c; section 1.3) -----------------------------------------
 */

/* Where and how to connect: as configured, but with TLS where the server once demanded it. */
void irc_sts_plan(struct irc *irc, uint16_t *ret_port, enum stream_tls *ret_tls);
/* The value of the capability. On a connection in clear it may set net.sts_leave. */
void irc_sts_offered(struct irc *irc, const char *value);
/* The connection ends: what it demanded counts from now. */
void irc_sts_renew(struct irc *irc);

/* --- login by NickServ (irc_nickserv.c; section 1.3) --------------------------------------------
 */

/* Tells NickServ the password, if that is due. True: wait, irc_come_in() follows. */
bool irc_nickserv_begin(struct irc *irc);
bool irc_nickserv_waits(const struct irc *irc);
/* 900 came. */
void irc_nickserv_confirmed(struct irc *irc);
/* Looks at a PRIVMSG or NOTICE first. True: it was the echo of our password, and is nobody's. */
bool irc_nickserv_takes(struct irc *irc, const struct irc_context *context, bool notice);
/* 401 for NickServ. True: it answers a question of ours and need not be shown. */
bool irc_nickserv_absent(struct irc *irc, const struct irc_line *line);
/* Our own modes, "+ir": +r says that we are known. */
void irc_nickserv_modes(struct irc *irc, const char *modes);
void irc_nickserv_reset(struct irc *irc);

/* --- our nick (irc_nick.c; sections 1.3 and 12) -------------------------------------------------
 */

/* 001 said what we are called. */
void irc_nick_welcomed(struct irc *irc);
/* We are in: tries to have the configured nick back. */
void irc_nick_begin(struct irc *irc);
/* This nick is nobody's any more. */
void irc_nick_freed(struct irc *irc, const char *nick);
/* irc->nick is another one now. */
void irc_nick_changed(struct irc *irc);
/* 431, 432, 433, 436, 437 (of a nick), 438, 447, 484. `text`: what it says. */
void irc_nick_refused(struct irc *irc, const struct irc_line *line, int numeric, const char *text);

/* --- who is there (irc_monitor.c; section 3) ----------------------------------------------------
 */

void irc_monitor_init(struct irc *irc);
void irc_monitor_clear(struct irc *irc);
/* We are in: all are watched anew. */
void irc_monitor_begin(struct irc *irc);
/* One more, for as long as the connection lasts. Nothing before we are in. */
void irc_monitor_add(struct irc *irc, const char *nick);
/* 730, 731, 734. */
void irc_monitor_numeric(struct irc *irc, const struct irc_line *line, int numeric);
void irc_monitor_away(struct irc *irc, const char *nick, bool away);
/* The connection is over: nobody's presence is known. */
void irc_monitor_lost(struct irc *irc);

/* --- WHO (irc_who.c; section 3) -----------------------------------------------------------------
 */

/* The members of the channel are known: asks about them once, when it is small enough. */
void irc_who_want(struct irc *irc, struct irc_channel *channel);
/* Asks the next question, if none is under way. */
void irc_who_next(struct irc *irc);
void irc_on_who_row(struct irc *irc, const struct irc_context *context, int numeric); /* 352, 354 */
void irc_on_who_end(struct irc *irc, const struct irc_line *line);                    /* 315 */
/* 263: the server has no time. False: the question was a person's. */
bool irc_who_busy(struct irc *irc);
void irc_who_reset(struct irc *irc);

/* --- netsplits (irc_netsplit.c; section 3) ------------------------------------------------------
 */

void irc_netsplit_init(struct irc *irc);
void irc_netsplit_clear(struct irc *irc);
void irc_netsplit_reset(struct irc *irc);
/* True: it is (part of) a netsplit and will be said with the others. Before the member is removed.
 */
bool irc_netsplit_quit(struct irc *irc, const struct irc_context *context, const char *reason);
/* Likewise for one who comes back. */
bool irc_netsplit_join(struct irc *irc, const struct irc_context *context,
                       const struct irc_channel *channel);
/* Says what was gathered. */
void irc_netsplit_flush(struct irc *irc);

/* --- answers to commands (irc_operator.c, irc_list.c, irc_register.c, irc_cert.c) ---------------
 */

/* 302. True: it answers a question of ours. */
bool irc_on_userhost(struct irc *irc, const struct irc_line *line);
void irc_on_list_row(struct irc *irc, const struct irc_context *context);
void irc_on_list_end(struct irc *irc);
void irc_list_reset(struct irc *irc);
/* The same for a person who looks for one to join: all at once, with host_browsed(). */
bool irc_list_browse(struct irc *irc, op_id id, const char *words, GError **error);
/* REGISTER and VERIFY; and FAIL of them, true when somebody waits for that. */
void irc_on_register(struct irc *irc, const struct irc_line *line);
bool irc_register_failed(struct irc *irc, const struct irc_line *line);
/* Whatever comes of it is no longer ours. */
void irc_cert_reset(struct irc *irc);

/* --- channels with another name (irc_rename.c; section 3) ---------------------------------------
 */

void irc_on_rename(struct irc *irc, const struct irc_context *context);

/* --- numerics in words (irc_replies.c; section 10) ----------------------------------------------
 */

/* "": not shown. g_free(). */
char *irc_reply_text(const struct irc_line *line, int numeric);
/* Where it was asked for, or the conversation that it names; NULL: the server's. g_free(). */
char *irc_reply_place(struct irc *irc, const struct irc_context *context, int numeric);
void irc_reply_say(struct irc *irc, const struct irc_context *context, int numeric);

/* --- who asked where (irc_asked.c) --------------------------------------------------------------
 */

/* A person asked this in that conversation (NULL: the server's). The label to send with it, where
 * the server knows labels; else NULL. g_free(). */
char *irc_asked_add(struct irc *irc, const char *command, const char *place);
/* True when this answers something that was asked; `numeric` 0: none. */
bool
irc_asked_where(struct irc *irc, const struct irc_context *context, int numeric, char **ret_place);
/* Likewise, by the command alone. */
bool irc_asked_lately(struct irc *irc, const char *command, char **ret_place);
void irc_asked_reset(struct irc *irc);

#endif
