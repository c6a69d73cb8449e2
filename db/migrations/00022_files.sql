-- +goose Up
-- Files: what people uploaded, and the bytes that are kept for it beside the database. Storage is counted exactly: the
-- level storage_bytes is the sum of size of the blobs in use and of reserved_bytes of the files, in every transaction.

-- Bytes that are kept: each content once in one organization, under org/{org_id}/{sha256}.
CREATE TABLE app.blobs (
	org_id     uuid NOT NULL REFERENCES app.organizations,
	sha256     bytea NOT NULL CONSTRAINT blobs_sha256_length CHECK (octet_length(sha256) = 32),
	size       bigint NOT NULL CONSTRAINT blobs_size_not_negative CHECK (size >= 0),
	uses       int NOT NULL CONSTRAINT blobs_uses_not_negative CHECK (uses >= 0), -- rows of app.file_forms
	-- expected: somebody is putting them there. leaving: nobody uses them, and nobody may before they are gone.
	-- lost: they should be there and are not.
	state      text NOT NULL CONSTRAINT blobs_state_known CHECK (state IN ('expected', 'stored', 'leaving', 'lost')),
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, sha256),
	CONSTRAINT blobs_leaving_is_unused CHECK ((state = 'leaving') = (uses = 0))
);
CALL platform.raise_wall('app.blobs', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE app.files (
	org_id          uuid NOT NULL REFERENCES app.organizations,
	id              uuid NOT NULL,
	record_type     text NOT NULL CONSTRAINT files_record_type_known CHECK (record_type IN ('job')), -- what it belongs to
	record_id       uuid NOT NULL,
	kind            text NOT NULL CONSTRAINT files_kind_known CHECK (kind IN ('photo', 'document')),
	name            text NOT NULL CONSTRAINT files_name_length CHECK (char_length(name) BETWEEN 1 AND 120), -- as shown
	caption         text NOT NULL DEFAULT '' CONSTRAINT files_caption_length CHECK (char_length(caption) <= 300),
	state           text NOT NULL CONSTRAINT files_state_known CHECK (state IN ('reserved', 'stored', 'removed')),
	reserved_bytes  bigint NOT NULL CONSTRAINT files_reserved_bytes_not_negative CHECK (reserved_bytes >= 0),
	reserved_until  timestamptz, -- then what never arrived is given back
	created_by      uuid NOT NULL,
	created_by_name text NOT NULL,
	created_at      timestamptz NOT NULL,
	removed_at      timestamptz, -- brought back until an hour later
	version         int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT files_reserved_ends CHECK ((state = 'reserved') = (reserved_until IS NOT NULL) AND (state = 'reserved' OR reserved_bytes = 0)),
	CONSTRAINT files_removed_at CHECK ((state = 'removed') = (removed_at IS NOT NULL))
);
CREATE INDEX files_of_record ON app.files (org_id, record_type, record_id, id);
CREATE INDEX files_reserved ON app.files (org_id, reserved_until) WHERE state = 'reserved';
CALL platform.raise_wall('app.files', 'SELECT, INSERT, UPDATE, DELETE');

-- A file's bytes: as they were uploaded, and what was made of them.
CREATE TABLE app.file_forms (
	org_id     uuid NOT NULL,
	file_id    uuid NOT NULL,
	form       text NOT NULL CONSTRAINT file_forms_form_known CHECK (form IN ('original', 'shown', 'thumbnail')),
	sha256     bytea NOT NULL,
	media_type text NOT NULL CONSTRAINT file_forms_media_type_known CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
	width      int NOT NULL CONSTRAINT file_forms_width_not_negative CHECK (width >= 0), -- of pictures; 0: it is none
	height     int NOT NULL CONSTRAINT file_forms_height_not_negative CHECK (height >= 0),
	PRIMARY KEY (org_id, file_id, form),
	CONSTRAINT file_forms_file_fk FOREIGN KEY (org_id, file_id) REFERENCES app.files (org_id, id),
	CONSTRAINT file_forms_blob_fk FOREIGN KEY (org_id, sha256) REFERENCES app.blobs (org_id, sha256)
);
CREATE INDEX file_forms_of_blob ON app.file_forms (org_id, sha256);
CALL platform.raise_wall('app.file_forms', 'SELECT, INSERT, DELETE');

-- +goose Down
DROP TABLE app.file_forms, app.files, app.blobs;
