/* What people say and do while weft is killed and cut off. Nothing is asked of a network that it
 * cannot do. */
#include <stdlib.h>
#include <string.h>

#include "tests/soak/soak.h"
#include "tests/support/loop.h"

#define KNOWN_MOST 40 /* lines that things are still done to */
#define DEEDS      (SITE_REACT | SITE_DELETE | SITE_EDIT | SITE_REPLY)

static const char *const emoji[] = {"👍", "🎉"};

static unsigned
any(struct soak *soak, unsigned n)
{
    return (unsigned)g_rand_int_range(soak->rand, 0, (gint32)n);
}

static bool
can(const struct soak *soak, enum site_can what)
{
    return (soak->scene.adapter->can & (unsigned)what) != 0;
}

/* --- lines --- */

static void
line_free(void *data)
{
    struct line *line = data;

    g_free(line->text);
    g_free(line->id);
    g_free(line);
}

void
talk_init(struct soak *soak)
{
    soak->lines = g_ptr_array_new_with_free_func(line_free);
    soak->by_text = g_hash_table_new(g_str_hash, g_str_equal);
    soak->known = g_ptr_array_new();
}

void
talk_free(struct soak *soak)
{
    g_ptr_array_unref(soak->known);
    g_hash_table_unref(soak->by_text);
    g_ptr_array_unref(soak->lines);
}

/* who: a letter, of which each has an order of its own. */
static struct line *
add_line(struct soak *soak, char who)
{
    struct line *line = g_new0(struct line, 1);

    line->typed = who == 't';
    line->said_us = g_get_real_time();
    line->text = g_strdup_printf("%c%05u", who, soak->lines->len);
    g_ptr_array_add(soak->lines, line);
    g_hash_table_insert(soak->by_text, line->text, line);
    return line;
}

static void
know(struct soak *soak, struct line *line, const char *id)
{
    if (line->id)
        return;
    line->id = g_strdup(id);
    if (line->taken_back)
        return;
    if (soak->known->len == KNOWN_MOST)
        g_ptr_array_remove_index(soak->known, 0);
    g_ptr_array_add(soak->known, line);
}

/* "shown ID TEXT", "known ID TEXT", "kept - TEXT". */
void
talk_take(char *text, void *user)
{
    struct soak *soak = user;
    g_auto(GStrv) words = g_strsplit(text, " ", 4);
    struct line *line =
        g_strv_length(words) >= 3 ? g_hash_table_lookup(soak->by_text, words[2]) : NULL;

    if (!line)
        return;
    if (strcmp(words[0], "shown") == 0)
        line->shown = true;
    if (strcmp(words[0], "kept") == 0 && words[3] && *words[3] == 'v')
        line->kept = MAX(line->kept, (unsigned)strtoul(words[3] + 1, NULL, 10));
    if (strcmp(words[1], "-") != 0)
        know(soak, line, words[1]);
}

/* who: whose; 0: anybody's. NULL: there is none. */
static struct line *
any_known(struct soak *soak, char who)
{
    const guint n = soak->known->len;
    const unsigned from = n > 0 ? any(soak, n) : 0;

    for (guint i = 0; i < n; i++) {
        struct line *line = soak->known->pdata[(from + i) % n];
        if (who == 0 || *line->text == who)
            return line;
    }
    return NULL;
}

/* From now on nobody touches it, nor what hangs from it. */
static void
let_go(struct soak *soak, struct line *line)
{
    soak->deletions++;
    for (guint i = 0; i < soak->lines->len; i++) {
        struct line *each = soak->lines->pdata[i];
        if (each != line && each->root != line)
            continue;
        each->taken_back = true;
        g_ptr_array_remove(soak->known, each);
    }
}

static char *
changed(struct soak *soak, struct line *line)
{
    soak->changes++;
    return g_strdup_printf("%s v%u", line->text, ++line->version);
}

/* Where answers to answers stand in one thread, it goes as a whole. */
static void
hang(struct soak *soak, struct line *line, const struct line *answered)
{
    soak->answers++;
    if (soak->scene.adapter->ways & WAY_FLAT_THREADS)
        line->root = answered->root ? answered->root : answered;
}

/* --- maria and ines --- */

void
talk_one(struct soak *soak)
{
    soak->scene.adapter->peer_say(soak->scene.peer, SCENE_CHANNEL, add_line(soak, 'm')->text);
}

void
talk_pour(struct soak *soak)
{
    for (unsigned n = any(soak, 4) + 1; n > 0; n--)
        talk_one(soak);
}

struct looking {
    struct soak *soak;
    struct line *line;
};

static bool
is_found(void *user)
{
    const struct looking *looking = user;
    g_autofree char *id = looking->soak->scene.adapter->peer_find(looking->soak->ear, SCENE_CHANNEL,
                                                                  looking->line->text);

    if (id)
        know(looking->soak, looking->line, id);
    return id != NULL;
}

/* `answered`: or NULL. */
static void
ines_says(struct soak *soak, const struct line *answered)
{
    const struct adapter *adapter = soak->scene.adapter;
    struct line *line = add_line(soak, 'i');
    struct looking looking = {soak, line};

    if (answered) {
        hang(soak, line, answered);
        adapter->peer_reply(soak->ines, SCENE_CHANNEL, answered->id, line->text);
    } else {
        adapter->peer_say(soak->ines, SCENE_CHANNEL, line->text);
    }
    if (can(soak, DEEDS) && any(soak, 2) == 0)
        g_assert_true(loop_until(is_found, &looking, CONFORMANCE_DEADLINE_MS));
}

