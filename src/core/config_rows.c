#include "core/config_priv.h"

#include <string.h>

#include "base/error.h"
#include "core/gateway.h"
#include "core/keyword.h"
#include "core/quiet.h"

/* What core itself knows. A driver's rows join those of [account NAME]. docs/configuration.md tells
 * the same in prose. */

#define LOOPBACK "127.0.0.1:"

static bool
check_command(const char *value, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (g_shell_parse_argv(value, NULL, NULL, &why))
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "This must be a command line; it is empty, or its quotes or backslashes "
                        "don't match.");
    return false;
}

bool
config_read_listen(const char *value, uint16_t *ret_port)
{
    guint64 number = 0;

    if (!g_str_has_prefix(value, LOOPBACK) ||
        !g_ascii_string_to_unsigned(value + strlen(LOOPBACK), 10, 1, 65535, &number, NULL))
        return false;
    *ret_port = (uint16_t)number;
    return true;
}

static bool
check_listen(const char *value, GError **error)
{
    uint16_t port;

    if (config_read_listen(value, &port))
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "This must be " LOOPBACK "PORT: weft is shown to this machine alone. To "
                        "show it to others put a web server before it.");
    return false;
}

const struct option_row config_rows_weft[] = {
    {.name = "include",
     .type = OPTION_PATH,
     .repeatable = true,
     .help = "Reads another file at this place; relative to the folder of this one.",
     .example = "shared.conf"},
    {0},
};

const struct option_row config_rows_look[] = {
    {.name = "theme",
     .type = OPTION_TEXT,
     .required = true,
     .fallback = "auto",
     .help = "dark, light, the name of a theme file, or auto: what fits the terminal's background.",
     .example = "dark"},
    {.name = "sidebar",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Shows the list of buffers.",
     .example = "off"},
    {.name = "members",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Shows who is in a channel, in windows of 120 columns and more.",
     .example = "off"},
    {.name = "nick_colors",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Gives each name a colour of the theme, always the same one.",
     .example = "off"},
    {.name = "hints",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Tells in a new profile which keys to try, until they were used a few times.",
     .example = "off"},
    {.name = "max_width",
     .type = OPTION_NUMBER,
     .fallback = "100",
     .least = 20,
     .most = 1000,
     .help = "Text is never set wider than this many columns.",
     .example = "80"},
    {.name = "max_lines",
     .type = OPTION_NUMBER,
     .fallback = "12",
     .least = 0,
     .most = 1000,
     .help = "A message of more lines is shown short until it is expanded; 0: never.",
     .example = "30"},
    {.name = "text_colors",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Shows the colours that others give to their text, as far as they can be read.",
     .example = "off"},
    {.name = "hyperlinks",
     .type = OPTION_CHOICE,
     .choices = "auto on off",
     .fallback = "auto",
     .help = "Gives links to the terminal to be followed there; auto: where it is known to.",
     .example = "off"},
    {.name = "bidi",
     .type = OPTION_CHOICE,
     .choices = "auto on off",
     .fallback = "auto",
     .help = "Puts text from right to left in order; auto: unless the terminal does so itself.",
     .example = "off"},
    {.name = "mouse",
     .type = OPTION_BOOL,
     .fallback = "off",
     .help = "Lets weft have the mouse: wheel and clicks; the terminal selects with Shift held.",
     .example = "on"},
    {.name = "joins",
     .type = OPTION_CHOICE,
     .choices = "smart folded shown",
     .fallback = "smart",
     .help = "Who comes and goes: of those who spoke lately, folded into one line, or each.",
     .example = "folded"},
    {.name = "threads",
     .type = OPTION_CHOICE,
     .choices = "apart inline",
     .fallback = "apart",
     .help = "Replies, where the network keeps them apart from the channel: in their thread alone, "
             "or in the channel as well.",
     .example = "inline"},
    {.name = "joins_minutes",
     .type = OPTION_NUMBER,
     .fallback = "30",
     .least = 1,
     .most = 10080,
     .help = "With joins = smart: who spoke so many minutes before is shown.",
     .example = "5"},
    {.name = "typing",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Lets others see that you are typing, where the network can show it.",
     .example = "off"},
    {.name = "title",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Shows the buffer and what is unread in the title of the terminal's window.",
     .example = "off"},
    {.name = "markup",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Sends **bold** and _italic_, where the network has them, as what they stand for.",
     .example = "off"},
    {.name = "nick_suffix",
     .type = OPTION_TEXT,
     .fallback = ":",
     .help = "Stands behind a name that is completed at the beginning of a line.",
     .example = ","},
    {.name = "save_folder",
     .type = OPTION_PATH,
     .help = "Where files are saved; without it in your download folder.",
     .example = "~/chat files"},
    {.name = "ask_above",
     .type = OPTION_NUMBER,
     .fallback = "100",
     .least = 1,
     .most = 1000000,
     .help = "A file of more megabytes is fetched only when the key is pressed once more.",
     .example = "20"},
    {.name = "copy_cmd",
     .type = OPTION_TEXT,
     .check = check_command,
     .help = "A program that copies what it reads from its standard input, run without a shell; "
             "without one the terminal does.",
     .example = "wl-copy"},
    {.name = "open_cmd",
     .type = OPTION_TEXT,
     .check = check_command,
     .help = "A program that opens links, run without a shell; the link is its last argument. "
             "Without one xdg-open does.",
     .example = "firefox"},
    {.name = "paste_lines",
     .type = OPTION_NUMBER,
     .fallback = "5",
     .least = 0,
     .most = 1000,
     .help = "A text of more lines or messages than this is not sent without a question; 0: no "
             "question.",
     .example = "3"},
    {0},
};

