"""The state of one person's run through a form, as a value that goes to JSON and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conversations.forms.form_model import FormError, Problem
from conversations.forms.saving import Saved
from conversations.forms.stops import Route

VERSION = 1
"""Version of the JSON layout; from_json() reads this and all earlier ones."""
SUMMARY = "summary"
FINISHED = "finished"

JSON = Any


@dataclass(frozen=True, slots=True)
class Run:
    """Where a person is in a form, and what they answered.

    `time` is when the last action was taken. `at` is the path of the question shown, or SUMMARY or
    FINISHED; a repeat's path with + asks for one more. `done` holds the paths dealt with, `draft` the choices
    ticked and not yet confirmed, `hidden` the names of questions never asked, `editing` the question opened
    from the summary. `live` spares the next look at the run its reading; it holds nothing `saved` does not.
    """

    form: str
    language: str
    seed: int
    time: datetime
    saved: Saved
    at: str = SUMMARY
    done: frozenset[str] = frozenset()
    draft: tuple[str, ...] | None = None
    editing: str = ""
    hidden: frozenset[str] = frozenset()
    preset: Mapping[str, str] = field(default_factory=dict)
    live: Route | None = field(default=None, compare=False, repr=False)

    def to_json(self) -> dict[str, JSON]:
        """The run as JSON values, with a version."""
        data: dict[str, JSON] = {
            "version": VERSION,
            "form": self.form,
            "language": self.language,
            "seed": self.seed,
            "time": self.time.isoformat(),
            "at": self.at,
            "values": dict(self.saved.values),
            "done": sorted(self.done),
        }
        for name, value in (
            ("repeats", dict(self.saved.repeats)),
            ("calculated", dict(self.saved.calculated)),
            ("snapshots", dict(self.saved.snapshots)),
            ("fired", {ref: dict(seen) for ref, seen in self.saved.fired.items()}),
            ("editing", self.editing),
            ("hidden", sorted(self.hidden)),
            ("preset", dict(self.preset)),
        ):
            if value:
                data[name] = value
        if self.draft is not None:
            data["draft"] = list(self.draft)
        return data


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _texts(data: JSON) -> dict[str, str]:
    return {str(key): str(value) for key, value in (data or {}).items()}


def from_json(data: Mapping[str, JSON]) -> Run:
    """The run that to_json() wrote. Raises FormError (bad_state) for anything else."""
    try:
        if data["version"] != VERSION:
            raise FormError(Problem("bad_state", detail=f"version {data['version']}"))
        draft = data.get("draft")
        return Run(
            str(data["form"]),
            str(data["language"]),
            int(data["seed"]),
            _instant(str(data["time"])),
            Saved(
                _texts(data["values"]),
                {str(ref): int(count) for ref, count in data.get("repeats", {}).items()},
                _texts(data.get("calculated")),
                _texts(data.get("snapshots")),
                {str(ref): _texts(seen) for ref, seen in data.get("fired", {}).items()},
            ),
            str(data["at"]),
            frozenset(map(str, data["done"])),
            None if draft is None else tuple(map(str, draft)),
            str(data.get("editing", "")),
            frozenset(map(str, data.get("hidden", ()))),
            _texts(data.get("preset")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormError(Problem("bad_state", detail=repr(error))) from error
