/* Named actions and the keys that call them.
 *
 * A binding is one key or a sequence ("Ctrl-c Enter"). Some actions take digits after their keys
 * ("Alt-j" and two digits). The default preset is weft's own; [keys] rows of the configuration
 * change it.
 *
 * A context is what has the keys: the line that is typed (main), a message that is chosen, the list
 * of buffers. There its own bindings count first, then those of main; so a context with bindings of
 * plain letters takes no typing, and one without is like main. */
#ifndef WEFT_UI_KEYMAP_H
#define WEFT_UI_KEYMAP_H

#include "ui/keys.h"
#include <glib.h>
#include <stdbool.h>

/* id, name, digits that follow the keys, default keys (several: separated by two blanks), help */
#define ACTION_TABLE(X)                                                                            \
    X(NEXT_BUFFER, "next-buffer", 0, "Ctrl-n  Alt-Down  Alt-Right  F6", "Go to the next buffer.")  \
    X(PREV_BUFFER, "previous-buffer", 0, "Ctrl-p  Alt-Up  Alt-Left  F5",                           \
      "Go to the previous buffer.")                                                                \
    X(NEXT_UNREAD, "next-unread", 0, "Alt-Shift-Down  Ctrl-c Down",                                \
      "Go to the next unread buffer.")                                                             \
    X(PREV_UNREAD, "previous-unread", 0, "Alt-Shift-Up  Ctrl-c Up",                                \
      "Go to the previous unread buffer.")                                                         \
    X(NEXT_ACTIVITY, "next-activity", 0, "Alt-a  Ctrl-c n",                                        \
      "Go where something happened: mentions first; after the last one, back.")                    \
    X(PREV_ACTIVITY, "previous-activity", 0, "Alt-A  Ctrl-c p", "Go back through the activity.")   \
    X(LAST_BUFFER, "last-buffer", 0, "Alt-/  Ctrl-^", "Go to the buffer shown before.")            \
    X(VISITED_BACK, "visited-back", 0, "Alt-<  Ctrl-c <", "Go back through what was shown.")       \
    X(VISITED_FORWARD, "visited-forward", 0, "Alt->  Ctrl-c >", "Go forward again.")               \
    X(PEEK, "peek", 0, "Alt-`  Ctrl-c `",                                                          \
      "Look at other buffers without marking them as read; again: back.")                          \
    X(BUFFER_1, "buffer-1", 0, "Alt-1  Ctrl-c 1", "Go to buffer 1.")                               \
    X(BUFFER_2, "buffer-2", 0, "Alt-2  Ctrl-c 2", "Go to buffer 2.")                               \
    X(BUFFER_3, "buffer-3", 0, "Alt-3  Ctrl-c 3", "Go to buffer 3.")                               \
    X(BUFFER_4, "buffer-4", 0, "Alt-4  Ctrl-c 4", "Go to buffer 4.")                               \
    X(BUFFER_5, "buffer-5", 0, "Alt-5  Ctrl-c 5", "Go to buffer 5.")                               \
    X(BUFFER_6, "buffer-6", 0, "Alt-6  Ctrl-c 6", "Go to buffer 6.")                               \
    X(BUFFER_7, "buffer-7", 0, "Alt-7  Ctrl-c 7", "Go to buffer 7.")                               \
    X(BUFFER_8, "buffer-8", 0, "Alt-8  Ctrl-c 8", "Go to buffer 8.")                               \
    X(BUFFER_9, "buffer-9", 0, "Alt-9  Ctrl-c 9", "Go to buffer 9.")                               \
    X(BUFFER_10, "buffer-10", 0, "Alt-0  Ctrl-c 0", "Go to buffer 10.")                            \
    X(BUFFER_FIRST, "buffer-first", 0, "Ctrl-c Home", "Go to the first buffer of the list.")       \
    X(BUFFER_LAST, "buffer-last", 0, "Ctrl-c End", "Go to the last buffer of the list.")           \
    X(BUFFER_JUMP, "buffer-jump", 2, "Alt-j  Ctrl-c j", "Go to the buffer with this number.")      \
    X(SWITCHER, "go", 0, "Ctrl-g  Alt-g", "Go to anything: type a part of its name.")              \
    X(SEARCH, "search", 0, "Ctrl-f  Ctrl-c f", "Search everything that was ever said.")            \
    X(INBOX, "inbox", 0, "F3  Alt-i", "Show what waits for you, over all accounts.")               \
    X(THREAD, "thread", 0, "Alt-t  Ctrl-c t", "Open the newest thread beside, or close it.")       \
    X(THREAD_FOCUS, "thread-focus", 0, "Alt-o  Ctrl-c O",                                          \
      "From the channel to its thread, and back.")                                                 \
    X(THREADS, "threads", 0, "F4  Ctrl-c F", "Show the threads that you follow, of all accounts.") \
    X(RELAY, "relay", 0, "Ctrl-c J", "Show which channels are joined, and how that goes.")         \
    X(RELAY_NEXT, "relay-next", 0, "Ctrl-x", "Go to the next channel that this one is joined to.") \
    X(WINDOW_BESIDE, "window-beside", 0, "Alt-w v  Ctrl-c W v", "Put a second window beside.")     \
    X(WINDOW_BELOW, "window-below", 0, "Alt-w h  Ctrl-c W h", "Put a second window below.")        \
    X(WINDOW_NEXT, "window-next", 0, "F8", "Go to the next window.")                               \
    X(WINDOW_PREV, "window-previous", 0, "F7", "Go to the previous window.")                       \
    X(WINDOW_UP, "window-up", 0, "Alt-w Up  Ctrl-c W Up", "Go to the window above.")               \
    X(WINDOW_DOWN, "window-down", 0, "Alt-w Down  Ctrl-c W Down", "Go to the window below.")       \
    X(WINDOW_LEFT, "window-left", 0, "Alt-w Left  Ctrl-c W Left", "Go to the window at the left.") \
    X(WINDOW_RIGHT, "window-right", 0, "Alt-w Right  Ctrl-c W Right",                              \
      "Go to the window at the right.")                                                            \
    X(WINDOW_ZOOM, "window-zoom", 0, "Alt-z  Ctrl-c W z", "Show this window alone, or all again.") \
    X(WINDOW_CLOSE, "window-close", 0, "Alt-w c  Ctrl-c W c",                                      \
      "Close this window; its buffer stays.")                                                      \
    X(WINDOW_ONLY, "window-only", 0, "Alt-w m  Ctrl-c W m", "Close the other windows.")            \
    X(SCROLL_UP, "scroll-up", 0, "PgUp", "Scroll up by a page.")                                   \
    X(SCROLL_DOWN, "scroll-down", 0, "PgDn", "Scroll down by a page.")                             \
    X(SCROLL_UP_SOME, "scroll-up-some", 0, "Alt-PgUp  Ctrl-c PgUp", "Scroll up by three lines.")   \
    X(SCROLL_DOWN_SOME, "scroll-down-some", 0, "Alt-PgDn  Ctrl-c PgDn",                            \
      "Scroll down by three lines.")                                                               \
    X(SCROLL_TOP, "scroll-top", 0, "Alt-Home  Ctrl-Home", "Scroll to the oldest stored line.")     \
    X(SCROLL_BOTTOM, "scroll-bottom", 0, "Alt-End  Ctrl-End", "Scroll to the newest line.")        \
    X(FIRST_UNREAD, "first-unread", 0, "Alt-u  Ctrl-c u", "Scroll to the first unread line.")      \
    X(NEXT_MENTION, "next-mention", 0, "Alt-n  Ctrl-c N",                                          \
      "Go to the next message of this buffer that calls you.")                                     \
    X(PREV_MENTION, "previous-mention", 0, "Alt-p  Ctrl-c P", "Go to the one before.")             \
    X(FIND, "find", 0, "Ctrl-s", "Find in this buffer, from the newest line up.")                  \
    X(LINKS, "links", 0, "Ctrl-o", "List the links and files of this buffer, to open them.")       \
    X(EXPAND, "expand", 0, "Alt-,  Ctrl-c ,", "Show long messages in whole, or short again.")      \
    X(TOGGLE_JOINS, "toggle-joins", 0,                                                             \
      "Alt-=  Ctrl-c =", "Show all who come and go, or fold them.")                                \
    X(MARK_READ, "mark-read", 0, "Alt-h m  Ctrl-c r", "Mark this buffer as read.")                 \
    X(MARK_ALL_READ, "mark-all-read", 0, "Alt-U  Alt-h c  Ctrl-c R", "Mark all buffers as read.")  \
    X(RESTORE_READ, "restore-read", 0, "Alt-h r  Ctrl-c z",                                        \
      "Take back the last mark: what was read is unread again.")                                   \
    X(FOCUS_NEXT, "focus-next", 0, "F2",                                                           \
      "From the line to the messages, and back. Tab does so from an empty line.")                  \
    X(FOCUS_PREV, "focus-previous", 0, "Shift-F2", "The same the other way.")                      \
    X(TOGGLE_SIDEBAR, "toggle-sidebar", 0, "Alt-B  Ctrl-c l", "Show or hide the list of buffers.") \
    X(TOGGLE_UNREAD, "toggle-unread", 0, "Alt-O  Ctrl-c o",                                        \
      "List only buffers with something unread, or all.")                                          \
    X(TOGGLE_TOPIC, "toggle-topic", 0, "Alt-T  Ctrl-c T", "Show the whole topic, or close it.")    \
    X(TOGGLE_MEMBERS, "toggle-members", 0, "Alt-N  Ctrl-c m", "Show or hide the list of members.") \
    X(MEMBERS_UP, "members-up", 0, "F11", "Scroll the list of members up.")                        \
    X(MEMBERS_DOWN, "members-down", 0, "F12", "Scroll the list of members down.")                  \
    X(BARE, "bare", 0, "Alt-l  Ctrl-c L",                                                          \
      "Show the messages alone and hold them, for copying with the terminal.")                     \
    X(TOGGLE_MOUSE, "toggle-mouse", 0, "Alt-m  Ctrl-c M",                                          \
      "Let weft have the mouse, or the terminal again.")                                           \
    X(REDRAW, "redraw", 0, "Ctrl-l", "Draw the whole screen again.")                               \
    X(SUSPEND, "suspend", 0, "Ctrl-z", "Suspend weft (it answers no server meanwhile).")           \
    X(HELP, "help", 0, "F1  Alt-?", "Show the keys: first those of where you are.")                \
    X(WHAT_KEY, "what-key", 0, "Alt-k  Ctrl-c k", "Say what the next key does, without doing it.") \
    X(SUBMIT, "submit", 0, "Enter  Ctrl-j", "Send what was typed, or run the command.")            \
    X(NEWLINE, "newline", 0, "Alt-Enter  Shift-Enter  Ctrl-c Enter", "Begin a new line.")          \
    X(RECALL, "recall", 0, "Ctrl-r", "Find what was sent before by a part of it.")                 \
    X(BOLD, "bold", 0, "Ctrl-c b", "Make the word or what is selected **bold**.")                  \
    X(ITALIC, "italic", 0, "Ctrl-c i", "Make it _italic_.")                                        \
    X(STRIKE, "strike", 0, "Ctrl-c s", "Strike it ~~out~~.")                                       \
    X(CODE, "code", 0, "Ctrl-c c", "Make it `code`.")                                              \
    X(ATTACH, "attach", 0, "Ctrl-c a", "Send a file: Tab completes its name.")                     \
    X(EMOJI, "emoji", 0, "Ctrl-c e", "Choose an emoji by a part of its name.")                     \
    X(REVISE, "revise", 0, "Alt-v  Ctrl-c v", "Change my last message, where the network can.")    \
    X(OUTSIDE, "edit-outside", 0, "Alt-e  Ctrl-c E", "Write in $VISUAL or $EDITOR.")               \
    X(CANCEL, "cancel", 0, "Esc", "Close what is open, or go back.")                               \
    X(COMPLETE, "complete", 0, "Tab", "Complete the word.")                                        \
    X(COMPLETE_BACK, "complete-back", 0, "Shift-Tab", "Complete with the previous candidate.")     \
    X(LEFT, "cursor-left", 0, "Left  Ctrl-b", "Move left.")                                        \
    X(RIGHT, "cursor-right", 0, "Right", "Move right.")                                            \
    X(WORD_LEFT, "word-left", 0, "Alt-b  Ctrl-Left", "Move left by a word.")                       \
    X(WORD_RIGHT, "word-right", 0, "Alt-f  Ctrl-Right", "Move right by a word.")                   \
    X(LINE_START, "line-start", 0, "Home  Ctrl-a", "Move to the start of the line.")               \
    X(LINE_END, "line-end", 0, "End  Ctrl-e", "Move to the end of the line.")                      \
    X(UP, "cursor-up", 0, "Up", "Move up, or recall what was sent before.")                        \
    X(DOWN, "cursor-down", 0, "Down", "Move down, or towards what was typed last.")                \
    X(HISTORY_UP, "history-up", 0, "Ctrl-Up", "Recall what was sent before in any buffer.")        \
    X(HISTORY_DOWN, "history-down", 0, "Ctrl-Down", "Towards what was sent last in any buffer.")   \
    X(DELETE_BACK, "delete-back", 0, "Backspace  Ctrl-h  Shift-Backspace",                         \
      "Delete the character before the cursor.")                                                   \
    X(DELETE, "delete", 0, "Delete  Ctrl-d", "Delete the character at the cursor.")                \
    X(DELETE_WORD_BACK, "delete-word-back", 0,                                                     \
      "Alt-Backspace  Ctrl-Backspace  Ctrl-c w Backspace", "Cut the word before the cursor.")      \
    X(DELETE_TO_SPACE, "delete-to-space", 0, "Ctrl-w",                                             \
      "Cut what stands before the cursor, back to a space.")                                       \
    X(DELETE_WORD, "delete-word", 0, "Alt-d  Ctrl-Delete", "Cut the word after the cursor.")       \
    X(DELETE_TO_START, "delete-to-start", 0, "Ctrl-u  Ctrl-c Backspace",                           \
      "Cut up to the start of the line.")                                                          \
    X(DELETE_TO_END, "delete-to-end-or-go", 0, "Ctrl-k",                                           \
      "Cut up to the end of the line; at its end, go to anything.")                                \
    X(DELETE_LINE, "delete-line", 0, "Alt-r  Ctrl-c d", "Cut the whole line.")                     \
    X(YANK, "yank", 0, "Ctrl-y", "Put back what was cut last.")                                    \
    X(YANK_POP, "yank-pop", 0, "Alt-y  Ctrl-c y", "Put back what was cut before that instead.")    \
    X(TRANSPOSE, "transpose", 0, "Ctrl-t", "Swap the two characters around the cursor.")           \
    X(TRANSPOSE_WORDS, "transpose-words", 0, "Ctrl-c w t",                                         \
      "Swap the two words around the cursor.")                                                     \
    X(UPCASE_WORD, "upcase-word", 0, "Ctrl-c w u", "Make the word after the cursor upper case.")   \
    X(DOWNCASE_WORD, "downcase-word", 0, "Ctrl-c w l",                                             \
      "Make the word after the cursor lower case.")                                                \
    X(CAPITALISE_WORD, "capitalise-word", 0, "Alt-c  Ctrl-c w c",                                  \
      "Give the word after the cursor a capital.")                                                 \
    X(UNDO, "undo", 0, "Ctrl-_  Ctrl-/", "Undo what was typed, word by word.")                     \
    X(REDO, "redo", 0, "Alt-_  Ctrl-c Ctrl-_", "Do again what was undone.")                        \
    X(SET_MARK, "set-mark", 0, "Ctrl-Space", "Begin to select here: moving selects.")              \
    X(SELECT_LEFT, "select-left", 0, "Shift-Left", "Select to the left.")                          \
    X(SELECT_RIGHT, "select-right", 0, "Shift-Right", "Select to the right.")                      \
    X(SELECT_WORD_LEFT, "select-word-left", 0, "Ctrl-Shift-Left", "Select a word to the left.")    \
    X(SELECT_WORD_RIGHT, "select-word-right", 0, "Ctrl-Shift-Right",                               \
      "Select a word to the right.")                                                               \
    X(SELECT_START, "select-to-start", 0, "Shift-Home", "Select to the start of the line.")        \
    X(SELECT_END, "select-to-end", 0, "Shift-End", "Select to the end of the line.")

