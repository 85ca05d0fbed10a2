/* weft on a bare pseudo-terminal in front of a server that says every text which may not reach a
 * terminal. All that weft writes is read by tests/e2e/vt.h. */
#ifndef WEFT_TESTS_E2E_HOSTILE_H
#define WEFT_TESTS_E2E_HOSTILE_H

#include <glib.h>
#include <stddef.h>

#include "tests/e2e/evil.h"
#include "tests/e2e/pty.h"

struct hostile {
    struct evil *evil;
    char *home;
    struct vt *vt;
    struct pty *pty;
};

/* `more`: option lines of the account, and sections behind them. What calls goes to the terminal.
 */
void hostile_start(struct hostile *scene, const struct evil_options *options, const char *more);
void hostile_end(struct hostile *scene);
/* Fails when the terminal got anything that it must not get. */
void hostile_clean(struct vt *vt);
/* A word from a peer in #lab, so that all that was said before it has been drawn; #lab is shown. */
void hostile_sync(struct hostile *scene);
/* Types a line in place of what stands there. */
void hostile_command(struct hostile *scene, const char *line);
/* What a person copied elsewhere: pasted where the cursor is, or behind a command and sent. */
void hostile_paste(struct hostile *scene, const char *bytes, size_t len);
void
hostile_command_pasted(struct hostile *scene, const char *command, const char *bytes, size_t len);
/* Up through what was said in #lab, in several widths, and down again. */
void hostile_look(struct hostile *scene);
/* /quit, and the end. */
void hostile_quit(struct hostile *scene);

/* There is no blank in them, so that they can stand in nicks and channels as well. */
size_t hostile_texts(void);
GBytes *hostile_text(size_t i);
/* Says the line `place`: $ is the text, & the text as a tag's value, ? the number. */
void hostile_say(struct hostile *scene, const char *place, unsigned number, const char *bytes,
                 size_t len);
/* Every text, and three longer ones, in every place; ? is the text's number. */
void hostile_say_all(struct hostile *scene, const char *const *places, size_t n_places);

/* The tests of the other files. */
void hostile_deeds_add(void);
void hostile_search_add(void);
void hostile_links_add(void);

#endif
