/* One ignore rule as text, and what it matches. Pure: no core, no store.
 *
 *     MASK [in ADDRESS] [WHAT…] [text WORDS]
 *
 *     mallory                        that nick or user id, on every network
 *     *!*@*.spam.example in libera   a mask of name, user and host, in one account
 *     bot* in libera/#coop notices joins
 *     * in libera text buy now       whoever says these words
 *
 * In a mask '*' stands for any characters and '?' for one; letters' case does not count. WHAT is
 * one or more of: messages notices invites joins nicks ctcp typing all; without it, all but joins
 * and nicks. Matching takes time in proportion to the name, whatever the mask. */
#ifndef WEFT_CORE_IGNORE_RULE_H
#define WEFT_CORE_IGNORE_RULE_H

#include <glib.h>
#include <stdbool.h>

#define IGNORE_MAX_RULES      1000
#define IGNORE_MAX_MASK_BYTES 128
#define IGNORE_MAX_TEXT_BYTES 256 /* the words after "text" */

enum ignore_what {
    IGNORE_MESSAGES = 1 << 0, /* /me too */
    IGNORE_NOTICES = 1 << 1,
    IGNORE_INVITES = 1 << 2,
    IGNORE_JOINS = 1 << 3, /* that they come and go */
    IGNORE_NICKS = 1 << 4, /* that they change their name */
    IGNORE_CTCP = 1 << 5,  /* requests of their program to ours */
    IGNORE_TYPING = 1 << 6,
};

struct ignore_rule {
    char *text; /* as written */
    char *mask; /* its parts */
    char **in;  /* of an address, one to three; NULL: everywhere */
    unsigned what;
    char *words; /* NULL: whatever is said */
    /* Folded, for matching; the second also by an old rule, for which {}|^ are []\~ */
    char *folded[2];
    char *folded_words;
};

/* NULL and BAD_INPUT with what is wrong. */
struct ignore_rule *ignore_rule_new(const char *text, GError **error);
void ignore_rule_free(struct ignore_rule *rule); /* NULL is allowed */
/* The text of a rule. `address` NULL: everywhere; `what` 0: not said; `words` may be NULL.
 * g_free(). */
char *ignore_rule_format(const char *mask, const char *address, unsigned what, const char *words);
/* "messages notices": for lists. g_free(). */
char *ignore_what_names(unsigned what);

/* Who did something, folded once for all rules. */
struct ignore_subject {
    char *names[4]; /* id, name, nick!user@host, user@host; NULL: not known */
    bool old_rule;  /* the network takes {}|^ for []\~ */
};
/* Each may be NULL. `mask`: "nick!user@host". */
void ignore_subject_init(struct ignore_subject *subject, const char *id, const char *name,
                         const char *mask, bool old_rule);
void ignore_subject_clear(struct ignore_subject *subject);

/* Only by who it is: where, what and words are the caller's. */
bool ignore_rule_matches(const struct ignore_rule *rule, const struct ignore_subject *subject);

#endif
