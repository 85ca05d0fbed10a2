/* What crosses from where to where: for every ordered pair of networks at hand,
 * each kind of thing that people do, between two servers and people on both who
 * share no code with weft.
 *
 * What is right in each cell follows from what the two sites can do; the test
 * demands it, and compares all cells with docs/relay-matrix.md
 * (WEFT_UPDATE_DOCS=1 writes that anew). */
#include <string.h>

#include "tests/conformance/adapter.h"
#include "tests/relay/bridge.h"
#include "tests/relay/matrix.h"
#include "tests/support/loop.h"

/* The bridge has another name on either side: one server may go by another's
 * name, and two of one name in one channel would be one and the same. */
#define USER    "weft"
#define SECRET  "no-real-secret"
#define CHANNEL "#lab"
#define MARIA   "maria" /* speaks */
#define BOB     "bob"   /* hears */

struct side {
    const struct adapter *adapter;
    struct site *site;
    struct peer *peer;
    const char *account;
    const char *user; /* the bridge's */
    char *channel;    /* as weft calls it */
};

struct pair {
    struct side from, to;
    struct bridge *bridge;
    char *name;        /* what stands before a copy's text; "": its author has the name */
    unsigned messages; /* numbers them */
};

/* --- the two sites and the bridge between --- */

static void
side_start(struct side *side, const struct adapter *adapter, const char *account, const char *who,
           const struct certs *certs)
{
    side->adapter = adapter;
    side->account = account;
    side->user = strcmp(account, "here") == 0 ? USER "here" : USER "there";
    side->site = adapter->start(certs);
    /* Two servers of the tree count alike: what is the same on both would be one
     * and the same. */
    for (int i = 0; i < 5 && adapter->suffix && strcmp(account, "there") == 0; i++) {
        g_autofree char *guest = g_strdup_printf("guest%d", i);
        adapter->make_user(side->site, guest, SECRET);
    }
    adapter->make_user(side->site, side->user, SECRET);
    side->peer = adapter->peer_new(side->site, who);
    adapter->peer_join(side->peer, CHANNEL);
    side->channel = g_strdup(CHANNEL);
    if (adapter->channel_sign)
        *side->channel = adapter->channel_sign;
}

static void
side_configure(const struct side *side, const struct bridge *bridge, GString *conf)
{
    const struct adapter *adapter = side->adapter;
    g_autofree char *folder = bridge_folder(bridge, side->account);
    g_autofree char *options = adapter->options(side->site, LOGIN_NONE, side->user, SECRET, folder);
    g_autofree char *place = adapter->place(side->site, side->user, CHANNEL);

    g_string_append_printf(conf, "[account %s]\nnetwork = %s\n%s%s\n", side->account,
                           adapter->network, options, place);
}

static void
side_stop(struct side *side)
{
    side->adapter->peer_free(side->peer);
    side->adapter->stop(side->site);
    g_free(side->channel);
}

static void
pair_start(struct pair *pair, const struct adapter *from, const struct adapter *to,
           const struct certs *certs)
{
    g_autoptr(GString) conf = g_string_new(NULL);

    side_start(&pair->from, from, "here", MARIA, certs);
    side_start(&pair->to, to, "there", BOB, certs);
    pair->bridge = bridge_new();
    side_configure(&pair->from, pair->bridge, conf);
    side_configure(&pair->to, pair->bridge, conf);
    g_string_append_printf(conf,
                           "[gateway lab]\nleg = here/%s in\nleg = there/%s out\ntopics = set\n",
                           pair->from.channel, pair->to.channel);
    bridge_configure(pair->bridge, conf->str);
    bridge_start(pair->bridge);
    bridge_wait_joined(pair->bridge, "here", pair->from.channel);
    bridge_wait_joined(pair->bridge, "there", pair->to.channel);
    /* Where not everybody may set a topic, somebody lets the bridge. */
    if (to->peer_trusts)
        to->peer_trusts(pair->to.peer, CHANNEL, pair->to.user);
}

static void
pair_stop(struct pair *pair)
{
    bridge_free(pair->bridge);
    side_stop(&pair->from);
    side_stop(&pair->to);
    g_free(pair->name);
}

/* --- hearing --- */

struct hearing {
    struct pair *pair;
    const char *pattern;
    char *author;
};

