"""What the settings of gateway accounts are called, and what goes by itself."""

from django.utils.translation import gettext as _

_GATEWAYS = {"gocardless": "GoCardless", "btcpay": "BTCPay Server"}


def gateway_words(kind: str) -> str:
    """A kind of gateway by its name."""
    return _GATEWAYS.get(kind, kind.capitalize())


def way_words(method: str) -> str:
    """A way of paying that a gateway may be chosen for."""
    known = {
        "card": _("Card"),
        "wallet": _("Wallet"),
        "bank_debit": _("Bank debit"),
        "bank_redirect": _("Your online banking"),
        "digital_currency": _("Digital currency"),
    }
    return known.get(method, method)


def setting_words(name: str) -> str:
    """A setting of a gateway account, as its own pages call it."""
    known = {
        "url": _("Address of the gateway"),
        "publishable_key": _("Publishable key"),
        "secret_key": _("Secret key"),
        "api_key": _("API key"),
        "access_token": _("Access token"),
        "webhook_secret": _("Webhook secret"),
        "webhook_secret_old": _("Old webhook secret, while it is being replaced"),
        "environment": _("Environment"),
        "prefix": _("Prefix of the live address (only for live)"),
        "store_id": _("Store id"),
        "wallets": _("Wallets (apple_pay google_pay)"),
        "pages": _("Its own pages (bank_redirect digital_currency)"),
        "settlements_token": _("Token for settlements"),
        "merchant_account": _("Merchant account"),
        "client_key": _("Client key"),
        "hmac_key": _("HMAC key"),
        "hmac_key_old": _("Old HMAC key, while it is being replaced"),
    }
    return known.get(name) or name.replace("_", " ").capitalize()


def environment_words(name: str) -> str:
    """Whether a gateway account moves real money."""
    known = {"live": _("Live"), "test": _("Test"), "sandbox": _("Sandbox")}
    return known.get(name, name)


def rule_words() -> dict[str, tuple[str, str]]:
    """What goes by itself, by the name of its rule, and a hint to each."""
    return {
        "guest_links": (
            _("To whom links went"),
            _("After a link has expired or was taken back. That there was one stays."),
        ),
        "link_uses": (
            _("Who used links"),
            _("From which internet address, with which device, on which day."),
        ),
        "invitations": (
            _("Invitations and requests for access"),
            _("After they have expired, were withdrawn or decided."),
        ),
        "mails": (
            _("What mails said"),
            _("That a mail was written, to whom and about what, stays."),
        ),
        "gateway_events": (
            _("What gateways sent"),
            _("The bodies of their messages, once they were acted on."),
        ),
        "mandates": (
            _("What proves mandates"),
            _("After a mandate has ended. So long, debits can be called unauthorised."),
        ),
        "trail": (
            _("Old values in the trail"),
            _("That something was changed, when and by whom, stays for good."),
        ),
    }
