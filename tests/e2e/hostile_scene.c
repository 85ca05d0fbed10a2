/* The texts, and weft in front of a server that says them. */
#include "tests/e2e/hostile.h"

#include <string.h>

#include "tests/e2e/home.h"

#define TEXT(bytes)                                                                                \
    {                                                                                              \
        bytes, sizeof bytes - 1                                                                    \
    }

/* No blanks in them, so that they can stand in nicks and channels as well. */
static const struct {
    const char *bytes;
    size_t len;
} texts[] = {
    TEXT("\033[2J"),
    TEXT("\033[31;1H"),
    TEXT("\033[6n"),
    TEXT("\033[>q"),
    TEXT("\033[?1049l"),
    TEXT("\033c"),
    TEXT("\033]0;owned\a"),
    TEXT("\033]52;c;cm0gLXJmIC8=\a"),
    TEXT("\033]8;;http://evil.example\033\\x"),
    TEXT("\033]99;i=1;x\033\\"),
    TEXT("\033]1337;File=inline=1:AAAA\a"),
    TEXT("\033P$q\"p\033\\"),
    TEXT("\033_Gi=1,a=q;AAAA\033\\"),
    TEXT("\033^x\033\\"),
    TEXT("\033(0lqqk"),
    TEXT("\x9b"
         "31m"),
    TEXT("\x90$qm\x9c"),
    TEXT("\x9d"
         "0;owned\x9c"),
    TEXT("\xc2\x9b"
         "2J"),
    TEXT("\xc2\x9d"
         "0;owned\xc2\x9c"),
    TEXT("\xc2\x85\xc2\x8d"),
    TEXT("\a\a"),
    TEXT("alice\b\b\b\b\bmallory"),
    TEXT("\x7f\x7f"),
    TEXT("\rover"),
    TEXT("\v\f"),
    TEXT("\x0e\x0f"),
    TEXT("\x1c\x1d"),
    TEXT("a\0b"),
    TEXT("\u2028\u2029"),
    TEXT("\u202egpj.exe"),
    TEXT("\u202a\u202b\u202c\u202d"),
    TEXT("\u2066\u2067\u2068\u2069"),
    TEXT("\u200e\u200f\u061c"),
    TEXT("\ufff9\ufffa\ufffb"),
    TEXT("\U000e0041\U000e0042\U000e007f"),
    TEXT("\u00ad\u034f\u115f\u3164\uffa0"),
    TEXT("\ufeff\u2060\u180e"),
    TEXT("\u200b"),
    TEXT("\u200d\u200c\ufe0f"),
    TEXT("\ue0b0\U000f0000\U0010fffd"),
    TEXT("\u00a0\u3000\u2800"),
    TEXT("שלום\u200fעולם"),
    TEXT("\xff\xfe\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf"),
    TEXT("%n%s%s%s"),
    TEXT("<b>&amp;<a\xc2\xa0href=x>"),
    TEXT("\x03"
         "4,4\x02\x1d\x1f\x1e\x11\x16\x04"
         "ff0000"),
};

size_t
hostile_texts(void)
{
    return G_N_ELEMENTS(texts);
}

GBytes *
hostile_text(size_t i)
{
    return g_bytes_new_static(texts[i].bytes, texts[i].len);
}

/* As the value of a tag, where some bytes are written otherwise and arrive nevertheless. */
static void
append_escaped(GString *line, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (bytes[i]) {
        case ';':
            g_string_append(line, "\\:");
            break;
        case ' ':
            g_string_append(line, "\\s");
            break;
        case '\\':
            g_string_append(line, "\\\\");
            break;
        case '\r':
            g_string_append(line, "\\r");
            break;
        case '\n':
            g_string_append(line, "\\n");
            break;
        default:
            g_string_append_c(line, bytes[i]);
        }
    }
}

void
hostile_say(struct hostile *scene, const char *place, unsigned number, const char *bytes,
            size_t len)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (const char *at = place; *at; at++) {
        if (*at == '$')
            g_string_append_len(line, bytes, (gssize)len);
        else if (*at == '&')
            append_escaped(line, bytes, len);
        else if (*at == '?')
            g_string_append_printf(line, "%u", number);
        else
            g_string_append_c(line, *at);
    }
    g_string_append(line, "\r\n");
    evil_say(scene->evil, line->str, line->len);
}

