#!/bin/sh
# TAP: weft --headless and weft ctl, as a user would run them, on the sandbox's servers.
build=$(cd "${G_TEST_BUILDDIR:-.}" && pwd)
weft=$build/weft
tap_n=0
scratch=$(mktemp -d)
export WEFT_HOME="$scratch/home"
unset WEFT_LOG NOTIFY_SOCKET WATCHDOG_USEC
weft_pid= sandbox_pid= ear_pid=

# Everything that was started ends with this script.
clean() {
    [ -z "$weft_pid" ] || kill -9 "$weft_pid" 2>/dev/null
    exec 3>&- 4>&-
    [ -z "$sandbox_pid" ] || wait "$sandbox_pid" 2>/dev/null
    [ -z "$ear_pid" ] || wait "$ear_pid" 2>/dev/null
    rm -rf "$scratch"
}
trap clean EXIT

# is NAME TEST…: passes when the test's words are true.
is() {
    name=$1
    shift
    tap_n=$((tap_n + 1))
    if "$@"; then
        printf 'ok %d - %s\n' "$tap_n" "$name"
    else
        printf 'not ok %d - %s\n' "$tap_n" "$name"
        printf '# status %s\n' "$status"
        head -n 8 "$scratch/out" "$scratch/err" 2>/dev/null | sed 's/^/# /'
        tail -n 12 "$scratch/weft.err" 2>/dev/null | sed 's/^/# weft: /'
    fi
}

# until_true TEST…: looks again and again, for 30 seconds at most.
until_true() {
    tries=0
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || return 1
        sleep 0.1
    done
}

# ctl WORD…: leaves $status, out and err.
ctl() {
    status=0
    "$weft" ctl "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
}
said() { grep -qF -e "$1" "$scratch/out"; }
unsaid() { ! said "$1"; }
complained() { grep -qF -e "$1" "$scratch/err"; }
logged() { grep -qF -e "$1" "$scratch/weft.err"; }
told() { grep -qF -e "$1" "$scratch/told"; }
silent() { [ ! -s "$scratch/out" ] && [ ! -s "$scratch/err" ]; }
online() { "$weft" ctl query accounts | grep -q '^patio .*online'; }
gone() { ! kill -0 "$1" 2>/dev/null; }

start() {
    "$weft" --headless "$@" >"$scratch/weft.out" 2>"$scratch/weft.err" </dev/null &
    weft_pid=$!
}

# --- a place ---
mkdir -m 700 "$WEFT_HOME"
mkfifo "$scratch/orders" "$scratch/quiet"
"$build/weft-sandbox" --seed 7 --home "$WEFT_HOME" <"$scratch/orders" >"$scratch/sandbox" 2>&1 &
sandbox_pid=$!
exec 3>"$scratch/orders"
until_true grep -q '^ready' "$scratch/sandbox" || { echo "Bail out! The sandbox did not come up."; exit 1; }
echo "hour stop" >&3
"$build/tests/e2e/notified" "$scratch/notify" <"$scratch/quiet" >"$scratch/told" 2>&1 &
ear_pid=$!
exec 4>"$scratch/quiet"
until_true grep -q '^ready' "$scratch/told"

# --- nobody ---
ctl hello
is "without a weft ctl says so" complained "No weft runs with this profile."
is "and ends with 3" [ "$status" -eq 3 ]
ctl dance
is "a command that is none ends with 2" [ "$status" -eq 2 ]

# --- as a service ---
NOTIFY_SOCKET="$scratch/notify" WATCHDOG_USEC=400000 start
while [ ! -e "$WEFT_HOME/state/weft.log" ] && ! gone "$weft_pid"; do :; done
kill -HUP "$weft_pid"
is "it comes up, also when it is told to read its configuration again before that" until_true online
is "the service manager is told that it is ready" until_true told "READY=1"
is "and how many accounts are online" until_true told "STATUS=2 of 2 accounts are online."
is "and that it still works" until_true sh -c "[ \$(grep -c WATCHDOG=1 '$scratch/told') -ge 5 ]"
is "what matters goes to standard error" logged "[core] account patio: online"
is "the socket is the user's alone" [ "$(stat -c %a "$WEFT_HOME/run/ctl.sock" "$WEFT_HOME/run" | tr '\n' ' ')" = "600 700 " ]
ctl hello
is "ctl finds it" said "without a screen"

