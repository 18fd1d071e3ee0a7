"""The terms of a call, and of its extension, as a coordinator reads them before she proposes or confirms."""

from conversations.call_spec import CallChange, CallSpec
from conversations.flow import p
from conversations.messages import Day, Money, Text


def terms(spec: CallSpec) -> tuple[Text, ...]:
    """A new call in a few lines."""
    lines: list[Text] = [
        p("voucher_call.new_terms", title=spec.title, start=Day(spec.starts_on), end=Day(spec.ends_on)),
        p(
            "voucher_call.new_money",
            total=Money(spec.budget_cents),
            cap=Money(spec.person_cap_cents),
            least=Money(spec.least_cents),
            most=Money(spec.most_cents),
        ),
    ]
    lines += [p("voucher_call.new_line", name=line.name, total=Money(line.total_cents)) for line in spec.lines]
    lines.append(p(f"voucher_call.order_{spec.order}"))
    if spec.order == "score":
        lines.append(p("voucher_call.criteria", text=spec.criteria))
    lines.append(p(f"voucher_call.deciders_{spec.deciders}"))
    lines.append(p(f"voucher_call.kind_{spec.voucher_kind.lower()}"))
    return tuple(lines)


def changes(change: CallChange) -> tuple[Text, ...]:
    """An extension whole: an end, a cap and lines may change together."""
    lines: list[Text] = []
    if change.ends_on is not None:
        lines.append(p("voucher_call.new_end", day=Day(change.ends_on)))
    if change.person_cap_cents:
        lines.append(p("voucher_call.higher_cap", cap=Money(change.person_cap_cents)))
    lines += [p("voucher_call.added", name=name, amount=Money(cents)) for name, cents in change.add_to_lines.items()]
    return tuple(lines)
