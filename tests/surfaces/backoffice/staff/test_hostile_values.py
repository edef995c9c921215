"""Every address of the backoffice, with something hostile under every name that pages read: each is
answered, soon, and never with a broken server."""

import time
from typing import Any

from factories.staff import Desk
from surfaces import hostile
from surfaces.backoffice.test_access import ROUTES, Places, places  # noqa: F401  a fixture

FORM = "application/x-www-form-urlencoded"


def asked(desk: Desk, method: str, path: str, text: str) -> Any:
    """What the address answers."""
    if method == "GET":
        return desk.get(path, QUERY_STRING=text)
    return desk.post(path, text, content_type=FORM)  # type: ignore[arg-type]


def test_no_value_breaks_a_page(owner: Desk, places: Places) -> None:  # noqa: F811
    owner.client.raise_request_exception = False
    said = [*map(hostile.said, range(len(hostile.VALUES)))]
    wrong = {}
    for turn, (name, (_right, methods, _ids)) in enumerate(ROUTES.items()):
        for method in ("GET", "POST") if methods == "BOTH" else (methods,):
            began = time.thread_time()
            answer = asked(owner, method, places.path(name), said[turn % len(said)])
            seconds = time.thread_time() - began
            if answer.status_code >= 500 or seconds > hostile.SECONDS_MAX:
                wrong[name, method] = (answer.status_code, seconds)
    assert wrong == {}
