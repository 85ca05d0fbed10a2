/* What is said crosses, under which name, and how it looks. */
#include <string.h>

#include "core/copy.h"
#include "core/gateway.h"
#include "core/transfer.h"
#include "relay/people.h"
#include "tests/unit/relay/tests.h"
#include "tests/unit/relay/world.h"

/* "one" takes a prefix, "two" another name. */
#define TWO                                                                                        \
    "[account one]\nnetwork = net\nserver = one\n"                                                 \
    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"
#define JOINED TWO "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"

static void
say(struct world *world, const char *account, const char *who, const char *text, const char *id)
{
    world_say(world, account, &(struct world_said){.who = who, .text = text, .id = id});
}

static void
test_both_ways(void)
{
    struct world *world = world_new(JOINED);

    say(world, "one", "maria", "hello", "m1");
    world_assert(world, "two", "say #lab as maria: hello");
    world_assert(world, "one", "");
    say(world, "two", "juan", "hello back", "m2");
    world_assert(world, "one", "say #lab: <juan> hello back");
    world_assert(world, "two", "");
    /* It is marked, and its key is not random. */
    g_assert_cmpstr(world_net(world, "two")->last_mark, ==, core_copy_mark(world->core));
    g_assert_cmpuint(world->n_notices, >=, 0);
    world_free(world);
}

static void
test_directions(void)
{
    struct world *world =
        world_new(TWO "[account three]\nnetwork = net\nserver = three\n"
                      "[gateway g]\nleg = one/#lab in\nleg = two/#lab out\nleg = three/#lab\n");

    say(world, "one", "maria", "a", "m1");
    world_assert(world, "two", "say #lab as maria: a");
    world_assert(world, "three", "say #lab: <maria> a");
    say(world, "two", "juan", "b", "m2");
    world_assert(world, "one", "");
    world_assert(world, "three", "");
    say(world, "three", "uma", "c", "m3");
    world_assert(world, "one", "");
    world_assert(world, "two", "say #lab as uma: c");
    world_free(world);
}

static void
test_marks(void)
{
    struct world *world = world_new(JOINED);
    struct rich *body = rich_new("so bold", -1);

    rich_add(body, 3, 7, SPAN_BOLD, NULL);
    host_emit(world_net(world, "one")->host, &(struct event){.type = EVENT_MESSAGE,
                                                             .conversation = "#lab",
                                                             .message = {.remote_id = "m1",
                                                                         .sender_id = "maria",
                                                                         .sender_name = "maria",
                                                                         .body = body}});
    rich_free(body);
    world_settle(world);
    world_assert(world, "two", "say #lab as maria: so bold {b3+4}");
    world_free(world);
}

/* Threat 65: what looks like a command elsewhere is text. */
static void
test_no_commands(void)
{
    static const char *const lines[] = {"/quit", "!users", ".kick uma", "/me waves", "//x"};
    struct world *world = world_new(JOINED);

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *id = g_strdup_printf("m%zu", i);
        g_autofree char *wanted = g_strdup_printf("say #lab as maria: %s", lines[i]);
        say(world, "one", "maria", lines[i], id);
        world_assert(world, "two", wanted);
    }
    world_free(world);
}

static void
test_kinds(void)
{
    struct world *world = world_new(JOINED);

    world_say(world, "one",
              &(struct world_said){.text = "waves", .id = "m1", .kind = MESSAGE_ACTION});
    world_assert(world, "two", "act #lab as uma: waves");
    world_say(world, "two",
              &(struct world_said){.text = "waves", .id = "m2", .kind = MESSAGE_ACTION});
    world_assert(world, "one", "say #lab: * uma waves");
    world_say(world, "one",
              &(struct world_said){.text = "news", .id = "m3", .kind = MESSAGE_NOTICE});
    world_assert(world, "two", "say #lab as uma: news");
    /* Who comes and goes is nobody's business, unless it is wanted. */
    world_say(world, "one", &(struct world_said){.kind = MESSAGE_JOIN});
    world_assert(world, "two", "");
    world_set(world, "joins", "on");
    world_say(world, "one", &(struct world_said){.kind = MESSAGE_PART});
    world_assert(world, "two", "say #lab: * uma has left #lab (one)");
    world_free(world);
}

