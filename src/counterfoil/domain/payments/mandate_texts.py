"""What a payer agrees to before their bank account is debited, in full, in the words that each
scheme asks for.

- SEPA Core and B2B: the mandate text of the European Payments Council (EPC130-08, EPC131-08, and
  its official translations), with "by confirming" for "by signing"; a notice period shorter than
  fourteen days has to be agreed, so it is part of the text: the mail goes when the debit is handed
  in, and no bank debits an account before the next business day (`kernel.bank_days`).
- ACH: an authorisation for debits started on the web (Nacha Operating Rules, subsection 2.3.2 and
  WEB entries): what, when, for how long, how it is withdrawn, and who may give it.
- Bacs: the Direct Debit Instruction and the Direct Debit Guarantee (Service User's Guide and Rules
  to the Direct Debit Scheme); the Guarantee is quoted as a whole.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from counterfoil.kernel.ports.gateways.mandates import DebitScheme

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: none is taken for another
_GROUPS, _GROUP = 4, 4
_NAME_MAX = 12


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who debits: the name and place that the payer knows, and by what their bank knows it."""

    name: str
    identifier: str
    address: tuple[str, ...] = ()
    email: str = ""


@dataclass(frozen=True, slots=True)
class MandateText:
    """One mandate as it is shown: facts in rows, then the words, then the payer's safeguards."""

    title: str
    facts: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    safeguards_title: str = ""
    safeguards: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """All of it as text: what is kept."""
        rows = [f"{name}: {value}" for name, value in self.facts]
        parts = [self.title, "\n".join(rows), *self.words]
        if self.safeguards:
            parts += [self.safeguards_title, "\n".join(f"• {one}" for one in self.safeguards)]
        return "\n\n".join(parts)

    @property
    def digest(self) -> str:
        """What a form sends along, so that nothing is kept but what was shown."""
        return hashlib.sha256(self.whole.encode()).hexdigest()[:32]


def mandate_reference(slug: str, form_key: str) -> str:
    """The payer's unique mandate reference (at most 35 signs): whose it is, and sixteen signs that
    follow from the form, so that a form gives one mandate however often it is sent."""
    number = int.from_bytes(hashlib.sha256(f"mandate:{slug}:{form_key}".encode()).digest())
    signs = ""
    for _place in range(_GROUPS * _GROUP):
        number, sign = divmod(number, len(_LETTERS))
        signs += _LETTERS[sign]
    name = "".join(sign for sign in slug.upper() if sign.isascii() and sign.isalnum())[:_NAME_MAX]
    groups = [signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP)]
    return "-".join([name or "MANDATE", *groups])


def mandate_text(
    scheme: DebitScheme, creditor: Creditor, reference: str, *, locale: str
) -> MandateText:
    """The mandate of a scheme in the payer's language."""
    with override(locale):
        return _TEXTS[scheme](creditor, reference)


def mandate_text_elsewhere(
    scheme: DebitScheme, creditor: Creditor, reference: str, *, locale: str
) -> MandateText:
    """What a payer agrees to before they give the mandate on the gateway's own page, which shows
    it in full and keeps it."""
    with override(locale):
        facts = (*_creditor_rows(creditor), (_("Our reference"), reference))
        words = _(
            "The mandate is given on the payment gateway's own page, which shows it in full. Your "
            "account is debited only for payments that you confirm here, and never before you have "
            "given the mandate there. You can revoke it at any time."
        )
        return MandateText(scheme_name(scheme.value), facts, (words,))


def scheme_name(scheme: str) -> str:
    """A scheme as payers know it, in the active language."""
    return {
        DebitScheme.SEPA_CORE.value: _("SEPA Direct Debit"),
        DebitScheme.SEPA_B2B.value: _("SEPA B2B Direct Debit"),
        DebitScheme.ACH.value: _("ACH debit"),
        DebitScheme.BACS.value: _("Bacs Direct Debit"),
    }[scheme]


def _creditor_rows(creditor: Creditor) -> list[tuple[str, str]]:
    rows = [(_("Creditor"), creditor.name)]
    if creditor.address:
        rows.append((_("Address"), ", ".join(creditor.address)))
    return rows


def _sepa_facts(creditor: Creditor, reference: str) -> tuple[tuple[str, str], ...]:
    rows = _creditor_rows(creditor)
    rows += [
        (_("Creditor identifier"), creditor.identifier),
        (_("Mandate reference"), reference),
        (_("Type of payment"), _("Recurrent")),
    ]
    return tuple(rows)


