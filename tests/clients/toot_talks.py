"""`toot`, the command-line client, signs in with a code and does what people do with it."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

from consent import allow

S = json.loads(os.environ["SETTINGS"])
ORIGIN, NAME, OTHER = S["origin"], S["name"], S["other"]


def toot(*arguments, stdin=""):
    """Runs toot; fails with its words unless it ends well."""
    done = subprocess.run(
        [S["toot"], "--no-color", *arguments], input=stdin, capture_output=True, text=True, timeout=60
    )
    words = done.stdout + done.stderr
    if done.returncode != 0:
        sys.exit(f"toot {' '.join(arguments)} ended with {done.returncode}:\n{words}")
    return done.stdout


def sign_in():
    """Registers an app, prints an address, asks for the code that the page there shows."""
    process = subprocess.Popen(
        [S["toot"], "--no-color", "login", "--instance", ORIGIN],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    seen, url = "", None
    for line in process.stdout:
        seen += line
        if line.startswith(f"{ORIGIN}/oauth/authorize"):
            url = line.strip()
            break
    assert url, f"toot shows no address to open:\n{seen}"
    code = allow(ORIGIN, url, NAME, S["password"])
    # It asks whether to open a browser, then for the code.
    words, _ = process.communicate(f"n\n{code}\n", timeout=60)
    assert process.returncode == 0 and "Successfully logged in" in words, seen + words


def as_the_readme_says():
    """Runs the lines of README.md that a reader would type after signing in."""
    readme = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
    block = readme.split("## Connect an app")[1].split("```sh")[1].split("```")[0]
    commands = [c.strip() for line in block.splitlines() for c in line.split("&&")]
    said = [c for c in commands if c.startswith("toot ") and not c.startswith("toot login")]
    assert len(said) >= 2, block
    for command in said:
        toot(*shlex.split(command)[1:])


def main():
    sign_in()
    as_the_readme_says()
    assert NAME in toot("whoami")
    assert "Porchlight" in toot("instance")

    toot("follow", OTHER)
    found = json.loads(toot("search", "--json", OTHER))
    assert found["accounts"][0]["acct"] == OTHER, found

    post = json.loads(toot("post", "--json", f"Hello @{OTHER} from toot #porch"))
    assert "toot" in post["content"] and post["mentions"][0]["acct"] == OTHER, post
    reply = json.loads(toot("post", "--json", "--reply-to", post["id"], "--visibility", "unlisted", "And more"))
    assert reply["in_reply_to_id"] == post["id"] and reply["visibility"] == "unlisted", reply
    thread = json.loads(toot("thread", "--json", post["id"]))
    assert reply["id"] in json.dumps(thread), thread

    theirs = json.loads(toot("search", "--json", OTHER))["accounts"][0]
    assert theirs["statuses_count"] == 1, theirs
    timeline = lambda *which: json.loads(toot("timelines", *which, "--json", "--no-pager", "--no-clear"))
    assert post["id"] in [status["id"] for status in timeline("home")]
    assert post["id"] in [status["id"] for status in timeline("public", "--local")]
    tagged = [status for status in timeline("tag", "porch") if status["account"]["acct"] == OTHER]
    assert "Hello from ben" in toot("timeline", "--once", "--tag", "porch")
    hello = tagged[0]["id"]
    seen = toot("status", "--json", post["id"])
    assert json.loads(seen)["id"] == post["id"]

    for act in ["favourite", "reblog", "bookmark"]:
        toot(act, hello)
    liked = json.loads(toot("status", "--json", hello))
    assert liked["favourited"] and liked["reblogged"] and liked["bookmarked"], liked
    assert NAME in toot("reblogged-by", hello)
    toot("notifications")
    assert OTHER in toot("following", NAME)
    assert NAME in toot("followers", OTHER)

    toot("delete", reply["id"])
    gone = subprocess.run([S["toot"], "status", reply["id"]], capture_output=True, text=True)
    assert gone.returncode != 0, gone.stdout
    toot("mute", OTHER), toot("unmute", OTHER)
    toot("block", OTHER), toot("unblock", OTHER)
    toot("follow", OTHER)
    toot("update-account", "--display-name", "Ann of the toots", "--note", "Said from a terminal")
    assert "Ann of the toots" in toot("whoami")
    # What a block took back is done again, so that the other side can look for it.
    for act in ["unfavourite", "favourite", "unreblog", "reblog"]:
        toot(act, hello)
    toot("post", f"@{OTHER} still here")
    account = re.search(r"(\S+@\S+)", toot("auth")).group(1)
    toot("logout", account)


main()
