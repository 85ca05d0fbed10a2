/* Groups of the list and what is muted, as a network keeps them. */
#include <string.h>

#include "core/config.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
emit(struct fake *fake, const struct event *event)
{
    host_emit(fake_session(fake, 0)->host, event);
}

static void
add_channel(struct fake *fake, const char *name, const char *space)
{
    emit(fake,
         &(struct event){
             .type = EVENT_BUFFER,
             .conversation = name,
             .buffer = {.kind = BUFFER_CHANNEL, .space = space, .name = name, .joined = true}});
}

/* One account with the space "s" and in it #a, #b, #c, and a direct conversation. */
static struct fake *
begin(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    emit(fake, &(struct event){.type = EVENT_SPACE, .space = {.id = "s", .name = "Coops"}});
    add_channel(fake, "#a", "s");
    add_channel(fake, "#b", "s");
    add_channel(fake, "#c", "s");
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    fake_settle(fake);
    fake_clear(fake);
    return fake;
}

/* "id Name #a #b": one group. */
static void
tell(struct fake *fake, const char *space, const char *const *groups)
{
    struct event_group list[8];
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    size_t n = 0;

    for (; groups[n]; n++) {
        char **words = g_strsplit(groups[n], " ", -1);
        g_assert_cmpuint(n, <, G_N_ELEMENTS(list));
        g_ptr_array_add(all, words);
        list[n] = (struct event_group){words[0], words[1], (const char *const *)words + 2};
    }
    emit(fake,
         &(struct event){.type = EVENT_GROUPS, .groups = {.space = space, .list = list, .n = n}});
    fake_settle(fake);
}

#define tell_groups(fake, space, ...) tell(fake, space, (const char *const[]){__VA_ARGS__, NULL})

/* "#lab #a Bread:#b": in the order of the list, those of the account. */
static char *
listed(struct fake *fake)
{
    const GPtrArray *buffers = core_buffers(fake->core);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        const struct buffer_group *group =
            buffer->group_place != 0 ? core_group(fake->core, buffer->group_id) : NULL;
        if (buffer->kind < BUFFER_CHANNEL)
            continue;
        g_string_append_printf(out, "%s%s%s%s%s", out->len > 0 ? " " : "", group ? group->name : "",
                               group ? ":" : "", buffer->name,
                               buffer_stands_apart(buffer) ? "(apart)" : "");
    }
    return g_string_free(out, FALSE);
}

#define assert_listed(fake, wanted)                                                                \
    do {                                                                                           \
        g_autofree char *listed_ = listed(fake);                                                   \
        g_assert_cmpstr(listed_, ==, wanted);                                                      \
    } while (0)

static void
test_order(void)
{
    struct fake *fake = begin();

    assert_listed(fake, "#lab uma(apart) #a #b #c");
    tell_groups(fake, "s", "f Favourites #c uma", "x Bread #b", "p Plain #a");
    assert_listed(fake, "#lab Favourites:#c Favourites:uma Bread:#b Plain:#a");
    g_assert_cmpuint(fake->counts[NOTICE_GROUPS], ==, 1);
    /* The same again changes nothing. */
    tell_groups(fake, "s", "f Favourites #c uma", "x Bread #b", "p Plain #a");
    g_assert_cmpuint(fake->counts[NOTICE_GROUPS], ==, 1);
    /* Another order, another name, one group less; who is in none comes first. */
    tell_groups(fake, "s", "p Plain #a #c", "f Loved uma");
    assert_listed(fake, "#lab #b Plain:#a Plain:#c Loved:uma");
    /* One that comes later stands there until it is named. */
    add_channel(fake, "#d", "s");
    assert_listed(fake, "#lab #b #d Plain:#a Plain:#c Loved:uma");
    tell_groups(fake, "s", "p Plain #a #b #c #d");
    assert_listed(fake, "#lab uma(apart) Plain:#a Plain:#b Plain:#c Plain:#d");
    /* A channel that is moved into another space leaves its group. */
    emit(fake, &(struct event){.type = EVENT_SPACE, .space = {.id = "t", .name = "Mills"}});
    add_channel(fake, "#a", "t");
    assert_listed(fake, "#lab uma(apart) Plain:#b Plain:#c Plain:#d #a");
    fake_free(fake);
}

/* What a network should not say. */
static void
test_nonsense(void)
{
    struct fake *fake = begin();

    tell_groups(fake, "s", "x One #a #a #nowhere #lab", "x Twice #b", " Nameless #b",
                "y Two #a #b");
    assert_listed(fake, "#lab uma(apart) #c One:#a Two:#b");
    /* A direct conversation is in the first space's group that named it. */
    emit(fake, &(struct event){.type = EVENT_SPACE, .space = {.id = "t", .name = "Mills"}});
    tell_groups(fake, "s", "x One uma");
    tell_groups(fake, "t", "z Other uma #a");
    assert_listed(fake, "#lab #a #b #c One:uma");
    tell_groups(fake, "s", "y Two #a");
    assert_listed(fake, "#lab uma(apart) #b #c Two:#a");
    tell_groups(fake, "t", "z Other uma");
    assert_listed(fake, "#lab #b #c Two:#a Other:uma");
    emit(fake, &(struct event){.type = EVENT_GROUPS, .groups = {.space = NULL}});
    assert_listed(fake, "#lab #b #c Two:#a Other:uma");
    fake_free(fake);
}