def _sepa_core(creditor: Creditor, reference: str) -> MandateText:
    who = {"name": creditor.name}
    return MandateText(
        _("SEPA Direct Debit Mandate"),
        _sepa_facts(creditor, reference),
        (
            _(
                "By confirming this mandate, you authorise (A) %(name)s to send instructions to "
                "your bank to debit your account and (B) your bank to debit your account in "
                "accordance with the instructions from %(name)s."
            )
            % who,
            _(
                "As part of your rights, you are entitled to a refund from your bank under the "
                "terms and conditions of your agreement with your bank. A refund must be claimed "
                "within 8 weeks starting from the date on which your account was debited. Your "
                "rights are explained in a statement that you can obtain from your bank."
            ),
            _sepa_notice(creditor),
        ),
    )


def _sepa_b2b(creditor: Creditor, reference: str) -> MandateText:
    who = {"name": creditor.name}
    return MandateText(
        _("SEPA Business-to-Business Direct Debit Mandate"),
        _sepa_facts(creditor, reference),
        (
            _(
                "By confirming this mandate, you authorise (A) %(name)s to send instructions to "
                "your bank to debit your account and (B) your bank to debit your account in "
                "accordance with the instructions from %(name)s."
            )
            % who,
            _(
                "This mandate is only intended for business-to-business transactions. You are not "
                "entitled to a refund from your bank after your account has been debited, but you "
                "are entitled to request your bank not to debit your account up until the day on "
                "which the payment is due. Please tell your bank of this mandate before the first "
                "debit: it has to check it."
            ),
            _sepa_notice(creditor),
        ),
    )


def _sepa_notice(creditor: Creditor) -> str:
    return _(
        "You agree that %(name)s tells you of each debit by e-mail as soon as it is handed in, "
        "which is at least one day before your account is debited, instead of fourteen days. Only "
        "payments that you have confirmed are debited. You can revoke this mandate at any time."
    ) % {"name": creditor.name}


def _ach(creditor: Creditor, reference: str) -> MandateText:
    who = {"name": creditor.name, "contact": creditor.email or creditor.name}
    rows = _creditor_rows(creditor)
    rows.append((_("Authorisation number"), reference))
    return MandateText(
        _("Authorisation for electronic debits (ACH)"),
        tuple(rows),
        (
            _(
                "I authorise %(name)s to debit the bank account given here electronically for the "
                "amount of each payment that I confirm on these pages, on the date or within the "
                "days told with it or on the next business day, and, if need be, to credit the "
                "same account to correct a debit made in error. These entries follow the rules of "
                "Nacha."
            )
            % who,
            _(
                "This authorisation stays in force until I revoke it, on these pages or by writing "
                "to %(contact)s, at least three business days before a debit. A payment that is "
                "on its way by then is still debited."
            )
            % who,
            _(
                "I confirm that I may give instructions for this account, and that I will not "
                "dispute debits with my bank that follow these terms."
            ),
            _("Please print or save this page for your records."),
        ),
    )


def _bacs(creditor: Creditor, reference: str) -> MandateText:
    who = {"name": creditor.name}
    rows = _creditor_rows(creditor)
    rows += [
        (_("Service user number"), creditor.identifier),
        (_("Reference"), reference),
    ]
    return MandateText(
        _("Instruction to your bank or building society to pay by Direct Debit"),
        tuple(rows),
        (
            _(
                "Please pay %(name)s Direct Debits from the account detailed in this Instruction "
                "subject to the safeguards assured by the Direct Debit Guarantee. I understand "
                "that this Instruction may remain with %(name)s and, if so, details will be passed "
                "electronically to my bank or building society."
            )
            % who,
            _(
                "I confirm that I am the account holder and the only person needed to authorise "
                "debits from this account."
            ),
        ),
        _("The Direct Debit Guarantee"),
        _guarantee(who),
    )


def _guarantee(who: Mapping[str, str]) -> tuple[str, ...]:
    return (
        _(
            "This Guarantee is offered by all banks and building societies that accept "
            "instructions to pay Direct Debits."
        ),
        _(
            "If there are any changes to the amount, date or frequency of your Direct Debit "
            "%(name)s will notify you 3 working days in advance of your account being debited or "
            "as otherwise agreed. If you request %(name)s to collect a payment, confirmation of "
            "the amount and date will be given to you at the time of the request."
        )
        % who,
        _(
            "If an error is made in the payment of your Direct Debit, by %(name)s or your bank or "
            "building society, you are entitled to a full and immediate refund of the amount paid "
            "from your bank or building society. If you receive a refund you are not entitled to, "
            "you must pay it back when %(name)s asks you to."
        )
        % who,
        _(
            "You can cancel a Direct Debit at any time by simply contacting your bank or building "
            "society. Written confirmation may be required. Please also notify us."
        ),
    )


_TEXTS: Mapping[DebitScheme, Callable[[Creditor, str], MandateText]] = {
    DebitScheme.SEPA_CORE: _sepa_core,
    DebitScheme.SEPA_B2B: _sepa_b2b,
    DebitScheme.ACH: _ach,
    DebitScheme.BACS: _bacs,
}
