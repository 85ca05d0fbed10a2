#include "ui/wrap.h"

#include <string.h>

#include "text/bidi.h"

void
styled_init(struct styled *styled)
{
    *styled = (struct styled){
        .text = g_string_new(NULL),
        .runs = g_array_new(FALSE, FALSE, sizeof(struct styled_run)),
        .marks = g_array_new(FALSE, FALSE, sizeof(struct display_mark)),
    };
}

void
styled_fini(struct styled *styled)
{
    if (styled->text != NULL)
        g_string_free(styled->text, TRUE);
    g_clear_pointer(&styled->runs, g_array_unref);
    g_clear_pointer(&styled->marks, g_array_unref);
    g_clear_pointer(&styled->links, g_ptr_array_unref);
    g_clear_pointer(&styled->bars, g_array_unref);
    styled->text = NULL;
}

void
styled_clear(struct styled *styled)
{
    g_string_truncate(styled->text, 0);
    g_array_set_size(styled->runs, 0);
    g_array_set_size(styled->marks, 0);
    g_clear_pointer(&styled->links, g_ptr_array_unref);
    g_clear_pointer(&styled->bars, g_array_unref);
    styled->foreign_at_bytes = 0;
}

static struct styled_run *
run_at(const struct styled *styled, unsigned i)
{
    return &g_array_index(styled->runs, struct styled_run, i);
}

/* Gives the text up to `end` a look; what had one keeps it. */
static void
cover(struct styled *styled, size_t end, enum role role, uint32_t attrs)
{
    GArray *runs = styled->runs;
    struct styled_run run = {
        .end_bytes = (uint32_t)end, .role = (uint8_t)role, .over = {.attrs = attrs}};
    struct styled_run *last = runs->len > 0 ? run_at(styled, runs->len - 1) : NULL;
    if (end == 0 || (last != NULL && last->end_bytes >= end))
        return;
    if (last != NULL && last->role == run.role && last->link == 0 && !last->hidden &&
        style_equal(last->over, run.over))
        last->end_bytes = run.end_bytes;
    else
        g_array_append_val(runs, run);
}

void
styled_append(struct styled *styled, const char *text, gssize len, enum role role, uint32_t attrs)
{
    g_string_append_len(styled->text, text, len);
    cover(styled, styled->text->len, role, attrs);
}

void
styled_append_foreign(struct styled *styled, const char *text, gssize len, enum display_mode mode,
                      enum role role, uint32_t attrs)
{
    g_array_set_size(styled->marks, 0);
    styled->foreign_at_bytes = styled->text->len;
    display_append(styled->text, styled->marks, text, len < 0 ? strlen(text) : (size_t)len, mode);
    for (unsigned i = 0; i < styled->marks->len; i++) {
        const struct display_mark *mark = &g_array_index(styled->marks, struct display_mark, i);
        if (!mark->shown)
            continue;
        cover(styled, mark->at_bytes, role, attrs);
        cover(styled, mark->at_bytes + mark->len_bytes, ROLE_MARK, 0);
    }
    cover(styled, styled->text->len, role, attrs);
}

size_t
styled_place(const struct styled *styled, size_t src)
{
    size_t at = display_map(styled->marks, styled->foreign_at_bytes, src);
    return MIN(at, styled->text->len);
}

