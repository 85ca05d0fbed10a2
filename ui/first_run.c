#include "ui/first_run.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "core/setup.h"
#include "text/site.h"
#include "ui/form.h"

#define DEMO_WORD "demo"

/* The fields that every account has: these first, then the network's own, then KEEP and those
 * behind it. */
enum { FIELD_SERVER, FIELD_NETWORK, FIELD_ROWS };
enum { FIELD_KEEP, FIELD_COMMAND, FIELD_NAME }; /* behind the rows */

static const char *const keeps[] = {"file", "ask", "command", NULL};
static const char *const keeps_without_paths[] = {"ask", "command", NULL};

struct first_run {
    struct first_run_options options;
    enum first_run_state state;
    struct form *form;
    const struct network *network;
    unsigned n_rows;          /* of the network, without the server's */
    GPtrArray *networks;      /* struct network, of the choices */
    char *probed;             /* the address that was asked what it is; NULL: none */
    struct core_probe *probe; /* under way */
    struct core_trial *trial;
    GPtrArray *steps; /* char * */
    char *error;
    char *section;
    char *account;
};

/* --- fields
 * -----------------------------------------------------------------------------------------------
 */

static const struct setup_row *
row_at(const struct first_run *run, unsigned i)
{
    return &run->network->driver->setup[i + 1];
}

static size_t
field_after(const struct first_run *run, size_t field)
{
    return FIELD_ROWS + run->n_rows + field;
}

static const char *
value_after(const struct first_run *run, size_t field)
{
    return form_value(run->form, field_after(run, field));
}

/* "login=token": is that what was answered? */
static bool
applies(const struct first_run *run, const struct setup_row *row)
{
    const size_t len = row->when ? strcspn(row->when, "=") : 0;

    for (unsigned i = 0; row->when && i < run->n_rows; i++) {
        const char *name = row_at(run, i)->name;
        if (strlen(name) == len && strncmp(name, row->when, len) == 0)
            return strcmp(form_value(run->form, FIELD_ROWS + i), row->when + len + 1) == 0;
    }
    return true;
}

/* The secret that is asked for now; NULL: none. */
static const struct setup_row *
secret_row(const struct first_run *run, size_t *ret_field)
{
    for (unsigned i = 0; i < run->n_rows; i++) {
        const struct setup_row *row = row_at(run, i);
        if (row->kind == SETUP_SECRET && applies(run, row)) {
            *ret_field = FIELD_ROWS + i;
            return row;
        }
    }
    return NULL;
}

static void
fit(struct first_run *run)
{
    size_t field;
    const bool secret = secret_row(run, &field) && *form_value(run->form, field);

    for (unsigned i = 0; i < run->n_rows; i++)
        form_show(run->form, FIELD_ROWS + i, applies(run, row_at(run, i)));
    form_show(run->form, field_after(run, FIELD_KEEP), secret);
    form_show(run->form, field_after(run, FIELD_COMMAND),
              secret && strcmp(value_after(run, FIELD_KEEP), "command") == 0);
}

static const char *
person(void)
{
    const char *user = g_get_user_name();
    return user && g_ascii_isalpha(*user) && strcmp(user, "root") != 0 ? user : "";
}

static void
add_row(struct first_run *run, const struct setup_row *row)
{
    static const enum form_kind kinds[] = {[SETUP_TEXT] = FORM_TEXT,
                                           [SETUP_CHOICE] = FORM_CHOICE,
                                           [SETUP_SECRET] = FORM_SECRET,
                                           [SETUP_LIST] = FORM_TEXT};
    g_auto(GStrv) choices = row->choices ? g_strsplit(row->choices, " ", -1) : NULL;

    form_add(run->form, kinds[row->kind], row->label, row->help, (const char *const *)choices,
             g_strcmp0(row->fallback, "$USER") == 0 ? person() : row->fallback);
}

