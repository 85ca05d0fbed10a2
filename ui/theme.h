/* Named roles and the files that give them their looks.
 *
 * A theme file has lines `role = fg=COLOUR bg=COLOUR attribute …`; a line that begins with '#' or
 * ';' is a comment. COLOUR: default, black red green yellow blue magenta cyan white and bright-… of
 * them (the terminal's sixteen), 0 … 255, or #rrggbb. Attributes: bold dim italic underline reverse
 * strike. Nothing else may stand in a theme, so a downloaded one is harmless. A role that the file
 * leaves out keeps the built-in (dark) look.
 *
 * For terminals with fewer colours another may follow, fg=#e5786d,bright-red: that is for sixteen;
 * between the two one for 256 may stand, fg=#e5786d,173,bright-red. Where a terminal has not the
 * one meant for it, the nearest is taken (ui/style.h). */
#ifndef WEFT_UI_THEME_H
#define WEFT_UI_THEME_H

#include "ui/style.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* id, name in theme files, look in the built-in theme (themes/dark.theme says the same; a test
 * compares). */
#define ROLE_TABLE(X)                                                                              \
    X(TEXT, "text", "")                                                                            \
    X(DIM, "dim", "fg=247,default")                                                                \
    X(NICK_SELF, "nick.self", "fg=255,bright-white bold")                                          \
    X(NICK_OTHER, "nick.other", "fg=250,white")                                                    \
    X(NICK_1, "nick.1", "fg=#e5786d,173,bright-red")                                               \
    X(NICK_2, "nick.2", "fg=#e0a458,179,yellow")                                                   \
    X(NICK_3, "nick.3", "fg=#c5c34a,185,bright-yellow")                                            \
    X(NICK_4, "nick.4", "fg=#84c26a,113,bright-green")                                             \
    X(NICK_5, "nick.5", "fg=#5fc2b0,79,cyan")                                                      \
    X(NICK_6, "nick.6", "fg=#63aee5,74,bright-blue")                                               \
    X(NICK_7, "nick.7", "fg=#a593e8,141,magenta")                                                  \
    X(NICK_8, "nick.8", "fg=#e088c4,176,bright-magenta")                                           \
    X(MENTION, "mention", "fg=#ffd75f,bright-yellow bold")                                         \
    X(MENTION_LINE, "mention.line", "bg=235,default")                                              \
    X(UNREAD, "unread", "fg=#87d7ff,bright-cyan")                                                  \
    X(ACTIVITY, "activity", "fg=250,white")                                                        \
    X(SIDEBAR, "sidebar", "fg=249,default")                                                        \
    X(SIDEBAR_ACCOUNT, "sidebar.account", "fg=252,white bold")                                     \
    X(SIDEBAR_SELECTED, "sidebar.selected", "fg=255,bright-white bg=24,blue bold")                 \
    X(SIDEBAR_CURSOR, "sidebar.cursor", "reverse")                                                 \
    X(SIDEBAR_NUMBER, "sidebar.number", "fg=246,default")                                          \
    X(BORDER, "border", "fg=238,bright-black")                                                     \
    X(TITLE, "title", "fg=252,white bg=236,blue")                                                  \
    X(STATUS, "status", "fg=250,white bg=236,blue")                                                \
    X(STATUS_WARN, "status.warn", "fg=#ffaf5f,bright-yellow bg=236,blue bold")                     \
    X(DATE, "date", "fg=246,default")                                                              \
    X(TIME, "time", "fg=246,default")                                                              \
    X(NEW_LINE, "new-line", "fg=#ffd75f,bright-yellow")                                            \
    X(GAP, "gap", "fg=#ffaf5f,yellow")                                                             \
    X(MARK, "mark", "fg=#ff87af,bright-magenta reverse")                                           \
    X(PENDING, "pending", "dim")                                                                   \
    X(FAILED, "failed", "fg=#ff8787,210,bright-red bold")                                          \
    X(UNKNOWN, "unknown", "fg=#ffaf5f,yellow")                                                     \
    X(NOTICE, "notice", "fg=#87d7d7,cyan")                                                         \
    X(ACTION, "action", "fg=252,white italic")                                                     \
    X(SYSTEM, "system", "fg=246,default")                                                          \
    X(EDITED, "edited", "fg=246,default italic")                                                   \
    X(QUOTE, "quote", "fg=247,default")                                                            \
    X(REACTION, "reaction", "fg=247,default")                                                      \
    X(REACTION_OWN, "reaction.own", "fg=255,bright-white bold")                                    \
    X(THREAD, "thread.mark", "fg=#87d7d7,cyan")                                                    \
    X(CODE, "code", "fg=#d7d7af,bright-white")                                                     \
    X(LINK, "link", "fg=#87afff,bright-blue underline")                                            \
    X(INPUT, "input", "")                                                                          \
    X(PROMPT, "prompt", "fg=250,white bold")                                                       \
    X(POPUP, "popup", "fg=252,white bg=236,blue")                                                  \
    X(POPUP_SELECTED, "popup.selected", "fg=255,bright-white bg=24,magenta bold")                  \
    X(POPUP_MATCH, "popup.match", "fg=#ffd75f,bright-yellow bg=236,blue bold")                     \
    X(POPUP_TITLE, "popup.title", "fg=255,bright-white bg=236,blue bold")                          \
    X(ERROR, "error", "fg=#ff5f5f,bright-red bold")

enum role {
#define X(id, name, look) ROLE_##id,
    ROLE_TABLE(X)
#undef X
        ROLE_N
};
#define ROLE_NICKS 8

struct theme {
    uint32_t paper;             /* 0xrrggbb: the background where a role has none */
    bool no_tints;              /* colours of the text's own are left out */
    enum color_depth depth;     /* what the looks are meant for */
    struct style roles[ROLE_N]; /* in use: those of one depth, COLOR_DEPTH_TRUE at first */
    struct style looks[COLOR_DEPTH_N][ROLE_N];
};

/* The built-in theme, which is themes/dark.theme. Needs no file. */
void theme_init(struct theme *theme);
/* From now on its looks are those meant for terminals that can show so much. */
void theme_limit(struct theme *theme, enum color_depth depth);

static inline struct style
theme_style(const struct theme *theme, enum role role)
{
    return theme->roles[role];
}

/* Reads the text of a theme file over what `theme` holds; on an error `theme` is unchanged. `name`
 * is for the message: BAD_INPUT with file, line and column, and the nearest name for a word that is
 * not known. TOO_LARGE above 64 KiB. */
bool
theme_parse(struct theme *theme, const char *name, const char *text, size_t len, GError **error);

/* Starts from the built-in theme and reads the file. */
bool theme_load(struct theme *theme, const char *path, GError **error);

/* One look, as it stands to the right of the `=`, for a terminal that can show so much.
 * `ret_column`: where an error stands (from 1), or NULL. */
bool theme_parse_style(const char *text, enum color_depth depth, struct style *ret_style,
                       int *ret_column, GError **error);

const char *role_name(enum role role);
/* ROLE_N for an unknown name. */
enum role role_from_name(const char *name);

/* One of nick.1 … nick.8, always the same for the same name: whatever its case, and with or without
 * the "_" that somebody adds who finds it taken. */
enum role theme_nick_role(const char *nick);
/* Colours that a text has of its own (`over`), on a role's look: so far changed that they can be
 * read there. */
struct style theme_tint(const struct theme *theme, struct style under, struct style over);
/* All of these look like nick.other. */
void theme_plain_nicks(struct theme *theme);

#endif
