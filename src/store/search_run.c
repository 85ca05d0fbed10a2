/* Answering one question on the worker's connections. */
#include <string.h>

#include "base/error.h"
#include "store/index.h"
#include "store/rows.h"
#include "store/searcher.h"
#include "text/fold.h"

/* More buffers or senders than these are not asked of the index, only looked at in the rows. */
#define PLACES_MOST 64
/* Of those that rank best, so many are looked at. */
#define RANKED_MOST "5000"
/* Rows between two looks at whether the answer is still wanted. */
#define CANCEL_EVERY 64

struct run {
    struct question *question;
    struct sources *sources;
    bool (*cancelled)(void *user);
    void *user;
    GHashTable *buffers; /* the ids that count; NULL: all */
    char *from;          /* casefolded; NULL: anybody */
    GArray *senders;     /* rows of users with that name */
    unsigned looked;
    bool stopped;
};

/* --- what the index is asked
 * ---------------------------------------------------------------------- */

static void
append_term(GString *match, const struct store_term *term)
{
    g_string_append(match, "body : \"");
    for (const char *c = term->text; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(match, '"');
        g_string_append_c(match, *c);
    }
    g_string_append(match, term->prefix ? "\" *" : "\"");
}

static bool
append_terms(GString *match, const GPtrArray *terms, bool not_, const char *between)
{
    size_t before = match->len;
    for (unsigned i = 0; i < terms->len; i++) {
        const struct store_term *term = terms->pdata[i];
        if (term->not_ != not_)
            continue;
        if (match->len > before)
            g_string_append(match, between);
        append_term(match, term);
    }
    return match->len > before;
}

static void
append_places(GString *match, const GArray *ids, bool senders)
{
    if (ids == NULL || ids->len == 0 || ids->len > PLACES_MOST)
        return;
    g_string_append(match, match->len > 0 ? " AND place : (" : "place : (");
    for (unsigned i = 0; i < ids->len; i++) {
        char place[INDEX_PLACE_BYTES];
        int64_t id = g_array_index(ids, int64_t, i);
        index_place(senders ? 0 : id, senders ? id : 0, place);
        g_string_append_printf(match, "%s\"%s\"", i > 0 ? " OR " : "", place);
    }
    g_string_append_c(match, ')');
}

/* NULL and no error: the index need not be asked, every row is looked at. */
static char *
make_match(const struct run *run, GError **error)
{
    const struct store_query *query = run->question->query;
    g_autoptr(GString) must = g_string_new(NULL);
    g_autoptr(GString) not_ = g_string_new(NULL);
    append_terms(must, query->terms, false, " AND ");
    append_places(must, query->buffer_ids, false);
    append_places(must, run->senders, true);
    bool excludes = append_terms(not_, query->terms, true, " OR ");
    if (must->len == 0 && excludes)
        g_set_error(
            error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
            "Only what must not be there was named. Name a word, a sender or a buffer too.");
    if (must->len == 0)
        return NULL;
    return excludes ? g_strdup_printf("(%s) NOT (%s)", must->str, not_->str) : g_strdup(must->str);
}

/* --- who and where
 * ------------------------------------------------------------------------------- */

static bool
is_called(const char *name, const char *folded)
{
    if (name == NULL)
        return false;
    g_autofree char *other = g_utf8_casefold(name, -1);
    return strcmp(other, folded) == 0;
}

static bool
find_senders(struct run *run)
{
    run->from = g_utf8_casefold(run->question->query->from, -1);
    run->senders = g_array_new(FALSE, FALSE, sizeof(int64_t));
    sqlite3_stmt *users =
        db_bind(run->sources->history, "SELECT id, remote_id, name FROM users", "");
    bool ok;
    while (db_step(users, &ok)) {
        int64_t id = sqlite3_column_int64(users, 0);
        if (is_called((const char *)sqlite3_column_text(users, 1), run->from) ||
            is_called((const char *)sqlite3_column_text(users, 2), run->from))
            g_array_append_val(run->senders, id);
    }
    db_done(users);
    return ok;
}

static void
set_buffers(struct run *run)
{
    const GArray *ids = run->question->query->buffer_ids;
    if (ids == NULL)
        return;
    run->buffers = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = 0; i < ids->len; i++)
        g_hash_table_add(run->buffers, &g_array_index(ids, int64_t, i));
}

static bool
lets_through(const struct run *run, const struct message *message)
{
    const struct store_query *query = run->question->query;
    if ((message->flags & (MESSAGE_DELETED | MESSAGE_IGNORED)) != 0)
        return false;
    if (run->buffers != NULL && !g_hash_table_contains(run->buffers, &message->buffer_id))
        return false;
    if ((query->after_us != 0 && message->time_us < query->after_us) ||
        (query->before_us != 0 && message->time_us >= query->before_us))
        return false;
    return run->from == NULL || is_called(message->sender_id, run->from) ||
           is_called(message->sender_name, run->from);
}

/* --- finding
 * -------------------------------------------------------------------------------------- */

/* True: enough. */
static bool
take(struct run *run, struct message *message)
{
    struct question *question = run->question;
    if (message == NULL)
        return false;
    if (lets_through(run, message)) {
        if (question->hits.messages->len == question->limit) {
            question->hits.more = true;
            message_unref(message);
            return true;
        }
        g_ptr_array_add(question->hits.messages, message);
    } else {
        message_unref(message);
    }
    return false;
}

