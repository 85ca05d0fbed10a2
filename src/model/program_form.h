/* Forms that a program asks the person to fill in, after a button was pressed or a command given.
 * A driver makes one and tells of it (EVENT_FORM); core cleans it, keeps it, and brings the answers
 * back (driver->fill). */
#ifndef WEFT_MODEL_PROGRAM_FORM_H
#define WEFT_MODEL_PROGRAM_FORM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/attachment.h"

#define PROGRAM_FORM_FIELDS 50

enum program_field_kind {
    PROGRAM_TEXT,
    PROGRAM_LINES, /* more than one line, perhaps */
    PROGRAM_NUMBER,
    PROGRAM_SECRET,
    PROGRAM_CHOICE, /* one of `choices` */
    PROGRAM_SWITCH, /* "true" or "false" */
};

struct program_field {
    enum program_field_kind kind;
    char *name;  /* the program's own */
    char *label; /* what the person reads */
    char *help;  /* a sentence or two; NULL: none */
    char *value; /* at first the proposal, then the answer; of a CHOICE its value; never NULL */
    char *error; /* what is wrong with the answer; NULL: nothing */
    bool optional;
    unsigned least, most; /* characters; 0: no limit */
    GPtrArray *choices;   /* struct button_choice; NULL: none */
};

struct program_form {
    uint64_t id;                  /* core's; a driver leaves it 0 */
    int64_t buffer_id;            /* likewise: where it was asked for */
    char *key;                    /* the driver's own name for it */
    char *title, *intro, *submit; /* plain; `submit`: what sending it is called; never NULL */
    GPtrArray *fields;            /* struct program_field */
    bool waits;                   /* the answers are under way */
    char *error;                  /* why they were not taken, a sentence; NULL: nothing is wrong */
};

struct program_form *program_form_new(const char *key);
void program_form_free(void *form); /* NULL is allowed */
/* The form's. NULL: it has too many. */
struct program_field *program_form_add(struct program_form *form, enum program_field_kind kind,
                                       const char *name, const char *label);
void program_field_add_choice(struct program_field *field, const char *label, const char *value);
/* What is wrong with this answer, a sentence: g_free(). NULL: it can be sent. */
char *program_field_refuse(const struct program_field *field, const char *value);

#endif
