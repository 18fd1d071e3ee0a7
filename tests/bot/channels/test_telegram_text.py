"""How texts are laid out for Telegram: escaped, within its limits, never cut inside a character."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_text import LONGEST_TEXT, Paragraph, parts, units
from tests.fakes.telegram_html import visible

FAMILY = "👩‍👩‍👧‍👦"


def test_markup_in_a_text_is_shown_as_it_was_written() -> None:
    (part,) = parts([Paragraph("a < b & c > d", "b"), Paragraph("<i>no</i> &amp;")])
    assert part.html == "<b>a &lt; b &amp; c &gt; d</b>\n\n&lt;i&gt;no&lt;/i&gt; &amp;amp;"
    assert visible(part.html) == "a < b & c > d\n\n<i>no</i> &amp;"


def test_units_count_what_is_outside_the_basic_plane_twice() -> None:
    assert [units(text) for text in ("abc", "perché", "👍", FAMILY)] == [3, 6, 2, 11]


def test_what_utf8_cannot_hold_is_replaced_and_nul_is_dropped() -> None:
    (part,) = parts([Paragraph("a\0b\ud83d")])
    assert part.html == "ab?"


def test_a_long_text_is_cut_between_paragraphs_first() -> None:
    found = parts([Paragraph("a" * 3000), Paragraph("b" * 1094), Paragraph("c" * 5)])
    assert [part.html for part in found] == ["a" * 3000 + "\n\n" + "b" * 1094, "c" * 5]
    assert found[0].size == LONGEST_TEXT


def test_a_long_paragraph_keeps_its_style_in_every_part() -> None:
    found = parts([Paragraph("parola & parola. " * 400, "b")])
    assert len(found) == 2
    assert all(part.html.startswith("<b>") and part.html.endswith("</b>") for part in found)
    assert all(visible(part.html).endswith(".") for part in found)


def test_no_emoji_is_cut_into_its_members() -> None:
    found = parts([Paragraph(FAMILY * 1000)])
    assert all(set(visible(part.html).split(FAMILY)) == {""} for part in found)


pieces = st.sampled_from([FAMILY, "🇮🇹", "e\u0301", "<", "&", "parola", " ", ". ", "\n", "a" * 50, "👍🏽"])


@given(st.lists(st.lists(pieces, max_size=40).map("".join), max_size=4), st.sampled_from(["", "b", "i"]))
def test_every_part_fits_is_valid_markup_and_nothing_is_lost(texts: list[str], style: str) -> None:
    found = parts([Paragraph(text, style) for text in texts], 200)  # type: ignore[arg-type]
    shown = [visible(part.html) for part in found]
    assert all(0 < units(text) == part.size <= 200 for text, part in zip(shown, found, strict=True))
    assert "".join("".join(shown).split()) == "".join("".join(texts).split())
