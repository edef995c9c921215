"""Every page around signing in, in Chromium: light and dark, in English, German and Arabic, by axe,
and by keyboard alone.

All rules of axe look at the light page of each language, and of the dark one, which has other
colours and nothing else, those of contrast. Forms and the way back are the same in every language:
Enter and Shift+Tab are pressed in the first.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from gallery.drawing import PACKAGE
from gallery.entrance import Entrance
from gallery.look import RUN_AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LANGUAGES = ("en", "de", "ar")
OF_THE_DARK = {"runOnly": ["color-contrast", "link-in-text-block"]}
# What Tab has to reach, in the order of the page, and what is reached, with how its focus shows.
WATCH = """() => {
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = color => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const light = color => {
    const [r, g, b] = rgb(color).map(one => one / 255)
      .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgb(color)[3] === 255) return color;
    }
    return 'Canvas';
  };
  const shown = element => {
    const style = getComputedStyle(element);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 0;
    const [one, other] = [light(style.outlineColor), light(behind(element))].sort((a, b) => a - b);
    return (other + 0.05) / (one + 0.05);
  };
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe';
  window.wanted = [...document.querySelectorAll(controls)]
    .filter(one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility());
  window.reached = [];
  document.addEventListener('focusin', event => {
    window.reached.push([event.target, shown(event.target)]);
  });
  return window.wanted.length;
}"""
# Back from the last control: each theme is walked in a direction of its own.
TURN = """() => {
  window.wanted.reverse();
  window.wanted[0].focus();
  window.reached = [[window.wanted[0], Infinity]];
}"""
WALKED = """() => {
  const name = one => one.outerHTML.slice(0, 90);
  const found = [];
  window.wanted.forEach((one, index) => {
    const [focused, contrast] = window.reached[index] || [document.body, 0];
    if (focused !== one) found.push(`Tab ${index + 1} is not at ${name(one)}: ${name(focused)}`);
    else if (contrast < 3) found.push(`focus is not seen (${contrast.toFixed(1)}): ${name(one)}`);
  });
  const [after] = window.reached[window.wanted.length] || [window.wanted[0]];
  if (after !== window.wanted[0]) found.push(`Tab does not leave the page: ${name(after)}`);
  return found;
}"""
# Each form, by its last field that is typed in, or by its button where there is none.
FORMS = """() => {
  window.sent = [];
  window.addEventListener('submit', event => {
    window.sent.push(event.target);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  const typed = 'input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file])';
  window.forms = [...document.forms].filter(one => one.checkVisibility()).map(form => {
    const fields = [...form.querySelectorAll(typed)].filter(one => one.checkVisibility());
    for (const field of fields) field.value = field.type === 'email' ? 'a@b.example' : '12345678';
    return [form, fields.at(-1) || form.querySelector('button')];
  });
  return window.forms.length;
}"""


@pytest.fixture(scope="module")
def entrance() -> Iterator[Entrance]:
    served = Entrance().start()
    yield served
    served.close()


def axe(page: Page, rules: dict[str, list[str]]) -> list[str]:
    """What it finds by these rules; none named: by all."""
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in page.evaluate(RUN_AXE, rules)
        for node in one["nodes"]
    ]


def tab(page: Page, times: int) -> list[str]:
    """What Tab does not reach, reaches unseen, or does not leave again. The key is held down: to
    let it go each time takes as long again."""
    for _ in range(times):
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    found: list[str] = page.evaluate(WALKED)
    return found


def enter(page: Page) -> list[str]:
    """The forms that Enter does not send."""
    found = []
    for index in range(page.evaluate(FORMS)):
        page.evaluate("index => window.forms[index][1].focus()", index)
        page.keyboard.press("Enter")
        if not page.evaluate("index => window.sent.at(-1) === window.forms[index][0]", index):
            html = page.evaluate("index => window.forms[index][0].outerHTML.slice(0, 160)", index)
            found.append(f"Enter does not send {html}")
    return found


def troubles(page: Page, *, is_first: bool = True) -> list[str]:
    """What is wrong with the page that is open, in both themes."""
    page.add_script_tag(url="/axe.js")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = [f"light: {one}" for one in axe(page, {})]
    count = page.evaluate(WATCH)
    found += [f"light: {one}" for one in tab(page, count + 1)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe(page, OF_THE_DARK)]
    return found + (back(page, count) + enter(page) if is_first else [])


def back(page: Page, count: int) -> list[str]:
    """What Shift+Tab does not reach in the dark."""
    page.evaluate(TURN)
    page.keyboard.down("Shift")
    found = [f"dark: {one}" for one in tab(page, count)]
    page.keyboard.up("Shift")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_signing_in(language: str, entrance: Entrance, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    wrong = {}
    for name in entrance.stories:
        page.goto(f"{entrance.url}/{name}?language={language}")
        assert page.evaluate("document.documentElement.lang") == language
        if found := troubles(page, is_first=language == LANGUAGES[0]):
            wrong[name] = found
    page.close()
    assert wrong == {}


def test_every_template_of_signing_in_is_looked_at_at_both_doors(entrance: Entrance) -> None:
    folder = PACKAGE / "surfaces/entrance/jinja2"
    templates = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.html")
        if "{% extends" in file.read_text() and "email" not in file.parent.name
    } - {"account/entrance.html"}
    for is_staff in (False, True):
        seen = {
            one.template for name, one in entrance.stories.items()
            if name.startswith("staff-") is is_staff
        }  # fmt: skip
        assert templates - seen == set()


FAULTS: dict[str, tuple[str, str]] = {
    "no name": ("document.querySelector('main button').textContent = ''", "button-name"),
    "skipped": (
        "document.querySelector('main input:not([type=hidden])').tabIndex = 5",
        "is not at",
    ),
    "unseen": ("document.querySelector('main button').style.outline = 'none'", "is not seen"),
    "pale in the dark": (
        "document.querySelector('main h1').style.color = 'light-dark(black, rgb(60 60 60))'",
        "dark: color-contrast",
    ),
    "trap": (
        "document.querySelector('footer button:last-of-type').addEventListener('keydown',"
        " event => event.preventDefault())",
        "is not at",
    ),
    "no Enter": (
        "document.querySelector('main form input[type=email]').addEventListener('keydown',"
        " event => event.preventDefault())",
        "Enter does not send",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, entrance: Entrance, browser: Browser) -> None:
    """So that the silence above means something."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{entrance.url}/staff-account-reset")
    assert troubles(page) == []
    page.goto(f"{entrance.url}/staff-account-reset")
    script, words = FAULTS[fault]
    page.evaluate(f"() => {{ {script} }}")
    assert any(words in one for one in troubles(page))
    page.close()
