"""A database that was restored, or that another server took over, is told of until somebody has
looked; planned payments wait."""

import logging

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications.alarms import alarms
from counterfoil.flows.aftermath import restored
from counterfoil.infra.db import reading
from counterfoil.infra.postgres import home
from counterfoil.kernel import clock
from counterfoil.surfaces.jobs import guarding
from factories.aftermath import restored_elsewhere
from factories.businesses import AT
from factories.mails import mailbox, text_of
from factories.staff import hire
from factories.worker import work


def open_ones(business):
    with reading(business):
        return [(one.kind, one.times) for one in alarms(business, limit=9)]


def watch(times=1):
    for _ in range(times):
        guarding.watch_home.func(timestamp=0)


def test_where_it_lives_as_it_did_nothing_is_said(business, caplog):
    home.note_first(at=AT)
    with caplog.at_level(logging.WARNING):
        watch()
    assert (open_ones(business), caplog.messages) == ([], [])


def test_it_is_told_in_the_log_on_the_work_list_and_once_by_mail(business, post, tmp_path, caplog):
    hire(business, Role.OWNER)
    hire(business, Role.FINANCE)
    restored_elsewhere()

    with caplog.at_level(logging.WARNING):
        watch(times=2)

    assert caplog.messages == [f"Look at once: {home.MOVED}."] * 2
    assert open_ones(business) == [("restored", 2)]
    work()
    [mail] = mailbox(tmp_path / "mail")
    assert mail["Subject"] == "Planned payments wait for whoever runs the server"
    assert "counterfoil recover" in text_of(mail)


def test_nobody_is_told_any_more_once_an_operator_has_looked(business, other_business):
    restored_elsewhere()
    watch()

    assert restored.conclude(at=clock.now())
    watch()

    assert (open_ones(business), open_ones(other_business)) == ([], [])
    assert not home.has_moved()
    assert not restored.conclude(at=clock.now())
