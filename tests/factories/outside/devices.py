"""Browsers that their person has used before, and proofs that they have just shown."""

import time
from typing import Any
from uuid import uuid4


def use_known_device(browser: Any, user: Any, *, proved: bool = True) -> None:
    """The browser has a device's cookie, and its session shows a code that was just mailed."""
    from django.conf import settings
    from django.core import signing

    from counterfoil.domain.identity import devices
    from counterfoil.kernel import clock

    cookie_id = uuid4()
    devices.note_device(user.pk, cookie_id, at=clock.now())
    if proved:
        devices.prove_device(user.pk, cookie_id, at=clock.now())
    told = {"id": cookie_id.hex, "customer": str(user.pk), "staff": ""}
    browser.cookies[settings.DEVICE_COOKIE_NAME] = signing.dumps(told, salt="counterfoil.device")


def show_proof(browser: Any, user: Any, method: str = "code") -> None:
    """This person has just proved by `method` who they are."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
