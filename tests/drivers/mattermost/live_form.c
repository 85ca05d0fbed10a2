/* Forms that programs open, on real sockets. */
#include <string.h>

#include "model/program_form.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/live.h"

/* A button opens a form; its answers go to the program, which may refuse some, or want to know that
 * it was left. */
static void
test_form(void)
{
    struct live live = {0};
    struct button *open = button_new("order", "Order", NULL);
    struct program_form *form = program_form_new("form1");
    const struct driver *driver = &mattermost_driver;

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live.lab, .kind = BUFFER_CHANNEL};
    const char *card = mm_server_card(live.server, "maria", live.lab, "Bread", "Fresh.");
    live_await_kept(&live, "live text %s <maria> Bread*button=order Order*", live.lab);
    g_assert_true(driver->press(live.session, 1, &lab, card, open, NULL, NULL));
    live_await_format(&live,
                      "form %s form1 \"Order bread\" \"For Friday, from the oven.\" \"Order\" "
                      "text:name \"Name\" 2-40 number:count \"Loaves\"=1 choice:kind \"Kind\" "
                      "Rye=rye Wheat=wheat Spelt=spelt choice:cut \"Cut\"=whole Whole=whole "
                      "Sliced=sliced lines:wish \"Wish\" optional switch:bag \"Paper bag\"=false "
                      "optional",
                      live.lab);
    program_form_add(form, PROGRAM_TEXT, "name", "Name");
    program_form_add(form, PROGRAM_NUMBER, "count", "Loaves");
    program_form_add(form, PROGRAM_SWITCH, "bag", "Paper bag");
    program_form_add(form, PROGRAM_LINES, "wish", "Wish");
    static const char *const values[] = {"Kai", "2", "true", ""};
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        struct program_field *field = form->fields->pdata[i];
        g_free(field->value);
        field->value = g_strdup(values[i]);
    }
    mm_server_set_program(live.server, "sandbox:submit",
                          "{\"errors\":{\"count\":\"There is only one left.\"}}");
    g_assert_true(driver->fill(live.session, 2, &lab, form, false, NULL));
    live_await(&live, "refused form1 count There is only one left.");
    live_await(&live, "failed 2 bad-input: The program does not take all of these answers.");
    mm_server_set_program(live.server, "sandbox:submit", "{}");
    g_assert_true(driver->fill(live.session, 3, &lab, form, false, NULL));
    live_await(&live, "done 3 -");
    g_autofree char *asked = mm_server_program_asked_dup(live.server, "sandbox:submit");
    g_assert_nonnull(strstr(asked, "\"callback_id\":\"order\""));
    g_assert_nonnull(strstr(asked, "\"state\":\"s1\""));
    g_assert_nonnull(strstr(asked, "\"name\":\"Kai\""));
    g_assert_nonnull(strstr(asked, "\"count\":2"));
    g_assert_nonnull(strstr(asked, "\"bag\":true"));
    g_assert_nonnull(strstr(asked, "\"cancelled\":false"));
    g_assert_null(strstr(asked, "wish"));
    /* It was sent: nobody asks for it any more. */
    g_assert_false(driver->fill(live.session, 4, &lab, form, false, NULL));
    g_assert_true(driver->press(live.session, 5, &lab, card, open, NULL, NULL));
    live_await_kept(&live, "form %s form2*", live.lab);
    g_free(form->key);
    form->key = g_strdup("form2");
    g_assert_true(driver->fill(live.session, 6, &lab, form, true, NULL));
    live_await_kept(&live, "done 6 -%s", "");
    g_autofree char *left = mm_server_program_asked_dup(live.server, "sandbox:submit");
    g_assert_nonnull(strstr(left, "\"cancelled\":true"));
    program_form_free(form);
    button_free(open);
    live_end(&live);
}

void
test_live_form_add(void)
{
    g_test_add_func("/mattermost/live/form", test_form);
}
