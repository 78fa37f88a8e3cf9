"""Format 3: what a data file needs so that nothing forged gets in and nothing is lost. See ``format_2`` for the way."""

SQL = """
PRAGMA user_version=3
;;
CREATE TABLE journal_head (
    only_row INTEGER NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    entry VARCHAR NOT NULL,
    areas VARCHAR NOT NULL,
    broken VARCHAR NOT NULL,
    public_key VARCHAR NOT NULL,
    signature VARCHAR NOT NULL,
    PRIMARY KEY (only_row),
    CONSTRAINT only_row_is_one CHECK (only_row = 1)
)
;;
ALTER TABLE envelope ADD COLUMN listed INTEGER
;;
UPDATE envelope SET listed = 0
WHERE own = 0 AND type IN ('submission', 'rollup') AND state IN ('CHOSEN', 'SUPPORT')
;;
CREATE TABLE hold_ruling (
    envelope_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    kept_id VARCHAR NOT NULL,
    let_in BOOLEAN NOT NULL,
    reason VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    PRIMARY KEY (envelope_id)
)
"""
