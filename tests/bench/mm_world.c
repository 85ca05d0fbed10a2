#include "tests/bench/mm_world.h"

#include <string.h>

#include "tests/bench/flood_text.h"

#define ID      26
#define DIGITS  8 /* of an id: its number, at the end */
#define SELF    1000
#define POST_MS 60000 /* from one post of a channel to its next */
#define TEAM    "tcoopscoopscoopsco00000001"
#define POST_TAIL                                                                                  \
    "\",\"type\":\"\",\"props\":{},\"hashtags\":\"\",\"file_ids\":[],\"pending_post_id\":\"\","    \
    "\"remote_id\":\"\",\"reply_count\":0,\"last_reply_at\":0,\"participants\":null,"              \
    "\"metadata\":{}}"

/* --- ids
 * ------------------------------------------------------------------------------------------- */

/* As spread as real ones are, with the number at the end. Static, one a call of four. */
static const char *
id_of(char kind, unsigned number)
{
    static const char letters[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    static char ids[4][ID + 1];
    static unsigned turn;
    char *id = ids[turn++ % 4];
    uint64_t state = (uint64_t)kind << 32 | number;

    for (unsigned i = 0; i < ID - DIGITS; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        id[i] = letters[state >> 59];
    }
    g_snprintf(id + ID - DIGITS, DIGITS + 1, "%08u", number);
    return id;
}

static unsigned
number_of(const char *id)
{
    g_autofree char *digits = g_strndup(id + ID - DIGITS, DIGITS);
    return (unsigned)g_ascii_strtoull(digits, NULL, 10);
}

/* Channels have numbers of their own, through all accounts; the last one is the direct one. */
static unsigned
channel_number(const struct mm_world *world, unsigned account, unsigned channel)
{
    return account * (world->size.channels + 1) + channel;
}

static unsigned
post_number(const struct mm_world *world, unsigned channel_number, unsigned post)
{
    return channel_number * world->size.posts + post;
}

unsigned
mm_world_first_new(const struct mm_world *world)
{
    return post_number(world, channel_number(world, world->size.accounts, 0), 0);
}

static int64_t
post_ms(const struct mm_world *world, unsigned post)
{
    return world->now_ms - (int64_t)(world->size.posts - post) * POST_MS;
}

/* --- people
 * ---------------------------------------------------------------------------------------- */

static void
add_user(GString *out, const char *id, const char *name)
{
    g_string_append_printf(
        out,
        "{\"id\":\"%s\",\"create_at\":1795367440183,\"update_at\":1795367440539,\"delete_at\":0,"
        "\"username\":\"%s\",\"auth_data\":\"\",\"auth_service\":\"\",\"email\":\"%s@x.org\","
        "\"nickname\":\"\",\"first_name\":\"\",\"last_name\":\"\",\"position\":\"\","
        "\"roles\":\"system_user\",\"notify_props\":{\"channel\":\"true\",\"mention_keys\":\"\"},"
        "\"locale\":\"en\",\"timezone\":{\"automaticTimezone\":\"\",\"manualTimezone\":\"\","
        "\"useAutomaticTimezone\":\"true\"},\"remote_id\":\"\",\"disable_welcome_email\":false}",
        id, name, name);
}

void
mm_world_add_self(const struct mm_world *world, GString *out, unsigned account)
{
    g_autofree char *name = g_strdup_printf("kai%u", account);
    add_user(out, id_of('u', SELF + account % world->size.accounts), name);
}

/* Calls `add` for each id that stands in `asked`, in brackets. */
static void
add_each(GString *out, const char *asked, void (*add)(GString *out, unsigned number))
{
    g_auto(GStrv) words = g_strsplit(asked, "\"", -1);
    bool first = true;

    g_string_append_c(out, '[');
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) != ID)
            continue;
        if (!first)
            g_string_append_c(out, ',');
        first = false;
        add(out, number_of(words[i]));
    }
    g_string_append_c(out, ']');
}

static void
add_person(GString *out, unsigned number)
{
    add_user(out, id_of('u', number), flood_nick(number));
}

static void
add_status(GString *out, unsigned number)
{
    g_string_append_printf(out,
                           "{\"user_id\":\"%s\",\"status\":\"online\",\"manual\":false,"
                           "\"last_activity_at\":1795367440774,\"dnd_end_time\":0}",
                           id_of('u', number));
}

void
mm_world_add_users(GString *out, const char *asked)
{
    add_each(out, asked, add_person);
}

void
mm_world_add_statuses(GString *out, const char *asked)
{
    add_each(out, asked, add_status);
}

void
mm_world_add_members_of_channel(GString *out, unsigned page)
{
    g_string_append_c(out, '[');
    for (unsigned i = 0; page == 0 && i < FLOOD_NICKS; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        add_person(out, i);
    }
    g_string_append_c(out, ']');
}

