/* Whether the shipped themes can be read, and told apart by eyes that see fewer colours. */
#include "tests/unit/ui/tests.h"
#include "ui/theme.h"
#include <glib.h>
#include <math.h>
#include <string.h>

/* WCAG 2's ratio for text. */
#define LEAST_RATIO 4.5
/* CIE76 distance: 2.3 is just noticeable side by side; apart and in small letters it takes more. */
#define LEAST_APART 18.0

/* A terminal's own colours are not known: the plain ones, and a common softer background. */
static const struct shipped {
    const char *name;
    uint32_t text, backgrounds[2];
    bool colourblind;
} shipped[] = {
    {"dark", 0xe5e5e5, {0x000000, 0x1e1e1e}, false},
    {"light", 0x000000, {0xffffff, 0xf5f5f5}, false},
    {"colourblind", 0xe5e5e5, {0x000000, 0x1e1e1e}, true},
    {"colourblind-light", 0x000000, {0xffffff, 0xf5f5f5}, true},
};

static char *
path_of(const char *name)
{
    g_autofree char *file = g_strconcat(name, ".theme", NULL);
    return g_test_build_filename(G_TEST_DIST, "themes", file, NULL);
}

static void
load(const char *name, enum color_depth depth, struct theme *ret)
{
    g_autofree char *path = path_of(name);
    g_autoptr(GError) error = NULL;
    theme_load(ret, path, &error);
    g_assert_no_error(error);
    theme_limit(ret, depth);
}

struct linear {
    double r, g, b;
};

static double
linear_of(unsigned level)
{
    double c = level / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static struct linear
to_linear(uint32_t rgb)
{
    return (struct linear){linear_of(rgb >> 16 & 0xff), linear_of(rgb >> 8 & 0xff),
                           linear_of(rgb & 0xff)};
}

static uint32_t
rgb_of(uint32_t color, enum color_depth depth, uint32_t otherwise)
{
    color = color_reduce(color, depth);
    return color == COLOR_DEFAULT ? otherwise
           : COLOR_IS_RGB(color)  ? color & 0xffffff
                                  : color_palette_rgb(color & 0xff);
}

static double
luminance(uint32_t rgb)
{
    struct linear c = to_linear(rgb);
    return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
}

static double
ratio(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);
    return (MAX(x, y) + 0.05) / (MIN(x, y) + 0.05);
}

static void
check_readable(const struct shipped *theme, enum color_depth depth, const char *what,
               struct style style)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(theme->backgrounds); i++) {
        uint32_t fg = rgb_of(style.fg, depth, theme->text);
        uint32_t bg = rgb_of(style.bg, depth, theme->backgrounds[i]);
        if (ratio(fg, bg) < LEAST_RATIO)
            g_error("%s: %s in %s colours: %.2f on #%06x", theme->name, what,
                    depth == COLOR_DEPTH_256 ? "256" : "true", ratio(fg, bg), bg);
    }
}

/* Every role that draws text on what lies below it: the terminal's own background, the lines and
 * bars on which weft puts it. */
static void
test_contrast(void)
{
    static const enum role on_bars[] = {ROLE_MENTION, ROLE_UNREAD, ROLE_ACTIVITY, ROLE_DIM,
                                        ROLE_FAILED};
    static const enum role bars[] = {ROLE_STATUS, ROLE_POPUP};
    struct theme theme;

    for (unsigned t = 0; t < G_N_ELEMENTS(shipped) * 2; t++) {
        const struct shipped *about = &shipped[t / 2];
        enum color_depth depth = t % 2 ? COLOR_DEPTH_256 : COLOR_DEPTH_TRUE;
        load(about->name, depth, &theme);
        for (int role = 0; role < ROLE_N; role++) {
            struct style style = theme.roles[role];
            if (role == ROLE_BORDER) /* no text */
                continue;
            check_readable(about, depth, role_name((enum role)role), style);
            if (style.bg == COLOR_DEFAULT)
                check_readable(about, depth, role_name((enum role)role),
                               style_over(theme.roles[ROLE_MENTION_LINE], style));
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(on_bars) * G_N_ELEMENTS(bars); i++)
            check_readable(about, depth, role_name(on_bars[i / 2]),
                           style_over(theme.roles[bars[i % 2]], theme.roles[on_bars[i / 2]]));
    }
}

/* A theme of weft's own leaves nothing to the built-in dark look. */
static void
test_complete(void)
{
    static const char *const names[] = {"dark", "light", "mono", "colourblind",
                                        "colourblind-light"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_of(names[i]);
        g_autofree char *text = NULL;
        g_file_get_contents(path, &text, NULL, NULL);
        g_assert_nonnull(text);
        for (int role = 0; role < ROLE_N; role++) {
            g_autofree char *line = g_strdup_printf("\n%s =", role_name((enum role)role));
            if (strstr(text, line) == NULL)
                g_error("%s.theme says nothing of %s", names[i], role_name((enum role)role));
        }
    }
}