static void
test_lines(void)
{
    struct world *world =
        world_new("[account lines]\nnetwork = net\nserver = lines\n[account two]\nnetwork = "
                  "net\nserver = two\n"
                  "[account three]\nnetwork = net\nserver = three\n"
                  "[gateway g]\nleg = lines/#lab\nleg = two/#lab\nleg = three/#lab\n");

    say(world, "two", "maria", "a\nb", "m1");
    world_assert(world, "lines", "say #lab: <maria> a\nsay #lab: <maria> b");
    world_assert(world, "three", "say #lab: <maria> a\nb");
    world_free(world);
}

/* Threat 36: no part of a long message passes for one of somebody else. */
static void
test_long(void)
{
    struct world *world = world_new("[account lines]\nnetwork = net\nserver = lines\n[account "
                                    "two]\nnetwork = net\nserver = two\n"
                                    "[gateway g]\nleg = lines/#lab\nleg = two/#lab\n");
    g_autoptr(GString) text = g_string_new(NULL);

    while (text->len < 500)
        g_string_append(text, "<juan> says so ");
    say(world, "two", "maria", text->str, "m1");
    g_autofree char *log = world_take(world, "lines");
    g_auto(GStrv) parts = g_strsplit(log, "\n", -1);
    g_assert_cmpuint(g_strv_length(parts), ==, 5);
    for (unsigned i = 0; parts[i]; i++)
        g_assert_true(g_str_has_prefix(parts[i], "say #lab: <maria> "));
    world_free(world);
}

/* Threat 36: where some people see each line as a message of its own, each says whose it is: also
 * what is said of a file, and what is longer than a line. */
static void
test_lines_apart(void)
{
    struct world *world = world_new("[account one]\nnetwork = net\nserver = one\n"
                                    "line_bytes = 30\nlacks = upload\n"
                                    "[account two]\nnetwork = net\nserver = two\n"
                                    "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");
    const struct world_said action = {
        .who = "maria", .text = "waves\n* juan has left", .id = "m3", .kind = MESSAGE_ACTION};

    say(world, "two", "maria", "a\n2. two\n\n<juan> c", "m1");
    world_assert(world, "one", "say #lab: <maria> a\n<maria> 2. two\n\n<maria> <juan> c");
    say(world, "two", "maria",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four "
        "twenty-five twenty-six twenty-seven",
        "m2");
    g_autofree char *log = world_take(world, "one");
    g_auto(GStrv) parts = g_strsplit(log, "\n", -1);
    g_assert_cmpuint(g_strv_length(parts), >, 8);
    for (unsigned i = 0; parts[i]; i++) {
        const char *line = parts[i] + (i == 0 ? strlen("say #lab: ") : 0);
        g_assert_true(g_str_has_prefix(line, "<maria> "));
        g_assert_cmpuint(strlen(line), <=, 30);
    }
    world_say(world, "two", &action);
    world_assert(world, "one", "say #lab: * maria waves\n<maria> * juan has left");
    world_free(world);
}

/* --- names --- */

