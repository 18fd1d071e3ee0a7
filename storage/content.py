"""The folder content/ read into immutable values, once at the start."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from conversations.facts import Document
from conversations.phrases import Book, Catalog, read_book


class ContentError(Exception):
    """A file of content/ cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the program says: its sentences and its documents, in every language."""

    catalog: Catalog
    documents: dict[str, Document]


def content_folder() -> Path:
    """The folder content/ of this program."""
    return Path(__file__).resolve().parent.parent / "content"


def read_content(folder: Path, default_language: str, zone: ZoneInfo) -> Content:
    """The catalogues and the documents of consent. Raises ContentError, which names the file."""
    return Content(read_catalog(folder / "locale", default_language, zone), read_documents(folder / "consent"))


def read_catalog(folder: Path, default: str, zone: ZoneInfo) -> Catalog:
    """Every language that has a folder of .po files. Raises ContentError."""
    books: dict[str, Book] = {}
    for path in sorted(p for p in folder.iterdir() if p.is_dir()):
        sources = {po.name: po.read_text("utf-8") for po in sorted(path.glob("*.po"))}
        try:
            books[path.name] = read_book(path.name, sources)
        except ValueError as error:
            raise ContentError(f"content/locale: {error}") from error
    if default not in books:
        raise ContentError(f"DEFAULT_LANGUAGE is {default}, but content/locale/{default} does not exist")
    return Catalog(books, default, zone)


def read_documents(folder: Path) -> dict[str, Document]:
    """The documents by name, from files NAME.LANGUAGE.md that begin with their version. Raises ContentError."""
    texts: dict[str, dict[str, str]] = {}
    versions: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")):
        name, language, _ = path.name.split(".", 2)
        head, mark, body = path.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        fields = dict(line.split(":", 1) for line in head.splitlines() if ":" in line)
        version = fields.get("version", "").strip()
        if not mark or not version:
            raise ContentError(f"content/consent/{path.name} must begin with its version between two lines of ---")
        if versions.setdefault(name, version) != version:
            raise ContentError(f"content/consent/{path.name} has another version than its translation")
        texts.setdefault(name, {})[language] = body.strip()
    return {name: Document(versions[name], texts[name]) for name in texts}