static void
test_mono(void)
{
    struct theme theme;
    load("mono", COLOR_DEPTH_TRUE, &theme);
    for (int role = 0; role < ROLE_N; role++) {
        g_assert_cmphex(theme.roles[role].fg, ==, COLOR_DEFAULT);
        g_assert_cmphex(theme.roles[role].bg, ==, COLOR_DEFAULT);
    }
    g_assert_cmpuint(theme.roles[ROLE_MENTION].attrs, !=, theme.roles[ROLE_UNREAD].attrs);
    g_assert_cmpuint(theme.roles[ROLE_UNREAD].attrs, !=, theme.roles[ROLE_SIDEBAR].attrs);
    g_assert_cmpuint(theme.roles[ROLE_FAILED].attrs, !=, theme.roles[ROLE_UNKNOWN].attrs);
    g_assert_cmpuint(theme.roles[ROLE_ERROR].attrs, !=, theme.roles[ROLE_NOTICE].attrs);
}

/* --- eyes
 * ---------------------------------------------------------------------------------------------- */

/* Protanopia, deuteranopia and tritanopia in whole, by Machado, Oliveira and Fernandes (2009), for
 * linear light; the first row of three changes nothing. */
static const double eyes[][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779},
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}},
};

static double
seen_by(const double row[3], struct linear c)
{
    return CLAMP(row[0] * c.r + row[1] * c.g + row[2] * c.b, 0, 1);
}

