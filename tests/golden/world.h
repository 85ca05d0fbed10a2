/* The screen as a whole over a real core and store, with a driver that does as told: keys in, cells
 * out. The words in which the tests of this program speak. */
#ifndef WEFT_TESTS_GOLDEN_WORLD_H
#define WEFT_TESTS_GOLDEN_WORLD_H

#include "tests/unit/core/fake.h"
#include "ui/ui.h"

struct world {
    struct fake *fake;
    struct ui *ui;
    struct cells *cells;
    struct paths paths;
    bool has_quit;
};

/* Accounts one … n, online, and a window of 80x24. */
struct world *world_new(unsigned n_accounts);
/* Another process on the same profile, not connected yet. */
void world_restart(struct world *world);
void world_free(struct world *world);
/* The screen ends and begins anew over the same core. */
void world_reopen(struct world *world);

/* What is drawn, as text; g_free(). */
char *look(struct world *world);
bool shows(struct world *world, const char *text);
#define assert_shows(world, text)                                                                  \
    do {                                                                                           \
        if (!shows(world, text)) {                                                                 \
            g_autofree char *screen_ = look(world);                                                \
            g_test_message("\"%s\" is not on this screen:\n%s", text, screen_);                    \
            g_assert_not_reached();                                                                \
        }                                                                                          \
    } while (0)

/* Compares what is drawn, colours and cursor too, in each theme with tests/golden/screens/NAME. */
void world_compare(struct world *world, const char *name);

/* One key by its name, or each byte as a key. */
void press(struct world *world, const char *name);
void type(struct world *world, const char *text);
/* Uma says something in a conversation (NULL: #lab), so many minutes after the start. */
void
says(struct world *world, unsigned account, const char *conversation, const char *text, int minute);
/* To a buffer, by its number. */
void go(struct world *world, unsigned account, const char *remote_id);
/* The first account's driver tells something. */
void emit(struct world *world, const struct event *event);

/* Drawn in this theme from now on; nothing is said of it. */
void world_theme(struct world *world, const char *name);
/* A line of [look], by the configuration's file and /reload. */
void set_look(struct world *world, const char *line);

/* All that was said can be searched. */
void indexed(struct world *world);
/* Answers may take longer than a key waits. */
void wait_shows(struct world *world, const char *text);

/* The message cursor's mark; the row that has it first, NULL: none (g_free()); it has this text. */
#define MARK "▌"
char *marked(struct world *world);
void assert_marked(struct world *world, const char *text);

/* Each file adds its tests. */
void test_message_add(void);
void test_change_add(void);
void test_copy_add(void);
void test_cursor_screens_add(void);
void test_file_screens_add(void);
void test_links_add(void);
void test_cursor_add(void);
void test_writing_add(void);
void test_going_add(void);
void test_fill_add(void);
void test_groups_add(void);
void test_list_add(void);
void test_mouse_add(void);
void test_windows_add(void);
void test_world_reading_add(void);
void test_keys_add(void);
void test_presets_add(void);
void test_inbox_add(void);
void test_places_add(void);
void test_threads_add(void);
void test_relay_add(void);
void test_first_run_add(void);

#endif