/* --- places
 * ---------------------------------------------------------------------------------------- */

void
mm_world_add_teams(GString *out)
{
    g_string_append(
        out, "[{\"id\":\"" TEAM "\",\"create_at\":1795367440503,\"update_at\":1795367440503,"
             "\"delete_at\":0,\"display_name\":\"Coops\",\"name\":\"coops\",\"description\":\"\","
             "\"email\":\"\",\"type\":\"O\",\"company_name\":\"\",\"allowed_domains\":\"\","
             "\"invite_id\":\"wukaardxtbfbugwhtkf98e6wow\",\"allow_open_invite\":false}]");
}

/* `team` NULL: the direct conversation. */
static void
add_channel(GString *out, const char *id, const char *team, const char *name, int64_t last_ms)
{
    g_string_append_printf(
        out,
        "{\"id\":\"%s\",\"create_at\":1795367440626,\"update_at\":1795367440626,\"delete_at\":0,"
        "\"team_id\":\"%s\",\"type\":\"%s\",\"display_name\":\"%s\",\"name\":\"%s\","
        "\"header\":\"\",\"purpose\":\"\",\"last_post_at\":%" G_GINT64_FORMAT
        ",\"total_msg_count\":0,\"extra_update_at\":0,\"creator_id\":\"\",\"scheme_id\":null,"
        "\"props\":null,\"group_constrained\":null,\"autotranslation\":false,\"shared\":null,"
        "\"total_msg_count_root\":0,\"policy_id\":null,\"last_root_post_at\":%" G_GINT64_FORMAT
        ",\"banner_info\":null,\"policy_enforced\":false,\"policy_is_active\":false,"
        "\"default_category_name\":\"\"}",
        id, team != NULL ? team : "", team != NULL ? "O" : "D", team != NULL ? name : "", name,
        last_ms, last_ms);
}

const char *
mm_world_name(unsigned channel)
{
    static char name[16];

    if (channel == 0)
        return "town-square";
    g_snprintf(name, sizeof name, "room-%04u", channel);
    return name;
}

void
mm_world_add_channels(const struct mm_world *world, GString *out, unsigned account)
{
    const struct mm_size *size = &world->size;

    g_string_append_c(out, '[');
    for (unsigned i = 0; i < size->channels; i++) {
        add_channel(out, id_of('c', channel_number(world, account, i)), TEAM, mm_world_name(i),
                    post_ms(world, size->posts - 1));
        g_string_append_c(out, ',');
    }
    g_autofree char *direct = g_strdup_printf("%s__%s", id_of('u', 0), id_of('u', SELF + account));
    add_channel(out, id_of('c', channel_number(world, account, size->channels)), NULL, direct, 0);
    g_string_append_c(out, ']');
}

void
mm_world_add_members(const struct mm_world *world, GString *out, unsigned account)
{
    const struct mm_size *size = &world->size;
    const unsigned unread = MIN(size->posts, MM_WORLD_PAGE) / 2 + 1;
    const int64_t viewed_ms = post_ms(world, size->posts - unread);

    for (unsigned i = 0; i <= size->channels; i++)
        g_string_append_printf(
            out,
            "{\"channel_id\":\"%s\",\"user_id\":\"%s\",\"roles\":\"channel_user\","
            "\"last_viewed_at\":%" G_GINT64_FORMAT
            ",\"msg_count\":0,\"mention_count\":0,\"mention_count_root\":0,"
            "\"urgent_mention_count\":0,\"msg_count_root\":0,\"notify_props\":{"
            "\"channel_auto_follow_threads\":\"off\",\"desktop\":\"default\",\"email\":\"default\","
            "\"ignore_channel_mentions\":\"default\",\"mark_unread\":\"all\",\"push\":\"default\"},"
            "\"last_update_at\":1795367440694,\"scheme_guest\":false,\"scheme_user\":true,"
            "\"scheme_admin\":false,\"explicit_roles\":\"\"}\n",
            id_of('c', channel_number(world, account, i)), id_of('u', SELF + account), viewed_ms);
}

/* --- posts
 * ----------------------------------------------------------------------------------------- */

