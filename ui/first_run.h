/* The first minutes: an account by a pasted link or address, and by the questions that its network
 * declares. It is tried, the lines that would be added to the person's file are shown, and only
 * then added.
 *
 * Nothing is written before the person says yes. A secret is never drawn, and wiped when it is
 * done with. */
#ifndef WEFT_UI_FIRST_RUN_H
#define WEFT_UI_FIRST_RUN_H

#include "core/core.h"
#include "ui/keymap.h"
#include "ui/panes.h"

struct first_run;

struct first_run_options {
    struct core *core;
    struct config *config;
    const struct paths *paths; /* NULL: no file for a secret is offered */
    const char *link;          /* it begins with this, as if it had been typed; or NULL */
    const struct width_rules *rules;
    bool demo;                   /* there is one to be looked at instead */
    void (*changed)(void *user); /* the trial has something to show */
    void *user;
};

/* Has this weft any network whose accounts are set up so? Else there is nothing to ask. */
bool first_run_can(struct core *core);
struct first_run *first_run_new(const struct first_run_options *options);
void first_run_free(struct first_run *run);

enum first_run_state {
    FIRST_RUN_ASKING,
    FIRST_RUN_PROBING, /* what stands at the address? */
    FIRST_RUN_TRYING,
    FIRST_RUN_FAILED,  /* the trial: answers can be changed, or the account added all the same */
    FIRST_RUN_SHOWING, /* the lines, with a yes or no */
    FIRST_RUN_ADDED,   /* done: the account is in the file and connects */
    FIRST_RUN_DEMO,    /* the person wants to look at the demo first */
    FIRST_RUN_LEFT,    /* the person does not want to */
};

enum first_run_state first_run_state(const struct first_run *run);
/* An action of the keymap, or ACTION_NONE with the key that was pressed. */
void first_run_key(struct first_run *run, enum action action, struct key key);
void first_run_paste(struct first_run *run, const char *text, size_t len);
/* The new account's name, when ADDED. */
const char *first_run_account(const struct first_run *run);
void first_run_view(struct first_run *run, struct view_form *ret_view);

#endif
