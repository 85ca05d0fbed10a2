/* Shows calls in one of several ways: the first of [notify] method that works. Nothing here blocks:
 * a way whose outcome is not known yet is waited for, not long, and then the next one is tried. */
#ifndef WEFT_UI_NOTIFY_H
#define WEFT_UI_NOTIFY_H

#include "ui/call.h"

struct notify;

struct notify_options {
    struct core *core;     /* borrowed: configuration, clock, weft's own buffer */
    GMainContext *context; /* NULL: the default one */
    /* Bytes for the terminal. False: it cannot have them now. */
    bool (*send)(void *user, const char *bytes, size_t len);
    void *user;
    const char *(*get)(const char *name); /* the environment; NULL: getenv() */
};

struct notify *notify_new(const struct notify_options *options);
/* Ends what is under way, within NOTIFY_DESKTOP_END_MS. NULL is allowed. */
void notify_free(struct notify *notify);

/* The configuration is another one. */
void notify_configure(struct notify *notify);
/* Takes the call. */
void notify_show(struct notify *notify, struct call *call);

#endif
