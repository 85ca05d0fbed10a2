#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "core/config_read.h"
#include "core/gateway.h"
#include "core/options.h"
#include "tests/support/scratch.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

#define ACCOUNTS "[account a]\nnetwork = fake\n[account b]\nnetwork = fake\n"

static struct config *
load(const char *text)
{
    char *folder = scratch_new();
    g_autofree char *file = g_build_filename(folder, "weft.conf", NULL);

    g_assert_true(file_write_atomic(file, text, strlen(text), NULL));
    struct config *config = config_load_file(file, NULL, fake_networks);
    scratch_free(folder);
    return config;
}

/* All problems, "LINE: text" each. */
static void
assert_problems(const char *text, const char *wanted)
{
    struct config *config = load(text);
    g_autoptr(GString) found = g_string_new(NULL);

    for (unsigned i = 0; i < config_problems(config)->len; i++) {
        const struct config_problem *problem = config_problems(config)->pdata[i];
        g_string_append_printf(found, "%s%d:%d: %s", i > 0 ? "\n" : "", problem->line,
                               problem->column, problem->text);
    }
    g_assert_cmpstr(found->str, ==, wanted);
    config_free(config);
}

static void
test_legs(void)
{
    struct config *config =
        load(ACCOUNTS "[gateway jobs]\nleg = a/s\\ p/x\nleg = b/#lab in\n"
                      "leg = a/#c out name={nick} at {label}\nleg = b/#d name={id}\n"
                      "max_file = 3\nignore = *bot in a\nignore = mallory\n");

    g_assert_cmpuint(config_problems(config)->len, ==, 0);
    g_assert_cmpuint(config_n_gateways(config), ==, 1);
    const struct config_gateway *gateway = config_gateway(config, 0);
    const struct config_leg *const *legs = (const struct config_leg *const *)gateway->legs->pdata;
    g_assert_cmpstr(gateway->name, ==, "jobs");
    g_assert_false(gateway->same);
    g_assert_cmpuint(gateway->legs->len, ==, 4);
    g_assert_cmpstr(legs[0]->address, ==, "a/s\\ p/x");
    g_assert_cmpint(legs[0]->direction, ==, RELAY_INOUT);
    g_assert_cmpint(legs[0]->line, ==, 6);
    g_assert_null(legs[0]->name);
    g_assert_cmpint(legs[1]->direction, ==, RELAY_IN);
    g_assert_cmpint(legs[2]->direction, ==, RELAY_OUT);
    g_assert_cmpstr(legs[2]->name, ==, "{nick} at {label}");
    g_assert_cmpint(legs[3]->direction, ==, RELAY_INOUT);
    g_assert_cmpstr(legs[3]->name, ==, "{id}");
    g_assert_cmpuint(gateway->ignores->len, ==, 2);
    g_assert_cmpint(options_number(gateway->options, "max_file"), ==, 3);
    g_assert_cmpstr(options_text(gateway->options, "prefix"), ==, "<{as}> ");
    g_assert_true(config_gateway_options(config, "jobs") == gateway->options);
    g_assert_null(config_gateway_options(config, "job"));
    config_free(config);
}

/* Calls to everybody are let through into a leg. */
static void
test_everyone(void)
{
    struct config *config = load(
        ACCOUNTS "[gateway jobs]\nleg = a/#a everyone\nleg = b/#b in everyone\n"
                 "leg = a/#c out everyone name={nick} everyone\nleg = b/#d everyone name={id}\n"
                 "leg = a/#e name=everyone\n");
    static const struct {
        enum relay_direction direction;
        bool everyone;
        const char *name;
    } wanted[] = {{RELAY_INOUT, true, NULL},
                  {RELAY_IN, true, NULL},
                  {RELAY_OUT, true, "{nick} everyone"},
                  {RELAY_INOUT, true, "{id}"},
                  {RELAY_INOUT, false, "everyone"}};

    g_assert_cmpuint(config_problems(config)->len, ==, 0);
    const struct config_gateway *gateway = config_gateway(config, 0);
    g_assert_cmpuint(gateway->legs->len, ==, G_N_ELEMENTS(wanted));
    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct config_leg *leg = gateway->legs->pdata[i];
        g_assert_cmpint(leg->direction, ==, wanted[i].direction);
        g_assert_true(leg->everyone == wanted[i].everyone);
        g_assert_cmpstr(leg->name, ==, wanted[i].name);
    }
    config_free(config);
}

