#include "tests/drivers/irc/transcript.h"

void
test_hostile_add(void)
{
}