static double
lab_part(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static struct linear /* L, a, b */
lab_of(uint32_t rgb, const double eye[3][3])
{
    struct linear c = to_linear(rgb);
    struct linear s = {seen_by(eye[0], c), seen_by(eye[1], c), seen_by(eye[2], c)};
    double x = lab_part((0.4124564 * s.r + 0.3575761 * s.g + 0.1804375 * s.b) / 0.95047);
    double y = lab_part(0.2126729 * s.r + 0.7151522 * s.g + 0.0721750 * s.b);
    double z = lab_part((0.0193339 * s.r + 0.1191920 * s.g + 0.9503041 * s.b) / 1.08883);
    return (struct linear){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static double
apart(uint32_t a, uint32_t b, const double eye[3][3])
{
    struct linear x = lab_of(a, eye), y = lab_of(b, eye);
    return sqrt((x.r - y.r) * (x.r - y.r) + (x.g - y.g) * (x.g - y.g) + (x.b - y.b) * (x.b - y.b));
}

/* Differ by an attribute, or for every kind of eye by colour. */
static void
check_apart(const struct shipped *about, const struct theme *theme, enum color_depth depth,
            enum role a, enum role b)
{
    struct style x = theme->roles[a], y = theme->roles[b];
    if (x.attrs != y.attrs)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(eyes); i++) {
        double fg =
            apart(rgb_of(x.fg, depth, about->text), rgb_of(y.fg, depth, about->text), eyes[i]);
        double bg = apart(rgb_of(x.bg, depth, about->backgrounds[0]),
                          rgb_of(y.bg, depth, about->backgrounds[0]), eyes[i]);
        if (MAX(fg, bg) < LEAST_APART)
            g_error("%s: %s and %s are one for eyes %u: %.1f", about->name, role_name(a),
                    role_name(b), i, MAX(fg, bg));
    }
}

static void
test_colour_blind(void)
{
    static const enum role pairs[][2] = {
        {ROLE_MENTION, ROLE_UNREAD},
        {ROLE_MENTION, ROLE_SIDEBAR},
        {ROLE_UNREAD, ROLE_SIDEBAR},
        {ROLE_UNREAD, ROLE_ACTIVITY},
        {ROLE_FAILED, ROLE_PENDING},
        {ROLE_FAILED, ROLE_UNKNOWN},
        {ROLE_UNKNOWN, ROLE_PENDING},
        {ROLE_ERROR, ROLE_NOTICE},
        {ROLE_STATUS, ROLE_STATUS_WARN},
        {ROLE_REACTION, ROLE_REACTION_OWN},
        {ROLE_LINK, ROLE_TEXT},
        {ROLE_SIDEBAR_SELECTED, ROLE_SIDEBAR},
        {ROLE_POPUP_SELECTED, ROLE_POPUP},
        {ROLE_POPUP_MATCH, ROLE_POPUP},
        {ROLE_NEW_LINE, ROLE_DATE},
        {ROLE_NICK_SELF, ROLE_NICK_OTHER},
    };
    struct theme theme;

    for (unsigned t = 0; t < G_N_ELEMENTS(shipped) * 2; t++) {
        const struct shipped *about = &shipped[t / 2];
        enum color_depth depth = t % 2 ? COLOR_DEPTH_256 : COLOR_DEPTH_TRUE;
        load(about->name, depth, &theme);
        for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++)
            check_apart(about, &theme, depth, pairs[i][0], pairs[i][1]);
        /* Eight nicks are too many for common colours; the palette for it holds them apart. */
        for (int i = 0; about->colourblind && i < ROLE_NICKS; i++)
            for (int j = 0; j < i; j++)
                check_apart(about, &theme, depth, (enum role)(ROLE_NICK_1 + i),
                            (enum role)(ROLE_NICK_1 + j));
    }
}

/* With sixteen colours nothing is drawn in the colour of what lies below it. */
static void
test_sixteen(void)
{
    struct theme theme;
    for (unsigned t = 0; t < G_N_ELEMENTS(shipped); t++) {
        load(shipped[t].name, COLOR_DEPTH_16, &theme);
        for (int role = 0; role < ROLE_N; role++) {
            struct style style = style_reduce(theme.roles[role], COLOR_DEPTH_16);
            g_assert_cmphex(style.fg, ==, theme.roles[role].fg);
            g_assert_cmphex(style.bg, ==, theme.roles[role].bg);
            uint32_t fg = rgb_of(style.fg, COLOR_DEPTH_16, shipped[t].text);
            uint32_t bg = rgb_of(style.bg, COLOR_DEPTH_16, shipped[t].backgrounds[0]);
            if (ratio(fg, bg) < 2.5 && role != ROLE_BORDER)
                g_error("%s: %s in 16 colours: %.2f", shipped[t].name, role_name((enum role)role),
                        ratio(fg, bg));
        }
    }
}

/* Colours that others give to their text, alone and on each other, on dark and light paper. */
static void
test_tints(void)
{
    static const double least[COLOR_DEPTH_N] = {[COLOR_DEPTH_16] = 2.9,
                                                [COLOR_DEPTH_256] = LEAST_RATIO - 0.05,
                                                [COLOR_DEPTH_TRUE] = LEAST_RATIO - 0.05};
    struct theme theme;

    for (unsigned t = 0; t < 2; t++) {
        for (int depth = COLOR_DEPTH_16; depth < COLOR_DEPTH_N; depth++) {
            load(shipped[t].name, (enum color_depth)depth, &theme);
            g_assert_cmphex(theme.paper, ==, shipped[t].backgrounds[0]);
            for (unsigned fg = 0; fg < 216; fg++) {
                for (unsigned bg = 0; bg <= 216; bg += 5) {
                    struct style over = {.fg = COLOR_RGB(color_palette_rgb(16 + fg))};
                    over.bg = bg < 216 ? COLOR_RGB(color_palette_rgb(16 + bg)) : COLOR_DEFAULT;
                    struct style style =
                        style_reduce(theme_tint(&theme, theme_style(&theme, ROLE_TEXT), over),
                                     (enum color_depth)depth);
                    uint32_t ink = rgb_of(style.fg, (enum color_depth)depth, shipped[t].text);
                    uint32_t on = rgb_of(style.bg, (enum color_depth)depth, theme.paper);
                    if (ratio(ink, on) < least[depth])
                        g_error("%s: %06x on %06x, depth %d: %.2f", shipped[t].name,
                                over.fg & 0xffffff, over.bg & 0xffffff, depth, ratio(ink, on));
                }
            }
        }
    }
    /* What can be read stays as it is; what is not wanted goes, and attributes stay. */
    load("dark", COLOR_DEPTH_TRUE, &theme);
    struct style over = {.fg = COLOR_RGB(0xffff00), .attrs = STYLE_BOLD};
    g_assert_true(style_equal(theme_tint(&theme, (struct style){0}, over), over));
    theme.no_tints = true;
    struct style left = theme_tint(&theme, (struct style){.fg = COLOR_INDEX(7)}, over);
    g_assert_true(style_equal(left, (struct style){COLOR_INDEX(7), 0, STYLE_BOLD}));
}

void
test_contrast_add(void)
{
    g_test_add_func("/theme/tints", test_tints);
    g_test_add_func("/theme/contrast", test_contrast);
    g_test_add_func("/theme/complete", test_complete);
    g_test_add_func("/theme/mono", test_mono);
    g_test_add_func("/theme/colour-blind", test_colour_blind);
    g_test_add_func("/theme/sixteen", test_sixteen);
}
