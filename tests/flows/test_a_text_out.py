"""What happens when a blast leaves: the main flow of the way out, end to end."""

from tests.factories.town import Town, eventually, phones


async def test_a_blast_reaches_everybody_on_the_list_once_and_every_status_arrives(town: Town) -> None:
    everybody = phones(300)
    await town.subscribe(*everybody)
    campaign = await town.launch("Rally on Saturday. Reply STOP to opt out.")
    await town.pump()
    counts = await town.counts()
    assert counts["created"] == 300, counts
    assert counts["most_to_one_phone"] == 1

    async def all_delivered() -> bool:
        [(delivered,)] = await town.query("select count(*) from delivery where status = 'delivered'")
        return bool(delivered == 300)

    await eventually(all_delivered)
    assert await town.query("select 1 from outbox") == []
    [(accepted,)] = await town.query("select count(*) from attempt where outcome = 'accepted'")
    assert accepted == 300
    assert campaign > 0
