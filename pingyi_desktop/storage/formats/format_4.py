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
;;
ALTER TABLE campaign ADD COLUMN grading VARCHAR
;;
ALTER TABLE ballot_batch ADD COLUMN supplement INTEGER DEFAULT 0 NOT NULL
;;
DROP INDEX one_batch_per_stack
;;
CREATE UNIQUE INDEX one_batch_per_stack ON ballot_batch (session_id, form_code, voter_category, supplement) WHERE state <> 'VOID'
;;
CREATE TABLE member_grade (
    session_id VARCHAR NOT NULL,
    form_code VARCHAR NOT NULL,
    member_no VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    proposed VARCHAR,
    final VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_on VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    told_on VARCHAR,
    acknowledged_on VARCHAR,
    PRIMARY KEY (session_id, form_code, member_no),
    CONSTRAINT proposed_known CHECK (proposed IS NULL OR proposed IN ('EXCELLENT', 'QUALIFIED', 'BASIC', 'UNQUALIFIED', 'NOT_RATED')),
    CONSTRAINT final_known CHECK (final IN ('EXCELLENT', 'QUALIFIED', 'BASIC', 'UNQUALIFIED', 'NOT_RATED')),
    CONSTRAINT state_known CHECK (state IN ('PROPOSED', 'DECIDED', 'TOLD', 'ACKNOWLEDGED')),
    CONSTRAINT decided_by_known CHECK (decided_by IN ('BRANCH_COMMITTEE', 'MEMBERS_MEETING')),
    CONSTRAINT decided_on_is_date CHECK (decided_on IS NULL OR (decided_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(decided_on, '+0 days') IS decided_on)),
    CONSTRAINT told_on_is_date CHECK (told_on IS NULL OR (told_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(told_on, '+0 days') IS told_on)),
    CONSTRAINT acknowledged_on_is_date CHECK (acknowledged_on IS NULL OR (acknowledged_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(acknowledged_on, '+0 days') IS acknowledged_on)),
    CONSTRAINT dates_fit_the_state CHECK (state <> 'PROPOSED' AND (told_on IS NOT NULL) = (state <> 'DECIDED') AND (acknowledged_on IS NOT NULL) = (state = 'ACKNOWLEDGED')),
    FOREIGN KEY(session_id) REFERENCES appraisal_session (id)
) WITHOUT ROWID
;;
CREATE TABLE grade_count (
    session_id VARCHAR NOT NULL,
    form_code VARCHAR NOT NULL,
    excellent INTEGER NOT NULL,
    qualified INTEGER NOT NULL,
    basic INTEGER NOT NULL,
    unqualified INTEGER NOT NULL,
    not_rated INTEGER NOT NULL,
    decided_on VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    PRIMARY KEY (session_id, form_code),
    CONSTRAINT excellent_not_negative CHECK (excellent IS NULL OR excellent >= 0),
    CONSTRAINT qualified_not_negative CHECK (qualified IS NULL OR qualified >= 0),
    CONSTRAINT basic_not_negative CHECK (basic IS NULL OR basic >= 0),
    CONSTRAINT unqualified_not_negative CHECK (unqualified IS NULL OR unqualified >= 0),
    CONSTRAINT not_rated_not_negative CHECK (not_rated IS NULL OR not_rated >= 0),
    CONSTRAINT decided_on_is_date CHECK (decided_on IS NULL OR (decided_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(decided_on, '+0 days') IS decided_on)),
    FOREIGN KEY(session_id) REFERENCES appraisal_session (id),
    FOREIGN KEY(source_id) REFERENCES envelope (id)
) WITHOUT ROWID
;;
CREATE INDEX ix_grade_count_source_id ON grade_count (source_id)
;;
CREATE TABLE grade_name (
    session_id VARCHAR NOT NULL,
    form_code VARCHAR NOT NULL,
    member_no VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    grade VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    PRIMARY KEY (session_id, form_code, member_no),
    CONSTRAINT grade_known CHECK (grade IN ('EXCELLENT', 'QUALIFIED', 'BASIC', 'UNQUALIFIED', 'NOT_RATED')),
    FOREIGN KEY(session_id) REFERENCES appraisal_session (id),
    FOREIGN KEY(source_id) REFERENCES envelope (id)
) WITHOUT ROWID
;;
CREATE INDEX ix_grade_name_source_id ON grade_name (source_id)
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
;;
CREATE TABLE supplement_stack (
    batch_id VARCHAR NOT NULL,
    closes_on VARCHAR NOT NULL,
    people INTEGER NOT NULL,
    reason VARCHAR NOT NULL,
    PRIMARY KEY (batch_id),
    CONSTRAINT closes_on_is_date CHECK (closes_on IS NULL OR (closes_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(closes_on, '+0 days') IS closes_on)),
    CONSTRAINT people_not_negative CHECK (people IS NULL OR people >= 0),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
)
;;
CREATE TABLE solicitation (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    held_on VARCHAR,
    audience VARCHAR NOT NULL,
    issued INTEGER,
    returned INTEGER,
    people INTEGER,
    note VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT channel_known CHECK (channel IN ('BALLOT_AREA', 'OPINION_FORM', 'FORUM', 'INTERVIEW', 'BOX', 'SPEECH', 'CONTACT', 'PUBLICITY')),
    CONSTRAINT held_on_is_date CHECK (held_on IS NULL OR (held_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(held_on, '+0 days') IS held_on)),
    CONSTRAINT issued_not_negative CHECK (issued IS NULL OR issued >= 0),
    CONSTRAINT returned_not_negative CHECK (returned IS NULL OR returned >= 0),
    CONSTRAINT people_not_negative CHECK (people IS NULL OR people >= 0),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_solicitation_source ON solicitation (source)
;;
CREATE TABLE opinion (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    nature VARCHAR,
    polarity VARCHAR,
    channel VARCHAR,
    heard_on VARCHAR,
    in_place VARCHAR,
    reasonable VARCHAR,
    effective VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT category_known CHECK (category IN ('IDEOLOGY', 'STYLE', 'RESULTS', 'APPROACH', 'MECHANISM', 'ACTIVITY_FORM', 'COMMITMENT', 'REPORTING', 'OPENNESS', 'SERVICE', 'SAFETY', 'PRODUCTION', 'WELFARE', 'OTHER')),
    CONSTRAINT nature_known CHECK (nature IS NULL OR nature IN ('COMMON', 'INDIVIDUAL')),
    CONSTRAINT polarity_known CHECK (polarity IS NULL OR polarity IN ('SUGGESTION', 'PROBLEM', 'PRAISE')),
    CONSTRAINT channel_known CHECK (channel IS NULL OR channel IN ('BALLOT_AREA', 'OPINION_FORM', 'FORUM', 'INTERVIEW', 'BOX', 'SPEECH', 'CONTACT', 'PUBLICITY')),
    CONSTRAINT in_place_known CHECK (in_place IS NULL OR in_place IN ('YES', 'NO')),
    CONSTRAINT reasonable_known CHECK (reasonable IS NULL OR reasonable IN ('YES', 'NO')),
    CONSTRAINT effective_known CHECK (effective IS NULL OR effective IN ('YES', 'NO')),
    CONSTRAINT heard_on_is_date CHECK (heard_on IS NULL OR (heard_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(heard_on, '+0 days') IS heard_on)),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_opinion_source ON opinion (source)
;;
CREATE TABLE opinion_group (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    responsible VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (campaign_id, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE TABLE merged_opinion (
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    group_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    PRIMARY KEY (campaign_id, org, number),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id),
    FOREIGN KEY(group_id) REFERENCES opinion_group (id)
) WITHOUT ROWID
;;
CREATE INDEX ix_merged_opinion_group_id ON merged_opinion (group_id)
;;
CREATE TABLE post (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    team VARCHAR NOT NULL,
    duty VARCHAR NOT NULL,
    holder VARCHAR NOT NULL,
    holder_2 VARCHAR NOT NULL,
    holder_3 VARCHAR NOT NULL,
    masses INTEGER,
    listed_on VARCHAR,
    revoked_on VARCHAR,
    status VARCHAR,
    note VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('POST', 'ZONE')),
    CONSTRAINT status_known CHECK (status IS NULL OR status IN ('ACTIVE', 'REVOKED')),
    CONSTRAINT listed_on_is_date CHECK (listed_on IS NULL OR (listed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(listed_on, '+0 days') IS listed_on)),
    CONSTRAINT revoked_on_is_date CHECK (revoked_on IS NULL OR (revoked_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(revoked_on, '+0 days') IS revoked_on)),
    CONSTRAINT masses_not_negative CHECK (masses IS NULL OR masses >= 0),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_post_source ON post (source)
;;
CREATE TABLE post_rating (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    org VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    month VARCHAR NOT NULL,
    member VARCHAR NOT NULL,
    production INTEGER NOT NULL,
    quality INTEGER NOT NULL,
    safety INTEGER NOT NULL,
    grade VARCHAR,
    note VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT grade_known CHECK (grade IS NULL OR grade IN ('EXCELLENT', 'GOOD', 'PASSED', 'FAILED')),
    CONSTRAINT production_not_negative CHECK (production IS NULL OR production >= 0),
    CONSTRAINT quality_not_negative CHECK (quality IS NULL OR quality >= 0),
    CONSTRAINT safety_not_negative CHECK (safety IS NULL OR safety >= 0),
    UNIQUE (campaign_id, org, source, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE INDEX ix_post_rating_source ON post_rating (source)
"""
