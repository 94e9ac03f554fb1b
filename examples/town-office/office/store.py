"""What the office keeps, in SQLite. Every row belongs to one institution: the mayor's office and the board of education
share the program and the file, never a number or a code."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS fetched_master (
  institution TEXT, kind TEXT, version TEXT, base TEXT, effective_from TEXT, count INTEGER, digest TEXT, lines TEXT,
  PRIMARY KEY (institution, kind, version)
);
CREATE TABLE IF NOT EXISTS applied_master (
  institution TEXT, kind TEXT, version TEXT, digest TEXT, applied_on TEXT, PRIMARY KEY (institution, kind)
);
CREATE TABLE IF NOT EXISTS master_entry (
  institution TEXT, kind TEXT, key TEXT, entry TEXT, PRIMARY KEY (institution, kind, key)
);
CREATE TABLE IF NOT EXISTS link (
  institution TEXT, atena TEXT, state TEXT, acquisition TEXT, code TEXT, PRIMARY KEY (institution, atena)
);
CREATE TABLE IF NOT EXISTS notification (
  institution TEXT, number TEXT, PRIMARY KEY (institution, number)
);
CREATE TABLE IF NOT EXISTS inquiry (
  institution TEXT, receipt TEXT, batch TEXT, atena TEXT, provider TEXT, item TEXT, year TEXT, state TEXT, answer TEXT,
  PRIMARY KEY (institution, receipt)
);
CREATE TABLE IF NOT EXISTS copy (
  institution TEXT, atena TEXT, item TEXT, year TEXT, digest TEXT, PRIMARY KEY (institution, atena, item, year)
);
CREATE TABLE IF NOT EXISTS outbox (
  institution TEXT, operation TEXT, message TEXT, request_id TEXT, PRIMARY KEY (institution, operation, message)
);
"""


class Store:
    """The file of one institution's view. Each statement is its own transaction, unless `whole` holds several."""

    def __init__(self, folder, institution):
        self.connection = sqlite3.connect(folder / "town-office.sqlite", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SCHEMA)
        self.institution = institution

    def rows(self, table, **where):
        condition = " AND ".join(f"{name} IS :{name}" for name in ("institution", *where))
        return self.connection.execute(
            f"SELECT * FROM {table} WHERE {condition} ORDER BY rowid", {"institution": self.institution, **where}
        ).fetchall()

    def row(self, table, **where):
        found = self.rows(table, **where)
        return found[0] if found else None

    def put(self, table, **values):
        values = {"institution": self.institution, **values}
        names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
        self.connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", values)

    def change(self, table, where, **values):
        changes = ", ".join(f"{name} = :new_{name}" for name in values)
        condition = " AND ".join(f"{name} IS :{name}" for name in ("institution", *where))
        new = {f"new_{name}": value for name, value in values.items()}
        self.connection.execute(
            f"UPDATE {table} SET {changes} WHERE {condition}", {"institution": self.institution, **where, **new}
        )

    def delete(self, table, **where):
        condition = " AND ".join(f"{name} IS :{name}" for name in ("institution", *where))
        self.connection.execute(f"DELETE FROM {table} WHERE {condition}", {"institution": self.institution, **where})

    def whole(self):
        """All or nothing: `with store.whole(): …`."""
        self.connection.execute("BEGIN IMMEDIATE")
        return self.connection
