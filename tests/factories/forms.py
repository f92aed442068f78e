"""A list that people may ask for on the web, at a time when texts may leave."""

from tests.factories.town import Town
from textbank.keywords.web_forms import change_form


async def opened(town: Town) -> str:
    async with town.database.transaction(town.organization_id) as session:
        await change_form(
            session, town.organization_id, town.list_id, purpose="news about your building and rent",
            is_open=True, actor="member 1",
        )  # fmt: skip
    # Anywhere in the town it is always time to text.
    await town.execute(
        "insert into sending_window (organization_id, place, opens_at, closes_at) "
        "values (:o, 'CA?/America/Los_Angeles', now() - interval '1 day', '2100-01-01') "
        "on conflict (organization_id, place) do update set opens_at = excluded.opens_at, "
        "closes_at = excluded.closes_at",
        o=town.organization_id,
    )
    return f"/sign-up/{town.organization_id}.{town.list_id}"
