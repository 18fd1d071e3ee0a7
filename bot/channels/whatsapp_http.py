"""The wire to Twilio: the library's client on an aiohttp session of our own.

The stock asynchronous client has no time-out, loses JSON bodies and repeats POST requests (channels.md 6.1).
"""

import base64
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from bot.channels.whatsapp_config import WhatsAppConfig

CONNECT_SECONDS = 5.0
MAX_CONNECTIONS = 80


class ApiRefusal(Exception):
    """Twilio answered, and not with a success. `retry_after` is in seconds, 0 if it did not say."""

    def __init__(self, status: int, code: int, message: str, retry_after: float = 0) -> None:
        super().__init__(f"HTTP {status}, code {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class NotSent(Exception):
    """The request surely never left."""


class NoAnswer(Exception):
    """The request may have left, and no readable answer came."""


def basic_auth(user: str, password: str) -> str:
    """The value of the Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """One pool of connections to Twilio. Never repeats a request; every failure is one of the three errors
    above. Nothing is logged here: addresses and texts are personal data."""

    def __init__(self, timeout: float) -> None:
        super().__init__(logging.getLogger(__name__), True, None)
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=CONNECT_SECONDS)
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool, made on first use inside the running loop."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Twilio's answer, always a success. Raises ApiRefusal, NotSent or NoAnswer."""
        head = dict(headers or {})
        if auth is not None:
            head["Authorization"] = basic_auth(*auth)
        body = None
        if data:
            body = json.dumps(data) if "json" in head.get("Content-Type", "") else urlencode(data, doseq=True)
        query = {key: str(value) for key, value in (params or {}).items()}
        limit = self._timeout if timeout is None else aiohttp.ClientTimeout(total=timeout, connect=CONNECT_SECONDS)
        try:
            async with self.session.request(
                method, url, params=query, data=body, headers=head, timeout=limit, allow_redirects=allow_redirects
            ) as answer:
                text = await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error
        if answer.status >= 400:
            raise _refusal(answer.status, text, answer.headers)
        if answer.status != 204 and not _is_json(text):
            raise NoAnswer("the answer is no JSON")
        return Response(answer.status, text, answer.headers)

    async def close(self) -> None:
        """All connections are closed."""
        if self._session is not None:
            await self._session.close()


def client(config: WhatsAppConfig, http: TwilioHttp) -> Client:
    """Twilio's client on our wire, speaking to the configured servers."""
    made = Client(config.account_sid, config.auth_token, http_client=http, environment={"-": ""})
    made.api.base_url = config.api_base_url.rstrip("/")
    made.content.base_url = config.content_base_url.rstrip("/")
    return made


@asynccontextmanager
async def connected(config: WhatsAppConfig) -> AsyncIterator[Client]:
    """A client for a single task; its connections are closed afterwards."""
    http = TwilioHttp(config.timeout)
    try:
        yield client(config, http)
    finally:
        await http.close()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _refusal(status: int, text: str, headers: Mapping[str, str]) -> ApiRefusal:
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    code, message = told.get("code"), told.get("message") or told.get("detail") or told.get("title") or ""
    try:
        after = max(0.0, float(headers.get("Retry-After", "0")))
    except ValueError:
        after = 0.0
    # Twilio quotes the recipient's number in its sentences; what is logged must not.
    unnamed = re.sub(r"\d{5,}", "…", str(message))[:200]
    return ApiRefusal(status, code if isinstance(code, int) else 0, unnamed, after)
