/* What the benchmark's Mattermost server tells: people, channels and posts as a server 11.6 shows
 * them (tests/sandbox/transcripts), made before the clock runs, the same every time. */
#ifndef WEFT_TESTS_BENCH_MM_WORLD_H
#define WEFT_TESTS_BENCH_MM_WORLD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MM_WORLD_PAGE 60 /* posts that a client asks for in a channel that is new to it */

/* Each account has as many channels of its own, and one direct conversation without a post. */
struct mm_size {
    unsigned accounts;
    unsigned channels;
    unsigned posts; /* in each channel */
};

struct mm_world {
    struct mm_size size;
    int64_t now_ms;   /* when the newest posts were made */
    GPtrArray *pages; /* GString: the newest posts of each channel of each account */
};

/* Of a channel, in its team; static. */
const char *mm_world_name(unsigned channel);

struct mm_world *mm_world_new(const struct mm_size *size);
void mm_world_free(struct mm_world *world);

/* JSON, put behind what `out` holds. `account` is below size.accounts. */
void mm_world_add_self(const struct mm_world *world, GString *out, unsigned account);
void mm_world_add_teams(GString *out);
void mm_world_add_channels(const struct mm_world *world, GString *out, unsigned account);
/* Where the account is, how far it has read: half of the newest page is new to it. A line each. */
void mm_world_add_members(const struct mm_world *world, GString *out, unsigned account);
/* Those whose ids stand in `asked`. */
void mm_world_add_users(GString *out, const char *asked);
void mm_world_add_statuses(GString *out, const char *asked);
/* Everyone; the first page is all of them. */
void mm_world_add_members_of_channel(GString *out, unsigned page);
/* A page of posts of the channel whose id begins `path`, as its question asks. */
void mm_world_add_posts(const struct mm_world *world, GString *out, const char *path);

/* Posts of all channels that a client has which has caught up. */
unsigned mm_world_page_posts(const struct mm_world *world);

/* An event "posted" as a frame of a WebSocket, in a channel of the first account. What differs from
 * one sending to the next has a fixed place. */
struct mm_frame {
    GString *bytes;
    size_t id, create, update, seq; /* where 8, 13, 13 and 10 characters stand */
};
void mm_world_make_frame(const struct mm_world *world, struct mm_frame *ret_frame, unsigned channel,
                         unsigned nick, const char *text);
/* What a client has made by the request `body`: the post with this number, and the event of it. */
void
mm_world_add_made(const struct mm_world *world, GString *out, unsigned number, const char *body);
void mm_world_add_made_event(GString *out, const char *post, unsigned seq);
/* The place, in its account, of the channel that `body` names; UINT_MAX: it names none. */
unsigned mm_world_channel_of(const struct mm_world *world, const char *body);
void mm_frame_clear(struct mm_frame *frame);
/* The post's number, below 10^8 and not one of before; the event's. */
void mm_frame_stamp(struct mm_frame *frame, unsigned post, int64_t now_ms, unsigned seq);
/* Of the first post that no page has. */
unsigned mm_world_first_new(const struct mm_world *world);
/* Puts the frame's head for `len` bytes of text. */
void mm_frame_head(GString *out, size_t len);

#endif
