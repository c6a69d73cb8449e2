package onboarding_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

// guarded is a sign-up with its guard, whose clock is moved by hand.
type guarded struct {
	bundle
	now time.Time
	n   int
}

func guard(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{bundle: setup(t), now: time.Date(2026, 4, 6, 12, 0, 0, 0, time.UTC)}
	g.signUps.Guard = &onboarding.Guard{DB: g.db.App, Key: []byte("the key of the tests, 32 bytes.."), Now: func() time.Time { return g.now }, Own: func(ip string) bool { return ip == "127.0.0.1" }}
	return g
}

// form is one that somebody typed for a minute.
func (g *guarded) form() onboarding.SignUpInput {
	g.n++
	in := input(fmt.Sprintf("Guarded %d Fence", g.n))
	in.Email = fmt.Sprintf("owner@guarded%d.example", g.n)
	in.Stamp = g.signUps.Guard.Stamp()
	g.now = g.now.Add(time.Minute)
	return in
}

func (g *guarded) send(t *testing.T, ip string, in onboarding.SignUpInput) *fault.Error {
	t.Helper()
	_, err := g.signUps.SignUp(t.Context(), tenancy.Request{ID: "test", IP: ip}, in)
	if err == nil {
		return nil
	}
	f := fault.As(err)
	if f.Kind == fault.Internal {
		t.Fatal(err)
	}
	return f
}

// solve finds the proof of a challenge.
func solve(challenge string) string {
	for n := 0; ; n++ {
		if proof := strconv.Itoa(n); onboarding.Proven(challenge, proof) {
			return proof
		}
	}
}

func challengeOf(t *testing.T, f *fault.Error) string {
	t.Helper()
	if f == nil || f.Kind != fault.RateLimited || f.Code != onboarding.CodeProve {
		t.Fatalf("%v, want to be asked for a proof", f)
	}
	return f.Facts["challenge"].(string)
}

func TestManySignUpsOfANetworkCostWork(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for n := range 5 {
		if f := g.send(t, fmt.Sprintf("203.0.113.%d", n), g.form()); f != nil {
			t.Fatalf("sign-up %d of the network: %v", n+1, f)
		}
	}
	if f := g.send(t, "198.51.100.1", g.form()); f != nil {
		t.Errorf("another network: %v", f)
	}
	if f := g.send(t, "127.0.0.1", g.form()); f != nil {
		t.Errorf("one's own machine: %v", f)
	}
	in := g.form()
	in.Challenge = challengeOf(t, g.send(t, "203.0.113.77", in))
	if n := testkit.Value[int](t, g.db, `SELECT count(*)::int FROM app.users WHERE email_lc = $1`, in.Email); n != 0 {
		t.Fatal("it was signed up before the proof")
	}
	wrong := in
	wrong.Proof = "no proof"
	challengeOf(t, g.send(t, "203.0.113.77", wrong))
	elsewhere := in
	elsewhere.Proof = solve(in.Challenge)
	for range 5 {
		g.send(t, "192.0.2.1", g.form())
	}
	challengeOf(t, g.send(t, "192.0.2.1", elsewhere))
	in.Proof = solve(in.Challenge)
	if f := g.send(t, "203.0.113.78", in); f != nil {
		t.Fatalf("with the proof: %v", f)
	}
	again := g.form()
	again.Challenge, again.Proof = in.Challenge, in.Proof
	challengeOf(t, g.send(t, "203.0.113.78", again))
}

// Whoever cannot compute waits a minute.
func TestWaitingStandsInForAProof(t *testing.T) {
	t.Parallel()
	g := guard(t)
	var in onboarding.SignUpInput
	for range 6 {
		in = g.form()
		if f := g.send(t, "203.0.113.1", in); f != nil {
			in.Challenge = challengeOf(t, f)
		}
	}
	g.now = g.now.Add(59 * time.Second)
	challengeOf(t, g.send(t, "203.0.113.1", in))
	g.now = g.now.Add(2 * time.Second)
	if f := g.send(t, "203.0.113.1", in); f != nil {
		t.Errorf("after a minute: %v", f)
	}
	g.now = g.now.Add(time.Hour)
	old := g.form()
	old.Challenge = in.Challenge
	challengeOf(t, g.send(t, "203.0.113.1", old))
}

