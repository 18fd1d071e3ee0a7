"""Whether the terms of a call, or of its extension, make sense; each fault is a code with what it is about."""

from dataclasses import replace
from typing import Final

from conversations.call_spec import CONTRACTS, CallChange, CallSpec
from conversations.rules.categories import AREAS, CATEGORIES, category
from conversations.rules.vouchers_money import PotKind

MOST_LINES: Final = 20
LONGEST_TITLE: Final = 120


def spec_faults(spec: CallSpec) -> tuple[str, ...]:
    """What is wrong with the terms; empty if a call can be opened with them."""
    found = []
    if not spec.title.strip() or len(spec.title) > LONGEST_TITLE:
        found.append("title")
    if spec.ends_on < spec.starts_on:
        found.append("dates")
    if spec.uses_until is not None and spec.uses_until < spec.ends_on:
        found.append("uses_until")
    if spec.budget_cents <= 0:
        found.append("budget_cents")
    if not 0 < spec.least_cents <= spec.most_cents <= spec.person_cap_cents:
        found.append("least_cents, most_cents, person_cap_cents")
    if spec.voucher_kind not in ("A", "B"):
        found.append("voucher_kind")
    if spec.order not in ("fcfs", "score") or (spec.order == "score" and not spec.criteria.strip()):
        found.append("order, criteria")
    if spec.deciders not in ("association", "firm"):
        found.append("deciders")
    if spec.deciders == "firm" and (not spec.firm_deciders or not spec.notice_version):
        found.append("firm_deciders, notice_version")
    if spec.on_leave not in ("keep_until_expiry", "revoke_unspent"):
        found.append("on_leave")
    if spec.validity_days < 1 or spec.open_requests < 1 or spec.queue_overbooking_pct < 0:
        found.append("validity_days, open_requests, queue_overbooking_pct")
    if min(spec.firm_cap_cents, spec.confirm_above_cents, *spec.category_caps.values(), 0) < 0:
        found.append("caps")
    unknown = [code for code in (*spec.categories, *spec.category_caps) if category(code) is None]
    if unknown:
        found.append(f"categories: {', '.join(sorted(set(unknown)))}")
    if not _sound_sources(spec.sources):
        found.append("sources")
    return (*found, *_line_faults(spec))


def change_faults(spec: CallSpec, change: CallChange) -> tuple[str, ...]:
    """What is wrong with an extension of a call that has these terms."""
    found = []
    if change.ends_on is not None and change.ends_on <= spec.ends_on:
        found.append("ends_on")
    names = {line.name for line in spec.lines}
    if any(name not in names or cents <= 0 for name, cents in change.add_to_lines.items()):
        found.append("add_to_lines")
    if change.person_cap_cents and change.person_cap_cents <= spec.person_cap_cents:
        found.append("person_cap_cents")
    if change == CallChange():
        found.append("nothing")
    return tuple(found)


def extended(spec: CallSpec, change: CallChange) -> CallSpec:
    """The terms after the extension; what is added to lines is added to the budget too."""
    lines = tuple(
        replace(line, total_cents=line.total_cents + change.add_to_lines.get(line.name, 0)) for line in spec.lines
    )
    return replace(
        spec,
        ends_on=change.ends_on or spec.ends_on,
        lines=lines,
        budget_cents=spec.budget_cents + sum(change.add_to_lines.values()),
        person_cap_cents=change.person_cap_cents or spec.person_cap_cents,
    )


def allowed_categories(spec: CallSpec) -> tuple[str, ...]:
    """The codes a call pays for, in the order of the closed list."""
    return tuple(one.code for one in CATEGORIES if not spec.categories or one.code in spec.categories)


def limits(spec: CallSpec, category_code: str, enterprise_id: str) -> dict[PotKind, tuple[str, int]]:
    """The limits of a call beside its total and lines: kind, key and cents of those that are set for this request."""
    found: dict[PotKind, tuple[str, int]] = {}
    if spec.category_caps.get(category_code):
        found["category"] = (category_code, spec.category_caps[category_code])
    if spec.firm_cap_cents and enterprise_id:
        found["firm"] = (enterprise_id, spec.firm_cap_cents)
    return found


def _line_faults(spec: CallSpec) -> tuple[str, ...]:
    found = []
    names = {line.name.strip() for line in spec.lines}
    if not 0 < len(spec.lines) <= MOST_LINES or len(names) < len(spec.lines) or "" in names:
        found.append("lines: names")
    for line in spec.lines:
        wrong = line.total_cents <= 0 or line.area not in ("", *AREAS) or not line.contracts
        if wrong or set(line.contracts) - set(CONTRACTS) or (line.sources and not _sound_sources(line.sources)):
            found.append(f"line {line.name}")
    return tuple(found)


def _sound_sources(sources: tuple[tuple[str, int], ...]) -> bool:
    names = [name for name, _ in sources]
    return bool(sources) and len(set(names)) == len(names) and all(weight > 0 for _, weight in sources)
