#include <string.h>

#include "base/error.h"
#include "daemon/ctl_priv.h"

const char ctl_usage[] =
    "usage: weft [--profile NAME] ctl [--json] [--timeout SECONDS] COMMAND\n"
    "       hello                           which weft runs\n"
    "       send [--wait] ADDRESS TEXT…|-   say something; -: what standard input says\n"
    "       tail [ADDRESS] [--since TIME] [--no-follow] [--joins]\n"
    "       query accounts|buffers|unread\n"
    "       query search WORDS…             as typed into a search\n"
    "       query message ID\n"
    "       relay status\n"
    "       relay why ID                    what became of a message\n"
    "       relay make NAME ADDRESS [in|out|inout] ADDRESS [in|out|inout]… [--yes]\n"
    "       relay add GATEWAY ADDRESS [in|out|inout] [--yes]\n"
    "       relay drop GATEWAY ADDRESS [--yes]\n"
    "       relay set GATEWAY OPTION [VALUE] [--yes]\n"
    "       relay end GATEWAY [--yes]       shows what would change; --yes: changes it\n"
    "       relay pause|resume|retry [GATEWAY]\n"
    "       join ADDRESS                    go into a channel, also after a kick\n"
    "       connect|disconnect ACCOUNT\n"
    "       figures                         as Prometheus reads them\n"
    "       page                            who is on the bridge, as HTML\n"
    "       reload [--dry-run]              read the configuration again; --dry-run: only tells\n"
    "       quit                            end that weft\n";

/* The words that are left. */
struct words {
    char **next;
    int n;
};

static const char *
take(struct words *words)
{
    if (words->n == 0)
        return NULL;
    words->n--;
    return *words->next++;
}

/* The first word, when it is this one. */
static bool
take_if(struct words *words, const char *word)
{
    if (words->n == 0 || strcmp(words->next[0], word) != 0)
        return false;
    take(words);
    return true;
}

static char *
join(const struct words *words)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < words->n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", words->next[i]);
    return g_string_free(text, FALSE);
}

static bool
read_id(const char *word, json_t *request, GError **error)
{
    guint64 id;

    if (!word || !g_ascii_string_to_unsigned(word, 10, 1, G_MAXINT64, &id, NULL))
        return error_refuse(error,
                            "The id of a message is its number, as tail --json and query search "
                            "--json show it.");
    json_object_set_new(request, "message", json_integer((json_int_t)id));
    return true;
}

static bool
is_end(const struct words *words, GError **error)
{
    return words->n == 0 || error_refuse(error, "\"%s\" is one word too many.", words->next[0]);
}

static bool
read_send(struct ctl_command *command, struct words *words, bool *ret_input, GError **error)
{
    while (words->n > 0 && g_str_has_prefix(words->next[0], "--")) {
        if (take_if(words, "--"))
            break;
        if (!take_if(words, "--wait"))
            return error_refuse(error, "send has no option \"%s\".", words->next[0]);
        json_object_set_new(command->request, "wait", json_true());
        if (command->timeout_us == 0)
            command->timeout_us = CTL_TIMEOUT_US;
    }
    if (words->n < 2)
        return error_refuse(error,
                            "send needs an address and a text: weft ctl send libera/#coop 'good "
                            "morning'");
    json_put_text(command->request, "to", take(words));
    *ret_input = words->n == 1 && strcmp(words->next[0], "-") == 0;
    if (!*ret_input) {
        g_autofree char *text = join(words);
        json_put_text(command->request, "text", text);
    }
    command->view = CTL_VIEW_SENT;
    return true;
}

static bool
read_tail(struct ctl_command *command, struct words *words, GError **error)
{
    const char *word;
    bool has_address = false;

    while ((word = take(words))) {
        if (strcmp(word, "--since") == 0) {
            const char *value = take(words);
            if (!value)
                return error_refuse(error, "--since needs a time: 2h, or 2026-11-22T10:00Z.");
            json_put_text(command->request, "since", value);
        } else if (strcmp(word, "--no-follow") == 0) {
            json_object_set_new(command->request, "follow", json_false());
        } else if (strcmp(word, "--joins") == 0) {
            json_object_set_new(command->request, "joins", json_true());
        } else if (strcmp(word, "--json") == 0) {
            command->json = true;
        } else if (!g_str_has_prefix(word, "-") && !has_address) {
            json_put_text(command->request, "in", word);
            has_address = true;
        } else {
            return error_refuse(error, "tail does not know what to do with \"%s\".", word);
        }
    }
    command->view = CTL_VIEW_TAIL;
    return true;
}

static bool
read_query(struct ctl_command *command, struct words *words, GError **error)
{
    const char *what = take(words);

    if (!what)
        return error_refuse(error,
                            "query needs a word: accounts, buffers, unread, search or message.");
    json_put_text(command->request, "what", what);
    if (strcmp(what, "search") == 0) {
        g_autofree char *text = join(words);
        if (words->n == 0)
            return error_refuse(error, "query search needs words to look for.");
        json_put_text(command->request, "words", text);
        command->view = CTL_VIEW_HITS;
        return true;
    }
    if (strcmp(what, "message") == 0) {
        command->view = CTL_VIEW_MESSAGE;
        return read_id(take(words), command->request, error) && is_end(words, error);
    }
    command->view = strcmp(what, "accounts") == 0 ? CTL_VIEW_ACCOUNTS : CTL_VIEW_BUFFERS;
    return is_end(words, error);
}

