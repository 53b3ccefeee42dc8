"""The durable queue: what was accepted stays on disk until the broker has it.

    samples (id rising) :  [ sent, kept for a while ][ waiting, oldest first ........ ]
                                                    ^ position = the newest `sent.up_to`

One transaction per batch, with SQLite's rollback journal and synchronous = FULL: a batch that `put`
returned from survives SIGKILL and power loss. A write-ahead log would be faster, but a full disk
leaves it no way forward; a rollback journal that stays where it is always has place to take samples
out. A full queue refuses new samples and counts them, so
that what was accepted stays. Not thread-safe: `AsyncStore` gives it one thread of its own.
"""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import contextlib
import dataclasses
import fcntl
import pathlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from .problems import EnvironmentFailure
from .sample import Quality, Sample

VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, device TEXT NOT NULL,
    item TEXT NOT NULL, UNIQUE (device, item));
CREATE TABLE IF NOT EXISTS samples (id INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL, time_ns INTEGER NOT NULL, value, quality INTEGER NOT NULL,
    status TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sent (up_to INTEGER NOT NULL, at_ns INTEGER NOT NULL);
"""
Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class Waiting:
    """A sample in the queue; ids rise in the order of acceptance."""

    id: int
    sample: Sample


class Store:
    """The queue in one SQLite file, bounded to `at_most_bytes` of pages in use."""

    def __init__(self, file: pathlib.Path, at_most_bytes: int) -> None:
        self.file = file
        self.at_most_bytes = at_most_bytes
        self.lock = open_locked(file)
        try:
            self._open(file)
        except BaseException:
            self.lock.close()
            raise

    def _open(self, file: pathlib.Path) -> None:
        try:
            self.database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self.database.execute("PRAGMA journal_mode = PERSIST")
            self.database.execute("PRAGMA synchronous = FULL")
            self.database.executescript(SCHEMA)
            self.page_bytes = self._one("PRAGMA page_size")
            version = self._meta("version", VERSION)
            self.items = {(device, item): number for number, device, item
                          in self.database.execute("SELECT id, device, item FROM items")}
        except sqlite3.Error as error:
            raise EnvironmentFailure(f"{file}: {error}; is it a queue of this gateway, on a disk "
                                     "that can be written?") from None
        if version != VERSION:
            raise EnvironmentFailure(f"{file}: queue of version {version}; this gateway writes "
                                     f"{VERSION}: let the gateway that wrote it send it first")
        self.lost = self._meta("lost", 0)
        self.birth_death = self._meta("birth_death", 0)
        self.position = self._one("SELECT coalesce(max(up_to), 0) FROM sent")

    def close(self) -> None:
        self.database.close()
        self.lock.close()

    def _one(self, query: str) -> int:
        return self.database.execute(query).fetchone()[0]

    def _meta(self, key: str, usual: int) -> int:
        self.database.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, usual))
        return self.database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0]

    def _set_meta(self, key: str, value: int) -> None:
        """A full disk keeps the old value; the next one that can be written is right again."""
        with contextlib.suppress(sqlite3.OperationalError):
            self.database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _in_transaction(self, work: Callable[[], object]) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        try:
            work()
            self.database.execute("COMMIT")
        except BaseException:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
            raise

    def used_bytes(self) -> int:
        pages = self._one("PRAGMA page_count") - self._one("PRAGMA freelist_count")
        return pages * self.page_bytes

    def put(self, samples: Sequence[Sample]) -> int:
        """Accepts the samples, all or none, and returns how many were lost (0 or all).

        Refused when the queue is full, after sent samples that are only kept have made way, or
        when the disk is; both are counted in `lost`, which survives a restart.
        """
        try:
            if self.used_bytes() >= self.at_most_bytes:
                self.forget(time.time_ns())
            if self.used_bytes() < self.at_most_bytes:
                self._in_transaction(lambda: self._insert(samples))
                return 0
        except sqlite3.OperationalError:
            self.items = {}  # names given in the transaction that failed are not there
        self.count_lost(len(samples))
        return len(samples)

    def _insert(self, samples: Sequence[Sample]) -> None:
        self.database.executemany(
            "INSERT INTO samples (item, time_ns, value, quality, status) VALUES (?, ?, ?, ?, ?)",
            [(self._item(one.device, one.item), one.time_ns, one.value, int(one.quality),
              one.status) for one in samples])

    def _item(self, device: str, item: str) -> int:
        if (device, item) not in self.items:
            self.database.execute("INSERT OR IGNORE INTO items (device, item) VALUES (?, ?)",
                                  (device, item))
            self.items[device, item] = self.database.execute(
                "SELECT id FROM items WHERE device = ? AND item = ?", (device, item)).fetchone()[0]
        return self.items[device, item]

    def waiting(self, most: int) -> list[Waiting]:
        """The oldest samples that the broker does not have, in the order of acceptance."""
        rows = self.database.execute(
            "SELECT samples.id, device, items.item, time_ns, value, quality, status FROM samples "
            "JOIN items ON items.id = samples.item WHERE samples.id > ? ORDER BY samples.id "
            "LIMIT ?", (self.position, most))
        return [Waiting(row[0], Sample(row[1], row[2], row[3], row[4], Quality(row[5]), row[6]))
                for row in rows]

    def count_waiting(self) -> int:
        return self.database.execute("SELECT count(*) FROM samples WHERE id > ?",
                                     (self.position,)).fetchone()[0]

    def waiting_by_item(self) -> collections.Counter[tuple[str, str]]:
        """How many samples of each (device, item) the broker does not have."""
        return collections.Counter({(device, item): count for device, item, count
                                    in self.database.execute(
            "SELECT device, items.item, count(*) FROM samples JOIN items ON items.id = "
            "samples.item WHERE samples.id > ? GROUP BY items.id", (self.position,))})

    def last_id(self) -> int:
        """The id of the newest sample ever accepted; 0 when there was none."""
        return self._one("SELECT coalesce((SELECT seq FROM sqlite_sequence "
                         "WHERE name = 'samples'), 0)")

    def sent(self, up_to: int, now_ns: int, keep_s: float) -> None:
        """The broker has everything up to this id; what was sent `keep_s` ago is forgotten."""
        def work() -> None:
            self.database.execute("INSERT INTO sent VALUES (?, ?)", (up_to, now_ns))
            self._forget(now_ns - int(keep_s * 1e9))
        # On a full disk the next start tells these again, which does no harm.
        with contextlib.suppress(sqlite3.OperationalError):
            self._in_transaction(work)
        self.position = up_to

    def forget(self, before_ns: int) -> None:
        """Removes what the broker got before this instant, ns since 1970 UTC."""
        self._in_transaction(lambda: self._forget(before_ns))

    def _forget(self, before_ns: int) -> None:
        limit = self.database.execute("SELECT max(up_to) FROM sent WHERE at_ns <= ?",
                                      (before_ns,)).fetchone()[0]
        if limit is not None:
            self.database.execute("DELETE FROM samples WHERE id <= ?", (limit,))
            self.database.execute("DELETE FROM sent WHERE up_to < ? OR at_ns <= ?",
                                  (limit, before_ns))

    def send_again(self, since_ns: int) -> int:
        """What was sent since that instant waits again; returns how many samples wait now."""
        self._in_transaction(lambda: self.database.execute(
            "DELETE FROM sent WHERE at_ns >= ?", (since_ns,)))
        self.position = self._one("SELECT coalesce(max(up_to), 0) FROM sent")
        return self.count_waiting()

    def count_lost(self, samples: int) -> None:
        """Samples lost outside the queue, in the same count."""
        self.lost += samples
        self._set_meta("lost", self.lost)

    def next_birth_death(self) -> int:
        """Sparkplug's bdSeq of the next connection, 0 to 255 in turn, across restarts."""
        number = self.birth_death
        self.birth_death = (number + 1) % 256
        self._set_meta("birth_death", self.birth_death)
        return number


def open_locked(file: pathlib.Path):
    """A lock that two gateways on one queue cannot both hold; it ends with the process."""
    try:
        lock = open(f"{file}.lock", "w", encoding="utf-8")
    except OSError as error:
        raise EnvironmentFailure(f"{file}: {error.strerror}; the queue needs a folder that can be "
                                 "written") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise EnvironmentFailure(f"{file}: another gateway works on this queue; stop it, or give "
                                 "this one a file of its own") from None
    return lock


class AsyncStore:
    """The store on a thread of its own, so that waiting for the disk stops nobody else."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.thread = concurrent.futures.ThreadPoolExecutor(1, "store")

    async def call(self, work: Callable[..., Result], *arguments: object) -> Result:
        running = asyncio.get_running_loop().run_in_executor(self.thread, work, *arguments)
        try:
            return await asyncio.shield(running)  # who waits may be cancelled; the work is not
        except sqlite3.DatabaseError as error:
            raise EnvironmentFailure(f"{self.store.file}: {error}") from None

    async def close(self) -> None:
        await self.call(self.store.close)
        self.thread.shutdown()
