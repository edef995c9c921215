"""What lists share: the words searched for, addresses that keep them, links to the neighbours."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

SEARCH_MAX = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """Links to the neighbouring pages; they keep search, filters and order. `total` is None where
    counting is dear."""

    previous_url: str = ""
    next_url: str = ""
    total: int | None = None


ONE_PAGE = Paging()


def search_words(request: HttpRequest) -> str:
    """What is searched for, no longer than anybody types."""
    return request.GET.get("q", "").strip()[:SEARCH_MAX]


def with_query(path: str, /, **parameters: str) -> str:
    """A path with the parameters that say something, after those that it has."""
    kept = {name: value for name, value in parameters.items() if value}
    sign = "&" if "?" in path else "?"
    return f"{path}{sign}{urlencode(kept)}" if kept else path