/* id, name, heading in the help */
#define CONTEXT_TABLE(X)                                                                           \
    X(MAIN, "main", "Everywhere")                                                                  \
    X(MESSAGE, "message", "On a message")                                                          \
    X(LIST, "list", "In the list of buffers")                                                      \
    X(INBOX, "inbox", "In the inbox")

/* Actions at home in another context than main: the context's id, then as above. The keys of one
 * context may be those of another. */
#define CONTEXT_ACTION_TABLE(X)                                                                    \
    X(MESSAGE, MESSAGE_UP, "message-up", 0, "k  Up", "Go to the message above.")                   \
    X(MESSAGE, MESSAGE_DOWN, "message-down", 0, "j  Down", "Go to the message below.")             \
    X(MESSAGE, MESSAGE_PAGE_UP, "message-page-up", 0, "PgUp", "Go up by a page.")                  \
    X(MESSAGE, MESSAGE_PAGE_DOWN, "message-page-down", 0, "PgDn", "Go down by a page.")            \
    X(MESSAGE, MESSAGE_FIRST, "message-first", 0, "g  Home", "Go to the oldest stored message.")   \
    X(MESSAGE, MESSAGE_LAST, "message-last", 0, "G  End", "Go to the newest message.")             \
    MESSAGE_ACTION_TABLE(X)                                                                        \
    LIST_ACTION_TABLE(X)                                                                           \
    INBOX_ACTION_TABLE(X)

