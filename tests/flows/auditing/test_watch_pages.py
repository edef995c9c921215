"""The watch over the pay page: what is really served, over HTTP, against the inventory."""

import re
import shutil
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client

from counterfoil.domain.notifications import alarms
from counterfoil.flows.auditing.watch_pages import (
    NO_ANSWER,
    Fault,
    faults_of,
    is_watch,
    specimen_path,
)
from counterfoil.infra.db import reading
from counterfoil.infra.scripts.inventory import integrity_of
from counterfoil.kernel import clock
from counterfoil.surfaces.jobs.guarding import watch_page
from counterfoil.surfaces.ui.middleware import HOSTS
from factories import businesses
from factories.outside.collected import collect, hashed, served


class Quiet(WSGIRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_said):
        pass


class Web:
    """The product over HTTP; `bend` is what somebody in between makes of an answer."""

    def __init__(self, handler):
        self._handler = handler
        self.bend = lambda _path, headers, body: (headers, body)

    def __call__(self, environ, start):
        told = {}

        def begin(status, headers, _error=None):
            told.update(status=status, headers=headers)

        answer = self._handler(environ, begin)
        body = b"".join(answer)
        answer.close()
        connections.close_all()  # of this thread, which ends
        headers, body = self.bend(environ["PATH_INFO"], dict(told["headers"]), body)
        headers["Content-Length"] = str(len(body))
        start(told["status"], list(headers.items()))
        return [body]


@pytest.fixture(scope="module")
def static_root(tmp_path_factory):
    """Every script as it is collected; pages go by its names until this file is done."""
    root = tmp_path_factory.mktemp("static")
    collect(root)
    with served(root):
        yield root


@pytest.fixture
def web(database, static_root, tmp_path, monkeypatch):
    root = tmp_path / "static"
    shutil.copytree(static_root, root)
    monkeypatch.setattr(settings, "STATIC_ROOT", root)
    application = Web(WSGIHandler())
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        application.host = f"127.0.0.1:{server.server_port}"
        application.root = root
        yield application
        server.shutdown()
        thread.join()


@pytest.fixture
def watched(web):
    HOSTS.forget()
    yield businesses.found("watched", hosts=(web.host,))
    HOSTS.forget()


def told(business_id):
    return [one.what for one in faults_of(business_id)]


def on_page(web, change):
    def bend(path, headers, body):
        is_page = path.startswith("/pay-page/")
        return (headers, change(body)) if is_page else (headers, body)

    web.bend = bend


def test_a_page_as_it_was_installed_is_well(watched):
    assert faults_of(watched) == []


def test_the_page_is_a_pay_page_with_its_gateway_on_it(web, watched):
    seen = {}
    on_page(web, lambda body: seen.update(page=body.decode()) or body)
    assert told(watched) == []
    assert "data-script-url" in seen["page"]
    assert "https://gateway.example/elements/v1/card.js" in seen["page"]
    loaded = re.findall(r'<script src="/static/([^"]+)" integrity="([^"]+)" defer>', seen["page"])
    found = {re.sub(r"\.[0-9a-f]{12}", "", address): told for address, told in loaded}
    assert found.keys() >= {"ui/pay.js", "ui/gateways/stripe.js"}
    assert found == {name: integrity_of(name) for name in found}


def test_an_evil_script_is_told_whatever_the_manifest_says(web, watched):
    evil = (web.root / "ui/pay.js").read_bytes() + b"\nsteal()\n"
    address = hashed("ui/pay.js", evil)
    (web.root / address).write_bytes(evil)
    before = rb'"/static/ui/pay(\.[0-9a-f]{12})?\.js"'
    on_page(web, lambda body: re.sub(before, f'"/static/{address}"'.encode(), body))
    assert told(watched) == ["content of ui/pay.js"]


def test_a_script_that_was_changed_where_it_lies_is_told(web, watched):
    for path in web.root.glob("ui/pay*.js"):
        path.write_bytes(path.read_bytes() + b"\nsteal()\n")
    assert told(watched) == ["content of ui/pay.js"]


