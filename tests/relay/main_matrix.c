/* The matrix over the servers of the tree, and its page docs/relay-matrix.md; with WEFT_SERVERS
 * set, as for the conformance suite, over real ones. */
#include <glib.h>
#include <string.h>

#include "tests/relay/matrix.h"
#include "tests/support/certs.h"

#define MOST 8

struct network {
    const struct adapter *adapter;
    const char *name; /* in the page */
};

static const struct network networks[] = {
    {&adapter_irc_scripted, "IRCv3"},
    {&adapter_irc_plain, "IRC"},
    {&adapter_mattermost_sandbox, "Mattermost"},
    {&adapter_matterbridge_sandbox, "Matterbridge"},
};
#define N_NETWORKS ((int)G_N_ELEMENTS(networks))

struct matrix {
    struct certs *certs;
    enum cell cells[MOST][MOST][KIND_N];
    int done;
};

struct run {
    struct matrix *matrix;
    int from, to;
};

static void
run_pair(const void *data)
{
    const struct run *run = data;
    const struct adapter *from = networks[run->from].adapter;
    const struct adapter *to = networks[run->to].adapter;
    g_autofree char *why = NULL;

    if (!from->available(&why) || !to->available(&why)) {
        g_test_skip(why);
        return;
    }
    matrix_pair(from, to, run->matrix->certs, run->matrix->cells[run->from][run->to]);
    run->matrix->done++;
}

/* Of the kinds [first, end). */
static void
write_table(const struct matrix *matrix, int first, int end, GString *out)
{
    g_string_append(out, "| from → to |");
    for (int kind = first; kind < end; kind++)
        g_string_append_printf(out, " %s |", matrix_kind(kind));
    g_string_append(out, "\n|---|");
    for (int kind = first; kind < end; kind++)
        g_string_append(out, "---|");
    g_string_append(out, "\n");
    for (int from = 0; from < N_NETWORKS; from++) {
        for (int to = 0; to < N_NETWORKS; to++) {
            g_string_append_printf(out, "| %s → %s |", networks[from].name, networks[to].name);
            for (int kind = first; kind < end; kind++)
                g_string_append_printf(out, " %s |", matrix_word(matrix->cells[from][to][kind]));
            g_string_append(out, "\n");
        }
    }
}

/* Between the two marks stand the tables. */
static void
page_says_the_same(const void *data)
{
    static const char begin[] = "<!-- the matrix: begins -->\n";
    static const char end[] = "<!-- the matrix: ends -->\n";
    const struct run *run = data;
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "docs/relay-matrix.md", NULL);
    g_autofree char *page = NULL;
    g_autoptr(GString) table = g_string_new(NULL);

    if (run->matrix->done < N_NETWORKS * N_NETWORKS) {
        g_test_skip("not every pair was run");
        return;
    }
    write_table(run->matrix, 0, DEED_N, table);
    g_string_append(table, "\n");
    write_table(run->matrix, DEED_N, KIND_N, table);
    g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
    char *from = strstr(page, begin);
    char *to = strstr(page, end);
    g_assert_true(from != NULL && to != NULL);
    from += strlen(begin);
    g_autofree char *kept = g_strndup(from, (gsize)(to - from));
    g_autofree char *front = g_strndup(page, (gsize)(from - page));
    if (g_getenv("WEFT_UPDATE_DOCS") == NULL) {
        g_assert_cmpstr(kept, ==, table->str);
        return;
    }
    g_autofree char *whole = g_strconcat(front, table->str, to, NULL);
    g_assert_true(g_file_set_contents(path, whole, -1, NULL));
}

int
main(int argc, char **argv)
{
    struct matrix matrix = {0};
    struct run runs[MOST * MOST + 1] = {0};
    int n = 0;

    g_test_init(&argc, &argv, NULL);
    matrix.certs = certs_new();
    for (int from = 0; from < N_NETWORKS; from++) {
        for (int to = 0; to < N_NETWORKS; to++) {
            g_autofree char *path =
                g_strdup_printf("/matrix/%s→%s", networks[from].name, networks[to].name);
            runs[n] = (struct run){&matrix, from, to};
            g_test_add_data_func(path, &runs[n++], run_pair);
        }
    }
    runs[n].matrix = &matrix;
    g_test_add_data_func("/matrix/page", &runs[n], page_says_the_same);
    int status = g_test_run();
    certs_free(matrix.certs);
    return status;
}
