package support_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

// The whole of it, with the second company watching: asked, granted, gone in, looked, ended, and out.
func TestOperatorSeesACompanyWithItsOwnersLeave(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		access := w.asked(t, false)
		if mails := testkit.Values[string](t, w.Database, `SELECT recipient || ': ' || subject FROM app.mails WHERE org_id = $1 AND kind = 'support'`, testkit.A.ID); !slices.Equal(mails, []string{"owner@a.example: Fence support asks to see " + w.owner(t).Org.Name}) {
			t.Errorf("mailed %v", mails)
		}
		if l := w.line(t, access); l.Standing() != "asked" || l.Host != "alpha" || l.ExpiresAt != nil {
			t.Errorf("the operator sees %+v", l)
		}
		page, err := w.support.List(t.Context(), w.owner(t), "")
		if err != nil || len(page.Open) != 1 || page.Open[0].OperatorName != "Olivia Reyes" || page.Open[0].Standing(page.Now) != "asked" {
			t.Fatalf("the owner sees %+v, %v", page.Open, err)
		}
		given, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: access, Minutes: 30})
		if err != nil || given.ExpiresAt.Sub(*given.DecidedAt) != 30*time.Minute {
			t.Fatalf("granted %+v, %v", given, err)
		}
		if running, err := w.support.Running(t.Context(), w.person(t, testkit.A, testkit.A.Crew(), identity.Crew)); err != nil || len(running) != 1 {
			t.Errorf("the crew is told of %+v, %v", running, err)
		}
		_, who := w.inside(t, access)
		a := w.mustBe(t, who)
		if a.Kind != tenancy.Support || a.ID != w.olivia.ID || a.UserID != testkit.A.Owner() || a.Behalf == "" || a.Support.Writes || a.Org.ID != testkit.A.ID {
			t.Errorf("inside she is %+v", a)
		}
		if err := w.support.NoteView(t.Context(), a, "GET /customers"); err != nil {
			t.Fatal(err)
		}
		if err := w.support.End(t.Context(), w.person(t, testkit.A, testkit.A.Admin(), identity.Admin), access); err != nil {
			t.Fatal(err)
		}
		_, err = who()
		wantFault(t, "after the end, elsewhere", err, fault.Unauthenticated, "unauthenticated")
		wantFault(t, "a view after the end", w.support.NoteView(t.Context(), a, "GET /customers"), fault.Unauthenticated, "unauthenticated")
		if got, want := w.deeds(t, access), []string{"support.asked", "support.granted", "support.entered", "support.viewed", "support.ended"}; !slices.Equal(got, want) {
			t.Errorf("the log has %v, want %v", got, want)
		}
		if l := w.line(t, access); l.Standing() != "ended" {
			t.Errorf("the operator sees %+v", l)
		}
	})
	log, err := audit.List(t.Context(), w.App, w.owner(t), audit.Filter{Action: "support.viewed"})
	if err != nil || len(log.Entries) != 1 {
		t.Fatalf("%+v, %v", log.Entries, err)
	}
	if e := log.Entries[0]; e.ActorName != "Olivia Reyes" || e.ActorID != w.olivia.ID || e.Behalf != "Sam Owner" && e.BehalfID != testkit.A.Owner().String() || e.After["page"] != "GET /customers" {
		t.Errorf("the view stands in the log as %+v: want both people", e)
	}
	if said := w.log.String(); strings.Contains(said, "Olivia") || strings.Contains(said, "mailed") || !strings.Contains(said, "support granted") {
		t.Errorf("the platform's log says: %s", said)
	}
}

func TestQuestionsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	good := support.AskInput{Address: "alpha", Purpose: "Find out why a quote was not mailed", Minutes: 60}
	w.Untouched(t, testkit.A, func() {
		for what, change := range map[string]func(*support.AskInput){
			"no purpose":     func(in *support.AskInput) { in.Purpose = "" },
			"a short one":    func(in *support.AskInput) { in.Purpose = "look      " },
			"a long one":     func(in *support.AskInput) { in.Purpose = strings.Repeat("why ", 51) },
			"a hidden one":   func(in *support.AskInput) { in.Purpose = "Find out\u202e why a quote" },
			"too long":       func(in *support.AskInput) { in.Minutes = 241 },
			"too short":      func(in *support.AskInput) { in.Minutes = 4 },
			"nobody":         func(in *support.AskInput) { in.Address = "nobody" },
			"no address":     func(in *support.AskInput) { in.Address = "" },
			"part of a name": func(in *support.AskInput) { in.Address = "alph" },
			"a pattern":      func(in *support.AskInput) { in.Address = "%" },
		} {
			in := good
			change(&in)
			_, err := w.support.Ask(t.Context(), w.olivia, request, in)
			wantFault(t, what, err, fault.Invalid, "invalid-input")
		}
	})
	for _, address := range []string{"alpha", " Alpha ", "alpha.fence.localhost", "alpha.fence.localhost:8080", "http://alpha.fence.localhost:8080/customers?q=1"} {
		if c, err := w.support.FindCompany(t.Context(), address); err != nil || c.Host != "alpha" {
			t.Errorf("%q finds %+v, %v", address, c, err)
		}
	}
}

func TestOlderQuestionIsReplaced(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first := w.asked(t, false)
	second := w.asked(t, true)
	if a, b := w.line(t, first), w.line(t, second); a.Standing() != "withdrawn" || b.Standing() != "asked" {
		t.Errorf("first %s, second %s", a.Standing(), b.Standing())
	}
	_, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: first, Minutes: 5})
	wantFault(t, "granting the first", err, fault.Conflict, "support-not-open")
	keyed := request
	keyed.IdempotencyKey = "once"
	in := support.AskInput{Address: "alpha", Purpose: "Find out why a quote was not mailed", Minutes: 60}
	one, err := w.support.Ask(t.Context(), w.oscar, keyed, in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.support.Ask(t.Context(), w.oscar, keyed, in); err != nil || again != one {
		t.Errorf("sent again it is %s, %v, want %s", again, err, one)
	}
}

// Only an owner in person grants; whoever may see it ends it.
func TestOnlyTheOwnerGrants(t *testing.T) {
	t.Parallel()
	w := setup(t)
	access := w.asked(t, false)
	roles := map[identity.Role]id.ID{identity.Admin: testkit.A.Admin(), identity.Office: testkit.A.Office(), identity.Estimator: testkit.A.Estimator(), identity.Crew: testkit.A.Crew(), identity.Accountant: testkit.A.Accountant()}
	w.Untouched(t, testkit.A, func() {
		for role, who := range roles {
			a := w.person(t, testkit.A, who, role)
			_, err := w.support.Grant(t.Context(), a, support.GrantInput{ID: access, Minutes: 30})
			wantFault(t, string(role)+" grants", err, fault.Forbidden, "forbidden")
			wantFault(t, string(role)+" refuses", w.support.Refuse(t.Context(), a, access), fault.Forbidden, "forbidden")
		}
		key := w.owner(t)
		key.Kind = tenancy.Key
		_, err := w.support.Grant(t.Context(), key, support.GrantInput{ID: access, Minutes: 30})
		wantFault(t, "an owner's key grants", err, fault.Forbidden, "forbidden")
		viewing := w.owner(t)
		viewing.ViewsAs = "admin"
		_, err = w.support.Grant(t.Context(), viewing, support.GrantInput{ID: access, Minutes: 30})
		wantFault(t, "an owner who views as admin grants", err, fault.Forbidden, "viewing-as")
		_, err = w.support.Grant(t.Context(), w.visitor(t, testkit.A), support.GrantInput{ID: access, Minutes: 30})
		wantFault(t, "a visitor grants", err, fault.Unauthenticated, "unauthenticated")
		for _, minutes := range []int{0, 4, 61, 240, 241, -60} {
			_, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: access, Minutes: minutes})
			wantFault(t, fmt.Sprint(minutes, " minutes of 60"), err, fault.Invalid, "invalid-input")
		}
		// The other company's owner, and a question of nobody: one answer.
		other := w.person(t, testkit.B, testkit.B.Owner(), identity.Owner)
		_, err = w.support.Grant(t.Context(), other, support.GrantInput{ID: access, Minutes: 30})
		_, random := w.support.Grant(t.Context(), other, support.GrantInput{ID: id.New(), Minutes: 30})
		wantFault(t, "the other company's owner grants", err, fault.NotFound, "not-found")
		if err.Error() != random.Error() {
			t.Errorf("another's question: %v, nobody's: %v", err, random)
		}
		wantFault(t, "the other company's owner ends", w.support.End(t.Context(), other, access), fault.NotFound, "not-found")
		wantFault(t, "a question is ended", w.support.End(t.Context(), w.owner(t), access), fault.Conflict, "support-not-open")
	})
	w.Untouched(t, testkit.B, func() {
		if err := w.support.Refuse(t.Context(), w.owner(t), access); err != nil {
			t.Fatal(err)
		}
	})
	_, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: access, Minutes: 30})
	wantFault(t, "granting what was refused", err, fault.Conflict, "support-not-open")
	access = w.granted(t, false)
	for role, who := range roles {
		if err := w.support.End(t.Context(), w.person(t, testkit.A, who, role), access); role != identity.Admin {
			wantFault(t, string(role)+" ends", err, fault.Forbidden, "forbidden")
		}
	}
}

