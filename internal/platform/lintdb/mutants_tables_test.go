package lintdb_test

// extraTable is one more table with everything that a tenant table has.
const extraTable = `CREATE TABLE app.extra (org_id uuid NOT NULL, id uuid NOT NULL, other uuid, PRIMARY KEY (org_id, id)); CALL platform.raise_wall('app.extra', 'SELECT'); ALTER TABLE app.extra OWNER TO fence_owner; `

var wallMutants = []mutant{
	{"org-id-column", `CREATE TABLE app.forgotten (id uuid PRIMARY KEY)`, "app.forgotten has no column org_id"},
	{"org-id-column", `CREATE TABLE app.forgotten (org_id uuid, id uuid)`, "app.forgotten has no column org_id"},
	{"org-id-column", `CREATE TABLE app.forgotten (org_id text NOT NULL PRIMARY KEY)`, "app.forgotten has no column org_id"},
	{"org-id-given", `ALTER TABLE app.mails ALTER org_id SET DEFAULT '00000000-0000-7000-8000-00000000000a'`, "app.mails.org_id"},
	{"rls-enabled", `ALTER TABLE app.mails DISABLE ROW LEVEL SECURITY`, "app.mails is not enabled"},
	{"rls-forced", `ALTER TABLE app.mails NO FORCE ROW LEVEL SECURITY`, "app.mails is not enabled and forced"},
	{"policies-template", `ALTER POLICY tenant_wall ON app.mails USING (org_id = (SELECT app.org_id()) OR kind = 'welcome')`, "app.mails differ"},
	{"policies-template", `ALTER POLICY tenant_wall ON app.mails USING (org_id = app.org_id())`, "app.mails differ"},
	{"policies-template", `ALTER POLICY tenant_wall ON app.mails WITH CHECK (true)`, "app.mails differ"},
	{"policies-template", `ALTER POLICY tenant_allow ON app.mails USING (org_id IS NOT NULL)`, "app.mails differ"},
	{"policies-template", `ALTER POLICY tenant_wall ON app.mails RENAME TO wall`, "app.mails differ"},
	{"policies-template", `DROP POLICY tenant_allow ON app.mails`, "app.mails differ"},
	{"policies-template", `CREATE POLICY backdoor ON app.mails FOR SELECT TO fence_app USING (true)`, "app.mails differ"},
	{"wall-binds-everybody", `ALTER POLICY tenant_wall ON app.mails TO fence_app`, "app.mails binds everybody"},
	{"wall-binds-everybody", `DROP POLICY tenant_wall ON app.mails`, "app.mails binds everybody"},
	{"tasks-wall", `ALTER TABLE tasks.river_job NO FORCE ROW LEVEL SECURITY`, "not enabled and forced"},
	{"tasks-wall", `ALTER POLICY tasks_of_the_organization ON tasks.river_job USING (true)`, "differ"},
	{"tasks-wall", `CREATE POLICY more ON tasks.river_job TO fence_app USING (true)`, "differ"},
	{"tasks-wall", `CREATE POLICY more ON tasks.river_job USING (true)`, "differ"},
	{"tasks-wall", `ALTER POLICY tasks_of_the_organization ON tasks.river_job TO PUBLIC`, "differ"},
	{"app-holds-tables", `CREATE VIEW app.everybody AS SELECT * FROM app.mails`, "app.everybody shows rows past the wall"},
	{"partition-in-app", `CREATE TABLE app.years (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id);
		CREATE TABLE public.years_0 PARTITION OF app.years FOR VALUES WITH (MODULUS 1, REMAINDER 0)`, "years_0 holds rows of app.years"},
	{"partition-not-granted", `CREATE TABLE app.years (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id);
		CREATE TABLE app.years_0 PARTITION OF app.years FOR VALUES WITH (MODULUS 1, REMAINDER 0); GRANT SELECT ON app.years_0 TO fence_app`, "fence_app has rights on the partition app.years_0"},
	{"rls-enabled", `CREATE TABLE app.years (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id); CALL platform.raise_wall('app.years', 'SELECT');
		CREATE TABLE app.years_0 PARTITION OF app.years FOR VALUES WITH (MODULUS 1, REMAINDER 0)`, "app.years_0 is not enabled"},
	{"no-heirs", `CREATE TABLE app.heir () INHERITS (app.mails)`, "app.heir inherits from app.mails"},
}

var shapeMutants = []mutant{
	{"known-schemas", `CREATE SCHEMA reports`, "schema reports"},
	{"public-is-empty", `CREATE TABLE public.copy AS SELECT 1 AS one`, "public.copy"},
	{"org-rows-outside", `CREATE TABLE shared.customers AS SELECT org_id, name FROM app.customers`, "shared.customers has org_id"},
	{"views-as-caller", `CREATE VIEW shared.names AS SELECT name FROM app.customers`, "shared.names shows what its owner may see"},
	{"no-materialized-views", `CREATE MATERIALIZED VIEW platform.totals AS SELECT count(*) FROM app.customers`, "platform.totals"},
	{"no-foreign-data", `CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER there FOREIGN DATA WRAPPER elsewhere`, "foreign server there"},
	{"no-rules", `CREATE RULE copy AS ON INSERT TO app.mails DO ALSO NOTIFY mails`, "rule copy rewrites"},
	{"logged", `CREATE UNLOGGED TABLE shared.fast (id int)`, "shared.fast is unlogged"},
	{"constraints-validated", `ALTER TABLE app.mails ADD CONSTRAINT mails_kind CHECK (kind <> '') NOT VALID`, "mails_kind of app.mails"},
	{"triggers-fire", `ALTER TABLE app.sessions DISABLE TRIGGER ALL`, "app.sessions does not fire"},
	{"no-sequences", `CREATE SEQUENCE app.numbers`, "app.numbers counts"},
	{"no-sequences", `ALTER TABLE app.mails ADD nr bigint GENERATED ALWAYS AS IDENTITY`, "app.mails_nr_seq counts"},
	{"column-types", `ALTER TABLE app.mails ADD price numeric`, "app.mails.price is numeric"},
	{"column-types", `CREATE TYPE app.mood AS ENUM ('good'); ALTER TABLE app.mails ADD mood app.mood`, "app.mails.mood"},
	{"column-types", `ALTER TABLE app.mails ADD during tstzrange`, "app.mails.during is tstzrange"},
}

