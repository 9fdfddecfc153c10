"""Signs in on the web as a person would, and says yes to an app: what clients leave to a
browser. Plain requests and a small form reader; no script runs."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class Forms(HTMLParser):
    """All forms of a page: action, fields as they would be sent, and the text of `.code-out`."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.code = ""
        self._in_code = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": {}})
        elif tag == "input" and self.forms and attrs.get("name"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self.forms[-1]["fields"][attrs["name"]] = attrs.get("value") or ""
        elif attrs.get("class") == "code-out":
            self._in_code = True

    def handle_endtag(self, tag):
        self._in_code = False

    def handle_data(self, data):
        if self._in_code:
            self.code += data.strip()


def submit(web, page, path, **answers):
    """Sends the form of `page` that goes to `path`."""
    form = next(f for f in Forms(page.text).forms if f["action"].split("?")[0] == path)
    return web.post(urljoin(page.url, form["action"]), data={**form["fields"], **answers})


def allow(origin, url, name, password):
    """Opens an app's consent page, signs in, presses Allow; gives the code that is shown."""
    web = requests.Session()
    page = web.get(url)
    assert page.status_code == 200, page.text
    assert page.url.startswith(f"{origin}/sign-in"), page.url
    page = submit(web, page, "/sign-in", login=name, password=password)
    assert page.url.startswith(f"{origin}/oauth/authorize"), (page.url, page.text)
    page = submit(web, page, "/oauth/authorize", decision="allow")
    assert page.status_code == 200, page.text
    code = Forms(page.text).code
    assert code, page.text
    return code
