"""Format 4: ledgers, people's grades and forms shaped by their office. See ``format_2`` for the way."""

SQL = """
PRAGMA user_version=4
;;
CREATE TABLE printed_roster (
    batch_id VARCHAR NOT NULL,
    probationary VARCHAR NOT NULL,
    PRIMARY KEY (batch_id),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
"""
