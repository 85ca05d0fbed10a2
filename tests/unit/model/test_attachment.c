#include "model/attachment.h"

#include <string.h>

void test_attachment_add(void);

static void
test_round_trip(void)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    struct attachment *file = attachment_new("id 1", "a - b\t%.odt", 48123);
    file->type = g_strdup("image/png");
    file->path = g_strdup("/tmp/with blank\n\xff");
    file->width = 640;
    file->height = 400;
    g_ptr_array_add(files, file);
    g_ptr_array_add(files, attachment_new(NULL, "-", -1));

    g_autofree char *encoded = attachments_encode(files);
    g_autoptr(GPtrArray) back = attachments_decode(encoded);
    g_assert_cmpuint(back->len, ==, 2);
    const struct attachment *first = back->pdata[0], *second = back->pdata[1];
    g_assert_cmpstr(first->id, ==, "id 1");
    g_assert_cmpstr(first->name, ==, "a - b\t%.odt");
    g_assert_cmpstr(first->type, ==, "image/png");
    g_assert_cmpstr(first->path, ==, "/tmp/with blank\n\xff");
    g_assert_cmpint(first->size_bytes, ==, 48123);
    g_assert_cmpuint(first->width, ==, 640);
    g_assert_cmpuint(first->height, ==, 400);
    g_assert_null(second->id);
    g_assert_cmpstr(second->name, ==, "-");
    g_assert_cmpint(second->size_bytes, ==, -1);
    g_autofree char *names = attachments_names(back);
    g_assert_cmpstr(names, ==, "a - b\t%.odt\n-");
    g_assert_null(attachments_encode(NULL));
    g_assert_null(attachments_names(NULL));
}

static void
test_buttons(void)
{
    g_autoptr(GPtrArray) buttons = g_ptr_array_new_with_free_func((GDestroyNotify)button_free);
    struct button *menu = button_new("m", "Give it to", NULL);
    button_add_choice(menu, "maria lópez", "u1");
    button_add_choice(menu, "", "");
    g_ptr_array_add(buttons, button_new("ok", "OK %", "cookie=="));
    g_ptr_array_add(buttons, menu);

    g_autofree char *encoded = buttons_encode(buttons);
    g_autoptr(GPtrArray) back = buttons_decode(encoded);
    g_assert_cmpuint(back->len, ==, 2);
    const struct button *ok = back->pdata[0], *again = back->pdata[1];
    g_assert_cmpstr(ok->label, ==, "OK %");
    g_assert_cmpstr(ok->data, ==, "cookie==");
    g_assert_null(ok->choices);
    g_assert_cmpuint(again->choices->len, ==, 2);
    const struct button_choice *choice = again->choices->pdata[0];
    g_assert_cmpstr(choice->label, ==, "maria lópez");
    g_assert_cmpstr(choice->value, ==, "u1");
}

/* What a damaged file holds is left out, and never crashes. */
static void
test_broken(void)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "1 2 3",
                                        "x y z - - - -",
                                        "1 1 1 %zz - - n",
                                        "1 1 1 a - - -",
                                        "99999999999999999999 1 1 - - - n %"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) files = attachments_decode(texts[i]);
        g_autoptr(GPtrArray) buttons = buttons_decode(texts[i]);
        for (guint k = 0; files && k < files->len; k++)
            g_assert_nonnull(((struct attachment *)files->pdata[k])->name);
        for (guint k = 0; buttons && k < buttons->len; k++)
            g_assert_nonnull(((struct button *)buttons->pdata[k])->id);
    }
    g_assert_null(attachments_decode("1 1 1 %zz - - n"));
    g_assert_null(attachments_decode(NULL));
}

/* The door: one line, valid, within the limits, and never with a path. */
static void
test_clean(void)
{
    g_autoptr(GPtrArray) given = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    g_autofree char *long_name = g_strnfill(5000, 'x');
    for (int i = 0; i < 100; i++) {
        struct attachment *file = attachment_new("id", i == 0 ? "a\r\nb\x1b[31m" : long_name, -7);
        file->path = g_strdup("/etc/passwd");
        file->width = G_MAXUINT;
        g_ptr_array_add(given, file);
    }
    g_autoptr(GPtrArray) clean = attachments_clean(given);
    g_assert_cmpuint(clean->len, ==, ATTACHMENTS_MAX);
    const struct attachment *first = clean->pdata[0], *second = clean->pdata[1];
    g_assert_cmpstr(first->name, ==, "a  b [31m");
    g_assert_null(first->path);
    g_assert_cmpint(first->size_bytes, ==, -1);
    g_assert_cmpuint(strlen(second->name), ==, ATTACHMENT_NAME_MAX_BYTES);

    g_autoptr(GPtrArray) buttons = g_ptr_array_new_with_free_func((GDestroyNotify)button_free);
    g_autofree char *huge = g_strnfill(BUTTON_DATA_MAX_BYTES + 1, 'y');
    g_ptr_array_add(buttons, button_new("", "no id", NULL));
    g_ptr_array_add(buttons, button_new("b", "", NULL));
    g_ptr_array_add(buttons, button_new("b", "too much", huge));
    g_ptr_array_add(buttons, button_new("b", "good\n", "d"));
    g_autoptr(GPtrArray) kept = buttons_clean(buttons);
    g_assert_cmpuint(kept->len, ==, 1);
    g_assert_cmpstr(((struct button *)kept->pdata[0])->label, ==, "good");
}

void
test_attachment_add(void)
{
    g_test_add_func("/model/attachment/round-trip", test_round_trip);
    g_test_add_func("/model/attachment/buttons", test_buttons);
    g_test_add_func("/model/attachment/broken", test_broken);
    g_test_add_func("/model/attachment/clean", test_clean);
}
