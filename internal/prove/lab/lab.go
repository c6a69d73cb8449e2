// Package lab has one valid request of every operation, and further ones, each ready to be sent from the same state.
//
// Owns: the ground that worlds are made of; the probes, the snapshot that they start from, and running one of them:
// its answer, its mails, and whether anything of B changed.
// Does not own: what is changed before a probe runs (bola changes the request, mutants the product).
//
// Invariant: a probe that is run twice from the snapshot has the same outcome, byte for byte.
package lab

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// Probe is a request that its operation carries out, from the snapshot.
type Probe struct {
	requests.Operation
	Request requests.Request
}

// Lab runs probes.
type Lab struct {
	World   *worlds.World
	Probes  []Probe // one of every operation
	Further []Probe // that say or do what those do not; some are refused
	Session *requests.Session
	Other   requests.Login // B's owner
	Expired requests.Login // somebody of A whose session ended, and whose key was revoked
	Support requests.Login // an operator whom A let in, to change things too

	t        *testing.T
	dealer   *worlds.Dealer
	turn     uint64
	snapshot *testkit.Database
	dirty    bool // something was written
	broken   bool // something else than rows may have changed
	each     func(*worlds.World)
	before   worlds.Fingerprint // of a fresh copy
	start    worlds.Fingerprint // of what a run starts from: more than a fresh copy where B is ahead
	now      worlds.Fingerprint // of what the last run left; nil: not taken
	ahead    bool
	held     bool
}

// New prepares a request of every operation. inside stands between who is calling and what is asked; it may be nil.
func New(t *testing.T, seed uint64, inside func(http.Handler) http.Handler) *Lab {
	t.Helper()
	l := &Lab{t: t}
	l.World = worlds.Open(t, Ground(t).Copy(t), worlds.Options{Inside: inside})
	l.dealer = worlds.NewDealer(t, seed)
	description := l.World.Ask(requests.Request{Method: "GET", Path: "/v1/openapi.json", Host: requests.Alpha}.HTTP())
	operations, err := requests.Catalogue(l.World.App, []byte(description.Body))
	if err != nil {
		t.Fatal(err)
	}
	l.Session = requests.NewSession(operations, seed, l.ask, Records(testkit.A), Records(testkit.B))
	for _, role := range []string{"admin", "office", "estimator", "crew", "accountant"} {
		l.Session.Login(role)
	}
	l.Expired = l.Session.Expired()
	l.Session.Archive()
	slices.SortStableFunc(operations, func(x, y requests.Operation) int { return brief(x) - brief(y) })
	for _, o := range operations {
		r, err := l.Session.Valid(o.Key)
		if err != nil {
			t.Fatalf("prepare: %v", err)
		}
		l.Probes = append(l.Probes, Probe{o, r})
		more, err := l.Session.Further(o.Key)
		if err != nil {
			t.Fatalf("prepare: %v", err)
		}
		for _, r := range more {
			l.Further = append(l.Further, Probe{o, r})
		}
	}
	l.World.Exec(t, "UPDATE app.sessions SET authenticated_by = 'oidc' WHERE user_agent = $1", requests.ByProvider)
	l.freeze()
	return l
}

// brief has requests made last that are good for a minute only.
func brief(o requests.Operation) int {
	if requests.Brief[o.Key] {
		return 1
	}
	return 0
}

// ask answers a request that prepares.
func (l *Lab) ask(r requests.Request) (requests.Answer, []requests.Mailed) {
	l.turn++
	turn := l.dealer.At(l.turn)
	a := l.World.Do(l.t, turn, r)
	sent, err := l.World.Settle(l.t, turn)
	if err != nil {
		l.t.Fatalf("prepare: %v", err)
	}
	mails := make([]requests.Mailed, len(sent))
	for i, m := range sent {
		mails[i] = requests.Mailed{To: m.Recipient, Text: m.Plain}
	}
	return a, mails
}

// freeze makes what the world is now the state that probes start from.
func (l *Lab) freeze() {
	l.World.Keep(l.t)
	l.snapshot, l.broken = l.World.DB, true
	l.Fresh()
}

// Change alters the state that probes start from.
func (l *Lab) Change(change func(w *worlds.World)) {
	l.broken = true
	l.Fresh()
	change(l.World)
	l.freeze()
}

// Fresh brings the world back to the snapshot: rows that changed are put back, all else takes another copy.
func (l *Lab) Fresh() {
	l.World.Forget()
	switch {
	case l.broken:
		l.copy()
	case l.dirty:
		if l.now == nil {
			l.now = l.World.Fingerprint(l.t)
		}
		l.World.Restore(l.t, l.now.Tables(l.before))
		l.dirty, l.now = false, nil
	default:
		return
	}
	l.start = l.before
	if l.ahead {
		l.dirty = true
		l.World.Advance(l.t)
		l.start = l.World.Fingerprint(l.t)
	}
}

