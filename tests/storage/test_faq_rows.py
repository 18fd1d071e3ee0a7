"""Topics as rows: versions, signatures, undo, what another process notices; the queue; files and sheets and back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from conversations.faq_orders import (
    AnswerGroup,
    ChangeTopic,
    DismissGroup,
    QueueQuestion,
    RateAnswer,
    RestoreTopic,
)
from storage import faq_asked, faq_files, faq_seed, faq_topics, people, timers
from storage.content import ContentError, content_folder
from storage.crypto import KeyRing
from storage.db import Conflict, Database
from storage.faq_effects import carry_out
from storage.faq_export import to_markdown, write_folder
from storage.faq_facts import desk
from storage.faq_files import read_library, read_topic
from storage.faq_import import bring
from storage.faq_library import Answers, topic_from, topic_of
from storage.faq_stale import TIMER, review
from storage.workbooks_faq import read_sheet, write_sheet
from tests.storage.test_codes import race

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROME = ZoneInfo("Europe/Rome")
TODAY = NOW.date()

FILE = """---
id: {id}
title: {{it: "Orto in ufficio", en: "Garden at work"}}
short: {{it: "Orto", en: "Garden"}}
family: orari
audience: [employee]
covered: true
norms: ["Norma inventata, art. 1"]
body: "INPS"
page: "Pagina inventata"
law_as_of: "2026-01"
drafted_on: 2026-11-22
verified_on: null
verified_by: null
valid_until: 2026-12-31
confidence: alta
referral: "no"
related: []
facts: []
amounts: []
translation: {{en: unverified}}
phrasings: {{ada: ["posso coltivare pomodori in ufficio?", "zucchine sul balcone del capo"]}}
---
{answer}

