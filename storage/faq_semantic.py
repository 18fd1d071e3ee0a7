"""The optional extra: a multilingual sentence encoder as one more opinion on what a question means.

Off by default. `pip install wis-bot[semantic]`, then `wis faq download`, then `wis faq ask --semantic` or the
setting FAQ_SEMANTIC. Nothing is ever downloaded but by that command. Whatever fails, the ranking goes on without this
opinion.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from conversations.faq.entries import Entry
from conversations.faq.weights import FITTED, Weights
from storage.content import ContentError
from storage.faq_vectors import Vectors

MODEL: Final = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
"""About 220 MB, Apache-2.0, fifty languages."""

SEMANTIC: Final[Weights] = replace(FITTED, extra=3.0, answer=min(0.97, FITTED.answer + 0.04))
"""The weights and thresholds with a second opinion: it may move the order, and an answer asks for more sureness."""

_NOTE: Final = "model.json"
_VECTORS: Final = "vectors.sqlite"
_NEIGHBOURS: Final = 2
_BATCH: Final = 64
_WEIGHT_FILES: Final = ("*.onnx", "*.onnx_data", "*.safetensors")


class Encoder(Protocol):
    """Texts to vectors."""

    @property
    def name(self) -> str:
        """The model."""
        ...

    @property
    def revision(self) -> str:
        """Which version of it."""
        ...

    @property
    def floor(self) -> float:
        """The similarity of texts that have nothing in common."""
        ...

    @property
    def ceiling(self) -> float:
        """The similarity of texts that mean the same."""
        ...

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, all of the same length."""
        ...


class SemanticUnavailable(ContentError):
    """The encoder cannot be used here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class FastEmbed:
    """A model of the fastembed library, from files on this machine."""

    name: str
    revision: str
    model: Any
    floor: float = 0.35
    ceiling: float = 0.90

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text; a model of the e5 family is told that the text is a query."""
        mark = "query: " if "e5" in self.name else ""
        return [vector.tolist() for vector in self.model.embed([mark + text for text in texts], batch_size=_BATCH)]


def load(folder: Path) -> FastEmbed:
    """The model that `download` put into the folder; the network is not touched. Raises SemanticUnavailable."""
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
        name, revision = str(note["model"]), str(note["revision"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SemanticUnavailable(f"There is no model in {folder}: run `wis faq download` first.") from error
    return FastEmbed(name, revision, _open(name, folder, local=True))


def download(folder: Path, name: str = MODEL) -> str:
    """The model's files are in the folder, with a note of what they are; returns the revision (a digest of them).

    Raises SemanticUnavailable without the extra or without a network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = _open(name, folder, local=False)
    del model
    digest = hashlib.sha256()
    for file in sorted({found for pattern in _WEIGHT_FILES for found in folder.rglob(pattern)}):
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    revision = digest.hexdigest()[:16]
    (folder / _NOTE).write_text(json.dumps({"model": name, "revision": revision}) + "\n", "utf-8")
    return revision


def _open(name: str, folder: Path, local: bool) -> Any:
    try:
        from fastembed import TextEmbedding
    except ImportError as error:
        raise SemanticUnavailable("The extra is not installed: pip install 'wis-bot[semantic]'.") from error
    try:
        return TextEmbedding(model_name=name, cache_dir=str(folder), local_files_only=local)
    except Exception as error:
        # the library raises many kinds: no network, no such model, broken files
        raise SemanticUnavailable(f"The model {name} cannot be opened: {error}") from error


class Opinion:
    """`rank(text) -> {topic: score}` by the nearest phrasings. It never raises: after a failure it is silent."""

    def __init__(self, encoder: Encoder, entries: Iterable[Entry], folder: Path) -> None:
        """The phrasings and titles are encoded, or read from the folder where they were kept. Raises what fails."""
        self.failure = ""
        self._encoder = encoder
        rows = [(entry.id, text) for entry in entries for text in (*entry.titles.values(), *entry.phrasings)]
        vectors = Vectors(folder / _VECTORS, encoder.name, encoder.revision)
        found = vectors.of([text for _, text in rows], encoder.encode)
        self._owners = [id_ for id_, _ in rows]
        self._vectors = _matrix([_unit(vector) for vector in found])

    def rank(self, text: str) -> Mapping[str, float]:
        """From 0 (nothing in common) to 1 (the same) for each topic; empty after a failure."""
        if self.failure:
            return {}
        try:
            return self._rank(text)
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"
            return {}

    def _rank(self, text: str) -> dict[str, float]:
        asked = _unit(self._encoder.encode([text])[0])
        best: dict[str, list[float]] = {}
        for owner, likeness in zip(self._owners, _products(self._vectors, asked), strict=True):
            best.setdefault(owner, []).append(likeness)
        floor, ceiling = self._encoder.floor, self._encoder.ceiling
        found = {}
        for owner, likenesses in best.items():
            nearest = sorted(likenesses, reverse=True)[:_NEIGHBOURS]
            mean = sum(nearest) / len(nearest)
            if not math.isfinite(mean):
                raise ValueError("the encoder's vectors are not numbers")
            found[owner] = min(1.0, max(0.0, (mean - floor) / (ceiling - floor)))
        return found


class Second:
    """The second opinion of one process: its encoder is opened once, and opinions are made of the topics as they are.

    `failure` says why there is none, empty while there is; then questions are found by their words alone.
    """

    def __init__(self, folder: Path, open_: Callable[[Path], Encoder] = load) -> None:
        """The folder that `download` filled; nothing is opened yet."""
        self.failure = ""
        self._folder = folder
        self._open = open_
        self._encoder: Encoder | None = None

    def on(self, entries: Iterable[Entry]) -> Opinion | None:
        """An opinion on these topics; None after any failure."""
        try:
            if self._encoder is None:
                self._encoder = self._open(self._folder)
            opinion = Opinion(self._encoder, entries, self._folder)
        except Exception as error:
            # a broken file, a full disk, an encoder that fails: none of them may take the answers away
            self.failure = str(error) or type(error).__name__
            return None
        self.failure = ""
        return opinion


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else list(vector)


def _matrix(rows: list[list[float]]) -> Any:
    """As an array of numpy, which comes with the extra; as it is without."""
    try:
        import numpy
    except ImportError:
        return rows
    return numpy.asarray(rows, dtype="float32")


def _products(rows: Any, vector: Sequence[float]) -> list[float]:
    if isinstance(rows, list):
        return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in rows]
    found: list[float] = (rows @ vector).tolist()
    return found
