#include "model/rich.h"

#include <string.h>

void test_rich_add(void);

static const struct span *
span_at(const struct rich *rich, unsigned i)
{
    g_assert_cmpuint(i, <, rich->spans->len);
    return &g_array_index(rich->spans, struct span, i);
}

static void
test_order(void)
{
    struct rich *rich = rich_new("one two three", -1);
    g_assert_true(rich_add(rich, 4, 7, SPAN_BOLD, NULL));
    g_assert_true(rich_add(rich, 0, 3, SPAN_ITALIC, NULL));
    g_assert_true(rich_add(rich, 4, 13, SPAN_LINK, "https://x.example/"));
    g_assert_true(rich_add(rich, 4, 7, SPAN_CODE, NULL));
    g_assert_cmpint(span_at(rich, 0)->kind, ==, SPAN_ITALIC);
    g_assert_cmpint(span_at(rich, 1)->kind, ==, SPAN_LINK);
    g_assert_cmpint(span_at(rich, 2)->kind, ==, SPAN_BOLD);
    g_assert_cmpint(span_at(rich, 3)->kind, ==, SPAN_CODE);
    rich_free(rich);
}

static void
test_round_trip(void)
{
    struct rich *rich = rich_new("a b\nc 日本 🦀 end", -1);
    g_assert_null(rich_encode_spans(rich));
    for (int kind = 0; kind < SPAN_N; kind++)
        g_assert_true(
            rich_add(rich, (size_t)kind % 3, 5, (enum span_kind)kind, "100% of\n\"it\"=+ é\x7f"));
    g_assert_null(span_at(rich, 0)->data);
    g_autofree char *encoded = rich_encode_spans(rich);
    for (const char *p = encoded; *p != '\0'; p++)
        g_assert_cmpuint((unsigned char)*p, >=, ' ');

    struct rich *back = rich_new(rich->text, (gssize)rich->len);
    rich_decode_spans(back, encoded);
    g_assert_true(rich_equal(rich, back));
    struct rich *copy = rich_dup(back);
    g_assert_true(rich_equal(rich, copy));
    rich_free(rich);
    rich_free(back);
    rich_free(copy);
}

static void
test_refused(void)
{
    struct rich *rich = rich_new("日本x", -1);
    g_assert_cmpuint(rich->len, ==, 7);
    g_assert_false(rich_add(rich, 1, 3, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, 0, 4, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, 3, 3, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, 3, 0, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, 0, 8, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, SIZE_MAX, 3, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, 0, 3, SPAN_N, NULL));
    g_assert_false(rich_add(rich, 0, 3, SPAN_LINK, "\xff\xfe"));
    g_autofree char *large = g_strnfill(RICH_MAX_DATA_BYTES + 1, 'x');
    g_assert_false(rich_add(rich, 0, 3, SPAN_LINK, large));
    g_assert_cmpuint(rich->spans->len, ==, 0);
    g_assert_true(rich_add(rich, 0, 7, SPAN_BOLD, NULL));
    rich_free(rich);
}

static void
test_hostile_encoded(void)
{
    static const char *const refused[] = {
        "",
        " ",
        "b",
        "b0",
        "b0+",
        "b+3",
        "z0+3",
        "b-1+3",
        "b0+0",
        "b0+99",
        "b99999999999+3",
        "b0+4294967299",
        "b4294967295+2",
        "b0+3x",
        "b0+3=",
        "l0+3=%",
        "l0+3=%4",
        "l0+3=%zz",
        "l0+3=%00",
        "l0+3=\xff",
        "b1+2",
        "b0+3b3+3",
        "\x01\x02",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        struct rich *rich = rich_new("日本", -1);
        rich_decode_spans(rich, refused[i]);
        if (strcmp(refused[i], "b0+3=") == 0)
            g_assert_cmpuint(rich->spans->len, ==, 1); /* data that the kind has not is left out */
        else
            g_assert_cmpuint(rich->spans->len, ==, 0);
        rich_free(rich);
    }
    struct rich *rich = rich_new("日本", -1);
    rich_decode_spans(rich, "??? b0+3  l3+3=%41b i9+9");
    g_assert_cmpuint(rich->spans->len, ==, 2);
    g_assert_cmpstr(span_at(rich, 1)->data, ==, "Ab");
    rich_decode_spans(rich, NULL);
    rich_free(rich);
}

