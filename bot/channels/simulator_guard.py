"""Who may use the simulator: this machine only unless it is public, and only the simulator's own page."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# A page of another site cannot set a header of its own without asking first, and we never allow it to.
OWN_HEADER = "X-WIS-Simulator"
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def guarded(handler: Handler, public: bool) -> Handler:
    """The handler, behind the guard: 403 for another machine, a foreign Host (DNS rebinding), a foreign Origin,
    and for a change that the page itself did not ask for."""

    async def guarded_handler(request: web.Request) -> web.StreamResponse:
        refusal = _refusal(request, public)
        if refusal:
            return web.json_response({"error": "forbidden", "reason": refusal}, status=403, headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return guarded_handler


def _refusal(request: web.Request, public: bool) -> str:
    if not public:
        if not _loopback(request.remote or "") or any(name in request.headers for name in FORWARDED):
            return "the simulator answers this machine only"
        if not _local_name(request.host):
            return "unknown host name"
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        return "foreign origin"
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return "foreign page"
    if request.method not in ("GET", "HEAD") and OWN_HEADER not in request.headers:
        return f"the header {OWN_HEADER} is missing"
    return ""


def _local_name(host: str) -> bool:
    name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    return name.lower() == "localhost" or _loopback(name.strip("[]"))


def _loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