/* The first run that ends behind `at`. */
static unsigned
run_find(const struct styled *styled, size_t at)
{
    unsigned low = 0, high = styled->runs->len;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (run_at(styled, middle)->end_bytes <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Makes a run end at `at`. */
static void
split_run(struct styled *styled, size_t at)
{
    unsigned i = run_find(styled, at);
    if (at == 0 || i >= styled->runs->len || (i > 0 && run_at(styled, i - 1)->end_bytes == at))
        return;
    struct styled_run head = *run_at(styled, i);
    head.end_bytes = (uint32_t)at;
    g_array_insert_val(styled->runs, i, head);
}

/* Makes runs begin at `from` and end at `to`; those between are [*ret_first, the one returned). */
static unsigned
cut_out(struct styled *styled, size_t from, size_t to, unsigned *ret_first)
{
    to = MIN(to, styled->text->len);
    *ret_first = 0;
    if (from >= to)
        return 0;
    split_run(styled, from);
    split_run(styled, to);
    unsigned end = *ret_first = run_find(styled, from);
    while (end < styled->runs->len && run_at(styled, end)->end_bytes <= to)
        end++;
    return end;
}

static void
restyle(struct styled *styled, size_t from, size_t to, enum role role, struct style over)
{
    unsigned i, end = cut_out(styled, from, to, &i);
    for (; i < end; i++) {
        struct styled_run *run = run_at(styled, i);
        if (run->role == ROLE_MARK)
            continue;
        if (role != ROLE_N)
            run->role = (uint8_t)role;
        run->over = style_over(run->over, over);
    }
}

void
styled_restyle(struct styled *styled, size_t from, size_t to, enum role role, uint32_t attrs)
{
    restyle(styled, from, to, role, (struct style){.attrs = attrs});
}

void
styled_tint(struct styled *styled, size_t from, size_t to, struct style over)
{
    restyle(styled, from, to, ROLE_N, over);
}

void
styled_link(struct styled *styled, size_t from, size_t to, const char *target)
{
    unsigned i, end;
    if (styled->links == NULL)
        styled->links = g_ptr_array_new_with_free_func(g_free);
    if (styled->links->len >= STYLED_MAX_LINKS)
        return;
    g_ptr_array_add(styled->links, g_strdup(target));
    restyle(styled, from, to, ROLE_LINK, (struct style){0});
    end = cut_out(styled, from, to, &i);
    for (; i < end; i++)
        run_at(styled, i)->link = (uint16_t)styled->links->len;
}

void
styled_hide(struct styled *styled, size_t from, size_t to)
{
    unsigned i, end = cut_out(styled, from, to, &i);
    for (; i < end; i++)
        run_at(styled, i)->hidden = true;
}

void
styled_bar(struct styled *styled, size_t from, size_t to, enum role role)
{
    struct styled_bar bar = {from, to, role};
    if (styled->bars == NULL)
        styled->bars = g_array_new(FALSE, FALSE, sizeof(struct styled_bar));
    if (from < to)
        g_array_append_val(styled->bars, bar);
}

enum role
styled_bar_at(const struct styled *styled, size_t at)
{
    for (unsigned i = 0; styled->bars != NULL && i < styled->bars->len; i++) {
        const struct styled_bar *bar = &g_array_index(styled->bars, struct styled_bar, i);
        if (at >= bar->from && at < bar->to)
            return bar->role;
    }
    return ROLE_N;
}

/* One line on its way into rows. */
struct wrapping {
    const char *text;
    GArray *rows; /* or NULL */
    int count;
    int cols, indent; /* of a row; of rows after the first */
    bool broken;      /* a row is done */
    int lead, hang;   /* blanks that the line begins with; the same once a row of it is done */
    size_t start;     /* of the row under way */
    int used;         /* columns of it up to where we are */
    bool has_word;    /* something but blanks stands in it */
    /* the last place where it may break: the row would end at `end`, the next begin at `next` */
    bool can_break;
    size_t end, next;
    int end_used, next_used;
};

static int
limit_of(const struct wrapping *w)
{
    return w->cols - (w->broken ? w->indent : 0) - w->hang;
}

static void
end_row(struct wrapping *w, size_t end, int used, size_t next, int next_used)
{
    if (w->rows != NULL) {
        struct wrap_row row = {(uint32_t)w->start, (uint32_t)(end - w->start),
                               (uint16_t)((w->broken ? w->indent : 0) + w->hang),
                               (uint16_t)MIN(used, limit_of(w))};
        g_array_append_val(w->rows, row);
    }
    w->count++;
    w->broken = true;
    w->hang = w->lead;
    w->used -= next_used;
    w->start = next;
    w->can_break = false;
    w->has_word = w->used > 0;
}

static void
note_break(struct wrapping *w, size_t end, int end_used, size_t next, int next_used)
{
    w->can_break = true;
    w->end = end;
    w->end_used = end_used;
    w->next = next;
    w->next_used = next_used;
}

/* Closing marks of East Asian text, which do not begin a row. */
static bool
is_closing(const char *cluster, size_t len)
{
    static const char closing[][4] = {"、", "。", "，", "．", "！", "？", "）",
                                      "」", "』", "】", "：", "；", "ー"};
    for (unsigned i = 0; len == 3 && i < G_N_ELEMENTS(closing); i++)
        if (memcmp(cluster, closing[i], 3) == 0)
            return true;
    return false;
}

static size_t
next_cluster(const char *text, size_t len, const struct width_rules *rules, int *ret_cols)
{
    unsigned char first = (unsigned char)text[0];
    if (first >= 0x20 && first < 0x7f && (len == 1 || (unsigned char)text[1] < 0x80)) {
        *ret_cols = 1;
        return 1;
    }
    return width_next(text, len, rules, ret_cols);
}

/* Ends rows until a cluster of `width` columns at `at` fits; a row takes at least one cluster. */
static void
make_room(struct wrapping *w, size_t at, int width)
{
    while (w->used + width > limit_of(w)) {
        if (w->can_break)
            end_row(w, w->end, w->end_used, w->next, w->next_used);
        else if (at > w->start)
            end_row(w, at, w->used, at, w->used);
        else
            return;
    }
}

static void
wrap_line(struct wrapping *w, size_t at, size_t end, const struct width_rules *rules)
{
    bool after_wide = false, after_blank = false;
    w->start = at;
    w->used = 0;
    w->hang = 0;
    for (w->lead = 0; at + (size_t)w->lead < end && w->text[at + (size_t)w->lead] == ' ';)
        w->lead++;
    w->lead = MIN(w->lead, w->cols / 2 - w->indent);
    w->broken = w->count > 0;
    w->has_word = w->can_break = false;
    while (at < end) {
        if (w->text[at] == ' ') {
            /* Blanks never end a row by themselves; they are left out where it breaks. */
            if (w->has_word && !after_blank)
                note_break(w, at, w->used, at, w->used);
            at++;
            w->used++;
            if (w->has_word) {
                w->next = at;
                w->next_used = w->used;
            }
            after_blank = true;
            after_wide = false;
            continue;
        }
        int width;
        size_t n = next_cluster(w->text + at, end - at, rules, &width);
        if ((width == 2 || after_wide) && w->has_word && !after_blank &&
            !is_closing(w->text + at, n))
            note_break(w, at, w->used, at, w->used);
        make_room(w, at, width);
        w->used += width;
        w->has_word = true;
        after_wide = width == 2;
        after_blank = false;
        at += n;
    }
    if (after_blank && w->can_break)
        end_row(w, w->end, w->end_used, end, w->used);
    else
        end_row(w, end, w->used, end, w->used);
}

/* The rows of a paragraph from the right begin under each other: at the right. */
static void
align(GArray *rows, guint first)
{
    int most = 0;

    for (guint i = first; i < rows->len; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        most = MAX(most, row->indent_cols + row->cols);
    }
    for (guint i = first; i < rows->len; i++) {
        struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        row->indent_cols = (uint16_t)(most - row->cols);
    }
}

int
wrap_text(const char *text, size_t len, int cols, int indent_cols, const struct width_rules *rules,
          GArray *rows)
{
    cols = CLAMP(cols, 1, CELLS_MAX_COLS);
    struct wrapping w = {.text = text, .rows = rows, .cols = cols};
    w.indent = CLAMP(indent_cols, 0, cols / 2);
    for (size_t at = 0;;) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t end = newline != NULL ? (size_t)(newline - text) : len;
        guint first = rows != NULL ? rows->len : 0;
        wrap_line(&w, at, end, rules);
        if (rows != NULL && rows->len > first + 1 && !(rules != NULL && rules->bidi_itself) &&
            bidi_is_needed(text + at, end - at) && bidi_is_rtl(text + at, end - at))
            align(rows, first);
        if (newline == NULL)
            break;
        at = end + 1;
    }
    return w.count;
}

int
wrap_styled(const struct styled *styled, int cols, int indent_cols, const struct width_rules *rules,
            GArray *rows)
{
    return wrap_text(styled->text->str, styled->text->len, cols, indent_cols, rules, rows);
}

static int
draw_hidden(struct cells *cells, int row, int col, int max_cols, const char *text, size_t len,
            struct style style)
{
    int cols = MIN(width_text(text, len, cells->rules), max_cols);
    for (int i = 0; i < cols; i++)
        cells_puts(cells, row, col + i, 1, "▒", style);
    return cols;
}

/* The line of the text that a row is of. */
static size_t
paragraph_start(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

static void
lay_out(struct cells *cells, int row, int col, int cols, const char *text,
        const struct wrap_row *which)
{
    size_t start, len;

    if (!cells_lays_out_bidi(cells) || !bidi_is_needed(text + which->start_bytes, which->len_bytes))
        return;
    start = paragraph_start(text, which->start_bytes);
    len = strcspn(text + start, "\n");
    cells_bidi(cells, row, col, cols, bidi_is_rtl(text + start, len), col);
}

int
wrap_draw(struct cells *cells, int row, int col, int max_cols, const struct styled *styled,
          const struct wrap_row *which, const struct theme *theme, struct style base)
{
    int used = MIN(which->indent_cols, max_cols);
    size_t at = which->start_bytes, end = at + which->len_bytes;
    for (unsigned i = run_find(styled, at); at < end && i < styled->runs->len; i++) {
        const struct styled_run *run = run_at(styled, i);
        size_t stop = MIN(run->end_bytes, end);
        struct style style = style_over(base, theme_style(theme, (enum role)run->role));
        const char *text = styled->text->str + at;
        int cols;
        if (run->hidden) {
            cols = draw_hidden(cells, row, col + used, max_cols - used, text, stop - at, style);
        } else {
            style = theme_tint(theme, style, run->over);
            cols = cells_put(cells, row, col + used, max_cols - used, text, stop - at, style);
        }
        if (run->link > 0 && !run->hidden)
            cells_link(cells, row, col + used, cols, styled->links->pdata[run->link - 1]);
        used += cols;
        at = stop;
    }
    lay_out(cells, row, col + which->indent_cols, used - which->indent_cols, styled->text->str,
            which);
    return used;
}