/* `quote` stands before each quotation mark: "" or "\". */
static void
add_post(GString *out, const char *quote, unsigned number, unsigned channel, unsigned nick,
         int64_t ms, const char *text)
{
    g_autoptr(GString) post = g_string_new(NULL);

    g_string_append_printf(
        post,
        "{\"id\":\"%s\",\"create_at\":%" G_GINT64_FORMAT ",\"update_at\":%" G_GINT64_FORMAT
        ",\"edit_at\":0,\"delete_at\":0,\"is_pinned\":false,\"user_id\":\"%s\","
        "\"channel_id\":\"%s\",\"root_id\":\"\",\"original_id\":\"\",\"message\":\"%s" POST_TAIL,
        id_of('p', number), ms, ms, id_of('u', nick % FLOOD_NICKS), id_of('c', channel), text);
    if (*quote != '\0')
        g_string_replace(post, "\"", "\\\"", 0);
    g_string_append_len(out, post->str, (gssize)post->len);
}

/* The posts from `first` on, up to `end`. */
static void
add_page(const struct mm_world *world, GString *out, unsigned channel, unsigned first, unsigned end)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append(out, "{\"order\":[");
    for (unsigned i = end; i > first; i--)
        g_string_append_printf(out, "\"%s\"%s", id_of('p', post_number(world, channel, i - 1)),
                               i - 1 > first ? "," : "");
    g_string_append(out, "],\"posts\":{");
    for (unsigned i = first; i < end; i++) {
        const unsigned number = post_number(world, channel, i);
        g_string_truncate(text, 0);
        flood_text(text, number);
        g_string_append_printf(out, "\"%s\":", id_of('p', number));
        add_post(out, "", number, channel, number * 7, post_ms(world, i), text->str);
        if (i + 1 < end)
            g_string_append_c(out, ',');
    }
    g_string_append_printf(out, "},\"next_post_id\":\"\",\"prev_post_id\":\"%s\"}",
                           first > 0 ? id_of('p', post_number(world, channel, first - 1)) : "");
}

/* What stands behind NAME= in the question; 0: nothing. */
static unsigned
asked_number(const char *path, const char *name)
{
    const char *at = strstr(path, name);
    return at != NULL ? (unsigned)g_ascii_strtoull(at + strlen(name), NULL, 10) : 0;
}

void
mm_world_add_posts(const struct mm_world *world, GString *out, const char *path)
{
    const unsigned channel = strlen(path) >= ID ? number_of(path) : 0;
    const unsigned per_account = world->size.channels + 1;
    const unsigned place = channel / per_account * world->size.channels + channel % per_account;
    const char *before = strstr(path, "before=");
    const unsigned wanted = asked_number(path, "per_page=");

    if (channel % per_account == world->size.channels || strstr(path, "after=") != NULL ||
        strstr(path, "since=") != NULL || place >= world->pages->len) {
        add_page(world, out, channel, 0, 0);
    } else if (before != NULL && strlen(before) >= 7 + ID) {
        const unsigned end = number_of(before + 7) % world->size.posts;
        add_page(world, out, channel, end > wanted ? end - wanted : 0, end);
    } else if (wanted == MM_WORLD_PAGE) {
        const GString *page = world->pages->pdata[place];
        g_string_append_len(out, page->str, (gssize)page->len);
    } else {
        const unsigned end = world->size.posts;
        add_page(world, out, channel, end > wanted ? end - wanted : 0, end);
    }
}

unsigned
mm_world_page_posts(const struct mm_world *world)
{
    const struct mm_size *size = &world->size;
    return size->accounts * size->channels * MIN(size->posts, MM_WORLD_PAGE);
}

static void
free_page(void *page)
{
    g_string_free(page, TRUE);
}

struct mm_world *
mm_world_new(const struct mm_size *size)
{
    struct mm_world *world = g_new0(struct mm_world, 1);

    world->size = *size;
    world->now_ms = g_get_real_time() / 1000;
    world->pages = g_ptr_array_new_with_free_func(free_page);
    for (unsigned account = 0; account < size->accounts; account++) {
        for (unsigned i = 0; i < size->channels; i++) {
            GString *page = g_string_new(NULL);
            add_page(world, page, channel_number(world, account, i),
                     size->posts > MM_WORLD_PAGE ? size->posts - MM_WORLD_PAGE : 0, size->posts);
            g_ptr_array_add(world->pages, page);
        }
    }
    return world;
}

void
mm_world_free(struct mm_world *world)
{
    g_ptr_array_unref(world->pages);
    g_free(world);
}

/* --- events
 * ---------------------------------------------------------------------------------------- */

void
mm_frame_head(GString *out, size_t len)
{
    g_string_append_c(out, (char)0x81);
    if (len < 126) {
        g_string_append_c(out, (char)len);
        return;
    }
    g_string_append_c(out, 126);
    g_string_append_c(out, (char)(len >> 8));
    g_string_append_c(out, (char)(len & 0xff));
}

static size_t
behind(const GString *bytes, const char *mark)
{
    return (size_t)(strstr(bytes->str, mark) - bytes->str) + strlen(mark);
}

