package api

import (
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

// records are what a request can name.
type records struct {
	Customer, Property, Sketch, Quote, Job, Payment, Material, Style, Tier, Zone, Key, File, Person id.ID
	Token                                                                                           string // of a quote's link
}

// fixtures are the records that the test kit gives an organization.
func fixtures(o testkit.Org) records {
	key, err := id.Parse("00000000-0000-7000-8000-00000000022" + string("ab"[strings.Index("alphabeta", o.Slug)/5]))
	if err != nil {
		panic(err)
	}
	return records{
		Customer: o.Customer(), Property: o.Property(), Sketch: o.Sketch(), Quote: o.Quote(), Job: o.Job(), Payment: o.Payment(), Material: o.Material(),
		Style: o.Style(), Tier: o.Tier(), Zone: o.Zone(), Key: key, File: o.File(), Person: o.Accountant(), Token: "link%20of%20" + string("ab"[strings.Index("alphabeta", o.Slug)/5]),
	}
}

// nobodys are records that do not exist.
func nobodys() records {
	return records{id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), id.New(), secret.Token()}
}

// sample is a request that an operation carries out, and what its tests need to know of it.
type sample struct {
	path    func(r records) string // names a record, or not
	body    func(r records) string
	media   string                                   // of the body; JSON when empty
	prepare func(t testing.TB, w *world, r *records) // makes the records that the request is about
	want    int                                      // 200 when zero
	secret  bool                                     // the answer is shown once: a repeat is 409
	repeats bool                                     // nothing is kept, so a repeat is a second request
}

func at(format string, pick func(r records) any) func(records) string {
	return func(r records) string { return fmt.Sprintf(format, pick(r)) }
}

func fixed(s string) func(records) string { return func(records) string { return s } }

func customerOf(r records) any { return r.Customer }
func propertyOf(r records) any { return r.Property }
func sketchOf(r records) any   { return r.Sketch }
func quoteOf(r records) any    { return r.Quote }
func tokenOf(r records) any    { return r.Token }
func personOf(r records) any   { return r.Person }

const settled = `{"settings":{"recommended":"premium","discount_bp":500,"not_included":["Rock"]},"answers":{"x":"fine"}}`

