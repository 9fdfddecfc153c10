DROP INDEX media_loose_remote;
COMMENT ON COLUMN media.last_used_on IS 'Remote: the day somebody last looked at the cached file. Local: the day it was first seen without a status; NULL while one has it';
DROP TABLE cached_media;
