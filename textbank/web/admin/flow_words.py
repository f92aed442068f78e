"""What steps, and what happens on the simulated phone, are called on screen."""

from typing import Final

from textbank.flows.document import Step
from textbank.language import N_

STEPS: Final[dict[str, str]] = {
    "say": N_("Say something"),
    "ask-zip": N_("Ask for their ZIP code"),
    "ask-name": N_("Ask for their name"),
    "ask-email": N_("Ask for their e-mail address"),
    "ask-choice": N_("Ask them to choose"),
    "branch": N_("Go different ways"),
    "tag": N_("Tag them"),
    "add": N_("Put them on another list"),
    "wait": N_("Wait some days"),
    "hand_over": N_("Hand over to a person"),
    "webhook": N_("Tell another system"),
    "end": N_("End here"),
}
EXPLAINED: Final[dict[str, str]] = {
    "ask-zip": N_("Skipped for those whose ZIP code we know."),
    "ask-name": N_("Skipped for those whose name we know."),
    "ask-email": N_("Skipped for those whose address we know."),
    "ask-choice": N_("They answer with one of your words, or with its number: 1, 2, 3."),
    "branch": N_("It says nothing. Which step comes next depends on what they answered."),
    "tag": N_("It says nothing. Staff find them by the tag."),
    "add": N_("Only after they chose it: their answer is the proof that they want it."),
    "wait": N_("What follows is said days later, within the hours of their place, and not after STOP."),
    "hand_over": N_("The conversation stands in the inbox until somebody answers. The flow ends."),
    "webhook": N_("It says nothing. Their number and answers are posted to the address below."),
    "end": N_("It says nothing. Nothing below is said to those who come here."),
}
NOTES: Final[dict[str, str]] = {
    "tag": N_("Tagged: %(what)s"),
    "add": N_("Put on the list: %(what)s"),
    "webhook": N_("Told to %(what)s"),
    "hand_over": N_("Waits in the inbox for a person"),
    "wait": N_("%(what)s days later"),
    "learn": N_("Kept: %(what)s"),
    "stopped": N_("That ends all texts. The confirmation is sent, and nothing else."),
    "to_a_person": N_("No answer to the question: a person reads it in the inbox."),
    "by_itself": N_("Answered by itself; the flow waits."),
}
MEMBERS: Final[dict[str, str]] = {
    "new": N_("new"),
    "returning": N_("was here before"),
    "present": N_("is a member"),
}
KNOWN: Final[dict[str, str]] = {"zip": N_("ZIP code"), "name": N_("name"), "email": N_("e-mail address")}


def called(step: Step) -> str:
    """The key of a step's name in `STEPS`."""
    return f"{step.kind}-{step.about}" if step.kind == "ask" else step.kind
