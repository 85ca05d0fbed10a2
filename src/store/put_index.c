/* What the search index must forget, noted in the transaction that changes the message. */
#include "store/index.h"
#include "store/put.h"

bool
put_unindex(struct put *put, int64_t message_id)
{
    return db_run(db_bind(put->db,
                          "INSERT INTO unindex (message_id, buffer_id, user_id, body)"
                          " SELECT id, buffer_id, user_id,"
                          " CASE WHEN " INDEX_HAS_ROW " THEN " INDEX_TEXT " END"
                          " FROM messages WHERE id = ?1",
                          "i", message_id));
}

bool
put_unindexed(struct put *put, int64_t upto)
{
    return db_run(db_bind(put->db, "DELETE FROM unindex WHERE id <= ?1", "i", upto));
}
