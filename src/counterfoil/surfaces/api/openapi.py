"""The API's description: made from the code, completed by hand where the framework stays silent,
and checked in beside this file, so that a change of the API is seen in review."""

import json
from pathlib import Path
from typing import Any

from ninja import NinjaAPI

from counterfoil.surfaces.api import once, problems
from counterfoil.surfaces.api.scopes import scope_of

FILE = Path(__file__).with_name("openapi.json")
TEXT = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
PREFIX = "/api/v1/"

_INTRODUCTION = """Customers, invoices, credit notes and payments of one business.

Money is an integer in minor units beside its `currency`; quantities, prices and rates are decimal
strings. Ids are a prefix and 26 characters, and sort by time. Times are RFC 3339 in UTC. Unknown
fields are refused. Every POST takes an `Idempotency-Key`.

A key has scopes: reading, or writing and reading, for customers, invoices, payments, refunds,
ledger and events. What it may not do is 403 `insufficient_scope`."""

_KEY_PARAMETER = {
    "name": once.HEADER,
    "in": "header",
    "required": False,
    "description": "The same request under the same key gets the stored answer again, with "
    "`Idempotent-Replayed: true`; another request under it is 409 `idempotency_conflict`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": once.KEY_MAX},
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` is for a person.",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:counterfoil:problem:being_paid"]},
        "title": {"type": "string", "examples": ["Conflict"]},
        "status": {"type": "integer", "examples": [409]},
        "detail": {"type": "string", "examples": ["This invoice is being paid right now."]},
        "code": {"type": "string", "examples": ["being_paid"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "examples": ["lines.0.quantity"]},
                    "code": {"type": "string", "examples": ["not_a_decimal"]},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_HEADERS = {
    "Unauthorized": {"WWW-Authenticate": {"schema": {"type": "string"}}},
    "TooMany": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
    "Unavailable": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}},
}
_RESPONSES = {
    "Forbidden": "The key lacks the scope, or the business wants two people for it.",
    "Malformed": "The body is not well-formed JSON.",
    "Unauthorized": "No key, or one that opens nothing.",
    "NotFound": "It does not exist, or it is not yours.",
    "Conflict": "The state of things does not allow it, or the Idempotency-Key is taken.",
    "LengthRequired": "The body came in chunks, without a Content-Length.",
    "TooLarge": "The body is larger than 2 MB.",
    "WrongMediaType": "The body is not application/json.",
    "Invalid": "Some fields can't be taken; nothing was started.",
    "TooMany": "Too many requests with this key.",
    "Unavailable": "Nothing was started; trying again is safe.",
}
_OF_ALL = {
    "401": "Unauthorized",
    "403": "Forbidden",
    "422": "Invalid",
    "429": "TooMany",
    "503": "Unavailable",
}
_OF_BODIES = {
    "400": "Malformed",
    "411": "LengthRequired",
    "413": "TooLarge",
    "415": "WrongMediaType",
}


def document(api: NinjaAPI) -> dict[str, Any]:
    """The whole description, as plain JSON values in a stable order."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    made["info"]["description"] = _INTRODUCTION
    made["components"]["schemas"]["Problem"] = _PROBLEM
    made["components"]["responses"] = {
        name: _response(name, words) for name, words in _RESPONSES.items()
    }
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    made["servers"] = [{"url": "/", "description": "Any host of the installation."}]
    made["components"]["schemas"] = dict(sorted(made["components"]["schemas"].items()))
    return made


def _response(name: str, words: str) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    response: dict[str, Any] = {"description": words, "content": content}
    if name in _HEADERS:
        response["headers"] = _HEADERS[name]
    return response


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """What the framework does not know: problems, the key of a POST, and the PDF."""
    wanted = dict(_OF_ALL)
    scope = scope_of(path.removeprefix(PREFIX), method)
    if scope is not None:
        needed = f"The key needs the scope `{scope}`."
        operation["description"] = f"{operation.get('description', '')}\n\n{needed}".strip()
        operation["x-scope"] = scope.value
    if "requestBody" in operation:
        wanted |= _OF_BODIES
    if "{" in path or method == "post":
        wanted["404"] = "NotFound"
    if method in ("post", "patch"):
        wanted["409"] = "Conflict"
    if method == "post":
        operation["parameters"] = [*operation.get("parameters", []), _KEY_PARAMETER]
    if path.endswith("/pdf"):
        binary = {"schema": {"type": "string", "contentMediaType": "application/pdf"}}
        operation["responses"]["200"]["content"] = {"application/pdf": binary}
    references = {
        status: {"$ref": f"#/components/responses/{name}"} for status, name in wanted.items()
    }
    operation["responses"] = dict(sorted((operation["responses"] | references).items()))


def text(api: NinjaAPI) -> str:
    """The document as it is checked in."""
    return json.dumps(document(api), indent=2, ensure_ascii=False) + "\n"


def write(api: NinjaAPI) -> None:
    """Brings the checked-in file up to date, after a change that was meant."""
    FILE.write_text(text(api), encoding="utf-8")
