#include "tests/drivers/irc/transcript.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_register_add();
    test_login_add();
    test_sts_add();
    test_presence_add();
    test_commands_add();
    test_talk_add();
    test_relay_add();
    test_bouncer_add();
    test_people_add();
    test_catch_up_add();
    test_hostile_add();
    test_sequences_add();
    test_threats_add();
    test_tags_add();
    test_deeds_add();
    test_multiline_add();
    test_playback_add();
    test_ctcp_add();
    return g_test_run();
}
