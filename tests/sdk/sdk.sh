#!/bin/sh
# Client libraries that others wrote, against the scripted servers (README.md). They are not part of the repository:
# `tests/sdk/install BUILD` puts them under the build folder by the lock file.
build=${G_TEST_BUILDDIR:?}
modules=$build/sdk/node_modules
skip() {
    printf '1..1\nok 1 - irc-framework # SKIP %s\n' "$1"
    exit 0
}
command -v node >/dev/null || skip "node is not installed"
[ -d "$modules/irc-framework" ] || skip "irc-framework is not installed (tests/sdk/install)"
exec node "${G_TEST_SRCDIR:?}/tests/sdk/irc.js" "$build/tests/sandbox/irc-server" "$modules"
