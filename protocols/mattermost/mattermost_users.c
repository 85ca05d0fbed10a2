/* People: who they are, asked for when a name is needed. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define MOST_ASKED 500

void
mmost_user_free(void *data)
{
    struct mmost_user *user = data;

    g_free(user->id);
    g_free(user->name);
    g_free(user->status);
    g_free(user);
}

struct mmost_user *
mmost_user(struct mm *mm, const char *id)
{
    return id ? g_hash_table_lookup(mm->users, id) : NULL;
}

struct mmost_user *
mmost_user_by_name(struct mm *mm, const char *name)
{
    return g_hash_table_lookup(mm->by_name, name);
}

const char *
mmost_user_name(struct mm *mm, const char *id)
{
    const struct mmost_user *user = mmost_user(mm, id);
    return user ? user->name : NULL;
}

static void
rename_everywhere(struct mm *mm, const struct mmost_user *user)
{
    const struct event event = {
        .type = EVENT_MEMBER_RENAMED,
        .renamed = {.id = user->id, .new_id = user->id, .new_name = user->name}};

    host_emit(mm->host, &event);
}

void
mmost_user_learn(struct mm *mm, const char *id, const char *name)
{
    struct mmost_user *user = mmost_user(mm, id);

    if (!mmost_is_id(id) || !*name || (user && strcmp(user->name, name) == 0) ||
        (!user && g_hash_table_size(mm->users) >= MM_MAX_USERS))
        return;
    if (!user) {
        user = g_new0(struct mmost_user, 1);
        user->id = g_strdup(id);
        user->name = g_strdup(name);
        g_hash_table_insert(mm->users, user->id, user);
    } else {
        if (mmost_user_by_name(mm, user->name) == user)
            g_hash_table_remove(mm->by_name, user->name);
        g_free(user->name);
        user->name = g_strdup(name);
        rename_everywhere(mm, user);
    }
    g_hash_table_replace(mm->by_name, user->name, user);
}

void
mmost_user_put(struct mm *mm, const json_t *object)
{
    const char *id = json_get_text(object, "id");

    mmost_user_learn(mm, id, json_get_text(object, "username"));
    struct mmost_user *user = mmost_user(mm, id);
    if (!user)
        return;
    user->bot = json_get_bool(object, "is_bot");
    mmost_status_take(mm, user, object);
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

void
mmost_job_free(struct mmost_job *job)
{
    if (!job)
        return;
    g_free(job->conversation);
    g_free(job->text);
    json_decref(job->json);
    g_free(job);
}

static void
on_users(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    size_t i;
    json_t *each;

    json_array_foreach(answer->json, i, each) mmost_user_put(mm, each);
    call->users_fn(mm, call->job);
}

void
mmost_users_need(struct mm *mm, GPtrArray *ids_take, struct mmost_job *job_take, mmost_users_fn fn)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    json_t *unknown = json_array();

    for (unsigned i = 0; i < ids_take->len && json_array_size(unknown) < MOST_ASKED; i++) {
        const char *id = ids_take->pdata[i];
        if (mmost_is_id(id) && !mmost_user(mm, id) && g_hash_table_add(seen, ids_take->pdata[i]))
            json_array_append_new(unknown, json_string(id));
    }
    if (json_array_size(unknown) == 0) {
        json_decref(unknown);
        fn(mm, job_take);
        mmost_job_free(job_take);
    } else {
        /* Before all that waits: what hangs on it is here already, and held until it is told. */
        struct mmost_call *call = mmost_call_urgent(mm, "POST", unknown, on_users, "/users/ids");
        call->safe = true;
        call->users_fn = fn;
        call->job = job_take;
        call->op = job_take->op;
    }
    g_ptr_array_unref(ids_take);
}
