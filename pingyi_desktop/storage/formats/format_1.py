"""Format 1 of the data file: the tables of version 0.1, and a journal that cannot be rewritten. Frozen."""

SQL = """
PRAGMA application_id=1348029764
;;
PRAGMA user_version=1
;;
CREATE TABLE campaign (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    activity VARCHAR NOT NULL,
    period_type VARCHAR NOT NULL,
    period_year INTEGER NOT NULL,
    period_no INTEGER NOT NULL,
    start_date VARCHAR NOT NULL,
    end_date VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    tasks VARCHAR NOT NULL,
    scope_text VARCHAR NOT NULL,
    subjects_text VARCHAR NOT NULL,
    methods_text VARCHAR NOT NULL,
    office_name VARCHAR NOT NULL,
    root_code VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    definition VARCHAR,
    definition_sha256 VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT status_known CHECK (status IN ('DRAFT', 'PUBLISHED')),
    CONSTRAINT mode_known CHECK (mode IN ('official', 'drill')),
    CONSTRAINT start_date_is_date CHECK (start_date IS NULL OR (start_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(start_date, '+0 days') IS start_date)),
    CONSTRAINT end_date_is_date CHECK (end_date IS NULL OR (end_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(end_date, '+0 days') IS end_date)),
    CONSTRAINT starts_before_end CHECK (start_date <= end_date),
    CONSTRAINT published_has_definition CHECK (status = 'DRAFT' OR (definition IS NOT NULL AND definition_sha256 IS NOT NULL))
)
;;
CREATE TABLE data_file (
    only_row INTEGER NOT NULL,
    file_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    created_on VARCHAR NOT NULL,
    PRIMARY KEY (only_row),
    CONSTRAINT only_row_is_one CHECK (only_row = 1)
)
;;
CREATE TABLE envelope (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    own BOOLEAN NOT NULL,
    raw BLOB,
    PRIMARY KEY (id),
    CONSTRAINT state_known CHECK (state IN ('CHOSEN', 'SUPERSEDED', 'CONFLICT', 'QUARANTINED', 'SUPPORT'))
)
;;
CREATE INDEX ix_envelope_unit_code ON envelope (unit_code)
;;
CREATE TABLE journal_entry (
    seq INTEGER NOT NULL,
    at VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    PRIMARY KEY (seq)
)
;;
CREATE TABLE own_key (
    campaign_id VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    private_key VARCHAR NOT NULL,
    public_key VARCHAR NOT NULL,
    PRIMARY KEY (campaign_id, epoch),
    CONSTRAINT epoch_counts_from_one CHECK (epoch >= 1)
)
;;
CREATE TABLE party_organization (
    id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    full_name VARCHAR NOT NULL,
    short_name VARCHAR NOT NULL,
    org_type VARCHAR NOT NULL,
    parent_id VARCHAR,
    in_scope BOOLEAN NOT NULL,
    is_joint BOOLEAN NOT NULL,
    is_temporary BOOLEAN NOT NULL,
    declared_member_count INTEGER,
    status VARCHAR NOT NULL,
    sort_no INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT org_type_known CHECK (org_type IN ('COMPANY_COMMITTEE', 'GRASSROOTS_COMMITTEE', 'GENERAL_BRANCH', 'BRANCH', 'GROUP')),
    CONSTRAINT status_known CHECK (status IN ('ACTIVE', 'DISSOLVED')),
    CONSTRAINT code_length CHECK (length(code) BETWEEN 1 AND 60),
    CONSTRAINT full_name_length CHECK (length(full_name) BETWEEN 1 AND 100),
    CONSTRAINT short_name_length CHECK (length(short_name) BETWEEN 1 AND 40),
    CONSTRAINT not_own_parent CHECK (parent_id IS NULL OR parent_id <> id),
    CONSTRAINT declared_member_count_not_negative CHECK (declared_member_count IS NULL OR declared_member_count >= 0),
    UNIQUE (code),
    FOREIGN KEY(parent_id) REFERENCES party_organization (id)
)
;;
CREATE INDEX ix_party_organization_parent_id ON party_organization (parent_id)
;;
CREATE TABLE trusted_key (
    campaign_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    public_key VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    PRIMARY KEY (campaign_id, unit_code, epoch),
    CONSTRAINT epoch_counts_from_one CHECK (epoch >= 1)
)
;;
CREATE TABLE campaign_form (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    document VARCHAR NOT NULL,
    sort_no INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (campaign_id, code),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE TABLE party_member (
    id VARCHAR NOT NULL,
    member_no VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_suffix VARCHAR NOT NULL,
    org_id VARCHAR NOT NULL,
    group_name VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    party_duty VARCHAR NOT NULL,
    is_leading_cadre BOOLEAN NOT NULL,
    post VARCHAR NOT NULL,
    sex VARCHAR NOT NULL,
    join_date VARCHAR,
    full_date VARCHAR,
    roster_status VARCHAR NOT NULL,
    exempt_reason VARCHAR NOT NULL,
    retired BOOLEAN NOT NULL,
    sort_no INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT category_known CHECK (category IN ('FULL', 'PROBATIONARY')),
    CONSTRAINT roster_status_known CHECK (roster_status IN ('IN_SCOPE', 'MOBILE', 'EXEMPT')),
    CONSTRAINT join_date_is_date CHECK (join_date IS NULL OR (join_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(join_date, '+0 days') IS join_date)),
    CONSTRAINT full_date_is_date CHECK (full_date IS NULL OR (full_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(full_date, '+0 days') IS full_date)),
    CONSTRAINT name_length CHECK (length(name) BETWEEN 2 AND 20),
    UNIQUE (member_no),
    FOREIGN KEY(org_id) REFERENCES party_organization (id)
)
;;
CREATE INDEX ix_party_member_org_id ON party_member (org_id)
;;
CREATE UNIQUE INDEX one_name_per_branch ON party_member (org_id, name, name_suffix) WHERE retired = 0
;;
CREATE TABLE review_group (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (campaign_id, number),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE TABLE voter_category (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    sort_no INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (campaign_id, code),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
;;
CREATE TABLE appraisal_session (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    layer INTEGER NOT NULL,
    org_id VARCHAR NOT NULL,
    review_group_id VARCHAR,
    meeting_type VARCHAR NOT NULL,
    has_ballots BOOLEAN NOT NULL,
    status VARCHAR NOT NULL,
    held_on VARCHAR,
    expected INTEGER,
    actual INTEGER,
    self_introduced INTEGER,
    oral_reports INTEGER,
    members INTEGER,
    source_id VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT status_known CHECK (status IN ('PLANNED', 'HELD', 'VOID')),
    CONSTRAINT held_on_is_date CHECK (held_on IS NULL OR (held_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(held_on, '+0 days') IS held_on)),
    CONSTRAINT layer_known CHECK (layer IN (1, 2)),
    CONSTRAINT expected_not_negative CHECK (expected IS NULL OR expected >= 0),
    CONSTRAINT actual_not_negative CHECK (actual IS NULL OR actual >= 0),
    CONSTRAINT self_introduced_not_negative CHECK (self_introduced IS NULL OR self_introduced >= 0),
    CONSTRAINT oral_reports_not_negative CHECK (oral_reports IS NULL OR oral_reports >= 0),
    CONSTRAINT members_not_negative CHECK (members IS NULL OR members >= 0),
    FOREIGN KEY(campaign_id) REFERENCES campaign (id),
    FOREIGN KEY(org_id) REFERENCES party_organization (id),
    FOREIGN KEY(review_group_id) REFERENCES review_group (id),
    FOREIGN KEY(source_id) REFERENCES envelope (id)
)
;;
CREATE INDEX ix_appraisal_session_org_id ON appraisal_session (org_id)
;;
CREATE INDEX ix_appraisal_session_source_id ON appraisal_session (source_id)
;;
CREATE UNIQUE INDEX one_session_per_layer_and_org ON appraisal_session (campaign_id, layer, org_id) WHERE status <> 'VOID'
;;
CREATE TABLE ballot_batch (
    id VARCHAR NOT NULL,
    session_id VARCHAR NOT NULL,
    form_code VARCHAR NOT NULL,
    form_version INTEGER NOT NULL,
    voter_category VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    entry_mode VARCHAR,
    printed INTEGER,
    issued INTEGER,
    returned INTEGER,
    blank INTEGER,
    void INTEGER,
    valid INTEGER,
    persons INTEGER NOT NULL,
    ballot_salt VARCHAR,
    ballot_commit VARCHAR,
    source_id VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT state_known CHECK (state IN ('OPEN', 'SEALED')),
    CONSTRAINT entry_mode_known CHECK (entry_mode IS NULL OR entry_mode IN ('PER_BALLOT', 'COUNT')),
    UNIQUE (session_id, form_code, voter_category),
    CONSTRAINT printed_not_negative CHECK (printed IS NULL OR printed >= 0),
    CONSTRAINT issued_not_negative CHECK (issued IS NULL OR issued >= 0),
    CONSTRAINT returned_not_negative CHECK (returned IS NULL OR returned >= 0),
    CONSTRAINT blank_not_negative CHECK (blank IS NULL OR blank >= 0),
    CONSTRAINT void_not_negative CHECK (void IS NULL OR void >= 0),
    CONSTRAINT valid_not_negative CHECK (valid IS NULL OR valid >= 0),
    CONSTRAINT sealed_adds_up CHECK (state <> 'SEALED' OR (entry_mode IS NOT NULL AND issued IS NOT NULL AND returned IS NOT NULL AND valid IS NOT NULL AND blank IS NOT NULL AND void IS NOT NULL AND returned = valid + blank + void AND returned <= issued)),
    FOREIGN KEY(session_id) REFERENCES appraisal_session (id),
    FOREIGN KEY(source_id) REFERENCES envelope (id)
)
;;
CREATE INDEX ix_ballot_batch_source_id ON ballot_batch (source_id)
;;
CREATE TABLE batch_target (
    batch_id VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    member_no VARCHAR NOT NULL,
    display_name VARCHAR NOT NULL,
    PRIMARY KEY (batch_id, "row"),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
)
;;
CREATE TABLE draft_ballot (
    batch_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    cells VARCHAR NOT NULL,
    committed BOOLEAN NOT NULL,
    PRIMARY KEY (batch_id, position),
    CONSTRAINT position_counts_from_one CHECK (position >= 1),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
CREATE TABLE item_tally (
    batch_id VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    c1 INTEGER NOT NULL,
    c2 INTEGER NOT NULL,
    c3 INTEGER NOT NULL,
    c4 INTEGER NOT NULL,
    c5 INTEGER NOT NULL,
    c6 INTEGER NOT NULL,
    c7 INTEGER NOT NULL,
    c8 INTEGER NOT NULL,
    blank INTEGER NOT NULL,
    multi INTEGER NOT NULL,
    illegible INTEGER NOT NULL,
    PRIMARY KEY (batch_id, target, item),
    CONSTRAINT c1_not_negative CHECK (c1 IS NULL OR c1 >= 0),
    CONSTRAINT c2_not_negative CHECK (c2 IS NULL OR c2 >= 0),
    CONSTRAINT c3_not_negative CHECK (c3 IS NULL OR c3 >= 0),
    CONSTRAINT c4_not_negative CHECK (c4 IS NULL OR c4 >= 0),
    CONSTRAINT c5_not_negative CHECK (c5 IS NULL OR c5 >= 0),
    CONSTRAINT c6_not_negative CHECK (c6 IS NULL OR c6 >= 0),
    CONSTRAINT c7_not_negative CHECK (c7 IS NULL OR c7 >= 0),
    CONSTRAINT c8_not_negative CHECK (c8 IS NULL OR c8 >= 0),
    CONSTRAINT blank_not_negative CHECK (blank IS NULL OR blank >= 0),
    CONSTRAINT multi_not_negative CHECK (multi IS NULL OR multi >= 0),
    CONSTRAINT illegible_not_negative CHECK (illegible IS NULL OR illegible >= 0),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
CREATE TABLE sealed_ballot (
    batch_id VARCHAR NOT NULL,
    cells VARCHAR NOT NULL,
    copies INTEGER NOT NULL,
    PRIMARY KEY (batch_id, cells),
    CONSTRAINT copies_positive CHECK (copies >= 1),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
CREATE TRIGGER journal_entry_is_not_changed BEFORE UPDATE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END
;;
CREATE TRIGGER journal_entry_is_not_deleted BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END
;;
CREATE TRIGGER journal_entry_follows_the_last BEFORE INSERT ON journal_entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal_entry)
BEGIN SELECT RAISE(ABORT, 'journal entries are only appended'); END
"""
