#include "ui/first_run.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "ui/secret_text.h"

#define DEMO_WORD "demo"

enum field {
    FIELD_SERVER,
    FIELD_TLS,
    FIELD_NICK,
    FIELD_CHANNELS,
    FIELD_PASSWORD,
    FIELD_USE,
    FIELD_KEEP,
    FIELD_NAME,
    FIELD_N
};

static const struct {
    const char *label, *help;
} texts[FIELD_N] = {
    [FIELD_SERVER] = {"Server or link", "The server's name, as irc.libera.chat or "
                                        "irc.example.org:6697, or a link that somebody gave "
                                        "you, as ircs://irc.libera.chat/#coop."},
    [FIELD_TLS] = {"Encryption",
                   "on (the usual port is 6697), starttls, or off (only to this machine)."},
    [FIELD_NICK] = {"Your nick", "The name by which others see you there."},
    [FIELD_CHANNELS] =
        {"Channels", "To join at every start, separated by blanks: #coop #jobs. May stay empty."},
    [FIELD_PASSWORD] =
        {"Password",
         "Of your account there, or of the server itself, if one is needed. Else leave it empty. "
         "It is not shown while you type."},
    [FIELD_USE] = {"Password opens", "account: your registered nick (SASL login). server: the "
                                     "server itself, as with a private server or a bouncer."},
    [FIELD_KEEP] = {"Keep password",
                    "file: in a file of its own that only you can read. ask: nowhere; weft asks at "
                    "each start."},
    [FIELD_NAME] = {"Account's name",
                    "Your own short word for this account, for the list and for commands."},
};

struct first_run {
    struct first_run_options options;
    enum first_run_state state;
    struct editor *editor; /* of the current field */
    char *values[FIELD_N]; /* never NULL; not the password's */
    struct secret_text password;
    enum field current;
    struct core_trial *trial;
    bool trial_over;
    GPtrArray *steps; /* char * */
    char *error;
    char *section;
    struct view_field views[FIELD_N];
};

static const char *
default_nick(void)
{
    const char *user = g_get_user_name();
    return user && g_ascii_isalpha(*user) && strcmp(user, "root") != 0 ? user : "";
}

struct first_run *
first_run_new(const struct first_run_options *options)
{
    struct first_run *run = g_new0(struct first_run, 1);

    run->options = *options;
    run->editor = editor_new(options->rules);
    run->steps = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < FIELD_N; i++)
        run->values[i] = g_strdup(i == FIELD_TLS    ? "on"
                                  : i == FIELD_NICK ? default_nick()
                                  : i == FIELD_USE  ? "account"
                                  : i == FIELD_KEEP ? (options->paths ? "file" : "ask")
                                                    : "");
    return run;
}

static void
end_trial(struct first_run *run)
{
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
    editor_free(run->editor);
    for (int i = 0; i < FIELD_N; i++)
        g_free(run->values[i]);
    secret_text_wipe(&run->password);
    g_ptr_array_unref(run->steps);
    g_free(run->error);
    g_free(run->section);
    g_free(run);
}

enum first_run_state
first_run_state(const struct first_run *run)
{
    return run->state;
}

const char *
first_run_account(const struct first_run *run)
{
    return run->values[FIELD_NAME];
}

static void
set_value(struct first_run *run, enum field field, const char *value)
{
    g_free(run->values[field]);
    run->values[field] = g_strdup(value);
}

static void
set_error(struct first_run *run, const char *text)
{
    g_free(run->error);
    run->error = g_strdup(text);
}

/* --- the answers
 * ------------------------------------------------------------------------------------------ */

/* A link fills in what it says: "key = value" lines of the driver that knows it. */
static bool
take_link(struct first_run *run)
{
    struct link_target target = {0};
    g_auto(GStrv) lines = NULL;

    if (!core_recognise_link(run->options.core, run->values[FIELD_SERVER], &target))
        return false;
    lines = g_strsplit(target.options ? target.options : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) pair = g_strsplit(*line, " = ", 2);

        if (!pair[0] || !pair[1])
            continue;
        if (strcmp(pair[0], "server") == 0)
            set_value(run, FIELD_SERVER, pair[1]);
        else if (strcmp(pair[0], "tls") == 0)
            set_value(run, FIELD_TLS, pair[1]);
        else if (strcmp(pair[0], "nick") == 0)
            set_value(run, FIELD_NICK, pair[1]);
        else if (strcmp(pair[0], "join") == 0)
            set_value(run, FIELD_CHANNELS, pair[1]);
    }
    if (target.account_name)
        set_value(run, FIELD_NAME, target.account_name);
    link_target_clear(&target);
    return true;
}

