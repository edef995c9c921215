"""A copy of everything that is held on a person or a customer: asked for, made, handed out, gone.

The file is sealed by a data key and lies in the file store for a week.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit import queries as trail
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.privacy import operations, queries
from counterfoil.domain.privacy.operations import COPY_LIFE
from counterfoil.domain.privacy.rows import CopyRow, Known, Paper, Subject
from counterfoil.flows.letters import render_document
from counterfoil.flows.people.privacy.pack import Document, Held, packed
from counterfoil.flows.people.privacy.page import Reader
from counterfoil.infra import files, jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode

DOCUMENTS_MAX = 2000
NOTES_MAX = 5000


class CopyExpired(Refused):
    """It lay there for a week, or is gone before that: somebody in it was erased."""

    code = "copy_expired"
    message = "This copy has expired. Ask for a new one."


class CopyNotReady(Refused):
    """The job has not come to it."""

    code = "copy_not_ready"
    message = "This copy is still being put together. Try again in a minute."


def ask(subject: Subject, *, at: datetime, by: Actor) -> UUID:
    """Has a copy made; one that is being made is not begun again. `NotFound` for nobody, and
    `TooManyCopies` for one more than so many a day."""
    business_id = subject.business_id

    def work() -> UUID:
        copy_id, is_new = operations.ask_copy(business_id, subject, at=at, by=by)
        if is_new:
            jobs.defer(business_id, "make_copy", copy_id=str(copy_id))
            audit.note(
                business_id,
                NoteKind.EXPORTED,
                subject=_named(subject),
                customer_id=subject.customer_id,
                at=at,
            )
        return copy_id

    return run(business_id, work)


def make(business_id: BusinessId, copy_id: UUID, *, at: datetime) -> None:
    """Puts a copy together; again changes nothing. One whose person is gone comes to nothing, and
    so does one with somebody in it who is erased while it is put together."""
    with reading(business_id):
        row = queries.copy(business_id, copy_id)
    if row.made_at is not None or row.removed_at is not None:
        return
    try:
        content = put_together(Subject(business_id, row.customer_id, row.contact_id), at=at)
    except NotFound:
        operations.note_removed(business_id, copy_id, at=at)
        return
    files.write(_key(business_id, copy_id), content)
    if not operations.note_made(business_id, copy_id, size=len(content), at=at):
        files.remove(_key(business_id, copy_id))


def put_together(subject: Subject, *, at: datetime) -> bytes:
    """The file itself: a page to read, tables, JSON and documents. `NotFound` for nobody."""
    business_id = subject.business_id
    with reading(business_id):
        known_as = queries.known(_widened(subject))
        held = Held(
            rows=queries.holdings(known_as, at=at),
            sign_ins=queries.sign_ins(known_as),
            trail=_trail(known_as),
        )
        papers = _papers(known_as)
        reader = _reader(subject)
    made = (_document(business_id, subject.customer_id, paper, at) for paper in papers)
    documents = [one for one in made if one is not None]
    business = businesses.by_id(business_id)
    is_cut = len(papers) == DOCUMENTS_MAX
    return packed(business.name, held, documents, reader, is_cut=is_cut, at=at)


def write_out(subject: Subject, *, at: datetime) -> bytes:
    """The file at once, for whoever runs the installation; that it was made is noted."""
    content = put_together(subject, at=at)
    audit.note(
        subject.business_id,
        NoteKind.EXPORTED,
        subject=_named(subject),
        customer_id=subject.customer_id,
        at=at,
    )
    return content


def subjects_of(business_id: BusinessId, email: str) -> list[Subject]:
    """Everybody of this address in a business, whether they may sign in or not."""
    with reading(business_id):
        found = queries.contacts_of_mail(business_id, email)
    return [Subject(business_id, customer_id, contact_id) for customer_id, contact_id in found]


def content_of(business_id: BusinessId, row: CopyRow, *, at: datetime) -> bytes:
    """The file of a copy; refuses (`CopyNotReady`, `CopyExpired`) one that is not there. Whether
    the reader may have it, the surface has asked; that it was handed out is noted."""
    if row.removed_at is not None:
        raise CopyExpired
    if row.made_at is None:
        raise CopyNotReady
    if row.expires_at is None or row.expires_at <= at:
        raise CopyExpired
    content = files.read(_key(business_id, row.id))
    if content is None:
        raise CopyExpired
    audit.note(
        business_id,
        NoteKind.DOWNLOADED,
        subject=f"copy:{row.id}",
        customer_id=row.customer_id,
        at=at,
    )
    return content


def remove(business_id: BusinessId, copy_id: UUID, *, at: datetime) -> None:
    """Its file goes for good; one that is gone already is fine."""
    files.remove(_key(business_id, copy_id))
    operations.note_removed(business_id, copy_id, at=at)


def remove_expired(business_id: BusinessId, *, at: datetime) -> int:
    """Removes every file whose week is over; how many. Files that lie there though their copies are
    gone, or half written, go as well, and copies that no job came to come to nothing."""
    with reading(business_id):
        rows = queries.expired_copies(business_id, at=at)
    for row in rows:
        remove(business_id, row.id, at=at)
    operations.give_up_copies(business_id, at=at)
    lying = [UUID(one.rpartition("/")[2]) for one in files.keys(_folder(business_id))]
    with reading(business_id):
        strays = queries.gone_copies(business_id, lying)
    for copy_id in strays:
        files.remove(_key(business_id, copy_id))
    files.remove_older(_folder(business_id), at - 2 * COPY_LIFE)
    return len(rows)


def _reader(subject: Subject) -> Reader:
    """Who reads it: the person where it is one, in the customer's time zone."""
    customer = customers.customer(subject.business_id, subject.customer_id)
    people = customers.contacts(subject.business_id, [subject.customer_id])
    person = next((one for one in people if one.id == subject.contact_id), None)
    return Reader(person.locale if person else customer.locale, customer.timezone)


