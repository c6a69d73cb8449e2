package quoting_test

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func (w *world) list(t *testing.T, a tenancy.Actor, f quoting.QuoteFilter) []id.ID {
	t.Helper()
	var all []id.ID
	for {
		page, err := w.quotes.ListQuotes(t.Context(), a, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range page.Quotes {
			all = append(all, q.ID)
		}
		if f.After = page.Next; f.After == "" {
			return all
		}
	}
}

func wantIDs(t *testing.T, name string, got []id.ID, want ...id.ID) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d quotes, want %d", name, len(got), len(want))
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: quote %d is %s, want %s", name, i, got[i], want[i])
		}
	}
}

func TestShelvesHoldWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	fixture := testkit.A.Quote()
	draft := w.draft(t, a, testkit.A).ID
	sent, _ := w.sent(t, a, testkit.A)
	wantIDs(t, "all", w.list(t, a, quoting.QuoteFilter{Limit: 2}), sent.ID, draft, fixture)
	wantIDs(t, "drafts", w.list(t, a, quoting.QuoteFilter{Shelf: quoting.ShelfDrafts}), draft)
	wantIDs(t, "waiting", w.list(t, a, quoting.QuoteFilter{Shelf: quoting.ShelfWaiting}), sent.ID)
	wantIDs(t, "expiring", w.list(t, a, quoting.QuoteFilter{Shelf: quoting.ShelfExpiring}))
	wantIDs(t, "accepted", w.list(t, a, quoting.QuoteFilter{Shelf: quoting.ShelfAccepted}), fixture)
	wantIDs(t, "of the customer", w.list(t, a, quoting.QuoteFilter{CustomerID: testkit.A.Customer(), PropertyID: testkit.A.Property()}), sent.ID, draft, fixture)
	wantIDs(t, "of B's customer", w.list(t, a, quoting.QuoteFilter{CustomerID: testkit.B.Customer()}))
	wantIDs(t, "by number", w.list(t, a, quoting.QuoteFilter{Search: "q-2026-000001"}), fixture)
	wantIDs(t, "by name", w.list(t, a, quoting.QuoteFilter{Search: "Ruiz dana"}), sent.ID, draft, fixture)
	wantIDs(t, "by nobody's name", w.list(t, a, quoting.QuoteFilter{Search: "sentinel"}))
	wantIDs(t, "by a sign of patterns", w.list(t, a, quoting.QuoteFilter{Search: "%"}))
	w.Advance(t, 25*24*time.Hour)
	wantIDs(t, "expiring after 25 days", w.list(t, a, quoting.QuoteFilter{Shelf: quoting.ShelfExpiring}), sent.ID)
	w.Advance(t, 10*24*time.Hour)
	wantIDs(t, "waiting after 35 days", w.list(t, a, quoting.QuoteFilter{Shelf: quoting.ShelfWaiting}))
}

func TestBadFiltersAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	for name, f := range map[string]quoting.QuoteFilter{"shelf": {Shelf: "attic"}, "cursor": {After: "1"}, "search": {Search: "a\x00b"}} {
		if _, err := w.quotes.ListQuotes(t.Context(), a, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
	_, err := w.quotes.ListQuotes(t.Context(), w.actor(t, testkit.A, tenancy.SketchesRead), quoting.QuoteFilter{})
	wantFault(t, err, fault.Forbidden, "forbidden")
}
