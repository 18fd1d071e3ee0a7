"""`wis whatsapp`: the templates of content/templates.toml at Twilio and Meta."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from bot.assembly import whatsapp_config
from bot.channels import whatsapp_sync
from bot.channels.whatsapp_http import ApiRefusal, NoAnswer, NotSent
from bot.channels.whatsapp_templates import read_templates
from bot.commands.common import console, errors, settings, told
from storage.content import content_folder

app = typer.Typer(help="WhatsApp through Twilio.", no_args_is_help=True)


@app.callback()
def whatsapp() -> None:
    """WhatsApp through Twilio."""


@app.command("sync-templates")
def sync_templates(
    apply: Annotated[bool, typer.Option("--apply", help="Create what is missing and ask Meta for approval.")] = False,
) -> None:
    """Compare content/templates.toml with the account; without --apply nothing is changed."""
    with told():
        found = settings()
        if not found.whatsapp:
            errors.print("WhatsApp is not set up: fill in TWILIO_ACCOUNT_SID and what belongs to it.", style="red")
            raise typer.Exit(1)
        templates = read_templates((content_folder() / "templates.toml").read_text("utf-8"))
        work = whatsapp_sync.apply if apply else whatsapp_sync.plan
        try:
            with console.status("Asking Twilio..."):
                differences = asyncio.run(work(whatsapp_config(found), templates))
        except (ApiRefusal, NoAnswer, NotSent) as error:
            errors.print(f"Twilio: {error}", style="red", markup=False)
            raise typer.Exit(1) from error
    table = Table("template", "language", "state", "detail")
    for one in differences:
        table.add_row(one.template, one.language, one.kind, one.detail)
    if differences:
        console.print(table)
    if apply:
        console.print(f"{len(differences)} created or submitted." if differences else "Nothing to do.")
    elif any(not one.usable for one in differences):
        console.print("Nothing was changed. Add --apply to create what is missing.")
        raise typer.Exit(1)
    else:
        console.print("Every template can be sent.")