/* "irc.libera.chat:6697" → "libera", or another name where that is taken. */
static void
propose_name(struct first_run *run)
{
    g_autofree char *host = g_strdup(run->values[FIELD_SERVER]);
    g_auto(GStrv) parts = NULL;
    g_autofree char *name = NULL;
    guint n;

    if (*run->values[FIELD_NAME])
        return;
    host[strcspn(host, ":/")] = '\0';
    parts = g_strsplit(host, ".", -1);
    n = g_strv_length(parts);
    name = g_ascii_strdown(
        n == 0 || g_hostname_is_ip_address(host) ? "irc" : parts[n >= 2 ? n - 2 : 0], -1);
    g_strcanon(name, "abcdefghijklmnopqrstuvwxyz0123456789-", '-');
    for (int i = 2; core_account_by_name(run->options.core, name); i++) {
        char *other = g_strdup_printf("%s%d", name, i);
        g_free(name);
        name = other;
    }
    set_value(run, FIELD_NAME, *name ? name : "irc");
}

/* What is wrong with the current answer, or NULL. The rest is the driver's to judge. */
static const char *
complaint(const struct first_run *run)
{
    const char *value = run->values[run->current];

    switch (run->current) {
    case FIELD_SERVER:
        if (!*value)
            return "A server is needed: irc.libera.chat is one with many channels.";
        return strpbrk(value, " \t") || strstr(value, "//")
                   ? "This is neither a server's name nor a link that weft knows."
                   : NULL;
    case FIELD_TLS:
        return strcmp(value, "on") != 0 && strcmp(value, "starttls") != 0 &&
                       strcmp(value, "off") != 0
                   ? "Write on, starttls or off."
                   : NULL;
    case FIELD_NICK:
        return !*value                 ? "A nick is needed."
               : strpbrk(value, " \t") ? "A nick has no blanks."
                                       : NULL;
    case FIELD_USE:
        return strcmp(value, "account") != 0 && strcmp(value, "server") != 0
                   ? "Write account or server."
                   : NULL;
    case FIELD_KEEP:
        if (strcmp(value, "file") == 0 && run->options.paths)
            return NULL;
        return strcmp(value, "ask") != 0 ? "Write file or ask." : NULL;
    case FIELD_NAME:
        if (!*value || strpbrk(value, " \t/\\\"[]") || *value == '.')
            return "A name is one word, without slashes, quotes and brackets.";
        return core_account_by_name(run->options.core, value)
                   ? "There is an account with this name already."
                   : NULL;
    default:
        return NULL;
    }
}

/* The editor's text into the current field. */
static bool
take_answer(struct first_run *run)
{
    g_autofree char *text = NULL;
    const char *wrong;

    if (run->current != FIELD_PASSWORD) {
        text = g_strstrip(g_strdup(editor_text(run->editor)));
        set_value(run, run->current, text);
    }
    if (run->current == FIELD_SERVER) {
        take_link(run);
        propose_name(run);
    }
    wrong = complaint(run);
    set_error(run, wrong);
    return !wrong;
}

static void
go_to(struct first_run *run, enum field field)
{
    run->current = field;
    editor_set(run->editor, run->values[field], SIZE_MAX);
}

static enum field
neighbour(const struct first_run *run, int by)
{
    int field = (int)run->current + by;

    if ((field == FIELD_USE || field == FIELD_KEEP) && run->password.len == 0)
        field += 2 * by;
    return (enum field)CLAMP(field, 0, FIELD_N - 1);
}

/* --- the lines
 * -------------------------------------------------------------------------------------------- */

static char *
password_file(const struct first_run *run)
{
    bool server = strcmp(run->values[FIELD_USE], "server") == 0;

    return g_strdup_printf("%s.%s", run->values[FIELD_NAME],
                           server ? "server-password" : "password");
}

static void
append_password(const struct first_run *run, GString *out, bool for_trial)
{
    bool server = strcmp(run->values[FIELD_USE], "server") == 0;
    const char *key = server ? "server_password" : "password";
    const char *text = run->password.text;

    if (for_trial) {
        bool quoted = *text == ' ' || *text == '"' || text[run->password.len - 1] == ' ';
        g_string_append_printf(out, quoted ? "%s = \"%s\"\n" : "%s = %s\n", key, text);
    } else if (strcmp(run->values[FIELD_KEEP], "file") == 0) {
        g_autofree char *file = password_file(run);
        g_string_append_printf(out, "%s_file = %s\n", key, file);
    } else {
        g_string_append(out, server ? "server_password_ask = yes\n" : "sasl = password\n");
    }
}

/* The password stands only in what is tried, never in what is written. A trial enters no channel:
 * people there would see somebody come and go. */
static char *
option_lines(const struct first_run *run, bool for_trial)
{
    GString *out = g_string_new(NULL);
    g_auto(GStrv) channels = g_strsplit_set(run->values[FIELD_CHANNELS], " ,\t", -1);

    g_string_append_printf(out, "server = %s\ntls = %s\nnick = %s\n", run->values[FIELD_SERVER],
                           run->values[FIELD_TLS], run->values[FIELD_NICK]);
    if (run->password.len > 0)
        append_password(run, out, for_trial);
    for (char **channel = channels; *channel && !for_trial; channel++) {
        if (**channel)
            g_string_append_printf(out, "join = %s%s\n", strchr("#&+!", **channel) ? "" : "#",
                                   *channel);
    }
    return g_string_free(out, FALSE);
}

