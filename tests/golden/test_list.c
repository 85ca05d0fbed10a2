/* The list of buffers: its rows over a real core, and its keys. */
#include <string.h>

#include "tests/golden/world.h"
#include "ui/list.h"

/* --- the rows --- */

/* "weft -one #lab(2) +two ..." */
static char *
rows_of(struct fake *fake, struct list *list)
{
    GString *out = g_string_new(NULL);
    size_t n;
    const struct list_row *rows = list_rows(list, &n);

    for (size_t i = 0; i < n; i++) {
        const struct list_row *row = &rows[i];
        g_string_append(out, i > 0 ? " " : "");
        if (row->kind != LIST_BUFFER)
            g_string_append_c(out, row->folded ? '+' : '-');
        if (row->kind == LIST_ACCOUNT)
            g_string_append(out, core_account(fake->core, row->id)->name);
        else if (row->kind == LIST_SPACE)
            g_string_append(out, core_space(fake->core, row->id)->name);
        else if (row->kind == LIST_DIRECT)
            g_string_append(out, "direct");
        else
            g_string_append(out, core_buffer(fake->core, row->id)->name);
    }
    return g_string_free(out, FALSE);
}

#define assert_rows(fake, list, wanted)                                                            \
    do {                                                                                           \
        g_autofree char *rows_ = rows_of(fake, list);                                              \
        g_assert_cmpstr(rows_, ==, wanted);                                                        \
    } while (0)

static void
add_space(struct fake *fake, unsigned account, const char *id, const char *name)
{
    host_emit(fake_session(fake, account)->host,
              &(struct event){
                  .type = EVENT_SPACE, .conversation = NULL, .space = {.id = id, .name = name}});
}

static void
put_in_space(struct fake *fake, unsigned account, const char *name, const char *space)
{
    host_emit(
        fake_session(fake, account)->host,
        &(struct event){
            .type = EVENT_BUFFER,
            .conversation = name,
            .buffer = {.kind = BUFFER_CHANNEL, .space = space, .name = name, .joined = true}});
}

/* Two accounts: the first with a space and two direct conversations. */
static struct fake *
fake_with_groups(void)
{
    struct fake *fake = fake_new(2);

    fake_online(fake, 0);
    fake_online(fake, 1);
    add_space(fake, 0, "s1", "coops");
    put_in_space(fake, 0, "#jobs", "s1");
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    put_in_space(fake, 0, "#tea", "s1");
    fake_channel(fake, 1, "sol", BUFFER_DIRECT);
    fake_settle(fake);
    return fake;
}

static void
say_in(struct fake *fake, unsigned account, const char *where, const char *text)
{
    fake_say(fake, account, &(struct fake_said){.conversation = where, .text = text});
    fake_settle(fake);
}

static void
test_rows(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    struct list *list = list_new(fake->core, activity);

    assert_rows(fake, list, "weft -one #lab -coops #jobs #tea -two #lab -direct uma sol");
    list_fold(list, "account/two", true);
    list_fold(list, "space/one/s1", true);
    assert_rows(fake, list, "weft -one #lab +coops +two -direct uma sol");
    list_fold(list, "direct", true);
    list_fold(list, "account/one", true);
    assert_rows(fake, list, "weft +one +two +direct");
    /* Where one is stays in sight. */
    list_set_shown(list, fake_buffer(fake, 0, "#tea")->id);
    assert_rows(fake, list, "weft +one #tea +two +direct");
    g_assert_cmpuint(list_shown_row(list), ==, 2);
    g_auto(GStrv) folded = list_folded(list);
    g_autofree char *names = g_strjoinv(" ", folded);
    g_assert_cmpstr(names, ==, "account/one account/two direct space/one/s1");
    list_free(list);
    activity_free(activity);
    fake_free(fake);
}

