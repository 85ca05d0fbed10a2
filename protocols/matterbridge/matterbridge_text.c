/* Text: a mixture of the markdowns of the networks behind the gateway. */
#include <string.h>

#include "base/utf8.h"
#include "protocols/common/markdown.h"
#include "protocols/matterbridge/matterbridge_priv.h"

struct rich *
mbridge_text_read(const char *text)
{
    return markdown_read(text, NULL);
}

/* Most of the networks there know no backslash before a mark: a text without marks of its own goes
 * as it was typed. */
char *
mbridge_text_write(const struct rich *rich)
{
    return rich->spans->len == 0 ? g_strndup(rich->text, rich->len) : markdown_write(rich, NULL);
}