static void
test_random_encoded(void)
{
    static const char alphabet[] = "bilq@#C0123456789+=% \xc3\xa9";
    for (unsigned round = 0; round < 2000; round++) {
        char encoded[64];
        unsigned len = (unsigned)g_test_rand_int_range(0, sizeof(encoded));
        for (unsigned i = 0; i < len; i++)
            encoded[i] = alphabet[g_test_rand_int_range(0, sizeof(alphabet) - 1)];
        encoded[len] = '\0';
        struct rich *rich = rich_new("é日本 text of some length", -1);
        rich_decode_spans(rich, encoded);
        for (unsigned i = 0; i < rich->spans->len; i++)
            g_assert_cmpuint(span_at(rich, i)->end, <=, rich->len);
        g_autofree char *again = rich_encode_spans(rich);
        struct rich *back = rich_new(rich->text, -1);
        rich_decode_spans(back, again);
        g_assert_true(rich_equal(rich, back));
        rich_free(rich);
        rich_free(back);
    }
}

static void
test_limits(void)
{
    struct rich *rich = rich_new("x", -1);
    for (unsigned i = 0; i < RICH_MAX_SPANS; i++)
        g_assert_true(rich_add(rich, 0, 1, SPAN_BOLD, NULL));
    g_assert_false(rich_add(rich, 0, 1, SPAN_BOLD, NULL));
    rich_free(rich);

    GString *items = g_string_new(NULL);
    for (unsigned i = 0; i < 3 * RICH_MAX_SPANS; i++)
        g_string_append(items, "b0+1 ");
    rich = rich_new("x", -1);
    rich_decode_spans(rich, items->str);
    g_assert_cmpuint(rich->spans->len, ==, RICH_MAX_SPANS);
    rich_free(rich);
    g_string_free(items, TRUE);
}

static void
test_cut_characters(void)
{
    /* One byte before the limit, a character of three begins: it goes whole. */
    char *text = g_malloc(RICH_MAX_BYTES + 3);
    memset(text, 'a', RICH_MAX_BYTES - 1);
    memcpy(text + RICH_MAX_BYTES - 1, "本", 4);
    struct rich *copied = rich_new(text, -1);
    struct rich *taken = rich_new_take(text);
    g_assert_cmpuint(copied->len, ==, RICH_MAX_BYTES - 1);
    g_assert_cmpuint(taken->len, ==, RICH_MAX_BYTES - 1);
    g_assert_cmpuint(strlen(taken->text), ==, taken->len);
    g_assert_true(rich_equal(copied, taken));
    rich_free(copied);
    rich_free(taken);

    struct rich *part = rich_new("hello", 3);
    g_assert_cmpstr(part->text, ==, "hel");
    rich_free(part);
}

static void
test_equal(void)
{
    struct rich *a = rich_new("same", -1), *b = rich_new("same", -1);
    g_assert_true(rich_equal(a, b));
    rich_add(a, 0, 4, SPAN_LINK, "x");
    g_assert_false(rich_equal(a, b));
    rich_add(b, 0, 4, SPAN_LINK, "y");
    g_assert_false(rich_equal(a, b));
    rich_free(b);
    b = rich_new("sane", -1);
    g_assert_false(rich_equal(a, b));
    rich_free(a);
    rich_free(b);
}

void
test_rich_add(void)
{
    g_test_add_func("/model/rich/order", test_order);
    g_test_add_func("/model/rich/round-trip", test_round_trip);
    g_test_add_func("/model/rich/refused", test_refused);
    g_test_add_func("/model/rich/hostile-encoded", test_hostile_encoded);
    g_test_add_func("/model/rich/random-encoded", test_random_encoded);
    g_test_add_func("/model/rich/limits", test_limits);
    g_test_add_func("/model/rich/cut-characters", test_cut_characters);
    g_test_add_func("/model/rich/equal", test_equal);
}