static void
use_network(struct first_run *run, const struct network *network)
{
    const char *const *keep = run->options.paths ? keeps : keeps_without_paths;
    g_autofree char *name = NULL;

    if (network == run->network)
        return;
    if (run->network)
        name = g_strdup(value_after(run, FIELD_NAME));
    form_truncate(run->form, FIELD_ROWS);
    run->network = network;
    run->n_rows = 0;
    form_set(run->form, FIELD_NETWORK, network->driver->title);
    for (const struct setup_row *row = network->driver->setup + 1; row->name; row++) {
        add_row(run, row);
        run->n_rows++;
    }
    form_add(run->form, FORM_CHOICE, "Keep it in",
             "file: one of its own that only you can read. ask: nowhere; weft asks at each start. "
             "command: a program of yours tells it, such as a keyring's.",
             keep, NULL);
    form_add(run->form, FORM_TEXT, "Command",
             "What prints it, as: secret-tool lookup service weft. You put it in there yourself.",
             NULL, NULL);
    form_add(run->form, FORM_TEXT, "Account's name",
             "Your own short word for this account, for the list and for commands.", NULL, name);
    fit(run);
}

/* --- life
 * -------------------------------------------------------------------------------------------------
 */

static char *
server_help(const struct first_run *run)
{
    GString *help = g_string_new("Where do you want to go?");

    for (guint i = 0; i < run->networks->len; i++) {
        const struct network *network = run->networks->pdata[i];
        g_string_append_printf(help, "\n%s: %s", network->driver->title,
                               network->driver->setup[0].help);
    }
    return g_string_free(help, FALSE);
}

static void
add_first_fields(struct first_run *run)
{
    g_autofree char *help = server_help(run);
    g_autoptr(GPtrArray) titles = g_ptr_array_new();

    for (guint i = 0; i < run->networks->len; i++)
        g_ptr_array_add(
            titles,
            (char *)(uintptr_t)((const struct network *)run->networks->pdata[i])->driver->title);
    g_ptr_array_add(titles, NULL);
    form_add(run->form, FORM_TEXT, "Server or link", help, NULL, NULL);
    form_add(run->form, FORM_CHOICE, "Network", "What kind of server it is.",
             (const char *const *)titles->pdata, NULL);
    form_show(run->form, FIELD_NETWORK, run->networks->len > 1);
}

static void answered(struct first_run *run);

struct first_run *
first_run_new(const struct first_run_options *options)
{
    struct first_run *run = g_new0(struct first_run, 1);

    run->options = *options;
    run->form = form_new(options->rules);
    run->steps = g_ptr_array_new_with_free_func(g_free);
    run->networks = g_ptr_array_new();
    for (const struct network *network = core_networks(options->core); network->name; network++)
        if (network->driver->setup)
            g_ptr_array_add(run->networks, (void *)(uintptr_t)network);
    if (run->networks->len == 0)
        return run;
    add_first_fields(run);
    use_network(run, run->networks->pdata[0]);
    if (options->link) {
        form_set(run->form, FIELD_SERVER, options->link);
        answered(run);
    }
    return run;
}

static void
end_trial(struct first_run *run)
{
    core_probe_free(g_steal_pointer(&run->probe));
    if (run->trial)
        core_trial_free(run->trial);
    run->trial = NULL;
}

void
first_run_free(struct first_run *run)
{
    if (!run)
        return;
    end_trial(run);
    form_free(run->form);
    g_ptr_array_unref(run->steps);
    g_ptr_array_unref(run->networks);
    g_free(run->probed);
    g_free(run->error);
    g_free(run->section);
    g_free(run->account);
    g_free(run);
}

bool
first_run_can(struct core *core)
{
    for (const struct network *network = core_networks(core); network->name; network++)
        if (network->driver->setup)
            return true;
    return false;
}

enum first_run_state
first_run_state(const struct first_run *run)
{
    return run->state;
}

const char *
first_run_account(const struct first_run *run)
{
    return run->account;
}

static void
set_error(struct first_run *run, const char *text)
{
    g_free(run->error);
    run->error = g_strdup(text);
}

/* --- the answers
 * ------------------------------------------------------------------------------------------ */

