"""`textbank doctor`: look at everything that must be right for texts to go in and out, one line each."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from textbank.cli.doctor_organization import Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check the installation; says what is wrong and what to do. Ends with 1 if anything is."""
    findings: list[Finding] = []
    asyncio.run(_examine(findings, quiet=as_json))
    wrong = [one for one in findings if not one.ok]
    if as_json:
        checks = [
            {"check": one.check, "ok": one.ok, "said": one.said, "to_do": None if one.ok else one.to_do}
            for one in findings
        ]
        sys.stdout.write(json.dumps({"ok": not wrong, "checks": checks}, ensure_ascii=False) + "\n")
    else:
        verdict = (
            f"{len(wrong)} of {len(findings)} checks found something wrong." if wrong else "All is well."
        )
        sys.stdout.write(f"{verdict}\n")
    if wrong:
        raise typer.Exit(1)


async def _examine(findings: list["Finding"], *, quiet: bool) -> None:
    from textbank.cli.doctor_checks import examine

    console = Console(soft_wrap=True)
    async for one in examine():
        findings.append(one)
        if not quiet:
            mark = ("ok   ", "green") if one.ok else ("WRONG", "bold red")
            to_do = f" To do: {one.to_do}" if one.to_do and not one.ok else ""
            console.print(Text.assemble(mark, f" {one.check}: {one.said}{to_do}"))