// samples has one entry for every operation: an operation without one fails TestEveryOperationIsWatched.
var samples = map[string]sample{
	"login":         {path: fixed("/v1/login"), body: fixed(`{"email":"owner@a.example","password":"four posts and a gate"}`), prepare: givePassword, repeats: true},
	"refresh-token": {path: fixed("/v1/token/refresh"), body: at(`{"refresh_token":"%s"}`, tokenOf), prepare: newSession, repeats: true},
	"logout":        {path: fixed("/v1/logout"), want: 204, repeats: true},

	"get-organization": {path: fixed("/v1/organization")},
	"get-usage":        {path: fixed("/v1/usage")},
	"explain-usage":    {path: fixed("/v1/usage/explain")},
	"get-billing":      {path: fixed("/v1/billing")},

	"list-people":       {path: fixed("/v1/people")},
	"get-person":        {path: at("/v1/people/%s", personOf)},
	"deactivate-person": {path: at("/v1/people/%s/deactivate", personOf), body: at(`{"successor":"%s"}`, func(r records) any { return testkit.A.Admin() }), prepare: newPersonOf},
	"list-invitations":  {path: fixed("/v1/invitations")},
	"invite-person":     {path: fixed("/v1/invitations"), body: fixed(`{"email":"new@a.example","role":"crew"}`), want: 201},

	"list-api-keys":  {path: fixed("/v1/api-keys")},
	"create-api-key": {path: fixed("/v1/api-keys"), body: fixed(`{"name":"Importer","scopes":["customers.write","quotes.read"],"expires_in_days":90}`), want: 201, secret: true},
	"revoke-api-key": {path: at("/v1/api-keys/%s", func(r records) any { return r.Key }), want: 204},

	"list-customers":   {path: fixed("/v1/customers?status=active&q=dana&limit=10")},
	"create-customer":  {path: fixed("/v1/customers"), body: fixed(`{"name":"Ana Li","phone":"512-555-0199","property":{"street":"1 Elm St","zip":"78701"}}`), want: 201},
	"get-customer":     {path: at("/v1/customers/%s", customerOf)},
	"edit-customer":    {path: at("/v1/customers/%s", customerOf), body: fixed(`{"name":"Dana R."}`)},
	"archive-customer": {path: at("/v1/customers/%s/archive", customerOf), prepare: newFolder},
	"restore-customer": {path: at("/v1/customers/%s/restore", customerOf), prepare: newFolder},

	"list-properties":  {path: at("/v1/customers/%s/properties", customerOf)},
	"add-property":     {path: at("/v1/customers/%s/properties", customerOf), body: fixed(`{"street":"2 Elm St","zip":"78701"}`), want: 201},
	"get-property":     {path: at("/v1/properties/%s", propertyOf)},
	"edit-property":    {path: at("/v1/properties/%s", propertyOf), body: fixed(`{"gate_code":"12","has_dog":true}`)},
	"archive-property": {path: at("/v1/properties/%s/archive", propertyOf), prepare: newFolder},
	"restore-property": {path: at("/v1/properties/%s/restore", propertyOf), prepare: newFolder},

	"take-off": {path: fixed("/v1/takeoff"), body: fixed(yard)},
	"price":    {path: fixed("/v1/price"), body: fixed(priced)},
	"roi":      {path: fixed("/v1/roi"), body: fixed(`{"kind":"loan","principal_cents":500000,"apr":0.1,"months":24}`)},

	"list-sketches": {path: at("/v1/properties/%s/sketches", propertyOf)},
	"create-sketch": {path: fixed("/v1/sketches"), body: at(`{"property_id":"%s","name":"Side","layout":`+yard+`}`, propertyOf), want: 201},
	"get-sketch":    {path: at("/v1/sketches/%s", sketchOf)},
	"save-sketch":   {path: at("/v1/sketches/%s", sketchOf), body: fixed(`{"layout":` + yard + `,"extras":{"runs":{"s1":{"name":"Left","measured":true}}}}`)},
	"price-sketch":  {path: at("/v1/sketches/%s/price", sketchOf)},
	"price-drawing": {path: at("/v1/properties/%s/price", propertyOf), body: fixed(`{"layout":` + yard + `}`)},

	"list-quotes":       {path: fixed("/v1/quotes?shelf=accepted")},
	"create-quote":      {path: fixed("/v1/quotes"), body: at(`{"sketch_id":"%s"}`, sketchOf), want: 201},
	"get-quote":         {path: at("/v1/quotes/%s", quoteOf)},
	"edit-draft":        {path: at("/v1/quotes/%s", quoteOf), body: fixed(settled), prepare: newDraft},
	"reprice-draft":     {path: at("/v1/quotes/%s/reprice", quoteOf), prepare: newDraft},
	"send-quote":        {path: at("/v1/quotes/%s/send", quoteOf), body: fixed(`{"copy_link":true}`), prepare: newReady, secret: true},
	"revise-quote":      {path: at("/v1/quotes/%s/revise", quoteOf), prepare: newSent},
	"withdraw-quote":    {path: at("/v1/quotes/%s/withdraw", quoteOf), body: fixed(`{"reason":"They moved"}`), prepare: newSent},
	"extend-quote":      {path: at("/v1/quotes/%s/extend", quoteOf), body: fixed(`{"days":90}`), prepare: newSent},
	"discard-draft":     {path: at("/v1/quotes/%s/discard", quoteOf), prepare: newDraft},
	"copy-link":         {path: at("/v1/quotes/%s/links", quoteOf), body: fixed(`{"recipient_name":"Dana"}`), prepare: newSent, want: 201, secret: true},
	"record-acceptance": {path: at("/v1/quotes/%s/acceptance", quoteOf), body: fixed(`{"option":"premium","name":"Dana Ruiz","note":"Signed on paper"}`), prepare: newSent},
	"get-sent-pdf":      {path: at("/v1/quotes/%s/versions/1/pdf", quoteOf)},
	"get-signed-pdf":    {path: at("/v1/quotes/%s/versions/1/signed-pdf", quoteOf), prepare: plantSigned},

	"open-public-quote":     {path: at("/v1/public/quotes/%s", tokenOf)},
	"view-public-quote":     {path: at("/v1/public/quotes/%s/view", tokenOf), prepare: newSent, want: 204},
	"accept-public-quote":   {path: at("/v1/public/quotes/%s/accept", tokenOf), body: signing, prepare: newSent},
	"decline-public-quote":  {path: at("/v1/public/quotes/%s/decline", tokenOf), body: fixed(`{"reason":"Too dear"}`), prepare: newSent, want: 204},
	"get-public-pdf":        {path: at("/v1/public/quotes/%s/pdf", tokenOf)},
	"get-public-signed-pdf": {path: at("/v1/public/quotes/%s/signed-pdf", tokenOf), prepare: plantSigned},

	"list-jobs": {path: fixed("/v1/jobs?waiting=false")},
	"get-job":   {path: at("/v1/jobs/%s", func(r records) any { return r.Job })},

	"get-job-payments": {path: at("/v1/jobs/%s/payments", func(r records) any { return r.Job })},
	"record-payment":   {path: at("/v1/jobs/%s/payments", func(r records) any { return r.Job }), body: fixed(`{"amount_cents":50000,"method":"check","reference":"1043","day":"2026-01-08"}`), want: 201},
	"request-payment":  {path: at("/v1/jobs/%s/payment-requests", func(r records) any { return r.Job }), body: fixed(`{"amount_cents":50000,"note":"Posts are set"}`), want: 201},
	"list-payments":    {path: fixed("/v1/payments?method=check&from=2026-01-01&to=2026-12-31")},
	"get-payment":      {path: at("/v1/payments/%s", func(r records) any { return r.Payment })},
	"record-refund":    {path: at("/v1/payments/%s/refunds", func(r records) any { return r.Payment }), body: fixed(`{"amount_cents":5000,"note":"Gate was late"}`), want: 201},
	"void-payment":     {path: at("/v1/payments/%s/void", func(r records) any { return r.Payment }), body: fixed(`{"reason":"Another job"}`), prepare: newPayment, want: 201},

	"add-file":        {path: at("/v1/files?job_id=%s&name=a.jpg", func(r records) any { return r.Job }), body: fixed(photo), media: "image/jpeg", want: 201},
	"get-file":        {path: at("/v1/files/%s", func(r records) any { return r.File })},
	"edit-file":       {path: at("/v1/files/%s", func(r records) any { return r.File }), body: fixed(`{"caption":"Posts are set"}`)},
	"remove-file":     {path: at("/v1/files/%s", func(r records) any { return r.File }), prepare: newFileOf, want: 204},
	"list-job-photos": {path: at("/v1/jobs/%s/photos", func(r records) any { return r.Job })},

	"list-materials": {path: fixed("/v1/materials")},
	"add-material":   {path: fixed("/v1/materials"), body: fixed(`{"name":"Steel post","unit":"each","cost_cents":2900,"pack":1}`), want: 201},
	"get-material":   {path: at("/v1/materials/%s", func(r records) any { return r.Material })},
	"edit-material": {path: at("/v1/materials/%s", func(r records) any { return r.Material }),
		body: fixed(`{"name":"Cedar picket","unit":"each","cost_cents":300,"pack":1}`)},

	"list-styles": {path: fixed("/v1/styles")},
	"get-style":   {path: at("/v1/styles/%s", func(r records) any { return r.Style })},
	"copy-style":  {path: at("/v1/styles/%s/copy", func(r records) any { return r.Style }), body: fixed(`{"name":"Pine privacy"}`), want: 201},
	"edit-style":  {path: at("/v1/styles/%s", func(r records) any { return r.Style }), body: styleOf},

	"list-tiers": {path: fixed("/v1/tiers")},
	"get-tier":   {path: at("/v1/tiers/%s", func(r records) any { return r.Tier })},
	"edit-tier": {path: at("/v1/tiers/%s", func(r records) any { return r.Tier }),
		body: at(`{"name":"Premium","style_id":"%s","base_charge_cents":59900,"adjustment_pct":5,"summary":"Better","differences":[],"warranty_years":5}`, func(r records) any { return r.Style })},

	"get-price-settings": {path: fixed("/v1/price-settings")},
	"edit-rates": {path: fixed("/v1/price-settings/rates"), body: fixed(`{"labor":{"rate_cents_per_hour":4300,"per_post_hours":0.75,"per_ft_hours":0.12,"per_gate_hours":2},
		"removal_cents_per_ft":350,"overhead_pct":12,"method":{"kind":"margin","pct":35},"travel":{"free_miles":25,"step_miles":5,"step_cents":350},"minimum_job_cents":0}`)},
	"edit-offer": {path: fixed("/v1/price-settings/offer"), body: fixed(`{"tax":{"mode":"none","rate":0},"deposit_pct":30,"deposit_text":"","validity_days":30,
		"recommended_tier":"premium","included":["Labor"],"not_included":["Rock"],"terms":"","cancellation_notice":""}`)},

	"list-pricing-zones":  {path: fixed("/v1/pricing-zones")},
	"create-pricing-zone": {path: fixed("/v1/pricing-zones"), body: fixed(zoneBody), want: 201},
	"get-pricing-zone":    {path: at("/v1/pricing-zones/%s", func(r records) any { return r.Zone })},
	"edit-pricing-zone":   {path: at("/v1/pricing-zones/%s", func(r records) any { return r.Zone }), body: fixed(zoneBody)},
	"delete-pricing-zone": {path: at("/v1/pricing-zones/%s", func(r records) any { return r.Zone }), prepare: newZoneOf, want: 204},
	"match-pricing-zone":  {path: fixed("/v1/pricing-zones/match?zip=78701")},

	"list-audit-entries": {path: at("/v1/audit-entries?record_type=customer&record_id=%s", customerOf)},
}

