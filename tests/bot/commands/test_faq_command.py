"""wis faq: asking, measuring and checking from the files alone."""

import json
import shutil
from pathlib import Path

from bot.commands import faq
from storage.faq_files import read_library
from tests.bot.commands.command_line import ROOT, Wis

FILES = ROOT / "content" / "faq"
HOSTILE = [
    "",
    "   ",
    "😀😀😀",
    "x" * 5_000,
    "'; DROP TABLE faq; --",
    "<script>alert(1)</script>",
    "\x00\x07",
    "мой вопрос",
]


def asked(wis: Wis, lines: str, *options: str) -> list[dict[str, object]]:
    with wis.start("faq", "ask", "--json", *options) as running:
        running.writes(lines)
        running.hangs_up()
        told = running.ends()
    assert (told.code, told.err) == (0, "")
    return [json.loads(line) for line in told.out.splitlines()]


def test_each_line_gets_one_object_in_order(wis: Wis) -> None:
    found = asked(wis, "quanto dura la maternità?\nbonus nido\n")
    assert [row["ids"][0] for row in found] == ["congedo-maternita", "bonus-nido"]  # type: ignore[index]
    for row in found:
        assert set(row) == {"outcome", "ids", "score"}
        assert row["outcome"] in ("answer", "choices", "defer")


def test_whatever_stands_on_a_line_gets_an_answer(wis: Wis) -> None:
    found = asked(wis, "\n".join(HOSTILE) + "\n")
    assert len(found) == len(HOSTILE)
    for row in found:
        ids = row["ids"]
        assert isinstance(ids, list) and len(ids) >= 5 and len(set(ids)) == len(ids)
        assert isinstance(row["score"], float) and 0.0 <= row["score"] <= 1.0
    assert found[0]["outcome"] == found[2]["outcome"] == "defer"


def test_an_answer_is_written_before_the_next_question_is_asked(wis: Wis) -> None:
    with wis.start("faq", "ask", "--json") as running:
        for question, id_ in (("bonus nido", "bonus-nido"), ("giorni di 104", "permessi-104")):
            running.writes(question + "\n")
            assert json.loads(running.says(f'["{id_}"'))["ids"][0] == id_
        running.hangs_up()
        assert running.ends().code == 0


def test_a_follow_up_is_taken_with_its_topic(wis: Wis) -> None:
    (alone,) = asked(wis, "e se sono gemelli?\n")
    (after,) = asked(wis, "e se sono gemelli?\n", "--context", "congedo-paternita")
    assert after["ids"][0] == "congedo-paternita"  # type: ignore[index]
    assert after != alone


def test_violence_reaches_1522(wis: Wis) -> None:
    (found,) = asked(wis, "mio marito mi picchia e ho paura\n")
    assert (found["outcome"], found["ids"][0]) == ("answer", "congedo-violenza")  # type: ignore[index]


def test_a_doubt_about_violence_is_told_beside_the_answer(wis: Wis) -> None:
    question = "sono incinta e a casa per le minacce del mio capo, quanto dura la maternità?\n"
    (found,) = asked(wis, question)
    assert (found["helpline"], "congedo-violenza" in found["ids"][:2]) == ("1522", True)  # type: ignore[index]
    with wis.start("faq", "ask") as running:
        running.writes(question)
        running.hangs_up()
        assert "1522 is named first" in running.ends().out


def test_what_was_counted_is_kept_in_the_data_folder(wis: Wis) -> None:
    first = asked(wis, "bonus nido\n")
    assert len(list((wis.folder / "data").glob("faq-index-*.bin"))) == 1
    assert asked(wis, "bonus nido\n") == first


def test_an_unknown_context_is_told(wis: Wis) -> None:
    told = wis("faq", "ask", "--context", "non-esiste")
    assert told.code == 1 and "non-esiste" in told.err


def test_a_person_reads_titles_and_reasons(wis: Wis) -> None:
    with wis.start("faq", "ask", "--explain") as running:
        running.writes("quanti giorni di 104 al mese\n")
        running.hangs_up()
        out = running.ends().out
    assert "permessi-104: " in out and "#legge-104" in out


def test_a_set_is_measured(wis: Wis) -> None:
    file = wis.folder / "set.tsv"
    file.write_text("bonus-nido\tbonus nido\nbonus-nido\tquanto dura la maternità\n", "utf-8")
    far = wis.folder / "far.tsv"
    far.write_text("che tempo fa domani\n", "utf-8")
    told = wis("faq", "eval", str(file), "--out-of-scope", str(far), "--misses")
    rows = dict(line.split("\t")[:2] for line in told.out.splitlines() if line.count("\t") == 1)
    assert told.code == 0
    assert (rows["questions"], rows["recall@1"]) == ("2", "0.500")
    assert rows["out of scope: answered"] == "0.000"
    assert {"recall@3", "answered right", "wrong", "helped", "p50 ms", "p99 ms", "out of scope: choices"} <= set(rows)
    assert "congedo-maternita\tquanto dura la maternità" in told.out


def test_an_unknown_topic_in_a_set_is_pointed_out(wis: Wis) -> None:
    file = wis.folder / "set.tsv"
    file.write_text("mai-sentito\tbonus nido\n", "utf-8")
    told = wis("faq", "eval", str(file))
    assert told.code == 0 and "mai-sentito" in told.err


def test_an_empty_set_is_told(wis: Wis) -> None:
    file = wis.folder / "set.tsv"
    file.write_text("\n", "utf-8")
    told = wis("faq", "eval", str(file))
    assert told.code == 1 and "no question" in told.err


def test_the_files_have_no_problem_on_the_day_they_were_written(wis: Wis) -> None:
    report = faq.check_library(read_library(FILES), faq.now().date().replace(2026, 11, 25))
    assert report.problems == ()
    assert report.topics - report.uncovered >= 75 and report.uncovered >= 25


def test_what_is_noted_of_many_topics_is_told_in_one_line(wis: Wis) -> None:
    told = wis("faq", "check", "--folder", str(FILES))
    assert "topics: nobody has checked the translation: en" in told.err
    assert len(told.err.splitlines()) < 40


def test_a_folder_with_topics_alone_is_checked_with_the_concepts_of_the_program(wis: Wis, tmp_path: Path) -> None:
    shutil.copy(FILES / "banca-ore.md", tmp_path)
    told = wis("faq", "check", "--folder", str(tmp_path))
    assert "concepts.tsv" not in told.all and "related names" in told.err


def test_a_problem_is_told_and_ends_with_1(wis: Wis, tmp_path: Path) -> None:
    folder = tmp_path / "faq"
    shutil.copytree(FILES, folder)
    file = folder / "bonus-nido.md"
    file.write_text(file.read_text("utf-8").replace("family: aiuti", "family: altro"), "utf-8")
    told = wis("faq", "check", "--folder", str(folder))
    assert told.code == 1
    assert "bonus-nido: family is one of" in told.err
    assert "Traceback" not in told.all


def test_without_its_model_the_second_opinion_is_left_out_and_said_so(wis: Wis) -> None:
    with wis.start("faq", "ask", "--json", "--semantic", "nowhere") as running:
        running.writes("bonus nido\n")
        running.hangs_up()
        told = running.ends()
    assert told.code == 0 and "wis faq download" in told.err
    assert json.loads(told.out)["ids"][0] == "bonus-nido"
