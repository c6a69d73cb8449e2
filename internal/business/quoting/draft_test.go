package quoting_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/testkit"
)

func TestAQuoteOfASketchHasAnOptionForEachTier(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	var c quoting.Changed
	w.Untouched(t, testkit.B, func() { c = w.draft(t, a, testkit.A) })
	if !strings.HasPrefix(c.Number, "Q-20") || c.N != 1 || c.Version != 1 {
		t.Errorf("created %+v, want a number, version 1 of 1", c)
	}
	rec := w.record(t, a, c.ID)
	if rec.Quote.Status != quoting.Draft || rec.Quote.DraftN == nil || rec.Quote.CustomerID != testkit.A.Customer() || len(rec.Versions) != 1 {
		t.Fatalf("quote %+v with %d versions", rec.Quote, len(rec.Versions))
	}
	v := rec.Versions[0]
	if len(v.Options) != 3 || v.Options[0].Tier != "basic" || v.Options[2].PostCount != 20 {
		t.Fatalf("options %+v", v.Options)
	}
	for _, o := range v.Options {
		wantAddsUp(t, o)
	}
	if rec.Quote.TotalCents != v.Options[1].TotalCents || v.Settings.Recommended != "premium" {
		t.Errorf("the list says %s, want the recommended %s", rec.Quote.TotalCents, v.Options[1].TotalCents)
	}
	if used := testkit.Value[int64](t, w.Database, `SELECT sum(used)::bigint FROM app.usage_counters WHERE org_id = $1 AND metric = 'quotes'`, testkit.A.ID); used != 2 {
		t.Errorf("%d quotes counted, want the fixture's and this", used)
	}
	if len(rec.Timeline) != 1 || rec.Timeline[0].Action != "quote.created" {
		t.Errorf("timeline %+v, want quote.created", rec.Timeline)
	}
}

func wantAddsUp(t *testing.T, o quoting.Option) {
	t.Helper()
	var price, net, cost money.Cents
	for _, l := range o.Lines {
		if !l.Optional {
			price, net, cost = price+l.PriceCents, net+l.NetCents, cost+l.CostCents
		}
	}
	if price != o.PriceCents || net != o.NetCents || cost != o.CostCents || o.NetCents+o.TaxCents != o.TotalCents || o.PriceCents-o.DiscountCents != o.NetCents {
		t.Errorf("%s: lines make price %s, net %s, cost %s; the option says %+v", o.Tier, price, net, cost, o.Totals)
	}
}

// edited is an input that changes nothing of the draft.
func edited(rec quoting.Record) quoting.EditDraftInput {
	return quoting.EditDraftInput{Version: rec.Quote.Version, Settings: rec.Draft().Settings, Answers: map[string]string{}}
}

func TestDiscountExtrasAndTaxAddUp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	before := w.record(t, a, c.ID)
	in := edited(before)
	in.Settings.DiscountBP, in.Settings.TaxMode, in.Settings.TaxRate, in.Settings.DepositBP = 1250, pricing.TaxFull, 0.0825, 3333
	cost := money.Cents(4000)
	in.Extras = []quoting.ExtraInput{
		{Kind: quoting.KindMaterial, Description: "Post caps", Quantity: 20, Unit: "each", CostCents: &cost, PriceCents: 9_999},
		{Kind: quoting.KindLabor, Description: "Stain", Quantity: 140, Unit: "ft", PriceCents: 70_001, Optional: true, Tiers: []string{"elite"}},
	}
	in.Answers["estimated-runs"] = "  Owner's survey  "
	if _, err := w.quotes.EditDraft(t.Context(), a, c.ID, in); err != nil {
		t.Fatal(err)
	}
	rec := w.record(t, a, c.ID)
	v := rec.Draft()
	for i, o := range v.Options {
		wantAddsUp(t, o)
		if want := before.Versions[0].Options[i].PriceCents + 9_999; o.PriceCents != want {
			t.Errorf("%s: price %s, want %s", o.Tier, o.PriceCents, want)
		}
		if want := (o.PriceCents*1250 + 5_000) / 10_000; o.DiscountCents != want {
			t.Errorf("%s: discount %s, want %s", o.Tier, o.DiscountCents, want)
		}
		if want := (o.NetCents*825 + 5_000) / 10_000; o.TaxCents != want {
			t.Errorf("%s: tax %s, want %s", o.Tier, o.TaxCents, want)
		}
		if want := (o.TotalCents*3333 + 5_000) / 10_000; o.DepositCents != want {
			t.Errorf("%s: deposit %s, want %s", o.Tier, o.DepositCents, want)
		}
	}
	elite := v.Options[2].Lines
	stain := elite[len(elite)-1]
	if !stain.Optional || stain.NetCents != 70_001 || stain.TaxCents != 5_775 || len(v.Options[0].Lines) != len(elite)-1 {
		t.Errorf("the optional line is %+v", stain)
	}
	if v.Answers["estimated-runs"] != "Owner's survey" || rec.Quote.TotalCents != v.Options[1].TotalCents {
		t.Errorf("answers %v, list total %s", v.Answers, rec.Quote.TotalCents)
	}

	// The same extra again, by its id: its cost stays when it is not given.
	again := edited(rec)
	caps := v.Options[0].Lines[len(v.Options[0].Lines)-1]
	again.Extras = []quoting.ExtraInput{{ID: *caps.ExtraID, Kind: quoting.KindMaterial, Description: "Copper caps", Quantity: 20, Unit: "each", PriceCents: 12_000}}
	if _, err := w.quotes.EditDraft(t.Context(), a, c.ID, again); err != nil {
		t.Fatal(err)
	}
	lines := w.record(t, a, c.ID).Draft().Options[0].Lines
	if last := lines[len(lines)-1]; last.Description != "Copper caps" || last.CostCents != cost || *last.ExtraID != *caps.ExtraID {
		t.Errorf("edited extra is %+v, want Copper caps at the old cost", last)
	}
}

