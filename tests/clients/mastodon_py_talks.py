"""Mastodon.py registers an app, signs in through the consent page, and does what bots and
scripts do with it."""

import json
import os
import time

from consent import allow
from mastodon import Mastodon, MastodonNotFoundError

S = json.loads(os.environ["SETTINGS"])
ORIGIN, NAME, OTHER = S["origin"], S["name"], S["other"]
OOB = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ["read", "write", "follow", "push"]


def until(what, words):
    """Waits for what the relay does after the answer; a few seconds at the most."""
    end = time.time() + 10
    while time.time() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(words)


def main():
    client_id, client_secret = Mastodon.create_app(
        "Script", scopes=SCOPES, redirect_uris=OOB, api_base_url=ORIGIN
    )
    api = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=ORIGIN)
    assert "Porchlight" in api.retrieve_mastodon_version() or api.mastodon_major >= 4
    url = api.auth_request_url(redirect_uris=OOB, scopes=SCOPES, allow_http=True)
    api.log_in(code=allow(ORIGIN, url, NAME, S["password"]), redirect_uri=OOB, scopes=SCOPES, allow_http=True)
    other = Mastodon(access_token=S["other_token"], api_base_url=ORIGIN)

    me = api.me()
    assert me.acct == NAME and me.source is not None
    assert api.instance_v2().domain and api.instance_v1().uri
    api.app_verify_credentials()
    them = api.account_lookup(OTHER)
    assert api.account_follow(them).following
    assert api.account_relationships([them.id])[0].following
    other.account_follow(me)

    post = api.status_post(f"Hello @{OTHER} from Python #porch", spoiler_text="hi", language="en", idempotency_key="once")
    assert api.status_post(f"Hello @{OTHER} from Python #porch", idempotency_key="once").id == post.id
    reply = api.status_reply(post, "More")
    assert reply.in_reply_to_id == post.id
    until(lambda: api.status_context(post).descendants, "the thread has the reply")
    home = until(lambda: [s for s in api.timeline_home() if s.id == reply.id], "home has it")
    assert home[0].account.id == me.id
    theirs = until(lambda: api.account_statuses(them), "their posts")[0]
    for act, undo, flag in [
        (api.status_favourite, api.status_unfavourite, "favourited"),
        (api.status_bookmark, api.status_unbookmark, "bookmarked"),
    ]:
        assert act(theirs)[flag] and not undo(theirs)[flag] and act(theirs)[flag]
    assert api.status_reblog(theirs).reblog.id == theirs.id
    until(lambda: api.status(theirs).favourites_count == 1 and api.status(theirs).reblogs_count == 1, "they are counted")
    assert api.status_favourited_by(theirs)[0].id == me.id
    assert api.status_reblogged_by(theirs)[0].id == me.id
    assert theirs.id in [s.id for s in api.favourites()] and theirs.id in [s.id for s in api.bookmarks()]

    other.status_post(f"@{NAME} welcome", in_reply_to_id=post)
    notices = until(lambda: [n for n in api.notifications() if n.type == "mention"], "a mention")
    assert notices[0].account.id == them.id
    kinds = {n.type for n in until(lambda: len(api.notifications()) >= 2 and api.notifications(), "follow and mention")}
    assert {"mention", "follow"} <= kinds, kinds
    api.notifications_dismiss(notices[0])

    found = api.search(OTHER)
    assert found.accounts[0].id == them.id
    assert api.search_v2("porch", result_type="hashtags").hashtags[0].name.lower() == "porch"
    assert api.timeline_hashtag("porch") and api.timeline_local() and api.timeline_public()

    # Pages by the links that the server gives.
    for n in range(25):
        api.status_post(f"Number {n}", visibility="unlisted")
    first = api.account_statuses(me, limit=10)
    everything = api.fetch_remaining(first)
    assert len(everything) >= 27 and len({s.id for s in everything}) == len(everything), len(everything)
    following = api.fetch_remaining(api.account_following(me, limit=1))
    assert [a.id for a in following] == [them.id]
    second = api.fetch_next(first)
    assert second and api.fetch_previous(second)[0].id == first[0].id

    me = api.account_update_credentials(display_name="Ann of Python", note="Reads docs", fields=[("Pet", "snake")])
    assert me.display_name == "Ann of Python" and me.fields[0].value == "snake"
    assert api.preferences()
    api.markers_set("home", post)
    assert str(api.markers_get("home")["home"].last_read_id) == str(post.id)

    api.status_delete(reply)
    try:
        api.status(reply)
        raise AssertionError("a deleted post is there")
    except MastodonNotFoundError:
        pass
    api.account_mute(them), api.account_unmute(them)
    assert not api.account_unfollow(them).following and api.account_follow(them).following
    api.revoke_access_token(allow_http=True)


main()
