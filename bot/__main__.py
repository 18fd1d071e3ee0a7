"""The command line: `wis COMMAND`."""

import typer

from bot.commands.shape import door

COMMANDS = {
    "Try it and run it": {
        "run": ("bot.commands.serving:run", "Start the bot. Without any settings: a demonstration in the browser."),
        "talk": ("bot.commands.talking:talk", "Chat with the bot in this terminal."),
        "doctor": ("bot.commands.doctor:doctor", "Check everything an installation needs, and say what to fix."),
        "demo": ("bot.commands.demonstration:app", "The invented people to try it with: codes, reset, remove."),
    },
    "The network": {
        "enterprise": ("bot.commands.network:enterprise_app", "The enterprises: add one, list them."),
        "invite": ("bot.commands.network:invite", "Make invitation codes; they open the door to the bot."),
    },
    "The questionnaire": {
        "form": ("bot.commands.questionnaire:app", "Check a workbook, publish it, list what is published."),
        "wave": ("bot.commands.waves:app", "Open the questionnaire for a time, close it, list the times."),
    },
    "Vouchers": {
        "call": ("bot.commands.calls:app", "Calls from a file: check, open, extend, close, list, show."),
        "voucher": ("bot.commands.vouchers:app", "Vouchers in use: list them, take back, extend, undo a charge."),
        "payments": ("bot.commands.payments:app", "What is to be paid: list it, make the bank's file, mark it paid."),
        "audit": ("bot.commands.audit:app", "The ledger: verify its seals, rebuild every balance from it."),
        "export": ("bot.commands.export:app", "The dossier of a call for the funder, with all its documents."),
    },
    "The answers about the rules": {
        "faq": ("bot.commands.faq_rows:app", "Ask, measure and check them; import, export and sign them."),
    },
    "The newsletter": {
        "newsletter": (
            "bot.commands.newsletter_plan:app",
            "Its issues: write, check, sign, approve, plan, schedule, steer, report.",
        ),
        "why": ("bot.commands.why:why", "Why somebody did not receive an issue, or when she did."),
        "feeds": ("bot.commands.feeds:app", "The feeds that suggest items: list, visit, see what they brought."),
    },
    "Looking after it": {
        "events": ("bot.commands.events:app", "Messages that could not be worked: list, show, try again."),
        "db": ("bot.commands.database:app", "The whole database: copy it to PostgreSQL or back, compare two."),
        "keys": ("bot.commands.keys:app", "The keys that encrypt personal data: make one, change over to it."),
        "whatsapp": ("bot.commands.whatsapp:app", "The message templates at Twilio and Meta."),
    },
}
"""Every command: where it is, and one sentence about it."""

app = typer.Typer(
    cls=door(COMMANDS),
    help="WIS Bot, the Telegram and WhatsApp chatbot of a welfare network of small enterprises.\n\n"
    "Begin with `wis run` and open the page it names, or with `wis talk`. Neither needs any settings. Settings come"
    " from the environment and from the file .env; .env.example explains each of them.",
    epilog="`wis COMMAND --help` tells more. Exit codes: 0 done, 1 something is wrong and was said, 2 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def wis() -> None:
    """Nothing is done before the command itself."""


def main() -> None:
    """The program's entry."""
    app(prog_name="wis")


if __name__ == "__main__":
    main()
