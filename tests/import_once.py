"""One import as a program of its own, to be killed: ``import_once.py DATA.pingyi FILE…``.

Says ``ready`` when it is about to start and ``done`` when the import has been committed, each on a line.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.storage import store


def main(data: Path, files: list[Path]) -> None:
    """Plan and import, every new key counting as compared."""
    held = store.open_file(data)
    print("ready", flush=True)
    with held.transaction() as session:
        campaign_id = campaigns.current(session).id
        named = [(path.name, path) for path in files]
        plan = imports.plan_import(session, campaign_id=campaign_id, files=named)
        confirmed = [key.fingerprint for key in plan.new_keys]
        done = imports.apply_import(session, plan=plan, by="x", confirmed=confirmed)
    print("done", done.number, flush=True)
    held.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
