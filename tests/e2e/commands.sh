#!/bin/sh
# TAP: the commands of the real program that need no terminal: check, export, --help, --version.
weft=${G_TEST_BUILDDIR:-.}/weft
bench=${G_TEST_BUILDDIR:-.}/tests/bench/store_bench
tap_n=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export WEFT_HOME="$scratch/home"
root=$(cd "${G_TEST_SRCDIR:-.}" && pwd)
export WEFT_THEMES="$root/themes"
mkdir -p "$WEFT_HOME/data"
chmod 700 "$WEFT_HOME" "$WEFT_HOME/data"

# run WORD…: weft with these words; leaves $status, out and err.
run() {
    status=0
    "$weft" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
}

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
        head -n 5 "$scratch/out" "$scratch/err" | sed 's/^/# /'
    fi
}

skip() {
    tap_n=$((tap_n + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
}

said() { grep -qF -e "$1" "$scratch/out"; }
complained() { grep -qF -e "$1" "$scratch/err"; }
n_lines() { [ "$(wc -l <"$scratch/out")" -eq "$1" ]; }

# --- words ---
run --version
is "--version says name and version" grep -qE '^weft [0-9]+\.[0-9]+' "$scratch/out"
run --help
is "--help names every command" said "export ADDRESS"
is "--help is no error" [ "$status" -eq 0 ]
run --demo
is "--demo without a terminal says what to type" complained "type:  weft --demo"
is "--demo without a terminal ends with 1" [ "$status" -eq 1 ]
is "--demo without a terminal leaves nothing" [ -z "$(ls -A "$WEFT_HOME/data")" ]
run --demo check
is "--demo stands alone" [ "$status" -eq 2 ]
run chekc
is "an unknown command is said" complained "chekc"
is "an unknown command ends with 2" [ "$status" -eq 2 ]
run
is "without a terminal, with an input that ends at once, weft says so" complained "not a terminal"
is "without a terminal it ends with 1" [ "$status" -eq 1 ]

# --- check ---
cat >"$scratch/good.conf" <<'END'
[account near]
network = irc
server = 127.0.0.1:6667
tls = off
nick = kai
END
run check "$scratch/good.conf"
is "check ends with 0 when all is well" [ "$status" -eq 0 ]
is "check counts accounts and errors" said "1 account, 0 errors, 0 warnings"

cat >"$scratch/bad.conf" <<'END'
[account far]
network = irc
server = irc.example:6667
tls = off
nick = kai

[look]
themme = dark
  sidebar = perhaps

[keys]
nxt-buffer = Ctrl-n
go = Crtl-g
END
run check "$scratch/bad.conf"
is "check ends with 1 when there is an error" [ "$status" -eq 1 ]
is "an unknown key has file, line and column" said "$scratch/bad.conf:8:1: error: "
is "an unknown key has the nearest one beside it" grep -qE ':8:1: .*theme' "$scratch/out"
is "a wrong value has its own column" said "$scratch/bad.conf:9:13: error: "
is "the driver's own check: no TLS to another machine" said "$scratch/bad.conf:1:1: error: Without TLS"
is "an unknown action has the nearest one beside it" grep -qE ':12:1: error: .*next-buffer' "$scratch/out"
is "an unknown key name is said, with its own column" grep -qE ':13:6: error: .*Crtl-g' "$scratch/out"
is "check counts all of them" said "5 errors"
is "check says nothing on stderr" [ ! -s "$scratch/err" ]
cat >"$scratch/keys.conf" <<'END'
[keys]
go = Ctrl-x
preset = weechat
  help =  Ctrl-x
list.help = Ctrl-x
none = Alt-h
next-buffer = Alt-h
buffer-11 = Alt-q
preset = weechatt
END
run check "$scratch/keys.conf"
is "a key that two lines want is a warning" grep -qE ':4:11: warning: Ctrl-x calls go in line 2 .*; now it calls help' "$scratch/out"
is "a conflict with a longer sequence has line and column" grep -qE ':7:15: error: "Alt-h" can.t be bound while "Alt-h m" calls mark-read' "$scratch/out"
is "an unknown preset has the nearest one beside it" grep -qE ':9:10: error: .*weechatt.*"weechat"' "$scratch/out"
is "and that is all" said "2 errors, 1 warning"
cat >"$scratch/theme.conf" <<'END'
[look]
theme = drak

[account near]
network = irc
server = 127.0.0.1:6667
tls = off
nick = kai
join =
[keys]
help = Ctrl-x
END
mkdir -p "$scratch/themes"
printf 'nonsense\n' >"$scratch/themes/broken.theme"
run check "$scratch/theme.conf"
is "an unknown theme has the nearest one beside it" grep -qE ':2:9: error: There is no theme drak. Did you mean dark.* auto, ' "$scratch/out"
is "an empty join is told without an empty pair of brackets" grep -qE 'join takes one channel, and its key after a blank\.$' "$scratch/out"
printf '[look]\ntheme = broken\n' >"$scratch/broken.conf"
run check "$scratch/broken.conf"
is "a theme that cannot be read is an error" grep -qE ':2:9: error: .*broken\.theme' "$scratch/out"
printf '[look]\ntheme = mono\n' >"$scratch/mono.conf"
run check "$scratch/mono.conf"
is "a theme of weft's is none" [ "$status" -eq 0 ]
printf '[keys]\nhelp = Alt-h\n' >"$scratch/cuts.conf"
run check "$scratch/cuts.conf"
is "all sequences that are in the way are named at once" grep -qE '"Alt-h m" calls mark-read, .*"Alt-h [a-z]" calls .*unbind that first \(none = Alt-h [a-z], none = Alt-h' "$scratch/out"
run check "$scratch/none.conf"
is "check of a file that is not there ends with 1" [ "$status" -eq 1 ]
run check
is "check without a file looks at the profile's" [ "$status" -eq 0 ]

# --- export ---
run export bench/#bench1
is "export without a store ends with 1" [ "$status" -eq 1 ]
is "export without a store says why" [ -s "$scratch/err" ]
"$bench" "$WEFT_HOME/data" 1000 2 >/dev/null 2>&1
run export bench/#bench1
is "export writes every message of the buffer" n_lines 500
is "and ends with 0" [ "$status" -eq 0 ]
is "and the oldest comes first" [ "$(head -n 1 "$scratch/out" | cut -c 1-20)" = 2023-11-14T22:13:20Z ]
cp "$scratch/out" "$scratch/alone"
run export --format jsonl 'bench/#bench2' --since 2023-11-14T22:15Z
is "options stand before and behind the address" [ "$status" -eq 0 ]
is "--since leaves out what is older" n_lines 300
is "--format jsonl writes an object a line" [ "$(grep -c '^{"id":.*"}$' "$scratch/out")" -eq 300 ]
run export 'bench/#bench3'
is "a wrong address has the nearest one beside it" complained "Did you mean bench/#bench"
is "a wrong address ends with 1" [ "$status" -eq 1 ]
run export 'bench/#bench1' --since yesterday
is "a wrong time ends with 2" [ "$status" -eq 2 ]
run export
is "export without an address ends with 2" [ "$status" -eq 2 ]

# More than a pipe holds. The reader goes after one line; SIGPIPE is left as it is (141 ends weft) or ignored (0).
WEFT_HOME="$scratch/long"
mkdir -p "$WEFT_HOME/data"
chmod 700 "$WEFT_HOME" "$WEFT_HOME/data"
"$bench" "$WEFT_HOME/data" 10000 1 >/dev/null 2>&1
{
    status=0
    "$weft" export 'bench/#bench1' 2>"$scratch/err" || status=$?
    printf '%s' "$status" >"$scratch/status"
} | head -n 1 >"$scratch/out"
status=$(cat "$scratch/status")
is "a reader that has enough is no error" grep -qxE '0|141' "$scratch/status"
is "and nothing is said of it" [ ! -s "$scratch/err" ]
{
    trap '' PIPE
    status=0
    "$weft" export 'bench/#bench1' 2>"$scratch/err" || status=$?
    printf '%s' "$status" >"$scratch/status"
} | head -n 1 >"$scratch/out"
status=$(cat "$scratch/status")
is "the same where SIGPIPE is ignored" [ "$status" -eq 0 ]
is "and nothing is said of that either" [ ! -s "$scratch/err" ]
if [ -c /dev/full ]; then
    status=0
    "$weft" export 'bench/#bench1' >/dev/full 2>"$scratch/err" || status=$?
    is "a full disk ends export with 1" [ "$status" -eq 1 ]
    is "a full disk is said" complained "not whole"
    for word in --help --version check; do
        status=0
        "$weft" "$word" >/dev/full 2>"$scratch/err" || status=$?
        is "a full disk ends $word with 1" [ "$status" -eq 1 ]
        is "and $word says so" complained "could not be written"
    done
else
    skip "a full disk ends export with 1" "there is no /dev/full"
    skip "a full disk is said" "there is no /dev/full"
fi
WEFT_HOME="$scratch/home"

# The profile is held as by a running weft.
is "the lock stands where this test takes it" [ -f "$WEFT_HOME/data/weft.lock" ]
if command -v flock >/dev/null; then
    status=0
    flock -n "$WEFT_HOME/data/weft.lock" "$weft" export 'bench/#bench1' >"$scratch/out" 2>"$scratch/err" ||
        status=$?
    is "export works beside another weft" [ "$status" -eq 0 ]
    is "and writes the same" cmp -s "$scratch/out" "$scratch/alone"
else
    skip "export works beside another weft" "flock is not installed"
    skip "and writes the same" "flock is not installed"
fi
printf '1..%d\n' "$tap_n"
