#include "tests/drivers/irc/transcript.h"

void
test_people_add(void)
{
}
