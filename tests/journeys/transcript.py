"""Golden dialogues: reads the Markdown that bot/channels/dialogue.py writes, and plays it on any channel."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, assert_never, get_args

from bot.channels.dialogue import UNITS, Act, Does, Hears, Line, Says, Taps, Waits, write

SPEAKS = re.compile(r"\*\*(?P<who>[^*:]+):\*\* ?(?P<text>.*)")
ACTS_LINE = re.compile(r"\*\*(?P<who>[^*:]+)\*\* (?P<rest>[\[{].*[\]}])")
WAITS = re.compile(r"\*\+(?P<count>\d+) (?P<unit>day|hour|minute|second)s?\*")
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]")
ROW = re.compile(r"(?:\[(?:[^\[\]\\]|\\.)*\] ?)+")
BRACES = re.compile(r"\{(?P<act>\w+)(?:: (?P<detail>.*))?\}")
CONTINUED = "    "
ANYTHING = "…"


class BadTranscript(Exception):
    """The transcript has a line that cannot be understood."""

    def __init__(self, number: int, line: str) -> None:
        super().__init__(f"line {number}: cannot read {line!r}")
        self.number = number


class Player(Protocol):
    """Plays the persons of a dialogue on a channel and collects what the program says to each."""

    async def say(self, who: str, text: str) -> None:
        """The text has been taken by the program."""
        ...

    async def tap(self, who: str, label: str) -> None:
        """The newest button or row with this label on this person's phone has been tapped. Raises
        AssertionError when there is none."""
        ...

    async def do(self, who: str, act: Act, detail: str) -> None:
        """The act has been taken by the program."""
        ...

    async def wait(self, seconds: int) -> None:
        """The program's clock has moved and what came due has been worked."""
        ...

    async def hear(self, who: str) -> Hears | None:
        """The next thing the program said to this person; None when it has nothing more to say."""
        ...


def parse(text: str) -> list[Line]:
    """The lines of a dialogue. Headings and HTML comments are for people and are passed over. Raises
    BadTranscript."""
    lines: list[Line] = []
    quote: list[str] = []
    reader = ""
    source = re.sub(r"<!--.*?-->", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)
    for number, raw in enumerate([*source.split("\n"), ""], start=1):
        if raw.startswith(">"):
            quote.append(raw[1:].removeprefix(" "))
            continue
        if quote:
            line = _hears(quote, reader)
            reader, quote = line.who, []
            lines.append(line)
        if raw.startswith(CONTINUED) and lines and isinstance(last := lines[-1], Says):
            lines[-1] = Says(last.who, f"{last.text}\n{raw.removeprefix(CONTINUED)}")
        elif raw.strip() and not raw.startswith("#"):
            spoken = _person(raw.rstrip(), number)
            reader = spoken.who if not isinstance(spoken, Waits) else reader
            lines.append(spoken)
    return lines


async def play(lines: Iterable[Line], player: Player) -> None:
    """Every line was played, the program said exactly what is written and nothing else. Raises AssertionError
    with the two texts side by side where they differ."""
    people: set[str] = set()
    expecting: Hears | None = None
    for line in lines:
        match line:
            case Hears():
                expecting = line
                people.add(line.who)
                check(line, await player.hear(line.who))
                continue
            case _:
                await _nothing_more(player, people, expecting)
        match line:
            case Says(who=who, text=text):
                await player.say(who, text)
            case Taps(who=who, label=label):
                await player.tap(who, label)
            case Does(who=who, act=act, detail=detail):
                await player.do(who, act, detail)
            case Waits(seconds=seconds):
                await player.wait(seconds)
            case _:
                assert_never(line)
        people |= {line.who} if not isinstance(line, Waits) else set()
    await _nothing_more(player, people, expecting)


async def play_file(path: Path, player: Player) -> None:
    """The dialogue of the file was played, see `play`."""
    await play(parse(path.read_text(encoding="utf-8")), player)


def check(expected: Hears, said: Hears | None) -> None:
    """What was said is what was expected; "…" in the expected text stands for anything, and an expectation
    without buttons does not care for them. Raises AssertionError."""
    if said is None:
        raise AssertionError(f"the program said nothing, expected:\n{write([expected])}")
    labels = [label for row in expected.rows for label in row]
    given = [label for row in said.rows for label in row]
    same_text = matches(expected.text, said.text)
    same_labels = not labels or (
        len(labels) == len(given) and all(matches(one, other) for one, other in zip(labels, given, strict=True))
    )
    same_file = not expected.file or matches(expected.file, said.file)
    if not (same_text and same_labels and same_file):
        raise AssertionError(f"expected:\n{write([expected])}\nbut the program said:\n{write([said])}")


def matches(pattern: str, text: str) -> bool:
    """Whether the text is the pattern, up to white space, with "…" standing for anything."""
    parts = [re.escape(" ".join(part.split())) for part in pattern.split(ANYTHING)]
    return re.fullmatch(r"\s*.*\s*".join(parts), " ".join(text.split()), flags=re.DOTALL) is not None


async def _nothing_more(player: Player, people: set[str], expecting: Hears | None) -> None:
    # A dialogue with no expectation yet is one that a person is still writing: it may be played for its answers.
    for who in sorted(people) if expecting else ():
        extra = await player.hear(who)
        if extra is not None:
            raise AssertionError(f"the program said more than the dialogue has:\n{write([extra])}")


def _person(raw: str, number: int) -> Says | Taps | Does | Waits:
    if found := SPEAKS.fullmatch(raw):
        return Says(found["who"], found["text"])
    if found := WAITS.fullmatch(raw):
        return Waits(int(found["count"]) * dict(UNITS)[found["unit"]])
    if found := ACTS_LINE.fullmatch(raw):
        if label := LABEL.fullmatch(found["rest"]):
            return Taps(found["who"], unescape(label[1]))
        if braces := BRACES.fullmatch(found["rest"]):
            for act in get_args(Act):
                if act == braces["act"]:
                    return Does(found["who"], act, braces["detail"] or "")
    raise BadTranscript(number, raw)


def _hears(quote: list[str], reader: str) -> Hears:
    who, texts, file = reader, list(quote), ""
    if texts and texts[0].startswith("→ "):
        who = texts.pop(0).removeprefix("→ ")
    rows: list[tuple[str, ...]] = []
    while texts and ROW.fullmatch(texts[-1]):
        rows.insert(0, tuple(unescape(label) for label in LABEL.findall(texts.pop())))
    if texts and (found := BRACES.fullmatch(texts[-1])) and found["act"] == "file":
        file = found["detail"]
        texts.pop()
    return Hears(who, "\n".join(text.removeprefix("\\") for text in texts), tuple(rows), file)


def unescape(label: str) -> str:
    """The label without the backslashes that protect brackets."""
    return re.sub(r"\\(.)", r"\1", label)
