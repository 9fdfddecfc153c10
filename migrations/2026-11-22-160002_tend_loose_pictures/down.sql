DROP INDEX media_loose;
COMMENT ON COLUMN media.last_used_on IS NULL;
DROP INDEX draft_media_loose;
ALTER TABLE draft_media DROP COLUMN focus_x, DROP COLUMN focus_y;
