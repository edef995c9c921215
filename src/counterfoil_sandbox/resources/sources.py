"""Sources: what a charge names to be paid from, a token or a saved method, and whether it may."""

from dataclasses import dataclass

from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.instruments.cards import Behaviour
from counterfoil_sandbox.requests import ChargeRequest, PageKind
from counterfoil_sandbox.resources.instruments import Instrument, Instruments
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

    def __init__(
        self, instruments: Instruments, tokens: Tokens, mandates: Mandates, methods: Methods
    ) -> None:
        self._instruments = instruments
        self._tokens = tokens
        self._mandates = mandates
        self._methods = methods

    def take(self, account_id: str, request: ChargeRequest, charge_id: str) -> Source:
        """The source of a charge; a token is spent by it. Of a page nothing is known before.

        Refuses (400) a source beside a page and neither of them, unknown, foreign and spent
        tokens, unknown and deleted methods, a debit without an active mandate, and another mandate
        than the source's.
        """
        if request.page:
            return self._page(request, request.page)
        if not request.source:
            raise invalid("parameter_missing", "Send a source, or name a page.", "source")
        is_method = request.source.startswith(_METHOD)
        named = self._method if is_method else self._token
        source = named(account_id, request, request.source)
        if request.mandate not in {None, source.mandate_id}:
            raise invalid("mandate_mismatch", "The source has another mandate.", "mandate")
        if not is_method:
            self._tokens.spend(request.source, charge_id)
        return source

    def _page(self, request: ChargeRequest, kind: PageKind) -> Source:
        if request.source or request.mandate or request.save or request.off_session:
            message = "On a page the payer brings what pays, and nothing of it is kept."
            raise invalid("parameter_invalid", message, "page")
        made = Instrument(kind=kind, behaviour=Behaviour.OWN_PAGE, last4="", fingerprint="")
        return Source(self._instruments.add(made))

    def _method(self, account_id: str, request: ChargeRequest, source: str) -> Source:
        row = self._methods.chargeable(source, account_id, request.customer)
        if row["mandate_id"] is not None:
            self._mandates.require_active(row["mandate_id"], "source")
        return Source(row["instrument_id"], row["id"], row["mandate_id"])

    def _token(self, account_id: str, _request: ChargeRequest, source: str) -> Source:
        token = self._tokens.unused(source, account_id, "source")
        mandate_id = None
        if token["kind"] == "bank_debit":
            mandate_id = self._mandates.active_for_token(source, "source")
        return Source(token["instrument_id"], None, mandate_id)
