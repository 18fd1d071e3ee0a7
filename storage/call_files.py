"""The terms of a call from a YAML file (content/calls/example.yaml explains each), all mistakes told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from conversations.call_spec import CONTRACTS, CallSpec, LineSpec
from conversations.rules.calls import LONGEST_TITLE, MOST_LINES, spec_faults
from conversations.rules.categories import AREAS, CATEGORIES
from storage.call_files_parts import Fault, Part, one_of, root, weights

NAMES: Final = (
    "title", "from", "to", "uses_until", "budget", "kind", "caps", "sources", "lines", "categories", "order",
    "criteria", "queue_overbooking_pct", "deciders", "managers", "firm_deciders", "notice_version", "valid_days",
    "open_requests", "confirm_above", "on_leave", "cup",
)  # fmt: skip
CAPS: Final = ("person", "smallest", "largest", "firm", "categories")
LINE: Final = ("name", "amount", "area", "contracts", "enterprise", "sources")
_CODES: Final = tuple(kind.code for kind in CATEGORIES)
_SOME_DAY: Final = date(2000, 1, 1)
_IN_LINE: Final = (".name", ".amount", ".contracts")
_WORDS: Final = {
    "title": ("title", f"it has 1 to {LONGEST_TITLE} characters."),
    "dates": ("to", "the last day comes before the first; write a day on or after `from`."),
    "uses_until": ("uses_until", "it comes before the last day to ask; write one on or after `to`, or leave it out."),
    "budget_cents": ("budget", "write an amount above 0."),
    "least_cents, most_cents, person_cap_cents": (
        "caps", "smallest must be above 0, largest at least as much, and person at least as much as largest."
    ),
    "order, criteria": ("criteria", "with `order: score` the criteria are told to people; write them here."),
    "firm_deciders, notice_version": (
        "firm_deciders", "with `deciders: firm` name who decides for each enterprise, and notice_version."
    ),
    "validity_days, open_requests, queue_overbooking_pct": (
        "valid_days", "valid_days and open_requests are at least 1."
    ),
    "sources": ("sources", "name at least one source, each once, with a weight above 0."),
    "lines: names": ("lines", f"write 1 to {MOST_LINES} lines, each with a name of its own."),
}  # fmt: skip
"""What a rule's code means for the file: the part, and what to write."""


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what a file may name: the ids behind each name (in small letters) and each id."""

    enterprises: Mapping[str, Sequence[str]] = field(default_factory=dict)
    managers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    of_firm: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallFile:
    """What a file says: the terms, None where there are faults; notes do not keep the call from being opened."""

    spec: CallSpec | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


def read_call(text: str, names: Names) -> CallFile:
    """The file as terms of a call, or everything that is wrong in it."""
    part, faults = root(text, NAMES)
    if part is None:
        return CallFile(None, tuple(faults))
    spec = _spec(part, names)
    wrong = [fault.part for fault in faults]
    for code in spec_faults(spec):
        if code.startswith("categories"):
            continue  # told at each of them already
        name, words = _WORDS.get(code, ("lines" if code.startswith("line ") else "caps", f"this is wrong: {code}."))
        if not any(_about(told, name) for told in wrong):
            part.fault(name, words)
    notes = []
    given = sum(line.total_cents for line in spec.lines)
    if not faults and given != spec.budget_cents:
        more = "more" if given > spec.budget_cents else "less"
        words = f"the lines add up to {given / 100:.2f}, {more} than the budget of {spec.budget_cents / 100:.2f}."
        notes.append(Fault(part.line_of("lines"), "lines", words))
    return CallFile(None if faults else spec, tuple(sorted(faults)), tuple(notes))


def _about(part: str, name: str) -> bool:
    """True if a mistake in this part explains what a rule says of `name`."""
    if name == "caps":
        return part in ("caps", "caps.person", "caps.smallest", "caps.largest")
    return part == name or part.startswith(f"{name}.") or (name == "lines" and part.endswith(_IN_LINE))


def _spec(part: Part, names: Names) -> CallSpec:
    caps = part.part("caps", CAPS)
    deciders = part.choice("deciders", ("association", "firm"), "association")
    first, last = part.day("from"), part.day("to")
    sources = weights(part, "sources")
    return CallSpec(
        title=part.text("title"),
        starts_on=first or _SOME_DAY,
        ends_on=last or first or _SOME_DAY,
        budget_cents=part.euros("budget"),
        lines=_lines(part, names),
        person_cap_cents=caps.euros("person", 80_000),
        least_cents=caps.euros("smallest", 5_000),
        most_cents=caps.euros("largest", 40_000),
        voucher_kind=part.choice("kind", ("A", "B"), "A"),
        deciders=deciders,
        decider_ids=tuple(_managers(part, names)),
        firm_deciders=_firm_deciders(part, names),
        notice_version=part.text("notice_version", ""),
        order=part.choice("order", ("fcfs", "score"), "fcfs"),
        criteria=part.text("criteria", ""),
        queue_overbooking_pct=part.whole("queue_overbooking_pct", 0),
        on_leave=part.choice("on_leave", ("keep_until_expiry", "revoke_unspent"), "keep_until_expiry"),
        validity_days=part.whole("valid_days", 90),
        uses_until=part.day("uses_until", needed=False),
        categories=_categories(part),
        category_caps=_category_caps(caps),
        firm_cap_cents=caps.euros("firm", 0),
        open_requests=part.whole("open_requests", 3),
        confirm_above_cents=part.euros("confirm_above", 0),
        sources=sources or (("association", 100),),
        cup=part.text("cup", ""),
    )


def _lines(part: Part, names: Names) -> tuple[LineSpec, ...]:
    parts = part.parts("lines", LINE)
    found = tuple(_line(line, names) for line in parts)
    seen: set[str] = set()
    for one, line in zip(parts, found, strict=True):
        if line.name and line.name in seen:
            one.fault("name", f"another line is called {line.name!r} already.")
        seen.add(line.name)
    return found


def _line(part: Part, names: Names) -> LineSpec:
    contracts = part.several("contracts") or CONTRACTS
    for unknown in sorted(set(contracts) - set(CONTRACTS)):
        part.fault("contracts", f"{unknown!r} is not known; write {', '.join(CONTRACTS)}, or leave it out for all.")
    area = part.choice("area", (*AREAS, "any"), "any")
    firm = part.text("enterprise", "")
    if firm:
        firm = one_of(part, "enterprise", firm, names.enterprises, "`wis enterprise list` shows their names.")
    line = LineSpec(
        name=part.text("name"),
        total_cents=part.euros("amount"),
        sources=weights(part, "sources"),
        enterprise_id=firm,
        area="" if area == "any" else area,
        contracts=tuple(contracts),
    )
    if part.text("amount", "") in ("0", "0.00", "0,00"):
        part.fault("amount", "write an amount above 0.")
    if len(line.name) > 80:
        part.fault("name", "it has at most 80 characters.")
    return line


def _categories(part: Part) -> tuple[str, ...]:
    found = part.several("categories")
    for code in found:
        _known(part, "categories", code)
    return found


def _category_caps(caps: Part) -> dict[str, int]:
    group = caps.part("categories")
    for code in group.names():
        _known(group, code, code)
    return {code: group.euros(code) for code in group.names()}


def _known(part: Part, name: str, code: str) -> None:
    if code not in _CODES:
        part.fault(name, f"{code!r} is no category; they are {', '.join(_CODES)}.")


def _managers(part: Part, names: Names) -> list[str]:
    hint = "name a welfare manager or coordinator who has joined, as `wis call people` lists them."
    found = [one_of(part, "managers", said, names.managers, hint) for said in part.several("managers")]
    return [key for key in found if key]


def _firm_deciders(part: Part, names: Names) -> dict[str, str]:
    group = part.part("firm_deciders")
    found = {}
    for firm in group.names():
        key = one_of(group, firm, firm, names.enterprises, "`wis enterprise list` shows their names.")
        hint = "it must be somebody of this enterprise who has said the name to the bot; or write the id."
        who = one_of(group, firm, group.text(firm), names.of_firm.get(key, {}), hint) if key else ""
        if who:
            found[key] = who
    return found