static bool
is_heard(void *user)
{
    struct hearing *hearing = user;
    const struct side *to = &hearing->pair->to;

    hearing->author = to->adapter->peer_author(to->peer, CHANNEL, hearing->pattern);
    return hearing->author != NULL;
}

/* Under which name something like this has been said there. Ends the test when
 * it is not. */
static char *
hear(struct pair *pair, const char *pattern)
{
    struct hearing hearing = {.pair = pair, .pattern = pattern};

    if (!loop_until(is_heard, &hearing, CONFORMANCE_DEADLINE_MS)) {
        g_autofree char *state = bridge_tell(pair->bridge);
        g_error("nobody has said \"%s\" there.\n%s", pattern, state);
    }
    return hearing.author;
}

/* A line of weft's own, in place of what cannot be carried. */
static void
hear_line(struct pair *pair, const char *pattern)
{
    g_autofree char *author = hear(pair, pattern);

    g_assert_true(g_str_has_prefix(author, USER));
}

/* Says something new; its ids here and there. */
struct said {
    char *text;
    char *id;   /* "": the network gives none */
    char *copy; /* likewise */
};

static void
said_clear(struct said *said)
{
    g_free(said->text);
    g_free(said->id);
    g_free(said->copy);
}

static void
say(struct pair *pair, struct said *said)
{
    said->text = g_strdup_printf("loaf number %u", ++pair->messages);
    pair->from.adapter->peer_say(pair->from.peer, CHANNEL, said->text);
    said->id = bridge_wait_message(pair->bridge, "here", pair->from.channel, said->text);
    said->copy = bridge_wait_message(pair->bridge, "there", pair->to.channel, said->text);
    if (!said->id || !said->copy) {
        g_autofree char *state = bridge_tell(pair->bridge);
        g_error("\"%s\" has not crossed.\n%s", said->text, state);
    }
}

static bool
can(const struct side *side, unsigned what)
{
    return (side->adapter->can & what) == what;
}

/* The network has it, and the program of who hears does not show it: nothing
 * stands in its place. */
static bool
is_unseen(const struct pair *pair, unsigned capability)
{
    const struct buffer *buffer =
        bridge_wait_joined(pair->bridge, pair->to.account, pair->to.channel);

    return (buffer->caps & capability) != 0;
}

/* --- what crosses: each returns what it came to --- */

/* Under the person's name where the network has one for each message, else that
 * stands in front. */
static enum cell
message(struct pair *pair)
{
    struct said said = {0};
    enum cell cell = CELL_CARRIED;

    say(pair, &said);
    g_autofree char *pattern = g_strconcat("*", said.text, NULL);
    g_autofree char *author = hear(pair, pattern);
    const struct adapter *from = pair->from.adapter;
    const char *suffix = from->suffix ? from->suffix(pair->from.site) : "";
    g_autofree char *name = g_strdup_printf("<%s%s> ", MARIA, suffix);
    g_autofree char *front = g_strconcat(name, said.text, NULL);
    if (g_str_has_prefix(author, MARIA)) {
        g_autofree char *again = hear(pair, said.text);
        g_assert_true(g_str_has_prefix(again, MARIA));
        pair->name = g_strdup("");
    } else {
        g_autofree char *again = hear(pair, front);
        g_assert_true(g_str_has_prefix(again, USER));
        pair->name = g_steal_pointer(&name);
        cell = CELL_IN_FRONT;
    }
    said_clear(&said);
    return cell;
}

static enum cell
edit(struct pair *pair)
{
    struct said said = {0};
    enum cell cell = CELL_CARRIED;

    if (!can(&pair->from, SITE_EDIT))
        return CELL_NOT_THERE;
    say(pair, &said);
    pair->from.adapter->peer_edit(pair->from.peer, CHANNEL, said.id, "rye, not wheat");
    if (can(&pair->to, SITE_EDIT)) {
        g_autofree char *text = g_strconcat(pair->name, "rye, not wheat", NULL);
        g_assert_true(pair->to.adapter->peer_sees_edit(pair->to.peer, CHANNEL, said.copy, text));
    } else {
        g_autofree char *author = hear(pair, "*(changed) rye, not wheat");
        cell = CELL_LINE;
    }
    said_clear(&said);
    return cell;
}

