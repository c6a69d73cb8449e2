package prices

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const (
	taxMode      = "offer/tax/mode"
	taxRate      = "offer/tax/rate"
	depositPct   = "offer/deposit_pct"
	depositText  = "offer/deposit_text"
	validityDays = "offer/validity_days"
	recommended  = "offer/recommended_tier"
	included     = "offer/included"
	notIncluded  = "offer/not_included"
	termsText    = "offer/terms"
	cancellation = "offer/cancellation_notice"
)

var offerQuestions = []question{
	{taxMode, "Sales tax"}, {taxRate, "Tax rate"}, {depositPct, "Deposit"}, {depositText, "How it is paid, in words"},
	{validityDays, "A quote is good for"}, {recommended, "Recommended tier"}, {included, "Included"}, {notIncluded, "Not included"},
	{termsText, "Terms"}, {cancellation, "Right to cancel"},
}

var taxModes = []kit.Option{
	{Value: string(pricing.TaxNone), Label: "No tax", Hint: "Nothing is charged."},
	{Value: string(pricing.TaxLumpSum), Label: "Lump-sum contract", Hint: "You pay tax when you buy material; the homeowner is charged none."},
	{Value: string(pricing.TaxSeparated), Label: "On materials only", Hint: "Material and labor are separated in the contract."},
	{Value: string(pricing.TaxFull), Label: "On everything", Hint: "Material and labor are taxed."},
}

// offerValues fills the form. Lists have one row a line.
func offerValues(o pricing.Offer) url.Values {
	return url.Values{
		taxMode: {string(o.Tax.Mode)}, taxRate: {asPercent(o.Tax.Rate)}, depositPct: {decimal(o.DepositPct)}, depositText: {o.DepositText},
		validityDays: {strconv.Itoa(o.ValidityDays)}, recommended: {string(o.RecommendedTier)}, included: {strings.Join(o.Included, "\n")},
		notIncluded: {strings.Join(o.NotIncluded, "\n")}, termsText: {o.Terms}, cancellation: {o.CancellationNotice},
	}
}

func readOffer(typed url.Values) (pricing.Offer, error) {
	r := read(typed)
	in := pricing.EditOfferInput{Offer: pricing.Offer{
		Tax:        pricing.Tax{Mode: pricing.TaxMode(typed.Get(taxMode)), Rate: r.percent(taxRate, "Enter the tax rate in percent, like 8.25, or 0.")},
		DepositPct: r.number(depositPct, "Enter the deposit in percent of the total, like 30, or 0."), DepositText: typed.Get(depositText),
		ValidityDays:    r.whole(validityDays, "Enter for how many days a quote is good, like 30."),
		RecommendedTier: pricing.TierKey(typed.Get(recommended)),
		Included:        r.rows(included), NotIncluded: r.rows(notIncluded),
		Terms: typed.Get(termsText), CancellationNotice: typed.Get(cancellation),
	}}
	if rate := in.Offer.Tax.Rate; rate < 0 || rate > 1 {
		r.note(taxRate, "Tax rate: enter a percentage from 0 to 100.")
	}
	err := r.err(in.Validate())
	return in.Offer, err
}

// offered is what quotes say, for whoever may only read it.
type offered struct {
	pricing.Offer
	Facts []kit.Fact
}

func (h *Handlers) offer(w http.ResponseWriter, r *http.Request) error {
	a, m := caller.Of(r).Actor, mayOf(r)
	s, err := h.Prices.Settings(r.Context(), a)
	if err != nil {
		return err
	}
	tiers, err := h.Prices.Tiers(r.Context(), a)
	if err != nil {
		return err
	}
	if m.write {
		return h.showOffer(w, r, form{version: s.Version, values: offerValues(s.Offer)}, tiers, page("Offer"))
	}
	head := kit.Heading{Title: "Offer"}
	return h.Pages.Show(w, r, page("Offer"), offerReadPage(head, tabs(a, offerPath), offered{s.Offer, offerFacts(s.Offer, tiers)}))
}

func offerFacts(o pricing.Offer, tiers []pricing.Tier) []kit.Fact {
	tax := string(o.Tax.Mode)
	for _, mode := range taxModes {
		if mode.Value == tax {
			tax = mode.Label
		}
	}
	if o.Tax.Mode == pricing.TaxSeparated || o.Tax.Mode == pricing.TaxFull {
		tax += ", " + asPercent(o.Tax.Rate) + " %"
	}
	return []kit.Fact{
		{Label: "Sales tax", Value: tax},
		{Label: "Deposit", Value: decimal(o.DepositPct) + " %", Figure: true},
		{Label: "Good for", Value: kit.Count(o.ValidityDays, "day", "days"), Figure: true},
		{Label: "Recommended tier", Value: tierName(o.RecommendedTier, tiers)},
	}
}

func tierName(key pricing.TierKey, tiers []pricing.Tier) string {
	for _, t := range tiers {
		if t.Key == key {
			return t.Name
		}
	}
	return "none"
}

func tierOptions(tiers []pricing.Tier) []kit.Option {
	options := []kit.Option{{Label: "None"}}
	for _, t := range tiers {
		options = append(options, kit.Option{Value: string(t.Key), Label: t.Name})
	}
	return options
}

func (h *Handlers) showOffer(w http.ResponseWriter, r *http.Request, f form, tiers []pricing.Tier, p shell.Page) error {
	a := caller.Of(r).Actor
	f.may, f.action, f.submit, f.questions = mayOf(r), offerPath, "Save offer", offerQuestions
	entries, err := h.entries(r, settingsLog, a.Org.ID)
	if err != nil {
		return err
	}
	past := history(r, entries, offerDeeds, offerQuestions, func(name string, v any) any {
		if rate, is := v.(float64); is && name == taxRate {
			return asPercent(rate) + " %"
		}
		return v
	})
	return h.Pages.Show(w, r, p, offerPage(kit.Heading{Title: "Offer"}, tabs(a, offerPath), f, tierOptions(tiers), past))
}

func (h *Handlers) editOffer(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in, err := readOffer(r.PostForm)
	if err == nil {
		_, err = h.Prices.EditOffer(r.Context(), a, pricing.EditOfferInput{Version: version, Offer: in})
	}
	return h.settle(w, r, err, asked{
		questions: offerQuestions, saved: "The offer is saved. New quotes say it; sent ones stay as they are.", next: offerPath,
		again: func(p kit.Problems) error {
			tiers, err := h.Prices.Tiers(r.Context(), a)
			if err != nil {
				return err
			}
			return h.showOffer(w, r, form{version: version, values: r.PostForm, problems: p}, tiers, failed(page("Offer")))
		},
		conflict: func() error {
			s, err := h.Prices.Settings(r.Context(), a)
			if err != nil {
				return err
			}
			return h.settingsConflict(w, r, "Offer", offerPath, offerQuestions, s, func(s pricing.Settings) url.Values { return offerValues(s.Offer) })
		},
	})
}
