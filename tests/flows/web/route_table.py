"""Every route of the web application, and the least role that may use it.

A route that is added must be added here, or a test fails. `form` is what an allowed request sends; ids in a
path stand for things of the town's organization, made by `things_of`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from tests.factories.office import Office
from tests.flows.web.route_table_texting import CAPTAINS, TEXTING
from textbank.contacts.upload import keep_upload

Least = Literal["anybody", "carrier", "texter", "captain", "organizer", "admin", "owner"]
"""`anybody`: needs no sign-in. `carrier`: needs the carrier's signature."""


@dataclass(frozen=True, slots=True)
class Route:
    """Who may use a route, and a request that means something."""

    least: Least
    form: dict[str, object] = field(default_factory=dict)
    shared: bool = False
    """A path with an id that a member of another organization may well ask for: an invite's own link."""
    also: tuple[str, ...] = ()
    """The same page searched, filtered or paged, for the test that its cost does not grow with a table."""


ROUTES: dict[str, Route] = {
    "GET /healthz": Route("anybody"),
    "GET /readyz": Route("anybody"),
    "GET /static/{version}/{path:path}": Route("anybody"),
    "HEAD /static/{version}/{path:path}": Route("anybody"),
    "POST /webhooks/twilio/inbound": Route("carrier"),
    "POST /webhooks/twilio/status": Route("carrier"),
    "GET /sign-in": Route("anybody"),
    "POST /sign-in": Route("anybody", {"email": "nobody@example.org", "password": "wrong words"}),
    "POST /sign-in/organization": Route("anybody", {"proof": "x", "organization_id": 1}),
    "POST /language": Route("anybody", {"language": "es"}),
    "GET /join/{link}": Route("anybody", shared=True),
    "POST /join/{link}": Route("anybody", shared=True),
    "GET /back/{organization_id}": Route("anybody", shared=True),
    "POST /back/{organization_id}": Route("anybody", shared=True),
    "GET /back/{organization_id}/here": Route("anybody", shared=True),
    "POST /back/{organization_id}/in": Route("anybody", shared=True),
    "GET /sign-up/{form}": Route("anybody", shared=True),
    "POST /sign-up/{form}": Route("anybody", {"phone": "none"}, shared=True),
    "GET /sign-up/{form}/thanks": Route("anybody", shared=True),
    "GET /preferences/{token}": Route("anybody", shared=True),
    "POST /preferences/{token}/leave": Route("anybody", {"list_id": 1}, shared=True),
    "POST /preferences/{token}/pace": Route("anybody", {"choice": "rest"}, shared=True),
    "POST /preferences/{token}/stop": Route("anybody", shared=True),
    "GET /about/{organization_id}/{what}": Route("anybody", shared=True),
    "POST /sign-out": Route("texter"),
    "GET /": Route("texter"),
    "GET /me": Route("texter"),
    "POST /me": Route("texter", {"name": ""}),
    "GET /manifest.webmanifest": Route("anybody"),
    "GET /me/push": Route("texter"),
    "POST /me/push": Route("texter", {"endpoint": ""}),
    "POST /me/push/stop": Route("texter"),
    "POST /me/ways": Route("texter", {"reminders": "true"}),
    "POST /me/password": Route("texter", {"current": "wrong", "password": "wrong"}),
    "POST /me/sign-ins/{sign_in_id}/end": Route("texter"),
    "GET /people": Route(
        "organizer",
        also=("/people?q=Last12", "/people?q=First5+Last1", "/people?q=5103012", "/people?q=nobody+at+all"),
    ),
    "GET /people/add": Route("organizer"),
    "POST /people/add": Route("organizer", {"number": "none"}),
    "GET /people/imports": Route("organizer"),
    "GET /people/import": Route("organizer"),
    "POST /people/import": Route("organizer", {"file": ""}),
    "GET /people/import/{import_id}/columns": Route("organizer"),
    "POST /people/import/{import_id}/columns": Route("organizer"),
    "GET /people/import/{import_id}/basis": Route("organizer"),
    "POST /people/import/{import_id}/basis": Route("organizer", {"kind": ""}),
    "GET /people/import/{import_id}/list": Route("organizer"),
    "POST /people/import/{import_id}/list": Route("organizer", {"list_id": ""}),
    "GET /people/import/{import_id}": Route("organizer"),
    "GET /people/import/{import_id}/progress": Route("organizer"),
    "POST /people/import/{import_id}/start": Route("organizer"),
    "POST /people/import/{import_id}/stop": Route("organizer"),
    "GET /people/import/{import_id}/not-taken.csv": Route("organizer"),
    "GET /people/{contact_id}": Route("organizer"),
    "POST /people/{contact_id}/edit": Route("organizer", {"zip_code": "none"}),
    "POST /people/{contact_id}/opt-out": Route("organizer", {"recipient_id": 1, "reason": ""}),
    "POST /people/{contact_id}/opt-out/undo": Route("organizer", {"recipient_id": 1, "reason": ""}),
    "POST /people/{contact_id}/lists": Route("organizer", {"recipient_id": 1}),
    "POST /people/{contact_id}/lists/{list_id}/leave": Route("organizer", {"recipient_id": 0}),
    "GET /lists": Route("organizer"),
    "POST /lists": Route("organizer", {"name": ""}),
    "GET /lists/{list_id}": Route("organizer"),
    "POST /lists/{list_id}": Route("organizer", {"name": ""}),
    "GET /people/{contact_id}/erase": Route("admin"),
    "POST /people/{contact_id}/erase": Route("admin", {"sure": ""}),
    "GET /settings/ledger": Route("admin"),
    "GET /settings/ledger/heads.jsonl": Route("admin"),
    "GET /consent-files": Route("organizer", also=("/consent-files?number=5105550101",)),
    "GET /consent-files/{recipient_id}": Route("organizer"),
    "GET /consent-files/{recipient_id}/paper": Route("organizer"),
    "GET /consent-files/{recipient_id}/consent.json": Route("organizer"),
    "GET /suppressions": Route("organizer", also=("/suppressions?q=5103012", "/suppressions?before=900")),
    "GET /lists/{list_id}/form": Route("organizer"),
    "POST /lists/{list_id}/form": Route("organizer", {"open": "yes"}),
    "GET /suppressions/file": Route("organizer"),
    "POST /suppressions/file": Route("organizer", {"file": ""}),
    "GET /suppressions/export.csv": Route("admin"),
    "POST /suppressions": Route("organizer", {"number": "none"}),
    "GET /keywords": Route("organizer"),
    "POST /keywords": Route("organizer", {"word": "STOP"}),
    "GET /keywords/{keyword_id}": Route("organizer"),
    "GET /keywords/{keyword_id}/poster": Route("organizer"),
    "POST /keywords/{keyword_id}/confirmation": Route("organizer", {"words": "too few"}),
    "POST /keywords/{keyword_id}/flow": Route("organizer", {"flow_id": ""}),
    "POST /keywords/{keyword_id}/words": Route("organizer", {"word": "STOP"}),
    "POST /keywords/{keyword_id}/retire": Route("organizer"),
    "GET /flows": Route("organizer", also=("/flows?archived=yes", "/flows?before=900")),
    "POST /flows": Route("organizer", {"name": ""}),
    "GET /flows/{flow_id}": Route("organizer"),
    "POST /flows/{flow_id}": Route("organizer", {"name": ""}),
    "POST /flows/{flow_id}/try": Route("organizer", {"phone.text": "hi"}),
    "GET /flows/{flow_id}/publish": Route("organizer", also=("/flows/{flow_id}/publish?before=9",)),
    "POST /flows/{flow_id}/publish": Route("organizer"),
    "POST /flows/{flow_id}/unpublish": Route("organizer"),
    "POST /flows/{flow_id}/archive": Route("organizer"),
    "POST /flows/{flow_id}/restore": Route("organizer"),
    "GET /team": Route("organizer"),
    "POST /team/invites": Route("organizer", {"role": "texter", "head_count": 0}),
    "POST /team/invites/{invite_id}/revoke": Route("admin"),
    "POST /team/members/{member_id}/role": Route("admin", {"role": "texter"}),
    "POST /team/members/{member_id}/disable": Route("admin"),
    "POST /team/members/{member_id}/password-link": Route("admin"),
    "GET /settings": Route("organizer"),
    "POST /settings": Route("admin", {"name": ""}),
    "GET /settings/answers": Route("organizer"),
    "POST /settings/answers/strangers": Route("organizer", {"flow_id": ""}),
    "POST /settings/answers/hours": Route("organizer", {"opens": "soon"}),
    "POST /settings/answers/hours/end": Route("organizer"),
    "GET /settings/money": Route("admin"),
    "POST /campaigns/{campaign_id}/pace": Route("organizer"),
    "POST /settings/senders/lookups": Route("admin"),
    "POST /settings/money": Route("admin", {"segment_price": "a cent"}),
    "GET /settings/senders": Route("organizer"),
    "POST /settings/senders/limits": Route("admin", {"day_cap": "many"}),
    "GET /settings/senders/{sender_id}": Route("organizer"),
    "POST /settings/senders/{sender_id}": Route("admin", {"pace": ""}),
    "POST /settings/senders/{sender_id}/again": Route("admin"),
    "GET /settings/audit": Route("admin"),
    "GET /setup": Route("admin"),
    "GET /setup/steps": Route("admin"),
    "POST /setup/{step}/check": Route("admin", shared=True),  # of the organization of who asks
    "POST /setup/webhooks/mend": Route("admin"),
    "GET /settings/registration": Route("admin"),
    "POST /settings/registration/vouch": Route("admin", {"address": "+14155550100"}),
    "GET /practice": Route("organizer"),
    "POST /practice": Route("organizer", {"share": 0.3, "seconds": 15.0}),
    "POST /practice/hours": Route("organizer"),
    "POST /campaigns/{campaign_id}/texters/batches": Route(
        "organizer", {"size": 30, "minutes": 20, "replies": 10, "reply_minutes": 20}
    ),
    "GET /events": Route("texter"),
    "GET /links/{invite_id}": Route("captain"),
    "POST /links/{invite_id}/revoke": Route("captain"),
    "GET /teams": Route("captain"),
    "POST /teams": Route("organizer", {"name": ""}),
    "GET /teams/{team_id}": Route("captain"),
    "POST /teams/{team_id}": Route("organizer", {"name": ""}),
    "GET /settings/texting": Route("organizer"),
    "POST /settings/texting": Route("admin", {"practice": "nonsense"}),
    **{name: Route("texter", form) for name, form in TEXTING.items()},
    **{name: Route("captain", form) for name, form in CAPTAINS.items()},
    "GET /texting/worker.js": Route("anybody"),
    "GET /texting/shell": Route("anybody"),
    "POST /inbox/{recipient_id}/here": Route("captain"),
    "GET /inbox": Route(
        "captain",
        also=(
            "/inbox?by=all",
            "/inbox?by=unassigned",
            "/inbox?by=staff",
            "/inbox?by=mine",
            "/inbox?by=opted_out",
            "/inbox?tag={tag_id}",
            "/inbox?campaign={campaign_id}",
            "/inbox?q=Last12",
            "/inbox?q=5103012",
        ),
    ),
    "GET /inbox/rows": Route("captain"),
    "GET /inbox/new": Route("captain"),
    "POST /inbox/new": Route("captain", {"to": "nobody"}),
    "GET /inbox/{recipient_id}": Route("captain"),
    "GET /inbox/{recipient_id}/thread": Route("captain"),
    "POST /inbox/{recipient_id}/reply": Route("captain", {"body": ""}),
    "POST /inbox/{recipient_id}/assign": Route("captain"),
    "POST /inbox/{recipient_id}/tags": Route("captain", {"name": ""}),
    "POST /inbox/{recipient_id}/tags/{tag_id}/remove": Route("captain"),
    "POST /inbox/{recipient_id}/answers": Route("captain", {"option_id": 1}),
    "POST /inbox/{recipient_id}/opt-out": Route("captain"),
    "POST /inbox/{recipient_id}/go-on": Route("captain"),
    "POST /inbox/{recipient_id}/close": Route("captain"),
    "GET /campaigns": Route("organizer"),
    "GET /campaigns/new": Route("organizer"),
    "POST /campaigns": Route("organizer", {"name": "", "kind": "blast"}),
    "GET /campaigns/{campaign_id}": Route("organizer"),
    "GET /campaigns/{campaign_id}/audience": Route("organizer"),
    "POST /campaigns/{campaign_id}/audience": Route("organizer", {"name": ""}),
    "POST /campaigns/{campaign_id}/discard": Route("organizer"),
    "GET /campaigns/{campaign_id}/words": Route("organizer"),
    "POST /campaigns/{campaign_id}/words": Route("organizer", {"body": "Hello"}),
    "POST /campaigns/{campaign_id}/words/preview": Route("organizer", {"body": "Hello"}),
    "GET /campaigns/{campaign_id}/review": Route("organizer"),
    "GET /campaigns/{campaign_id}/review/counts": Route("organizer"),
    "POST /campaigns/{campaign_id}/statement": Route("admin", {"statement": "short"}),
    "POST /campaigns/{campaign_id}/test": Route("organizer", {"phone": "12"}),
    "POST /campaigns/{campaign_id}/launch": Route("organizer"),
    "GET /campaigns/{campaign_id}/hours": Route("organizer"),
    "POST /campaigns/{campaign_id}/hours": Route("organizer", {"ends": "place", "ends_on": "soon"}),
    "POST /campaigns/{campaign_id}/hours/lift": Route("admin", {"opens": "07:00", "closes": "22:00"}),
    "POST /campaigns/{campaign_id}/hours/default": Route("admin"),
    "GET /campaigns/{campaign_id}/start": Route("organizer"),
    "POST /campaigns/{campaign_id}/start": Route("organizer", {"first": "people", "people": "none"}),
    "GET /campaigns/{campaign_id}/wordings": Route("organizer"),
    "POST /campaigns/{campaign_id}/wordings": Route("organizer", {"body": ""}),
    "POST /campaigns/{campaign_id}/wordings/{position}/remove": Route("organizer"),
    "POST /campaigns/{campaign_id}/unschedule": Route("organizer"),
    "POST /campaigns/{campaign_id}/rest": Route("organizer"),
    "GET /campaigns/{campaign_id}/limits": Route("organizer"),
    "POST /campaigns/{campaign_id}/budget": Route("admin", {"budget": "much"}),
    "POST /campaigns/{campaign_id}/urgent": Route("admin", {"because": "short"}),
    "POST /campaigns/{campaign_id}/urgent/back": Route("admin"),
    "GET /campaigns/{campaign_id}/live": Route("organizer"),
    "GET /campaigns/{campaign_id}/said": Route("organizer"),
    "GET /campaigns/{campaign_id}/results": Route("organizer"),
    "POST /campaigns/{campaign_id}/pause": Route("organizer"),
    "POST /campaigns/{campaign_id}/resume": Route("organizer"),
    "POST /campaigns/{campaign_id}/stop": Route("organizer"),
    "POST /campaigns/{campaign_id}/again": Route("organizer"),
    "POST /campaigns/{campaign_id}/edit": Route("organizer", {"body": "Hello"}),
    "POST /campaigns/{campaign_id}/invite": Route("organizer", {"head_count": 0}),
    "POST /campaigns/{campaign_id}/responses": Route("organizer", {"title": "Where", "body": ""}),
    "POST /campaigns/{campaign_id}/responses/{response_id}/remove": Route("organizer"),
    "POST /campaigns/{campaign_id}/questions": Route("organizer", {"words": "Coming?", "options": ""}),
    "POST /campaigns/{campaign_id}/questions/{question_id}/follows": Route("organizer"),
    "POST /campaigns/{campaign_id}/responses/{response_id}/one-tap": Route("organizer"),
    "POST /campaigns/{campaign_id}/questions/{question_id}/remove": Route("organizer"),
    "GET /phrases": Route("organizer", also=("/phrases?text=please+stop",)),
    "POST /phrases": Route("organizer", {"phrase": "no way jose", "meaning": "nothing"}),
    "POST /phrases/{phrase_id}/remove": Route("organizer"),
    "GET /disclaimers": Route("organizer"),
    "POST /disclaimers": Route("admin", {"state": "XX", "words": "No"}),
    "POST /disclaimers/{disclaimer_id}/remove": Route("admin"),
}