static enum cell
deletion(struct pair *pair)
{
    struct said said = {0};
    enum cell cell = CELL_CARRIED;

    if (!can(&pair->from, SITE_DELETE))
        return CELL_NOT_THERE;
    say(pair, &said);
    pair->from.adapter->peer_delete(pair->from.peer, CHANNEL, said.id, "a slip");
    if (can(&pair->to, SITE_DELETE)) {
        g_assert_true(
            pair->to.adapter->peer_sees_deletion(pair->to.peer, pair->to.user, CHANNEL, said.copy));
    } else {
        hear_line(pair, "*" MARIA "* said at * was taken back");
        cell = CELL_LINE;
    }
    said_clear(&said);
    return cell;
}

static enum cell
reply(struct pair *pair)
{
    struct said said = {0};
    enum cell cell = CELL_CARRIED;

    if (!can(&pair->from, SITE_REPLY))
        return CELL_NOT_THERE;
    say(pair, &said);
    pair->from.adapter->peer_reply(pair->from.peer, CHANNEL, said.id, "sliced, please");
    if (can(&pair->to, SITE_REPLY)) {
        g_assert_true(pair->to.adapter->peer_sees_reply(pair->to.peer, "*", CHANNEL, said.copy,
                                                        "*sliced, please"));
    } else if (is_unseen(pair, CAP_REPLY)) {
        g_autofree char *plain = g_strconcat(pair->name, "sliced, please", NULL);
        g_autofree char *author = hear(pair, plain);
        cell = CELL_UNSEEN;
    } else {
        g_autofree char *pattern = g_strdup_printf("*(re *%s*) sliced, please", said.text);
        g_autofree char *author = hear(pair, pattern);
        cell = CELL_QUOTE;
    }
    said_clear(&said);
    return cell;
}

static enum cell
reaction(struct pair *pair)
{
    struct said said = {0};
    enum cell cell = CELL_CARRIED;

    if (!can(&pair->from, SITE_REACT))
        return CELL_NOT_THERE;
    say(pair, &said);
    pair->from.adapter->peer_react(pair->from.peer, CHANNEL, said.id, "👍", true);
    if (can(&pair->to, SITE_REACT)) {
        g_assert_true(pair->to.adapter->peer_sees_reaction(pair->to.peer, pair->to.user, CHANNEL,
                                                           said.copy, "👍", true));
    } else if (is_unseen(pair, CAP_REACT)) {
        cell = CELL_UNSEEN;
    } else {
        hear_line(pair, "*" MARIA "*: 👍 to *");
        cell = CELL_LINE;
    }
    said_clear(&said);
    return cell;
}

/* --- pictures: one that is not seen is not missed --- */

#define PICTURE "https://pictures.example/maria.png"

struct awaited_picture {
    const struct side *to;
    const char *text;
};

static bool
has_picture(void *user)
{
    const struct awaited_picture *awaited = user;

    return awaited->to->adapter->peer_sees_picture(awaited->to->peer, CHANNEL, awaited->text,
                                                   PICTURE);
}

static enum cell
picture(struct pair *pair)
{
    g_autofree char *text = g_strdup_printf("loaf number %u", ++pair->messages);
    g_autofree char *pattern = g_strconcat("*", text, NULL);
    struct awaited_picture awaited = {&pair->to, text};

    if (!pair->from.adapter->peer_say_pictured)
        return CELL_NOT_THERE;
    pair->from.adapter->peer_say_pictured(pair->from.peer, CHANNEL, text, PICTURE);
    g_autofree char *author = hear(pair, pattern);
    if (!pair->to.adapter->peer_sees_picture)
        return CELL_NOTHING;
    g_assert_true(loop_until(has_picture, &awaited, CONFORMANCE_DEADLINE_MS));
    return CELL_CARRIED;
}

/* --- files, and what is no message --- */

struct awaited_file {
    const struct side *to;
    const char *name;
};

static bool
has_file(void *user)
{
    const struct awaited_file *awaited = user;

    return awaited->to->adapter->peer_has_file(awaited->to->peer, CHANNEL, awaited->name);
}

static enum cell
file(struct pair *pair)
{
    struct awaited_file awaited = {&pair->to, "rota.txt"};

    if (!pair->from.adapter->peer_file)
        return CELL_NOT_THERE;
    pair->from.adapter->peer_file(pair->from.peer, CHANNEL, "rota.txt", "monday: maria\n");
    if (pair->to.adapter->peer_has_file) {
        g_assert_true(loop_until(has_file, &awaited, CONFORMANCE_DEADLINE_MS));
        return CELL_CARRIED;
    }
    g_autofree char *author = hear(pair, "*[file: rota.txt*");
    return CELL_LINE;
}

