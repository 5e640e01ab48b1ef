"""A stand-in for Procore: login, API and storage, for the demo and the tests."""

from sandbox.http import Request, Response
from sandbox.procore.delivery import Outgoing
from sandbox.procore.demo import demo_world
from sandbox.procore.events import EventFault
from sandbox.procore.faults import Fault
from sandbox.procore.hands import Hands, Impossible
from sandbox.procore.sandbox import ProcoreSandbox
from sandbox.procore.settings import SandboxSettings
from sandbox.procore.shell import RunningSandbox, serve
from sandbox.procore.world import World, world_from_json

__all__ = [
    "EventFault",
    "Fault",
    "Hands",
    "Impossible",
    "Outgoing",
    "ProcoreSandbox",
    "Request",
    "Response",
    "RunningSandbox",
    "SandboxSettings",
    "World",
    "demo_world",
    "serve",
    "world_from_json",
]
