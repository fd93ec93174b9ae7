"""Is every topic on disk still known to the cluster's metadata? Asked before a start, since Kafka is not forgiving here.

Kafka 4.3 cuts a damaged metadata log at the first bad byte without a word, takes the topics that were described behind it for
strays, and throws their messages away (tried: a flipped byte, a cut file, a missing folder). Damage elsewhere Kafka reports itself.
"""

from __future__ import annotations

import binascii
import re
import struct
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

from aiokafka.record.util import calc_crc32c

_METADATA = "__cluster_metadata-0"
_PARTITION = re.compile(r"(?P<topic>.+)-\d+")
# The head of a record batch (Kafka's documentation, "Record Batch"): base offset, length, leader epoch, magic, checksum.
_HEAD = struct.Struct(">qiibI")
_BEFORE_LENGTH = 12


def forgotten_topics(storage: Path) -> list[str]:
    """Names of the topics whose data are in `storage` but whose description can't be read in the metadata any more; sorted."""
    described = b"".join(_readable(file) for file in _metadata_files(storage))
    return sorted({topic for topic, topic_id in _topics_on_disk(storage) if topic_id not in described})


def _metadata_files(storage: Path) -> list[Path]:
    folder = storage / _METADATA
    return sorted([*folder.glob("*.log"), *folder.glob("*.checkpoint")])


def _topics_on_disk(storage: Path) -> Iterator[tuple[str, bytes]]:
    """Name and id (16 bytes) of each partition's topic; a file that can't be read is left for Kafka, which names it."""
    for file in storage.glob("*/partition.metadata"):
        found = _PARTITION.fullmatch(file.parent.name)
        if found is None or file.parent.name == _METADATA:
            continue  # deleted or strayed partitions have other endings
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            topic_id = urlsafe_b64decode(next(line for line in lines if line.startswith("topic_id: ")).split()[1] + "==")
        except (OSError, UnicodeDecodeError, StopIteration, IndexError, binascii.Error):
            continue
        yield found["topic"], topic_id


def _readable(file: Path) -> bytes:
    """The part of a log up to its first damaged or cut batch: what Kafka will see of it."""
    data = file.read_bytes()
    at = 0
    while at + _HEAD.size <= len(data):
        _offset, length, _epoch, _magic, checksum = _HEAD.unpack_from(data, at)
        end = at + _BEFORE_LENGTH + length
        if length <= _HEAD.size - _BEFORE_LENGTH or end > len(data) or calc_crc32c(data[at + _HEAD.size : end]) != checksum:
            break
        at = end
    return data[:at]
