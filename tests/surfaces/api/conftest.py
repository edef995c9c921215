"""A caller of the API: a key of a business, and requests as an integrator sends them."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from counterfoil.kernel.ids import BusinessId


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Any
    content: bytes

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.content
        assert self.body["status"] == self.status
        assert set(self.body) == {"type", "title", "status", "detail", "code", "errors"}
        return str(self.body["code"])

    @property
    def errors(self) -> dict[str, str]:
        """Which fields can't be taken, and their codes."""
        assert self.status == 422, self.body
        return {one["field"]: one["code"] for one in self.body["errors"]}


def _client() -> Any:
    from django.conf import settings
    from django.test import Client

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # where whitenoise looks
    return Client(raise_request_exception=False)


def _key(business_id: BusinessId, name: str) -> str:
    from counterfoil.domain.identity import operations
    from factories.businesses import AT

    return operations.make_api_key(business_id, name=name, at=AT)


@dataclass
class Caller:
    """Requests with one key; `key=""` sends none."""

    key: str
    client: Any = field(default_factory=_client)

    def ask(
        self, method: str, path: str, body: Any = None, *, data: bytes | None = None, **more: Any
    ) -> Answer:
        """One request; `body` is sent as JSON, `data` as it is."""
        headers = {"host": "localhost:8000"} | more.pop("headers", {})
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        if body is not None:
            more["data"], more["content_type"] = body, "application/json"
        if data is not None:
            more |= {"data": data, "content_type": more.get("content_type", "application/json")}
        response = getattr(self.client, method)(f"/api/v1{path}", headers=headers, **more)
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(
            response.status_code,
            response.json() if is_json else None,
            response.headers,
            response.content,
        )

    def get(self, path: str, **more: Any) -> Answer:
        """GET."""
        return self.ask("get", path, **more)

    def post(self, path: str, body: Any = None, *, key: str = "", **more: Any) -> Answer:
        """POST, under an idempotency key if one is given."""
        headers = {"idempotency-key": key} if key else {}
        return self.ask("post", path, {} if body is None else body, headers=headers, **more)

    def patch(self, path: str, body: Any) -> Answer:
        """PATCH."""
        return self.ask("patch", path, body)


@pytest.fixture
def api(business: BusinessId) -> Caller:
    """The business's own key."""
    return Caller(_key(business, "ERP"))


@pytest.fixture
def second_key(business: BusinessId) -> Caller:
    """Another key of the same business."""
    return Caller(_key(business, "Shop"))


@pytest.fixture
def neighbour(other_business: BusinessId) -> Caller:
    """A key of the other business."""
    return Caller(_key(other_business, "ERP"))


@pytest.fixture
def stranger(database: None) -> Caller:
    """Somebody without a key."""
    return Caller("")


@pytest.fixture
def caller_of(database: None) -> Any:
    """A key of any business."""
    return lambda business_id: Caller(_key(business_id, "ERP"))
