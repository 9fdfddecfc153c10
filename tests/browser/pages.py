"""Every page in a real browser: no error, no violation of the policy, a name for everything
that can be used, a way through by keyboard, and pictures to look at. With script and without.

SETTINGS: origin, password, browser, pictures, script; owner, member, waiting; post, application.
With "width" at that one alone. With "lists" only those pages are looked at: for each person (as in "cookies") names and paths.
"""

import json
import os
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from findings import findings

S = json.loads(os.environ["SETTINGS"])
ORIGIN, SCRIPT, PICTURES = S["origin"], S["script"], Path(S["pictures"])
WIDTHS = {"narrow": (360, 740), "wide": (1280, 900)}
if "width" in S:
    WIDTHS = {S["width"]: WIDTHS[S["width"]]}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]

STRANGER = {
    "landing": "/", "about": "/about", "public": "/public", "apply": "/apply", "sign-in": "/sign-in",
    "password": "/password", "profile": f"/@{S['member']}", "thread": f"/@{S['member']}/{S['post']}",
    "tag": "/tags/bread", "door": "/door", "followers": f"/@{S['member']}/followers", "following": f"/@{S['member']}/following", "invite-typed": "/invite", "invite-dead": "/invite/ABCDEFGHJKLM", "nothing": "/no/such/page",
}
MEMBER = {"heir-asked": "/heir"}
WAITING = {"waiting": "/waiting", "waiting-profile": "/waiting/profile", "withdraw": "/waiting/withdraw",
    "answers": "/waiting/answers"}
OWNER = {
    "home": "/home", "compose": "/compose", "reply": f"/compose?in_reply_to={S['post']}",
    "notifications": "/notifications", "search": "/search?q=ann", "invites": "/invites", "vouches": "/vouches", "drafts": "/drafts", "bookmarks": "/bookmarks",
    "door-kept": "/desk/door", "switch": "/desk/switch?days=40", "door-price": "/desk/door/open", "questions": "/desk/questions",
    "blocks": "/desk/blocks", "block-new": "/desk/blocks/new?kind=mail&value=far.example", "events": "/desk/events",
    "question": "/desk/questions/1", "question-new": "/desk/questions/new", "requests": "/notifications/requests",
    "favourites": "/favourites", "settings-posting": "/settings/posting",
    "moving": "/settings/move", "deleting": "/settings/delete", "hosts": "/desk/hosts", "reports": "/desk/reports",
    "tags": "/tags", "welcome": "/welcome", "welcome-desk": "/desk/welcome", "place": "/desk/place",
    "policies": "/desk/policies", "policies-new": "/desk/policies/new?domain=far.example",
    "policies-import": "/desk/policies/import", "policies-allowed": "/desk/policies/allowed", "severed": "/severed",
    "desk-invites": "/desk/invites", "desk-invites-person": f"/desk/invites/people/{S['member']}",
    "keys": "/desk/keys", "staff": "/desk/staff", "audit": "/desk/audit", "held": "/desk/held", "held-posts": "/desk/held-posts", "known": "/desk/known",
    "presets": "/desk/presets", "webhooks": "/desk/webhooks", "mail": "/desk/mail", "charts": "/desk/charts",
    "zone": "/settings/zone", "export": "/settings/export", "absence": "/desk/absence", "away": "/desk/away", "deputies": "/desk/deputies", "heir": "/desk/heir",
    "desk-decided": "/desk?state=decided", "desk-unread": "/desk?state=unread", "desk-sifted": "/desk?lang=en&drafts=1", "desk-search": "/desk?q=porches",
    "desk": "/desk", "application": f"/desk/applications/{S['application']}", "own-profile": f"/@{S['owner']}",
    "settings-profile": "/settings/profile", "settings-account": "/settings/account",
    "second-factor": "/settings/second-factor", "second-factor-app": "/settings/second-factor/app",
    "second-factor-passkey": "/settings/second-factor/passkey", "settings-sessions": "/settings/sessions", "settings-apps": "/settings/apps",
}

# Pages that say no.
ANSWERS = {"nothing": 404, "sealed-apply": 403}

# What a screen reader and a keyboard need; small, and our own.
CHECKS = """() => {
  const wrong = [];
  const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
  const name = e => (e.getAttribute('aria-label') || e.labels && [...e.labels].map(l => l.textContent).join(' ')
    || e.textContent || e.getAttribute('title') || [...e.querySelectorAll('img[alt]')].map(i => i.alt).join(' ') || '').trim();
  const label = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.className ? '.' + e.className : '');
  if (!document.documentElement.lang) wrong.push('no lang');
  if (!document.title) wrong.push('no title');
  if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  let level = 1;
  for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) wrong.push('h' + n + ' after h' + level + ': ' + h.textContent.trim());
    level = n;
  }
  for (const e of document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')) {
    if (shown(e) && !name(e)) wrong.push('no name: ' + label(e));
  }
  for (const i of document.querySelectorAll('img')) {
    if (!i.hasAttribute('alt')) wrong.push('no alt: ' + i.src);
    if (i.complete && i.naturalWidth === 0 && i.loading !== 'lazy') wrong.push('broken picture: ' + i.src);
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push('twice: #' + id);
  for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby]'))
    for (const a of ['aria-labelledby', 'aria-describedby'])
      for (const id of (e.getAttribute(a) || '').split(/\\s+/).filter(Boolean))
        if (!document.getElementById(id)) wrong.push(a + ' of ' + label(e) + ' names nothing: ' + id);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 1) wrong.push('scrolls sideways by ' + wide + ' px');
  for (const e of document.querySelectorAll('button,select,.button')) {
    const r = e.getBoundingClientRect();
    if (shown(e) && r.width > 0 && (r.width < 23.5 || r.height < 23.5) && !e.closest('.hidden'))
      wrong.push('a small target, ' + Math.round(r.width) + ' by ' + Math.round(r.height) + ': ' + label(e));
  }
  return [...new Set(wrong)];
}"""

