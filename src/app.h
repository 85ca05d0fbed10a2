/* Builds weft out of its layers and takes it down again: the only place that knows all of them. */
#ifndef WEFT_APP_H
#define WEFT_APP_H

#include <glib.h>
#include <stdbool.h>

struct config;

struct app_options {
    const char *profile; /* NULL: the default one */
    bool is_demo;        /* it has been asked for already */
    bool headless;       /* nobody is there to be asked */
    bool verbose;        /* headless: says more on stderr */
    const char *link;    /* opened by the screen; NULL: none */
};

/* The person has left for the demo. */
#define APP_WANTS_DEMO (-1)

/* Runs the screen until the person leaves or the terminal is gone. Returns the exit status, or
 * APP_WANTS_DEMO. What stops weft from starting is said on stderr in a sentence. */
int app_run_screen(const struct app_options *options);

/* Runs accounts and relay without a terminal until SIGTERM, SIGINT or `weft ctl quit`; SIGHUP reads
 * the configuration again. */
int app_run_headless(const struct app_options *options);

/* Only the screen knows the names of actions, keys and themes: it complains of these. */
void app_check_screen(struct config *config);

/* A sentence may hold a name that somebody on a network chose; standard error is a terminal too. */
void app_say_error(const GError *error);

/* `weft check [FILE]`: prints every problem of the configuration. 0 when there is no error. */
int app_check(const struct app_options *options, const char *file);

/* `weft export ADDRESS …`: reads the store, also while another weft runs. */
int app_export(const struct app_options *options, int argc, char **argv);

/* `weft import matterbridge FILE [--write [--yes]]`: the sections of weft.conf that do the same as
 * FILE to standard output, what became of each option to standard error. `--write`: adds them to
 * the user's file, after a yes from standard input or at once with --yes. `argv`: what stands
 * behind "import". Returns the exit status. */
int app_import(const struct app_options *options, int argc, char **argv);

/* `weft ctl …`: asks the weft that runs (daemon/ctl.h has the exit statuses). */
int app_ctl(const struct app_options *options, int argc, char **argv);

#endif
