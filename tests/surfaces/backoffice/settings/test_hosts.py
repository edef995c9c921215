"""At which addresses customers and staff come in: set by the owner, kept apart, and no others."""

import pytest

from counterfoil.domain.business import operations, queries
from counterfoil.domain.business.hosts import Door
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.addresses import approval_url, base_url, joining_url
from counterfoil.kernel.ids import encode, new_id
from counterfoil.surfaces.ui import middleware
from counterfoil.surfaces.ui.middleware import HOSTS, HostDirectory
from factories.customers import add_customer
from factories.staff import HOST, Desk
from factories.statements import counted

OFFICE = "office.harrow.example"
PAGE = "settings/addresses"


@pytest.fixture
def apart(business):
    """Customers at one host, staff at another."""
    operations.answer_at(business, OFFICE, door=Door.STAFF)
    operations.answer_at(business, HOST, door=Door.PORTAL, is_main=True)
    HOSTS.forget()


def there(desk, host):
    """The same browser at another host (its cookies are not bound to one in these tests)."""
    return Desk(desk.client, host)


def test_an_address_is_added_put_in_links_and_taken_away(business, owner):
    answer = owner.post(PAGE, {"host": "https://Pay.Harrow.example/", "door": "both"})
    assert answer.status_code == 302
    assert "pay.harrow.example" in owner.get(PAGE).content.decode()

    change = f"{PAGE}/change"
    assert owner.post(change, {"host": "pay.harrow.example", "act": "main"}).status_code == 302
    assert base_url(business) == "http://pay.harrow.example"
    owner.post(change, {"host": "pay.harrow.example", "act": "remove"})
    assert base_url(business) == f"http://{HOST}"


@pytest.fixture
def beside():
    """What another process of this server knows of hosts."""
    return HostDirectory()


def test_an_address_that_is_taken_away_or_moved_is_so_in_every_process(
    business, other_business, owner, beside
):
    pay, change = "pay.harrow.example", f"{PAGE}/change"
    assert beside.find(pay) is None
    owner.post(PAGE, {"host": pay, "door": "both"})
    assert beside.find(pay).business.id == business

    owner.post(change, {"host": pay, "act": "door", "door": "portal"})
    assert beside.find(pay).door is Door.PORTAL
    owner.post(change, {"host": pay, "act": "remove"})
    assert beside.find(pay) is None

    operations.answer_at(other_business, pay, door=Door.BOTH)
    HOSTS.changed()
    assert beside.find(pay).business.id == other_business


def test_looking_whether_a_host_has_changed_is_no_query(business, beside):
    beside.find(HOST)
    HOSTS.changed()
    with counted() as asked:
        beside.find(HOST)
        beside.find(HOST)
        once = asked.count
        beside.find(HOST)
    assert asked.count == once > 0


def test_without_a_folder_to_tell_in_the_others_look_again_in_a_minute(
    business, beside, monkeypatch, tmp_path
):
    nowhere = str(tmp_path / "gone" / "hosts-changed")
    monkeypatch.setattr(HOSTS, "_told", nowhere)
    monkeypatch.setattr(beside, "_told", nowhere)
    assert beside.find(HOST).business.id == business
    operations.answer_at(business, OFFICE, door=Door.STAFF)
    operations.answer_at(business, HOST, door=Door.PORTAL, is_main=True)
    HOSTS.changed()
    assert beside.find(HOST).door is Door.BOTH
    monkeypatch.setattr(middleware, "HOST_CACHE_SECONDS", 0)
    assert beside.find(HOST).door is Door.PORTAL


def test_what_is_no_host_comes_back_as_it_was_typed(owner):
    answer = owner.post(PAGE, {"host": "my portal", "door": "both"})
    assert answer.status_code == 422
    assert 'value="my portal"' in answer.content.decode()


def test_a_host_of_another_business_is_refused(owner, other_business):
    [theirs] = queries.hosts(other_business)
    assert owner.post(PAGE, {"host": theirs.host, "door": "both"}).status_code == 422


def test_nobody_shuts_themselves_out(business, owner):
    operations.answer_at(business, OFFICE, door=Door.STAFF)
    change = f"{PAGE}/change"
    assert owner.post(change, {"host": HOST, "act": "door", "door": "portal"}).status_code == 409
    assert owner.post(change, {"host": HOST, "act": "remove"}).status_code == 404
    assert {one.door for one in queries.hosts(business)} == {Door.BOTH, Door.STAFF}


def test_who_may_not_change_settings_does_not_see_them(desk):
    assert desk(Role.SUPPORT).get(PAGE).status_code == 403


def test_the_backoffice_is_not_at_the_customers_host(owner, apart):
    assert owner.get("").status_code == 404
    assert there(owner, OFFICE).get("").status_code == 200


def test_the_portal_is_not_at_the_staffs_host(owner, apart):
    def at(path):
        return owner.client.get(path, secure=True, headers={"host": OFFICE})

    assert at("/")["Location"] == "/backoffice/"
    for path in ("/sign-in/", "/invoices/", "/i/some-token", "/register/", "/genuine/"):
        assert at(path).status_code == 404, path
    assert at("/brand.css").status_code == 200


def test_mails_to_staff_lead_to_their_host(business, apart):
    for url in (joining_url(business, "secret"), approval_url(business, new_id())):
        assert url.startswith(f"http://{OFFICE}/backoffice/")
    assert base_url(business) == f"http://{HOST}"


def test_who_sees_as_a_customer_sees_the_portal_at_the_staffs_host(business, owner, apart):
    customer = add_customer(business)
    desk = there(owner, OFFICE)
    answer = desk.post(f"customers/{encode('cus', customer)}/see", {"reason": "They called."})
    assert answer["Location"] == "/"
    page = owner.client.get("/invoices/", secure=True, headers={"host": OFFICE})
    assert page.status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/backoffice/sign-in/"])
def test_a_host_of_nobodys_is_not_answered_even_for_the_only_business(business, owner, path):
    answer = owner.client.get(path, secure=True, headers={"host": "evil.example"})
    assert answer.status_code == 404
    assert b"Harrow" not in answer.content
