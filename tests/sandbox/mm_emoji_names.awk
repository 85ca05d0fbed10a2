# Makes the names in a table of emoji (a line each: the emoji, its names) the names that the sandbox's server knows.
BEGIN {
    print "/* Made by mm_emoji_names.awk. */"
    print "#include \"tests/sandbox/mm_priv.h\"\n"
    print "const char *const mm_emoji_names[] = {"
}
/^# / { next }
{
    for (i = 2; i <= NF; i++)
        printf "    \"%s\",\n", $i
}
END { print "    NULL,\n};" }
