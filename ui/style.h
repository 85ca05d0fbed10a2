/* How a cell looks: two colours and attributes, independent of what the terminal can do. term.c
 * turns it into what the terminal has, by style_reduce(). */
#ifndef WEFT_UI_STYLE_H
#define WEFT_UI_STYLE_H

#include <stdbool.h>
#include <stdint.h>

/* A colour: 0 is the terminal's default; else a palette number or RGB with a tag above it. */
#define COLOR_DEFAULT   ((uint32_t)0)
#define COLOR_INDEX(n)  ((uint32_t)(0x01000000u | ((uint32_t)(n)&0xffu))) /* 0…15 the 16, 16…255 */
#define COLOR_RGB(rgb)  ((uint32_t)(0x02000000u | ((uint32_t)(rgb)&0xffffffu))) /* 0xrrggbb */
#define COLOR_IS_RGB(c) (((c) >> 24) == 2)

enum style_attr {
    STYLE_BOLD = 1,
    STYLE_DIM = 2,
    STYLE_ITALIC = 4,
    STYLE_UNDERLINE = 8,
    STYLE_REVERSE = 16,
    STYLE_STRIKE = 32,
    STYLE_BLINK = 64 /* never used by weft's own themes */
};

struct style {
    uint32_t fg, bg;
    uint32_t attrs; /* enum style_attr, or-ed */
};

enum color_depth {
    COLOR_DEPTH_MONO, /* attributes only: NO_COLOR, or a terminal without colours */
    COLOR_DEPTH_16,
    COLOR_DEPTH_256,
    COLOR_DEPTH_TRUE,
    COLOR_DEPTH_N
};

static inline bool
style_equal(struct style a, struct style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

/* `over` on top of `under`: colours of `over` where it has them, attributes of both. */
struct style style_over(struct style under, struct style over);

/* The nearest style that `depth` can show; always the same for the same input. In mono a background
 * that is not the default becomes reverse, so that nothing selected is lost. */
struct style style_reduce(struct style style, enum color_depth depth);
uint32_t color_reduce(uint32_t color, enum color_depth depth);

/* 0xrrggbb of a colour that is not the default. */
uint32_t color_rgb(uint32_t color);
/* How well two colours 0xrrggbb can be told apart (WCAG 2's ratio), in hundredths: 100 … 2100. */
unsigned color_contrast(uint32_t a, uint32_t b);
/* `fg` (0xrrggbb), brought so far towards white or black that it has this contrast to `bg`. */
uint32_t color_readable(uint32_t fg, uint32_t bg, unsigned contrast);

/* 0xrrggbb of a palette number, by xterm's table. */
uint32_t color_palette_rgb(unsigned n);

#endif
