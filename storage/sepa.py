"""The bank's file: credit transfers as ISO 20022 pain.001, checked against its schema before anybody sees it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

SCHEMAS: Final = ("pain.001.001.09", "pain.001.001.03")
"""The current version first; some banks still want the older one."""
MOST_NAME, MOST_TEXT = 70, 140
_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


class BadFile(Exception):
    """The file does not fit the schema: a value in it is not allowed there."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer: amount in cents of euro; `reference` (at most 35 characters) comes back on the statement."""

    reference: str
    name: str
    iban: str
    cents: int
    text: str


def transfers_file(
    schema: str, batch: str, payer: str, iban: str, transfers: Sequence[Transfer], on: date, at: datetime
) -> bytes:
    """The file, whose message has the id `batch` so that a bank refuses it the second time. Raises BadFile."""
    # half a second for the schema, which only this needs
    from sepaxml import SepaTransfer
    from sepaxml.validation import ValidationError, try_valid_xml

    config = {"name": plain(payer, MOST_NAME), "IBAN": iban, "batch": True, "currency": "EUR"}
    file = SepaTransfer(config, schema=schema, clean=True)
    for one in transfers:
        file.add_payment(
            {
                "name": plain(one.name, MOST_NAME),
                "IBAN": one.iban,
                "amount": one.cents,
                "execution_date": on,
                "description": plain(one.text, MOST_TEXT),
                "endtoend_id": one.reference,
            }
        )
    tree = ET.fromstring(file.export(validate=False))
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{schema}}}"
    for name, value in (("MsgId", batch), ("CreDtTm", at.replace(microsecond=0, tzinfo=None).isoformat())):
        for node in tree.iter(space + name):
            node.text = value
    for node in tree.iter(space + "PmtInfId"):
        node.text = batch
    for node in tree.iter(f"{space}DbtrAgt"):
        # an account number of the single area needs no bank code; EPC132-08 says what stands here then
        for name in ("FinInstnId", "Othr", "Id"):
            found = node.find(space + name)
            node = ET.SubElement(node, space + name) if found is None else found
        node.text = "NOTPROVIDED"
    made: bytes = b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(tree, "utf-8")
    try:
        try_valid_xml(made, schema)
    except ValidationError as error:
        raise BadFile(f"{error.__cause__}".splitlines()[0]) from error
    return made


def plain(text: str, most: int) -> str:
    """The text in the letters every bank takes (EPC217-08); accents go, other signs become spaces."""
    from text_unidecode import unidecode

    return " ".join(_OUTSIDE.sub(" ", unidecode(text)).split())[:most].strip() or "-"
