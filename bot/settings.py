"""All settings of the program in one frozen object, read from the environment and from .env.

SettingsError lists every problem at once, each with what to do about it; no message repeats a secret.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Self

from dotenv import dotenv_values
from pydantic import ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.settings_fields import Fields
from bot.settings_rules import conflicts

ENV_FILE: Final = Path(".env")


class SettingsError(Exception):
    """The settings need a correction."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join((str(type(self).__doc__), *(f"- {problem}" for problem in problems))))
        self.problems = problems


class Settings(Fields):
    """The settings of one installation; every combination that exists is one that can work."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = tuple(conflicts(self))
        if problems:
            raise _Conflicts(problems)
        return self

    @classmethod
    def load(cls, env_file: Path | None = ENV_FILE, **values: Any) -> "Settings":
        """The settings of the environment, then of the file, overruled by `values`. Raises SettingsError."""
        try:
            return cls(_env_file=env_file, **values)
        except ValidationError as error:
            raise SettingsError(tuple(line for detail in error.errors() for line in _explain(detail))) from None


def misspelt(env_file: Path = ENV_FILE) -> tuple[str, ...]:
    """A sentence for each name in the file that is no setting but nearly one."""
    known = [name.upper() for name in Settings.model_fields]
    given = dotenv_values(env_file) if env_file.is_file() else {}
    unknown = [name for name in given if name.upper() not in known]
    near = {name: get_close_matches(name.upper(), known, n=1, cutoff=0.8) for name in unknown}
    return tuple(f"{name} is no setting: did you mean {match[0]}?" for name, match in near.items() if match)


class _Conflicts(ValueError):
    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _explain(detail: ErrorDetails) -> tuple[str, ...]:
    context = detail.get("ctx", {})
    if isinstance(cause := context.get("error"), _Conflicts):
        return cause.problems
    name = str(detail["loc"][0]).upper() if detail["loc"] else "settings"
    if detail["type"] == "literal_error":
        return (f"{name}: must be {context['expected']}",)
    return (f"{name}: {_WRONG.get(detail['type']) or detail['msg'].lower()}",)


_WRONG: Final = {
    "bool_parsing": "must be on or off",
    "int_parsing": "must be a whole number",
    "string_pattern_mismatch": "must be two small letters, like it or en",
}
