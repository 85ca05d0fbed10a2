#include "core/complete.h"

#include <string.h>

#include "base/file.h"
#include "core/command.h"
#include "core/config_priv.h"
#include "core/gateway.h"
#include "core/ignore_rule.h"
#include "core/options.h"

struct candidate {
    char *text;
    char *folded;
    int64_t weight;
};

struct completer {
    char *folded; /* the word */
    char *suffix;
    GSequence *best; /* struct candidate, in order */
    GHashTable *seen;
    bool too_long;
};

static void
candidate_free(void *memory)
{
    struct candidate *candidate = memory;

    g_free(candidate->text);
    g_free(candidate->folded);
    g_free(candidate);
}

struct completer *
completer_new(const char *word, const char *suffix)
{
    struct completer *completer = g_new0(struct completer, 1);

    completer->too_long = strlen(word) > COMPLETE_MAX_WORD;
    completer->folded = g_utf8_casefold(completer->too_long ? "" : word, -1);
    completer->suffix = g_strdup(suffix);
    completer->best = g_sequence_new(candidate_free);
    completer->seen = g_hash_table_new(g_str_hash, g_str_equal);
    return completer;
}

void
completer_free(struct completer *completer)
{
    g_hash_table_unref(completer->seen);
    g_sequence_free(completer->best);
    g_free(completer->folded);
    g_free(completer->suffix);
    g_free(completer);
}

static int
compare(const void *a, const void *b, void *unused)
{
    const struct candidate *x = a;
    const struct candidate *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    int order = strcmp(x->folded, y->folded);
    return order ? order : strcmp(x->text, y->text);
}

/* ASCII letters decide most cases without a copy: this runs for every member of a large channel. */
static bool
cannot_begin(const char *candidate, const char *folded_word)
{
    guchar c = (guchar)candidate[0];
    guchar w = (guchar)folded_word[0];

    return w && w < 0x80 && c < 0x80 && g_ascii_tolower((char)c) != (char)w;
}

void
completer_offer(struct completer *completer, const char *candidate, int64_t weight)
{
    if (completer->too_long || !*candidate || cannot_begin(candidate, completer->folded) ||
        g_hash_table_contains(completer->seen, candidate))
        return;
    /* A name with a line end in it would write another line into what is being typed. */
    if (strpbrk(candidate, "\r\n"))
        return;
    g_autofree char *folded = g_utf8_casefold(candidate, -1);
    if (!g_str_has_prefix(folded, completer->folded))
        return;
    struct candidate *fresh = g_new0(struct candidate, 1);
    fresh->text = g_strdup(candidate);
    fresh->folded = g_steal_pointer(&folded);
    fresh->weight = weight;
    g_hash_table_add(completer->seen, fresh->text);
    g_sequence_insert_sorted(completer->best, fresh, compare, NULL);
    if (g_sequence_get_length(completer->best) > COMPLETE_MAX_RESULTS) {
        GSequenceIter *last = g_sequence_iter_prev(g_sequence_get_end_iter(completer->best));
        const struct candidate *worst = g_sequence_get(last);
        g_hash_table_remove(completer->seen, worst->text);
        g_sequence_remove(last);
    }
}

char **
completer_finish(struct completer *completer)
{
    GPtrArray *list = g_ptr_array_new();
    GSequenceIter *at = g_sequence_get_begin_iter(completer->best);

    for (; !g_sequence_iter_is_end(at); at = g_sequence_iter_next(at)) {
        const struct candidate *candidate = g_sequence_get(at);
        g_ptr_array_add(list, g_strconcat(candidate->text, completer->suffix, NULL));
    }
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

size_t
complete_word_start(const char *text, size_t cursor)
{
    size_t start = 0;

    for (size_t i = 0; i < cursor && text[i]; i++) {
        if (text[i] == '\\' && i + 1 < cursor)
            i++;
        else if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n')
            start = i + 1;
    }
    return start;
}

/* --- the sources
 * --------------------------------------------------------------------------------------- */

static void
offer_members(struct completer *completer, const struct buffer *buffer, const char *mark)
{
    GHashTableIter iter;
    void *value;

    if (!buffer->members)
        return;
    g_hash_table_iter_init(&iter, buffer->members);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct member *member = value;
        if (*mark) {
            g_autofree char *marked = g_strconcat(mark, member->name, NULL);
            completer_offer(completer, marked, member->spoke_us);
        } else {
            completer_offer(completer, member->name, member->spoke_us);
        }
    }
}

/* Names of this account's conversations; in weft's own buffer those of all, with their account
 * where there are several. */
