/* The configuration read anew, and the difference applied. Everything is read and checked beside
 * what is in force; only a configuration without an error takes its place. */
#include <string.h>

#include "core/config_priv.h"
#include "core/engine.h"
#include "core/options.h"

/* What is done, by kinds; each a list of accounts' names. */
struct changes {
    const struct config *config; /* the new one */
    bool dry;                    /* it is only told */
    GString *again, *options_later, *added, *removed, *renamed;
};

static void
append_name(GString *names, const char *name)
{
    g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
}

/* --- before anything is changed
 * ------------------------------------------------------------------------ */

/* History, outbox and cursors of an account are of its network. */
static void
check_networks(struct core *core, struct config *fresh)
{
    for (unsigned i = 0; i < fresh->accounts->len; i++) {
        const struct config_account *account = fresh->accounts->pdata[i];
        const struct session *session = accounts_find(core, account->name);
        if (session == NULL || strcmp(session->account->network, account->network) == 0)
            continue;
        g_autofree char *text = g_strdup_printf(
            "The account %s is one of %s, with its history. Give the one of %s another name.",
            account->name, session->account->network, account->network);
        config_complain(fresh, account->file, account->line, 1, false, text);
    }
}

static char *
describe_errors(const struct config *fresh)
{
    GString *out = g_string_new("Nothing was changed. Mend this first:");

    for (unsigned i = 0; i < fresh->problems->len; i++) {
        const struct config_problem *problem = fresh->problems->pdata[i];
        if (problem->warning)
            continue;
        g_string_append_printf(out, "\n%s", problem->file);
        if (problem->line > 0)
            g_string_append_printf(out, ":%d:%d", problem->line, problem->column);
        g_string_append_printf(out, ": %s", problem->text);
    }
    return g_string_free(out, FALSE);
}

/* --- accounts
 * ------------------------------------------------------------------------------------------ */

static void
remove_accounts(struct core *core, struct changes *changes)
{
    for (guint i = core->accounts->len; i > 0; i--) {
        const struct account *account = core->accounts->pdata[i - 1];
        if (config_account_options(changes->config, account->name) != NULL)
            continue;
        append_name(changes->removed, account->name);
        if (!changes->dry)
            accounts_remove(core, session_of_account(core, account->id));
    }
}

static void
connect_if_wanted(struct core *core, struct session *session)
{
    if (session->at_start && core->started && !core->read_only)
        session_connect(session);
}

static void
add_accounts(struct core *core, struct changes *changes)
{
    for (size_t i = 0; i < config_n_accounts(changes->config); i++) {
        const char *name = config_account_name(changes->config, i);
        if (core_account_by_name(core, name) != NULL)
            continue;
        append_name(changes->added, name);
        if (!changes->dry)
            connect_if_wanted(core,
                              accounts_add(core, name, config_account_network(changes->config, i)));
    }
}

/* The driver's options differ: what is connected says goodbye and comes back; what failed gets a
 * new chance; what the person has disconnected stays so. */
static void
change_options(struct session *session, const struct options *options, struct changes *changes)
{
    const bool wanted = session->wanted || session->account->state == ACCOUNT_FAILED;

    append_name(wanted ? changes->again : changes->options_later, session->account->name);
    if (changes->dry)
        return;
    session_set_options(session, options);
    if (!wanted)
        return;
    session_disconnect(session, NULL);
    if (!session->core->read_only)
        session_connect(session);
}

/* What core itself makes of an account's section asks for no new connection. */
static void
change_own(struct core *core, struct session *session, const struct options *options,
           struct changes *changes)
{
    struct account *account = session->account;
    const char *label = options_text(options, "label");
    const bool at_start = options_bool(options, "connect");

    if (g_strcmp0(account->label, label) != 0)
        append_name(changes->renamed, account->name);
    if (at_start && !session->at_start && !session->wanted)
        append_name(changes->again, account->name);
    if (changes->dry)
        return;
    if (g_strcmp0(account->label, label) != 0) {
        g_free(account->label);
        account->label = g_strdup(label);
        bus_publish(core->bus, &(struct notice){.type = NOTICE_ACCOUNT, .account_id = account->id});
    }
    if (at_start != session->at_start) {
        session->at_start = at_start;
        if (at_start && !session->wanted)
            connect_if_wanted(core, session);
    }
}

static void
change_accounts(struct core *core, struct changes *changes)
{
    for (guint i = 0; i < core->accounts->len; i++) {
        const struct account *account = core->accounts->pdata[i];
        struct session *session = session_of_account(core, account->id);
        const struct options *now = config_account_options(changes->config, account->name);
        const struct options *before = session->next != NULL ? session->next : session->options;

        if (now == before || now == NULL) /* NULL: it goes */
            continue;
        change_own(core, session, now, changes);
        if (session->driver != NULL && !options_same(before, now, session->driver->options))
            change_options(session, now, changes);
    }
}

