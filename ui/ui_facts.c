/* What weft knows of one message: as it came and what became of it, or who sees it. */
#include "core/edit.h"
#include "core/mark.h"
#include "core/relaying.h"
#include "ui/ui_priv.h"

#include <string.h>

struct ui_facts {
    const char *title;
    GArray *facts; /* struct view_fact; the values are owned */
    int64_t message_id;
    bool who;
    size_t top;
};

static void
clear_fact(gpointer data)
{
    struct view_fact *fact = data;
    g_free((char *)(uintptr_t)fact->value);
}

static void
add_take(struct ui_facts *facts, const char *label, char *value_take)
{
    const struct view_fact fact = {label, value_take};

    if (value_take)
        g_array_append_val(facts->facts, fact);
}

static void
add(struct ui_facts *facts, const char *label, const char *value)
{
    add_take(facts, label, g_strdup(value));
}

static char *
time_text(const struct ui *ui, int64_t time_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, ui->zone) : NULL;
    g_autofree char *day = local ? g_date_time_format(local, "%a %Y-%m-%d %H:%M:%S") : NULL;
    g_autofree char *zone = local ? g_date_time_format(local, "%z") : NULL;

    if (!day)
        return g_strdup_printf("%" G_GINT64_FORMAT " µs", time_us);
    return g_strdup_printf("%s.%03d %s", day, (int)(time_us / 1000 % 1000), zone);
}

/* --- as it came
 * -------------------------------------------------------------------------------------- */

static char *
flags_text(const struct message *message)
{
    static const struct {
        unsigned flag;
        const char *text;
    } words[] = {
        {MESSAGE_OWN, "ours"},
        {MESSAGE_MENTION, "calls you"},
        {MESSAGE_EDITED, "edited"},
        {MESSAGE_DELETED, "deleted"},
        {MESSAGE_LATE, "came by history, not live"},
        {MESSAGE_IGNORED, "ignored"},
        {MESSAGE_BOT, "said by a program"},
        {MESSAGE_NOT_STORED, "not stored"},
        {MESSAGE_FLAGGED, "flagged by you"},
        {MESSAGE_EPHEMERAL, "shown to you alone"},
        {MESSAGE_PINNED, "pinned"},
        {MESSAGE_RELAYED, "a copy: it was said elsewhere"},
    };
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if ((message->flags & words[i].flag) != 0)
            g_string_append_printf(out, "%s%s", out->len ? ", " : "", words[i].text);
    if (out->len == 0)
        g_string_append(out, "came live");
    return g_string_free(out, FALSE);
}

/* "bold 3–7, link 10–42 https://…" */
static char *
spans_text(const struct rich *body)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        g_string_append_printf(out, "%s%s %u–%u", i > 0 ? ", " : "", span_kind_name(span->kind),
                               span->start, span->end);
        if (span->data)
            g_string_append_printf(out, " %s", span->data);
    }
    return g_string_free(out, out->len == 0);
}

static char *
reactions_text(const struct message *message)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; message->reactions && i < message->reactions->len; i++) {
        const struct reaction *reaction = message->reactions->pdata[i];
        g_string_append_printf(out, "%s%s x%u%s", i > 0 ? ", " : "", reaction->emoji, reaction->n,
                               reaction->own ? " (you too)" : "");
    }
    return g_string_free(out, out->len == 0);
}

/* "minutes.odt, 48 kB, application/pdf; plan.png, …" */
static char *
files_text(const struct message *message)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; message->files && i < message->files->len; i++) {
        const struct attachment *file = message->files->pdata[i];
        g_autofree char *size = attachment_format_size(file->size_bytes);
        g_string_append_printf(out, "%s%s, %s%s%s", i > 0 ? "\n" : "", file->name,
                               *size ? size : "size not known", file->type ? ", " : "",
                               file->type ? file->type : "");
    }
    return g_string_free(out, out->len == 0);
}

static void
add_sender(const struct ui *ui, struct ui_facts *facts, const struct message *message)
{
    const struct buffer *buffer = core_buffer(ui->core, message->buffer_id);
    const struct member *member = buffer && buffer->members && message->sender_id
                                      ? g_hash_table_lookup(buffer->members, message->sender_id)
                                      : NULL;

    add(facts, "sender", message->sender_name ? message->sender_name : "the server, or weft");
    add(facts, "sender's id", message->sender_id);
    if (member)
        add(facts, "logged in as", member->login ? member->login : "not known");
}

