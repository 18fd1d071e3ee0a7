"""The settings told to people: .env.example and the reference page, both made from the help texts."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.settings import Settings

_HEAD = """\
# Copy this file to .env and fill in what you need; nothing is needed for trying out. An empty value
# counts as not set.
# Made from the help texts in bot/settings_fields.py by `make docs`: change them there.
"""
_REFERENCE_HEAD = """\
# Settings

Read from the environment, then from the file `.env` in the folder where the program starts. An empty value counts
as not set. `wis doctor` checks them all. This page is made from the program by `make docs`.
"""


def env_example() -> str:
    """The whole text of .env.example: every setting once, with its default; a copy of it changes nothing."""
    lines = [_HEAD]
    for group, fields in _groups():
        lines.append(f"# ---- {group} ----\n")
        for name, field in fields:
            example = f" Example: {text}" if (text := _extra(field)["example"]) else ""
            lines += [f"# {line}" for line in wrap(f"{field.description}{example}", 100, break_on_hyphens=False)]
            default = _default(field)
            lines.append(f'{name.upper()}="{default}"\n' if " " in default else f"{name.upper()}={default}\n")
    return "\n".join(lines)


def reference() -> str:
    """The whole text of docs/reference/settings.md."""
    parts = [_REFERENCE_HEAD]
    for group, fields in _groups():
        parts.append(f"## {group}\n\n| setting | default | what it does |\n|---|---|---|")
        for name, field in fields:
            default = f"`{text}`" if (text := _default(field)) else "empty"
            secret = " Secret." if field.annotation is SecretStr else ""
            parts.append(f"| `{name.upper()}` | {default}{_choices(field)} | {field.description}{secret} |")
        parts.append("")
    return "\n".join(parts)


def write(root: Path = Path()) -> None:
    """Both texts stand in their files below the root of the project."""
    (root / ".env.example").write_text(env_example(), "utf-8")
    (root / "docs/reference/settings.md").write_text(reference(), "utf-8")


def _groups() -> Iterator[tuple[str, list[tuple[str, FieldInfo]]]]:
    for group, fields in groupby(Settings.model_fields.items(), key=lambda item: str(_extra(item[1])["group"])):
        yield group, list(fields)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _default(field: FieldInfo) -> str:
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    return "" if field.default is None or isinstance(field.default, SecretStr) else str(field.default)


def _choices(field: FieldInfo) -> str:
    others = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    return f" (of {', '.join(others)})" if others else ""
