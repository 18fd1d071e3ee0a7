"""wis newsletter: an issue from a file to its schedule, steered and withdrawn; every refusal in words."""

from typing import get_args

import pytest
from sqlalchemy import insert, update

from bot.commands.common import now
from bot.commands.newsletter_issue import DOING
from conversations.news.life import Move
from conversations.news.views import Issue
from storage import demo, people
from storage.content import content_folder
from storage.news import views
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from tests.bot.commands.command_line import Told, Wis
from tests.storage.news_readers import reader
from tests.storage.news_word import word_file

SOFIA, ELENA, MARTA = (("--by", f"{name} (demo)") for name in ("Sofia", "Avv. Elena", "Marta"))
FILE = """---
number: 2027-02
title:
  it: Febbraio
  en: February
---

## Una norma

Una frase.

### English: A law

A sentence.

- source: Legge 1 (esempio)
- normative: yes
- as of: 2026-01-01
- expires: 2099-12-31
- common: yes
"""


@pytest.fixture
def office(wis: Wis) -> Wis:
    """The demonstration, and a file with one item."""
    assert wis("demo", "reset", "--yes").code == 0
    (wis.folder / "issue.md").write_text(FILE, "utf-8")
    return wis


def news(wis: Wis, *arguments: str) -> Told:
    return wis("newsletter", *arguments)


def news_live(wis: Wis, *arguments: str) -> Told:
    """The same where Telegram is set up."""
    keys = (wis.folder / "data" / "demo.key").read_text().strip()
    return wis("newsletter", *arguments, TELEGRAM_BOT_TOKEN="123456:" + "A" * 35, WIS_SECRET_KEYS=keys)


def done(wis: Wis, *arguments: str) -> str:
    told = news(wis, *arguments)
    assert told.code == 0, told.err
    return told.out


def refused(wis: Wis, *arguments: str) -> str:
    told = news(wis, *arguments)
    assert told.code == 1
    return told.err


def stored(wis: Wis, number: str = "2027-02") -> Issue:
    database = wis.database()
    with database.read() as conn:
        found = next(one for one in views.issues(conn) if one.number == number)
    database.close()
    return found


def approved(wis: Wis) -> None:
    done(wis, "import", "issue.md", *SOFIA)
    done(wis, "hand", "2027-02", *SOFIA)
    done(wis, "sign", "2027-02", *ELENA, "--yes")
    done(wis, "approve", "2027-02", *MARTA, "--yes")


def under_way(wis: Wis, state: str, **outcomes: str) -> None:
    """The issue is in this state, and these people have these outcomes."""
    database, key = wis.database(), stored(wis).id
    with database.write() as conn:
        conn.execute(update(ISSUES).where(ISSUES.c.id == key).values(state=state, started_at=now()))
        for who, outcome in outcomes.items():
            people.add_guest(conn, who, "it", now())
            row = {"person_id": who, "channel": "telegram", "language": "it", "outcome": outcome, "due_at": now()}
            conn.execute(insert(RECIPIENTS).values(issue_id=key, **row))
    database.close()