/* What is done to a message. */
#define MESSAGE_ACTION_TABLE(X)                                                                    \
    X(MESSAGE, MESSAGE_REPLY, "message-reply", 0, "r",                                             \
      "Answer it; what was not sent is sent again.")                                               \
    X(MESSAGE, MESSAGE_QUOTE, "message-quote", 0, "q", "Quote it in what you write.")              \
    X(MESSAGE, MESSAGE_THREAD, "message-thread", 0, "t", "Open its thread, or begin one.")         \
    X(MESSAGE, MESSAGE_EDIT, "message-edit", 0, "e",                                               \
      "Change what you said, where the network can.")                                              \
    X(MESSAGE, MESSAGE_DELETE, "message-delete", 0, "d",                                           \
      "Delete it for everybody, or give up what was not sent; twice.")                             \
    X(MESSAGE, MESSAGE_REACT, "message-react", 0, "a", "React to it with an emoji.")               \
    X(MESSAGE, MESSAGE_THUMB, "message-thumb", 0, "+", "React with 👍, or take it back.")           \
    X(MESSAGE, MESSAGE_REACTION_1, "message-reaction-1", 0, "1", "Join or leave reaction 1.")      \
    X(MESSAGE, MESSAGE_REACTION_2, "message-reaction-2", 0, "2", "Join or leave reaction 2.")      \
    X(MESSAGE, MESSAGE_REACTION_3, "message-reaction-3", 0, "3", "Join or leave reaction 3.")      \
    X(MESSAGE, MESSAGE_REACTION_4, "message-reaction-4", 0, "4", "Join or leave reaction 4.")      \
    X(MESSAGE, MESSAGE_REACTION_5, "message-reaction-5", 0, "5", "Join or leave reaction 5.")      \
    X(MESSAGE, MESSAGE_REACTION_6, "message-reaction-6", 0, "6", "Join or leave reaction 6.")      \
    X(MESSAGE, MESSAGE_REACTION_7, "message-reaction-7", 0, "7", "Join or leave reaction 7.")      \
    X(MESSAGE, MESSAGE_REACTION_8, "message-reaction-8", 0, "8", "Join or leave reaction 8.")      \
    X(MESSAGE, MESSAGE_REACTION_9, "message-reaction-9", 0, "9", "Join or leave reaction 9.")      \
    X(MESSAGE, MESSAGE_COPY, "message-copy", 0, "y", "Copy its text.")                             \
    X(MESSAGE, MESSAGE_COPY_ALL, "message-copy-all", 0, "Y", "Copy it with time and name.")        \
    X(MESSAGE, MESSAGE_PICK, "message-pick", 0, "V  Space",                                        \
      "Begin to choose several, to be copied up to where you go.")                                 \
    X(MESSAGE, MESSAGE_OPEN, "message-open", 0, "o",                                               \
      "Open its link or file; of several, choose one.")                                            \
    X(MESSAGE, MESSAGE_SAVE, "message-save", 0, "s", "Save its files.")                            \
    X(MESSAGE, MESSAGE_PRESS, "message-press", 0, "b", "Press one of its buttons.")                \
    X(MESSAGE, MESSAGE_COPY_LINK, "message-copy-link", 0, "l", "Copy its address, or its link.")   \
    X(MESSAGE, MESSAGE_EXPAND, "message-expand", 0, "Enter",                                       \
      "Show all of it, where it is shown short, or short again.")                                  \
    X(MESSAGE, MESSAGE_PIN, "message-pin", 0, "p",                                                 \
      "Pin it to the conversation, where the network can, or take the pin away.")                  \
    X(MESSAGE, MESSAGE_FLAG, "message-flag", 0, "f", "Flag it, to find it again in the inbox.")    \
    X(MESSAGE, MESSAGE_UNREAD, "message-unread", 0, "u", "Mark as unread from here on.")           \
    X(MESSAGE, MESSAGE_SOURCE, "message-source", 0, "v",                                           \
      "Show all of it, and what it said before.")                                                  \
    X(MESSAGE, MESSAGE_WHO, "message-who", 0, "w", "Show who sees it, and what became of it.")

