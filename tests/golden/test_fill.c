/* A form that a program asks the person to fill in. */
#include <string.h>

#include "model/program_form.h"
#include "tests/golden/scene.h"
#include "tests/golden/world.h"

static struct program_field *
add(struct program_form *form, enum program_field_kind kind, const char *name, const char *label,
    const char *value, bool optional)
{
    struct program_field *field = program_form_add(form, kind, name, label);

    g_free(field->value);
    field->value = g_strdup(value);
    field->optional = optional;
    return field;
}

/* One of everything. */
static struct program_form *
order(void)
{
    struct program_form *form = program_form_new("f1");
    struct program_field *field;

    g_free(form->title);
    form->title = g_strdup("Order bread");
    g_free(form->intro);
    form->intro = g_strdup("For Friday, from the oven.");
    g_free(form->submit);
    form->submit = g_strdup("Order");
    field = add(form, PROGRAM_TEXT, "name", "Name", "", false);
    field->help = g_strdup("Who comes for it.");
    field->least = 2;
    add(form, PROGRAM_NUMBER, "count", "Loaves", "1", false);
    field = add(form, PROGRAM_CHOICE, "kind", "Kind\x1b[31m", "", false);
    program_field_add_choice(field, "Rye", "rye");
    program_field_add_choice(field, "Wheat", "wheat");
    add(form, PROGRAM_LINES, "wish", "Wish", "", true);
    add(form, PROGRAM_SECRET, "pin", "Secret", "", true);
    add(form, PROGRAM_SWITCH, "bag", "Paper bag", "false", true);
    return form;
}

static struct world *
begin(void)
{
    struct world *world = world_new(1);
    struct program_form *form = order();

    go(world, 0, "#lab");
    type(world, "a draft");
    emit(world, &(struct event){.type = EVENT_FORM, .conversation = "#lab", .form = form});
    program_form_free(form);
    fake_settle(world->fake);
    fake_advance(world->fake, SECOND_US);
    g_free(look(world));
    fake_settle(world->fake);
    g_string_truncate(fake_session(world->fake, 0)->asked, 0);
    return world;
}

static void
compare_sizes(struct world *world, const char *name)
{
    for (size_t i = 0; i < SCENE_SIZES; i++) {
        g_autofree char *full = g_strdup_printf("%s-%s", name, scene_sizes[i].name);
        cells_free(world->cells);
        world->cells = cells_new(scene_sizes[i].rows, scene_sizes[i].cols);
        g_free(look(world));
        g_free(look(world));
        world_compare(world, full);
    }
    cells_free(world->cells);
    world->cells = cells_new(24, 80);
    g_free(look(world));
    g_free(look(world));
}

static void
assert_asked(struct world *world, const char *asked)
{
    g_assert_cmpstr(fake_session(world->fake, 0)->asked->str, ==, asked);
}

/* Question by question; what cannot be sent is said at once, and nothing leaves before a second
 * Enter. */
static void
fill_in(struct world *world)
{
    press(world, "Enter");
    assert_shows(world, "An answer is needed here.");
    type(world, "K");
    press(world, "Enter");
    assert_shows(world, "At least 2 characters are needed.");
    type(world, "ai");
    press(world, "Enter");
    press(world, "Ctrl-u");
    type(world, "two");
    press(world, "Enter");
    assert_shows(world, "This has to be a number.");
    press(world, "Ctrl-u");
    type(world, "2");
    press(world, "Enter");
    press(world, "Enter");
    assert_shows(world, "An answer is needed here.");
    press(world, "Right");
    press(world, "Right");
    press(world, "Enter");
    type(world, "crisp");
    press(world, "Alt-Enter");
    type(world, "please");
    compare_sizes(world, "form");
    press(world, "Enter");
    type(world, "1234");
    g_assert_false(shows(world, "1234"));
    press(world, "Enter");
    press(world, "Right");
    press(world, "Enter");
    assert_shows(world, "Enter again sends the answers to the program: Order");
    assert_asked(world, "");
    press(world, "Enter");
    assert_asked(world,
                 "fill f1 name=Kai count=2 kind=wheat wish=crisp\nplease pin=1234 bag=true|");
    assert_shows(world, "The program is told");
}

static void
test_filled(void)
{
    struct world *world = begin();
    struct fake_session *session = fake_session(world->fake, 0);

    compare_sizes(world, "form-empty");
    fill_in(world);
    host_done(session->host, session->asked_op, NULL, 0);
    assert_shows(world, "It was sent.");
    assert_shows(world, "[Kai] a draft");
    g_assert_false(shows(world, "Order bread"));
    world_free(world);
}

/* The program does not take one of them: said at that one, and sent again. */
static void
test_refused(void)
{
    struct world *world = begin();
    struct fake_session *session = fake_session(world->fake, 0);
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "Not like this.");

    fill_in(world);
    g_string_truncate(session->asked, 0);
    emit(world, &(struct event){.type = EVENT_FORM_REFUSED,
                                .form_refused = {"f1", "count", "There is only one left."}});
    host_failed(session->host, session->asked_op, error);
    assert_shows(world, "Loaves: There is only one left.");
    press(world, "Ctrl-u");
    type(world, "1");
    for (unsigned i = 0; i < 6; i++)
        press(world, "Enter");
    assert_asked(world,
                 "fill f1 name=Kai count=1 kind=wheat wish=crisp\nplease pin=1234 bag=true|");
    world_free(world);
}

/* Esc leaves it, and the program is told; a key that was meant for the line answers nothing. */
static void
test_left(void)
{
    struct world *world = world_new(1);
    struct program_form *form = order();

    go(world, 0, "#lab");
    g_free(look(world));
    fake_settle(world->fake);
    g_string_truncate(fake_session(world->fake, 0)->asked, 0);
    emit(world, &(struct event){.type = EVENT_FORM, .conversation = "#lab", .form = form});
    program_form_free(form);
    fake_settle(world->fake);
    press(world, "Enter");
    g_assert_false(shows(world, "An answer is needed here."));
    press(world, "Esc");
    assert_shows(world, "Order bread");
    fake_advance(world->fake, SECOND_US);
    press(world, "Esc");
    g_assert_false(shows(world, "Order bread"));
    assert_asked(world, "leave f1|");
    world_free(world);
}

void
test_fill_add(void)
{
    g_test_add_func("/form/filled", test_filled);
    g_test_add_func("/form/refused", test_refused);
    g_test_add_func("/form/left", test_left);
}
