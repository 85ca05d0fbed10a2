-- Whose clock says when a text was replaced: the network's, or this machine's, which may be ahead or
-- behind. Of our own messages it is not known from before.
ALTER TABLE revisions ADD COLUMN guessed INTEGER NOT NULL DEFAULT 0;
UPDATE revisions SET guessed = 1
    WHERE message_id IN (SELECT id FROM messages WHERE flags & 1);