static void
test_names(void)
{
    struct world *world = world_new(
        TWO "[account three]\nnetwork = net\nserver = three\nlabel = Third\n"
            "[gateway g]\nleg = one/#lab\nleg = two/#lab name={name} {coop}\nleg = three/#lab\n"
            "prefix = [{network} {as}]\n");

    say(world, "one", "maria_patio_ar", "a", "m1");
    world_assert(world, "two", "say #lab as maria patio: a");
    world_assert(world, "three", "say #lab: [net maria] a");
    /* Another one of that name is another one, and stays that. */
    say(world, "three", "maria", "b", "m2");
    world_assert(world, "two", "say #lab as maria: b");
    say(world, "two", "maria", "c", "m3");
    world_assert(world, "three", "say #lab: [net maria (two)] c");
    world_restart(world);
    world_online(world, "two");
    world_online(world, "three");
    world_caught_up(world, "three");
    world_caught_up(world, "two");
    say(world, "two", "maria", "d", "m4");
    world_assert(world, "three", "say #lab: [net maria (two)] d");
    world_free(world);
}

/* Nobody is heard under the name of who is there, or under our own. */
static void
test_names_of_others(void)
{
    struct world *world = world_new(JOINED);
    struct member *member = member_new("u7", "Juan", "");
    struct host *host = world_net(world, "two")->host;

    host_emit(host, &(struct event){
                        .type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member});
    member_free(member);
    say(world, "one", "juan", "a", "m1");
    world_assert(world, "two", "say #lab as juan (one): a");
    say(world, "one", "Weft", "b", "m2");
    world_assert(world, "two", "say #lab as Weft (one): b");
    /* Somebody comes who is called like one that was heard before. */
    say(world, "one", "maria", "c", "m3");
    world_assert(world, "two", "say #lab as maria: c");
    member = member_new("u8", "María", "");
    host_emit(host, &(struct event){
                        .type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member});
    member_free(member);
    say(world, "one", "maria", "d", "m4");
    world_assert(world, "two", "say #lab as maria (one): d");
    host_emit(host, &(struct event){
                        .type = EVENT_MEMBER_REMOVED, .conversation = "#lab", .user_id = "u8"});
    say(world, "one", "maria", "e", "m5");
    world_assert(world, "two", "say #lab as maria (one): e");
    world_free(world);
}

static void
go_and_come(struct world *world, const char *come, const char *go)
{
    struct host *host = world_net(world, "two")->host;
    struct member *member = come ? member_new(come, come, "") : NULL;

    if (member)
        host_emit(host, &(struct event){
                            .type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member});
    member_free(member);
    if (go)
        host_emit(host, &(struct event){
                            .type = EVENT_MEMBER_REMOVED, .conversation = "#lab", .user_id = go});
}

/* Who had a name for a moment does not keep it for good; and while they come and go, no copy's name
 * goes to and fro. */
static void
test_names_come_back(void)
{
    struct world *world = world_new(JOINED);

    say(world, "one", "kai", "a", "m1");
    world_assert(world, "two", "say #lab as kai: a");
    go_and_come(world, "kai", "kai");
    for (int i = 0; i < 6; i++) {
        g_autofree char *id = g_strdup_printf("b%d", i);
        world_advance(world, PEOPLE_REST_US / 2);
        say(world, "one", "kai", "b", id);
        world_assert(world, "two", "say #lab as kai (one): b");
        go_and_come(world, i < 5 ? "kai" : NULL, "kai");
    }
    world_advance(world, PEOPLE_REST_US + PEOPLE_LOOK_US);
    say(world, "one", "kai", "c", "m3");
    world_assert(world, "two", "say #lab as kai: c");
    /* Nor who is there when somebody of that name is first heard; and who stays keeps it. */
    go_and_come(world, "ana", NULL);
    for (int i = 0; i < 2; i++) {
        g_autofree char *id = g_strdup_printf("d%d", i);
        say(world, "one", "ana", "d", id);
        world_assert(world, "two", "say #lab as ana (one): d");
        world_advance(world, 24 * PEOPLE_REST_US);
    }
    go_and_come(world, NULL, "ana");
    say(world, "one", "ana", "e", "m5");
    world_assert(world, "two", "say #lab as ana (one): e");
    world_advance(world, PEOPLE_REST_US + PEOPLE_LOOK_US);
    say(world, "one", "ana", "f", "m6");
    world_assert(world, "two", "say #lab as ana: f");
    world_free(world);
}