const struct option_row config_rows_notify[] = {
    {.name = "level",
     .type = OPTION_CHOICE,
     .choices = "all mentions none",
     .fallback = "mentions",
     .help = "What calls you in channels, where no account and no buffer says otherwise.",
     .example = "all"},
    {.name = "direct",
     .type = OPTION_CHOICE,
     .choices = "all mentions none",
     .fallback = "all",
     .help = "The same for direct conversations and groups.",
     .example = "mentions"},
    {.name = "keyword",
     .type = OPTION_TEXT,
     .repeatable = true,
     .check = keyword_check,
     .help = "A word, or several, that calls like your name, wherever it is said.",
     .example = "rota"},
    {.name = "quiet",
     .type = OPTION_TEXT,
     .repeatable = true,
     .check = quiet_check,
     .help = "Hours in which nothing calls; one summary follows.",
     .example = "mon-fri 22:00-07:00"},
    {.name = "method",
     .type = OPTION_CHOICE,
     .choices = "auto command desktop terminal kitty osc777 osc9 bell none",
     .repeatable = true,
     .fallback = "auto",
     .help = "How you are called; with several lines, the first that works.",
     .example = "bell"},
    {.name = "notify_cmd",
     .type = OPTION_TEXT,
     .check = check_command,
     .help = "A program that calls you, run without a shell; the text is in WEFT_TITLE, WEFT_BODY "
             "and on its standard input.",
     .example = "~/bin/call-me"},
    {.name = "show",
     .type = OPTION_CHOICE,
     .choices = "message sender nothing",
     .fallback = "message",
     .help = "How much of a message leaves weft: all, who and where, or only that there is one.",
     .example = "sender"},
    {.name = "urgency",
     .type = OPTION_CHOICE,
     .choices = "auto low normal critical",
     .fallback = "auto",
     .help = "How urgent the desktop takes it; auto: normal for mentions and direct messages, else "
             "low.",
     .example = "critical"},
    {.name = "bell",
     .type = OPTION_BOOL,
     .fallback = "off",
     .help = "Rings the terminal's bell besides, however you are called.",
     .example = "on"},
    {0},
};

const struct option_row config_rows_relay[] = {
    {.name = "listen",
     .type = OPTION_TEXT,
     .check = check_listen,
     .help = "Where weft --headless shows who is on the bridge, and figures: a port of this "
             "machine. Who can use the machine can read it.",
     .example = "127.0.0.1:9180"},
    {0},
};

const struct option_row config_rows_account[] = {
    {.name = "network",
     .type = OPTION_TEXT,
     .required = true,
     .help = "The kind of network.",
     .example = "irc"},
    {.name = "label",
     .type = OPTION_TEXT,
     .help = "What the list shows in place of the account's name: the coop's, for instance.",
     .example = "Tool Library"},
    {.name = "connect",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Connects when weft starts.",
     .example = "off"},
    {.name = "notify",
     .type = OPTION_CHOICE,
     .choices = "all mentions none",
     .help = "What calls you in the channels of this account.",
     .example = "none"},
    {.name = "notify_direct",
     .type = OPTION_CHOICE,
     .choices = "all mentions none",
     .help = "The same for its direct conversations and groups.",
     .example = "all"},
    {.name = "keyword",
     .type = OPTION_TEXT,
     .repeatable = true,
     .check = keyword_check,
     .help = "A word that calls in this account, besides those of [notify].",
     .example = "rota"},
    {.name = "quiet",
     .type = OPTION_TEXT,
     .repeatable = true,
     .check = quiet_check,
     .help = "Hours in which nothing of this account calls, in place of those of [notify].",
     .example = "sat,sun 00:00-24:00"},
    {0},
};

