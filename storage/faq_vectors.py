"""Vectors of texts kept in a file by model, revision and text, so that nothing is encoded twice."""

import hashlib
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

Encode = Callable[[Sequence[str]], list[list[float]]]


class Vectors:
    """The kept vectors of one model at one revision. Texts are kept as digests only."""

    def __init__(self, file: Path, model: str, revision: str) -> None:
        self._file = file
        self._of = f"{model}\n{revision}\n"

    def of(self, texts: Sequence[str], encode: Encode) -> list[list[float]]:
        """The vectors in the order of the texts; `encode` is called once, for those that are not kept yet."""
        keys = [hashlib.sha256((self._of + text).encode("utf-8", "replace")).digest() for text in texts]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file)) as held, held:
            held.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
            kept = {key: vector for key in set(keys) if (vector := _read(held, key)) is not None}
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
            if missing:
                fresh = encode(list(missing.values()))
                for key, vector in zip(missing, fresh, strict=True):
                    kept[key] = vector
                    held.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (key, array("f", vector).tobytes()))
        return [kept[key] for key in keys]


def _read(held: sqlite3.Connection, key: bytes) -> list[float] | None:
    row = held.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    found = array("f")
    found.frombytes(row[0])
    return found.tolist()
