-- +goose Up
-- What a company pays and asks: materials, the styles made of them, three tiers, the settings of its prices,
-- and the zones that scale costs to a place. Percentages and factors are double precision, as the arithmetic
-- takes them, and stand in no index; the bounds in CHECKs also refuse NaN and infinities.

CREATE TABLE app.materials (
	org_id     uuid NOT NULL REFERENCES app.organizations,
	id         uuid NOT NULL,
	key        text NOT NULL CONSTRAINT materials_key_form CHECK (key ~ '^[a-z][a-z0-9_]{0,30}(\.[a-z0-9_]{1,30}){0,2}$'),
	name       text NOT NULL CONSTRAINT materials_name_length CHECK (char_length(name) BETWEEN 1 AND 120),
	unit       text NOT NULL CONSTRAINT materials_unit_length CHECK (char_length(unit) BETWEEN 1 AND 20),
	cost_cents bigint NOT NULL CONSTRAINT materials_cost_bounds CHECK (cost_cents BETWEEN 0 AND 100000000),
	pack       int NOT NULL CONSTRAINT materials_pack_bounds CHECK (pack BETWEEN 1 AND 1000000), -- cost_cents buys this many
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	version    int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT materials_key_once UNIQUE (org_id, key)
);
CALL platform.raise_wall('app.materials', 'SELECT, INSERT, UPDATE');

-- document is the engine's style document; the take-off checks it, the database only its family.
CREATE TABLE app.styles (
	org_id      uuid NOT NULL REFERENCES app.organizations,
	id          uuid NOT NULL,
	key         text NOT NULL CONSTRAINT styles_key_form CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(key) <= 64), -- what a segment of a sketch names
	name        text NOT NULL CONSTRAINT styles_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
	kind        text NOT NULL CONSTRAINT styles_kind_known CHECK (kind IN ('wood', 'panel', 'chain_link')),
	document    jsonb NOT NULL CONSTRAINT styles_document_of_kind CHECK (document ->> 'kind' = kind),
	created_at  timestamptz NOT NULL,
	updated_at  timestamptz NOT NULL,
	version     int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT styles_key_once UNIQUE (org_id, key)
);
CALL platform.raise_wall('app.styles', 'SELECT, INSERT, UPDATE');

