package document_test

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/money"
)

// referenceYard is the version of the reference yard: 40, 60 and 40 ft, one 48-in gate, $6,849.22.
func referenceYard() document.Version {
	plan := drawing.Plan{
		Runs: map[string]drawing.RunNote{
			"s1": {Name: "Left", Measured: true}, "s2": {Name: "Back", Measured: true}, "s3": {Name: "Right"},
		},
		Marks: []drawing.Mark{
			{Kind: drawing.MarkHouse, Label: "House", Points: []drawing.Point{{X: 6, Y: 0}, {X: 54, Y: 0}, {X: 54, Y: -18}, {X: 6, Y: -18}}},
			{Kind: drawing.MarkStreet, Label: "Oak St", Points: []drawing.Point{{X: -6, Y: -26}, {X: 66, Y: -26}}},
		},
	}
	plan.Layout.Style = takeoff.Style{Kind: takeoff.KindWood}
	plan.Layout.Nodes = []takeoff.Node{{ID: "A"}, {ID: "B", Y: 40}, {ID: "C", X: 60, Y: 40}, {ID: "D", X: 60}}
	plan.Layout.Segments = []takeoff.Segment{{ID: "s1", From: "A", To: "B"}, {ID: "s2", From: "B", To: "C", RemovalFt: 30}, {ID: "s3", From: "C", To: "D"}}
	plan.Layout.Gates = []takeoff.Gate{{ID: "g1", Segment: "s1", OffsetFt: 8, OpeningIn: 48, Kind: takeoff.GateWalk}}
	option := func(key, name, words string, total int64, differs ...string) document.Option {
		o := document.Option{Key: key, Name: name, Words: words}
		for i, label := range []string{"Material", "Posts", "Rails", "Warranty", "After 10 years"} {
			o.Differs = append(o.Differs, document.Differs{Label: label, Value: differs[i]})
		}
		o.SubtotalCents = cents(total)
		o.TotalCents = cents(total)
		o.DepositCents = 150_000
		fence := cents(total) - 88_000
		o.Lines = []document.Line{
			{Description: "6-ft privacy fence, " + differs[0], Quantity: 136, Unit: "ft", PriceCents: fence},
			{Description: "48-in walk gate with latch and hinges", Quantity: 1, Unit: "each", PriceCents: 58_000},
			{Description: "Take out and haul away the old fence", Quantity: 30, Unit: "ft", PriceCents: 30_000},
		}
		o.Extras = []document.Extra{
			{Key: "stain", Description: "Stain both sides, one coat", PriceCents: 64_000},
			{Key: "caps", Description: "Copper post caps", PriceCents: 28_050, TaxCents: 2_314},
		}
		return o
	}
	premium := option("premium", "Premium", "Cedar that stays straight.", 684_922, "Western red cedar", "4 × 4 pressure treated, set 30 in deep", "Three", "5 years", "Silver gray, straight")
	premium.Recommended = true
	return document.Version{
		Number: "Q-2026-000123", Version: 1, TimeZone: "America/Chicago",
		SentAt: time.Date(2026, 3, 3, 16, 42, 0, 0, time.UTC), ValidUntil: "2026-04-02",
		Organization: document.Organization{
			Name: "Acme Fence", Phone: "512-555-0143", Email: "office@acmefence.example", License: "TX 48213", Color: "#0F4C75",
			Address: document.Address{Street: "900 Cedar Ln", City: "Austin", State: "TX", ZIP: "78745"},
		},
		Customer: document.Customer{Name: "Dana Ruiz", Email: "dana@example.com"},
		Property: document.Address{Street: "12 Oak St", City: "Austin", State: "TX", ZIP: "78701"},
		Drawing:  plan,
		Options: []document.Option{
			option("basic", "Basic", "Pine, honest and plain.", 548_600, "Pressure-treated pine", "4 × 4 pressure treated", "Two", "1 year", "Gray, some boards cupped"),
			premium,
			option("elite", "Elite", "Cedar on steel posts: the posts will not rot.", 918_310, "Clear cedar, board on board", "Steel, powder coated", "Three, screwed", "15 years", "As built"),
		},
		Included:     []string{"Calling 811 and waiting for the utility marks", "Concrete in every hole, soil spread in the yard", "Clean-up with a magnet sweep"},
		NotIncluded:  []string{"Digging through rock: $85.00 a hole after you say yes", "Moving sprinkler lines and sod", "Permit fees of the city, at cost"},
		DepositWords: "The deposit is due when you sign. The rest is due on the day the fence is finished, by card, bank or check.",
		Terms: "1. We build the fence that is drawn on page 1, in the tier that you choose.\n\n" +
			"2. The property line is yours to know. We build where you point; a survey settles doubts before we dig.\n\n" +
			"3. Lengths marked as estimates are measured before we order. If the total length differs by more than 2 ft, we send a new version and you sign again.",
		SoldAtHome: true,
		Consent: document.Consent{
			Version: "2026-01",
			Text: "I agree to sign this quote electronically. My electronic signature counts as if I had signed on paper. " +
				"I can ask for a paper copy, and I can withdraw this consent before I sign, at no cost.",
		},
	}
}

func cents(n int64) money.Cents { return money.Cents(n) }

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