## en
You may grow tomatoes.
"""


def folder(path: Path, answer: str = "Puoi coltivare pomodori.", *ids: str) -> Path:
    path.mkdir(exist_ok=True)
    for key in ids or ("orto",):
        (path / f"{key}.md").write_text(FILE.format(id=key, answer=answer), "utf-8")
    return path


def answers() -> Answers:
    return Answers(*faq_files.beside(content_folder() / "faq"))


@pytest.fixture
def seeded(database: Database, tmp_path: Path) -> Database:
    with database.write() as conn:
        for person in ("elena", "marta", "giulia", "karim"):
            people.add_guest(conn, person, "it", NOW)
        people.add_membership(conn, "elena", None, "welfare_manager", "", NOW)
        faq_seed.seed(conn, folder(tmp_path / "faq"), NOW)
    return database


def change(database: Database, version: int, why: str = "edited", key: str = "orto", **patch: object) -> None:
    with database.write() as conn:
        order = ChangeTopic(key, version, patch, why)  # type: ignore[arg-type]
        carry_out(conn, answers(), order, "elena", NOW, ROME)


def now_is(database: Database, key: str = "orto") -> faq_topics.KnownTopic:
    with database.read() as conn:
        found = faq_topics.topic(conn, key)
    assert found is not None
    return found


# Files into rows


def test_a_file_is_seeded_once_and_again_only_when_it_changed(seeded: Database, tmp_path: Path) -> None:
    with seeded.write() as conn:
        assert faq_seed.seed(conn, tmp_path / "faq", NOW) == 0
        before = faq_topics.stamp(conn)
        assert faq_seed.seed(conn, folder(tmp_path / "faq", "Puoi coltivare zucchine."), NOW) == 1
        assert faq_topics.stamp(conn) == before + 1
    topic = now_is(seeded)
    assert (topic.version, topic.data["answer"]["it"], topic.published) == (2, "Puoi coltivare zucchine.", True)


def test_a_row_that_somebody_edited_keeps_its_text_when_the_file_changes(seeded: Database, tmp_path: Path) -> None:
    change(seeded, 1, answer={"it": "Solo in terrazza."})
    with seeded.write() as conn:
        assert faq_seed.seed(conn, folder(tmp_path / "faq", "Puoi coltivare zucchine."), NOW) == 0
    assert now_is(seeded).data["answer"]["it"] == "Solo in terrazza."


def test_a_signature_survives_a_file_that_says_the_same_and_no_other(seeded: Database, tmp_path: Path) -> None:
    change(seeded, 1, "confirmed", verified_on="2026-11-25", verified_by="Avv. Prova", valid_until="2027-05-27")
    same = FILE.format(id="orto", answer="Puoi coltivare pomodori.")
    same = same.replace("zucchine sul balcone", "zucchine in bagno")
    (tmp_path / "faq" / "orto.md").write_text(same, "utf-8")
    with seeded.write() as conn:
        assert faq_seed.seed(conn, tmp_path / "faq", NOW) == 1
    kept = topic_of(now_is(seeded))
    assert (kept.verified_by, kept.valid_until) == ("Avv. Prova", date(2027, 5, 27))
    with seeded.write() as conn:
        faq_seed.seed(conn, folder(tmp_path / "faq", "Niente pomodori."), NOW)
    lost = topic_of(now_is(seeded))
    assert (lost.verified_on, lost.verified_by, lost.valid_until) == (None, "", date(2026, 12, 31))


def test_the_whole_content_is_seeded_and_exported_without_a_change(database: Database, tmp_path: Path) -> None:
    with database.write() as conn:
        assert faq_seed.seed(conn, content_folder() / "faq", NOW) >= 100
        topics = faq_topics.topics(conn)
        assert write_folder(topics, tmp_path / "out") == len(topics)
    for path in (tmp_path / "out").glob("*.md"):
        before = read_topic((content_folder() / "faq" / path.name).read_text("utf-8"), path.name)
        assert read_topic(path.read_text("utf-8"), path.name) == before


# Versions


def test_an_edit_is_a_version_that_loses_the_signature_and_a_signature_is_one_too(seeded: Database) -> None:
    change(seeded, 1, "signed", verified_on="2026-11-25", verified_by="Avv. Prova")
    assert topic_of(now_is(seeded)).verified_on == date(2026, 11, 25)
    change(seeded, 2, answer={"it": "Solo in terrazza."})
    topic = topic_of(now_is(seeded))
    assert (topic.version, topic.verified_on, topic.drafted_on) == (3, None, TODAY)
    change(seeded, 3, valid_until="2027-01-31")
    with seeded.read() as conn:
        versions = faq_topics.history(conn, "orto")
        assert [(one.version, one.why, one.by) for one in versions] == [
            (4, "edited", "elena"), (3, "edited", "elena"), (2, "signed", "elena"), (1, "file", ""),
        ]
        assert faq_topics.name_of(conn, "elena") == "Avv. Prova" and faq_topics.name_of(conn, "marta") == ""


def test_other_fields_leave_the_signature(seeded: Database) -> None:
    change(seeded, 1, "signed", verified_on="2026-11-25", verified_by="Avv. Prova")
    change(seeded, 2, phrasings={"elena": ["basilico in ufficio?"]}, related=["nido"])
    assert topic_of(now_is(seeded)).verified_by == "Avv. Prova"


def test_an_undo_brings_an_old_version_back_as_a_new_one(seeded: Database) -> None:
    change(seeded, 1, answer={"it": "Sbagliato."})
    with seeded.write() as conn:
        carry_out(conn, answers(), RestoreTopic("orto", 2, 1), "elena", NOW, ROME)
    assert (now_is(seeded).version, now_is(seeded).data["answer"]["it"]) == (3, "Puoi coltivare pomodori.")
    with seeded.write() as conn, pytest.raises(Conflict):
        faq_topics.restore(conn, "orto", 3, 99, "elena", NOW)


def test_of_sixteen_who_change_the_same_version_one_does(seeded: Database) -> None:
    def edit(racer: int, barrier: object) -> bool:
        barrier.wait()  # type: ignore[attr-defined]
        try:
            change(seeded, 1, answer={"it": f"testo {racer}"})
        except Conflict:
            return False
        return True

    assert race(edit) == 1
    assert now_is(seeded).version == 2


def test_a_new_topic_answers_nobody_until_it_is_published(seeded: Database) -> None:
    known = answers()
    change(seeded, 0, "drafted", "terrazza", title={"it": "Terrazza"}, answer={"it": "Sì."}, family="progetto")
    with seeded.read() as conn:
        assert known.known(conn).published("terrazza") is None and "terrazza" in known.known(conn).topics
        assert "terrazza" not in known.known(conn).finder.ask("terrazza").ids
    change(seeded, 1, "published", "terrazza", published=True)
    with seeded.read() as conn:
        assert known.known(conn).published("terrazza") is not None
        known.wait()
        assert "terrazza" in known.known(conn).finder.ask("terrazza").ids
    with pytest.raises(Conflict):
        change(seeded, 0, "drafted", "terrazza", title={"it": "Un'altra"})


def test_who_signed_is_forgotten_by_id_when_she_is_erased(seeded: Database) -> None:
    change(seeded, 1, "signed", verified_on="2026-11-25", verified_by="Avv. Prova")
    with seeded.write() as conn:
        faq_topics.forget_author(conn, "elena")
        assert [one.by for one in faq_topics.history(conn, "orto")] == ["erased", ""]


@pytest.fixture(scope="module")
def empty_file(migrated: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "wis.db"
    file.write_bytes(migrated)
    return file


PATCHES = st.one_of(
    st.builds(lambda text: {"answer": {"it": text}}, st.text(min_size=1, max_size=40)),
    st.builds(lambda text: {"title": {"it": text}}, st.text(min_size=1, max_size=20)),
    st.builds(lambda day: {"valid_until": day.isoformat()}, st.dates(date(2026, 1, 1), date(2030, 1, 1))),
    st.just({"verified_on": "2026-11-25", "verified_by": "Avv. Prova"}),
    st.builds(lambda yes: {"published": yes}, st.booleans()),
    st.just("undo"),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PATCHES, max_size=8))
def test_any_history_can_be_undone_to_its_beginning_and_never_keeps_a_signature_of_another_text(
    keys: KeyRing, empty_file: Path, tmp_path_factory: pytest.TempPathFactory, patches: list[dict[str, object] | str]
) -> None:
    path = tmp_path_factory.mktemp("rows")
    (path / "wis.db").write_bytes(empty_file.read_bytes())
    database = Database(f"sqlite:///{path / 'wis.db'}", keys)
    with database.write() as conn:
        faq_seed.seed(conn, folder(path / "faq"), NOW)
        version = 1
        for patch in patches:
            if isinstance(patch, dict):
                faq_topics.change(conn, "orto", version, patch, "edited", "elena", NOW, TODAY)  # type: ignore[arg-type]
            else:
                faq_topics.restore(conn, "orto", version, max(1, version - 1), "elena", NOW)
            version += 1
        versions = faq_topics.history(conn, "orto", 100)
        assert [one.version for one in versions] == list(range(version, 0, -1))
        assert faq_topics.stamp(conn) == version
        signed = {
            (str(one.data["answer"]), str(one.data["title"]))
            for newer, one in pairwise(versions)
            if newer.data.get("verified_on") and not one.data.get("verified_on")
        }
        for one in versions:
            if one.data.get("verified_on"):
                assert (str(one.data["answer"]), str(one.data["title"])) in signed
        faq_topics.restore(conn, "orto", version, 1, "elena", NOW)
        first = faq_topics.topic(conn, "orto")
        assert first is not None and first.data == versions[-1].data
    database.close()


# Other processes


def test_another_process_notices_what_is_published_here(
    seeded: Database, another: Callable[[], Database]
) -> None:
    other, there = another(), answers()
    with other.read() as conn:
        before = there.known(conn)
        assert there.known(conn) is before, "nothing is made anew where nothing changed"
        assert before.topics["orto"].answer["it"] == "Puoi coltivare pomodori."
    change(seeded, 1, answer={"it": "Solo in terrazza."}, phrasings={"elena": ["limoni sul tetto della ditta"]})
    with other.read() as conn:
        after = there.known(conn)
        assert after.stamp == before.stamp + 1 and after.topics["orto"].answer["it"] == "Solo in terrazza."
        assert after.finder is before.finder, "nobody waits for the new index"
        there.wait()
        renewed = there.known(conn)
    assert renewed.stamp == after.stamp and renewed.finder is not before.finder
    assert before.topics["orto"].answer["it"] == "Puoi coltivare pomodori.", "a turn keeps what it began with"


def test_without_any_topic_every_question_is_deferred(database: Database) -> None:
    with database.read() as conn:
        known = Answers((), ()).known(conn)
    assert known.topics == {} and known.finder.ask("quanto dura il congedo?").ids == ()


# The queue and the ratings


def queue(database: Database, key: str, who: str, text: str, reason: str = "deferred", topic: str = "") -> None:
    with database.write() as conn:
        carry_out(conn, answers(), QueueQuestion(key, text, "it", reason, topic), who, NOW, ROME)  # type: ignore[arg-type]


def test_questions_that_ask_the_same_are_one_group_and_the_most_asked_comes_first(seeded: Database) -> None:
    queue(seeded, "q1", "giulia", "posso portare il gatto dal veterinario con un permesso?")
    queue(seeded, "q2", "karim", "si può usare il voucher per la lavanderia?")
    queue(seeded, "q3", "giulia", "posso pagare la lavanderia con il voucher")
    queue(seeded, "q4", "marta", "voucher in lavanderia si può?", "not_enough", "orto")
    queue(seeded, "q5", "marta", "il voucher vale per la lavanderia?")
    with seeded.read() as conn:
        laundry, vet = desk(conn, "elena", "").groups
    assert (laundry.count, laundry.id, laundry.topic) == (3, "q2", "orto") and vet.count == 1
    assert len(laundry.texts) == 3, "the same person's second question is kept once"


def test_digits_and_names_of_a_question_are_not_shown(seeded: Database) -> None:
    queue(seeded, "q1", "giulia", "mio figlio ha 12 anni: posso avere 3 giorni?")
    with seeded.read() as conn:
        (group,) = desk(conn, "elena", "").groups
    assert group.texts == ("mio figlio ha ## anni: posso avere # giorni?",)


def test_a_group_is_closed_once(seeded: Database) -> None:
    queue(seeded, "q1", "giulia", "posso portare il gatto?")
    queue(seeded, "q2", "karim", "posso portare il gatto in ditta?")
    with seeded.write() as conn:
        group = faq_asked.waiting(conn)[0].group_id
        assert {one.person_id for one in faq_asked.of_group(conn, group)} == {"giulia", "karim"}
        carry_out(conn, answers(), AnswerGroup(group), "elena", NOW, ROME)
        assert faq_asked.waiting(conn) == []
    with seeded.write() as conn, pytest.raises(Conflict):
        carry_out(conn, answers(), DismissGroup(group), "elena", NOW, ROME)


def test_old_questions_go_answered_ones_first(seeded: Database) -> None:
    queue(seeded, "q1", "giulia", "posso portare il gatto?")
    queue(seeded, "q2", "karim", "che cosa fa il comune per gli anziani?")
    with seeded.write() as conn:
        faq_asked.close(conn, "q1", faq_asked.ANSWERED, NOW)
        assert faq_asked.drop_old(conn, NOW + 89 * DAY) == 0
        assert faq_asked.drop_old(conn, NOW + 91 * DAY) == 1
        assert faq_asked.drop_old(conn, NOW + 366 * DAY) == 1


def test_ratings_are_counted_over_all_versions_and_name_nobody(seeded: Database) -> None:
    with seeded.write() as conn:
        for version, verdict in ((1, "served"), (1, "served"), (2, "served"), (2, "off_topic"), (2, "not_enough")):
            carry_out(conn, answers(), RateAnswer("orto", version, verdict), "giulia", NOW, ROME)  # type: ignore[arg-type]
        assert faq_asked.ratings(conn) == {"orto": (3, 1, 1)}
        assert "giulia" not in repr(conn.execute(faq_asked.RATINGS.select()).all())


# What expires


def test_the_list_comes_on_the_first_night_of_a_month_and_after_an_expiry_once(seeded: Database) -> None:
    change(seeded, 1, valid_until="2026-12-20")
    first = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)

    def due(at: datetime) -> list[datetime]:
        with seeded.write() as conn:
            review(conn, at, ROME)
            review(conn, at, ROME)
            found = timers.due(conn, at + 9 * DAY)
            for timer in found:
                assert (timer.person_id, timer.kind) == ("elena", TIMER)
                timers.take(conn, timer)
            return [timer.due_at.astimezone(ROME) for timer in found]

    assert due(first) == [datetime(2026, 11, 30, 8, 30, tzinfo=ROME)]
    assert due(first + DAY) == [datetime(2026, 12, 1, 8, 30, tzinfo=ROME)], "a new month"
    assert [due(first + n * DAY) for n in range(2, 21)] == [[]] * 19
    assert due(first + 21 * DAY) == [datetime(2026, 12, 21, 8, 30, tzinfo=ROME)], "it expired yesterday"
    assert due(first + 22 * DAY) == []


def test_where_nothing_expires_nobody_is_disturbed(seeded: Database) -> None:
    change(seeded, 1, valid_until="2028-12-20")
    with seeded.write() as conn:
        assert review(conn, NOW, ROME) == 0
        assert timers.due(conn, NOW + 30 * DAY) == []


# Files and sheets


def test_a_markdown_import_changes_what_differs_and_nothing_else(seeded: Database, tmp_path: Path) -> None:
    source = folder(tmp_path / "in", "Puoi coltivare zucchine.", "orto", "serra")
    with seeded.write() as conn:
        brought = bring(conn, source, NOW, TODAY)
        assert (brought.begun, brought.changed, brought.same) == (("serra",), ("orto",), ())
        again = bring(conn, source, NOW, TODAY)
        assert (again.begun, again.changed, set(again.same)) == ((), (), {"orto", "serra"})
        assert faq_topics.history(conn, "orto")[0].why == "imported"
        assert bring(conn, source / "orto.md", NOW, TODAY).same == ("orto",)


def test_a_sheet_comes_back_the_same_and_its_changes_are_taken(seeded: Database, tmp_path: Path) -> None:
    with seeded.read() as conn:
        data = write_sheet(faq_topics.topics(conn))
    file = tmp_path / "faq.xlsx"
    file.write_bytes(data)
    with seeded.write() as conn:
        assert bring(conn, file, NOW, TODAY).same == ("orto",)
    rows = read_sheet(data)
    assert rows["orto"]["answer"]["it"] == "Puoi coltivare pomodori." and rows["orto"]["valid_until"] == "2026-12-31"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "answer_it", "phrasings"])
    sheet.append(["orto", "Niente pomodori.", "posso coltivare pomodori in ufficio?\nlattuga in ufficio"])
    sheet.append(["serra", "Una serra.", ""])
    book.save(file)
    with pytest.raises(ContentError, match="a title and an answer"), seeded.write() as conn:
        bring(conn, file, NOW, TODAY)
    sheet.delete_rows(3)
    book.save(file)
    with seeded.write() as conn:
        assert bring(conn, file, NOW, TODAY).changed == ("orto",)
    data_now = now_is(seeded).data
    assert data_now["answer"]["it"] == "Niente pomodori."
    assert data_now["phrasings"] == {
        "ada": ["posso coltivare pomodori in ufficio?"], "foglio": ["lattuga in ufficio"],
    }


def test_a_cell_that_looks_like_a_formula_stays_a_text(seeded: Database) -> None:
    change(seeded, 1, answer={"it": "=1+1"})
    with seeded.read() as conn:
        assert read_sheet(write_sheet(faq_topics.topics(conn)))["orto"]["answer"]["it"] == "=1+1"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["titolo"], ["x"]], "must name the columns"),
        ([["id", "body"], ["a", "x"], ["a", "y"]], "an id of its own"),
        ([["id", "valid_until"], ["a", "domani"]], "a day as 2027-12-31"),
        ([["id", "answer_it", "answer_en"], ["a", "", "only English"]], "the Italian answer is missing"),
    ],
)
def test_a_faulty_sheet_is_told_by_its_row(rows: list[list[str]], words: str, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(ContentError, match=words):
        read_sheet((tmp_path / "x.xlsx").read_bytes())


def test_what_is_no_workbook_or_no_topic_is_refused(seeded: Database, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="not an XLSX"):
        read_sheet(b"PK\x03\x04 rubbish")
    with pytest.raises(ContentError, match="larger than 2 MB"):
        read_sheet(b"x" * (2 * 1024 * 1024 + 1))
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    with seeded.write() as conn:
        with pytest.raises(ContentError, match="an import is"):
            bring(conn, tmp_path / "a.txt", NOW, TODAY)
        with pytest.raises(ContentError, match="no topic"):
            bring(conn, tmp_path / "empty", NOW, TODAY)


def test_every_topic_of_content_is_the_same_after_a_round_through_markdown() -> None:
    for topic in read_library(content_folder() / "faq").topics:
        data = faq_seed.data_of(topic)
        assert faq_seed.data_of(read_topic(to_markdown(data), topic.id)) == data


def test_a_month_of_the_notes_is_its_first_day_and_a_mistyped_one_is_none() -> None:
    def known(said: str) -> date | None:
        return topic_from({"law_as_of": said}, "orto", 1, True).law_as_of

    assert (known("2026-01"), known("2026-01-26")) == (date(2026, 1, 1), date(2026, 1, 26))
    assert known("gennaio") is None and known("2026-13") is None and known("") is None