static void
test_filter(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    struct list *list = list_new(fake->core, activity);

    list_fold(list, "account/one", true);
    list_set_filter(list, "JO");
    assert_rows(fake, list, "-one -coops #jobs");
    list_set_filter(list, "coop"); /* a group's name brings all that it has */
    assert_rows(fake, list, "-one -coops #jobs #tea");
    list_set_filter(list, "two");
    assert_rows(fake, list, "-two #lab");
    list_set_filter(list, "so");
    assert_rows(fake, list, "-direct sol");
    list_set_filter(list, "nothing like this");
    assert_rows(fake, list, "");
    g_assert_cmpuint(list_shown_row(list), ==, SIZE_MAX);
    list_set_filter(list, "");
    assert_rows(fake, list, "weft +one -two #lab -direct uma sol");
    list_free(list);
    activity_free(activity);
    fake_free(fake);
}

static void
test_unread_only(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    struct list *list = list_new(fake->core, activity);
    const int64_t tea = fake_buffer(fake, 0, "#tea")->id;

    list_set_unread_only(list, true);
    list_set_shown(list, fake_buffer(fake, 1, "#lab")->id);
    assert_rows(fake, list, "-two #lab");
    say_in(fake, 0, "#tea", "hot");
    g_assert_true(activity_update(activity, tea));
    list_level_changed(list);
    assert_rows(fake, list, "-one -coops #tea -two #lab");
    say_in(fake, 0, "#tea", "Kai: still");
    g_assert_true(activity_update(activity, tea)); /* it calls now */
    say_in(fake, 0, "#tea", "more");
    g_assert_false(activity_update(activity, tea));
    list_fold(list, "space/one/s1", true);
    assert_rows(fake, list, "-one +coops -two #lab");
    fake_lost(fake, 0, WEFT_ERROR_AUTH);
    core_mark_all_read(fake->core, tea);
    activity_update(activity, tea);
    list_stale(list);
    assert_rows(fake, list, "-one -two #lab"); /* it needs the person */
    list_free(list);
    activity_free(activity);
    fake_free(fake);
}

/* Going from buffer to buffer makes rows anew only where one is shown because one is there. */
static void
test_shown(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    struct list *list = list_new(fake->core, activity);
    const int64_t jobs = fake_buffer(fake, 0, "#jobs")->id;
    const int64_t tea = fake_buffer(fake, 0, "#tea")->id;
    const int64_t sol = fake_buffer(fake, 1, "sol")->id;
    const unsigned serial = list_serial(list);

    list_set_shown(list, tea);
    g_assert_cmpuint(list_shown_row(list), ==, 5);
    list_set_shown(list, sol);
    g_assert_cmpuint(list_shown_row(list), ==, 10);
    list_set_shown(list, jobs);
    g_assert_cmpuint(list_shown_row(list), ==, 4);
    g_assert_cmpuint(list_serial(list), ==, serial);
    list_fold(list, "space/one/s1", true);
    assert_rows(fake, list, "weft -one #lab +coops #jobs -two #lab -direct uma sol");
    list_set_shown(list, tea);
    assert_rows(fake, list, "weft -one #lab +coops #tea -two #lab -direct uma sol");
    list_set_shown(list, sol);
    assert_rows(fake, list, "weft -one #lab +coops -two #lab -direct uma sol");
    g_assert_cmpuint(list_shown_row(list), ==, 8);
    g_assert_cmpuint(list_serial(list), ==, serial + 3);
    list_set_unread_only(list, true);
    assert_rows(fake, list, "-direct sol");
    list_set_shown(list, jobs);
    assert_rows(fake, list, "-one +coops #jobs");
    list_set_filter(list, "tea");
    g_assert_cmpuint(list_shown_row(list), ==, SIZE_MAX);
    list_set_shown(list, tea);
    g_assert_cmpuint(list_shown_row(list), ==, 2);
    list_free(list);
    activity_free(activity);
    fake_free(fake);
}

static void
assert_order(struct fake *fake, struct list *list, const char *wanted)
{
    g_autoptr(GArray) ids = list_order(list);
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < ids->len; i++) {
        const struct buffer *buffer = core_buffer(fake->core, g_array_index(ids, int64_t, i));
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", buffer->name);
    }
    g_assert_cmpstr(names->str, ==, wanted);
}

