"""XML as it may come: encodings, attacks, damage, and files too large to keep whole in memory."""

import time
import tracemalloc

import pytest

from adapters.banks.samples import camt, camt_statement, entry, part, party
from counterfoil.adapters.banks.camt import tree
from counterfoil.adapters.banks.camt.reader import CamtReader
from counterfoil.kernel.ports.banks import ProblemCode, StatementRefused

READER = CamtReader()
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


def name(content):
    return READER.read(content).statements[0].lines[0].counterparty


def umlaut(encoding):
    return camt(camt_statement(entry(details=part(parties=party("Zoë Ünal")))), encoding=encoding)


@pytest.mark.parametrize(
    "encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "ISO-8859-15", "windows-1252"]
)
def test_encodings_by_declaration(encoding):
    assert READER.sniff(umlaut(encoding))
    assert name(umlaut(encoding)) == "Zoë Ünal"


def test_marks_at_the_beginning():
    text = umlaut("UTF-8").decode()
    for content in (
        b"\xef\xbb\xbf" + text.encode(),
        text.replace("UTF-8", "UTF-16").encode("utf-16"),
        text.replace("UTF-8", "UTF-16").encode("utf-16-le"),
        text.replace("UTF-8", "UTF-16").encode("utf-16-be"),
    ):
        assert READER.sniff(content)
        assert name(content) == "Zoë Ünal"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (umlaut("ISO-8859-1").replace(b"ISO-8859-1", b"UTF-8"), "letters of this file"),
        (umlaut("UTF-8").replace(b"UTF-8", b"UTF-7"), "utf-7 is not one"),
        (umlaut("UTF-8").replace(b"UTF-8", b"EBCDIC-CP-US"), "ebcdic-cp-us is not one"),
        (umlaut("UTF-8").replace(b"S1", b"S\x001"), "letters of this file"),
        (b"", "empty"),
        (b" \n", "empty"),
    ],
)
def test_letters_that_can_not_be_read_are_refused(content, words):
    with pytest.raises(StatementRefused, match=words):
        READER.read(content)


@pytest.mark.parametrize(
    "prolog",
    [
        LAUGHS,
        '<!DOCTYPE d SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>',
        '<!DOCTYPE d PUBLIC "-//x" "http://127.0.0.1:1/x.dtd">',
        '<!doctype d [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_document_types_and_entities_are_refused_at_once(prolog, encoding):
    content = camt(camt_statement(entry()), prolog=prolog, encoding=encoding)
    began = time.process_time()
    with pytest.raises(StatementRefused, match="Line 2 declares a document type") as refused:
        READER.read(content.replace("S1".encode(encoding)[-4:], "&l11;".encode(encoding)[-10:]))
    assert refused.value.facts == {"line": 2}
    assert time.process_time() - began < 0.5


def test_unknown_entities_are_refused():
    with pytest.raises(StatementRefused, match="damaged or cut off"):
        READER.read(camt(camt_statement(entry(), ref="&xxe;")))


def test_includes_are_never_resolved(tmp_path):
    (tmp_path / "secret").write_text("hidden")
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
        f'href="{(tmp_path / "secret").as_uri()}"/>'
    )
    remittance = f"<Ustrd>before {include} after</Ustrd>{include}"
    found = READER.read(camt(camt_statement(entry(details=part(remittance=remittance)))))
    assert found.statements[0].lines[0].remittance == "before"
    assert "hidden" not in repr(found)


def test_comments_and_cdata_are_text_of_nobody():
    content = camt(camt_statement(entry(details=part(remittance="<Ustrd>a&amp;b</Ustrd>"))))
    content = content.replace(b"a&amp;b", b"<!-- <Ntry> --><![CDATA[a&]]>b<?pi?>")
    assert READER.read(content).statements[0].lines[0].remittance == "a&b"


@pytest.mark.parametrize(
    "content",
    [
        camt(camt_statement(entry()))[:-20],
        camt(camt_statement(entry())).replace(b"</Ntry>", b""),
        camt(camt_statement(entry())).replace(b"</Stmt>", b"</Smtt>"),
        camt(camt_statement(entry())) + b"<more/>",
        camt(camt_statement(entry())).replace(b"S1", b"\x07"),
    ],
)
def test_damaged_xml_is_refused_with_its_place(content):
    with pytest.raises(StatementRefused, match=r"Line \d+, column \d+: the XML is damaged") as told:
        READER.read(content)
    assert told.value.facts["line"] > 0


def test_file_cut_off_anywhere_is_refused():
    content = camt(camt_statement(entry(), entry(ref="B2"), closing="120.00")).rstrip()
    assert len(READER.read(content).statements[0].lines) == 2
    for end in range(len(content)):
        with pytest.raises(StatementRefused):
            READER.read(content[:end])


def test_deep_nesting_is_refused():
    deep = "<a>" * 20_000
    with pytest.raises(StatementRefused, match="too deep"):
        READER.read(camt(camt_statement(entry(note=deep))))


def test_too_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(tree, "_TAGS_MAX", 50)
    with pytest.raises(StatementRefused, match="too many entries"):
        READER.read(camt(camt_statement(entry(), entry(ref="B2"))))


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr("counterfoil.kernel.statements.CONTENT_BYTES_MAX", 1000)
    with pytest.raises(StatementRefused, match="more than 0 megabytes"):
        READER.read(camt(camt_statement(entry(), entry(ref="B2"))))


def test_elements_in_pieces_are_the_same_wherever_they_are_cut(monkeypatch):
    """Entries are taken out of the tree while it still grows: at every place of a cut."""
    content = camt(
        camt_statement(*(entry(ref=f"B{n}") for n in range(4)), closing="140.00"),
        camt_statement(entry(ref="B9"), ref="S2"),
    )
    whole = READER.read(content)
    assert whole.problems == ()
    for size in range(1, 200):
        monkeypatch.setattr(tree, "_PIECE_CHARACTERS", size)
        assert READER.read(content) == whole


def test_envelope_before_the_message(monkeypatch):
    monkeypatch.setattr(tree, "_PIECE_CHARACTERS", 10)
    body = camt(camt_statement(entry())).decode().partition("?>")[2]
    content = f'<?xml version="1.0"?><Envelope>{"<Head/>" * 200}{body}</Envelope>'.encode()
    assert len(READER.read(content).statements[0].lines) == 1


def test_large_file_needs_little_more_than_its_lines():
    """The tree as a whole would take nine times the file."""
    count = 1_000
    entries = [entry(ref=f"B{n}", details=part(parties=party())) for n in range(count)]
    content = camt(camt_statement(*entries, closing="10100.00"))
    tracemalloc.start()
    found = READER.read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(found.statements[0].lines), found.problems) == (count, ())
    assert peak < 4 * len(content)


def test_same_reference_day_and_sum_twice_is_told_and_both_are_kept():
    found = READER.read(camt(camt_statement(entry(), entry(), closing="120.00")))
    assert len({one.ref for one in found.statements[0].lines}) == 2
    assert [(one.line, one.code) for one in found.problems] == [(2, ProblemCode.LINE_REPEATED)]
