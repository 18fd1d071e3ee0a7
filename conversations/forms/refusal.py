"""Why an answer was not understood: a reason the caller turns into a phrase."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Reason = Literal[
    "empty",
    "too_long",
    "not_a_number",
    "not_whole",
    "number_too_large",
    "several_numbers",
    "not_a_date",
    "day_missing",
    "no_such_day",
    "no_such_month",
    "year_out_of_range",
    "which_week",
    "not_a_time",
    "no_such_time",
    "not_yes_no",
    "no_such_choice",
    "no_such_number",
    "ambiguous",
    "number_range",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer was not taken: `reason` says why, `params` holds what a sentence about it may name.

    `candidates` are the values of the choices that could have been meant, where `reason` is "ambiguous".
    """

    reason: Reason
    params: Mapping[str, str | int] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
