#include "protocols/registry.h"

#include "config.h"

#if defined(WITH_IRC) && WITH_IRC
#include "protocols/irc/irc.h"
#endif
#if defined(WITH_MATTERMOST) && WITH_MATTERMOST
#include "protocols/mattermost/mattermost.h"
#endif
#if defined(WITH_MATTERBRIDGE) && WITH_MATTERBRIDGE
#include "protocols/matterbridge/matterbridge.h"
#endif

const struct network *
registry_networks(void)
{
    static const struct network networks[] = {
#if defined(WITH_IRC) && WITH_IRC
        {"irc", &irc_driver},
#endif
#if defined(WITH_MATTERMOST) && WITH_MATTERMOST
        {"mattermost", &mattermost_driver},
#endif
#if defined(WITH_MATTERBRIDGE) && WITH_MATTERBRIDGE
        {"matterbridge", &matterbridge_driver},
#endif
        {NULL, NULL},
    };

    return networks;
}
