#include "core/config_read.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"

#define BOM "\xef\xbb\xbf"

/* One file while it is read; `parent` is the file that includes it. */
struct reading {
    struct config_source *source;
    const struct reading *parent;
    const char *file;
    char *real; /* without links, to see a cycle; NULL for a text */
    int line;
    struct config_section *section; /* NULL: before the first header, or after a wrong one */
    bool after_wrong;               /* pairs after a wrong header are passed over */
    bool cr_told;
};

static void
pair_free(void *memory)
{
    struct config_pair *pair = memory;

    g_free(pair->key);
    redact_wipe_free(pair->value);
    g_free(pair);
}

static void
section_free(void *memory)
{
    struct config_section *section = memory;

    g_free(section->kind);
    g_free(section->name);
    g_ptr_array_unref(section->pairs);
    g_free(section);
}

void
config_problem_free(struct config_problem *problem)
{
    if (!problem)
        return;
    g_free(problem->file);
    g_free(problem->text);
    g_free(problem);
}

static void
problem_free(void *memory)
{
    config_problem_free(memory);
}

struct config_source *
config_source_new(void)
{
    struct config_source *source = g_new0(struct config_source, 1);

    source->sections = g_ptr_array_new_with_free_func(section_free);
    source->problems = g_ptr_array_new_with_free_func(problem_free);
    source->files = g_ptr_array_new_with_free_func(g_free);
    return source;
}

void
config_source_free(struct config_source *source)
{
    if (!source)
        return;
    g_ptr_array_unref(source->sections);
    g_ptr_array_unref(source->problems);
    g_ptr_array_unref(source->files);
    g_free(source);
}

void
config_problem_add(GPtrArray *problems, const char *file, int line, int column, bool warning,
                   const char *format, ...)
{
    va_list arguments;

    if (problems->len > CONFIG_MAX_PROBLEMS)
        return;
    struct config_problem *problem = g_new0(struct config_problem, 1);
    g_ptr_array_add(problems, problem);
    problem->file = g_strdup(file);
    if (problems->len > CONFIG_MAX_PROBLEMS) {
        problem->text = g_strdup("There are more problems. Mend these first.");
        return;
    }
    problem->line = line;
    problem->column = column;
    problem->warning = warning;
    va_start(arguments, format);
    problem->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

struct config_section *
config_source_find(const struct config_source *source, const char *kind, const char *name)
{
    for (unsigned i = 0; i < source->sections->len; i++) {
        struct config_section *section = source->sections->pdata[i];
        if (strcmp(section->kind, kind) == 0 && strcmp(section->name, name) == 0)
            return section;
    }
    return NULL;
}

static struct config_section *
open_section(struct reading *reading, const char *kind, const char *name, int column)
{
    struct config_section *section = config_source_find(reading->source, kind, name);

    if (section) {
        if (strcmp(section->file, reading->file) == 0 && section->again_line == 0) {
            section->again_line = reading->line;
            section->again_column = column;
        }
        return section;
    }
    if (reading->source->sections->len >= CONFIG_MAX_SECTIONS) {
        config_problem_add(reading->source->problems, reading->file, reading->line, column, false,
                           "There are more than %d sections.", CONFIG_MAX_SECTIONS);
        return NULL;
    }
    section = g_new0(struct config_section, 1);
    section->file = reading->file;
    section->line = reading->line;
    section->column = column;
    section->kind = g_strdup(kind);
    section->name = g_strdup(name);
    section->pairs = g_ptr_array_new_with_free_func(pair_free);
    g_ptr_array_add(reading->source->sections, section);
    return section;
}

/* The column of a byte of the line, in characters from 1. What stands before it is valid. */
static int
column_of(const char *line, size_t at)
{
    return (int)g_utf8_strlen(line, (gssize)at) + 1;
}

#define complain(reading, column, ...)                                                             \
    config_problem_add((reading)->source->problems, (reading)->file, (reading)->line, column,      \
                       false, __VA_ARGS__)

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_control(gunichar c)
{
    return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0);
}

