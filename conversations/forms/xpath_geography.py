"""Lengths and areas of points on the earth, for distance() and area()."""

import itertools
import math
import re
from collections.abc import Iterable

from conversations.forms.xpath_calls import Function, simple
from conversations.forms.xpath_values import NAN, Environment, Value, to_strings

_EARTH_RADIUS_METRES = 6_378_100
"""Equatorial radius that OpenRosa clients calculate with."""
Point = tuple[float, float]


def _points(texts: Iterable[str]) -> list[Point] | None:
    found: list[Point] = []
    for text in texts:
        for piece in re.split(r"\s*;\s*", text.strip().strip(";").strip()):
            numbers = piece.split()
            if not 2 <= len(numbers) <= 4:
                return None
            try:
                latitude, longitude = float(numbers[0]), float(numbers[1])
            except ValueError:
                return None
            if not (abs(latitude) <= 90 and abs(longitude) <= 180):
                return None
            found.append((math.radians(latitude), math.radians(longitude)))
    return found


def _length(start: Point, end: Point) -> float:
    cosine = math.sin(start[0]) * math.sin(end[0]) + math.cos(start[0]) * math.cos(end[0]) * math.cos(
        start[1] - end[1]
    )
    return math.acos(max(-1.0, min(1.0, cosine))) * _EARTH_RADIUS_METRES


def _rounded(number: float) -> float:
    return abs(math.floor(number * 100 + 0.5) / 100)


def _distance(environment: Environment, *values: Value) -> float:
    points = _points(text for value in values for text in to_strings(value))
    if points is None or len(points) < 2:
        return NAN
    return _rounded(sum(_length(start, end) for start, end in itertools.pairwise(points)))


def _area(environment: Environment, value: Value) -> float:
    points = _points(text for text in to_strings(value) if text.strip())
    if points is None:
        return NAN
    if len(points) < 3:
        return 0.0
    ring = points if points[0] == points[-1] else [*points, points[0]]
    total = sum(
        (end[1] - start[1]) * (2 + math.sin(end[0]) + math.sin(start[0])) for start, end in itertools.pairwise(ring)
    )
    return _rounded(total * _EARTH_RADIUS_METRES**2 / 2)


GEOGRAPHY: dict[str, Function] = {"distance": simple("v*", _distance), "area": simple("v", _area)}
