"""`wis whatsapp sync-templates`: what Twilio and Meta have of our openers, and making what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from twilio.rest.content.v1.content.approval_create import ApprovalCreateList  # type: ignore[import-untyped]

from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_content import PREFIX, Resource, opener_resource
from bot.channels.whatsapp_http import connected
from bot.channels.whatsapp_templates import OpenerTemplate

Kind = Literal["missing", "unsubmitted", "pending", "rejected", "paused", "recategorised", "outdated"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which the account differs from content/templates.toml.

    missing: not at Twilio; unsubmitted: no approval asked; pending: Meta is reviewing; rejected, paused: it cannot
    be used (`detail` says why); recategorised: Meta put it into the category in `detail`; outdated: ours of an
    earlier text, harmless. `apply` cures the first two.
    """

    kind: Kind
    template: str
    language: str
    name: str
    detail: str = ""

    @property
    def usable(self) -> bool:
        """Whether the opener can be sent all the same."""
        return self.kind in ("recategorised", "outdated")


async def plan(config: WhatsAppConfig, templates: Sequence[OpenerTemplate]) -> list[Difference]:
    """Every difference, none if all openers are approved. Changes nothing. Raises ApiRefusal, NotSent, NoAnswer."""
    async with connected(config) as client:
        return await _differences(client, templates)


async def apply(config: WhatsAppConfig, templates: Sequence[OpenerTemplate]) -> list[Difference]:
    """What was cured (kinds missing and unsubmitted): the resource exists at Twilio and Meta has been asked for
    approval. A second run finds nothing to do. Raises ApiRefusal, NotSent, NoAnswer.
    """
    wanted = {(t.name, language): t for t in templates for language in t.bodies}
    async with connected(config) as client:
        cured = []
        for difference in await _differences(client, templates):
            if difference.kind not in ("missing", "unsubmitted"):
                continue
            template = wanted[difference.template, difference.language]
            resource = opener_resource(template, difference.language)
            sid = difference.detail
            if difference.kind == "missing":
                sid = (await client.content.v1.contents.create_async(resource.request())).sid
            approval = ApprovalCreateList.ContentApprovalRequest(
                {"name": resource.name, "category": template.category}
            )
            await client.content.v1.contents(sid).approval_create.create_async(approval)
            cured.append(difference)
        return cured


async def _differences(client: Any, templates: Sequence[OpenerTemplate]) -> list[Difference]:
    listed = await client.content.v1.content_and_approvals.list_async(page_size=500)
    there = {str(resource.friendly_name): resource for resource in listed}
    found = [
        difference
        for template in templates
        for language in template.bodies
        for difference in _compare(template, language, opener_resource(template, language), there)
    ]
    current = {opener_resource(t, language).name for t in templates for language in t.bodies}
    titles = {opener_resource(t, language).title: (t.name, language) for t in templates for language in t.bodies}
    for name in sorted(there.keys() - current):
        title = name.removeprefix(PREFIX).rpartition("_")[0]
        if name.startswith(PREFIX) and title in titles:
            found.append(Difference("outdated", *titles[title], name))
    return found


def _compare(
    template: OpenerTemplate, language: str, resource: Resource, there: dict[str, Any]
) -> Iterator[Difference]:
    name = resource.name
    if name not in there:
        yield Difference("missing", template.name, language, name)
        return
    approval = there[name].approval_requests or {}
    status = str(approval.get("status") or "unsubmitted").lower()
    reason = str(approval.get("rejection_reason") or "")
    match status:
        case "approved":
            category = str(approval.get("category") or template.category).upper()
            if category != template.category:
                yield Difference("recategorised", template.name, language, name, category)
        case "unsubmitted":
            yield Difference("unsubmitted", template.name, language, name, str(there[name].sid))
        case "rejected" | "failed":
            yield Difference("rejected", template.name, language, name, reason)
        case "paused" | "disabled":
            yield Difference("paused", template.name, language, name, reason or status)
        case _:
            yield Difference("pending", template.name, language, name, status)