static void
offer_conversations(struct core *core, struct completer *completer, const struct buffer *here,
                    bool channels)
{
    const GPtrArray *buffers = core_buffers(core);
    const bool own = here->kind == BUFFER_CORE, several = core_accounts(core)->len > 1;

    for (unsigned i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        bool channel = buffer->kind == BUFFER_CHANNEL || buffer->kind == BUFFER_PRIVATE;
        bool person = buffer->kind == BUFFER_DIRECT;
        if (!(channels ? channel : person) || !(own || buffer->account_id == here->account_id))
            continue;
        g_autofree char *address = own && several ? core_buffer_address(core, buffer) : NULL;
        completer_offer(completer, address ? address : buffer->name, buffer->last_activity_us);
    }
}

static void
offer_addresses(struct core *core, struct completer *completer)
{
    const GPtrArray *buffers = core_buffers(core);

    for (unsigned i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        g_autofree char *address = core_buffer_address(core, buffer);
        completer_offer(completer, address, buffer->last_activity_us);
    }
}

static void
offer_accounts(struct core *core, struct completer *completer)
{
    const GPtrArray *accounts = core_accounts(core);

    for (unsigned i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        completer_offer(completer, account->name, 0);
    }
}

struct key_offer {
    struct completer *completer;
    const char *prefix;
};

static void
offer_key(void *user, const char *key)
{
    struct key_offer *offer = user;
    g_autofree char *setting = g_strconcat(offer->prefix, ".", key, NULL);

    completer_offer(offer->completer, setting, 0);
}

static void
offer_front(struct core *core, struct completer *completer, enum complete_kind kind)
{
    g_auto(GStrv) words = core->front ? core->front->words(core->front->user, kind) : NULL;

    for (size_t i = 0; words && words[i]; i++)
        completer_offer(completer, words[i], 0);
}

/* Keys have many names: they are offered where nothing else is meant. */
static void
offer_keys(struct core *core, struct completer *completer, const char *word)
{
    g_auto(GStrv) words = core->front && g_str_has_prefix(word, "keys.")
                              ? core->front->words(core->front->user, COMPLETE_ACTION)
                              : NULL;

    completer_offer(completer, "keys.preset", 0);
    for (size_t i = 0; words && words[i]; i++) {
        g_autofree char *setting = g_strconcat("keys.", words[i], NULL);
        completer_offer(completer, setting, 0);
    }
}

static void
offer_settings(struct core *core, struct completer *completer)
{
    struct key_offer offer = {.completer = completer, .prefix = "look"};
    const struct config *config = core->config;

    options_each_key(config_rows_look, offer_key, &offer);
    offer.prefix = "notify";
    options_each_key(config_rows_notify, offer_key, &offer);
    for (unsigned i = 0; i < config->accounts->len; i++) {
        const struct config_account *account = config->accounts->pdata[i];
        g_autofree char *prefix = g_strconcat("account.", account->name, NULL);
        offer.prefix = prefix;
        options_each_key(config_rows_account, offer_key, &offer);
        options_each_key(config_network(config, account->network)->driver->options, offer_key,
                         &offer);
    }
    for (unsigned i = 0; i < config->gateways->len; i++) {
        const struct config_gateway *gateway = config->gateways->pdata[i];
        g_autofree char *prefix = g_strconcat("gateway.", gateway->section, NULL);
        offer.prefix = prefix;
        options_each_key(config_rows_gateway, offer_key, &offer);
    }
}

static void
offer_rules(struct core *core, struct completer *completer)
{
    const GPtrArray *rules = core->config->ignores;

    for (unsigned i = 0; i < rules->len; i++) {
        const struct config_ignore *ignore = rules->pdata[i];
        completer_offer(completer, ignore->rule->mask, 0);
    }
}

/* The `argument`th group of "[30m|8h|off] [all|buffer]": what is in small letters is typed so. */
static void
offer_words(struct completer *completer, const char *arguments, int argument)
{
    g_auto(GStrv) groups = g_strsplit(arguments, " ", -1);

    if (argument >= (int)g_strv_length(groups))
        return;
    g_auto(GStrv) words = g_strsplit_set(groups[argument], "[]|", -1);
    for (size_t i = 0; words[i]; i++)
        if (!g_ascii_isupper(words[i][0]))
            completer_offer(completer, words[i], -(int64_t)i); /* as they stand there */
}

static void
offer_list(struct completer *completer, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    for (size_t i = 0; words[i]; i++)
        completer_offer(completer, words[i], -(int64_t)i);
}

