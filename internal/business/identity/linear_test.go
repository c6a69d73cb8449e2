package identity_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/history"
)

// A company with a seat more than people: some are invited, some leave and come back.
type (
	seatDeed struct {
		what    string
		who     int // the invitation of join, the person of deactivate and reactivate
		version int // of the person, as it was read
	}
	seatEnd struct {
		code string
		used int // that was seen
	}
	seatNow struct {
		used    int
		joined  [invited]bool
		active  [working]bool
		version [working]int
	}
)

const invited, working = 4, 4

func seatModel(start seatNow, limit int) history.Model[seatNow, seatDeed, seatEnd] {
	return history.Model[seatNow, seatDeed, seatEnd]{Start: start, Step: func(now seatNow, in seatDeed, out seatEnd) (seatNow, bool) {
		full := now.used >= limit
		switch in.what {
		case "invite": // is refused where joining would be
			return now, out.code == "ok" && !full || out.code == "plan-limit-reached" && full
		case "join":
			switch {
			case now.joined[in.who]:
				return now, out.code == "link-used"
			case full:
				return now, out.code == "plan-limit-reached"
			}
			now.joined[in.who] = true
			now.used++
			return now, out.code == "ok"
		case "deactivate", "reactivate":
			return now.turned(in, out.code, full)
		}
		return now, out.used == now.used
	}}
}

// turned is after somebody was let in again, or not any more. Who is that already stays it.
func (s seatNow) turned(in seatDeed, code string, full bool) (seatNow, bool) {
	back := in.what == "reactivate"
	switch {
	case s.version[in.who] != in.version:
		return s, code == "version-stale"
	case s.active[in.who] == back:
		return s, code == "ok"
	case back && full:
		return s, code == "plan-limit-reached"
	}
	s.active[in.who] = back
	s.version[in.who]++
	if back {
		s.used++
	} else {
		s.used--
	}
	return s, code == "ok"
}

// office is the company, with who is invited.
type office struct {
	*world
	owner, visitor tenancy.Actor
	codes          []string
	colleagues     []id.ID
	limit          int

	mu   sync.Mutex
	seen [working]int // the version of each as somebody read it last
	h    history.History[seatDeed, seatEnd]
}

func seatsAtTheLimit(t *testing.T, room int) (*office, history.Model[seatNow, seatDeed, seatEnd]) {
	t.Helper()
	o := &office{world: setup(t), colleagues: []id.ID{testkit.A.Office(), testkit.A.Estimator(), testkit.A.Crew(), testkit.A.Accountant()}}
	o.owner, o.visitor = o.world.owner(t, testkit.A), o.world.visitor(t, testkit.A, "192.0.2.1")
	for n := range invited {
		o.invite(t, o.owner, fmt.Sprintf("new%d@a.example", n), identity.Crew)
	}
	o.codes = o.mailed(t, testkit.A, "invite")
	start := seatNow{used: o.seats(t, testkit.A)}
	for n, who := range o.colleagues {
		start.active[n] = true
		start.version[n] = testkit.Value[int](t, o.Database, `SELECT version FROM app.users WHERE org_id = $1 AND id = $2`, testkit.A.ID, who)
		o.seen[n] = start.version[n]
	}
	o.limit = start.used + room
	only := tenancy.Override{Kind: tenancy.OverrideLimit, Subject: string(plan.Users), Limit: int64(o.limit)}
	for _, a := range []*tenancy.Actor{&o.owner, &o.visitor} {
		a.Org.Standing.Overrides = append(a.Org.Standing.Overrides, only)
	}
	return o, seatModel(start, o.limit)
}

func (o *office) read(who int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.seen[who]
}

func (o *office) do(t *testing.T, client int, in seatDeed) {
	if in.what == "deactivate" || in.what == "reactivate" {
		in.version = o.read(in.who)
	}
	o.h.Do(client, in, func() seatEnd { return o.deed(t, client, in) })
}

