"""The doctor looks at content/: sentences, consent texts, templates, the questionnaire's workbook."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.channels.whatsapp_templates import BadTemplates, read_templates
from bot.commands.findings import Finding, few, note, ok, wrong
from conversations.phrases import Catalog
from storage.content import Content, ContentError, read_content
from storage.news.prices import read_prices
from storage.workbooks import check_workbook

PLACE = re.compile(r"\{(\w+)")


def content(folder: Path, language: str, zone: ZoneInfo) -> Iterator[Finding]:
    """Everything in the folder can be used."""
    try:
        found = read_content(folder, language, zone)
    except (ContentError, OSError, UnicodeDecodeError) as error:
        yield wrong("content", str(error))
        languages: tuple[str, ...] = ()
    else:
        yield from _sentences(found.catalog)
        yield from _documents(found)
        languages = found.catalog.languages
    yield from _templates(folder / "templates.toml", languages)
    yield from _prices(folder)
    yield from _workbook(folder / "forms" / "needs.xlsx")


def _sentences(catalog: Catalog) -> Iterator[Finding]:
    own = catalog.books[catalog.default].sentences
    problems = []
    for language in catalog.languages:
        theirs = catalog.books[language].sentences
        if lacking := sorted(own.keys() - theirs.keys()):
            problems.append(f"{language} lacks {few(lacking)}")
        if unknown := sorted(theirs.keys() - own.keys()):
            problems.append(f"{catalog.default} lacks {few(unknown)}, which {language} has")
        both = sorted(own.keys() & theirs.keys())
        if uneven := [key for key in both if _places(own[key]) != _places(theirs[key])]:
            problems.append(f"{language} has other {{placeholders}} in {few(uneven)}")
    for problem in problems:
        yield wrong("sentences", f"content/locale: {problem}")
    if not problems:
        yield ok("sentences", f"{len(own)} in each of {', '.join(catalog.languages)}")


def _places(forms: tuple[str, ...]) -> set[str]:
    # a singular may say "one" and leave the count out
    return {name for form in forms for name in PLACE.findall(form)} - {"count"}


def _documents(found: Content) -> Iterator[Finding]:
    lacking = [
        f"{name}.{language}.md"
        for name, document in found.documents.items()
        for language in found.catalog.languages
        if not document.texts.get(language)
    ]
    if not found.documents:
        yield wrong("consent texts", "content/consent holds none: nobody can give a consent")
    elif lacking:
        yield wrong("consent texts", f"content/consent lacks {few(lacking)}")
    else:
        yield ok("consent texts", ", ".join(f"{name} {doc.version}" for name, doc in found.documents.items()))


def _templates(path: Path, languages: Sequence[str]) -> Iterator[Finding]:
    try:
        templates = read_templates(path.read_text("utf-8"))
    except (BadTemplates, OSError, UnicodeDecodeError) as error:
        for line in str(error).splitlines():
            yield wrong("templates", line)
        return
    lacking = [f"{t.name} ({code})" for t in templates for code in languages if code not in t.bodies]
    if lacking:
        yield wrong("templates", f"content/templates.toml lacks the text of {few(lacking)}")
    else:
        yield ok("templates", f"content/templates.toml: {few([template.name for template in templates])}")


def _prices(folder: Path) -> Iterator[Finding]:
    try:
        prices = read_prices(folder)
    except (ContentError, OSError, UnicodeDecodeError) as error:
        yield wrong("prices", str(error))
        return
    if prices:
        oldest = min(price.as_of for price in prices)
        yield ok("prices", f"of letters on {few([price.channel for price in prices])}; the oldest is of {oldest}")
    else:
        yield note("prices", "of letters are unknown: the plan of an issue cannot tell what it costs")


def _workbook(path: Path) -> Iterator[Finding]:
    try:
        report = check_workbook(path.read_bytes())
    except OSError as error:
        yield wrong("questionnaire", f"{path.name} cannot be read: {error.strerror}")
        return
    if report.problems:
        first, count = report.problems[0].told("en"), len(report.problems)
        yield wrong("questionnaire", f"{path.name}: {first} (`wis form check` tells all {count} problems)")
    elif report.warnings:
        yield note("questionnaire", f"{path.name}: {len(report.warnings)} warnings (`wis form check`)")
    else:
        yield ok("questionnaire", f"{path.name} version {report.version} is in order")
