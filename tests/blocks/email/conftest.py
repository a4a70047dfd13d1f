"""A local IMAP and SMTP server that the blocks' real clients reach over STARTTLS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.http_server import reachable
from tests.support.mail_servers import MailServers, mail_servers, trust_test_certificates


@pytest.fixture
def mail() -> Iterator[MailServers]:
    trust_test_certificates()
    with mail_servers() as servers, reachable(*servers.addresses):
        yield servers