/* One "key = value" line of what a link says. */
static void
take_line(struct first_run *run, const char *key, const char *value)
{
    if (strcmp(key, "server") == 0)
        form_set(run->form, FIELD_SERVER, value);
    for (unsigned i = 0; i < run->n_rows; i++)
        if (g_strcmp0(row_at(run, i)->option, key) == 0 && row_at(run, i)->kind != SETUP_SECRET)
            form_set(run->form, FIELD_ROWS + i, value);
}

/* A link says what it leads to: "key = value" lines of the driver that knows it. */
static bool
take_link(struct first_run *run)
{
    struct link_target target = {0};
    const struct network *network =
        core_recognise_link(run->options.core, form_value(run->form, FIELD_SERVER), &target);

    if (!network || !network->driver->setup) {
        link_target_clear(&target);
        return false;
    }
    use_network(run, network);
    g_auto(GStrv) lines = g_strsplit(target.options ? target.options : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) pair = g_strsplit(*line, " = ", 2);
        if (pair[0] && pair[1])
            take_line(run, pair[0], pair[1]);
    }
    if (target.account_name)
        form_set(run->form, field_after(run, FIELD_NAME), target.account_name);
    link_target_clear(&target);
    return true;
}

/* By the server's host, or another name where that is taken. */
static void
propose_name(struct first_run *run)
{
    const char *server = form_value(run->form, FIELD_SERVER), *after = strstr(server, "://");
    g_autofree char *host = g_strdup(after ? after + 3 : server);

    if (*value_after(run, FIELD_NAME))
        return;
    host[strcspn(host, ":/")] = '\0';
    g_autofree char *site = site_name(host, run->network->name);
    g_autofree char *name = g_strdup(site);
    for (int i = 2; core_account_by_name(run->options.core, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s%d", site, i);
    }
    form_set(run->form, field_after(run, FIELD_NAME), name);
}

static const char *
wrong_name(const struct first_run *run)
{
    const char *value = value_after(run, FIELD_NAME);

    if (!*value || strpbrk(value, " \t/\\\"[]") || *value == '.')
        return "A name is one word, without slashes, quotes and brackets.";
    return core_account_by_name(run->options.core, value)
               ? "There is an account with this name already."
               : NULL;
}

/* What is wrong with the current answer, or NULL. The rest is the driver's to judge. */
static const char *
complaint(const struct first_run *run)
{
    const size_t field = form_current(run->form);
    const char *value = form_value(run->form, field);

    if (field == FIELD_SERVER)
        return !*value                 ? run->network->driver->setup[0].missing
               : strpbrk(value, " \t") ? "This is neither a server's name nor a link."
                                       : NULL;
    if (field == field_after(run, FIELD_NAME))
        return wrong_name(run);
    if (field == field_after(run, FIELD_COMMAND))
        return *value ? NULL : "A command is needed that prints it.";
    if (field >= FIELD_ROWS && field < FIELD_ROWS + run->n_rows) {
        const struct setup_row *row = row_at(run, (unsigned)(field - FIELD_ROWS));
        if (row->missing && (!*value || strpbrk(value, " \t")))
            return row->missing;
    }
    return NULL;
}

/* --- what stands there
 * ------------------------------------------------------------------------------------ */

static void
take_probe(struct first_run *run, const struct network *network, const struct probe_result *result)
{
    use_network(run, network);
    form_set(run->form, FIELD_SERVER, result->server);
    g_free(run->probed);
    run->probed = g_strdup(result->server);
    g_ptr_array_add(run->steps, g_strdup_printf("This is %s.", result->title));
    if (result->note)
        g_ptr_array_add(run->steps, g_strdup(result->note));
    for (unsigned i = 0; result->login && i < run->n_rows; i++) {
        g_auto(GStrv) words = g_strsplit(result->login, " ", -1);
        if (strcmp(row_at(run, i)->name, "login") == 0)
            form_set_choices(run->form, FIELD_ROWS + i, (const char *const *)words);
    }
    fit(run);
    propose_name(run);
    form_go(run->form, FIELD_ROWS);
}

static void
on_probe(void *user, const struct network *network, const struct probe_result *result,
         const GError *error)
{
    struct first_run *run = user;

    run->state = FIRST_RUN_ASKING;
    g_ptr_array_set_size(run->steps, 0);
    if (network) {
        take_probe(run, network, result);
    } else {
        g_autofree char *text =
            g_strdup_printf("No network that weft can ask answers there. %s", error->message);
        set_error(run, text);
        form_go(run->form, FIELD_SERVER);
    }
    core_probe_free(g_steal_pointer(&run->probe));
    run->options.changed(run->options.user);
}

/* False: there is nobody to ask. */
static bool
ask_what_it_is(struct first_run *run, const struct network *network)
{
    const char *address = form_value(run->form, FIELD_SERVER);

    if (g_strcmp0(run->probed, address) == 0)
        return false;
    run->probe = core_probe_new(run->options.core, network, address, on_probe, run);
    if (!run->probe)
        return false;
    run->state = FIRST_RUN_PROBING;
    g_ptr_array_set_size(run->steps, 0);
    g_ptr_array_add(run->steps, g_strdup_printf("Asking %s what it is …", address));
    return true;
}

static void
server_answered(struct first_run *run)
{
    if (take_link(run)) {
        propose_name(run);
        /* What the link says of its server may not be all that it offers. */
        if (!ask_what_it_is(run, run->network))
            form_go(run->form, FIELD_ROWS);
        return;
    }
    const char *address = form_value(run->form, FIELD_SERVER);
    if (g_strcmp0(run->probed, address) == 0) { /* after a trial that failed, say */
        form_go(run->form, FIELD_ROWS);
        return;
    }
    if (strstr(address, "://")) {
        if (!ask_what_it_is(run, NULL))
            set_error(run, "This is neither a server's name nor a link that weft knows.");
        return;
    }
    propose_name(run);
    form_step(run->form);
}

static void start_trial(struct first_run *run);

static void
answered(struct first_run *run)
{
    const size_t field = form_current(run->form);
    const char *wrong = complaint(run);

    set_error(run, wrong);
    if (wrong)
        return;
    fit(run);
    if (field == FIELD_SERVER) {
        server_answered(run);
    } else if (field == FIELD_NETWORK) {
        use_network(run, run->networks->pdata[form_choice(run->form, FIELD_NETWORK)]);
        propose_name(run);
        if (!ask_what_it_is(run, run->network))
            form_go(run->form, FIELD_ROWS);
    } else if (!form_step(run->form)) {
        start_trial(run);
    }
}

/* --- the lines
 * -------------------------------------------------------------------------------------------- */

static char *
secret_file(const struct first_run *run, const struct setup_row *row)
{
    g_autofree char *word = g_strdelimit(g_strdup(row->option), "_", '-');

    return g_strdup_printf("%s.%s", value_after(run, FIELD_NAME), word);
}

static void
append_secret(const struct first_run *run, const struct setup_row *row, const char *secret,
              bool for_trial, GString *out)
{
    const char *keep = *secret ? value_after(run, FIELD_KEEP) : "ask";
    const size_t len = strlen(secret);

    if (for_trial && *secret) {
        const bool quoted = *secret == ' ' || *secret == '"' || secret[len - 1] == ' ';
        g_string_append_printf(out, quoted ? "%s = \"%s\"\n" : "%s = %s\n", row->option, secret);
    } else if (strcmp(keep, "file") == 0) {
        g_autofree char *file = secret_file(run, row);
        g_string_append_printf(out, "%s_file = %s\n", row->option, file);
    } else if (strcmp(keep, "command") == 0) {
        g_string_append_printf(out, "%s_cmd = %s\n", row->option, value_after(run, FIELD_COMMAND));
    } else {
        g_string_append_printf(out, "%s_ask = yes\n", row->option);
    }
}

static void
append_list(const struct setup_row *row, const char *value, GString *out)
{
    g_auto(GStrv) words = g_strsplit_set(value, " ,\t", -1);

    for (char **word = words; *word; word++) {
        const bool bare = row->marks && !strchr(row->marks, **word);
        if (**word)
            g_string_append_printf(out, "%s = %.*s%s\n", row->option, bare ? 1 : 0,
                                   row->marks ? row->marks : "", *word);
    }
}

/* The secret stands only in what is tried, never in what is written. A trial enters no channel:
 * people there would see somebody come and go. */
static char *
option_lines(const struct first_run *run, bool for_trial)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "server = %s\n", form_value(run->form, FIELD_SERVER));
    for (unsigned i = 0; i < run->n_rows; i++) {
        const struct setup_row *row = row_at(run, i);
        const char *value = form_value(run->form, FIELD_ROWS + i);

        if (!row->option || !applies(run, row))
            continue;
        if (row->kind == SETUP_SECRET)
            append_secret(run, row, value, for_trial, out);
        else if (row->kind == SETUP_LIST && !for_trial)
            append_list(row, value, out);
        else if (row->kind != SETUP_LIST && *value)
            g_string_append_printf(out, "%s = %s\n", row->option, value);
    }
    return g_string_free(out, FALSE);
}

