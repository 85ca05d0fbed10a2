/* Single lines of the user's files changed, with everything else kept as it stands. */
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"
#include "core/config_priv.h"

struct config_edit {
    char *file;
    char *before, *after; /* all of it; wiped, for secrets may stand there */
    char *shown;
};

void
config_edit_free(struct config_edit *edit)
{
    if (!edit)
        return;
    g_free(edit->file);
    redact_wipe_free(edit->before);
    redact_wipe_free(edit->after);
    g_free(edit->shown);
    g_free(edit);
}

const char *
config_edit_file(const struct config_edit *edit)
{
    return edit->file;
}

const char *
config_edit_text(const struct config_edit *edit)
{
    return edit->shown;
}

/* --- which lines --- */

/* What is to be done: lines that go, and one that comes behind another. */
struct plan {
    const char *file; /* the source's; NULL: none yet */
    GArray *gone;     /* int: lines, from 1 */
    int behind;       /* a line; 0: nothing comes */
};

static bool
in_file(struct plan *plan, const char *file, GError **error)
{
    if (!plan->file)
        plan->file = file;
    if (strcmp(plan->file, file) == 0)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                "These lines stand in %s and in %s: change them there.", plan->file, file);
    return false;
}

/* Those that say `old`, or with NULL all of this key. */
static bool
find_gone(const struct config_section *section, const char *key, const char *old, struct plan *plan,
          GError **error)
{
    for (unsigned i = 0; i < section->pairs->len; i++) {
        const struct config_pair *pair = section->pairs->pdata[i];
        if (strcmp(pair->key, key) != 0 || (old && strcmp(pair->value, old) != 0))
            continue;
        if (pair->override) {
            g_autofree char *file = file_shorten(pair->file);
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                        "/set has written %s of [%s %s] into %s, and that wins. "
                        "\"/unset %s.%s.%s\" takes it out, or delete line %d there, and reload.",
                        key, section->kind, section->name, file, section->kind, section->name, key,
                        pair->line);
            return false;
        }
        if (!in_file(plan, pair->file, error))
            return false;
        g_array_append_val(plan->gone, pair->line);
    }
    return true;
}

/* Behind what goes, else behind the last of this key, else of the section. */
static bool
find_place(const struct config_section *section, const char *key, struct plan *plan, GError **error)
{
    const char *file = section->file;
    bool same_key = false;

    if (plan->gone->len > 0) {
        plan->behind = g_array_index(plan->gone, int, plan->gone->len - 1);
        return true;
    }
    plan->behind = section->line;
    for (unsigned i = 0; i < section->pairs->len; i++) {
        const struct config_pair *pair = section->pairs->pdata[i];
        const bool is = strcmp(pair->key, key) == 0;
        if (pair->override || (same_key && !is))
            continue;
        same_key = is;
        file = pair->file;
        plan->behind = pair->line;
    }
    return in_file(plan, file, error);
}

/* --- the text --- */

static bool
goes(const struct plan *plan, int line)
{
    for (unsigned i = 0; i < plan->gone->len; i++)
        if (g_array_index(plan->gone, int, i) == line)
            return true;
    return false;
}

static void
write_lines(struct config_edit *edit, const struct plan *plan, const char *added)
{
    g_auto(GStrv) lines = g_strsplit(edit->before, "\n", -1);
    g_autoptr(GString) shown = g_string_new(NULL);
    GString *out = g_string_new(NULL);

    for (int i = 0; lines[i]; i++) {
        const bool last = lines[i + 1] == NULL;
        const bool behind = added && i + 1 == plan->behind;
        if (goes(plan, i + 1))
            g_string_append_printf(shown, "\nline %d: - %s", i + 1, g_strchug(lines[i]));
        else
            g_string_append_printf(out, "%s%s", lines[i], last && !behind ? "" : "\n");
        if (!behind)
            continue;
        g_string_append_printf(shown, "\nline %d: + %s", i + 1 + !goes(plan, i + 1), added);
        g_string_append_printf(out, "%s\n", added);
    }
    for (char **line = lines; *line; line++)
        redact_wipe(*line, strlen(*line));
    edit->after = g_string_free(out, FALSE);
    edit->shown = g_strdup(shown->len > 0 ? shown->str + 1 : "");
}

static bool
check_whole(const struct config *config, const struct config_edit *edit, const char *key,
            GError **error)
{
    struct config *fresh = config_read_edited(config, edit->file, edit->after);
    bool good = true;

    for (unsigned i = 0; good && i < fresh->problems->len; i++) {
        const struct config_problem *problem = fresh->problems->pdata[i];
        good = problem->warning || config_knows_problem(config, problem);
        if (!good)
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s: %s", key, problem->text);
    }
    config_free(fresh);
    return good;
}

static struct config_edit *
edit_new(const struct config *config, const struct plan *plan, const char *key, const char *value,
         GError **error)
{
    struct config_edit *edit = g_new0(struct config_edit, 1);
    g_autofree char *quoted = value ? config_quote(value) : NULL;
    g_autofree char *added = quoted ? g_strdup_printf("%s = %s", key, quoted) : NULL;
    size_t len;

    edit->file = g_strdup(plan->file);
    edit->before = file_read(edit->file, CONFIG_MAX_FILE_BYTES, &len, error);
    if (edit->before && strlen(edit->before) != len)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "A NUL byte stands in %s.",
                    edit->file);
    else if (edit->before)
        write_lines(edit, plan, added);
    if (edit->after && check_whole(config, edit, key, error))
        return edit;
    config_edit_free(edit);
    return NULL;
}

/* --- the door --- */

static bool
make_plan(const struct config_section *section, const struct config_line *line, struct plan *plan,
          GError **error)
{
    if (!line->adds && !find_gone(section, line->key, line->old, plan, error))
        return false;
    if (line->value)
        return config_check_text(line->value, "The value", error) &&
               find_place(section, line->key, plan, error);
    if (plan->gone->len > 0)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "[%s %s] says nothing of %s.",
                section->kind, section->name, line->key);
    return false;
}

struct config_edit *
config_edit_new(const struct config *config, const struct config_line *line, GError **error)
{
    struct config_source *source = config_source_new();
    struct plan plan = {.gone = g_array_new(FALSE, FALSE, sizeof(int))};
    struct config_edit *edit = NULL;

    source->include = true;
    config_source_read(source, config->file, config->must_exist);
    source->override = true;
    if (config->override_file)
        config_source_read(source, config->override_file, false);
    const struct config_section *section = config_source_find(source, line->kind, line->name);
    if (!section)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no section [%s %s].",
                    line->kind, line->name);
    else if (make_plan(section, line, &plan, error))
        edit = edit_new(config, &plan, line->key, line->value, error);
    g_array_unref(plan.gone);
    config_source_free(source);
    return edit;
}

bool
config_edit_do(const struct config_edit *edit, GError **error)
{
    size_t len;
    char *now = file_read(edit->file, CONFIG_MAX_FILE_BYTES, &len, error);
    const bool same = now && strcmp(now, edit->before) == 0;

    if (now && !same)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "%s has changed since; nothing was written. Ask for it again.", edit->file);
    redact_wipe_free(now);
    return same && file_write_atomic(edit->file, edit->after, strlen(edit->after), error);
}
