/* What a line says, as styled text. */
#include "ui/line_priv.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/spans.h"

/* What of the message that is answered, of an emoji and of all reactions is shown. */
#define REPLY_COLS     40
#define EMOJI_BYTES    128
#define EMOJI_COLS     20
#define REACTIONS_MOST 20
#define FILE_COLS      60
#define BUTTON_COLS    30

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

static void
put_body(struct styled *text, const struct rich *body, enum role role)
{
    styled_append_foreign(text, body->text, (gssize)body->len, DISPLAY_BLOCK, role, 0);
    spans_put(text, body, true);
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

    put_name(text, line_sender(message), ROLE_SYSTEM);
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
        put_name(text, line_sender(message), ROLE_SYSTEM);
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

/* "`-- 3 replies, last 09:58 jun, 2 new   (Alt-t)", on a row of its own below. */
static void
put_replies(struct styled *text, const struct line *line)
{
    const struct replies *replies = line->message->replies;

    if (!line->replies_text || !replies)
        return;
    put(text, "\n`-- ", ROLE_THREAD);
    put(text, line->replies_text, ROLE_THREAD);
    if (replies->last_name && replies->last_us > 0) {
        put(text, " ", ROLE_THREAD);
        put_short(text, replies->last_name, DISPLAY_NAME, EMOJI_COLS, ROLE_THREAD);
    }
    if (replies->unread > 0 && replies->followed) {
        g_autofree char *count = g_strdup_printf(", %u new", replies->unread);
        put(text, count, ROLE_UNREAD);
    }
    if (line->thread_key && *line->thread_key) {
        put(text, "   (", ROLE_DIM);
        put(text, line->thread_key, ROLE_DIM);
        put(text, ")", ROLE_DIM);
    }
}

/* "[file] minutes.odt  48 kB", "[image 640x400] plan.png  212 kB", each on a row of its own. */
static void
put_files(struct styled *text, const struct message *message, const char *before)
{
    const bool pending = message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING;

    for (guint i = 0; message->files && i < message->files->len; i++) {
        const struct attachment *file = message->files->pdata[i];
        const bool picture = file->type && g_str_has_prefix(file->type, "image/");
        g_autofree char *size = attachment_format_size(file->size_bytes);
        g_autofree char *sign =
            picture && file->width > 0 && file->height > 0
                ? g_strdup_printf("%s[image %ux%u] ", before, file->width, file->height)
                : g_strdup_printf("%s[%s] ", before, picture ? "image" : "file");
        put(text, sign, ROLE_QUOTE);
        put_short(text, file->name, DISPLAY_NAME, FILE_COLS, pending ? ROLE_PENDING : ROLE_LINK);
        put(text, "  ", ROLE_QUOTE);
        put(text, size, ROLE_QUOTE);
        before = "\n";
    }
}

/* "[Approve] [Later] [Assign to …]" */
static void
put_buttons(struct styled *text, const struct message *message)
{
    for (guint i = 0; message->buttons && i < message->buttons->len; i++) {
        const struct button *button = message->buttons->pdata[i];
        put(text, i == 0 ? "\n[" : " [", ROLE_REACTION);
        put_short(text, button->label, DISPLAY_NAME, BUTTON_COLS, ROLE_REACTION_OWN);
        put(text, button->choices ? " …]" : "]", ROLE_REACTION);
    }
}

static void
put_said(struct styled *text, struct line *line)
{
    const struct message *message = line->message;
    enum role role = text_role(message);
    const bool deleted = (message->flags & MESSAGE_DELETED) != 0;

    if (message->reply_to && !deleted && !line->in_thread)
        put_reply(text, line);
    if (message->kind == MESSAGE_ACTION) {
        put_name(text, line_sender(message), role == ROLE_PENDING ? role : line_nick_role(message));
        put(text, " ", role);
    }
    if (deleted) {
        put_deleted(text, message);
        return;
    }
    styled_append_foreign(text, message->body->text, (gssize)message->body->len, DISPLAY_BLOCK,
                          role, 0);
    line->has_spoilers = spans_put(text, message->body, line->expanded);
    if (message->body->len == 0)
        put_files(text, message, "");
    if (message->flags & MESSAGE_EDITED)
        put(text, " (edited)", ROLE_EDITED);
    if (message->flags & MESSAGE_CHANGING)
        put(text, " (change on its way)", ROLE_PENDING);
    if (message->flags & MESSAGE_UNCHANGED)
        put(text, " (CHANGE NOT TAKEN)", ROLE_FAILED);
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
    if (message->flags & MESSAGE_PINNED)
        put(text, " (pinned)", ROLE_EDITED);
    if (message->flags & MESSAGE_EPHEMERAL)
        put(text, " (only you see this)", ROLE_EDITED);
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

void
line_compose(struct line *line, bool with_nick)
{
    const struct message *message = line->message;

    if (!line->rows) {
        styled_init(&line->text);
        line->rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    }
    styled_clear(&line->text);
    line->has_spoilers = false;
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
    line->said_bytes = (uint32_t)line->text.text->len;
    if (message->body->len > 0 || !line_is_said(message->kind))
        put_files(&line->text, message, "\n");
    put_buttons(&line->text, message);
    put_reactions(&line->text, message);
    put_replies(&line->text, line);
}

void
line_compose_more(struct line *line, unsigned n_rows)
{
    g_autofree char *text = g_strdup_printf("… %u more lines", n_rows);

    put(&line->text, text, ROLE_EDITED);
    put_state(&line->text, line->message);
}
