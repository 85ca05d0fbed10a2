/* Looking for a channel to join: those of a space, page by page, narrowed by what is typed, in what
 * is here and on the server. */
#include <string.h>

#include "core/place.h"
#include "ui/fuzzy.h"
#include "ui/ui_priv.h"

#define MOST_LISTED 5000
#define ASK_US      (250 * 1000) /* after the last letter, before the server is asked */

struct entry {
    char *id, *name, *title, *purpose;
    char *note; /* "12 people", "joined, 12" */
    unsigned order;
    bool joined;
};

struct hit {
    const struct entry *entry;
    int score;
};

struct ui_browse {
    struct ui *ui;
    GArray *places; /* struct place */
    size_t place;
    char *where;
    struct editor *query;
    GPtrArray *entries; /* struct entry, of this place */
    GHashTable *by_id;
    GArray *hits; /* struct hit, best first */
    size_t selected;
    unsigned page; /* the next one to fetch */
    bool more;     /* there is one */
    struct core_ask *pages, *words;
    unsigned timer; /* until the server is asked for what was typed */
    char *error;
};

static void
entry_free(void *data)
{
    struct entry *entry = data;

    g_free(entry->id);
    g_free(entry->name);
    g_free(entry->title);
    g_free(entry->purpose);
    g_free(entry->note);
    g_free(entry);
}

/* --- what is here
 * --------------------------------------------------------------------------------------- */

static gint
by_score(gconstpointer a, gconstpointer b)
{
    const struct hit *one = a, *other = b;

    if (one->score != other->score)
        return one->score < other->score ? 1 : -1;
    return one->entry->order < other->entry->order ? -1 : one->entry->order > other->entry->order;
}

/* By its name, its longer name, or a part of its purpose. */
static int
rate(const struct entry *entry, const char *query, const char *folded)
{
    int score = fuzzy_match(query, entry->name, NULL);

    score = MAX(score, fuzzy_match(query, entry->title, NULL));
    if (score >= 0 || !*folded)
        return score;
    g_autofree char *purpose = g_utf8_casefold(entry->purpose, -1);
    return strstr(purpose, folded) ? 0 : -1;
}

static void
narrow(struct ui_browse *browse)
{
    const char *query = editor_text(browse->query);
    g_autofree char *folded = g_utf8_casefold(query, -1);
    const struct entry *at = browse->selected < browse->hits->len
                                 ? g_array_index(browse->hits, struct hit, browse->selected).entry
                                 : NULL;

    g_array_set_size(browse->hits, 0);
    for (guint i = 0; i < browse->entries->len; i++) {
        const struct entry *entry = browse->entries->pdata[i];
        const struct hit hit = {entry, *query ? rate(entry, query, folded) : 0};
        if (hit.score >= 0)
            g_array_append_val(browse->hits, hit);
    }
    g_array_sort(browse->hits, by_score);
    browse->selected = 0;
    for (guint i = 0; !*query && at && i < browse->hits->len; i++)
        if (g_array_index(browse->hits, struct hit, i).entry == at)
            browse->selected = i;
}

static void
add(struct ui_browse *browse, const struct listed *listed)
{
    if (browse->entries->len >= MOST_LISTED || g_hash_table_contains(browse->by_id, listed->id))
        return;
    struct entry *entry = g_new0(struct entry, 1);
    GString *note = g_string_new(listed->joined ? "joined" : "");
    if (listed->members > 0)
        g_string_append_printf(note, "%s%u %s", note->len ? ", " : "", listed->members,
                               listed->members == 1 ? "person" : "people");
    if (listed->archived)
        g_string_append(note, note->len ? ", closed" : "closed");
    entry->id = g_utf8_make_valid(listed->id, -1);
    entry->name = g_utf8_make_valid(listed->name, -1);
    entry->title = g_utf8_make_valid(listed->title ? listed->title : "", -1);
    entry->purpose = g_utf8_make_valid(listed->purpose ? listed->purpose : "", -1);
    entry->note = g_string_free(note, FALSE);
    entry->joined = listed->joined;
    entry->order = browse->entries->len;
    g_ptr_array_add(browse->entries, entry);
    g_hash_table_insert(browse->by_id, entry->id, entry);
}

/* --- asking
 * --------------------------------------------------------------------------------------------- */

