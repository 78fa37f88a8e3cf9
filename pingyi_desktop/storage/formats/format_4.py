"""Format 4: ledgers, people's grades and forms shaped by their office. See ``format_2`` for the way."""

SQL = """
PRAGMA user_version=4
;;
CREATE TABLE deed (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    beneficiaries INTEGER,
    beneficiary_unit VARCHAR,
    amount VARCHAR NOT NULL,
    done_on VARCHAR,
    responsible VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('PRACTICAL', 'GOOD', 'DIFFICULT')),
    CONSTRAINT beneficiary_unit_known CHECK (beneficiary_unit IS NULL OR beneficiary_unit IN ('PERSONS', 'HOUSEHOLDS', 'TIMES')),
    CONSTRAINT done_on_is_date CHECK (done_on IS NULL OR (done_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(done_on, '+0 days') IS done_on)),
    CONSTRAINT beneficiaries_not_negative CHECK (beneficiaries IS NULL OR beneficiaries >= 0),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_deed_source ON deed (source)
;;
CREATE TABLE commitment (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    member VARCHAR NOT NULL,
    category VARCHAR,
    content VARCHAR NOT NULL,
    measures VARCHAR NOT NULL,
    due_on VARCHAR,
    responsible VARCHAR NOT NULL,
    reviewed_by VARCHAR NOT NULL,
    public_on VARCHAR,
    status VARCHAR NOT NULL,
    fulfilled_on VARCHAR,
    evidence VARCHAR NOT NULL,
    unfulfilled_reason VARCHAR NOT NULL,
    pledge_result VARCHAR,
    answers VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT category_known CHECK (category IS NULL OR category IN ('LEARN', 'EXCEL', 'SERVE', 'COMPLY', 'UPRIGHT')),
    CONSTRAINT status_known CHECK (status IN ('DRAFT', 'REVIEWED', 'PUBLIC', 'IN_PROGRESS', 'FULFILLED', 'PARTIAL', 'NOT_FULFILLED', 'CANCELLED')),
    CONSTRAINT pledge_result_known CHECK (pledge_result IS NULL OR pledge_result IN ('SATISFIED', 'FAIRLY', 'BASICALLY', 'DISSATISFIED')),
    CONSTRAINT due_on_is_date CHECK (due_on IS NULL OR (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(due_on, '+0 days') IS due_on)),
    CONSTRAINT public_on_is_date CHECK (public_on IS NULL OR (public_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(public_on, '+0 days') IS public_on)),
    CONSTRAINT fulfilled_on_is_date CHECK (fulfilled_on IS NULL OR (fulfilled_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(fulfilled_on, '+0 days') IS fulfilled_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_commitment_source ON commitment (source)
"""
