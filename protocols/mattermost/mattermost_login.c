/* Login: by a token that was given, or by user and password, with a second factor (section 1). */
#include <string.h>

#include "base/redact.h"
#include "protocols/mattermost/mattermost_priv.h"

#define ASK_US     (120 * G_USEC_PER_SEC)
#define SOCKET_US  (40 * G_USEC_PER_SEC)
#define MFA_NEEDED "mfa.validate_token.authenticate.app_error"
#define MFA_WRONG  "api.user.check_user_mfa.bad_code.app_error"

static void
keep_token(struct mm *mm, const char *token, bool own)
{
    if (g_strcmp0(mm->token, token) == 0)
        return;
    mmost_forget_token(mm);
    mm->token = g_strdup(token);
    mm->own_token = own;
    redact_add(mm->token);
}

void
mmost_forget_token(struct mm *mm)
{
    if (mm->token)
        redact_forget(mm->token);
    redact_wipe_free(g_steal_pointer(&mm->token));
    mm->own_token = false;
}

/* --- who we are
 * ------------------------------------------------------------------------------------- */

static void
take_self(struct mm *mm, const json_t *user)
{
    const char *id = json_get_text(user, "id"), *name = json_get_text(user, "username");
    const json_t *props = json_get_object(user, "notify_props");

    if (!mmost_is_id(id) || !*name) {
        mmost_fail(mm,
                   g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                               "The server did not say who we are: is it a Mattermost server?"));
        return;
    }
    if (g_strcmp0(mm->self_id, id) != 0) {
        /* Another person's world. */
        mm->known = false;
        g_clear_pointer(&mm->connection_id, g_free);
    }
    g_free(mm->self_id);
    mm->self_id = g_strdup(id);
    g_free(mm->self_name);
    mm->self_name = g_strdup(name);
    g_free(mm->mention_keys);
    mm->mention_keys = g_strdup(json_get_text(props, "mention_keys"));
    mmost_user_put(mm, user);
    const struct event event = {.type = EVENT_SELF,
                                .self = {.id = mm->self_id,
                                         .name = mm->self_name,
                                         .server_name = mm->site ? mm->site : mm->config.host,
                                         .insecure = !mm->config.secure}};
    host_emit(mm->host, &event);
    mmost_set_phase(mm, MM_SOCKET, SOCKET_US);
    mmost_ws_open(mm);
}

static void
on_self(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    if (!error) {
        take_self(mm, answer->json);
    } else if (answer->status == 404) {
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                   "There is no Mattermost at this address (%s). Check the option "
                                   "server.",
                                   mm->config.base));
    } else {
        mmost_fail(mm, g_error_copy(error));
    }
}

static void
ask_self(struct mm *mm)
{
    host_state(mm->host, ACCOUNT_LOGIN);
    mmost_call(mm, "GET", NULL, on_self, "/users/me");
}

/* --- by password
 * ------------------------------------------------------------------------------------ */

static void login(struct mm *mm, const char *code);

static void
on_code(void *user, const char *code, const GError *error)
{
    struct mm *mm = user;

    if (mm->phase != MM_LOGIN || mm->dying)
        return;
    if (!code || !*code) {
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                                   "The server wants a code of your second factor, and none was "
                                   "given. /reconnect asks again."));
        return;
    }
    g_autofree char *digits = g_strdup(code);
    login(mm, g_strstrip(digits));
    redact_wipe(digits, strlen(digits));
}

static void
login_refused(struct mm *mm, const struct mmost_answer *answer, const GError *error)
{
    if (strcmp(answer->id, MFA_NEEDED) == 0) {
        mm->host->ops->ask(mm->host, "The code of your second factor", true, ASK_US, on_code, mm);
        return;
    }
    redact_wipe_free(g_steal_pointer(&mm->password));
    const char *hint = strcmp(answer->id, MFA_WRONG) == 0
                           ? "Each code works once: wait for the next one, then /reconnect."
                       : strstr(answer->id, "_sso")
                           ? "Where the server has single sign-on, set token instead of a password."
                           : "Check user and password, then /reconnect.";
    const int code =
        answer->status == 401 || answer->status == 400 ? WEFT_ERROR_AUTH : error_code(error);
    if (code == WEFT_ERROR_RATE_LIMITED)
        mmost_fail(mm, g_error_copy(error));
    else
        mmost_fail(mm, g_error_new(WEFT_ERROR, code, "%s %s", error->message,
                                   code == WEFT_ERROR_AUTH ? hint : "weft tries again."));
}

static void
on_login(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    if (error) {
        if (answer->status != 0)
            login_refused(mm, answer, error);
        else
            mmost_fail(mm, g_error_copy(error));
        return;
    }
    const char *token = http_answer_header(answer->http, "token");
    if (!token || !*token || strpbrk(token, " \r\n")) {
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                                   "The server let us in, but gave no token."));
        return;
    }
    redact_wipe_free(g_steal_pointer(&mm->password));
    keep_token(mm, token, true);
    take_self(mm, answer->json);
}

static void
login(struct mm *mm, const char *code)
{
    json_t *body = json_object();

    json_put_text(body, "login_id", mm->config.user);
    json_put_text(body, "password", mm->password);
    json_put_text(body, "token", code);
    json_put_text(body, "device_id", "");
    host_state(mm->host, ACCOUNT_LOGIN);
    mmost_call(mm, "POST", body, on_login, "/users/login")->bare = true;
}

static void
on_secret(struct mm *mm, const char *value, const GError *error, bool token)
{
    if (mm->phase != MM_LOGIN || mm->dying)
        return;
    if (!value || !*value) {
        mmost_fail(mm, error ? g_error_copy(error)
                             : g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH, "The %s is empty.",
                                           token ? "token" : "password"));
    } else if (token && strpbrk(value, " \t\r\n")) {
        mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                                   "The token has a blank or a line end in it: copy it again."));
    } else if (token) {
        keep_token(mm, value, false);
        ask_self(mm);
    } else {
        redact_wipe_free(mm->password);
        mm->password = g_strdup(value);
        login(mm, "");
    }
}

static void
on_token(void *user, const char *value, const GError *error)
{
    on_secret(user, value, error, true);
}

static void
on_password(void *user, const char *value, const GError *error)
{
    on_secret(user, value, error, false);
}

void
mmost_login_begin(struct mm *mm)
{
    if (mm->token && mm->own_token)
        ask_self(mm);
    else if (secret_configured(mm->options, "token"))
        mm->host->ops->secret(mm->host, "token", on_token, mm);
    else
        mm->host->ops->secret(mm->host, "password", on_password, mm);
}
