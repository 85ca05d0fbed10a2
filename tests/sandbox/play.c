#include "tests/sandbox/play.h"

#include <string.h>

#define LOOK_MS     100
#define HOLD_US     ((int64_t)10 * G_USEC_PER_SEC)
#define READ_BEFORE ((int64_t)60 * 60 * 1000) /* what is older the visitor has read */
#define WORDS_MAX   8

static const struct site_ops *const kinds[] = {&site_mm_ops, &site_irc_ops};

struct play {
    const struct world *world;
    struct play_options options;
    GPtrArray *plan;
    GPtrArray *sites;
    GHashTable *ids; /* names of messages: their ids */
    unsigned next;   /* of the plan */
    int64_t base_ms; /* real time when the hour began */
    int64_t past_ms; /* of the hour, up to `since_us` */
    int64_t since_us;
    guint timer;
    unsigned held;        /* the first site that does not answer the visitor yet */
    int64_t held_till_us; /* whoever is there only is not kept for longer */
    bool began;
};

unsigned
site_number(char **words, unsigned n, unsigned index)
{
    return index < n ? (unsigned)g_ascii_strtoull(words[index], NULL, 10) : 0;
}

const char *
site_whom(char **words, unsigned n, unsigned index)
{
    return index < n && !g_str_equal(words[index], "*") ? words[index] : NULL;
}

bool
site_has_person(const struct site *site, const char *nick)
{
    for (unsigned i = 0; i < site->net->people->len; i++) {
        const struct world_person *person = g_ptr_array_index(site->net->people, i);

        if (g_str_equal(person->nick, nick))
            return true;
    }
    return g_str_equal(site->world->visitor.nick, nick);
}

/* ---- what happens ---- */

static void
carry_out(struct play *play, const struct world_deed *deed)
{
    struct site *site = play_site(play, deed->net->id);
    const char *on = deed->on != NULL ? g_hash_table_lookup(play->ids, deed->on) : NULL;
    int64_t now_ms = play->base_ms + deed->at_ms;
    char *id = NULL;

    if (deed->at_ms < 0 || play->options.now_ms != 0)
        site->ops->set_clock(site, now_ms);
    id = site->ops->act(site, deed, on, now_ms);
    if (id != NULL && deed->as != NULL)
        g_hash_table_replace(play->ids, g_strdup(deed->as), id);
    else
        g_free(id);
}

static const struct world_deed *
next_deed(const struct play *play)
{
    return play->next < play->plan->len ? g_ptr_array_index(play->plan, play->next) : NULL;
}

static void
tell_past(struct play *play)
{
    const struct world_deed *deed = NULL;
    bool read = false;

    while ((deed = next_deed(play)) != NULL && deed->at_ms < 0) {
        if (!read && deed->at_ms > -READ_BEFORE) {
            for (unsigned i = 0; i < play->sites->len; i++) {
                struct site *site = g_ptr_array_index(play->sites, i);

                site->ops->read_all(site);
            }
            read = true;
        }
        carry_out(play, deed);
        play->next++;
    }
    for (unsigned i = 0; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);

        site->ops->set_clock(site, play->options.now_ms);
    }
}

struct play *
play_new(const struct world *world, const struct play_options *options)
{
    struct play *play = g_new0(struct play, 1);

    play->world = world;
    play->options = *options;
    play->plan = world_plan(world, options->seed);
    play->sites = g_ptr_array_new();
    play->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    play->base_ms = options->now_ms != 0 ? options->now_ms : g_get_real_time() / 1000;
    for (unsigned i = 0; i < world->nets->len; i++) {
        const struct world_net *net = g_ptr_array_index(world->nets, i);

        for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
            if (g_str_equal(kinds[k]->kind, net->kind))
                g_ptr_array_add(play->sites,
                                kinds[k]->open(world, net, options->seed, play->base_ms));
        }
    }
    play->held = play->sites->len;
    tell_past(play);
    return play;
}

void
play_free(struct play *play)
{
    if (play == NULL)
        return;
    if (play->timer != 0)
        g_source_remove(play->timer);
    for (unsigned i = 0; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);

        site->ops->close(site);
    }
    g_ptr_array_unref(play->sites);
    g_ptr_array_unref(play->plan);
    g_hash_table_unref(play->ids);
    g_free(play);
}

/* ---- the hour ---- */

static int64_t
hour_ms(const struct play *play)
{
    return play->past_ms + (g_get_monotonic_time() - play->since_us) * play->options.speed / 1000;
}

static void schedule(struct play *play);

static gboolean
on_time(gpointer user)
{
    struct play *play = user;
    const struct world_deed *deed = NULL;

    play->timer = 0;
    while ((deed = next_deed(play)) != NULL && deed->at_ms <= hour_ms(play)) {
        play->next++;
        carry_out(play, deed);
    }
    schedule(play);
    return G_SOURCE_REMOVE;
}

static void
schedule(struct play *play)
{
    const struct world_deed *deed = next_deed(play);

    if (deed != NULL)
        play->timer = g_timeout_add(
            (guint)MAX((deed->at_ms - hour_ms(play)) / play->options.speed, 1), on_time, play);
}

static void
begin(struct play *play)
{
    play->began = true;
    play->since_us = g_get_monotonic_time();
    schedule(play);
}

/* The sites answer one after the other, so that the visitor's program meets them in the same order
 * each time, and the hour looks the same. */
static void
hold_all(struct play *play)
{
    for (unsigned i = 1; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);

        if (site->ops->hold != NULL)
            site->ops->hold(site, true);
    }
    play->held = 1;
    play->held_till_us = g_get_monotonic_time() + HOLD_US;
}

