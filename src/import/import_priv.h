/* The inside of the import, shared by its files. */
#ifndef WEFT_IMPORT_PRIV_H
#define WEFT_IMPORT_PRIV_H

#include "import/import.h"
#include "import/toml.h"

struct importing;
struct import_account;

/* How accounts of one of Matterbridge's protocols become weft's. */
struct import_protocol {
    const char *name;    /* Matterbridge's word */
    const char *network; /* weft's */
    bool joins;          /* a channel needs a line "join = NAME" of the account */
    bool pictures;       /* a message may have another picture than the account's */
    bool colors;         /* names before a text may have colours */
    /* The lines without which the account is none. False: `error` says why it cannot be. */
    bool (*begin)(struct importing *importing, struct import_account *account, GError **error);
    /* What else it has: each line by import_account_try(). */
    void (*more)(struct importing *importing, struct import_account *account);
    /* The address of a channel as Matterbridge names it; `channel` NULL: what stands before the
     * channel in all of them. NULL: `error` says why there is none. g_free(). */
    char *(*address)(const struct import_account *account, const char *channel, GError **error);
};
extern const struct import_protocol import_irc, import_mattermost;

/* [irc.libera] */
struct import_account {
    char *full;       /* "irc.libera", as the gateways call it */
    char *name;       /* weft's */
    const char *word; /* Matterbridge's name of the network; borrowed */
    int line;
    const struct toml_value *table;
    const struct import_protocol *protocol; /* NULL: weft has none */
    const struct network *network;          /* NULL: this build has none */
    const char *space;                      /* that its channels are in; NULL: none. Borrowed */
    GString *lines;                         /* of its section, all good together */
    GPtrArray *notes;                       /* char *: comments in its section */
    GPtrArray *ignores;                     /* char *: rules for the gateways that it feeds */
    bool used;                              /* by a gateway */
    char *lack;                             /* why its section is only a comment; NULL: it is one */
};

struct import_line {
    int line;
    unsigned n; /* in which order they were said */
    char *text;
};

struct importing {
    const struct import_options *options;
    struct import_result *result;
    const struct toml_value *root;
    const struct toml_value *general; /* [general]; NULL: none */
    GPtrArray *accounts;              /* struct import_account, in the order of the file */
    GPtrArray *gateways;              /* struct import_gateway */
    GPtrArray *lines;                 /* what is told: struct import_line */
    GHashTable *told;                 /* const struct toml_pair: what became of it is told */
};

/* --- values as Matterbridge takes them --------------------------------------------------------
 */

/* The pair of this name, whatever the case of its letters; the last when there are several. NULL:
 * none. */
const struct toml_pair *import_find(const struct toml_value *table, const char *key);
/* The account's own, else [general]'s. */
const struct toml_pair *import_account_find(const struct importing *importing,
                                            const struct import_account *account, const char *key);
/* Text, or a number as written; NULL for what is neither, or empty. */
const char *import_text(const struct toml_pair *pair);
/* true, "true", a number but 0. */
bool import_on(const struct toml_pair *pair);
/* Nothing that would do anything: false, 0, "", []. */
bool import_is_empty(const struct toml_value *value);
/* The account's text, or NULL. */
const char *import_account_text(const struct importing *importing,
                                const struct import_account *account, const char *key);
bool import_account_on(const struct importing *importing, const struct import_account *account,
                       const char *key);

/* --- telling --- */