#define LIST_ACTION_TABLE(X)                                                                       \
    X(LIST, LIST_UP, "list-up", 0, "k  Up", "Go up in the list.")                                  \
    X(LIST, LIST_DOWN, "list-down", 0, "j  Down", "Go down in the list.")                          \
    X(LIST, LIST_PAGE_UP, "list-page-up", 0, "PgUp", "Go up by a page.")                           \
    X(LIST, LIST_PAGE_DOWN, "list-page-down", 0, "PgDn", "Go down by a page.")                     \
    X(LIST, LIST_FIRST, "list-first", 0, "g  Home", "Go to the first line.")                       \
    X(LIST, LIST_LAST, "list-last", 0, "G  End", "Go to the last line.")                           \
    X(LIST, LIST_NEXT_UNREAD, "list-next-unread", 0, "n",                                          \
      "Go to the next line with something unread.")                                                \
    X(LIST, LIST_PREV_UNREAD, "list-previous-unread", 0, "N", "Go to the one before.")             \
    X(LIST, LIST_SHOW, "list-show", 0, "Enter",                                                    \
      "Show this buffer; on a group, fold or unfold it.")                                          \
    X(LIST, LIST_FOLD, "list-fold", 0, "h  Left  -",                                               \
      "Fold the group; on a buffer, go to its heading.")                                           \
    X(LIST, LIST_UNFOLD, "list-unfold", 0, "l  Right  +", "Unfold the group.")                     \
    X(LIST, LIST_TOGGLE, "list-toggle", 0, "Space", "Fold or unfold the group one is in.")         \
    X(LIST, LIST_FOLD_ALL, "list-fold-all", 0, "z", "Fold all groups, or unfold all.")             \
    X(LIST, LIST_FILTER, "list-filter", 0, "/", "List only what has the letters that you type.")   \
    X(LIST, LIST_PEEK, "list-peek", 0, "p", "Look at this buffer without marking it as read.")     \
    X(LIST, LIST_READ, "list-read", 0, "r", "Mark this buffer as read, or all of the group.")      \
    X(LIST, LIST_MUTE, "list-mute", 0, "m", "Mute this buffer, or take that back.")                \
    X(LIST, LIST_CLOSE, "list-close", 0, "c",                                                      \
      "Take this buffer off the list; twice for a channel.")                                       \
    X(LIST, LIST_CREATE, "list-create", 0, "a", "Make a channel in this space.")                   \
    X(LIST, LIST_BROWSE, "list-browse", 0, "b", "Look for a channel to join in this space.")       \
    X(LIST, LIST_EARLIER, "list-earlier", 0, "K", "Trade numbers with the buffer above.")          \
    X(LIST, LIST_LATER, "list-later", 0, "J", "Trade numbers with the buffer below.")

