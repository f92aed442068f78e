"""How `textbank setup` asks and tells: on a terminal by questions, elsewhere by options alone."""

import sys
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.text import Text

from textbank.accounts.setup_state import Checked
from textbank.errors import InvalidInput


class Talk:
    """One conversation with whoever sets up."""

    def __init__(self, *, asks: bool) -> None:
        self.asks = asks
        self._console = Console(soft_wrap=True, highlight=False)

    def step(self, number: int, of: int, title: str) -> None:
        """Begin a step."""
        self._console.print(Text.assemble("\n", (f"{number} of {of}  {title}", "bold")))

    def done(self, words: str) -> None:
        """Something is right."""
        self._console.print(Text.assemble(("  ok     ", "green"), words))

    def note(self, words: str) -> None:
        """Something to know or to do later."""
        self._console.print(Text.assemble(("  note   ", "yellow"), words))

    def wrong(self, words: str) -> None:
        """Something must be mended."""
        self._console.print(Text.assemble(("  wrong  ", "bold red"), words))

    def say(self, words: str) -> None:
        """Anything else, under the step."""
        self._console.print(Text(f"         {words}"))

    def tell(self, found: Checked) -> None:
        """What a check found."""
        (self.done if found.ok else self.note if found.waits else self.wrong)(found.sentence())

    def ask(self, question: str, given: str, option: str, *, default: str = "", hide: bool = False) -> str:
        """What was given by an option, else what is typed. Raises InvalidInput where nobody can be asked."""
        if given:
            return given
        if not self.asks:
            if default:
                return default
            raise InvalidInput(f"This is not answered yet: {question} Give it with {option}. {KEPT}")
        answer: str = typer.prompt(f"  ?      {question}", default=default or None, hide_input=hide)
        return answer.strip()

    def may(self, question: str, given: bool | None, option: str) -> bool:
        """Yes or no; where nobody can be asked, only an option says yes."""
        if given is not None:
            return given
        if not self.asks:
            self.note(f"{question} Say so with {option}.")
            return False
        return typer.confirm(f"  ?      {question}", default=True)

    def choose(self, question: str, options: Sequence[tuple[str, str]], given: Sequence[str]) -> list[str]:
        """One or more of `options` (value, words). The only one there is needs no question."""
        values = [value for value, _ in options]
        if given:
            unknown = [each for each in given if each not in values]
            if unknown:
                raise InvalidInput(
                    f"{unknown[0]} is none of the account's: {', '.join(values)}. {KEPT} Choose one of these."
                )
            return list(given)
        if len(options) == 1:
            return values
        for number, (_, words) in enumerate(options, 1):
            self.say(f"{number}  {words}")
        if not self.asks:
            raise InvalidInput(f"This is not answered yet: {question} Give it with --sender. {KEPT}")
        while True:
            typed: str = typer.prompt(f"  ?      {question}", default="1")
            picked = [part for part in typed.replace(",", " ").split() if part]
            if picked and all(part.isdecimal() and 1 <= int(part) <= len(values) for part in picked):
                return [values[int(part) - 1] for part in picked]
            self.wrong(f"Type numbers from 1 to {len(values)}, with a space between them.")


KEPT = "Everything set up so far is kept."


def a_person_is_there() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()