/* Looks at every character before anything is made of the line. */
static bool
check_characters(struct reading *reading, const char *line, size_t len)
{
    const char *end;

    if (!g_utf8_validate_len(line, len, &end)) {
        size_t at = (size_t)(end - line);
        if (*end == '\0')
            complain(reading, column_of(line, at), "A NUL byte stands here. Remove it.");
        else
            complain(reading, column_of(line, at),
                     "This is not valid UTF-8. Save the file in the encoding UTF-8.");
        return false;
    }
    for (const char *c = line; c < line + len; c += g_utf8_skip[(guchar)*c]) {
        gunichar u = g_utf8_get_char(c);
        if (is_control(u)) {
            complain(reading, column_of(line, (size_t)(c - line)),
                     "A control character (U+%04X) stands here. Remove it.", (unsigned)u);
            return false;
        }
    }
    return true;
}

static void
read_header(struct reading *reading, const char *line, size_t at, size_t end)
{
    int column = column_of(line, at);

    reading->section = NULL;
    reading->after_wrong = true;
    if (line[end - 1] != ']') {
        complain(reading, column_of(line, end),
                 "A section's line ends with ']'. A comment needs a line of its own.");
        return;
    }
    size_t from = at + 1;
    size_t to = end - 1;
    while (from < to && is_blank(line[from]))
        from++;
    while (to > from && is_blank(line[to - 1]))
        to--;
    size_t kind_end = from;
    while (kind_end < to && !is_blank(line[kind_end]))
        kind_end++;
    if (kind_end == from) {
        complain(reading, column, "A section needs a name between its brackets.");
        return;
    }
    size_t name = kind_end;
    while (name < to && is_blank(line[name]))
        name++;
    g_autofree char *kind = g_strndup(line + from, kind_end - from);
    g_autofree char *rest = g_strndup(line + name, to - name);
    reading->section = open_section(reading, kind, rest, column);
    reading->after_wrong = !reading->section;
}

/* Takes blanks and quotes off the value in [*at, *end). */
static bool
trim_value(struct reading *reading, const char *line, size_t *at, size_t *end)
{
    size_t from = *at;
    size_t to = *end;

    if (from < to && line[from] == '"') {
        if (to - from < 2 || line[to - 1] != '"') {
            complain(reading, column_of(line, from),
                     "A value that begins with a double quote must end with one. If the quote "
                     "belongs to "
                     "the value, put another pair around all of it.");
            return false;
        }
        from++;
        to--;
        /* "my prog" "an argument": not what it looks like. In override.conf weft wrote it itself.
         */
        if (!reading->source->override && from < to && line[from] != '"' &&
            memchr(line + from, '"', to - from))
            config_problem_add(
                reading->source->problems, reading->file, reading->line, column_of(line, *at), true,
                "Only the first and the last double quote are taken off here. Put another "
                "pair around the whole value if they belong to it.");
    } else if (from < to) {
        const char *last = g_utf8_find_prev_char(line + from, line + to);
        const char *odd = g_unichar_isspace(g_utf8_get_char(line + from))    ? line + from
                          : last && g_unichar_isspace(g_utf8_get_char(last)) ? last
                                                                             : NULL;
        if (odd) {
            complain(reading, column_of(line, (size_t)(odd - line)),
                     "An unusual blank (U+%04X) stands here. Remove it, or put the value in double "
                     "quotes.",
                     (unsigned)g_utf8_get_char(odd));
            return false;
        }
    }
    *at = from;
    *end = to;
    return true;
}

static void read_include(struct reading *reading, const struct config_pair *pair);

