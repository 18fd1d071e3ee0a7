"""From a message of the outbox to a letter in the reader's language, its files included."""

from collections.abc import Callable
from dataclasses import dataclass

from conversations.messages import Attachment, Choice, Message, Phrase, Text
from conversations.phrases import Catalog, render
from scheduler.sending import Button, File, Letter, Opener

FALLBACK_OPENER = "new_message"
"""The approved template that announces any message which has none of its own (content/templates.toml)."""


class NotYet(Exception):
    """The file is not here yet: the message can go out later."""


FileSource = Callable[[Attachment, str | None], File | None]
"""The bytes of an attachment for this reader; None where they are lost. Raises NotYet."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders messages with these sentences; `files` maps the source of an attachment to where its bytes are."""

    catalog: Catalog
    files: dict[str, FileSource]

    def letter(self, number: int, message: Message, language: str, replaces: str, reader: str | None) -> Letter:
        """The letter for this reader. Raises NotYet; UnknownPhrase where a sentence is missing."""

        def told(text: Text | None) -> str:
            return "" if text is None else render(text, language, self.catalog)

        def button(choice: Choice) -> Button:
            return Button(choice.value, told(choice.label), told(choice.description), choice.marked)

        template = message.template
        body = tuple(told(text) for text in message.body)
        file = None
        if message.attachment is not None:
            source = self.files.get(message.attachment.source)
            file = None if source is None else source(message.attachment, reader)
            if file is None:
                body = (*body, render_key("common.file_lost", language, self.catalog))
        return Letter(
            number=number,
            title=told(message.title),
            body=body,
            hint=told(message.hint),
            choices=tuple(button(c) for c in message.choices),
            ways=tuple(button(c) for c in message.ways),
            multiple=message.multiple,
            wanted=message.wanted,
            example=told(message.example),
            file=file,
            opener=Opener(FALLBACK_OPENER, ())
            if template is None
            else Opener(template.name, tuple(told(v) for v in template.variables), template.whole),
            replaces=replaces,
            silent=message.silent,
        )


def render_key(key: str, language: str, catalog: Catalog) -> str:
    """A sentence without placeholders."""
    return render(Phrase(key), language, catalog)