/* What stands behind a mask: "in PLACE", kinds of messages, "text WORDS". */
static void
offer_hides(struct core *core, struct completer *completer, const char *before)
{
    if (g_str_has_suffix(before, " in ")) {
        offer_list(completer, "here *");
        offer_accounts(core, completer);
        offer_addresses(core, completer);
        return;
    }
    if (strstr(before, " text "))
        return;
    g_autofree char *kinds = ignore_what_names(~0u);
    g_autofree char *all =
        g_strconcat(strstr(before, " in ") ? "" : "in ", kinds, " all text", NULL);
    offer_list(completer, all);
}

/* The row of "look.theme" and the like. */
static const struct option_row *
find_setting(const struct config *config, const char *setting)
{
    const char *last = strrchr(setting, '.');

    if (!last)
        return NULL;
    if (g_str_has_prefix(setting, "look."))
        return options_find_row(config_rows_look, NULL, last + 1, NULL);
    if (g_str_has_prefix(setting, "notify."))
        return options_find_row(config_rows_notify, NULL, last + 1, NULL);
    if (g_str_has_prefix(setting, "buffer."))
        return options_find_row(config_rows_buffer, NULL, last + 1, NULL);
    if (g_str_has_prefix(setting, "gateway."))
        return options_find_row(config_rows_gateway, NULL, last + 1, NULL);
    for (unsigned i = 0; i < config->accounts->len; i++) {
        const struct config_account *account = config->accounts->pdata[i];
        g_autofree char *prefix = g_strconcat("account.", account->name, ".", NULL);
        if (g_str_has_prefix(setting, prefix) && last == setting + strlen(prefix) - 1)
            return options_find_row(config_rows_account,
                                    config_network(config, account->network)->driver->options,
                                    last + 1, NULL);
    }
    return NULL;
}

/* `before`: "/set look.theme ". */
static void
offer_values(struct core *core, struct completer *completer, const char *before)
{
    g_auto(GStrv) words = command_split(before, COMMAND_MAX_ARGUMENTS);
    const char *setting = words[0] && words[1] ? words[1] : "";
    const struct option_row *row = find_setting(core->config, setting);

    if (strcmp(setting, "look.theme") == 0)
        offer_front(core, completer, COMPLETE_THEME);
    else if (strcmp(setting, "keys.preset") == 0)
        offer_front(core, completer, COMPLETE_PRESET);
    else if (row && row->type == OPTION_BOOL)
        offer_list(completer, "on off");
    else if (row && row->type == OPTION_CHOICE)
        offer_list(completer, row->choices);
}

#define FILES_LOOKED_AT 5000

/* A blank within a name is written with a backslash before it. */
static void
offer_file(struct completer *completer, const char *before, const char *name, bool folder)
{
    g_autofree char *valid = g_utf8_validate(name, -1, NULL) ? g_strdup(name) : NULL;
    g_auto(GStrv) parts = valid ? g_strsplit(valid, " ", -1) : NULL;
    g_autofree char *escaped = parts ? g_strjoinv("\\ ", parts) : NULL;
    g_autofree char *whole =
        escaped ? g_strconcat(before, escaped, folder ? "/" : " ", NULL) : NULL;

    if (whole && !strpbrk(whole, "\t\"'"))
        completer_offer(completer, whole, 0);
}

/* `word`: what is typed of a path, with its backslashes. */
static void
offer_files(struct completer *completer, const char *word)
{
    const char *slash = strrchr(word, '/');
    g_autofree char *before = g_strndup(word, slash ? (size_t)(slash - word) + 1 : 0);
    g_autofree char *plain = g_strcompress(before);
    g_autofree char *here = g_get_current_dir();
    g_autofree char *folder = *plain ? file_expand(plain, here) : g_strdup(here);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const bool dots = (slash ? slash + 1 : word)[0] == '.';
    const char *name;

    for (unsigned n = 0; dir && n < FILES_LOOKED_AT && (name = g_dir_read_name(dir)); n++) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (dots || name[0] != '.')
            offer_file(completer, before, name, g_file_test(path, G_FILE_TEST_IS_DIR));
    }
}

static void
offer_command(void *user, const char *name)
{
    completer_offer(user, name, 0);
}

/* What stands before the word that is completed. */
struct place {
    const char *before; /* "/set look.theme " */
    const char *word;   /* itself */
    const char *name;   /* of the command */
    int argument;
};

