"""A guest, the codes she brings, and the codes a member brings."""

import pytest

from conversations.effects import AcceptInvitation, JoinPerson, RecordConsent, Say, ToPerson
from conversations.events import Sent
from conversations.facts import LinkCode
from tests.conversations.player import ACME, Player, golden, guest, member

CODE = "WIS-7K3M-2QXA"
LINK = "COL-7K3M-2QXA"


def test_a_guest_without_a_code_reads_what_wis_is_and_how_to_be_invited() -> None:
    player = Player(guest())
    player.says("buongiorno")
    player.taps("Cos'è WIS")
    player.taps("Indietro")
    player.taps("Ho un codice")
    player.says("non lo trovo")
    player.says("boh")
    player.taps("Parla con noi")
    golden(player, "ospite_senza_codice")


def test_the_first_message_is_answered_with_the_start_whatever_it_is() -> None:
    assert "Sono WIS" in Player(guest()).does(Sent("photo", "ref"))
    assert "Sono WIS" in Player(guest()).says("mi hanno detto di scrivere qui")
    assert "Sono WIS" in Player(guest()).opens()
    assert "I am WIS" in Player(guest("en")).says("hello")


def test_a_second_greeting_is_not_a_misunderstanding() -> None:
    player = Player(guest())
    player.says("ciao")
    assert player.says("ciao").count("Ciao") == 1


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("used", "già stato usato"),
        ("expired", "è scaduto"),
        ("revoked", "non è più valido"),
        ("unknown", "Non trovo questo codice"),
        ("mine", "già stato usato"),
    ],
)
def test_a_code_that_does_not_open_says_what_to_do_and_nothing_personal(status: str, told: str) -> None:
    for way in ("says", "opens"):
        player = Player(guest())
        player.invites(CODE, status)
        heard = getattr(player, way)(CODE)
        assert told in heard
        assert ACME not in heard
        assert "Parla con noi" in player.labels()
        assert player.did(AcceptInvitation) == []


def test_an_open_code_never_tells_whom_it_is_for() -> None:
    player = Player(guest())
    player.invites(CODE)
    player.says(f"Ciao! Il mio codice è {CODE.lower()}, grazie")
    player.taps("Italiano")
    player.taps("Leggi tutto")
    player.taps("Indietro")
    told = [str(effect) for effect in player.all_effects]
    assert not any(ACME in line for line in told)
    assert player.did(RecordConsent) == []


def test_another_code_may_be_tried_at_once() -> None:
    player = Player(guest())
    player.invites(CODE)
    assert "Non trovo" in player.says("WIS-7K3M-2QXB")
    assert "Il codice va bene" in player.says("7k3m 2qxa")


def test_what_only_looks_like_a_code_is_told_what_a_code_looks_like() -> None:
    player = Player(guest())
    player.says("ciao")
    for attempt in ("WIS-7K3M", "7k3m", "wis 12345"):
        assert "fatto così: WIS-7K3M-2QXA" in player.says(attempt)
    assert "nell'altra chat" in player.says(LINK)


def test_annulla_is_answered_to_a_guest_too() -> None:
    player = Player(guest())
    player.says("ciao")
    assert "lasciamo stare" in player.says("annulla")
    assert "Sono WIS" in player.says("menu")


def test_her_own_code_sends_a_member_back_to_where_she_was() -> None:
    player = Player(member())
    player.invites(CODE, "mine")
    player.says("lingua")
    heard = player.says(CODE)
    assert "già tuo" in heard
    assert "Che lingua preferisci" in heard
    player.opens(CODE)
    assert player.state.place.flow == "language"


def test_a_second_code_adds_a_role_only_after_yes() -> None:
    player = Player(member())
    player.invites(CODE, enterprise="Bar Inventato", role="referent")
    asked = player.says(CODE)
    assert "Hai già un profilo" in asked
    assert "Bar Inventato" not in asked
    assert "lascio tutto com'è" in player.taps("No")
    player.says(CODE)
    heard = player.says("sì")
    assert "c'è anche Bar Inventato" in heard
    assert player.did(AcceptInvitation) == [AcceptInvitation(f"id of {CODE}")]
    assert [m.role for m in player.facts.person.memberships] == ["worker", "referent"]


def test_a_role_of_the_association_has_no_enterprise_to_name() -> None:
    player = Player(member())
    player.invites(CODE, enterprise="", role="coordinator")
    player.says(CODE)
    assert "Ho aggiunto il nuovo ruolo" in player.says("sì")


def test_a_second_code_used_by_somebody_else_meanwhile_is_told() -> None:
    player = Player(member())
    player.invites(CODE)
    player.says(CODE)
    player.invites(CODE, "used")
    assert "già stato usato" in player.taps("Sì")
    assert player.did(AcceptInvitation) == []


def test_a_link_code_joins_the_chat_after_yes_and_tells_both_chats() -> None:
    player = Player(guest())
    player.link_codes[LINK] = LinkCode("open", "l1", "giulia")
    asked = player.opens(LINK)
    assert "unisce questa chat" in asked
    player.taps("Sì")
    assert player.did(JoinPerson) == [JoinPerson("l1", "giulia")]
    first, join, last = player.effects
    assert isinstance(first, Say) and first.to == ToPerson("giulia")
    assert isinstance(last, Say) and last.to == ToPerson("giulia")
    assert isinstance(join, JoinPerson)


def test_a_link_code_refused_leaves_everything_as_it_is() -> None:
    player = Player(guest())
    player.link_codes[LINK] = LinkCode("open", "l1", "giulia")
    player.says(LINK)
    assert "lascio tutto com'è" in player.says("no")
    assert player.did(JoinPerson) == []


@pytest.mark.parametrize(
    ("status", "told"),
    [("used", "già stato usato"), ("expired", "è scaduto"), ("mine", "nell'altra chat, non in questa")],
)
def test_a_link_code_that_does_not_open_says_how_to_get_another(status: str, told: str) -> None:
    for person in (guest(), member()):
        player = Player(person)
        player.link_codes[LINK] = LinkCode(status, "l1", "giulia")  # type: ignore[arg-type]
        assert told in player.says(f"ecco {LINK}")
        assert player.did(JoinPerson) == []


def test_two_profiles_are_joined_by_a_person() -> None:
    player = Player(member())
    player.link_codes[LINK] = LinkCode("open", "l1", "another")
    assert "i due profili li unisce una persona" in player.says(LINK)
    assert player.labels() == ["Parla con noi", "Fatto"]
    assert "Menu" in player.taps("Fatto")
    assert player.did(JoinPerson) == []


def test_in_english_the_same_road_is_complete() -> None:
    player = Player(guest("en"))
    player.says("hi")
    player.taps("What is WIS")
    player.taps("I have a code")
    player.invites(CODE, "expired")
    player.says(CODE)
    golden(player, "guest_in_english")
