#include "relay/guard.h"

#include <string.h>

#include "core/address.h"
#include "relay/edits.h"

#define BREAK "\xe2\x80\x8b" /* a blank without width */

/* Names of people may hold blanks; so many words behind an '@' are tried, and so many '@'. */
#define NAME_WORDS   4
#define MENTIONS_MAX 20

/* --- calls to everybody --- */

static bool
begins_with(const char *text, const char *word)
{
    for (; *word; text++, word++)
        if (g_ascii_tolower(*text) != *word)
            return false;
    return true;
}

/* me@all.example: an address of another kind, and no call. "a<!channel>.b" is one. */
static bool
is_address(const char *text, size_t at, size_t len)
{
    const char *end = text + at + len;

    return text[at] == '@' && at > 0 && g_ascii_isalnum(text[at - 1]) && *end == '.' &&
           g_ascii_isalnum(end[1]);
}

/* The length of the word that calls everybody at this place; 0: none does. */
static size_t
call_len(const char *text, size_t at, const char *const *words)
{
    size_t most = 0;

    for (size_t i = 0; words[i]; i++) {
        const size_t len = strlen(words[i]);
        if (len <= most || !begins_with(text + at, words[i]) || is_address(text, at, len))
            continue;
        /* "@allmende" is a word of its own. */
        if (!g_ascii_isalnum(words[i][len - 1]) || !g_ascii_isalnum(text[at + len]))
            most = len;
    }
    return most;
}

static struct rich *
break_calls(const struct rich *body, const char *const *words)
{
    g_autoptr(GArray) edits = edits_new();

    for (size_t at = 0; at < body->len;) {
        const size_t len = call_len(body->text, at, words);
        if (len > 0)
            edits_add(edits, at + (size_t)g_utf8_skip[(guchar)body->text[at]], 0, BREAK);
        at += MAX(len, 1);
    }
    return edits->len > 0 ? edits_apply(edits, body) : rich_dup(body);
}

/* --- mentions --- */

/* How a person is called where the text goes: with an '@' where everybody is called so. */
static bool
calls_with_at(const struct guard_text *guard)
{
    return guard->calls_everyone[0] && guard->calls_everyone[0][0] == '@';
}

struct mention {
    size_t at, len;
    struct guard_person person;
};

static void
mention_clear(void *memory)
{
    struct mention *mention = memory;

    g_free(mention->person.id);
    g_free(mention->person.name);
}

/* A character of a name, rather than what follows one. */
static bool
is_name_end(const char *text)
{
    const gunichar c = g_utf8_get_char(text);

    return c == 0 || !(g_unichar_isalnum(c) || c == '_' || c == '-');
}

/* The longest name at this place that somebody has there. */
static bool
find_name(const char *text, const struct guard_text *guard, size_t *ret_len,
          struct guard_person *ret_person)
{
    size_t ends[NAME_WORDS];
    unsigned n = 0;

    for (size_t at = 0; text[at] && text[at] != '\n' && n < NAME_WORDS;) {
        const size_t next = at + (size_t)g_utf8_skip[(guchar)text[at]];
        const bool in_name = !is_name_end(text + at);
        const bool closes = text[at] == ')';
        if ((in_name || closes) && (closes || is_name_end(text + next)))
            ends[n++] = next;
        at = next;
        if (at > 256)
            break;
    }
    while (n-- > 0) {
        g_autofree char *name = g_strndup(text, ends[n]);
        if (guard->find(guard->user, name, ret_person)) {
            *ret_len = ends[n];
            return true;
        }
    }
    return false;
}

static bool
in_code(const struct rich *body, size_t at)
{
    for (unsigned i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        if ((span->kind == SPAN_CODE || span->kind == SPAN_BLOCK) && at >= span->start &&
            at < span->end)
            return true;
    }
    return false;
}

/* "@juan", anywhere, and "juan:" or "juan," at the beginning. */
static GArray *
find_mentions(const struct rich *body, const struct guard_text *guard)
{
    GArray *mentions = g_array_new(FALSE, FALSE, sizeof(struct mention));
    unsigned tried = 0;

    g_array_set_clear_func(mentions, mention_clear);
    for (size_t at = 0; guard->find && at < body->len && tried < MENTIONS_MAX; at++) {
        const char *text = body->text + at;
        const bool marked = *text == '@' && (at == 0 || !g_ascii_isalnum(text[-1]));
        struct mention mention = {.at = at};
        if ((at > 0 && !marked) || in_code(body, at))
            continue;
        tried++;
        if (!find_name(text + marked, guard, &mention.len, &mention.person))
            continue;
        if (!marked && text[mention.len] != ':' && text[mention.len] != ',') {
            mention_clear(&mention);
            continue;
        }
        mention.len += marked;
        g_array_append_val(mentions, mention);
        at += mention.len - 1;
    }
    return mentions;
}

