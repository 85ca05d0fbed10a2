#include "core/command.h"

#include <string.h>

#include "base/utf8.h"

#include "core/foreign.h"
#include "core/nearest.h"

#define NAME_MAX_BYTES  64
#define LIST_LINE_BYTES 48

static const struct {
    const char *title; /* for /help */
    const struct command *rows;
} tables[] = {
    {"Conversations", commands_talk},
    {"Making and finding channels", commands_place},
    {"Messages that are there", commands_message},
    {"Files", commands_files},
    {"Who is ignored", commands_ignore},
    {"What calls", commands_attention},
    {"Accounts", commands_account},
    {"The list of buffers", commands_buffer},
    {"Threads", commands_thread},
    {"The relay", commands_relay},
    {"The screen", commands_screen},
    {"weft itself", commands_program},
};

static bool
is_alias(const char *aliases, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = aliases; at && *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == len && g_ascii_strncasecmp(at, name, len) == 0)
            return true;
        at += word;
    }
    return false;
}

const struct command *
command_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const struct command *row = tables[i].rows; row->name; row++)
            if (g_ascii_strcasecmp(row->name, name) == 0 || is_alias(row->aliases, name))
                return row;
    return NULL;
}

static const struct driver_command *
driver_rows(const struct session *session)
{
    static const struct driver_command none[] = {{0}};

    if (!session || !session->driver || !session->driver->commands || !session->driver->command)
        return none;
    return session->driver->commands;
}

const struct driver_command *
command_find_driver(const struct session *session, const char *name)
{
    for (const struct driver_command *row = driver_rows(session); row->name; row++)
        if (g_ascii_strcasecmp(row->name, name) == 0 || is_alias(row->aliases, name))
            return row;
    return NULL;
}

/* A network's own row comes before core's of the same name: it knows more of it. */
static const struct command *
find_row(const struct session *session, const char *name, const struct driver_command **ret_row)
{
    *ret_row = NULL;
    for (const struct driver_command *row = driver_rows(session); row->name && !*ret_row; row++)
        if (g_ascii_strcasecmp(row->name, name) == 0)
            *ret_row = row;
    const struct command *own = *ret_row ? NULL : command_find(name);
    if (!own && !*ret_row)
        *ret_row = command_find_driver(session, name);
    return own;
}

void
command_each(const struct session *session, void (*fn)(void *user, const char *name), void *user)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const struct command *row = tables[i].rows; row->name; row++)
            fn(user, row->name);
    for (const struct driver_command *row = driver_rows(session); row->name; row++)
        if (!command_find(row->name))
            fn(user, row->name);
}

const char *
command_arguments(const struct session *session, const char *name)
{
    const struct driver_command *driver_row;
    const struct command *row = find_row(session, name, &driver_row);

    return row ? row->arguments : driver_row ? driver_row->arguments : "";
}

enum complete_kind
command_completes(const struct session *session, const char *name, int argument)
{
    const struct driver_command *driver_row;
    const struct command *row = find_row(session, name, &driver_row);

    /* The last one may go on. */
    argument = MIN(argument, COMMAND_MAX_ARGUMENTS - 1);
    return row          ? row->completes[argument]
           : driver_row ? driver_row->completes[argument]
                        : COMPLETE_NONE;
}

int
command_most(const struct session *session, const char *name)
{
    const struct driver_command *driver_row;
    const struct command *row = find_row(session, name, &driver_row);

    return row ? row->most : driver_row ? driver_row->most : 0;
}

char **
command_split(const char *text, int most)
{
    static const char blanks[] = " \t\n\r\f"; /* all that g_strchomp() takes off */
    GPtrArray *words = g_ptr_array_new();

    text += strspn(text, blanks);
    while (*text && (int)words->len + 1 < most) {
        size_t len = strcspn(text, blanks);
        g_ptr_array_add(words, g_strndup(text, len));
        text += len;
        text += strspn(text, blanks);
    }
    if (*text && most > 0)
        g_ptr_array_add(words, g_strchomp(g_strdup(text)));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* --- help
 * ---------------------------------------------------------------------------------------------- */

static void
append_aliases(GString *out, const char *aliases)
{
    g_auto(GStrv) words = g_strsplit(aliases, " ", -1);

    g_string_append(out, "\nAlso:");
    for (unsigned i = 0; words[i]; i++)
        g_string_append_printf(out, " /%s", words[i]);
}

static void
append_row(GString *out, const char *name, const char *aliases, const char *arguments,
           const char *help, const char *example)
{
    g_string_append_printf(out, "/%s%s%s\n%s", name, arguments && *arguments ? " " : "",
                           arguments ? arguments : "", help);
    if (aliases)
        append_aliases(out, aliases);
    if (example)
        g_string_append_printf(out, "\nFor example: %s", example);
}

/* A group of names, in lines that fit beside the list on the narrowest usual screen. */
struct group {
    GString *out;
    size_t line_bytes;
};

static void
group_begin(struct group *group, const char *title)
{
    g_string_append_printf(group->out, "\n%s:", title);
    group->line_bytes = LIST_LINE_BYTES;
}

static void
group_add(struct group *group, const char *name)
{
    const size_t len = strlen(name) + 2;

    if (group->line_bytes + len > LIST_LINE_BYTES) {
        g_string_append(group->out, "\n ");
        group->line_bytes = 1;
    }
    g_string_append_printf(group->out, " /%s", name);
    group->line_bytes += len;
}

static void
append_list(GString *out, const struct session *session)
{
    struct group group = {.out = out};
    const struct driver_command *rows = driver_rows(session);

    g_string_append(out, "What can be typed here; /help NAME says more, with an example.\n"
                         "Tab completes what is begun, F1 shows the keys.");
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        group_begin(&group, tables[i].title);
        for (const struct command *row = tables[i].rows; row->name; row++)
            group_add(&group, row->name);
    }
    if (rows->name)
        group_begin(&group, session->driver->title);
    for (const struct driver_command *row = rows; row->name; row++)
        if (!command_find(row->name))
            group_add(&group, row->name);
}

