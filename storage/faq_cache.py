"""The index of the answers, with what it counted kept in a file, so that a start does not count it again."""

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

import conversations.faq
from conversations.faq.concepts import Group
from conversations.faq.entries import Entry
from conversations.faq.index import Index, Scorer, build
from conversations.faq.packed import BadPack, packed, unpacked
from conversations.faq.weights import FITTED, Weights

KEPT: Final = "faq-index-*.bin"
_FEWEST: Final = 200
"""Phrasings below which counting is faster than reading a file."""
_PATIENCE: Final = 60.0
"""Seconds the other process may take; it needs one or two."""


def ready(
    folder: Path | None,
    entries: Iterable[Entry],
    groups: Iterable[Group],
    elsewhere: Iterable[str] = (),
    weights: Weights = FITTED,
    scorer: Scorer | None = None,
    apart: bool = False,
) -> Index:
    """The index of these topics, as `build` makes it. With a folder what was counted is read from a file there, or
    kept for the next time in the place of older ones; a file that cannot be read or written changes nothing.

    `apart` counts in a process of its own where there is no file yet: this one goes on answering meanwhile, and does
    not stay 40 MB larger for what it needed once.
    """
    entries, groups, elsewhere = tuple(entries), tuple(groups), tuple(elsewhere)
    if folder is None or sum(len(entry.phrasings) for entry in entries) < _FEWEST:
        return build(entries, groups, elsewhere, weights, scorer)
    file = folder / KEPT.replace("*", _digest(entries, groups, elsewhere, weights))
    if apart and not file.exists():
        _count_apart(file, pickle.dumps((entries, groups, elsewhere, weights)))
    with suppress(OSError, BadPack):
        return build(entries, groups, elsewhere, weights, scorer, unpacked(file.read_bytes()))
    index = build(entries, groups, elsewhere, weights, scorer)
    with suppress(OSError):
        _keep(file, packed(index.counted))
    return index


def _count_apart(file: Path, told: bytes) -> None:
    """Another process has counted, or could not. It reads what it is told to the end, so it outlives nobody for long,
    even where this one is killed."""
    with suppress(OSError, subprocess.SubprocessError):
        command = [sys.executable, "-m", "storage.faq_cache", str(file)]
        subprocess.run(command, input=told, stderr=subprocess.DEVNULL, timeout=_PATIENCE, check=True)


def _count(file: Path, told: bytes) -> None:
    """In the other process: the file is there."""
    _keep(file, packed(build(*pickle.loads(told)).counted))


def _keep(file: Path, data: bytes) -> None:
    """The whole file or none of it is there, and no older one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    for other in file.parent.glob(KEPT):
        if other != file:
            other.unlink(missing_ok=True)


def _digest(entries: Sequence[Entry], groups: Sequence[Group], elsewhere: Sequence[str], weights: Weights) -> str:
    """Of everything that what is counted depends on: the texts, the concepts, and the program that reads them."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in entries:
        texts = (entry.id, *entry.titles.values(), "", *entry.phrasings, "", *entry.facts)
        digest.update("\0".join(texts).encode("utf-8", "replace") + b"\1")
    digest.update(
        repr((groups, elsewhere, weights.title, weights.fact, version("PyStemmer"))).encode("utf-8", "replace")
    )
    for source in sorted(Path(conversations.faq.__path__[0]).glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    # what it is told comes from the process that started it, and from nobody else
    _count(Path(sys.argv[1]), sys.stdin.buffer.read())
