#include "net/trust.h"

#include "base/error.h"

struct wish {
    char *ca_file;
    char *cert_file;
};

static void
wish_free(void *data)
{
    struct wish *wish = data;

    g_free(wish->ca_file);
    g_free(wish->cert_file);
    g_free(wish);
}

void
trust_free(struct trust *trust)
{
    if (!trust)
        return;
    g_clear_object(&trust->system);
    g_clear_object(&trust->extra);
    g_clear_object(&trust->client);
    g_free(trust);
}

static void
free_trust(void *trust)
{
    trust_free(trust);
}

static void
bad_file(GError **error, const char *path, const char *what, const GError *why)
{
    g_autofree char *shown = g_filename_display_name(path);

    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "The file %s cannot be used as %s: %s. weft did not connect; correct the file or "
                "its name in the account.",
                shown, what, why ? why->message : "no certificate is in it");
}

static GTlsDatabase *
load_extra(const char *path, GError **error)
{
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autoptr(GError) why = NULL;
    GList *found = g_tls_certificate_list_new_from_file(absolute, &why);
    GTlsDatabase *extra = NULL;

    /* Read as a list first, since the database takes a file without any certificate for good. */
    if (found)
        extra = g_tls_file_database_new(absolute, &why);
    if (!extra)
        bad_file(error, path, "a trusted authority (tls_ca)", why);
    g_list_free_full(found, g_object_unref);
    return extra;
}

static void
load(GTask *task, void *source, void *data, GCancellable *cancellable)
{
    const struct wish *wish = data;
    GTlsBackend *backend = g_tls_backend_get_default();
    g_autoptr(GError) error = NULL;

    if (!g_tls_backend_supports_tls(backend)) {
        g_task_return_new_error(task, WEFT_ERROR, WEFT_ERROR_TLS,
                                "TLS is missing on this machine, so weft did not connect. Install "
                                "it and start weft again: apt install glib-networking");
        return;
    }
    struct trust *trust = g_new0(struct trust, 1);
    trust->system = g_tls_backend_get_default_database(backend);
    if (wish->ca_file)
        trust->extra = load_extra(wish->ca_file, &error);
    if (!error && wish->cert_file) {
        g_autoptr(GError) why = NULL;
        trust->client = g_tls_certificate_new_from_file(wish->cert_file, &why);
        if (!trust->client)
            bad_file(&error, wish->cert_file, "a client certificate (tls_cert)", why);
    }
    if (error) {
        trust_free(trust);
        g_task_return_error(task, g_steal_pointer(&error));
    } else {
        g_task_return_pointer(task, trust, free_trust);
    }
}

void
trust_load(const char *ca_file, const char *cert_file, GCancellable *cancellable,
           GAsyncReadyCallback done, void *user)
{
    struct wish *wish = g_new0(struct wish, 1);
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, done, user);

    wish->ca_file = g_strdup(ca_file);
    wish->cert_file = g_strdup(cert_file);
    g_task_set_task_data(task, wish, wish_free);
    g_task_run_in_thread(task, load);
}

struct trust *
trust_load_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
