"""What the particulars of a business must be, before they are kept."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from counterfoil.domain.business.colours import brand_colours
from counterfoil.domain.customers.checks import ADDRESS_FIELDS, LOCALES, is_email, one_line
from counterfoil.kernel.errors import FieldProblem, InvalidInput, Refused

_LENGTHS = {"name": 120, "legal_name": 200, "email": 254, "tax_id": 40}
_ADDRESS_PART_MAX = 200


def checked(values: Mapping[str, str]) -> dict[str, object]:
    """The fields as they may be kept; every one that can't be taken is named at once."""
    clean = {name: one_line(values[name]) for name in ("name", "legal_name", "email", "tax_id")}
    address = {part: one_line(values[f"address.{part}"]) for part in ADDRESS_FIELDS}
    problems = [
        FieldProblem(name, f"At most {most} characters.", code="too_long", most=most)
        for name, most in _LENGTHS.items()
        if len(clean[name]) > most
    ]
    problems += [
        FieldProblem(
            f"address.{part}",
            f"At most {_ADDRESS_PART_MAX} characters.",
            code="too_long",
            most=_ADDRESS_PART_MAX,
        )
        for part, value in address.items()
        if len(value) > _ADDRESS_PART_MAX
    ]
    if not clean["name"]:
        problems.append(FieldProblem("name", "A name is needed.", code="required"))
    if clean["email"] and not is_email(clean["email"]):
        problems.append(FieldProblem("email", "This is not a mail address.", code="not_an_email"))
    if values["locale"] not in LOCALES:
        problems.append(FieldProblem("locale", "Choose one.", code="unknown_locale"))
    if values["timezone"] not in available_timezones():
        problems.append(FieldProblem("timezone", "Choose one.", code="unknown_timezone"))
    accent = _colour(values["accent"], problems)
    if problems:
        raise InvalidInput(problems)
    kept = {part: value for part, value in address.items() if value}
    zone = {"locale": values["locale"], "timezone": values["timezone"]}
    return {**clean, **zone, "accent": accent, "address": kept}


def _colour(text: str, problems: list[FieldProblem]) -> str:
    """The colour as `#rrggbb`, if it is one."""
    try:
        brand_colours(text)
    except Refused as problem:
        problems.append(FieldProblem("accent", problem.message, code=problem.code))
        return ""
    digits = text.strip().lower().removeprefix("#")
    return "#" + (digits if len(digits) == 6 else "".join(one * 2 for one in digits))  # noqa: PLR2004
