#include "net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define BACKLOG         16
#define PATH_MOST_BYTES sizeof(((struct sockaddr_un *)NULL)->sun_path)

/* `ret_folder` is to be closed when the address has been used; -1: none. */
static GSocketAddress *
address_of(const char *path, int *ret_folder, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);

    *ret_folder = -1;
    if (path[0] == '@')
        return g_unix_socket_address_new_with_type(path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
    if (strlen(path) < PATH_MOST_BYTES)
        return g_unix_socket_address_new(path);
    *ret_folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_folder < 0) {
        g_set_error(error, WEFT_ERROR, errno == ENOENT ? WEFT_ERROR_NOT_FOUND : WEFT_ERROR_DISK,
                    "The folder %s cannot be entered: %s.", folder, g_strerror(errno));
        return NULL;
    }
    g_autofree char *through = g_strdup_printf("/proc/self/fd/%d/%s", *ret_folder, name);
    if (strlen(through) < PATH_MOST_BYTES)
        return g_unix_socket_address_new(through);
    close(*ret_folder);
    *ret_folder = -1;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "The name of the socket %s is too long.",
                path);
    return NULL;
}

static GSocket *
new_socket(GSocketType type, GError **error)
{
    GSocket *socket = g_socket_new(G_SOCKET_FAMILY_UNIX, type, G_SOCKET_PROTOCOL_DEFAULT, error);

    if (socket)
        g_socket_set_blocking(socket, FALSE);
    return socket;
}

static enum weft_error
code_of(const GError *why)
{
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return WEFT_ERROR_NOT_FOUND;
    return g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ? WEFT_ERROR_REFUSED
                                                                           : WEFT_ERROR_IO;
}

GSocket *
local_connect(const char *path, GError **error)
{
    g_autoptr(GError) why = NULL;
    int folder = -1;
    g_autoptr(GSocketAddress) address = address_of(path, &folder, error);
    g_autoptr(GSocket) socket = address ? new_socket(G_SOCKET_TYPE_STREAM, error) : NULL;
    bool is_connected = socket && g_socket_connect(socket, address, NULL, &why);

    if (folder >= 0)
        close(folder);
    if (is_connected)
        return g_steal_pointer(&socket);
    if (why)
        g_set_error(error, WEFT_ERROR, code_of(why), "Nobody answers at %s: %s.", path,
                    why->message);
    return NULL;
}

/* The folder is this user's alone. */
static bool
make_own_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    struct stat st;

    if (!file_make_private_dir(folder, error))
        return false;
    if (stat(folder, &st) == 0 && st.st_uid == geteuid() &&
        ((st.st_mode & 077) == 0 || chmod(folder, 0700) == 0))
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                "The folder %s is not this user's alone: no socket is made in it.", folder);
    return false;
}

/* What lies in the way, when it is a socket that a weft has left behind. */
static bool
clear_way(const char *path, GError **error)
{
    struct stat st;
    g_autoptr(GError) why = NULL;

    if (lstat(path, &st) != 0)
        return true;
    if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid()) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "%s is in the way, and it is no socket of this user's. Move it away.", path);
        return false;
    }
    g_autoptr(GSocket) other = local_connect(path, &why);
    if (other || !error_is(why, WEFT_ERROR_REFUSED)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "Another program listens at %s already.", path);
        return false;
    }
    unlink(path);
    return true;
}

GSocket *
local_listen(const char *path, GError **error)
{
    g_autoptr(GError) why = NULL;
    int folder = -1;

    if (!make_own_folder(path, error) || !clear_way(path, error))
        return NULL;
    g_autoptr(GSocketAddress) address = address_of(path, &folder, error);
    g_autoptr(GSocket) socket = address ? new_socket(G_SOCKET_TYPE_STREAM, error) : NULL;
    bool listens = false;

    if (socket) {
        g_socket_set_listen_backlog(socket, BACKLOG);
        /* The file takes these rights over when it is made. */
        listens = fchmod(g_socket_get_fd(socket), 0600) == 0 &&
                  g_socket_bind(socket, address, FALSE, &why) && g_socket_listen(socket, &why);
    }
    if (folder >= 0)
        close(folder);
    if (listens)
        return g_steal_pointer(&socket);
    if (socket)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO, "weft cannot listen at %s: %s.", path,
                    why ? why->message : g_strerror(errno));
    return NULL;
}

bool
local_is_own(GSocket *socket)
{
    g_autoptr(GCredentials) peer = g_socket_get_credentials(socket, NULL);

    return peer && g_credentials_get_unix_user(peer, NULL) == geteuid();
}

bool
local_send(const char *path, const char *text, GError **error)
{
    int folder = -1;
    g_autoptr(GSocketAddress) address = address_of(path, &folder, error);
    g_autoptr(GSocket) socket = address ? new_socket(G_SOCKET_TYPE_DATAGRAM, error) : NULL;
    bool sent = socket && g_socket_send_to(socket, address, text, strlen(text), NULL, error) >= 0;

    if (folder >= 0)
        close(folder);
    return sent;
}
