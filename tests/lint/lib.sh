# What the lints share: TAP output, and the list of sources. Read by `. "$srcdir/tests/lint/lib.sh"`.
srcdir=${G_TEST_SRCDIR:-.}
builddir=${G_TEST_BUILDDIR:-.}
tap_n=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Sources and headers below the folders given (default: all of the project's).
sources() {
    [ $# -gt 0 ] || set -- src ui protocols tests
    for folder in "$@"; do
        [ ! -d "$srcdir/$folder" ] || (cd "$srcdir" && find "$folder" -name '*.[ch]')
    done | LC_ALL=C sort
}

# tap NAME FILE: passes when FILE (complaints, one a line) is empty.
tap() {
    tap_n=$((tap_n + 1))
    if [ -s "$2" ]; then
        sed 's/^/# /' "$2"
        printf 'not ok %d - %s\n' "$tap_n" "$1"
    else
        printf 'ok %d - %s\n' "$tap_n" "$1"
    fi
}

tap_skip() {
    tap_n=$((tap_n + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
}

tap_done() {
    printf '1..%d\n' "$tap_n"
}