static bool
make_section(struct first_run *run)
{
    g_autofree char *lines = option_lines(run, false);
    g_autoptr(GError) error = NULL;

    g_free(run->section);
    run->section = config_account_section(run->options.config, value_after(run, FIELD_NAME),
                                          run->network->name, lines, &error);
    if (!run->section)
        set_error(run, error->message);
    return run->section != NULL;
}

static void
show_section(struct first_run *run)
{
    run->state = make_section(run) ? FIRST_RUN_SHOWING : FIRST_RUN_FAILED;
}

/* --- the trial
 * -------------------------------------------------------------------------------------------- */

static void
on_trial(void *user, const char *text, bool over, const GError *error)
{
    struct first_run *run = user;

    if (text && *text && !error)
        g_ptr_array_add(run->steps, g_strdup(text));
    if (over) {
        if (error) {
            run->state = FIRST_RUN_FAILED;
            set_error(run, error->message);
        } else {
            show_section(run);
        }
    }
    run->options.changed(run->options.user);
}

static void
start_trial(struct first_run *run)
{
    g_autofree char *lines = option_lines(run, true);
    g_autoptr(GError) error = NULL;

    end_trial(run);
    g_ptr_array_set_size(run->steps, 0);
    set_error(run, NULL);
    run->state = FIRST_RUN_TRYING;
    run->trial =
        core_try_account(run->options.core, run->network->name, lines, on_trial, run, &error);
    explicit_bzero(lines, strlen(lines));
    if (!run->trial) {
        run->state = FIRST_RUN_FAILED;
        set_error(run, error ? error->message : "This account cannot be tried.");
    }
}

