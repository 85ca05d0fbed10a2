/* Inside the test that tells recorded stories again (test_mm_replay.c). */
#ifndef WEFT_SANDBOX_MM_REPLAY_H
#define WEFT_SANDBOX_MM_REPLAY_H

#include "tests/sandbox/mm_client.h"
#include "tests/sandbox/mm_match.h"
#include "tests/sandbox/mm_server.h"

#include <json-glib/json-glib.h>

#define REPLAY_SECRET "Secret-pw-123"
#define FRAME_MS      1500

struct story {
    const char *name;
    const char *skip;            /* why it is not told; or NULL */
    const char *const *left_out; /* "METHOD /path", globs: not asked or compared, for the reason */
    const char *const *differs;  /* "METHOD /path .field", globs: what need not agree */
};

struct conn {
    struct mm_socket *socket;
    GPtrArray *waiting; /* JsonObject: frames that the recording has not told of yet */
};

struct replay {
    struct mm_server *server;
    uint16_t port;
    struct mm_match *match;
    GHashTable *tokens; /* who: token */
    GHashTable *conns;  /* "who N": struct conn */
    GString *said;      /* differences */
    unsigned compared;
    int64_t base;
    GHashTable *seqs; /* recorded sequence numbers: the sandbox's */
    unsigned next;    /* the story that comes next */
    const struct story *story;
};

struct mm_answer *replay_ask(struct replay *replay, const char *method, const char *path,
                             const char *token, const char *body);
/* A login that the recordings leave out. Returns the token. */
const char *replay_log_in(struct replay *replay, const char *who);
/* What the line's Authorization stands for; NULL: none. */
const char *replay_token_of(struct replay *replay, JsonObject *line);
/* The answer or event `what` differs so: whole lines. */
void replay_say(struct replay *replay, const char *what, const char *differences);

/* NULL when it is not there; the object may be NULL too. */
const char *replay_text(JsonObject *object, const char *key);
JsonObject *replay_object(JsonObject *object, const char *key);
bool replay_in_globs(const char *const *globs, const char *text);

/* Each carries out one recorded line and compares what comes of it. */
void replay_tell_request(struct replay *replay, JsonObject *line);
void replay_tell_socket(struct replay *replay, JsonObject *line);
/* Returns when the server knows that one of the user's `before` sockets is closed: a resume that
 * overtook that word would be another story. */
void replay_await_close(struct replay *replay, const char *who, unsigned before);
void replay_tell_note(struct replay *replay, const char *text);

#endif
