#include "ui/line_priv.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/spans.h"

#define INLINE_BELOW_COLS 40
/* Where there is no column for the sender, rows after the first are set in: none can pass for the
 * beginning of another message. */
#define INLINE_INDENT_COLS 2
/* What of the message that is answered is kept. */
#define REPLY_BYTES 400

void
line_shape_for(struct line_shape *ret_shape, int cols, int max_text_cols,
               const struct width_rules *rules)
{
    struct line_shape shape = {.cols = cols, .rules = rules};

    shape.time_cols = cols >= 24 ? 5 : 0;
    if (cols >= INLINE_BELOW_COLS) {
        shape.nick_col = shape.time_cols + 2;
        shape.nick_cols = cols < 70 ? 8 : cols < 100 ? 12 : 16;
        shape.text_col = shape.nick_col + shape.nick_cols + 2;
    } else {
        shape.text_col = shape.time_cols ? shape.time_cols + 2 : 0;
    }
    shape.text_cols = MAX(1, cols - shape.text_col);
    if (max_text_cols > 0)
        shape.text_cols = MIN(shape.text_cols, max_text_cols);
    *ret_shape = shape;
}

struct line *
line_new(struct message *message)
{
    struct line *line = g_new0(struct line, 1);

    line->message = message_ref(message);
    line->id = message->id;
    return line;
}

void
line_free(struct line *line)
{
    if (!line)
        return;
    message_unref(line->message);
    g_free(line->reply_name);
    g_free(line->reply_words);
    g_free(line->replies_text);
    styled_fini(&line->text);
    g_clear_pointer(&line->rows, g_array_unref);
    g_free(line);
}

void
line_set_message(struct line *line, struct message *message)
{
    message_ref(message);
    message_unref(line->message);
    line->message = message;
    line->for_cols = 0;
    line->day = 0;
    line->fold = LINE_FOLD_UNKNOWN;
}

char *
line_text(const struct message *message)
{
    g_autofree char *text = spans_without_spoilers(message->body);
    GString *out = g_string_new(text);

    for (guint i = 0; message->files && i < message->files->len; i++) {
        const struct attachment *file = message->files->pdata[i];
        g_string_append_printf(out, "%s[file] %s", out->len > 0 ? "\n" : "", file->name);
    }
    return g_string_free(out, FALSE);
}

char *
line_words(const struct message *message)
{
    g_autofree char *text = line_text(message);
    size_t len = strcspn(text, "\r\n");

    if ((message->flags & MESSAGE_DELETED) != 0)
        return g_strdup("(deleted)");
    if ((message->flags & MESSAGE_IGNORED) != 0)
        return g_strdup("(ignored)");
    return g_strndup(text, utf8_cut(text, len, REPLY_BYTES));
}

void
line_set_reply(struct line *line, const struct message *answered)
{
    g_autofree char *words = answered ? line_words(answered) : NULL;
    const char *name =
        answered ? answered->sender_name ? answered->sender_name : "the server" : NULL;

    if (g_strcmp0(line->reply_name, name) == 0 && g_strcmp0(line->reply_words, words) == 0)
        return;
    g_free(line->reply_name);
    g_free(line->reply_words);
    line->reply_name = g_strdup(name);
    line->reply_words = g_steal_pointer(&words);
    line->for_cols = 0;
}

void
line_set_thread(struct line *line, bool in_thread, const char *replies_text, const char *thread_key)
{
    const bool same = line->in_thread == in_thread &&
                      g_strcmp0(line->replies_text, replies_text) == 0 &&
                      (line->thread_key != NULL) == (thread_key != NULL);

    line->thread_key = thread_key;
    if (same)
        return;
    line->in_thread = in_thread;
    g_free(line->replies_text);
    line->replies_text = g_strdup(replies_text);
    line->for_cols = 0;
}

/* --- what is said
 * ---------------------------------------------------------------------------------------- */

bool
line_is_said(enum message_kind kind)
{
    return kind == MESSAGE_TEXT || kind == MESSAGE_ACTION || kind == MESSAGE_NOTICE;
}

const char *
line_sender(const struct message *message)
{
    return message->sender_name ? message->sender_name : "the server";
}

/* What weft itself writes into the sender's column: nobody is shown by such a name as it stands. */
static bool
is_weft_s_own(const char *name)
{
    size_t len = strlen(name);

    return g_ascii_strcasecmp(name, "weft") == 0 || strcmp(name, "*") == 0 ||
           (len > 0 && name[0] == '-' && name[len - 1] == '-');
}

