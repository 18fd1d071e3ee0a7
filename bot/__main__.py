"""The command line: `wis COMMAND`."""

import typer

from bot.commands import demonstration, events, keys, network, questionnaire, serving, whatsapp

app = typer.Typer(
    help="WIS Bot: the Telegram and WhatsApp chatbot of a welfare network. Settings come from the environment and .env.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(serving.run)
app.command()(serving.talk)
app.command()(network.invite)
app.add_typer(demonstration.app, name="demo")
app.add_typer(questionnaire.form_app, name="form")
app.add_typer(questionnaire.wave_app, name="wave")
app.add_typer(network.enterprise_app, name="enterprise")
app.add_typer(events.app, name="events")
app.add_typer(keys.app, name="keys")
app.add_typer(whatsapp.app, name="whatsapp")


def main() -> None:
    """The program's entry."""
    app(prog_name="wis")


if __name__ == "__main__":
    main()