/* Names have colours in a leg, or in all. */
static void
test_name_colors(void)
{
    struct config *config = load(
        ACCOUNTS "[gateway jobs]\nleg = a/#a name_colors\nleg = b/#b out name_colors everyone\n"
                 "leg = a/#c everyone name_colors name=name_colors\nleg = b/#d name=name_colors\n"
                 "name_colors = on\n");
    static const bool wanted[] = {true, true, true, false};

    g_assert_cmpuint(config_problems(config)->len, ==, 0);
    const struct config_gateway *gateway = config_gateway(config, 0);
    g_assert_cmpuint(gateway->legs->len, ==, G_N_ELEMENTS(wanted));
    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct config_leg *leg = gateway->legs->pdata[i];
        g_assert_true(leg->name_colors == wanted[i]);
        g_assert_true(leg->everyone == (i == 1 || i == 2));
        g_assert_cmpstr(leg->name, ==, i < 2 ? NULL : "name_colors");
    }
    g_assert_true(options_bool(gateway->options, "name_colors"));
    config_free(config);
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x name_colors in\nleg = b/#x\n",
                    "6:7: \"in\" is not understood here; what may follow the direction is "
                    "everyone, name_colors, and then name=TEMPLATE.");
}

static void
test_same(void)
{
    struct config *config =
        load(ACCOUNTS "[gateway all]\nsame = a\nsame = b\nchannel = #x\nchannel = s/y\n");

    g_assert_cmpuint(config_problems(config)->len, ==, 0);
    g_assert_cmpuint(config_n_gateways(config), ==, 2);
    const struct config_gateway *second = config_gateway(config, 1);
    g_assert_true(second->same);
    g_assert_cmpstr(second->name, ==, "all/s/y");
    g_assert_cmpstr(second->section, ==, "all");
    g_assert_cmpstr(((const struct config_leg *)second->legs->pdata[1])->address, ==, "b/s/y");
    config_free(config);
}

static void
test_problems(void)
{
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x sideways\n",
                    "7:7: \"sideways\" is no direction: in (what is said there goes to the "
                    "others), out, or inout.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x inot\n",
                    "7:7: \"inot\" is no direction: in (what is said there goes to the others), "
                    "out, or inout. Did you mean inout?");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = c/#x\n",
                    "7:7: There is no account c in the configuration.");
    assert_problems(ACCOUNTS "[account libera]\nnetwork = fake\n"
                             "[gateway g]\nleg = a/#x\nleg = libra/#x\n",
                    "9:7: There is no account libra in the configuration. Did you mean libera?");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = A/#X\n",
                    "7:7: A/#X is a leg of this gateway already.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\n",
                    "5:1: A gateway joins at least two legs: leg = ACCOUNT/CHANNEL, twice or more "
                    "often.");
    assert_problems(ACCOUNTS "[gateway g]\nsame = a\nchannel = #x\n",
                    "5:1: A same-channel gateway joins at least two accounts: same = ACCOUNT, "
                    "twice or more often.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x\n"
                             "[gateway g]\nleg = a/#y\nleg = b/#y\n",
                    "8:1: [gateway g] begins in line 5 already, and all legs of both are joined. "
                    "Another name makes it a gateway of its own.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x in\nleg = b/#x in\n",
                    "5:1: Nothing could cross: one leg must be in or inout, another out or "
                    "inout.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x out\nleg = b/#x out\n",
                    "5:1: Nothing could cross: one leg must be in or inout, another out or "
                    "inout.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a\nleg = b/@maria\nleg = a//x\n",
                    "6:7: a names no channel. A leg looks like account/#channel or "
                    "account/space/channel.\n"
                    "7:7: b/@maria is a conversation between people: these are never relayed.\n"
                    "8:7: This is no buffer's address: a part of it is empty; it looks like "
                    "account/name.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x in out\nleg = b/#x\n",
                    "6:7: \"out\" is not understood here; what may follow the direction is "
                    "everyone, name_colors, and then name=TEMPLATE.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x everyone out\nleg = b/#x everyones\n",
                    "6:7: \"out\" is not understood here; what may follow the direction is "
                    "everyone, name_colors, and then name=TEMPLATE.\n"
                    "7:7: \"everyones\" is no direction: in (what is said there goes to the "
                    "others), out, or inout.");
    assert_problems(ACCOUNTS "[gateway g h]\nleg = a/#x\nleg = b/#x\n",
                    "5:1: A gateway's name is one word of at most 64 bytes, without / \\ \" ' [ ] "
                    "= # ;.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x\nsame = a\n",
                    "5:1: A gateway has either legs, or accounts (same) and channels.");
    assert_problems(ACCOUNTS "[gateway g]\nsame = a\nsame = b\n",
                    "5:1: A same-channel gateway names its accounts (same = ACCOUNT) and its "
                    "channels (channel = NAME).");
    assert_problems(ACCOUNTS "[gateway g]\nsame = a\nsame = c\nchannel = #x\nchannel = #y\n",
                    "7:8: There is no account c in the configuration.");
}

