DROP TABLE outbound_holds, held_activities, graveyard, tombstones, status_search, media, quotes,
    conversation_mutes, pins, bookmarks, reactions, status_tags, tags, status_audience,
    status_edits, status_stats, statuses, conversations;
