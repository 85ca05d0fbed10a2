/* What the files of `weft ctl` share: ctl.c (the connection), ctl_args.c (the command line),
 * ctl_print.c (answers for people). */
#ifndef WEFT_DAEMON_CTL_PRIV_H
#define WEFT_DAEMON_CTL_PRIV_H

#include "daemon/ctl.h"
#include "json/json.h"

#define CTL_TEXT_MAX_BYTES (60 * 1024)
#define CTL_TIMEOUT_US     (60 * (int64_t)G_USEC_PER_SEC)

enum ctl_view {
    CTL_VIEW_NOTHING, /* done is done */
    CTL_VIEW_TEXT,    /* "text", as it is */
    CTL_VIEW_CHANGE,  /* likewise; and how it is done, when it is not "done" */
    CTL_VIEW_HTML,    /* "html", byte by byte */
    CTL_VIEW_SENT,
    CTL_VIEW_TAIL,
    CTL_VIEW_ACCOUNTS,
    CTL_VIEW_BUFFERS,
    CTL_VIEW_HITS,
    CTL_VIEW_MESSAGE,
    CTL_VIEW_LEGS,
    CTL_VIEW_HELLO,
};

struct ctl_command {
    json_t *request; /* without "id" */
    enum ctl_view view;
    bool json;
    int64_t timeout_us; /* 0: as long as it takes */
};

/* False and `error`: CTL_USAGE; `ret_input` is set where standard input is the text. */
bool
ctl_args_read(struct ctl_command *command, int argc, char **argv, bool *ret_input, GError **error);
void ctl_args_clear(struct ctl_command *command);

/* What a person reads of an answer, or of one message of a tail; may be "". */
void ctl_print(GString *out, enum ctl_view view, const json_t *answer);

#endif
