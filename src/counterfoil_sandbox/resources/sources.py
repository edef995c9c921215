"""Sources: what a charge names to be paid from, a token or a saved method, and whether it may."""

from dataclasses import dataclass

from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.requests import ChargeRequest
from counterfoil_sandbox.resources.mandates import Mandates
from counterfoil_sandbox.resources.methods import Methods
from counterfoil_sandbox.resources.tokens import Tokens

_METHOD = "pm_"


@dataclass(frozen=True, slots=True)
class Source:
    """The instrument to charge, and by which method and mandate."""

    instrument_id: int
    method_id: str | None = None
    mandate_id: str | None = None


class Sources:
    """Finds what pays, and refuses what may not."""

    def __init__(self, tokens: Tokens, mandates: Mandates, methods: Methods) -> None:
        self._tokens = tokens
        self._mandates = mandates
        self._methods = methods

    def take(self, account_id: str, request: ChargeRequest, charge_id: str) -> Source:
        """The source of a charge; a token is spent by it.

        Refuses (400) unknown, foreign and spent tokens, unknown and deleted methods, a debit
        without an active mandate, and another mandate than the source's.
        """
        is_method = request.source.startswith(_METHOD)
        source = (
            self._method(account_id, request) if is_method else self._token(account_id, request)
        )
        if request.mandate not in {None, source.mandate_id}:
            raise invalid("mandate_mismatch", "The source has another mandate.", "mandate")
        if not is_method:
            self._tokens.spend(request.source, charge_id)
        return source

    def _method(self, account_id: str, request: ChargeRequest) -> Source:
        row = self._methods.chargeable(request.source, account_id, request.customer)
        if row["mandate_id"] is not None:
            self._mandates.require_active(row["mandate_id"], "source")
        return Source(row["instrument_id"], row["id"], row["mandate_id"])

    def _token(self, account_id: str, request: ChargeRequest) -> Source:
        token = self._tokens.unused(request.source, account_id, "source")
        mandate_id = None
        if token["kind"] == "bank_debit":
            mandate_id = self._mandates.active_for_token(request.source, "source")
        return Source(token["instrument_id"], None, mandate_id)
