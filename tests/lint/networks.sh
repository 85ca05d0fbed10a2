#!/bin/sh
# Only a network's own folder, and the registry, know its name. The words come from both.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# FILE or FOLDER/, and why it may.
cat >"$scratch/allowed" <<'END'
src/text/link.c         schemes of links, as IANA lists them: what a reader takes for a link
src/text/target.c       the same: which of them may be handed to a program
src/text/target.h       the same
src/core/config_rows.c  the manual's example of an account has to name a network that there is
src/import/      it translates another program's words for networks
src/app_import.c the same: its name, and an example of its variables
src/app.h        the same: the command's name
src/main.c       the same
protocols/mattermost/mattermost_posts.c  a post's prop by which another relay knows its own copies
END

{
    sed -n 's/^ *{"\([a-z0-9]*\)", *&.*/\1/p' "$srcdir/protocols/registry.c"
    (cd "$srcdir/protocols" && find . -mindepth 1 -maxdepth 1 -type d | sed 's|^\./||')
} | grep -vx common | LC_ALL=C sort -u >"$scratch/words"

: >"$scratch/known"
: >"$scratch/foreign"
while read -r word; do
    # Also within a longer word ("mIRC", "ircs"), but not in "circle".
    pattern="(^|[^A-Za-z]|[^A-Za-z]m)${word}s?([^A-Za-z]|\$)|${word}_"
    sources src ui | (cd "$srcdir" && xargs -r grep -niE "$pattern") >>"$scratch/known"
    sources protocols | grep -v -e "^protocols/$word/" -e '^protocols/registry\.' |
        (cd "$srcdir" && xargs -r grep -niE "$pattern") >>"$scratch/foreign"
done <"$scratch/words"
not_allowed() {
    awk -v list="$scratch/allowed" '
        BEGIN { while ((getline line < list) > 0) { split(line, w, " "); ok[w[1]] = 1 } }
        { split($0, part, ":"); folder = part[1]; sub(/[^\/]*$/, "", folder)
          if (!(part[1] in ok) && !(folder in ok)) print }' "$1"
}
not_allowed "$scratch/known" >"$scratch/bad"
not_allowed "$scratch/foreign" >"$scratch/others"

[ -s "$scratch/words" ] || echo "no network is in protocols/registry.c" >"$scratch/none"
tap "the registry names networks" "${scratch}/none"
tap "nothing in src and ui knows a network by name" "$scratch/bad"
tap "no network's folder knows another" "$scratch/others"
tap_done
