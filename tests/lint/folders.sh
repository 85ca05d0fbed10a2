#!/bin/sh
# Every folder says what it is, and every source belongs to the build.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# Below tests/ the first folder speaks for those in it: the programs of tests/unit are alike.
{
    sources src ui protocols | sed 's|/[^/]*$||'
    sources tests | sed -n 's|^\(tests/[^/]*\)/.*|\1|p'
} | LC_ALL=C sort -u | while read -r folder; do
    [ "$folder" = src ] || [ -f "$srcdir/$folder/README.md" ] || printf '%s\n' "$folder"
done >"$scratch/silent"
tap "every folder of code has a README.md" "$scratch/silent"

cat "$srcdir/Makefile.am" $(find "$srcdir/src" "$srcdir/ui" "$srcdir/protocols" "$srcdir/tests" -name module.am 2>/dev/null) \
    >"$scratch/built"
sources | while read -r file; do
    grep -qF "$file" "$scratch/built" || printf '%s\n' "$file"
done >"$scratch/unbuilt"
tap "every source is listed in a module.am" "$scratch/unbuilt"

# `name()` anywhere, and in the file that follows in brackets.
(cd "$srcdir" && cat $(sources src ui protocols)) | grep -oE '(^|[ *])[a-z_0-9]+\(' | grep -oE '[a-z_0-9]+' | LC_ALL=C sort -u >"$scratch/functions"
grep -oE '`[a-z_0-9]+\(\)`( \(`[a-z/_.0-9]+`)?' "$srcdir/docs/architecture.md" | tr -d '`()' |
    while read -r name file; do
        grep -qx "$name" "$scratch/functions" || printf '%s() is nowhere\n' "$name"
        [ -z "$file" ] || grep -qE "(^|[ *])$name\(" "$srcdir/$file" "$srcdir/src/$file" 2>/dev/null ||
            printf '%s() is not in %s\n' "$name" "$file"
    done >"$scratch/told"
tap "docs/architecture.md names what is there" "$scratch/told"

(cd "$srcdir" && find quickstart .ci tests -name '*.sh' -o -name quickstart -o -name run -o -name unpack) |
    while read -r script; do
        sh -n "$srcdir/$script" 2>&1 || true
    done >"$scratch/scripts"
tap "every script parses" "$scratch/scripts"
tap_done
