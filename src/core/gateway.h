/* The configuration's gateways, as text: which conversations are joined, in which direction, with
 * which options. What stands behind the addresses, and what crosses, is the relay's business
 * (src/relay).
 *
 *     [gateway jobs]
 *     leg = patio/coops/jobs
 *     leg = libera/#coop-jobs in
 *     leg = home/#x out name={nick} ({label})
 *
 * A leg is an address, a direction (inout when none is said), "everyone" where words that call
 * everybody keep doing so in what is copied into it, "name_colors" where names have colours in
 * that, and, as the last, the template of names for it. A same-channel gateway names accounts and
 * channels instead; it becomes one gateway for each channel, "jobs/#lab". */
#ifndef WEFT_CORE_GATEWAY_H
#define WEFT_CORE_GATEWAY_H

#include "core/config.h"
#include "core/relaying.h"

#define GATEWAY_MAX_LEGS       100
#define GATEWAY_MAX_NAME_BYTES 64

struct config_leg {
    char *address; /* as address_format() writes it */
    enum relay_direction direction;
    bool everyone;    /* calls to everybody may come here; false: as the gateway says */
    bool name_colors; /* names in front of what comes here have colours; likewise */
    char *name;       /* a template; NULL: the gateway's */
    char *file;
    int line, column;
};

struct config_gateway {
    char *name;    /* "jobs", "jobs/#lab" */
    char *section; /* "jobs": what a person calls it */
    bool wrong;    /* while the files are read: it has a mistake, and goes when all are told */
    bool same;     /* made by `same` and `channel`: private channels are not meant */
    const struct options *options; /* a reference; all of config_rows_gateway */
    GPtrArray *legs;               /* struct config_leg */
    GPtrArray *ignores;            /* struct ignore_rule */
    char *file;
    int line, column;
};

/* In the order of the files; valid until the configuration changes. */
size_t config_n_gateways(const struct config *config);
const struct config_gateway *config_gateway(const struct config *config, size_t i);
/* Of a section; NULL: there is none of that name (that is right). */
const struct options *config_gateway_options(const struct config *config, const char *section);

/* "ADDRESS [in|out|inout] [everyone] [name_colors] [name=TEMPLATE]", without a place. NULL:
 * BAD_INPUT. */
struct config_leg *config_leg_parse(const char *text, GError **error);
void config_leg_free(struct config_leg *leg); /* NULL is allowed */
const char *relay_direction_name(enum relay_direction direction);

/* What may stand in braces in a template: "name", "nick", …; NULL-terminated. `as` (the name that
 * was made) only in that of a prefix. */
extern const char *const gateway_fields[];
bool gateway_check_template(const char *text, GError **error);
bool gateway_check_prefix(const char *text, GError **error);
/* An address that begins with https:// and a host, fields only behind that; or "off". */
#define GATEWAY_NO_AVATAR "off"
bool gateway_check_avatar(const char *text, GError **error);
bool gateway_check_ignore(const char *text, GError **error);
bool gateway_check_name(const char *name, GError **error);

#endif
