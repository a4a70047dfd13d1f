"""Where blocks reach the mailbox: one place for reading and one for sending, which examples replace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from backend.blocks.email._compose import Composed
from backend.blocks.email._mailbox import Mailbox
from backend.blocks.email._servers import login_of, servers_of
from backend.data.credentials import UserPasswordCredentials
from backend.util.mail_imap import with_imap
from backend.util.mail_smtp import send_mail

R = TypeVar("R")


class UsesMailbox:
    """For blocks that read or send. What they do is recorded as a step: a repetition does not do it again."""

    async def on_mailbox(
        self, credentials: UserPasswordCredentials, work: Callable[[Mailbox], R], *, timeout_s: float = 120.0
    ) -> R:
        """What `work` gives, which is called in a thread, in a session of its own.

        Raises:
            ProviderError: as `with_imap`, and what `Mailbox` raises.
        """
        server = servers_of(credentials).imap
        return await with_imap(
            server, login_of(credentials), lambda client: work(Mailbox(client)), timeout_s=timeout_s
        )

    async def hand_over(self, credentials: UserPasswordCredentials, message: Composed) -> list[str]:
        """Send it; the recipients that were not taken.

        Raises:
            ProviderError: as `send_mail`.
        """
        return await send_mail(
            servers_of(credentials).smtp,
            login_of(credentials),
            sender=message.sender,
            recipients=message.recipients,
            message=message.data,
        )
