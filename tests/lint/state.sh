#!/bin/sh
# No mutable state of a file's own: everything that lives hangs from what is handed down. Looks at the writable
# data of the object files, so it needs a build.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# OBJECT SYMBOL, and why it may be.
cat >"$scratch/allowed" <<'END'
src/main *               the program itself
src/base/log *           the log serves every thread and layer, signal paths included
src/base/redact *        so does redaction
src/base/clock timer_funcs  g_source_new() takes it without const; nobody writes to it
src/base/error q         the number of the error domain, set once by G_DEFINE_QUARK
src/base/error initialized  the same
ui/rescue *              a signal handler finds the terminal that it must give back no other way
END

for folder in src ui protocols; do
    [ ! -d "$builddir/$folder" ] || (cd "$builddir" && find "$folder" -name '*.o')
done | LC_ALL=C sort | while read -r object; do
    # "VALUE FLAGS SECTION SIZE NAME": objects in sections that stay writable after the program is loaded.
    objdump -t "$builddir/$object" | sed -n -E \
        's/^[0-9a-f]+ .{7} (\.data(\.rel(\.local)?)?|\.bss|\.tbss|\.tdata|\*COM\*)[ \t]+[0-9a-f]+ (\.hidden )?([A-Za-z][A-Za-z0-9_]*)(\.[0-9]+)?$/\5/p' |
        sed "s|^|$(printf '%s' "${object%.o}" | sed 's|lib[a-z_]*_a-||') |"
done >"$scratch/state"
awk -v list="$scratch/allowed" '
    BEGIN { while ((getline line < list) > 0) { split(line, w, " "); ok[w[1], w[2]] = 1 } }
    !(($1, "*") in ok) && !(($1, $2) in ok) { print $1 ": " $2 }' "$scratch/state" >"$scratch/bad"
if [ -n "$(find "$builddir/src" -name '*.o' 2>/dev/null | head -n 1)" ]; then
    tap "no mutable file-scope state" "$scratch/bad"
else
    tap_skip "no mutable file-scope state" "nothing is built in this folder"
fi
tap_done
