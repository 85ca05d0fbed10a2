/* One [gateway …] section. */
#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/config_read.h"
#include "import/import_priv.h"

#define USUAL_PREFIX "<{as}> "

/* --- legs --- */

/* The address, or why there is none. Of a same-channel gateway: what stands before the channel. */
static void
find_address(const struct import_gateway *gateway, struct import_leg *leg)
{
    g_autoptr(GError) error = NULL;
    const struct import_account *account = leg->account;

    if (account == NULL)
        leg->why = g_strdup("the file has no such account.");
    else if (account->lack != NULL)
        leg->why = g_strdup(account->lack);
    else if (!gateway->same && leg->channel == NULL)
        leg->why = g_strdup("it names no channel.");
    else if (gateway->same)
        leg->address = account->protocol->address(account, NULL, &error);
    else if (config_check_text(leg->channel, "its channel", &error))
        leg->address = account->protocol->address(account, leg->channel, &error);
    if (error != NULL)
        leg->why = import_shown(error->message);
}

/* Two legs of one address would be refused. */
static void
find_addresses(struct import_gateway *gateway)
{
    for (unsigned i = 0; i < gateway->legs->len; i++) {
        struct import_leg *leg = gateway->legs->pdata[i];
        find_address(gateway, leg);
        for (unsigned j = 0; j < i && leg->address != NULL; j++) {
            struct import_leg *other = gateway->legs->pdata[j];
            if (other->address == NULL || g_ascii_strcasecmp(other->address, leg->address) != 0)
                continue;
            other->ways |= leg->ways;
            g_clear_pointer(&leg->address, g_free);
            leg->why = g_strdup("it is there already.");
        }
    }
}

/* Why nothing could cross; NULL: something can. */
static const char *
find_lack(const struct import_gateway *gateway)
{
    unsigned n = 0;
    bool way = false;

    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct import_leg *from = gateway->legs->pdata[i];
        n += from->address != NULL ? 1 : 0;
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            const struct import_leg *to = gateway->legs->pdata[j];
            way = way || (i != j && from->address != NULL && to->address != NULL &&
                          (from->ways & IMPORT_TAKES) != 0 && (to->ways & IMPORT_GIVES) != 0);
        }
    }
    if (gateway->same && gateway->channels->len == 0)
        return "it names no channels.";
    return n < 2 ? "fewer than two of its legs are of networks that this build of weft has."
                 : (way ? NULL : "nothing could cross: no leg is read, or none is written to.");
}

/* --- what its accounts say --- */

/* How many legs of these ways say it, and how many do not. */
static void
count(const struct importing *importing, const struct import_gateway *gateway, const char *key,
      unsigned ways, unsigned *ret_with, unsigned *ret_without)
{
    *ret_with = *ret_without = 0;
    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct import_leg *leg = gateway->legs->pdata[i];
        if (leg->address == NULL || (leg->ways & ways) == 0)
            continue;
        if (import_account_on(importing, leg->account, key))
            ++*ret_with;
        else
            ++*ret_without;
    }
}

/* A switch of Matterbridge's is an account's, weft's is the gateway's. */
static void
write_switches(const struct importing *importing, const struct import_gateway *gateway,
               GString *out)
{
    static const struct {
        const char *key;
        unsigned ways;
        bool all; /* the line stands only when every leg says so */
        const char *line;
    } switches[] = {
        {"ShowJoinPart", IMPORT_GIVES, false, "joins = on"},
        {"SyncTopic", IMPORT_TAKES | IMPORT_GIVES, false, "topics = set"},
        {"ShowTopicChange", IMPORT_GIVES, false, "topics = say"},
        {"EditDisable", IMPORT_TAKES, true, "edits = off"},
        {"QuoteDisable", IMPORT_GIVES, true, "replies = off"},
    };
    bool has_topics = false;

    for (unsigned i = 0; i < G_N_ELEMENTS(switches); i++) {
        bool topics = g_str_has_prefix(switches[i].line, "topics");
        unsigned with, without, silent, other;
        count(importing, gateway, switches[i].key, switches[i].ways, &with, &without);
        count(importing, gateway, "NoSendJoinPart", IMPORT_TAKES, &silent, &other);
        if (with == 0 || (topics && has_topics) || (i == 0 && other == 0))
            continue;
        if (without > 0)
            g_string_append_printf(out,
                                   "# %s is said of %u of %u legs; here it is for all or none.\n",
                                   switches[i].key, with, with + without);
        if (i == 0 && silent > 0)
            g_string_append(out, "# NoSendJoinPart is said of some legs; here it is for all or "
                                 "none.\n");
        if (without > 0 && switches[i].all)
            continue;
        g_string_append_printf(out, "%s\n", switches[i].line);
        has_topics = has_topics || topics;
    }
}

