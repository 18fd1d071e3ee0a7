"""The cells of a questionnaire's workbook as plain data, and what its columns and question types are called."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the author sees it (the header is row 1) and its filled cells by header."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its headers from left to right and its rows, blank ones included."""

    name: str
    headers: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    def filled(self) -> Iterator["Cells"]:
        """The rows in which something is written, with their cells by column."""
        columns = {header: column_of(header) for header in self.headers}
        for row in self.rows:
            if row.cells:
                yield Cells(row.number, columns, row.cells)


@dataclass(frozen=True, slots=True)
class Column:
    """A header understood: the canonical name ("constraint_message") and the language, "" where none is named."""

    name: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row read by canonical column name."""

    number: int
    columns: Mapping[str, Column] = field(repr=False)
    by_header: Mapping[str, str]

    def get(self, name: str) -> str:
        """The text in the column of this name without a language, "" where there is none."""
        return next((text for header, text in self.by_header.items() if self.columns[header] == Column(name)), "")

    def header(self, name: str) -> str:
        """The header under which the author wrote this column."""
        return next((header for header in self.columns if self.columns[header].name == name), name)

    def texts(self, name: str) -> Mapping[str, str]:
        """The texts of a translated column by language ("" for a column that names none)."""
        return {
            self.columns[header].language: text
            for header, text in self.by_header.items()
            if self.columns[header].name == name
        }


_ALIASES = {
    "relevance": "relevant",
    "calculate": "calculation",
    "readonly": "read_only",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "image": "media::image",
    "audio": "media::audio",
    "video": "media::video",
    "bind::relevant": "relevant",
    "bind::constraint": "constraint",
    "bind::calculate": "calculation",
    "bind::required": "required",
    "bind::readonly": "read_only",
    "bind::jr:constraintmsg": "constraint_message",
    "bind::jr:requiredmsg": "required_message",
    "control::appearance": "appearance",
    "body::appearance": "appearance",
}
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
"""Columns that may be written once for each language."""
SURVEY_COLUMNS = (
    *("type", "name", *TRANSLATED, "required", "relevant", "constraint", "choice_filter", "calculation", "default"),
    *("parameters", "appearance", "read_only", "repeat_count", "trigger", "disabled"),
)
CHOICES_COLUMNS = ("list_name", "name", "label")
SETTINGS_COLUMNS = ("form_title", "form_id", "version", "default_language", "namespaces", "instance_name", "name")


def column_of(header: str) -> Column:
    """What a header means: "Label::English (en)" is the label in English, "relevance" is relevant."""
    plain = re.sub(r"\s+", " ", header).strip()
    first, separator, rest = plain.partition("::")
    if not separator and re.match(r"(?:label|hint|\w+[_ ]message|guidance[_ ]hint):\S", plain, re.IGNORECASE):
        first, separator, rest = plain.partition(":")
    name = first.strip().lower().replace(" ", "_")
    name = _ALIASES.get(name, name)
    if separator and name in TRANSLATED:
        return Column(name, rest.strip())
    if separator:
        whole = f"{name}::{rest.strip().lower()}"
        return Column(_ALIASES.get(whole, whole))
    return Column(name)


_CONTROL = re.compile(r"(?P<edge>begin|end)[_ ](?P<kind>group|repeat|lgroup|loop|looped group)", re.IGNORECASE)
_SELECT = re.compile(
    r"(?:add )?(?P<kind>select[_ ]?one|select1|select[_ ]?multiple|select all that apply|rank)"
    r"(?P<file>[_ ]from[_ ]file)?(?: (?:from|prompt using|using))?"
    r"(?:\s+(?P<list>\S+?))?(?P<other>\s+or[_ ](?:specify )?other)?",
    re.IGNORECASE,
)
_PLAIN_TYPES = {
    "text": "text|string|q string|add text prompt",
    "integer": "integer|int|q int|add integer prompt|percentage",
    "decimal": "decimal|q decimal|add decimal prompt",
    "date": "date|q date|add date prompt",
    "time": "time",
    "note": "note|q note|add note prompt",
    "calculate": "calculate|q calculate|add calculate prompt",
    "acknowledge": "acknowledge|trigger|q acknowledge|add acknowledge prompt",
    "image": "image|photo|q image|q picture|add image prompt|add photo prompt",
    "file": "file|add file prompt",
    "range": "range",
    "geopoint": "geopoint|gps|location|q geopoint|q location|add location prompt",
    "hidden": "hidden",
    "metadata": (
        "start|end|today|start time|end time|get start time|get end time|get today|deviceid|device id|get device id"
        "|phonenumber|phone number|get phone number|username|email|imei|simserial|sim id|get sim id|subscriberid"
        "|subscriber id|get subscriber id|uri:deviceid|uri:email|uri:phonenumber|uri:simserial|uri:subscriberid"
        "|uri:username"
    ),
    "datetime": "datetime|date time|q date time|q datetime|add date time prompt|add datetime prompt",
    "unchatty": (
        "geotrace|geoshape|q geotrace|q geoshape|audio|q audio|add audio prompt|video|q video|add video prompt"
        "|barcode|q barcode|add barcode prompt|osm|audit|background-audio|background-geopoint|start-geopoint"
        "|csv-external|xml-external|select one external|select_one_external"
    ),
}
_TYPES = {alias: kind for kind, aliases in _PLAIN_TYPES.items() for alias in aliases.split("|")}
TYPE_WORDS = tuple(sorted({"select_one", "select_multiple", "begin_group", "begin_repeat", *_TYPES}))
"""The words a type may begin with, for suggestions."""


@dataclass(frozen=True, slots=True)
class QuestionType:
    """A type cell understood.

    `kind` is a word of XLSForm ("text", "select_one", "begin", "end"), or "metadata", "unchatty" (known, but
    without meaning in a chat) or "unknown"; `of` is the choice list, or group or repeat for begin and end.
    """

    kind: str
    of: str = ""
    from_file: bool = False

    @property
    def is_select(self) -> bool:
        """True when the answer is chosen from a list."""
        return self.kind in {"select_one", "select_multiple", "rank"}

    @property
    def is_asked(self) -> bool:
        """True when the question is shown to people and so needs a label."""
        return self.kind not in {"calculate", "hidden", "metadata", "begin", "end", "unknown", "unchatty"}


def type_of(text: str) -> QuestionType:
    """What a cell of the type column means."""
    plain = re.sub(r"\s+", " ", text).strip()
    if match := _CONTROL.fullmatch(plain):
        return QuestionType(match["edge"].lower(), "group" if match["kind"].lower() == "group" else "repeat")
    if known := _TYPES.get(plain.lower()):
        return QuestionType(known)
    if match := _SELECT.fullmatch(plain):
        word = match["kind"].lower()
        kind = "rank" if word == "rank" else "select_one" if word.endswith(("one", "1")) else "select_multiple"
        return QuestionType(kind, match["list"] or "", bool(match["file"]))
    return QuestionType("unknown")
