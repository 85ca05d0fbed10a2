#!/bin/sh
# Who may include whom: the layer table of docs/architecture.md, and headers that belong to one place.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# layer: what it may include. "app" is src/*.c; a folder of protocols/ also sees its own files.
cat >"$scratch/table" <<'END'
base base
json base json
net base net
model base model
text base model text
store base model text store
core base model text store core
import base model text core import
relay base model text store core relay
ui base model text core ui
protocols base json model text core/driver.h core/event.h core/host.h
registry base model text core protocols
daemon base json model text store core daemon
app base net model text store core import relay ui protocols daemon app
END

sources src ui protocols | while read -r file; do
    sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$srcdir/$file" | sed "s|^|$file |"
done | awk -v table="$scratch/table" '
    function layer_of(path,   part) {
        split(path, part, "/")
        if (part[1] == "src" && part[3] == "") return "app"
        if (part[1] == "src") return part[2]
        if (part[1] == "protocols" && part[3] == "") return "registry"
        return part[1]
    }
    BEGIN {
        while ((getline line < table) > 0) {
            n = split(line, word, " ")
            known[word[1]] = 1
            for (i = 2; i <= n; i++) may[word[1], word[i]] = 1
        }
    }
    {
        from = layer_of($1); what = $2; split(what, to, "/"); split($1, own, "/")
        if (what == "config.h") next
        if (!(from in known)) { print $1 ": its folder is not in the layer table"; next }
        if (index(what, "/") == 0) { if (from != "app") print $1 ": \"" what "\" is not written from the top"; next }
        if ((from, to[1]) in may || (from, what) in may) next
        if (from == "protocols" && to[1] == "protocols" && (to[2] == own[2] || to[2] == "common")) next
        print $1 ": " from " may not include \"" what "\""
    }' >"$scratch/direction"
tap "every include points down the layer table" "$scratch/direction"

# owned PATTERN ALLOWED-FILES-PATTERN: lines that match may stand only in those files.
owned() {
    sources src ui protocols | grep -vE "$2" | (cd "$srcdir" && xargs -r grep -nHE "$1") || true
}
owned '^[ \t]*#[ \t]*include[ \t]*<sqlite3\.h>' '^src/store/' >"$scratch/sqlite"
tap "sqlite3.h only in src/store" "$scratch/sqlite"
owned '^[ \t]*#[ \t]*include[ \t]*<(n?curses(w/[a-z]*)?|term)\.h>' '^ui/(term|terminfo|keys)\.c$' >"$scratch/curses"
tap "curses.h and term.h only where the terminal is" "$scratch/curses"
owned '\b(g_(socket|tls|tcp|resolver|network_address|io_stream)_|GSocket|GTls|GIOStream)|include[ \t]*<(sys/socket|netdb|netinet/[a-z]*|arpa/inet)\.h>' \
    '^src/(net/|[a-z_]*\.[ch]$)' >"$scratch/sockets"
tap "sockets and TLS only in src/net" "$scratch/sockets"
owned '^[ \t]*#[ \t]*include[ \t]*<(curl/|libwebsockets|openssl/)' '^src/net/' >"$scratch/web"
tap "curl, libwebsockets and OpenSSL only in src/net" "$scratch/web"
owned '^[ \t]*#[ \t]*include[ \t]*<gsasl\.h>' '^protocols/' >"$scratch/gsasl"
tap "gsasl.h only in protocols" "$scratch/gsasl"
owned '^[ \t]*#[ \t]*include[ \t]*<jansson\.h>' '^src/json/json\.h$' >"$scratch/jansson"
tap "jansson.h only behind the door of src/json/json.h" "$scratch/jansson"
owned '^[ \t]*#[ \t]*include[ \t]*<utf8proc\.h>' '^src/text/' >"$scratch/utf8proc"
tap "utf8proc.h only in src/text" "$scratch/utf8proc"
owned '^[ \t]*#[ \t]*include[ \t]*<fribidi\.h>' '^src/text/' >"$scratch/fribidi"
tap "fribidi.h only in src/text" "$scratch/fribidi"
tap_done
