#!/bin/sh
# Files of at most 800 lines (500 wanted), functions of at most 80 (40 wanted). What is over the wish is counted.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

sources | while read -r file; do
    printf '%s %s\n' "$(wc -l <"$srcdir/$file")" "$file"
done >"$scratch/files"
awk '$1 > 800 { print $2 ": " $1 " lines" }' "$scratch/files" >"$scratch/long-files"
awk '$1 > 500 { print "# over 500: " $2 " (" $1 ")" }' "$scratch/files"
tap "no file over 800 lines" "$scratch/long-files"

# A function's body stands between a brace in the first column and the next closing one there.
sources | grep '\.c$' | while read -r file; do
    awk -v file="$file" '
        /^\{/ { from = FNR; name = before }
        /^\}/ && from { print FNR - from + 1, file ":" from, name; from = 0 }
        !from { if ($0 ~ /^[a-z_A-Z]/) before = $0 }' "$srcdir/$file"
done >"$scratch/functions"
awk '$1 > 80 { print $2 ": " $1 " lines: " $3 " " $4 }' "$scratch/functions" >"$scratch/long"
awk '$1 > 40 { n++ } END { print "# " NR " functions, " n + 0 " of them over 40 lines" }' "$scratch/functions"
tap "no function over 80 lines" "$scratch/long"
tap_done
