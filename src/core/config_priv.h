/* The inside of struct config, shared by its files. */
#ifndef WEFT_CORE_CONFIG_PRIV_H
#define WEFT_CORE_CONFIG_PRIV_H

#include "core/config.h"
#include "core/config_read.h"
#include "core/ignore_rule.h"

struct config_account {
    char *name;
    const char *network;           /* the network row's */
    const struct options *options; /* a reference */
    char *file;                    /* where its section begins */
    int line;
};

struct config_ignore {
    struct ignore_rule *rule;
    char *file;
    int line;
    bool override; /* /ignore wrote it, and /unignore can take it away */
};

struct config {
    char *file;
    char *override_file; /* NULL: none */
    bool must_exist;
    const struct network *networks; /* borrowed */
    GPtrArray *problems;            /* struct config_problem */
    GPtrArray *hidden;              /* likewise: what the override file says otherwise */
    GHashTable *account_sections;   /* lower-case names of all that were read, wrong ones too */
    struct options *weft;
    struct options *look;
    struct options *notify;
    struct options *relay;
    GPtrArray *accounts; /* struct config_account */
    GPtrArray *keys;     /* struct config_key */
    GPtrArray *theme;    /* struct config_key: where [look] names one; empty: nowhere */
    GHashTable *levels;  /* address, case-folded → enum notify_level + 1 */
    GPtrArray *ignores;  /* struct config_ignore */
    GPtrArray *gateways; /* struct config_gateway (core/gateway.h) */
};

extern const struct option_row config_rows_weft[];
extern const struct option_row config_rows_look[];
extern const struct option_row config_rows_notify[];
extern const struct option_row config_rows_relay[];
extern const struct option_row config_rows_account[];
extern const struct option_row config_rows_buffer[];
extern const struct option_row config_rows_ignore[];
extern const struct option_row config_rows_gateway[];

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
/* Reads all files of `config` anew, into another one; with `override_text` as if that stood in
 * override.conf. Free it, or: */
struct config *config_read_again(const struct config *config, const char *override_text);
/* Likewise, as if this file held this text. */
struct config *config_read_edited(const struct config *config, const char *file, const char *text);
/* The same sentence stands among its problems. */
bool config_knows_problem(const struct config *config, const struct config_problem *problem);
/* Takes over all that `fresh_take` says. Accounts whose options are equal keep theirs, the very
 * object. Returns what else has changed: enum config_change. */
enum config_change {
    CONFIG_LOOK = 1 << 0,
    CONFIG_KEYS = 1 << 1,
    CONFIG_NOTIFY = 1 << 2, /* levels of buffers too */
    CONFIG_IGNORE = 1 << 3,
    CONFIG_GATEWAYS = 1 << 4,
    CONFIG_RELAY = 1 << 5,
};
unsigned config_adopt(struct config *config, struct config *fresh_take);
/* The same without taking it over: only `fresh` changes. */
unsigned config_compare(const struct config *config, struct config *fresh);
/* Both at once, whatever the files say. */
void config_reload(struct config *config);
struct config *config_new(const char *file, const char *override_file, bool must_exist,
                          const struct network *networks);

/* config_gateway.c: one section, with those of its values that are good (`good`: all are); after
 * all sections, what they say of accounts, and those with mistakes go. */
void config_take_gateway(struct config *config, const struct config_section *section,
                         const struct options *options, bool good);
void config_check_gateways(struct config *config);
void config_gateway_free(void *gateway);

const struct network *config_network(const struct config *config, const char *name);
/* BAD_INPUT for a name that cannot be an account's. */
bool config_check_account_name(const char *name, GError **error);

#endif
