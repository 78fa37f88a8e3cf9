"""Format 4, the tables of meetings and duties: read after ``format_4`` in the same step."""

SQL = """
CREATE TABLE meeting (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    layer VARCHAR,
    subject VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    held_on VARCHAR,
    half VARCHAR,
    place VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    recorder VARCHAR NOT NULL,
    expected INTEGER,
    actual INTEGER,
    by_category VARCHAR NOT NULL,
    absent_notes VARCHAR NOT NULL,
    agenda VARCHAR NOT NULL,
    org_report VARCHAR NOT NULL,
    minutes VARCHAR NOT NULL,
    peer_notes VARCHAR NOT NULL,
    comment VARCHAR NOT NULL,
    result VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('KICKOFF', 'STUDY', 'MEMBER_CONGRESS', 'STAFF_CONGRESS', 'FORUM', 'APPRAISAL', 'COMMENT', 'FEEDBACK', 'ORG_LIFE', 'RECTIFY', 'SUMMARY', 'LEADING_GROUP')),
    CONSTRAINT layer_known CHECK (layer IS NULL OR layer IN ('ONE', 'TWO')),
    CONSTRAINT status_known CHECK (status IN ('PLANNED', 'HELD', 'CANCELLED')),
    CONSTRAINT half_known CHECK (half IS NULL OR half IN ('AM', 'PM', 'EVE')),
    CONSTRAINT held_on_is_date CHECK (held_on IS NULL OR (held_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(held_on, '+0 days') IS held_on)),
    CONSTRAINT expected_not_negative CHECK (expected IS NULL OR expected >= 0),
    CONSTRAINT actual_not_negative CHECK (actual IS NULL OR actual >= 0),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_meeting_source ON meeting (source)
;;
CREATE TABLE presentation (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    member VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    attendance VARCHAR,
    layer_one VARCHAR,
    brief VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT mode_known CHECK (mode IN ('ORAL', 'WRITTEN', 'VIDEO', 'NONE')),
    CONSTRAINT attendance_known CHECK (attendance IS NULL OR attendance IN ('PRESENT', 'AWAY', 'SICK', 'IMMOBILE', 'TRAVEL', 'LEAVE', 'OTHER')),
    CONSTRAINT layer_one_known CHECK (layer_one IS NULL OR layer_one IN ('YES', 'NO')),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_presentation_source ON presentation (source)
;;
CREATE TABLE self_review (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    member VARCHAR NOT NULL,
    done_on VARCHAR,
    achievements VARCHAR NOT NULL,
    promises VARCHAR NOT NULL,
    problems VARCHAR NOT NULL,
    causes VARCHAR NOT NULL,
    measures VARCHAR NOT NULL,
    response VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('ORG', 'SELF', 'PEER')),
    CONSTRAINT done_on_is_date CHECK (done_on IS NULL OR (done_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(done_on, '+0 days') IS done_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_self_review_source ON self_review (source)
;;
CREATE TABLE basis_document (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    doc_no VARCHAR NOT NULL,
    issuer VARCHAR NOT NULL,
    issued_on VARCHAR,
    kind VARCHAR NOT NULL,
    aliases VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('SUPERIOR', 'OWN', 'FORWARD')),
    CONSTRAINT issued_on_is_date CHECK (issued_on IS NULL OR (issued_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(issued_on, '+0 days') IS issued_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_basis_document_source ON basis_document (source)
;;
CREATE TABLE duty_post (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    team VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    post VARCHAR NOT NULL,
    since VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT body_known CHECK (body IN ('LEADING', 'OFFICE', 'REVIEW')),
    CONSTRAINT role_known CHECK (role IN ('HEAD', 'DEPUTY', 'MEMBER', 'CONTACT')),
    CONSTRAINT since_is_date CHECK (since IS NULL OR (since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(since, '+0 days') IS since)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_duty_post_source ON duty_post (source)
;;
CREATE TABLE inspection (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    inspected_on VARCHAR,
    inspectors VARCHAR NOT NULL,
    stage VARCHAR,
    good VARCHAR NOT NULL,
    problems VARCHAR NOT NULL,
    suggestions VARCHAR NOT NULL,
    due_on VARCHAR,
    rechecked_on VARCHAR,
    recheck VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT stage_known CHECK (stage IS NULL OR stage IN ('KICKOFF', 'OPINION', 'MEETING', 'TALLY', 'RECTIFY')),
    CONSTRAINT status_known CHECK (status IN ('NONE', 'OPEN', 'DONE')),
    CONSTRAINT inspected_on_is_date CHECK (inspected_on IS NULL OR (inspected_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(inspected_on, '+0 days') IS inspected_on)),
    CONSTRAINT due_on_is_date CHECK (due_on IS NULL OR (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(due_on, '+0 days') IS due_on)),
    CONSTRAINT rechecked_on_is_date CHECK (rechecked_on IS NULL OR (rechecked_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(rechecked_on, '+0 days') IS rechecked_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_inspection_source ON inspection (source)
"""
