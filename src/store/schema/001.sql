-- The first schema. Numbers in kind, state and flags are those of src/model: never renumbered.

CREATE TABLE profile (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO profile VALUES ('uuid', lower(hex(randomblob(16))));

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    network TEXT NOT NULL
);

CREATE TABLE spaces (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE buffers (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    space_id INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    topic TEXT,
    number INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    notify INTEGER NOT NULL,
    read_sort_key INTEGER NOT NULL,
    read_id INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    mentions INTEGER NOT NULL,
    last_sort_key INTEGER NOT NULL,
    last_activity_us INTEGER NOT NULL
);

-- Who said things, once each, so that a message row names them by number. NULL and '' differ; x''
-- stands for NULL, because NULLs are never equal in an index.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    remote_id TEXT,
    name TEXT
);
CREATE UNIQUE INDEX users_who ON users (account_id, ifnull(remote_id, x''), ifnull(name, x''));

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    buffer_id INTEGER NOT NULL,
    sort_key INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    user_id INTEGER,
    remote_id TEXT,
    body TEXT NOT NULL,
    spans TEXT,
    subject TEXT,
    reply_to TEXT,
    key TEXT,
    error TEXT
);
CREATE INDEX messages_order ON messages (buffer_id, sort_key);
CREATE UNIQUE INDEX messages_remote ON messages (buffer_id, remote_id) WHERE remote_id IS NOT NULL;
CREATE UNIQUE INDEX messages_key ON messages (buffer_id, key) WHERE key IS NOT NULL;
-- Replays of what has no id are recognised by their time. Rows with an id need no entry here.
CREATE INDEX messages_replay ON messages (buffer_id, time_us) WHERE remote_id IS NULL;

-- The body is dropped when the row is done: the message has it.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    buffer_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    key TEXT NOT NULL,
    body TEXT,
    spans TEXT,
    reply_to TEXT,
    attempts INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    sent_us INTEGER NOT NULL,
    error TEXT
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE state NOT IN (2, 5);
CREATE INDEX outbox_left ON outbox (buffer_id, id) WHERE state IN (1, 4);
CREATE INDEX outbox_message ON outbox (message_id);

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    buffer_id INTEGER NOT NULL,
    after_sort_key INTEGER NOT NULL,
    before_sort_key INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    fillable INTEGER NOT NULL,
    UNIQUE (buffer_id, after_sort_key)
);

CREATE TABLE cursors (
    account_id INTEGER NOT NULL,
    buffer_id INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, buffer_id)
) WITHOUT ROWID;

CREATE TABLE kv (
    account_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;

CREATE TABLE drafts (
    buffer_id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);