#define INBOX_ACTION_TABLE(X)                                                                      \
    X(INBOX, INBOX_UP, "inbox-up", 0, "k  Up", "Go up in the inbox.")                              \
    X(INBOX, INBOX_DOWN, "inbox-down", 0, "j  Down", "Go down in the inbox.")                      \
    X(INBOX, INBOX_PAGE_UP, "inbox-page-up", 0, "PgUp", "Go up by a page.")                        \
    X(INBOX, INBOX_PAGE_DOWN, "inbox-page-down", 0, "PgDn", "Go down by a page.")                  \
    X(INBOX, INBOX_FIRST, "inbox-first", 0, "g  Home", "Go to the first line.")                    \
    X(INBOX, INBOX_LAST, "inbox-last", 0, "G  End", "Go to the last line.")                        \
    X(INBOX, INBOX_OPEN, "inbox-open", 0, "Enter", "Show it where it was said.")                   \
    X(INBOX, INBOX_REPLY, "inbox-reply", 0, "r",                                                   \
      "Go there and answer it; what was not sent is sent again.")                                  \
    X(INBOX, INBOX_DONE, "inbox-done", 0, "e",                                                     \
      "Done: a conversation is marked as read, a flag taken away.")                                \
    X(INBOX, INBOX_ALL_DONE, "inbox-all-done", 0, "E",                                             \
      "Done with all that is listed; what is saved stays.")                                        \
    X(INBOX, INBOX_SNOOZE, "inbox-snooze", 0, "s", "Take it away for a while.")                    \
    X(INBOX, INBOX_UNDO, "inbox-undo", 0, "U", "Take back what was done last.")                    \
    X(INBOX, INBOX_DROP, "inbox-drop", 0, "x", "Give up what was not sent; twice.")                \
    X(INBOX, INBOX_NEXT, "inbox-next", 0, "Tab", "List only one kind; the next one.")              \
    X(INBOX, INBOX_PREV, "inbox-previous", 0, "Shift-Tab", "The kind before.")                     \
    X(INBOX, INBOX_FILTER, "inbox-filter", 0, "f  /",                                              \
      "List only what has the words that you type.")                                               \
    X(INBOX, INBOX_CLOSE, "inbox-close", 0, "q", "Close the inbox.")