/* Away, nobody is seen: that is no time in which nobody has had a name. */
static void
test_names_while_away(void)
{
    struct world *world = world_new(JOINED);

    say(world, "one", "kai", "a", "m1");
    world_assert(world, "two", "say #lab as kai: a");
    go_and_come(world, "kai", "kai");
    world_lost(world, "two");
    world_advance(world, 2 * PEOPLE_REST_US);
    world_online(world, "two");
    world_caught_up(world, "two");
    say(world, "one", "kai", "b", "m2");
    world_assert(world, "two", "say #lab as kai (one): b");
    /* After a restart it is let go as well. */
    world_restart(world);
    world_online(world, "one");
    world_online(world, "two");
    world_caught_up(world, "one");
    world_caught_up(world, "two");
    say(world, "one", "kai", "c", "m3");
    world_assert(world, "two", "say #lab as kai (one): c");
    world_advance(world, PEOPLE_REST_US + 2 * PEOPLE_LOOK_US);
    say(world, "one", "kai", "d", "m4");
    world_assert(world, "two", "say #lab as kai: d");
    world_restart(world);
    world_online(world, "one");
    world_online(world, "two");
    world_caught_up(world, "one");
    world_caught_up(world, "two");
    say(world, "one", "kai", "e", "m5");
    world_assert(world, "two", "say #lab as kai: e");
    world_free(world);
}

/* What we type ourselves is ours everywhere. */
static void
test_own(void)
{
    struct world *world = world_new(JOINED);

    g_free(world_type(world, "one", "hi from me"));
    world_assert(world, "one", "say #lab: hi from me");
    world_assert(world, "two", "say #lab: hi from me");
    world_free(world);
}

/* --- mentions --- */

static void
test_mentions(void)
{
    struct world *world = world_new(JOINED);

    world_say(
        world, "one",
        &(struct world_said){.text = "@ana and @all", .id = "m1", .user = "@ana", .user_id = "u9"});
    world_assert(world, "two",
                 "say #lab as uma: ana and @\xe2\x80\x8b"
                 "all");
    /* Who is heard there under a name is called when they are answered. */
    say(world, "two", "juan", "hello", "m2");
    world_assert(world, "one", "say #lab: <juan> hello");
    say(world, "one", "maria", "juan: welcome", "m3");
    world_assert(world, "two", "say #lab as maria: @juan: welcome {@0+5=juan}");
    say(world, "one", "maria", "all greet @Juan!", "m4");
    world_assert(world, "two", "say #lab as maria: all greet @juan! {@10+5=juan}");
    world_set(world, "everyone", "on");
    say(world, "one", "maria", "@all come", "m5");
    world_assert(world, "two", "say #lab as maria: @all come");
    world_free(world);
}

/* Threat 60: who wants calls to everybody from elsewhere says so of a channel, or of a pair. */
static void
test_everyone(void)
{
    struct world *world =
        world_new(TWO "[account three]\nnetwork = net\nserver = three\n"
                      "[gateway g]\nleg = one/#lab\nleg = two/#lab everyone\nleg = three/#lab\n");
    const char *const broken = "say #lab: <maria> @\xe2\x80\x8b"
                               "all come";

    say(world, "one", "maria", "@all come", "m1");
    world_assert(world, "two", "say #lab as maria: @all come");
    world_assert(world, "three", broken);
    say(world, "two", "maria", "@all come", "m2");
    world_assert(world, "one", broken);
    world_free(world);
    /* The first gateway that joins a pair carries it. */
    world = world_new(TWO "[account three]\nnetwork = net\nserver = three\n"
                          "[gateway pair]\nleg = one/#lab in\nleg = three/#lab out everyone\n"
                          "[gateway g]\nleg = one/#lab\nleg = two/#lab\nleg = three/#lab\n");
    say(world, "one", "maria", "@all come", "m1");
    world_assert(world, "three", "say #lab: <maria> @all come");
    say(world, "two", "juan", "@all come", "m2");
    world_assert(world, "three",
                 "say #lab: <juan> @\xe2\x80\x8b"
                 "all come");
    world_free(world);
}

