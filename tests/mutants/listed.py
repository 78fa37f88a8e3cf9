"""All hand-made mutants of the security lines; ``mutants.run`` tries them."""

from __future__ import annotations

from mutants.format import FORMAT
from mutants.merging import MERGING
from mutants.mutant import Mutant
from mutants.secrecy import SECRECY
from mutants.sheets import SHEETS
from mutants.signers import SIGNERS

MUTANTS: tuple[Mutant, ...] = (*FORMAT, *SIGNERS, *MERGING, *SECRECY, *SHEETS)
