/* Login by NickServ, for networks without SASL (section 1.3): the password is told after the
 * greeting, and channels wait for the answer, at most ten seconds. */
#include <string.h>

#include "base/redact.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

#define SERVICE "NickServ"
#define WAIT_US (10 * G_USEC_PER_SEC)

static void
end_wait(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->net.nickserv_timer);
    irc->net.nickserv_timer = 0;
}

static void
go_on(struct irc *irc)
{
    end_wait(irc);
    irc_come_in(irc);
}

static void
on_timer(void *user)
{
    struct irc *irc = user;

    irc->net.nickserv_timer = 0;
    irc_say(irc, NULL,
            SERVICE " has not confirmed the login in 10 seconds. weft joins the channels without.");
    irc_come_in(irc);
    irc_flush(irc);
}

bool
irc_nickserv_waits(const struct irc *irc)
{
    return irc->net.nickserv_timer != 0;
}

/* SASL was not to be, or could not be. */
static bool
is_due(const struct irc *irc)
{
    return irc->password && !irc->logged_in &&
           (irc->config.nickserv || irc->config.sasl_off || !irc_has(irc, "sasl"));
}

static bool
can_tell(struct irc *irc)
{
    if (!irc->secure && !irc->config.loopback)
        irc_say(irc, NULL,
                "The password is not told to " SERVICE
                ": the connection is not protected. Set tls = on.");
    else if (strchr(irc->password, ' ') || *irc->password == '\0')
        irc_say(irc, NULL, SERVICE " takes no password with blanks; weft has told it nothing.");
    else
        return true;
    return false;
}

bool
irc_nickserv_begin(struct irc *irc)
{
    if (!is_due(irc) || !can_tell(irc))
        return false;
    char *text = g_strdup_printf("IDENTIFY %s %s", irc->config.sasl_user, irc->password);
    irc_out(irc, IRC_URGENT, 0, "PRIVMSG", SERVICE, text, NULL);
    redact_wipe_free(text);
    irc->net.nickserv_timer = clock_timer_add(irc->host->clock, WAIT_US, on_timer, irc);
    return true;
}

void
irc_nickserv_confirmed(struct irc *irc)
{
    if (!irc_nickserv_waits(irc))
        return;
    irc->logged_in = true;
    go_on(irc);
}

static void
refused(struct irc *irc, const char *why)
{
    if (!irc->config.sasl_required) {
        irc_say(irc, NULL, SERVICE " refused the login: %s", why);
        go_on(irc);
        return;
    }
    end_wait(irc);
    irc_forget_passwords(irc);
    irc_fail(irc, g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                              SERVICE " refused the login as \"%s\": %s The account requires a "
                                      "login; sasl_required = no goes on without.",
                              irc->config.sasl_user, why));
}

static bool
has_any(const char *text, const char *const *words)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);

    for (; *words; words++) {
        if (strstr(lower, *words))
            return true;
    }
    return false;
}

static void
on_notice(struct irc *irc, const char *text)
{
    /* "This nick is registered, please identify" is neither. */
    static const char *const bad[] = {"incorrect",      "invalid",          "wrong",
                                      "not registered", "isn't registered", "failed",
                                      "denied",         "unknown command",  NULL};
    static const char *const good[] = {"you are now identified",
                                       "you are now logged in",
                                       "password accepted",
                                       "you are already",
                                       "now recognized",
                                       "successfully identified",
                                       NULL};

    if (has_any(text, bad))
        refused(irc, text);
    else if (has_any(text, good))
        irc_nickserv_confirmed(irc);
}

bool
irc_nickserv_takes(struct irc *irc, const struct irc_context *context, bool notice)
{
    const char *target = irc_line_param(context->line, 0);
    const char *text = irc_line_param(context->line, 1);

    /* The echo of what we have told. */
    if (context->own && !context->replayed && !notice && irc->password &&
        g_ascii_strcasecmp(target, SERVICE) == 0 && g_str_has_prefix(text, "IDENTIFY ") &&
        strstr(text, irc->password))
        return true;
    if (notice && irc_nickserv_waits(irc) && irc_is_us(irc, target) &&
        g_ascii_strcasecmp(context->nick, SERVICE) == 0) {
        g_autofree char *plain = irc_text_plain(text);
        on_notice(irc, plain);
    }
    return false;
}

bool
irc_nickserv_absent(struct irc *irc, const struct irc_line *line)
{
    if (g_ascii_strcasecmp(irc_line_param(line, 1), SERVICE) != 0)
        return false;
    if (irc_nickserv_waits(irc)) {
        refused(irc, "there is none here.");
        return true;
    }
    bool asked = irc->net.regain_asked;
    irc->net.regain_asked = false;
    return asked;
}

void
irc_nickserv_modes(struct irc *irc, const char *modes)
{
    bool on = true;

    for (; *modes && *modes != ' '; modes++) {
        if (*modes == '+' || *modes == '-')
            on = *modes == '+';
        else if (*modes == 'r' && on)
            irc_nickserv_confirmed(irc);
    }
}

void
irc_nickserv_reset(struct irc *irc)
{
    end_wait(irc);
    irc->net.regain_asked = false;
}
