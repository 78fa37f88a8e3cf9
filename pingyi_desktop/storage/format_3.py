"""Format 3: what a data file needs so that nothing forged gets in and nothing is lost. See ``format_2`` for the way."""

SQL = """
PRAGMA user_version=3
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
