#include "base/redact.h"
#include "tests/unit/base/tests.h"

#include <string.h>

static void
check(const char *in, const char *wanted)
{
    g_autoptr(GString) text = g_string_new(in);

    redact_text(text);
    g_assert_cmpstr(text->str, ==, wanted);
    g_assert_cmpuint(text->len, ==, strlen(wanted));
}

static void
test_replace(void)
{
    check("nothing is secret", "nothing is secret");
    redact_add("hunter2");
    redact_add("hunter2-long");
    redact_add("abc"); /* too short */
    redact_add(NULL);
    redact_add("abcd");
    redact_add("cdef");
    check("PASS hunter2 abc", "PASS *** abc");
    check("hunter2hunter2", "***");
    check("hunter2-longer", "***er");
    check("xabcdefx abcd", "x***x ***");
    check("", "");
    redact_forget("hunter2-long");
    check("hunter2-longer", "***-longer");
    redact_forget("hunter2");
    redact_forget("abcd");
    redact_forget("cdef");
    redact_forget("never added");
    check("hunter2 abcdef", "hunter2 abcdef");
}

static void
test_counted(void)
{
    redact_add("twice-registered");
    redact_add("twice-registered");
    redact_forget("twice-registered");
    check("twice-registered", "***");
    redact_forget("twice-registered");
    check("twice-registered", "twice-registered");
}

static void
test_nul_and_self_overlap(void)
{
    redact_add("aaaa");
    g_autoptr(GString) text = g_string_new_len("x\0aaaaaay", 9);
    redact_text(text);
    g_assert_cmpmem(text->str, text->len, "x\0***y", 6);
    redact_forget("aaaa");
}

static void *
hammer(void *user)
{
    for (int i = 0; i < 500; i++) {
        redact_add("of-a-thread");
        check("say of-a-thread", "say ***");
        redact_forget("of-a-thread");
    }
    return NULL;
}

static void
test_threads(void)
{
    GThread *threads[4];

    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("hammer", hammer, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    check("of-a-thread", "of-a-thread");
}

static void
test_wipe(void)
{
    char bytes[] = "secret";

    redact_wipe(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        g_assert_cmpint(bytes[i], ==, 0);
    redact_wipe(NULL, 0);
    redact_wipe_free(g_strdup("secret"));
    redact_wipe_free(NULL);
}

void
test_redact_add(void)
{
    g_test_add_func("/redact/replace", test_replace);
    g_test_add_func("/redact/counted", test_counted);
    g_test_add_func("/redact/nul-and-self-overlap", test_nul_and_self_overlap);
    g_test_add_func("/redact/threads", test_threads);
    g_test_add_func("/redact/wipe", test_wipe);
}
