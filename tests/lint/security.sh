#!/bin/sh
# docs/security.md tells the truth: every test that it names is there, and every threat and fault has its row.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"
page=$srcdir/docs/security.md

# `PROGRAM /path` is a GTest path, `SCRIPT.sh: NAME` a line that a script prints, `fuzz NAME` a fuzz target.
grep -o '`[a-z0-9/_-]*-test /[^`]*`' "$page" | tr -d '`' | sort -u | while read -r program path; do
    grep -rqE "^[a-z_]*PROGRAMS.*[ /]$program( |\$)" "$srcdir"/tests/*/module.am "$srcdir"/src/*/module.am \
        "$srcdir"/ui/module.am "$srcdir"/protocols/*/module.am "$srcdir"/protocols/module.am 2>/dev/null ||
        printf '%s: no such program\n' "$program"
    grep -rqF "\"$path\"" "$srcdir/tests" --include='*.c' || printf '%s %s: no such test\n' "$program" "$path"
done >"$scratch/tests"
grep -o '`[a-z_]*\.sh: [^`]*`' "$page" | tr -d '`' | sort -u | while IFS= read -r what; do
    script=${what%%: *}
    grep -rqF "${what#*: }" "$srcdir/tests" --include="$script" || printf '%s: no such line\n' "$what"
done >>"$scratch/tests"
tap "every test that docs/security.md names is there" "$scratch/tests"

{
    seq 1 65
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 16 17 18 19 20 21 22 24 25 26 27; do printf 'R%s\n' "$n"; done
} | while read -r n; do
    grep -qE "^\| $n \|" "$page" || printf '%s has no row\n' "$n"
done >"$scratch/rows"
tap "docs/security.md has a row for every threat and fault" "$scratch/rows"

# A test that carries a threat's or a fault's number and does not stand on the page yet is told of.
grep -rhoE '"/(threat|fault)/[^"]*"' "$srcdir/tests" --include='*.c' | tr -d '"' | grep -v '%' | sort -u |
    while read -r path; do
        grep -qF " $path\`" "$page" || printf '# not in docs/security.md: %s\n' "$path"
    done
tap_done