const struct option_row config_rows_buffer[] = {
    {.name = "notify",
     .type = OPTION_CHOICE,
     .choices = "all mentions none",
     .help = "What calls you in this buffer.",
     .example = "none"},
    {0},
};

const struct option_row config_rows_ignore[] = {
    {.name = "rule",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "Whose messages are not shown: a nick or mask, where (in ADDRESS), what of them.",
     .example = "mallory in libera"},
    {0},
};

const struct option_row config_rows_gateway[] = {
    {.name = "leg",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "A channel that is joined to the others: its address, and in, out or inout.",
     .example = "libera/#coop inout"},
    {.name = "same",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "In place of legs: an account whose channels are joined to those of the same name.",
     .example = "libera"},
    {.name = "channel",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "With same: a channel that is joined in all of these accounts.",
     .example = "#coop"},
    {.name = "enable",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Off: nothing crosses.",
     .example = "off"},
    {.name = "name",
     .type = OPTION_TEXT,
     .fallback = "{name}",
     .check = gateway_check_template,
     .help = "Under which name people are heard elsewhere.",
     .example = "{nick} ({label})"},
    {.name = "prefix",
     .type = OPTION_TEXT,
     .fallback = "<{as}> ",
     .check = gateway_check_prefix,
     .help = "What stands before a text where a message cannot have another name.",
     .example = "[{as}]"},
    {.name = "replies",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Answers are answers elsewhere too.",
     .example = "off"},
    {.name = "edits",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "What is changed is changed elsewhere.",
     .example = "off"},
    {.name = "deletions",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "What is taken back is taken back elsewhere.",
     .example = "off"},
    {.name = "reactions",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Reactions cross.",
     .example = "off"},
    {.name = "typing",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Others see that somebody types elsewhere.",
     .example = "off"},
    {.name = "files",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Files are uploaded elsewhere; off: a line tells of them.",
     .example = "off"},
    {.name = "max_file",
     .type = OPTION_NUMBER,
     .fallback = "10",
     .least = 0,
     .most = 10000,
     .help = "A file of more megabytes is not carried; a line tells of it.",
     .example = "50"},
    {.name = "skip_file",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "Files of such names are not carried: * stands for any characters, ? for one.",
     .example = "*.exe"},
    {.name = "joins",
     .type = OPTION_BOOL,
     .fallback = "off",
     .help = "Tells who comes and goes elsewhere.",
     .example = "on"},
    {.name = "topics",
     .type = OPTION_CHOICE,
     .choices = "off say set",
     .fallback = "off",
     .help = "A new topic is told elsewhere, or set there.",
     .example = "say"},
    {.name = "max_late",
     .type = OPTION_NUMBER,
     .fallback = "60",
     .least = 0,
     .most = 10080,
     .help = "What was missed and is older than so many minutes is summed up in one line.",
     .example = "240"},
    {.name = "max_age",
     .type = OPTION_NUMBER,
     .fallback = "24",
     .least = 1,
     .most = 720,
     .help = "What could not be brought elsewhere for so many hours is given up.",
     .example = "72"},
    {.name = "ignore",
     .type = OPTION_TEXT,
     .repeatable = true,
     .check = gateway_check_ignore,
     .help = "Whose messages do not cross: a rule as in [ignore].",
     .example = "*bot in libera"},
    {.name = "everyone",
     .type = OPTION_BOOL,
     .fallback = "off",
     .help = "On: words that call everybody keep doing so elsewhere.",
     .example = "on"},
    {0},
};

const struct config_kind config_kinds[] = {
    {.kind = "weft", .rows = config_rows_weft},
    {.kind = "look", .rows = config_rows_look},
    {.kind = "keys"},
    {.kind = "notify", .rows = config_rows_notify},
    {.kind = "ignore", .rows = config_rows_ignore},
    {.kind = "relay", .rows = config_rows_relay},
    {.kind = "account", .rows = config_rows_account, .named = true, .argument = "NAME"},
    {.kind = "gateway", .rows = config_rows_gateway, .named = true, .argument = "NAME"},
    {.kind = "buffer", .rows = config_rows_buffer, .named = true, .argument = "ADDRESS"},
    {0},
};

const struct config_kind *
config_kind_find(const char *kind)
{
    for (const struct config_kind *row = config_kinds; row->kind; row++)
        if (strcmp(row->kind, kind) == 0)
            return row;
    return NULL;
}
