"""`wis faq`: ask the answers about the rules from a terminal, measure them, check their files."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.commands.common import Wrong, complain, console, now, settings, show, told, warn
from bot.commands.shape import subject
from conversations.faq.index import Index
from conversations.faq.measures import figures, outside
from conversations.faq.ranking import Helpline, Outcome, Ranking
from storage.content import content_folder
from storage.faq_cache import ready as kept
from storage.faq_check import check_library
from storage.faq_files import Library, read_library
from storage.faq_semantic import MODEL, SEMANTIC, Second
from storage.faq_semantic import download as fetch
from storage.faq_sets import read_cases, read_questions

app = subject("The answers about the rules: ask them, measure them, check their files (docs/howto/edit-the-faq.md).")

Folder = Annotated[Path, typer.Option(help="The files of the topics.", exists=True, file_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per question, written at once.")]
Context = Annotated[str, typer.Option(help="The topic of the question before: the lines are follow-ups to it.")]
Explain = Annotated[bool, typer.Option("--explain", help="Show what spoke for the first topic.")]
Set = Annotated[Path, typer.Argument(help="Lines of id, tab, question.", exists=True, dir_okay=False)]
Beyond = Annotated[
    Path | None, typer.Option("--out-of-scope", help="Questions that no topic answers.", exists=True, dir_okay=False)
]
Semantic = Annotated[
    Path | None, typer.Option(help="With a second opinion: the folder where `wis faq download` put its model.")
]
Misses = Annotated[bool, typer.Option("--misses", help="List the questions whose first topic is not the right one.")]

_MANY: Final = 5
HERE = content_folder() / "faq"


@app.command()
def ask(
    as_json: AsJson = False,
    context: Context = "",
    explain: Explain = False,
    folder: Folder = HERE,
    semantic: Semantic = None,
) -> None:
    """Answer one question per line from the standard input: outcome, how sure (0 to 1), topics best first."""
    with told():
        library = read_library(folder)
        index = ready(library, semantic)
        if context and context not in {topic.id for topic in library.topics}:
            raise Wrong(f"There is no topic {context}: `wis faq check` lists none of that name in {folder}.")
        titles = {topic.id: topic.title.get("it", topic.id) for topic in library.topics}
        for question in _lines():
            ranking = index.ask(question, context or None)
            if as_json:
                sys.stdout.write(_json(ranking) + "\n")
                sys.stdout.flush()
            else:
                _tell(ranking, titles)
            if explain and not as_json:
                for reason in index.explain(question, ranking.ids[0]):
                    console.print(f"    {reason.amount:+.2f} {reason.feature}", markup=False)


@app.command("eval")
def evaluate(
    file: Set, beyond: Beyond = None, misses: Misses = False, folder: Folder = HERE, semantic: Semantic = None
) -> None:
    """Measure a set of questions: recall, answered right and wrong, helped, out of scope, speed."""
    with told():
        library = read_library(folder)
        ids = {topic.id for topic in library.topics}
        uncovered = frozenset(topic.id for topic in library.topics if not topic.covered)
        cases = read_cases(file, ids)
        for unknown in sorted(set().union(*(case.ids for case in cases)) - ids):
            warn(f"{file.name} names {unknown}, which is no topic here.")
        index, times = ready(library, semantic), []
        asked = []
        for case in cases:
            began = time.perf_counter()
            ranking = index.ask(case.question, case.context)
            times.append((time.perf_counter() - began) * 1000)
            asked.append((case, ranking))
        found = figures(asked, uncovered)
        rows = [
            ("questions", f"{found.questions}"),
            ("recall@1", f"{found.recall_1:.3f}"),
            ("recall@3", f"{found.recall_3:.3f}"),
            ("answered right", f"{found.right:.3f}"),
            ("wrong", f"{found.wrong:.3f}"),
            ("helped", f"{found.helped:.3f}"),
            ("deferred", f"{found.deferred:.3f}"),
        ]
        if beyond is not None:
            far = outside([index.ask(question) for question in read_questions(beyond)], uncovered)
            rows += [
                ("out of scope: questions", f"{far.questions}"),
                ("out of scope: answered", f"{far.answered:.3f}"),
                ("out of scope: choices", f"{far.choices:.3f}"),
                ("out of scope: pointed elsewhere", f"{far.pointed:.3f}"),
            ]
        times.sort()
        rows += [("p50 ms", f"{_at(times, 0.5):.2f}"), ("p99 ms", f"{_at(times, 0.99):.2f}")]
        show(("measure", "value"), rows)
        if misses:
            for case, ranking in asked:
                if ranking.ids[0] not in case.ids:
                    named = "|".join(sorted(case.ids))
                    line = f"{ranking.outcome.value}\t{ranking.score:.2f}\t{named}\t{ranking.ids[0]}\t{case.question}"
                    typer.echo(line)


@app.command()
def check(folder: Folder = HERE) -> None:
    """Report everything that is wrong in the files: lengths, translations, dates, relations, phrasings, amounts."""
    with told():
        report = check_library(read_library(folder), now().date())
    for problem in report.problems:
        complain(problem)
    for note in _gathered(report.notes):
        warn(note)
    if report.problems:
        raise typer.Exit(1)
    console.print(f"{report.topics} topics ({report.uncovered} of them only point elsewhere): nothing is wrong.")


@app.command()
def download(
    folder: Annotated[Path, typer.Argument(help="Where the model is kept, about 220 MB.", file_okay=False)],
    model: Annotated[str, typer.Option(help="A text model of fastembed that knows Italian and English.")] = MODEL,
) -> None:
    """Fetch a sentence encoder for --semantic. Nothing else ever downloads anything; without it all works."""
    with told():
        revision = fetch(folder, model)
    console.print(f"{model}, revision {revision}, is in {folder}: `wis faq ask --semantic {folder}`.", markup=False)


def ready(library: Library, semantic: Path | None = None) -> Index:
    """The index of the files. When the second opinion cannot be had, that is told and the index goes without."""
    keep = settings().data_dir
    if semantic is None:
        return kept(keep, library.entries, library.groups, library.elsewhere)
    second = Second(semantic)
    opinion = second.on(library.entries)
    if opinion is None:
        warn(f"Without a second opinion: {second.failure}")
        return ready(library)
    return kept(keep, library.entries, library.groups, library.elsewhere, SEMANTIC, opinion.rank)


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _gathered(notes: Sequence[str]) -> Iterator[str]:
    """What is noted of many topics in one line."""
    of: dict[str, list[str]] = {}
    for note in notes:
        key, _, said = note.partition(": ")
        of.setdefault(said, []).append(key)
    for said, keys in of.items():
        if len(keys) > _MANY:
            yield f"{len(keys)} topics: {said}"
        else:
            yield from (f"{key}: {said}" for key in keys)


def _json(ranking: Ranking) -> str:
    told_ = {"outcome": ranking.outcome.value, "ids": list(ranking.ids[:10]), "score": round(ranking.score, 4)}
    if ranking.helpline is Helpline.BESIDE:
        told_["helpline"] = "1522"
    return json.dumps(told_)


def _tell(ranking: Ranking, titles: dict[str, str]) -> None:
    match ranking.outcome:
        case Outcome.ANSWER:
            shown = ranking.ids[:1]
        case Outcome.CHOICES:
            shown = ranking.offered
        case Outcome.DEFER:
            shown = ranking.ids[:3]
    console.print(f"{ranking.outcome.value} {ranking.score:.2f}", markup=False)
    if ranking.helpline is Helpline.BESIDE:
        console.print("  1522 is named first: perhaps it is violence", markup=False)
    for id_ in shown:
        console.print(f"  {id_}: {titles[id_]}", markup=False)


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]
