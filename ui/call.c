#include "ui/call.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/spans.h"

#define NAME_CHARS      40
#define NAMED_MOST      5
#define UTF8_MOST       4
#define BODY_MOST_BYTES 4096 /* of which the first CALL_BODY_CHARS count */

static void
append_plural(GString *out, unsigned n, const char *one, const char *many)
{
    if (n == 1)
        g_string_append_printf(out, "1 %s", one);
    else
        g_string_append_printf(out, "%u %s", n, many);
}

/* --- safe words
 * ------------------------------------------------------------------------------------------ */

char *
call_text(const char *text, enum display_mode mode, unsigned chars)
{
    /* Marks make a text longer; what is cut anyway need not be made safe. */
    const size_t len = utf8_cut(text, strlen(text), (size_t)chars * UTF8_MOST);
    g_autofree char *safe = display_dup(text, (gssize)len, mode);

    if (g_utf8_strlen(safe, -1) <= (glong)chars && text[len] == '\0')
        return g_steal_pointer(&safe);
    g_autofree char *cut =
        g_utf8_substring(safe, 0, MIN(g_utf8_strlen(safe, -1), (glong)chars - 1));
    return g_strconcat(cut, "…", NULL);
}

static bool
is_hidden(const struct rich *body, size_t at)
{
    for (guint i = 0; i < body->spans->len; i++) {
        const struct span *span = &g_array_index(body->spans, struct span, i);
        if (span->start <= at && at < span->end && span_is_spoiler(span))
            return true;
    }
    return false;
}

/* A line end is a blank, and what was hidden by its sender stays so. */
static char *
body_text(const struct rich *body)
{
    const size_t len = utf8_cut(body->text, body->len, BODY_MOST_BYTES);
    g_autoptr(GString) out = g_string_new(NULL);
    bool was_hidden = false;

    for (size_t at = 0; at < len; at += g_utf8_skip[(guchar)body->text[at]]) {
        const bool hidden = is_hidden(body, at);
        const gunichar c = g_utf8_get_char(body->text + at);
        if (!hidden)
            g_string_append_unichar(out, c == '\n' ? ' ' : c);
        else if (!was_hidden)
            g_string_append(out, "[spoiler]");
        was_hidden = hidden;
    }
    return call_text(out->str, DISPLAY_LINE, CALL_BODY_CHARS);
}

static bool
is_direct(const struct buffer *buffer)
{
    return buffer->kind == BUFFER_DIRECT || buffer->kind == BUFFER_GROUP;
}

/* "#ops", and "#ops (libera)" when there is more than one account. */
static void
append_place(struct core *core, GString *out, const struct buffer *buffer)
{
    const struct account *account = core_account(core, buffer->account_id);
    g_autofree char *name = call_text(buffer->name, DISPLAY_NAME, NAME_CHARS);

    g_string_append(out, name);
    if (account == NULL || core_accounts(core)->len < 2)
        return;
    g_autofree char *label = call_text(account->label != NULL ? account->label : account->name,
                                       DISPLAY_NAME, NAME_CHARS);
    g_string_append_printf(out, " (%s)", label);
}

/* --- one buffer
 * ------------------------------------------------------------------------------------------ */

/* "You are mentioned." says nobody's name. */
static void
tell_nothing(struct call *call, const struct buffer *buffer, unsigned n, unsigned mentions)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (is_direct(buffer))
        append_plural(out, n, "direct message", "direct messages");
    else if (mentions > 0)
        append_plural(out, mentions, "mention", "mentions");
    else
        append_plural(out, n, "message", "messages");
    call->title = g_strdup("weft");
    call->body = g_strdup(out->str);
}

static char *
make_title(struct core *core, const struct buffer *buffer, const char *sender, unsigned n,
           unsigned mentions)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (n > 1) {
        if (mentions == n && !is_direct(buffer))
            append_plural(out, n, "mention", "mentions");
        else
            append_plural(out, n, "message", "messages");
        g_string_append(out, is_direct(buffer) ? " from " : " in ");
    } else if (!is_direct(buffer) && *sender != '\0') {
        g_string_append_printf(out, "%s in ", sender);
    }
    append_place(core, out, buffer);
    return call_text(out->str, DISPLAY_LINE, CALL_TITLE_CHARS);
}

static char *
make_body(const struct buffer *buffer, const struct message *message, const char *sender,
          unsigned n, enum call_show show)
{
    if (show != CALL_SHOW_MESSAGE)
        return g_strdup("");
    g_autofree char *names = attachments_names(message->files);
    g_autofree char *text = message->body->len == 0 && names
                                ? call_text(names, DISPLAY_LINE, CALL_BODY_CHARS)
                                : body_text(message->body);
    /* The title names the sender already, unless it counts. */
    const bool named = *sender == '\0' || (n == 1 && buffer->kind != BUFFER_GROUP) ||
                       buffer->kind == BUFFER_DIRECT;
    g_autofree char *whole = message->kind == MESSAGE_ACTION
                                 ? g_strdup_printf("* %s %s", sender, text)
                             : named ? g_strdup(text)
                                     : g_strdup_printf("%s: %s", sender, text);
    return call_text(whole, DISPLAY_LINE, CALL_BODY_CHARS);
}