/* What a change of the gateways needs at least, behind its verb. */
static const struct change {
    const char *name;
    int n;
    const char *example;
} changes[] = {{"make", 3, "jobs libera/#coop-jobs patio/coops/jobs"},
               {"add", 2, "jobs libera/#coop-jobs out"},
               {"drop", 2, "jobs libera/#coop-jobs"},
               {"set", 2, "jobs max_late 240"},
               {"end", 1, "jobs"}};

/* --yes stands before or behind all others, where it is no word of a value. */
static bool
read_change(struct ctl_command *command, const struct change *change, struct words *words,
            GError **error)
{
    bool yes = take_if(words, "--yes");

    if (!yes && words->n > 0 && strcmp(words->next[words->n - 1], "--yes") == 0) {
        yes = true;
        words->n--;
    }
    if (words->n < change->n)
        return error_refuse(error, "relay %s needs more words: weft ctl relay %s %s", change->name,
                            change->name, change->example);
    json_put_text(command->request, "gateway", take(words));
    if (strcmp(change->name, "end") == 0 && !is_end(words, error))
        return false;
    g_autofree char *rest = join(words);
    if (words->n > 0)
        json_put_text(command->request, "words", rest);
    if (yes)
        json_object_set_new(command->request, "yes", json_true());
    command->view = CTL_VIEW_CHANGE;
    return true;
}

/* One word: what it is about. */
static bool
read_one(struct ctl_command *command, struct words *words, const char *key, const char *need,
         GError **error)
{
    const char *word = take(words);

    if (!word)
        return error_refuse(error, "%s", need);
    json_put_text(command->request, key, word);
    command->view = CTL_VIEW_NOTHING;
    return is_end(words, error);
}

static bool
read_relay(struct ctl_command *command, struct words *words, GError **error)
{
    const char *what = take(words);

    if (!what)
        return error_refuse(error,
                            "relay needs a word: status, why, make, add, drop, set, end, pause, "
                            "resume or retry.");
    json_put_text(command->request, "what", what);
    if (strcmp(what, "why") == 0) {
        command->view = CTL_VIEW_TEXT;
        return read_id(take(words), command->request, error) && is_end(words, error);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++)
        if (strcmp(what, changes[i].name) == 0)
            return read_change(command, &changes[i], words, error);
    if (strcmp(what, "status") == 0)
        command->view = CTL_VIEW_LEGS;
    else
        json_put_text(command->request, "gateway", take(words));
    return is_end(words, error);
}

static bool
read_common(struct ctl_command *command, struct words *words, GError **error)
{
    while (words->n > 0 && words->next[0][0] == '-') {
        if (take_if(words, "--json")) {
            command->json = true;
        } else if (take_if(words, "--timeout")) {
            const char *value = take(words);
            guint64 seconds;
            if (!value || !g_ascii_string_to_unsigned(value, 10, 1, 86400, &seconds, NULL))
                return error_refuse(error, "--timeout needs a number of seconds.");
            command->timeout_us = (int64_t)seconds * G_USEC_PER_SEC;
        } else {
            return error_refuse(error, "There is no option \"%s\".", words->next[0]);
        }
    }
    return true;
}

bool
ctl_args_read(struct ctl_command *command, int argc, char **argv, bool *ret_input, GError **error)
{
    static const struct {
        const char *name;
        enum ctl_view view;
    } plain[] = {{"hello", CTL_VIEW_HELLO},
                 {"figures", CTL_VIEW_TEXT},
                 {"page", CTL_VIEW_HTML},
                 {"reload", CTL_VIEW_TEXT},
                 {"quit", CTL_VIEW_NOTHING}};
    struct words words = {argv, argc};
    const char *name;

    *ret_input = false;
    command->request = json_object();
    if (!read_common(command, &words, error))
        return false;
    name = take(&words);
    if (!name)
        return error_refuse(error, "ctl needs a command.");
    json_put_text(command->request, "do", name);
    if (strcmp(name, "send") == 0)
        return read_send(command, &words, ret_input, error);
    if (strcmp(name, "tail") == 0)
        return read_tail(command, &words, error);
    /* Also at the end, where one thinks of it last. */
    if (words.n > 0 && strcmp(words.next[words.n - 1], "--json") == 0) {
        command->json = true;
        words.n--;
    }
    if (strcmp(name, "query") == 0)
        return read_query(command, &words, error);
    if (strcmp(name, "relay") == 0)
        return read_relay(command, &words, error);
    if (strcmp(name, "join") == 0)
        return read_one(command, &words, "to", "join needs an address: weft ctl join libera/#coop",
                        error);
    if (strcmp(name, "connect") == 0 || strcmp(name, "disconnect") == 0)
        return read_one(command, &words, "account",
                        "Which account? weft ctl query accounts lists them.", error);
    if (strcmp(name, "reload") == 0 && take_if(&words, "--dry-run"))
        json_object_set_new(command->request, "dry", json_true());
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (strcmp(name, plain[i].name) == 0) {
            command->view = plain[i].view;
            return is_end(&words, error);
        }
    }
    return error_refuse(error, "ctl has no command \"%s\".", name);
}

void
ctl_args_clear(struct ctl_command *command)
{
    json_decref(command->request);
    command->request = NULL;
}
