package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func list(t *testing.T, d *testkit.Database, a tenancy.Actor, f audit.Filter) audit.Page {
	t.Helper()
	page, err := audit.List(t.Context(), d.App, a, f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	return page
}

func TestLogIsFoundByPersonRecordActionAndTime(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	owner, gate := person(t, d, testkit.A), id.New()
	crew := owner.As(tenancy.Person, testkit.A.Crew(), "Carl Crew", "crew", nil)
	key := owner.As(tenancy.Key, id.New(), "Importer", "owner", nil)
	key.UserID, key.Behalf = testkit.A.Owner(), "Olive Owner"
	for _, step := range []struct {
		a tenancy.Actor
		audit.Deed
	}{
		{owner, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: gate}},
		{crew, audit.Deed{Action: "gate.changed", RecordType: "gate", RecordID: gate}},
		{key, audit.Deed{Action: "gate.changed", RecordType: "gate", RecordID: id.New()}},
		{owner, audit.Deed{Action: "post.made", RecordType: "post", RecordID: id.New()}},
	} {
		record(t, d, step.a, step.Deed)
		d.Advance(t, time.Hour)
	}
	made := list(t, d, owner, audit.Filter{Action: "gate.made"}).Entries[0].At
	for what, c := range map[string]struct {
		audit.Filter
		want string
	}{
		"everything":        {audit.Filter{}, "5 4 3 2 1"},
		"a person":          {audit.Filter{Person: testkit.A.Crew()}, "3"},
		"on behalf, too":    {audit.Filter{Person: testkit.A.Owner()}, "5 4 2"},
		"a kind of record":  {audit.Filter{RecordType: "gate"}, "4 3 2"},
		"a record":          {audit.Filter{RecordType: "gate", RecordID: gate}, "3 2"},
		"an action":         {audit.Filter{Action: "gate.changed"}, "4 3"},
		"from":              {audit.Filter{From: made.Add(90 * time.Minute)}, "5 4"},
		"to":                {audit.Filter{To: made.Add(90 * time.Minute)}, "3 2 1"},
		"all of it at once": {audit.Filter{Person: testkit.A.Owner(), RecordType: "gate", Action: "gate.changed", From: made}, "4"},
		"of another":        {audit.Filter{Person: testkit.B.Owner()}, ""},
	} {
		var got []string
		for _, e := range list(t, d, owner, c.Filter).Entries {
			got = append(got, fmt.Sprint(e.Seq))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: entries %q, want %q", what, s, c.want)
		}
	}
	byKey := list(t, d, owner, audit.Filter{Action: "gate.changed"}).Entries[0]
	if byKey.ActorKind != "api_key" || byKey.ActorName != "Importer" || byKey.Behalf != "Olive Owner" || byKey.BehalfID != testkit.A.Owner().String() {
		t.Errorf("a key's deed reads %+v, want both actors", byKey)
	}
}

func TestLogIsPagedWithoutGapsWhileItGrows(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A)
	for range 6 {
		record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()})
	}
	var seen []string
	for f := (audit.Filter{Limit: 3}); ; {
		page := list(t, d, a, f)
		for _, e := range page.Entries {
			seen = append(seen, fmt.Sprint(e.Seq))
		}
		if f.After = page.Next; f.After == "" {
			break
		}
		record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()})
	}
	if got := strings.Join(seen, " "); got != "7 6 5 4 3 2 1" {
		t.Errorf("paged %s", got)
	}
	for _, f := range []audit.Filter{
		{After: "x"}, {After: "0"}, {After: "-1"}, {RecordType: strings.Repeat("x", 61)}, {Action: strings.Repeat("x", 61)},
		{From: time.Unix(2, 0), To: time.Unix(2, 0)},
	} {
		if _, err := audit.List(t.Context(), d.App, a, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v, want invalid", f, err)
		}
	}
	crew := a.As(tenancy.Person, testkit.A.Crew(), "Carl", "crew", []tenancy.Permission{tenancy.JobsRead})
	if _, err := audit.List(t.Context(), d.App, crew, audit.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("crew: %v, want forbidden", err)
	}
}

func TestProofNamesTheFirstWrongEntry(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A)
	for range 4 {
		record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()})
	}
	d.Untouched(t, testkit.A, func() {
		if p, err := audit.Prove(t.Context(), d.App, a); err != nil || p.Broken != 0 || p.First != 1 || p.Last != 5 || p.UpTo.IsZero() {
			t.Errorf("a good chain: %+v, %v", p, err)
		}
	})
	d.Exec(t, `UPDATE app.audit_entries SET content = replace(content, 'gate.made', 'gate.mode') WHERE org_id = $1 AND seq = 3`, testkit.A.ID)
	if p, err := audit.Prove(t.Context(), d.App, a); err != nil || p.Broken != 3 || p.Last != 2 || !strings.Contains(p.Says, "entry 3") {
		t.Errorf("a broken chain: %+v, %v, want entry 3", p, err)
	}
	crew := a.As(tenancy.Person, testkit.A.Crew(), "Carl", "crew", nil)
	if _, err := audit.Prove(t.Context(), d.App, crew); !fault.Is(err, fault.Forbidden) {
		t.Errorf("crew: %v, want forbidden", err)
	}
}

