"""What makes a bank account of ours one that money can find (pure)."""

from dataclasses import replace

from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.money import UnknownCurrency, exponent
from counterfoil.kernel.references import compact, is_iban

_BIC_LENGTHS = (8, 11)  # ISO 9362
_MOST = {"holder": 70, "number": 34, "bank_name": 70}


def checked(new: NewBankAccount) -> NewBankAccount:
    """The account without blanks in its numbers; `InvalidInput` names every field that is wrong."""
    found = replace(
        new,
        holder=" ".join(new.holder.split()),
        iban=compact(new.iban),
        bic=compact(new.bic),
        number=" ".join(new.number.split()),
        bank_name=" ".join(new.bank_name.split()),
        currency=new.currency.strip().upper(),
    )
    problems = [*_named(found), *_lengths(found)]
    if found.bic and (len(found.bic) not in _BIC_LENGTHS or not found.bic.isalnum()):
        message = "A BIC has 8 or 11 letters and digits."
        problems.append(FieldProblem("bic", message, code="bad_bic"))
    try:
        exponent(found.currency)
    except UnknownCurrency as problem:
        problems.append(FieldProblem("currency", problem.message, code=problem.code))
    if problems:
        raise InvalidInput(problems)
    return found


def _named(new: NewBankAccount) -> list[FieldProblem]:
    if bool(new.iban) == bool(new.number):
        message = "Give the IBAN, or another number where there is none."
        return [FieldProblem("iban", message, code="iban_or_number")]
    if new.iban and not is_iban(new.iban):
        message = "This is not an IBAN: a sign is missing or mistyped."
        return [FieldProblem("iban", message, code="bad_iban")]
    return []


def _lengths(new: NewBankAccount) -> list[FieldProblem]:
    found = []
    if not new.holder:
        found.append(FieldProblem("holder", "The holder's name is needed.", code="required"))
    for name, most in _MOST.items():
        if len(getattr(new, name)) > most:
            message = f"At most {most} characters."
            found.append(FieldProblem(name, message, code="too_long"))
    return found