/* --- adding
 * -----------------------------------------------------------------------------------------------
 */

static bool
keep_secret(const struct first_run *run, GError **error)
{
    size_t field;
    const struct setup_row *row = secret_row(run, &field);
    const char *secret = row ? form_value(run->form, field) : "";

    if (!*secret || strcmp(value_after(run, FIELD_KEEP), "file") != 0)
        return true;
    g_autofree char *name = secret_file(run, row);
    g_autofree char *path = g_build_filename(run->options.paths->config_dir, name, NULL);
    return file_make_private_dir(run->options.paths->config_dir, error) &&
           file_write_atomic(path, secret, strlen(secret), error);
}

static void
add_account(struct first_run *run)
{
    g_autoptr(GError) error = NULL;
    size_t field;

    end_trial(run);
    g_free(run->account);
    run->account = g_strdup(value_after(run, FIELD_NAME));
    if (keep_secret(run, &error) &&
        config_append_section(run->options.config, run->section, &error) &&
        core_add_account(run->options.core, run->account, &error)) {
        run->state = FIRST_RUN_ADDED;
        if (secret_row(run, &field))
            form_set(run->form, field, "");
        return;
    }
    run->state = FIRST_RUN_FAILED;
    set_error(run, error->message);
}

/* --- keys
 * -------------------------------------------------------------------------------------------------
 */

