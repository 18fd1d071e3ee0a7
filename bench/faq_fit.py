"""`python -m bench.faq_fit`: fits the numbers of conversations/faq/weights.py on phrasings held out author by author.

Each author's phrasings are asked of an index that was built without them. Whole topics are held out too, for the
questions that nobody answers. The sets in tests/faq/sets are never read here.
"""

import argparse
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conversations.faq.decide import MOST_CHOICES, signs
from conversations.faq.entries import ELSEWHERE, VIOLENCE, Entry
from conversations.faq.evidence import Evidence
from conversations.faq.index import Index, build
from conversations.faq.violence import signs as violence_signs
from conversations.faq.weights import FITTED, Weights
from storage.content import content_folder
from storage.faq_files import Library, read_library

SUMS = ("bayes", "concepts", "together", "letters", "nearest")
SCALED = (True, True, True, True, False)
SEED = 20261122
FEWEST = 100
"""Questions below which an author is not asked."""
TUNING = Path(__file__).parent / "faq_tuning"

Authors = dict[str, list[tuple[str, str]]]
"""For each author the questions with the id of their topic."""


@dataclass
class Sample:
    """The single scores of one held-out question; `right` is the place of its topic, None if nobody answers it."""

    rows: list[list[float]]
    right: int | None
    asked: float
    author: str


def main() -> None:
    """Fits, and prints what to write into weights.py."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrasings", type=Path, help="a folder of AUTHOR.tsv beside those in the files")
    parser.add_argument("--most", type=int, default=400, help="questions of each author")
    parser.add_argument("--length", type=float, default=0.5)
    options = parser.parse_args()
    library = read_library(content_folder() / "faq")
    authors = phrasings(library, options.phrasings)
    authors["short"] = [(text, id_) for id_, text in _pairs(TUNING / "short.tsv")]
    print({author: len(rows) for author, rows in authors.items()})
    samples = list(held_out(library, authors, options.most))
    weights = fit_sums(samples, options.length)
    bayes, concepts, together, letters, nearest = weights
    fitted = replace(
        FITTED,
        bayes=bayes,
        concepts=concepts,
        together=together,
        letters=letters,
        nearest=nearest,
        length=options.length,
    )
    print("sums:", {name: round(value, 3) for name, value in zip(SUMS, weights, strict=True)})
    print("recall:", recall(samples, weights, options.length))
    calibrate(library, authors, fitted, options.most)
    calibrate_violence(library, phrasings(library, options.phrasings), fitted)


def phrasings(library: Library, folder: Path | None) -> Authors:
    """By author: what stands in the files, and in the folder."""
    found: Authors = defaultdict(list)
    for topic in library.topics:
        for author, texts in topic.phrasings.items():
            found[author] += [(text, topic.id) for text in texts]
    for file in sorted(folder.glob("*.tsv")) if folder else ():
        found[file.stem] += [(text, id_) for id_, text in _pairs(file)]
    return dict(found)


def _pairs(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text("utf-8").splitlines():
        id_, tab, text = line.partition("\t")
        if tab and id_ != "id":
            yield id_, text


def index_of(
    library: Library, authors: Iterable[list[tuple[str, str]]], weights: Weights = FITTED, without: Sequence[str] = ()
) -> Index:
    """The index of these authors' phrasings, without some topics."""
    by_topic: dict[str, list[str]] = defaultdict(list)
    for rows in authors:
        for text, id_ in rows:
            by_topic[id_].append(text)
    entries = [replace(entry, phrasings=tuple(by_topic[entry.id])) for entry in library.entries]
    kept = [entry for entry in entries if entry.id not in without]
    return build(kept, library.groups, () if ELSEWHERE in without else library.elsewhere, weights)


def held_out(library: Library, authors: Authors, most: int) -> Iterator[Sample]:
    """Each author's questions, asked of the others."""
    for author, rows in authors.items():
        if len(rows) < FEWEST:
            continue
        index = index_of(library, (other for name, other in authors.items() if name != author))
        places = {entry.id: at for at, entry in enumerate(index.entries)}
        for text, id_ in chosen(rows, most):
            reading = index.read(text)
            found = index.components(reading, dict(reading.features), dict(reading.concepts), text)
            yield Sample(found, places[id_], sum(reading.features.values()), author)


