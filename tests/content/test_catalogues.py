"""Every sentence the program can say exists in every language, complete, short enough, and is really used."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from conversations.steps.handoff.draft import TAKEN
from storage.content import content_folder, read_catalog
from tests.conversations.player import ZONE

ROOT = Path(__file__).parents[2]
PACKAGES = ("conversations", "scheduler", "bot")
FOLDER = content_folder() / "locale"
LANGUAGES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
STEMS = sorted(path.stem for path in (FOLDER / "it").glob("*.po"))
SENTENCES = {code: book.sentences for code, book in read_catalog(FOLDER, "it", ZONE).books.items()}
SUBJECTS = sorted({key.partition(".")[0] for key in SENTENCES["it"]})
KEY = re.compile(rf"(?:{'|'.join(SUBJECTS)})(?:\.[a-z0-9_]*[a-z0-9])+")
FILE_NAMES = re.compile(r".*\.(?:xlsx|po|md|toml|json)")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
CALLS = {"p": 0, "say": 0, "Phrase": 0, "choice": 1}
"""The helpers that make a phrase, and which of their arguments is its key."""
ROW, BUTTON = 24, 20
SENTENCE_WORDS = 20


@cache
def modules() -> list[tuple[Path, tuple[ast.AST, ...]]]:
    """Every file of the program with its nodes."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    wanted = ast.Constant | ast.JoinedStr | ast.Call
    trees = ((path, ast.walk(ast.parse(path.read_text("utf-8")))) for path in paths)
    return [(path, tuple(node for node in nodes if isinstance(node, wanted))) for path, nodes in trees]


def constants() -> Iterator[tuple[Path, str]]:
    for path, nodes in modules():
        for node in nodes:
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            if KEY.fullmatch(node.value) and not FILE_NAMES.fullmatch(node.value):
                yield path, node.value


def calls() -> Iterator[tuple[str, str, str, set[str] | None]]:
    """Where (file:line), helper, key, and the names of the parameters (None where they are not written out)."""
    for path, nodes in modules():
        for node in nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
                continue
            place = CALLS[node.func.id]
            if len(node.args) <= place:
                continue
            key = node.args[place]
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and KEY.fullmatch(key.value):
                names = [keyword.arg for keyword in node.keywords]
                written_out = node.func.id != "Phrase" and None not in names
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield where, node.func.id, key.value, {n for n in names if n} if written_out else None