/* Newest first; what differs from what came after it in nothing that one sees is none. */
static void
add_revisions(const struct ui *ui, struct ui_facts *facts, const struct message *message)
{
    g_autoptr(GPtrArray) revisions = core_revisions(ui->core, message->id);
    const char *newer = message->body->text;

    for (guint i = 0; i < revisions->len; i++) {
        const struct revision *revision = revisions->pdata[i];
        if (strcmp(revision->body->text, newer) == 0)
            continue;
        newer = revision->body->text;
        add_take(facts, "said until", time_text(ui, revision->until_us));
        add(facts, "", newer);
    }
}

static unsigned
count_revisions(const struct ui *ui, const struct message *message)
{
    g_autoptr(GPtrArray) revisions = core_revisions(ui->core, message->id);
    const char *newer = message->body->text;
    unsigned n = 0;

    for (guint i = 0; i < revisions->len; i++) {
        const struct revision *revision = revisions->pdata[i];
        n += strcmp(revision->body->text, newer) != 0;
        newer = revision->body->text;
    }
    return n;
}

static void
add_source(const struct ui *ui, struct ui_facts *facts, const struct message *message)
{
    add(facts, "kind", message_kind_name(message->kind));
    add_sender(ui, facts, message);
    add_take(facts, "said at", time_text(ui, message->time_us));
    add_take(facts, "how it came", flags_text(message));
    add(facts, "state", message_state_name(message->state));
    add(facts, "network's id", message->remote_id ? message->remote_id : "none");
    add_take(facts, "place", g_strdup_printf("%" G_GINT64_FORMAT, message->sort_key));
    add_take(facts, "row", g_strdup_printf("%" G_GINT64_FORMAT, message->id));
    add(facts, "key", message->key);
    add(facts, "answers", message->reply_to);
    add(facts, "subject", message->subject);
    add(facts, (message->flags & MESSAGE_IGNORED) != 0 ? "sender's mask" : "note", message->error);
    add_take(facts, "reactions", reactions_text(message));
    add_take(facts, "files", files_text(message));
    add_take(facts, "text", g_strdup_printf("%zu bytes", message->body->len));
    add(facts, "", message->body->text);
    add_take(facts, "marks", spans_text(message->body));
    add_revisions(ui, facts, message);
}

/* --- who sees it
 * ------------------------------------------------------------------------------------- */

static char *
audience(const struct buffer *buffer)
{
    const unsigned members = buffer->members ? g_hash_table_size(buffer->members) : 0;

    switch (buffer->kind) {
    case BUFFER_CORE:
        return g_strdup("you alone: weft says it here and nowhere else");
    case BUFFER_SERVER:
        return g_strdup("you alone: the server says it to you");
    case BUFFER_DIRECT:
        return g_strdup_printf("you and %s", buffer->name);
    default:
        return members > 0 ? g_strdup_printf("everybody in %s: %u now", buffer->name, members)
                           : g_strdup_printf("everybody in %s", buffer->name);
    }
}

static const char *
delivery(const struct message *message)
{
    static const char *const words[MESSAGE_STATE_N] = {
        [MESSAGE_RECEIVED] = "it came from the network",
        [MESSAGE_PENDING] = "nobody yet: it waits to be sent",
        [MESSAGE_SENDING] = "it is on its way: the network has not answered yet",
        [MESSAGE_SENT] = "the network has it",
        [MESSAGE_FAILED] = "nobody: the network did not take it",
        [MESSAGE_UNKNOWN] = "not known: the connection was lost before an answer",
    };

    if (message->kind == MESSAGE_WEFT)
        return "it was never sent: weft says it";
    return words[message->state];
}