static bool
overlaps(const GArray *mentions, size_t start, size_t end)
{
    for (unsigned i = 0; i < mentions->len; i++) {
        const struct mention *mention = &g_array_index(mentions, struct mention, i);
        if (start < mention->at + mention->len && mention->at < end)
            return true;
    }
    return false;
}

/* What an '@' would make of a name that means somebody else, or nobody, where it goes. */
static GArray *
edits_of(const struct rich *body, const GArray *mentions, const struct guard_text *guard)
{
    GArray *edits = edits_new();
    unsigned m = 0;

    for (unsigned i = 0; i <= body->spans->len; i++) {
        const struct span *span =
            i < body->spans->len ? &g_array_index(body->spans, struct span, i) : NULL;
        const size_t until = span ? span->start : body->len + 1;
        for (; m < mentions->len; m++) {
            const struct mention *mention = &g_array_index(mentions, struct mention, m);
            if (mention->at > until)
                break;
            g_autofree char *with =
                g_strconcat(calls_with_at(guard) ? "@" : "", mention->person.name, NULL);
            edits_add(edits, mention->at, mention->len, with);
        }
        if (!span || span->kind != SPAN_USER || body->text[span->start] != '@' ||
            overlaps(mentions, span->start, span->end))
            continue;
        if (edits->len == 0 ||
            g_array_index(edits, struct edit_at, edits->len - 1).at < span->start)
            edits_add(edits, span->start, 1, "");
    }
    return edits;
}

static bool
crosses(enum span_kind kind)
{
    return kind != SPAN_USER && kind != SPAN_CHANNEL && kind != SPAN_EVERYONE && kind != SPAN_EMOJI;
}

static struct rich *
without_ids(const struct rich *body)
{
    struct rich *plain = rich_new(body->text, (gssize)body->len);

    for (unsigned i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        if (crosses(span->kind))
            rich_add(plain, span->start, span->end, span->kind, span->data);
    }
    return plain;
}

/* Where a mention stands after the edits, of which it is one. */
static void
add_mentions(struct rich *body, const GArray *mentions, const GArray *edits)
{
    size_t shift_in = 0;
    size_t shift_out = 0;
    unsigned m = 0;

    for (unsigned i = 0; i < edits->len && m < mentions->len; i++) {
        const struct edit_at *edit = &g_array_index(edits, struct edit_at, i);
        const struct mention *mention = &g_array_index(mentions, struct mention, m);
        const size_t len = edit->with->len;
        if (edit->at == mention->at && edit->len == mention->len) {
            const size_t start = edit->at + shift_out - shift_in;
            rich_add(body, start, start + len, SPAN_USER, mention->person.id);
            m++;
        }
        shift_out += len;
        shift_in += edit->len;
    }
}

struct rich *
guard_text(const struct rich *body, const struct guard_text *guard)
{
    g_autoptr(GArray) mentions = find_mentions(body, guard);
    g_autoptr(GArray) edits = edits_of(body, mentions, guard);
    struct rich *plain = without_ids(body);
    struct rich *named = edits_apply(edits, plain);

    rich_free(plain);
    add_mentions(named, mentions, edits);
    if (guard->everyone)
        return named;
    struct rich *broken = break_calls(named, guard->calls_everyone);
    rich_free(named);
    return broken;
}

/* --- people --- */

static unsigned
what_of(enum message_kind kind)
{
    switch (kind) {
    case MESSAGE_TEXT:
    case MESSAGE_ACTION:
        return IGNORE_MESSAGES;
    case MESSAGE_NOTICE:
        return IGNORE_NOTICES;
    case MESSAGE_JOIN:
    case MESSAGE_PART:
    case MESSAGE_QUIT:
        return IGNORE_JOINS;
    case MESSAGE_RENAME:
        return IGNORE_NICKS;
    default:
        return 0;
    }
}

static bool
is_here(const struct ignore_rule *rule, char *const *address)
{
    const unsigned n = g_strv_length((char **)(uintptr_t)address);

    if (!rule->in)
        return true;
    if (!rule->in[1]) {
        g_autofree char *wanted = g_utf8_casefold(rule->in[0], -1);
        g_autofree char *is = g_utf8_casefold(address[0], -1);
        return strcmp(wanted, is) == 0;
    }
    return address_match(rule->in, address[0], n > 2 ? address[1] : NULL, address[n - 1]) > 0;
}

