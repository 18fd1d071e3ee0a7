"""What was counted is kept in a file: the next index is the same, and a file that is not right changes nothing."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from conversations.faq.entries import Entry
from conversations.faq.index import Index, build
from conversations.faq.packed import BadPack, packed, unpacked
from storage.content import content_folder
from storage.faq_cache import KEPT, ready
from storage.faq_files import Library, read_library

QUESTIONS = (
    "quanto dura la maternità",
    "mio marito mi picchia",
    "fcaoltativa",
    "che tempo fa",
    "my husband is sick",
    "",
)


@cache
def library() -> Library:
    return read_library(content_folder() / "faq")


@cache
def plain() -> Index:
    return build(library().entries, library().groups, library().elsewhere)


def kept(folder: Path, entries: tuple[Entry, ...] | None = None) -> Index:
    return ready(folder, entries or library().entries, library().groups, library().elsewhere)


def same(one: Index, other: Index) -> bool:
    return all(one.ask(question) == other.ask(question) for question in QUESTIONS)


def test_an_index_from_the_file_answers_as_the_one_that_was_counted(tmp_path: Path) -> None:
    assert same(kept(tmp_path), plain())
    assert len(list(tmp_path.iterdir())) == 1
    again = kept(tmp_path)
    assert same(again, plain())
    assert again.explain("quanto dura la maternità", "congedo-maternita") == plain().explain(
        "quanto dura la maternità", "congedo-maternita"
    )


def test_other_texts_are_counted_anew_and_take_the_place_of_the_older_file(tmp_path: Path) -> None:
    kept(tmp_path)
    (before,) = tmp_path.glob(KEPT)
    first, *others = library().entries
    changed = (replace(first, phrasings=(*first.phrasings, "una domanda sul furetto zoppo")), *others)
    assert kept(tmp_path, changed).ask("furetto zoppo").ids[0] == first.id
    (after,) = tmp_path.glob(KEPT)
    assert before != after


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "foreign"])
def test_a_broken_file_is_counted_again(tmp_path: Path, harm: str) -> None:
    kept(tmp_path)
    (file,) = tmp_path.glob(KEPT)
    good = file.read_bytes()
    middle = len(good) // 2
    bad = {
        "empty": b"",
        "cut": good[:middle],
        "flipped": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "foreign": b"cos\nsystem\n(S'true'\ntR.",
    }[harm]
    with pytest.raises(BadPack):
        unpacked(bad)
    file.write_bytes(bad)
    assert same(kept(tmp_path), plain())
    assert file.read_bytes() == good


def test_what_is_packed_comes_back_whole() -> None:
    again = unpacked(packed(plain().counted))
    assert packed(again) == packed(plain().counted) and again.known == plain().counted.known


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert same(kept(tmp_path / "file"), plain())


def test_a_small_store_is_counted_every_time(tmp_path: Path) -> None:
    ready(tmp_path, library().entries[:2], library().groups)
    assert list(tmp_path.iterdir()) == []


def test_another_process_counts_for_one_that_goes_on(tmp_path: Path) -> None:
    index = ready(tmp_path, library().entries, library().groups, library().elsewhere, apart=True)
    assert same(index, plain())
    assert len(list(tmp_path.glob(KEPT))) == 1


def test_where_another_process_cannot_count_this_one_does(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = ready(tmp_path / "file" / "folder", library().entries, library().groups, library().elsewhere, apart=True)
    assert same(index, plain())
