"""Settings: brand, logo, colours, API keys."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity import queries as identity
from counterfoil.kernel import clock
from counterfoil.surfaces.backoffice.settings import logo as logos

BRAND = {
    "name": "Harrow & Sons", "legal_name": "Harrow Ltd", "email": "money@harrow.example",
    "accent": "#FC0", "locale": "de", "timezone": "Europe/Berlin", "tax_id": "GB1",
    "address.line1": "2 High Street", "address.city": "Harrow",
}  # fmt: skip


def _picture(kind: str = "PNG", size: tuple[int, int] = (1600, 400), mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal").save(out, format=kind)
    return out.getvalue()


def _upload(desk: Any, content: bytes, name: str = "logo.png") -> Any:
    return desk.post("settings/logo", {"logo": SimpleUploadedFile(name, content)})


def test_the_brand_is_saved_and_shows_at_once(owner: Any, business: Any) -> None:
    assert owner.post("settings/", BRAND).status_code == 302
    row = businesses.by_id(business)
    assert (row.name, row.accent, row.timezone) == ("Harrow & Sons", "#ffcc00", "Europe/Berlin")
    assert row.address == {"line1": "2 High Street", "city": "Harrow"}
    assert "Harrow &amp; Sons" in owner.get("").content.decode()


def test_bad_particulars_are_said_and_nothing_is_saved(owner: Any, business: Any) -> None:
    before = businesses.by_id(business)
    answer = owner.post("settings/", BRAND | {"name": "", "accent": "teal", "email": "x"})
    found = re.findall(r'class="field-error" id="id_(\w+)-error-1"', answer.content.decode())
    assert (answer.status_code, found) == (422, ["name", "accent", "email"])
    assert businesses.by_id(business) == before


def test_a_colour_is_tried_without_being_saved(owner: Any, business: Any) -> None:
    before = businesses.by_id(business)
    part = owner.post("settings/accent", {"accent": "ffcc00"}, headers={"hx-request": "true"})
    body = part.content.decode()
    assert "text needs 4.5" in body
    (address,) = re.findall(r'href="/backoffice/([^"]+)"', body)
    css = owner.get(address)
    assert css["Content-Type"] == "text/css; charset=utf-8"
    assert "--fill:#ffcc00" in css.content.decode()
    assert owner.get("settings/accent.css?accent=red;}").status_code == 400
    assert businesses.by_id(business) == before


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_painted_anew(owner: Any, business: Any, kind: str) -> None:
    assert _upload(owner, _picture(kind) + b"<script>", f"logo.{kind}").status_code == 302
    found = businesses.logo(business)
    assert found is not None
    with Image.open(BytesIO(found[0])) as kept:
        assert (kept.format, kept.size, found[1]) == ("PNG", (800, 200), "image/png")
    assert b"<script>" not in found[0]
    assert owner.post("settings/logo", {"do": "remove"}).status_code == 302
    assert businesses.logo(business) is None


def test_where_a_picture_was_taken_is_not_kept(owner: Any, business: Any) -> None:
    exif, raw = Image.Exif(), BytesIO()
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    exif[0x010E] = "Taken at home<script>"
    Image.new("RGB", (800, 200), "navy").save(raw, format="JPEG", exif=exif, comment=b"at home")
    assert _upload(owner, raw.getvalue(), "logo.jpg").status_code == 302
    content, _type = businesses.logo(business) or (b"", "")
    with Image.open(BytesIO(content)) as kept:
        assert (dict(kept.getexif()), kept.info.get("comment")) == ({}, None)
    assert b"home" not in content


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "SVG files can carry scripts"),
        (b"<?xml version='1.0'?><svg/>", "logo.png", "SVG files can carry scripts"),
        (b"GIF89a", "logo.png", "not a PNG or JPEG"),
        (_picture("GIF"), "logo.png", "not a PNG or JPEG"),
        (_picture()[:200], "logo.png", "not a PNG or JPEG"),
        (b"<html><script>alert(1)</script></html>", "logo.png", "not a PNG or JPEG"),
        (b"<!-- --><svg><foreignObject/></svg>", "logo.png", "SVG files can carry scripts"),
        (_picture(size=(20_000, 700)), "logo.png", "too large"),
        (_picture(size=(20, 20)), "logo.png", "too small"),
        (_picture(size=(4000, 4000)), "logo.png", "too large"),
        (b"\x89PNG" + b"0" * logos.BYTES_MAX, "logo.png", "too large"),
    ],
)
def test_what_is_no_good_logo_is_refused_in_words(
    owner: Any, business: Any, content: bytes, name: str, words: str
) -> None:
    answer = _upload(owner, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert businesses.logo(business) is None


def test_no_file_is_said(owner: Any) -> None:
    assert "Choose a file first." in owner.post("settings/logo").content.decode()


def test_a_key_is_shown_once_and_works_until_it_is_taken_back(owner: Any, business: Any) -> None:
    form = {
        "name": "Import", "form_key": owner.form_key("settings/keys"), "scope-invoices": "write",
    }  # fmt: skip
    answer = owner.post("settings/keys", form)
    (secret,) = re.findall(r'class="secret"[^>]*>([^<]+)<', answer.content.decode())
    assert answer["Cache-Control"] == "private, no-store"
    assert identity.key_of(secret, at=clock.now()) is not None
    page = owner.get("settings/keys").content.decode()
    assert secret not in page
    owner.post("settings/keys", form)
    assert len(identity.api_keys(business)) == 1
    (address,) = re.findall(r'action="/backoffice/(settings/keys/[^"]+/revoke)"', page)
    assert owner.post(address).status_code == 302
    assert identity.key_of(secret, at=clock.now()) is None


def test_secrets_of_gateways_never_come_to_a_page(owner: Any) -> None:
    body = owner.get("settings/gateways").content.decode()
    assert "sandbox" in body
    assert "sk_test" not in body
    assert "whsec" not in body