/* The list stands so before the network has answered. */
static void
test_start(void)
{
    struct fake *fake = begin();

    tell_groups(fake, "s", "f Favourites #c uma", "x Bread #b");
    tell_groups(fake, "s", "x Bread #b #a", "f Favourites uma #c");
    emit(fake, &(struct event){.type = EVENT_MUTED, .conversation = "#b", .muted = true});
    fake_restart(fake);
    assert_listed(fake, "#lab Bread:#a Bread:#b Favourites:#c Favourites:uma");
    g_assert_cmpint(fake_buffer(fake, 0, "#b")->notify, ==, NOTIFY_NONE);
    fake_online(fake, 0);
    tell_groups(fake, "s", "x Bread #b");
    emit(fake, &(struct event){.type = EVENT_MUTED, .conversation = "#b", .muted = false});
    fake_restart(fake);
    assert_listed(fake, "#lab uma(apart) #a #c Bread:#b");
    g_assert_cmpint(fake_buffer(fake, 0, "#b")->notify, ==, NOTIFY_MENTIONS);
    fake_free(fake);
}

static struct fake *
begin_keeping(void)
{
    struct fake *fake = begin();

    fake->networks = fake_keeping_networks;
    fake_restart(fake);
    fake_online(fake, 0);
    add_channel(fake, "#a", "s");
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    return fake;
}

static void
assert_asked(struct fake *fake, const char *wanted)
{
    GString *asked = fake_session(fake, 0)->asked;

    g_assert_cmpstr(asked->str, ==, wanted);
    g_string_truncate(asked, 0);
}

static void
test_mute(void)
{
    struct fake *fake = begin_keeping();
    const int64_t id = fake_buffer(fake, 0, "#a")->id;
    g_autofree char *override = g_build_filename(fake->dir, "override.conf", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(core_mute_buffer(fake->core, id, true, &error));
    assert_asked(fake, "mute #a|");
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_NONE);
    g_assert_false(g_file_test(override, G_FILE_TEST_EXISTS));
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_NONE);
    /* Elsewhere it is taken back, and muted again. */
    emit(fake, &(struct event){.type = EVENT_MUTED, .conversation = "#a", .muted = false});
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_MENTIONS);
    emit(fake, &(struct event){.type = EVENT_MUTED, .conversation = "#a", .muted = true});
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_NONE);
    /* The network refuses: so it stays, and says why. */
    g_assert_true(core_mute_buffer(fake->core, id, false, &error));
    assert_asked(fake, "unmute #a|");
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_MENTIONS);
    fake_failed(fake, 0, fake_session(fake, 0)->asked_op, WEFT_ERROR_FORBIDDEN);
    fake_settle(fake);
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_NONE);
    /* Muted in the configuration as well: both are taken back. */
    g_autofree char *address = core_buffer_address(fake->core, core_buffer(fake->core, id));
    g_autofree char *section = g_strconcat("buffer ", address, NULL);
    g_assert_true(core_set(fake->core, section, "notify", "none", &error));
    g_assert_true(core_mute_buffer(fake->core, id, false, &error));
    assert_asked(fake, "unmute #a|");
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_MENTIONS);
    fake_done(fake, 0, fake_session(fake, 0)->asked_op, NULL, 0);
    fake_free(fake);
}

/* Without a connection the network cannot be told: nothing is muted that would not stay so. */
static void
test_mute_away(void)
{
    struct fake *fake = begin_keeping();
    const int64_t id = fake_buffer(fake, 0, "#a")->id;
    g_autoptr(GError) error = NULL;

    /* The answer is lost with the connection. */
    g_assert_true(core_mute_buffer(fake->core, id, true, &error));
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_settle(fake);
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_MENTIONS);
    g_assert_false(core_mute_buffer(fake->core, id, true, &error));
    g_assert_nonnull(strstr(error->message, "is not connected"));
    g_assert_cmpint(core_buffer(fake->core, id)->notify, ==, NOTIFY_MENTIONS);
    fake_free(fake);
}

/* What people say of themselves. */
static void
test_status(void)
{
    struct fake *fake = begin();
    struct member *maria = member_new("m1", "maria", "");

    maria->status = g_strdup("  ");
    emit(fake, &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = "#a", .member = maria});
    const struct buffer *a = fake_buffer(fake, 0, "#a"), *uma = fake_buffer(fake, 0, "uma");
    const struct member *member = g_hash_table_lookup(a->members, "m1");
    g_assert_null(member->status);
    emit(fake, &(struct event){.type = EVENT_STATUS,
                               .conversation = "uma",
                               .status = {.user_id = "m1", .text = "bak\xffing"}});
    g_assert_cmpstr(member->status, ==, "bak\xef\xbf\xbding");
    g_assert_cmpstr(uma->status, ==, "bak\xef\xbf\xbding");
    /* A new name takes it along. */
    emit(fake, &(struct event){.type = EVENT_MEMBER_RENAMED,
                               .renamed = {.id = "m1", .new_id = "m1", .new_name = "mary"}});
    member = g_hash_table_lookup(a->members, "m1");
    g_assert_cmpstr(member->status, ==, "bak\xef\xbf\xbding");
    emit(fake, &(struct event){.type = EVENT_STATUS,
                               .conversation = "uma",
                               .status = {.user_id = "m1", .text = NULL}});
    g_assert_null(member->status);
    g_assert_null(uma->status);
    member_free(maria);
    fake_free(fake);
}

void
test_groups_add(void)
{
    g_test_add_func("/groups/order", test_order);
    g_test_add_func("/groups/nonsense", test_nonsense);
    g_test_add_func("/groups/start", test_start);
    g_test_add_func("/groups/mute", test_mute);
    g_test_add_func("/groups/mute-away", test_mute_away);
    g_test_add_func("/groups/status", test_status);
}
