#include "model/buffer.h"

void
account_free(struct account *account)
{
    if (account == NULL)
        return;
    g_free(account->name);
    g_free(account->network);
    g_free(account->label);
    g_free(account->state_text);
    g_free(account->self_id);
    g_free(account->self_name);
    g_free(account->server_name);
    g_free(account);
}

void
space_free(struct space *space)
{
    if (space == NULL)
        return;
    g_free(space->remote_id);
    g_free(space->name);
    g_free(space);
}

void
buffer_group_free(struct buffer_group *group)
{
    if (group == NULL)
        return;
    g_free(group->remote_id);
    g_free(group->name);
    g_free(group);
}

bool
buffer_stands_apart(const struct buffer *buffer)
{
    return buffer->kind >= BUFFER_DIRECT && buffer->listed_in == 0;
}

void
buffer_free(struct buffer *buffer)
{
    if (buffer == NULL)
        return;
    g_free(buffer->remote_id);
    g_free(buffer->name);
    g_free(buffer->topic);
    g_free(buffer->modes);
    g_free(buffer->status);
    g_clear_pointer(&buffer->members, g_hash_table_unref);
    g_free(buffer);
}

struct member *
member_new(const char *id, const char *name, const char *prefix)
{
    struct member *member = g_new0(struct member, 1);
    member->id = g_strdup(id);
    member->name = g_strdup(name);
    member->prefix = g_strdup(prefix != NULL ? prefix : "");
    return member;
}

void
member_free(struct member *member)
{
    if (member == NULL)
        return;
    g_free(member->id);
    g_free(member->name);
    g_free(member->prefix);
    g_free(member->login);
    g_free(member->status);
    g_free(member);
}

const char *
account_state_name(enum account_state state)
{
    switch (state) {
    case ACCOUNT_OFFLINE:
        return "offline";
    case ACCOUNT_CONNECTING:
        return "connecting";
    case ACCOUNT_LOGIN:
        return "login";
    case ACCOUNT_CATCH_UP:
        return "catch-up";
    case ACCOUNT_ONLINE:
        return "online";
    case ACCOUNT_WAITING:
        return "waiting";
    case ACCOUNT_FAILED:
        return "failed";
    }
    return "unknown";
}
