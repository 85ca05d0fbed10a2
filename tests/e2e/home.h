/* A person's folder for the real binary: WEFT_HOME with a weft.conf. */
#ifndef WEFT_TESTS_E2E_HOME_H
#define WEFT_TESTS_E2E_HOME_H

#include <stdint.h>

/* An empty folder. Free with home_free(). */
char *home_new(void);
/* With one account "home" on IRC at 127.0.0.1:`port`, nick kai, and these option lines besides.
 * Nothing calls unless a [notify] behind them has another method. */
char *home_new_irc(uint16_t port, const char *options);
/* Removes the folder with all that is in it. Aborts the test when a sanitizer left a report there
 * (tmux_run_weft() has them written to "asan.PID"), and prints it. */
void home_free(char *home);

#endif