/* --- all
 * -----------------------------------------------------------------------------------------------
 */

void
core_take_config(struct core *core)
{
    for (guint i = 0; i < core->accounts->len; i++) {
        const struct account *account = core->accounts->pdata[i];
        attention_forget(session_of_account(core, account->id));
    }
    for (guint i = 0; i < core->open->len; i++)
        room_update_notify(core, core->open->pdata[i]);
    bus_publish(core->bus, &(struct notice){.type = NOTICE_CONFIG});
}

bool
core_set(struct core *core, const char *section, const char *key, const char *value, GError **error)
{
    if (!config_set(core->config, section, key, value, error))
        return false;
    core_take_config(core);
    return true;
}

static void
append_sentence(GString *out, const char *what, const GString *names, const char *then)
{
    if (names->len > 0)
        g_string_append_printf(out, " %s %s%s", what, names->str, then);
}

static char *
describe(const struct changes *changes, unsigned others)
{
    static const struct {
        unsigned bit;
        const char *name;
    } kinds[] = {{CONFIG_LOOK, "look"},
                 {CONFIG_KEYS, "keys"},
                 {CONFIG_NOTIFY, "notify levels"},
                 {CONFIG_IGNORE, "ignore rules"},
                 {CONFIG_GATEWAYS, "gateways"},
                 {CONFIG_RELAY, "where the relay can be looked at"}};
    const bool dry = changes->dry;
    GString *out = g_string_new(dry ? "Nothing was changed: this is what a reload would do."
                                    : "The configuration was read anew.");
    const size_t bare = out->len;
    g_autoptr(GString) names = g_string_new(NULL);

    append_sentence(out,
                    dry ? "Connect with what was changed:" : "Connecting with what was changed:",
                    changes->again, ".");
    append_sentence(out, "Changed, and not connected:", changes->options_later, ".");
    append_sentence(out, "New:", changes->added, ".");
    append_sentence(out, "Gone, with their history kept:", changes->removed, ".");
    append_sentence(out, "Another label:", changes->renamed, ".");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if ((others & kinds[i].bit) != 0)
            append_name(names, kinds[i].name);
    append_sentence(out, dry ? "Put in force:" : "In force now:", names, ".");
    if (out->len == bare)
        g_string_append(out, " Nothing is different.");
    return g_string_free(out, FALSE);
}

/* The configuration as the files have it now; NULL: `ret_text` says what is wrong with it. */
static struct config *
read_again(struct core *core, char **ret_text)
{
    struct config *fresh = config_read_again(core->config, NULL);

    check_networks(core, fresh);
    if (core->check_config != NULL)
        core->check_config(fresh);
    if (!config_has_errors(fresh))
        return fresh;
    *ret_text = describe_errors(fresh);
    config_free(fresh);
    return NULL;
}

static void
changes_init(struct changes *changes, const struct config *config, bool dry)
{
    *changes = (struct changes){.config = config,
                                .dry = dry,
                                .again = g_string_new(NULL),
                                .options_later = g_string_new(NULL),
                                .added = g_string_new(NULL),
                                .removed = g_string_new(NULL),
                                .renamed = g_string_new(NULL)};
}

static void
changes_fini(struct changes *changes)
{
    g_string_free(changes->again, TRUE);
    g_string_free(changes->options_later, TRUE);
    g_string_free(changes->added, TRUE);
    g_string_free(changes->removed, TRUE);
    g_string_free(changes->renamed, TRUE);
}

bool
core_reload(struct core *core, char **ret_text)
{
    struct config *fresh = read_again(core, ret_text);
    struct changes changes;

    if (fresh == NULL)
        return false;
    changes_init(&changes, core->config, false);
    const unsigned others = config_adopt(core->config, fresh);
    remove_accounts(core, &changes);
    change_accounts(core, &changes);
    add_accounts(core, &changes);
    accounts_sort(core);
    core_take_config(core);
    *ret_text = describe(&changes, others);
    changes_fini(&changes);
    return true;
}

bool
core_preview_reload(struct core *core, char **ret_text)
{
    struct config *fresh = read_again(core, ret_text);
    struct changes changes;

    if (fresh == NULL)
        return false;
    changes_init(&changes, fresh, true);
    const unsigned others = config_compare(core->config, fresh);
    remove_accounts(core, &changes);
    change_accounts(core, &changes);
    add_accounts(core, &changes);
    *ret_text = describe(&changes, others);
    changes_fini(&changes);
    config_free(fresh);
    return true;
}
