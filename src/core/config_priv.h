/* The inside of struct config, shared by its files. */
#ifndef WEFT_CORE_CONFIG_PRIV_H
#define WEFT_CORE_CONFIG_PRIV_H

#include "core/config.h"
#include "core/config_read.h"

struct config_account {
    char *name;
    const char *network; /* the network row's */
    struct options *options;
};

struct config_key {
    char *action;
    char *keys;
    char *file;
    int line;
};

struct config {
    char *file;
    char *override_file; /* NULL: none */
    bool must_exist;
    const struct network *networks; /* borrowed */
    GPtrArray *problems;            /* struct config_problem */
    struct options *weft;
    struct options *look;
    struct options *notify;
    GPtrArray *accounts; /* struct config_account */
    GPtrArray *keys;     /* struct config_key */
    GHashTable *levels;  /* address, case-folded → enum notify_level + 1 */
    GPtrArray *retired;  /* options of accounts that changed: sessions may still look at them */
};

extern const struct option_row config_rows_weft[];
extern const struct option_row config_rows_look[];
extern const struct option_row config_rows_notify[];
extern const struct option_row config_rows_account[];
extern const struct option_row config_rows_buffer[];

/* A section's kind. */
struct config_kind {
    const char *kind;
    const struct option_row *rows; /* NULL: free pairs */
    bool named;                    /* [account NAME] */
    const char *argument;          /* for messages: "NAME" */
};
/* Ends with a row whose kind is NULL. */
extern const struct config_kind config_kinds[];
const struct config_kind *config_kind_find(const char *kind);

/* What a [buffer …] level is kept under. g_free(). */
char *config_level_key(const char *canonical_address);

/* Takes what the source says; adds to config->problems. */
void config_take(struct config *config, struct config_source *source);
/* Reads all files anew and replaces what is known. */
void config_reload(struct config *config);
struct config *config_new(const char *file, const char *override_file, bool must_exist,
                          const struct network *networks);

const struct network *config_network(const struct config *config, const char *name);
/* BAD_INPUT for a name that cannot be an account's. */
bool config_check_account_name(const char *name, GError **error);

#endif
