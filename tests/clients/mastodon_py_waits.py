"""An app of somebody who waits at the door: profile, drafts, and one clear sentence for
everything else."""

import json
import os

from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

S = json.loads(os.environ["SETTINGS"])
api = Mastodon(access_token=S["token"], api_base_url=S["origin"])

me = api.me()
assert me.acct == "hana"
me = api.account_update_credentials(display_name="Hana in line", note="Knock knock")
assert me.display_name == "Hana in line" and "Knock knock" in me.note

draft = api.status_post("A draft from Python", visibility="public")
assert draft.visibility == "direct"
home = api.timeline_home()
assert draft.id in [s.id for s in home] and len(home) == 2, home
assert api.status_update(draft, "A better draft").id == draft.id
assert api.notifications() == [] and api.bookmarks() == [] and api.favourites() == []
public = api.timeline_local()
assert len(public) == 1

for forbidden in [
    lambda: api.status_favourite(public[0]),
    lambda: api.status_reblog(public[0]),
    lambda: api.account_follow(public[0].account),
    lambda: api.account_block(public[0].account),
    lambda: api.status_reply(public[0], "Hello?"),
]:
    try:
        forbidden()
    except MastodonNotFoundError:
        raise
    except (MastodonUnauthorizedError, MastodonAPIError) as error:
        assert "403" in str(error) or "422" in str(error), error
    else:
        raise AssertionError("it went through")

api.status_delete(draft)
assert len(api.timeline_home()) == 1
