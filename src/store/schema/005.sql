-- What is done to messages after they were said: the texts that they had before, our own changes on
-- their way, and pins.

-- A text that a message had until it was replaced.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    body TEXT NOT NULL,
    spans TEXT
);
CREATE INDEX revisions_message ON revisions (message_id, until_us, id);

-- A change of our own message, until the network has taken it. state: enum edit_state. base: what
-- the message said when the change was typed.
CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    buffer_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    state INTEGER NOT NULL,
    body TEXT NOT NULL,
    spans TEXT,
    source TEXT,
    base TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    error TEXT
);
CREATE INDEX edits_message ON edits (message_id, id);

-- Our own messages as they were typed, where that is not what they say.
CREATE TABLE sources (
    message_id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- What is pinned.
CREATE INDEX messages_pinned ON messages (buffer_id, sort_key) WHERE flags & 1024;
