/* Test vectors of the IRC parser tests by Daniel Oaks and others, 2015, dedicated to the public
 * domain (CC0): ircdocs/parser-tests, tests/msg-split.yaml, msg-join.yaml, userhost-split.yaml and
 * mask-match.yaml, commit 6b417e666de20ba677b14e0189213b3706009df6, written as C tables. */
#ifndef WEFT_TESTS_IRC_VECTORS_H
#define WEFT_TESTS_IRC_VECTORS_H

#include <stddef.h>

struct vector_tag {
    const char *key, *value;
};
struct vector_message {
    const char *input; /* split: the line; join: NULL */
    struct vector_tag tags[8];
    const char *source, *verb;
    const char *params[8];
    const char *matches[16]; /* join: each is right */
};
struct vector_userhost {
    const char *source, *nick, *user, *host;
};
struct vector_mask {
    const char *mask;
    const char *matches[8], *fails[8];
};

/* clang-format off */
static const struct vector_message vectors_split[] = {
    {.input = "foo bar baz asdf", .verb = "foo", .params = {"bar", "baz", "asdf"}},
    {.input = ":coolguy foo bar baz asdf", .source = "coolguy", .verb = "foo", .params = {"bar", "baz", "asdf"}},
    {.input = "foo bar baz :asdf quux", .verb = "foo", .params = {"bar", "baz", "asdf quux"}},
    {.input = "foo bar baz :", .verb = "foo", .params = {"bar", "baz", ""}},
    {.input = "foo bar baz ::asdf", .verb = "foo", .params = {"bar", "baz", ":asdf"}},
    {.input = ":coolguy foo bar baz :asdf quux", .source = "coolguy", .verb = "foo", .params = {"bar", "baz", "asdf quux"}},
    {.input = ":coolguy foo bar baz :  asdf quux ", .source = "coolguy", .verb = "foo", .params = {"bar", "baz", "  asdf quux "}},
    {.input = ":coolguy PRIVMSG bar :lol :) ", .source = "coolguy", .verb = "PRIVMSG", .params = {"bar", "lol :) "}},
    {.input = ":coolguy foo bar baz :", .source = "coolguy", .verb = "foo", .params = {"bar", "baz", ""}},
    {.input = ":coolguy foo bar baz :  ", .source = "coolguy", .verb = "foo", .params = {"bar", "baz", "  "}},
    {.input = "@a=b;c=32;k;rt=ql7 foo", .tags = {{"a", "b"}, {"c", "32"}, {"k", ""}, {"rt", "ql7"}}, .verb = "foo"},
    {.input = "@a=b\\\\and\\nk;c=72\\s45;d=gh\\:764 foo", .tags = {{"a", "b\\and\012k"}, {"c", "72 45"}, {"d", "gh;764"}}, .verb = "foo"},
    {.input = "@c;h=;a=b :quux ab cd", .tags = {{"c", ""}, {"h", ""}, {"a", "b"}}, .source = "quux", .verb = "ab", .params = {"cd"}},
    {.input = ":src JOIN #chan", .source = "src", .verb = "JOIN", .params = {"#chan"}},
    {.input = ":src JOIN :#chan", .source = "src", .verb = "JOIN", .params = {"#chan"}},
    {.input = ":src AWAY", .source = "src", .verb = "AWAY"},
    {.input = ":src AWAY ", .source = "src", .verb = "AWAY"},
    {.input = ":cool\011guy foo bar baz", .source = "cool\011guy", .verb = "foo", .params = {"bar", "baz"}},
    {.input = ":coolguy!ag@net\0035w\003ork.admin PRIVMSG foo :bar baz", .source = "coolguy!ag@net\0035w\003ork.admin", .verb = "PRIVMSG", .params = {"foo", "bar baz"}},
    {.input = ":coolguy!~ag@n\002et\00305w\017ork.admin PRIVMSG foo :bar baz", .source = "coolguy!~ag@n\002et\00305w\017ork.admin", .verb = "PRIVMSG", .params = {"foo", "bar baz"}},
    {.input = "@tag1=value1;tag2;vendor1/tag3=value2;vendor2/tag4= :irc.example.com COMMAND param1 param2 :param3 param3", .tags = {{"tag1", "value1"}, {"tag2", ""}, {"vendor1/tag3", "value2"}, {"vendor2/tag4", ""}}, .source = "irc.example.com", .verb = "COMMAND", .params = {"param1", "param2", "param3 param3"}},
    {.input = ":irc.example.com COMMAND param1 param2 :param3 param3", .source = "irc.example.com", .verb = "COMMAND", .params = {"param1", "param2", "param3 param3"}},
    {.input = "@tag1=value1;tag2;vendor1/tag3=value2;vendor2/tag4 COMMAND param1 param2 :param3 param3", .tags = {{"tag1", "value1"}, {"tag2", ""}, {"vendor1/tag3", "value2"}, {"vendor2/tag4", ""}}, .verb = "COMMAND", .params = {"param1", "param2", "param3 param3"}},
    {.input = "COMMAND", .verb = "COMMAND"},
    {.input = "@foo=\\\\\\\\\\:\\\\s\\s\\r\\n COMMAND", .tags = {{"foo", "\\\\;\\s \015\012"}}, .verb = "COMMAND"},
    {.input = ":gravel.mozilla.org 432  #momo :Erroneous Nickname: Illegal characters", .source = "gravel.mozilla.org", .verb = "432", .params = {"#momo", "Erroneous Nickname: Illegal characters"}},
    {.input = ":gravel.mozilla.org MODE #tckk +n ", .source = "gravel.mozilla.org", .verb = "MODE", .params = {"#tckk", "+n"}},
    {.input = ":services.esper.net MODE #foo-bar +o foobar  ", .source = "services.esper.net", .verb = "MODE", .params = {"#foo-bar", "+o", "foobar"}},
    {.input = "@tag1=value\\\\ntest COMMAND", .tags = {{"tag1", "value\\ntest"}}, .verb = "COMMAND"},
    {.input = "@tag1=value\\1 COMMAND", .tags = {{"tag1", "value1"}}, .verb = "COMMAND"},
    {.input = "@tag1=value1\\ COMMAND", .tags = {{"tag1", "value1"}}, .verb = "COMMAND"},
    {.input = "@tag1=1;tag2=3;tag3=4;tag1=5 COMMAND", .tags = {{"tag1", "5"}, {"tag2", "3"}, {"tag3", "4"}}, .verb = "COMMAND"},
    {.input = "@tag1=1;tag2=3;tag3=4;tag1=5;vendor/tag2=8 COMMAND", .tags = {{"tag1", "5"}, {"tag2", "3"}, {"tag3", "4"}, {"vendor/tag2", "8"}}, .verb = "COMMAND"},
    {.input = ":SomeOp MODE #channel :+i", .source = "SomeOp", .verb = "MODE", .params = {"#channel", "+i"}},
    {.input = ":SomeOp MODE #channel +oo SomeUser :AnotherUser", .source = "SomeOp", .verb = "MODE", .params = {"#channel", "+oo", "SomeUser", "AnotherUser"}},
};
static const struct vector_message vectors_join[] = {
    {.verb = "foo", .params = {"bar", "baz", "asdf"}, .matches = {"foo bar baz asdf", "foo bar baz :asdf"}},
    {.source = "src", .verb = "AWAY", .matches = {":src AWAY"}},
    {.source = "src", .verb = "AWAY", .params = {""}, .matches = {":src AWAY :"}},
    {.source = "coolguy", .verb = "foo", .params = {"bar", "baz", "asdf"}, .matches = {":coolguy foo bar baz asdf", ":coolguy foo bar baz :asdf"}},
    {.verb = "foo", .params = {"bar", "baz", "asdf quux"}, .matches = {"foo bar baz :asdf quux"}},
    {.verb = "foo", .params = {"bar", "baz", ""}, .matches = {"foo bar baz :"}},
    {.verb = "foo", .params = {"bar", "baz", ":asdf"}, .matches = {"foo bar baz ::asdf"}},
    {.source = "coolguy", .verb = "foo", .params = {"bar", "baz", "asdf quux"}, .matches = {":coolguy foo bar baz :asdf quux"}},
    {.source = "coolguy", .verb = "foo", .params = {"bar", "baz", "  asdf quux "}, .matches = {":coolguy foo bar baz :  asdf quux "}},
    {.source = "coolguy", .verb = "PRIVMSG", .params = {"bar", "lol :) "}, .matches = {":coolguy PRIVMSG bar :lol :) "}},
    {.source = "coolguy", .verb = "foo", .params = {"bar", "baz", ""}, .matches = {":coolguy foo bar baz :"}},
    {.source = "coolguy", .verb = "foo", .params = {"bar", "baz", "  "}, .matches = {":coolguy foo bar baz :  "}},
    {.source = "coolguy", .verb = "foo", .params = {"b\011ar", "baz"}, .matches = {":coolguy foo b\011ar baz", ":coolguy foo b\011ar :baz"}},
    {.tags = {{"asd", ""}}, .source = "coolguy", .verb = "foo", .params = {"bar", "baz", "  "}, .matches = {"@asd :coolguy foo bar baz :  ", "@asd= :coolguy foo bar baz :  "}},
    {.tags = {{"asd", ""}}, .source = "coolguy", .verb = "foo", .params = {"bar", "baz", "  "}, .matches = {"@asd :coolguy foo bar baz :  "}},
    {.tags = {{"a", "b\\and\012k"}, {"d", "gh;764"}}, .verb = "foo", .matches = {"@a=b\\\\and\\nk;d=gh\\:764 foo", "@d=gh\\:764;a=b\\\\and\\nk foo"}},
    {.tags = {{"a", "b\\and\012k"}, {"d", "gh;764"}}, .verb = "foo", .params = {"par1", "par2"}, .matches = {"@a=b\\\\and\\nk;d=gh\\:764 foo par1 par2", "@a=b\\\\and\\nk;d=gh\\:764 foo par1 :par2", "@d=gh\\:764;a=b\\\\and\\nk foo par1 par2", "@d=gh\\:764;a=b\\\\and\\nk foo par1 :par2"}},
    {.tags = {{"foo", "\\\\;\\s \015\012"}}, .verb = "COMMAND", .matches = {"@foo=\\\\\\\\\\:\\\\s\\s\\r\\n COMMAND"}},
};
static const struct vector_userhost vectors_userhost[] = {
    {"coolguy", "coolguy", "", ""},
    {"coolguy!ag@127.0.0.1", "coolguy", "ag", "127.0.0.1"},
    {"coolguy!~ag@localhost", "coolguy", "~ag", "localhost"},
    {"coolguy@127.0.0.1", "coolguy", "", "127.0.0.1"},
    {"coolguy!ag", "coolguy", "ag", ""},
    {"coolguy!ag@net\0035w\003ork.admin", "coolguy", "ag", "net\0035w\003ork.admin"},
    {"coolguy!~ag@n\002et\00305w\017ork.admin", "coolguy", "~ag", "n\002et\00305w\017ork.admin"},
};
static const struct vector_mask vectors_mask[] = {
    {"*@127.0.0.1", {"coolguy!ab@127.0.0.1", "cooldud3!~bc@127.0.0.1"}, {"coolguy!ab@127.0.0.5", "cooldud3!~d@124.0.0.1"}},
    {"cool*@*", {"coolguy!ab@127.0.0.1", "cooldud3!~bc@127.0.0.1", "cool132!ab@example.com"}, {"koolguy!ab@127.0.0.5", "cooodud3!~d@124.0.0.1"}},
    {"cool!*@*", {"cool!guyab@127.0.0.1", "cool!~dudebc@127.0.0.1", "cool!312ab@example.com"}, {"coolguy!ab@127.0.0.1", "cooldud3!~bc@127.0.0.1", "koolguy!ab@127.0.0.5", "cooodud3!~d@124.0.0.1"}},
    {"cool!?username@*", {"cool!ausername@127.0.0.1", "cool!~username@127.0.0.1"}, {"cool!username@127.0.0.1"}},
    {"cool!a?*@*", {"cool!ab@127.0.0.1", "cool!abc@127.0.0.1"}, {"cool!a@127.0.0.1"}},
    {"cool[guy]!*@*", {"cool[guy]!guy@127.0.0.1", "cool[guy]!a@example.com"}, {"coolg!ab@127.0.0.1", "cool[!ac@127.0.1.1"}},
};
/* clang-format on */

#endif
