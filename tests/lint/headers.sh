#!/bin/sh
# Every header compiles alone: it includes what it uses. LINT_CC and LINT_CPPFLAGS come from the Makefile.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# The Mattermost server's own headers where it can be built at all.
skip='^$'
case $LINT_CPPFLAGS in *soup*) ;; *) skip='^tests/sandbox/mm_(priv|client)\.h$' ;; esac
sources | grep '\.h$' | grep -vE "$skip" | while read -r header; do
    case $header in
    src/*) printf '%s\n' "${header#src/}" ;;
    *) printf '%s\n' "$header" ;;
    esac
done >"$scratch/headers"
# One translation unit a header; the compiler is asked in batches, and one by one where a batch fails.
check() {
    for header in "$@"; do
        printf '#include "%s"\n' "$header" >"$scratch/alone.c"
        # shellcheck disable=SC2086 # lists of words
        ${LINT_CC:-cc} $LINT_CPPFLAGS -std=gnu17 -fsyntax-only "$scratch/alone.c" >"$scratch/said" 2>&1 ||
            { printf '%s\n' "$header"; head -n 3 "$scratch/said"; }
    done
}
xargs <"$scratch/headers" -n 1 | while read -r header; do
    check "$header"
done >"$scratch/bad"
tap "every header compiles alone" "$scratch/bad"
tap_done