/* The whole order, whatever is folded; known anew when buffers come. */
static void
test_order(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    struct list *list = list_new(fake->core, activity);

    list_fold(list, "account/one", true);
    assert_order(fake, list, "weft one #lab #jobs #tea two #lab uma sol");
    fake_channel(fake, 1, "#garden", BUFFER_CHANNEL);
    list_stale(list);
    assert_order(fake, list, "weft one #lab #jobs #tea two #lab #garden uma sol");
    list_free(list);
    activity_free(activity);
    fake_free(fake);
}

/* --- the sums --- */

static void
assert_sum(struct activity_sum sum, unsigned unread, unsigned mentions)
{
    g_assert_cmpuint(sum.unread, ==, unread);
    g_assert_cmpuint(sum.mentions, ==, mentions);
}

static void
test_sums(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    const struct buffer *tea = fake_buffer(fake, 0, "#tea");
    const struct buffer *jobs = fake_buffer(fake, 0, "#jobs");
    const struct buffer *uma = fake_buffer(fake, 0, "uma");
    const struct buffer *lab = fake_buffer(fake, 1, "#lab");
    const int64_t one = tea->account_id;

    say_in(fake, 0, "#tea", "one");
    say_in(fake, 0, "#tea", "Kai: two");
    say_in(fake, 0, "#jobs", "three");
    say_in(fake, 0, "uma", "four");
    say_in(fake, 1, "#lab", "five");
    const struct buffer *const all[] = {tea, jobs, uma, lab};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        activity_update(activity, all[i]->id);
    assert_sum(activity_of_account(activity, one), 3, 1);
    assert_sum(activity_of_space(activity, tea->space_id), 3, 1);
    assert_sum(activity_of_direct(activity), 1, 1);
    assert_sum(activity_of_account(activity, lab->account_id), 1, 0);
    assert_sum(activity_heard(activity), 5, 2);
    const GArray *ids = activity_ids(activity);
    const int64_t wanted[] = {tea->id, uma->id, jobs->id, lab->id};
    g_assert_cmpmem(ids->data, ids->len * sizeof(int64_t), wanted, sizeof wanted);
    /* A muted one counts where it mentions; a muted person does not. */
    g_assert_true(core_mute_buffer(fake->core, uma->id, true, NULL));
    g_assert_true(activity_update(activity, uma->id));
    assert_sum(activity_of_direct(activity), 0, 0);
    assert_sum(activity_heard(activity), 4, 1);
    g_assert_true(core_mute_buffer(fake->core, uma->id, false, NULL));
    activity_update(activity, uma->id);
    g_assert_true(core_mute_buffer(fake->core, tea->id, true, NULL));
    g_assert_true(core_mute_buffer(fake->core, jobs->id, true, NULL));
    activity_update(activity, tea->id);
    g_assert_true(activity_update(activity, jobs->id));
    assert_sum(activity_of_account(activity, one), 1, 1);
    assert_sum(activity_heard(activity), 2, 1);
    g_assert_cmpuint(activity_ids(activity)->len, ==, 3);
    /* Read, closed, moved to another group: each takes its share along. */
    core_mark_all_read(fake->core, lab->id);
    activity_update(activity, lab->id);
    assert_sum(activity_of_account(activity, lab->account_id), 0, 0);
    put_in_space(fake, 0, "#tea", "s2");
    activity_update(activity, tea->id);
    assert_sum(activity_of_space(activity, jobs->space_id), 0, 0);
    assert_sum(activity_of_space(activity, tea->space_id), 2, 1); /* its address was muted */
    assert_sum(activity_of_account(activity, one), 2, 1);
    g_assert_true(core_close_buffer(fake->core, tea->id, NULL));
    activity_update(activity, tea->id);
    assert_sum(activity_of_account(activity, one), 0, 0);
    g_assert_cmpuint(activity_ids(activity)->len, ==, 1);
    activity_free(activity);
    fake_free(fake);
}

