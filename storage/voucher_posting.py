"""A message about a voucher, charge or claim put in the outbox outside a turn: what the command line has to tell."""

from dataclasses import replace

from conversations.effects import Say, ToOwner, ToProvider, ToRole
from conversations.events import Json
from conversations.message_json import message_to_json
from conversations.rules.quiet import is_quiet
from storage import outbox, people
from storage.money.act import Act
from storage.voucher_readers import owner, provider


def post(act: Act, *told: Say) -> None:
    """Each message is in the outbox of everybody it is for whom the bot can reach and who wants to hear of it."""
    for say in told:
        for person_id in _readers(act, say):
            _post(act, person_id, say)


def _readers(act: Act, say: Say) -> list[str]:
    match say.to:
        case ToOwner(id=key):
            return [owner(act.conn, key)]
        case ToProvider(redemption_id=key):
            return [provider(act.conn, key)]
        case ToRole(role=role):
            return [who for who in people.holders(act.conn, role) if who != act.person_id]
        case _:
            raise ValueError(f"nobody is there to read {say.to}")


def _post(act: Act, person_id: str, say: Say) -> None:
    reader = people.find_by_id(act.conn, person_id, lock=False)
    lane = outbox.LANES[say.lane]
    if reader is None or reader.here.blocked or (reader.stopped and lane):
        return
    # at night and at the week-end it lies there in the morning, and wakes nobody
    message = replace(say.message, silent=True) if lane and is_quiet(act.at, act.zone) else say.message
    body: dict[str, Json] = {"message": message_to_json(message), "language": reader.language}
    outbox.put(act.conn, outbox.Post(reader.id, reader.here.id, reader.here.channel, lane, body), act.at, "")