-- What a style buys for each item of its take-off. Without a material the item is bought as part of another.
CREATE TABLE app.style_materials (
	org_id      uuid NOT NULL,
	style_id    uuid NOT NULL,
	item_key    text NOT NULL CONSTRAINT style_materials_item_key_form CHECK (item_key ~ '^[a-z][a-z0-9_]{0,30}$'),
	material_id uuid,
	PRIMARY KEY (org_id, style_id, item_key),
	CONSTRAINT style_materials_style_fk FOREIGN KEY (org_id, style_id) REFERENCES app.styles (org_id, id),
	CONSTRAINT style_materials_material_fk FOREIGN KEY (org_id, material_id) REFERENCES app.materials (org_id, id)
);
CREATE INDEX style_materials_of_material ON app.style_materials (org_id, material_id);
CALL platform.raise_wall('app.style_materials', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE app.tiers (
	org_id            uuid NOT NULL REFERENCES app.organizations,
	id                uuid NOT NULL,
	key               text NOT NULL CONSTRAINT tiers_key_known CHECK (key IN ('basic', 'premium', 'elite')),
	position          smallint NOT NULL CONSTRAINT tiers_position_bounds CHECK (position BETWEEN 1 AND 3),
	name              text NOT NULL CONSTRAINT tiers_name_length CHECK (char_length(name) BETWEEN 1 AND 40),
	style_id          uuid NOT NULL,
	base_charge_cents bigint NOT NULL CONSTRAINT tiers_base_charge_bounds CHECK (base_charge_cents BETWEEN 0 AND 100000000), -- added once a job
	adjustment_pct    double precision NOT NULL CONSTRAINT tiers_adjustment_bounds CHECK (adjustment_pct BETWEEN -90 AND 1000),
	summary           text NOT NULL CONSTRAINT tiers_summary_length CHECK (char_length(summary) <= 200), -- the one line that the homeowner reads
	differences       jsonb NOT NULL CONSTRAINT tiers_differences_listed CHECK (jsonb_typeof(differences) = 'array'), -- [{"topic", "words"}]
	warranty_years    smallint NOT NULL CONSTRAINT tiers_warranty_bounds CHECK (warranty_years BETWEEN 0 AND 99),
	created_at        timestamptz NOT NULL,
	updated_at        timestamptz NOT NULL,
	version           int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT tiers_key_once UNIQUE (org_id, key),
	CONSTRAINT tiers_position_once UNIQUE (org_id, position),
	CONSTRAINT tiers_style_fk FOREIGN KEY (org_id, style_id) REFERENCES app.styles (org_id, id)
);
CALL platform.raise_wall('app.tiers', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.price_settings (
	org_id               uuid PRIMARY KEY REFERENCES app.organizations,
	labor_rate_cents     bigint NOT NULL CONSTRAINT price_settings_labor_rate_bounds CHECK (labor_rate_cents BETWEEN 0 AND 100000000), -- an hour
	per_post_hours       double precision NOT NULL CONSTRAINT price_settings_per_post_bounds CHECK (per_post_hours BETWEEN 0 AND 1000),
	per_ft_hours         double precision NOT NULL CONSTRAINT price_settings_per_ft_bounds CHECK (per_ft_hours BETWEEN 0 AND 1000),
	per_gate_hours       double precision NOT NULL CONSTRAINT price_settings_per_gate_bounds CHECK (per_gate_hours BETWEEN 0 AND 1000),
	removal_cents_per_ft bigint NOT NULL CONSTRAINT price_settings_removal_bounds CHECK (removal_cents_per_ft BETWEEN 0 AND 100000000),
	overhead_pct         double precision NOT NULL CONSTRAINT price_settings_overhead_bounds CHECK (overhead_pct BETWEEN 0 AND 1000),
	method               text NOT NULL CONSTRAINT price_settings_method_known CHECK (method IN ('margin', 'markup', 'per_foot')),
	method_pct           double precision NOT NULL CONSTRAINT price_settings_method_pct_bounds CHECK (method_pct BETWEEN 0 AND CASE method WHEN 'margin' THEN 99 WHEN 'markup' THEN 1000 ELSE 0 END),
	method_cents_per_ft  bigint NOT NULL CONSTRAINT price_settings_method_cents_bounds CHECK (method_cents_per_ft BETWEEN 0 AND CASE method WHEN 'per_foot' THEN 100000000 ELSE 0 END),
	free_miles           double precision NOT NULL CONSTRAINT price_settings_free_miles_bounds CHECK (free_miles BETWEEN 0 AND 10000),
	step_miles           double precision NOT NULL CONSTRAINT price_settings_step_miles_bounds CHECK (step_miles BETWEEN 0.1 AND 10000),
	step_cents           bigint NOT NULL CONSTRAINT price_settings_step_bounds CHECK (step_cents BETWEEN 0 AND 100000000),
	minimum_job_cents    bigint NOT NULL CONSTRAINT price_settings_minimum_bounds CHECK (minimum_job_cents BETWEEN 0 AND 100000000),
	tax_mode             text NOT NULL CONSTRAINT price_settings_tax_mode_known CHECK (tax_mode IN ('none', 'lump_sum', 'separated', 'full')),
	tax_rate             double precision NOT NULL CONSTRAINT price_settings_tax_rate_bounds CHECK (tax_rate BETWEEN 0 AND 1),
	deposit_pct          double precision NOT NULL CONSTRAINT price_settings_deposit_bounds CHECK (deposit_pct BETWEEN 0 AND 100),
	deposit_text         text NOT NULL CONSTRAINT price_settings_deposit_length CHECK (char_length(deposit_text) <= 500),
	validity_days        smallint NOT NULL CONSTRAINT price_settings_validity_bounds CHECK (validity_days BETWEEN 1 AND 365),
	recommended_tier     text NOT NULL CONSTRAINT price_settings_recommended_known CHECK (recommended_tier IN ('', 'basic', 'premium', 'elite')),
	included             text[] NOT NULL,
	not_included         text[] NOT NULL,
	terms                text NOT NULL CONSTRAINT price_settings_terms_length CHECK (char_length(terms) <= 20000),
	cancellation_notice  text NOT NULL CONSTRAINT price_settings_cancellation_length CHECK (char_length(cancellation_notice) <= 5000),
	updated_at           timestamptz NOT NULL,
	version              int NOT NULL DEFAULT 1
);
CALL platform.raise_wall('app.price_settings', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.pricing_zones (
	org_id           uuid NOT NULL REFERENCES app.organizations,
	id               uuid NOT NULL,
	name             text NOT NULL CONSTRAINT pricing_zones_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
	priority         smallint NOT NULL DEFAULT 0 CONSTRAINT pricing_zones_priority_bounds CHECK (priority BETWEEN 0 AND 1000), -- the higher one wins among equals
	material_factor  double precision NOT NULL CONSTRAINT pricing_zones_material_bounds CHECK (material_factor BETWEEN 0.1 AND 10),
	labor_factor     double precision NOT NULL CONSTRAINT pricing_zones_labor_bounds CHECK (labor_factor BETWEEN 0.1 AND 10),
	equipment_factor double precision NOT NULL CONSTRAINT pricing_zones_equipment_bounds CHECK (equipment_factor BETWEEN 0.1 AND 10),
	note             text NOT NULL DEFAULT '' CONSTRAINT pricing_zones_note_length CHECK (char_length(note) <= 500),
	created_at       timestamptz NOT NULL,
	updated_at       timestamptz NOT NULL,
	version          int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id)
);
CALL platform.raise_wall('app.pricing_zones', 'SELECT, INSERT, UPDATE, DELETE');

-- Where a zone holds: one ZIP, ZIPs from low to high, all that begin with three digits, a state, or everywhere.
CREATE TABLE app.pricing_zone_members (
	org_id  uuid NOT NULL,
	zone_id uuid NOT NULL,
	kind    text NOT NULL,
	low     text NOT NULL,
	high    text NOT NULL,
	PRIMARY KEY (org_id, zone_id, kind, low, high),
	CONSTRAINT pricing_zone_members_zone_fk FOREIGN KEY (org_id, zone_id) REFERENCES app.pricing_zones (org_id, id) ON DELETE CASCADE,
	CONSTRAINT pricing_zone_members_form CHECK (CASE kind
		WHEN 'zip5' THEN low ~ '^\d{5}$' AND high = low
		WHEN 'range' THEN low ~ '^\d{5}$' AND high ~ '^\d{5}$' AND low <= high
		WHEN 'zip3' THEN low ~ '^\d{3}$' AND high = low
		WHEN 'state' THEN low ~ '^[A-Z]{2}$' AND high = low
		WHEN 'default' THEN low = '' AND high = ''
		ELSE false END)
);
CALL platform.raise_wall('app.pricing_zone_members', 'SELECT, INSERT, DELETE');

-- Zones for everybody: the same shape without an organization. Only migrations write them.
CREATE TABLE shared.pricing_zones (
	id               uuid PRIMARY KEY,
	name             text NOT NULL,
	priority         smallint NOT NULL,
	material_factor  double precision NOT NULL CHECK (material_factor BETWEEN 0.1 AND 10),
	labor_factor     double precision NOT NULL CHECK (labor_factor BETWEEN 0.1 AND 10),
	equipment_factor double precision NOT NULL CHECK (equipment_factor BETWEEN 0.1 AND 10),
	sample           boolean NOT NULL, -- an example to try with, not a finding about the place
	source_note      text NOT NULL,
	valid_from       date NOT NULL,
	valid_until      date NOT NULL, -- the first day on which it no longer holds
	CONSTRAINT pricing_zones_valid_in_order CHECK (valid_from < valid_until)
);
CREATE TABLE shared.pricing_zone_members (
	zone_id uuid NOT NULL REFERENCES shared.pricing_zones,
	kind    text NOT NULL,
	low     text NOT NULL,
	high    text NOT NULL,
	PRIMARY KEY (zone_id, kind, low, high),
	CONSTRAINT pricing_zone_members_form CHECK (CASE kind
		WHEN 'zip5' THEN low ~ '^\d{5}$' AND high = low
		WHEN 'range' THEN low ~ '^\d{5}$' AND high ~ '^\d{5}$' AND low <= high
		WHEN 'zip3' THEN low ~ '^\d{3}$' AND high = low
		WHEN 'state' THEN low ~ '^[A-Z]{2}$' AND high = low
		WHEN 'default' THEN low = '' AND high = ''
		ELSE false END)
);
GRANT SELECT ON shared.pricing_zones, shared.pricing_zone_members TO fence_app, fence_backup;

-- The factors are our own round guesses, made to show what a zone does. No published index stands behind them.
INSERT INTO shared.pricing_zones (id, name, priority, material_factor, labor_factor, equipment_factor, sample, source_note, valid_from, valid_until)
SELECT ('00000000-0000-7000-8000-0000005a' || n)::uuid, name, 0, material, labor, equipment, true,
	'Sample factors for trying zones out, not taken from any price index. Make a zone of your own with your costs.', '2026-01-01', '2031-01-01'
FROM (VALUES
	('0001', 'Austin core',            1.02, 1.10, 1.00),
	('0002', 'Central Texas',          1.00, 1.02, 1.00),
	('0003', 'Dallas and Fort Worth',  1.00, 1.05, 1.00),
	('0004', 'Houston',                1.01, 1.03, 1.00),
	('0005', 'New York City',          1.10, 1.45, 1.15),
	('0006', 'San Francisco Bay Area', 1.10, 1.45, 1.15),
	('0007', 'Los Angeles',            1.06, 1.25, 1.08),
	('0008', 'Chicago',                1.03, 1.20, 1.05),
	('0009', 'Seattle',                1.05, 1.25, 1.05),
	('0010', 'Boston',                 1.06, 1.30, 1.08),
	('0011', 'Miami',                  1.04, 1.05, 1.02),
	('0012', 'Alaska',                 1.25, 1.35, 1.25),
	('0013', 'Hawaii',                 1.30, 1.30, 1.25),
	('0014', 'United States',          1.00, 1.00, 1.00)) AS z(n, name, material, labor, equipment);
INSERT INTO shared.pricing_zone_members (zone_id, kind, low, high)
SELECT ('00000000-0000-7000-8000-0000005a' || n)::uuid, kind, low, high
FROM (VALUES
	('0001', 'range', '78701', '78705'), ('0001', 'range', '78721', '78723'), ('0001', 'zip5', '78741', '78741'), ('0001', 'zip5', '78751', '78751'),
	('0001', 'zip5', '78752', '78752'), ('0001', 'range', '78756', '78757'),
	('0002', 'zip3', '786', '786'), ('0002', 'zip3', '787', '787'), ('0002', 'zip3', '765', '765'), ('0002', 'zip3', '781', '781'), ('0002', 'zip3', '782', '782'),
	('0003', 'zip3', '750', '750'), ('0003', 'zip3', '751', '751'), ('0003', 'zip3', '752', '752'), ('0003', 'zip3', '760', '760'), ('0003', 'zip3', '761', '761'),
	('0004', 'zip3', '770', '770'), ('0004', 'zip3', '772', '772'), ('0004', 'zip3', '773', '773'), ('0004', 'zip3', '774', '774'), ('0004', 'zip3', '775', '775'),
	('0005', 'range', '10001', '10499'), ('0005', 'range', '11201', '11499'),
	('0006', 'zip3', '940', '940'), ('0006', 'zip3', '941', '941'), ('0006', 'zip3', '943', '943'), ('0006', 'zip3', '944', '944'), ('0006', 'zip3', '945', '945'),
	('0006', 'zip3', '946', '946'), ('0006', 'zip3', '947', '947'), ('0006', 'zip3', '950', '950'), ('0006', 'zip3', '951', '951'),
	('0007', 'range', '90001', '91899'),
	('0008', 'zip3', '606', '606'), ('0008', 'zip3', '600', '600'), ('0008', 'zip3', '601', '601'), ('0008', 'zip3', '602', '602'), ('0008', 'zip3', '603', '603'), ('0008', 'zip3', '604', '604'),
	('0009', 'zip3', '980', '980'), ('0009', 'zip3', '981', '981'),
	('0010', 'zip3', '021', '021'), ('0010', 'zip3', '022', '022'), ('0010', 'zip3', '024', '024'),
	('0011', 'zip3', '330', '330'), ('0011', 'zip3', '331', '331'), ('0011', 'zip3', '332', '332'), ('0011', 'zip3', '333', '333'),
	('0012', 'state', 'AK', 'AK'), ('0013', 'state', 'HI', 'HI'),
	('0014', 'default', '', '')) AS m(n, kind, low, high);

-- +goose Down
DROP TABLE shared.pricing_zone_members, shared.pricing_zones;
DROP TABLE app.pricing_zone_members, app.pricing_zones, app.price_settings, app.tiers, app.style_materials, app.styles, app.materials;