FOCUSED = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const s = getComputedStyle(e), b = s.boxShadow !== 'none';
  return { what: e.tagName + ' ' + (e.getAttribute('aria-label') || e.textContent || e.id || '').trim().slice(0, 30),
           seen: b || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0), main: e.id === 'main' || !!e.closest('main') }; }"""

failures = []


class Person:
    """A browser context that collects what goes wrong in it."""

    def __init__(self, browser, size):
        width, height = WIDTHS[size]
        self.size = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=SCRIPT, locale="en-GB",
            reduced_motion="reduce",  # a colour on its way to another would be measured half way
        )
        self.page = self.context.new_page()
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.note(f"console: {m.text}"))
        self.page.on("pageerror", lambda e: self.note(f"script: {e}"))
        self.page.on("requestfailed", lambda r: r.failure != "net::ERR_ABORTED" and self.note(f"request: {r.url} {r.failure}"))
        self.page.on("request", lambda r: self.elsewhere(r.url))
        self.where = "-"
        self.expected = 200

    def note(self, words):
        if self.expected == 200 or f"{self.expected}" not in words:
            failures.append(f"{self.where} ({self.size}): {words}")

    def elsewhere(self, url):
        if not url.startswith((ORIGIN, "data:", "blob:")):
            self.note(f"asks elsewhere: {url}")

    def open(self, name, path):
        self.where, self.expected = name, ANSWERS.get(name, 200)
        answer = self.page.goto(ORIGIN + path)
        if answer.status != self.expected:
            self.note(f"status {answer.status}")
        return self.page

    def sign_in(self, name):
        page = self.open("sign-in", "/sign-in")
        page.fill("#login", name)
        page.fill("#password", S["password"])
        page.click("main form button")
        page.wait_for_url(lambda url: "/sign-in" not in url)

    def come_with(self, cookies):
        """Signed in elsewhere, by these cookies."""
        self.context.add_cookies([{"name": name, "value": value, "url": ORIGIN} for name, value in cookies.items()])

    def look(self, name, path):
        page = self.open(name, path)
        # Evaluating works without page script too: it is the tester's, not the page's.
        for wrong in page.evaluate(CHECKS):
            self.note(wrong)
        if SCRIPT:
            for found in findings(self.page):
                self.note(found)
        mode = "script" if SCRIPT else "plain"
        page.screenshot(path=PICTURES / f"{name}-{self.size}-{mode}.png", full_page=True)

    def tab_through(self, name, path):
        """By keyboard: the first stop is the way to the content, each stop can be seen, and
        the content is reached."""
        page = self.open(name, path)
        stops = []
        for _ in range(60):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUSED)
            if stop is None:
                break
            if not stop["seen"]:
                self.note(f"focus cannot be seen on {stop['what']}")
            stops.append(stop)
            if stop["main"] and len(stops) > 3:
                break
        if not stops or "Skip" not in stops[0]["what"]:
            self.note(f"the first stop is {stops[:1]}")
        if not any(stop["main"] for stop in stops):
            self.note("the keyboard never reaches the content")


def talk(person):
    """Writes, answers and favourites by what stands on the pages."""
    person.where = "talking"
    page = person.page
    page.goto(ORIGIN + "/compose")
    page.fill("#text", "Typed in a browser")
    page.click("form.compose button.button-main")
    page.wait_for_load_state()
    page.goto(ORIGIN + "/home")
    assert page.locator("article", has_text="Typed in a browser").count() >= 1, page.content()
    theirs = page.locator("article", has_text="Fresh bread").first
    theirs.get_by_role("button", name=re.compile("^Favourite")).click()
    page.wait_for_load_state()
    page.goto(f"{ORIGIN}/@{S['member']}/{S['post']}")
    pressed = page.locator(f"#s{S['post']}").get_by_role("button", name=re.compile("^Favourite"))
    pressed.wait_for()
    if pressed.get_attribute("aria-pressed") != "true":
        person.note("the favourite does not show as pressed")
    page.fill("#text", "Answered in a browser")
    page.click("form.compose button.button-main")
    page.wait_for_load_state()
    page.goto(f"{ORIGIN}/@{S['member']}/{S['post']}")
    assert page.locator("article", has_text="Answered in a browser").count() >= 1


def look_at(browser, lists):
    for size in WIDTHS:
        for who, pages in lists.items():
            person = Person(browser, size)
            person.come_with(S["cookies"].get(who, {}))
            for name, path in pages.items():
                person.look(name, path)
            person.context.close()


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=S["browser"], args=FLAGS, headless=True)
        look_at(browser, S.get("lists", {}))
        for size in {} if "lists" in S else WIDTHS:
            stranger = Person(browser, size)
            for name, path in STRANGER.items():
                stranger.look(name, path)
            stranger.tab_through("landing", "/")
            stranger.tab_through("apply", "/apply")
            waiting = Person(browser, size)
            waiting.sign_in(S["waiting"])
            for name, path in WAITING.items():
                waiting.look(name, path)
            member = Person(browser, size)
            member.sign_in(S["member"])
            for name, path in MEMBER.items():
                member.look(name, path)
            owner = Person(browser, size)
            owner.sign_in(S["owner"])
            for name, path in OWNER.items():
                owner.look(name, path)
            owner.tab_through("home", "/home")
            if size == "wide":
                talk(owner)
            for person in (stranger, waiting, member, owner):
                person.context.close()
        browser.close()
    for words in dict.fromkeys(failures):
        print(words)
    sys.exit(1 if failures else 0)


main()
