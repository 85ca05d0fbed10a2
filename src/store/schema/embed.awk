# Turns schema/NNN.sql, in the order given, into the C array that migrate.h declares.
function quote(line)
{
    gsub(/\\/, "\\\\", line)
    gsub(/"/, "\\\"", line)
    return "    \"" line "\\n\""
}
BEGIN {
    print "/* Made from src/store/schema by embed.awk. */"
    print "#include \"store/migrate.h\"\n"
    print "const char *const migrate_schema[] = {"
}
FNR == 1 && NR > 1 { print "    ,"; }
FNR == 1 { files++ }
/^--/ || /^$/ { next }
{ print quote($0) }
END {
    print "};"
    print "const unsigned migrate_schema_n = " files ";"
}
