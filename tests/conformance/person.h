/* A person who uses weft without a screen: core with a real store, real sockets and the real
 * drivers. */
#ifndef WEFT_TESTS_CONFORMANCE_PERSON_H
#define WEFT_TESTS_CONFORMANCE_PERSON_H

#include <glib.h>
#include <stdbool.h>

#include "core/core.h"
#include "store/store.h"

struct person {
    char *home; /* WEFT_HOME */
    struct paths *paths;
    struct clock *clock;
    struct net_ops *net;
    struct store *store;
    struct core *core;
    struct message *seen; /* of the last person_sees() */
    uint64_t question;    /* the last one that was asked; 0: none */
    const char *suffix;   /* of people's names where the suite has none; NULL: none there either */
    char channel_sign;    /* what the names of channels have where the suite has "#"; 0: that */
};

/* Makes the folder; `section` are the lines of [account home]. Nothing runs yet. */
struct person *person_new(void);
/* The person whose home WEFT_HOME is, as it stands. It is not removed by person_free(). */
struct person *person_here(void);
/* Writes weft.conf with one account "home" of this network and these option lines. */
void person_configure(struct person *person, const char *network, const char *options);
/* Opens the store, builds core, connects. */
void person_start(struct person *person);
/* Ends as `kill -9` would for everything that is not on disk: sessions are cut, nothing is settled.
 */
void person_stop(struct person *person);
/* Stops and removes the folder. */
void person_free(struct person *person);

/* Waits until account "home" is in this state. Fails the test, with what the account says, at the
 * deadline. */
void person_wait_state(struct person *person, enum account_state state);
/* Waits for a buffer "home/NAME" in which the person is. */
const struct buffer *person_wait_joined(struct person *person, const char *name);
const struct buffer *person_buffer(struct person *person, const char *name); /* NULL: none */
/* True when this is that one's name, with what else stands behind it here. */
bool person_is_called(const struct person *person, const char *name, const char *who);
/* Enters a line in a buffer ("" is the server buffer); it must be taken. */
void person_types(struct person *person, const char *name, const char *line);
/* Waits until exactly this text by this sender stands in the stored timeline; the message is
 * person->seen. */
bool person_sees(struct person *person, const char *name, const char *sender, const char *text);
/* Waits until our own message of this text has this state. */
bool person_sees_state(struct person *person, const char *name, const char *text,
                       enum message_state state);
/* Waits until the person is asked something, and answers that. */
void person_answers(struct person *person, const char *answer);
/* The newest stored message of this kind and sender (NULL: anyone), person->seen; waits for it. */
bool person_sees_kind(struct person *person, const char *name, enum message_kind kind,
                      const char *sender);
/* Waits until a stored message there holds this text; person->seen. */
bool person_reads(struct person *person, const char *name, const char *part);
/* True when these bytes stand nowhere in what weft keeps of the person, files beside "secret". */
bool person_keeps_nothing_of(struct person *person, const char *secret);
/* How many rows of this text the store holds in the buffer (of the newest 1,000). */
unsigned person_count(struct person *person, const char *name, const char *text);
/* The flags of the newest of them; 0: there is none. */
unsigned person_flags(struct person *person, const char *name, const char *text);
/* How many rows hold this text. */
unsigned person_count_of(struct person *person, const char *name, const char *part);
/* How many rows of this kind. */
unsigned person_count_kind(struct person *person, const char *name, enum message_kind kind);
/* How many gaps the buffer shows. */
unsigned person_gaps(struct person *person, const char *name);
/* Turns the loop until `done` or the deadline. */
bool person_until(bool (*done)(void *user), void *user);

#endif
