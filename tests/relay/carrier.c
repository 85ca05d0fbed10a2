/* weft as a relay, without a screen, as a process of its own, so that it can be killed: on the
 * profile of WEFT_HOME. To a line "tell" it says how each leg does, and "end"; to "arm" nothing
 * (kill_point.h). Ends with its input.
 * It does not wait for the back-off after a loss: the tests would. */
#include <string.h>

#include "core/bus.h"
#include "core/relaying.h"
#include "tests/relay/bridge.h"
#include "tests/relay/kill_point.h"
#include "tests/soak/puppet.h"

#define IMPATIENCE_US (50 * 1000)

static void
connect_again(void *user)
{
    struct bridge *bridge = user;
    const GPtrArray *accounts = core_accounts(bridge->core);

    for (unsigned i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (account->state == ACCOUNT_WAITING)
            core_connect(bridge->core, account->id, NULL);
    }
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct bridge *bridge = user;

    if (notice->type == NOTICE_ACCOUNT)
        clock_timer_add(bridge->clock, IMPATIENCE_US, connect_again, bridge);
}

static void
take_line(char *line, void *user)
{
    struct bridge *bridge = user;
    const struct core_relay *relay = core_relay(bridge->core);

    if (strcmp(line, "arm") == 0) {
        kill_arm();
        return;
    }
    g_assert_cmpstr(line, ==, "tell");
    g_autoptr(GPtrArray) legs = relay->legs(relay->user);
    for (unsigned i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        puppet_tell("%s\t%s\t%d\t%u\t%u\t%u\t%s", leg->gateway, leg->address, (int)leg->state,
                    leg->waiting, leg->unknown, leg->given_up, leg->error ? leg->error : "");
    }
    puppet_tell("end");
}

int
main(void)
{
    struct bridge *bridge = bridge_here();

    bridge_start(bridge);
    bus_subscribe(core_bus(bridge->core), on_notice, bridge);
    puppet_main("carrier.log", take_line, bridge);
    bridge_free(bridge);
    return 0;
}
