#include "tests/drivers/irc/transcript.h"

void
test_talk_add(void)
{
}
