"""`wis whatsapp`: the templates of content/templates.toml at Twilio and Meta."""

import asyncio
from typing import Annotated

import typer

from bot.assembly import whatsapp_config
from bot.channels.whatsapp_templates import BadTemplates, read_templates
from bot.commands.common import Wrong, console, settings, show, told
from bot.commands.shape import subject
from storage.content import content_folder

app = subject("WhatsApp through Twilio (docs/howto/go-live-whatsapp.md).")


@app.callback()
def whatsapp() -> None:
    """Nothing is done before the command itself."""


@app.command("sync-templates")
def sync_templates(
    apply: Annotated[bool, typer.Option("--apply", help="Create what is missing and ask Meta for approval.")] = False,
) -> None:
    """Compare content/templates.toml with the account at Twilio; without --apply nothing is changed there.

    Templates are what the bot may write to somebody who has not written for 24 hours. Meta must approve each one.
    """
    with told():
        found = settings()
        if not found.whatsapp:
            raise Wrong("WhatsApp is not set up: fill in TWILIO_ACCOUNT_SID and what belongs to it (.env.example).")
        from bot.channels import whatsapp_sync
        from bot.channels.whatsapp_http import ApiRefusal, NoAnswer, NotSent

        try:
            templates = read_templates((content_folder() / "templates.toml").read_text("utf-8"))
            work = whatsapp_sync.apply if apply else whatsapp_sync.plan
            with console.status("Asking Twilio..."):
                differences = asyncio.run(work(whatsapp_config(found), templates))
        except BadTemplates as error:
            raise Wrong(str(error)) from error
        except ApiRefusal as error:
            hint = " Are TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN right?" if error.status in (401, 403) else ""
            raise Wrong(f"Twilio refuses: {error}.{hint}") from error
        except (NoAnswer, NotSent) as error:
            raise Wrong(f"Twilio cannot be reached ({error}): try again in a moment.") from error
        if differences:
            rows = [(one.template, one.language, one.kind, one.detail) for one in differences]
            show(("template", "language", "state", "detail"), rows)
        if apply:
            console.print(f"{len(differences)} created or submitted." if differences else "Nothing to do.")
        elif any(not one.usable for one in differences):
            raise Wrong("Nothing was changed. Add --apply to create what is missing. What is pending needs time.")
        else:
            console.print("Every template can be sent.")