func TestFourHoursAreTheTablesToo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	access := w.granted(t, false)
	err := w.InOrg(t, testkit.A, func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`UPDATE app.support_access SET expires_at = decided_at + interval '4 hours 1 second' WHERE org_id = $1 AND id = $2`, testkit.A.ID, access)
		return err
	})
	if !pg.Violates(err, "support_access_four_hours") {
		t.Errorf("the table takes more than four hours: %v", err)
	}
}

// The code of the apex works once, for a minute, for its own operator's access and in its own company.
func TestCodeOfAnAccess(t *testing.T) {
	t.Parallel()
	w := setup(t)
	access := w.asked(t, false)
	_, _, err := w.support.Open(t.Context(), w.olivia, request, access)
	wantFault(t, "not granted", err, fault.Conflict, "support-over")
	if _, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: access, Minutes: 60}); err != nil {
		t.Fatal(err)
	}
	_, _, err = w.support.Open(t.Context(), w.oscar, request, access)
	wantFault(t, "another operator's", err, fault.NotFound, "not-found")
	_, _, err = w.support.Open(t.Context(), w.olivia, request, id.New())
	wantFault(t, "nobody's", err, fault.NotFound, "not-found")
	wantFault(t, "another operator ends it", w.support.Leave(t.Context(), w.oscar, request, access), fault.NotFound, "not-found")

	host, code, err := w.support.Open(t.Context(), w.olivia, request, access)
	if err != nil || host != "alpha" || len(code) < 22 {
		t.Fatalf("opened %q %q, %v", host, code, err)
	}
	var passed []bool
	w.support.Told = func(err error) { passed = append(passed, err == nil) }
	w.Untouched(t, testkit.B, func() {
		_, err := w.support.Enter(t.Context(), w.visitor(t, testkit.B), code)
		wantFault(t, "in the other company", err, fault.Invalid, "link-used")
	})
	var session support.Session
	w.Untouched(t, testkit.B, func() {
		if session, err = w.support.Enter(t.Context(), w.visitor(t, testkit.A), code); err != nil {
			t.Fatal(err)
		}
	})
	if !slices.Equal(passed, []bool{false, true}) {
		t.Errorf("told of %v, want one that was refused and one that passed", passed)
	}
	_, err = w.support.Enter(t.Context(), w.visitor(t, testkit.A), code)
	wantFault(t, "a second time", err, fault.Invalid, "link-used")
	_, _, err = w.support.Authenticate(t.Context(), w.visitor(t, testkit.B).Tenant(), session.Token)
	wantFault(t, "the session in the other company", err, fault.Unauthenticated, "unauthenticated")
	_, _, err = w.support.Authenticate(t.Context(), w.visitor(t, testkit.A).Tenant(), "fo_"+secret.Token())
	wantFault(t, "a session of nobody", err, fault.Unauthenticated, "unauthenticated")

	_, older, err := w.support.Open(t.Context(), w.olivia, request, access)
	if err != nil {
		t.Fatal(err)
	}
	_, newer, err := w.support.Open(t.Context(), w.olivia, request, access)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.support.Enter(t.Context(), w.visitor(t, testkit.A), older)
	wantFault(t, "an older code", err, fault.Invalid, "link-used")
	w.Advance(t, time.Minute)
	_, err = w.support.Enter(t.Context(), w.visitor(t, testkit.A), newer)
	wantFault(t, "after a minute", err, fault.Invalid, "link-used")
}

