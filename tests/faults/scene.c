#include "tests/faults/scene.h"

#include <string.h>

#include "tests/support/loop.h"

#define DEADLINE_MS 120000 /* a hundred megabytes come in one of the tests */

void
fault_begin(struct fault *fault, const struct irc_server_options *options, const struct certs *tls,
            const char *section)
{
    struct irc_peer_options peer = {.nick = "maria"};
    g_autofree char *secure = tls ? g_strdup_printf("tls_ca = %s\n", tls->ca) : NULL;
    g_autofree char *lines = NULL;
    g_autoptr(GError) error = NULL;

    *fault = (struct fault){.server = irc_server_start(options)};
    fault->proxy =
        proxy_start(tls ? irc_server_tls_port(fault->server) : irc_server_port(fault->server), 1);
    peer.port = irc_server_port(fault->server);
    fault->maria = irc_peer_new(&peer, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(fault->maria, "#lab"));
    fault->person = person_new();
    lines = g_strdup_printf("server = localhost:%u\n%snick = kai\nflood_control = off\n"
                            "join = #lab\n%s",
                            proxy_port(fault->proxy), tls ? secure : "tls = off\n",
                            section ? section : "");
    person_configure(fault->person, "irc", lines);
    person_start(fault->person);
    person_wait_state(fault->person, ACCOUNT_ONLINE);
    person_wait_joined(fault->person, "#lab");
}

void
fault_end(struct fault *fault)
{
    person_free(fault->person);
    irc_peer_free(fault->maria);
    proxy_stop(fault->proxy);
    irc_server_stop(fault->server);
}

void
fault_say(struct fault *fault, unsigned n)
{
    while (n-- > 0)
        irc_peer_send(fault->maria, "PRIVMSG #lab :m%05u", fault->heard++);
    g_assert_true(irc_peer_sync(fault->maria));
}

void
fault_type(struct fault *fault, unsigned n)
{
    while (n-- > 0) {
        g_autofree char *text = g_strdup_printf("t%05u", fault->typed++);
        person_types(fault->person, "#lab", text);
    }
}

void
fault_hurry(struct fault *fault)
{
    const struct account *account = core_account_by_name(fault->person->core, "home");

    if (account->state == ACCOUNT_WAITING)
        core_connect(fault->person->core, account->id, NULL);
}

static GPtrArray *
load(const struct fault *fault)
{
    return store_load_newest(fault->person->store, person_buffer(fault->person, "#lab")->id,
                             1000000);
}

static bool
is_whole(void *user)
{
    struct fault *fault = user;
    g_autoptr(GPtrArray) messages = load(fault);
    unsigned heard = 0, typed = 0;

    fault_hurry(fault);
    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        if (message->kind != MESSAGE_TEXT)
            continue;
        heard += *message->body->text == 'm';
        typed += *message->body->text == 't' && message->state == MESSAGE_SENT;
    }
    return heard >= fault->heard && typed >= fault->typed;
}

void
fault_check(struct fault *fault)
{
    unsigned heard = 0, typed = 0;

    if (!loop_until(is_whole, fault, DEADLINE_MS))
        g_printerr("after %d ms not all is there\n", DEADLINE_MS);
    g_autoptr(GPtrArray) messages = load(fault);
    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = messages->pdata[i];
        const char *text = message->body->text;
        if (message->kind != MESSAGE_TEXT || (*text != 'm' && *text != 't'))
            continue;
        /* Which is next: so none is missing, doubled or out of order. */
        g_autofree char *next = g_strdup_printf("%c%05u", *text, *text == 'm' ? heard++ : typed++);
        g_assert_cmpstr(text, ==, next);
        if (*text == 't')
            g_assert_cmpuint(irc_server_count_said(fault->server, "#lab", text), ==, 1);
    }
    g_assert_cmpuint(heard, ==, fault->heard);
    g_assert_cmpuint(typed, ==, fault->typed);
    g_assert_cmpuint(person_gaps(fault->person, "#lab"), ==, 0);
}
