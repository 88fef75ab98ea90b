"""What alembic runs to find its connection; ``evaluator.daemon.schema`` hands it over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
