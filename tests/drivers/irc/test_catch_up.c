#include "tests/drivers/irc/transcript.h"

void
test_catch_up_add(void)
{
}
