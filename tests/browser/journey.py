"""The whole way through the door in a real browser: applying, confirming, waiting, a question and
its answer, yes, the first post; then a no, an appeal, and the end. With script, without, on a
phone's width, by the keyboard alone. Every page on the way passes axe and is kept as a picture.

SETTINGS: origin, password, browser, pictures, mails, owner; script, keyboard, narrow; hurry (a
file whose appearance makes two minutes pass; without it they are waited for), names (of the two
who apply).
"""

import email
import email.policy
import json
import os
import re
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from findings import findings

S = json.loads(os.environ["SETTINGS"])
ORIGIN, SCRIPT, KEYBOARD, PICTURES = S["origin"], S["script"], S["keyboard"], Path(S["pictures"])
SIZE = {"width": 390, "height": 844} if S["narrow"] else {"width": 1280, "height": 900}
WAY = "-".join(["phone" if S["narrow"] else "wide", "script" if SCRIPT else "plain"] + ["keys"] * KEYBOARD)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
PATIENCE = 60  # seconds for a mail or a sum on a busy machine
STOPS = 120  # presses of Tab after which a page counts as a trap

failures = []

FOCUSED = """() => { const e = document.activeElement;
  return !e || e === document.body ? null : e.matches('[data-journey]'); }"""


class Person:
    """One browser. What they press is found by what it says, as people find it."""

    def __init__(self, browser, name):
        self.name, self.step = name, 0
        self.context = browser.new_context(viewport=SIZE, java_script_enabled=SCRIPT, locale="en-GB",
            reduced_motion="reduce")
        self.page = self.context.new_page()
        # A form that comes again with its mistakes is a 422, which the browser complains of.
        self.page.on("console", lambda m: m.type in ("error", "warning") and "422" not in m.text
            and self.note(f"console: {m.text}"))
        self.page.on("pageerror", lambda e: self.note(f"script: {e}"))

    def note(self, words):
        failures.append(f"{WAY}, {self.name} at {self.page.url.removeprefix(ORIGIN)}: {words}")

    def open(self, path):
        answer = self.page.goto(ORIGIN + path)
        if answer.status != 200:
            self.note(f"status {answer.status}")

    def look(self, title):
        """A picture; and axe, which is a script itself, in both schemes of colour: no finding."""
        self.step += 1
        self.page.screenshot(path=PICTURES / f"journey-{WAY}-{self.name}-{self.step:02}-{title}.png", full_page=True)
        for found in findings(self.page) if SCRIPT else ():
            self.note(found)

    def reach(self, target):
        """By the keyboard: Tab until it has the focus, as somebody without a mouse does."""
        target.evaluate("e => e.setAttribute('data-journey', '')")
        for _ in range(STOPS):
            if self.page.evaluate(FOCUSED):
                break
            self.page.keyboard.press("Tab")
        else:
            self.note(f"the keyboard never reaches {target.evaluate('e => e.outerHTML.slice(0, 80)')}")
        target.evaluate("e => e.removeAttribute('data-journey')")

    def press(self, role, name, within=None):
        """A button or a link, by its role and the words on it; then the page that comes."""
        target = (within or self.page).get_by_role(role, name=re.compile(name)).first
        with self.page.expect_navigation():
            if KEYBOARD:
                self.reach(target)
                self.page.keyboard.press("Enter")
            else:
                target.click()

    def fill(self, label, text):
        target = self.page.get_by_label(re.compile(label)).first
        if KEYBOARD:
            self.reach(target)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            target.fill(text)

    def tick(self, label):
        target = self.page.get_by_label(re.compile(label)).first
        if target.is_checked():
            return
        if KEYBOARD:
            self.reach(target)
            self.page.keyboard.press("Space")
        else:
            target.check()

    def reads(self, words):
        if not re.search(words, self.page.locator("main").inner_text()):
            self.note(f"says nothing of {words!r}: {self.page.locator('main').inner_text()[:300]!r}")

    def sign_in(self):
        self.open("/sign-in")
        self.fill("name", self.name)
        self.fill("^Password", S["password"])
        self.press("button", "^Sign in")


