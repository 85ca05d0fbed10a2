/* The scripted IRC server as a program of its own, for clients that are not C: prints its port,
 * serves until its input ends, then prints what clients did against the rules. */
#include <stdio.h>

#include "tests/sandbox/irc_server.h"

int
main(void)
{
    struct irc_server *server = irc_server_start(NULL);

    irc_server_add_account(server, "kai", "weaving-needs-two-hands");
    for (int i = 0; i < 30; i++) {
        g_autofree char *text = g_strdup_printf("old line %d", i);
        irc_server_add_history(server, "#archive", "maria", text,
                               g_get_real_time() - (int64_t)(60 - i) * 60 * G_USEC_PER_SEC);
    }
    printf("%d\n", irc_server_port(server));
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    g_autofree char *complaints = irc_server_complaints(server);
    fputs(complaints, stdout);
    irc_server_stop(server);
    return 0;
}
