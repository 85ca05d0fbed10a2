# Turns emoji.txt into the C array that emoji_table.h declares. Bytes are handed through as they are.
BEGIN {
    print "/* Made from src/text/emoji.txt by emoji.awk. */"
    print "#include \"text/emoji_table.h\"\n"
    print "const struct emoji emoji_table[] = {"
}
/^# / { next }
NF < 2 || /["\\]/ { bad = FNR ": not an emoji and its names"; exit }
{
    others = ""
    for (i = 3; i <= NF; i++)
        others = others (i > 3 ? " " : "") $i
    printf "    {\"%s\", \"%s\", \"%s\"},\n", $1, $2, others
    n++
}
END {
    if (bad) {
        print "emoji.txt:" bad >"/dev/stderr"
        exit 1
    }
    print "};"
    print "const size_t emoji_table_n = " n ";"
}