/* --- answers --- */

static void
test_answers(void)
{
    struct world *world = world_new(JOINED);

    say(world, "one", "maria", "what time?", "m1");
    world_assert(world, "two", "say #lab as maria: what time?");
    world_say(
        world, "two",
        &(struct world_said){.who = "juan", .text = "at ten", .id = "m2", .reply_to = "two-1"});
    world_assert(world, "one", "say #lab: <juan> at ten re m1");
    world_say(
        world, "one",
        &(struct world_said){.who = "maria", .text = "thanks", .id = "m3", .reply_to = "one-1"});
    world_assert(world, "two", "say #lab as maria: thanks re m2");
    /* To what was never carried. */
    world_say(
        world, "one",
        &(struct world_said){.who = "maria", .text = "hm", .id = "m4", .reply_to = "long-ago"});
    world_assert(world, "two", "say #lab as maria: hm");
    world_set(world, "replies", "off");
    world_say(world, "one",
              &(struct world_said){.who = "maria", .text = "hm", .id = "m5", .reply_to = "one-1"});
    world_assert(world, "two", "say #lab as maria: hm");
    world_free(world);
}

static void
test_answers_quoted(void)
{
    struct world *world =
        world_new("[account one]\nnetwork = net\nserver = one\nlacks = reply\n"
                  "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\nlabel = Patio\n"
                  "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");

    say(world, "one", "maria", "what time\ndo we meet?", "m1");
    world_assert(world, "two", "say #lab as maria: what time\ndo we meet?");
    world_say(
        world, "two",
        &(struct world_said){.who = "juan", .text = "at ten", .id = "m2", .reply_to = "two-1"});
    world_assert(world, "one", "say #lab: <juan> (re maria: what time do we meet?) at ten");
    world_say(world, "two",
              &(struct world_said){.who = "ana", .text = "ok", .id = "m3", .reply_to = "m2"});
    world_assert(world, "one", "say #lab: <ana> (re juan: at ten) ok");
    world_free(world);
}

/* An answer to what is still on its way waits for it. */
static void
test_answer_waits(void)
{
    struct world *world = world_new(JOINED);

    world_net(world, "two")->holds = true;
    say(world, "one", "maria", "a", "m1");
    world_say(world, "one",
              &(struct world_said){.who = "ana", .text = "b", .id = "m2", .reply_to = "m1"});
    world_assert(world, "two", "say #lab as maria: a");
    world_release(world, "two");
    world_assert(world, "two", "say #lab as ana: b re two-1");
    world_free(world);
}

/* --- files --- */

static const GPtrArray *
a_file(GPtrArray **ret_files, const char *name, int64_t size_bytes)
{
    *ret_files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    g_ptr_array_add(*ret_files, attachment_new("f1", name, size_bytes));
    return *ret_files;
}

/* Until no file is on its way any more: what came is written by a thread. */
static void
carried(struct world *world)
{
    const int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    world_settle(world);
    while (core_transfers(world->core)->len > 0 && g_get_monotonic_time() < deadline) {
        g_main_context_iteration(NULL, FALSE);
        world_settle(world);
    }
    g_assert_cmpuint(core_transfers(world->core)->len, ==, 0);
}

static void
test_files(void)
{
    g_autoptr(GPtrArray) files = NULL;
    struct world *world = world_new(
        TWO "[account three]\nnetwork = net\nserver = three\nlacks = upload\n"
            "[gateway g]\nleg = one/#lab\nleg = two/#lab\nleg = three/#lab\nskip_file = *.exe\n");
    const struct world_said said = {.who = "maria",
                                    .text = "the minutes",
                                    .id = "m1",
                                    .files = a_file(&files, "minutes.txt", 3)};

    world_say(world, "one", &said);
    carried(world);
    world_assert(world, "one", "download f1");
    world_assert(world, "two", "upload minutes.txt\nsay #lab as maria: the minutes +two-1");
    world_assert(world, "three", "say #lab: <maria> the minutes\n[file: minutes.txt, 3 bytes]");
    world_free(world);
}

