-- Whether the relay wants its reaction to stand: where it took one back and put it again, the word
-- of the end may come after that.
ALTER TABLE relay_reactions ADD COLUMN wanted INTEGER NOT NULL DEFAULT 1;