# --- in scripts ---
ctl send --wait 'patio/#solar' 'the oven is fixed'
is "send --wait ends with 0 when the network has it" [ "$status" -eq 0 ]
is "and says nothing" silent
printf 'from a pipe, /quit and all\n' | "$weft" ctl send --wait 'patio/#solar' - >"$scratch/out" 2>"$scratch/err"
is "a text comes from a pipe" silent
printf 'half a\0text' | "$weft" ctl send --wait 'patio/#solar' - >"$scratch/out" 2>"$scratch/err"
status=$?
is "what is no text is not sent" complained 'a byte of it is 0. Nothing was sent.'
is "and ends with 2, as what makes no sense" [ "$status" -eq 2 ]
ctl tail 'patio/#solar' --since 1h --no-follow
is "no half of it either" unsaid 'half a'
is "tail tells what is stored" said 'patio/#solar <kai> the oven is fixed'
is "and a slash was no command" said '<kai> from a pipe, /quit and all'
ctl --json tail 'patio/#solar' --since 1h --no-follow
is "tail --json has an object a line" said '"in":"patio/#solar","message":{'
"$weft" ctl tail --since 1h | head -n 1 >"$scratch/out" 2>"$scratch/err"
is "a reader that has enough ends it" [ -s "$scratch/out" ]
"$weft" ctl tail 'mill/Commons/~off-topic' >"$scratch/follow" 2>&1 &
follow_pid=$!
until_true sh -c "'$weft' ctl send --wait 'mill/Commons/~off-topic' 'is anybody following?'; grep -q following '$scratch/follow'"
is "tail follows" grep -q '<kai> is anybody following?' "$scratch/follow"
ctl query search oven
is "query search finds it" said 'the oven is fixed'
ctl query unread
is "query unread is no error" [ "$status" -eq 0 ]
ctl send 'patio/#nowhere' hello
is "an address that is none ends with 1" [ "$status" -eq 1 ]
is "and the sentence names it" complained '#nowhere'
ctl page
is "page writes a page" said '<h1>Who is on the bridge</h1>'
ctl relay status
is "relay status answers or says why not" [ "$status" -le 1 ]

# --- reload ---
cp "$WEFT_HOME/weft.conf" "$scratch/good.conf"
printf '[look]\nsidebar = perhaps\n' >>"$WEFT_HOME/weft.conf"
ctl reload
is "reload refuses a mistake" [ "$status" -eq 1 ]
is "and names its line" complained 'weft.conf:'
{
    cat "$scratch/good.conf"
    printf '[look]\nsidebar = off\n[gateway yard]\nleg = patio/#patio\nleg = mill/Commons/~bakery\n'
} >"$WEFT_HOME/weft.conf"
kill -HUP "$weft_pid"
is "SIGHUP reads the configuration again" until_true logged "In force now:"
is "the service manager is told of it" until_true told "RELOADING=1"
ctl reload
is "reload says the difference" said "Nothing is different."
# Mattermost tells who is in a channel only when it is asked, and nobody looks at a screen here.
counted() {
    "$weft" ctl page | sed 's/<g class="leg/\n&/g' | grep '<title>mill/Commons/~bakery' |
        grep -qE '>([5-9]|[1-9][0-9]+) people<'
}
is "the page counts the people of every leg" until_true counted

# --- removed from a channel, and let in again ---
echo "patio kick #patio kai enough" >&3
is "who removed the bridge is logged, and why" until_true logged 'yard, patio/#patio: waits. patio is not in this channel: '
is "with what lets it in" logged '(enough). "weft ctl join patio/#patio" lets it in.'
ctl relay status
is "relay status says so too" said 'removed it (enough)'
ctl join 'patio/#patio'
is "ctl join ends with 0" [ "$status" -eq 0 ]
back() { "$weft" ctl relay status | grep -q '^yard .*patio/#patio .* runs '; }
is "and it is in again" until_true back
ctl disconnect patio
is "ctl disconnect ends with 0" [ "$status" -eq 0 ]
away() { "$weft" ctl query accounts | grep -q '^patio .*offline'; }
is "and disconnects" until_true away
ctl join 'patio/#patio'
is "nothing is joined there then" [ "$status" -eq 1 ]
is "and the sentence says what to do" complained 'weft ctl connect patio'
ctl connect patio
is "ctl connect connects" until_true back