char *
line_nick(const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_TEXT:
        if (message->sender_name && is_weft_s_own(message->sender_name))
            return g_strdup_printf("<%s>", message->sender_name);
        return g_strdup(message->sender_name ? message->sender_name : "");
    case MESSAGE_NOTICE:
        return message->sender_name ? g_strdup_printf("-%s-", message->sender_name)
                                    : g_strdup("--");
    case MESSAGE_ACTION:
        return g_strdup("*");
    case MESSAGE_WEFT:
        return g_strdup("weft");
    default:
        return g_strdup("--");
    }
}

enum role
line_nick_role(const struct message *message)
{
    if (!line_is_said(message->kind))
        return ROLE_SYSTEM;
    if (message->flags & MESSAGE_MENTION)
        return ROLE_MENTION;
    if (message->kind == MESSAGE_NOTICE)
        return ROLE_NOTICE;
    /* A copy that our account has said is shown as who said it elsewhere. */
    if ((message->flags & (MESSAGE_OWN | MESSAGE_RELAYED)) == MESSAGE_OWN)
        return ROLE_NICK_SELF;
    return message->sender_name ? theme_nick_role(message->sender_name) : ROLE_NICK_OTHER;
}

char
line_mark(const struct message *message)
{
    if (message->state == MESSAGE_FAILED || message->flags & MESSAGE_NOT_STORED)
        return '!';
    if (message->state == MESSAGE_UNKNOWN)
        return '?';
    return message->flags & MESSAGE_MENTION ? '@' : ' ';
}

/* --- rows
 * -----------------------------------------------------------------------------------------------
 */

static int
indent_of(const struct line *line)
{
    return line->for_inline ? INLINE_INDENT_COLS : 0;
}

/* Rows of what is said, without the reactions. */
static guint
said_rows(const struct line *line)
{
    guint low = 0, high = line->rows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(line->rows, struct wrap_row, middle).start_bytes <= line->said_bytes)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* "… 31 more lines" in place of the last rows of what is said. Its words are put behind all others,
 * so only rows know where they stand. */
static void
cut(struct line *line, const struct line_shape *shape, guint n_said)
{
    guint kept = (guint)MAX(shape->max_rows - 1, 1);
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    size_t at = line->text.text->len;

    line_compose_more(line, n_said - kept);
    g_array_append_vals(rows, line->rows->data, kept);
    wrap_text(line->text.text->str + at, line->text.text->len - at,
              MAX(1, shape->text_cols - indent_of(line)), 0, shape->rules, rows);
    for (guint i = kept; i < rows->len; i++) {
        struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        row->start_bytes += (uint32_t)at;
        row->indent_cols = (uint16_t)indent_of(line);
    }
    if (n_said < line->rows->len)
        g_array_append_vals(rows, &g_array_index(line->rows, struct wrap_row, n_said),
                            line->rows->len - n_said);
    g_array_unref(line->rows);
    line->rows = rows;
    line->is_cut = true;
}

bool
line_can_expand(const struct line *line)
{
    return line->is_cut || line->has_spoilers ||
           ((line->expanded || line->found) && line->rows && line->for_max > 0 &&
            said_rows(line) > (guint)line->for_max);
}

void
line_set_expanded(struct line *line, bool expanded)
{
    if (line->expanded != expanded || line->found)
        line->for_cols = 0;
    line->expanded = expanded;
    line->found = false;
}

void
line_set_found(struct line *line)
{
    line->for_cols = 0;
    line->found = true;
}

bool
line_shows_all(const struct line *line)
{
    return line->expanded || (line->found && !line->has_spoilers);
}

int
line_rows(struct line *line, const struct line_shape *shape)
{
    bool with_nick = shape->nick_cols == 0;
    guint n_said;

    if (line->for_cols == shape->text_cols && line->for_inline == with_nick &&
        line->for_max == shape->max_rows)
        return (int)line->rows->len;
    if (line->for_cols == 0 || line->for_inline != with_nick || line->is_cut)
        line_compose(line, with_nick);
    line->is_cut = false;
    line->for_cols = shape->text_cols;
    line->for_inline = with_nick;
    line->for_max = shape->max_rows;
    g_array_set_size(line->rows, 0);
    wrap_styled(&line->text, shape->text_cols, indent_of(line), shape->rules, line->rows);
    n_said = said_rows(line);
    if (shape->max_rows > 0 && n_said > (guint)shape->max_rows && !line->expanded && !line->found &&
        line_is_said(line->message->kind))
        cut(line, shape, n_said);
    return (int)line->rows->len;
}