def put_together() -> dict[str, str]:
    """The beginnings of keys that the code completes at run time, and where."""
    found: dict[str, str] = {}
    for path, nodes in modules():
        for node in nodes:
            begins = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
            if isinstance(begins, ast.Constant) and re.fullmatch(
                rf"(?:{'|'.join(SUBJECTS)})\.[\w.]*", str(begins.value)
            ):
                found[str(begins.value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def said(key: str, language: str) -> set[str]:
    return {name for form in SENTENCES[language][key] for name in PLACEHOLDER.findall(form)}


def test_the_same_files_and_keys_in_every_language() -> None:
    assert len(LANGUAGES) >= 2
    for language in LANGUAGES:
        assert sorted(path.stem for path in (FOLDER / language).glob("*.po")) == STEMS
        assert sorted(SENTENCES[language]) == sorted(SENTENCES["it"])


def test_every_subject_has_one_file() -> None:
    for language in LANGUAGES:
        homes: dict[str, set[str]] = {}
        for stem in STEMS:
            with (FOLDER / language / f"{stem}.po").open("rb") as file:
                keys = [
                    entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in read_po(file) if entry.id
                ]
            for key in keys:
                homes.setdefault(str(key).partition(".")[0], set()).add(stem)
        assert {subject: stems for subject, stems in homes.items() if len(stems) > 1} == {}


def test_every_key_in_the_code_has_a_sentence() -> None:
    missing = {f"{path.relative_to(ROOT)}: {key}" for path, key in constants() if key not in SENTENCES["it"]}
    assert not missing


def test_no_sentence_is_without_use() -> None:
    used, begun = {key for _, key in constants()}, tuple(put_together())
    assert sorted(key for key in set(SENTENCES["it"]) - used if not key.startswith(begun)) == []


def test_keys_put_together_at_run_time_lead_somewhere() -> None:
    begun = put_together()
    assert {
        begin: where for begin, where in begun.items() if not any(k.startswith(begin) for k in SENTENCES["it"])
    } == {}
    assert {f"handoff.with_{kind}" for kind in TAKEN} <= set(SENTENCES["it"])


def test_placeholders_are_the_same_in_every_language_and_form() -> None:
    for key, forms in SENTENCES["it"].items():
        for language in LANGUAGES:
            for form in SENTENCES[language][key]:
                names = set(PLACEHOLDER.findall(form))
                # "One question" needs no number, but no form may have a placeholder of its own.
                more = {"count"} if len(forms) > 1 else set()
                assert names | more == set(PLACEHOLDER.findall(forms[-1])) | more, f"{language}: {key}"
                assert form.count("{") == form.count("}") == len(PLACEHOLDER.findall(form)), f"{language}: {key}"


def test_the_code_fills_every_placeholder_and_no_other() -> None:
    wrong = [
        f"{where}: {key} has {sorted(said(key, 'it'))}, the code gives {sorted(given)}"
        for where, _, key, given in calls()
        if given is not None and key in SENTENCES["it"] and given | {"count"} != said(key, "it") | {"count"}
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_a_list_row_and_ways_a_button(language: str) -> None:
    labels = {key for _, helper, key, _ in calls() if helper == "choice"}
    assert labels
    long = {key: form for key in labels for form in SENTENCES[language][key] if "{" not in form and len(form) > ROW}
    ways = {key: forms for key, forms in SENTENCES[language].items() if key.startswith("way.")}
    long |= {key: form for key, forms in ways.items() for form in forms if len(form) > BUTTON}
    assert long == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_complete_and_those_of_the_language(language: str) -> None:
    forms = len(Locale.parse(language).plural_form.tags) + 1
    for stem in STEMS:
        with (FOLDER / language / f"{stem}.po").open("rb") as file:
            catalog = read_po(file)
        assert catalog.num_plurals == 2, stem
        assert forms >= 2
        for entry in catalog:
            if isinstance(entry.id, tuple):
                assert isinstance(entry.string, tuple | list)
                assert len(entry.string) == catalog.num_plurals and all(entry.string), entry.id
                assert entry.id[0] == entry.id[1], "the plural of a symbolic key is the key itself"


def sentences(text: str) -> list[str]:
    """A line ends a sentence, and so does a mark before a space."""
    return [part for line in text.split("\n") for part in re.split(r"(?<=[.!?:;])\s", line)]


def plain(text: str) -> list[str]:
    """What makes this Italian hard or wrong on a small phone."""
    faults = [part for part in sentences(text) if len(re.findall(r"[\w’']+", part)) > SENTENCE_WORDS]
    # An accent typed as an apostrophe; "po'", "di'" and "mo'" are words.
    faults += re.findall(r"\b\w*[aeiou]'(?!\w)", re.sub(r"(?i)\b(?:po|di|mo)'", "", text))
    faults += re.findall(r"\b(?:perche|poiche|cosi|puo|gia|piu|citta)\b|\bE'|\bpò\b|\bperchè\b|\bné'\b", text)
    faults += re.findall(r"(?i)\b(?:suddett\w+|predett\w+|ai sensi|previa|qualora|pertanto|altresì|ovvero)\b", text)
    return faults


def test_italian_sentences_are_short_and_their_accents_right() -> None:
    faults = {key: found for key, forms in SENTENCES["it"].items() for form in forms if (found := plain(form))}
    assert faults == {}


def test_the_check_of_the_language_finds_what_it_looks_for() -> None:
    assert plain("Perche' no?") and plain("E' vero") and plain("parola " * 21) and plain("Pertanto no.")
    assert plain("Un po' di tempo. Di' la tua! È così, perché sì.") == []