def chosen(rows: Sequence[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """At most so many, the same every time."""
    shuffled = sorted(rows)
    random.Random(SEED).shuffle(shuffled)
    return shuffled[:most]


def fit_sums(samples: Sequence[Sample], length: float, rounds: int = 3) -> list[float]:
    """The weights under which the right topics are likeliest (softmax, AdaGrad, never below 0)."""
    weights = [0.3, 1.5, 0.5, 0.08, 4.5]
    seen = [1e-8] * len(weights)
    order = list(samples)
    for turn in range(rounds):
        random.Random(turn).shuffle(order)
        for sample in order:
            assert sample.right is not None
            scales = _scales(sample, length)
            sums = _sums(sample, weights, scales)
            top = max(sums)
            powers = [math.exp(value - top) for value in sums]
            whole = sum(powers)
            for at, row in enumerate(sample.rows):
                mean = sum(power * value for power, value in zip(powers, row, strict=True)) / whole
                slope = (mean - row[sample.right]) * scales[at]
                seen[at] += slope * slope
                weights[at] = max(0.0, weights[at] - 0.2 * slope / math.sqrt(seen[at]))
    return weights


def recall(samples: Sequence[Sample], weights: Sequence[float], length: float) -> Mapping[str, str]:
    """recall@1 / recall@3 by author, and the mean surprise."""
    tally: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for sample in samples:
        assert sample.right is not None
        sums = _sums(sample, weights, _scales(sample, length))
        rank = sum(value > sums[sample.right] for value in sums)
        top = max(sums)
        surprise = top + math.log(sum(math.exp(value - top) for value in sums)) - sums[sample.right]
        for name in (sample.author, "all"):
            held = tally[name]
            held[0] += rank < 1
            held[1] += rank < MOST_CHOICES
            held[2] += surprise
            held[3] += 1
    return {name: f"{a / n:.3f}/{b / n:.3f} ({c / n:.3f})" for name, (a, b, c, n) in tally.items()}


def _scales(sample: Sample, length: float) -> list[float]:
    scale = 1.0 / max(1.0, sample.asked) ** length
    return [scale if scaled else 1.0 for scaled in SCALED]


def _sums(sample: Sample, weights: Sequence[float], scales: Sequence[float]) -> list[float]:
    sums = [0.0] * len(sample.rows[0])
    for row, weight, scale in zip(sample.rows, weights, scales, strict=False):
        factor = weight * scale
        sums = [held + factor * value for held, value in zip(sums, row, strict=True)]
    return sums


@dataclass
class Judged:
    """The signs of one question, and what is true of it."""

    signs: tuple[float, ...]
    first: bool
    three: bool
    covered: bool
    """Whether the first topic is a covered one: only then an answer can be wrong."""
    known: bool
    """Whether any topic answers the question."""


def judged(library: Library, authors: Authors, weights: Weights, most: int) -> list[Judged]:
    """Held-out questions of known topics, of topics that were left out, and talk about other things."""
    found = []
    for author, rows in authors.items():
        if len(rows) < FEWEST:
            continue
        others = [other for name, other in authors.items() if name != author]
        index = index_of(library, others, weights)
        found += [_judge(index, text, id_) for text, id_ in chosen(rows, most)]
    rows = [row for other in authors.values() for row in other]
    outside = [entry.id for entry in library.entries if not entry.covered]
    for part in range(4):
        left = outside[part::4]
        index = index_of(library, authors.values(), weights, without=left)
        asked = chosen([row for row in rows if row[1] in left], most // 4)
        found += [_judge(index, text, None) for text, _ in asked]
    # small talk against half of the sentences that stand for everything else
    far = list(library.elsewhere)
    random.Random(SEED).shuffle(far)
    half = replace(library, elsewhere=tuple(far[::2]))
    index = index_of(half, authors.values(), weights)
    found += [_judge(index, text, None) for text in far[1::2]]
    return found


def _judge(index: Index, text: str, id_: str | None) -> Judged:
    evidence: Evidence = index.evidence(text)
    order, chances = evidence.order(), evidence.chances()
    first: Entry = evidence.entries[order[0]]
    three = {evidence.entries[at].id for at in order[:MOST_CHOICES]}
    return Judged(signs(evidence, order, chances), first.id == id_, id_ in three, first.covered, id_ is not None)


def calibrate(library: Library, authors: Authors, weights: Weights, most: int) -> None:
    """Prints both logistics and what each threshold would do."""
    cases = judged(library, authors, weights, most)
    sure = logistic([(case.signs, case.first) for case in cases if case.covered or case.known])
    near = logistic([(case.signs, case.three) for case in cases])
    print("sure:", tuple(round(value, 3) for value in sure))
    print("near:", tuple(round(value, 3) for value in near))
    known = [case for case in cases if case.known]
    unknown = [case for case in cases if not case.known]
    for threshold in (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        answered = [case for case in known if chance(sure, case.signs) >= threshold]
        rest = [case for case in known if chance(sure, case.signs) < threshold]
        row = [
            sum(case.first for case in answered) / len(known),
            sum(not case.first and case.covered for case in answered) / len(known),
            sum(chance(sure, case.signs) >= threshold and case.covered for case in unknown) / len(unknown),
        ]
        offers = []
        for least in (0.3, 0.4, 0.5, 0.6):
            helped = row[0] + sum(case.three and chance(near, case.signs) >= least for case in rest) / len(known)
            given = sum(
                chance(sure, case.signs) < threshold and chance(near, case.signs) >= least for case in unknown
            ) / len(unknown)
            offers.append(f"{least}: helped {helped:.3f} outside {given:.3f}")
        print(
            f"answer at {threshold}: right {row[0]:.3f} wrong {row[1]:.3f} outside {row[2]:.3f} |", " | ".join(offers)
        )


def calibrate_violence(library: Library, authors: Authors, weights: Weights) -> None:
    """Prints the logistic of violence.py, fitted on every author's phrasings asked of the others, and what each
    threshold would do; each author is judged by a logistic that never saw her."""
    cases: list[tuple[str, tuple[float, ...], bool]] = []
    for author, rows in authors.items():
        index = index_of(library, (other for name, other in authors.items() if name != author), weights)
        cases += [(author, violence_signs(index.evidence(text)), id_ == VIOLENCE) for text, id_ in rows]
    far = list(library.elsewhere)
    random.Random(SEED).shuffle(far)
    for half in (0, 1):
        index = index_of(replace(library, elsewhere=tuple(far[half::2])), authors.values(), weights)
        cases += [("elsewhere", violence_signs(index.evidence(text)), False) for text in far[1 - half :: 2]]
    print("violence:", tuple(round(value, 3) for value in logistic([(signs, true) for _, signs, true in cases])))
    told: list[tuple[str, float, bool]] = []
    for author in dict.fromkeys(name for name, _, _ in cases):
        fitted = logistic([(signs, true) for name, signs, true in cases if name != author])
        told += [(author, chance(fitted, signs), true) for name, signs, true in cases if name == author]
    for threshold in (0.3, 0.25, 0.2, 0.15, 0.1, 0.07, 0.05, 0.04, 0.03):
        caught = [(author, likely >= threshold) for author, likely, true in told if true]
        false = [likely >= threshold for _, likely, true in told if not true]
        by = {name: [hit for author, hit in caught if author == name] for name in dict.fromkeys(a for a, _ in caught)}
        print(
            f"violence at {threshold}: reached {sum(hit for _, hit in caught) / len(caught):.3f}",
            {name: round(sum(hits) / len(hits), 2) for name, hits in by.items()},
            f"others {sum(false)} of {len(false)}",
        )


def chance(weights: Sequence[float], found: Sequence[float]) -> float:
    """The logistic of decide.py."""
    power = weights[0] + sum(weight * sign for weight, sign in zip(weights[1:], found, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, power))))


def logistic(cases: Sequence[tuple[tuple[float, ...], bool]], rounds: int = 25) -> list[float]:
    """A constant and a weight per sign, by AdaGrad on standardized signs."""
    width = len(cases[0][0])
    means = [sum(found[at] for found, _ in cases) / len(cases) for at in range(width)]
    spreads = [
        math.sqrt(sum((found[at] - means[at]) ** 2 for found, _ in cases) / len(cases)) or 1.0 for at in range(width)
    ]
    weights, seen = [0.0] * (width + 1), [1e-8] * (width + 1)
    order = list(cases)
    for turn in range(rounds):
        random.Random(turn).shuffle(order)
        for found, true in order:
            row = [1.0, *((found[at] - means[at]) / spreads[at] for at in range(width))]
            slope = chance(weights, row[1:]) - true
            for at, value in enumerate(row):
                step = slope * value + 1e-4 * weights[at]
                seen[at] += step * step
                weights[at] -= 0.3 * step / math.sqrt(seen[at])
    plain = [weight / spread for weight, spread in zip(weights[1:], spreads, strict=True)]
    return [weights[0] - sum(weight * mean for weight, mean in zip(plain, means, strict=True)), *plain]


if __name__ == "__main__":
    main()
