"""Format 2: two entries and their settlement, corrections; tasks, quarantine and decisions about packages. Frozen.

A changed table is made anew, filled and renamed, the way SQLite asks for; ``store`` switches foreign keys off
meanwhile and checks them before the commit. Counts of open batches move to ``draft_tally``.
"""

SQL = """
PRAGMA user_version=2
;;
CREATE TABLE new_campaign (
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
    recovery_recipient VARCHAR,
    manual_check BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT status_known CHECK (status IN ('DRAFT', 'PUBLISHED')),
    CONSTRAINT mode_known CHECK (mode IN ('official', 'drill')),
    CONSTRAINT start_date_is_date CHECK (start_date IS NULL OR (start_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(start_date, '+0 days') IS start_date)),
    CONSTRAINT end_date_is_date CHECK (end_date IS NULL OR (end_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(end_date, '+0 days') IS end_date)),
    CONSTRAINT starts_before_end CHECK (start_date <= end_date),
    CONSTRAINT published_has_definition CHECK (status = 'DRAFT' OR (definition IS NOT NULL AND definition_sha256 IS NOT NULL))
)
;;
INSERT INTO new_campaign (
    id, name, activity, period_type, period_year, period_no, start_date, end_date, purpose, tasks, scope_text, subjects_text, methods_text, office_name, root_code, mode, rule, status, definition, definition_sha256, manual_check
) SELECT
    id, name, activity, period_type, period_year, period_no, start_date, end_date, purpose, tasks, scope_text, subjects_text, methods_text, office_name, root_code, mode, rule, status, definition, definition_sha256, 0
FROM campaign
;;
DROP TABLE campaign
;;
ALTER TABLE new_campaign RENAME TO campaign
;;
CREATE TABLE conflict_decision (
    campaign_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    envelope_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    PRIMARY KEY (campaign_id, unit_code, kind, epoch, revision)
)
;;
CREATE TABLE import_run (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    files VARCHAR NOT NULL,
    undone BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (campaign_id, number)
)
;;
CREATE TABLE issued_task (
    campaign_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    token VARCHAR NOT NULL,
    by_proxy BOOLEAN NOT NULL,
    PRIMARY KEY (campaign_id, unit_code, epoch),
    CONSTRAINT epoch_counts_from_one CHECK (epoch >= 1)
)
;;
CREATE TABLE key_lock (
    kind VARCHAR NOT NULL,
    salt VARCHAR NOT NULL,
    wrapped VARCHAR NOT NULL,
    PRIMARY KEY (kind)
)
;;
CREATE TABLE operator (
    name VARCHAR NOT NULL,
    pin_salt VARCHAR,
    pin_hash VARCHAR,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (name),
    CONSTRAINT name_length CHECK (length(name) BETWEEN 1 AND 20),
    CONSTRAINT pin_is_whole CHECK ((pin_salt IS NULL) = (pin_hash IS NULL))
)
;;
CREATE TABLE new_own_key (
    campaign_id VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    private_key VARCHAR NOT NULL,
    public_key VARCHAR NOT NULL,
    age_identity VARCHAR,
    age_recipient VARCHAR,
    token VARCHAR,
    PRIMARY KEY (campaign_id, epoch),
    CONSTRAINT epoch_counts_from_one CHECK (epoch >= 1)
)
;;
INSERT INTO new_own_key (
    campaign_id, epoch, private_key, public_key
) SELECT
    campaign_id, epoch, private_key, public_key
FROM own_key
;;
DROP TABLE own_key
;;
ALTER TABLE new_own_key RENAME TO own_key
;;
CREATE TABLE withdrawal (
    envelope_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    PRIMARY KEY (envelope_id)
)
;;
CREATE TABLE new_envelope (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    own BOOLEAN NOT NULL,
    raw BLOB,
    import_id VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT state_known CHECK (state IN ('CHOSEN', 'SUPERSEDED', 'CONFLICT', 'QUARANTINED', 'SUPPORT')),
    FOREIGN KEY(import_id) REFERENCES import_run (id)
)
;;
INSERT INTO new_envelope (
    id, campaign_id, type, unit_code, epoch, revision, state, own, raw
) SELECT
    id, campaign_id, type, unit_code, epoch, revision, state, own, raw
FROM envelope
;;
DROP TABLE envelope
;;
ALTER TABLE new_envelope RENAME TO envelope
;;
CREATE INDEX ix_envelope_import_id ON envelope (import_id)
;;
CREATE INDEX ix_envelope_unit_code ON envelope (unit_code)
;;
CREATE TABLE quarantined_file (
    id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    data BLOB NOT NULL,
    import_id VARCHAR,
    released_by VARCHAR,
    PRIMARY KEY (id),
    FOREIGN KEY(import_id) REFERENCES import_run (id),
    FOREIGN KEY(released_by) REFERENCES import_run (id)
)
;;
CREATE TABLE new_trusted_key (
    campaign_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    epoch INTEGER NOT NULL,
    public_key VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    age_recipient VARCHAR,
    import_id VARCHAR,
    PRIMARY KEY (campaign_id, unit_code, epoch),
    CONSTRAINT epoch_counts_from_one CHECK (epoch >= 1),
    FOREIGN KEY(import_id) REFERENCES import_run (id)
)
;;
INSERT INTO new_trusted_key (
    campaign_id, unit_code, epoch, public_key, origin
) SELECT
    campaign_id, unit_code, epoch, public_key, origin
FROM trusted_key
;;
DROP TABLE trusted_key
;;
ALTER TABLE new_trusted_key RENAME TO trusted_key
;;
CREATE TABLE new_ballot_batch (
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
    second_entry VARCHAR,
    sample VARCHAR,
    single_reason VARCHAR NOT NULL,
    tellers VARCHAR NOT NULL,
    scrutineers VARCHAR NOT NULL,
    void_reason VARCHAR NOT NULL,
    ballot_salt VARCHAR,
    ballot_commit VARCHAR,
    source_id VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT state_known CHECK (state IN ('FIRST', 'SECOND', 'DIFFERENCES', 'AGREED', 'SIGNED', 'SEALED', 'VOID')),
    CONSTRAINT entry_mode_known CHECK (entry_mode IS NULL OR entry_mode IN ('PER_BALLOT', 'COUNT')),
    CONSTRAINT second_entry_known CHECK (second_entry IS NULL OR second_entry IN ('ALL', 'SAMPLE', 'NONE')),
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
INSERT INTO new_ballot_batch (
    id, session_id, form_code, form_version, voter_category, state, entry_mode, printed, issued, returned, blank, void, valid, persons, second_entry, single_reason, tellers, scrutineers, void_reason, ballot_salt, ballot_commit, source_id
) SELECT
    id, session_id, form_code, form_version, voter_category, CASE state WHEN 'OPEN' THEN 'FIRST' ELSE state END, entry_mode, printed, issued, returned, blank, void, valid, persons, CASE state WHEN 'SEALED' THEN 'NONE' END, '', '', '', '', ballot_salt, ballot_commit, source_id
FROM ballot_batch
;;
DROP TABLE ballot_batch
;;
ALTER TABLE new_ballot_batch RENAME TO ballot_batch
;;
CREATE INDEX ix_ballot_batch_source_id ON ballot_batch (source_id)
;;
CREATE UNIQUE INDEX one_batch_per_stack ON ballot_batch (session_id, form_code, voter_category) WHERE state <> 'VOID'
;;
CREATE TABLE called_vote (
    batch_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    target VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    mark VARCHAR NOT NULL,
    PRIMARY KEY (batch_id, number),
    CONSTRAINT number_counts_from_one CHECK (number >= 1),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
CREATE TABLE correction (
    id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    reason VARCHAR NOT NULL,
    applicant VARCHAR NOT NULL,
    scrutineer VARCHAR NOT NULL,
    "before" VARCHAR NOT NULL,
    "after" VARCHAR,
    PRIMARY KEY (id),
    UNIQUE (batch_id, number),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
)
;;
CREATE TABLE new_draft_ballot (
    batch_id VARCHAR NOT NULL,
    pass_no INTEGER NOT NULL,
    position INTEGER NOT NULL,
    cells VARCHAR NOT NULL,
    committed BOOLEAN NOT NULL,
    filled VARCHAR NOT NULL,
    void_reason VARCHAR NOT NULL,
    "before" VARCHAR NOT NULL,
    PRIMARY KEY (batch_id, pass_no, position),
    CONSTRAINT position_counts_from_one CHECK (position >= 1),
    CONSTRAINT pass_known CHECK (pass_no IN (1, 2)),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
INSERT INTO new_draft_ballot (
    batch_id, pass_no, position, cells, committed, filled, void_reason, before
) SELECT
    batch_id, 1, position, cells, committed, '', '', ''
FROM draft_ballot
;;
DROP TABLE draft_ballot
;;
ALTER TABLE new_draft_ballot RENAME TO draft_ballot
;;
CREATE TABLE draft_tally (
    batch_id VARCHAR NOT NULL,
    pass_no INTEGER NOT NULL,
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
    PRIMARY KEY (batch_id, pass_no, target, item),
    CONSTRAINT pass_known CHECK (pass_no IN (1, 2)),
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
CREATE TABLE entry_pass (
    batch_id VARCHAR NOT NULL,
    pass_no INTEGER NOT NULL,
    operator VARCHAR NOT NULL,
    ballots INTEGER NOT NULL,
    keystrokes INTEGER NOT NULL,
    corrections INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    filled INTEGER NOT NULL,
    PRIMARY KEY (batch_id, pass_no, operator),
    CONSTRAINT pass_known CHECK (pass_no IN (1, 2)),
    CONSTRAINT ballots_not_negative CHECK (ballots IS NULL OR ballots >= 0),
    CONSTRAINT keystrokes_not_negative CHECK (keystrokes IS NULL OR keystrokes >= 0),
    CONSTRAINT corrections_not_negative CHECK (corrections IS NULL OR corrections >= 0),
    CONSTRAINT refused_not_negative CHECK (refused IS NULL OR refused >= 0),
    CONSTRAINT filled_not_negative CHECK (filled IS NULL OR filled >= 0),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
CREATE TABLE entry_quality (
    batch_id VARCHAR NOT NULL,
    ballots INTEGER NOT NULL,
    compared INTEGER NOT NULL,
    first_wrong INTEGER NOT NULL,
    second_wrong INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    misaligned INTEGER NOT NULL,
    same_operator BOOLEAN NOT NULL,
    PRIMARY KEY (batch_id),
    CONSTRAINT ballots_not_negative CHECK (ballots IS NULL OR ballots >= 0),
    CONSTRAINT compared_not_negative CHECK (compared IS NULL OR compared >= 0),
    CONSTRAINT first_wrong_not_negative CHECK (first_wrong IS NULL OR first_wrong >= 0),
    CONSTRAINT second_wrong_not_negative CHECK (second_wrong IS NULL OR second_wrong >= 0),
    CONSTRAINT decided_not_negative CHECK (decided IS NULL OR decided >= 0),
    CONSTRAINT misaligned_not_negative CHECK (misaligned IS NULL OR misaligned >= 0),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
)
;;
CREATE TABLE settlement (
    batch_id VARCHAR NOT NULL,
    spot VARCHAR NOT NULL,
    first VARCHAR NOT NULL,
    second VARCHAR NOT NULL,
    settled VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    witness VARCHAR NOT NULL,
    PRIMARY KEY (batch_id, spot),
    FOREIGN KEY(batch_id) REFERENCES ballot_batch (id)
) WITHOUT ROWID
;;
INSERT INTO draft_tally (batch_id, pass_no, target, item, c1, c2, c3, c4, c5, c6, c7, c8, blank, multi, illegible)
SELECT batch_id, 1, target, item, c1, c2, c3, c4, c5, c6, c7, c8, blank, multi, illegible
FROM item_tally WHERE batch_id IN (SELECT id FROM ballot_batch WHERE state <> 'SEALED')
;;
DELETE FROM item_tally WHERE batch_id IN (SELECT id FROM ballot_batch WHERE state <> 'SEALED')
"""
