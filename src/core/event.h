/* What a driver tells core: one typed event at a time, by host_emit(). Strings are borrowed for the
 * call and need not be valid UTF-8: ingest is the door that makes them so, and limits them.
 *
 * A conversation is named by its remote id, canonical for the network (as a name with its case
 * folded). Events for a conversation that core does not know yet are preceded by an EVENT_BUFFER.
 */
#ifndef WEFT_CORE_EVENT_H
#define WEFT_CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/buffer.h"
#include "model/message.h"

struct program_form;

enum event_origin {
    ORIGIN_LIVE,     /* happened now: counts, notifies */
    ORIGIN_CATCH_UP, /* missed while away, fetched after a reconnect: counts; notifies once,
                        together */
    ORIGIN_HISTORY,  /* asked for, older: neither counts nor notifies */
    ORIGIN_ECHO,     /* our own, come back */
    ORIGIN_FOUND,    /* answers `search` or `pins`: shown there, and not stored */
};

enum event_type {
    EVENT_SELF, /* who we are */
    EVENT_SPACE,
    EVENT_BUFFER,         /* a conversation exists or changed: name, kind, topic, joined, caps */
    EVENT_BUFFER_RENAMED, /* its remote id changed */
    EVENT_MESSAGE,
    EVENT_MEMBERS,      /* the whole list, replacing what was known */
    EVENT_MEMBER_ADDED, /* also: changed; by id */
    EVENT_MEMBER_REMOVED,
    EVENT_MEMBER_RENAMED, /* id and name changed; in every conversation (conversation NULL) or in
                             one */
    EVENT_USER_GONE,      /* left the network: removed from every conversation */
    EVENT_CURSOR,         /* the account's resume cursor */
    EVENT_GAP,            /* something may be missing in a conversation */
    EVENT_KNOWN_SPAN,     /* nothing is missing in a conversation between two sort keys; from
                             INT64_MIN on: it has no older message than those told before this */
    EVENT_CAUGHT_UP, /* a conversation (NULL: every one) has what was missed, or a gap says so */
    EVENT_TYPING,
    EVENT_READ,      /* read elsewhere, up to a time */
    EVENT_REACTION,  /* somebody reacted to a message, or took it back */
    EVENT_REACTIONS, /* all that a message has: who is not named has taken theirs back */
    EVENT_DELETED,   /* a message was taken back, by its sender or a moderator */
    EVENT_EDITED,    /* a message says something else now */
    EVENT_THREAD,    /* what is known of a thread as a whole, or parts of it */
    EVENT_REVISIONS, /* all that a message said before, as it was asked for */
    EVENT_PINNED,    /* a message was pinned, or is so no more */
    EVENT_FLAGGED,   /* we have saved a message elsewhere, or do so no more; in whichever
                        conversation it is (NULL) */
    EVENT_UNREAD,    /* we have marked as unread elsewhere: read up to a time, not further */
    EVENT_GROUPS,    /* how the person has put the conversations of a space together: all groups,
                        in their order */
    EVENT_MUTED,  /* the person has muted a conversation, here or elsewhere, or does so no more */
    EVENT_DRAFT,  /* a draft of ours, as the network has it: changed elsewhere, or kept there */
    EVENT_DRAFTS, /* all that it keeps have been told on this connection: others are gone */
    EVENT_FORM,   /* a program asks the person to fill something in; in the server's buffer when
                     no conversation is named */
    EVENT_FORM_REFUSED, /* what is wrong with one answer, before `fill` fails */
    EVENT_STATUS,       /* what a user says of themselves, in every conversation; in the direct one
                           that is named besides */
    EVENT_PRESENCE,     /* a user is there, away or gone: for direct conversations and lists */
};

struct event_reaction {
    const char *user_id;
    const char *emoji;
};

struct event_group {
    const char *id; /* unique in its space */
    const char *name;
    const char *const *conversations; /* remote ids, NULL-terminated. One that is direct stands in
                                         the first group, of whichever space, that names it */
};

struct event_revision {
    int64_t until_us;        /* when something else took its place */
    const struct rich *body; /* may be NULL: empty */
};