static void
add_sending(const struct ui *ui, struct ui_facts *facts, const struct message *message)
{
    const unsigned changed = count_revisions(ui, message);
    struct delivery delivery;

    core_delivery(ui->core, message->id, &delivery);
    if (delivery.typed_us != 0)
        add_take(facts, "typed", time_text(ui, delivery.typed_us));
    if (delivery.sent_us != 0)
        add_take(facts, "sent", time_text(ui, delivery.sent_us));
    if (delivery.attempts > 1)
        add_take(facts, "", g_strdup_printf("at attempt %d", delivery.attempts));
    if (delivery.typed_us != 0 && message->state == MESSAGE_SENT)
        add_take(facts, "there since", time_text(ui, message->time_us));
    if ((message->flags & MESSAGE_EDITED) != 0)
        add_take(facts, "changed",
                 changed == 0 ? g_strdup("before it was here")
                              : g_strdup_printf("%u time%s; its earlier texts are in its source",
                                                changed, changed == 1 ? "" : "s"));
    if ((message->flags & MESSAGE_PINNED) != 0)
        add(facts, "pinned", "for everybody");
}

static void
add_relay(const struct ui *ui, struct ui_facts *facts, const struct message *message)
{
    const struct core_relay *relay = core_relay(ui->core);
    g_autoptr(GPtrArray) legs = relay ? relay->legs(relay->user) : NULL;

    /* Who joins no channels is told nothing of it. */
    if (legs && legs->len > 0 && message->id > 0 && message->kind != MESSAGE_WEFT)
        add_take(facts, "relayed", relay->why(relay->user, message->id));
}

static void
add_who(const struct ui *ui, struct ui_facts *facts, const struct message *message)
{
    const struct buffer *buffer = core_buffer(ui->core, message->buffer_id);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;
    const bool weft = message->kind == MESSAGE_WEFT;

    if (!buffer)
        return;
    add(facts, "delivery", delivery(message));
    if (message->error && message->state != MESSAGE_RECEIVED)
        add(facts, "because", message->error);
    if (weft)
        add(facts, "seen by", "you alone");
    else
        add_take(facts, "seen by", audience(buffer));
    if (account && !weft) {
        add_take(facts, "through",
                 g_strdup_printf("%s (%s)%s",
                                 account->server_name ? account->server_name : account->name,
                                 account->network, account->insecure ? ", NOT ENCRYPTED" : ""));
        add(facts, "network's id", message->remote_id ? message->remote_id : "none");
    }
    add_sending(ui, facts, message);
    add_relay(ui, facts, message);
    add(facts, "kept",
        (message->flags & MESSAGE_NOT_STORED) != 0 ? "nowhere here: the disk refuses"
                                                   : "in weft's history on this machine");
}

/* --- the overlay
 * ------------------------------------------------------------------------------------- */

static void
fill(struct ui_facts *facts, const struct ui *ui, const struct message *message)
{
    if (facts->who)
        add_who(ui, facts, message);
    else
        add_source(ui, facts, message);
}

struct ui_facts *
ui_facts_new(const struct ui *ui, const struct message *message, bool who)
{
    struct ui_facts *facts = g_new0(struct ui_facts, 1);

    facts->title = who ? "Who sees this message. Esc: close."
                       : "What weft knows of this message. PgDn: more. Esc: close.";
    facts->facts = g_array_new(FALSE, FALSE, sizeof(struct view_fact));
    g_array_set_clear_func(facts->facts, clear_fact);
    facts->message_id = message->id;
    facts->who = who;
    fill(facts, ui, message);
    return facts;
}

void
ui_facts_changed(struct ui_facts *facts, const struct ui *ui, const struct message *message)
{
    if (facts->message_id != message->id)
        return;
    g_array_set_size(facts->facts, 0);
    fill(facts, ui, message);
}

void
ui_facts_free(struct ui_facts *facts)
{
    if (!facts)
        return;
    g_array_unref(facts->facts);
    g_free(facts);
}

size_t *
ui_facts_top(struct ui_facts *facts)
{
    return &facts->top;
}

void
ui_facts_draw(struct ui_facts *facts, const struct canvas *canvas, struct rect rect)
{
    const struct view_facts view = {
        .title = facts->title,
        .facts = (const struct view_fact *)(void *)facts->facts->data,
        .n = facts->facts->len,
        .top = &facts->top,
    };

    pane_facts_draw(canvas, rect, &view);
}
