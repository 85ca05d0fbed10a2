#include "ui/line.h"

#include <string.h>

#include "base/utf8.h"

#define INLINE_BELOW_COLS 40
/* Where there is no column for the sender, rows after the first are set in: none can pass for the
 * beginning of another message. */
#define INLINE_INDENT_COLS 2
/* What of the message that is answered, of an emoji and of all reactions is shown. */
#define REPLY_BYTES    400
#define REPLY_COLS     40
#define EMOJI_BYTES    128
#define EMOJI_COLS     20
#define REACTIONS_MOST 20

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
line_words(const struct message *message)
{
    const char *text = message->body->text;
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

/* --- what is said
 * ---------------------------------------------------------------------------------------- */

static bool
is_said(enum message_kind kind)
{
    return kind == MESSAGE_TEXT || kind == MESSAGE_ACTION || kind == MESSAGE_NOTICE;
}

static const char *
sender(const struct message *message)
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
    if (!is_said(message->kind))
        return ROLE_SYSTEM;
    if (message->flags & MESSAGE_MENTION)
        return ROLE_MENTION;
    if (message->kind == MESSAGE_NOTICE)
        return ROLE_NOTICE;
    if (message->flags & MESSAGE_OWN)
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

static enum role
text_role(const struct message *message)
{
    if (message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING)
        return ROLE_PENDING;
    switch (message->kind) {
    case MESSAGE_TEXT:
        return ROLE_TEXT;
    case MESSAGE_ACTION:
        return ROLE_ACTION;
    case MESSAGE_NOTICE:
        return ROLE_NOTICE;
    default:
        return ROLE_SYSTEM;
    }
}

static void
put(struct styled *text, const char *own, enum role role)
{
    styled_append(text, own, -1, role, 0);
}

static void
put_name(struct styled *text, const char *name, enum role role)
{
    styled_append_foreign(text, name, -1, DISPLAY_NAME, role, 0);
}

/* ROLE_N: the span changes only attributes. */
static enum role
span_look(const struct span *span, uint32_t *ret_attrs)
{
    static const uint32_t attrs[SPAN_N] = {
        [SPAN_BOLD] = STYLE_BOLD,           [SPAN_ITALIC] = STYLE_ITALIC,
        [SPAN_UNDERLINE] = STYLE_UNDERLINE, [SPAN_STRIKE] = STYLE_STRIKE,
        [SPAN_REVERSE] = STYLE_REVERSE,     [SPAN_USER] = STYLE_BOLD,
        [SPAN_SPOILER] = STYLE_REVERSE,
    };

    *ret_attrs = attrs[span->kind];
    switch (span->kind) {
    case SPAN_CODE:
    case SPAN_BLOCK:
        return ROLE_CODE;
    case SPAN_QUOTE:
        return ROLE_QUOTE;
    case SPAN_LINK:
    case SPAN_CHANNEL:
        return ROLE_LINK;
    case SPAN_EVERYONE:
        return ROLE_MENTION;
    default:
        return ROLE_N;
    }
}

/* mIRC's palette: 0–15 are the sixteen that everyone knows, 16–98 fixed colours
 * (modern.ircdocs.horse). */
static const uint32_t palette[] = {
    0xffffff, 0x000000, 0x00007f, 0x009300, 0xff0000, 0x7f0000, 0x9c009c, 0xfc7f00, 0xffff00,
    0x00fc00, 0x009393, 0x00ffff, 0x0000fc, 0xff00ff, 0x7f7f7f, 0xd2d2d2, 0x470000, 0x472100,
    0x474700, 0x324700, 0x004700, 0x00472c, 0x004747, 0x002747, 0x000047, 0x2e0047, 0x470047,
    0x47002a, 0x740000, 0x743a00, 0x747400, 0x517400, 0x007400, 0x007449, 0x007474, 0x004074,
    0x000074, 0x4b0074, 0x740074, 0x740045, 0xb50000, 0xb56300, 0xb5b500, 0x7db500, 0x00b500,
    0x00b571, 0x00b5b5, 0x0063b5, 0x0000b5, 0x7500b5, 0xb500b5, 0xb5006b, 0xff0000, 0xff8c00,
    0xffff00, 0xb2ff00, 0x00ff00, 0x00ffa0, 0x00ffff, 0x008cff, 0x0000ff, 0xa500ff, 0xff00ff,
    0xff0098, 0xff5959, 0xffb459, 0xffff71, 0xcfff60, 0x6fff6f, 0x65ffc9, 0x6dffff, 0x59b4ff,
    0x5959ff, 0xc459ff, 0xff66ff, 0xff59bc, 0xff9c9c, 0xffd39c, 0xffff9c, 0xe2ff9c, 0x9cff9c,
    0x9cffdb, 0x9cffff, 0x9cd3ff, 0x9c9cff, 0xdc9cff, 0xff9cff, 0xff94d3, 0x000000, 0x131313,
    0x282828, 0x363636, 0x4d4d4d, 0x656565, 0x818181, 0x9f9f9f, 0xbcbcbc, 0xe2e2e2, 0xffffff,
};

static uint32_t
span_color(const char *text, size_t len)
{
    guint64 number = 0;
    g_autofree char *word = g_strndup(text, len);

    if (*word == '#' && len == 7 &&
        g_ascii_string_to_unsigned(word + 1, 16, 0, 0xffffff, &number, NULL))
        return COLOR_RGB(number);
    if (g_ascii_string_to_unsigned(word, 10, 0, G_N_ELEMENTS(palette) - 1, &number, NULL))
        return COLOR_RGB(palette[number]);
    return COLOR_DEFAULT;
}

/* "FG", "FG,BG" or ",BG". */
static struct style
span_tint(const char *data)
{
    size_t len = strcspn(data, ",");
    struct style style = {.fg = span_color(data, len)};

    if (data[len] == ',')
        style.bg = span_color(data + len + 1, strlen(data + len + 1));
    return style;
}

static void
put_spans(struct styled *text, const struct rich *body)
{
    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        size_t from = styled_place(text, span->start);
        size_t to = styled_place(text, span->end);
        uint32_t attrs;
        enum role role = span_look(span, &attrs);

        if (span->kind == SPAN_COLOR && span->data)
            styled_tint(text, from, to, span_tint(span->data));
        else
            styled_restyle(text, from, to, role, attrs);
    }
}