/* In the order of the file, in the end. */
void
import_tell(struct importing *importing, int line, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* What became of an option of `place` ("irc.libera"): counts it, and tells it in the words of its
 * fate. */
void
import_tell_option(struct importing *importing, const char *place, const struct toml_pair *pair,
                   enum import_fate fate, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* One foreign word, fit to stand in a line. g_free(). */
char *import_shown(const char *text);
/* Walks the pairs of a table: each that was not told yet is told after its row, or as unknown.
 * `why`: all are left, for this reason; NULL: as the rows say. `import_tell_done`: somebody else
 * tells of it. */
void
import_tell_done(struct importing *importing, const struct toml_pair *pair); /* NULL: nothing */
void import_tell_table(struct importing *importing, const char *place, const char *where,
                       const struct toml_value *table, const char *why);
const struct import_row *import_row(const char *where, const char *key);

/* --- accounts (import_account.c) --- */

/* Finds them; makes their lines, once it is known which are used; writes the sections. */
void import_accounts_read(struct importing *importing);
void import_accounts_build(struct importing *importing);
void import_accounts_write(struct importing *importing);
/* By the name that gateways use; NULL: there is none. */
struct import_account *import_account_by_name(const struct importing *importing, const char *full);
void import_account_free(void *account);
/* Adds the line if the account is good with it. False: `error` says why it is not. */
bool import_account_try(struct import_account *account, const char *key, const char *value,
                        GError **error);
/* The same of an option of the file, and tells it. */
void import_account_take(struct importing *importing, struct import_account *account,
                         const struct toml_pair *pair, const char *key, const char *value);
/* A secret gets its file, and a line "KEY_file = NAME". */
void import_account_secret(struct importing *importing, struct import_account *account,
                           const struct toml_pair *pair, const char *key, const char *value);
/* Where pictures are of those who are heard through this account, as the gateway's template; NULL:
 * it says none that weft could take. g_free(). */
char *
import_account_picture(const struct importing *importing, const struct import_account *account);
/* What becomes of IconURL in [general], and whether its RemoteNickFormat can be written. */
void import_general_looks(struct importing *importing);
G_GNUC_PRINTF(2, 3)
void import_account_note(struct import_account *account, const char *format, ...);

/* --- gateways (import_gateway.c) --- */

/* Reads them, marks the accounts that they use, and adds the lines that these need for it. */
void import_gateways_mark(struct importing *importing);
void import_gateways_join(struct importing *importing);
void import_gateways_write(struct importing *importing);
void import_gateway_free(void *gateway);

/* --- one gateway (import_gateway.c reads them, import_section.c writes them) --- */

enum { IMPORT_TAKES = 1, IMPORT_GIVES = 2 }; /* weft's in and out */

struct import_leg {
    struct import_account *account; /* NULL: there is none of that name */
    const struct toml_value *table; /* NULL: of a same-channel gateway */
    char *channel;
    char *said; /* what the file says: "irc.libera #coop" */
    unsigned ways;
    int line;
    char *address; /* filled in when it is written; NULL: `why` */
    char *why;
};

struct import_gateway {
    char *name; /* weft's */
    char *full; /* the file's */
    bool same;  /* of the same channels: one leg an account, and `channels` */
    bool enabled;
    int line;
    const struct toml_value *table;
    GPtrArray *legs;     /* struct import_leg */
    GPtrArray *channels; /* char * */
    const char *lack;    /* why it is only a comment; NULL: it is none. Known once it is written */
};
void import_section_write(struct importing *importing, struct import_gateway *gateway);

/* --- words --- */

/* Matterbridge's RemoteNickFormat, which is a name and what stands between it and the text in one:
 * "[{PROTOCOL}] <{NICK}> ". */
struct import_name {
    char *name;   /* as weft writes templates: "[{network}] {nick}" */
    char *prefix; /* "<{as}> " */
    char *lost;   /* what weft has nothing for, as it stands there; NULL: nothing */
};
void import_name_init(struct import_name *name, const char *format);
void import_name_clear(struct import_name *name);
/* Matterbridge's IconURL, "https://pictures.example/{NICK}.png", as a gateway's `avatar`. NULL:
 * `error` says why weft cannot. g_free(). */
char *import_picture(const char *format, GError **error);
/* A regular expression as an ignore mask, or as plain words; NULL: it says more than these can.
 * g_free(). */
char *import_mask(const char *expression);
char *import_words(const char *expression);

#endif