// Whatever ends it, everything of it is over at the next request, on every replica.
func TestAccessIsOverAtOnce(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]func(*testing.T, *world, id.ID, tenancy.Actor) error{
		"the owner ends it": func(t *testing.T, w *world, access id.ID, _ tenancy.Actor) error {
			return w.support.End(t.Context(), w.owner(t), access)
		},
		"the operator ends it inside": func(t *testing.T, w *world, access id.ID, inside tenancy.Actor) error {
			return w.support.End(t.Context(), inside, access)
		},
		"the operator ends it at the apex": func(t *testing.T, w *world, access id.ID, _ tenancy.Actor) error {
			return w.support.Leave(t.Context(), w.olivia, request, access)
		},
		"its time is over": func(t *testing.T, w *world, _ id.ID, _ tenancy.Actor) error { w.Advance(t, hour); return nil },
		"the operator is disabled": func(t *testing.T, w *world, _ id.ID, _ tenancy.Actor) error {
			_, err := w.operators.Disable(t.Context(), w.olivia.Email)
			return err
		},
		"the operator is to set up anew": func(t *testing.T, w *world, _ id.ID, _ tenancy.Actor) error {
			_, _, err := w.operators.Renew(t.Context(), w.olivia.Email)
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			access := w.granted(t, true)
			_, code, err := w.support.Open(t.Context(), w.olivia, request, access)
			if err != nil {
				t.Fatal(err)
			}
			_, who := w.inside(t, access)
			a := w.mustBe(t, who)
			w.Untouched(t, testkit.B, func() {
				if err := end(t, w, access, a); err != nil {
					t.Fatal(err)
				}
			})
			_, err = who()
			wantFault(t, "the session", err, fault.Unauthenticated, "unauthenticated")
			w.Untouched(t, testkit.A, func() {
				wantFault(t, "a view", w.support.NoteView(t.Context(), a, "GET /"), fault.Unauthenticated, "unauthenticated")
				_, err = w.support.Enter(t.Context(), w.visitor(t, testkit.A), code)
				wantFault(t, "a code", err, fault.Invalid, "link-used")
				_, _, err = w.support.Open(t.Context(), w.olivia, request, access)
				wantFault(t, "a new code", err, fault.Conflict, "support-over")
			})
			if err := w.support.End(t.Context(), w.owner(t), access); err != nil {
				t.Errorf("ending what is over: %v", err)
			}
			running, err := w.another(t).Running(t.Context(), w.owner(t))
			if err != nil || len(running) != 0 {
				t.Errorf("the company is told of %+v, %v", running, err)
			}
		})
	}
}

func TestDisabledOperatorsRequestsAreClosed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	access := w.granted(t, false)
	inB, err := w.support.Ask(t.Context(), w.olivia, request, support.AskInput{Address: "beta", Purpose: "Find out why a quote was not mailed", Minutes: 60})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.support.LeaveAll(t.Context(), w.olivia, request); err != nil || n != 2 {
		t.Fatalf("%d closed, %v", n, err)
	}
	if a, b := w.line(t, access), w.line(t, inB); a.Standing() != "ended" || b.Standing() != "withdrawn" {
		t.Errorf("in A %s, in B %s", a.Standing(), b.Standing())
	}
	if by := testkit.Value[string](t, w.Database, `SELECT ended_by FROM app.support_access WHERE id = $1`, access); by != "platform" {
		t.Errorf("ended by %s", by)
	}
}

