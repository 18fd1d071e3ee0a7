"""wis enterprise and wis invite: real codes for real people, on both databases."""

import pytest

from conversations.rules.codes import INVITATION, code_in
from storage.network import invitation_by_hash
from tests.bot.commands.command_line import Wis


def test_an_enterprise_is_added_listed_and_can_be_named(wis: Wis) -> None:
    key = wis("enterprise", "add", "Bottega Vera", "--size", "4_9").out.strip()
    assert wis("enterprise", "list").out.split("\t")[:3] == [key, "Bottega Vera", "4 to 9"]
    by_id = wis("invite", "--enterprise", key)
    by_name = wis("invite", "--enterprise", "Bottega Vera", "--role", "referent")
    assert by_id.code == by_name.code == 0
    assert wis("enterprise", "add", "Bottega Vera").code == 1


def test_codes_are_one_a_line_all_different_and_known_to_the_bot(wis: Wis) -> None:
    key = wis("enterprise", "add", "Bottega Vera").out.strip()
    codes = wis("invite", "--enterprise", key, "--contract", "owner", "--count", "20").out.split()
    assert len(set(codes)) == 20
    database = wis.database()
    with database.read() as conn:
        for code in codes:
            assert code_in(code, INVITATION) == code
            row = invitation_by_hash(conn, database.keys.hash("invitation", code))
            assert row is not None
            assert (row.enterprise_id, row.role, row.contract, row.code) == (key, "worker", "owner", None)
    database.close()


def test_a_role_of_the_association_needs_no_enterprise(wis: Wis) -> None:
    told = wis("invite", "--role", "coordinator", "--days", "3")
    assert told.code == 0
    assert told.out.startswith("WIS-")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["invite"], "--enterprise"),
        (["invite", "--enterprise", "unknown"], "no such enterprise"),
        (["invite", "--role", "boss"], "welfare_manager"),
        (["invite", "--role", "editor", "--enterprise", "x"], "leave --enterprise out"),
        (["invite", "--role", "editor", "--contract", "owner"], "for a worker only"),
        (["invite", "--enterprise", "x", "--contract", "slave"], "employee"),
        (["enterprise", "add", ""], "1 to 120"),
        (["enterprise", "add", "x", "--size", "7"], "2_3"),
    ],
)
def test_what_cannot_be_done_is_told(wis: Wis, arguments: list[str], words: str) -> None:
    told = wis(*arguments)
    assert told.code == 1
    assert words in told.err


def test_an_empty_list_says_what_to_do(wis: Wis) -> None:
    assert "wis enterprise add" in wis("enterprise", "list").out
