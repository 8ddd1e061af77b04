"""The reports that are stored and compared byte by byte, and a small reader of HTML for the tests."""

from __future__ import annotations

from html.parser import HTMLParser

from build.dossiers import empty, small
from gauger.core.dossier import Dossier
from gauger.report.registry import RENDERERS


def html(dossier: Dossier) -> str:
    """The dossier's page as text."""
    return RENDERERS.get("html").render(dossier).decode()


def text(dossier: Dossier) -> str:
    """The dossier's terminal report."""
    return RENDERERS.get("text").render(dossier).decode()


def body(page: str) -> str:
    """The page without its head and script, so that a change of style alone moves no stored page."""
    return page[page.index("<body>") : page.index("<script>")]


def golden_pages() -> dict[str, bytes]:
    """What the stored reports must be, by file name."""
    return {
        "small.txt": text(small()).encode(),
        "small.body.html": body(html(small())).encode(),
        "empty.txt": text(empty()).encode(),
        "small.md": RENDERERS.get("md").render(small()),
        "small.g7.md": RENDERERS.get("g7").render(small()),
        "small.briefing.md": RENDERERS.get("briefing-md").render(small()),
        "small.letter.md": RENDERERS.get("letter").render(small()),
        "small.vendors.md": RENDERERS.get("vendor-questions").render(small()),
        "small.rulings.md": RENDERERS.get("decision-log").render(small()),
    }


class Page(HTMLParser):
    """What a browser would see: the ids, the links, every address that could be fetched, every tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.styles: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and what its attributes would do."""
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "srcset", "data", "action", "poster", "background", "xlink:href"):
                self.fetched.append(value or "")
            elif name.startswith("on"):
                self.handlers.append(name)
            elif name == "style":
                self.styles.append(value or "")

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)
