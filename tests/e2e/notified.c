/* A service manager's ear: binds a datagram socket, says "ready", and prints what it is told, a
 * line each, until its input ends. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct pollfd wait[2] = {{.fd = socket(AF_UNIX, SOCK_DGRAM, 0), .events = POLLIN},
                             {.fd = STDIN_FILENO, .events = POLLIN}};
    char text[512];

    if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
        return 2;
    memcpy(address.sun_path, argv[1], strlen(argv[1]));
    if (bind(wait[0].fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return 1;
    puts("ready");
    fflush(stdout);
    while (poll(wait, 2, -1) >= 0 || wait[0].revents) {
        if (wait[0].revents & POLLIN) {
            const ssize_t got = recv(wait[0].fd, text, sizeof text - 1, 0);
            text[got > 0 ? got : 0] = '\0';
            for (char *c = text; *c; c++)
                if (*c == '\n')
                    *c = ' ';
            puts(text);
            fflush(stdout);
        }
        if (wait[1].revents && read(STDIN_FILENO, text, sizeof text) <= 0)
            return 0;
    }
    return 1;
}
