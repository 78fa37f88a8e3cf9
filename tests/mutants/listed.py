"""All hand-made mutants of the security lines; ``mutants.run`` tries them."""

from __future__ import annotations

from mutants.few import FEW
from mutants.format import FORMAT
from mutants.merging import MERGING
from mutants.mutant import Mutant
from mutants.secrecy import SECRECY
from mutants.signers import SIGNERS

MUTANTS: tuple[Mutant, ...] = (*FEW, *FORMAT, *SIGNERS, *MERGING, *SECRECY)
