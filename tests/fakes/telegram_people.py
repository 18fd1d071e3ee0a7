"""People for the local Telegram: what they do in the app, and what they see on their screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.telegram_api import FakeTelegram

Fields = dict[str, Any]


class User:
    """One person with a private chat with the bot."""

    def __init__(self, fake: FakeTelegram, id: int, name: str = "Anna", language: str = "it") -> None:
        self.fake = fake
        self.id = id
        self.name = name
        self.language = language
        self.started = False
        self.blocked = False
        self.shown: dict[int, Fields] = {}
        self.heard = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def sender(self) -> Fields:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    @property
    def chat(self) -> Fields:
        return {"id": self.id, "type": "private", "first_name": self.name}

    # what she does

    def writes(self, **content: Any) -> int:
        """A message with this content; returns the update's number."""
        self.started = True
        return self.fake.push(self.id, {"message": self._message(content)})

    def says(self, text: str) -> int:
        return self.writes(text=text)

    def starts(self, code: str = "") -> int:
        return self.says(f"/start {code}".strip())

    def corrects(self, message_id: int, text: str) -> int:
        edited = {**self._message({"text": text}), "message_id": message_id, "edit_date": self.fake.seconds()}
        return self.fake.push(self.id, {"edited_message": edited})

    def taps(self, label: str, message: Fields | None = None) -> str:
        """Taps the newest button with this label (marks aside); returns the tap's id."""
        where, button = self._button(label, message)
        tap = self.fake.new_callback()
        query = {
            "id": tap,
            "from": self.sender,
            "message": where,
            "chat_instance": str(self.id),
            "data": button["callback_data"],
        }
        self.fake.push(-self.id, {"callback_query": query})
        return tap

    def presses(self, label: str) -> int:
        """Presses a key of the reply keyboard: her contact, her place, or its words."""
        keys = [key for row in self.reply_keyboard() for key in row if key["text"] == label]
        assert keys, f"no key {label!r} on {self.reply_keyboard()}"
        if keys[0].get("request_contact"):
            return self.shares_contact()
        if keys[0].get("request_location"):
            return self.shares_location(45.46, 9.19)
        return self.says(label)

    def shares_contact(self, phone: str = "12025550101", own: bool = True) -> int:
        owner = self.id if own else self.id + 1
        return self.writes(contact={"phone_number": phone, "first_name": self.name, "user_id": owner})

    def shares_location(self, latitude: float, longitude: float) -> int:
        return self.writes(location={"latitude": latitude, "longitude": longitude})

    def sends_photo(self, data: bytes, caption: str = "") -> int:
        ref = self.fake.keep_file(data, "photos/file_1.jpg")
        sizes = [
            {"file_id": f"{ref}s", "file_unique_id": "s", "width": 90, "height": 90},
            {"file_id": ref, "file_unique_id": "l", "width": 800, "height": 600, "file_size": len(data)},
        ]
        return self.writes(photo=sizes, **({"caption": caption} if caption else {}))

    def sends_document(self, data: bytes, name: str, mime: str, caption: str = "") -> int:
        ref = self.fake.keep_file(data, f"documents/{name}")
        file = {"file_id": ref, "file_unique_id": "d", "file_name": name, "mime_type": mime, "file_size": len(data)}
        return self.writes(document=file, **({"caption": caption} if caption else {}))

    def sends_voice(self, data: bytes) -> int:
        ref = self.fake.keep_file(data, "voice/file_2.oga")
        file = {"file_id": ref, "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"}
        return self.writes(voice={**file, "file_size": len(data)})

    def blocks(self) -> int:
        self.blocked = True
        return self._member("kicked")

    def unblocks(self) -> int:
        self.blocked = False
        return self._member("member")

    def says_in_group(self, group: int, text: str) -> int:
        message = {**self._message({"text": text}), "chat": {"id": group, "type": "supergroup", "title": "Gruppo"}}
        self.fake.groups.setdefault(group, [])
        return self.fake.push(group, {"message": message})

    # what she sees

    def messages(self) -> list[Fields]:
        """The bot's messages on her screen, oldest first."""
        return [message for message in self.shown.values() if message["from"]["is_bot"]]

    def last_message(self) -> Fields:
        messages = self.messages()
        assert messages, "the bot has not written yet"
        return messages[-1]

    def text(self) -> str:
        last = self.last_message()
        return str(last.get("text", last.get("caption", "")))

    def buttons(self, message: Fields | None = None) -> list[list[str]]:
        """The labels under a message (the last one), row by row."""
        rows = (message or self.last_message()).get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    def reply_keyboard(self) -> list[list[Fields]]:
        return self.fake.keyboards.get(self.id, [])

    def screen(self) -> str:
        """The last message as a person sees it, buttons in brackets."""
        rows = ["".join(f"[{label}]" for label in row) for row in self.buttons()]
        return "\n".join([self.text(), *rows])

    async def hears(self, more_than: int, timeout: float = 5.0) -> None:
        """Waits until the bot has written or changed more than this many messages for her (see `heard`)."""
        if self.heard > more_than:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((more_than, waiter))
        await asyncio.wait_for(waiter, timeout)

    def see(self, message: Fields) -> None:
        """For the server: a message has come or changed."""
        self.shown[message["message_id"]] = message
        self.heard += 1
        if self._waiting:
            due = [waiter for count, waiter in self._waiting if self.heard > count]
            self._waiting = [item for item in self._waiting if self.heard <= item[0]]
            for waiter in due:
                if not waiter.done():
                    waiter.set_result(None)

    def _message(self, content: Fields) -> Fields:
        number = self.fake.next_message()
        return {
            "message_id": number,
            "from": self.sender,
            "chat": self.chat,
            "date": self.fake.seconds(),
            **content,
        }

    def _member(self, status: str) -> int:
        return self.fake.push(
            self.id,
            {
                "my_chat_member": {
                    "chat": self.chat,
                    "from": self.sender,
                    "date": self.fake.seconds(),
                    "old_chat_member": {"user": self.fake.me(), "status": "member"},
                    "new_chat_member": {"user": self.fake.me(), "status": status},
                }
            },
        )

    def _button(self, label: str, message: Fields | None) -> tuple[Fields, Fields]:
        for shown in [message] if message else reversed(self.messages()):
            for row in shown.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if label in (button["text"], button["text"].removeprefix("✅ ").removeprefix("▫️ ")):
                        return shown, button
        raise AssertionError(f"no button {label!r} on the screen:\n{self.screen()}")
