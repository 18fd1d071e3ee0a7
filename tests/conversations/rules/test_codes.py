"""Codes survive phones, keyboards and voices; words are not taken for codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.rules.codes import ALPHABET, INVITATION, LINK, code_in, looks_like_code, make_code


@given(st.binary(min_size=5, max_size=40), st.sampled_from([INVITATION, LINK]))
def test_every_code_is_found_again_however_it_is_written(seed: bytes, prefix: str) -> None:
    code = make_code(prefix, seed)
    head, tail = code[4:8], code[9:]
    assert set(head + tail) <= set(ALPHABET)
    other = LINK if prefix == INVITATION else INVITATION
    for written in (code, code.lower(), f"{prefix} {head} {tail}", f"{prefix}{head}{tail}", f"Ciao, ho {code}!"):
        assert code_in(written, prefix) == code
        assert code_in(written, other) is None
    for dash in "–—‑−_":
        assert code_in(code.replace("-", dash), prefix) == code
    assert code_in(code.replace("0", "O").replace("1", "l"), prefix) == code


@pytest.mark.parametrize("text", ["7K3M-2QXA", "7k3m 2qxa", "7k3m2qxa"])
def test_an_invitation_may_lack_its_prefix_if_it_is_all_there_is(text: str) -> None:
    assert code_in(text, INVITATION) == "WIS-7K3M-2QXA"
    assert code_in(text, LINK) is None
    assert code_in(f"il mio {text}", INVITATION) is None


@pytest.mark.parametrize("text", ["riposare", "casa mia", "orto-vivo", "ciao", "wis", "", "WIS-7K3M-2QUA", "1234"])
def test_words_and_wrong_letters_are_no_code(text: str) -> None:
    assert code_in(text, INVITATION) is None
    assert code_in(text, LINK) is None


@pytest.mark.parametrize("text", ["WIS-7K3M", "wis 7k3m-2q", "7k3m", "col-123", "WIS-ABCD-EFG", "7K3M-2QXAA"])
def test_an_attempt_is_recognised(text: str) -> None:
    assert looks_like_code(text)


@pytest.mark.parametrize(
    "text", ["ciao", "wis", "cos'è wis", "riposare", "ho 3 figli", "casa-famiglia", "2", "wis milano"]
)
def test_ordinary_words_are_no_attempt(text: str) -> None:
    assert not looks_like_code(text)


@given(st.text(max_size=200))
def test_any_text_may_be_asked(text: str) -> None:
    code_in(text, INVITATION)
    looks_like_code(text)
