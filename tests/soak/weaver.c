/* weft without a screen, as a process of its own, so that it can be killed: core, the real store,
 * driver and sockets, on the profile of WEFT_HOME.
 *
 * It reads orders "BUFFER<tab>VERB<tab>WORD<tab>TEXT": to say the TEXT, or to do something to the
 * message that begins with the WORD. It writes a line "shown ID TEXT" for every message that a
 * screen would have shown by then (ID: the network's, or "-"), "known ID TEXT" for one that
 * something is done to, and "kept - TEXT" for a change that is on the disk to be made. Ends with
 * its input. As someone who sits there would, it does not wait for the back-off: it connects again
 * a moment after a loss. */
#include <string.h>

#include "core/bus.h"
#include "core/edit.h"
#include "tests/conformance/person.h"
#include "tests/soak/puppet.h"

#define IMPATIENCE_US (50 * 1000)
#define LOOKED_BACK   300 /* messages */

static void
connect_again(void *user)
{
    struct person *person = user;
    const struct account *account = core_account_by_name(person->core, "home");

    if (account->state == ACCOUNT_WAITING)
        core_connect(person->core, account->id, NULL);
}

static void
tell(const char *what, const struct message *message)
{
    puppet_tell("%s %s %s", what, message->remote_id ? message->remote_id : "-",
                message->body->text);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct person *person = user;

    if (notice->type == NOTICE_ACCOUNT)
        clock_timer_add(person->clock, IMPATIENCE_US, connect_again, person);
    if ((notice->type != NOTICE_MESSAGE && notice->type != NOTICE_MESSAGE_CHANGED) ||
        (notice->message->flags & MESSAGE_NOT_STORED))
        return;
    tell("shown", notice->message);
    if (notice->message->flags & MESSAGE_CHANGING) {
        g_autofree char *text = core_edit_source(person->core, notice->message);
        puppet_tell("kept - %s", text);
    }
}

/* The newest that begins with this word; NULL: none. Unref. */
static struct message *
find(struct person *person, const struct buffer *buffer, const char *word)
{
    g_autoptr(GPtrArray) messages = store_load_newest(person->store, buffer->id, LOOKED_BACK);
    const size_t len = strlen(word);

    for (guint i = messages->len; i-- > 0;) {
        struct message *message = messages->pdata[i];
        const char *text = message->body->text;
        if (strncmp(text, word, len) == 0 && (text[len] == ' ' || text[len] == '\0'))
            return message_ref(message);
    }
    return NULL;
}

/* What is refused stays in the editor of a person: it was never said, or done. */
static void
act(struct person *person, struct message *message, const char *verb, const char *text)
{
    tell("known", message);
    if (strcmp(verb, "answer") == 0 && core_can_reply(person->core, message))
        core_reply(person->core, message->id, text, NULL);
    if (strcmp(verb, "change") == 0)
        core_edit(person->core, message->id, text, NULL);
    if (strcmp(verb, "delete") == 0)
        core_delete(person->core, message->id, NULL);
    if (strcmp(verb, "react") == 0 || strcmp(verb, "unreact") == 0)
        core_react(person->core, message->id, text, *verb == 'r', NULL);
}

static void
take_line(char *line, void *user)
{
    struct person *person = user;
    g_auto(GStrv) words = g_strsplit(line, "\t", 4);
    const struct buffer *buffer;
    struct message *message;

    g_assert_cmpuint(g_strv_length(words), ==, 4);
    buffer = person_buffer(person, words[0]);
    if (!buffer)
        return;
    if (strcmp(words[1], "say") == 0) {
        core_input(person->core, buffer->id, words[3], NULL);
        return;
    }
    message = find(person, buffer, words[2]);
    if (message)
        act(person, message, words[1], words[3]);
    message_unref(message);
}

int
main(void)
{
    struct person *person = person_here();

    person_start(person);
    bus_subscribe(core_bus(person->core), on_notice, person);
    puppet_main("weaver.log", take_line, person);
    person_free(person);
    return 0;
}
