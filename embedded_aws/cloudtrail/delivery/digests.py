"""Deliver the hourly digest files of trails that validate their log files.

A starting digest covers the hour before the trail began to log and validate; the next one ends an hour later, at the
same minute and second, and so on, with or without files. StopLogging, UpdateTrail without validation, and DeleteTrail
end the chain with a last digest. Sources: CloudTrail user guide, "CloudTrail digest file structure"; the times were
observed on AWS, 2026-09.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from moto.cloudtrail.models import Trail

from embedded_aws.cloudtrail.delivery.bucket import put_trail_object
from embedded_aws.cloudtrail.delivery.digest_file import DeliveredFile, DigestFile, compose_digest, delivered_file
from embedded_aws.cloudtrail.delivery.log_files import FileTarget, LogFile
from embedded_aws.cloudtrail.trails import every_trail, log_prefix, ref_of
from embedded_aws.core.state import State

_HOUR = timedelta(hours=1)

ChainKey = tuple[str, str, str]
"""Trail ARN, account and Region: each has its own chain."""


@dataclass
class DigestChain:
    """The digests of one trail, account and Region; each digest names the preceding one.

    Attributes:
        trail: moto's trail, kept after its deletion for the last digest.
        began: when the trail last began to log and validate.
        start, end: the period of the next digest.
        files: the log files delivered since the last digest.
    """

    trail: Trail
    target: FileTarget
    began: datetime
    start: datetime
    end: datetime
    previous: DigestFile | None = None
    files: list[DeliveredFile] = field(default_factory=list)


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _is_active(trail: Trail) -> bool:
    return bool(trail.log_validation and trail.status.is_logging)


class Digests:
    """Keeps a chain per trail, account and Region, and writes what is due."""

    def __init__(self, state: State) -> None:
        """Start without chains."""
        self._state = state
        self._chains: dict[ChainKey, DigestChain] = {}
        # The end of the previous chain, so that the digests of a restarted trail do not share a key.
        self._ended: dict[ChainKey, datetime] = {}

    def add(self, file: LogFile, trail: Trail) -> None:
        """Add a delivered log file to the next digest."""
        if not file.target.validated:
            return
        key = (file.target.trail.arn, file.target.account, file.target.region)
        chain = self._chains.get(key)
        if chain is None and _is_active(trail):
            chain = self._begin(trail, file.target, self._grid_point(trail, file.at))
        if chain is not None:
            chain.files.append(delivered_file(file))

    def tick(self, now: datetime) -> None:
        """Start chains, write the digests that are due, and end the chains of stopped trails."""
        active = {trail.arn: trail for trail in every_trail() if _is_active(trail)}
        for key, chain in list(self._chains.items()):
            trail = active.get(chain.target.trail.arn)
            if trail is None or self._began(trail, now) != chain.began:
                self._finish(key, chain, now)
            else:
                self._follow(chain, trail)
        for trail in active.values():
            if (trail.arn, trail.account_id, trail.region_name) not in self._chains:
                prefix = log_prefix(trail, trail.account_id)
                target = FileTarget(
                    ref_of(trail), trail.bucket_name, prefix, trail.account_id, trail.region_name, validated=True
                )
                self._begin(trail, target, self._began(trail, now))
        for chain in self._chains.values():
            self._write_due(chain, now)

    def _began(self, trail: Trail, now: datetime) -> datetime:
        return _whole_second(self._state.cloudtrail.statuses.chain_began.setdefault(trail.arn, now))

    def _grid_point(self, trail: Trail, at: datetime) -> datetime:
        """Return the latest end of a digest period before ``at``: whole hours after the trail began to log."""
        began = self._began(trail, at)
        return began + max(0, (at - began) // _HOUR) * _HOUR

    def _begin(self, trail: Trail, target: FileTarget, end: datetime) -> DigestChain:
        key = (trail.arn, target.account, target.region)
        ended = self._ended.get(key)
        if ended is not None and end <= ended:
            end = ended + timedelta(seconds=1)
        chain = DigestChain(trail, target, self._began(trail, end), end - _HOUR, end)
        self._chains[key] = chain
        return chain

    @staticmethod
    def _follow(chain: DigestChain, trail: Trail) -> None:
        """Update the chain after a change of the trail's bucket or prefix."""
        prefix = log_prefix(trail, chain.target.account)
        chain.trail = trail
        chain.target = replace(chain.target, bucket=trail.bucket_name, prefix=prefix)

    def _finish(self, key: ChainKey, chain: DigestChain, now: datetime) -> None:
        ended = _whole_second(self._state.cloudtrail.statuses.chain_ended.get(chain.target.trail.arn, now))
        self._write_due(chain, ended)
        if chain.files or chain.previous is None or ended > chain.start:
            chain.end = max(ended, chain.start + timedelta(seconds=1))
            self._write(chain, lambda _: True)
        self._ended[key] = chain.start
        del self._chains[key]

    def _write_due(self, chain: DigestChain, now: datetime) -> None:
        while chain.end <= now and self._write(chain, lambda file: file.at <= chain.end):
            pass

    def _write(self, chain: DigestChain, belongs: Callable[[DeliveredFile], bool]) -> bool:
        """Write a chain's next digest. Return False if S3 rejected it; the next tick then retries."""
        target, end = chain.target, chain.end
        files = [file for file in chain.files if belongs(file)]
        signing_key = self._state.cloudtrail.signing_keys.current(target.region, end)
        digest = compose_digest(target, chain.start, end, files, chain.previous, signing_key)
        metadata = {"signature": digest.signature, "signature-algorithm": "SHA256withRSA"}
        body = gzip.compress(digest.text, mtime=0)
        rejection = put_trail_object(chain.trail, target.bucket, digest.key, body, end, metadata)
        statuses = self._state.cloudtrail.statuses
        if rejection is not None:
            statuses.rejected("DigestDelivery", target.trail.arn, target.region, rejection)
            return False
        statuses.delivered("DigestDelivery", target.trail.arn, target.region, end)
        chain.files = [file for file in chain.files if not belongs(file)]
        chain.start, chain.end, chain.previous = end, end + _HOUR, digest
        return True
