-- What the search index (search.db) must take out or look at again: the words under which it found
-- a message before its text was erased, replaced or its row deleted. body NULL: it was not indexed.
-- A number is never given twice, so the index can remember how far it has come.
CREATE TABLE unindex (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL,
    buffer_id INTEGER,
    user_id INTEGER,
    body TEXT
);
CREATE INDEX unindex_message ON unindex (message_id, id);

-- Another file of messages has another name, so an index is never taken for that of another file.
INSERT INTO profile VALUES ('index', lower(hex(randomblob(16))));
