#include "model/buffer.h"
#include "model/message.h"
#include "model/outbox.h"

void test_message_add(void);

static void
test_dup(void)
{
    struct message *message = message_new();
    message->id = 7;
    message->flags = MESSAGE_OWN | MESSAGE_MENTION;
    message->remote_id = g_strdup("r");
    message->key = g_strdup("k");
    message->sender_id = g_strdup("u");
    message->sender_name = g_strdup("Uma");
    message->subject = g_strdup("s");
    message->reply_to = g_strdup("p");
    message->error = g_strdup("e");
    rich_free(message->body);
    message->body = rich_new("hello", -1);
    rich_add(message->body, 0, 5, SPAN_BOLD, NULL);

    struct message *copy = message_dup(message);
    g_assert_true(message_ref(message) == message);
    message_unref(message);
    message_unref(message);

    g_assert_cmpint(copy->id, ==, 7);
    g_assert_cmpuint(copy->flags, ==, MESSAGE_OWN | MESSAGE_MENTION);
    g_assert_cmpstr(copy->remote_id, ==, "r");
    g_assert_cmpstr(copy->key, ==, "k");
    g_assert_cmpstr(copy->sender_id, ==, "u");
    g_assert_cmpstr(copy->sender_name, ==, "Uma");
    g_assert_cmpstr(copy->subject, ==, "s");
    g_assert_cmpstr(copy->reply_to, ==, "p");
    g_assert_cmpstr(copy->error, ==, "e");
    g_assert_cmpstr(copy->body->text, ==, "hello");
    g_assert_cmpuint(copy->body->spans->len, ==, 1);
    message_unref(copy);
    message_unref(NULL);
}

static void
test_new_is_empty(void)
{
    struct message *message = message_new();
    g_assert_nonnull(message->body);
    g_assert_cmpuint(message->body->len, ==, 0);
    g_assert_null(message->sender_id);
    g_assert_cmpint(message->kind, ==, MESSAGE_TEXT);
    g_assert_cmpint(message->state, ==, MESSAGE_RECEIVED);
    message_unref(message);
}

static void
test_position(void)
{
    struct position a = {.sort_key = 1, .id = 9}, b = {.sort_key = 2, .id = 1};
    struct position c = {.sort_key = 2, .id = 2};
    g_assert_cmpint(position_compare(a, b), <, 0);
    g_assert_cmpint(position_compare(b, a), >, 0);
    g_assert_cmpint(position_compare(b, c), <, 0);
    g_assert_cmpint(position_compare(c, c), ==, 0);
}

static void
test_names(void)
{
    g_assert_cmpstr(message_kind_name(MESSAGE_TEXT), ==, "text");
    g_assert_cmpstr(message_kind_name(MESSAGE_INVITE), ==, "invite");
    g_assert_cmpstr(message_kind_name(MESSAGE_KIND_N), ==, "unknown");
    for (int i = 0; i < MESSAGE_KIND_N; i++)
        g_assert_nonnull(message_kind_name((enum message_kind)i));
    g_assert_cmpstr(message_state_name(MESSAGE_PENDING), ==, "pending");
    for (int i = 0; i < MESSAGE_STATE_N; i++)
        g_assert_nonnull(message_state_name((enum message_state)i));
    g_assert_cmpstr(account_state_name(ACCOUNT_OFFLINE), ==, "offline");
    g_assert_cmpstr(account_state_name(ACCOUNT_FAILED), ==, "failed");
}

static void
test_free_null(void)
{
    account_free(NULL);
    space_free(NULL);
    buffer_free(NULL);
    member_free(NULL);
    outbox_row_free(NULL);
    rich_free(NULL);
}

static void
test_buffer_members(void)
{
    struct buffer *buffer = g_new0(struct buffer, 1);
    buffer->members =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)member_free);
    struct member *member = member_new("u1", "Uma", NULL);
    g_assert_cmpstr(member->prefix, ==, "");
    g_hash_table_insert(buffer->members, member->id, member);
    buffer_free(buffer);
}

void
test_message_add(void)
{
    g_test_add_func("/model/message/dup", test_dup);
    g_test_add_func("/model/message/new-is-empty", test_new_is_empty);
    g_test_add_func("/model/message/position", test_position);
    g_test_add_func("/model/message/names", test_names);
    g_test_add_func("/model/message/free-null", test_free_null);
    g_test_add_func("/model/message/buffer-members", test_buffer_members);
}