const zoneBody = `{"name":"Hill country","factors":{"material_factor":1,"labor_factor":1.2,"equipment_factor":1},"members":[{"kind":"zip3","low":"786"}]}`

const priced = `{"layout":` + yard + `,"prices":{"items":{"picket":{"cost_cents":285},"rail":{"cost_cents":525},"screw":{"cost_cents":3400,"pack":500},
	"gate_picket":{"cost_cents":285},"post_line":{"cost_cents":1250},"post_end":{"cost_cents":1250},"post_corner":{"cost_cents":1250},"post_gate":{"cost_cents":3800},
	"gate_kit":{"cost_cents":6500},"concrete_bag":{"cost_cents":620}}},"method":{"kind":"margin","pct":35}}`

// styleOf is the fixture's style with what is bought for each item.
func styleOf(r records) string {
	var items strings.Builder
	for i, item := range []string{"picket", "rail", "screw", "gate_picket", "post_line", "post_end", "post_corner", "post_tee", "post_gate", "gate_kit", "concrete_bag"} {
		if i > 0 {
			items.WriteString(",")
		}
		fmt.Fprintf(&items, "%q:%q", item, r.Material)
	}
	return `{"name":"Cedar","document":{"kind":"wood","height_ft":6},"materials":{` + items.String() + `}}`
}

