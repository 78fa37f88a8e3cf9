"""Format 6: leaders' commentary, and what is put on the board."""

SQL = """
PRAGMA user_version=6
;;
CREATE TABLE leader_comment (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    member VARCHAR NOT NULL,
    commenter VARCHAR NOT NULL,
    post VARCHAR NOT NULL,
    said_on VARCHAR,
    way VARCHAR,
    content VARCHAR NOT NULL,
    strengths VARCHAR NOT NULL,
    problems VARCHAR NOT NULL,
    causes VARCHAR NOT NULL,
    suggestions VARCHAR NOT NULL,
    signed_on VARCHAR,
    result VARCHAR NOT NULL,
    checked_by VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('ORG', 'CADRE', 'MEMBER')),
    CONSTRAINT way_known CHECK (way IS NULL OR way IN ('MEETING', 'ONSITE', 'INDIVIDUAL')),
    CONSTRAINT said_on_is_date CHECK (said_on IS NULL OR (said_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(said_on, '+0 days') IS said_on)),
    CONSTRAINT signed_on_is_date CHECK (signed_on IS NULL OR (signed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(signed_on, '+0 days') IS signed_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_leader_comment_source ON leader_comment (source)
;;
CREATE TABLE publication (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    start_on VARCHAR,
    end_on VARCHAR,
    department VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    objections VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('PUBLICITY', 'CIRCULAR', 'BOARD')),
    CONSTRAINT status_known CHECK (status IN ('DRAFT', 'POSTED', 'ENDED')),
    CONSTRAINT start_on_is_date CHECK (start_on IS NULL OR (start_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(start_on, '+0 days') IS start_on)),
    CONSTRAINT end_on_is_date CHECK (end_on IS NULL OR (end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(end_on, '+0 days') IS end_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_publication_source ON publication (source)
"""
