"""The keys of the desk, pressed in a real browser: what each does, that none does anything while
somebody types, another key where one was chosen, none where they are off.

SETTINGS: origin, password, browser, owner; cards (name to path, the first who came first); unread
(the path of somebody who was let in unread).
"""

import json
import os
import re
import sys

from playwright.sync_api import sync_playwright

S = json.loads(os.environ["SETTINGS"])
ORIGIN, CARDS = S["origin"], S["cards"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
# All that keys do, a key that does nothing, and what would leave the page if it did its act.
ALL = "jkoxbarqpmncius?/z"
QUIET = 300  # milliseconds in which an act would have begun

failures = []


def check(held, words):
    if not held:
        failures.append(words)


class Desk:
    """One of the staff with a keyboard."""

    def __init__(self, browser):
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
        self.page.on("pageerror", lambda e: failures.append(f"script: {e}"))
        # What was typed is not lost by leaving: here it may be.
        self.page.on("dialog", lambda d: d.accept())
        self.sent = []
        self.page.on("request", lambda r: r.is_navigation_request() and self.sent.append((r.method, r.url)))

    def open(self, path):
        self.page.goto(ORIGIN + path)
        return self

    @property
    def path(self):
        return self.page.url.removeprefix(ORIGIN)

    def press(self, key):
        self.page.keyboard.press(key)
        return self

    def go(self, key):
        """A key that leads to another page, or to this one again."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self

    def nothing(self, keys, words):
        """Keys that do nothing: no page is asked for, the focus stays."""
        self.sent.clear()
        before = (self.path, self.focus())
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_timeout(QUIET)
        after = (self.path, self.focus())
        check(not self.sent and before == after, f"{words}: {before} became {after}, {self.sent}")

    def focus(self):
        return self.page.evaluate("() => document.activeElement.id || document.activeElement.getAttribute('href') || document.activeElement.tagName")

    def state(self, name):
        """What the card of somebody says of where it stands, looked at and left as it was."""
        here = self.path
        self.open(CARDS[name])
        said = self.page.locator("main .badge").all_inner_texts()
        self.open(here)
        return " ".join(said).lower()

    def sign_in(self):
        self.open("/sign-in")
        self.page.fill("#login", S["owner"])
        self.page.fill("#password", S["password"])
        self.page.click("main form button")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def choose(self, act, key):
        self.open("/desk/keys")
        self.page.locator(f"[name='key[{act}]']").fill(key)
        self.save_keys()

    def save_keys(self):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=re.compile("^(Save|Keep)")).first.click()


def in_the_list(desk):
    """j, k, o, x, b and / at the queue."""
    first, second = list(CARDS.values())[:2]
    desk.open("/desk").press("j")
    check(desk.focus() == first, f"j leads to the first row, not {desk.focus()}")
    desk.press("j")
    check(desk.focus() == second, f"j again to the second, not {desk.focus()}")
    desk.press("k")
    check(desk.focus() == first, f"k back to the first, not {desk.focus()}")
    desk.press("k")
    check(desk.focus() == first, "above the first there is none")
    boxes = desk.page.locator("input[name='pick[]']")
    desk.press("x")
    check([box.is_checked() for box in boxes.all()][:2] == [True, False], "x ticks the row of the focus alone")
    desk.press("x")
    check(not boxes.first.is_checked(), "x again unticks it")
    desk.press("x").press("j").press("x")
    desk.go("b")
    check(desk.path.startswith("/desk/bulk"), f"b goes on with those that are ticked, not to {desk.path}")
    words = desk.page.locator("main").inner_text()
    check("2 people at once" in words, f"those two and no other: {words[:200]}")
    desk.open("/desk").press("j").press("j")
    desk.go("o")
    check(desk.path == second, f"o opens the row of the focus, not {desk.path}")
    desk.open("/desk").press("/")
    check(desk.focus() == "q", f"/ leads to the search, not {desk.focus()}")
    check(desk.page.input_value("#q") == "", "the key itself is not typed")
    desk.nothing(ALL, "keys while searching")
    check(desk.page.input_value("#q") == ALL, f"what is typed is typed: {desk.page.input_value('#q')}")
    desk.press("Escape")
    check(desk.focus() == "BODY", "Escape leaves the field")
    desk.page.locator("#order").focus()
    desk.nothing("jkoxb/", "keys in a list of choices")


def about_many(desk):
    """a, p, r, m and s where many are decided at once: a choice is taken, and nothing is done."""
    desk.open("/desk").press("j").press("x").press("j").press("x")
    desk.go("b")
    desk.sent.clear()
    for key, act in (("a", "approve"), ("p", "put_off"), ("r", "reject")):
        desk.press(key)
        check(desk.page.locator(f"#act-{act}").is_checked(), f"{key} takes the choice {act}")
        check(desk.focus() == f"act-{act}", f"{key} leads to the choice, not to {desk.focus()}")
    desk.page.wait_for_timeout(QUIET)
    check(not desk.sent, f"a choice alone sends nothing: {desk.sent}")
    desk.press("m")
    check(desk.focus() == "message", f"m leads to the message, not {desk.focus()}")
    desk.nothing(ALL, "keys in the message to many")
    check(desk.page.input_value("#message") == ALL, f"letters are letters: {desk.page.input_value('#message')}")
    desk.press("Escape")
    desk.nothing("bqcujkoxiz/", "keys that do not decide about many")
    desk.go("s")
    check(desk.path == "/desk", f"s leads back to the list, not to {desk.path}")
    for name in list(CARDS)[:2]:
        check("waiting" in desk.state(name), f"nobody was decided: {name}: {desk.state(name)}")


def let_in(desk):
    """i at the card of somebody who came in through the open door."""
    button = desk.open(S["unread"]).page.get_by_role("button", name="I have read it")
    check(button.count() == 1, "who was let in is to be read")
    desk.nothing("arqpcjkoxbz/", "keys of acts that are not on this card")
    desk.go("i")
    check(desk.open(S["unread"]).page.get_by_role("button", name="I have read it").count() == 0, "i says that it is read")


def while_typing(desk):
    """m and n lead to the two fields of a card; in them letters are letters."""
    desk.open(CARDS["anna"])
    for key, field in (("m", "message"), ("n", "note")):
        desk.press(key)
        check(desk.focus() == field, f"{key} leads to the {field}, not {desk.focus()}")
        desk.nothing(ALL, f"keys in the {field}")
        check(desk.page.input_value(f"#{field}") == ALL, f"letters are letters: {desk.page.input_value(f'#{field}')}")
        desk.press("Escape")
        check(desk.focus() == "BODY", "Escape leaves the field")
    desk.open(CARDS["anna"])
    for chord in ("Control+", "Alt+", "Meta+"):
        desk.nothing([chord + key for key in "arqpcus"], f"keys with {chord}")
    desk.nothing("jkoxbiz/", "keys of other pages")
    check("waiting" in desk.state("anna"), f"nothing was decided: {desk.state('anna')}")


def at_the_card(desk):
    """c, s, p, q, a, u, r and ? at a card."""
    anna, bert, cora, dora, _ = CARDS.values()
    desk.open(anna)
    check("you are reading this" in desk.page.locator("main").inner_text(), "who opens it reads it")
    desk.go("c")
    check("Left to the others" in desk.page.locator("body").inner_text(), "c leaves it to others")
    desk.open(anna).go("s")
    check(desk.path == bert, f"s opens the next one, not {desk.path}")
    desk.open(cora).press("m")
    desk.page.keyboard.type("What do you bake?")
    desk.press("Escape").go("q")
    desk.open(cora)
    check("What do you bake?" in desk.page.locator("main").inner_text(), "q asks what was written")
    desk.open(dora).go("p")
    check("put off" in desk.state("dora"), f"p puts it off: {desk.state('dora')}")
    desk.open(anna).go("a")
    check("waiting" not in desk.state("anna"), f"a lets them in: {desk.state('anna')}")
    desk.open(anna).go("u")
    check("waiting" in desk.state("anna"), f"u takes it back: {desk.state('anna')}")
    desk.open(bert).go("r")
    check("waiting" not in desk.state("bert"), f"r turns them down: {desk.state('bert')}")
    desk.open("/desk").go("u")
    check("waiting" in desk.state("bert"), f"u at the desk takes the last one back: {desk.state('bert')}")
    desk.open(anna).go("?")
    check(desk.path == "/desk/keys", f"? shows the keys, not {desk.path}")


def as_chosen(desk):
    """Another key, and none."""
    emil = CARDS["emil"]
    desk.choose("approve", "y")
    desk.open(emil).nothing("a", "the key that it was")
    desk.open("/desk/keys")
    desk.page.locator("#on").uncheck()
    desk.save_keys()
    desk.open(emil).nothing(ALL.replace("a", "y") + "a", "keys that are off, at the card")
    desk.open("/desk").nothing(ALL.replace("a", "y") + "a", "keys that are off, at the desk")
    desk.open("/desk/keys")
    check(desk.page.locator("[name='key[approve]']").input_value() == "y", "what was chosen is kept while keys are off")
    desk.page.locator("#on").check()
    desk.save_keys()
    desk.open(emil).go("y")
    check("waiting" not in desk.state("emil"), f"the key that was chosen lets them in: {desk.state('emil')}")


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=S["browser"], args=FLAGS, headless=True)
        desk = Desk(browser)
        desk.sign_in()
        for part in (in_the_list, about_many, let_in, while_typing, at_the_card, as_chosen):
            part(desk)
        browser.close()
    for words in failures:
        print(words)
    sys.exit(1 if failures else 0)


main()
