/* A WebSocket to the scene's server, which upgrades by itself and then does as the test says. */
#ifndef WEFT_TESTS_UNIT_WEB_TALK_H
#define WEFT_TESTS_UNIT_WEB_TALK_H

#include "tests/unit/web/tests.h"

struct talk {
    struct scene *scene;
    struct ws *ws;
    struct ws_options options; /* the URL is the talk's */
    char *url;

    unsigned opened, messages, closed;
    size_t bytes;  /* of all messages */
    GString *last; /* the last message */
    bool binary;
    int code, status;
    GError *error;
    void (*on_message)(struct talk *talk);

    /* The server's side. */
    const char *answer;     /* to the upgrade, instead of a good one; or NULL */
    const char *extensions; /* "permessage-deflate"; or NULL */
    bool upgraded;
    GString *request;
    GByteArray *heard; /* frames of the client, as they came */
    void (*on_frames)(struct talk *talk);
};

struct talk *talk_new(void);
void talk_free(struct talk *talk);
void talk_open(struct talk *talk);
void talk_close(struct talk *talk, int code);
/* The server's frame: `first` is FIN, RSV and opcode as in RFC 6455 §5.2. */
void talk_frame(struct talk *talk, unsigned char first, const void *bytes, size_t len);
void talk_raw(struct talk *talk, const void *bytes, size_t len);
void talk_wait(struct talk *talk, bool (*done)(void *));
bool talk_is_open(void *talk);
bool talk_is_closed(void *talk);
/* Takes the client's next frame out of `heard`, unmasked: false when none is whole. */
bool talk_take(struct talk *talk, unsigned char *ret_first, guint32 *ret_mask, GString *ret_text);

#endif
