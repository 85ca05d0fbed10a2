#include "daemon/legs.h"

GPtrArray *
legs_of(struct core *core)
{
    const struct core_relay *relay = core_relay(core);

    return relay ? relay->legs(relay->user)
                 : g_ptr_array_new_with_free_func((GDestroyNotify)relay_leg_free);
}

const char *
leg_direction_name(enum relay_direction direction)
{
    return direction == RELAY_IN ? "in" : direction == RELAY_OUT ? "out" : "inout";
}

const char *
leg_state_name(enum relay_state state)
{
    switch (state) {
    case RELAY_RUNS:
        return "runs";
    case RELAY_PAUSED:
        return "paused";
    case RELAY_TRIPPED:
        return "tripped";
    case RELAY_WAITS:
        return "waits";
    case RELAY_OFF:
        return "off";
    case RELAY_REFUSED:
        return "refused";
    }
    return "waits";
}
