#!/bin/sh
# What must not be left in the project's files.
. "${G_TEST_SRCDIR:-.}/tests/lint/lib.sh"

# Everything that is the project's own: sources, scripts, documents, build files.
(cd "$srcdir" && find . \( -name .git -o -name 'build*' -o -name autom4te.cache \) -prune -o -type f -print |
    grep -E '\.(c|h|md|sh|am|ac|theme|sql|1|5|in|txt|yaml|conf)$|/(quickstart|unpack|run)$' |
    grep -vE '/(aclocal\.m4|Makefile\.in|config\.h\.in)$') | LC_ALL=C sort >"$scratch/all"
find_words() {
    (cd "$srcdir" && xargs -r grep -nHE -e "$1" <"$scratch/all" | grep -vE '^\./tests/lint/(words\.sh|README\.md):') || true
}
# /tmp may be named where a program makes its own scratch folder; a path below it may not.
find_words '(^|[^A-Za-z0-9_.])/(work|root|home/[a-z]+|tmp/[a-z]+)/' >"$scratch/paths"
tap "no paths of one machine" "$scratch/paths"
find_words '(^|[^A-Za-z])(TODO|FIXME|HACK)([^A-Za-z]|$)' >"$scratch/todo"
tap "nothing left to do in the code" "$scratch/todo"
find_words 'https?://[a-z0-9.:-]*(artifactory|nexus|registry|mirror|proxy|jfrog)|(deb|security)\.debian\.org|pypi\.org|registry\.npmjs' >"$scratch/hosts"
tap "no registry hosts" "$scratch/hosts"
find_words '-----BEGIN [A-Z ]*PRIVATE KEY|(^|[^A-Za-z])(xox[bp]-|ghp_|glpat-)[A-Za-z0-9]' >"$scratch/secrets"
tap "no credentials" "$scratch/secrets"
tap_done
