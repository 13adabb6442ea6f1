"""What Alembic runs: the migrations, on the connection and in the transaction of `upgrade`."""

from alembic import context

import mailer.delivery.schema  # noqa: F401 - registers its tables
from subscribers.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