enum action {
    ACTION_NONE,
#define X(id, name, digits, keys, help) ACTION_##id,
    ACTION_TABLE(X)
#undef X
#define X(context, id, name, digits, keys, help) ACTION_##id,
        CONTEXT_ACTION_TABLE(X)
#undef X
            ACTION_N
};

enum keymap_context {
#define X(id, name, heading) KEYMAP_##id,
    CONTEXT_TABLE(X)
#undef X
        KEYMAP_CONTEXT_N
};

const char *action_name(enum action action);
const char *action_help(enum action action);
/* Where it is at home: its default keys count there. */
enum keymap_context action_context(enum action action);
const char *keymap_context_name(enum keymap_context context);
const char *keymap_context_heading(enum keymap_context context);
/* ACTION_NONE for an unknown name and for "none". */
enum action action_from_name(const char *name);

struct keymap;

#define KEYMAP_MAX_KEYS 4

/* One sequence of keys, and what it calls in its context. */
struct keymap_binding {
    struct key keys[KEYMAP_MAX_KEYS];
    unsigned n;
    enum keymap_context context;
    enum action action;
    int number; /* what an action that takes digits gets without any; 0: it asks for them */
};

/* With the preset `weft`. */
struct keymap *keymap_new(void);
void keymap_free(struct keymap *keymap);

