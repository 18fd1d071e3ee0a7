"""How the command line looks: whole sentences in every list, and a command is imported only when it is used."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


class Subject(TyperGroup):
    """A command with commands of its own, each told in its whole first paragraph."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, nothing cut off."""
        told = [(name, _first_paragraph(command.help)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(told)


def subject(text: str) -> typer.Typer:
    """A command with commands of its own."""
    return typer.Typer(cls=Subject, help=text, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def door(sections: Mapping[str, Mapping[str, tuple[str, str]]]) -> type[TyperGroup]:
    """The outermost command. `sections` maps a heading to commands, each with the place of its function or its
    `subject` ("module:name") and one sentence. A command's module is imported when the command is used."""

    class Door(TyperGroup):
        """The commands by their headings."""

        def list_commands(self, ctx: Any) -> list[str]:
            """Every name, in the order of the headings."""
            return [name for commands in sections.values() for name in commands]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            """The command, imported now; None if there is none of this name."""
            for commands in sections.values():
                if cmd_name in commands:
                    return _command(cmd_name, commands[cmd_name][0])
            return None

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            """The commands below their headings."""
            for heading, commands in sections.items():
                with formatter.section(heading):
                    formatter.write_dl([(name, text) for name, (_, text) in commands.items()], col_max=14)

    return Door


def _command(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        only = typer.Typer(add_completion=False, rich_markup_mode=None)
        only.command(name)(found)
        found = only
    command = typer.main.get_command(found)
    command.name = name
    return command


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())
