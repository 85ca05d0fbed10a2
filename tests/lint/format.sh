#!/bin/sh
# clang-format has nothing to change (`make format` makes it so).
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

if command -v clang-format >/dev/null; then
    sources | (cd "$srcdir" && xargs -r clang-format --dry-run 2>&1) |
        sed -n 's/^\([^ :]*\):[0-9]*:.*warning.*/\1/p' | sort -u >"$scratch/unformatted"
    tap "clang-format has nothing to change" "$scratch/unformatted"
else
    tap_skip "clang-format has nothing to change" "clang-format is not installed"
fi
tap_done