struct call *
call_new(struct core *core, const struct message *message, unsigned n, unsigned mentions,
         enum call_show show)
{
    const struct buffer *buffer = core_buffer(core, message->buffer_id);

    if (buffer == NULL)
        return NULL;
    struct call *call = g_new0(struct call, 1);
    const bool direct = is_direct(buffer);
    call->kind = direct ? "direct" : mentions > 0 ? "mention" : "message";
    call->urgency = direct || mentions > 0 ? CALL_NORMAL : CALL_LOW;
    if (show == CALL_SHOW_NOTHING) {
        tell_nothing(call, buffer, n, mentions);
        call->sender = g_strdup("");
        call->address = g_strdup("");
        return call;
    }
    g_autofree char *address = core_buffer_address(core, buffer);
    call->sender = call_text(message->sender_name != NULL ? message->sender_name : "", DISPLAY_NAME,
                             NAME_CHARS);
    call->address = display_dup(address, -1, DISPLAY_LINE);
    call->title = make_title(core, buffer, call->sender, n, mentions);
    call->body = make_body(buffer, message, call->sender, n, show);
    return call;
}

void
call_free(struct call *call)
{
    if (call == NULL)
        return;
    g_free(call->title);
    g_free(call->body);
    g_free(call->sender);
    g_free(call->address);
    g_free(call);
}

/* --- several
 * --------------------------------------------------------------------------------------------- */

struct total {
    unsigned mentions, mention_places; /* in channels */
    unsigned others, other_places;
    unsigned direct, direct_places;
};

static struct total
count_all(struct core *core, const GArray *sums)
{
    struct total total = {0};

    for (guint i = 0; i < sums->len; i++) {
        const struct call_sum *sum = &g_array_index(sums, struct call_sum, i);
        const struct buffer *buffer = core_buffer(core, sum->buffer_id);
        if (buffer == NULL)
            continue;
        if (is_direct(buffer)) {
            total.direct += sum->n;
            total.direct_places++;
            continue;
        }
        total.mentions += sum->mentions;
        total.mention_places += sum->mentions > 0;
        total.others += sum->n - sum->mentions;
        total.other_places += sum->n > sum->mentions;
    }
    return total;
}

static void
append_total(GString *out, const struct total *total)
{
    const struct {
        unsigned n, places;
        const char *one, *many, *where, *place, *all_places;
    } parts[] = {
        {total->mentions, total->mention_places, "mention", "mentions", "in", "channel",
         "channels"},
        {total->direct, total->direct_places, "direct message", "direct messages", "from",
         "conversation", "conversations"},
        {total->others, total->other_places, "message", "messages", "in", "channel", "channels"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].n == 0)
            continue;
        if (out->len > 0)
            g_string_append(out, ", ");
        append_plural(out, parts[i].n, parts[i].one, parts[i].many);
        g_string_append_printf(out, " %s ", parts[i].where);
        append_plural(out, parts[i].places, parts[i].place, parts[i].all_places);
    }
}

static int
compare_sums(const void *a, const void *b)
{
    const struct call_sum *x = a, *y = b;

    if (x->mentions != y->mentions)
        return x->mentions < y->mentions ? 1 : -1;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return x->buffer_id < y->buffer_id ? -1 : x->buffer_id > y->buffer_id;
}

/* "#ops 4, maria 2, and 3 more" */
static void
append_names(struct core *core, GString *out, const GArray *sums)
{
    g_autoptr(GArray) sorted = g_array_copy((GArray *)(uintptr_t)sums);
    unsigned named = 0;

    g_array_sort(sorted, compare_sums);
    for (guint i = 0; i < sorted->len; i++) {
        const struct call_sum *sum = &g_array_index(sorted, struct call_sum, i);
        const struct buffer *buffer = core_buffer(core, sum->buffer_id);
        if (buffer == NULL || named == NAMED_MOST)
            continue;
        g_string_append(out, named++ == 0 ? ": " : ", ");
        append_place(core, out, buffer);
        g_string_append_printf(out, " %u", sum->mentions > 0 ? sum->mentions : sum->n);
    }
    if (sorted->len > named)
        g_string_append_printf(out, ", and %u more", sorted->len - named);
}

struct call *
call_new_summary(struct core *core, const GArray *sums, const char *why, enum call_show show)
{
    const struct total total = count_all(core, sums);
    g_autoptr(GString) out = g_string_new(NULL);

    append_total(out, &total);
    if (out->len == 0)
        return NULL;
    g_string_append(out, why);
    if (show != CALL_SHOW_NOTHING)
        append_names(core, out, sums);
    struct call *call = g_new0(struct call, 1);
    call->kind = "summary";
    call->urgency = total.mentions + total.direct > 0 ? CALL_NORMAL : CALL_LOW;
    call->title = g_strdup("weft");
    call->body = call_text(out->str, DISPLAY_LINE, CALL_BODY_CHARS);
    call->sender = g_strdup("");
    call->address = g_strdup("");
    return call;
}
