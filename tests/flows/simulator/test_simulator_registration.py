"""What a set-up asks the carrier: is the account active, and what may its numbers send to groups?"""

from tests.flows.simulator.conftest import Caller
from textbank.simulator.defaults import DEFAULT_SERVICE_SID, LONG_CODE, POOL, TOLL_FREE


async def change(carrier: Caller, **changes: object) -> int:
    url = f"{carrier.base}/_simulator/accounts/{carrier.account.sid}"
    async with carrier.session.patch(url, json=changes) as answer:
        return answer.status


async def test_an_account_tells_its_state_and_nothing_else_works_while_it_is_suspended(
    carrier: Caller,
) -> None:
    account_url = f"{carrier.base}/2010-04-01/Accounts/{carrier.account.sid}.json"
    status, account = await carrier.get(account_url)
    assert (status, account["status"], account["type"]) == (200, "active", "Full")
    assert await change(carrier, status="suspended", type="Trial") == 200
    status, account = await carrier.get(account_url)
    assert (status, account["status"], account["type"]) == (200, "suspended", "Trial")
    status, error = await carrier.create()
    assert (status, error["code"]) == (401, 20005)


async def test_a_service_tells_its_campaign_and_a_toll_free_number_its_verification(carrier: Caller) -> None:
    campaign = f"{carrier.base}/v1/Services/{DEFAULT_SERVICE_SID}/Compliance/Usa2p"
    _, page = await carrier.get(campaign)
    assert [one["campaign_status"] for one in page["compliance"]] == ["VERIFIED"]
    assert await change(carrier, campaign_status={DEFAULT_SERVICE_SID: ""}) == 200
    _, page = await carrier.get(campaign)
    assert page["compliance"] == []
    verifications = f"{carrier.base}/v1/Tollfree/Verifications"
    assert await change(carrier, toll_free_verification={TOLL_FREE: "TWILIO_REJECTED"}) == 200
    _, page = await carrier.get(verifications)
    [one] = page["verifications"]
    assert (one["tollfree_phone_number"], one["status"]) == (TOLL_FREE, "TWILIO_REJECTED")
    assert one["rejection_reason"]


async def test_where_it_is_asked_to_carriers_block_what_is_unregistered(carrier: Caller) -> None:
    assert await change(carrier, blocks_unregistered=True) == 200
    for sender, ends in ((LONG_CODE, 30034), (POOL[0], None), (TOLL_FREE, None)):
        _, made = await carrier.create(From=sender)
        message = await carrier.until(made["sid"], "delivered", "undelivered")
        assert message["error_code"] == ends, sender


async def test_an_unknown_number_or_service_changes_nothing(carrier: Caller) -> None:
    assert await change(carrier, campaign_status={"MG0": "VERIFIED"}, status="closed") == 422
    account_url = f"{carrier.base}/2010-04-01/Accounts/{carrier.account.sid}.json"
    _, account = await carrier.get(account_url)
    assert account["status"] == "active"
