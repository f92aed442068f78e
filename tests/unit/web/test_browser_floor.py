"""The oldest browsers that the guide names know all that our pages need; what is newer is only an extra.

The floor: Safari and iOS 15.4, Chrome and Edge 108, Firefox 121. A name that none of the lists holds is not
looked for: whoever uses a newer one adds it here, with the reason why a page works without it.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "textbank" / "web" / "static"
SCRIPTS = sorted(STATIC.glob("*.js"))
STYLES = sorted(STATIC.rglob("*.css"))
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)

TOO_NEW = {
    r"\.findLast(Index)?\(": "Chrome 97, Safari 15.4, Firefox 104, and nobody needs it",
    r"\.(toSorted|toReversed|toSpliced)\(|\.with\(": "Safari 16, Chrome 110",
    r"\bObject\.groupBy|\bMap\.groupBy": "Safari 17.4, Chrome 117",
    r"Promise\.(withResolvers|try)\b": "Safari 17.4, Chrome 119",
    r"AbortSignal\.(timeout|any)\b": "Safari 16, Chrome 103 and 116",
    r"Array\.fromAsync": "Safari 16.4, Chrome 121",
    r"\(\?<[=!]": "looking behind: a syntax error before Safari 16.4, which stops the whole script",
    r"/[a-z]*v[a-z]*\s*[.,;)]\s*$": "the v flag: a syntax error before Safari 17",
    r"^\s*static \{": "static blocks: a syntax error before Safari 16.4",
    r"^(const|let|var) .* = await ": "waiting at the top of a module holds back all that import it",
    r"\bimport .* with \{": "import attributes: Safari 17.2",
    r"requestIdleCallback|startViewTransition|\bscheduler\.": "not in every Safari or Firefox",
    r"popover|commandFor": "Safari 17, Firefox 125",
    r"\.checkVisibility\(": "Safari 17.4",
    r"\.isWellFormed\(|\.at\(-1\)\?\.at": "Safari 16.4",
    r"new Set\(.*\)\.(union|difference|intersection)\(": "Safari 17, Chrome 122",
    r"\brandomUUID\b": "only over https: a phone in the office's own network has none",
}
GUARDED = {
    r"navigator\.locks\.": r"!?navigator\.locks\b(?!\.)",
    r"new BroadcastChannel": r"\"BroadcastChannel\" in window",
    r"requestSubmit\(": r"if \(form\.requestSubmit\)",
    r"navigator\.setAppBadge": r"setAppBadge\?\.",
    r"navigator\.clearAppBadge": r"clearAppBadge\?\.",
    r"navigator\.serviceWorker[.?]": r"serviceWorker\?\.|\"serviceWorker\" in navigator",
    r"localStorage\.|sessionStorage\.": r"\btry \{",
    r"indexedDB": r"indexedDB\?\.",
    r"navigator\.clipboard\.": r"if \(navigator\.clipboard\)",
    r"PushManager": r"\"PushManager\" in window",
    r"AudioContext\b": r"!Audio\b",
    r"\.showModal\(": r"\?\.showModal\b(?!\()",
}
"""Not everywhere, or switched off by somebody: the script that uses it asks first."""

EXTRA_STYLES = {
    "color-mix": "the shade under a pointer; without it there is none",
    "field-sizing": "a box that grows; without it, it scrolls",
    "text-wrap": "nicer line ends",
}
TOO_NEW_STYLES = {
    r"@container|@scope|@starting-style|@layer": "whole blocks would be left out",
    r"light-dark\(": "Safari 17.5: no colours at all",
    r"^\s+&": "nesting: Safari 16.5",
    r"anchor-name|position-anchor|interpolate-size": "not in every browser",
    r"\bsubgrid\b": "Safari 16, Chrome 117",
}


def code_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def test_no_script_uses_what_the_oldest_browsers_do_not_know() -> None:
    assert len(SCRIPTS) > 20
    found = [
        f"{path.name}: {pattern} ({why})"
        for path in SCRIPTS
        for pattern, why in TOO_NEW.items()
        if re.search(pattern, code_of(path), re.MULTILINE)
    ]
    assert found == []


def test_what_may_be_missing_is_asked_for_first() -> None:
    found = [
        f"{path.name}: {api}"
        for path in SCRIPTS
        for api, guard in GUARDED.items()
        if re.search(api, code_of(path)) and not re.search(guard, code_of(path))
    ]
    assert found == []


def test_no_style_leaves_a_page_unusable() -> None:
    found = [
        f"{path.name}: {pattern} ({why})"
        for path in STYLES
        for pattern, why in TOO_NEW_STYLES.items()
        if re.search(pattern, code_of(path), re.MULTILINE)
    ]
    assert found == []
    used = "".join(code_of(path) for path in STYLES)
    assert [name for name in EXTRA_STYLES if name not in used] == []


def test_the_floor_is_told_to_whoever_asks() -> None:
    for name in ("README.md", "docs/texter-guide.md"):
        said = (ROOT / name).read_text()
        for browser in ("iOS 15.4", "Chrome 108", "Firefox 121"):
            assert browser in said, f"{name} does not say {browser}"
