"""Runs a block with the account of the local servers, and makes messages."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from backend.blocks.email._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.email.triggers import EmailMessageTriggerBlock
from backend.blocks.testing import DirectContext
from backend.data.block import Block, BlockData, PollResult
from backend.data.file import FileContent
from tests.support.mail_servers import PASSWORD, MailServers


async def outputs(
    mail: MailServers,
    block: Block,
    *,
    password: str = PASSWORD,
    key: str = "run/node/0",
    context: DirectContext | None = None,
    files: tuple[FileContent, ...] = (),
    **inputs: Any,
) -> list[BlockData]:
    """What the block gives, in order; a failure is raised."""
    given = block.Input.model_validate({**inputs, "credentials": TEST_CREDENTIALS_INPUT})
    offered = {
        "idempotency_key": key,
        "context": context or DirectContext(files),
        "credentials": mail.credentials(password),
    }
    keywords = {name: value for name, value in offered.items() if name in block.wanted_keywords}
    made: Any = block.run(given, **keywords)
    return [pair async for pair in made]


async def output(mail: MailServers, block: Block, **inputs: Any) -> dict[str, Any]:
    """The last value of each pin."""
    return dict(await outputs(mail, block, **inputs))


async def polled(mail: MailServers, cursor: Any, **inputs: Any) -> PollResult:
    """One look of the trigger."""
    given = EmailMessageTriggerBlock.Input.model_validate(
        {**inputs, "payload": {}, "credentials": TEST_CREDENTIALS_INPUT}
    )
    return await EmailMessageTriggerBlock().poll(given, cursor=cursor, credentials=mail.credentials())


def message(
    subject: str, *, text: str = "Hello\n", sender: str = "Bob <bob@example.com>", **headers: str
) -> bytes:
    """As it comes from a mail server, with the trace of a delivery of its own."""
    made = EmailMessage()
    made["Received"] = (
        f"from mx by mail with ESMTP id {subject.encode().hex()}; Mon, 1 Jun 2026 10:00:00 +0000"
    )
    made["From"], made["To"], made["Subject"] = sender, "ada@example.com", subject
    made["Date"] = "Mon, 1 Jun 2026 10:00:00 +0000"
    made["Message-ID"] = f"<{subject.encode().hex()}@example.com>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def with_file(subject: str, name: str, data: bytes) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "bob@example.com", "ada@example.com", subject
    made["Message-ID"] = f"<{subject.encode().hex()}@example.com>"
    made.set_content("See the file.")
    made.add_alternative("<p>See the file.</p>", subtype="html")
    made.add_attachment(data, maintype="text", subtype="csv", filename=name)
    return made.as_bytes()
