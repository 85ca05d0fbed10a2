#include "config.h"

#include <glib.h>
#include <string.h>

#include "tests/unit/notify/tests.h"

void
configure(struct fake *fake, unsigned n_accounts, const char *more)
{
    static const char *const names[] = {"one", "two", "three"};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *told = NULL;

    for (unsigned i = 0; i < n_accounts; i++)
        g_string_append_printf(text, "[account %s]\nnetwork = fake\n", names[i]);
    g_string_append(text, more);
    g_assert_true(g_file_set_contents(fake->config_file, text->str, -1, NULL));
    if (!core_reload(fake->core, &told))
        g_error("%s", told);
    fake_settle(fake);
    fake_clear(fake);
}

struct call *
call_of(const char *title, const char *body)
{
    struct call *call = g_new0(struct call, 1);

    call->title = g_strdup(title);
    call->body = g_strdup(body);
    call->kind = "mention";
    call->urgency = CALL_NORMAL;
    call->sender = g_strdup("uma");
    call->address = g_strdup("one/#lab");
    return call;
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_call_add();
    test_attention_add();
    test_notify_add();
#ifdef HAVE_LIBNOTIFY
    test_desktop_add();
#endif
    return g_test_run();
}