static void
test_files_refused(void)
{
    g_autoptr(GPtrArray) files = NULL;
    g_autoptr(GPtrArray) large = NULL;
    struct world *world = world_new(JOINED "skip_file = *.EXE\nmax_file = 1\n");
    struct world_said said = {.who = "maria", .id = "m1", .files = a_file(&files, "x.exe", 3)};

    world_say(world, "one", &said);
    world_assert(world, "two",
                 "say #lab as maria: [file: x.exe, 3 bytes; files of this kind are not carried]");
    said.id = "m2";
    said.files = a_file(&large, "x.txt", 2000000);
    world_say(world, "one", &said);
    world_assert(world, "two",
                 "say #lab as maria: [file: x.txt, 2.0\xc2\xa0"
                 "MB; too large to be carried]");
    world_assert(world, "one", "");
    world_free(world);
}

/* --- what never crosses --- */

/* Threat 64. */
static void
test_never(void)
{
    struct world *world =
        world_new(TWO "[gateway g]\nsame = one\nsame = two\nchannel = #lab\nchannel = #inner\n"
                      "channel = uma\nignore = mallory\n");
    struct world_said said = {.text = "secret", .id = "m1", .ephemeral = true};

    world_say(world, "one", &said);
    world_assert(world, "two", "");
    /* A private channel is never met by a rule for channels of a name. */
    world_channel(world, "one", "#inner", BUFFER_PRIVATE);
    world_channel(world, "two", "#inner", BUFFER_CHANNEL);
    said = (struct world_said){.text = "secret", .id = "m2", .conversation = "#inner"};
    world_say(world, "one", &said);
    world_assert(world, "two", "");
    world_say(world, "two", &said);
    world_assert(world, "one", "");
    world_channel(world, "one", "uma", BUFFER_DIRECT);
    world_channel(world, "two", "uma", BUFFER_DIRECT);
    said.conversation = "uma";
    said.id = "m3";
    world_say(world, "one", &said);
    world_assert(world, "two", "");
    said = (struct world_said){.text = "spam", .id = "m4", .who = "mallory"};
    world_say(world, "one", &said);
    world_assert(world, "two", "");
    said = (struct world_said){.text = "older", .id = "m5", .origin = ORIGIN_HISTORY};
    world_say(world, "one", &said);
    world_assert(world, "two", "");
    said = (struct world_said){.text = "hello", .id = "m6"};
    world_say(world, "one", &said);
    world_assert(world, "two", "say #lab as uma: hello");
    world_free(world);
}

/* A private channel that is named, and a direct conversation that is. */
static void
test_named(void)
{
    struct world *world = world_new(
        TWO "[gateway g]\nleg = one/#inner\nleg = two/#lab\n[gateway h]\nleg = one/uma\nleg = "
            "two/#lab\n");
    struct world_said said = {.text = "hi", .id = "m1", .conversation = "#inner"};

    world_channel(world, "one", "#inner", BUFFER_PRIVATE);
    world_channel(world, "one", "uma", BUFFER_DIRECT);
    world_say(world, "one", &said);
    world_assert(world, "two", "say #lab as uma: hi");
    said.conversation = "uma";
    said.id = "m2";
    world_say(world, "one", &said);
    world_assert(world, "two", "");
    world_free(world);
}