static enum cell
typing(struct pair *pair)
{
    if (!can(&pair->from, SITE_TYPING))
        return CELL_NOT_THERE;
    pair->from.adapter->peer_type(pair->from.peer, CHANNEL, true);
    if (!can(&pair->to, SITE_TYPING) || !pair->to.adapter->peer_sees_typing)
        return CELL_NOTHING;
    g_assert_true(pair->to.adapter->peer_sees_typing(pair->to.peer, pair->to.user, CHANNEL, true));
    return CELL_CARRIED;
}

static enum cell
topic(struct pair *pair)
{
    if (!pair->from.adapter->peer_topic)
        return CELL_NOT_THERE;
    pair->from.adapter->peer_topic(pair->from.peer, CHANNEL, "tea at four");
    if (!pair->to.adapter->peer_sees_topic) {
        hear_line(pair, "*" MARIA "* set the topic: tea at four");
        return CELL_LINE;
    }
    g_assert_true(pair->to.adapter->peer_sees_topic(pair->to.peer, CHANNEL, "tea at four"));
    return CELL_CARRIED;
}

/* --- marks: what is one elsewhere is one, or stands in the text, and what is none is none --- */

static enum cell
mark(struct pair *pair, enum mark which)
{
    const struct mark_form *from = &pair->from.adapter->marks[which];
    const struct mark_form *to = &pair->to.adapter->marks[which];

    if (!from->before || from->plain)
        return CELL_NOT_THERE;
    g_autofree char *text = g_strdup_printf("loaf number %u", ++pair->messages);
    g_autofree char *said = g_strconcat(from->before, text, from->after, NULL);
    g_autofree char *wanted = g_strconcat(pair->name, to->before ? to->before : "", text,
                                          to->before ? to->after : "", NULL);
    pair->from.adapter->peer_say(pair->from.peer, CHANNEL, said);
    g_autofree char *pattern = g_strdelimit(g_strdup(wanted), "*", '?');
    g_autofree char *author = hear(pair, pattern);
    g_assert_true(g_str_has_prefix(author, *pair->name ? USER : MARIA));
    if (to->before && to->plain)
        return which == MARK_STARS ? CELL_TYPED : CELL_SPELLED;
    return to->before ? CELL_CARRIED : CELL_OPENLY;
}

static const char *const marks[MARK_N] = {
    [MARK_BOLD] = "bold",   [MARK_CODE] = "code",       [MARK_LINK] = "link",
    [MARK_QUOTE] = "quote", [MARK_SPOILER] = "spoiler", [MARK_STARS] = "\\*stars\\*",
};

static const struct {
    const char *name;
    enum cell (*run)(struct pair *pair);
} deeds[DEED_N] = {
    {"message", message}, {"edit", edit},         {"deletion", deletion},
    {"reply", reply},     {"reaction", reaction}, {"picture", picture},
    {"file", file},       {"typing", typing},     {"topic", topic},
};

void
matrix_pair(const struct adapter *from, const struct adapter *to, const struct certs *certs,
            enum cell *ret_cells)
{
    struct pair pair = {0};

    pair_start(&pair, from, to, certs);
    for (int i = 0; i < KIND_N; i++) {
        g_test_message("%s", matrix_kind(i));
        ret_cells[i] = i < DEED_N ? deeds[i].run(&pair) : mark(&pair, (enum mark)(i - DEED_N));
    }
    pair_stop(&pair);
}

const char *
matrix_kind(int kind)
{
    return kind < DEED_N ? deeds[kind].name : marks[kind - DEED_N];
}

const char *
matrix_word(enum cell cell)
{
    static const char *const words[CELL_N] = {
        [CELL_CARRIED] = "carried", [CELL_IN_FRONT] = "name in front",
        [CELL_QUOTE] = "quote",     [CELL_LINE] = "a line",
        [CELL_NOTHING] = "nothing", [CELL_SPELLED] = "written out",
        [CELL_TYPED] = "as typed",  [CELL_OPENLY] = "openly",
        [CELL_NOT_THERE] = "–",     [CELL_UNSEEN] = "not shown by every program",
    };

    return words[cell];
}