func TestSignUpsOfOneNetworkHaveAnEnd(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.db.Exec(t, `INSERT INTO platform.sign_up_counts (bucket, tried, since) VALUES ('net:203.0.113.0/24', 100, app.now()), ('net:2001:db8:1:2::/64', 100, app.now())`)
	for _, ip := range []string{"203.0.113.9", "2001:db8:1:2:3::4"} {
		if f := g.send(t, ip, g.form()); f == nil || f.Code != "too-many-attempts" || f.RetryAfter <= 0 {
			t.Errorf("%s: %v, want to be sent away for a while", ip, f)
		}
	}
	if f := g.send(t, "2001:db8:1:3::4", g.form()); f != nil {
		t.Errorf("the next network: %v", f)
	}
	g.db.Advance(t, time.Hour+time.Second)
	if f := g.send(t, "203.0.113.9", g.form()); f != nil {
		t.Errorf("an hour later: %v", f)
	}
}

// A form that came back at once, with a stamp of nobody, or with none counts as several: nobody typed it.
func TestFormsThatNobodyTypedCountMore(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for name, stamp := range map[string]func() string{
		"none": func() string { return "" }, "forged": func() string { return "form.kq3zz.AAAAAAAAAAAAAAAAAAAAAA" },
		"at once": func() string { return g.signUps.Guard.Stamp() },
	} {
		g.db.Exec(t, `DELETE FROM platform.sign_up_counts`)
		for n, free := range []bool{true, false} {
			in := g.form()
			in.Stamp = stamp()
			if f := g.send(t, "203.0.113.1", in); (f == nil) != free {
				t.Errorf("%s, sign-up %d: %v", name, n+1, f)
			}
		}
	}
}

// Twenty of a domain are many, unless it is where everybody has their mail. None is refused: it costs work.
func TestManyOfOneDomainCostWork(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.db.Exec(t, `INSERT INTO platform.sign_up_counts (bucket, tried, since) VALUES ('domain:acme.example', 20, app.now()), ('domain:gmail.com', 20000, app.now())`)
	in := g.form()
	in.Email = "kim@gmail.com"
	if f := g.send(t, "203.0.113.1", in); f != nil {
		t.Errorf("a domain of everybody: %v", f)
	}
	in = g.form()
	in.Email = "kim@ACME.example"
	in.Challenge = challengeOf(t, g.send(t, "203.0.113.1", in))
	in.Proof = solve(in.Challenge)
	if f := g.send(t, "203.0.113.1", in); f != nil {
		t.Errorf("with the proof: %v", f)
	}
}

func TestMachinesFillInWhatNobodySees(t *testing.T) {
	t.Parallel()
	g := guard(t)
	in := g.form()
	in.Comments = "nice site"
	if f := g.send(t, "203.0.113.1", in); f == nil || f.Kind != fault.Invalid || f.Fields[0].Pointer != "/comments" {
		t.Errorf("%v, want the field refused", f)
	}
}

func TestThrownAwayMailboxesAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.signUps.Disposable = func(domain string) bool { return domain == "trash.example" }
	in := input("Honest Fence")
	in.Email = "kim@Trash.example"
	_, err := b.signUps.SignUp(t.Context(), fromTest, in)
	if f := fault.As(err); f.Kind != fault.Invalid || f.Fields[0].Pointer != "/email" || !strings.Contains(f.Fields[0].Message, "trash.example") {
		t.Errorf("%v, want the address refused by its domain", err)
	}
}

// What a company is called stands at the head of mails to strangers.
func TestNamesOfOthersAreRefusedAndOfFencesAreNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, refused := range map[string]bool{
		"PayPal Support": true, "paypa1": true, "Verify your account": true, "Acme. Your invoice: 1@pay.example": true, "https://x.example": true, "Fence fence.com": true,
		"Docusign-Fence": true, "P.a.y.p.a.l": false, "Ｐａｙｐａｌ": true, "Gift card Fence": true, "Win $1000 now": true,
		"Bank Street Fence": false, "Secure Fence & Gate": false, "Apple Valley Fence": false, "A-1 Fence Co.": false, "Stripes & Posts": false, "St. Louis Fence Inc.": false,
		"1 2 3 Fence": false, "Wells Fence": false, "Sign & Fence": false, "Amazon River Fence": false, "Fence Masters of Winner, SD": false,
	} {
		in := input(name)
		in.Email = fmt.Sprintf("kim@%d.example", len(name)*7919+int(name[0]))
		_, err := b.signUps.SignUp(t.Context(), fromTest, in)
		f := fault.As(err)
		if refused && (err == nil || f.Kind != fault.Invalid || f.Fields[0].Pointer != "/company") || !refused && err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