static void
test_typing(void)
{
    struct world *world = world_new(JOINED);
    struct event event = {.type = EVENT_TYPING,
                          .conversation = "#lab",
                          .typing = {.user_id = "maria", .user_name = "maria", .active = true}};

    host_emit(world_net(world, "one")->host, &event);
    world_settle(world);
    world_assert(world, "two", "typing #lab on");
    event.typing.active = false;
    host_emit(world_net(world, "one")->host, &event);
    world_settle(world);
    world_assert(world, "two", "typing #lab off");
    world_set(world, "typing", "off");
    event.typing.active = true;
    host_emit(world_net(world, "one")->host, &event);
    world_settle(world);
    world_assert(world, "two", "");
    world_free(world);
}

/* A picture goes where somebody is shown by name, and only with all of its address. */
static void
test_avatar(void)
{
    struct world *world = world_new("[account one]\nnetwork = net\nserver = one\n"
                                    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"
                                    "[gateway g]\nleg = one/#lab\nleg = two/#lab\n"
                                    "avatar = https://p.example/{account}/{nick}.png\n");

    world_say(world, "one", &(struct world_said){.text = "a", .id = "m1", .who = "A b/../\u00e9"});
    world_assert(world, "two",
                 "say #lab as A b/../\u00e9 with https://p.example/one/A%20b%2F..%2F%C3%A9.png: a");
    /* There nobody is shown by name. */
    world_say(world, "two", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "one", "say #lab: <uma> b");
    world_set(world, "avatar", "https://p.example/{coop}/{nick}");
    world_say(world, "one", &(struct world_said){.text = "c", .id = "m3"});
    world_assert(world, "two", "say #lab as uma: c");
    world_say(world, "one", &(struct world_said){.text = "d", .id = "m4", .who = "uma_birch_fi"});
    world_assert(world, "two",
                 "say #lab as uma (birch) with https://p.example/birch/uma_birch_fi: d");
    world_free(world);
}

/* What the network says of somebody's picture comes first, stays over restarts, and ends with it.
 */
static void
test_avatar_of_network(void)
{
    struct world *world = world_new("[account one]\nnetwork = net\nserver = one\n"
                                    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"
                                    "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");

    world_say(world, "one",
              &(struct world_said){.text = "a", .id = "m1", .picture = "https://p.example/uma"});
    world_assert(world, "two", "say #lab as uma with https://p.example/uma: a");
    /* Who says nothing of it changes nothing; nobody wears another's. */
    world_say(world, "one", &(struct world_said){.text = "b", .id = "m2"});
    world_assert(world, "two", "say #lab as uma with https://p.example/uma: b");
    world_say(world, "one", &(struct world_said){.text = "c", .id = "m3", .who = "bo"});
    world_assert(world, "two", "say #lab as bo: c");
    world_restart(world);
    world_online(world, "one");
    world_online(world, "two");
    world_caught_up(world, "one");
    world_caught_up(world, "two");
    world_say(world, "one", &(struct world_said){.text = "d", .id = "m4"});
    world_assert(world, "two", "say #lab as uma with https://p.example/uma: d");
    world_set(world, "avatar", "https://p.example/x/{nick}");
    world_say(world, "one", &(struct world_said){.text = "e", .id = "m5"});
    world_assert(world, "two", "say #lab as uma with https://p.example/uma: e");
    world_say(world, "one", &(struct world_said){.text = "f", .id = "m6", .picture = ""});
    world_assert(world, "two", "say #lab as uma with https://p.example/x/uma: f");
    world_set(world, "avatar", "off");
    world_say(world, "one",
              &(struct world_said){.text = "g", .id = "m7", .picture = "http://p.example/uma"});
    world_assert(world, "two", "say #lab as uma: g");
    world_free(world);
}