static void
read_pair(struct reading *reading, const char *line, size_t at, size_t end)
{
    size_t key_end = at;
    size_t equals;

    while (key_end < end && !is_blank(line[key_end]) && line[key_end] != '=')
        key_end++;
    equals = key_end;
    while (equals < end && is_blank(line[equals]))
        equals++;
    if (equals == end || line[equals] != '=' || key_end == at) {
        complain(reading, column_of(line, key_end == at ? at : MIN(equals, end)),
                 key_end == at ? "A key must stand before the '='."
                               : "A key is one word, and '=' follows it: key = value");
        return;
    }
    if (!reading->section) {
        if (!reading->after_wrong)
            complain(reading, column_of(line, at),
                     "This stands before the first section, such as [weft] or [account NAME].");
        return;
    }
    if (reading->section->pairs->len >= CONFIG_MAX_PAIRS) {
        complain(reading, column_of(line, at), "This section has more than %d lines.",
                 CONFIG_MAX_PAIRS);
        return;
    }
    size_t from = equals + 1;
    size_t to = end;
    while (from < to && is_blank(line[from]))
        from++;
    if (!trim_value(reading, line, &from, &to))
        return;
    struct config_pair *pair = g_new0(struct config_pair, 1);
    pair->file = reading->file;
    pair->line = reading->line;
    pair->column = column_of(line, at);
    pair->value_column = column_of(line, from);
    pair->override = reading->source->override;
    pair->key = g_strndup(line + at, key_end - at);
    pair->value = g_strndup(line + from, to - from);
    g_ptr_array_add(reading->section->pairs, pair);
    if (reading->source->include && strcmp(reading->section->kind, "weft") == 0 &&
        strcmp(pair->key, "include") == 0)
        read_include(reading, pair);
}

static void
read_line(struct reading *reading, const char *line, size_t len)
{
    size_t at = 0;

    if (len > 0 && line[len - 1] == '\r') {
        len--;
        if (!reading->cr_told)
            complain(reading, column_of(line, g_utf8_validate_len(line, len, NULL) ? len : 0),
                     "The lines end with CR LF, as on another system. Save the file with plain "
                     "line ends.");
        reading->cr_told = true;
    }
    if (len > CONFIG_MAX_LINE_BYTES) {
        complain(reading, 1, "This line is longer than %d bytes.", CONFIG_MAX_LINE_BYTES);
        return;
    }
    if (!check_characters(reading, line, len))
        return;
    while (at < len && is_blank(line[at]))
        at++;
    while (len > at && is_blank(line[len - 1]))
        len--;
    if (at == len || line[at] == '#' || line[at] == ';')
        return;
    if (line[at] == '[')
        read_header(reading, line, at, len);
    else
        read_pair(reading, line, at, len);
}

static void
read_lines(struct reading *reading, const char *text, size_t len)
{
    const char *end = text + len;

    if (len >= 3 && memcmp(text, BOM, 3) == 0)
        text += 3;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t line_len = (size_t)((newline ? newline : end) - text);
        reading->line++;
        read_line(reading, text, line_len);
        text += line_len + 1;
    }
}

static const char *
keep_name(struct config_source *source, const char *file)
{
    char *kept = g_strdup(file);

    g_ptr_array_add(source->files, kept);
    return kept;
}

/* False: it cannot be read; the place is told where it is named. */
static void
read_file(struct config_source *source, const struct reading *parent,
          const struct config_pair *where, const char *file, bool must_exist)
{
    struct reading reading = {.source = source, .parent = parent};
    g_autoptr(GError) error = NULL;
    size_t len = 0;
    const bool edited = g_strcmp0(file, source->edited) == 0;
    char *text = edited ? g_strdup(source->edited_text)
                        : file_read(file, CONFIG_MAX_FILE_BYTES, &len, &error);

    if (edited)
        len = strlen(text);
    if (!text) {
        if (must_exist || !error_is(error, WEFT_ERROR_NOT_FOUND))
            config_problem_add(source->problems, where ? where->file : file,
                               where ? where->line : 0, where ? where->value_column : 0, false,
                               "%s", error->message);
        return;
    }
    reading.file = keep_name(source, file);
    reading.real = realpath(file, NULL);
    read_lines(&reading, text, len);
    free(reading.real);
    redact_wipe(text, len);
    g_free(text);
}

