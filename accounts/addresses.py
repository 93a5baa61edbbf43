"""Addresses of people at rest: sealed, and found again by a blind index beside them, without a word changed for who asks.

`filter(email=…)`, `get(email=…)`, `email__in` and `email__iexact` compare the index; everything else that a database does with a
text (parts of it, its order) it cannot do with an address, and is refused. Earlier releases wrote addresses in clear: such rows
are read and found as they are, until `config/rotation.py` seals them.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull, Lookup

from .master_keys import Sealed, blind_indexes, decrypt, encrypt, is_sealed

OF, SUFFIX = "address", "_index"


def index_of(address: str) -> str:
    """Stands for an address where nobody may read it: in its index, and in names of what is counted for it."""
    return blind_indexes(address.lower(), of=OF)[0]


class AddressIsAmong(Lookup):
    """`email = …` and `email IN (…)`: compares the index; of rows in clear the address itself."""

    def get_prep_lookup(self) -> Any:
        among = [self.rhs] if isinstance(self.rhs, str) or self.rhs is None else self.rhs
        if not isinstance(self.lhs, Col) or not isinstance(among, list | tuple | set | frozenset):
            raise ValueError("a sealed address can only be compared with addresses")
        return self.rhs and sorted(str(one).lower() for one in among)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        index = self.lhs.target.model._meta.get_field(f"{self.lhs.target.attname}{SUFFIX}")
        at, _ = compiler.compile(Col(self.lhs.alias, index))
        clear, _ = compiler.compile(self.lhs)
        found = [one for address in self.rhs for one in blind_indexes(address, of=OF)]
        sql = f"(({at} IN ({_marks(found)}) AND {at} IS NOT NULL) OR {clear} IN ({_marks(self.rhs)}))"
        return sql, (*found, *self.rhs)


def _marks(values: list[str]) -> str:
    return ", ".join(["%s"] * len(values))


class EncryptedEmailField(models.EmailField):  # type: ignore[type-arg]
    """An address, in lower case, that the database only sees sealed; an AddressIndexField of its name stands beside it.

    Written through its row only: `.update()` would leave the index behind, and is refused.
    """

    def get_internal_type(self) -> str:
        return "TextField"  # sealed it is longer than max_length, which is about what people type

    @property
    def _place(self) -> str:
        return f"{self.model._meta.label}.{self.attname}"

    def seal(self, address: str) -> Sealed:
        """For this column, under the newest master key."""
        return Sealed(encrypt(address.lower(), bound_to=self._place))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        address = super().pre_save(model_instance, add)
        return self.seal(address) if settings.LETTER_KEYS else Sealed(address.lower())

    def get_prep_value(self, value: Any) -> Any:
        if not isinstance(value, Sealed):
            raise TypeError(f"{self._place} has an index beside it: save the row instead of updating the column")
        return str(value)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return decrypt(value, bound_to=self._place) if value and is_sealed(value) else value

    def get_lookup(self, lookup_name: str) -> Any:
        return {**dict.fromkeys(["exact", "iexact", "in"], AddressIsAmong), "isnull": IsNull}.get(lookup_name)


class AddressIndexField(models.CharField):  # type: ignore[type-arg]
    """`<address>_index`: the blind index of the address beside it, written with it. Empty beside one in clear."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        address = getattr(model_instance, self.attname.removesuffix(SUFFIX))
        return index_of(address) if settings.LETTER_KEYS else None
