#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "net/http_priv.h"

#define DEFAULT_TIMEOUT_US ((int64_t)30 * G_USEC_PER_SEC)
#define DEFAULT_TOTAL_US   ((int64_t)120 * G_USEC_PER_SEC)
#define REDIRECTS_MAX      5

/* A part of a URL as curl reads it; NULL when it has none. g_free(). */
static char *
part_of(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    char *copy;

    if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return NULL;
    copy = g_strdup(text);
    curl_free(text);
    return copy;
}

/* NULL and `error` when the URL is none that weft asks. curl_url_cleanup(). */
static CURLU *
parse_url(const char *text, GError **error)
{
    CURLU *url = curl_url();

    if (text && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
        g_autofree char *scheme = part_of(url, CURLUPART_SCHEME, 0);
        g_autofree char *host = part_of(url, CURLUPART_HOST, 0);
        g_autofree char *user = part_of(url, CURLUPART_USER, 0);
        bool web = g_strcmp0(scheme, "https") == 0 || g_strcmp0(scheme, "http") == 0;
        if (web && host && *host && !user)
            return url;
    }
    curl_url_cleanup(url);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "That is no address of a web server: it must begin with https:// and have "
                        "no name or password in it. weft asked nobody.");
    return NULL;
}

static bool
is_token(const char *text)
{
    return text && *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static bool
copy_headers(struct http_call *call, const char *const *headers, GError **error)
{
    for (; headers && *headers; headers++) {
        if (strpbrk(*headers, "\r\n") || !strchr(*headers, ':')) {
            g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                "A header with a line end in it was not sent.");
            return false;
        }
        call->headers = curl_slist_append(call->headers, *headers);
    }
    /* Curl would wait a second for a word that few servers say. */
    call->headers = curl_slist_append(call->headers, "Expect:");
    return true;
}

static bool
open_body(struct http_call *call, const char *path, uint64_t start, GError **error)
{
    struct stat info;

    call->body_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (call->body_fd >= 0 && fstat(call->body_fd, &info) == 0 && S_ISREG(info.st_mode) &&
        (uint64_t)info.st_size >= start) {
        call->body_start = start;
        call->body_bytes = (uint64_t)info.st_size - start;
        return true;
    }
    g_autofree char *shown = g_filename_display_name(path);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "The file %s cannot be read: %s. Nothing was sent.", shown,
                call->body_fd < 0 ? g_strerror(errno) : "it is no plain file, or was changed");
    return false;
}

static bool
copy_body(struct http_call *call, const struct http_request *request, GError **error)
{
    call->has_body = request->body || request->body_path;
    if (request->body_path)
        return open_body(call, request->body_path, request->body_start, error);
    if (request->body) {
        call->body = g_bytes_ref(request->body);
        call->body_bytes = g_bytes_get_size(request->body);
    }
    return true;
}

struct http_call *
http_call_new(const struct http_request *request, GError **error)
{
    struct http_call *call = g_new0(struct http_call, 1);
    bool streams = request->body_path || request->follow;
    CURLU *url;

    call->body_fd = -1;
    call->answer = g_byte_array_new();
    call->answer_headers = g_ptr_array_new_with_free_func(g_free);
    call->method = g_strdup(request->method);
    call->url = g_strdup(request->url);
    tls_copy_set(&call->tls, &request->tls);
    call->follow = request->follow;
    call->once = request->once;
    call->connect_timeout_us =
        request->connect_timeout_us > 0 ? request->connect_timeout_us : DEFAULT_TIMEOUT_US;
    call->silence_timeout_us =
        request->silence_timeout_us > 0 ? request->silence_timeout_us : DEFAULT_TIMEOUT_US;
    call->total_timeout_us = request->total_timeout_us > 0 ? request->total_timeout_us
                             : streams                     ? 0
                                                           : DEFAULT_TOTAL_US;
    call->max_bytes = request->max_bytes > 0 ? request->max_bytes : HTTP_BODY_MAX_BYTES;
    url = parse_url(request->url, error);
    if (url)
        curl_url_cleanup(url);
    else
        return call;
    if (!is_token(request->method)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "A request without a method was not sent.");
        return call;
    }
    if (copy_headers(call, request->headers, error))
        copy_body(call, request, error);
    return call;
}

