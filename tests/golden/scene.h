/* A made-up world to be drawn: accounts, buffers and messages without a core, and the fake source
 * of pages that a timeline reads. */
#ifndef WEFT_TESTS_GOLDEN_SCENE_H
#define WEFT_TESTS_GOLDEN_SCENE_H

#include "ui/pane_timeline.h"
#include "ui/panes.h"

/* 14 Oct 2025, 09:41 UTC. The scenes' zone is two hours east of it. */
#define SCENE_START_US INT64_C(1760434860000000)
#define SCENE_MINUTE   (INT64_C(60) * G_USEC_PER_SEC)

struct scene {
    GPtrArray *messages; /* struct message, by position: what is "stored" */
    GArray *gaps;        /* struct gap */
    GTimeZone *zone;
    struct timeline *timeline;
    struct editor *editor;
    GArray *entries; /* struct view_entry */
    GArray *hot;     /* struct view_hot */
    int number_cols;
    const char *filter, *list_note;      /* of the list */
    const struct view_inbox_line *inbox; /* above it; or NULL */
    bool no_sidebar;
    int max_rows; /* of a message */
    bool whole_topic;
    struct view_title title;
    struct view_status status;
    struct view_input input;
    const char *notice;
    bool notice_bad;
    const struct view_members *members; /* NULL: none are shown */
    const char *const *typing;          /* names; NULL: a network that does not tell */
    const char *empty;
};

/* The list, title and status of #general in a small world; no message yet. */
struct scene *scene_new(void);
void scene_free(struct scene *scene);

/* Adds a message a minute after the last one, and returns it for changes. */
struct message *
scene_say(struct scene *scene, enum message_kind kind, const char *sender, const char *text);
/* The timeline reads what was said. */
void scene_load(struct scene *scene);
void scene_draw(struct scene *scene, struct cells *cells, const struct theme *theme);
/* Where the timeline was drawn, for scrolling. */
struct rect scene_timeline_rect(struct scene *scene, int rows, int cols);

struct timeline_source scene_source(struct scene *scene);

/* Compares with tests/golden/screens/NAME what is drawn in each theme: the first in whole, of the
 * others the looks, and where they differ in more than that, what differs. No theme may change the
 * text. */
typedef void (*scene_draw_fn)(struct cells *cells, const struct theme *theme, void *user);
void scene_compare_themes(const char *name, int rows, int cols, scene_draw_fn draw, void *user);
/* The same with what was drawn: `dumps[i]` in theme i. */
#define SCENE_THEMES 5
extern const char *const scene_themes[SCENE_THEMES];
void scene_compare_dumps(const char *name, char *const dumps[SCENE_THEMES]);
#define SCENE_SIZES 3
struct scene_size {
    const char *name;
    int rows, cols;
};
extern const struct scene_size scene_sizes[SCENE_SIZES];

/* At this size, with tests/golden/screens/NAME-SIZE. */
void scene_compare_at(struct scene *scene, const char *name, const char *size, int rows, int cols);
/* At 80x24, 120x40 and 200x60. */
void scene_compare_all(struct scene *scene, const char *name);
/* No size may break anything; small ones show what they can. */
void scene_try_all_sizes(struct scene *scene);
/* No cell may hold a control character or half of a wide cluster. */
void scene_check_cells(const struct cells *cells);

#endif