static bool
has_words(const struct ignore_rule *rule, const char *text)
{
    if (!rule->folded_words)
        return true;
    g_autofree char *folded = g_utf8_casefold(text, -1);
    return strstr(folded, rule->folded_words) != NULL;
}

bool
guard_ignores(const GPtrArray *rules, const struct message *message, char *const *address)
{
    struct ignore_subject subject;
    bool found = false;

    if (rules->len == 0 || (!message->sender_id && !message->sender_name))
        return false;
    ignore_subject_init(&subject, message->sender_id, message->sender_name, NULL, false);
    for (unsigned i = 0; i < rules->len && !found; i++) {
        const struct ignore_rule *rule = rules->pdata[i];
        found = (rule->what & what_of(message->kind)) != 0 && ignore_rule_matches(rule, &subject) &&
                is_here(rule, address) && has_words(rule, message->body->text);
    }
    ignore_subject_clear(&subject);
    return found;
}

/* --- rings --- */

#define SAID_MAX     32   /* remembered for a conversation */
#define SENDERS_MAX  1000 /* that are watched at a time */
#define SAID_SPAN_US (60 * G_USEC_PER_SEC)

struct said {
    char *text;
    int64_t at_us;
};

struct watched {
    struct {
        int64_t message_id; /* counted once, into however many lanes it goes */
        int64_t at_us;
    } last[GUARD_MOST]; /* doubtful ones, in a ring */
    unsigned next;
};

#define ROUNDS_SPAN_US  (10 * 60 * G_USEC_PER_SEC)
#define ROUNDS_MOST     500 /* texts that are remembered */
#define ROUNDS_BYTES    256 /* of each: what comes behind may be cut by another relay */
#define ROUNDS_PREFIXES 16  /* words that may stand in front */

/* What was copied. */
struct carried {
    char *key;
    int64_t message_id;
    int64_t at_us;
    unsigned rounds;
};

struct guard_breaker {
    GHashTable *said;    /* int64_t buffer id → GQueue of struct said */
    GHashTable *senders; /* "BUFFER SENDER" → struct watched */
    GHashTable *carried; /* key → its link in `order` */
    GQueue order;        /* struct carried, oldest first */
};

static void
said_free(void *memory)
{
    struct said *said = memory;

    g_free(said->text);
    g_free(said);
}

static void
queue_free(void *queue)
{
    g_queue_free_full(queue, said_free);
}

static void
carried_free(void *memory)
{
    struct carried *carried = memory;

    g_free(carried->key);
    g_free(carried);
}

struct guard_breaker *
guard_breaker_new(void)
{
    struct guard_breaker *breaker = g_new0(struct guard_breaker, 1);

    breaker->said = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, queue_free);
    breaker->senders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    breaker->carried = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&breaker->order);
    return breaker;
}

void
guard_breaker_free(struct guard_breaker *breaker)
{
    if (!breaker)
        return;
    g_hash_table_unref(breaker->said);
    g_hash_table_unref(breaker->senders);
    g_hash_table_unref(breaker->carried);
    g_queue_clear_full(&breaker->order, carried_free);
    g_free(breaker);
}

void
guard_breaker_reset(struct guard_breaker *breaker)
{
    g_hash_table_remove_all(breaker->said);
    g_hash_table_remove_all(breaker->senders);
    g_hash_table_remove_all(breaker->carried);
    g_queue_clear_full(&breaker->order, carried_free);
}

void
guard_breaker_said(struct guard_breaker *breaker, int64_t buffer_id, const char *text,
                   int64_t now_us)
{
    GQueue *queue = g_hash_table_lookup(breaker->said, &buffer_id);
    struct said *said = g_new(struct said, 1);

    if (!queue) {
        queue = g_queue_new();
        g_hash_table_insert(breaker->said, g_memdup2(&buffer_id, sizeof buffer_id), queue);
    }
    *said = (struct said){.text = g_utf8_casefold(text, -1), .at_us = now_us};
    g_queue_push_tail(queue, said);
    if (queue->length > SAID_MAX)
        said_free(g_queue_pop_head(queue));
}

/* Another relay puts a name before it, or cuts it. */
static bool
repeats(struct guard_breaker *breaker, const struct message *message, int64_t now_us)
{
    const GQueue *queue = g_hash_table_lookup(breaker->said, &message->buffer_id);

    if (!queue || message->body->len == 0)
        return false;
    g_autofree char *text = g_utf8_casefold(message->body->text, -1);
    for (const GList *at = queue->head; at; at = at->next) {
        const struct said *said = at->data;
        if (*said->text && now_us - said->at_us < SAID_SPAN_US &&
            g_str_has_suffix(text, said->text))
            return true;
    }
    return false;
}

