/* Which messages the search index holds. Private to src/store. */
#ifndef WEFT_STORE_INDEX_H
#define WEFT_STORE_INDEX_H

/* A condition on a row of `messages`: its text is (to be) in the index. Said by somebody: text,
 * action, notice; and topics. Never what servers and weft say, and no comings and goings. Flags do
 * not count: they change, and are looked at when a search has found the row. */
#define INDEX_HAS_ROW "(kind IN (0, 1, 2, 8) AND body <> '')"

#endif
