package stripesim_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/stripesim"
)

// reopen is the simulator that a journal tells of.
func reopen(t *testing.T, path string, seed uint64) *bundle {
	t.Helper()
	sim, err := stripesim.Open(stripesim.Config{Seed: seed, PublicURL: "http://pay.example"}, path)
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{T: t, sim: sim, server: httptest.NewServer(sim)}
	t.Cleanup(b.server.Close)
	b.Client = connect(t, b.server.URL, 0)
	return b
}

func TestAJournalIsPlayedAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "payments.journal")
	b := reopen(t, path, 5)
	b.growth = b.price("Growth", 14900, "month")
	b.sim.Inject(stripesim.Fault{Kind: stripesim.FailBefore, Prefix: "/v1/products"})
	b.raw("POST", "/v1/products", "name=Lost")
	b.raw("POST", "/v1/customers", "name=Stranger", "Authorization", "Bearer nobody")
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	cs := b.checkout(nil)
	b.post("/sim/checkout/"+cs.ID, "card", "4242424242424242")
	b.after(40 * day)
	if _, err := b.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	before := b.stories()
	now := b.sim.Now()
	b.ok(b.sim.Close())

	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	b.ok(err)
	_, err = file.WriteString(`{"at":17`) // the process ended while it wrote
	b.ok(err)
	b.ok(file.Close())
	again := reopen(t, path, 5)
	if after := again.stories(); after != before || !again.sim.Now().Equal(now) {
		t.Errorf("played again it is another: at %v, want %v", again.sim.Now(), now)
	}
	if got := again.subscription(s.ID); !got.CancelAtPeriodEnd {
		t.Error("the last change is lost")
	}
	for path, want := range map[string]int{"/v1/products": 1, "/v1/customers": 2} { // nothing of what was refused
		if _, body := again.raw("GET", path, ""); strings.Count(body, `"metadata":`) != want {
			t.Errorf("%s: %s", path, body)
		}
	}
	again.customer("")
	b.ok(again.sim.Close())
	text, err := os.ReadFile(path)
	b.ok(err)
	if strings.Contains(string(text), "sk_test") || strings.Contains(string(text), `{"at":17{`) {
		t.Error("the journal has a key in it, or half a line")
	}
	if _, err := stripesim.Open(stripesim.Config{Seed: 6}, path); err == nil {
		t.Error("another seed's journal is played")
	}
}

// stories are all events, but for the ids of the requests that made them.
func (b *bundle) stories() string {
	_, body := b.raw("GET", "/v1/events?limit=100", "")
	return regexp.MustCompile(`"req_[^"]*"`).ReplaceAllString(body, "")
}