/* Their names, the default one first, NULL at the end. */
extern const char *const keymap_presets[];
/* Starts anew with this preset's keys: own bindings come after. BAD_INPUT with the nearest name. */
bool keymap_use_preset(struct keymap *keymap, const char *name, GError **error);

/* Gives the key sequence `keys` ("Alt-x", "Ctrl-c x") to an action where that is at home, or in the
 * context that is named ("list.next-buffer"), taking it from the one that had it there; the
 * action's other keys stay. Action "none" unbinds: everywhere, or in the context named. "buffer-12"
 * goes to that buffer, for every number. Errors: BAD_INPUT (unknown action with the nearest name,
 * unknown key, a sequence that is the beginning of another of its context or goes on after one,
 * longer than 4 keys). */
bool keymap_bind(struct keymap *keymap, const char *action, const char *keys, GError **error);

/* What keymap_bind() would say of the action alone. */
bool keymap_check_action(const char *action, GError **error);

/* The key sequences of an action where it is at home, for help: "Alt-a, Ctrl-x"; "" when there is
 * none. Free with g_free(). */
char *keymap_keys(const struct keymap *keymap, enum action action);
/* The first of them, for a hint: "Alt-a". */
char *keymap_first_key(const struct keymap *keymap, enum action action);

/* All bindings, in the order in which they were made. */
size_t keymap_n_bindings(const struct keymap *keymap);
const struct keymap_binding *keymap_binding(const struct keymap *keymap, size_t i);
/* "Ctrl-c Enter". g_free(). */
char *keymap_format(const struct key *keys, unsigned n);
/* As the configuration writes it: "list.next-unread", "buffer-12". g_free(). */
char *keymap_binding_name(const struct keymap_binding *binding);