def _widened(subject: Subject) -> Subject:
    """A customer's only person is the customer: what is held on one is held on the other."""
    queries.known(subject)
    if queries.contact_count(subject.business_id, subject.customer_id) == 1:
        return Subject(subject.business_id, subject.customer_id)
    return subject


def _trail(known_as: Known) -> list[dict[str, object]]:
    """What was noted of these people: when they signed in, from where."""
    if not known_as.contact_ids:
        return []
    subjects = [f"user:{one}" for one in known_as.users]
    notes = trail.notes(
        known_as.subject.business_id, actors=known_as.actors, subjects=subjects, limit=NOTES_MAX
    )
    return [
        {
            "at": one.at.isoformat(),
            "what": one.kind,
            "about": one.subject,
            "from_address": one.origin,
            **one.facts,
        }
        for one in notes
    ]


def _papers(known_as: Known) -> list[Paper]:
    if known_as.subject.contact_id is not None:
        return []  # the documents of a company with several people are the company's
    subject = known_as.subject
    return queries.papers(subject.business_id, subject.customer_id, limit=DOCUMENTS_MAX)


def _document(
    business_id: BusinessId, customer_id: UUID, paper: Paper, at: datetime
) -> Document | None:
    makers: dict[str, Callable[[], bytes]] = {
        "invoice": lambda: render_document.invoice_pdf(business_id, paper.id, at=at),
        "receipt": lambda: render_document.receipt_pdf(business_id, paper.id, at=at),
        "credit_note": lambda: render_document.credit_note_for(
            business_id, paper.id, customer_id, None, at=at
        )[0],
    }
    name = paper.number or encode("pay", paper.id)
    try:
        return Document(paper.kind, name, makers[paper.kind]())
    except NotFound:
        return None


def _folder(business_id: BusinessId) -> str:
    return f"copies/{business_id.hex}"


def _key(business_id: BusinessId, copy_id: UUID) -> str:
    return f"{_folder(business_id)}/{copy_id.hex}"


def _named(subject: Subject) -> str:
    if subject.contact_id is not None:
        return f"contact:{subject.contact_id}"
    return f"customer:{subject.customer_id}"
