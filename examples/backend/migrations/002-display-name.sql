-- A release that adds: the version before neither reads the column nor has to fill it.
ALTER TABLE backend.users ADD COLUMN display_name text;