var keyMutants = []mutant{
	{"primary-key-led", `CREATE TABLE app.extra (org_id uuid NOT NULL, id uuid)`, "app.extra has no primary key"},
	{"primary-key-led", `CREATE TABLE app.extra (org_id uuid NOT NULL, id uuid PRIMARY KEY)`, "app.extra does not begin with org_id"},
	{"primary-key-led", `CREATE TABLE app.extra (org_id uuid NOT NULL, id uuid, PRIMARY KEY (id, org_id))`, "app.extra does not begin with org_id"},
	{"unique-led", `CREATE UNIQUE INDEX mails_recipient ON app.mails (recipient)`, "app.mails_recipient is unique across"},
	{"unique-led", `ALTER TABLE app.mails ADD UNIQUE (id)`, "is unique across"},
	{"unique-led", `CREATE UNIQUE INDEX mails_recipient ON app.mails (lower(recipient), org_id)`, "app.mails_recipient is unique across"},
	{"exclusion-led", `ALTER TABLE app.mails ADD CONSTRAINT one_at_a_time EXCLUDE USING btree (created_at WITH =)`, "one_at_a_time of app.mails excludes"},
	{"fk-pairs", extraTable + `ALTER TABLE app.users ADD CONSTRAINT id_alone UNIQUE (id); ALTER TABLE app.extra ADD CONSTRAINT hangs FOREIGN KEY (other) REFERENCES app.users (id)`, "hangs of app.extra may refer"},
	{"fk-pairs", extraTable + `ALTER TABLE app.users ADD CONSTRAINT turned UNIQUE (id, org_id); ALTER TABLE app.extra ADD CONSTRAINT crossed FOREIGN KEY (org_id, other) REFERENCES app.users (id, org_id)`, "crossed of app.extra may refer"},
	{"fk-outside", extraTable + `ALTER TABLE app.extra ADD CONSTRAINT out FOREIGN KEY (org_id) REFERENCES platform.organizations`, "out of app.extra refers to platform.organizations"},
	{"fk-inward", `ALTER TABLE platform.sign_ups ADD CONSTRAINT inward FOREIGN KEY (org_id) REFERENCES app.organizations`, "inward of platform.sign_ups refers to app.organizations"},
	{"fk-cascade", extraTable + `ALTER TABLE app.extra ADD CONSTRAINT along FOREIGN KEY (org_id, other) REFERENCES app.users (org_id, id) ON DELETE CASCADE`, "along of app.extra deletes along"},
	{"fk-update", extraTable + `ALTER TABLE app.extra ADD CONSTRAINT follows FOREIGN KEY (org_id, other) REFERENCES app.users (org_id, id) ON UPDATE CASCADE`, "follows of app.extra follows"},
	{"fk-set-null", extraTable + `ALTER TABLE app.extra ADD CONSTRAINT empties FOREIGN KEY (org_id, other) REFERENCES app.users (org_id, id) ON DELETE SET NULL`, "empties of app.extra would empty"},
	{"fk-set-null", extraTable + `ALTER TABLE app.extra ADD CONSTRAINT empties FOREIGN KEY (org_id, other) REFERENCES app.users (org_id, id) ON DELETE SET DEFAULT (org_id)`, "empties of app.extra would empty"},
	{"index-led", `CREATE INDEX mails_newest ON app.mails (created_at)`, "app.mails_newest does not begin"},
	{"index-leakproof", `CREATE INDEX mails_to ON app.mails (org_id, lower(recipient))`, "app.mails_to cannot be used"},
	{"index-leakproof", `ALTER TABLE app.mails ADD price numeric; CREATE INDEX mails_price ON app.mails (org_id, price)`, "app.mails_price cannot be used"},
	{"index-leakproof", `ALTER TABLE app.mails ADD extra jsonb; CREATE INDEX mails_extra ON app.mails USING gin (org_id, extra)`, "app.mails_extra cannot be used"},
	{"index-leakproof", `CREATE TYPE app.mood AS ENUM ('good'); ALTER TABLE app.mails ADD mood app.mood; CREATE INDEX mails_mood ON app.mails (org_id, mood)`, "app.mails_mood cannot be used"},
	{"index-leakproof", `CREATE INDEX mails_words ON app.mails USING gin (org_id, subject ext.gin_trgm_ops)`, "app.mails_words cannot be used"},
	{"indexes-valid", `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.mails_pkey'::regclass`, "app.mails_pkey is not valid"},
	{"indexes-differ", `CREATE INDEX mails_again ON app.mails (org_id, id); CREATE INDEX mails_again_too ON app.mails (org_id, id)`, "is the same as"},
}
