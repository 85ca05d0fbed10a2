/* A world that happens: its servers run, and its people do what the plan says. Everything here is
 * on the thread's default main context. */
#ifndef WEFT_SANDBOX_PLAY_H
#define WEFT_SANDBOX_PLAY_H

#include "tests/sandbox/site.h"

struct play_options {
    uint32_t seed;
    unsigned speed; /* 1: an hour lasts an hour; 10: six minutes */
    bool wait;      /* the hour begins when the visitor has come to every network */
    int64_t now_ms; /* when the hour begins, if all is to have the same times; 0: now */
};

struct play;

/* Starts the servers and tells the past. The hour has not begun. */
struct play *play_new(const struct world *world, const struct play_options *options);
void play_free(struct play *play);

/* Lets the hour happen, on the main loop. */
void play_start(struct play *play);
/* All that is left of it happens now. */
void play_rest(struct play *play);

/* "port ID KIND NUMBER" and "visitor ID NICK SECRET" for each network, lines. g_free(). */
char *play_facts(const struct play *play);
/* weft.conf for the visitor. Secrets are in files beside it: play_secret_file(). g_free(). */
char *play_config(const struct play *play);
/* The nth of them: its name, or NULL after the last; g_free() both. */
char *play_secret_file(const struct play *play, unsigned index, char **ret_content);

/* One order of a test: "ID ORDER …", or "hour stop", "hour go", "hour rest", "hour speed N". NULL
 * when it was carried out, else a sentence. g_free(). */
char *play_control(struct play *play, const char *line);

struct site *play_site(const struct play *play, const char *id);

#endif
