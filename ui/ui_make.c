/* Making a channel: where, its name, who may find it, what it is for. */
#include <string.h>

#include "core/place.h"
#include "ui/form.h"
#include "ui/ui_priv.h"

enum { MAKE_WHERE, MAKE_NAME, MAKE_KIND, MAKE_PURPOSE };

static const char *const kinds[] = {"public", "private", NULL};

struct ui_make {
    struct ui *ui;
    GArray *places; /* struct place */
    struct form *form;
    struct core_ask *ask; /* under way; NULL: the person is asked */
    char *title, *waits, *error;
};

static const struct place *
chosen_place(const struct ui_make *make)
{
    return &g_array_index(make->places, struct place, form_choice(make->form, MAKE_WHERE));
}

/* What can be said of a channel is the network's. */
static void
fit(struct ui_make *make)
{
    const struct create_rules *making = core_place_making(make->ui->core, chosen_place(make));
    g_autofree char *where = core_place_name(make->ui->core, chosen_place(make));
    g_autofree char *help =
        g_strdup_printf("What it is called.%s%s", making && making->note ? " " : "",
                        making && making->note ? making->note : "");

    form_show(make->form, MAKE_WHERE, make->places->len > 1);
    form_show(make->form, MAKE_KIND, making && making->private_);
    form_show(make->form, MAKE_PURPOSE, making && making->purpose);
    form_set_help(make->form, MAKE_NAME, help);
    g_free(make->title);
    make->title = g_strdup_printf("Make a channel in %s.", where);
}

static char **
place_names(const struct ui_make *make)
{
    GStrvBuilder *names = g_strv_builder_new();

    for (guint i = 0; i < make->places->len; i++) {
        g_autofree char *name =
            core_place_name(make->ui->core, &g_array_index(make->places, struct place, i));
        g_strv_builder_add(names, name);
    }
    char **all = g_strv_builder_end(names);
    g_strv_builder_unref(names);
    return all;
}

/* The first one is where the person is: what is typed then is a name. */
static bool
is_plain(const struct ui_make *make, int64_t buffer_id)
{
    const struct buffer *here = core_buffer(make->ui->core, buffer_id);
    const struct place *first = &g_array_index(make->places, struct place, 0);

    return make->places->len == 1 ||
           (here && first->account_id == here->account_id && first->space_id == here->space_id);
}

struct ui_make *
ui_make_new(struct ui *ui, int64_t buffer_id, const char *name)
{
    g_autoptr(GArray) places = core_places(ui->core, CAP_CREATE, buffer_id);

    if (places->len == 0)
        return NULL;
    struct ui_make *make = g_new0(struct ui_make, 1);
    make->ui = ui;
    make->places = g_steal_pointer(&places);
    make->form = form_new(ui_rules(ui));
    g_auto(GStrv) names = place_names(make);
    form_add(make->form, FORM_CHOICE, "Where", "Left, Right: another space.",
             (const char *const *)names, NULL);
    form_add(make->form, FORM_TEXT, "Name", NULL, NULL, name);
    form_add(make->form, FORM_CHOICE, "Who finds it",
             "public: everybody there can find and join it. private: only who is invited.", kinds,
             NULL);
    form_add(make->form, FORM_TEXT, "Purpose", "What it is for, in a few words. May stay empty.",
             NULL, NULL);
    fit(make);
    form_go(make->form, is_plain(make, buffer_id) ? MAKE_NAME : MAKE_WHERE);
    return make;
}

void
ui_make_free(struct ui_make *make)
{
    if (!make)
        return;
    core_ask_forget(make->ask);
    g_array_unref(make->places);
    form_free(make->form);
    g_free(make->title);
    g_free(make->waits);
    g_free(make->error);
    g_free(make);
}

static void
set_error(struct ui_make *make, const char *text)
{
    g_free(make->error);
    make->error = g_strdup(text);
}

/* Core shows the channel itself. */
static void
on_made(void *user, const struct browse_result *result, const GError *error)
{
    struct ui_make *make = user;
    struct ui *ui = make->ui;

    make->ask = NULL;
    if (error) {
        set_error(make, error->message);
        form_go(make->form, MAKE_NAME);
    } else {
        ui_over_close(ui);
    }
    ui_changed(ui);
}

static void
submit(struct ui_make *make)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *where = core_place_name(make->ui->core, chosen_place(make));
    const bool kind = form_is_shown(make->form, MAKE_KIND);
    const struct core_wish wish = {
        .place = *chosen_place(make),
        .name = form_value(make->form, MAKE_NAME),
        .private_ = kind && form_choice(make->form, MAKE_KIND) == 1,
        .purpose =
            form_is_shown(make->form, MAKE_PURPOSE) ? form_value(make->form, MAKE_PURPOSE) : NULL,
    };

    make->ask = core_create(make->ui->core, make->ui->window->shown, &wish, on_made, make, &error);
    set_error(make, error ? error->message : NULL);
    g_free(make->waits);
    make->waits = g_strdup_printf("%s is asked to make it …", where);
    if (!make->ask)
        form_go(make->form, MAKE_NAME);
}

static void
answered(struct ui_make *make)
{
    set_error(make, NULL);
    if (form_current(make->form) == MAKE_NAME && !*form_value(make->form, MAKE_NAME))
        set_error(make, "A channel needs a name.");
    else if (!form_step(make->form))
        submit(make);
}

void
ui_make_key(struct ui_make *make, enum action action, struct key key)
{
    enum form_result result;

    if (make->ask) {
        if (action == ACTION_CANCEL)
            ui_over_close(make->ui);
        return;
    }
    result = form_key(make->form, action, key);
    if (result == FORM_CANCEL) {
        ui_over_close(make->ui);
        return;
    }
    if (form_current(make->form) == MAKE_WHERE)
        fit(make);
    if (result == FORM_ANSWERED)
        answered(make);
}

void
ui_make_paste(struct ui_make *make, const char *text, size_t len)
{
    if (!make->ask)
        form_paste(make->form, text, len);
}

void
ui_make_draw(struct ui_make *make, const struct canvas *canvas, struct rect rect)
{
    const char *step = make->waits;
    struct view_form view = {
        .title = make->title,
        .steps = &step,
        .n_steps = make->ask != NULL,
        .error = make->error,
        .keys = make->ask ? "Esc: do not wait for it"
                          : "Enter: next, and at the end make it   Up: back   Esc: leave",
    };

    form_view(make->form, make->ask == NULL, &view);
    pane_form_draw(canvas, rect, &view);
}