def test_an_issue_goes_from_a_file_to_its_schedule(office: Wis) -> None:
    assert "nothing stops them" in done(office, "check", "issue.md")
    assert "draft with 1 items, 1 of this file" in done(office, "import", "issue.md", *SOFIA)
    assert "2027-02\tdraft\tmonthly\t1\t\tFebbraio\n" in done(office, "list")
    assert "waits for the welfare manager" in done(office, "hand", "2027-02", *SOFIA)
    assert "has not signed it" in refused(office, "approve", "2027-02", *MARTA, "--yes")
    signed = done(office, "sign", "2027-02", *ELENA, "--yes")
    assert "Una norma" in signed and "Legge 1 (esempio); as of 2026-01-01, until 2099-12-31" in signed
    assert "Nothing waits" in done(office, "sign", "2027-02", *ELENA, "--yes")
    assert "is approved" in done(office, "approve", "2027-02", *MARTA, "--yes")
    told = news(office, "schedule", "2027-02", *MARTA, "--at", "2098-02-13  08:30", "--yes")
    assert "Tuesday to Thursday" not in told.out, "it is a Thursday"
    assert "goes out on Thursday 2098-02-13 08:30" in told.out
    assert "Outside these hours" in told.err
    assert stored(office).state == "scheduled"
    shown = done(office, "show", "2027-02")
    assert "goes out: 2098-02-13 08:30" in shown and "1\t\tall\tsigned\t2099-12-31\tUna norma" in shown
    assert "is a draft again" in done(office, "redraft", "2027-02", *ELENA, "--yes")
    assert stored(office).scheduled_at is None


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2027-03-28 02:30", "does not exist"),
        ("2020-01-01 12:30", "is over"),
        ("domani", '--at "2026-12-08 12:30"'),
        ("2100-01-07 12:30", "before the sending"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_in_words(office: Wis, at: str, told: str) -> None:
    approved(office)
    assert told in refused(office, "schedule", "2027-02", *MARTA, "--at", at, "--yes")
    assert stored(office).state == "approved"


def test_the_hour_that_comes_twice_is_the_first_one(office: Wis) -> None:
    approved(office)
    told = news(office, "schedule", "2027-02", *MARTA, "--at", "2027-10-31 02:30", "--yes")
    assert "00:30 UTC" in told.err and told.code == 0
    at = stored(office).scheduled_at
    assert at is not None and at.isoformat() == "2027-10-31T00:30:00+00:00"


def test_the_next_slot_of_the_standing_rule(office: Wis) -> None:
    approved(office)
    none = office("newsletter", "schedule", "2027-02", *MARTA, "--next", "--yes", NEWSLETTER_RULE="off")
    assert none.code == 1 and "set NEWSLETTER_RULE" in none.err
    told = office("newsletter", "schedule", "2027-02", *MARTA, "--next", "--yes", NEWSLETTER_RULE="2 tue 12:30")
    assert told.code == 0 and "Tuesday" in told.out and "12:30" in told.out
    assert stored(office).standing
    assert "either --at or --next" in refused(office, "schedule", "2027-02", *MARTA)


def test_a_file_with_faults_is_told_line_by_line_and_not_brought_in(office: Wis) -> None:
    (office.folder / "bad.md").write_text(FILE + "- colore: blu\n\n<b>x</b>\n\n## Altra\n", "utf-8")
    told = news(office, "check", "bad.md")
    assert told.code == 1
    assert "line 21: I do not know this field: colore: blu" in told.err
    assert "line 23: Take out the HTML: <b>" in told.err
    assert "line 25: This item has no sentence: Altra" in told.err
    assert "mend the file first" in refused(office, "import", "bad.md", *SOFIA)
    (office.folder / "empty.md").write_text("Ciao.\n", "utf-8")
    assert "The file has no items" in refused(office, "check", "empty.md")
    assert "2027-02" not in done(office, "list")


def test_a_word_file_adds_to_an_open_issue_and_a_known_title_replaces(office: Wis) -> None:
    done(office, "import", "issue.md", *SOFIA)
    data = word_file(("T", "Una norma"), ("", "Altra frase."), ("T", "Due"), ("", "Frase."), styles=("T=heading 2",))
    (office.folder / "more.docx").write_bytes(data)
    assert "no front matter" in refused(office, "import", "more.docx", *SOFIA)
    assert "draft with 2 items, 2 of this file" in done(office, "import", "more.docx", *SOFIA, "--to", "2027-02")
    assert [one.sentence["it"] for one in stored(office).items] == ["Altra frase.", "Frase."]
    (office.folder / "bad.docx").write_bytes(
        word_file(("", "Prima."), ("T", "A"), ("", "B."), styles=("T=heading 2",))
    )
    assert "paragraph 1: This text comes before the first item: Prima." in news(office, "check", "bad.docx").err


def test_a_number_that_is_taken_is_not_begun_twice(office: Wis) -> None:
    done(office, "import", "issue.md", *SOFIA)
    assert "--to 2027-02" in refused(office, "import", "issue.md", *SOFIA)
    done(office, "cancel", "2027-02", *MARTA, "--yes")
    assert "The issue 2027-02-2 is a draft" in done(office, "import", "issue.md", *SOFIA)


def test_an_issue_is_exported_and_comes_back_the_same(office: Wis) -> None:
    done(office, "import", "issue.md", *SOFIA)
    assert done(office, "export", "2027-02").startswith("---\nnumber: 2027-02\n")
    done(office, "export", "2027-02", "--to", "out.md")
    assert "Nothing was done" in refused(office, "export", "2027-02", "--to", "out.md")
    before = stored(office)
    done(office, "import", "out.md", *SOFIA, "--to", "2027-02")
    assert stored(office) == before
    demo = done(office, "export", "2026-11")
    assert demo.count("\n## ") == (content_folder() / "newsletter" / "2026-11.md").read_text("utf-8").count("\n## ")


def test_a_preview_shows_each_channel_and_language_with_its_length(office: Wis) -> None:
    done(office, "import", "issue.md", *SOFIA)
    told = done(office, "preview", "2027-02")
    assert [line.split(" ─")[0] for line in told.splitlines() if "─" in line] == [
        f"{shape}, {language}" for shape in ("telegram", "whatsapp", "opener") for language in ("it", "en")
    ]
    english = done(office, "preview", "2027-02", "--channel", "whatsapp", "--language", "en")
    assert "*February*" in english and "A sentence." in english and "Una frase." not in english
    assert "characters, 1 message(s)" in english
    assert "--channel is one of" in refused(office, "preview", "2027-02", "--channel", "fax")
    assert "--language is one of" in refused(office, "preview", "2027-02", "--language", "de")


def test_a_sending_is_paused_resumed_slowed_and_stopped(office: Wis) -> None:
    approved(office)
    under_way(office, "sending", anna="sent", bea="todo", cleo="failed")
    assert "telegram: failed 1, sent 1, todo 1" in done(office, "show", "2027-02")
    done(office, "pause", "2027-02", *MARTA)
    assert "at most 2.5 letters" in done(office, "rate", "2027-02", "2.5", *MARTA)
    assert "as fast as the channels allow" in done(office, "rate", "2027-02", "0", *MARTA)
    done(office, "resume", "2027-02", *MARTA)
    assert "is sending" in refused(office, "schedule", "2027-02", *MARTA, "--at", "2098-02-13 12:30")
    done(office, "cancel", "2027-02", *MARTA, "--yes")
    assert "cancelled 1, failed 1, sent 1" in done(office, "show", "2027-02")
    told = news(office, "withdraw", "2027-02", *MARTA, "--yes")
    assert told.code == 0 and "send an erratum" in told.err
    assert stored(office).state == "withdrawn"


def test_a_sent_issue_goes_on_only_for_those_who_failed_or_are_in_doubt(office: Wis) -> None:
    approved(office)
    under_way(office, "sent", anna="read", bea="failed")
    assert "say --failed or --doubtful" in refused(office, "resume", "2027-02", *MARTA)
    done(office, "resume", "2027-02", *MARTA, "--failed")
    assert "todo 1, delivered 1" in done(office, "show", "2027-02")


def test_a_plan_tells_people_time_and_cost_on_the_channels_that_are_served(office: Wis) -> None:
    told = done(office, "plan", "2026-11", "--at", "2027-01-12 12:30")
    [line] = [line for line in told.splitlines() if line.startswith("simulator\t")]
    joined = sum(one.joined for one in demo.CAST)
    assert line.split("\t") == ["simulator", str(joined), str(joined), "0", "1", "1", "0.00", "2027-01-12 12:30"]
    assert "Prices of simulator as of" in told and "costs nothing" in told
    database = office.database()
    with database.write() as conn:
        reader(conn, "anna", "telegram", language="en")
        reader(conn, "bea", "whatsapp")
        reader(conn, "no", "telegram", yes=False)
    database.close()
    live = news_live(office, "plan", "2026-11")
    assert [line.split("\t")[:3] for line in live.out.splitlines()[:1]] == [["telegram", "1", "1"]], live.err
    assert "simulator" not in live.out, "where a real channel is served the demonstration is not"
    assert "whatsapp" not in live.out.lower(), "a channel that is not served reaches nobody"


def test_a_report_tells_the_counts_and_gives_a_coordinator_its_files(office: Wis) -> None:
    approved(office)
    assert "it has not gone to anybody yet" in refused(office, "report", "2027-02")
    under_way(office, "sent", **{f"r{number}": "read" for number in range(5)}, anna="failed")
    assert done(office, "report", "2027-02") == "telegram\tfailed\t1\ntelegram\tread\t5\n"
    told = done(office, "report", "2027-02", *MARTA, "--folder", "out")
    assert "2027-02.png and 2027-02.csv are in out" in told
    assert (office.folder / "out" / "2027-02.png").read_bytes().startswith(b"\x89PNG")
    table = (office.folder / "out" / "2027-02.csv").read_text("utf-8-sig").splitlines()
    assert len(table) == 7 and not any("anna" in line for line in table)
    assert "who is coordinator" in refused(office, "report", "2027-02", *SOFIA, "--folder", "out")


def test_fewer_readers_than_five_are_told_as_delivered(office: Wis) -> None:
    approved(office)
    under_way(office, "sent", anna="read", bea="delivered")
    assert done(office, "report", "2027-02") == "telegram\tdelivered\t2\n"


def test_a_plan_for_nobody_says_so(office: Wis) -> None:
    told = news_live(office, "plan", "2026-11")
    assert told.code == 0
    assert "Nobody who can be reached" in told.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "1999-01"), "There is no issue 1999-01"),
        (
            ("hand", "2026-11", "--by", "Nobody"),
            "Who is 'Nobody'? --by wants the name or id of who is coordinator or editor",
        ),
        (("approve", "2026-11", *MARTA), "is draft: it cannot be approved now"),
        (("sign", "2026-11", *SOFIA), "who is welfare manager"),
        (("sign", "2026-11", "9", *ELENA), "There is no item 9: the issue has"),
        (("withdraw", "2026-11", *MARTA), "is draft: it cannot be withdrawn now"),
        (("cancel", "2026-11", *MARTA), "add --yes"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(office: Wis, arguments: tuple[str, ...], told: str) -> None:
    assert told in refused(office, *arguments)


@pytest.mark.parametrize("called", ["Sofia", "SOFIA", "sofia (demo)"])
def test_a_first_name_that_only_one_has_is_enough(office: Wis, called: str) -> None:
    assert "waits for the welfare manager" in done(office, "hand", "2026-11", "--by", called)
    assert "Who is 'Sof'" in refused(office, "redraft", "2026-11", "--by", "Sof")


def test_every_move_has_its_words() -> None:
    assert set(DOING) == set(get_args(Move))
