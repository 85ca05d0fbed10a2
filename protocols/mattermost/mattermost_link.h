#ifndef WEFT_MATTERMOST_LINK_H
#define WEFT_MATTERMOST_LINK_H

#include "core/driver.h"

/* {server}/{team}/pl/{post}, {server}/{team}/channels/{name}, {server}/{team}/messages/@{user}. The
 * driver's `recognise_link`. */
bool mmost_recognise_link(const char *link, struct link_target *ret_target);

#endif