static void
take(struct ui_browse *browse, const struct browse_result *result, const GError *error)
{
    g_free(browse->error);
    browse->error = error ? g_strdup(error->message) : NULL;
    for (size_t i = 0; result && i < result->n; i++)
        add(browse, &result->list[i]);
    narrow(browse);
    ui_changed(browse->ui);
}

static void
on_page(void *user, const struct browse_result *result, const GError *error)
{
    struct ui_browse *browse = user;

    browse->pages = NULL;
    browse->page++;
    browse->more = result && result->more && browse->entries->len < MOST_LISTED;
    take(browse, result, error);
}

static void
on_words(void *user, const struct browse_result *result, const GError *error)
{
    struct ui_browse *browse = user;

    browse->words = NULL;
    take(browse, result, error);
}

static const struct place *
place_of(const struct ui_browse *browse)
{
    return &g_array_index(browse->places, struct place, browse->place);
}

static void
ask_page(struct ui_browse *browse)
{
    g_autoptr(GError) error = NULL;

    if (browse->pages)
        return;
    browse->pages =
        core_browse(browse->ui->core, place_of(browse), "", browse->page, on_page, browse, &error);
    if (!browse->pages) {
        browse->more = false;
        take(browse, NULL, error);
    }
}

static void
ask_words(void *user)
{
    struct ui_browse *browse = user;
    g_autoptr(GError) error = NULL;
    const char *words = editor_text(browse->query);

    browse->timer = 0;
    core_ask_forget(browse->words);
    browse->words = NULL;
    if (!*words)
        return;
    browse->words =
        core_browse(browse->ui->core, place_of(browse), words, 0, on_words, browse, &error);
    if (!browse->words)
        take(browse, NULL, error);
}

static void
forget_asks(struct ui_browse *browse)
{
    clock_timer_del(core_clock(browse->ui->core), browse->timer);
    browse->timer = 0;
    core_ask_forget(g_steal_pointer(&browse->pages));
    core_ask_forget(g_steal_pointer(&browse->words));
}

static void
typed(struct ui_browse *browse)
{
    struct clock *clock = core_clock(browse->ui->core);

    narrow(browse);
    clock_timer_del(clock, browse->timer);
    /* All that there is was listed already: nobody is asked. */
    browse->timer =
        browse->more || browse->pages ? clock_timer_add(clock, ASK_US, ask_words, browse) : 0;
}

/* Another space, from its beginning. */
static void
enter(struct ui_browse *browse, size_t place)
{
    forget_asks(browse);
    g_hash_table_remove_all(browse->by_id);
    g_array_set_size(browse->hits, 0);
    g_ptr_array_set_size(browse->entries, 0);
    browse->place = place;
    browse->page = 0;
    browse->selected = 0;
    g_free(browse->where);
    browse->where = core_place_name(browse->ui->core, place_of(browse));
    ask_page(browse);
    if (!editor_is_empty(browse->query))
        typed(browse);
}

/* --- life
 * -----------------------------------------------------------------------------------------------
 */

struct ui_browse *
ui_browse_new(struct ui *ui, int64_t buffer_id, const char *words)
{
    g_autoptr(GArray) places = core_places(ui->core, CAP_BROWSE, buffer_id);

    if (places->len == 0)
        return NULL;
    struct ui_browse *browse = g_new0(struct ui_browse, 1);
    browse->ui = ui;
    browse->places = g_steal_pointer(&places);
    browse->query = editor_new(ui_rules(ui));
    editor_set(browse->query, words ? words : "", SIZE_MAX);
    browse->entries = g_ptr_array_new_with_free_func(entry_free);
    browse->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    browse->hits = g_array_new(FALSE, FALSE, sizeof(struct hit));
    enter(browse, 0);
    return browse;
}

void
ui_browse_free(struct ui_browse *browse)
{
    if (!browse)
        return;
    forget_asks(browse);
    g_array_unref(browse->places);
    g_array_unref(browse->hits);
    g_hash_table_unref(browse->by_id);
    g_ptr_array_unref(browse->entries);
    editor_free(browse->query);
    g_free(browse->where);
    g_free(browse->error);
    g_free(browse);
}

/* --- keys
 * -----------------------------------------------------------------------------------------------
 */

static int
rows_each(const struct ui_browse *browse)
{
    return pane_search_hit_rows(ui_over_place(browse->ui).cols);
}

static size_t
in_sight(const struct ui_browse *browse)
{
    return (size_t)MAX(1, pane_search_list_rows(ui_over_place(browse->ui)) / rows_each(browse));
}

