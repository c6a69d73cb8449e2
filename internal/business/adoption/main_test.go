package adoption_test

import (
	"bytes"
	"os"
	"testing"
	_ "time/tzdata"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/adoption"
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/postal"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const someZIPs = "10001\tNew York\tNY\tNew York\t40.7484\t-73.9967\tAmerica/New_York\n" +
	"78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n"

// bundle is a database with the operations on it and the platform acting for A.
type bundle struct {
	*testkit.Database
	s *adoption.Service
	a tenancy.Actor
}

func setup(t *testing.T) *bundle {
	t.Helper()
	d := testkit.NewDatabase(t)
	zips, err := postal.Load([]byte(someZIPs))
	if err != nil {
		t.Fatal(err)
	}
	return &bundle{Database: d, s: &adoption.Service{DB: d.App, CRM: crm.New(d.App, zips)}, a: platform(t, d, testkit.A)}
}

func platform(t *testing.T, d *testkit.Database, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), d.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func input(from string) adoption.Input {
	return adoption.Input{From: from, Schema: "public", Label: "old", BatchRows: 250}
}

// line is any line of a report.
type line struct {
	Source  string
	Tables  map[string]adoption.TableMap
	Table   string
	Key     string
	Outcome adoption.Outcome
	ID      string
	Notes   []adoption.Note
	Like    string
	Row     map[string]any
	Here    string
}

func (l *line) why(column string) string {
	for _, n := range l.Notes {
		if n.Column == column {
			return n.Why
		}
	}
	return ""
}

func lines(t *testing.T, report *bytes.Buffer) []line {
	t.Helper()
	var all []line
	for _, text := range bytes.Split(bytes.TrimSpace(report.Bytes()), []byte("\n")) {
		var l line
		if err := json.Unmarshal(text, &l, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("report: %v\n%s", err, text)
		}
		all = append(all, l)
	}
	return all
}

func (b *bundle) preview(t *testing.T, in adoption.Input) (adoption.Summary, []line) {
	t.Helper()
	var report bytes.Buffer
	sum, err := b.s.Preview(t.Context(), b.a, in, adoption.Watch{Report: &report})
	if err != nil {
		t.Fatal(err)
	}
	return sum, lines(t, &report)
}

func (b *bundle) adopt(t *testing.T, in adoption.Input) (adoption.Summary, []line) {
	t.Helper()
	var report bytes.Buffer
	sum, err := b.s.Adopt(t.Context(), b.a, in, adoption.Watch{Report: &report})
	if err != nil {
		t.Fatal(err)
	}
	return sum, lines(t, &report)
}

// wantEqual fails unless every table is as it came.
func wantEqual(t *testing.T, sum adoption.Summary) {
	t.Helper()
	if len(sum.Compared) != 7 {
		t.Fatalf("%d tables were compared, want 7", len(sum.Compared))
	}
	for _, c := range sum.Compared {
		if !c.Equal() || c.There != c.Here {
			t.Errorf("%s: %d rows %s came, %d rows %s are here; %d missing, %d more, %d different, %d edited",
				c.Table, c.There.Rows, c.There, c.Here.Rows, c.Here, c.Missing, c.More, c.Different, c.Edited)
		}
	}
}

func wantRefused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if f := fault.As(err); err == nil || f.Code != code {
		t.Errorf("%s: %v, want fault %q", what, err, code)
	}
}