def letter(address, about):
    """The latest mail to an address with such a subject: its text."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for file in sorted(Path(S["mails"]).glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if address in mail["To"] and re.search(about, mail["Subject"]):
                return mail.get_body(("plain",)).get_content()
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address} about {about}")


def link(text, path):
    return re.search(re.escape(path) + r"\S*", text)[0]


def two_minutes():
    """Those that who gives no proof of work waits."""
    if hurry := S.get("hurry"):
        Path(hurry).touch()
        end = time.monotonic() + PATIENCE
        while Path(hurry).exists() and time.monotonic() < end:
            time.sleep(0.1)
    else:
        time.sleep(125)


def apply(person, words):
    person.open("/")
    person.look("landing")
    person.press("link", "^Apply to join")
    person.look("form")
    # A form that is sent within three seconds comes again.
    time.sleep(3.2)
    if person.page.locator("#agreement").count():
        person.tick("I have read the house rules")
    for area in person.page.locator("main textarea[required]").all():
        person.fill(area.evaluate("e => e.labels[0].textContent.replace(/[()?*.]/g, '.')"), words)
    person.fill("The name you would like", person.name)
    person.fill("Email address", f"{person.name}@wood.example")
    person.fill("^Password", "short")
    sent_too_short(person)
    person.fill("^Password", S["password"])
    the_sum(person)
    time.sleep(3.2)
    person.press("button", "^Apply to join")
    person.reads("look into the mailbox")
    person.look("sent")
    confirm = link(letter(f"{person.name}@wood.example", "Confirm|confirm|address"), "/confirm")
    person.open(confirm)
    the_sum(person)
    person.look("confirm")
    person.press("button", "^Yes, confirm it")
    if not SCRIPT:
        person.look("too-soon")
        two_minutes()
        person.open(confirm)
        person.press("button", "^Yes, confirm it")
    person.look("confirmed")


def the_sum(person):
    """Where there is script, the device's work is waited for, as most people do by writing."""
    if SCRIPT:
        person.page.wait_for_function(
            "() => { const e = document.querySelector('[name=proof]'); return !e || e.value }", timeout=PATIENCE * 1000)


def sent_too_short(person):
    """A mistake costs nothing but the mistake: what was typed stands there again."""
    person.page.locator("#password").evaluate("e => e.removeAttribute('minlength')")
    person.press("button", "^Apply to join")
    person.look("mistake")
    if person.page.locator("#username").input_value() != person.name:
        person.note("the name that was typed is lost")
    if person.page.locator("#agreement").count():
        person.tick("I have read the house rules")


def wait(person):
    person.open("/waiting")
    if "/sign-in" in person.page.url:
        person.sign_in()
        person.open("/waiting")
    person.reads("on the porch")
    person.look("waiting")


def card(reader, name):
    """From the queue to somebody's card."""
    reader.open("/desk")
    reader.look("desk")
    reader.press("link", re.escape(name))
    reader.look("card")


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=S["browser"], args=FLAGS, headless=True)
        reader = Person(browser, S["owner"])
        reader.sign_in()
        first, second = (Person(browser, name) for name in S["names"])

        apply(first, "I bake bread for the street and read slowly.")
        wait(first)
        first.press("link", "profile")
        first.look("profile")
        first.fill("About|Bio|yourself", "Bread, mostly.")
        first.press("button", "^(Save|Keep)")
        first.open("/compose")
        first.fill("draft|post|mind|write", "My first words here")
        first.press("button", "^(Save|Keep)")
        first.look("draft")

        card(reader, first.name)
        reader.fill("^A word to them", "What do you bake?")
        reader.press("button", "^Ask them this")
        reader.look("asked")
        first.open("/waiting")
        first.reads("What do you bake")
        first.look("question")
        first.fill("^Your answer", "Rye, on Sundays.")
        first.press("button", "^(Send|Answer)")
        first.look("answered")
        card(reader, first.name)
        reader.reads("Rye, on Sundays")
        reader.fill("^A word to them", "Bring some.")
        reader.press("button", "^Let them in")
        reader.look("let-in")
        come_in = link(letter(f"{first.name}@wood.example", "in|Welcome"), "/")
        first.open("/welcome")
        first.look("welcome")
        first.reads("My first words here")
        first.press("button", "^(Publish|Post)")
        first.look("published")
        first.open(f"/@{first.name}")
        first.reads("My first words here")
        first.look("profile-public")
        assert come_in

        apply(second, "My neighbour told me about this house; radios are what I mend.")
        wait(second)
        card(reader, second.name)
        reader.fill("^A word to them", "Not this time.")
        reader.tick("^Tell them by mail")
        reader.press("button", "^Turn them down")
        second.open("/waiting")
        second.reads("Not this time")
        second.look("no")
        second.fill("What should we know", "I meant rye.")
        second.press("button", "^Ask to look again")
        second.look("appeal")
        second.open("/waiting/withdraw")
        second.look("withdraw")
        browser.close()
    for words in dict.fromkeys(failures):
        print(words)
    sys.exit(1 if failures else 0)


main()
