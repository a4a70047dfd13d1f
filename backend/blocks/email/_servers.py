"""Which servers an account has: as the connection says, else as its large provider has them, else by the usual names. Pure.

The names are those that mail programs are told at each provider under IMAP and SMTP. None of them was called from
here; what the connection says comes first, so that one that has changed is mended there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.data.credentials import UserPasswordCredentials
from backend.util.errors import InvalidInput
from backend.util.mail_connect import MailLogin, MailServer

IMAP_PORT, SMTP_PORT = 993, 465

Place = tuple[str, int]
_GMAIL = (("imap.gmail.com", 993), ("smtp.gmail.com", 465))
_OUTLOOK = (("outlook.office365.com", 993), ("smtp-mail.outlook.com", 587))
_ICLOUD = (("imap.mail.me.com", 993), ("smtp.mail.me.com", 587))
_YAHOO = (("imap.mail.yahoo.com", 993), ("smtp.mail.yahoo.com", 465))
_AOL = (("imap.aol.com", 993), ("smtp.aol.com", 465))
_FASTMAIL = (("imap.fastmail.com", 993), ("smtp.fastmail.com", 465))
_GMX = (("imap.gmx.net", 993), ("mail.gmx.net", 465))
_GMX_COM = (("imap.gmx.com", 993), ("mail.gmx.com", 465))
_WEB_DE = (("imap.web.de", 993), ("smtp.web.de", 587))
_ZOHO = (("imap.zoho.com", 993), ("smtp.zoho.com", 465))
_MAILBOX = (("imap.mailbox.org", 993), ("smtp.mailbox.org", 465))
_PROTON_BRIDGE = (("127.0.0.1", 1143), ("127.0.0.1", 1025))
"""Proton lets no program in but its Bridge, on this machine; the operator has to allow these addresses."""

_KNOWN: Mapping[str, tuple[Place, Place]] = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GMAIL),
    **dict.fromkeys(
        ("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.de"), _OUTLOOK
    ),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(
        ("yahoo.com", "yahoo.de", "yahoo.co.uk", "yahoo.fr", "ymail.com", "rocketmail.com"), _YAHOO
    ),
    "aol.com": _AOL,
    **dict.fromkeys(("fastmail.com", "fastmail.fm"), _FASTMAIL),
    **dict.fromkeys(("gmx.de", "gmx.net", "gmx.at", "gmx.ch"), _GMX),
    "gmx.com": _GMX_COM,
    "web.de": _WEB_DE,
    **dict.fromkeys(("zoho.com", "zohomail.com"), _ZOHO),
    "mailbox.org": _MAILBOX,
    **dict.fromkeys(("proton.me", "protonmail.com", "pm.me"), _PROTON_BRIDGE),
}


@dataclass(frozen=True, slots=True)
class Servers:
    """Where an account is read, and where it sends."""

    imap: MailServer
    smtp: MailServer


def servers_of(credentials: UserPasswordCredentials) -> Servers:
    """As the connection's fields say; what is left empty is found from the address.

    Raises:
        InvalidInput: a field is no host or port, or there is neither an address nor a host to go by.
    """
    details = credentials.details
    domain = credentials.username.get_secret_value().rpartition("@")[2].strip().lower()
    imap, smtp = _KNOWN.get(domain) or ((f"imap.{domain}", IMAP_PORT), (f"smtp.{domain}", SMTP_PORT))
    return Servers(
        _server(details, "imap", domain, imap, IMAP_PORT), _server(details, "smtp", domain, smtp, SMTP_PORT)
    )


def login_of(credentials: UserPasswordCredentials) -> MailLogin:
    """Who logs in.

    Raises:
        InvalidInput: user name or password have a character that would end the command.
    """
    name, password = credentials.username.get_secret_value(), credentials.password.get_secret_value()
    if any(mark in name + password for mark in "\r\n\0"):
        raise InvalidInput(
            "The user name or the password has a line break in it. Copy it again, and connect E-mail."
        )
    return MailLogin(name, credentials.password)


def address_of(credentials: UserPasswordCredentials) -> str:
    """The address that the account sends as, where its user name is one; else empty."""
    name = credentials.username.get_secret_value().strip()
    return name if "@" in name else ""


def _server(details: Mapping[str, str], kind: str, domain: str, found: Place, usual_port: int) -> MailServer:
    host, port = details.get(f"{kind}_host", ""), details.get(f"{kind}_port", "")
    if not host and "." not in domain:
        raise InvalidInput(
            f"The user name is no e-mail address, so the {kind.upper()} server is not known. Fill in its name in the "
            "connection."
        )
    if port and not (port.isascii() and port.isdigit()):
        raise InvalidInput(f"The {kind.upper()} port {port[:20]!r} is no number. Usual is {usual_port}.")
    other_port = usual_port if host else found[1]
    return MailServer.at(host or found[0], int(port) if port else other_port)