static void
offer(void *user, const char *name)
{
    nearest_offer(user, name);
}

/* An account whose network has such a command. */
static const struct session *
find_elsewhere(struct core *core, const char *name)
{
    const GPtrArray *accounts = core_accounts(core);

    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        const struct session *session = session_of_account(core, account->id);
        if (command_find_driver(session, name))
            return session;
    }
    return NULL;
}

static bool
refuse_here(struct core *core, const char *name, GError **error)
{
    const struct session *session = find_elsewhere(core, name);

    if (session)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "/%s is a command of %s. Go to a buffer of %s first.", name,
                    session->driver->title, session->account->name);
    return session != NULL;
}

static void
refuse_unknown(const struct session *session, const char *name, GError **error)
{
    struct nearest nearest;
    const char *here = foreign_find(name);

    if (here) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "weft has no /%s. %s", name, here);
        return;
    }
    nearest_init(&nearest, name);
    command_each(session, offer, &nearest);
    g_autofree char *hint =
        *nearest.best ? g_strdup_printf(" Did you mean /%s?", nearest.best) : g_strdup("");
    size_t len = strlen(name);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                "There is no command /%.*s%s here.%s Two slashes (//) send the text as it is.",
                (int)utf8_cut(name, len, NAME_MAX_BYTES), name, len > NAME_MAX_BYTES ? "…" : "",
                hint);
}

char *
command_help(const struct session *session, const char *name, GError **error)
{
    const struct driver_command *driver_row = NULL;
    const struct command *row = name ? find_row(session, name, &driver_row) : NULL;

    if (name && !row && !driver_row) {
        refuse_unknown(session, name, error);
        return NULL;
    }
    GString *out = g_string_new(NULL);
    if (row) {
        append_row(out, row->name, row->aliases, row->arguments, row->help, row->example);
    } else if (driver_row) {
        append_row(out, driver_row->name, driver_row->aliases, driver_row->arguments,
                   driver_row->help, driver_row->example);
    } else {
        append_list(out, session);
    }
    return g_string_free(out, FALSE);
}

/* --- running
 * ------------------------------------------------------------------------------------------- */

static bool
refuse_number(const char *name, const char *arguments, bool many, GError **error)
{
    if (many && !(arguments && *arguments))
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "/%s takes nothing behind it.", name);
    else
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "Something is missing: /%s %s", name,
                    arguments);
    return false;
}

static bool
can(struct core *core, const struct account *account, unsigned caps)
{
    const struct session *session = session_of_account(core, account->id);

    return session && session->driver && (session->driver->caps & caps) != 0;
}

/* "libera/#coop" in weft's own buffer: the account, and what stands behind it. */
static struct session *
named_session(struct core *core, char *word)
{
    const GPtrArray *accounts = core_accounts(core);
    const size_t len = word ? strcspn(word, "/") : 0;

    for (guint i = 0; len > 0 && word[len] && word[len + 1] && i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (strlen(account->name) != len || strncmp(account->name, word, len) != 0)
            continue;
        memmove(word, word + len + 1, strlen(word + len + 1) + 1);
        return session_of_account(core, account->id);
    }
    return NULL;
}

static struct session *
only_session(struct core *core, unsigned caps)
{
    const GPtrArray *accounts = core_accounts(core);
    struct session *only = NULL;

    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (!can(core, account, caps))
            continue;
        if (only)
            return NULL;
        only = session_of_account(core, account->id);
    }
    return only;
}

/* NULL: what the command is about is not known, and a row that must know it refuses. */
static struct session *
find_session(struct core *core, const struct buffer *buffer, const struct command *row,
             char **words)
{
    struct session *session = session_of_buffer(core, buffer->id);

    if (session || row->of_account == 0)
        return session;
    session = named_session(core, words[0]);
    return session ? session : only_session(core, row->of_account);
}

/* "/join libera/NAME": how to say which account is meant. g_free(); NULL: it cannot be said. */
static char *
naming(const struct command_context *context)
{
    const GPtrArray *accounts = core_accounts(context->core);
    const struct command *row = context->row;

    if (row->of_account == 0 || row->completes[0] == COMPLETE_NONE)
        return NULL;
    for (guint i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (can(context->core, account, row->of_account))
            return g_strdup_printf("/%s %s%s", row->name, account->name,
                                   row->completes[0] == COMPLETE_ACCOUNT ? "" : "/NAME");
    }
    return NULL;
}