// What was let in to read has only rights to read, and the database refuses the rest whatever the product forgets.
func TestSupportThatReadsChangesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, who := w.inside(t, w.granted(t, false))
	a := w.mustBe(t, who)
	for _, p := range tenancy.Permissions {
		if a.May(p) && !strings.HasSuffix(string(p), ".read") && !strings.HasSuffix(string(p), ".see") {
			t.Errorf("support that reads may %s", p)
		}
	}
	wantFault(t, "writing", a.RequireWritable(time.Now()), fault.Forbidden, "support-reads-only")
	wantFault(t, "a right to write", a.Require(tenancy.CustomersWrite), fault.Forbidden, "support-reads-only")
	wantFault(t, "what support never does", a.Require(tenancy.PeopleWrite), fault.Forbidden, "not-for-support")
	w.Untouched(t, testkit.A, func() {
		err := w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
			_, err := tx.Exec(`UPDATE app.customers SET name = 'Eve' WHERE org_id = $1`, testkit.A.ID)
			return err
		})
		wantFault(t, "SQL through its door", err, fault.Forbidden, "reading-only")
		err = w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
			if _, err := tx.Exec(`SELECT set_config('transaction_read_only', 'off', true)`); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE app.customers SET name = 'Eve' WHERE org_id = $1`, testkit.A.ID)
			return err
		})
		if err == nil {
			t.Error("the transaction of who reads was turned into one that writes")
		}
	})
}

func TestSupportThatChangesHasNoMoreThanTheOffice(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, who := w.inside(t, w.granted(t, true))
	a := w.mustBe(t, who)
	if err := a.RequireWritable(time.Now()); err != nil || !a.May(tenancy.CustomersWrite) {
		t.Errorf("may write: %v, %v", a.May(tenancy.CustomersWrite), err)
	}
	for _, p := range tenancy.Permissions {
		if a.May(p) && !slices.Contains(identity.Office.Permissions(), p) {
			t.Errorf("support may %s, which the office may not", p)
		}
	}
	for _, p := range []tenancy.Permission{tenancy.PeopleWrite, tenancy.SettingsWrite, tenancy.APIKeysWrite, tenancy.BillingManage, tenancy.DataExport, tenancy.OwnAccount,
		tenancy.SupportGrant, tenancy.SupportSee, tenancy.QuotesSend, tenancy.ViewAs} {
		wantFault(t, string(p), a.Require(p), fault.Forbidden, "not-for-support")
	}
	w.Untouched(t, testkit.A, func() {
		_, err := w.support.Grant(t.Context(), a, support.GrantInput{ID: a.Support.ID, Minutes: 60})
		wantFault(t, "grants itself more", err, fault.Forbidden, "not-for-support")
		_, err = w.support.List(t.Context(), a, "")
		wantFault(t, "lists", err, fault.Forbidden, "not-for-support")
		wantFault(t, "ends another's", w.support.End(t.Context(), a, id.New()), fault.NotFound, "not-found")
	})
}

// No view without its entry: what cannot be noted is not shown.
func TestViewThatCannotBeNotedIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, who := w.inside(t, w.granted(t, false))
	a := w.mustBe(t, who)
	w.Exec(t, `ALTER TABLE app.audit_entries ADD CONSTRAINT takes_nothing CHECK (action <> 'support.viewed') NOT VALID`)
	err := w.support.NoteView(t.Context(), a, "GET /customers")
	wantFault(t, "a log that takes nothing", err, fault.Unavailable, "support-not-noted")
	if errors.Unwrap(fault.As(err)) == nil {
		t.Error("the reason is not kept for the log")
	}
}

func TestQuestionIsForgottenAfterThreeDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	access := w.asked(t, false)
	w.Advance(t, 72*hour)
	_, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: access, Minutes: 30})
	wantFault(t, "granting after three days", err, fault.Conflict, "support-not-open")
	page, err := w.support.List(t.Context(), w.owner(t), "")
	if err != nil || len(page.Open) != 0 || len(page.History) != 2 || page.History[0].Standing(page.Now) != support.Lapsed {
		t.Errorf("the owner sees %+v and %+v, %v", page.Open, page.History, err)
	}
}

func TestHistoryIsRead(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for range 25 {
		access := w.granted(t, false)
		w.Advance(t, time.Minute)
		if err := w.support.Leave(t.Context(), w.olivia, request, access); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[id.ID]bool{}
	w.Untouched(t, testkit.B, func() {
		for after, pages := "", 0; ; pages++ {
			page, err := w.support.List(t.Context(), w.owner(t), after)
			if err != nil || pages > 2 {
				t.Fatalf("page %d: %v", pages, err)
			}
			for _, a := range page.History {
				if seen[a.ID] || strings.Contains(a.Purpose, testkit.Sentinel) {
					t.Errorf("%+v comes twice, or is another's", a)
				}
				seen[a.ID] = true
			}
			if after = page.Next; after == "" {
				break
			}
		}
	})
	if len(seen) != 26 { // and the fixture's
		t.Errorf("%d of 26 are in the history", len(seen))
	}
	for _, after := range []string{"x", "1.x", "-1." + id.New().String(), "99999999999999999999." + id.New().String()} {
		_, err := w.support.List(t.Context(), w.owner(t), after)
		wantFault(t, "cursor "+after, err, fault.Invalid, "invalid-input")
	}
	_, err := w.support.List(t.Context(), w.person(t, testkit.A, testkit.A.Office(), identity.Office), "")
	wantFault(t, "the office", err, fault.Forbidden, "forbidden")
}