static void
ines_changes(struct soak *soak, struct line *line)
{
    g_autofree char *text = changed(soak, line);

    soak->scene.adapter->peer_edit(soak->ines, SCENE_CHANNEL, line->id, text);
}

static void
ines_reacts(struct soak *soak, struct line *line)
{
    const unsigned which = any(soak, G_N_ELEMENTS(emoji));
    const bool add = !(line->ines_has & 1u << which);

    soak->reactions++;
    line->ines_has ^= 1u << which;
    soak->scene.adapter->peer_react(soak->ines, SCENE_CHANNEL, line->id, emoji[which], add);
}

static void
ines_does(struct soak *soak)
{
    struct line *line = any_known(soak, 0);
    struct line *own = any_known(soak, 'i');

    switch (line ? any(soak, 8) : 8) {
    case 0:
        if (can(soak, SITE_DELETE)) {
            let_go(soak, line);
            soak->scene.adapter->peer_delete(soak->ines, SCENE_CHANNEL, line->id, "a slip");
        }
        break;
    case 1:
    case 2:
        if (can(soak, SITE_EDIT) && own)
            ines_changes(soak, own);
        break;
    case 3:
    case 4:
        if (can(soak, SITE_REACT))
            ines_reacts(soak, line);
        break;
    case 5:
    case 6:
    case 7:
        if (can(soak, SITE_REPLY))
            ines_says(soak, line);
        break;
    default:
        ines_says(soak, NULL);
    }
}

/* --- weft's person --- */

static void
tell_weft(struct soak *soak, const char *verb, const struct line *line, const char *text)
{
    g_autofree char *order =
        g_strdup_printf("%s\t%s\t%s\t%s\n", soak->channel, verb, line ? line->text : "", text);

    puppet_write(soak->weaver, order);
}

void
talk_type(struct soak *soak)
{
    for (unsigned n = any(soak, 3) + 1; n > 0; n--)
        tell_weft(soak, "say", NULL, add_line(soak, 't')->text);
}

/* Where a reaction is told by the name of who reacts, which may be another after a cut, it stays.
 */
static void
kai_reacts(struct soak *soak, struct line *line)
{
    const unsigned which = any(soak, G_N_ELEMENTS(emoji));
    const bool add = !(line->k_has & 1u << which);

    if (!add && !can(soak, SITE_EDIT))
        return;
    soak->reactions++;
    line->k_has ^= 1u << which;
    tell_weft(soak, add ? "react" : "unreact", line, emoji[which]);
}

static void
kai_does(struct soak *soak)
{
    struct line *line = any_known(soak, 0);
    struct line *own = any_known(soak, 't');
    struct line *answer;
    g_autofree char *text = NULL;

    switch (line ? any(soak, 8) : 8) {
    case 0:
        if (can(soak, SITE_DELETE) && own) {
            let_go(soak, own);
            tell_weft(soak, "delete", own, "");
        }
        break;
    case 1:
    case 2:
        if (can(soak, SITE_EDIT) && own) {
            text = changed(soak, own);
            tell_weft(soak, "change", own, text);
        }
        break;
    case 3:
        if (can(soak, SITE_REACT))
            kai_reacts(soak, line);
        break;
    case 4:
    case 5:
        if (can(soak, SITE_REPLY)) {
            answer = add_line(soak, 't');
            hang(soak, answer, line);
            tell_weft(soak, "answer", line, answer->text);
        }
        break;
    default:
        talk_type(soak);
    }
}

/* --- everybody --- */

static void
somebody_comes_and_goes(struct soak *soak)
{
    const struct adapter *adapter = soak->scene.adapter;
    struct peer *jun = adapter->peer_new(soak->scene.site, "jun");

    adapter->peer_join(jun, SCENE_CHANNEL);
    adapter->peer_quit(jun);
    adapter->peer_free(jun);
}

static void
others_do(struct soak *soak)
{
    const struct adapter *adapter = soak->scene.adapter;
    g_autofree char *topic = NULL;

    switch (any(soak, 14)) {
    case 0:
        soak->renamed = !soak->renamed;
        adapter->peer_rename(soak->scene.peer, soak->renamed ? "mariana" : SCENE_PEER);
        break;
    case 1:
        /* Said twice, it would be no change. */
        topic = g_strdup_printf("topic %u", ++soak->topics);
        adapter->peer_topic(soak->scene.peer, SCENE_CHANNEL, topic);
        break;
    case 2:
        somebody_comes_and_goes(soak);
        break;
    case 3:
    case 4:
        ines_says(soak, NULL);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
        ines_does(soak);
        break;
    default:
        talk_pour(soak);
    }
}

static void
turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

void
talk_for(struct soak *soak, int64_t time_us)
{
    int64_t end_us = g_get_monotonic_time() + time_us;

    do {
        const unsigned what = any(soak, 20);
        if (what < 4)
            talk_type(soak);
        else if (what < 10)
            kai_does(soak);
        else
            others_do(soak);
        turn();
    } while (g_get_monotonic_time() < end_us);
    /* Between a key and the end: nothing to the time of a commit and a flight. */
    end_us = g_get_monotonic_time() + any(soak, 15000);
    while (g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, FALSE);
}

void
talk_others(struct soak *soak, int64_t time_us)
{
    const int64_t end_us = g_get_monotonic_time() + time_us;

    do {
        others_do(soak);
        turn();
    } while (g_get_monotonic_time() < end_us);
}
