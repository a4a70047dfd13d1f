"""What Slack's error codes mean for a person. Pure.

Source: https://docs.slack.dev/reference/methods/chat.postMessage (and the other methods' lists of errors).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from backend.data.json_parts import value_at
from backend.data.json_types import as_list
from backend.data.model import JsonObject
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)

LIMITED = frozenset({"ratelimited", "rate_limited"})
_CODE = re.compile(r"[a-zA-Z0-9_.:-]{1,80}")
_SCOPES = re.compile(r"[a-zA-Z0-9_.:, -]{1,1000}")
_LONGEST = 1500
_TROUBLE = "Slack has trouble. Try again later."
_RECONNECT = "Connect Slack again."
_CHANNEL = "Check the channel. A private one is only seen by an app that was invited: `/invite` it there."
_OWN = "A token may change only what it has sent itself."

_KINDS: dict[str, tuple[type[ProviderError], str]] = {
    "not_authed": (CredentialsError, f"The credential has no token. {_RECONNECT}"),
    "invalid_auth": (CredentialsError, f"The token is not valid. {_RECONNECT}"),
    "account_inactive": (CredentialsError, f"The token's user or workspace was removed. {_RECONNECT}"),
    "token_expired": (CredentialsError, f"The token has expired. {_RECONNECT}"),
    "token_revoked": (CredentialsError, f"The token was revoked. {_RECONNECT}"),
    "not_allowed_token_type": (
        ProviderForbidden,
        "This kind of token may not do this. Searching takes a user's token (xoxp), most else a bot's (xoxb).",
    ),
    "no_permission": (ProviderForbidden, "The token may not do this. Ask whoever runs the Slack workspace."),
    "access_denied": (ProviderForbidden, "The token may not do this. Ask whoever runs the Slack workspace."),
    "restricted_action": (ProviderForbidden, "The workspace's settings forbid this. Ask whoever runs it."),
    "cant_update_message": (ProviderForbidden, _OWN),
    "cant_delete_message": (ProviderForbidden, _OWN),
    "edit_window_closed": (ProviderForbidden, "The workspace does not let messages of that age be changed."),
    "not_in_channel": (
        ProviderForbidden,
        "The app is not in that channel. Type `/invite @<the app>` there; or let it have chat:write.public to send.",
    ),
    "user_not_in_channel": (ProviderForbidden, "That user is not in the channel. Invite them first."),
    "is_archived": (
        ProviderForbidden,
        "That channel is archived. Unarchive it in Slack, or take another one.",
    ),
    "cannot_dm_bot": (ProviderForbidden, "An app cannot write to another app. Choose a person."),
    "channel_not_found": (ProviderNotFound, f"There is no such channel for this token. {_CHANNEL}"),
    "user_not_found": (ProviderNotFound, "There is no such user. Check the id: it begins with U or W."),
    "users_not_found": (ProviderNotFound, "There is no such user. Check the e-mail address or the id."),
    "message_not_found": (ProviderNotFound, "There is no such message. Check the channel and its `ts`."),
    "thread_not_found": (ProviderNotFound, "There is no such thread. Give the `ts` of its first message."),
    "invalid_name": (
        ProviderNotFound,
        "There is no such emoji. Give its name without colons, like thumbsup.",
    ),
    "time_in_past": (ProviderError, "The time is in the past. Choose one that is to come."),
    "time_too_far": (ProviderError, "The time is more than 120 days away. Choose an earlier one."),
    "restricted_too_many": (
        ProviderError,
        "More than 30 messages for one channel within 5 minutes. Spread them.",
    ),
    "no_text": (ProviderError, "The message is empty. Give `text` or `blocks`."),
    "msg_too_long": (ProviderError, "The text is too long: 40,000 characters at most. Send it as a file."),
    "too_long": (ProviderError, "The text is too long. Shorten it."),
    "invalid_blocks": (
        ProviderError,
        "Slack does not take these `blocks`. Try them in Slack's Block Kit Builder.",
    ),
    "too_many_reactions": (ProviderError, "The message has as many reactions as it can have."),
    "file_uploads_disabled": (
        ProviderForbidden,
        "The workspace lets nobody upload files. Ask whoever runs it.",
    ),
    "file_type_not_allowed": (ProviderForbidden, "The workspace does not take files of this kind."),
    "internal_error": (ProviderUnavailable, _TROUBLE),
    "fatal_error": (ProviderUnavailable, _TROUBLE),
    "service_unavailable": (ProviderUnavailable, _TROUBLE),
    "request_timeout": (ProviderUnavailable, _TROUBLE),
    "team_added_to_org": (
        ProviderUnavailable,
        "The workspace is being moved to an organisation. Try again later.",
    ),
}


def error_of(
    method: str, body: JsonObject, *, http_status: int, retry_after_s: float | None, secrets: Iterable[str]
) -> ProviderError:
    """The typed error of an answer whose `ok` is not true.

    Args:
        method: what was called, for the message.
        retry_after_s: what the header said, None without one.
        secrets: what is blotted out of Slack's own words.
    """
    code = _plain(body.get("error"), _CODE) or f"HTTP {http_status}"
    kind, meaning = _meaning(code, body, http_status)
    if kind is RateLimited and retry_after_s is not None:
        meaning = f"{meaning} Slack asks to wait {retry_after_s:.0f} s."
    detail = _detail(body)
    said = f" It said: {detail}" if detail else ""
    text = _blotted(f"Slack refused {method}: {code}. {meaning}{said}", secrets)
    return kind(text, http_status=http_status, retry_after_s=retry_after_s)


def _meaning(code: str, body: JsonObject, http_status: int) -> tuple[type[ProviderError], str]:
    if code in LIMITED or http_status == 429:
        return RateLimited, "There were too many calls. Send fewer, or let the node try again."
    if code == "missing_scope":
        return ProviderForbidden, _missing_scope(body)
    known = _KINDS.get(code)
    if known is not None:
        return known
    if http_status >= 500:
        return ProviderUnavailable, _TROUBLE
    if http_status in (401, 403):
        return CredentialsError, f"The token is not valid. {_RECONNECT}"
    return ProviderError, "Look the code up on the method's page at https://docs.slack.dev/reference/methods."


def _missing_scope(body: JsonObject) -> str:
    """Source: https://docs.slack.dev/authentication/installing-with-oauth (`needed`, `provided`)."""
    needed = _plain(body.get("needed"), _SCOPES) or "that the method asks for"
    provided = _plain(body.get("provided"), _SCOPES)
    has = f" It has: {provided}." if provided else ""
    return f"The token lacks the scope {needed}.{has} Add it to the Slack app, and connect Slack again."


def _detail(body: JsonObject) -> str:
    """`response_metadata.messages`: which part of the blocks is wrong, and why."""
    messages = as_list(value_at(body, "response_metadata", "messages")) or []
    return "; ".join(one for one in messages if isinstance(one, str))


def _plain(value: object, pattern: re.Pattern[str]) -> str:
    """The text where it is what it should be: nothing else of an answer gets into a message unlooked at."""
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _blotted(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text[:_LONGEST]