static void
assert_ids(struct activity *activity, const int64_t *wanted, size_t n)
{
    const GArray *ids = activity_ids(activity);
    g_assert_cmpmem(ids->data, ids->len * sizeof(int64_t), wanted, n * sizeof *wanted);
}

/* What is read leaves the others where they are; what rises or comes finds its place. */
static void
test_activity_order(void)
{
    struct fake *fake = fake_with_groups();
    struct activity *activity = activity_new(fake->core);
    const int64_t jobs = fake_buffer(fake, 0, "#jobs")->id;
    const int64_t tea = fake_buffer(fake, 0, "#tea")->id;
    const int64_t lab = fake_buffer(fake, 1, "#lab")->id;
    const int64_t all[] = {jobs, tea, lab};

    say_in(fake, 0, "#tea", "one");
    say_in(fake, 0, "#jobs", "two");
    say_in(fake, 1, "#lab", "three");
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        activity_update(activity, all[i]);
    assert_ids(activity, all, 3);
    core_mark_all_read(fake->core, tea);
    g_assert_true(activity_update(activity, tea));
    assert_ids(activity, (const int64_t[]){jobs, lab}, 2);
    say_in(fake, 1, "#lab", "Kai: four");
    g_assert_true(activity_update(activity, lab));
    core_mark_all_read(fake->core, jobs); /* before anybody has asked again */
    activity_update(activity, jobs);
    say_in(fake, 0, "#tea", "five");
    activity_update(activity, tea);
    assert_ids(activity, (const int64_t[]){lab, tea}, 2);
    core_mark_all_read(fake->core, tea);
    core_mark_all_read(fake->core, lab);
    activity_update(activity, tea);
    activity_update(activity, lab);
    assert_ids(activity, NULL, 0);
    activity_free(activity);
    fake_free(fake);
}

/* --- the keys --- */

static void
test_keys(void)
{
    struct world *world = world_new(2);

    fake_channel(world->fake, 1, "#garden", BUFFER_CHANNEL);
    fake_channel(world->fake, 0, "uma", BUFFER_DIRECT);
    go(world, 0, "#lab");
    says(world, 0, NULL, "hello", 1);
    assert_shows(world, "-DMs");
    press(world, "F2");
    press(world, "F2");
    assert_shows(world, "Enter show  Space fold  / filter");
    /* Letters are the list's now, and go nowhere else. */
    type(world, "jjj");
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#garden")->id);
    assert_shows(world, "Kai]\n");
    /* The other way round, from the line. */
    press(world, "Shift-Tab");
    assert_shows(world, "/ filter");
    type(world, "G");
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "uma")->id);
    press(world, "Shift-Tab");
    press(world, "Esc");
    type(world, "text");
    assert_shows(world, "Kai] text");
    /* What works everywhere works here. */
    press(world, "Ctrl-u");
    press(world, "Shift-Tab");
    press(world, "Alt-1");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==,
                    core_buffer_by_number(world->fake->core, 1)->id);
    world_free(world);
}

/* A start goes where one was, whatever was said elsewhere meanwhile. */
static void
test_where_one_was(void)
{
    struct world *world = world_new(1);

    fake_channel(world->fake, 0, "#jobs", BUFFER_CHANNEL);
    go(world, 0, "#lab");
    says(world, 0, NULL, "earlier", 1);
    says(world, 0, "#jobs", "Kai: later", 2);
    world_reopen(world);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#lab")->id);
    assert_shows(world, "@1");
    go(world, 0, "#jobs");
    world_reopen(world);
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 0, "#jobs")->id);
    world_free(world);
}

