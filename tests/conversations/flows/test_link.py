"""A second chat is joined by a one-time code."""

from dataclasses import replace
from datetime import timedelta

from conversations.effects import IssueLinkCode
from conversations.rules.codes import LINK, code_in
from tests.conversations.player import HOUSE, Player, golden, guest, member


def issued(player: Player) -> list[str]:
    return [effect.code for effect in player.all_effects if isinstance(effect, IssueLinkCode)]


def test_a_member_gets_a_code_and_the_road_to_the_other_chat() -> None:
    player = Player(member())
    player.says("collega")
    player.says("fatto")
    golden(player, "collega")
    assert [code_in(code, LINK) for code in issued(player)] == issued(player)


def test_the_roads_are_those_to_the_other_channels() -> None:
    whatsapp = Player(member(), channel="whatsapp", look="whatsapp")
    heard = whatsapp.says("collega")
    assert f"https://t.me/wis_demo_bot?start={issued(whatsapp)[0]}" in heard
    assert "wa.me" not in heard
    neither = Player(member(), house=replace(HOUSE, telegram_bot="", whatsapp_number=""))
    assert "https://" not in neither.says("collega")


def test_the_code_stays_the_same_while_it_is_valid() -> None:
    player = Player(member())
    player.says("collega")
    player.says("che cosa devo fare con questo numero?")
    player.waits(timedelta(minutes=29))
    player.says("e adesso?")
    assert len(issued(player)) == 1
    player.waits(timedelta(minutes=1))
    player.says("lingua")
    assert "COL-" in player.says("indietro")
    assert len(set(issued(player))) == 2


def test_the_code_sent_in_the_same_chat_is_explained() -> None:
    player = Player(member())
    player.says("collega")
    heard = player.says(issued(player)[0])
    assert "nell'altra chat, non in questa" in heard
    assert issued(player)[0] in heard


def test_another_code_typed_here_is_explained() -> None:
    player = Player(member())
    player.says("collega")
    assert "Non trovo questo codice" in player.says("COL-0000-0000")
    assert "Non trovo questo codice" in player.says("WIS-0000-0000")


def test_a_guest_has_nothing_to_join_yet() -> None:
    player = Player(guest())
    player.says("ciao")
    assert "Prima entra in WIS" in player.says("collega")
    assert issued(player) == []