bool
guard_breaker_trips(struct guard_breaker *breaker, const struct message *message, int64_t now_us)
{
    if ((message->flags & MESSAGE_BOT) == 0 && !repeats(breaker, message, now_us))
        return false;
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", message->buffer_id,
                                           message->sender_id ? message->sender_id : "");
    struct watched *watched = g_hash_table_lookup(breaker->senders, key);
    if (!watched) {
        if (g_hash_table_size(breaker->senders) >= SENDERS_MAX)
            g_hash_table_remove_all(breaker->senders);
        watched = g_new0(struct watched, 1);
        g_hash_table_insert(breaker->senders, g_steal_pointer(&key), watched);
    }
    for (unsigned i = 0; i < GUARD_MOST; i++)
        if (watched->last[i].message_id == message->id)
            return false;
    /* By when it was said: what was missed for hours and comes at once is no storm. */
    const int64_t oldest_us = watched->last[watched->next].at_us;
    watched->last[watched->next].message_id = message->id;
    watched->last[watched->next].at_us = message->time_us;
    watched->next = (watched->next + 1) % GUARD_MOST;
    /* The one before the first of GUARD_MOST + 1 is still there. */
    return oldest_us != 0 && message->time_us >= oldest_us &&
           message->time_us - oldest_us <= GUARD_SPAN_US;
}

/* g_free(). */
static char *
carried_key(const char *folded)
{
    return g_strndup(folded, ROUNDS_BYTES);
}

static void
forget(struct guard_breaker *breaker, GList *link)
{
    struct carried *carried = link->data;

    g_hash_table_remove(breaker->carried, carried->key);
    g_queue_delete_link(&breaker->order, link);
    carried_free(carried);
}

static void
remember(struct guard_breaker *breaker, char *key_take, const struct message *message,
         unsigned rounds, int64_t now_us)
{
    GList *known = g_hash_table_lookup(breaker->carried, key_take);
    struct carried *carried = g_new(struct carried, 1);

    if (known)
        forget(breaker, known);
    if (breaker->order.length >= ROUNDS_MOST)
        forget(breaker, breaker->order.head);
    *carried = (struct carried){
        .key = key_take, .message_id = message->id, .at_us = now_us, .rounds = rounds};
    g_queue_push_tail(&breaker->order, carried);
    g_hash_table_insert(breaker->carried, carried->key, breaker->order.tail);
}

/* "ha ha ha": people add to such a thing themselves. */
static bool
is_one_word(const char *key)
{
    const size_t word = strcspn(key, " ");

    for (const char *at = key; *at;) {
        const size_t n = strcspn(at, " ");
        if (strncmp(at, key, n) != 0 || (n != word && at[n] != '\0'))
            return false;
        at += n + strspn(at + n, " ");
    }
    return true;
}

/* Looks behind each of the first words for something that was copied. */
static unsigned
rounds_of(struct guard_breaker *breaker, const char *folded, const char *own_key, int64_t now_us)
{
    const char *at = folded;
    unsigned rounds = 0;

    if (is_one_word(own_key))
        return 0;

    for (unsigned i = 0; i < ROUNDS_PREFIXES && (at = strchr(at, ' ')); i++) {
        at += strspn(at, " ");
        g_autofree char *key = carried_key(at);
        const GList *link = g_hash_table_lookup(breaker->carried, key);
        const struct carried *carried = link ? link->data : NULL;
        if (carried && now_us - carried->at_us < ROUNDS_SPAN_US && strcmp(key, own_key) != 0)
            rounds = MAX(rounds, carried->rounds + 1);
    }
    return rounds;
}

unsigned
guard_breaker_rounds(struct guard_breaker *breaker, const struct message *message, int64_t now_us)
{
    g_autofree char *folded = g_utf8_casefold(message->body->text, -1);
    char *key = carried_key(folded);
    const GList *link = g_hash_table_lookup(breaker->carried, key);
    const struct carried *carried = link ? link->data : NULL;

    if (*key == '\0' || (carried && carried->message_id == message->id)) {
        g_free(key);
        return carried ? carried->rounds : 0;
    }
    const unsigned rounds = rounds_of(breaker, folded, key, now_us);
    remember(breaker, key, message, rounds, now_us);
    return rounds;
}
