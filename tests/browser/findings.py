"""What axe finds on a page, in light and in dark: nothing, it is hoped."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page):
    """A line for each rule that is broken, with the first place where it is. Pages are to be opened
    with motion reduced: a colour on its way to another would be measured half way."""
    lines = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        for rule in found.response["violations"]:
            node = rule["nodes"][0]
            lines.append(f"axe, {scheme}: {rule['id']} ({rule['impact']}) {node['html'][:160]} {node['failureSummary'][:200]}")
    page.emulate_media(color_scheme="light")
    return lines
