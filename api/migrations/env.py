"""Takes the connection that `api.database.migrate` passes; gives it to Alembic. Run by Alembic, never imported for use.

The one transaction around all steps is the caller's.
"""

from __future__ import annotations

from alembic import context

from api.storage.schema import METADATA


def _run() -> None:
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
    )
    context.run_migrations()


if __name__ == "env_py":
    _run()
