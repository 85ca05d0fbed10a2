/* What must not cross: calls to everybody, mentions of people who are not there, messages that one
 * relay hands to another in a ring. Pure. */
#ifndef WEFT_RELAY_GUARD_H
#define WEFT_RELAY_GUARD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ignore_rule.h"
#include "model/message.h"

/* --- text --- */

struct guard_person {
    char *id;   /* the user's, where the text goes */
    char *name; /* likewise */
};

struct guard_text {
    /* Words that call everybody where the text goes, in small letters; never NULL. They are broken,
     * unless `everyone`. */
    const char *const *calls_everyone;
    bool everyone;
    /* Who is heard under this name where the text was said, if that is somebody at home where it
     * goes. May be NULL. False: nobody. */
    bool (*find)(void *user, const char *name, struct guard_person *ret_person);
    void *user;
};
/* Mentions of the source's people and channels become plain names; who is heard there under a name
 * is mentioned by the name that they have at home. */
struct rich *guard_text(const struct rich *body, const struct guard_text *guard);

/* --- people --- */

/* Does one of these rules (struct ignore_rule) keep this message back? By who said it, where and
 * what. `address`: of the source, as address_parse() gives it. */
bool guard_ignores(const GPtrArray *rules, const struct message *message, char *const *address);

/* --- rings --- */

#define GUARD_MOST    20 /* so many doubtful messages */
#define GUARD_SPAN_US (10 * G_USEC_PER_SEC)

struct guard_breaker;
struct guard_breaker *guard_breaker_new(void);
void guard_breaker_free(struct guard_breaker *breaker); /* NULL is allowed */
/* We have just said this in a conversation. */
void guard_breaker_said(struct guard_breaker *breaker, int64_t buffer_id, const char *text,
                        int64_t now_us);
/* This message is about to be copied. True: its sender has sent so many, and is a bot or repeats
 * what we said there, that it must be a ring. */
bool
guard_breaker_trips(struct guard_breaker *breaker, const struct message *message, int64_t now_us);
/* This message is about to be copied: how often its words have been copied before, each time with
 * another name in front than the time before. A relay that keeps no mark, and hands back to us what
 * came by us, makes that grow by one with each time round, in whatever channel; people do not. */
#define GUARD_ROUNDS  3
#define GUARD_PATIENT 5 /* for one of two relays in a ring, so that not both stand still */
unsigned
guard_breaker_rounds(struct guard_breaker *breaker, const struct message *message, int64_t now_us);
/* The person has looked at it. */
void guard_breaker_reset(struct guard_breaker *breaker);

#endif