_A_DRAFT = """
    with s as (insert into script (organization_id, body) values (:o, 'Hello') returning id),
      c as (insert into campaign (organization_id, kind, name, script_id)
        select :o, 'p2p', 'Hearing', id from s returning id),
      l as (insert into campaign_list (organization_id, campaign_id, list_id)
        select :o, c.id, (select min(id) from contact_list) from c),
      r as (insert into canned_response (organization_id, campaign_id, title, body)
        select :o, id, 'Where', 'Here' from c),
      q as (insert into question (organization_id, campaign_id, words) select :o, id, 'Coming?' from c),
      p as (insert into own_phrase (organization_id, phrase, key, meaning, member_id)
        select :o, 'no way jose', 'no way jose', 'stop', min(id) from member),
      f as (insert into flow (organization_id, name) values (:o, 'Welcome'))
    insert into disclaimer (organization_id, words) values (:o, 'Paid for by us')
"""


async def things_of(office: Office) -> dict[str, str]:
    """An id for each name that stands in a path."""
    town = office.town
    town.settings.twilio_api_url = town.carrier_url
    await town.execute(
        "insert into invite (organization_id, digest, role, expires_at, head_count) "
        "values (:o, 'unknown', 'texter', now() + interval '1 day', 5)",
        o=town.organization_id,
    )
    # Somebody to be changed, who is nobody that tries.
    await town.execute(
        "insert into member (organization_id, name, role, email) "
        "values (:o, 'Somebody Else', 'texter', 'else@riverside.example')",
        o=town.organization_id,
    )
    await town.execute(_A_DRAFT, o=town.organization_id)
    await town.execute(
        "insert into team (organization_id, name) values (:o, 'North')", o=town.organization_id
    )
    await office.cookie("texter")
    [recipient] = await town.subscribe("+15105550101")
    campaign = await town.launch()

    await town.execute(
        "with t as (insert into tag (organization_id, name) values (:o, 'call back')) insert into "
        "captain_question (organization_id, recipient_id, asked_by_id, question) values (:o, :r, :m, 'Hm?')",
        o=town.organization_id,
        r=recipient,
        m=office.members["texter"],
    )

    async def newest(table: str) -> str:
        [(id_,)] = await town.query(f"select max(id) from {table}")  # noqa: S608
        return str(id_)

    async with town.database.transaction(town.organization_id) as session:

        async def file() -> AsyncIterator[bytes]:
            yield b"phone,first name\n415-555-0155,Ann\n"

        import_id = await keep_upload(
            session, town.organization_id, office.members["organizer"], "a.csv", file()
        )
    return {
        "import_id": str(import_id),
        "link": f"{town.organization_id}.nonsense",
        "organization_id": str(town.organization_id),
        "what": "terms",
        "token": "1.1.1.nonsense",
        "form": f"{town.organization_id}.{town.list_id}",
        "step": "registration",
        "version": "0",
        "path": "nothing.css",
        "invite_id": await newest("invite"),
        "team_id": await newest("team"),
        "sign_in_id": await newest("sign_in"),
        "member_id": await newest("member"),
        "list_id": str(town.list_id),
        "sender_id": str(town.sender_id),
        "campaign_id": str(campaign),
        "recipient_id": str(recipient),
        "contact_id": await newest("contact"),
        "keyword_id": await newest("keyword"),
        "flow_id": await newest("flow"),
        "tag_id": await newest("tag"),
        "asked_id": await newest("captain_question"),
        "message_id": "1",
        "response_id": await newest("canned_response"),
        "question_id": await newest("question"),
        "position": "1",
        "disclaimer_id": await newest("disclaimer"),
        "phrase_id": await newest("own_phrase"),
    }
