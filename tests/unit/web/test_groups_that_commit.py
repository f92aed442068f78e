"""Who commits with whom, and who waits for whom."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from textbank.web.group_commit import GroupCommit

ORGANIZATION = 1


class Work:
    """Commits a group when it is told to."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.gates: list[asyncio.Event] = []
        self.cancelled = False
        """Whether something that it waits for is cancelled."""

    async def __call__(self, organization_id: int, items: Sequence[str]) -> list[str]:
        gate = asyncio.Event()
        self.groups.append(list(items))
        self.gates.append(gate)
        await gate.wait()
        if self.cancelled:
            raise asyncio.CancelledError
        if "refused" in items:
            raise ValueError("refused")
        return [f"{item} done" for item in items]


class Scene:
    """Items that arrive for `work`; those with the same first letter are one person's."""

    def __init__(self, at_once: int) -> None:
        self.work = Work()
        self.commits = GroupCommit[str, str](self.work, apart=lambda item: item[0], at_once=at_once)
        self.answers: dict[str, asyncio.Task[str]] = {}

    async def arrive(self, *items: str) -> None:
        for item in items:
            self.answers[item] = asyncio.create_task(self.commits.submit(ORGANIZATION, item))
        await self.settle()

    async def commit(self, number: int) -> None:
        self.work.gates[number].set()
        await self.settle()

    async def settle(self) -> None:
        """Longer than the first of a group waits for company."""
        for _ in range(3):
            await asyncio.sleep(0.002)

    @property
    def answered(self) -> list[str]:
        return [item for item, answer in self.answers.items() if answer.done()]


Scenes = Callable[[int], Scene]


@pytest.fixture
async def scenes() -> AsyncIterator[Scenes]:
    """Makes scenes, and ends what is left of them."""
    made: list[Scene] = []

    def scene(at_once: int) -> Scene:
        made.append(Scene(at_once))
        return made[-1]

    yield scene
    for each in made:
        await each.commits.stop()
        await asyncio.gather(*each.answers.values(), return_exceptions=True)


async def test_what_arrives_while_a_commit_is_under_way_shares_the_next(scenes: Scenes) -> None:
    scene = scenes(1)
    await scene.arrive("a1")
    await scene.arrive("b1", "c1")
    assert scene.work.groups == [["a1"]]
    await scene.commit(0)
    assert scene.answered == ["a1"]
    assert scene.work.groups == [["a1"], ["b1", "c1"]]
    await scene.commit(1)
    assert [await answer for answer in scene.answers.values()] == ["a1 done", "b1 done", "c1 done"]


async def test_a_second_group_leaves_beside_the_first_with_as_many_and_not_with_fewer(scenes: Scenes) -> None:
    scene = scenes(2)
    await scene.arrive("a1", "b1")
    await scene.arrive("c1")
    assert scene.work.groups == [["a1", "b1"]]
    await scene.arrive("d1")
    assert scene.work.groups == [["a1", "b1"], ["c1", "d1"]]
    await scene.commit(1)
    assert scene.answered == ["c1", "d1"]


async def test_no_third_group_leaves_beside_two(scenes: Scenes) -> None:
    scene = scenes(2)
    for item in ("a1", "b1", "c1", "d1"):
        await scene.arrive(item)
    assert scene.work.groups == [["a1"], ["b1"]]
    await scene.commit(0)
    assert scene.work.groups == [["a1"], ["b1"], ["c1", "d1"]]


async def test_what_waits_for_company_leaves_with_the_end_of_the_other_group(scenes: Scenes) -> None:
    scene = scenes(2)
    await scene.arrive("a1", "b1")
    await scene.arrive("c1", "d1")
    await scene.commit(0)
    await scene.arrive("e1")
    assert len(scene.work.groups) == 2
    await scene.commit(1)
    assert scene.work.groups[2:] == [["e1"]]


async def test_nothing_of_a_person_leaves_while_something_of_theirs_is_under_way(scenes: Scenes) -> None:
    scene = scenes(2)
    await scene.arrive("a1", "b1")
    await scene.arrive("a2", "c1")
    assert scene.work.groups == [["a1", "b1"], ["c1"]]
    await scene.arrive("a3")
    await scene.commit(1)
    assert len(scene.work.groups) == 2
    await scene.commit(0)
    assert scene.work.groups[2:] == [["a2"]]
    await scene.commit(2)
    assert scene.work.groups[3:] == [["a3"]]


@pytest.mark.parametrize("at_once", [1, 2])
async def test_a_group_that_is_refused_is_tried_one_by_one_and_keeps_its_persons(
    scenes: Scenes, at_once: int
) -> None:
    scene = scenes(at_once)
    await scene.arrive("a1", "refused", "b1")
    await scene.arrive("a2", "b2")
    await scene.commit(0)
    for number in range(1, 10):
        if number < len(scene.work.gates):
            await scene.commit(number)
    assert scene.work.groups[:4] == [["a1", "refused", "b1"], ["a1"], ["refused"], ["b1"]]
    assert scene.work.groups[4:] == [["a2", "b2"]]
    assert sorted(scene.answered) == ["a1", "a2", "b1", "b2", "refused"]
    with pytest.raises(ValueError, match="refused"):
        await scene.answers["refused"]


@pytest.mark.parametrize("by_the_work", [False, True])
async def test_nobody_waits_for_a_commit_that_was_given_up(scenes: Scenes, by_the_work: bool) -> None:
    scene = scenes(1)
    await scene.arrive("a1")
    await scene.arrive("b1")
    if by_the_work:
        scene.work.cancelled = True
        await scene.commit(0)
    else:
        await scene.commits.stop()
        await scene.settle()
    assert [answer.cancelled() for answer in scene.answers.values()] == [True, True]
    scene.work.cancelled = False
    await scene.arrive("c1")
    await scene.commit(1)
    assert await scene.answers["c1"] == "c1 done"