def test_an_evil_script_that_the_page_vouches_for_is_told(web, watched):
    mark = integrity_of("ui/pay.js").encode()
    on_page(web, lambda body: body.replace(mark, b"sha384-evil"))
    assert told(watched) == ["integrity of ui/pay.js"]
    on_page(web, lambda body: body.replace(b' integrity="' + mark + b'"', b""))
    assert told(watched) == ["integrity of ui/pay.js"]


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (b"<script>steal()</script>", "script in the page itself"),
        (b'<script src="https://evil.example/x.js?a=1"></script>', "script https://evil.example/x.js"),
        (b'<script src="/static/ui/kept.js"></script>', "script /static/ui/kept.js"),
        (b'<iframe src="https://evil.example"></iframe>', "element iframe"),
        (b'<base href="https://evil.example">', "element base"),
        (b'<img src="x" onerror="steal()">', "attribute onerror"),
        (b'<form action="https://evil.example/pay"></form>', "form https://evil.example/pay"),
        (b'<form action="//evil.example/pay"></form>', "form //evil.example/pay"),
        (b'<a href=" JavaScript:steal()">x</a>', "attribute href"),
        (b'<link rel="stylesheet" href="https://evil.example/x.css">',
         "link https://evil.example/x.css"),
    ],
)  # fmt: skip
def test_what_no_pay_page_has_is_told(web, watched, put, said):
    on_page(web, lambda body: body.replace(b"</body>", put + b"</body>"))
    assert told(watched) == [said]


def test_a_page_that_pays_by_no_script_of_ours_is_told(web, watched):
    on_page(web, lambda body: re.sub(rb'<script src="/static/ui/pay[.][^>]+></script>', b"", body))
    assert told(watched) == ["ui/pay.js is not there"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("X-Content-Type-Options", None, "header X-Content-Type-Options"),
        ("X-Frame-Options", "SAMEORIGIN", "header X-Frame-Options"),
        ("Referrer-Policy", "unsafe-url", "header Referrer-Policy"),
        ("Cross-Origin-Opener-Policy", None, "header Cross-Origin-Opener-Policy"),
        ("Permissions-Policy", "camera=*", "header Permissions-Policy"),
    ],
)
def test_a_header_that_is_gone_or_another_is_told(web, watched, name, value, said):
    def bend(_path, headers, body):
        kept = {key: one for key, one in headers.items() if key != name}
        return kept | ({name: value} if value else {}), body

    web.bend = bend
    assert told(watched) == [said]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("script-src 'self'", "script-src 'self' https://evil.example",
         "policy script-src https://evil.example"),
        ("script-src 'self'", "script-src 'self' 'unsafe-inline'",
         "policy script-src 'unsafe-inline'"),
        ("script-src 'self'", "script-src-elem *; script-src 'self'", "policy script-src-elem"),
        ("default-src 'none'", "default-src *", "policy default-src *"),
        ("base-uri 'none'; ", "", "policy without base-uri"),
        ("form-action 'self'", "form-action *", "policy form-action *"),
    ],
)  # fmt: skip
def test_a_policy_that_allows_more_is_told(web, watched, before, after, said):
    def bend(_path, headers, body):
        policy = headers.get("Content-Security-Policy", "")
        return headers | {"Content-Security-Policy": policy.replace(before, after)}, body

    web.bend = bend
    assert said in told(watched)


def test_a_page_without_a_policy_is_told(web, watched):
    def bend(_path, headers, body):
        return {k: v for k, v in headers.items() if k != "Content-Security-Policy"}, body

    web.bend = bend
    assert "policy without script-src" in told(watched)


def test_the_script_of_a_gateway_that_is_not_in_the_inventory_is_told(gateway, web):
    HOSTS.forget()
    unknown = businesses.found("unknown", hosts=(web.host,), gateway="scripted")
    assert "policy script-src https://gateway.example" in told(unknown)
    HOSTS.forget()


def test_a_host_that_does_not_answer_is_told_when_it_is_silent_again(database):
    silent = businesses.found("silent", hosts=("127.0.0.1:9",))
    assert faults_of(silent) == [Fault("127.0.0.1:9", NO_ANSWER)]
    counts = []
    for _ in range(3):
        watch_page(silent, at=clock.now())
        with reading(silent):
            counts.append([one.times for one in alarms.alarms(silent, limit=9)])
    assert counts == [[], [1], [2]]


def test_the_watch_alarms_the_business_once_for_the_same(web, watched):
    on_page(web, lambda body: body.replace(b"</body>", b"<script>x()</script></body>"))
    at = clock.now()
    watch_page(watched, at=at)
    watch_page(watched, at=at)
    with reading(watched):
        (row,) = alarms.alarms(watched, limit=9)
    assert (row.kind, row.subject, row.detail, row.times) == (
        "watch", "script in the page itself", web.host, 2,
    )  # fmt: skip


def test_nobody_else_sees_the_specimen(web, watched, business):
    client = Client()
    assert not is_watch(watched, specimen_path(business).rpartition("/")[2])
    assert not is_watch(watched, "made-up")
    for path in (specimen_path(business), "/pay-page/made-up", specimen_path(watched) + "x"):
        assert client.get(path, headers={"host": web.host}).status_code == 404
    assert client.get(specimen_path(watched), headers={"host": web.host}).status_code == 200