func givePassword(t testing.TB, w *world, _ *records) {
	t.Helper()
	hash, err := secret.NewTestPasswords().Hash(t.Context(), "four posts and a gate")
	if err != nil {
		t.Fatal(err)
	}
	w.Exec(t, `UPDATE app.users SET password_hash = $1 WHERE role = 'owner' AND org_id = $2`, hash, testkit.A.ID)
}

// newSession is a program that logged in; its refresh token stands for the record.
func newSession(t testing.TB, w *world, r *records) {
	t.Helper()
	givePassword(t, w, r)
	r.Token = read[tokens](t, w.send(t, request{method: "POST", path: "/v1/login", body: `{"email":"owner@a.example","password":"four posts and a gate"}`}), 200).RefreshToken
}

func newFolder(t testing.TB, w *world, r *records) {
	t.Helper()
	made := read[createdCustomer](t, w.as(t, "POST", "/v1/customers", `{"name":"Ana Li","property":{"street":"1 Elm St","zip":"78701"}}`), 201)
	r.Customer, r.Property = made.ID, made.Property.ID
}

// newPersonOf is somebody for whom a lead and a visit wait.
func newPersonOf(t testing.TB, w *world, r *records) {
	t.Helper()
	r.Person = id.New()
	w.Exec(t, `INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at) VALUES ($1, $2, 'Kim Cruz', $2::uuid || '@a.example', 'crew', 'unset', '2026-01-05')`, testkit.A.ID, r.Person)
	w.Exec(t, `UPDATE app.usage_levels SET used = used + 1 WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
	w.Exec(t, `INSERT INTO app.leads (org_id, id, state, name, assigned_to, created_at, updated_at) VALUES ($1, gen_random_uuid(), 'new', 'Dana Ruiz', $2, '2026-01-05', '2026-01-05')`, testkit.A.ID, r.Person)
	w.Exec(t, `INSERT INTO app.appointments (org_id, id, kind, state, assignee_id, starts_at, ends_at, time_zone, created_at, updated_at)
		VALUES ($1, gen_random_uuid(), 'site_visit', 'confirmed', $2, '2099-01-01', '2099-01-02', 'America/Chicago', '2026-01-05', '2026-01-05')`, testkit.A.ID, r.Person)
}

func newZoneOf(t testing.TB, w *world, r *records) {
	t.Helper()
	r.Zone = read[zone](t, w.as(t, "POST", "/v1/pricing-zones", zoneBody), 201).ID
}

// photo is a picture of one gray pixel.
var photo = func() string {
	var b strings.Builder
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)), nil); err != nil {
		panic(err)
	}
	return b.String()
}()

func newFileOf(t testing.TB, w *world, r *records) {
	t.Helper()
	made := w.send(t, request{method: "POST", path: "/v1/files?job_id=" + r.Job.String(), token: w.token(t, testkit.A, identity.Owner), media: "image/jpeg", body: photo})
	r.File = read[file](t, made, 201).ID
}

// newPayment is a payment of which nothing was given back.
func newPayment(t testing.TB, w *world, r *records) {
	t.Helper()
	r.Payment = read[ledgerEntry](t, w.as(t, "POST", "/v1/jobs/"+r.Job.String()+"/payments", `{"amount_cents":10000,"method":"cash"}`), 201).ID
}

func newDraft(t testing.TB, w *world, r *records) {
	t.Helper()
	r.Quote = read[quoteChanged](t, w.as(t, "POST", "/v1/quotes", `{"sketch_id":"`+testkit.A.Sketch().String()+`"}`), 201).ID
}

// newReady is a draft whose checks are all answered.
func newReady(t testing.TB, w *world, r *records) {
	t.Helper()
	newDraft(t, w, r)
	got := read[quote](t, w.as(t, "GET", "/v1/quotes/"+r.Quote.String(), ""), 200)
	answers := ""
	for _, c := range got.Checks {
		answers += fmt.Sprintf(",%q:%q", c.Key, "Seen")
	}
	body := `{"settings":{"not_included":["Rock"]},"answers":{` + strings.TrimPrefix(answers, ",") + `}}`
	read[quoteChanged](t, w.as(t, "PATCH", "/v1/quotes/"+r.Quote.String(), body, "If-Match", `"1"`), 200)
}

func newSent(t testing.TB, w *world, r *records) {
	t.Helper()
	newReady(t, w, r)
	sent := read[sentQuote](t, w.as(t, "POST", "/v1/quotes/"+r.Quote.String()+"/send", `{"copy_link":true}`, "If-Match", `"2"`), 200)
	r.Token = sent.Links[0].URL[strings.LastIndex(sent.Links[0].URL, "/")+1:]
}

// signing accepts what the link of the records shows. Of records that show nothing it accepts nothing.
func signing(r records) string {
	return `{"option":"premium","total_cents":0,"document_hash":"` + strings.Repeat("0", 64) + `","consent":true,"name":"Dana Ruiz","signature":{"kind":"typed"}}`
}

func plantSigned(t testing.TB, w *world, _ *records) {
	t.Helper()
	w.Exec(t, `INSERT INTO app.quote_documents (org_id, id, quote_id, version_id, kind, sha256, bytes, created_at)
		SELECT org_id, gen_random_uuid(), quote_id, version_id, 'signed', sha256, bytes, created_at FROM app.quote_documents WHERE kind = 'sent' AND quote_id = $1
		ON CONFLICT DO NOTHING`, testkit.A.Quote())
}

// TestEveryOperationIsWatched fails when an operation has no sample, no access, or no name for people.
func TestEveryOperationIsWatched(t *testing.T) {
	t.Parallel()
	a := Mount(http.NewServeMux(), Services{}, Options{})
	seen := map[string]bool{}
	for _, o := range a.operations {
		if seen[o.OperationID] {
			t.Errorf("two operations are called %s", o.OperationID)
		}
		seen[o.OperationID] = true
		if !o.access.named() {
			t.Errorf("%s names no permission and no reason to be open", o.OperationID)
		}
		if o.access.needs != "" && !slices.Contains(tenancy.Permissions, o.access.needs) {
			t.Errorf("%s needs the unknown permission %q", o.OperationID, o.access.needs)
		}
		if _, found := samples[o.OperationID]; !found {
			t.Errorf("%s has no sample: nothing shows that it keeps organizations apart", o.OperationID)
		}
		if !strings.HasSuffix(o.Summary, ".") {
			t.Errorf("%s: summary %q is no sentence", o.OperationID, o.Summary)
		}
	}
	for name := range samples {
		if !seen[name] {
			t.Errorf("sample %s is of no operation", name)
		}
	}
	t.Logf("%d operations", len(a.operations))
}

func TestAnOperationWithoutAccessDoesNotRegister(t *testing.T) {
	t.Parallel()
	a := Mount(http.NewServeMux(), Services{}, Options{})
	defer func() {
		if recover() == nil {
			t.Error("an operation without access was registered")
		}
	}()
	register(a, route{pattern: "GET /v1/x", name: "x"}, access{}, organization{}.get)
}

// of is the request of a sample about some records.
func (w *world) of(t testing.TB, o *operation, s sample, r records) request {
	t.Helper()
	in := request{method: o.Method, path: s.path(r), media: s.media, header: map[string]string{}}
	if s.body != nil {
		in.body = s.body(r)
	}
	if o.access.open == "" {
		in.token = w.token(t, testkit.A, identity.Owner)
	}
	if o.Method == http.MethodPost {
		in.header["Idempotency-Key"] = fmt.Sprint("sample ", keys.Add(1))
	}
	return in
}

// takesVersion tells whether an operation asks for If-Match.
func (o *operation) takesVersion() bool {
	return slices.ContainsFunc(o.Parameters, func(p *humaParam) bool { return p.Name == "If-Match" })
}

func (w *world) prepared(t testing.TB, s sample) records {
	t.Helper()
	r := fixtures(testkit.A)
	if s.prepare != nil {
		s.prepare(t, w, &r)
	}
	return r
}

// match adds the version that a record has now.
func (w *world) match(t testing.TB, o *operation, in *request) {
	t.Helper()
	if !o.takesVersion() {
		return
	}
	path := in.path
	switch {
	case strings.HasPrefix(path, "/v1/price-settings/"):
		path = "/v1/price-settings"
	case strings.HasPrefix(path, "/v1/quotes/"), strings.HasPrefix(path, "/v1/people/"):
		path = strings.Join(strings.Split(path, "/")[:4], "/")
	}
	got := w.send(t, request{method: "GET", path: path, token: in.token})
	if got.header.Get("ETag") == "" {
		t.Fatalf("GET %s answers %d without ETag: %s", path, got.status, got.body)
	}
	in.header["If-Match"] = got.header.Get("ETag")
}

// finished fills in what only the server can tell.
func (w *world) finished(t testing.TB, o *operation, in request) request {
	t.Helper()
	w.match(t, o, &in)
	if o.OperationID == "accept-public-quote" {
		shown := read[publicQuote](t, w.send(t, request{method: "GET", path: strings.TrimSuffix(in.path, "/accept")}), 200)
		option, _ := shown.Document.Option("premium")
		in.body = strings.Replace(in.body, `"total_cents":0`, fmt.Sprintf(`"total_cents":%d`, option.TotalCents), 1)
		in.body = strings.Replace(in.body, strings.Repeat("0", 64), shown.DocumentHash, 1)
	}
	return in
}

func encoded(o testkit.Org) string { return base64.RawURLEncoding.EncodeToString(o.ID[:]) }