static void
change_answers(struct first_run *run)
{
    end_trial(run);
    g_ptr_array_set_size(run->steps, 0);
    g_clear_pointer(&run->section, g_free);
    run->state = FIRST_RUN_ASKING;
    form_go(run->form, FIELD_SERVER);
}

static bool
wants_demo(const struct first_run *run)
{
    return run->options.demo && form_current(run->form) == FIELD_SERVER &&
           strcmp(form_value(run->form, FIELD_SERVER), DEMO_WORD) == 0;
}

static void
answer_key(struct first_run *run, enum action action, struct key key)
{
    switch (form_key(run->form, action, key)) {
    case FORM_CANCEL:
        run->state = FIRST_RUN_LEFT;
        break;
    case FORM_ANSWERED:
        if (wants_demo(run))
            run->state = FIRST_RUN_DEMO;
        else
            answered(run);
        break;
    case FORM_STAYS:
        fit(run);
        break;
    }
}

void
first_run_key(struct first_run *run, enum action action, struct key key)
{
    bool yes = action == ACTION_NONE && (key.code == 'y' || key.code == 'Y');

    switch (run->state) {
    case FIRST_RUN_ASKING:
        answer_key(run, action, key);
        break;
    case FIRST_RUN_PROBING:
    case FIRST_RUN_TRYING:
        if (action == ACTION_CANCEL)
            change_answers(run);
        break;
    case FIRST_RUN_FAILED:
        if (action == ACTION_CANCEL)
            run->state = FIRST_RUN_LEFT;
        else if (action == ACTION_SUBMIT)
            change_answers(run);
        else if (action == ACTION_NONE && key.code == 'a')
            show_section(run);
        break;
    case FIRST_RUN_SHOWING:
        if (yes)
            add_account(run);
        else if (action == ACTION_CANCEL)
            run->state = FIRST_RUN_LEFT;
        else if (action == ACTION_NONE && (key.code == 'n' || key.code == 'N'))
            change_answers(run);
        break;
    case FIRST_RUN_ADDED:
    case FIRST_RUN_DEMO:
    case FIRST_RUN_LEFT:
        break;
    }
}

void
first_run_paste(struct first_run *run, const char *text, size_t len)
{
    if (run->state != FIRST_RUN_ASKING)
        return;
    form_paste(run->form, text, len);
    fit(run);
}

/* --- what is to be seen
 * ----------------------------------------------------------------------------------- */

static const char *
keys_now(const struct first_run *run)
{
    switch (run->state) {
    case FIRST_RUN_PROBING:
        return "Esc: do not wait for it";
    case FIRST_RUN_TRYING:
        return "Esc: stop trying";
    case FIRST_RUN_FAILED:
        return "Enter: change the answers   a: add it all the same   Esc: leave";
    case FIRST_RUN_SHOWING:
        return "y: add these lines and connect   n: change the answers   Esc: leave";
    default:
        return "Enter: next   Up: back   Esc: look around without an account";
    }
}

void
first_run_view(struct first_run *run, struct view_form *ret_view)
{
    const bool asking = run->state == FIRST_RUN_ASKING;

    *ret_view = (struct view_form){
        .title = "Welcome to weft. Let us add an account.",
        .offer = asking && run->options.demo && form_current(run->form) == FIELD_SERVER
                     ? "Only looking? Type " DEMO_WORD " and Enter: a made-up place on this "
                       "machine, where nothing of yours is touched."
                     : NULL,
        .steps = (const char *const *)(void *)run->steps->pdata,
        .n_steps = run->steps->len,
        .section = run->state == FIRST_RUN_SHOWING ? run->section : NULL,
        .file = run->options.paths ? run->options.paths->config_file : "your configuration",
        .error = run->error,
        .keys = keys_now(run),
    };
    form_view(run->form, asking, ret_view);
}