static bool
allows_everyone(const struct importing *importing, const struct import_leg *leg)
{
    const struct toml_pair *pair = import_account_find(importing, leg->account, "AllowMention");
    const GPtrArray *items = pair != NULL ? pair->value->items : NULL;

    for (unsigned i = 0; items != NULL && i < items->len; i++) {
        const struct toml_value *item = items->pdata[i];
        if (item->kind == TOML_TEXT && strcmp(item->text, "everyone") == 0)
            return true;
    }
    return false;
}

/* Legs say it themselves; those of a same-channel gateway cannot. */
static void
write_everyone(const struct importing *importing, const struct import_gateway *gateway,
               GString *out)
{
    for (unsigned i = 0; i < gateway->legs->len && gateway->same; i++) {
        const struct import_leg *leg = gateway->legs->pdata[i];
        if (leg->address != NULL && allows_everyone(importing, leg)) {
            g_string_append(out, "everyone = on\n");
            return;
        }
    }
}

static bool
has_name_colors(const struct importing *importing, const struct import_leg *leg)
{
    return leg->account->protocol->colors &&
           import_account_on(importing, leg->account, "ColorNicks");
}

static void
write_name_colors(const struct importing *importing, const struct import_gateway *gateway,
                  GString *out)
{
    for (unsigned i = 0; i < gateway->legs->len && gateway->same; i++) {
        const struct import_leg *leg = gateway->legs->pdata[i];
        if (leg->address != NULL && has_name_colors(importing, leg)) {
            g_string_append(out, "name_colors = on\n");
            return;
        }
    }
}

static void
write_ignores(const struct import_gateway *gateway, GString *out)
{
    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct import_leg *leg = gateway->legs->pdata[i];
        bool again = leg->address == NULL || (leg->ways & IMPORT_TAKES) == 0;
        for (unsigned j = 0; j < i && !again; j++) {
            const struct import_leg *other = gateway->legs->pdata[j];
            again = other->address != NULL && other->account == leg->account &&
                    (other->ways & IMPORT_TAKES) != 0;
        }
        for (unsigned j = 0; !again && j < leg->account->ignores->len; j++) {
            g_autofree char *rule = config_quote(leg->account->ignores->pdata[j]);
            g_string_append_printf(out, "ignore = %s\n", rule);
        }
    }
}

/* Of [general], for every gateway. */
static void
write_files(struct importing *importing, GString *out)
{
    const struct toml_pair *size = import_find(importing->general, "MediaDownloadSize");
    const struct toml_pair *names = import_find(importing->general, "MediaDownloadBlackList");
    const GPtrArray *items = names != NULL ? names->value->items : NULL;

    if (size != NULL && size->value->kind == TOML_NUMBER && size->value->number > 0) {
        int64_t megabytes = (size->value->number - 1) / (1000 * 1000) + 1;
        g_string_append_printf(out, "max_file = %" G_GINT64_FORMAT "\n", MIN(megabytes, 10000));
    }
    for (unsigned i = 0; items != NULL && i < items->len; i++) {
        const struct toml_value *item = items->pdata[i];
        g_autofree char *mask = item->kind == TOML_TEXT ? import_mask(item->text) : NULL;
        if (mask != NULL && config_check_text(mask, "", NULL)) {
            g_autofree char *quoted = config_quote(mask);
            g_string_append_printf(out, "skip_file = %s\n", quoted);
        } else if (item->kind == TOML_TEXT) {
            g_autofree char *shown = import_shown(item->text);
            g_string_append_printf(out, "# Files like %s: this says more than a mask can.\n",
                                   shown);
        }
    }
}