func (o *office) deed(t *testing.T, client int, in seatDeed) (end seatEnd) {
	var u identity.User
	var err error
	switch in.what {
	case "invite":
		_, err = o.people.Invite(t.Context(), o.owner, identity.InviteInput{Email: fmt.Sprintf("later%d@a.example", client), Role: identity.Crew})
	case "join":
		_, err = o.people.Join(t.Context(), o.visitor, identity.JoinInput{Code: o.codes[in.who], Name: "New One", Password: password})
	case "deactivate":
		var d identity.Deactivated
		d, err = o.people.Deactivate(t.Context(), o.owner, identity.MemberInput{Person: o.colleagues[in.who], Version: in.version})
		u = d.User
	case "reactivate":
		u, err = o.people.Reactivate(t.Context(), o.owner, identity.MemberInput{Person: o.colleagues[in.who], Version: in.version})
	case "look":
		end.used = o.used(t)
	}
	if u.Version > 0 {
		o.mu.Lock()
		o.seen[in.who] = max(o.seen[in.who], u.Version)
		o.mu.Unlock()
	}
	end.code = "ok"
	if err != nil {
		f := fault.As(err)
		if end.code = f.Code; f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			t.Errorf("%+v: %v", in, err)
		}
	}
	return end
}

func (o *office) used(t *testing.T) int {
	var used map[plan.Metric]int64
	if _, err := o.App.Read(t.Context(), o.owner.Tenant(), func(r *pg.Reading) { usage.QueueStandings(r, o.owner.Tenant(), &used) }); err != nil {
		t.Error(err)
	}
	return int(used[plan.Users])
}

// People join, are deactivated and let in again by six at once, with one seat more than people: each answer is one that
// somebody could have got who was alone, and who works here is who is counted.
func TestSeatsAreAsIfOneAfterTheOther(t *testing.T) {
	t.Parallel()
	deeds := 0
	for n := range history.Count() {
		t.Run(fmt.Sprint(n), func(t *testing.T) { // each with a company of its own, which goes with it
			o, model := seatsAtTheLimit(t, 1)
			o.Untouched(t, testkit.B, func() { o.crowd(t, n) })
			o.do(t, 0, seatDeed{what: "look"})
			model.Judge(t, &o.h)
			deeds += o.h.Len()
			at := testkit.Value[int](t, o.Database, `SELECT count(*)::int FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL`, testkit.A.ID)
			if counted := o.seats(t, testkit.A); at != counted || at > o.limit {
				t.Errorf("%d work here, %d are counted, there are %d seats", at, counted, o.limit)
			}
		})
	}
	t.Logf("%d histories, %d deeds", history.Count(), deeds)
}

func (o *office) crowd(t *testing.T, seed int) {
	history.Together(6, 6, func(client, deed int) {
		dice := rand.New(rand.NewPCG(uint64(seed), uint64(client*100+deed)))
		all := []string{"join", "join", "deactivate", "deactivate", "reactivate", "reactivate", "reactivate", "invite", "look"}
		o.do(t, client, seatDeed{what: all[dice.IntN(len(all))], who: dice.IntN(working)})
	})
}

// The same judgment on a seat that is looked for before it is taken: it finds out.
func TestSeatThatIsLookedForFirstIsFoundOut(t *testing.T) {
	t.Parallel()
	o, model := seatsAtTheLimit(t, 1)
	free := o.visitor
	free.Org.Standing.Overrides = nil // the check is the one here
	var looked sync.WaitGroup
	looked.Add(2)
	history.Together(2, 1, func(client, _ int) {
		o.h.Do(client, seatDeed{what: "join", who: client}, func() seatEnd {
			full := o.used(t) >= o.limit
			looked.Done()
			looked.Wait()
			if full {
				return seatEnd{code: "plan-limit-reached"}
			}
			if _, err := o.people.Join(t.Context(), free, identity.JoinInput{Code: o.codes[client], Name: "New One", Password: password}); err != nil {
				t.Error(err)
			}
			return seatEnd{code: "ok"}
		})
	})
	if model.Holds(t, &o.h) {
		t.Errorf("two on one seat are explained:\n%s", &o.h)
	}
}
