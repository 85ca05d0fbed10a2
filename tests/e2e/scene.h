/* A scripted server with maria in #lab and #jobs, and weft in tmux before it. */
#ifndef WEFT_TESTS_E2E_SCENE_H
#define WEFT_TESTS_E2E_SCENE_H

#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"

struct scene {
    struct irc_server *server;
    struct irc_peer *maria;
    char *home;
    struct tmux *tmux;
};

/* A server, maria in #lab and #jobs, and a person's folder with an account that joins both. */
void scene_start(struct scene *scene, int cols, int rows);
/* Runs weft and goes to #lab. */
void scene_enter(struct scene *scene);
void scene_end(struct scene *scene);
/* Until presses, releases and the wheel are reported to what runs, in decimal numbers; or nothing
 * is. */
void scene_wait_mouse(struct scene *scene, bool on);
/* kai has joined #lab; for loop_until(). */
bool scene_kai_is_in(void *scene);

/* The other files of scenes: each adds its own. */
void scene_add(const char *path, void (*test)(void), const char *why_not);
void scenes_list_add(const char *why_not);
void scenes_message_add(const char *why_not);
void scenes_sizes_add(const char *why_not);

#endif