static bool
is_unwanted(struct run *run)
{
    if (++run->looked % CANCEL_EVERY == 0 && run->cancelled(run->user))
        run->stopped = true;
    return run->stopped;
}

static struct message *
load(struct run *run, int64_t id)
{
    bool ok;
    sqlite3_stmt *row = db_bind(run->sources->history, ROW_MESSAGE "WHERE m.id = ?1", "i", id);
    struct message *message = db_step(row, &ok) ? row_message(row) : NULL;
    db_done(row);
    return message;
}

static bool
find_in_index(struct run *run, const char *match)
{
    const struct question *question = run->question;
    int64_t before = question->before_id > 0 ? question->before_id : INT64_MAX;
    struct db *index = run->sources->index;
    sqlite3_stmt *rows = question->ranked
                             ? db_bind(index,
                                       "SELECT rowid FROM words WHERE words MATCH ?1"
                                       " ORDER BY bm25(words, 1.0, 0.0) LIMIT " RANKED_MOST,
                                       "s", match)
                             : db_bind(index,
                                       "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid < ?2"
                                       " ORDER BY rowid DESC",
                                       "si", match, before);
    bool ok;
    while (db_step(rows, &ok)) {
        if (is_unwanted(run) || take(run, load(run, sqlite3_column_int64(rows, 0))))
            break;
    }
    db_done(rows);
    return ok;
}

static bool
find_in_rows(struct run *run)
{
    const struct question *question = run->question;
    int64_t before = question->before_id > 0 ? question->before_id : INT64_MAX;
    sqlite3_stmt *rows = db_bind(
        run->sources->history,
        ROW_MESSAGE "WHERE m.id < ?1 AND " INDEX_HAS_ROW " ORDER BY m.id DESC", "i", before);
    bool ok;
    while (db_step(rows, &ok)) {
        if (is_unwanted(run) || take(run, row_message(rows)))
            break;
    }
    db_done(rows);
    return ok;
}

static void
note_behind(struct run *run)
{
    bool ok;
    int64_t newest =
        db_number(db_bind(run->sources->history, "SELECT max(id) FROM messages", ""), 0, &ok);
    int64_t indexed =
        db_number(db_bind(run->sources->index, "SELECT indexed_to FROM state", ""), 0, &ok);
    run->question->hits.behind = MAX(0, newest - indexed);
}

/* --- a part of a word
 * ------------------------------------------------------------------------------ */

static bool
scan(struct run *run)
{
    struct question *question = run->question;
    const struct store_scan *scan = &question->scan;
    sqlite3_stmt *rows = db_bind(
        run->sources->history,
        "SELECT id, sort_key, " INDEX_TEXT " FROM messages"
        " WHERE buffer_id = ?1 AND sort_key <= ?2 AND (sort_key < ?2 OR id < ?3)"
        " AND " INDEX_HAS_ROW " AND (flags & 40) = 0 ORDER BY sort_key DESC, id DESC LIMIT ?4",
        "iiii", scan->buffer_id, scan->from.sort_key, scan->from.id, (int64_t)scan->limit);
    int64_t found = 0;
    unsigned n = 0;
    bool ok;
    question->hits.reached = scan->from;
    while (found == 0 && db_step(rows, &ok) && !is_unwanted(run)) {
        g_autofree char *body = db_text(rows, 2);
        size_t start, end;
        n++;
        question->hits.reached = (struct position){.id = sqlite3_column_int64(rows, 0),
                                                   .sort_key = sqlite3_column_int64(rows, 1)};
        if (body != NULL && fold_find(body, strlen(body), 0, scan->text, &start, &end))
            found = question->hits.reached.id;
    }
    db_done(rows);
    question->hits.more = found != 0 || n == scan->limit;
    struct message *message = found != 0 ? load(run, found) : NULL;
    if (message != NULL)
        g_ptr_array_add(question->hits.messages, message);
    return ok;
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

static bool
find(struct run *run)
{
    g_autoptr(GError) error = NULL;
    set_buffers(run);
    if (run->question->query->from != NULL && !find_senders(run))
        return false;
    note_behind(run);
    if (run->senders != NULL && run->senders->len == 0)
        return true;
    g_autofree char *match = make_match(run, &error);
    if (error != NULL) {
        run->question->error = g_steal_pointer(&error);
        return true;
    }
    return match != NULL ? find_in_index(run, match) : find_in_rows(run);
}

/* What went wrong, in words. False: the index is damaged. */
static bool
explain(struct run *run)
{
    GError **error = &run->question->error;
    struct db *index = run->sources->index;
    int code = index != NULL ? sqlite3_extended_errcode(index->handle) : SQLITE_OK;
    if (db_code_is_damage(code)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DATABASE,
                    "The search index was damaged. weft makes it anew; ask again in a moment.");
        return false;
    }
    struct db *failed = code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE
                            ? index
                            : run->sources->history;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_INTERNAL, "The search failed: %s.",
                sqlite3_errmsg(failed->handle));
    return true;
}

bool
search_answer(struct question *question, struct sources *sources, bool (*cancelled)(void *user),
              void *user)
{
    struct run run = {
        .question = question, .sources = sources, .cancelled = cancelled, .user = user};
    question->hits.messages = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    bool ok = question->query != NULL ? find(&run) : scan(&run);
    bool sound = ok || cancelled(user) || explain(&run);
    g_clear_pointer(&run.buffers, g_hash_table_unref);
    g_clear_pointer(&run.senders, g_array_unref);
    g_free(run.from);
    return sound;
}
