"""Somebody at a screen: does what a person does, and counts it."""

from collections import Counter
from pathlib import Path
from re import Pattern

from playwright.async_api import Locator, Page, expect


class Hand:
    """Clicks, types and goes from screen to screen in one browser; finds things by their words alone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.did: Counter[str] = Counter()
        page.on("framenavigated", lambda frame: self._count("screens", frame is page.main_frame))

    def _count(self, what: str, happened: bool = True, times: int = 1) -> None:
        if happened:
            self.did[what] += times

    async def press(self, words: str | Pattern[str], *, within: str = "body") -> None:
        """Press the button or link that says so."""
        part = self.page.locator(within)
        found = part.get_by_role("button", name=words).or_(part.get_by_role("link", name=words))
        await found.filter(visible=True).first.click()
        self._count("clicks")

    async def choose(self, words: str) -> None:
        """Tick the box or circle with this label."""
        await self.page.locator("label").filter(has_text=words).filter(visible=True).first.click()
        self._count("clicks")

    async def write(self, label: str, words: str) -> None:
        """Click into a field and type."""
        field = self._field(label)
        await field.click()
        await field.fill(words)
        self._count("clicks")
        self._count("typed", times=len(words))

    async def pick(self, label: str, option: str) -> None:
        """Choose from a list that drops down: two clicks."""
        await self._field(label).select_option(label=option)
        self._count("clicks", times=2)

    def _field(self, label: str) -> Locator:
        fields = self.page.locator("input, textarea, select").and_(self.page.get_by_label(label))
        return fields.filter(visible=True).first

    async def give_file(self, label: str, file: Path) -> None:
        """Choose a file, which takes three clicks in most browsers' dialogs."""
        await self.page.get_by_label(label).set_input_files(file)
        self._count("clicks", times=3)

    async def sees(self, words: str) -> None:
        """Wait until the screen says so."""
        await expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible(timeout=60_000)
