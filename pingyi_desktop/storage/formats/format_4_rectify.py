"""Format 4, the tables of rectification and of replies: read after ``format_4`` in the same step."""

SQL = """
CREATE TABLE rectification (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    problem VARCHAR NOT NULL,
    source_kind VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    nature VARCHAR,
    raised_on VARCHAR,
    cause VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    measures VARCHAR NOT NULL,
    stages VARCHAR NOT NULL,
    explanation VARCHAR NOT NULL,
    explained_on VARCHAR,
    explained_to VARCHAR NOT NULL,
    lead VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    responsible VARCHAR NOT NULL,
    due_on VARCHAR,
    status VARCHAR NOT NULL,
    progress VARCHAR NOT NULL,
    result VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    asked INTEGER,
    satisfied INTEGER,
    closed_on VARCHAR,
    closed_by VARCHAR NOT NULL,
    approved_by VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT source_kind_known CHECK (source_kind IN ('OPINION', 'COMMITMENT', 'LOW_RATING', 'COMMENT', 'INSPECTION', 'TASK')),
    CONSTRAINT nature_known CHECK (nature IS NULL OR nature IN ('COMMON', 'INDIVIDUAL')),
    CONSTRAINT kind_known CHECK (kind IN ('IMMEDIATE', 'PLANNED', 'EXPLAINED')),
    CONSTRAINT status_known CHECK (status IN ('REGISTERED', 'ASSIGNED', 'IN_PROGRESS', 'DONE', 'VERIFIED', 'CLOSED', 'REOPENED')),
    CONSTRAINT raised_on_is_date CHECK (raised_on IS NULL OR (raised_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(raised_on, '+0 days') IS raised_on)),
    CONSTRAINT due_on_is_date CHECK (due_on IS NULL OR (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(due_on, '+0 days') IS due_on)),
    CONSTRAINT explained_on_is_date CHECK (explained_on IS NULL OR (explained_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(explained_on, '+0 days') IS explained_on)),
    CONSTRAINT closed_on_is_date CHECK (closed_on IS NULL OR (closed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(closed_on, '+0 days') IS closed_on)),
    CONSTRAINT asked_not_negative CHECK (asked IS NULL OR asked >= 0),
    CONSTRAINT satisfied_not_negative CHECK (satisfied IS NULL OR satisfied >= 0),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_rectification_source ON rectification (source)
;;
CREATE TABLE reply (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    opinion VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    replied_on VARCHAR,
    channel VARCHAR NOT NULL,
    responsible VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('IMMEDIATE', 'PLANNED', 'EXPLAINED')),
    CONSTRAINT channel_known CHECK (channel IN ('FACE', 'MEETING', 'PHONE', 'WRITTEN', 'NOTICE')),
    CONSTRAINT replied_on_is_date CHECK (replied_on IS NULL OR (replied_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(replied_on, '+0 days') IS replied_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_reply_source ON reply (source)
"""