/* "a.conf includes b.conf includes a.conf"; NULL when `real` is not being read now. */
static char *
describe_cycle(const struct reading *reading, const char *real, const char *file)
{
    const struct reading *at = reading;

    while (at && (!at->real || strcmp(at->real, real) != 0))
        at = at->parent;
    if (!at)
        return NULL;
    GString *text = g_string_new(file);
    for (at = reading;; at = at->parent) {
        g_autofree char *front = g_strdup_printf("%s includes ", at->file);
        g_string_prepend(text, front);
        if (at->real && strcmp(at->real, real) == 0)
            break;
    }
    return g_string_free(text, FALSE);
}

static unsigned
depth_of(const struct reading *reading)
{
    unsigned depth = 0;

    for (; reading; reading = reading->parent)
        depth++;
    return depth;
}

static void
read_include(struct reading *reading, const struct config_pair *pair)
{
    g_autofree char *folder = g_path_get_dirname(reading->file);
    g_autofree char *file = file_expand(pair->value, folder);
    char *real = realpath(file, NULL);
    g_autofree char *cycle = real ? describe_cycle(reading, real, file) : NULL;

    free(real);
    if (!*pair->value)
        complain(reading, pair->value_column, "include must name a file.");
    else if (pair->override)
        complain(reading, pair->column,
                 "include has no place in this file. Put it into weft.conf.");
    else if (cycle)
        complain(reading, pair->value_column, "The files include each other in a circle: %s.",
                 cycle);
    else if (depth_of(reading) > CONFIG_MAX_DEPTH)
        complain(reading, pair->value_column, "Files include each other more than %d deep.",
                 CONFIG_MAX_DEPTH);
    else if (reading->source->n_files >= CONFIG_MAX_INCLUDES)
        complain(reading, pair->value_column, "More than %d files are included.",
                 CONFIG_MAX_INCLUDES);
    else {
        reading->source->n_files++;
        read_file(reading->source, reading, pair, file, true);
    }
}

void
config_source_read(struct config_source *source, const char *file, bool must_exist)
{
    read_file(source, NULL, NULL, file, must_exist);
}

void
config_source_read_text(struct config_source *source, const char *file, const char *text,
                        size_t len)
{
    struct reading reading = {.source = source, .file = keep_name(source, file)};

    read_lines(&reading, text, len);
}

void
config_source_read_pairs(struct config_source *source, const char *text)
{
    struct reading reading = {.source = source, .file = keep_name(source, "")};

    reading.section = open_section(&reading, "", "", 0);
    read_lines(&reading, text, strlen(text));
}

const GPtrArray *
config_source_pairs(struct config_source *source)
{
    struct reading reading = {.source = source, .file = ""};

    return open_section(&reading, "", "", 0)->pairs;
}

bool
config_check_text(const char *text, const char *what, GError **error)
{
    const char *why = NULL;

    if (!g_utf8_validate(text, -1, NULL))
        why = "is not valid UTF-8";
    else if (strlen(text) > CONFIG_MAX_LINE_BYTES / 2)
        why = "is too long";
    for (const char *c = text; !why && *c; c += g_utf8_skip[(guchar)*c]) {
        if (is_control(g_utf8_get_char(c)))
            why = "holds a control character";
    }
    if (why)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s %s.", what, why);
    return !why;
}

char *
config_quote(const char *value)
{
    size_t len = strlen(value);
    const char *last = len ? g_utf8_find_prev_char(value, value + len) : NULL;

    if (len > 0 && value[0] != '"' && !g_unichar_isspace(g_utf8_get_char(value)) &&
        !g_unichar_isspace(g_utf8_get_char(last)))
        return g_strdup(value);
    return g_strdup_printf("\"%s\"", value);
}
