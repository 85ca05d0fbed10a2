-- How the person has put conversations together on their network: groups of a space, by their place
-- in it (from 1), and what they have muted there.
CREATE TABLE buffer_groups (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    space_id INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    name TEXT NOT NULL,
    place INTEGER NOT NULL
);
ALTER TABLE buffers ADD COLUMN group_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE buffers ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
