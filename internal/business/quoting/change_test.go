package quoting_test

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestRevisingMakesTheNextVersionAndTheOldLinkSaysSo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, old := w.sent(t, a, testkit.A)
	rev, err := w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: s.Version})
	if err != nil || rev.N != 2 {
		t.Fatalf("revised: %+v, %v", rev, err)
	}
	_, err = w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: rev.Version})
	wantFault(t, err, fault.Conflict, "draft-exists")
	if view, err := w.quotes.OpenByToken(t.Context(), w.visitor(t, testkit.A), old); err != nil || !view.Open() {
		t.Errorf("while version 2 is written the link shows %s, %v; want version 1 open", view.Status, err)
	}
	rec := w.record(t, a, s.ID)
	if rec.Quote.Status != quoting.Sent || *rec.Quote.DraftN != 2 || rec.Draft().Options[0].TotalCents != rec.Version(1).Options[0].TotalCents {
		t.Errorf("quote with a draft of version 2: %+v", rec.Quote)
	}
	second, err := w.quotes.Send(t.Context(), a, s.ID, toDana(rev.Version))
	if err != nil {
		t.Fatal(err)
	}
	view, err := w.quotes.OpenByToken(t.Context(), w.visitor(t, testkit.A), old)
	if err != nil || view.Status != quoting.Replaced || view.ReplacedByN == nil || *view.ReplacedByN != 2 {
		t.Errorf("the old link shows %s by %v, %v", view.Status, view.ReplacedByN, err)
	}
	_, err = w.quotes.Accept(t.Context(), w.visitor(t, testkit.A), old, signOf(view, "premium"))
	wantFault(t, err, fault.Conflict, "quote-replaced")
	if got := fault.As(err).Message; !strings.HasPrefix(got, "Version 2 replaced this one on ") {
		t.Errorf("the refusal says %q", got)
	}
	if view, err := w.quotes.OpenByToken(t.Context(), w.visitor(t, testkit.A), token(t, second.Links[0].URL)); err != nil || view.Document.Version != 2 || !view.Open() {
		t.Errorf("the new link shows version %d, %s, %v", view.Document.Version, view.Status, err)
	}
}

func TestWithdrawingClosesTheLink(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, link := w.sent(t, a, testkit.A)
	if _, err := w.quotes.Withdraw(t.Context(), a, s.ID, quoting.WithdrawInput{Version: s.Version, Reason: "Wrong yard"}); err != nil {
		t.Fatal(err)
	}
	view, err := w.quotes.OpenByToken(t.Context(), w.visitor(t, testkit.A), link)
	if err != nil || view.Status != quoting.Withdrawn {
		t.Errorf("withdrawn link shows %s, %v", view.Status, err)
	}
	if strings.Contains(asJSON(t, view), "Wrong yard") {
		t.Error("the homeowner reads why")
	}
	_, err = w.quotes.Accept(t.Context(), w.visitor(t, testkit.A), link, signOf(view, "basic"))
	wantFault(t, err, fault.Conflict, "quote-withdrawn")
	_, err = w.quotes.CopyLink(t.Context(), a, s.ID, quoting.CopyLinkInput{})
	wantFault(t, err, fault.Conflict, "quote-withdrawn")
	rec := w.record(t, a, s.ID)
	if _, err := w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: rec.Quote.Version}); err != nil {
		t.Errorf("a withdrawn quote begins again: %v", err)
	}
}

func TestAQuoteExpiresByTheClockAndIsExtended(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, link := w.sent(t, a, testkit.A)
	visitor := w.visitor(t, testkit.A)
	w.Advance(t, 32*24*time.Hour)
	view, err := w.quotes.OpenByToken(t.Context(), visitor, link)
	if err != nil || view.Status != quoting.Expired {
		t.Fatalf("after 32 days: %s, %v; want expired", view.Status, err)
	}
	_, err = w.quotes.Accept(t.Context(), visitor, link, signOf(view, "premium"))
	wantFault(t, err, fault.Conflict, "quote-expired")
	if got := fault.As(err).Message; !strings.HasPrefix(got, "This quote was good until ") {
		t.Errorf("the refusal says %q", got)
	}
	wantFault(t, w.quotes.Decline(t.Context(), visitor, link, quoting.DeclineInput{}), fault.Conflict, "quote-expired")
	if got := w.record(t, a, s.ID).Quote.Status; got != quoting.Expired {
		t.Errorf("the office sees %s, want expired", got)
	}
	c, err := w.quotes.Extend(t.Context(), a, s.ID, quoting.ExtendInput{Version: s.Version, Days: 7})
	if err != nil {
		t.Fatal(err)
	}
	if view, err = w.quotes.OpenByToken(t.Context(), visitor, link); err != nil || !view.Open() {
		t.Errorf("extended link shows %s, %v", view.Status, err)
	}
	_, err = w.quotes.Extend(t.Context(), a, s.ID, quoting.ExtendInput{Version: c.Version, Days: 3})
	wantFault(t, err, fault.Invalid, "invalid-input")
	if _, err := w.quotes.Accept(t.Context(), visitor, link, signOf(view, "premium")); err != nil {
		t.Errorf("signing after the extension: %v", err)
	}
}

