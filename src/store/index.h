/* The file of the search index (search.db): which messages it holds, and how. Private to src/store.
 *
 * One contentless FTS5 table, rowid = message id. Column `body` is the text; `place` is made of two
 * words of one private-use character each, for the buffer and for the sender, so that a search in
 * one buffer or by one sender walks through few rows. Several buffers share a character: what is
 * found is looked at again. One-character words are in no prefix index, so they cost little. */
#ifndef WEFT_STORE_INDEX_H
#define WEFT_STORE_INDEX_H

#include "store/db.h"

/* A condition on a row of `messages`: its text is (to be) in the index. Said by somebody: text,
 * action, notice; and topics. Never what servers and weft say, and no comings and goings. Flags do
 * not count: they change, and are looked at when a search has found the row. */
#define INDEX_HAS_ROW "(kind IN (0, 1, 2, 8) AND (body <> '' OR file_names IS NOT NULL))"
/* What of such a row is searched: its text, and the names of its files. */
#define INDEX_TEXT "body || ifnull(char(10) || file_names, '')"

/* Raised whenever the form below changes: indexes of another form are made anew. */
#define INDEX_FORM 1

#define INDEX_PLACE_BYTES 8 /* with the NUL at the end */
/* The words for the column `place`. 0: none of that sort. */
void index_place(int64_t buffer_id, int64_t user_id, char place[INDEX_PLACE_BYTES]);

char *index_path(const char *dir);

/* Opens for writing; makes the file when it is missing, and makes it anew (with a line in the log)
 * when it is damaged, of another form or not of `profile`. */
struct db *index_open(const char *dir, const char *vfs, const char *profile, GError **error);
/* Opens what is there for reading. NOT_FOUND: there is none that would serve. */
struct db *index_open_reading(const char *dir, const char *profile, GError **error);
/* Removes the file and what belongs to it. */
void index_remove(const char *dir);

/* The name that weft.db gives its index; NULL when it cannot be read. */
char *index_profile(struct db *history);

#endif