/* --- names --- */

static bool
name_of(const struct importing *importing, const struct import_leg *leg, struct import_name *name)
{
    const char *format = leg->address != NULL && (leg->ways & IMPORT_GIVES) != 0
                             ? import_account_text(importing, leg->account, "RemoteNickFormat")
                             : NULL;

    if (format == NULL || !config_check_text(format, "", NULL))
        return false;
    import_name_init(name, format);
    return true;
}

/* The first that is said is the gateway's; legs that differ say so themselves. */
static bool
common_name(const struct importing *importing, const struct import_gateway *gateway,
            struct import_name *name)
{
    for (unsigned i = 0; i < gateway->legs->len; i++)
        if (name_of(importing, gateway->legs->pdata[i], name))
            return true;
    return false;
}

static void
write_legs(struct importing *importing, const struct import_gateway *gateway,
           const struct import_name *common, GString *out)
{
    static const char *const ways[] = {"", "in", "out", "inout"};

    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct import_leg *leg = gateway->legs->pdata[i];
        struct import_name name = {0};
        if (leg->address == NULL) {
            g_string_append_printf(out, "# no leg %s: %s\n", leg->said, leg->why);
            import_tell(importing, leg->line, "[[%s]] %s is no leg: %s", gateway->full, leg->said,
                        leg->why);
            continue;
        }
        g_autoptr(GString) line = g_string_new(leg->address);
        if (!gateway->same)
            g_string_append_printf(line, " %s%s%s", ways[leg->ways],
                                   allows_everyone(importing, leg) ? " everyone" : "",
                                   has_name_colors(importing, leg) ? " name_colors" : "");
        if (!gateway->same && name_of(importing, leg, &name) &&
            strcmp(name.name, common->name) != 0)
            g_string_append_printf(line, " name=%s", name.name);
        import_name_clear(&name);
        g_autofree char *quoted = config_quote(line->str);
        g_string_append_printf(out, "%s = %s\n", gateway->same ? "same" : "leg", quoted);
        if (gateway->lack == NULL)
            import_tell(importing, leg->line, "[[%s]] %s is taken over: %s = %s", gateway->full,
                        leg->said, gateway->same ? "same" : "leg", line->str);
    }
}

static void
write_channels(struct importing *importing, const struct import_gateway *gateway, GString *out)
{
    for (unsigned i = 0; i < gateway->channels->len; i++) {
        g_autoptr(GString) channel = g_string_new(NULL);
        address_append_part(channel, gateway->channels->pdata[i]);
        g_autofree char *shown = import_shown(channel->str);
        g_string_append_printf(out, "channel = %s\n", channel->str);
        if (gateway->lack == NULL)
            import_tell(importing, gateway->line, "[[%s]] %s is taken over: channel = %s",
                        gateway->full, shown, shown);
    }
}

static void
write_names(const struct import_name *name, GString *out)
{
    g_autofree char *quoted = config_quote(name->name);

    if (name->lost != NULL) {
        g_autofree char *shown = import_shown(name->lost);
        g_string_append_printf(out, "# Of the names' format %s has nothing here.\n", shown);
    }
    g_string_append_printf(out, "name = %s\n", quoted);
    if (strcmp(name->prefix, USUAL_PREFIX) != 0) {
        g_autofree char *prefix = config_quote(name->prefix);
        g_string_append_printf(out, "prefix = %s\n", prefix);
    }
}

/* A picture's address is a leg's there, and the gateway's here. */
static void
write_picture(const struct importing *importing, const struct import_gateway *gateway, GString *out)
{
    g_autofree char *common = NULL;

    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct import_leg *leg = gateway->legs->pdata[i];
        g_autofree char *picture = leg->address != NULL && (leg->ways & IMPORT_GIVES) != 0
                                       ? import_account_picture(importing, leg->account)
                                       : NULL;
        if (picture == NULL || g_strcmp0(picture, common) == 0)
            continue;
        if (common != NULL) {
            g_string_append_printf(out, "# IconURL of %s is another; here it is one for all.\n",
                                   leg->said);
            continue;
        }
        g_autofree char *quoted = config_quote(picture);
        g_string_append_printf(out, "avatar = %s\n", quoted);
        common = g_steal_pointer(&picture);
    }
}

