/* Who is heard where under which name: no two people under one name in one conversation, and the
 * same name for the same person after any restart. Kept in the store. */
#ifndef WEFT_RELAY_PEOPLE_H
#define WEFT_RELAY_PEOPLE_H

#include "relay/names.h"
#include "store/store.h"

#define PEOPLE_REST_US (INT64_C(3600) * G_USEC_PER_SEC)
#define PEOPLE_LOOK_US (INT64_C(600) * G_USEC_PER_SEC)

enum people_look {
    PEOPLE_FREE,
    PEOPLE_THERE,   /* somebody who is in the conversation has this name, or we have it there */
    PEOPLE_UNKNOWN, /* who is there is not known now */
};

struct people_options {
    struct store *store; /* borrowed */
    enum people_look (*look)(void *user, int64_t buffer_id, const char *key);
    void *user;
};

struct people;
struct people *people_new(const struct people_options *options);
void people_free(struct people *people); /* NULL is allowed */

struct people_who {
    int64_t account_id;
    struct names_source source; /* with an id */
};
/* The name of this person in a conversation. g_free(). */
char *people_name(struct people *people, int64_t buffer_id, const struct people_who *who,
                  const char *template, size_t max_bytes);

struct person {
    int64_t account_id;
    char *id;
    char *nick; /* as it was when they were last heard */
};
/* Who is heard under this name there; NULL: nobody. The people's, until the next call. */
const struct person *people_find(struct people *people, int64_t buffer_id, const char *name);

/* Somebody of this name has come to the conversation: who was heard under it gets another one. */
void people_came(struct people *people, int64_t buffer_id, const char *name);
/* Names of members who have gone may be had again once nobody has had them for PEOPLE_REST_US, so
 * that no copy's name goes to and fro. Called every PEOPLE_LOOK_US; `now_us` never goes back. */
void people_let_go(struct people *people, int64_t now_us);
/* All names are looked at anew (options of a gateway have changed, or a list of members came). */
void people_forget(struct people *people);

#endif
