"""The optional encoder: a tiny one made here, the real loading code, and what happens when something fails."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from conversations.faq.entries import Entry
from storage import faq_files, faq_seed
from storage.content import content_folder
from storage.db import Database
from storage.faq_library import Answers
from storage.faq_semantic import MODEL, SEMANTIC, Opinion, Second, SemanticUnavailable, download, load
from storage.faq_vectors import Vectors
from tests.storage.test_faq_rows import NOW, folder

ENTRIES = (
    Entry("gatto", {"it": "Il gatto"}, "x", phrasings=("il gatto dorme", "un micio")),
    Entry("cane", {"it": "Il cane"}, "x", phrasings=("il cane abbaia",)),
)


class Tiny:
    """Counts letters: texts with the same letters are alike."""

    name, revision, floor, ceiling = "tiny", "1", 0.0, 1.0

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        self.encoded += texts
        return [[float(text.count(letter)) for letter in "abcdefghilmnoprstuv"] for text in texts]


class Broken(Tiny):
    """Works for the phrasings, then no more."""

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        if len(texts) == 1:
            raise RuntimeError("out of memory")
        return super().encode(texts)


class Nonsense(Tiny):
    """Its vectors are not numbers."""

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float("nan")] for _ in texts]


def test_the_topic_with_the_nearest_phrasing_is_the_first(tmp_path: Path) -> None:
    found = Opinion(Tiny(), ENTRIES, tmp_path).rank("il cane abbaia")
    assert max(found, key=lambda id_: found[id_]) == "cane"
    assert set(found) == {"gatto", "cane"} and all(0.0 <= score <= 1.0 for score in found.values())


def test_nothing_is_encoded_twice(tmp_path: Path) -> None:
    first, again = Tiny(), Tiny()
    Opinion(first, ENTRIES, tmp_path)
    Opinion(again, ENTRIES, tmp_path)
    assert len(first.encoded) == 5 and again.encoded == []


def test_a_new_text_model_or_revision_is_encoded_anew(tmp_path: Path) -> None:
    file = tmp_path / "vectors.sqlite"
    tiny = Tiny()
    Vectors(file, "tiny", "1").of(["uno"], tiny.encode)
    Vectors(file, "tiny", "1").of(["uno", "due"], tiny.encode)
    Vectors(file, "tiny", "2").of(["uno"], tiny.encode)
    Vectors(file, "large", "1").of(["uno"], tiny.encode)
    assert tiny.encoded == ["uno", "due", "uno", "uno"]


def test_kept_vectors_are_the_ones_that_were_made_and_hold_no_text(tmp_path: Path) -> None:
    file = tmp_path / "vectors.sqlite"
    vectors = Vectors(file, "tiny", "1")
    made = vectors.of(["segreto", "altro"], Tiny().encode)
    assert vectors.of(["altro", "segreto"], Tiny().encode) == made[::-1]
    assert b"segreto" not in file.read_bytes()


@pytest.mark.parametrize("encoder", [Broken(), Nonsense()])
def test_after_a_failure_it_is_silent_and_says_why(encoder: Tiny, tmp_path: Path) -> None:
    opinion = Opinion(encoder, ENTRIES, tmp_path)
    assert opinion.rank("il gatto") == {}
    assert opinion.failure
    assert opinion.rank("il gatto") == {}


def test_it_has_thresholds_of_its_own() -> None:
    assert SEMANTIC.answer > type(SEMANTIC)().answer


def test_without_a_download_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SemanticUnavailable, match="wis faq download"):
        load(tmp_path)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastembed", None)
    (tmp_path / "model.json").write_text(json.dumps({"model": MODEL, "revision": "1"}))
    with pytest.raises(SemanticUnavailable, match=r"wis-bot\[semantic\]"):
        load(tmp_path)
    with pytest.raises(SemanticUnavailable, match=r"wis-bot\[semantic\]"):
        download(tmp_path / "new")


class Library(ModuleType):
    """Stands for fastembed: writes its file when it may download, and refuses when it may not and has none."""

    def __init__(self) -> None:
        super().__init__("fastembed")
        self.opened: list[tuple[str, bool]] = []
        self.weights = b"weights"
        self.TextEmbedding = self.open

    def open(self, model_name: str, cache_dir: str, local_files_only: bool) -> SimpleNamespace:
        self.opened.append((model_name, local_files_only))
        file = Path(cache_dir) / "snapshot" / "model.onnx"
        if not local_files_only:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.weights)
        if not file.exists():
            raise ValueError("no such file")
        tiny = Tiny()
        embed = lambda texts, batch_size: (SimpleNamespace(tolist=lambda v=v: v) for v in tiny.encode(texts))  # noqa: E731
        return SimpleNamespace(embed=embed)


@pytest.fixture
def fastembed(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setitem(sys.modules, "fastembed", library)
    return library


def test_only_the_download_reaches_out(fastembed: Library, tmp_path: Path) -> None:
    revision = download(tmp_path, MODEL)
    model = load(tmp_path)
    assert fastembed.opened == [(MODEL, False), (MODEL, True)]
    assert (model.name, model.revision) == (MODEL, revision)
    assert model.encode(["aa", "b"])[0][0] == 2.0


def test_other_weights_are_another_revision(fastembed: Library, tmp_path: Path) -> None:
    first = download(tmp_path / "a", MODEL)
    again = download(tmp_path / "b", MODEL)
    fastembed.weights = b"other weights"
    assert first == again != download(tmp_path / "c", MODEL)


def test_files_that_are_gone_are_told(fastembed: Library, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"model": MODEL, "revision": "1"}))
    with pytest.raises(SemanticUnavailable, match="no such file"):
        load(tmp_path)


def test_a_model_of_the_e5_family_is_told_that_a_text_is_a_query(fastembed: Library, tmp_path: Path) -> None:
    download(tmp_path, "intfloat/multilingual-e5-small")
    plain, marked = Tiny().encode(["gatto"])[0], load(tmp_path).encode(["gatto"])[0]
    assert marked == Tiny().encode(["query: gatto"])[0] != plain


# In the bot


def library(database: Database, tmp_path: Path, second: Second) -> Answers:
    with database.write() as conn:
        faq_seed.seed(conn, folder(tmp_path / "faq", "Sì.", "orto", "balcone"), NOW)
    return Answers(*faq_files.beside(content_folder() / "faq"), tmp_path / "keep", second)


def first(answers: Answers, database: Database, question: str) -> tuple[str, ...]:
    with database.read() as conn:
        return answers.known(conn).finder.ask(question).ids


class Gardener(Tiny):
    """Is sure that whoever says "xyzzy" means the first phrasing."""

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        self.encoded += texts
        return [[1.0, 0.0] if "pomodori" in text or text == "xyzzy" else [0.0, 1.0] for text in texts]


def test_the_bot_asks_the_encoder_where_the_setting_names_its_folder(database: Database, tmp_path: Path) -> None:
    encoder = Gardener()
    answers = library(database, tmp_path, Second(tmp_path / "model", lambda _: encoder))
    assert first(answers, database, "xyzzy")[0] in ("orto", "balcone") and "xyzzy" in encoder.encoded
    assert answers.failure == ""


def test_the_encoder_is_opened_once_and_a_changed_topic_is_encoded(database: Database, tmp_path: Path) -> None:
    opened: list[Path] = []
    encoder = Tiny()

    def opens(where: Path) -> Tiny:
        opened.append(where)
        return encoder

    answers = library(database, tmp_path, Second(tmp_path / "model", opens))
    first(answers, database, "posso coltivare pomodori?")
    with database.write() as conn:
        faq_seed.seed(conn, folder(tmp_path / "faq", "No.", "orto", "balcone", "cortile"), NOW)
    first(answers, database, "posso coltivare pomodori?")
    answers.wait()
    assert "cortile" in first(answers, database, "posso coltivare pomodori?")
    assert opened == [tmp_path / "model"]


@pytest.mark.parametrize("encoder", [Broken(), Nonsense()])
def test_an_encoder_that_fails_leaves_the_words(database: Database, tmp_path: Path, encoder: Tiny) -> None:
    plain = library(database, tmp_path, Second(tmp_path / "nothing"))
    broken = library(database, tmp_path, Second(tmp_path / "model", lambda _: encoder))
    question = "posso coltivare pomodori in ufficio?"
    assert first(broken, database, question) == first(plain, database, question)


def test_a_missing_model_is_told_and_the_words_remain(database: Database, tmp_path: Path) -> None:
    answers = library(database, tmp_path, Second(tmp_path / "nothing"))
    assert first(answers, database, "posso coltivare pomodori?")
    assert "wis faq download" in answers.failure
