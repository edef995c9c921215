"""Django's own mails leave by the same channel, and sign-in mails are written in our words."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.test import RequestFactory
from django.utils.translation import override

from counterfoil.domain.business import operations
from counterfoil.domain.business import queries as businesses
from counterfoil.infra.db import TransactionMisuse
from counterfoil.kernel.errors import Unavailable
from factories.mails import html_of, mailbox, text_of

MAILS = {
    "login_code": {"code": "7KQ-3F9"},
    "password_reset_key": {"password_reset_url": "http://harrow.example/password/reset/key/1-a/"},
    "unknown_account": {"signup_url": "http://harrow.example/sign-up/"},
}


def test_a_mail_of_django_s_goes_to_each_recipient(post, tmp_path):
    mail = EmailMultiAlternatives(
        "Hello", "text", '"Harrow, Water" <post@harrow.example>', ["a@x.example"], ["b@x.example"]
    )
    mail.attach_alternative("<p>html</p>", "text/html")

    assert mail.send() == 1
    mails = mailbox(tmp_path / "mail")
    assert [one["To"] for one in mails] == ["a@x.example", "b@x.example"]
    assert mails[0]["From"] == '"Harrow, Water" <post@harrow.example>'
    assert (text_of(mails[0]).strip(), html_of(mails[0]).strip()) == ("text", "<p>html</p>")
    assert mails[0]["Message-ID"] != mails[1]["Message-ID"]


def test_a_channel_that_is_down_is_the_caller_s_to_show(post):
    def down(mail):
        raise Unavailable

    post.before = down
    with pytest.raises(Unavailable):
        EmailMessage("Hello", "text", "post@harrow.example", ["a@x.example"]).send()
    quiet = EmailMessage("Hello", "text", "post@harrow.example", ["a@x.example"])
    assert quiet.send(fail_silently=True) == 0


def test_never_inside_a_transaction(database, post, tmp_path):
    mail = EmailMessage("Hello", "text", "post@harrow.example", ["a@x.example"])
    with transaction.atomic(), pytest.raises(TransactionMisuse):
        mail.send()
    assert mailbox(tmp_path / "mail") == []


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("name", MAILS)
def test_sign_in_mails(business, post, tmp_path, name, language):
    request = RequestFactory().get("/", headers={"host": "harrow.example"})
    request.business = businesses.by_id(business)
    with override(language), context.request_context(request):
        get_adapter().send_mail(f"account/email/{name}", "alice@example.com", dict(MAILS[name]))
    [mail] = mailbox(tmp_path / "mail")
    html = html_of(mail)

    assert mail["From"] == "Harrow Water <post@counterfoil.example>"
    assert mail["To"] == "alice@example.com"
    assert "Harrow Water" in mail["Subject"]
    assert f'lang="{language}"' in html
    assert ('dir="rtl"' in html) == (language == "ar")
    addresses = set(re.findall(r'(?:href|src)="([^"]*)"', html))
    assert addresses == {value for key, value in MAILS[name].items() if key == "password_reset_url"}
    for value in MAILS[name].values():
        if name != "unknown_account":
            assert value in text_of(mail)


def test_a_hostile_business_name_is_only_words(business, post, tmp_path):
    operations.change(business, {"name": "<script>x</script>\r\nBcc: a@b.example"})
    request = RequestFactory().get("/", headers={"host": "harrow.example"})
    request.business = businesses.by_id(business)
    with context.request_context(request):
        get_adapter().send_mail("account/email/login_code", "alice@example.com", {"code": "ABC"})
    [mail] = mailbox(tmp_path / "mail")

    assert mail["Bcc"] is None
    assert "<script" not in html_of(mail)
    assert "\nBcc" not in text_of(mail)
