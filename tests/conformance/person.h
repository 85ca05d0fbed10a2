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
/* Enters a line in a buffer ("" is the server buffer); it must be taken. */
void person_types(struct person *person, const char *name, const char *line);
/* Waits until exactly this text by this sender stands in the stored timeline; the message is
 * person->seen. */
bool person_sees(struct person *person, const char *name, const char *sender, const char *text);
/* Waits until our own message of this text has this state. */
bool person_sees_state(struct person *person, const char *name, const char *text,
                       enum message_state state);
/* How many rows of this text the store holds in the buffer (of the newest 1,000). */
unsigned person_count(struct person *person, const char *name, const char *text);
/* How many gaps the buffer shows. */
unsigned person_gaps(struct person *person, const char *name);
/* Turns the loop until `done` or the deadline. */
bool person_until(bool (*done)(void *user), void *user);

#endif
