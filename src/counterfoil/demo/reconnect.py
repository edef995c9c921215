"""Follows a demo that was started again, perhaps on another port."""

from django.conf import settings

from counterfoil.demo.connection import move
from counterfoil.demo.sandbox import Sandbox


def main() -> None:
    """Tells both businesses where they answer, and the gateway where to send its webhooks."""
    sandbox = Sandbox(settings.SANDBOX_URL)
    move(sandbox)
    sandbox.close()