bool
command_needs_account(const struct command_context *context, GError **error)
{
    if (context->session)
        return true;
    g_autofree char *way = naming(context);
    if (core_accounts(context->core)->len == 0)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "There is no account yet. Enter in an empty line sets one up.");
    else if (way)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "Which account? Write %s, or go to one of its buffers first.", way);
    else
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "This is weft's own buffer. Go to a buffer of the account first.");
    return false;
}

const struct buffer *
command_from(const struct command_context *context)
{
    return context->buffer->account_id == context->session->account->id ? context->buffer : NULL;
}

/* `buffer` NULL: typed in weft's own; it is about the account, and its server's buffer is where the
 * answer is read. */
static bool
run_driver(struct session *session, const struct buffer *buffer, const struct driver_command *row,
           const char *rest, GError **error)
{
    const bool own = buffer == NULL;
    g_auto(GStrv) words = command_split(rest, MAX(row->most, 1));
    int n = (int)g_strv_length(words);

    if (n < row->least || n > row->most)
        return refuse_number(row->name, row->arguments, n > row->most, error);
    /* Whatever the session can do, it must be there. */
    if (!session_can(session, NULL, session->driver->caps, error))
        return false;
    buffer = own ? &session->server->pub : buffer;
    op_id op = session_begin(session, buffer->id, NULL, NULL);
    if (!session->driver->command(session->state, op, row, buffer, (const char *const *)words,
                                  error))
        return session_refused(session, op);
    if (own)
        core_show_buffer(session->core, buffer->id);
    return true;
}

struct session *
command_session(struct core *core, const struct buffer *buffer)
{
    const GPtrArray *accounts = core_accounts(core);

    if (buffer->kind != BUFFER_CORE)
        return session_of_buffer(core, buffer->id);
    return accounts->len == 1
               ? session_of_account(core, ((const struct account *)accounts->pdata[0])->id)
               : NULL;
}

static bool
run_own(struct core *core, const struct buffer *buffer, const struct command *row, const char *rest,
        GError **error)
{
    g_auto(GStrv) words = command_split(rest, MAX(row->most, 1));
    struct command_context context = {
        .core = core,
        .row = row,
        .buffer = buffer,
        .session = find_session(core, buffer, row, words),
        .arguments = (const char *const *)words,
        .n = (int)g_strv_length(words),
    };

    if (context.n < row->least || context.n > row->most)
        return refuse_number(row->name, row->arguments, context.n > row->most, error);
    return row->run(&context, error);
}

/* The server may know it, unless it looks like a slip of the finger. */
static bool
goes_to_server(const struct session *session, const struct buffer *buffer, const char *name)
{
    struct nearest nearest;

    if (!session || !session->driver || !session->driver->raw_takes_commands || !*name ||
        buffer->kind == BUFFER_CORE || buffer->kind == BUFFER_SERVER)
        return false;
    nearest_init(&nearest, name);
    command_each(session, offer, &nearest);
    return *nearest.best == '\0';
}

static bool
run_on_server(struct session *session, const struct buffer *buffer, const char *text,
              GError **error)
{
    if (!session_can(session, buffer, CAP_RAW, error))
        return false;
    const op_id op = session_begin(session, buffer->id, NULL, NULL);
    return session->driver->raw(session->state, op, buffer, text, error) ||
           session_refused(session, op);
}

bool
command_run(struct core *core, const struct buffer *buffer, const char *text, GError **error)
{
    size_t len = strcspn(text + 1, " \t\n");
    g_autofree char *name = g_strndup(text + 1, len);
    const char *rest = text + 1 + len;
    struct session *session = command_session(core, buffer);
    const struct driver_command *driver_row;
    const struct command *row = find_row(session, name, &driver_row);

    if (row)
        return run_own(core, buffer, row, rest, error);
    if (driver_row)
        return run_driver(session, buffer->kind == BUFFER_CORE ? NULL : buffer, driver_row, rest,
                          error);
    if (goes_to_server(session, buffer, name))
        return run_on_server(session, buffer, text, error);
    if (len == 0)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "A command's name follows the slash. Two slashes (//) send a slash.");
    else if (session || !refuse_here(core, name, error))
        refuse_unknown(session, name, error);
    return false;
}

bool
core_input(struct core *core, int64_t buffer_id, const char *text, GError **error)
{
    const struct buffer *buffer = core_buffer(core, buffer_id);

    if (!buffer) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This buffer is gone.");
        return false;
    }
    if (!*text || !g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            *text ? "This is not valid UTF-8." : "There is nothing to send.");
        return false;
    }
    if (text[0] == '/' && text[1] != '/')
        return command_run(core, buffer, text, error);
    return writing_say(core, buffer_id, MESSAGE_TEXT, text[0] == '/' ? text + 1 : text, NULL,
                       error);
}
