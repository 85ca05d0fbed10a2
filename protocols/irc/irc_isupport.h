/* What the server says about itself in 005 (section 2), and the name rules that follow from it.
 *
 * Tables are rebuilt from zero at every 005, since a second one may say something shorter. Before
 * the first, the defaults of RFC 1459 hold. */
#ifndef WEFT_IRC_ISUPPORT_H
#define WEFT_IRC_ISUPPORT_H

#include <glib.h>
#include <stdbool.h>

#include "protocols/irc/irc_line.h"

#define IRC_MAX_ISUPPORT 500
#define IRC_MAX_PREFIXES 32

enum irc_casemapping { IRC_CASE_ASCII, IRC_CASE_RFC1459, IRC_CASE_RFC1459_STRICT };

enum irc_mode_type {
    IRC_MODE_LIST,   /* A: always a parameter */
    IRC_MODE_ALWAYS, /* B: always a parameter */
    IRC_MODE_SET,    /* C: a parameter when set */
    IRC_MODE_NEVER,  /* D */
    IRC_MODE_PREFIX, /* a member's rank: always a parameter */
};

struct irc_isupport {
    GHashTable *values; /* KEY → value, unescaped */
    enum irc_casemapping casemapping;
    char *chantypes;
    char *statusmsg;
    char prefix_modes[IRC_MAX_PREFIXES + 1]; /* "ov", highest first */
    char prefix_chars[IRC_MAX_PREFIXES + 1]; /* "@+" */
    char *chanmodes[4];
    unsigned history_limit; /* lines of one CHATHISTORY; 0: not said */
    bool msgid_refs;        /* CHATHISTORY accepts msgid= */
    bool safe_rate;         /* no client-side limit is wanted */
    bool utf8_only;         /* nothing else may be sent */
};

void irc_isupport_init(struct irc_isupport *isupport);
void irc_isupport_clear(struct irc_isupport *isupport);
/* Takes in a 005 line: all parameters but the first and the last. */
void irc_isupport_take(struct irc_isupport *isupport, const struct irc_line *line);
/* NULL: not said. */
const char *irc_isupport_get(const struct irc_isupport *isupport, const char *key);
/* How many targets a command takes at a time (TARGMAX); 0: as many as fit. */
unsigned irc_isupport_targmax(const struct irc_isupport *isupport, const char *command);

/* The canonical form of a nick or channel. g_free(). */
char *irc_fold(const struct irc_isupport *isupport, const char *name);
bool irc_same(const struct irc_isupport *isupport, const char *a, const char *b);
bool irc_is_channel(const struct irc_isupport *isupport, const char *name);
enum irc_mode_type irc_mode_type(const struct irc_isupport *isupport, char letter);

#endif
