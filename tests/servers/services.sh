#!/bin/sh
# services.sh --note FILE: writes down which services are enabled and which daemons run.
# services.sh: TAP; what was noted in $G_TEST_BUILDDIR/services.before is still so. Only what is new counts.
set -eu

# Links that start something at boot, and daemons (children of process 1) of the servers that the tests use.
snapshot() {
    find /etc/systemd/system /etc/systemd/user /etc/init.d /etc/rc?.d 2>/dev/null | sed 's/^/enabled: /'
    for status in /proc/[0-9]*/status; do
        awk '/^Name:/ { name = $2 } /^PPid:/ { if ($2 == 1) print "running: " name }' "$status" 2>/dev/null || true
    done | grep -E 'inspircd|ngircd|anope|prosody|ejabberd|beam|epmd' || true
    getent passwd | sed -n -E 's/^(irc|inspircd|ngircd|anope|prosody|ejabberd):.*/user: \1/p'
}

if [ "${1-}" = --note ]; then
    snapshot | LC_ALL=C sort -u >"$2"
    exit
fi
name="no service is enabled or running that was not before"
before=${G_TEST_BUILDDIR:-.}/services.before
echo 1..1
if [ ! -f "$before" ]; then
    echo "ok 1 - $name # SKIP only ./quickstart check knows how it was before"
    exit
fi
# procps has an init script, but no daemon: it sets kernel parameters at boot.
new=$(snapshot | LC_ALL=C sort -u | LC_ALL=C comm -13 "$before" - | grep -vE '^enabled: .*(/\.[^/]*|procps)$' || true)
if [ -z "$new" ]; then
    echo "ok 1 - $name"
else
    printf '%s\n' "$new" | sed 's/^/# new /'
    echo "not ok 1 - $name"
fi