/* One mistake hides no other. */
static void
test_together(void)
{
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x sideways\nleg = c/#x\n"
                             "topics = sometimes\n",
                    "9:10: topics must be one of: off, say, set.\n"
                    "7:7: \"sideways\" is no direction: in (what is said there goes to the "
                    "others), out, or inout.\n"
                    "8:7: There is no account c in the configuration.");
    /* What would only follow from another mistake is not told. */
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nlge = b/#x\n",
                    "7:1: lge is not a key of this section. Did you mean leg?");
    assert_problems(ACCOUNTS "[gateway g]\nsame = a\nsame = b\nchanel = #x\n",
                    "8:1: chanel is not a key of this section. Did you mean channel?");
    assert_problems(ACCOUNTS "[account c]\nnetwork = fake\nlabl = x\n"
                             "[gateway g]\nleg = a/#x\nleg = c/#x\n",
                    "7:1: labl is not a key of this section. Did you mean label?");
}

static void
test_values(void)
{
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x\nname = {nik}\n",
                    "8:8: {nik} is nothing that weft could put there. Did you mean nick? There "
                    "are: {name} {nick} {coop} {country} {account} {network} {buffer} {gateway} "
                    "{label} {id}.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x\nname = {as}\nprefix = {as\n",
                    "8:8: {as} is nothing that weft could put there. There are: {name} {nick} "
                    "{coop} {country} {account} {network} {buffer} {gateway} {label} {id}.\n"
                    "9:10: A '{' has no '}' behind it.");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x\nprefix = \"[{as}] \"\n", "");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x\nreaction = on\n",
                    "8:1: reaction is not a key of this section. Did you mean reactions?");
    assert_problems(ACCOUNTS "[gateway g]\nleg = a/#x\nleg = b/#x name={x}\n",
                    "7:7: {x} is nothing that weft could put there. There are: {name} {nick} "
                    "{coop} {country} {account} {network} {buffer} {gateway} {label} {id}.");
}

static void
test_set(void)
{
    struct fake *fake = fake_new(2);
    g_autoptr(GError) error = NULL;
    const char *text = "[gateway g]\nleg = one/#x\nleg = two/#x\n";
    struct config *config = (struct config *)(uintptr_t)core_config(fake->core);

    g_assert_true(config_append_section(config, text, &error));
    g_assert_cmpuint(config_n_gateways(config), ==, 1);
    g_assert_false(config_append_section(config, text, &error));
    g_assert_cmpstr(error->message, ==, "There is a gateway g already. Choose another name.");
    g_clear_error(&error);
    g_assert_true(core_set(fake->core, "gateway g", "enable", "off", &error));
    g_assert_false(options_bool(config_gateway(config, 0)->options, "enable"));
    g_assert_false(core_set(fake->core, "gateway h", "enable", "off", &error));
    g_assert_cmpstr(error->message, ==, "There is no gateway h in the configuration.");
    g_clear_error(&error);
    /* One leg is no gateway. */
    g_assert_false(core_set(fake->core, "gateway g", "leg", "one/#x", &error));
    g_assert_nonnull(strstr(error->message, "at least two legs"));
    fake_free(fake);
}

void
test_config_gateway_add(void)
{
    g_test_add_func("/config-gateway/legs", test_legs);
    g_test_add_func("/config-gateway/everyone", test_everyone);
    g_test_add_func("/config-gateway/name-colors", test_name_colors);
    g_test_add_func("/config-gateway/same", test_same);
    g_test_add_func("/config-gateway/problems", test_problems);
    g_test_add_func("/config-gateway/together", test_together);
    g_test_add_func("/config-gateway/values", test_values);
    g_test_add_func("/config-gateway/set", test_set);
}
