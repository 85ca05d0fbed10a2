#include "ui/style.h"

#include <stddef.h>

/* xterm's sixteen. */
static const uint32_t basic[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                   0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                   0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

static unsigned
cube_level(unsigned n)
{
    return n == 0 ? 0 : 55 + 40 * n;
}

uint32_t
color_palette_rgb(unsigned n)
{
    if (n < 16)
        return basic[n];
    if (n >= 232) {
        uint32_t grey = 8 + 10 * ((n < 256 ? n : 255) - 232);
        return grey << 16 | grey << 8 | grey;
    }
    n -= 16;
    return cube_level(n / 36) << 16 | cube_level(n / 6 % 6) << 8 | cube_level(n % 6);
}

/* Distance weighted as the eye weighs ("redmean"), in whole numbers. */
static uint32_t
distance(uint32_t a, uint32_t b)
{
    int32_t red_a = a >> 16 & 0xff, red_b = b >> 16 & 0xff, mean = (red_a + red_b) / 2;
    int32_t red = red_a - red_b;
    int32_t green = (int32_t)(a >> 8 & 0xff) - (int32_t)(b >> 8 & 0xff);
    int32_t blue = (int32_t)(a & 0xff) - (int32_t)(b & 0xff);
    return (uint32_t)(((512 + mean) * red * red) / 256 + 4 * green * green +
                      ((767 - mean) * blue * blue) / 256);
}

static unsigned
nearest(uint32_t rgb, unsigned from, unsigned to)
{
    unsigned best = from;
    uint32_t best_distance = UINT32_MAX;
    for (unsigned n = from; n < to; n++) {
        uint32_t d = distance(rgb, color_palette_rgb(n));
        if (d < best_distance) {
            best = n;
            best_distance = d;
        }
    }
    return best;
}

/* Of the six levels of the cube, the one nearest to a component. */
static unsigned
cube_nearest(unsigned level)
{
    return level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40;
}

/* The cube's and the greys' nearest, compared; the first sixteen are the person's own and stay out.
 */
static unsigned
nearest_256(uint32_t rgb)
{
    unsigned red = rgb >> 16 & 0xff, green = rgb >> 8 & 0xff, blue = rgb & 0xff;
    unsigned cube = 16 + 36 * cube_nearest(red) + 6 * cube_nearest(green) + cube_nearest(blue);
    unsigned mean = (red + green + blue) / 3;
    unsigned grey = mean < 8 ? 232 : mean > 238 ? 255 : 232 + (mean - 3) / 10;
    return distance(rgb, color_palette_rgb(grey)) < distance(rgb, color_palette_rgb(cube)) ? grey
                                                                                           : cube;
}

uint32_t
color_reduce(uint32_t color, enum color_depth depth)
{
    if (color == COLOR_DEFAULT || depth == COLOR_DEPTH_TRUE)
        return color;
    if (depth == COLOR_DEPTH_MONO)
        return COLOR_DEFAULT;
    if (depth == COLOR_DEPTH_256)
        return COLOR_IS_RGB(color) ? COLOR_INDEX(nearest_256(color & 0xffffff)) : color;
    if (!COLOR_IS_RGB(color) && (color & 0xff) < 16)
        return color;
    uint32_t rgb = COLOR_IS_RGB(color) ? color & 0xffffff : color_palette_rgb(color & 0xff);
    return COLOR_INDEX(nearest(rgb, 0, 16));
}

struct style
style_over(struct style under, struct style over)
{
    if (over.fg != COLOR_DEFAULT)
        under.fg = over.fg;
    if (over.bg != COLOR_DEFAULT)
        under.bg = over.bg;
    under.attrs |= over.attrs;
    return under;
}

struct style
style_reduce(struct style style, enum color_depth depth)
{
    if (depth == COLOR_DEPTH_TRUE)
        return style;
    struct style reduced = {color_reduce(style.fg, depth), color_reduce(style.bg, depth),
                            style.attrs};
    if (depth == COLOR_DEPTH_MONO && style.bg != COLOR_DEFAULT)
        reduced.attrs |= STYLE_REVERSE;
    /* Two shades that fall together would hide the text. */
    if (depth == COLOR_DEPTH_16 && reduced.fg != COLOR_DEFAULT && reduced.fg == reduced.bg &&
        style.fg != style.bg)
        reduced.fg = COLOR_DEFAULT;
    return reduced;
}

uint32_t
color_rgb(uint32_t color)
{
    return COLOR_IS_RGB(color) ? color & 0xffffff : color_palette_rgb(color & 0xff);
}

/* Light of one component, 0 … 1: a polynomial that follows sRGB's curve. */
static double
light_of(unsigned level)
{
    double c = level / 255.0;
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

static double
luminance(uint32_t rgb)
{
    return 0.2126 * light_of(rgb >> 16 & 0xff) + 0.7152 * light_of(rgb >> 8 & 0xff) +
           0.0722 * light_of(rgb & 0xff);
}

unsigned
color_contrast(uint32_t a, uint32_t b)
{
    double light_a = luminance(a) + 0.05, light_b = luminance(b) + 0.05;
    return (unsigned)(100 * (light_a > light_b ? light_a / light_b : light_b / light_a));
}

static uint32_t
mix(uint32_t rgb, uint32_t with, unsigned sixteenths)
{
    uint32_t out = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        unsigned from = rgb >> shift & 0xff, to = with >> shift & 0xff;
        out |= (from * (16 - sixteenths) + to * sixteenths) / 16 << shift;
    }
    return out;
}

uint32_t
color_readable(uint32_t fg, uint32_t bg, unsigned contrast)
{
    uint32_t end = color_contrast(0xffffff, bg) > color_contrast(0, bg) ? 0xffffff : 0;
    for (unsigned step = 0; step < 16; step++) {
        uint32_t now = mix(fg, end, step);
        if (color_contrast(now, bg) >= contrast)
            return now;
    }
    return end;
}
