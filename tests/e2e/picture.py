#!/usr/bin/env python3
"""picture.py COLS < capture > picture.svg: turns `tmux capture-pane -e -p` into a picture.

Every cluster is placed at its own column, so a wrong width in the capture shows as an overlap or a hole.
"""
import html
import re
import sys
import unicodedata

CELL_W, CELL_H, PAD = 8.4, 18, 10
BASIC = ["#1c1c1c", "#d75f5f", "#87af5f", "#d7af5f", "#5f87d7", "#af87d7", "#5fafaf", "#d0d0d0",
         "#767676", "#ff8787", "#afd787", "#ffd787", "#87afff", "#d7afff", "#87d7d7", "#ffffff"]


def palette(n):
    if n < 16:
        return BASIC[n]
    if n < 232:
        n -= 16
        levels = (0, 95, 135, 175, 215, 255)
        return "#%02x%02x%02x" % (levels[n // 36], levels[n // 6 % 6], levels[n % 6])
    v = 8 + (n - 232) * 10
    return "#%02x%02x%02x" % (v, v, v)


def apply(style, params):
    p = [int(x or 0) for x in params.replace(":", ";").split(";")]
    i = 0
    while i < len(p):
        n = p[i]
        if n == 0:
            style.clear()
        elif n in (1, 2, 3, 4, 7, 9):
            style[n] = True
        elif n in (22, 23, 24, 27, 29):
            for k in {22: (1, 2), 23: (3,), 24: (4,), 27: (7,), 29: (9,)}[n]:
                style.pop(k, None)
        elif 30 <= n <= 37 or 90 <= n <= 97:
            style["fg"] = palette(n - 30 if n < 40 else n - 82)
        elif 40 <= n <= 47 or 100 <= n <= 107:
            style["bg"] = palette(n - 40 if n < 50 else n - 92)
        elif n in (38, 48) and i + 1 < len(p):
            key = "fg" if n == 38 else "bg"
            if p[i + 1] == 5:
                style[key] = palette(p[i + 2])
                i += 2
            else:
                style[key] = "#%02x%02x%02x" % tuple(p[i + 2:i + 5])
                i += 4
        elif n == 39:
            style.pop("fg", None)
        elif n == 49:
            style.pop("bg", None)
        i += 1


def clusters(text):
    """Rough grapheme clusters with their widths: enough for a picture."""
    out = []
    for ch in text:
        joined = out and (unicodedata.combining(ch) or ch in "\u200d\ufe0f\ufe0e" or
                          out[-1][0].endswith("\u200d") or 0x1F3FB <= ord(ch) <= 0x1F3FF or
                          (0x1F1E6 <= ord(ch) <= 0x1F1FF and len(out[-1][0]) == 1 and
                           0x1F1E6 <= ord(out[-1][0]) <= 0x1F1FF))
        if joined:
            # tmux keeps a symbol with VS16 in one cell
            width = 2 if 0x1F1E6 <= ord(ch) <= 0x1F1FF else out[-1][1]
            out[-1] = (out[-1][0] + ch, width)
        else:
            wide = unicodedata.east_asian_width(ch) in "WF"
            out.append((ch, 2 if wide else 1))
    return out


def main():
    cols = int(sys.argv[1])
    background = sys.argv[2] if len(sys.argv) > 2 else "#121212"
    foreground = sys.argv[3] if len(sys.argv) > 3 else "#d0d0d0"
    rows = sys.stdin.read().rstrip("\n").split("\n")
    w, h = cols * CELL_W + 2 * PAD, len(rows) * CELL_H + 2 * PAD
    print('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">' % (w, h, w, h))
    print('<rect width="100%%" height="100%%" rx="6" fill="%s"/>' % background)
    print('<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">')
    style = {}
    for r, row in enumerate(rows):
        col = 0
        y = PAD + r * CELL_H
        for part in re.split(r"(\x1b\[[0-9;:]*m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x0e|\x0f)", row):
            if part.startswith("\x1b["):
                apply(style, part[2:-1])
                continue
            if part.startswith("\x1b]") or part in ("\x0e", "\x0f", ""):
                continue
            fg, bg = style.get("fg", foreground), style.get("bg")
            if style.get(7):
                fg, bg = bg or background, fg
            run = clusters(part)
            width = sum(n for _, n in run)
            if bg:
                print('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>' %
                      (PAD + col * CELL_W, y, width * CELL_W, CELL_H, bg))
            deco = "".join((' font-weight="bold"' if style.get(1) else "",
                            ' opacity="0.6"' if style.get(2) else "",
                            ' font-style="italic"' if style.get(3) else "",
                            ' text-decoration="underline"' if style.get(4) else ""))
            # Runs of plain text as one element, anything else cell by cell.
            start, text = col, ""
            for cluster, n in run + [(None, 0)]:
                if cluster is not None and n == 1 and ord(cluster[0]) < 0x2500 and cluster != " ":
                    if not text:
                        start = col
                    text += cluster
                    col += 1
                    continue
                if text:
                    print('<text x="%.1f" y="%.1f" fill="%s"%s textLength="%.1f">%s</text>' %
                          (PAD + start * CELL_W, y + 13.5, fg, deco, len(text) * CELL_W, html.escape(text)))
                    text = ""
                if cluster is not None:
                    if cluster != " ":
                        print('<text x="%.1f" y="%.1f" fill="%s"%s>%s</text>' %
                              (PAD + col * CELL_W, y + 13.5, fg, deco, html.escape(cluster)))
                    col += n
    print("</g></svg>")


main()
