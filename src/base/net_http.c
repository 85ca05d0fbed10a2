#include "base/net_http.h"

#include <string.h>

const char *
http_answer_header(const struct http_answer *answer, const char *name)
{
    size_t len = strlen(name);

    for (unsigned i = 0; i < answer->headers->len; i++) {
        const char *line = g_ptr_array_index(answer->headers, i);
        if (strncmp(line, name, len) == 0 && line[len] == ':') {
            line += len + 1;
            return line + strspn(line, " \t");
        }
    }
    return NULL;
}
