#!/bin/sh
# Mattermost's own client library against the sandbox's server, as sdk.sh does it for IRC.
build=${G_TEST_BUILDDIR:?}
modules=$build/sdk/node_modules
skip() {
    printf '1..1\nok 1 - @mattermost/client # SKIP %s\n' "$1"
    exit 0
}
command -v node >/dev/null || skip "node is not installed"
[ -d "$modules/@mattermost/client" ] && [ -d "$modules/ws" ] || skip "@mattermost/client is not installed (tests/sdk/install)"
[ -x "$build/weft-sandbox" ] || skip "weft-sandbox is not built (libsoup-3.0-dev, libjson-glib-dev)"
exec node "${G_TEST_SRCDIR:?}/tests/sdk/mattermost.js" "$build/weft-sandbox" "$modules"
