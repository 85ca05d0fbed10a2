/* What servers.c and the file of each kind share. */
#ifndef WEFT_TESTS_SERVERS_PRIV_H
#define WEFT_TESTS_SERVERS_PRIV_H

#include "tests/servers/servers.h"

struct server {
    const struct server_row *row;
    struct server_options options; /* its strings are the three below */
    char *cert_file;
    char *key_file;
    char *password;
    char *root; /* the unpacked packages */
    char *dir;  /* scratch: configuration, data, log */
    uint16_t port;
    uint16_t tls_port;
    uint16_t link_port; /* services */
    GPid pid;           /* 0: does not run */
    GPid services_pid;
};

/* One row for each kind. */
struct server_row {
    const char *name;
    const char *const *programs; /* below the root; all must be there */
    bool (*configure)(struct server *server, GError **error);
    GPtrArray *(*command)(const struct server *server);
    GPtrArray *(*services_command)(const struct server *server); /* NULL: none */
};

/* Writes a file of the scratch folder. Takes `content`. */
bool
server_write_take(const struct server *server, const char *name, GString *content, GError **error);

extern const struct server_row server_inspircd_row;
extern const struct server_row server_inspircd_anope_row;
extern const struct server_row server_ngircd_row;

#endif
