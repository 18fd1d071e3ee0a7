"""How a call looks on the command line: its terms, its lines and their money."""



from bot.commands.common import Conn, Record
from conversations.call_spec import CallSpec
from conversations.rules.vouchers_money import Pot, pot_key
from storage import calls, network, pots


def euros(cents: int) -> str:
    """An amount as programs read it too: 1234.50."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def terms_shown(spec: CallSpec) -> list[str]:
    """The terms in a few lines."""
    sources = ", ".join(f"{name} {weight}" for name, weight in spec.sources)
    told = [
        f"{spec.starts_on} to {spec.ends_on}, kind {spec.voucher_kind}, {spec.order}, decided by the {spec.deciders}",
        f"budget {euros(spec.budget_cents)} EUR from {sources}",
        f"a voucher {euros(spec.least_cents)} to {euros(spec.most_cents)}, a person {euros(spec.person_cap_cents)},"
        f" valid {spec.validity_days} days",
    ]
    for line in spec.lines:
        told.append(f"line {line.name}: {euros(line.total_cents)} for {_whom(line.area, line.contracts)}")
    if spec.categories:
        told.append(f"only {', '.join(spec.categories)}")
    return told


def pots_shown(conn: Conn, call: Record) -> tuple[str, str, str]:
    """Budget, granted and used of the whole call."""
    pot = pots.read(conn, pot_key("call", call.id)) or Pot(int(call.spec["budget_cents"]))
    return euros(pot.total_cents), euros(pot.reserved_cents), euros(pot.spent_cents)


def lines_shown(conn: Conn, call: Record) -> list[tuple[str, ...]]:
    """A row for each line: name, area, amount, granted, used, left; before opening none."""
    firms = {row.id: row.name for row in network.enterprises(conn)}
    held = pots.read_many(conn, [call.id], ("line",))
    found = []
    for line in calls.lines_of(conn, call.id):
        pot = held.get(pot_key("line", call.id, line.id), Pot(0))
        area = " ".join(part for part in (line.area or "any", firms.get(line.enterprise_id, "")) if part)
        money = (pot.total_cents, pot.reserved_cents, pot.spent_cents, pot.free_cents)
        found.append((line.name, area, *map(euros, money)))
    return found


def _whom(area: str, contracts: tuple[str, ...]) -> str:
    return f"{area or 'any area'} ({', '.join(contracts)})"
