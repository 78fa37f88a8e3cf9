"""Format 5: to which unit below a promise was given, and which promise of the office above it was made from."""

SQL = """
PRAGMA user_version=5
;;
ALTER TABLE commitment ADD COLUMN unit VARCHAR DEFAULT '' NOT NULL
;;
ALTER TABLE commitment ADD COLUMN origin VARCHAR DEFAULT '' NOT NULL
;;
CREATE INDEX ix_commitment_unit ON commitment (campaign_id) WHERE unit <> ''
;;
CREATE INDEX ix_commitment_origin ON commitment (campaign_id) WHERE origin <> ''
"""