void
http_call_free(struct http_call *call)
{
    if (!call)
        return;
    if (call->body_fd >= 0)
        close(call->body_fd);
    g_clear_pointer(&call->body, g_bytes_unref);
    curl_slist_free_all(call->headers);
    g_byte_array_unref(call->answer);
    g_ptr_array_unref(call->answer_headers);
    g_clear_error(&call->error);
    g_free(call->method);
    g_free(call->url);
    tls_copy_clear(&call->tls);
    g_free(call);
}

char *
http_call_pool_key(const struct http_call *call, char **ret_host, char **ret_name)
{
    CURLU *url = curl_url();
    GString *key = g_string_new(NULL);

    curl_url_set(url, CURLUPART_URL, call->url, 0);
    g_autofree char *scheme = part_of(url, CURLUPART_SCHEME, 0);
    g_autofree char *host = part_of(url, CURLUPART_HOST, 0);
    g_autofree char *port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    g_autofree char *given_port = part_of(url, CURLUPART_PORT, 0);
    curl_url_cleanup(url);
    g_string_append_printf(key, "%s://%s:%s", scheme, host, port);
    *ret_host = given_port ? g_strdup_printf("%s:%s", host, given_port) : g_steal_pointer(&host);
    *ret_name = NULL;
    if (strcmp(scheme, "https") == 0) {
        g_autofree char *literal = g_strdup(host ? host : *ret_host);
        size_t len = strlen(literal);
        if (literal[0] == '[' && literal[len - 1] == ']') {
            literal[len - 1] = '\0';
            *ret_name = g_strdup(literal + 1);
        } else {
            *ret_name = g_hostname_to_ascii(literal);
            if (!*ret_name)
                *ret_name = g_strdup(literal);
        }
    }
    g_string_append_printf(key, "\n%s\n%s\n%s", call->tls.ca_file ? call->tls.ca_file : "",
                           call->tls.cert_file ? call->tls.cert_file : "",
                           call->tls.fingerprint ? call->tls.fingerprint : "");
    return g_string_free(key, FALSE);
}

/* What the headers say is for one server. */
static bool
is_same_origin(CURLU *a, CURLU *b)
{
    const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *one = part_of(a, parts[i], CURLU_DEFAULT_PORT);
        g_autofree char *other = part_of(b, parts[i], CURLU_DEFAULT_PORT);
        if (!one || !other || g_ascii_strcasecmp(one, other) != 0)
            return false;
    }
    return true;
}

bool
http_call_redirect(struct http_call *call, long status, const char *location)
{
    CURLU *from, *to;
    bool good = false;

    if (!call->follow || call->has_body || call->redirects >= REDIRECTS_MAX || !location ||
        status < 301 || status > 308 || status == 304 || status == 305 || status == 306)
        return false;
    from = parse_url(call->url, NULL);
    to = curl_url_dup(from);
    if (curl_url_set(to, CURLUPART_URL, location, 0) == CURLUE_OK) {
        g_autofree char *next = part_of(to, CURLUPART_URL, 0);
        g_autofree char *scheme = part_of(to, CURLUPART_SCHEME, 0);
        g_autofree char *old_scheme = part_of(from, CURLUPART_SCHEME, 0);
        CURLU *checked = parse_url(next, NULL);
        good = checked && !(g_strcmp0(old_scheme, "https") == 0 && strcmp(scheme, "http") == 0);
        if (good) {
            if (!is_same_origin(from, to)) {
                g_clear_pointer(&call->headers, curl_slist_free_all);
                g_clear_pointer(&call->tls.cert_file, g_free);
                g_clear_pointer(&call->tls.fingerprint, g_free);
            }
            g_free(call->url);
            call->url = g_steal_pointer(&next);
            call->redirects++;
        }
        if (checked)
            curl_url_cleanup(checked);
    }
    curl_url_cleanup(from);
    curl_url_cleanup(to);
    return good;
}
