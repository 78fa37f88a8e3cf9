"""All hand-made mutants of the security lines; ``mutants.run`` tries them."""

from __future__ import annotations

from mutants.anchoring import ANCHORING
from mutants.bounding import BOUNDING
from mutants.care import CARE
from mutants.commands import COMMANDS
from mutants.disk import DISK
from mutants.documents import DOCUMENTS
from mutants.few import FEW
from mutants.figures import FIGURES
from mutants.format import FORMAT
from mutants.ledgers import LEDGERS
from mutants.merging import MERGING
from mutants.mutant import Mutant
from mutants.persons import PERSONS
from mutants.secrecy import SECRECY
from mutants.sheets import SHEETS
from mutants.signers import SIGNERS
from mutants.soundness import SOUNDNESS
from mutants.speaking import SPEAKING
from mutants.unlisted import UNLISTED_UNITS
from mutants.weighing import WEIGHING

MUTANTS: tuple[Mutant, ...] = (
    *FORMAT,
    *SIGNERS,
    *MERGING,
    *SECRECY,
    *PERSONS,
    *SHEETS,
    *ANCHORING,
    *DISK,
    *FEW,
    *FIGURES,
    *BOUNDING,
    *SPEAKING,
    *UNLISTED_UNITS,
    *WEIGHING,
    *SOUNDNESS,
    *COMMANDS,
    *CARE,
    *LEDGERS,
    *DOCUMENTS,
)
