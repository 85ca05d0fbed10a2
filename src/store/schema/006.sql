-- Threads: a root and the messages under it. A message names the root of its thread by the network's
-- id, since the root may come later, or never.
ALTER TABLE messages ADD COLUMN thread TEXT;
ALTER TABLE outbox ADD COLUMN thread TEXT;
CREATE INDEX messages_thread ON messages (buffer_id, thread, sort_key) WHERE thread IS NOT NULL;

-- followed: 0 no, 1 yes, 2 the person does not want to. told: the network keeps what is followed and
-- read. people: names, a line each. read_key: replies up to this place are read.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    buffer_id INTEGER NOT NULL,
    root TEXT NOT NULL,
    replies INTEGER NOT NULL DEFAULT 0,
    last_us INTEGER NOT NULL DEFAULT 0,
    people TEXT,
    followed INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    mentions INTEGER NOT NULL DEFAULT 0,
    read_key INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX threads_root ON threads (buffer_id, root);
CREATE INDEX threads_followed ON threads (last_us) WHERE followed = 1;
CREATE INDEX threads_unread ON threads (buffer_id) WHERE unread > 0;

CREATE TABLE thread_drafts (
    buffer_id INTEGER NOT NULL,
    root TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (buffer_id, root)
);

-- Until now an answer named what it answers; five steps up a chain each halve what is left of it.
UPDATE messages SET thread = reply_to WHERE reply_to IS NOT NULL AND reply_to <> '';
UPDATE messages SET thread = (SELECT r.thread FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread) WHERE thread IS NOT NULL AND EXISTS (SELECT 1 FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread AND r.thread IS NOT NULL AND r.thread <> messages.thread);
UPDATE messages SET thread = (SELECT r.thread FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread) WHERE thread IS NOT NULL AND EXISTS (SELECT 1 FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread AND r.thread IS NOT NULL AND r.thread <> messages.thread);
UPDATE messages SET thread = (SELECT r.thread FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread) WHERE thread IS NOT NULL AND EXISTS (SELECT 1 FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread AND r.thread IS NOT NULL AND r.thread <> messages.thread);
UPDATE messages SET thread = (SELECT r.thread FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread) WHERE thread IS NOT NULL AND EXISTS (SELECT 1 FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread AND r.thread IS NOT NULL AND r.thread <> messages.thread);
UPDATE messages SET thread = (SELECT r.thread FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread) WHERE thread IS NOT NULL AND EXISTS (SELECT 1 FROM messages r WHERE r.buffer_id = messages.buffer_id AND r.remote_id = messages.thread AND r.thread IS NOT NULL AND r.thread <> messages.thread);
INSERT INTO threads (buffer_id, root, replies, last_us, followed)
    SELECT buffer_id, thread, count(*), max(time_us), max(flags & 1) FROM messages
    WHERE thread IS NOT NULL AND NOT flags & 40 AND state IN (0, 3) GROUP BY buffer_id, thread;
UPDATE messages SET flags = flags | 16384 WHERE (buffer_id, remote_id) IN (SELECT buffer_id, root FROM threads);
