-- What calls the person, until it is dealt with (store/inbox.h). The place is that of the message:
-- only our own ever move, and they call nobody.
CREATE TABLE inbox (
    message_id INTEGER PRIMARY KEY,
    buffer_id INTEGER NOT NULL,
    sort_key INTEGER NOT NULL,
    direct INTEGER NOT NULL,
    state INTEGER NOT NULL,
    until_us INTEGER NOT NULL
);
CREATE INDEX inbox_place ON inbox (buffer_id, sort_key, message_id) WHERE state IN (0, 1);
CREATE INDEX inbox_waiting ON inbox (direct, message_id) WHERE state IN (0, 3);

-- What is unread and calls the person when this step is taken.
INSERT INTO inbox SELECT m.id, m.buffer_id, m.sort_key, b.kind IN (4, 5), 0, 0
    FROM buffers b JOIN messages m ON m.buffer_id = b.id AND m.sort_key >= b.read_sort_key
    WHERE b.mentions > 0 AND b.notify <> 2 AND (m.sort_key > b.read_sort_key OR m.id > b.read_id)
    AND m.kind IN (0, 1, 2, 12) AND m.flags & 2 AND NOT m.flags & 41;

-- What the person has flagged.
CREATE INDEX messages_flagged ON messages (id) WHERE flags & 512;

-- Which message an unsent text answers.
CREATE TABLE draft_replies (
    buffer_id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL
);
