/* A client for the tests, of the sandbox's Mattermost server or of a real one: requests that wait
 * for their answer, and WebSockets whose frames are kept. On the default main context. */
#ifndef WEFT_SANDBOX_MM_CLIENT_H
#define WEFT_SANDBOX_MM_CLIENT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct mm_answer {
    unsigned status; /* 0: the connection ended */
    char *text;
    size_t len;
    JsonNode *json; /* NULL: no JSON; an array of its lines when it is NDJSON */
    char *token;    /* the header Token, or NULL */
    char *etag;
    char *retry_after;
    char *type; /* Content-Type */
};

/* path: from "/api/v4/…" on. token, body, body_type: or NULL (application/json). headers:
 * alternating names and values, ended by NULL; or NULL. */
struct mm_answer *
mm_client_ask(uint16_t port, const char *method, const char *path, const char *token,
              const char *body, size_t body_len, const char *body_type, const char *const *headers);
/* The same of a server at this address ("http://127.0.0.1:8065", without an end slash). */
struct mm_answer *mm_client_ask_at(const char *base, const char *method, const char *path,
                                   const char *token, const char *body, size_t body_len,
                                   const char *body_type, const char *const *headers);
void mm_answer_free(struct mm_answer *answer);

struct mm_socket;

/* Returns when the upgrade was answered. mm_socket_status() is not 101 when it was refused. */
struct mm_socket *
mm_socket_open(uint16_t port, const char *path, const char *token, const char *origin);
struct mm_socket *
mm_socket_open_at(const char *base, const char *path, const char *token, const char *origin);
unsigned mm_socket_status(const struct mm_socket *socket);
/* The next frame that has not been taken, or NULL when none comes within the time. The socket's. */
JsonObject *mm_socket_next(struct mm_socket *socket, unsigned within_ms);
/* The next event of that name; others before it are left out. */
JsonObject *mm_socket_event(struct mm_socket *socket, const char *event, unsigned within_ms);
void mm_socket_send(struct mm_socket *socket, const char *text);
/* False when it is still open after the time. */
bool mm_socket_ended(struct mm_socket *socket, unsigned within_ms);
void mm_socket_close(struct mm_socket *socket);

#endif
