/* search_bench DIR: what a key costs in the search over the store in DIR (made by store_bench),
 * from the key to the drawn frame of 120x40; and the same questions to the store alone. */
#include <stdio.h>
#include <stdlib.h>

#include "core/core.h"
#include "store/search.h"
#include "ui/ui.h"

#define ROUNDS 60

static const struct network no_networks[] = {{0}};

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
quit(void *user, bool gone)
{
}

static void
press(struct ui *ui, uint32_t code)
{
    ui_key(ui, (struct key){.code = code});
}

static void
press_named(struct ui *ui, const char *name)
{
    struct key key;
    key_parse(name, &key, NULL);
    ui_key(ui, key);
}

/* Types all but the last letter, then measures that one, until a frame has the answer. */
static void
measure(struct ui *ui, struct cells *cells, const char *text)
{
    double ms[ROUNDS];
    unsigned late = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        press_named(ui, "Ctrl-f");
        press_named(ui, "Ctrl-u");
        const char *c = text;
        for (; c[1] != '\0'; c++)
            press(ui, (unsigned char)*c);
        ui_draw(ui, cells);
        int64_t begun = g_get_monotonic_time();
        press(ui, (unsigned char)*c);
        ui_draw(ui, cells);
        g_autofree char *screen = cells_dump_text(cells);
        int64_t ended = g_get_monotonic_time();
        if (g_strstr_len(screen, -1, "found,") == NULL) {
            late++;
            int64_t deadline = begun + G_USEC_PER_SEC;
            while (g_get_monotonic_time() < deadline) {
                g_main_context_iteration(NULL, FALSE);
                if (!ui_is_dirty(ui))
                    continue;
                ui_draw(ui, cells);
                g_autofree char *again = cells_dump_text(cells);
                if (g_strstr_len(again, -1, "found,") != NULL)
                    break;
            }
            ended = g_get_monotonic_time();
        }
        ms[round] = (double)(ended - begun) / 1000;
        press_named(ui, "Esc");
        while (g_main_context_iteration(NULL, FALSE))
            ;
    }
    qsort(ms, ROUNDS, sizeof(double), compare);
    printf("%-22s key to frame: median %.2f ms, p90 %.2f, worst %.2f; answered later than the key: "
           "%u of %d\n",
           text, ms[ROUNDS / 2], ms[ROUNDS * 9 / 10], ms[ROUNDS - 1], late, ROUNDS);
}

static void
set_true(void *flag)
{
    *(bool *)flag = true;
}

int
main(int argc, char **argv)
{
    static const char *const texts[] = {"loom",         "thread",    "meeting noon", "loom shuttle",
                                        "we",           "thr",       "shut",         "shuttl",
                                        "\"the loom\"", "-a meeting"};
    if (argc != 2) {
        fprintf(stderr, "usage: search_bench DIR\n");
        return 2;
    }
    struct clock *clock = clock_system_new();
    struct store_options options = {.dir = argv[1], .mode = STORE_WRITE, .clock = clock};
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, NULL, &error);
    if (store == NULL) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    bool complete = false;
    int64_t begun = g_get_monotonic_time(), behind = store_index_behind(store);
    store_index_when_complete(store, set_true, &complete);
    while (!complete)
        g_main_context_iteration(NULL, TRUE);
    printf("index: %.2f s for %" G_GINT64_FORMAT " messages\n",
           (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC, behind);
    struct core_options core_options = {.config = config_load_file("/dev/null", NULL, no_networks),
                                        .store = store,
                                        .clock = clock,
                                        .networks = no_networks};
    struct core *core = core_new(&core_options);
    struct ui_options ui_options = {
        .core = core, .config = (struct config *)(uintptr_t)core_config(core), .quit = quit};
    struct ui *ui = ui_new(&ui_options);
    struct cells *cells = cells_new(40, 120);
    ui_start(ui);
    press_named(ui, "Esc");
    press_named(ui, "Esc");
    ui_draw(ui, cells);
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        measure(ui, cells, texts[i]);
    ui_free(ui);
    core_free(core);
    store_close(store);
    cells_free(cells);
    clock_free(clock);
    return 0;
}
