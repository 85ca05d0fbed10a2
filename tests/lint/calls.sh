#!/bin/sh
# Functions that have no place here, each for its reason.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# banned NAME REGEX FILES-PATTERN [EXCEPT-PATTERN]
banned() {
    sources | grep -E "$3" | grep -vE "${4:-^$}" |
        (cd "$srcdir" && xargs -r grep -nHE "(^|[^A-Za-z0-9_>.])($2)[ ]*\\(") |
        grep -vE '^[^:]*:[0-9]+:[ \t]*(/?\*|//)' >"$scratch/found" || true
    tap "$1" "$scratch/found"
}
banned "no unbounded strings" 'strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|g_alloca|strncpy' '.'
# sscanf takes blanks, signs and too large numbers without a word.
banned "no numbers read without errors" 'atoi|atol|atoll|atof|sscanf|fscanf|scanf' '^(src|ui|protocols)/'
banned "threat 38: no shell" 'system|popen|g_spawn_command_line_(a)?sync|g_app_info_create_from_commandline' '.'
# A configured command, with at most one foreign word behind it; and openssl, with words that weft alone chose.
banned "threat 38: two places start programs" \
    'g_spawn_[a-z_]*|g_subprocess_new[a-z]*|g_subprocess_launcher_[a-z_]*|exec[lv][pe]*|execve|fork|vfork|posix_spawnp?' \
    '^(src|ui|protocols)/' '^src/base/child\.c$|^protocols/irc/irc_cert\.c$'
banned "threat 39: nothing is opened but by a program that is handed a link" \
    'g_app_info_launch[a-z_]*|gtk_show_uri[a-z_]*|g_desktop_app_info_[a-z_]*' '^(src|ui|protocols)/'
# weft-web.so, from a folder that weft alone chose.
banned "one place loads code" 'dlopen|dlmopen|g_module_open[a-z_]*|g_io_modules_[a-z_]*' '^(src|ui|protocols)/' '^src/net/web\.c$'
# A unix socket of this user's, and 127.0.0.1.
banned "threat 57: weft listens in one place, and for this machine alone" \
    'listen|bind|accept4?|g_socket_listen[a-z_]*|g_socket_bind|g_socket_service_[a-z_]*|g_threaded_socket_service_[a-z_]*' \
    '^(src|ui|protocols)/' '^src/net/(listen|local)\.c$'
banned "no sleeping" 'sleep|usleep|nanosleep|clock_nanosleep|g_usleep' '.'
banned "no printing but by main.c and the log" 'printf|fprintf|vfprintf|puts|fputs|putchar|g_print|g_printerr|perror' \
    '^(src|ui|protocols)/' '^src/(main|base/log)\.c$|^src/[a-z_]*\.c$'
banned "no ending of the program by a library" 'exit|_exit|abort|g_error' '^(src|ui|protocols)/' '^src/[a-z_]*\.c$|^ui/term[a-z_]*\.c$'
banned "no unsafe temporary names" 'mktemp|tmpnam|tempnam' '.'
tap_done
