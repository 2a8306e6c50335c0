"""The whole province put together: rows of units and events, and the houses people work in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from elearn.roster.synthetic.communes import CommuneHouse
from elearn.roster.synthetic.department_seats import DepartmentHouse
from elearn.roster.synthetic.departments import (
    DEPARTMENTS,
    Department,
    department_events,
    department_versions,
)
from elearn.roster.synthetic.institutions import (
    BODIES,
    CENTRAL_AGENCIES,
    SCHOOL,
    InstitutionHouse,
    ProvincialCentreHouse,
    ServiceUnit,
    ServiceUnitHouse,
    institution_version,
    provincial_centre_version,
)
from elearn.roster.synthetic.records import House, UnitEvent, UnitVersion
from elearn.roster.synthetic.territory import Commune, District, districts
from elearn.roster.synthetic.territory_units import (
    commune_versions,
    district_versions,
    province_version,
    territory_events,
)

_OFFICIALS_PER_SERVICE_UNIT = 40
_FEWEST_SERVICE_UNITS = 12
# Coprime to the number of communes, so that service units spread evenly over all of them.
_SERVICE_UNIT_STRIDE = 7


@dataclass(frozen=True, slots=True)
class World:
    """The administration without its people; it depends on their number only."""

    districts: tuple[District, ...]
    service_units: tuple[ServiceUnit, ...]

    def versions(self) -> Iterator[UnitVersion]:
        """Yield all rows of units, parents before their children."""
        yield province_version()
        for district in self.districts:
            yield from district_versions(district)
        for commune in self._communes():
            yield from commune_versions(commune)
        for department in DEPARTMENTS:
            yield from department_versions(department)
        yield provincial_centre_version()
        for institution in (*CENTRAL_AGENCIES, SCHOOL, *BODIES):
            yield institution_version(institution)
        for unit in self.service_units:
            yield from unit.versions()

    def events(self) -> Iterator[UnitEvent]:
        """Yield all events in the order of their days."""
        for department in DEPARTMENTS:
            yield from department_events(department)
        for district in self.districts:
            yield from territory_events(district)

    def sectors(self) -> tuple[tuple[House, ...], ...]:
        """Return the houses by sector, in the order in which ``staffing`` fills them."""
        return (
            tuple(CommuneHouse(commune, n) for n, commune in enumerate(self._communes())),
            tuple(_department_house(department, n) for n, department in enumerate(DEPARTMENTS)),
            (ProvincialCentreHouse(tuple(d.division_codes()[2] for d in DEPARTMENTS)),),
            tuple(InstitutionHouse(agency, "agencies") for agency in CENTRAL_AGENCIES),
            (InstitutionHouse(SCHOOL),),
            tuple(InstitutionHouse(body) for body in BODIES),
            tuple(ServiceUnitHouse(unit) for unit in self.service_units),
        )

    def _communes(self) -> Iterator[Commune]:
        return chain.from_iterable(district.communes for district in self.districts)


def _department_house(department: Department, index: int) -> DepartmentHouse:
    if department.code == "SL-SNV":
        # Its second division is the standing body for administrative reform.
        return DepartmentHouse(department, index, (1, 2))
    return DepartmentHouse(department, index)


def build_world(officials: int) -> World:
    """Return the administration of a province with that many people."""
    all_districts = districts()
    communes = tuple(chain.from_iterable(d.communes for d in all_districts))
    count = max(_FEWEST_SERVICE_UNITS, officials // _OFFICIALS_PER_SERVICE_UNIT)
    units = (
        ServiceUnit(number, communes[number * _SERVICE_UNIT_STRIDE % len(communes)])
        for number in range(1, count + 1)
    )
    return World(all_districts, tuple(units))