/* What a sequence calls in a context, by its own bindings or those of main; NULL: nothing.
 * BAD_INPUT for what is no sequence of keys. */
const struct keymap_binding *keymap_find(const struct keymap *keymap, enum keymap_context context,
                                         const char *keys, GError **error);

/* What differs from one to the other, a line for each action: "search: Ctrl-f → Ctrl-c f". "" when
 * nothing does. g_free(). */
char *keymap_difference(const struct keymap *from, const struct keymap *to);

enum keymap_result {
    KEYMAP_UNBOUND, /* not bound: insert it when key_is_text(), else ignore it */
    KEYMAP_PENDING, /* the beginning of a sequence: show keymap_pending() */
    KEYMAP_ACTION,
    KEYMAP_DROPPED /* it ended a sequence that means nothing; ignore it */
};

/* One key, in the context that has the keys now. `ret_number` is the digits typed for an action
 * that takes them, else 0. A sequence with digits ends with its last digit, or earlier with Enter.
 * Esc drops a sequence. */
enum keymap_result keymap_feed(struct keymap *keymap, enum keymap_context context, struct key key,
                               enum action *ret_action, int *ret_number);

/* The keys typed so far of a sequence ("Alt-j 1"), "" when none is under way. Valid until the next
 * call. */
const char *keymap_pending(const struct keymap *keymap);
/* The keys that may follow them there: each once, with what it calls, or ACTION_NONE when more keys
 * follow. None while digits are typed. */
void keymap_each_next(const struct keymap *keymap, enum keymap_context context,
                      void (*fn)(void *user, const char *key, enum action action), void *user);
void keymap_reset(struct keymap *keymap);

#endif
