"""The table of all functions an expression may call, save jr:choice-name, which xpath.py adds."""

from conversations.forms.xpath_calls import Function
from conversations.forms.xpath_date_functions import DATE_FUNCTIONS
from conversations.forms.xpath_geography import GEOGRAPHY
from conversations.forms.xpath_nodesets import FUNCTIONS_ON_NODES
from conversations.forms.xpath_number_functions import NUMBER_FUNCTIONS
from conversations.forms.xpath_text_functions import TEXT_FUNCTIONS
from conversations.forms.xpath_truth_functions import TRUTH_FUNCTIONS

ALL_FUNCTIONS: dict[str, Function] = (
    TEXT_FUNCTIONS | TRUTH_FUNCTIONS | NUMBER_FUNCTIONS | DATE_FUNCTIONS | FUNCTIONS_ON_NODES | GEOGRAPHY
)
"""Functions by name; every file of functions holds one part."""

UNSTEADY = frozenset(("uuid", "random", "now", "today", "jr:itext"))
"""Functions whose result may change though no answer does (chance, clock, language).

Calculations with them run once (forms.md, section 3.5).
"""
