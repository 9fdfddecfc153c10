"""What a screen reader is told of the form and of the card: the tree of Chromium as lines, in the
order in which it is read, held against what should be heard.

SETTINGS: origin, password, browser, owner; card (path of an application); kept (a folder for the
lines, to be read).
"""

import json
import os
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from findings import findings

S = json.loads(os.environ["SETTINGS"])
ORIGIN = S["origin"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
LANDMARKS = {"banner", "navigation", "main", "contentinfo", "search", "region", "form"}
FIELDS = {"textbox", "searchbox", "combobox", "checkbox", "radio", "spinbutton", "listbox"}
NAMED = FIELDS | {"button", "link", "heading", "group", "radiogroup", "alert", "DisclosureTriangle"}
# Those whose name says all that is in them.
WHOLE = FIELDS | {"button", "link", "heading", "DisclosureTriangle", "img", "image"}

failures = []


def check(held, words):
    if not held:
        failures.append(words)


class Line:
    """One thing of the tree: role, name, what is said after it, and how it stands."""

    def __init__(self, node):
        said = lambda key: str(node.get(key, {}).get("value", "")).strip()
        self.role, self.name, self.description = said("role"), " ".join(said("name").split()), " ".join(said("description").split())
        self.is_in = ()
        stands = {p["name"]: p["value"].get("value") for p in node.get("properties", ())}
        self.level = stands.get("level")
        self.invalid = stands.get("invalid") not in (None, "false", False)
        self.required = stands.get("required") is True
        self.focused = stands.get("focused") is True

    def __str__(self):
        level = f" {self.level}" if self.role == "heading" else ""
        more = [f"({self.description})"] * bool(self.description)
        more += [word for word in ("required", "invalid", "focused") if getattr(self, word)]
        return " ".join([f"{self.role}{level} {self.name!r}", *more])


def read(page, called):
    """The lines of a page, as a reader goes through them; kept in a file, too."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    lines = []

    def walk(node, inside):
        line = Line(node)
        heard = not node.get("ignored") and line.role not in ("none", "generic", "RootWebArea", "InlineTextBox", "LabelText", "Legend", "ListMarker")
        if heard:
            line.is_in = inside
            lines.append(line)
            inside = (*inside, line)
        if not heard or line.role not in WHOLE:
            for child in node.get("childIds", ()):
                if child in nodes:
                    walk(nodes[child], inside)

    walk(next(node for node in nodes.values() if not node.get("parentId")), ())
    text = "\n".join("  " * len(line.is_in) + str(line) for line in lines)
    Path(S["kept"], f"reading-{called}.txt").write_text(text + "\n")
    return lines


def reads(lines, hoped, called):
    """These lines are there, in this order; others may stand between."""
    told = iter([str(line) for line in lines])
    for words in hoped:
        if not any(line.startswith(words) for line in told):
            failures.append(f"{called}: not read, or not in its place: {words}")
            return


def sound(lines, called):
    """What holds of every page."""
    for line in lines:
        # What folds is named by its summary; a group of fields needs a name of its own.
        folds = line.role == "group" and not any(l.role in FIELDS and line in l.is_in for l in lines)
        check(line.role not in NAMED or line.name or folds, f"{called}: no name: {line} in {[str(l) for l in line.is_in]}")
        if line.role == "radio":
            check(any(l.role == "radiogroup" and l.name for l in line.is_in), f"{called}: {line} does not say to what it belongs")
    levels = [line.level for line in lines if line.role == "heading"]
    inside = [line.level for line in lines if line.role == "heading" and any(l.role == "main" for l in line.is_in)]
    check(inside[:1] == [1] and levels.count(1) == 1, f"{called}: one heading of the first level, and it begins: {levels}")
    check(all(b <= a + 1 for a, b in zip(inside, inside[1:])), f"{called}: no level is left out: {inside}")
    for role in ("banner", "main", "contentinfo"):
        check(sum(line.role == role for line in lines) == 1, f"{called}: not one {role}")
    names = [line.name for line in lines if line.role == "navigation"]
    check(names and len(set(names)) == len(names) and all(names), f"{called}: ways through have names of their own: {names}")
    regions = [line.name for line in lines if line.role == "region"]
    check(len(set(regions)) == len(regions), f"{called}: regions have names of their own: {regions}")
    buttons = [line.name for line in lines if line.role == "button" and any(l.role == "main" for l in line.is_in)]
    check(len(set(buttons)) == len(buttons), f"{called}: two buttons of one name: {buttons}")


def field(lines, name):
    found = [line for line in lines if line.role in FIELDS | {"group", "radiogroup"} and line.name.startswith(name)]
    check(len(found) == 1, f"{name!r} is {len(found)} fields")
    return found[0] if found else Line({})


FORM = [
    "link 'Skip to the content'",
    "banner",
    "main",
    "heading 1 'Apply to join",
    "textbox 'What brings you here?' (A person reads this, not a machine.",
    "radiogroup 'Which end of the lane?' (Both have a tree.) required",
    "radio 'north'",
    "radio 'south'",
    "group 'What do you bring along?",
    "checkbox 'north'",
    "checkbox 'south'",
    "checkbox 'Dogs stay on the leash' (On the whole lane.)",
    "textbox 'Was backst du? (optional)' (Brot zählt auch. ",
    "textbox 'The name you would like' (Letters, digits and underscores.",
    "textbox 'Email address' (For a link that confirms it",
    "textbox 'I already live at (optional)' (A name of yours on another server",
    "textbox 'Who knows you here? (optional)' (The name of somebody who lives here.",
    "textbox 'Password",
    "checkbox 'I have read the house rules and can live with them'",
    "button 'Apply to join'",
    "heading 2 'What happens next'",
    "contentinfo",
]

CARD = [
    "main",
    "link 'The desk'",
    "heading 1 'hana is at the door'",
    "region 'What they wrote'",
    "heading 2 'What they wrote'",
    "StaticText 'What brings you here?'",
    "StaticText 'I am hana and I like porches.'",
    "region 'Your answer'",
    "heading 2 'Your answer'",
    "textbox 'A word to them (optional, but for a question)' (Goes with your answer, in your words.)",
    "checkbox 'Tell them by mail if it is a no.",
    "button 'Let them in'",
    "button 'Turn them down'",
    "button 'Ask them this'",
    "button 'Put it off for 14 days'",
    "region 'Notes for the others'",
    "textbox 'A note' (Only staff read it.",
    "button 'Keep this note'",
    "heading 2 'How their profile will look'",
    "heading 2 'Their drafts'",
    "StaticText 'A first draft'",
    "heading 2 'Where it came from'",
    "heading 2 'What happened so far'",
]


def the_form(page):
    page.goto(ORIGIN + "/apply")
    lines = read(page, "form")
    sound(lines, "the form")
    failures.extend(findings(page))
    reads(lines, FORM, "the form")
    check(any(line.role == "status" for line in lines), "the sum of the device has a place where it is told of")
    for line in lines:
        check("Leave this empty" not in line.name, "what is for machines is not read")
    check(not any(line.invalid for line in lines), f"nothing is wrong before anything was sent: {[str(l) for l in lines if l.invalid]}")
    for name in ("What brings you here?", "Which end of the lane?", "The name you would like", "Email address", "Password"):
        check(field(lines, name).required, f"{name} must be answered, and does not say so")
    # Chromium keeps this word of a box from the tree that it shows here, not from readers.
    for name in ("Dogs stay on the leash", "I have read the house rules"):
        check(page.get_by_label(name).evaluate("e => e.required"), f"{name} must be ticked, and does not say so")
    check("40" in field(lines, "Was backst du?").description, "how long an answer of one line may be is said at it")
    # What an admin wrote in another language is read in that, and nothing else is.
    foreign = page.locator("form[action='/apply'] [lang]")
    told = foreign.evaluate_all("all => all.map(e => [e.lang, e.textContent])")
    check(told == [["de", "Was backst du?"], ["de", "Brot zählt auch."]], f"words of another language: {told}")


def with_mistakes(page):
    """Sent as it is but for what is wrong: each mistake is said with its field, and all at first."""
    page.goto(ORIGIN + "/apply")
    time.sleep(3.2)
    page.locator("form[action='/apply']").evaluate("e => e.setAttribute('novalidate', '')")
    page.fill("#username", "a name")
    page.fill("#password", "short")
    page.get_by_label("north").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Apply to join").click()
    lines = read(page, "mistakes")
    sound(lines, "the form with mistakes")
    alerts = [line for line in lines if line.role == "alert"]
    check([line.name for line in alerts] == ["Nearly there: please look at this again"], f"one message: {alerts}")
    check(alerts and alerts[0].focused, "the focus is on what is wrong, so that it is read at once")
    links = [line for line in lines if line.role == "link" and alerts and alerts[0] in line.is_in]
    check(len(links) >= 4, f"each mistake has a way to its field: {[str(l) for l in links]}")
    check(page.title().lower().startswith("error"), f"the title says it, too: {page.title()}")
    for name in ("What brings you here?", "The name you would like", "Email address", "Password", "What do you bring along?",
                 "Dogs stay on the leash", "I have read the house rules"):
        line = field(lines, name)
        check(line.invalid, f"{name} is wrong and does not say so")
        said = [link.name for link in links if link.name and link.name in line.description]
        check(len(said) == 1, f"what is wrong with {name!r} is not said at it: {line.description!r} of {[l.name for l in links]}")
    check(not field(lines, "Which end of the lane?").invalid, "what was right is not called wrong")
    failures.extend(findings(page))
    # From the message to the field, by the keyboard.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    check(page.evaluate("() => !!document.activeElement.closest('form[action=\"/apply\"]')"), "the way from the message leads into the form")


def the_card(page):
    page.goto(ORIGIN + "/sign-in")
    page.fill("#login", S["owner"])
    page.fill("#password", S["password"])
    page.click("main form button")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(ORIGIN + S["card"])
    lines = read(page, "card")
    sound(lines, "the card")
    reads(lines, CARD, "the card")
    # A question without words is refused, and says so at the field.
    with page.expect_navigation():
        page.get_by_role("button", name="Ask them this").click()
    lines = read(page, "card-mistake")
    sound(lines, "the card with a mistake")
    word = field(lines, "A word to them")
    check(word.invalid and word.description, f"what is wrong is said at the field: {word}")
    check(any(line.role == "alert" and line.focused for line in lines), "and is read at once")


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=S["browser"], args=FLAGS, headless=True)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB",
            reduced_motion="reduce")
        page = context.new_page()
        for part in (the_form, with_mistakes, the_card):
            part(page)
        browser.close()
    for words in failures:
        print(words)
    sys.exit(1 if failures else 0)


main()
