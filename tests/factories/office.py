"""An organization's office: a town whose pages are open, with somebody signed in for every role.

    async def test_…(office: Office):
        staff = await office.signed_in("organizer")
        answer = await staff.get("/lists")

For a real browser see `tests/browser/conftest.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType

import aiohttp
from yarl import URL

from tests.factories.town import Town
from textbank.accounts.add_member import add_member
from textbank.accounts.create_organization import create_organization
from textbank.accounts.passwords import hash_password
from textbank.accounts.roles import LADDER, Role
from textbank.accounts.sign_in import start_sign_in
from textbank.database import Database
from textbank.web.signed_in import COOKIE

PASSWORD = "four words in a row"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answered."""

    status: int
    text: str
    headers: Mapping[str, str]
    url: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


class Staff:
    """A browser without a screen: cookies, forms with their token, redirects not followed."""

    def __init__(self, base: str, cookie: str = "") -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        if cookie:
            jar.update_cookies({COOKIE: cookie}, URL(base))
        self._base = base
        self._http = aiohttp.ClientSession(cookie_jar=jar)
        self._token = ""

    async def __aenter__(self) -> "Staff":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        answer = await self.request("GET", path, headers=headers)
        found = re.search(r'<meta name="csrf-token" content="(\w+)"', answer.text)
        self._token = found[1] if found else self._token
        return answer

    async def head_of(self, path: str) -> Answer:
        """How a page's answer begins; its body is read only where it is a page."""
        async with self._http.get(
            self._base + path, allow_redirects=False, headers={"Accept": "text/html"}
        ) as answer:
            stream = answer.content_type == "text/event-stream"
            text = "" if stream else await answer.text(errors="replace")
            return Answer(answer.status, text, dict(answer.headers), str(answer.url))

    async def post(self, path: str, _files: aiohttp.FormData | None = None, **form: object) -> Answer:
        """Send a form as one of our pages would, with the session's token."""
        if not self._token:
            await self.get("/me")
        fields = {name.rstrip("_"): value for name, value in form.items()}
        return await self.request(
            "POST", path, data=_files or _multi(fields), headers={"X-CSRF-Token": self._token}
        )

    async def request(self, method: str, path: str, **more: object) -> Answer:
        headers = {"Accept": "text/html", **more.pop("headers", {})}  # type: ignore[dict-item]
        async with self._http.request(
            method, self._base + path, allow_redirects=False, headers=headers, **more
        ) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers), str(answer.url))

    async def close(self) -> None:
        await self._http.close()


def _multi(fields: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, str(each)) for each in values]
    return pairs


@dataclass(frozen=True, slots=True)
class Hired:
    """Members of every role in the town's organization, and another one, as they stand in a database."""

    members: dict[str, int]
    strangers_id: int
    stranger_member_id: int


@dataclass
class Office:
    """A town, and members of every role in it; and another organization with its own owner."""

    town: Town
    members: dict[str, int]
    """role → member id in the town's organization"""
    strangers_id: int
    """The other organization's id."""
    stranger_member_id: int
    _open: list[Staff] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.town.settings.textbank_public_url

    @classmethod
    async def opened(cls, town: Town, hired: Hired | None = None) -> "Office":
        """With those who were hired in the town's database, or now are."""
        hired = hired or await hire(town.database, town.organization_id)
        return cls(town, dict(hired.members), hired.strangers_id, hired.stranger_member_id)

    async def cookie(self, role: Role) -> str:
        """The value of a session cookie for a member of this role."""
        return await self._cookie(self.town.organization_id, self.members[role])

    async def signed_in(self, role: Role) -> Staff:
        """A client signed in as this role's member."""
        return self._staff(await self.cookie(role))

    async def stranger(self) -> Staff:
        """A client signed in as the other organization's owner."""
        return self._staff(await self._cookie(self.strangers_id, self.stranger_member_id))

    def signed_out(self) -> Staff:
        """A client that nobody signed in."""
        return self._staff("")

    async def close(self) -> None:
        for each in self._open:
            await each.close()

    async def _cookie(self, organization_id: int, member_id: int) -> str:
        async with self.town.database.transaction(organization_id) as session:
            return await start_sign_in(session, organization_id, member_id, browser="test", address="")

    def _staff(self, cookie: str) -> Staff:
        staff = Staff(self.url, cookie)
        self._open.append(staff)
        return staff


async def hire(database: Database, organization_id: int) -> Hired:
    """A member for every role, all with the same password; and an owner for another organization."""
    hashed = await hash_password(PASSWORD)
    async with database.transaction(organization_id) as session:
        members = {
            role: await add_member(
                session,
                organization_id,
                name=f"{role.title()} Rivera",
                role=role,
                email=f"{role}@riverside.example",
                password_hash=hashed,
            )
            for role in LADDER
        }
    other = await create_organization(database, "Hillside Mutual Aid", "help@hillside.example")
    async with database.transaction(other.organization_id) as session:
        stranger = await add_member(
            session,
            other.organization_id,
            name="Stranger Owner",
            role="owner",
            email="owner@hillside.example",
            password_hash=hashed,
        )
    ids = {role: member.id for role, member in members.items()}
    return Hired(ids, other.organization_id, stranger.id)