# --- gateways changed by a script ---
in_conf() { grep -qFx -e "$1" "$WEFT_HOME/weft.conf"; }
not() { ! "$@"; }
ctl relay make news 'patio/#solar' in 'mill/Commons/~off-topic' out
is "relay make shows the lines" said '[gateway news]'
is "and changes nothing" not in_conf '[gateway news]'
ctl relay make news 'patio/#solar' in 'mill/Commons/~off-topic' out --yes
is "with --yes they are written" in_conf 'leg = patio/#solar in'
is "it ends with 0" [ "$status" -eq 0 ]
ctl relay status
is "and is in force" said 'news'
ctl relay make news 'patio/#solar' 'mill/Commons/~off-topic' --yes
is "what cannot be ends with 1" [ "$status" -eq 1 ]
is "and a sentence" complained 'There is a gateway news already.'
ctl relay set news max_late 240 --yes
is "relay set writes where the gateway stands" in_conf 'max_late = 240'
ctl relay add news
is "too few words end with 2" [ "$status" -eq 2 ]
ctl relay end news
is "relay end shows as well" said 'enable = off'
ctl relay status
is "and ends nothing" not grep -q '^news .* off ' "$scratch/out"
ctl relay end news --yes
ctl relay status
is "but with --yes" grep -q '^news .* off ' "$scratch/out"
is "where the gateway stands" in_conf 'enable = off'
ctl relay resume news
is "a resume then ends with 1" [ "$status" -eq 1 ]
is "and says what to type" complained '"weft ctl relay set news enable on --yes" begins it again.'
ctl relay set news enable on --yes
ctl relay status
is "and that helps" not grep -q '^news .* off ' "$scratch/out"

# --- a second one ---
status=0
"$weft" --headless >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
is "a second weft is told" complained "is using this profile"
is "and ends with 1" [ "$status" -eq 1 ]
ctl hello
is "the first goes on" [ "$status" -eq 0 ]

# --- SIGTERM ---
before=$(date +%s)
kill -TERM "$weft_pid"
status=0
wait "$weft_pid" || status=$?
after=$(date +%s)
is "SIGTERM ends it with 0" [ "$status" -eq 0 ]
cp "$scratch/good.conf" "$WEFT_HOME/weft.conf"
rm -f "$WEFT_HOME/override.conf"
is "within five seconds" [ $((after - before)) -le 5 ]
is "the service manager is told of that" told "STOPPING=1"
is "goodbye was said" logged "weft says goodbye and ends."
is "the socket is gone" [ ! -e "$WEFT_HOME/run/ctl.sock" ]
is "a tail that was running has ended" until_true gone "$follow_pid"
follow=0
wait "$follow_pid" || follow=$?
is "with 3" [ "$follow" -eq 3 ]

# --- killed with something unsent ---
echo "patio down" >&3
start -v
is "it starts without its network" until_true "$weft" ctl hello
ctl send 'patio/#solar' 'said while nobody was there'
is "what is sent then is taken" [ "$status" -eq 0 ]
kill -9 "$weft_pid"
wait "$weft_pid" 2>/dev/null
is "the socket of a killed weft is left" [ -e "$WEFT_HOME/run/ctl.sock" ]
ctl hello
is "and nobody answers there" [ "$status" -eq 3 ]
echo "patio up" >&3
start
is "the next one takes the place" until_true online
sent() { "$weft" ctl tail 'patio/#solar' --since 1h --no-follow | grep -qF '#solar <kai> said while nobody was there'; }
is "and sends what was left" until_true sent
[ "$("$weft" ctl tail 'patio/#solar' --since 1h --no-follow | grep -cF 'said while nobody')" -eq 1 ]
is "once" [ $? -eq 0 ]
ctl quit
is "quit ends with 0" [ "$status" -eq 0 ]
status=0
wait "$weft_pid" || status=$?
is "and so does that weft" [ "$status" -eq 0 ]

# --- nobody to ask ---
sed 's/^token_file = .*/email = kai@example.org/; s/^nick = kai$/nick = kai\nsasl = password/' "$scratch/good.conf" >"$WEFT_HOME/weft.conf"
start
needs() { "$weft" ctl query accounts | grep -qF "$1"; }
is "a secret without a source fails the account with a sentence" until_true needs 'nobody is here to be asked. Put password_cmd'
is "which is said on standard error too" until_true logged 'nobody is here to be asked'
kill -INT "$weft_pid"
status=0
wait "$weft_pid" || status=$?
weft_pid=
is "SIGINT ends it with 0" [ "$status" -eq 0 ]
printf '1..%d\n' "$tap_n"
