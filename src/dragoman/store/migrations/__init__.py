"""Alembic migrations of the store; `dragoman.store` applies them when it opens a database."""
