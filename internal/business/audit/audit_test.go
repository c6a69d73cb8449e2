package audit_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func person(t *testing.T, d *testkit.Database, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), d.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Owner(), "Olive Owner", "owner", tenancy.Permissions).WithRequest(tenancy.Request{ID: "request-7"})
}

type fence struct {
	Height int `json:"height"`
}

func record(t *testing.T, d *testkit.Database, a tenancy.Actor, deed audit.Deed) {
	t.Helper()
	if err := d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error { return audit.Record(tx, a, deed) }); err != nil {
		t.Error(err)
	}
}

func TestDeedsStandOnTheTimelineOfTheirRecord(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, gate := person(t, d, testkit.A), id.New()
	d.Untouched(t, testkit.B, func() {
		record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: gate, After: fence{6}})
		record(t, d, a, audit.Deed{Action: "gate.changed", RecordType: "gate", RecordID: gate, Before: fence{6}, After: fence{8}})
		record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()})
	})
	var line, foreign []audit.Entry
	for _, of := range []struct {
		a   tenancy.Actor
		dst *[]audit.Entry
	}{{a, &line}, {person(t, d, testkit.B), &foreign}} {
		if _, err := d.App.Read(t.Context(), of.a.Tenant(), func(r *pg.Reading) { audit.QueueTimeline(r, of.a.Tenant(), "gate", gate, of.dst) }); err != nil {
			t.Fatal(err)
		}
	}
	if len(line) != 2 || line[0].Action != "gate.changed" || line[0].ActorName != "Olive Owner" || line[0].Before["height"] != 6.0 || line[0].After["height"] != 8.0 {
		t.Errorf("timeline %+v, want the change before the making, with both sides", line)
	}
	if len(foreign) != 0 {
		t.Errorf("B reads %d entries of A's record", len(foreign))
	}
}

func TestChainHoldsUnderConcurrency(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()}) })
	}
	wg.Wait()
	if n, err := audit.Verify(t.Context(), d.App, a); err != nil || n != 41 {
		t.Errorf("%d entries, %v, want 41 and the fixture's among them", n, err)
	}
}

func TestDeedThatFailsLeavesNoEntry(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A)
	d.Untouched(t, testkit.A, func() {
		err := d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
			if err := audit.Record(tx, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()}); err != nil {
				return err
			}
			return fault.Missing()
		})
		if !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// Whoever changes the log behind our back is found out, wherever they change it.
func TestTamperingIsNoticed(t *testing.T) {
	t.Parallel()
	for what, step := range map[string]struct{ sql, says string }{
		"a word changed":          {`UPDATE app.audit_entries SET content = replace(content, 'gate.made', 'gate.mode') WHERE org_id = $1 AND seq = 3`, "entry 3 does not follow"},
		"a word and its hash":     {`UPDATE app.audit_entries SET content = content || ' ', hash = sha256(convert_to(content || ' ', 'UTF8')) WHERE org_id = $1 AND seq = 3`, "entry 3 does not follow"},
		"an entry taken out":      {`DELETE FROM app.audit_entries WHERE org_id = $1 AND seq = 3`, "entry 4 does not follow"},
		"the last ones cut off":   {`DELETE FROM app.audit_entries WHERE org_id = $1 AND seq >= 4`, "end at 3 and the head is at 5"},
		"two exchanged":           {`UPDATE app.audit_entries SET seq = CASE seq WHEN 3 THEN 4 ELSE 3 END + 100 WHERE org_id = $1 AND seq IN (3, 4)`, "entry 5 does not follow"},
		"filed under another":     {`UPDATE app.audit_entries SET record_id = org_id WHERE org_id = $1 AND seq = 3`, "entry 3 is filed under another"},
		"moved in time":           {`UPDATE app.audit_entries SET at = at - interval '1 day' WHERE org_id = $1 AND seq = 3`, "entry 3 is filed under another"},
		"the first one forgotten": {`DELETE FROM app.audit_entries WHERE org_id = $1 AND seq = 1`, "entry 2 does not follow"},
		"one bit of a hash":       {`UPDATE app.audit_entries SET hash = set_byte(hash, 7, get_byte(hash, 7) # 1) WHERE org_id = $1 AND seq = 3`, "entry 3 does not follow"},
		"one put at the end": {`INSERT INTO app.audit_entries (org_id, seq, at, record_type, record_id, content, hash)
			SELECT org_id, 6, at, record_type, record_id, content, sha256(hash || convert_to(content, 'UTF8')) FROM app.audit_entries WHERE org_id = $1 AND seq = 5`, "entry 6 stands behind the head at 5"},
		"the head moved": {`UPDATE app.audit_heads SET hash = sha256('x') WHERE org_id = $1`, "is not the one that the head names"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDatabase(t)
			a := person(t, d, testkit.A)
			for range 4 {
				record(t, d, a, audit.Deed{Action: "gate.made", RecordType: "gate", RecordID: id.New()})
			}
			if n, err := audit.Verify(t.Context(), d.App, a); err != nil || n != 5 {
				t.Fatalf("before: %d, %v", n, err)
			}
			d.Exec(t, step.sql, testkit.A.ID)
			if _, err := audit.Verify(t.Context(), d.App, a); err == nil || !strings.Contains(err.Error(), step.says) {
				t.Errorf("got %v, want it to say %q", err, step.says)
			}
			if _, err := audit.Verify(t.Context(), d.App, person(t, d, testkit.B)); err != nil {
				t.Errorf("B's own chain: %v", err)
			}
		})
	}
}

func TestServingRoleCannotChangeTheLog(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A)
	for _, sql := range []string{
		`UPDATE app.audit_entries SET content = '{}' WHERE org_id = $1`, `DELETE FROM app.audit_entries WHERE org_id = $1`, `DELETE FROM app.audit_heads WHERE org_id = $1`,
	} {
		err := d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error { _, err := tx.Exec(sql, testkit.A.ID); return err })
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v, want permission denied", sql, err)
		}
	}
}

func TestVerifyTakesTheRight(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A).As(tenancy.Person, testkit.A.Crew(), "Carl", "crew", []tenancy.Permission{tenancy.JobsRead})
	if _, err := audit.Verify(t.Context(), d.App, a); !fault.Is(err, fault.Forbidden) {
		t.Errorf("crew: %v, want forbidden", err)
	}
}