static void
put_body(struct styled *text, const struct rich *body, enum role role)
{
    styled_append_foreign(text, body->text, (gssize)body->len, DISPLAY_BLOCK, role, 0);
    put_spans(text, body);
}

/* " (the reason)", where one was given. */
static void
put_reason(struct styled *text, const struct rich *body)
{
    if (body->len == 0)
        return;
    put(text, " (", ROLE_SYSTEM);
    styled_append_foreign(text, body->text, (gssize)body->len, DISPLAY_LINE, ROLE_SYSTEM, 0);
    put(text, ")", ROLE_SYSTEM);
}

static void
put_happening(struct styled *text, const struct message *message)
{
    static const char *const verbs[MESSAGE_KIND_N] = {
        [MESSAGE_JOIN] = " joined",     [MESSAGE_PART] = " left",
        [MESSAGE_QUIT] = " quit",       [MESSAGE_KICK] = " removed ",
        [MESSAGE_MODE] = " set ",       [MESSAGE_RENAME] = " is now known as ",
        [MESSAGE_INVITE] = " invites ",
    };

    put_name(text, sender(message), ROLE_SYSTEM);
    put(text, verbs[message->kind], ROLE_SYSTEM);
    if (message->subject)
        put_name(text, message->subject, ROLE_SYSTEM);
    if (message->kind == MESSAGE_MODE || message->kind == MESSAGE_INVITE) {
        if (message->subject && message->body->len > 0)
            put(text, message->kind == MESSAGE_INVITE ? " to " : " ", ROLE_SYSTEM);
        put_body(text, message->body, ROLE_SYSTEM);
    } else {
        put_reason(text, message->body);
    }
}

static void
put_topic(struct styled *text, const struct message *message)
{
    if (message->body->len == 0) {
        put_name(text, sender(message), ROLE_SYSTEM);
        put(text, " removed the topic", ROLE_SYSTEM);
        return;
    }
    if (message->sender_name) {
        put_name(text, message->sender_name, ROLE_SYSTEM);
        put(text, " set the topic: ", ROLE_SYSTEM);
    } else {
        put(text, "the topic is: ", ROLE_SYSTEM);
    }
    put_body(text, message->body, ROLE_SYSTEM);
}

/* Foreign text in at most `cols` columns; what does not fit ends in "…". */
static void
put_short(struct styled *text, const char *foreign, enum display_mode mode, int cols,
          enum role role)
{
    g_autofree char *shown = display_dup(foreign, -1, mode);
    const size_t len = strlen(shown);
    size_t fits = width_cut(shown, len, cols, NULL, NULL);

    if (fits == len) {
        styled_append_foreign(text, foreign, -1, mode, role, 0);
        return;
    }
    fits = width_cut(shown, len, cols - 1, NULL, NULL);
    styled_append(text, shown, (gssize)fits, role, 0);
    put(text, "…", role);
}

/* "re maria: Who takes minutes…", on a row of its own above what is said. */
static void
put_reply(struct styled *text, const struct line *line)
{
    if (!line->reply_name) {
        put(text, "re: (a message that is not here)\n", ROLE_QUOTE);
        return;
    }
    put(text, "re ", ROLE_QUOTE);
    put_short(text, line->reply_name, DISPLAY_NAME, EMOJI_COLS, ROLE_QUOTE);
    put(text, ": ", ROLE_QUOTE);
    put_short(text, line->reply_words, DISPLAY_LINE, REPLY_COLS, ROLE_QUOTE);
    put(text, "\n", ROLE_QUOTE);
}

/* "(deleted by maria: spam)" */
static void
put_deleted(struct styled *text, const struct message *message)
{
    put(text, "(", ROLE_EDITED);
    if (message->error)
        styled_append_foreign(text, message->error, -1, DISPLAY_LINE, ROLE_EDITED, 0);
    else
        put(text, "deleted", ROLE_EDITED);
    put(text, ")", ROLE_EDITED);
}

