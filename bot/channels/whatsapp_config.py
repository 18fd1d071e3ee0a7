"""What the WhatsApp channel must be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WhatsAppConfig:
    """The account at Twilio and where we are reached. `from_number` is "+12025550100", with or without
    "whatsapp:". `webhook_keys` maps the id of a shared key to its secret. Without `public_base_url` the channel
    has no routes and sends no files.

    Raises ValueError where a value is missing: a channel that cannot check a signature must not start.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    public_base_url: str = ""
    api_base_url: str = "https://api.twilio.com"
    content_base_url: str = "https://content.twilio.com"
    webhook_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 15.0

    def __post_init__(self) -> None:
        for name, value in (
            ("TWILIO_ACCOUNT_SID", self.account_sid),
            ("TWILIO_AUTH_TOKEN", self.auth_token),
            ("TWILIO_WHATSAPP_FROM", self.from_number),
        ):
            if not value.strip():
                raise ValueError(f"{name} is empty: WhatsApp cannot start without it")
        if any(not key or not secret for key, secret in self.webhook_keys.items()):
            raise ValueError("TWILIO_WEBHOOK_KEYS holds a key without id or secret")

    @property
    def sender(self) -> str:
        """Our address as Twilio writes it."""
        return f"whatsapp:{self.from_number.removeprefix('whatsapp:')}"

    def public(self, path: str) -> str:
        """The public address of one of our routes."""
        return self.public_base_url.rstrip("/") + path
