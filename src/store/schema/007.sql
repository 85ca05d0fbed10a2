-- What comes with a message besides its text (model/attachment.h), and what is to be sent with one.
ALTER TABLE messages ADD COLUMN files TEXT;
ALTER TABLE messages ADD COLUMN file_names TEXT;
ALTER TABLE messages ADD COLUMN buttons TEXT;
ALTER TABLE outbox ADD COLUMN files TEXT;