/* "+1 x4   heart x2*", on a row of its own below; the star: we are among them. */
static void
put_reactions(struct styled *text, const struct message *message)
{
    const GPtrArray *reactions = message->reactions;
    const guint n = reactions ? MIN(reactions->len, REACTIONS_MOST) : 0;

    for (guint i = 0; i < n; i++) {
        const struct reaction *reaction = reactions->pdata[i];
        const enum role role = reaction->own ? ROLE_REACTION_OWN : ROLE_REACTION;
        g_autofree char *emoji = g_strndup(
            reaction->emoji, utf8_cut(reaction->emoji, strlen(reaction->emoji), EMOJI_BYTES));
        g_autofree char *count = g_strdup_printf(" x%u%s", reaction->n, reaction->own ? "*" : "");

        put(text, i == 0 ? "\n" : "   ", role);
        put_short(text, emoji, DISPLAY_NAME, EMOJI_COLS, role);
        put(text, count, role);
    }
    if (n > 0 && reactions->len > n) {
        g_autofree char *more = g_strdup_printf("   +%u more", reactions->len - n);
        put(text, more, ROLE_REACTION);
    }
}

static void
put_said(struct styled *text, const struct line *line)
{
    const struct message *message = line->message;
    enum role role = text_role(message);
    const bool deleted = (message->flags & MESSAGE_DELETED) != 0;

    if (message->reply_to && !deleted)
        put_reply(text, line);
    if (message->kind == MESSAGE_ACTION) {
        put_name(text, sender(message), role == ROLE_PENDING ? role : line_nick_role(message));
        put(text, " ", role);
    }
    if (deleted) {
        put_deleted(text, message);
        return;
    }
    put_body(text, message->body, role);
    if (message->flags & MESSAGE_EDITED)
        put(text, " (edited)", ROLE_EDITED);
}

/* What became of our own message, in words. */
static void
put_state(struct styled *text, const struct message *message)
{
    static const char *const words[MESSAGE_STATE_N] = {
        [MESSAGE_PENDING] = "  waiting to be sent",
        [MESSAGE_SENDING] = "  sending…",
        [MESSAGE_FAILED] = "  NOT SENT",
        [MESSAGE_UNKNOWN] = "  perhaps not sent",
    };
    enum role role = message->state == MESSAGE_FAILED    ? ROLE_FAILED
                     : message->state == MESSAGE_UNKNOWN ? ROLE_UNKNOWN
                                                         : ROLE_PENDING;

    if (words[message->state])
        put(text, words[message->state], role);
    if (message->error && (message->state == MESSAGE_FAILED || message->state == MESSAGE_UNKNOWN)) {
        put(text, ": ", role);
        styled_append_foreign(text, message->error, -1, DISPLAY_LINE, role, 0);
    }
    if (message->flags & MESSAGE_NOT_STORED)
        put(text, "  not stored", ROLE_FAILED);
    if (message->flags & MESSAGE_FLAGGED)
        put(text, " (flagged)", ROLE_EDITED);
}

static void
compose_inline_nick(struct line *line)
{
    const struct message *message = line->message;
    char mark[2] = {line_mark(message), '\0'};
    g_autofree char *nick = line_nick(message);

    if (mark[0] != ' ') {
        put(&line->text, mark, line_nick_role(message));
        put(&line->text, " ", ROLE_TEXT);
    }
    put_name(&line->text, nick, line_nick_role(message));
    put(&line->text, message->kind == MESSAGE_TEXT ? ": " : " ", text_role(message));
}

static void
compose(struct line *line, bool with_nick)
{
    const struct message *message = line->message;

    if (!line->rows) {
        styled_init(&line->text);
        line->rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    }
    styled_clear(&line->text);
    if (with_nick)
        compose_inline_nick(line);
    switch (message->kind) {
    case MESSAGE_TEXT:
    case MESSAGE_ACTION:
    case MESSAGE_NOTICE:
        put_said(&line->text, line);
        break;
    case MESSAGE_TOPIC:
        put_topic(&line->text, message);
        break;
    case MESSAGE_SERVER:
    case MESSAGE_WEFT:
    case MESSAGE_KIND_N:
        put_body(&line->text, message->body, ROLE_SYSTEM);
        break;
    default:
        put_happening(&line->text, message);
        break;
    }
    put_state(&line->text, message);
    put_reactions(&line->text, message);
}

int
line_rows(struct line *line, const struct line_shape *shape)
{
    bool with_nick = shape->nick_cols == 0;

    if (line->for_cols == shape->text_cols && line->for_inline == with_nick)
        return (int)line->rows->len;
    if (line->for_cols == 0 || line->for_inline != with_nick)
        compose(line, with_nick);
    g_array_set_size(line->rows, 0);
    wrap_styled(&line->text, shape->text_cols, with_nick ? INLINE_INDENT_COLS : 0, shape->rules,
                line->rows);
    line->for_cols = shape->text_cols;
    line->for_inline = with_nick;
    return (int)line->rows->len;
}
