"""The believable default: Northwind Builders and its hospital, 130 other projects and two more companies."""

from __future__ import annotations

from itertools import product

from sandbox.procore.world import (
    Company,
    Location,
    Membership,
    ObservationType,
    Person,
    Project,
    SeedObservation,
    Trade,
    World,
)

NORTHWIND, CASCADE, MERIDIAN = 598134325870001, 4211, 4212
HARBOR_POINT, RIVERSIDE = 598134325870420, 200002
SUMMIT, LAKESHORE = 310001, 320001
PRIYA, MARCUS, DANA, SERVICE = 598134325871001, 5002, 5003, 5900

_TOOLS = ("admin", "directory", "documents", "images", "drawings", "observations")
_ADMIN = dict.fromkeys(_TOOLS, "Admin")
_STANDARD = {**dict.fromkeys(_TOOLS, "Standard"), "admin": "Read Only", "directory": "Read Only"}
_COMPANY_ADMIN = {"admin": "Admin", "directory": "Admin"}

_TOWNS = ("Ashford", "Bayview", "Cedar Falls", "Dunmore", "Eastgate", "Fairhaven", "Glenrock", "Highland",
          "Ironwood", "Juniper", "Kingsport", "Larkspur", "Millbrook")  # fmt: skip
_BUILDINGS = ("Elementary School", "Data Center", "Outpatient Clinic", "Transit Hub", "Research Laboratory",
              "Fire Station", "Office Tower", "Warehouse", "Hotel", "Library")  # fmt: skip

_TRADES = ("HVAC", "Electrical", "Building Automation & Controls", "Fire & Life Safety", "Plumbing",
           "Structural", "Architectural", "Roofing", "Elevators", "Medical Gas", "Low Voltage")  # fmt: skip

_TYPES = (
    ("Commissioning Issue", "Commissioning", "commissioning", 11, None),
    ("Functional Test Failure", "Commissioning", "commissioning", 11, None),
    ("Design Review Comment", "Commissioning", "commissioning", 11, None),
    ("Deficiency", "Quality", "quality", 12, "quality"),
    ("Non-Conformance", "Quality", "quality", 12, "quality"),
    ("Unsafe Condition", "Safety", "safety", 13, "safety"),
    ("Warranty Claim", "Warranty", "warranty", 14, "quality"),
    ("Incomplete Work", "Work to Complete", "work_to_complete", 15, "quality"),
)


def demo_world() -> World:
    """Return the default world; ids of Northwind, Harbor Point and Priya need more than 32 bits."""
    return World(_companies(), _projects(), _people(), _types(), _trades(), _observations(), _locations())


def _companies() -> tuple[Company, ...]:
    return (
        Company(NORTHWIND, "Northwind Builders"),
        Company(CASCADE, "Cascade Mechanical", app="never", user_installs=False),
        Company(MERIDIAN, "Meridian Commissioning Group", app="never", user_installs=True),
    )


def _projects() -> tuple[Project, ...]:
    named = (
        Project(HARBOR_POINT, NORTHWIND, "Harbor Point Medical Center", "NB-1001", "Portland", "ME"),
        Project(RIVERSIDE, NORTHWIND, "Riverside Parking Structure", "NB-1002", "Portland", "ME"),
        Project(SUMMIT, CASCADE, "Summit Ridge Chiller Plant", "CM-07", "Boise", "ID"),
        Project(LAKESHORE, MERIDIAN, "Lakeshore Laboratory", "MC-12", "Duluth", "MN"),
    )
    others = tuple(
        Project(
            200100 + n,
            NORTHWIND,
            f"{town} {building}",
            f"NB-{1100 + n}",
            town,
            "ME",
            active=building != "Warehouse",
        )
        for n, (town, building) in enumerate(product(_TOWNS, _BUILDINGS))
    )
    return named + others


def _people() -> tuple[Person, ...]:
    all_over = (
        Membership(NORTHWIND, _COMPANY_ADMIN, _ADMIN),
        Membership(CASCADE, {"directory": "Read Only"}, _ADMIN),
        Membership(MERIDIAN, _COMPANY_ADMIN, _ADMIN),
    )
    two_projects = {HARBOR_POINT: _STANDARD, RIVERSIDE: {**_STANDARD, "observations": "Read Only"}}
    standard = Membership(NORTHWIND, {"directory": "Read Only"}, projects=two_projects)
    without = Membership(NORTHWIND, projects={HARBOR_POINT: {}})
    service = {**_ADMIN, "webhooks_api": "Standard"}
    company = {"directory": "Read Only", "webhooks_api": "Standard"}
    permitted = Membership(NORTHWIND, company, projects={HARBOR_POINT: service})
    return (
        _employee(PRIYA, "Priya Raman", "priya.raman@northwind.example", all_over),
        _employee(MARCUS, "Marcus Lindqvist", "marcus.lindqvist@northwind.example", (standard,)),
        _employee(DANA, "Dana Whitfield", "dana.whitfield@northwind.example", (without,)),
        Person(SERVICE, "Plumbline Service", "plumbline@service.example", (permitted,), service=True),
    )


def _employee(number: int, name: str, login: str, memberships: tuple[Membership, ...]) -> Person:
    return Person(number, name, login, memberships, vendor_id=610, vendor_name="Northwind Builders")


def _types() -> tuple[ObservationType, ...]:
    given = tuple(
        ObservationType(7001 + n, NORTHWIND, name, category, key, category_id, grouping)
        for n, (name, category, key, category_id, grouping) in enumerate(_TYPES)
    )
    return (
        *given,
        ObservationType(7050, NORTHWIND, "Legacy Punch", "Quality", "quality", 12, "quality", active=False),
        ObservationType(
            7060,
            NORTHWIND,
            "Medical Gas Verification",
            "Commissioning",
            "commissioning",
            11,
            project_id=HARBOR_POINT,
        ),
        ObservationType(
            7070,
            NORTHWIND,
            "Stormwater",
            "Environmental",
            "environmental",
            16,
            inactive_in=frozenset({HARBOR_POINT}),
        ),
        ObservationType(7090, CASCADE, "Commissioning Issue", "Commissioning", "commissioning", 21),
        ObservationType(7091, MERIDIAN, "Commissioning Issue", "Commissioning", "commissioning", 22),
    )


def _trades() -> tuple[Trade, ...]:
    given = tuple(Trade(8001 + n, NORTHWIND, name) for n, name in enumerate(_TRADES))
    return (*given, Trade(8050, NORTHWIND, "Asbestos Abatement", active=False), Trade(8090, MERIDIAN, "HVAC"))


def _observations() -> tuple[SeedObservation, ...]:
    rich = "<p>Water stands near <strong>drain 4</strong>.</p><ul><li>Slope</li><li>Grate</li></ul>"
    return (
        SeedObservation(
            9001, RIVERSIDE, 7004, "Ponding at level 2", MARCUS, "Water stands near drain 4.\nSlope\nGrate",
            rich, priority="Medium", trade_id=8005, comments=("Plumber called for Tuesday.",),
        ),
        SeedObservation(9002, RIVERSIDE, 7005, "Anchor bolts short", PRIYA, status="closed"),
    )  # fmt: skip


def _locations() -> tuple[Location, ...]:
    return (
        Location(15001, HARBOR_POINT, "Central Plant"),
        Location(15002, HARBOR_POINT, "Mechanical Room", 15001),
        Location(15003, HARBOR_POINT, "Level 2"),
        Location(15011, RIVERSIDE, "Level 2"),
    )
