"""The doctor asks outside: the running bot, Telegram, Twilio, and whether we can be reached from the internet."""

import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.assembly import whatsapp_config
from bot.channels.whatsapp_templates import BadTemplates, read_templates
from bot.commands.findings import Finding, few, note, ok, wrong
from bot.settings import Settings
from scheduler.sending import Misconfigured, SendError

SECONDS = 10.0
ANYWHERE = ("0.0.0.0", "::", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` 0 and `trouble` where nothing did."""

    status: int = 0
    kind: str = ""
    body: str = ""
    trouble: str = ""


async def running(settings: Settings) -> AsyncIterator[Finding]:
    """Whether `wis run` answers on this machine, and how it says it is."""
    host = "127.0.0.1" if settings.http_host in ANYWHERE else settings.http_host
    url = URL.build(scheme="http", host=host, port=settings.http_port or 1, path="/healthz")
    if not settings.http_port:
        yield note("running", "HTTP_PORT is 0, so it cannot be known where `wis run` listens")
        return
    answer = await _ask("GET", str(url))
    if answer.status == 200:
        yield ok("running", f"`wis run` answers on {host}:{settings.http_port} and says it is well")
    elif answer.status == 503:
        yield wrong("running", f"`wis run` says it is not well: {url} tells which part, the log tells why")
    elif answer.status:
        yield note("running", f"another program answers on {host}:{settings.http_port}: choose another HTTP_PORT")
    else:
        yield note("running", f"`wis run` is not running here ({host}:{settings.http_port}: {answer.trouble})")


async def telegram(settings: Settings) -> AsyncIterator[Finding]:
    """The token, and the webhook."""
    if not settings.telegram:
        yield ok("telegram", "not set up")
        return
    from bot.channels.telegram_probe import probe

    try:
        state = await probe(settings.telegram_bot_token.get_secret_value(), settings.telegram_api_base_url)
    except Misconfigured:
        yield wrong("telegram", "Telegram does not know this token: copy it again from @BotFather")
        return
    except SendError as error:
        yield wrong("telegram", f"Telegram cannot be asked: {error}. Is {settings.telegram_api_base_url} reachable?")
        return
    yield ok("telegram", f"the token is that of @{state.username}; mode {settings.telegram_mode}")
    ours = settings.public_base_url + "/telegram/webhook"
    if settings.telegram_mode == "polling" and state.webhook:
        place = urlsplit(state.webhook).hostname
        yield note("telegram", f"a webhook at {place} takes the messages now; `wis run` removes it when it starts")
    elif settings.telegram_mode == "webhook" and state.webhook != ours:
        yield note("telegram", f"Telegram does not send to {ours} yet; `wis run` tells it when it starts")
    if settings.telegram_mode == "webhook" and state.complaint:
        yield wrong("telegram", f"Telegram could not deliver lately: {state.complaint} ({state.pending} wait)")


async def whatsapp(settings: Settings, folder: Path) -> AsyncIterator[Finding]:
    """Twilio's account, and the templates in it."""
    if not settings.whatsapp:
        yield ok("whatsapp", "not set up")
        return
    from bot.channels.whatsapp_http import ApiRefusal, NoAnswer, NotSent
    from bot.channels.whatsapp_sync import plan

    try:
        templates = read_templates((folder / "templates.toml").read_text("utf-8"))
        differences = await plan(whatsapp_config(settings), templates)
    except ApiRefusal as error:
        if error.status in (401, 403):
            yield wrong("whatsapp", "Twilio refuses TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: copy both again")
        else:
            yield wrong("whatsapp", f"Twilio refuses: {error}")
        return
    except (NoAnswer, NotSent) as error:
        place = settings.twilio_content_base_url
        yield wrong("whatsapp", f"Twilio cannot be reached at {place} ({error}): is this machine online?")
        return
    except (BadTemplates, OSError):
        yield note("whatsapp", "the account was not asked, because content/templates.toml cannot be read")
        return
    yield ok("whatsapp", "Twilio knows the account")
    for kind in dict.fromkeys(one.kind for one in differences):
        names = few([f"{one.template} ({one.language})" for one in differences if one.kind == kind])
        match kind:
            case "missing" | "unsubmitted":
                yield wrong("templates", f"{kind}: {names}. `wis whatsapp sync-templates --apply` asks for them")
            case "rejected" | "paused":
                yield wrong("templates", f"{kind} by Meta: {names}. `wis whatsapp sync-templates` says why")
            case "pending":
                yield note("templates", f"Meta is reviewing {names}; until then nobody can be written to first")
            case "recategorised" | "outdated":
                yield note("templates", f"{kind}, but nothing is lost: {names}")
    if not any(not one.usable for one in differences):
        yield ok("templates", "all approved by Meta")


async def public_address(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the world reaches us under PUBLIC_BASE_URL, and whether signatures made for it are understood."""
    base = settings.public_base_url
    if not base:
        yield ok("public address", "none is set, and none is needed")
        return
    if not base.startswith("https://"):
        yield note("public address", f"{base} is not https: Telegram and Twilio deliver to https only")
    answer = await _ask("GET", base + "/healthz")
    if answer.status not in (200, 503) or "channels" not in answer.body:
        got = answer.trouble or f"HTTP {answer.status}, which is not our answer"
        yield wrong("public address", f"{base}/healthz: {got}. Is `wis run` running, and does the proxy pass it on?")
        return
    yield ok("public address", f"{base} leads to the running bot")
    page = await _ask("GET", base + "/")
    if settings.live and page.status == 200 and page.kind == "text/html":
        yield wrong("simulator", f"its page is open to everybody at {base}: set SIMULATOR=off")
    if settings.whatsapp:
        async for finding in _signatures(settings):
            yield finding


async def _signatures(settings: Settings) -> AsyncIterator[Finding]:
    from bot.channels.whatsapp_probe import FORM, probes

    for probe in probes(whatsapp_config(settings)):
        answer = await _ask("POST", probe.url, FORM, probe.headers)
        got = answer.trouble or f"HTTP {answer.status}"
        if not probe.signer:
            if answer.status == 403:
                yield ok("signature", "a forged one is refused")
            else:
                yield wrong("signature", f"a forged one is not refused ({got}): anybody could play Twilio")
        elif 200 <= answer.status < 300:
            yield ok("signature", f"one made with {probe.signer} is accepted")
        elif answer.status == 403:
            yield wrong(
                "signature",
                f"one made with {probe.signer} for {settings.public_base_url} is refused: the running bot has other"
                " settings (restart it), or the proxy changes the path",
            )
        else:
            yield wrong("signature", f"{probe.url} cannot be tried: {got}")


async def _ask(
    method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(
                method, URL(url, encoded=True), data=form, headers=headers, allow_redirects=False
            ) as answer,
        ):
            body = (await answer.content.read(64 * 1024)).decode("utf-8", "replace")
            return Answer(answer.status, answer.content_type, body)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Answer(trouble=_trouble(error))


def _trouble(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "this name is not known in the internet"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return "its certificate is not valid"
        case aiohttp.ClientConnectorError():
            return "nobody answers there"
        case TimeoutError():
            return f"no answer within {SECONDS:.0f} seconds"
        case _:
            return type(error).__name__
