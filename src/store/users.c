#include "store/users.h"

#include <string.h>

/* About 200 KB at most with names of ordinary length. Long names are not remembered. */
#define CACHE_MAX          2000
#define CACHE_MAX_ID_BYTES 512

struct users {
    struct db *db;
    GHashTable *ids; /* account, id and name in one string → row id */
    GString *scratch;
};

struct users *
users_new(struct db *db)
{
    struct users *users = g_new0(struct users, 1);
    users->db = db;
    users->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    users->scratch = g_string_new(NULL);
    return users;
}

void
users_free(struct users *users)
{
    if (users == NULL)
        return;
    g_hash_table_unref(users->ids);
    g_string_free(users->scratch, TRUE);
    g_free(users);
}

void
users_forget(struct users *users)
{
    g_hash_table_remove_all(users->ids);
}

/* Lengths make two different triples different strings, whatever bytes the parts hold. */
static void
make_cache_key(GString *key, int64_t account_id, const char *remote_id, const char *name)
{
    g_string_truncate(key, 0);
    for (uint64_t rest = (uint64_t)account_id; rest != 0; rest >>= 6)
        g_string_append_c(key, (char)('0' + (rest & 63)));
    g_string_append_c(key, remote_id != NULL ? ' ' : '-');
    for (size_t rest = remote_id != NULL ? strlen(remote_id) : 0; rest != 0; rest >>= 6)
        g_string_append_c(key, (char)('0' + (rest & 63)));
    g_string_append_c(key, name != NULL ? ' ' : '-');
    g_string_append(key, remote_id != NULL ? remote_id : "");
    g_string_append(key, name != NULL ? name : "");
}

static bool
find_or_add(struct users *users, int64_t account_id, const char *remote_id, const char *name,
            int64_t *ret_id)
{
    bool ok;
    int64_t id = db_number(db_bind(users->db,
                                   "SELECT id FROM users WHERE account_id = ?1"
                                   " AND ifnull(remote_id, x'') = ifnull(?2, x'')"
                                   " AND ifnull(name, x'') = ifnull(?3, x'')",
                                   "iss", account_id, remote_id, name),
                           0, &ok);
    if (ok && id == 0) {
        ok = db_run(db_bind(users->db,
                            "INSERT INTO users (account_id, remote_id, name) VALUES (?1, ?2, ?3)",
                            "iss", account_id, remote_id, name));
        id = sqlite3_last_insert_rowid(users->db->handle);
    }
    if (ok)
        *ret_id = id;
    return ok;
}

bool
users_intern(struct users *users, int64_t account_id, const char *remote_id, const char *name,
             int64_t *ret_id)
{
    if (remote_id == NULL && name == NULL) {
        *ret_id = 0;
        return true;
    }
    GString *key = users->scratch;
    make_cache_key(key, account_id, remote_id, name);
    void *known = g_hash_table_lookup(users->ids, key->str);
    if (known != NULL) {
        *ret_id = (int64_t)(intptr_t)known;
        return true;
    }
    int64_t id;
    if (!find_or_add(users, account_id, remote_id, name, &id))
        return false;
    if (key->len <= CACHE_MAX_ID_BYTES) {
        if (g_hash_table_size(users->ids) >= CACHE_MAX)
            g_hash_table_remove_all(users->ids);
        g_hash_table_insert(users->ids, g_strdup(key->str), (void *)(intptr_t)id);
    }
    *ret_id = id;
    return true;
}
