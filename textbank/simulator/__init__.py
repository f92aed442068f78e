"""A carrier on this machine: Twilio's REST shape, signed webhooks, and a wall of simulated phones.

It exists so that a demo, the tests and the benchmarks meet a carrier as unkind as the real one, over
real HTTP, without a text ever reaching a person. Nothing here knows the product: it could serve any
program that speaks to Twilio.
"""

from textbank.simulator.app import create_app
from textbank.simulator.configuration import (
    AccountSettings,
    Behaviour,
    NumberSettings,
    ServiceSettings,
    SimulatorSettings,
)
from textbank.simulator.defaults import default_settings
from textbank.simulator.running import run, serve

__all__ = [
    "AccountSettings",
    "Behaviour",
    "NumberSettings",
    "ServiceSettings",
    "SimulatorSettings",
    "create_app",
    "default_settings",
    "run",
    "serve",
]
