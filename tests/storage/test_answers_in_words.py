"""The copy of one's data tells the questionnaire in words, not in codes."""

from datetime import UTC, datetime, timedelta

from conversations.forms.form import compile_form
from conversations.forms.walk import Answer, start, take
from storage import forms, people, privacy
from storage.db import Database
from storage.workbooks import Report

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


def test_the_copy_tells_each_question_and_answer_as_they_were_read(database: Database, needs: Report) -> None:
    assert needs.xml is not None
    form = compile_form(needs.xml)
    run = start(form, now=NOW, seed=7, language="it")
    for value in ("start", "employee", "part"):
        run = take(form, run, Answer(value), now=NOW).run
    with database.write() as conn:
        forms.publish(conn, "needs", needs.version, needs.title, b"", needs.xml, NOW)
        forms.open_wave(conn, "wave", "needs", needs.version, NOW, NOW + timedelta(days=9))
        people.add_guest(conn, "bianca", "it", NOW)
        forms.start_run(conn, "run", "bianca", "wave", needs.version, run.to_json(), NOW)
    with database.read() as conn:
        copy = privacy.export(conn, "bianca").decode()
    assert "Come lavori nell'impresa?" in copy
    assert "Sono dipendente" in copy and "Part-time" in copy
