-- What happened to messages after they were said. Both tables name a message by the network's id and
-- not by its row, because they may come before it, and because a message that comes again must meet
-- them. early: the message is not here (yet).

-- A reaction that was taken back stays, gone, so that an older word does not bring it again.
CREATE TABLE reactions (
    id INTEGER PRIMARY KEY,
    buffer_id INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT,
    emoji TEXT NOT NULL,
    time_us INTEGER NOT NULL,
    own INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    early INTEGER NOT NULL
);
CREATE UNIQUE INDEX reactions_what ON reactions (buffer_id, remote_id, user_id, emoji);
CREATE INDEX reactions_early ON reactions (buffer_id, id) WHERE early;

CREATE TABLE deletions (
    id INTEGER PRIMARY KEY,
    buffer_id INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    note TEXT,
    early INTEGER NOT NULL
);
CREATE UNIQUE INDEX deletions_what ON deletions (buffer_id, remote_id);
CREATE INDEX deletions_early ON deletions (buffer_id, id) WHERE early;