void
mm_world_make_frame(const struct mm_world *world, struct mm_frame *ret_frame, unsigned channel,
                    unsigned nick, const char *text)
{
    g_autoptr(GString) event = g_string_new(NULL);
    const unsigned number = channel_number(world, 0, channel);

    g_string_append(event, "{\"event\":\"posted\",\"data\":{\"channel_display_name\":\"Room\","
                           "\"channel_name\":\"room\",\"channel_type\":\"O\",\"post\":\"");
    add_post(event, "\\", mm_world_first_new(world) + nick, number, nick, world->now_ms, text);
    g_string_append_printf(event,
                           "\",\"sender_name\":\"@%s\",\"set_online\":true,\"team_id\":\"" TEAM
                           "\"},\"broadcast\":{\"omit_users\":null,\"user_id\":\"\","
                           "\"channel_id\":\"%s\",\"team_id\":\"\",\"connection_id\":\"\","
                           "\"omit_connection_id\":\"\"},\"seq\":%10u}",
                           flood_nick(nick), id_of('c', number), 0U);
    GString *bytes = g_string_new(NULL);
    mm_frame_head(bytes, event->len);
    const size_t head = bytes->len;
    g_string_append_len(bytes, event->str, (gssize)event->len);
    *ret_frame = (struct mm_frame){
        .bytes = bytes,
        .id = head + behind(event, "\\\"id\\\":\\\"") + ID - DIGITS,
        .create = head + behind(event, "\\\"create_at\\\":"),
        .update = head + behind(event, "\\\"update_at\\\":"),
        .seq = head + behind(event, "\"seq\":"),
    };
}

void
mm_frame_clear(struct mm_frame *frame)
{
    g_string_free(frame->bytes, TRUE);
}

static void
write_number(char *at, unsigned width, uint64_t number, char pad)
{
    for (unsigned i = width; i > 0; i--, number /= 10)
        at[i - 1] = number > 0 || i == width ? (char)('0' + number % 10) : pad;
}

void
mm_frame_stamp(struct mm_frame *frame, unsigned post, int64_t now_ms, unsigned seq)
{
    char *bytes = frame->bytes->str;

    write_number(bytes + frame->id, DIGITS, post, '0');
    write_number(bytes + frame->create, 13, (uint64_t)now_ms, '0');
    write_number(bytes + frame->update, 13, (uint64_t)now_ms, '0');
    write_number(bytes + frame->seq, 10, seq, ' ');
}

/* --- what a client makes
 * ---------------------------------------------------------------------------------- */

unsigned
mm_world_channel_of(const struct mm_world *world, const char *body)
{
    static const char name[] = "\"channel_id\":\"";
    const char *at = strstr(body, name);

    if (at == NULL || strlen(at) < strlen(name) + ID)
        return UINT_MAX;
    return number_of(at + strlen(name)) % (world->size.channels + 1);
}

void
mm_world_add_made(const struct mm_world *world, GString *out, unsigned number, const char *body)
{
    const int64_t now_ms = g_get_real_time() / 1000;

    /* Its own members follow behind the server's. */
    g_string_append_printf(out,
                           "{\"id\":\"%s\",\"create_at\":%" G_GINT64_FORMAT
                           ",\"update_at\":%" G_GINT64_FORMAT
                           ",\"edit_at\":0,\"delete_at\":0,\"is_pinned\":false,"
                           "\"user_id\":\"%s\",\"root_id\":\"\",\"original_id\":\"\","
                           "\"type\":\"\",\"hashtags\":\"\",\"file_ids\":[],\"remote_id\":\"\","
                           "\"reply_count\":0,\"last_reply_at\":0,\"participants\":null,"
                           "\"metadata\":{},%s",
                           id_of('p', number), now_ms, now_ms, id_of('u', SELF),
                           body + strcspn(body, "{") + (*body != '\0'));
}

void
mm_world_add_made_event(GString *out, const char *post, unsigned seq)
{
    g_autoptr(GString) quoted = g_string_new(post);

    g_string_replace(quoted, "\\", "\\\\", 0);
    g_string_replace(quoted, "\"", "\\\"", 0);
    g_string_append_printf(out,
                           "{\"event\":\"posted\",\"data\":{\"channel_display_name\":\"Room\","
                           "\"channel_name\":\"room\",\"channel_type\":\"O\",\"post\":\"%s\","
                           "\"sender_name\":\"@kai0\",\"set_online\":true,\"team_id\":\"" TEAM
                           "\"},\"broadcast\":{\"omit_users\":null,\"user_id\":\"\","
                           "\"channel_id\":\"\",\"team_id\":\"\",\"connection_id\":\"\","
                           "\"omit_connection_id\":\"\"},\"seq\":%u}",
                           quoted->str, seq);
}
