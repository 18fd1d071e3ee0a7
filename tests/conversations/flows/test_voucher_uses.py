"""Using a voucher: codes said aloud, QR pictures, wrong tries, the four figures, the clock, the same-day undo."""

import re
from typing import Any

import pytest

from conversations.events import Chose
from conversations.rules.voucher_pins import pin_of
from storage import redemptions, vouchers
from storage.db import Database
from tests.conversations.flows.voucher_phones import Network, a_spec, steady


@pytest.fixture
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Network:
    steady(monkeypatch)
    return Network(sqlite)


def given(network: Network, cents: int = 20_000, **more: Any) -> str:
    """The code of a voucher of giulia."""
    terms = {name: more.pop(name) for name in tuple(more) if name in ("voucher_kind", "least_cents")}
    key = network.given("giulia", network.opened(a_spec(**terms)), cents, **more)
    return network.codes[key]


def used(network: Network) -> int:
    with network.database.read() as conn:
        return sum(row.used_cents for row in vouchers.vouchers_of(conn, "giulia"))


def wrong(code: str) -> str:
    """The code with another check character."""
    return code[:-1] + ("A" if code[-1] != "A" else "B")


@pytest.mark.parametrize("change", [str.lower, lambda c: c.replace("0", "O"), lambda c: " ".join(c.replace("-", ""))])
def test_a_code_read_aloud_is_forgiven(network: Network, change: Any) -> None:
    code = given(network)
    network.says("paolo", "menu")
    network.taps("paolo", "Incassa un voucher")
    assert "Valido: Baby-sitter (G. P.)" in network.says("paolo", change(code))


def test_a_partner_sees_validity_service_rest_and_initials_only(network: Network) -> None:
    code = given(network)
    network.says("paolo", code)
    network.says("paolo", "30")
    network.taps("giulia", "Confermo")
    network.says("paolo", code)
    network.says("paolo", "indietro")
    network.says("paolo", "estratto del mese")
    said = network.read("paolo")
    assert "170,00" in said
    for secret in ("Giulia", "Prova", "Impresa", "Nido Inventato", "segreta", "Bando"):
        assert secret not in said


def test_five_wrong_codes_block_and_tell_the_coordinator(network: Network) -> None:
    code = given(network)
    network.says("paolo", "menu")
    network.taps("paolo", "Incassa un voucher")
    assert "Il codice non torna" in network.says("paolo", wrong(code))
    for _ in range(4):
        network.says("paolo", network.code())
    assert "cinque codici sbagliati" in network.read("marta")
    assert "Troppi codici sbagliati" in network.says("paolo", code)
    assert network.read("marta").count("cinque codici sbagliati") == 1
    network.pass_time(hours=1, minutes=1)
    network.taps("paolo", "Indietro")
    network.says("paolo", "menu")
    network.taps("paolo", "Incassa un voucher")
    assert "Valido" in network.says("paolo", code)


def test_a_qr_picture_is_valid_once_and_for_ten_minutes(network: Network) -> None:
    given(network)
    link = qr(network)
    assert link.startswith("PV-") or "PV-" in link
    assert "Valido: Baby-sitter" in network.scans("paolo", link)
    network.says("paolo", "20")
    network.taps("giulia", "Confermo")
    assert "Questo QR è scaduto o già usato" in network.scans("paolo", link)
    link = qr(network)
    network.pass_time(minutes=11)
    assert "Questo QR è scaduto o già usato" in network.scans("paolo", link)
    first = qr(network)
    qr(network)
    assert "Questo QR è scaduto o già usato" in network.scans("paolo", first)


def qr(network: Network) -> str:
    network.says("giulia", "le mie richieste")
    network.taps(
        "giulia", next(one for one in network.labels("giulia") if one.startswith("Voucher:")).replace("\xa0", " ")
    )
    network.taps("giulia", "Mostra il QR")
    found = next(one for one in reversed(network.heard_by["giulia"]) if one.attachment is not None).attachment
    assert found is not None and found.source == "voucher_qr"
    return found.ref


def test_who_is_no_partner_learns_nothing_from_a_picture(network: Network) -> None:
    given(network)
    said = network.scans("karim", qr(network))
    assert "Valido" not in said and "200,00" not in said


def test_more_than_the_rest_cannot_be_charged(network: Network) -> None:
    network.says("paolo", given(network))
    assert "restano 200,00" in network.says("paolo", "250").replace("\xa0", " ")
    assert "non può essere sotto zero" in network.says("paolo", "-5")
    network.taps("paolo", "Tutto: 200,00 €")
    network.taps("giulia", "Confermo")
    assert used(network) == 20_000
    assert "non è valido" in network.says("paolo", next(iter(network.codes.values())))


def test_an_employers_voucher_is_used_whole(network: Network) -> None:
    code = given(network, voucher_kind="B")
    assert "in una volta sola" in network.says("paolo", code)
    assert "in una volta sola" in network.says("paolo", "40")
    network.taps("paolo", "Tutto: 200,00 €")
    network.taps("giulia", "Confermo")
    assert used(network) == 20_000
    assert "Chiedi un rimborso" not in network.says("giulia", "voucher")


def test_the_owner_says_no_or_says_nothing(network: Network) -> None:
    code = given(network)
    network.says("paolo", code)
    network.says("paolo", "40")
    assert "non hai pagato niente" in network.taps("giulia", "No")
    assert "non ha confermato 40,00" in network.read("paolo").replace("\xa0", " ")
    network.says("paolo", code)
    network.says("paolo", "50")
    network.pass_time(minutes=16)
    assert "15 minuti senza conferma: 50,00" in network.read("paolo").replace("\xa0", " ")
    assert "Il tempo per 50,00" in network.taps("giulia", "Confermo").replace("\xa0", " ")
    assert used(network) == 0


