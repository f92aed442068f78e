"""Who asks for a page: the signed-in member, as pages need to know them."""

from dataclasses import dataclass

from textbank.accounts.roles import Role, at_least


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member, in one organization."""

    member_id: int
    sign_in_id: int
    name: str
    role: str
    organization_id: int
    organization_name: str
    language: str
    time_zone: str
    csrf_token: str
    shared: bool = False
    """Others use this computer, too: pages keep nothing on it."""
    suspended: bool = False
    """They may not text until a captain lets them go on."""
    shortcuts: bool = True
    """Single keys do something on their pages."""
    sound: bool = False
    """They want to hear of a reply while a page is open."""
    waits: bool = False
    """No captain has let them in yet."""
    to_approve: int = 0
    """New texters who wait for a captain, for those who may let them in."""
    questions: int = 0
    """Questions of texters that wait for a captain, for those who answer them."""
    waiting: int = 0
    """Conversations that wait for a reply, for those who see the inbox, as far as the menu counts."""

    def may(self, needed: Role) -> bool:
        """Whether their role is at least this one."""
        return at_least(self.role, needed)

    @property
    def actor(self) -> str:
        """How the audit log and the ledger name them."""
        return f"member {self.member_id}"