static void
offer_kind(struct core *core, const struct buffer *buffer, struct completer *completer,
           enum complete_kind kind, const struct place *place)
{
    switch (kind) {
    case COMPLETE_MEMBER:
        offer_members(completer, buffer, "");
        break;
    case COMPLETE_USER:
        offer_members(completer, buffer, "");
        offer_conversations(core, completer, buffer, false);
        break;
    case COMPLETE_CHANNEL:
        offer_conversations(core, completer, buffer, true);
        break;
    case COMPLETE_BUFFER:
        offer_addresses(core, completer);
        offer_conversations(core, completer, buffer, true);
        break;
    case COMPLETE_COMMAND:
        command_each(command_session(core, buffer), offer_command, completer);
        break;
    case COMPLETE_ACCOUNT:
        offer_accounts(core, completer);
        break;
    case COMPLETE_OPTION:
        offer_settings(core, completer);
        offer_keys(core, completer, place->word);
        break;
    case COMPLETE_RULE:
        offer_rules(core, completer);
        break;
    case COMPLETE_THEME:
    case COMPLETE_PRESET:
    case COMPLETE_ACTION:
    case COMPLETE_WINDOW:
        offer_front(core, completer, kind);
        break;
    case COMPLETE_WORDS:
        offer_words(completer, command_arguments(command_session(core, buffer), place->name),
                    place->argument);
        break;
    case COMPLETE_VALUE:
        offer_values(core, completer, place->before);
        break;
    case COMPLETE_HIDES:
        offer_hides(core, completer, place->before);
        break;
    case COMPLETE_GATEWAY:
        for (unsigned i = 0; i < core->config->gateways->len; i++) {
            const struct config_gateway *gateway = core->config->gateways->pdata[i];
            completer_offer(completer, gateway->section, 0);
        }
        break;
    case COMPLETE_FILE:
        offer_files(completer, place->word);
        break;
    case COMPLETE_NONE:
    case COMPLETE_KIND_N:
        break;
    }
}

/* In a command that takes text to its end, names are wanted there as well. */
static enum complete_kind
argument_kind(const struct session *session, const char *name, int argument)
{
    enum complete_kind kind = command_completes(session, name, argument);
    int most = command_most(session, name);

    return kind == COMPLETE_NONE && most > 0 && argument + 1 >= most ? COMPLETE_MEMBER : kind;
}

/* How many whole words stand in [text, end). */
static int
count_words(const char *text, const char *end)
{
    int n = 0;

    while (text < end) {
        size_t blanks = strspn(text, " \t\n");
        text += blanks;
        if (text >= end)
            break;
        n++;
        text += strcspn(text, " \t\n");
    }
    return n;
}

static void
offer_plain(struct core *core, const struct buffer *buffer, struct completer *completer,
            const char *word)
{
    if (*word == '@')
        offer_members(completer, buffer, "@");
    if (*word == '#' || *word == '&' || *word == '~')
        offer_conversations(core, completer, buffer, true);
    else if (*word)
        offer_members(completer, buffer, "");
}

char **
core_complete(struct core *core, int64_t buffer_id, const char *text, size_t cursor,
              size_t *ret_start)
{
    const struct buffer *buffer = core_buffer(core, buffer_id);
    size_t start = complete_word_start(text, MIN(cursor, strlen(text)));
    g_autofree char *word = g_strndup(text + start, MIN(cursor, strlen(text)) - start);
    bool command = text[0] == '/' && text[1] != '/';
    struct completer *completer;

    *ret_start = start;
    if (!buffer || !g_utf8_validate(word, -1, NULL))
        return g_new0(char *, 1);
    if (command && start == 0) {
        *ret_start = 1;
        completer = completer_new(word[0] ? word + 1 : "", " ");
        offer_kind(core, buffer, completer, COMPLETE_COMMAND, NULL);
    } else if (command) {
        g_autofree char *name = g_strndup(text + 1, strcspn(text + 1, " \t\n"));
        g_autofree char *before = g_strndup(text, start);
        const struct session *session = command_session(core, buffer);
        const struct place place = {before, word, name, count_words(text, text + start) - 1};
        const enum complete_kind kind = argument_kind(session, name, place.argument);
        completer = completer_new(word, kind == COMPLETE_FILE ? "" : " ");
        offer_kind(core, buffer, completer, kind, &place);
    } else {
        bool address = start == 0 && *word != '@' && *word != '#' && *word != '&' && *word != '~';
        const char *behind = config_text(core->config, "look", "nick_suffix");
        g_autofree char *suffix = g_strconcat(address && behind ? behind : "", " ", NULL);
        completer = completer_new(word, suffix);
        offer_plain(core, buffer, completer, word);
    }
    char **list = completer_finish(completer);
    completer_free(completer);
    return list;
}