static void
move(struct ui_browse *browse, int by)
{
    const int n = (int)browse->hits->len;

    if (n > 0)
        browse->selected = (size_t)CLAMP((int)browse->selected + by, 0, n - 1);
    /* The end is near: what follows is fetched before one is there. */
    if (browse->more && browse->selected + 2 * in_sight(browse) >= browse->hits->len)
        ask_page(browse);
}

static void
join(struct ui_browse *browse)
{
    struct ui *ui = browse->ui;
    g_autoptr(GError) error = NULL;

    if (browse->selected >= browse->hits->len)
        return;
    const struct entry *entry = g_array_index(browse->hits, struct hit, browse->selected).entry;
    const bool good =
        core_join_listed(ui->core, place_of(browse), ui->window->shown, entry->id, &error);
    ui_over_close(ui);
    if (!good)
        ui_tell(ui, error->message, true);
}

static bool
move_key(struct ui_browse *browse, enum action action)
{
    const int page = (int)in_sight(browse);

    switch (action) {
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
        move(browse, -1);
        return true;
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
        move(browse, 1);
        return true;
    case ACTION_SCROLL_UP:
        move(browse, -page);
        return true;
    case ACTION_SCROLL_DOWN:
        move(browse, page);
        return true;
    case ACTION_COMPLETE:
    case ACTION_COMPLETE_BACK:
        enter(browse, (browse->place + browse->places->len +
                       (action == ACTION_COMPLETE ? 1 : browse->places->len - 1)) %
                          browse->places->len);
        return true;
    default:
        return false;
    }
}

void
ui_browse_key(struct ui_browse *browse, enum action action, struct key key)
{
    const unsigned serial = editor_serial(browse->query);

    if (move_key(browse, action))
        return;
    if (action == ACTION_CANCEL) {
        ui_over_close(browse->ui);
        return;
    }
    if (action == ACTION_SUBMIT) {
        join(browse);
        return;
    }
    if (action == ACTION_NONE && key_is_text(key))
        editor_insert_char(browse->query, key.code);
    else if (action != ACTION_NONE && action != ACTION_NEWLINE)
        editor_action(browse->query, action, NULL);
    if (serial != editor_serial(browse->query))
        typed(browse);
}

void
ui_browse_paste(struct ui_browse *browse, const char *text, size_t len)
{
    editor_insert(browse->query, text, len);
    typed(browse);
}

bool
ui_browse_select(struct ui_browse *browse, size_t choice)
{
    const bool was = browse->selected == choice;

    browse->selected = MIN(choice, MAX(1, browse->hits->len) - 1);
    return was;
}

/* --- drawing
 * ------------------------------------------------------------------------------------------- */

static char *
status_of(const struct ui_browse *browse)
{
    const bool waits = browse->pages || browse->words || browse->timer != 0;
    GString *text = g_string_new(browse->where);

    if (browse->hits->len > 0)
        g_string_append_printf(text, ": %u%s found.  Enter: join", browse->hits->len,
                               browse->more ? "+" : "");
    else
        g_string_append(text, waits                            ? ": asking …"
                              : editor_is_empty(browse->query) ? ": there is no channel to join."
                                                               : ": no channel is called so.");
    if (browse->places->len > 1)
        g_string_append(text, "  Tab: next space");
    g_string_append(text, "  Esc");
    return g_string_free(text, FALSE);
}

void
ui_browse_draw(struct ui_browse *browse, const struct canvas *canvas, struct rect rect)
{
    const size_t fits = in_sight(browse);
    const size_t first = browse->selected / fits * fits;
    const size_t n = MIN(fits, browse->hits->len - MIN(first, browse->hits->len));
    g_autofree struct view_hit *hits = g_new0(struct view_hit, n + 1);
    g_autofree char *status = browse->error ? g_strdup(browse->error) : status_of(browse);
    struct view_search view = {
        .prompt = " join> ",
        .query = browse->query,
        .hits = hits,
        .n = n,
        .selected = browse->selected - first,
        .status = status,
        .bad = browse->error != NULL,
        .drawn = &browse->ui->drawn,
    };

    for (size_t i = 0; i < n; i++) {
        const struct entry *entry = g_array_index(browse->hits, struct hit, first + i).entry;
        hits[i] = (struct view_hit){.when = entry->note,
                                    .buffer = entry->name,
                                    .sender = entry->title,
                                    .text = entry->purpose};
    }
    pane_search_draw(canvas, rect, &view);
    browse->ui->drawn.first = first;
}
