/* The server's markdown and our spans: what its words mean (section 4.7). */
#ifndef WEFT_MATTERMOST_TEXT_H
#define WEFT_MATTERMOST_TEXT_H

#include "protocols/mattermost/mattermost_priv.h"

/* `channel`: where it stands; its team says which channels are meant. */
struct rich *mmost_text_read(struct mm *mm, const char *channel, const char *text);
/* g_free(). */
char *mmost_text_write(struct mm *mm, const struct rich *rich);

/* The name that somebody's message is said under, clean and short enough. g_free(). */
char *mmost_persona_name(const struct persona *as);

/* The driver's `mentions_us`: section 4.6. */
bool mmost_mentions_us(void *session, const struct buffer *buffer, const struct rich *body);

#endif
