"""Questionnaires: one run per person and wave, its record, and the version it was begun with."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage import forms, people
from storage.db import Database, Missing
from storage.workbooks import Report
from tests.storage.lives import AnswerRow, sensitive

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_wave_is_current_from_its_first_instant_to_its_last_and_the_newer_one_wins(database: Database) -> None:
    with database.write() as conn:
        forms.open_wave(conn, "w1", "needs", "1", NOW, NOW + 10 * DAY)
        forms.open_wave(conn, "w2", "needs", "2", NOW + DAY, NOW + 2 * DAY)
        for at, expected in (
            (NOW - timedelta(seconds=1), None), (NOW, "w1"), (NOW + DAY, "w2"), (NOW + 2 * DAY, "w1"),
            (NOW + 10 * DAY, None),
        ):
            found = forms.current(conn, "bianca", at)
            assert (found and found.wave_id) == expected
        assert forms.close_wave(conn, "w1", NOW + 3 * DAY)
        assert not forms.close_wave(conn, "w1", NOW + 4 * DAY)
        assert not forms.close_wave(conn, "never", NOW)
        assert forms.current(conn, "bianca", NOW + 3 * DAY) is None
        assert [wave.id for wave in forms.waves(conn)] == ["w2", "w1"]


def test_a_run_keeps_the_version_it_began_with_and_its_record_is_replaced_as_a_whole(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        forms.open_wave(conn, "w1", "needs", "2", NOW, NOW + 10 * DAY)
        forms.start_run(conn, "r", "bianca", "w1", "1", {"a": 1}, NOW)
        forms.save_run(conn, "r", {"a": 2}, NOW + DAY)
        found = forms.current(conn, "bianca", NOW + DAY)
        assert found is not None
        assert (found.run_id, found.run_version, found.form_version) == ("r", "1", "2")
        assert (found.state, found.finished, found.updated_at) == ({"a": 2}, False, NOW + DAY)
        forms.finish_run(conn, "r", {"a": 3}, [AnswerRow("q", "q", "text", "no", "G"), sensitive("x")], NOW + DAY)
        forms.finish_run(conn, "r", {"a": 4}, [AnswerRow("q", "q", "text", "sì", "G")], NOW + DAY)
        found = forms.current(conn, "bianca", NOW + DAY)
        assert found is not None and found.finished and found.state == {"a": 4}
        kept = conn.execute(select(forms.ANSWERS.c.value)).scalars().all()
        assert kept == ["sì"]
        other = forms.current(conn, "carla", NOW + DAY)
        assert other is not None and other.run_id is None
        forms.discard_run(conn, "r")
        assert conn.execute(select(forms.ANSWERS)).all() == conn.execute(select(forms.RUNS)).all() == []


def test_nobody_begins_twice_in_one_wave(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        forms.open_wave(conn, "w1", "needs", "1", NOW, NOW + DAY)
        forms.start_run(conn, "r1", "bianca", "w1", "1", {}, NOW)
    with pytest.raises(IntegrityError), database.write() as conn:
        forms.start_run(conn, "r2", "bianca", "w1", "1", {}, NOW)


def test_a_version_is_published_once_and_compiled_once(database: Database, needs: Report) -> None:
    assert needs.xml is not None
    with database.write() as conn:
        forms.publish(conn, "needs", needs.version, needs.title, b"xlsx", needs.xml, NOW)
        library = forms.Library()
        compiled = library.form(conn, "needs", needs.version)
        assert library.form(conn, "needs", needs.version) is compiled
        assert forms.versions(conn, "needs") == [needs.version] and forms.versions(conn, "other") == []
        with pytest.raises(Missing):
            library.form(conn, "needs", "another")
    with pytest.raises(IntegrityError), database.write() as conn:
        forms.publish(conn, "needs", needs.version, needs.title, b"xlsx", needs.xml, NOW)