func TestDiscardingADraft(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	if _, err := w.quotes.Discard(t.Context(), a, c.ID, quoting.DiscardInput{Version: c.Version}); err != nil {
		t.Fatal(err)
	}
	if got := w.record(t, a, c.ID).Quote; got.Status != quoting.Void || got.DraftN != nil {
		t.Errorf("discarded quote is %s", got.Status)
	}
	s, _ := w.sent(t, a, testkit.A)
	if s.Number <= c.Number {
		t.Errorf("number %s after %s: a number was used again", s.Number, c.Number)
	}
	rev, err := w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: s.Version})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.quotes.Discard(t.Context(), a, s.ID, quoting.DiscardInput{Version: rev.Version}); err != nil {
		t.Fatal(err)
	}
	if got := w.record(t, a, s.ID).Quote; got.Status != quoting.Sent || got.CurrentN != 1 || got.DraftN != nil {
		t.Errorf("with version 2 discarded the customer has %s of version %d", got.Status, got.CurrentN)
	}
}

func TestALinkToCopyWorksAndIsShownOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, _ := w.sent(t, a, testkit.A)
	once := keyed(a, "copy")
	link, err := w.quotes.CopyLink(t.Context(), once, s.ID, quoting.CopyLinkInput{RecipientName: "Lee"})
	if err != nil {
		t.Fatal(err)
	}
	if view, err := w.quotes.OpenByToken(t.Context(), w.visitor(t, testkit.A), token(t, link.URL)); err != nil || view.RecipientName != "Lee" {
		t.Errorf("copied link: %+v, %v", view.RecipientName, err)
	}
	_, err = w.quotes.CopyLink(t.Context(), once, s.ID, quoting.CopyLinkInput{RecipientName: "Lee"})
	wantFault(t, err, fault.Conflict, "already-done")
}

func TestChangesOfAnotherOrganizationsQuoteFindNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		for _, q := range []id.ID{testkit.B.Quote(), id.New()} {
			for name, op := range map[string]func() error{
				"send": func() error { _, err := w.quotes.Send(t.Context(), a, q, toDana(1)); return err },
				"revise": func() error {
					_, err := w.quotes.Revise(t.Context(), a, q, quoting.ReviseInput{Version: 1})
					return err
				},
				"withdraw": func() error {
					_, err := w.quotes.Withdraw(t.Context(), a, q, quoting.WithdrawInput{Version: 1})
					return err
				},
				"extend": func() error {
					_, err := w.quotes.Extend(t.Context(), a, q, quoting.ExtendInput{Version: 1, Days: 9})
					return err
				},
				"discard": func() error {
					_, err := w.quotes.Discard(t.Context(), a, q, quoting.DiscardInput{Version: 1})
					return err
				},
				"copy":     func() error { _, err := w.quotes.CopyLink(t.Context(), a, q, quoting.CopyLinkInput{}); return err },
				"sent pdf": func() error { _, err := w.quotes.GetSentPDF(t.Context(), a, q, 1); return err },
				"signed":   func() error { _, err := w.quotes.GetSignedPDF(t.Context(), a, q, 1); return err },
				"record": func() error {
					_, err := w.quotes.RecordAcceptance(t.Context(), a, q, quoting.RecordAcceptanceInput{Choice: quoting.Choice{Option: "basic"}, Version: 1, Name: "Dana", Note: "phone"})
					return err
				},
			} {
				if err := op(); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s: %v, want not found", name, err)
				}
			}
		}
	})
}

func TestARecipientOfBothVersionsIsLedToTheNewOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, old := w.sent(t, a, testkit.A)
	visitor := w.visitor(t, testkit.A)
	_, err := w.quotes.FollowLink(t.Context(), visitor, old)
	wantFault(t, err, fault.Conflict, "no-newer-version")
	copied, err := w.quotes.CopyLink(t.Context(), a, s.ID, quoting.CopyLinkInput{RecipientName: "A neighbor"})
	if err != nil {
		t.Fatal(err)
	}
	rev, err := w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: s.Version})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.quotes.Send(t.Context(), a, s.ID, toDana(rev.Version)); err != nil {
		t.Fatal(err)
	}
	link, err := w.quotes.FollowLink(t.Context(), visitor, old)
	if err != nil {
		t.Fatal(err)
	}
	if view := w.view(t, testkit.A, token(t, link.URL)); view.Document.Version != 2 || view.RecipientName != "Dana Ruiz" {
		t.Errorf("led to version %d for %q", view.Document.Version, view.RecipientName)
	}
	// Who has only a copied link to the old version was not sent the new one.
	_, err = w.quotes.FollowLink(t.Context(), visitor, token(t, copied.URL))
	wantFault(t, err, fault.Conflict, "not-sent-to-you")
	_, err = w.quotes.FollowLink(t.Context(), w.visitor(t, testkit.B), old)
	wantMissing(t, err)
}