struct event {
    enum event_type type;
    const char *conversation; /* remote id; "" is the account's server buffer; NULL where the type
                                 says so */
    union {
        struct {
            const char *id;
            const char *name;
            const char *server_name; /* NULL: not known */
            bool insecure;
        } self;
        struct {
            const char *id;
            const char *name; /* NULL: not known, keep */
            /* It is cut off while the account is not: what is to be sent there waits, what was
             * under way is unknown, until EVENT_CAUGHT_UP speaks of each conversation again. */
            bool lost;
        } space;
        struct {
            enum buffer_kind kind;
            const char *space; /* remote id; NULL: none */
            const char *name;
            const char *topic; /* NULL: not known, keep; "": none */
            const char *modes; /* "+nt"; NULL: not known, keep; "": none */
            bool joined;
            bool archived;         /* closed for everybody: what was said stays */
            unsigned caps_removed; /* what cannot be done here although the session can */
        } buffer;
        struct {
            const char *new_id;
            const char *new_name;
        } buffer_renamed;
        struct {
            enum event_origin origin;
            enum message_kind kind;
            const char *remote_id; /* NULL: the network gives none */
            const char *key;       /* ECHO: the key of the request that it answers, where known */
            int64_t sort_key;      /* 0: time_us is the order */
            int64_t time_us;       /* 0: the network does not say; core takes the time of arrival */
            const char *sender_id; /* NULL: the server */
            const char *sender_name;
            const char *sender_mask; /* "nick!user@host" where the network has one, else NULL: for
                                        ignore rules */
            const char *sender_picture; /* its address, that all may see without a login: a relay
                                           takes it along, weft fetches nothing; "": they have
                                           none; NULL: the network says nothing of it */
            const char *subject;
            const char *reply_to;
            const char *thread; /* remote id of the root of its thread; NULL: it is in none, or
                                   driver->replies_thread says so by reply_to */
            bool in_channel;    /* with `thread` and CAP_FOLLOW: it was said in the channel as
                                   well */
            bool own;           /* sent by this account, here or elsewhere */
            bool perhaps_own;   /* of the past, and the network does not tell: it is ours when
                                   one of ours that is in doubt says the same */
            bool bot;
            bool edited;            /* it did not say this at first */
            bool pinned, flagged;   /* to the conversation; by us */
            const char *relayed_by; /* the mark of the relay that copied it here (send_request);
                                       NULL: it carries none */
            bool missed;    /* HISTORY: it was said while we were away, and read elsewhere: it calls
                               nobody,    and a relay carries it all the same */
            bool ephemeral; /* shown to us alone, and kept nowhere by the network */
            const struct rich *body;  /* may be NULL: empty */
            const GPtrArray *files;   /* struct attachment, without paths; NULL: none */
            const GPtrArray *buttons; /* struct button; NULL: none */
            const char *cursor; /* the conversation's resume cursor after this message, or NULL */
        } message;
        struct {
            const struct member *const *members;
            size_t n;
        } members;
        const struct member *member; /* ADDED */
        struct {
            const char *id;
            const char *new_id;
            const char *new_name;
        } renamed;
        const char *user_id; /* MEMBER_REMOVED, USER_GONE */
        const char *cursor;
        struct {
            int64_t after_sort_key;  /* the newest known before it; 0: whatever core has newest */
            int64_t before_sort_key; /* the oldest known after it; 0: whatever comes next */
            int64_t from_us, to_us;
            bool fillable;
        } gap;
        struct {
            int64_t after_sort_key;
            int64_t before_sort_key;
        } span;
        bool history_whole; /* CAUGHT_UP: what is not in the store now was never delivered
                             * (read-back proves absence); false: weft cannot know. Said of
                             * every one, it leaves out channels and groups that this connection
                             * has not told to be joined: of those weft cannot know */
        struct {
            const char *user_id;
            const char *user_name;
            bool active; /* shown for 6 s, unless said again; false: has stopped */
            bool paused; /* with `active`: has text, but does not write just now; shown for 30 s */
        } typing;
        int64_t read_us; /* READ, UNREAD */
        /* Both may name a message that is not here (yet): it is kept, and applied when the message
         * comes, in whatever order a network tells. Doubles change nothing. */
        struct {
            enum event_origin origin;
            const char *remote_id; /* of the message */
            const char *user_id;
            const char *user_name;
            const char *emoji;
            int64_t time_us; /* 0: the network does not say; of two that contradict each other, the
                                later counts, whichever came first */
            bool add;
            bool own;
        } reaction;
        /* Those named are told of one by one as well: this takes back the others. */
        struct {
            const char *remote_id; /* of the message */
            const struct event_reaction *list;
            size_t n;
            int64_t time_us; /* of the network's word; what was added later stays */
        } reactions;
        struct {
            enum event_origin origin;
            const char *remote_id; /* of the message */
            const char *by_id;     /* who deleted it; NULL: not known */
            const char *by_name;
            const char *reason; /* or NULL */
        } deleted;
        /* In the order in which it was changed. One that names a message that is not here is not
         * kept: a message comes in its newest form. Calls nobody, counts nothing. */
        struct {
            const char *remote_id;   /* of the message */
            const struct rich *body; /* may be NULL: empty */
            int64_t time_us;         /* when; 0: the network does not say */
            const GPtrArray *files;  /* as above */
            const GPtrArray *buttons;
        } edited;
        /* After the messages that it speaks of. What is not said stays. */
        struct {
            const char *root; /* remote id */
            bool has_count;
            unsigned replies;
            int64_t last_us;           /* time of the newest reply; 0: not said */
            const char *const *people; /* names of those who took part, NULL-terminated; NULL: not
                                          said */
            bool has_follow;
            bool followed;
            bool has_unread; /* so many replies after `read_key` (a sort key) are unread */
            unsigned unread, mentions;
            int64_t read_key;
            bool now; /* the person has just read it elsewhere, or marked it as unread: else what
                         weft knows to be read stays so, and the network is told */
        } thread;
        struct {
            const char *remote_id; /* of the message */
            const struct event_revision *list;
            size_t n;
        } revisions;
        struct {
            const char *remote_id; /* of the message */
            bool on;
        } mark; /* PINNED, FLAGGED. One that names a message that is not here is not kept */
        struct {
            const char *user_id;
            enum presence presence;
        } presence;
        /* After the conversations that it names; who is in none stands before all groups. */
        struct {
            const char *space; /* remote id */
            const struct event_group *list;
            size_t n;
        } groups;
        bool muted;
        const struct program_form *form; /* model/program_form.h */
        struct {
            const char *key;  /* of the form */
            const char *name; /* of the field */
            const char *text;
        } form_refused;
        struct {
            const char *thread; /* remote id of the root of the thread that it is for; NULL: none */
            const char *text;   /* as typed; NULL: there is none any more */
        } draft;
        struct {
            const char *user_id;
            const char *text; /* NULL: nothing any more */
        } status;
    };
};

#endif
