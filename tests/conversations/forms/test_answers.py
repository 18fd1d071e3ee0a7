"""What people type becomes a value, or a reason that can be explained."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.forms.answers import (
    Offered,
    Refusal,
    canonical,
    read_choice,
    read_choices,
    read_date,
    read_decimal,
    read_integer,
    read_text,
    read_time,
    read_yes_no,
)

TODAY = date(2026, 11, 25)


def offer(*labels: str) -> list[Offered]:
    return [Offered(f"v{number}", (label,)) for number, label in enumerate(labels, 1)]


WHEN = offer(
    "Mattina presto", "Sera", "Il sabato", "La domenica", "A turni", "Nessuno di questi", "Preferisco non dirlo"
)
TASKS = offer("Pulizie e lavanderia", "Spesa e pasti pronti", "Accompagnamenti", "Sì, accetto", "No, salta queste")


def reason(answer: object) -> str:
    return answer.reason if isinstance(answer, Refusal) else f"taken as {answer!r}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3", 3),
        (" 3. ", 3),
        ("tre", 3),
        ("Tre!", 3),
        ("three", 3),
        ("ventuno", 21),
        ("ventitré", 23),
        ("ventotto", 28),
        ("centotto", 108),
        ("cento otto", 108),
        ("twenty-one", 21),
        ("one hundred and five", 105),
        ("mille", 1000),
        ("milleduecento", 1200),
        ("duemilatre", 2003),
        ("two thousand and five", 2005),
        ("un milione", 1_000_000),
        ("zero", 0),
        ("-5", -5),
        ("−5", -5),
        ("meno tre", -3),
        ("1.200", 1200),
        ("1.200.300", 1_200_300),
        ("1 200", 1200),
        ("3,0", 3),
        ("3 figli", 3),
        ("ho 3 figli", 3),
        ("€ 50", 50),
        ("50 euro", 50),
        ("2️⃣", 2),
        ("３", 3),
        ("٣", 3),
        ("\u200f3\u200f", 3),
        ("3\u200b", 3),
    ],
)
def test_a_whole_number_is_read_in_figures_and_words(written: str, meant: int) -> None:
    assert read_integer(written) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("3,5", "not_whole"),
        ("tre e mezzo", "not_whole"),
        ("3 o 4", "several_numbers"),
        ("1.2.3", "several_numbers"),
        ("boh", "not_a_number"),
        ("uno due", "not_a_number"),
        ("3²", "not_a_number"),
        ("½", "not_a_number"),
        ("a", "not_a_number"),
        ("millecento mila", "not_a_number"),
        ("10,000", "ambiguous"),
        ("9" * 16, "number_too_large"),
        ("9" * 10_000, "too_long"),
    ],
)
def test_what_is_no_whole_number_is_refused_with_the_reason(written: str, why: str) -> None:
    assert reason(read_integer(written)) == why


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3,5", "3.5"),
        ("3.5", "3.5"),
        ("1.200,50", "1200.5"),
        ("1,200.50", "1200.5"),
        ("1200.50", "1200.5"),
        ("1200,50", "1200.5"),
        ("350,50", "350.5"),
        ("1.200", "1200"),
        ("0.500", "0.5"),
        ("1,200", "1.2"),
        ("-5", "-5"),
        ("mille", "1000"),
        ("tre virgola cinque", "3.5"),
        ("two point five", "2.5"),
        ("tre e mezzo", "3.5"),
        ("3 e mezzo", "3.5"),
        ("mezzo", "0.5"),
        ("two and a half", "2.5"),
    ],
)
def test_a_decimal_is_read_with_italian_and_english_marks(written: str, meant: str) -> None:
    value = read_decimal(written)
    assert isinstance(value, Decimal)
    assert canonical(value) == meant


def test_a_comma_before_three_figures_marks_thousands_in_english_only() -> None:
    assert read_decimal("1,200", "en") == 1200
    assert read_integer("10,000", "en") == 10_000
    assert read_decimal("1,20", "en") == Decimal("1.2")


@given(st.integers(-999_999, 999_999))
def test_every_number_written_in_figures_comes_back(number: int) -> None:
    assert read_integer(str(number)) == number
    assert read_integer(f"{number:,}".replace(",", ".")) == number


@given(st.decimals(min_value=0, max_value=99_999, places=2))
def test_every_amount_written_the_italian_way_comes_back(amount: Decimal) -> None:
    italian = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert read_decimal(italian) == amount


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("oggi", date(2026, 11, 25)),
        ("Ieri!", date(2026, 11, 24)),
        ("domani", date(2026, 11, 26)),
        ("l'altro ieri", date(2026, 11, 23)),
        ("L’altro ieri", date(2026, 11, 23)),
        ("dopodomani", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 24)),
        ("the day before yesterday", date(2026, 11, 23)),
        ("15/06/2024", date(2024, 6, 15)),
        ("15-6-24", date(2024, 6, 15)),
        ("15.6.24", date(2024, 6, 15)),
        ("3.5.66", date(1966, 5, 3)),
        ("15062024", date(2024, 6, 15)),
        ("2024-06-15", date(2024, 6, 15)),
        ("15 giugno 2024", date(2024, 6, 15)),
        ("15 giu 24", date(2024, 6, 15)),
        ("il 3 di maggio del 1966", date(1966, 5, 3)),
        ("15 giugno", date(2026, 6, 15)),
        ("15/6", date(2026, 6, 15)),
        ("primo gennaio", date(2026, 1, 1)),
        ("1° gennaio", date(2026, 1, 1)),
        ("quindici giugno duemilaventiquattro", date(2024, 6, 15)),
        ("June 15, 2024", date(2024, 6, 15)),
        ("15th of June 2024", date(2024, 6, 15)),
        ("mercoledì 25 novembre", date(2026, 11, 25)),
        ("lunedì scorso", date(2026, 11, 23)),
        ("last Wednesday", date(2026, 11, 18)),
        ("mercoledì prossimo", date(2026, 12, 2)),
        ("3 giorni fa", date(2026, 11, 22)),
        ("tra una settimana", date(2026, 12, 2)),
        ("two days ago", date(2026, 11, 23)),
    ],
)
def test_a_date_is_read_day_first(written: str, meant: date) -> None:
    assert read_date(written, TODAY) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "empty"),
        ("31/02", "no_such_day"),
        ("31/02/2024", "no_such_day"),
        ("29/02/2023", "no_such_day"),
        ("0/5/2024", "no_such_day"),
        ("31 aprile", "no_such_day"),
        ("06/15/2024", "no_such_month"),
        ("1/1/1800", "year_out_of_range"),
        ("9999 settimane fa", "year_out_of_range"),
        ("giugno 2024", "day_missing"),
        ("giugno", "day_missing"),
        ("lunedì", "which_week"),
        ("15", "not_a_date"),
        ("15/06/2024 10:30", "not_a_date"),
        ("quando capita", "not_a_date"),
        ("1/" * 5_000, "too_long"),
    ],
)
def test_a_wrong_date_is_refused_with_the_reason(written: str, why: str) -> None:
    assert reason(read_date(written, TODAY)) == why


def test_a_day_that_does_not_exist_is_named() -> None:
    assert read_date("31/02", TODAY) == Refusal("no_such_day", {"day": 31, "month": 2, "year": 2026})


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_date_written_the_italian_way_comes_back(day: date) -> None:
    assert read_date(f"{day.day}/{day.month}/{day.year}", TODAY) == day
    assert read_date(f"{day:%d-%m-%Y}", TODAY) == day
    assert read_date(day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15:30", time(15, 30)),
        ("15.30", time(15, 30)),
        ("1530", time(15, 30)),
        ("15h30", time(15, 30)),
        ("le 15", time(15)),
        ("alle ore 15", time(15)),
        ("h 15", time(15)),
        ("le 3 e mezza", time(3, 30)),
        ("l'una e mezza", time(1, 30)),
        ("le 3 meno un quarto", time(2, 45)),
        ("alle tre e dieci del pomeriggio", time(15, 10)),
        ("le otto di sera", time(20)),
        ("mezzogiorno", time(12)),
        ("mezzanotte", time(0)),
        ("3 pm", time(15)),
        ("3:30 p.m.", time(15, 30)),
        ("12 am", time(0)),
        ("12 pm", time(12)),
        ("half past three", time(3, 30)),
        ("quarter to four", time(3, 45)),
        ("noon", time(12)),
    ],
)
def test_a_time_of_day_is_read(written: str, meant: time) -> None:
    assert read_time(written) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "empty"),
        ("25:00", "no_such_time"),
        ("12:60", "no_such_time"),
        ("boh", "not_a_time"),
        ("1" * 200, "too_long"),
    ],
)
def test_a_wrong_time_is_refused_with_the_reason(written: str, why: str) -> None:
    assert reason(read_time(written)) == why


@given(st.times())
def test_every_time_written_in_figures_comes_back(moment: time) -> None:
    assert read_time(f"{moment:%H:%M}") == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    "written",
    [
        "sì",
        "si",
        "SI'",
        "siiii",
        "certo",
        "ok",
        "va bene",
        "sì, grazie",
        "👍🏽",
    ],
)
def test_a_yes_is_understood(written: str) -> None:
    assert read_yes_no(written) is True


@pytest.mark.parametrize("written", ["no", "No grazie", "nooo", "no, thanks", "assolutamente no", "nope", "👎"])
def test_a_no_is_understood(written: str) -> None:
    assert read_yes_no(written) is False


@pytest.mark.parametrize("written", ["forse", "non so", "sì e no", "quando capita"])
def test_what_is_neither_yes_nor_no_is_not_guessed(written: str) -> None:
    assert reason(read_yes_no(written)) == "not_yes_no"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2", "v2"),
        ("2.", "v2"),
        ("2)", "v2"),
        ("2️⃣", "v2"),
        ("due", "v2"),
        ("la seconda", "v2"),
        ("the second one", "v2"),
        ("opzione 2", "v2"),
        ("n. 2", "v2"),
        ("ultima", "v7"),
        ("SERA!", "v2"),
        ("sere", "v2"),
        ("matt", "v1"),
        ("mattina", "v1"),
        ("domenica", "v4"),
        ("nessuno di quetsi", "v6"),
        ("V3", "v3"),
    ],
)
def test_a_choice_is_read_by_number_label_or_part_of_it(written: str, value: str) -> None:
    assert read_choice(written, WHEN) == value


@pytest.mark.parametrize(("written", "value"), [("sì", "v4"), ("certo", "v4"), ("no grazie", "v5"), ("No", "v5")])
def test_yes_and_no_choose_the_one_label_that_says_so(written: str, value: str) -> None:
    assert read_choice(written, TASKS) == value


def test_a_whole_label_goes_before_its_number() -> None:
    assert read_choice("1", offer("3", "2", "1")) == "v3"


def test_a_label_of_another_language_is_understood() -> None:
    assert (
        read_choice(
            "saturday", [Offered("sat", ("Il sabato", "Saturday")), Offered("sun", ("La domenica", "Sunday"))]
        )
        == "sat"
    )


def test_two_choices_that_fit_are_offered_back() -> None:
    often = offer("Sì, spesso", "Sì, qualche volta", "No")
    assert read_choice("sì", often) == Refusal("ambiguous", candidates=("v1", "v2"))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "empty"),
        ("9", "no_such_number"),
        ("0", "no_such_number"),
        ("boh", "no_such_choice"),
        ("x" * 500, "too_long"),
    ],
)
def test_what_is_not_offered_is_refused_with_the_reason(written: str, why: str) -> None:
    assert reason(read_choice(written, WHEN)) == why
    assert reason(read_choices(written, WHEN)) == why


def test_a_denial_is_not_taken_for_the_label_it_contains() -> None:
    assert reason(read_choice("non sono dipendente", offer("Sono dipendente", "Sono titolare"))) == "no_such_choice"


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("2", ("v2",)),
        ("1, 3 e 4", ("v1", "v3", "v4")),
        ("1 3 4", ("v1", "v3", "v4")),
        ("4;1;1", ("v1", "v4")),
        ("1-3-4", ("v1", "v3", "v4")),
        ("1\n2", ("v1", "v2")),
        ("mattina e sera", ("v1", "v2")),
        ("sabato, domenica", ("v3", "v4")),
        ("sera and 3", ("v2", "v3")),
    ],
)
def test_several_choices_are_read_in_the_order_offered(written: str, values: tuple[str, ...]) -> None:
    assert read_choices(written, WHEN) == values


def test_a_label_with_an_and_in_it_stays_one_choice() -> None:
    assert read_choices("pulizie e lavanderia", TASKS) == ("v1",)
    assert read_choices("pulizie e lavanderia e accompagnamenti", TASKS) == ("v1", "v3")
    assert read_choices("accompagnamenti, spesa e pasti pronti", TASKS) == ("v2", "v3")


def test_one_part_that_is_not_understood_refuses_all_and_is_named() -> None:
    assert read_choices("1 e boh", WHEN) == Refusal("no_such_choice", {"part": "1 e boh"})
    assert read_choices("1, 9", WHEN) == Refusal("no_such_number", {"number": 9, "count": 7, "part": "9"})


def test_a_range_of_numbers_is_not_guessed() -> None:
    assert read_choices("1-3", WHEN) == Refusal("number_range", {"first": 1, "last": 3})


AGES = offer("Non ho figli minori", "Da 0 a 2 anni", "Da 3 a 5 anni", "Da 6 a 10 anni", "Preferisco non dirlo")


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("0-2", ("v2",)),
        ("3-5 anni", ("v3",)),
        ("da 6 a 10", ("v4",)),
        ("0-2 e 3-5", ("v2", "v3")),
        ("0-2, 6-10 anni", ("v2", "v4")),
        ("2", ("v2",)),
        ("no grazie", ("v1",)),
    ],
)
def test_the_numbers_inside_a_label_mean_that_label(written: str, values: tuple[str, ...]) -> None:
    assert read_choices(written, AGES) == values


@pytest.mark.parametrize(
    ("written", "value"),
    [("58", "v3"), ("58 anni", "v3"), ("ho 35 anni", "v1"), ("Ho 40 anni.", "v2"), ("2", "v2"), ("3 anni", None),
     ("9", None), ("60", None), ("35 euro", None)],
)
def test_an_amount_means_the_label_it_lies_within_unless_it_counts_a_choice(written: str, value: str | None) -> None:
    found = read_choice(written, offer("Da 30 a 39 anni", "Da 40 a 49 anni", "Da 50 a 59 anni", "60 anni o più"))
    assert (found if isinstance(found, str) else None) == value


def test_an_amount_on_the_border_of_two_labels_is_not_guessed() -> None:
    assert reason(read_choice("100", offer("Da 50 a 100 euro", "Da 100 a 200 euro"))) == "no_such_number"


@pytest.mark.parametrize("written", ["1-2", "3-6", "2-5", "tra 3 e 5 figli"])
def test_numbers_that_no_label_joins_stay_a_question(written: str) -> None:
    assert isinstance(read_choices(written, AGES), Refusal)


def test_a_free_text_keeps_its_lines_and_loses_what_no_database_stores() -> None:
    assert read_text("  Ciao\r\nnon\x00 ho\ud800 tempo ") == "Ciao\nnon ho tempo"
    assert reason(read_text(" \x00 ")) == "empty"
    assert read_text("x" * 501, 500) == Refusal("too_long", {"limit": 500})
    assert reason(read_text("\x00" * 10_000, 500)) == "too_long"


def test_values_are_stored_as_xforms_write_them() -> None:
    assert canonical(True) == "true"
    assert canonical(3) == "3"
    assert canonical(Decimal("1200.50")) == "1200.5"
    assert canonical(Decimal("1E+3")) == "1000"
    assert canonical(date(2024, 6, 15)) == "2024-06-15"
    assert canonical(time(15, 30)) == "15:30:00.000"
    assert canonical(("a", "b")) == "a b"
    assert canonical("a") == "a"


HOSTILE = st.one_of(
    st.text(max_size=600),
    st.text(alphabet="0123456789.,-/: e'ap\u200f\u200b️⃣👍🏽½²٣\ud800\x00\n", max_size=450),
    st.lists(
        st.sampled_from("uno e mezzo giugno 31 lunedì fa tra mille mila cento 1 , - /".split()), max_size=30
    ).map(" ".join),
)


@given(HOSTILE)
def test_hostile_input_is_always_a_value_or_a_refusal(text: str) -> None:
    assert isinstance(read_integer(text), int | Refusal)
    assert isinstance(read_decimal(text), Decimal | Refusal)
    assert isinstance(read_date(text, TODAY), date | Refusal)
    assert isinstance(read_time(text), time | Refusal)
    assert isinstance(read_yes_no(text), bool | Refusal)
    assert isinstance(read_text(text), str | Refusal)
    one, many = read_choice(text, WHEN), read_choices(text, WHEN)
    assert isinstance(one, Refusal) or one in {choice.value for choice in WHEN}
    assert isinstance(many, Refusal) or set(many) <= {choice.value for choice in WHEN}


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000,
        "e " * 5_000,
        "sì" * 5_000,
        "\u200f" * 10_000,
        "👍" * 10_000,
        "1," * 5_000,
    ],
)
def test_ten_thousand_characters_are_refused(text: str) -> None:
    answers = (
        read_integer(text),
        read_date(text, TODAY),
        read_time(text),
        read_choice(text, WHEN),
        read_choices(text, WHEN),
    )
    assert [reason(answer) for answer in answers] == ["too_long"] * 5