static void
test_folding(void)
{
    struct world *world = world_new(2);

    fake_channel(world->fake, 1, "#garden", BUFFER_CHANNEL);
    go(world, 0, "#lab");
    says(world, 1, "#garden", "Kai: seeds", 1);
    says(world, 1, NULL, "plain", 2);
    assert_shows(world, " 3 #garden     @1");
    press(world, "Shift-Tab");
    type(world, "jj-"); /* on #lab of two: its heading folds */
    assert_shows(world, "-two       [fake]");
    type(world, "-");
    assert_shows(world, "+two         @1 2");
    g_assert_false(shows(world, "#garden"));
    world_reopen(world);
    assert_shows(world, "+two         @1 2");
    /* Folded away is passed over by "next", but not by the activity. */
    go(world, 0, "#lab");
    press(world, "Ctrl-n");
    g_assert_cmpstr(core_buffer(world->fake->core, ui_shown_buffer(world->ui))->name, ==, "two");
    press(world, "Ctrl-n");
    g_assert_cmpstr(core_buffer(world->fake->core, ui_shown_buffer(world->ui))->name, ==, "weft");
    press(world, "Alt-a");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#garden")->id);
    g_free(look(world));
    assert_shows(world, "+two            1");
    assert_shows(world, " 3 #garden");
    press(world, "Shift-Tab");
    type(world, "z");
    assert_shows(world, "+one");
    type(world, "z");
    assert_shows(world, "-one");
    assert_shows(world, "-two");
    world_reopen(world);
    assert_shows(world, "-two");
    world_free(world);
}

static void
test_filtering(void)
{
    struct world *world = world_new(2);

    fake_channel(world->fake, 1, "#garden", BUFFER_CHANNEL);
    go(world, 0, "#lab");
    g_free(look(world));
    press(world, "Shift-Tab");
    type(world, "/gerd");
    press(world, "Backspace");
    press(world, "Backspace");
    press(world, "Backspace");
    type(world, "ard");
    assert_shows(world, "/gard");
    g_assert_false(shows(world, " 1 #lab"));
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#garden")->id);
    assert_shows(world, " 1 #lab"); /* the filter went with the keys */
    press(world, "Shift-Tab");
    type(world, "/zzz");
    assert_shows(world, "/zzz");
    press(world, "Enter");
    press(world, "Esc");
    assert_shows(world, " 1 #lab");
    assert_shows(world, "/ filter");
    press(world, "Alt-O");
    assert_shows(world, "only unread");
    g_assert_false(shows(world, " 1 #lab"));
    world_reopen(world);
    assert_shows(world, "only unread");
    press(world, "Alt-O");
    assert_shows(world, " 1 #lab");
    world_free(world);
}

static void
test_deeds(void)
{
    struct world *world = world_new(1);

    fake_channel(world->fake, 0, "#garden", BUFFER_CHANNEL);
    go(world, 0, "#lab");
    g_free(look(world));
    press(world, "Shift-Tab");
    type(world, "jm");
    assert_shows(world, "#garden is muted");
    assert_shows(world, " 2 #garden      m");
    g_assert_cmpint(fake_buffer(world->fake, 0, "#garden")->notify, ==, NOTIFY_NONE);
    type(world, "m");
    assert_shows(world, "not muted any more");
    type(world, "K");
    g_assert_cmpint(fake_buffer(world->fake, 0, "#garden")->number, ==, 1);
    assert_shows(world, " 1 #garden");
    type(world, "K");
    assert_shows(world, "at the edge of its group");
    type(world, "J");
    assert_shows(world, " 2 #garden");
    says(world, 0, "#garden", "weeds", 1);
    assert_shows(world, " 2 #garden      1");
    type(world, "r");
    assert_shows(world, " 2 #garden");
    g_assert_cmpuint(fake_buffer(world->fake, 0, "#garden")->unread, ==, 0);
    /* A channel that one would leave is asked for twice, in a row. */
    type(world, "c");
    assert_shows(world, "The same key again leaves #garden");
    type(world, "kj");
    type(world, "c");
    g_assert_cmpuint(fake_session(world->fake, 0)->leaves, ==, 0);
    type(world, "c");
    g_assert_cmpuint(fake_session(world->fake, 0)->leaves, ==, 1);
    assert_shows(world, "#garden is off the list");
    g_assert_false(shows(world, " 2 #garden"));
    type(world, "gc");
    assert_shows(world, "belongs to weft or to an account");
    world_free(world);
}

