"""Every address of the portal, with something hostile under every name that pages read: each is
answered, soon, and never with a broken server."""

import time

from ledger_text import counts
from surfaces import hostile
from surfaces.portal.doors.every.routes import ROUTES, methods_of

FORM = "application/x-www-form-urlencoded"


def test_no_value_breaks_a_page(business, alice, places):
    alice.raise_request_exception = False
    before, wrong = counts(business), {}
    said = [*map(hostile.said, range(len(hostile.VALUES)))]
    for turn, name in enumerate(ROUTES):
        for method in methods_of(name):
            text = said[turn % len(said)]
            began = time.thread_time()
            if method == "GET":
                answer = alice.get(places.path(name), QUERY_STRING=text)
            else:
                answer = alice.post(places.path(name), text, content_type=FORM)
            seconds = time.thread_time() - began
            if answer.status_code >= 500 or seconds > hostile.SECONDS_MAX:
                wrong[name, method] = (answer.status_code, seconds)
    assert wrong == {}
    posted = {table: counts(business)[table] for table in before if table.startswith("ledger_")}
    assert posted.items() <= before.items()