func export(t *testing.T, d *testkit.Database, a tenancy.Actor, f audit.Filter, format audit.Format) (string, int64, error) {
	t.Helper()
	var b bytes.Buffer
	var told int64
	err := audit.Export(t.Context(), d.App, a, f, format, func(n int64) io.Writer { told = n; return &b })
	return b.String(), told, err
}

// onEnterprise has the feature of exporting the log.
func onEnterprise(t *testing.T, d *testkit.Database) tenancy.Actor {
	t.Helper()
	d.Exec(t, `UPDATE app.organizations SET plan = 'enterprise' WHERE org_id = $1`, testkit.A.ID)
	return person(t, d, testkit.A)
}

// TestExportProvesTheChainByItself: who keeps the file can prove it without us.
func TestExportProvesTheChainByItself(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := onEnterprise(t, d)
	for range 3 {
		record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New(), After: fence{6}})
	}
	var text string
	d.Untouched(t, testkit.B, func() {
		var told int64
		var err error
		if text, told, err = export(t, d, a, audit.Filter{}, audit.JSONLines); err != nil || told != 4 {
			t.Fatalf("told %d entries, %v, want 4", told, err)
		}
	})
	var last []byte
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for n, line := range lines {
		var e struct {
			Seq   int            `json:"seq"`
			Hash  string         `json:"hash"`
			Entry jsontext.Value `json:"entry"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(append(last, e.Entry...))
		if last = sum[:]; e.Seq != n+1 || hex.EncodeToString(last) != e.Hash {
			t.Errorf("line %d does not follow", n+1)
		}
	}
	if len(lines) != 4 || strings.Contains(text, testkit.Sentinel) {
		t.Errorf("%d lines, want 4 and nothing of B:\n%s", len(lines), text)
	}
	if e := list(t, d, a, audit.Filter{Action: "audit.exported"}).Entries; len(e) != 1 || e[0].After["entries"] != 4.0 || e[0].After["format"] != "jsonl" {
		t.Errorf("the log says of the export: %+v", e)
	}
}

// TestExportForSpreadsheetsHasNoFormulas is S17 for what a person may be called.
func TestExportForSpreadsheetsHasNoFormulas(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := onEnterprise(t, d)
	evil := a
	evil.Name = `=HYPERLINK("http://x.example";"open")`
	record(t, d, evil, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New(), After: map[string]string{"name": "=1+1"}})
	text, _, err := export(t, d, a, audit.Filter{RecordType: "gate"}, audit.CSV)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v:\n%s", len(rows), err, text)
	}
	if rows[1][2] != "'"+evil.Name {
		t.Errorf("who is written %q", rows[1][2])
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet calculates %q", cell)
			}
		}
	}
}

func TestExportTakesRightPlanAndForm(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	growth := person(t, d, testkit.A)
	d.Untouched(t, testkit.A, func() {
		if _, _, err := export(t, d, growth, audit.Filter{}, audit.CSV); fault.As(err).Code != "feature-not-in-plan" {
			t.Errorf("on growth: %v, want feature-not-in-plan", err)
		}
		for what, p := range map[string]tenancy.Permission{"without the right to export": tenancy.AuditRead, "without the log": tenancy.DataExport} {
			a := growth.As(tenancy.Person, testkit.A.Admin(), "Ann", "admin", []tenancy.Permission{p})
			if _, _, err := export(t, d, a, audit.Filter{}, audit.CSV); !fault.Is(err, fault.Forbidden) || fault.As(err).Code != "forbidden" {
				t.Errorf("%s: %v, want forbidden", what, err)
			}
		}
	})
	a := onEnterprise(t, d)
	d.Untouched(t, testkit.A, func() {
		if _, _, err := export(t, d, a, audit.Filter{}, "xlsx"); !fault.Is(err, fault.Invalid) {
			t.Errorf("another form: %v, want invalid", err)
		}
		viewing := a
		viewing.ViewsAs = "admin"
		if _, _, err := export(t, d, viewing, audit.Filter{}, audit.CSV); fault.As(err).Code != "viewing-as" {
			t.Errorf("while viewing: %v, want viewing-as", err)
		}
	})
}