def test_the_four_figures_confirm_where_the_message_does_not_arrive(network: Network) -> None:
    code = given(network)
    network.says("paolo", code)
    said = network.says("paolo", "40")
    pin = re.search(r"PIN: (\d{4})", said)
    assert pin is not None
    network.says("giulia", "menu")
    other = f"{(int(pin[1]) + 1) % 10_000:04d}"
    assert "Questo PIN non va bene" in network.says("giulia", other)
    assert "hai pagato 40,00" in network.says("giulia", pin[1]).replace("\xa0", " ")
    assert used(network) == 4_000
    network.taps("paolo", "Aggiorna")
    assert "Confermato: 40,00" in network.text.replace("\xa0", " ")


def figures(network: Network) -> str:
    """What giulia wrote down at home."""
    network.says("giulia", "le mie richieste")
    network.taps("giulia", next(one for one in network.labels("giulia") if "Voucher:" in one).replace("\xa0", " "))
    found = re.search(r"4 cifre (\d{4})", network.taps("giulia", "Senza telefono?"))
    assert found is not None
    return found[1]


def another(said: str, by: int = 1) -> str:
    return f"{(int(said) + by) % 10_000:04d}"


def test_who_has_no_phone_says_her_own_figures_and_they_are_good_once(network: Network) -> None:
    code, said = given(network), figures(network)
    network.says("paolo", code)
    network.says("paolo", "40")
    assert "non tornano" in network.says("paolo", another(said))
    assert "Confermato: 40,00" in network.says("paolo", f"PIN {said}").replace("\xa0", " ")
    assert "Se non lo hai fatto tu" in network.read("giulia") and used(network) == 4_000
    network.says("paolo", code)
    network.says("paolo", "10")
    assert "non tornano" in network.says("paolo", said) and used(network) == 4_000
    assert figures(network) != said


def test_five_wrong_figures_stop_a_partner_and_tell_the_coordinator(network: Network) -> None:
    code, said = given(network), figures(network)
    network.says("paolo", code)
    network.says("paolo", "40")
    for step in range(1, 6):
        network.says("paolo", another(said, step))
    assert "Troppi codici sbagliati" in network.says("paolo", said) and used(network) == 0
    assert network.read("marta").count("cinque codici sbagliati") == 1


def test_figures_help_nobody_but_the_partner_of_the_charge_and_not_after_its_time(network: Network) -> None:
    code, said = given(network), figures(network)
    network.says("paolo", code)
    network.says("paolo", "40")
    network.says("karim", said)
    assert used(network) == 0
    network.pass_time(minutes=16)
    network.says("paolo", said)
    assert used(network) == 0


def test_a_typed_yes_confirms_the_one_charge_that_waits(network: Network) -> None:
    network.says("paolo", given(network))
    network.says("paolo", "40")
    assert "hai pagato" in network.says("giulia", "confermo")


@pytest.mark.parametrize(
    ("said", "heard"), [("sì", "hai pagato"), ("va bene", "hai pagato"), ("no", "non hai pagato niente")]
)
def test_a_short_answer_is_for_the_charge_that_waits(network: Network, said: str, heard: str) -> None:
    network.says("paolo", given(network))
    network.says("giulia", "menu")
    network.says("paolo", "40")
    assert heard.casefold() in network.says("giulia", said).casefold()


def test_double_taps_and_other_people_change_nothing(network: Network) -> None:
    network.says("paolo", given(network))
    network.says("paolo", "40")
    token = network.token("giulia", "Confermo")
    assert "Non c'è nessun pagamento" in network.take("karim", Chose(token))
    network.taps("giulia", "Confermo")
    assert "Hai già confermato" in network.taps("giulia", "Confermo")
    assert "Hai già confermato" in network.taps("giulia", "No")
    assert used(network) == 4_000


def test_a_charge_is_called_off_or_undone_on_the_same_day(network: Network) -> None:
    code = given(network)
    network.says("paolo", code)
    network.says("paolo", "40")
    network.taps("paolo", "Annulla incasso")
    assert "ha annullato la richiesta di 40,00" in network.read("giulia").replace("\xa0", " ")
    network.says("paolo", code)
    network.says("paolo", "60")
    network.taps("giulia", "Confermo")
    network.says("paolo", "menu")
    network.taps("paolo", "Incassa un voucher")
    assert "Questo mese: un incasso, 60,00" in network.taps("paolo", "Estratto del mese").replace("\xa0", " ")
    network.taps("paolo", "60,00 € · G. P.")
    assert "incasso annullato" in network.taps("paolo", "Sì")
    assert used(network) == 0 and "è di nuovo nel tuo voucher" in network.read("giulia")
    network.says("paolo", code)
    network.says("paolo", "60")
    network.taps("giulia", "Confermo")
    network.pass_time(days=1)
    with network.database.read() as conn:
        last = redemptions.redemptions_by(conn, "paolo")[0].id
    assert "solo nello stesso giorno" in network.take("paolo", Chose(f"@voucher_redeem:undo:{last}"))
    assert used(network) == 6_000


def test_a_voucher_with_an_open_charge_cannot_be_given_back(network: Network) -> None:
    network.says("paolo", given(network))
    network.says("paolo", "40")
    network.says("giulia", "le mie richieste")
    network.taps("giulia", "Voucher: 200,00 €")
    assert "aspetta la tua conferma" in network.taps("giulia", "Restituisci")


def test_the_figures_of_a_charge_are_four() -> None:
    assert all(re.fullmatch(r"\d{4}", pin_of(f"charge {n}")) for n in range(50))
