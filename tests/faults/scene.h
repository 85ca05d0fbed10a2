/* One person with weft (no screen, real store, driver and sockets), a network that can fail, a
 * scripted server with history, and maria, whose own way to the server is good. */
#ifndef WEFT_TESTS_FAULTS_SCENE_H
#define WEFT_TESTS_FAULTS_SCENE_H

#include "tests/conformance/adapter.h"
#include "tests/conformance/person.h"
#include "tests/proxy/proxy.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"

struct fault {
    struct irc_server *server;
    struct proxy *proxy;
    struct person *person;
    struct irc_peer *maria;
    unsigned heard, typed; /* lines of each so far */
};

/* Everyone is in #lab. `options` NULL: a server with all defaults. `tls`: the certificates; NULL:
 * in clear. `section`: more lines of the configuration, or NULL. */
void fault_begin(struct fault *fault, const struct irc_server_options *options,
                 const struct certs *tls, const char *section);
void fault_end(struct fault *fault);

/* maria says "m00000" and so on; returns when the server has them. */
void fault_say(struct fault *fault, unsigned n);
/* The person types "t00000" and so on. */
void fault_type(struct fault *fault, unsigned n);
/* Waits until every line of both stands in #lab, those typed as sent, and asserts: each once, in
 * order, nothing missing, and each that was typed was said once. The person does not wait for the
 * back-off. */
void fault_check(struct fault *fault);
/* Connects again when weft waits to do so. */
void fault_hurry(struct fault *fault);

#endif
