"""Pages name the files that were collected, and what a test collects is given back after it."""

import re

import pytest

from counterfoil.flows.auditing.watch_pages import specimen_path
from counterfoil.surfaces.ui.middleware import HOSTS
from factories import businesses
from factories.outside.collected import collect, served
from factories.staff import client

HOST = "127.0.0.1:81"
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


@pytest.fixture
def scripts_of_a_page(database):
    """The addresses of the scripts on a pay page of a business."""
    HOSTS.forget()
    path = specimen_path(businesses.found("watched", hosts=(HOST,)))

    def asked():
        page = client().get(path, headers={"host": HOST}).content.decode()
        return re.findall(r'<script src="(/static/[^"]+)"', page)

    yield asked
    HOSTS.forget()


def test_pages_go_by_hashed_names_only_while_they_are_collected(scripts_of_a_page, tmp_path):
    plain = scripts_of_a_page()
    collect(tmp_path)
    with served(tmp_path):
        hashed = scripts_of_a_page()
    assert len(plain) > 1
    assert not list(filter(HASHED.search, plain))
    assert all(map(HASHED.search, hashed))
    assert [HASHED.sub(".js", one) for one in hashed] == plain
    assert scripts_of_a_page() == plain