static bool
make_section(struct first_run *run)
{
    g_autofree char *lines = option_lines(run, false);
    g_autoptr(GError) error = NULL;

    g_free(run->section);
    run->section =
        config_account_section(run->options.config, run->values[FIELD_NAME], "irc", lines, &error);
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
        run->trial_over = true;
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
    run->trial_over = false;
    run->state = FIRST_RUN_TRYING;
    run->trial = core_try_account(run->options.core, "irc", lines, on_trial, run, &error);
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
keep_password(const struct first_run *run, GError **error)
{
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;

    if (run->password.len == 0 || strcmp(run->values[FIELD_KEEP], "file") != 0)
        return true;
    name = password_file(run);
    path = g_build_filename(run->options.paths->config_dir, name, NULL);
    return file_make_private_dir(run->options.paths->config_dir, error) &&
           file_write_atomic(path, run->password.text, run->password.len, error);
}

static void
add_account(struct first_run *run)
{
    g_autoptr(GError) error = NULL;

    end_trial(run);
    if (keep_password(run, &error) &&
        config_append_section(run->options.config, run->section, &error) &&
        core_add_account(run->options.core, run->values[FIELD_NAME], &error)) {
        run->state = FIRST_RUN_ADDED;
        secret_text_wipe(&run->password);
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
    go_to(run, FIELD_SERVER);
}

static bool
wants_demo(const struct first_run *run)
{
    g_autofree char *text = g_strstrip(g_strdup(editor_text(run->editor)));

    return run->options.demo && run->current == FIELD_SERVER && strcmp(text, DEMO_WORD) == 0;
}

static void
answer_key(struct first_run *run, enum action action, struct key key)
{
    char utf8[6];

    if (action == ACTION_CANCEL) {
        run->state = FIRST_RUN_LEFT;
    } else if (action == ACTION_SUBMIT || action == ACTION_DOWN || action == ACTION_COMPLETE) {
        if (wants_demo(run)) {
            run->state = FIRST_RUN_DEMO;
            return;
        }
        if (!take_answer(run))
            return;
        if (run->current == FIELD_NAME)
            start_trial(run);
        else
            go_to(run, neighbour(run, 1));
    } else if (action == ACTION_UP || action == ACTION_COMPLETE_BACK) {
        g_clear_pointer(&run->error, g_free);
        if (run->current != FIELD_PASSWORD)
            set_value(run, run->current, editor_text(run->editor));
        go_to(run, neighbour(run, -1));
    } else if (run->current == FIELD_PASSWORD) {
        secret_text_key(&run->password, action, key);
    } else if (action != ACTION_NONE) {
        editor_action(run->editor, action, NULL);
    } else if (key_is_text(key)) {
        editor_insert(run->editor, utf8, (size_t)g_unichar_to_utf8(key.code, utf8));
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
    size_t line = 0;

    /* One field, one line: what comes after a newline is not typed into the next. */
    while (line < len && text[line] != '\n' && text[line] != '\t')
        line++;
    if (run->state != FIRST_RUN_ASKING)
        return;
    if (run->current == FIELD_PASSWORD)
        secret_text_insert(&run->password, text, line);
    else
        editor_insert(run->editor, text, line);
}

/* --- what is to be seen
 * ----------------------------------------------------------------------------------- */

static const char *
keys_now(const struct first_run *run)
{
    switch (run->state) {
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
    bool asking = run->state == FIRST_RUN_ASKING;
    size_t n = 0;

    for (int i = 0; i < FIELD_N; i++) {
        struct view_field *view = &run->views[n];

        if ((i == FIELD_USE || i == FIELD_KEEP) && run->password.len == 0)
            continue;
        *view = (struct view_field){
            .label = texts[i].label,
            .value = i == FIELD_PASSWORD ? run->password.text : run->values[i],
            .secret = i == FIELD_PASSWORD,
            .current = asking && (int)run->current == i,
        };
        n++;
    }
    *ret_view = (struct view_form){
        .title = "Welcome to weft. Let us add an IRC account.",
        .fields = run->views,
        .n = n,
        .editor = run->editor,
        .offer = asking && run->options.demo && run->current == FIELD_SERVER
                     ? "Only looking? Type " DEMO_WORD " and Enter: a made-up place on this "
                       "machine, where nothing of yours is touched."
                     : NULL,
        .help = asking ? texts[run->current].help : NULL,
        .steps = (const char *const *)(void *)run->steps->pdata,
        .n_steps = run->steps->len,
        .section = run->state == FIRST_RUN_SHOWING ? run->section : NULL,
        .file = run->options.paths ? run->options.paths->config_file : "your configuration",
        .error = run->error,
        .keys = keys_now(run),
    };
}
