/* What comes with a message besides its text: files, and buttons that tell the network something.
 *
 * What a network gave has been through a door (attachment_clean(), button_clean()): one line of
 * valid text each, within the limits. */
#ifndef WEFT_MODEL_ATTACHMENT_H
#define WEFT_MODEL_ATTACHMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define ATTACHMENTS_MAX           20 /* of one message */
#define ATTACHMENT_ID_MAX_BYTES   512
#define ATTACHMENT_NAME_MAX_BYTES 255
#define ATTACHMENT_TYPE_MAX_BYTES 100
#define BUTTONS_MAX               25 /* of one message */
#define BUTTON_CHOICES_MAX        100
#define BUTTON_LABEL_MAX_BYTES    200
#define BUTTON_DATA_MAX_BYTES     8192

struct attachment {
    char *id;           /* the network's; NULL: not sent yet, or it cannot be fetched */
    char *name;         /* as the sender calls it; never NULL, never a path to be used as it is */
    char *type;         /* "image/png"; NULL: not known */
    char *path;         /* of our own file: where it lies, until it is sent; NULL: not ours */
    int64_t size_bytes; /* -1: not known */
    unsigned width, height; /* of a picture; 0: not known */
};

struct attachment *attachment_new(const char *id, const char *name, int64_t size_bytes);
struct attachment *attachment_dup(const struct attachment *attachment);
void attachment_free(struct attachment *attachment); /* NULL is allowed */

/* What one may choose from a menu. */
struct button_choice {
    char *label;
    char *value;
};

struct button {
    char *id;           /* the network's; never NULL */
    char *label;        /* never NULL */
    char *data;         /* the driver's own, given back to it; NULL: none */
    GPtrArray *choices; /* struct button_choice: it is a menu; NULL: it is pressed */
};

struct button *button_new(const char *id, const char *label, const char *data);
void button_add_choice(struct button *button, const char *label, const char *value);
struct button *button_dup(const struct button *button);
void button_free(struct button *button); /* NULL is allowed */

/* Arrays that own their elements; NULL is an array without any, also as a result. */
GPtrArray *attachments_dup(const GPtrArray *attachments);
GPtrArray *buttons_dup(const GPtrArray *buttons);

/* Copies of what a network gave, within the limits; what has no name (an id, a label) is left out.
 * NULL: none. */
GPtrArray *attachments_clean(const GPtrArray *attachments);
GPtrArray *buttons_clean(const GPtrArray *buttons);

/* As the store keeps them; NULL for none. g_free(). What does not parse is left out. */
char *attachments_encode(const GPtrArray *attachments);
GPtrArray *attachments_decode(const char *encoded);
char *buttons_encode(const GPtrArray *buttons);
GPtrArray *buttons_decode(const char *encoded);
/* Their names, a line each, for the search; NULL for none. g_free(). */
char *attachments_names(const GPtrArray *attachments);

/* "48 kB", "3.2 MB"; "" when it is not known. g_free(). */
char *attachment_format_size(int64_t size_bytes);

#endif
