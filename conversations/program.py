"""The flows of this program; a new flow is one file and one line here."""

from conversations.engine import Engine
from conversations.flows.handoff import Handoff
from conversations.flows.joining import Joining
from conversations.flows.language import Language
from conversations.flows.link import Link
from conversations.flows.menu import Menu
from conversations.flows.needs import Needs
from conversations.flows.privacy import Privacy
from conversations.flows.welcome import Welcome


def engine() -> Engine:
    """The engine with every flow."""
    return Engine((Welcome(), Joining(), Menu(), Needs(), Handoff(), Privacy(), Language(), Link()))
