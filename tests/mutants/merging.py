"""Mutants of the merge: what counts, what adds up, what persons decided, what an import keeps (package design §4)."""

from __future__ import annotations

MERGING = ()