/* A network may say anything: what is no plain address of a picture is none. */
static void
test_avatar_foreign(void)
{
    struct world *world = world_new("[account one]\nnetwork = net\nserver = one\n"
                                    "[account two]\nnetwork = net\nserver = two\nname_bytes = 24\n"
                                    "[gateway g]\nleg = one/#lab\nleg = two/#lab\n");
    g_autofree char *filler = g_strnfill(1024, 'x');
    g_autofree char *late = g_strnfill(500, ' ');
    g_autofree char *endless = g_strconcat("https://p.example/", filler, NULL);
    g_autofree char *grows = g_strconcat("https://p.example/", late, NULL);
    const char *const bad[] = {"javascript:alert(1)",
                               "data:image/png;base64,AA",
                               "file:///etc/passwd",
                               "ftp://p.example/a.png",
                               "https://",
                               "https:///a.png",
                               "//p.example/a.png",
                               "www.p.example/a.png",
                               "https://p.example/a\nb",
                               "https://p.example/\x1b[31m",
                               "https://me:pw@p.example",
                               endless,
                               grows};
    static const struct {
        const char *said, *carried;
    } good[] = {
        {"http://p.example/a.png?s=48&v=1", "http://p.example/a.png?s=48&v=1"},
        {"https://p.example/a b\"<\xc3\xa9\xff", "https://p.example/a%20b%22%3C%C3%A9%FF"},
        {"https://p.example/{nick}", "https://p.example/%7Bnick%7D"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        world_say(world, "one",
                  &(struct world_said){.text = "a", .picture = "https://p.example/u"});
        world_assert(world, "two", "say #lab as uma with https://p.example/u: a");
        world_say(world, "one", &(struct world_said){.text = "b", .picture = bad[i]});
        world_assert(world, "two", "say #lab as uma: b");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *wanted = g_strdup_printf("say #lab as uma with %s: c", good[i].carried);
        world_say(world, "one", &(struct world_said){.text = "c", .picture = good[i].said});
        world_assert(world, "two", wanted);
    }
    world_free(world);
}

static void
test_avatar_checked(void)
{
    static const char *const bad[] = {"http://p.example/a.png",
                                      "https:///a",
                                      "https://p.example",
                                      "https://{nick}.example/a",
                                      "https://p.example/{nik}",
                                      "https://p.example/a b",
                                      "javascript:1"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(gateway_check_avatar(bad[i], NULL));
    g_assert_true(gateway_check_avatar("https://p.example/{nick}", NULL));
    g_assert_true(gateway_check_avatar("off", NULL));
}

void
test_say_add(void)
{
    g_test_add_func("/say/both-ways", test_both_ways);
    g_test_add_func("/say/directions", test_directions);
    g_test_add_func("/say/marks", test_marks);
    g_test_add_func("/say/no-commands", test_no_commands);
    g_test_add_func("/say/kinds", test_kinds);
    g_test_add_func("/say/lines", test_lines);
    g_test_add_func("/say/long", test_long);
    g_test_add_func("/say/lines-apart", test_lines_apart);
    g_test_add_func("/say/names", test_names);
    g_test_add_func("/say/names-of-others", test_names_of_others);
    g_test_add_func("/say/names-come-back", test_names_come_back);
    g_test_add_func("/say/names-while-away", test_names_while_away);
    g_test_add_func("/say/own", test_own);
    g_test_add_func("/say/mentions", test_mentions);
    g_test_add_func("/say/everyone", test_everyone);
    g_test_add_func("/say/answers", test_answers);
    g_test_add_func("/say/answers-quoted", test_answers_quoted);
    g_test_add_func("/say/answer-waits", test_answer_waits);
    g_test_add_func("/say/files", test_files);
    g_test_add_func("/say/files-refused", test_files_refused);
    g_test_add_func("/say/never", test_never);
    g_test_add_func("/say/named", test_named);
    g_test_add_func("/say/avatar", test_avatar);
    g_test_add_func("/say/avatar-of-network", test_avatar_of_network);
    g_test_add_func("/say/avatar-foreign", test_avatar_foreign);
    g_test_add_func("/say/avatar-checked", test_avatar_checked);
    g_test_add_func("/say/typing", test_typing);
}
