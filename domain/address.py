"""Where a parcel goes."""

from typing import Annotated, Final

from pydantic import StringConstraints

from domain.entity import Command

type Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
type OptionalLine = Annotated[str, StringConstraints(max_length=200)]


ERASED: Final = "erased"


class Address(Command):
    """A postal address; ``country`` is ISO 3166-1 alpha-2, ``state`` the subdivision's short code."""

    name: Line
    line1: Line
    line2: OptionalLine = ""
    city: Line
    state: OptionalLine = ""
    postal_code: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = "US"
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ()./-]{0,30}$")] = ""

    def anonymised(self) -> "Address":
        """The address without the person: what tax and carriers were reckoned by stays."""
        return Address(
            name=ERASED,
            line1=ERASED,
            city=ERASED,
            state=self.state,
            postal_code=ERASED,
            country=self.country,
        )
