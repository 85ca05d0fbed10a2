#include "core/engine.h"

const char *
capability_lack(enum capability capability)
{
    switch (capability) {
    case CAP_SEND:
        return "Nothing can be said here.";
    case CAP_ACTION:
        return "This network has no actions (/me).";
    case CAP_NOTICE:
        return "This network has no notices.";
    case CAP_EDIT:
        return "This network has no way to edit a message.";
    case CAP_DELETE:
        return "This network has no way to delete a message.";
    case CAP_REACT:
        return "This network has no reactions.";
    case CAP_REPLY:
        return "This network has no way to answer one message.";
    case CAP_THREADS:
        return "This network has no threads.";
    case CAP_TYPING:
        return "This network does not tell who is typing.";
    case CAP_MARK_READ:
        return "This network does not keep how far you have read.";
    case CAP_HISTORY:
        return "This network does not keep older messages, or does not give them to us.";
    case CAP_SEARCH:
        return "This network has no search.";
    case CAP_UPLOAD:
        return "This network takes no files.";
    case CAP_DOWNLOAD:
        return "This network gives no files.";
    case CAP_JOIN:
        return "This network has nothing to join.";
    case CAP_LEAVE:
        return "This conversation cannot be left; /close takes it off the list.";
    case CAP_CREATE:
        return "This network does not let you make a channel.";
    case CAP_OPEN_DM:
        return "This network has no direct messages.";
    case CAP_MEMBERS:
        return "This network does not tell who is here.";
    case CAP_USER_INFO:
        return "This network tells nothing about a user.";
    case CAP_SET_TOPIC:
        return "The topic cannot be set here.";
    case CAP_PRESENCE:
        return "This network does not take whether you are away.";
    case CAP_PIN:
        return "This network has no pinned messages.";
    case CAP_RAW:
        return "This network takes no raw lines.";
    case CAP_BUTTONS:
        return "This network has no buttons.";
    case CAP_ECHO:
        return "This network does not send back what we say.";
    case CAP_DEDUPE:
        return "This network cannot tell a second sending from the first.";
    case CAP_BROWSE:
        return "This network does not list what can be joined.";
    case CAP_INVITE:
        return "Nobody can be invited here.";
    case CAP_ARCHIVE:
        return "This network does not let you archive a channel; /part leaves it.";
    case CAP_FOLLOW:
        return "This network does not keep which threads you follow.";
    }
    return NULL;
}

void
link_target_clear(struct link_target *target)
{
    g_clear_pointer(&target->account_name, g_free);
    g_clear_pointer(&target->options, g_free);
    g_clear_pointer(&target->server, g_free);
    g_clear_pointer(&target->space, g_free);
    g_clear_pointer(&target->conversation, g_free);
    g_clear_pointer(&target->invite, g_free);
    g_clear_pointer(&target->message, g_free);
}

const struct network *
core_recognise_link(struct core *core, const char *link, struct link_target *ret_target)
{
    for (const struct network *network = core->networks; network->name != NULL; network++) {
        struct link_target target = {0};
        if (network->driver->recognise_link == NULL)
            continue;
        if (network->driver->recognise_link(link, &target)) {
            *ret_target = target;
            return network;
        }
        link_target_clear(&target);
    }
    return NULL;
}