static void
tell_options(struct importing *importing, const struct import_gateway *gateway,
             const struct import_leg *leg, const char *place)
{
    const struct toml_pair *options =
        leg->table != NULL ? import_find(leg->table, "options") : NULL;
    const struct toml_value *table =
        options != NULL && options->value->kind == TOML_TABLE ? options->value : NULL;
    const struct toml_pair *key = import_find(table, "key");

    if (leg->table != NULL) {
        import_tell_done(importing, import_find(leg->table, "account"));
        import_tell_done(importing, import_find(leg->table, "channel"));
        import_tell_done(importing, options);
        import_tell_table(importing, place, "leg", leg->table, NULL);
    }
    if (import_text(key) != NULL && leg->address != NULL && !leg->account->protocol->joins)
        import_tell_option(importing, place, key, IMPORT_LEFT, "channels have no keys there.");
    if (table != NULL)
        import_tell_table(importing, place, "options", table, leg->why);
}

static void
tell_gateway(struct importing *importing, const struct import_gateway *gateway)
{
    static const char *const lists[] = {"in", "out", "inout", "accounts", "channels"};
    g_autofree char *place = g_strdup_printf("[%s]", gateway->full);
    const struct toml_pair *enable = import_find(gateway->table, "enable");

    /* Its legs and channels tell of these. */
    import_tell_done(importing, import_find(gateway->table, "name"));
    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
        import_tell_done(importing, import_find(gateway->table, lists[i]));
    if (enable != NULL)
        import_tell_option(importing, place, enable, IMPORT_TAKEN, "enable = %s",
                           gateway->enabled ? "on" : "off");
    import_tell_table(importing, place, gateway->same ? "same" : "gateway", gateway->table, NULL);
    for (unsigned i = 0; i < gateway->legs->len; i++)
        tell_options(importing, gateway, gateway->legs->pdata[i], place);
}

/* Comments it out, line by line. */
static void
append(GString *conf, const char *lines, bool commented)
{
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);

    for (unsigned i = 0; split[i] != NULL; i++)
        if (*split[i] != '\0')
            g_string_append_printf(conf, "%s%s\n", commented && *split[i] != '#' ? "# " : "",
                                   split[i]);
}

static void
write_lines(struct importing *importing, const struct import_gateway *gateway, GString *out)
{
    struct import_name name = {0};
    bool named = common_name(importing, gateway, &name);

    g_string_append_printf(out, "[gateway %s]\nenable = %s\n", gateway->name,
                           gateway->enabled ? "on" : "off");
    write_legs(importing, gateway, &name, out);
    write_channels(importing, gateway, out);
    if (named)
        write_names(&name, out);
    import_name_clear(&name);
    write_picture(importing, gateway, out);
    write_switches(importing, gateway, out);
    write_everyone(importing, gateway, out);
    write_name_colors(importing, gateway, out);
    write_files(importing, out);
    write_ignores(gateway, out);
}

void
import_section_write(struct importing *importing, struct import_gateway *gateway)
{
    GString *conf = importing->result->conf;
    g_autoptr(GString) out = g_string_new(NULL);

    find_addresses(gateway);
    gateway->lack = find_lack(gateway);
    if (gateway->lack != NULL)
        import_tell(importing, gateway->line, "[[%s]] is not taken over: %s", gateway->full,
                    gateway->lack);
    else
        import_tell(importing, gateway->line, "[[%s]] is taken over: [gateway %s]", gateway->full,
                    gateway->name);
    write_lines(importing, gateway, out);
    g_string_append_printf(conf, "\n# [[%s]] %s, %s:%d\n",
                           gateway->same ? "samechannelgateway" : "gateway", gateway->full,
                           importing->options->name, gateway->line);
    if (gateway->lack != NULL)
        g_string_append_printf(conf, "# It is not taken over: %s\n", gateway->lack);
    append(conf, out->str, gateway->lack != NULL);
    importing->result->gateways += gateway->lack == NULL ? 1 : 0;
    tell_gateway(importing, gateway);
}
