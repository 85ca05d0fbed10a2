#include "tests/support/certs.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static const char config[] =
    "[ca]\n"
    "default_ca = here\n"
    "[here]\n"
    "database = index\n"
    "rand_serial = yes\n"
    "new_certs_dir = .\n"
    "default_md = sha256\n"
    "policy = any\n"
    "unique_subject = no\n"
    "[any]\n"
    "commonName = supplied\n"
    "[req]\n"
    "distinguished_name = name\n"
    "[name]\n"
    "[authority]\n"
    "basicConstraints = critical, CA:TRUE\n"
    "keyUsage = critical, keyCertSign, cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "[local]\n"
    "subjectAltName = DNS:localhost, DNS:irc.sandbox, IP:127.0.0.1, IP:::1\n"
    "[elsewhere]\n"
    "subjectAltName = DNS:elsewhere.example\n"
    "[client]\n"
    "extendedKeyUsage = clientAuth\n";

/* Runs one openssl command, its words apart by spaces, in the folder. */
static void G_GNUC_PRINTF(2, 3) run(const struct certs *certs, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    int status = 0;
    va_list args;

    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    if (!g_spawn_sync(certs->folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said,
                      &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        g_error("%s: %s\n%s", line, error->message, said ? said : "");
}

static char *
in_folder(const struct certs *certs, const char *name)
{
    return g_build_filename(certs->folder, name, NULL);
}

static void
put(const struct certs *certs, const char *name, const char *text)
{
    g_autofree char *path = in_folder(certs, name);

    if (!g_file_set_contents(path, text, -1, NULL))
        g_error("%s cannot be written", path);
}

static void
make_ca(const struct certs *certs, const char *name)
{
    run(certs,
        "openssl req -config config -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout %s.key -out %s.pem -days 3650 -subj /CN=throw-away-%s -extensions authority",
        name, name, name);
}

/* Puts the key behind the certificate. Returns the path. */
static char *
with_key(const struct certs *certs, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".pem", NULL);
    char *path = in_folder(certs, file);
    g_autofree char *key_path = in_folder(certs, "leaf.key");
    g_autofree char *cert = NULL;
    g_autofree char *key = NULL;

    if (!g_file_get_contents(path, &cert, NULL, NULL) ||
        !g_file_get_contents(key_path, &key, NULL, NULL))
        g_error("%s was not made", path);
    g_autofree char *both = g_strconcat(cert, key, NULL);
    put(certs, file, both);
    return path;
}

static char *
make_leaf(const struct certs *certs, const char *name, const char *ca, const char *subject,
          const char *extensions, const char *from_year, const char *to_year)
{
    run(certs,
        "openssl ca -config config -batch -notext -in leaf.csr -cert %s.pem -keyfile %s.key "
        "-out %s.pem -subj /CN=%s -extensions %s -startdate %s0101000000Z -enddate %s0101000000Z",
        ca, ca, name, subject, extensions, from_year, to_year);
    return with_key(certs, name);
}

struct certs *
certs_new(void)
{
    g_autofree char *openssl = g_find_program_in_path("openssl");

    if (!openssl)
        return NULL;
    struct certs *certs = g_new0(struct certs, 1);
    certs->folder = g_dir_make_tmp("weft-certs-XXXXXX", NULL);
    put(certs, "config", config);
    put(certs, "index", "");
    make_ca(certs, "ca");
    make_ca(certs, "other");
    run(certs, "openssl req -config config -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
               "-nodes -keyout leaf.key -out leaf.csr -subj /CN=localhost");
    run(certs, "openssl req -config config -x509 -key leaf.key -out self.pem -days 3650 "
               "-subj /CN=localhost -extensions local");
    certs->ca = in_folder(certs, "ca.pem");
    certs->other_ca = in_folder(certs, "other.pem");
    certs->self_signed = with_key(certs, "self");
    certs->server = make_leaf(certs, "server", "ca", "localhost", "local", "2020", "2099");
    certs->wrong_name = make_leaf(certs, "wrong", "ca", "elsewhere", "elsewhere", "2020", "2099");
    certs->expired = make_leaf(certs, "expired", "ca", "localhost", "local", "2020", "2021");
    certs->future = make_leaf(certs, "future", "ca", "localhost", "local", "2090", "2099");
    certs->unknown = make_leaf(certs, "unknown", "other", "localhost", "local", "2020", "2099");
    certs->client = make_leaf(certs, "client", "ca", "weaver", "client", "2020", "2099");
    return certs;
}

void
certs_free(struct certs *certs)
{
    if (!certs)
        return;
    GDir *dir = g_dir_open(certs->folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = in_folder(certs, name);
        g_unlink(path);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(certs->folder);
    char **paths[] = {&certs->folder,     &certs->ca,      &certs->other_ca, &certs->server,
                      &certs->wrong_name, &certs->expired, &certs->future,   &certs->self_signed,
                      &certs->unknown,    &certs->client};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        g_free(*paths[i]);
    g_free(certs);
}

char *
certs_fingerprint(const char *path)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("%s cannot be read", path);
    char *begin = strstr(text, "-----BEGIN CERTIFICATE-----");
    char *end = begin ? strstr(begin, "-----END CERTIFICATE-----") : NULL;
    if (!end)
        g_error("%s holds no certificate", path);
    begin += strlen("-----BEGIN CERTIFICATE-----");
    *end = '\0';
    gsize len = 0;
    g_autofree guchar *der = g_base64_decode(begin, &len);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, len);
}
