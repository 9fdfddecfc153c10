-- Pictures of drafts by way of apps; pictures that nothing has are found and swept.

ALTER TABLE draft_media
    ADD COLUMN focus_x real,
    ADD COLUMN focus_y real;
CREATE INDEX draft_media_loose ON draft_media (created_at) WHERE draft_id IS NULL;

COMMENT ON COLUMN media.last_used_on IS 'Remote: the day somebody last looked at the cached file. Local: the day it was first seen without a status; NULL while one has it';
CREATE INDEX media_loose ON media (created_at) WHERE status_id IS NULL AND remote_url IS NULL;
