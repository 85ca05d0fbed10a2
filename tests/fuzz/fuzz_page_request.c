/* A request at the page's port, in pieces. What is answered is a path asked for by GET or HEAD with
 * one Host that is this machine; where the bytes are cut changes nothing. */
#include <string.h>

#include "daemon/pages_request.h"
#include "tests/fuzz/fuzz.h"

struct answer {
    enum pages_request_state state;
    char *path;
    bool head;
};

/* In memory of just that size. */
static struct answer
read_part(const char *bytes, size_t len)
{
    char *part = g_memdup2(len ? bytes : "", MAX(len, 1));
    struct answer answer = {.head = false};

    answer.state = pages_request_read(part, len, &answer.path, &answer.head);
    g_free(part);
    g_assert_true((answer.path != NULL) == (answer.state == PAGES_REQUEST_WHOLE));
    return answer;
}

/* The first `Host` of the head; `ret_n`: how many there are. g_free(). */
static char *
find_host(const char *head, unsigned *ret_n)
{
    char *host = NULL;

    *ret_n = 0;
    for (const char *at = strstr(head, "\r\n"); at; at = strstr(at, "\r\n")) {
        at += 2;
        if (g_ascii_strncasecmp(at, "host:", 5) != 0)
            continue;
        const char *end = strstr(at, "\r\n");
        if ((*ret_n)++ == 0)
            host = g_strstrip(g_strndup(at + 5, end ? (size_t)(end - at - 5) : strlen(at + 5)));
    }
    return host;
}

static void
check_whole(const struct answer *answer, const char *bytes, size_t len)
{
    const char *end = g_strstr_len(bytes, (gssize)len, "\r\n\r\n");
    g_assert_nonnull(end);
    g_autofree char *head = g_strndup(bytes, (size_t)(end - bytes));
    g_autofree char *begins =
        g_strdup_printf("%s %s HTTP/1.", answer->head ? "HEAD" : "GET", answer->path);
    unsigned n;
    g_autofree char *host = find_host(head, &n);

    g_assert_cmpuint(strlen(head), ==, end - bytes); /* no NUL */
    g_assert_cmpuint(strlen(head), <=, PAGES_MAX_BYTES);
    g_assert_true(g_str_has_prefix(head, begins));
    g_assert_null(strpbrk(answer->path, " "));
    g_assert_cmpuint(n, ==, 1);
    g_autofree char *plain = g_ascii_strdown(host, -1);
    const size_t name = g_str_has_prefix(plain, "localhost") ? 9 : 0;
    const size_t number = g_str_has_prefix(plain, "127.0.0.1") ? 9 : 0;
    g_assert_true(name || number);
    g_assert_true(plain[9] == '\0' || plain[9] == ':');
    for (const char *port = plain + 9 + (plain[9] == ':'); *port; port++)
        g_assert_true(g_ascii_isdigit(*port));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const size_t piece = 1 + fuzz_number(&input, 9000);
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);
    struct answer whole = read_part(bytes, len);
    struct answer answer = {.state = PAGES_REQUEST_MORE};

    for (size_t at = 0; at < len && answer.state == PAGES_REQUEST_MORE; at += piece)
        answer = read_part(bytes, MIN(at + piece, len));
    /* A request that is wrong in two ways may be refused for the one that is seen first. */
    if (whole.state == PAGES_REQUEST_WHOLE || answer.state == PAGES_REQUEST_WHOLE) {
        g_assert_cmpint(answer.state, ==, whole.state);
        g_assert_cmpstr(answer.path, ==, whole.path);
        g_assert_true(answer.head == whole.head);
        check_whole(&whole, bytes, len);
    }
    g_assert_true((whole.state == PAGES_REQUEST_MORE) == (answer.state == PAGES_REQUEST_MORE));
    g_free(whole.path);
    g_free(answer.path);
    return 0;
}