static char *
repeated(const char *unit, unsigned times)
{
    GString *text = g_string_new("x");

    for (unsigned i = 0; i < times; i++)
        g_string_append(text, unit);
    return g_string_free(text, FALSE);
}

void
hostile_say_all(struct hostile *scene, const char *const *places, size_t n_places)
{
    g_autofree char *zero = repeated("\u200b", 100);
    g_autofree char *marks = repeated("\u0301", 100);
    g_autofree char *both = repeated("\u0301\u200d", 100);
    const char *const bombs[] = {zero, marks, both};
    const unsigned n = G_N_ELEMENTS(texts);

    for (size_t p = 0; p < n_places; p++) {
        for (unsigned t = 0; t < n; t++)
            hostile_say(scene, places[p], t, texts[t].bytes, texts[t].len);
        for (unsigned b = 0; b < G_N_ELEMENTS(bombs); b++)
            hostile_say(scene, places[p], n + b, bombs[b], strlen(bombs[b]));
        while (g_main_context_iteration(NULL, FALSE))
            continue;
    }
}

void
hostile_start(struct hostile *scene, const struct evil_options *options, const char *more)
{
    scene->evil = evil_start(options);
    g_autofree char *lines = g_strconcat(more, "[notify]\nmethod = osc777\n", NULL);
    scene->home = home_new_irc(evil_port(scene->evil), lines);
    scene->vt = vt_new(true);
    vt_allow_calls(scene->vt, false);
    scene->pty = pty_run(scene->home, NULL, NULL, 120, 40, scene->vt);
}

void
hostile_end(struct hostile *scene)
{
    pty_free(scene->pty);
    vt_free(scene->vt);
    evil_stop(scene->evil);
    home_free(scene->home);
}

void
hostile_clean(struct vt *vt)
{
    if (*vt_complaints(vt))
        g_error("the terminal got:\n%s", vt_complaints(vt));
}

/* A word from a peer, so that all that was said before it has been drawn. */
void
hostile_sync(struct hostile *scene)
{
    g_autofree char *word = g_strdup_printf("sync%u", g_random_int());

    evil_line(scene->evil, ":maria!m@h PRIVMSG #lab :%s", word);
    pty_wait(scene->pty, word);
}

void
hostile_command(struct hostile *scene, const char *line)
{
    pty_type(scene->pty, "\025"); /* what was refused before is still there: C-u */
    pty_type(scene->pty, line);
    pty_type(scene->pty, "\r");
}

void
hostile_paste(struct hostile *scene, const char *bytes, size_t len)
{
    pty_type(scene->pty, "\033[200~");
    pty_type_bytes(scene->pty, bytes, len);
    pty_type(scene->pty, "\033[201~");
}

void
hostile_command_pasted(struct hostile *scene, const char *command, const char *bytes, size_t len)
{
    pty_type(scene->pty, command);
    hostile_paste(scene, bytes, len);
    pty_type(scene->pty, "\r");
    for (int line = 0; line < 4; line++)
        pty_type(scene->pty, "\025\177"); /* what was refused, with the lines that were in it */
}

void
hostile_look(struct hostile *scene)
{
    static const int sizes[][2] = {{30, 8}, {80, 24}, {200, 60}, {120, 40}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        pty_resize(scene->pty, sizes[i][0], sizes[i][1]);
        hostile_sync(scene);
        for (int page = 0; page < 8; page++)
            pty_type(scene->pty, "\033[5~");
        pty_type(scene->pty, "\033[1;3F");
        hostile_sync(scene);
    }
    hostile_clean(scene->vt);
}

void
hostile_quit(struct hostile *scene)
{
    hostile_command(scene, "/quit");
    g_assert_cmpint(pty_wait_end(scene->pty), ==, 0);
    vt_end(scene->vt);
    hostile_clean(scene->vt);
}
