"""Browsers inside other apps (Instagram, Facebook, TikTok…): they forget who one is, and hold back downloads.

A person who follows a link there can start all the same; they are told how to open it in a real browser.
"""

import re
from typing import Final
from urllib.parse import urlsplit

_APPS: Final = (
    ("Instagram", re.compile(r"Instagram")),
    ("Facebook", re.compile(r"FBAN|FBAV|FB_IAB|FBIOS")),
    ("TikTok", re.compile(r"TikTok|musical_ly|BytedanceWebview|trill_")),
    ("Snapchat", re.compile(r"Snapchat")),
    ("Twitter", re.compile(r"Twitter(?:Android| for iPhone)")),
    ("LinkedIn", re.compile(r"LinkedInApp")),
    ("Pinterest", re.compile(r"\[?Pinterest[/\]]")),
    ("WeChat", re.compile(r"MicroMessenger")),
    ("LINE", re.compile(r"\bLine/")),
    ("Telegram", re.compile(r"Telegram-Android|TelegramBot")),
    ("Gmail", re.compile(r"\bGSA/|GmailHybrid|Gmail/")),
)
_WEB_VIEW: Final = re.compile(r"Android.*; wv\)")
_APPLE_WEB_VIEW: Final = re.compile(
    r"\((?:iPhone|iPad|iPod).*AppleWebKit(?!.*(?:Safari/|CriOS|FxiOS|EdgiOS))"
)


def in_app_browser(user_agent: str) -> str | None:
    """The app that a browser is part of: its name, empty for one unknown; None for a browser of its own."""
    for name, pattern in _APPS:
        if pattern.search(user_agent):
            return name
    if _WEB_VIEW.search(user_agent) or _APPLE_WEB_VIEW.search(user_agent):
        return ""
    return None


def open_outside(address: str, user_agent: str) -> str | None:
    """A link that leads from an app of Android to the phone's browser; elsewhere the app's own menu must."""
    parts = urlsplit(address)
    if "Android" not in user_agent or parts.scheme not in ("http", "https"):
        return None
    return (
        f"intent://{parts.netloc}{parts.path}#Intent;scheme={parts.scheme};"
        "action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end"
    )
