/* Named roles and the files that give them their looks.
 *
 * A theme file has lines `role = fg=COLOUR bg=COLOUR attribute …`; a line that begins with '#' or
 * ';' is a comment. COLOUR: default, black red green yellow blue magenta cyan white and bright-… of
 * them (the terminal's sixteen), 0 … 255, or #rrggbb. Attributes: bold dim italic underline reverse
 * strike. Nothing else may stand in a theme, so a downloaded one is harmless. A role that the file
 * leaves out keeps the built-in (dark) look. The nearest colour is taken where the terminal has
 * fewer (ui/style.h). */
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
    X(DIM, "dim", "fg=245")                                                                        \
    X(NICK_SELF, "nick.self", "fg=255 bold")                                                       \
    X(NICK_OTHER, "nick.other", "fg=250")                                                          \
    X(NICK_1, "nick.1", "fg=#e5786d")                                                              \
    X(NICK_2, "nick.2", "fg=#e0a458")                                                              \
    X(NICK_3, "nick.3", "fg=#c5c34a")                                                              \
    X(NICK_4, "nick.4", "fg=#84c26a")                                                              \
    X(NICK_5, "nick.5", "fg=#5fc2b0")                                                              \
    X(NICK_6, "nick.6", "fg=#63aee5")                                                              \
    X(NICK_7, "nick.7", "fg=#a593e8")                                                              \
    X(NICK_8, "nick.8", "fg=#e088c4")                                                              \
    X(MENTION, "mention", "fg=#ffd75f bold")                                                       \
    X(MENTION_LINE, "mention.line", "bg=236")                                                      \
    X(UNREAD, "unread", "fg=#87d7ff")                                                              \
    X(ACTIVITY, "activity", "fg=250")                                                              \
    X(SIDEBAR, "sidebar", "fg=246")                                                                \
    X(SIDEBAR_ACCOUNT, "sidebar.account", "fg=252 bold")                                           \
    X(SIDEBAR_SELECTED, "sidebar.selected", "fg=255 bg=24 bold")                                   \
    X(SIDEBAR_NUMBER, "sidebar.number", "fg=240")                                                  \
    X(BORDER, "border", "fg=238")                                                                  \
    X(TITLE, "title", "fg=252 bg=236")                                                             \
    X(STATUS, "status", "fg=250 bg=236")                                                           \
    X(STATUS_WARN, "status.warn", "fg=#ffaf5f bg=236 bold")                                        \
    X(DATE, "date", "fg=243")                                                                      \
    X(TIME, "time", "fg=243")                                                                      \
    X(NEW_LINE, "new-line", "fg=#ffd75f")                                                          \
    X(GAP, "gap", "fg=#ffaf5f")                                                                    \
    X(MARK, "mark", "fg=#ff87af reverse")                                                          \
    X(PENDING, "pending", "dim")                                                                   \
    X(FAILED, "failed", "fg=#ff5f5f bold")                                                         \
    X(UNKNOWN, "unknown", "fg=#ffaf5f")                                                            \
    X(NOTICE, "notice", "fg=#87d7d7")                                                              \
    X(ACTION, "action", "fg=252 italic")                                                           \
    X(SYSTEM, "system", "fg=245")                                                                  \
    X(EDITED, "edited", "fg=243 italic")                                                           \
    X(QUOTE, "quote", "fg=247")                                                                    \
    X(REACTION, "reaction", "fg=247")                                                              \
    X(REACTION_OWN, "reaction.own", "fg=255 bold")                                                 \
    X(CODE, "code", "fg=#d7d7af")                                                                  \
    X(LINK, "link", "fg=#87afff underline")                                                        \
    X(INPUT, "input", "")                                                                          \
    X(PROMPT, "prompt", "fg=250 bold")                                                             \
    X(POPUP, "popup", "fg=252 bg=237")                                                             \
    X(POPUP_SELECTED, "popup.selected", "fg=255 bg=24 bold")                                       \
    X(POPUP_MATCH, "popup.match", "fg=#ffd75f bg=237 bold")                                        \
    X(POPUP_TITLE, "popup.title", "fg=255 bg=237 bold")                                            \
    X(ERROR, "error", "fg=#ff5f5f bold")

enum role {
#define X(id, name, look) ROLE_##id,
    ROLE_TABLE(X)
#undef X
        ROLE_N
};
#define ROLE_NICKS 8

struct theme {
    struct style roles[ROLE_N];
};

/* The built-in theme, which is themes/dark.theme. Needs no file. */
void theme_init(struct theme *theme);

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

/* One look, as it stands to the right of the `=`. `ret_column`: where an error stands (from 1), or
 * NULL. */
bool theme_parse_style(const char *text, struct style *ret_style, int *ret_column, GError **error);

const char *role_name(enum role role);
/* ROLE_N for an unknown name. */
enum role role_from_name(const char *name);

/* One of nick.1 … nick.8, always the same for the same name. */
enum role theme_nick_role(const char *nick);

#endif
