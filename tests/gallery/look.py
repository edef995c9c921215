"""Photographs and checks the gallery: `python -m gallery.look FOLDER [NAME...] [--all|--check]`.

Run in `tests/`. `--take=390-dark-ar` looks in one way; German and Arabic are pretended, a third
longer and from right to left, and `--take='390-light-de!'` has the words of the catalogue. Each
page is opened under the strict policy with the real sandbox gateway; axe, sideways scroll, small
targets, numbers that break at a hyphen and the browser's complaints are printed, pictures written.
"""

import importlib
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from factories.outside.browser import opened
from factories.sandbox_process import Sandbox, free_port
from gallery.serving import Gallery

SMALL_TARGETS = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, summary')].filter(e => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (!r.width || s.visibility === 'hidden' || e.closest('.skip, .visually-hidden')) return false;
    if (s.display === 'inline') return false;
    const row = e.classList.contains('row-link') || e.closest('label');
    return !row && (r.height < 43.5 || r.width < 24);
  }).map(e => e.outerHTML.slice(0, 90))"""

BROKEN_NUMBERS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const {data, parentElement} = walk.currentNode;
    if (parentElement.closest('.visually-hidden, script, option')) continue;
    for (const one of data.matchAll(/[A-Z]{2,6}-\\d{4}-\\d{5}(?![\\w-])/g)) {
      const range = document.createRange();
      range.setStart(walk.currentNode, one.index);
      range.setEnd(walk.currentNode, one.index + one[0].length);
      const lines = new Set([...range.getClientRects()].map(r => Math.round(r.top)));
      if (lines.size > 1) found.push(`${one[0]} in ${parentElement.outerHTML.slice(0, 90)}`);
    }
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Take:
    """One way to look at a page."""

    width: int
    theme: str = "light"
    language: str = "en"

    @property
    def name(self) -> str:
        """For file names."""
        return f"{self.width}-{self.theme}-{self.language}"


QUICK = (Take(390), Take(1440))
EVERY = tuple(
    Take(width, theme, language)
    for width, theme, language in (
        (320, "light", "en"), (390, "light", "en"), (768, "light", "en"), (1440, "light", "en"),
        (390, "dark", "en"), (1440, "dark", "en"), (320, "light", "de"), (768, "light", "de"),
        (1440, "light", "de"), (390, "light", "ar"), (1440, "light", "ar"), (320, "dark", "ar"),
    )
)  # fmt: skip


# Only what is wrong is handed over; what is right is ten times as much. No rule that runs asks for
# styles and media to be fetched again (the one that would is experimental, and off).
RUN_AXE = """async (more) => {
  const asked = {resultTypes: ['violations'], iframes: false, preload: false, ...more};
  return (await axe.run(document, asked)).violations;
}"""


def settle(page: Page) -> None:
    """Waits for the fonts and for the gateway's fields, if there are any."""
    page.evaluate("document.fonts.ready.then(() => true)")
    if page.locator("[data-card-loading]").count():
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-card-loading]')]"
            ".every(e => !e.offsetParent)"
            " || !document.querySelector('[data-card-blocked]').hidden"
        )


def findings(page: Page, said: list[str]) -> list[str]:
    """What is wrong with the page as it stands."""
    found = [f"browser: {line}" for line in said]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"sideways scroll by {wide} px")
    found += [f"small target: {html}" for html in page.evaluate(SMALL_TARGETS)]
    found += [f"broken number: {words}" for words in page.evaluate(BROKEN_NUMBERS)]
    page.add_script_tag(url="/axe.js")  # by its address, it is compiled once for all pages
    for rule in page.evaluate(RUN_AXE, {}):
        nodes = [
            json.dumps(node["target"]) + " " + node["failureSummary"].replace("\n", " ")
            for node in rule["nodes"][:3]
        ]
        found.append(f"axe {rule['id']}: {'; '.join(nodes)}")
    return found


def listen(page: Page) -> list[str]:
    """What the browser complains of from now on."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def look(
    browser: Browser,
    gallery: Gallery,
    names: list[str],
    takes: tuple[Take, ...],
    folder: Path | None,
) -> int:
    """Looks at each story in each take; gives the number of findings. One tab goes from story to
    story: a new one each time costs more than all that is looked for."""
    count = 0
    for take in takes:
        page = browser.new_page(
            viewport={"width": take.width, "height": 900},
            color_scheme="dark" if take.theme == "dark" else "light",
        )
        said = listen(page)
        for name in names:
            said.clear()
            page.goto(f"{gallery.url}/{name}?language={take.language}")
            settle(page)
            if "blocked" in name:
                said.clear()
            for finding in findings(page, said):
                count += 1
                sys.stdout.write(f"{name} {take.name}: {finding}\n")
            if folder is not None:
                page.screenshot(path=folder / f"{name}--{take.name}.png", full_page=True)
        page.close()
    return count


def chosen(options: list[str]) -> tuple[Take, ...]:
    """The takes named as `--take=320-light-de`; one that can't be read raises."""
    named = [option.removeprefix("--take=") for option in options if option.startswith("--take=")]
    parts = [one.split("-") for one in named]
    return tuple(Take(int(width), theme, language) for width, theme, language in parts)


@contextmanager
def served() -> Iterator[Gallery]:
    """The gallery with a real gateway beside it; both end whatever happens."""
    with tempfile.TemporaryDirectory() as place:
        sandbox = Sandbox(Path(place) / "gateway").start()
        try:
            port = free_port()
            account = sandbox.open_account(origins=[f"http://127.0.0.1:{port}"])
            gallery = Gallery(sandbox.url, account.body["publishable_key"], port).start()
            yield gallery
            gallery.close()
        finally:
            sandbox.stop()


def main() -> None:
    """Looks at what the command line names."""
    importlib.import_module("gallery.alone")
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    with served() as gallery, opened() as browser:
        names = [n for n in gallery.stories if not words[1:] or any(w in n for w in words[1:])]
        takes = EVERY if "--all" in options else chosen(options) or QUICK
        count = look(browser, gallery, names, takes, None if "--check" in options else folder)
    sys.stdout.write(f"{len(names)} pages, {len(takes)} takes, {count} findings\n")
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