static void
let_go(struct play *play)
{
    while (play->held < play->sites->len) {
        struct site *before = g_ptr_array_index(play->sites, play->held - 1);
        struct site *site = g_ptr_array_index(play->sites, play->held);

        if (!before->ops->visitor_has_rooms(before) && g_get_monotonic_time() < play->held_till_us)
            return;
        if (site->ops->hold != NULL)
            site->ops->hold(site, false);
        play->held++;
    }
}

static gboolean
look_for_visitor(gpointer user)
{
    struct play *play = user;

    let_go(play);
    for (unsigned i = 0; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);

        if (!site->ops->visitor_is_here(site))
            return G_SOURCE_CONTINUE;
    }
    play->timer = 0;
    begin(play);
    return G_SOURCE_REMOVE;
}

void
play_start(struct play *play)
{
    if (play->options.wait) {
        hold_all(play);
        play->timer = g_timeout_add(LOOK_MS, look_for_visitor, play);
    } else {
        begin(play);
    }
}

static void
stop(struct play *play)
{
    if (play->timer != 0)
        g_source_remove(play->timer);
    play->timer = 0;
    play->held_till_us = 0;
    let_go(play);
    if (play->began)
        play->past_ms = hour_ms(play);
    play->began = false;
}

void
play_rest(struct play *play)
{
    const struct world_deed *deed = NULL;

    stop(play);
    while ((deed = next_deed(play)) != NULL) {
        play->next++;
        carry_out(play, deed);
    }
}

/* ---- what it tells ---- */

struct site *
play_site(const struct play *play, const char *id)
{
    for (unsigned i = 0; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);

        if (g_str_equal(site->net->id, id))
            return site;
    }
    return NULL;
}

char *
play_facts(const struct play *play)
{
    GString *text = g_string_new("");

    for (unsigned i = 0; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);
        g_autofree char *secret = site->ops->secret(site);

        g_string_append_printf(text, "port %s %s %u\nvisitor %s %s %s\n", site->net->id,
                               site->net->kind, site->ops->port(site), site->net->id,
                               play->world->visitor.nick, *secret != '\0' ? secret : "-");
        if (site->net->bot != NULL) {
            g_autofree char *token = site->ops->bot_secret(site);

            g_string_append_printf(text, "bot %s %s %s\n", site->net->id, site->net->bot->nick,
                                   token);
        }
    }
    return g_string_free(text, FALSE);
}

char *
play_secret_file(const struct play *play, unsigned index, char **ret_content)
{
    struct site *site = index < play->sites->len ? g_ptr_array_index(play->sites, index) : NULL;

    if (site == NULL)
        return NULL;
    *ret_content = site->ops->secret(site);
    return g_strconcat(site->net->id, ".secret", NULL);
}

static void
add_gateway(const struct play *play, const struct world_gateway *gateway, GString *text)
{
    g_string_append_printf(text, "\n[gateway %s]\n", gateway->id);
    for (unsigned i = 0; i < gateway->places->len; i++) {
        const struct world_place *place = &g_array_index(gateway->places, struct world_place, i);
        struct site *site = play_site(play, place->net->id);
        g_autofree char *address = site->ops->address(site, place->room);

        g_string_append_printf(text, "leg = %s\n", address);
    }
    if (gateway->names != NULL)
        g_string_append_printf(text, "name = %s\n", gateway->names);
}

char *
play_config(const struct play *play)
{
    GString *text = g_string_new("# A made-up place that is gone when weft ends.\n"
                                 "[notify]\nmethod = none\n");

    for (unsigned i = 0; i < play->sites->len; i++) {
        struct site *site = g_ptr_array_index(play->sites, i);
        g_autofree char *content = NULL;
        g_autofree char *file = play_secret_file(play, i, &content);
        g_autofree char *lines = site->ops->config(site, file);

        g_string_append_printf(text, "\n[account %s]\nnetwork = %s\nlabel = %s\n%s", site->net->id,
                               site->net->kind, site->net->label, lines);
    }
    for (unsigned i = 0; i < play->world->gateways->len; i++)
        add_gateway(play, g_ptr_array_index(play->world->gateways, i), text);
    return g_string_free(text, FALSE);
}

/* ---- orders ---- */

static char *
control_hour(struct play *play, char **words, unsigned n)
{
    if (n == 1 && g_str_equal(words[0], "stop")) {
        stop(play);
    } else if (n == 1 && g_str_equal(words[0], "go") && !play->began) {
        stop(play);
        begin(play);
    } else if (n == 1 && g_str_equal(words[0], "rest")) {
        play_rest(play);
    } else if (n == 2 && g_str_equal(words[0], "speed") && site_number(words, n, 1) > 0) {
        bool began = play->began;

        stop(play);
        play->options.speed = site_number(words, n, 1);
        if (began)
            begin(play);
    } else {
        return g_strdup("The hour knows stop, go, rest and speed N.");
    }
    return NULL;
}

char *
play_control(struct play *play, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", WORDS_MAX);
    unsigned n = g_strv_length(words);
    struct site *site = n > 0 ? play_site(play, words[0]) : NULL;

    if (n > 0 && g_str_equal(words[0], "hour"))
        return control_hour(play, words + 1, n - 1);
    if (site == NULL)
        return g_strdup_printf("There is no network \"%s\".", n > 0 ? words[0] : "");
    return site->ops->control(site, words + 1, n - 1);
}