/* One that was said something in is passed over by nobody, whatever is folded. */
static void
test_next_unread(void)
{
    struct world *world = world_new(2);

    go(world, 0, "#lab");
    says(world, 1, NULL, "plain", 1);
    g_free(look(world));
    press(world, "Shift-Tab");
    type(world, "gn");
    press(world, "Enter");
    g_assert_cmpint(ui_shown_buffer(world->ui), ==, fake_buffer(world->fake, 1, "#lab")->id);
    g_free(look(world));
    press(world, "Shift-Tab");
    type(world, "N");
    assert_shows(world, "Nothing else is unread in this list.");
    world_free(world);
}

/* The list does not fit: where one is stays in sight, and it moves no further than that needs. */
static void
test_long(void)
{
    struct world *world = world_new(1);

    for (int i = 0; i < 60; i++) {
        g_autofree char *name = g_strdup_printf("#c%02d", i);
        fake_channel(world->fake, 0, name, BUFFER_CHANNEL);
    }
    go(world, 0, "#c50");
    assert_shows(world, "52 #c50");
    g_assert_false(shows(world, "53 #c51"));
    go(world, 0, "#c45");
    assert_shows(world, "52 #c50");
    go(world, 0, "#lab");
    assert_shows(world, " 1 #lab");
    press(world, "Shift-Tab");
    press(world, "PgDn");
    press(world, "PgDn");
    assert_shows(world, "#c35");
    press(world, "End");
    assert_shows(world, "#c59");
    press(world, "Home");
    assert_shows(world, " 1 #lab");
    /* Where the list goes out of sight, the keys go back to the line. */
    press(world, "Alt-B");
    g_free(look(world));
    type(world, "j");
    assert_shows(world, "[Kai] j");
    world_free(world);
}

/* The list says that it goes on, and what waits there. */
static void
test_edges(void)
{
    struct world *world = world_new(1);

    for (int i = 0; i < 60; i++) {
        g_autofree char *name = g_strdup_printf("#c%02d", i);
        fake_channel(world->fake, 0, name, BUFFER_CHANNEL);
    }
    go(world, 0, "#lab");
    say_in(world->fake, 0, "#c50", "soup?");
    say_in(world->fake, 0, "#c51", "Kai: soup?");
    assert_shows(world, "v 45 more    @1 2");
    g_assert_false(shows(world, "^ "));
    say_in(world->fake, 0, "#c02", "soup!"); /* in sight */
    assert_shows(world, "v 45 more    @1 2");
    go(world, 0, "#c30");
    assert_shows(world, "32 #c30");
    assert_shows(world, "^ 17 more       1");
    assert_shows(world, "v 29 more    @1 2");
    go(world, 0, "#c59");
    assert_shows(world, "61 #c59");
    assert_shows(world, "@1 2");
    g_assert_false(shows(world, "v "));
    go(world, 0, "#lab");
    assert_shows(world, " 1 #lab");
    assert_shows(world, "^ 2 more");
    world_free(world);
}

void
test_list_add(void)
{
    g_test_add_func("/list/rows", test_rows);
    g_test_add_func("/list/filter", test_filter);
    g_test_add_func("/list/unread-only", test_unread_only);
    g_test_add_func("/list/shown", test_shown);
    g_test_add_func("/list/order", test_order);
    g_test_add_func("/list/sums", test_sums);
    g_test_add_func("/list/activity-order", test_activity_order);
    g_test_add_func("/list/keys", test_keys);
    g_test_add_func("/list/folding", test_folding);
    g_test_add_func("/list/where-one-was", test_where_one_was);
    g_test_add_func("/list/filtering", test_filtering);
    g_test_add_func("/list/deeds", test_deeds);
    g_test_add_func("/list/next-unread", test_next_unread);
    g_test_add_func("/list/long", test_long);
    g_test_add_func("/list/edges", test_edges);
}
