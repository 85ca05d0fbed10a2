/* A running core on a real store, with an account "libera" that is online as "kai" in #coop, for
 * the tests of commands and completion. Its driver writes down what it is asked to do. */
#ifndef WEFT_TESTS_UNIT_CORE_SCENE_H
#define WEFT_TESTS_UNIT_CORE_SCENE_H

#include "base/clock.h"
#include "base/net_ops.h"
#include "core/core.h"
#include "core/host.h"
#include "store/store.h"

#define SCENE_NOW_US INT64_C(1763800000000000) /* 2025-11-22T08:26:40Z */

struct scene {
    struct net_ops net; /* first: how the driver finds the scene */
    char *folder;
    char *file;
    char *override_file;
    struct clock *clock;
    struct store *store;
    struct core *core;
    struct host *host; /* of the account */
    op_id op;          /* the last operation */
    GString *calls;    /* "join #x key|" … */
    bool refuse;       /* the next operation is refused */
    int64_t shown;     /* the buffer of the last NOTICE_SHOW_BUFFER */
    unsigned n_config, n_quit, n_clear, n_redraw;
};

struct scene *scene_new(void);
/* On a network whose server has commands of its own. */
struct scene *scene_new_commanded(void);
void scene_free(struct scene *scene);
/* Timers, commits and their words, until nothing moves. */
void scene_settle(struct scene *scene);
/* Buffer of this name; asserts that it is there. */
const struct buffer *scene_buffer(struct scene *scene, const char *name);
void scene_add_buffer(struct scene *scene, const char *name, enum buffer_kind kind);
void
scene_add_member(struct scene *scene, const char *conversation, const char *name, int64_t spoke_us);
/* The text of the buffer's newest message. g_free(). */
char *scene_last(struct scene *scene, const char *buffer);
/* Enters text; asserts that it is taken, or refused with this sentence. */
void scene_input(struct scene *scene, const char *buffer, const char *text, const char *refusal);
/* Asserts what the driver was asked since the last time. */
void scene_assert_calls(struct scene *scene, const char *calls);

#endif