func TestBadDraftsAreRefusedByField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	rec := w.record(t, a, c.ID)
	extra := quoting.ExtraInput{Kind: quoting.KindLabor, Description: "x", Quantity: 1, PriceCents: 1}
	for pointer, spoil := range map[string]func(*quoting.EditDraftInput){
		"/settings/discount_bp":    func(in *quoting.EditDraftInput) { in.Settings.DiscountBP = 10_001 },
		"/settings/discount_cents": func(in *quoting.EditDraftInput) { in.Settings.DiscountBP, in.Settings.DiscountCents = 0, 99_999_999 },
		"/settings/deposit_cents":  func(in *quoting.EditDraftInput) { in.Settings.DepositBP, in.Settings.DepositCents = 0, 99_999_999 },
		"/settings/validity_days":  func(in *quoting.EditDraftInput) { in.Settings.ValidityDays = 0 },
		"/settings/tax_mode":       func(in *quoting.EditDraftInput) { in.Settings.TaxMode = "vat" },
		"/settings/recommended":    func(in *quoting.EditDraftInput) { in.Settings.Recommended = "platinum" },
		"/settings/terms":          func(in *quoting.EditDraftInput) { in.Settings.Terms = "a\x00b" },
		"/extras/0/price_cents":    func(in *quoting.EditDraftInput) { in.Extras[0].PriceCents = -1 },
		"/extras/0/quantity":       func(in *quoting.EditDraftInput) { in.Extras[0].Quantity = 0 },
		"/extras/0/kind":           func(in *quoting.EditDraftInput) { in.Extras[0].Kind = "overhead" },
		"/extras/0/tiers":          func(in *quoting.EditDraftInput) { in.Extras[0].Tiers = []string{"gold"} },
		"/extras/0/id":             func(in *quoting.EditDraftInput) { in.Extras[0].ID = id.New() },
	} {
		in := edited(rec)
		in.Extras = []quoting.ExtraInput{extra}
		spoil(&in)
		_, err := w.quotes.EditDraft(t.Context(), a, c.ID, in)
		f := fault.As(err)
		if f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Pointer != pointer {
			t.Errorf("%s: got %v", pointer, err)
		}
	}
	if got := w.record(t, a, c.ID).Quote.Version; got != rec.Quote.Version {
		t.Errorf("refused edits left version %d, want %d", got, rec.Quote.Version)
	}
}

func TestTheSecondWriterOfADraftIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	in := edited(w.record(t, a, c.ID))
	if _, err := w.quotes.EditDraft(t.Context(), a, c.ID, in); err != nil {
		t.Fatal(err)
	}
	_, err := w.quotes.EditDraft(t.Context(), a, c.ID, in)
	wantFault(t, err, fault.Conflict, fault.CodeStale)
	_, err = w.quotes.Reprice(t.Context(), a, c.ID, quoting.RepriceInput{Version: in.Version})
	wantFault(t, err, fault.Conflict, fault.CodeStale)
}

func TestRepricingTakesTheSketchAsItIsNowAndKeepsExtras(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	rec := w.record(t, a, c.ID)
	in := edited(rec)
	in.Extras = []quoting.ExtraInput{{Kind: quoting.KindLabor, Description: "Haul sod", Quantity: 1, Unit: "job", PriceCents: 10_000}}
	if _, err := w.quotes.EditDraft(t.Context(), a, c.ID, in); err != nil {
		t.Fatal(err)
	}
	longer := strings.Replace(yard, `"x":60,"y":40`, `"x":60,"y":80`, 1)
	if _, err := w.quotes.SaveSketch(t.Context(), a, rec.Quote.SketchID, quoting.SaveSketchInput{Version: 1, Layout: []byte(longer), Extras: measured}); err != nil {
		t.Fatal(err)
	}
	if now := w.record(t, a, c.ID); now.SketchVersion == now.Draft().SketchVersion {
		t.Error("the draft does not show that its sketch was changed")
	}
	if _, err := w.quotes.Reprice(t.Context(), a, c.ID, quoting.RepriceInput{Version: 2}); err != nil {
		t.Fatal(err)
	}
	now := w.record(t, a, c.ID)
	o := now.Draft().Options[0]
	wantAddsUp(t, o)
	if o.DrawnFt != 180 || o.Lines[len(o.Lines)-1].Description != "Haul sod" || o.PriceCents <= rec.Draft().Options[0].PriceCents || now.SketchVersion != now.Draft().SketchVersion {
		t.Errorf("repriced option: %.0f ft, %s, last line %+v", o.DrawnFt, o.PriceCents, o.Lines[len(o.Lines)-1])
	}
}

func TestCostsStayWithThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.actor(t, testkit.A)
	c := w.draft(t, owner, testkit.A)
	blind := w.actor(t, testkit.A, tenancy.QuotesRead, tenancy.QuotesWrite, tenancy.SketchesRead)
	if text := asJSON(t, w.record(t, blind, c.ID)); strings.Contains(text, `cost_cents`) || strings.Contains(text, `formula`) {
		t.Error("a record without the permission to see costs has them")
	}
	seen := w.record(t, owner, c.ID)
	if !seen.CostsSeen || seen.Versions[0].Options[0].CostCents == 0 {
		t.Error("the owner sees no costs")
	}
	// Who may not see a cost cannot set one.
	in := edited(seen)
	cost := money.Cents(1)
	in.Extras = []quoting.ExtraInput{{Kind: quoting.KindLabor, Description: "x", Quantity: 1, CostCents: &cost, PriceCents: 500}}
	if _, err := w.quotes.EditDraft(t.Context(), blind, c.ID, in); err != nil {
		t.Fatal(err)
	}
	lines := w.record(t, owner, c.ID).Draft().Options[0].Lines
	if last := lines[len(lines)-1]; last.CostCents != 0 || last.PriceCents != 500 {
		t.Errorf("extra written blind is %+v, want no cost", last)
	}
	priced, err := w.quotes.PriceSketch(t.Context(), blind, seen.Quote.SketchID)
	if err != nil || len(priced.Tiers) != 3 || priced.Tiers[0].Price.CostCents != 0 || priced.Tiers[0].Price.TotalCents == 0 {
		t.Errorf("priced sketch without costs: %v", err)
	}
}

func TestADraftNeedsTheRightsAndACompanyThatMayWrite(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.actor(t, testkit.A)
	sketch := w.sketch(t, owner, testkit.A)
	c := w.draft(t, owner, testkit.A)
	reader := w.actor(t, testkit.A, tenancy.QuotesRead)
	_, err := w.quotes.CreateFromSketch(t.Context(), reader, quoting.CreateFromSketchInput{SketchID: sketch})
	wantFault(t, err, fault.Forbidden, "forbidden")
	_, err = w.quotes.GetQuote(t.Context(), w.actor(t, testkit.A, tenancy.SketchesRead), c.ID)
	wantFault(t, err, fault.Forbidden, "forbidden")
	w.plans(t, testkit.A, "trial", "2026-01-01T00:00:00Z")
	late := w.actor(t, testkit.A)
	_, err = w.quotes.CreateFromSketch(t.Context(), late, quoting.CreateFromSketchInput{SketchID: sketch})
	wantFault(t, err, fault.LimitReached, "subscription-required")
	_, err = w.quotes.EditDraft(t.Context(), late, c.ID, edited(w.record(t, late, c.ID)))
	wantFault(t, err, fault.LimitReached, "subscription-required")
}

func TestAnotherOrganizationsQuoteLooksLikeNone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		for _, foreign := range []id.ID{testkit.B.Quote(), id.New()} {
			_, err := w.quotes.GetQuote(t.Context(), a, foreign)
			wantMissing(t, err)
			_, err = w.quotes.EditDraft(t.Context(), a, foreign, quoting.EditDraftInput{Version: 1,
				Settings: quoting.Settings{ValidityDays: 30, TaxMode: pricing.TaxNone}})
			wantMissing(t, err)
			_, err = w.quotes.Reprice(t.Context(), a, foreign, quoting.RepriceInput{Version: 1})
			wantMissing(t, err)
		}
		for _, foreign := range []id.ID{testkit.B.Sketch(), id.New()} {
			_, err := w.quotes.CreateFromSketch(t.Context(), a, quoting.CreateFromSketchInput{SketchID: foreign})
			wantMissing(t, err)
		}
	})
	page, err := w.quotes.ListQuotes(t.Context(), a, quoting.QuoteFilter{})
	if err != nil || strings.Contains(asJSON(t, page), testkit.Sentinel) {
		t.Errorf("A's list: %v, %s", err, asJSON(t, page))
	}
}

func TestTheSameCreationTwiceIsOneQuote(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := keyed(w.actor(t, testkit.A), "one")
	in := quoting.CreateFromSketchInput{SketchID: testkit.A.Sketch()}
	first, err := w.quotes.CreateFromSketch(t.Context(), a, in)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.quotes.CreateFromSketch(t.Context(), a, in)
	if err != nil || second != first {
		t.Errorf("repeat: %+v, %v; want %+v", second, err, first)
	}
}
