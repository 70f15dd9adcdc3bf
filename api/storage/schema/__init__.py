"""Takes nothing; gives every table of the service, gathered in one `METADATA`. Runs no statement."""

from api.storage.schema import accounts, casework, events, operations, people, vacancies
from api.storage.schema.columns import METADATA

__all__ = ["METADATA", "accounts", "casework", "events", "operations", "people", "vacancies"]
