/* weft without a screen, as a process of its own, so that it can be killed: core, the real store,
 * driver and sockets, on the profile of WEFT_HOME.
 *
 * It reads lines "BUFFER<tab>WHAT IS TYPED" and writes a line "shown TEXT" for every message that a
 * screen would have shown by then. Ends with its input. As someone who sits there would, it does
 * not wait for the back-off: it connects again a moment after a loss. */
#include <string.h>

#include "core/bus.h"
#include "tests/conformance/person.h"
#include "tests/soak/puppet.h"

#define IMPATIENCE_US (50 * 1000)

static void
connect_again(void *user)
{
    struct person *person = user;
    const struct account *account = core_account_by_name(person->core, "home");

    if (account->state == ACCOUNT_WAITING)
        core_connect(person->core, account->id, NULL);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct person *person = user;

    if (notice->type == NOTICE_ACCOUNT)
        clock_timer_add(person->clock, IMPATIENCE_US, connect_again, person);
    if ((notice->type == NOTICE_MESSAGE || notice->type == NOTICE_MESSAGE_CHANGED) &&
        !(notice->message->flags & MESSAGE_NOT_STORED))
        puppet_tell("shown %s", notice->message->body->text);
}

static void
take_line(char *line, void *user)
{
    struct person *person = user;
    char *text = strchr(line, '\t');
    const struct buffer *buffer;

    g_assert_nonnull(text);
    *text++ = '\0';
    buffer = person_buffer(person, line);
    /* What is refused stays in the editor of a person: it was never said. */
    if (buffer)
        core_input(person->core, buffer->id, text, NULL);
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
