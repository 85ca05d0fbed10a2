-- The relay's memory (store/relay.h). A task names the message, never its text. deed: enum
-- relay_deed. error: it was given up, and why. A number is never given twice: who reads a lane from
-- a number on misses nothing.
CREATE TABLE relay_tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    from_id INTEGER NOT NULL,
    deed INTEGER NOT NULL,
    emoji TEXT,
    who TEXT,
    added_us INTEGER NOT NULL,
    error TEXT
);
CREATE INDEX relay_tasks_lane ON relay_tasks (lane, id) WHERE error IS NULL;
CREATE INDEX relay_tasks_given_up ON relay_tasks (lane, id) WHERE error IS NOT NULL;
CREATE UNIQUE INDEX relay_tasks_say ON relay_tasks (source_id, lane) WHERE deed = 0;
CREATE UNIQUE INDEX relay_tasks_edit ON relay_tasks (source_id, lane) WHERE deed = 1 AND error IS NULL;

-- A message of ours that stands for another, or (note) tells of something that was done to it.
CREATE TABLE relay_copies (
    message_id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL,
    buffer_id INTEGER NOT NULL,
    part INTEGER NOT NULL,
    note INTEGER NOT NULL
);
CREATE INDEX relay_copies_source ON relay_copies (source_id, buffer_id, part);

-- What the relay has our account do: the network's word of it is no news.
CREATE TABLE relay_reactions (
    message_id INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    PRIMARY KEY (message_id, emoji)
) WITHOUT ROWID;

-- By how many people elsewhere an emoji stands under a message.
CREATE TABLE relay_counts (
    message_id INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (message_id, emoji)
) WITHOUT ROWID;

-- Whom a copy is said for, and its mark.
ALTER TABLE outbox ADD COLUMN as_name TEXT;
ALTER TABLE outbox ADD COLUMN as_avatar TEXT;
ALTER TABLE outbox ADD COLUMN mark TEXT;
