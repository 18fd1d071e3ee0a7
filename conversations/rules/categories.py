"""The closed list of what a voucher can be for (domain.md 7.6): area, whether it is sensitive, how it is used."""

from dataclasses import dataclass
from typing import Final, Literal

Area = Literal["care", "time"]
Mode = Literal["service", "reimbursement"]
AREAS: Final[tuple[Area, ...]] = ("care", "time")
BOTH: Final = frozenset[Mode]({"service", "reimbursement"})


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of service. `sensitive`: it tells of health or disability, so its papers are never taken in the chat."""

    code: str
    area: Area
    sensitive: bool = False
    modes: frozenset[Mode] = BOTH

    @property
    def label(self) -> str:
        """The key of its name, at most 24 characters in every language."""
        return f"category.{self.code}"


CATEGORIES: Final = tuple(
    Category(*known)
    for known in (
        ("nursery", "care"),
        ("micro_nursery", "care"),
        ("baby_sitter", "care"),
        ("before_after_school", "care"),
        ("after_school", "care"),
        ("summer_camp", "care"),
        ("homework", "care"),
        ("elder_care", "care", True),
        ("disability_care", "care", True),
        ("respite", "care", True),
        ("day_centre", "care", True),
        ("accompanying", "care"),
        ("psychology", "care", True),
        ("laundry", "time"),
        ("cleaning", "time"),
        ("shopping", "time"),
        ("ready_meals", "time"),
        ("paperwork", "time"),
        ("repairs", "time"),
        ("gardening", "time"),
        ("computer_help", "time"),
        ("errands", "time"),
        ("pet_care", "time"),
    )
)
_BY_CODE: Final = {category.code: category for category in CATEGORIES}


def category(code: str) -> Category | None:
    """The category with this code, None for an unknown one."""
    return _BY_CODE.get(code)


def in_area(area: str) -> tuple[Category, ...]:
    """The categories of one area, in the order in which they are shown."""
    return tuple(one for one in CATEGORIES if one.area == area)


def area_label(area: str) -> str:
    """The key of an area's name."""
    return f"category.area_{area}"