// Left lists the tables in which runs have left something to those that follow: none, or what is compared is not the same.
func (l *Lab) Left() []string {
	l.Fresh()
	return l.World.Fingerprint(l.t).Tables(l.before)
}

// Ahead has B be there before A: runs begin with B having what the request makes, under the ids that will be dealt.
// Midway B has not finished it. The returned function ends that.
func (l *Lab) Ahead(r requests.Request, midway bool) (end func()) {
	l.t.Helper()
	l.Run(r)
	l.World.Foresee(l.t, l.World.Fingerprint(l.t).Tables(l.before), midway)
	l.ahead, l.dirty, l.now = true, true, nil
	return func() { l.ahead, l.dirty, l.now = false, true, nil }
}

// Held has every row of B be locked by somebody while a probe runs, from now on: A waits for nothing of B.
func (l *Lab) Held(held bool) { l.held = held }

func (l *Lab) copy() {
	old := l.World.DB
	l.World.Let() // nobody is connected to the snapshot while it is copied
	next := l.snapshot.Copy(l.t)
	// Who takes any row takes the first in the table, which is B's, and not the first in an index, which is A's.
	next.Exec(l.t, fmt.Sprintf("ALTER DATABASE %[1]s SET enable_indexscan = off; ALTER DATABASE %[1]s SET enable_bitmapscan = off; ALTER DATABASE %[1]s SET enable_indexonlyscan = off", next.Name))
	l.World.Move(l.t, next)
	if old != l.snapshot {
		old.Drop(l.t)
	}
	if l.each != nil {
		l.each(l.World)
	}
	l.dirty, l.broken, l.now = false, false, nil
	l.before = l.World.Fingerprint(l.t)
}

// Outcome is what a probe led to.
type Outcome struct {
	requests.Answer
	After   string   // what its tasks and mails were
	Own     string   // everything but what is B's, when something was written
	Changed []string // tables in which something of B changed
}

// Run runs a request from the snapshot, with the tasks that it leaves.
func (l *Lab) Run(r requests.Request) Outcome {
	l.t.Helper()
	l.Fresh()
	return l.Go(r)
}

// Go runs a request from whatever is now.
func (l *Lab) Go(r requests.Request) Outcome {
	l.t.Helper()
	turn := l.dealer.At(l.turn + 1) // always the same turn: outcomes are compared
	release := func() {}
	if l.held {
		release = l.World.Hold(l.t)
	}
	o := Outcome{Answer: l.World.Do(l.t, turn, r)}
	if reads(r) && !r.Twice {
		switch {
		case counted(r):
			release()
			l.World.Restore(l.t, []string{"app.usage_counters", "app.usage_leases"})
			return o
		case !l.World.LeftTasks(l.t): // a page may see what became of what was asked for, and write it down
			release()
			return o
		}
	}
	sent, err := l.World.Settle(l.t, turn)
	release()
	if len(sent) > 0 || err != nil {
		o.After = fmt.Sprintf("%v %v", sent, err)
	}
	if !l.World.Wrote(l.t) {
		return o
	}
	l.dirty = true
	l.now = l.World.Fingerprint(l.t)
	if len(l.now.Tables(l.start)) == 0 { // it was another database of the server that was written
		return o
	}
	o.Own, o.Changed = l.now.But(testkit.B), l.now.Changed(l.start, testkit.B)
	return o
}

// counted is whether a request leaves a count of itself, even when it reads.
func counted(r requests.Request) bool { return strings.HasPrefix(r.Path, "/v1/") }

func reads(r requests.Request) bool { return r.Method == "GET" || r.Method == "HEAD" }

// Each has change made to every copy of the snapshot from now on; nil has none.
func (l *Lab) Each(change func(w *worlds.World)) {
	l.each, l.broken = change, true
}

// Differs tells how an outcome is another; empty when it is the same.
func (o Outcome) Differs(want Outcome) string {
	if what := differ.Compare(want.Answer, o.Answer); what != "" {
		return what
	}
	if o.After != want.After {
		return "tasks or mails: " + o.After
	}
	if o.Own != want.Own {
		return "A is left with something else: " + otherLines(o.Own, want.Own)
	}
	if !slices.Equal(o.Changed, want.Changed) {
		return "of B changed: " + strings.Join(o.Changed, ", ")
	}
	return ""
}

// otherLines are the lines that only one of two texts has.
func otherLines(got, want string) string {
	gots, wants := strings.Split(got, "\n"), strings.Split(want, "\n")
	var all []string
	for _, line := range gots {
		if !slices.Contains(wants, line) {
			all = append(all, "+ "+line)
		}
	}
	for _, line := range wants {
		if !slices.Contains(gots, line) {
			all = append(all, "- "+line)
		}
	}
	return strings.Join(all, "\n")
}
