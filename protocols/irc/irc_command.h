/* The commands of IRC alone: irc_commands.c has the rows, the topic's file the function. */
#ifndef WEFT_IRC_COMMAND_H
#define WEFT_IRC_COMMAND_H

#include <glib.h>
#include <stdbool.h>

#include "core/driver.h"

struct irc;
struct irc_op;

/* Arguments as typed; absent ones are NULL. */
typedef bool (*irc_cmd_fn)(struct irc *irc, op_id op, const struct buffer *buffer,
                           const char *const *arguments, GError **error);

/* The channel of this buffer as the server writes it; NULL and `error` when it is none that we are
 * in. */
const char *irc_cmd_here(struct irc *irc, const struct buffer *buffer, GError **error);
/* Where answers to what was asked here are said; NULL: with the server. */
const char *irc_cmd_place(const struct buffer *buffer);
/* A line of these words that was asked for here, done when it has left. `op` 0: nobody waits. */
bool irc_cmd_send_words(struct irc *irc, op_id op, const struct buffer *buffer,
                        const char *const *words, unsigned n, GError **error);
bool irc_cmd_send(struct irc *irc, op_id op, const struct buffer *buffer, GError **error,
                  ...) G_GNUC_NULL_TERMINATED;
/* A line that carries this operation, which is freed when it cannot be sent. */
bool irc_cmd_send_op(struct irc *irc, struct irc_op *op, char *line_take, GError **error);

/* irc_operator.c */
bool irc_cmd_kick(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_mode(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_op(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_deop(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_voice(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_devoice(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_ban(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_unban(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_kickban(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_omsg(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
/* irc_who.c, irc_list.c, irc_monitor.c */
bool irc_cmd_who(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_list(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_friend(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_unfriend(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
/* irc_register.c, irc_cert.c */
bool irc_cmd_register(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_verify(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_oper(struct irc *, op_id, const struct buffer *, const char *const *, GError **);
bool irc_cmd_cert(struct irc *, op_id, const struct buffer *, const char *const *, GError **);

#endif
