"""The page of a copy: what is held, for a person to read. It needs nothing but itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.domain.audit.words import note_words
from counterfoil.domain.customers.rights import preset_of, read
from counterfoil.domain.notifications import formatting
from counterfoil.domain.notifications.words import method_name, preset_words
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.domain.privacy.telling import (
    INSIDE,
    LINES,
    SESSIONS,
    SHORT,
    TOLD,
    WITHIN,
    column_words,
    state_words,
)
from counterfoil.domain.privacy.words import table_words
from counterfoil.kernel.addresses import address_lines
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.mandates import DebitScheme

Row = Mapping[str, Any]
Rows = Sequence[Row]
Tables = Mapping[str, Rows]
_LONG = frozenset({"text", "evidence_text", "notes", "remittance"})
_MACHINE = frozenset({"email", "phone", "number", "origin", "from_address", "ip_address",
                      "mobile_number", "recipient", "sent_to", "reference", "last4"})  # fmt: skip
_STYLE = """
:root{color-scheme:light dark;--ink:#16211d;--soft:#52605a;--line:#dfe4e0;--paper:#fff;
--desk:#f3f5f2;--accent:#0f5c4c}
@media (prefers-color-scheme:dark){:root{--ink:#eaf0ec;--soft:#a9b6af;--line:#2d3733;
--paper:#18211d;--desk:#0f1613;--accent:#5cc9ac}}
*{box-sizing:border-box}
body{margin:0;background:var(--desk);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
h3{font-size:1rem;margin:0 0 .5rem}
p{margin:.25rem 0}.soft,dt,th{color:var(--soft)}
a{color:var(--accent)}
nav ul{padding:0;margin:1rem 0 0;list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
article{background:var(--paper);border:1px solid var(--line);border-radius:14px;
padding:1rem 1.25rem;margin:0 0 .75rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr));
gap:.5rem 1.25rem;margin:0}
dt{font-size:.85rem}dd{margin:0}.long{grid-column:1/-1}
.long dd{white-space:pre-wrap}
.scroll{overflow-x:auto}dl+.scroll{margin:1rem 0 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:start;padding:.4rem 0;padding-inline-end:1rem;vertical-align:top;
border-top:1px solid var(--line);overflow-wrap:normal}
td:first-child{min-width:9rem}
tr:first-child th{border-top:0}
th{font-weight:400;white-space:nowrap}
@media print{body{background:#fff}article{break-inside:avoid}}
"""
_NOTHING_ELSE = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page it is: their language, which is the active one, and their time zone."""

    locale: str
    timezone: str

    @property
    def writing(self) -> Locale:
        """How numbers and dates are written."""
        return formatting.locale_of(self.locale)


def page(
    business: str,
    tables: Tables,
    papers: Mapping[tuple[str, str], str],
    reader: Reader,
    *,
    is_cut: bool,
    at: datetime,
) -> str:
    """The whole page. `papers` are the files of documents by kind and number."""
    writing = reader.writing
    title = _("Your data at %(business)s") % {"business": business}
    shown = {name: rows for name, rows in tables.items() if name not in WITHIN and rows}
    way = "rtl" if formatting.is_rtl(writing) else "ltr"
    book = _Book(tables, papers, reader)
    made = _("As it was on %(moment)s.") % {"moment": book.moment(at)}
    left_out = _("Keys and passwords are not in it: nobody can read them.")
    parts = [
        f'<!doctype html><html lang="{escape(reader.locale)}" dir="{way}"><head>',
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        _NOTHING_ELSE,
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
        f'<h1 dir="auto">{escape(title)}</h1>',
        f'<p class="soft">{escape(made)}</p><p>{escape(left_out)} {_all_of_it()}</p>',
        _contents(shown, papers, writing),
    ]
    for table, rows in shown.items():
        parts.append(f'<section><h2 id="{table}">{escape(table_words(table))}</h2>')
        parts += [*book.told(table, rows), "</section>"]
    parts += _papers(papers, writing, is_cut=is_cut)
    return "\n".join([*parts, "</main></body></html>"])


def _all_of_it() -> str:
    """That every column is in the data, too."""
    words = escape(
        _("Every detail, as programs read it, stands in %(file)s and the folder tables.")
    )
    return words % {"file": '<a href="data.json"><bdi>data.json</bdi></a>'}


def _contents(tables: Tables, papers: Mapping[tuple[str, str], str], writing: Locale) -> str:
    counted = [(name, table_words(name), len(rows)) for name, rows in tables.items()]
    if papers:
        counted.append(("documents", _("Documents"), len(papers)))
    items = "".join(
        f'<li><a href="#{name}">{escape(words)}</a> '
        f'<span class="soft">{format_decimal(count, locale=writing)}</span></li>'
        for name, words, count in counted
    )
    return f"<nav><ul>{items}</ul></nav>"


def _papers(
    papers: Mapping[tuple[str, str], str], writing: Locale, *, is_cut: bool
) -> Iterable[str]:
    if not papers:
        return
    kinds = {"invoice": _("Invoice"), "credit_note": _("Credit note"), "receipt": _("Receipt")}
    title = escape(_("Documents"))
    yield f'<section><h2 id="documents">{title}</h2><article><ul>'
    for (kind, name), file in papers.items():
        yield (
            f'<li><a href="{escape(file)}">{escape(kinds.get(kind, kind))} '
            f"<bdi>{escape(name)}</bdi></a></li>"
        )
    yield "</ul></article>"
    if is_cut:
        words = ngettext(
            "There are more documents than fit in here: this is the newest %(count)s.",
            "There are more documents than fit in here: these are the newest %(count)s.",
            len(papers),
        )
        yield f"<p>{escape(words % {'count': format_decimal(len(papers), locale=writing)})}</p>"
    yield "</section>"


class _Book:
    """Rows in words, with what other tables say of them."""

    def __init__(
        self, tables: Tables, papers: Mapping[tuple[str, str], str], reader: Reader
    ) -> None:
        self.papers, self.reader, self.writing = papers, reader, reader.writing
        self.owed = {row["id"]: row for row in tables.get("receivables_openitem", ())}
        self.asked = {row["id"]: row for row in tables.get("payments_intent", ())}
        self.paid = {row["id"]: row for row in tables.get("payments_attempt", ())}
        self.inside: dict[str, list[Row]] = {}
        for table, column in INSIDE.items():
            for row in tables.get(table, ()):
                self.inside.setdefault(str(row[column]), []).append(row)

    def told(self, table: str, rows: Rows) -> list[str]:
        """Every row of a table: short ones as a table, others a sheet each."""
        whole = [self._whole(table, row) for row in rows]
        if table not in SHORT:
            return [self._article(table, row) for row in whole]
        names = [
            name for name in TOLD[table] if any(self._value(table, name, row) for row in whole)
        ]
        return [f"<article>{self._table(names, whole, {}, table)}</article>"]

    def _article(self, table: str, row: Row) -> str:
        """One row: its title, its facts, and what is inside it."""
        told = list(TOLD.get(table) or [name for name in row if not name.endswith("id")])
        title = self._title(table, row)
        told = [name for name in told if not (title and name == "number")]
        facts = [(name, self._value(table, name, row)) for name in told]
        lines = "".join(self._fact(table, name, words) for name, words in facts if words)
        inside = self._table(LINES, self.inside.get(str(row.get("id")), ()), row)
        inside += self._table(SESSIONS, row.get("sessions") or (), row)
        return f"<article>{title}<dl>{lines}</dl>{inside}</article>"

    def moment(self, at: datetime) -> str:
        """A moment in the reader's zone."""
        zone = self.reader.timezone
        day = formatting.local_day(at, zone, self.writing)
        return f"{day}, {formatting.clock_time(at, zone, self.writing)}"

    def _whole(self, table: str, row: Row) -> Row:
        """A row with what is told of it by others."""
        more: dict[str, Any] = {}
        if table == "billing_invoice":
            owed = self.owed.get(row["id"], {})
            names = ("paid_minor", "credited_minor", "written_off_minor")
            more = {name: owed.get(name) for name in names}
        elif table == "payments_attempt":
            more["note"] = self.asked.get(row.get("intent_id"), {}).get("note")
            brand, last4 = row.get("instrument_brand") or "", row.get("instrument_last4") or ""
            kind = row.get("instrument_kind")
            more["method"] = method_name(kind, brand, last4) if kind else ""
        elif table == "payments_method":
            more["method"] = method_name(row["kind"], row["brand"], row["last4"])
            if row.get("exp_month"):
                more["expires"] = f"{row['exp_month']:02}/{row['exp_year']}"
        elif table == "receivables_claim":
            owed = self.owed.get(row.get("invoice_id"), {})
            paid = self.paid.get(row.get("attempt_id"), {})
            more = {"number": owed.get("number"), "currency": (owed or paid).get("currency")}
        return {**row, **more}

    def _title(self, table: str, row: Row) -> str:
        kind = {"billing_invoice": "invoice", "billing_creditnote": "credit_note"}.get(table)
        number = str(row.get("number") or "")
        file = self.papers.get((kind, number)) if kind else None
        if file:
            return f'<h3><a href="{escape(file)}"><bdi>{escape(number)}</bdi></a></h3>'
        return ""

    def _fact(self, table: str, name: str, words: str) -> str:
        css = ' class="long"' if name in _LONG else ""
        way = "ltr" if name in _MACHINE else "auto"
        return (
            f"<div{css}><dt>{escape(column_words(name, table))}</dt>"
            f'<dd><bdi dir="{way}">{escape(words)}</bdi></dd></div>'
        )

    def _table(
        self, names: Sequence[str], rows: Iterable[Row], around: Row, table: str = ""
    ) -> str:
        told = [{"currency": around.get("currency"), **row} for row in rows]
        if not told:
            return ""
        head = "".join(f"<th>{escape(column_words(name, table))}</th>" for name in names)
        body = "".join(
            "<tr>"
            + "".join(
                f'<td><bdi dir="auto">{escape(self._value(table, name, row))}</bdi></td>'
                for name in names
            )
            + "</tr>"
            for row in told
        )
        return f'<div class="scroll" tabindex="0"><table><tr>{head}</tr>{body}</table></div>'

    def _value(self, table: str, name: str, row: Row) -> str:
        """One column in words; nothing where it says nothing."""
        value = row.get(name)
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if name.endswith("_minor"):
            return self._money(name, int(value), row)
        return self._special(table, name, value) or self._plain(name, value, row)

    def _money(self, name: str, minor: int, row: Row) -> str:
        if not minor and name not in ("total_minor", "amount_minor", "net_minor"):
            return ""
        currency = row.get("currency")
        if not currency:
            return ""
        return formatting.money(Money(minor, str(currency)), self.writing)

    def _special(self, table: str, name: str, value: Any) -> str:
        if name in ("address", "party") and isinstance(value, dict):
            return ", ".join(self._address(value))
        say: Callable[[Any], str] | None = {
            "state": lambda one: state_words(table, one),
            "rights": lambda one: preset_words(preset_of(read(one))),
            "scheme": lambda one: scheme_name(one) if one in set(DebitScheme) else one,
            "locale": lambda one: str(formatting.locale_of(one).display_name).capitalize(),
            "what": note_words,
        }.get(name)
        return say(value) if say else ""

    def _address(self, value: Mapping[str, Any]) -> list[str]:
        """An address, or who was billed with the address as it was."""
        inside = value.get("address", value)
        name = value.get("legal_name") or value.get("name")
        lines = address_lines(inside, self.writing.language) if isinstance(inside, dict) else ()
        return [str(one) for one in (name, *lines) if one]

    def _plain(self, name: str, value: Any, row: Row) -> str:
        text = str(value)
        if name == "unit_price" and row.get("currency"):
            return f"{format_decimal(Decimal(text), locale=self.writing)} {row['currency']}"
        if name == "tax_rate":
            return format_percent(
                Decimal(text) / 100, locale=self.writing, decimal_quantization=False
            )
        if isinstance(value, Real):
            return format_decimal(Decimal(text), locale=self.writing)
        if name in ("date_joined", "last_login", "at") or name.endswith("_at"):
            at = parse_datetime(text)
            return self.moment(at) if at else text
        if name == "day" or name.endswith("_date"):
            return formatting.day(date.fromisoformat(text[:10]), self.writing)
        return ", ".join(str(one) for one in value) if isinstance(value, list) else text
